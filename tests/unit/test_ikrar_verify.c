/* SPDX-License-Identifier: Apache-2.0 */
/* An honest log passes; each thing that can be wrong with one is named. */
#include "ikrar/log_tree.h"

#include "tests/unit/test_ikrar_story.h"

#include <inttypes.h>

#include <criterion/criterion.h>

TestSuite(verify, .init = open_story, .fini = close_story, .timeout = 60);

/* Publishes, and this is found, of that entry. */
static void
finds(enum finding_kind kind, uint64_t index)
{
	publish();
	cr_assert_gt(failures(), 0);
	cr_assert_gt(counts[kind], 0, "%s", finding_word(kind));
	cr_assert_eq(first[kind].index, index, "%s: %" PRIu64,
	    finding_word(kind), first[kind].index);
}

/* ---- an honest log */

Test(verify, finds_nothing_in_an_honest_log)
{
	publish();
	cr_assert_eq(failures(), 0);
	cr_assert(result.is_signed);
	cr_assert_eq(result.entries, leaf_count);
	cr_assert_eq(result.nodes, 3);
	cr_assert_gt(result.stamps, 10);
	cr_assert_gt(result.verdicts, 0);
	cr_assert(hash_equal(&result.root, &result.head.root));
}

Test(verify, finds_nothing_in_any_honest_beginning_that_ends_on_a_stamp)
{
	struct event event;
	struct leaf leaf;

	for (unsigned count = 1; count <= leaf_count; count++) {
		char name[32];
		char *was = dir;

		cr_assert_eq(leaf_get(&leaf, leaves[count - 1]), OK);
		(void)kind_at(count - 1, &event);
		if (leaf.author == AUTHOR_NODE ? leaf.stamp.len == 0
					       : event_is_verdict(event.kind))
			continue;
		/* Verdicts that follow belong to it. */
		if (count < leaf_count &&
		    event_is_verdict(kind_at(count, &event)))
			continue;
		(void)snprintf(name, sizeof name, "log-%u", count);
		dir = temp_dir_path(root, name);
		publish_to(dir, count);
		cr_assert_eq(failures(), 0, "%u entries", count);
		free(dir);
		dir = was;
	}
}

Test(verify, says_which_key_it_was_and_holds_it_against_a_given_one)
{
	struct sign_keys other;

	publish();
	job.trusted_name = maker->origin;
	job.trusted_key = maker->log_keys.public_key;
	cr_assert_eq(failures(), 0);
	cr_assert_arr_eq(
	    result.log_key, maker->log_keys.public_key, SIGN_KEY_SIZE);
	maker_keys(&other, 99);
	job.trusted_key = other.public_key;
	cr_assert_gt(failures(), 0);
	cr_assert_eq(counts[FINDING_KEY], 1);
	cr_assert_eq(counts[FINDING_CHECKPOINT], 1);
	job.trusted_key = maker->log_keys.public_key;
	job.trusted_name = "ikrar/73.71/2";
	cr_assert_gt(failures(), 0);
	cr_assert_eq(counts[FINDING_KEY], 1);
}

/* ---- files that were changed */

Test(verify, names_the_tile_that_was_changed)
{
	char name[TLOG_PATH_MAX];

	publish();
	name_of(name, 0);
	flip(name, 32 * 7 + 3);
	cr_assert_eq(failures(), 1);
	cr_assert_eq(counts[FINDING_TILE], 1);
	cr_assert_eq(first[FINDING_TILE].index, 7);
}

/* Beyond one tile, so that there are full ones and a level above. */
static void
go_on(void)
{
	while (leaf_count < 3 * TLOG_TILE_WIDTH + 5) {
		struct event event = an_ikrar("TIMUR-2", maker->now_ms);

		maker_turn(maker, maker->now_ms + 1000);
		maker_sync(maker, west);
		maker_report(maker, west);
		maker_take(maker, east, &event, true);
	}
}

Test(verify, names_full_tiles_and_those_above_that_were_changed)
{
	go_on();
	publish();
	cr_assert_eq(failures(), 0);
	flip("tile/0/002", 32 * 9);
	cr_assert_gt(failures(), 0);
	cr_assert_eq(counts[FINDING_TILE], 1);
	cr_assert_eq(first[FINDING_TILE].index, 2 * TLOG_TILE_WIDTH + 9);
	publish();
	flip("tile/1/000.p/3", 32);
	cr_assert_eq(failures(), 1);
	cr_assert_eq(first[FINDING_TILE].index, TLOG_TILE_WIDTH);
}

Test(verify, names_no_more_than_one_wrong_entry)
{
	struct event again = {.kind = EVENT_LOG_STARTED};
	struct event was;
	unsigned wrong = leaf_count;

	(void)kind_at(0, &was);
	again.started = was.started;
	maker_own(maker, &again);
	go_on();
	finds(FINDING_START, wrong);
	cr_assert_eq(failures(), 1);
}

Test(verify, counts_the_entries_against_the_head)
{
	struct findings findings = {note, NULL};
	struct log_tree *tree = log_tree_new(&findings, NULL);
	struct checkpoint head = {.size = 2};
	struct hash leaf = hash_leaf(leaves[0]);

	log_tree_take(tree, &leaf);
	log_tree_compare(tree, &head);
	cr_assert_eq(counts[FINDING_SHORT], 1);
	head.size = 0;
	log_tree_compare(tree, &head);
	cr_assert_eq(counts[FINDING_LONG], 1);
	head.size = 1;
	log_tree_compare(tree, &head);
	cr_assert_eq(counts[FINDING_ROOT], 1);
	log_tree_free(tree);
}

Test(verify, names_the_entry_whose_bytes_were_changed)
{
	char name[TLOG_PATH_MAX];

	publish();
	name_of(name, TLOG_LEVEL_ENTRIES);
	flip(name, 2 + (long)leaves[0].len - 3); /* the last of entry 0 */
	cr_assert_gt(failures(), 0);
	cr_assert_eq(counts[FINDING_ROOT], 1);
	cr_assert_eq(first[FINDING_TILE].index, 0);
}

Test(verify, names_missing_and_stray_files)
{
	char name[TLOG_PATH_MAX], group[2 * TLOG_PATH_MAX];
	char *path;

	publish();
	name_of(name, 0);
	path = temp_dir_path(dir, name);
	cr_assert_eq(unlink(path), 0);
	free(path);
	/* The same number, written otherwise. */
	(void)snprintf(group, sizeof group, "tile/0/x000/%s", name + 7);
	log_writer_put(dir, group, "x", 1);
	log_writer_put(dir, "tile/0/001", "x", 1);
	log_writer_put(dir, "tile/0/x000/001", "x", 1);
	log_writer_put(dir, "tile/9/000", "x", 1);
	log_writer_put(dir, "catatan.txt", "x", 1);
	cr_assert_eq(failures(), 6);
	cr_assert_eq(counts[FINDING_TILE_MISSING], 1);
	cr_assert_eq(counts[FINDING_STRAY], 5);
}

static char said_of[64];

static void
keep_detail(void *context, const struct finding *finding)
{
	(void)context;
	cr_assert_eq(finding->kind, FINDING_STRAY);
	(void)text_copy(said_of, sizeof said_of, finding->detail);
}

Test(verify, names_the_directory_itself_when_it_cannot_be_listed)
{
	struct findings findings = {keep_detail, NULL};
	char *none = temp_dir_path(root, "tidak-ada");

	log_files_walk(&findings, none, 1);
	cr_assert_str_eq(said_of, ".");
	free(none);
}

Test(verify, names_a_bundle_that_is_cut_short)
{
	char name[TLOG_PATH_MAX];
	char *path;

	publish();
	name_of(name, TLOG_LEVEL_ENTRIES);
	path = temp_dir_path(dir, name);
	cr_assert_eq(truncate(path, 2 + (off_t)leaves[0].len), 0);
	free(path);
	cr_assert_gt(failures(), 0);
	cr_assert_eq(counts[FINDING_BUNDLE], 1);
}

Test(verify, names_a_checkpoint_that_was_changed)
{
	publish();
	flip("checkpoint", (long)strlen(maker->origin) + 1);
	cr_assert_gt(failures(), 0);
	cr_assert_eq(counts[FINDING_CHECKPOINT], 1);
	cr_assert_not(result.is_signed);
}

/* ---- the log's key in the wrong hands: the tree is made again */

Test(verify, names_an_event_that_was_dropped)
{
	unsigned i = find(EVENT_PLEDGE_MADE, 2);

	drop(i);
	finds(FINDING_GAP, i);
	cr_assert_arr_eq(
	    first_node[FINDING_GAP], maker->nodes[east].id, NODE_ID_SIZE);
	cr_assert_eq(first[FINDING_GAP].seq, 3);
	cr_assert_str_eq(first_wilayah[FINDING_GAP], "73.71.01");
}

Test(verify, names_an_event_that_stands_twice)
{
	unsigned i = find(EVENT_PLEDGE_MADE, 2);

	repeat(i);
	finds(FINDING_REPEATED, i + 1);
}

Test(verify, names_events_that_were_swapped)
{
	unsigned i = find(EVENT_PLEDGE_MADE, 2);
	struct bytes leaf = leaves[i];

	leaves[i] = leaves[i + 1];
	leaves[i + 1] = leaf;
	finds(FINDING_GAP, i);
	cr_assert_eq(first[FINDING_REPEATED].index, i + 1);
}

/* What every later stamp of a node that has seen it would contradict. */
static unsigned
seen_by_nodes(void)
{
	uint64_t seen = maker->nodes[west].seen;

	cr_assert_gt(seen, leaf_count / 2);
	return (unsigned)seen;
}

Test(verify, names_each_entry_that_is_dropped)
{
	/* Of all behind it only a receipt can tell that the last is gone. */
	for (unsigned i = 0; i + 1 < leaf_count; i++) {
		struct bytes was = leaves[i];
		unsigned behind = leaf_count - i - 1;

		memmove(&leaves[i], &leaves[i + 1], behind * sizeof *leaves);
		leaf_count--;
		publish();
		cr_assert_gt(failures(), 0, "%u", i);
		memmove(&leaves[i + 1], &leaves[i], behind * sizeof *leaves);
		leaves[i] = was;
		leaf_count++;
	}
	publish();
	cr_assert_eq(failures(), 0);
}

Test(verify, names_each_entry_that_stands_twice)
{
	for (unsigned i = 0; i < leaf_count; i++) {
		repeat(i);
		publish();
		cr_assert_gt(failures(), 0, "%u", i);
		drop(i);
	}
	publish();
	cr_assert_eq(failures(), 0);
}

Test(verify, names_each_swap_below_the_last_head_that_a_node_has_seen)
{
	unsigned seen = seen_by_nodes();

	for (unsigned i = 0; i + 1 < seen; i++) {
		struct bytes was = leaves[i];

		leaves[i] = leaves[i + 1];
		leaves[i + 1] = was;
		publish();
		cr_assert_gt(failures(), 0, "%u", i);
		leaves[i + 1] = leaves[i];
		leaves[i] = was;
	}
	publish();
	cr_assert_eq(failures(), 0);
}

/* An old head and the newer files: signed, but not of these. */
Test(verify, names_a_checkpoint_that_is_older_than_its_files)
{
	char *head = temp_dir_path(dir, "checkpoint");
	static char text[NOTE_CHECKPOINT_MAX];
	FILE *file;
	size_t len;

	publish_to(dir, leaf_count - 3);
	file = fopen(head, "rb");
	cr_assert_not_null(file);
	len = fread(text, 1, sizeof text, file);
	fclose(file);
	free(head);
	publish();
	log_writer_put(dir, "checkpoint", text, len);
	cr_assert_gt(failures(), 0);
	cr_assert_gt(counts[FINDING_STRAY], 0);
}

Test(verify, names_a_stamp_that_is_not_the_nodes)
{
	unsigned i = find(EVENT_NODE_REPORTED, 0);

	leaf_bytes(i)[leaves[i].len - 1] ^= 1;
	finds(FINDING_STAMP, i);
	cr_assert_arr_eq(
	    first_node[FINDING_STAMP], maker->nodes[west].id, NODE_ID_SIZE);
}

Test(verify, names_events_behind_the_last_stamp)
{
	struct event event = an_ikrar("BARAT-1", maker->now_ms);

	maker_take(maker, west, &event, false);
	finds(FINDING_UNCOVERED, leaf_count - 1);
}

/* The region gave a node a head that it then took back. */
Test(verify, names_a_head_that_was_never_in_this_log)
{
	maker_sync(maker, west);
	maker->nodes[west].seen_root.at[0] ^= 1;
	{
		struct event event = an_ikrar("BARAT-1", maker->now_ms);

		maker_take(maker, west, &event, true);
	}
	finds(FINDING_SEEN, leaf_count - 1);
}

Test(verify, names_a_node_that_was_revoked)
{
	struct event event = {.kind = EVENT_NODE_REVOKED};
	unsigned revoked = leaf_count, written;
	struct bytes leaf;

	memcpy(event.named.node, maker->nodes[west].id, NODE_ID_SIZE);
	event.named.accept_up_to = maker->nodes[west].seq;
	(void)text_copy(event.named.reason, REASON_MAX, "HILANG");
	written = leaf_count;
	{
		struct event late = an_ikrar("BARAT-1", maker->now_ms);

		maker_take(maker, west, &late, true);
	}
	revoked = leaf_count;
	maker_take(maker, 0, &event, true);
	leaf = leaves[written];
	leaves[written] = leaves[revoked];
	leaves[revoked] = leaf;
	finds(FINDING_REVOKED, revoked);
}

Test(verify, names_a_node_that_nobody_invited)
{
	unsigned i = find(EVENT_NODE_ENROLLED, 0);
	struct event event;

	(void)kind_at(i, &event);
	event.enrolled.code_sha256[0] ^= 1;
	forge_own(i, &event, event.recorded_at_ms);
	finds(FINDING_ENROLMENT, i);
}

Test(verify, names_alerts_that_were_altered_removed_or_added)
{
	unsigned i = find(EVENT_ALERT_OPENED, 0);
	static struct event event;

	(void)kind_at(i, &event);
	event.verdict.figures.unsigned_known++;
	forge_own(i, &event, event.recorded_at_ms);
	finds(FINDING_ALERT_ALTERED, i);
	repeat(i);
	finds(FINDING_ALERT_ADDED, i + 1);
	drop(i);
	drop(i);
	finds(FINDING_ALERT_REMOVED, i);
}

Test(verify, looks_at_no_more_verdicts_than_one_cause_can_have)
{
	unsigned i = find(EVENT_ALERT_OPENED, 0), forged = 500;
	static struct event event;
	unsigned was;

	publish();
	cr_assert_eq(failures(), 0);
	(void)kind_at(i, &event);
	for (unsigned n = 0; n < forged; n++) {
		repeat(i);
		event.verdict.figures.unsigned_known = 1000 + n;
		forge_own(i + 1, &event, event.recorded_at_ms);
	}
	publish();
	was = (unsigned)failures();
	cr_expect_geq(counts[FINDING_ALERT_ADDED], 64);
	cr_expect_leq(counts[FINDING_ALERT_ADDED], 66, "%u in all", was);
	cr_expect_eq(counts[FINDING_ALERT_ADDED], was);
	cr_expect_eq(first[FINDING_ALERT_ADDED].index, i + 1);
}

Test(verify, names_an_own_kind_that_a_node_wrote)
{
	unsigned i = find(EVENT_TICKED, 0);

	leaf_bytes(i)[1] = AUTHOR_NODE;
	finds(FINDING_AUTHOR, i);
}

Test(verify, names_a_kind_of_nodes_that_the_log_wrote)
{
	unsigned i = find(EVENT_PLEDGE_MADE, 0); /* without a stamp */

	leaf_bytes(i)[1] = AUTHOR_LOG;
	finds(FINDING_AUTHOR, i);
}

Test(verify, names_a_tick_out_of_time_and_a_missing_one)
{
	unsigned i = find(EVENT_TICKED, 0);
	struct event event;

	repeat(i);
	finds(FINDING_TICK, i + 1);
	drop(i);
	(void)kind_at(i, &event);
	event.until_ms--;
	forge_own(i, &event, event.recorded_at_ms);
	finds(FINDING_TICK, i);
	drop(i);
	finds(FINDING_TICK, i);
}

Test(verify, names_an_entry_that_came_before_the_one_ahead_of_it)
{
	unsigned i = find(EVENT_NODE_REPORTED, 1);

	be64_put(leaf_bytes(i) + 2, STORY_START);
	finds(FINDING_RECEIVED, i);
}

Test(verify, names_bytes_that_are_no_entry_and_no_event)
{
	unsigned i = find(EVENT_NODE_REPORTED, 1);

	leaf_bytes(i)[ENTRY_HEAD] ^= 0x80;
	finds(FINDING_EVENT, i);
	leaf_bytes(i)[0] = 9;
	finds(FINDING_ENTRY, i);
}

Test(verify, looks_at_hashes_alone_when_told_so)
{
	unsigned i = find(EVENT_NODE_REPORTED, 0);
	char name[TLOG_PATH_MAX];

	leaf_bytes(i)[leaves[i].len - 1] ^= 1; /* the stamp */
	publish();
	job.hashes_only = true;
	cr_assert_eq(failures(), 0);
	name_of(name, 0);
	flip(name, 0);
	cr_assert_eq(failures(), 1);
}
