/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories of wild_history.h as `log read --json` prints a log, for the
 * reference judge:
 *     dump_history SEED COUNT
 * Before each stands {"seed":n}. SKIP=4,9 leaves out the inputs 4 and 9 of it
 * (0 begins the log): the others are played again as far as the log takes
 * them, so that a history can be made shorter.
 */
#include "tests/prop/dump.h"
#include "tests/prop/wild_history.h"

enum { SKIP_MAX = 65536 };

struct skip {
	bool is_out[SKIP_MAX];
	bool has_any;
};

static void
skip_read(struct skip *skip)
{
	const char *at = getenv("SKIP");
	char *end;

	for (; at != NULL && *at != '\0'; at = *end == ',' ? end + 1 : end) {
		unsigned long n = strtoul(at, &end, 10);

		story_must(end != at && n < SKIP_MAX, "SKIP", at);
		skip->is_out[n] = true;
		skip->has_any = true;
	}
}

/* ---- the same again, without some */

/* An input as it was played: sizes of the log after it and its verdicts, then
 * and now. */
struct played {
	uint64_t was, is;
};

/* What the writer had seen: the same inputs, as far as they are there. */
static uint64_t
seen_again(const struct played *played, size_t count, uint64_t seen)
{
	uint64_t is = 1;

	for (size_t i = 0; i < count && played[i].was <= seen; i++)
		is = played[i].is;
	return is;
}

/* A text takes the number of the one that was left out before it. */
static void
number_again(const struct view *view, struct event *event)
{
	const struct view_region *region = view_region(view);

	switch ((int)event->kind) {
	case EVENT_ROSTER_CHANGED:
		event->roster.part.version =
		    (uint32_t)region->roster_version + 1;
		break;
	case EVENT_CAMPAIGN_CHANGED:
		event->campaign.part.version =
		    (uint32_t)region->campaign_version + 1;
		break;
	case EVENT_RULES_CHANGED:
		event->rules.part.version = (uint32_t)region->rules_version + 1;
		break;
	case EVENT_CALENDAR_CHANGED:
		event->calendar.part.version =
		    (uint32_t)region->calendar_version + 1;
		break;
	}
}

static void
play_again(struct story *story, const struct story_entry *kept,
    const struct played *played, size_t count)
{
	struct event event;

	story->now_ms = kept->received_at_ms;
	story_must(wire_unpack(story->wire, bytes_of(kept->bytes, kept->len),
		       &event) == REJECT_NONE,
	    __func__, "");
	if (event.seen_size > 0)
		event.seen_size = seen_again(played, count, event.seen_size);
	number_again(story->view, &event);
	if (kept->author == AUTHOR_LOG ||
	    view_check(story->view, &event, story->now_ms) == REJECT_NONE)
		(void)story_input(story, kept->author, &event);
}

static struct story *
story_without(const struct story *from, const struct skip *skip)
{
	struct story *story = story_new("73.71");
	struct played *played = xcalloc(from->entry_count, sizeof *played);
	size_t count = 0;

	for (size_t i = 0; i < from->entry_count; i++) {
		const struct story_entry *kept = &from->entries[i];

		if (event_is_verdict(kept->kind)) {
			played[count - 1].was = i + 1;
			continue;
		}
		if (count > 0 && !skip->is_out[count])
			play_again(story, kept, played, count);
		played[count].was = i + 1;
		played[count++].is = view_size(story->view);
	}
	free(played);
	return story;
}

/* ---- printing */

static void
print_entry(const struct story *story, size_t n)
{
	const struct story_entry *kept = &story->entries[n];
	struct stored stored = {.index = n,
	    .leaf = {.author = kept->author,
		.received_at_ms = kept->received_at_ms}};

	story_must(wire_unpack(story->wire, bytes_of(kept->bytes, kept->len),
		       &stored.event) == REJECT_NONE,
	    __func__, "");
	dump_entry(&stored);
}

static void
print_history(uint64_t seed, const struct skip *skip)
{
	struct wild *wild = wild_of(seed);
	struct story *story = wild->history->story;

	if (skip->has_any)
		story = story_without(story, skip);
	(void)printf("{\"seed\":%llu}\n", (unsigned long long)seed);
	for (size_t i = 0; i < story->entry_count; i++)
		print_entry(story, i);
	if (skip->has_any)
		story_free(story);
	wild_free(wild);
}

int
main(int argc, char **argv)
{
	static struct skip skip;
	uint64_t seed, count;

	if (argc != 3 || u64_get(&seed, argv[1], 1, UINT32_MAX) != OK ||
	    u64_get(&count, argv[2], 1, UINT32_MAX) != OK) {
		(void)fprintf(stderr, "dump_history SEED COUNT\n");
		return 64;
	}
	skip_read(&skip);
	for (uint64_t i = 0; i < count; i++)
		print_history(seed + i, &skip);
	return 0;
}
