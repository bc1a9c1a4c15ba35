/* SPDX-License-Identifier: Apache-2.0 */
/* Stamps are checked beside the rest: what they show is told in its place. */
#include "ikrar/replay.h"

#include "tests/unit/test_ikrar_story.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>

#include <criterion/criterion.h>

/* More stamps than are ever being checked at once. */
enum { STEPS = 600, TOLD_MAX = 16, RECORDS_MAX = LEAVES_MAX };

static struct told {
	enum finding_kind kind;
	uint64_t index;
	uint8_t node[NODE_ID_SIZE];
} told[TOLD_MAX];
static unsigned told_count;

static struct told_record {
	uint64_t index;
	struct hash event_hash;
	bool is_head_known;
} records[RECORDS_MAX];
static unsigned record_count;
static uint64_t stamps;

/* Two collectors in turn; each third record is stamped by its follower. */
static void
open_long_story(void)
{
	open_story();
	for (unsigned i = 0; i < STEPS; i++) {
		struct event event = an_ikrar("TIMUR-2", maker->now_ms);

		maker_turn(maker, maker->now_ms + 1000);
		maker_take(maker, east, &event, i % 3 != 1);
		maker_report(maker, west);
	}
	maker_report(maker, east);
}

TestSuite(chain, .init = open_long_story, .fini = close_story, .timeout = 60);

static void
on_finding(void *context, const struct finding *finding)
{
	struct told *row = &told[told_count++];

	(void)context;
	cr_assert_lt(told_count, TOLD_MAX);
	*row = (struct told){.kind = finding->kind, .index = finding->index};
	if (finding->node)
		memcpy(row->node, finding->node, NODE_ID_SIZE);
}

static void
on_record(void *context, const struct chain_record *record)
{
	(void)context;
	cr_assert_lt(record_count, RECORDS_MAX);
	records[record_count++] = (struct told_record){
	    record->index, *record->event_hash, record->is_head_known};
}

/* The one process of ours; 0: there is none. */
static pid_t
child(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	cr_assert_not_null(processes);
	while ((entry = readdir(processes)) != NULL) {
		char path[300];
		int pid = 0, parent = 0;
		FILE *file;

		(void)snprintf(
		    path, sizeof path, "/proc/%s/stat", entry->d_name);
		file = fopen(path, "r");
		if (file == NULL)
			continue;
		if (fscanf(file, "%d (%*[^)]) %*c %d", &pid, &parent) == 2 &&
		    parent == getpid())
			found = pid;
		fclose(file);
	}
	closedir(processes);
	return found;
}

enum { NEVER = LEAVES_MAX };

/* The second process is killed before this entry. */
static void
play(const struct replay_fns *fns, unsigned killed_at)
{
	const struct findings findings = {on_finding, NULL};
	struct replay *replay;

	told_count = record_count = 0;
	replay = replay_new(&findings, fns);
	for (unsigned i = 0; i < leaf_count; i++) {
		if (i == killed_at)
			cr_assert_eq(kill(child(), SIGKILL), 0);
		replay_take(replay, leaves[i]);
	}
	replay_end(replay);
	stamps = replay_stamps(replay);
	replay_free(replay);
}

static const struct replay_fns nobody, listener = {.record = on_record};

static void
spoil_stamp(unsigned i)
{
	leaf_bytes(i)[leaves[i].len - 1] ^= 1;
}

static void
cr_told(unsigned n, enum finding_kind kind, uint64_t index)
{
	cr_expect_eq(
	    told[n].kind, kind, "%u: %s", n, finding_word(told[n].kind));
	cr_expect_eq(
	    told[n].index, index, "%u: %u", n, (unsigned)told[n].index);
}

/* The n-th stamped record of the second collector. */
static unsigned
stamped(unsigned n)
{
	return find(EVENT_NODE_REPORTED, n);
}

Test(chain, tells_a_bad_stamp_wherever_it_stands, .timeout = 120)
{
	uint64_t all;

	play(&nobody, NEVER);
	cr_assert_eq(told_count, 0);
	all = stamps;
	cr_assert_gt(all, 1000);
	for (unsigned n = 0; n < STEPS; n += 1 + n / 7 * 5) {
		unsigned i = stamped(n);

		spoil_stamp(i);
		play(&nobody, NEVER);
		spoil_stamp(i);
		cr_assert_eq(told_count, 1, "%u", n);
		cr_told(0, FINDING_STAMP, i);
		cr_assert_lt(stamps, all);
	}
}

Test(chain, tells_no_other_stamp_of_a_chain_with_a_bad_one)
{
	uint64_t all;

	play(&nobody, NEVER);
	all = stamps;
	for (unsigned n = STEPS - 5; n < STEPS; n++)
		spoil_stamp(stamped(n));
	play(&nobody, NEVER);
	cr_assert_eq(told_count, 1);
	cr_told(0, FINDING_STAMP, stamped(STEPS - 5));
	cr_assert_arr_eq(told[0].node, maker->nodes[west].id, NODE_ID_SIZE);
	cr_assert_lt(stamps, all - 4);
}

/* An entry that is none; its chain has a gap behind it. */
static void
spoil_several(unsigned at[4])
{
	at[0] = stamped(50);
	at[1] = find(EVENT_PLEDGE_MADE, 60);
	at[3] = find(EVENT_PLEDGE_MADE, 61);
	spoil_stamp(at[0]);
	leaf_bytes(at[1])[0] = 9;
}

static void
cr_all_told_in_order(const unsigned at[4])
{
	cr_assert_eq(told_count, 3);
	cr_told(0, FINDING_STAMP, at[0]);
	cr_told(1, FINDING_ENTRY, at[1]);
	cr_told(2, FINDING_GAP, at[3]);
}

Test(chain, tells_all_in_the_order_of_the_log)
{
	unsigned at[4];

	spoil_several(at);
	play(&nobody, NEVER);
	cr_all_told_in_order(at);
	play(&listener, NEVER);
	cr_all_told_in_order(at);
}

/* In place of one record its node's record before it stands once more. */
Test(chain, tells_a_bad_stamp_before_a_number_that_comes_again)
{
	unsigned bad = stamped(50), again = stamped(60);
	uint64_t received_at_ms = be64_get(leaves[again].at + 2);

	spoil_stamp(bad);
	drop(again);
	keep(NULL, leaves[stamped(59)]);
	for (unsigned i = leaf_count - 1; i > again; i--) {
		struct bytes leaf = leaves[i];

		leaves[i] = leaves[i - 1];
		leaves[i - 1] = leaf;
	}
	be64_put(leaf_bytes(again) + 2, received_at_ms);
	play(&nobody, NEVER);
	cr_assert_eq(told_count, 3);
	cr_told(0, FINDING_STAMP, bad);
	cr_told(1, FINDING_REPEATED, again);
	cr_told(2, FINDING_GAP, stamped(61));
}

Test(chain, finds_the_same_when_the_second_process_is_killed)
{
	unsigned at[4];

	spoil_several(at);
	play(&nobody, 0);
	cr_all_told_in_order(at);
	play(&nobody, at[0] + 1);
	cr_all_told_in_order(at);
	play(&nobody, at[1] + 40);
	cr_all_told_in_order(at);
	play(&nobody, leaf_count - 1);
	cr_all_told_in_order(at);
	cr_assert_gt(stamps, 30);
}

Test(chain, finds_the_same_on_one_core_without_a_second_process)
{
	unsigned at[4];
	cpu_set_t one;
	uint64_t found;

	spoil_several(at);
	play(&nobody, NEVER);
	found = stamps;
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
	{
		const struct findings findings = {on_finding, NULL};
		struct replay *replay = replay_new(&findings, &nobody);

		cr_assert_eq(child(), 0);
		replay_free(replay);
	}
	play(&nobody, NEVER);
	cr_all_told_in_order(at);
	cr_assert_eq(stamps, found);
}

Test(chain, passes_each_record_on_and_whether_its_head_is_known)
{
	unsigned bad = stamped(STEPS / 2), known = 0, unknown = 0, before = 0;

	spoil_stamp(bad);
	play(&listener, NEVER);
	for (unsigned i = 0; i < leaf_count; i++) {
		struct event event;
		struct leaf leaf;
		struct hash hash;
		const struct told_record *record = &records[before];
		bool is_behind;

		(void)kind_at(i, &event);
		if (leaf_get(&leaf, leaves[i]) != OK ||
		    (leaf.author == AUTHOR_LOG && event.kind != EVENT_REFUSED))
			continue;
		hash = hash_event(leaf.event);
		is_behind =
		    i >= bad && memcmp(event.node, maker->nodes[west].id,
				    NODE_ID_SIZE) == 0;
		cr_assert_eq(record->index, i);
		cr_assert(event.kind == EVENT_REFUSED ||
			  hash_equal(&record->event_hash, &hash));
		cr_assert_eq(record->is_head_known, !is_behind, "%u", i);
		known += !is_behind;
		unknown += is_behind;
		before++;
	}
	cr_assert_eq(before, record_count);
	cr_assert_gt(known, STEPS);
	cr_assert_geq(unknown, STEPS / 3);
}

/* Whoever reads no further asks for what there is. */
Test(chain, tells_what_waits_when_asked)
{
	const struct findings findings = {on_finding, NULL};
	unsigned bad = stamped(20);
	struct replay *replay;

	spoil_stamp(bad);
	replay = replay_new(&findings, &nobody);
	for (unsigned i = 0; i <= bad; i++)
		replay_take(replay, leaves[i]);
	cr_assert_eq(told_count, 0);
	replay_settle(replay);
	cr_assert_eq(told_count, 1);
	cr_told(0, FINDING_STAMP, bad);
	replay_free(replay);
}

/* It is the last one of the first bundle, so that no other finding of what
 * can still be read comes behind it. */
Test(chain, a_bad_stamp_is_told_of_a_log_that_cannot_be_read_to_its_end)
{
	unsigned n = 0;
	char *path;

	while (stamped(n + 1) < TLOG_TILE_WIDTH)
		n++;
	spoil_stamp(stamped(n));
	publish();
	path = temp_dir_path(dir, "tile/entries/001");
	cr_assert_eq(truncate(path, 1000), 0);
	free(path);
	(void)failures();
	cr_assert_eq(counts[FINDING_BUNDLE], 1);
	cr_assert_eq(counts[FINDING_STAMP], 1);
}
