/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories of wild_history.h byte by byte, for laying one build's beside
 * another's (test_builds.py):
 *     dump_bytes SEED COUNT
 * After "seed n" each entry of its log in hexadecimal, verdicts marked, and
 * the hash of what the view saves. Before that the log is played again twice,
 * as a rebuild does (applied only) and as a replay does (its inputs judged
 * anew): a view or a verdict that is another ends the program.
 */
#include "tests/prop/wild_history.h"

#include "trust/hash.h"

#include <inttypes.h>

/* A log, once more. */
struct again {
	uint64_t seed;
	const struct story *story;
	struct view *view;
	struct judge *judge;
	struct wire *wire;
	struct text_buf saved;
};

static void
must_be_equal(const struct again *again, struct bytes is, struct bytes was,
    const char *of)
{
	if (bytes_equal(is, was))
		return;
	(void)fprintf(stderr,
	    "seed %" PRIu64 ": %s after %" PRIu64 " entries is another\n",
	    again->seed, of, view_size(again->view));
	exit(1);
}

static void
apply_kept(struct again *again, struct entry *entry, struct event *event)
{
	uint64_t n = view_size(again->view);
	const struct story_entry *kept = &again->story->entries[n];

	story_must(wire_unpack(again->wire, bytes_of(kept->bytes, kept->len),
		       event) == REJECT_NONE,
	    __func__, event_kind_name(kept->kind));
	*entry = (struct entry){.index = n,
	    .author = kept->author,
	    .received_at_ms = kept->received_at_ms,
	    .event = event};
	view_apply(again->view, entry);
}

/* What is decided on an input are the entries that follow it. */
static void
decide_again(struct again *again, const struct entry *input)
{
	static uint8_t packed[EVENT_MAX];
	const struct story *story = again->story;
	struct event verdict;

	judge_start(again->judge, again->view, input);
	while (judge_next(again->judge, again->view, &verdict)) {
		uint64_t n = view_size(again->view);
		size_t len = wire_pack(&verdict, packed, sizeof packed);
		const struct story_entry *kept = &story->entries[n];

		story_must(n < story->entry_count, __func__, "one too many");
		must_be_equal(again, bytes_of(packed, len),
		    bytes_of(kept->bytes, kept->len), "the verdict");
		view_apply(
		    again->view, &(struct entry){.index = n,
				     .author = AUTHOR_LOG,
				     .received_at_ms = input->received_at_ms,
				     .event = &verdict});
	}
}

static void
play_again(const struct again *from, bool is_judged)
{
	struct again again = *from;
	struct text_buf saved = {0};
	struct event event;
	struct entry entry;

	again.view = view_new();
	again.judge = judge_new();
	again.wire = wire_new();
	while (view_size(again.view) < again.story->entry_count) {
		apply_kept(&again, &entry, &event);
		story_must(!is_judged || !event_is_verdict(event.kind),
		    __func__, "a verdict that was not decided");
		if (is_judged)
			decide_again(&again, &entry);
	}
	view_save(again.view, &saved);
	must_be_equal(&again, bytes_of(saved.at, saved.len),
	    bytes_of(from->saved.at, from->saved.len), "the view");
	text_buf_clear(&saved);
	wire_free(again.wire);
	judge_free(again.judge);
	view_free(again.view);
}

static void
print_hex(const char *before, struct bytes bytes)
{
	(void)printf("%s", before);
	for (size_t i = 0; i < bytes.len; i++)
		(void)printf("%02x", bytes.at[i]);
	(void)printf("\n");
}

static void
dump(uint64_t seed)
{
	struct wild *wild = wild_of(seed);
	const struct story *story = wild->history->story;
	struct again live = {.seed = seed, .story = story};
	struct hash hash;

	view_save(story->view, &live.saved);
	hash = hash_bytes(bytes_of(live.saved.at, live.saved.len));
	play_again(&live, false);
	play_again(&live, true);
	(void)printf("seed %" PRIu64 "\n", seed);
	for (size_t i = 0; i < story->entry_count; i++)
		print_hex(event_is_verdict(story->entries[i].kind) ? "verdict "
								   : "input ",
		    bytes_of(story->entries[i].bytes, story->entries[i].len));
	print_hex("view ", bytes_of(hash.at, sizeof hash.at));
	text_buf_clear(&live.saved);
	wild_free(wild);
}

int
main(int argc, char **argv)
{
	uint64_t seed, count;

	if (argc != 3 || u64_get(&seed, argv[1], 1, UINT32_MAX) != OK ||
	    u64_get(&count, argv[2], 1, UINT32_MAX) != OK) {
		(void)fprintf(stderr, "dump_bytes SEED COUNT\n");
		return 64;
	}
	for (uint64_t i = 0; i < count; i++)
		dump(seed + i);
	return 0;
}
