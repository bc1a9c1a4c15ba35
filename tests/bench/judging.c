/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging costs, on a log of bench_make_log:
 *     bench_judging ratio LOG     ns an input, behind 10^4 and 10^6 entries
 *     bench_judging store LOG DIR the log as a region's store, for `rebuild`
 * Timed is the apply of an input and of its verdicts and the judge in between;
 * reading and unpacking are not. Each round has a new small view and goes on
 * with the one large view. Both take their window from memory, its first part
 * to warm the caches, and both grow into memory that the kernel has to give.
 */
#include "aggregator/store.h"
#include "core/log.h"
#include "core/loop.h"
#include "ikrar/log_dir.h"
#include "judge/judge.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SMALL = 10000,
	LARGE = 1000000,
	ROUNDS = 15,
	WARM = 1024,   /* inputs of a window that are not counted */
	WINDOW = 4096, /* inputs that are */
	CHUNK = 128,   /* unpacked at once */
	WINDOW_ENTRIES = WARM + WINDOW + 64, /* some are verdicts */
	FIRST_KEPT = SMALL + 2 * WINDOW_ENTRIES,
	BLOCK = 256,
	TURN = 10000, /* entries of a commit */
};

/* A log's entries, one after the other: u16 length and leaf. */
struct source {
	struct log_dir *log; /* NULL: of `kept` alone */
	struct text_buf kept;
	size_t at;
	struct wire *wire;
};

struct side {
	struct view *view;
	struct judge *judge;
	struct source source;
	struct event events[CHUNK];
	uint64_t received_at_ms[CHUNK];
	enum author authors[CHUNK];
	double ns[ROUNDS];
};

/* The next `count` entries of the log are kept in place of those read. */
static void
keep_more(struct source *source, unsigned count)
{
	struct bytes leaf;
	uint8_t len[2];

	source->kept.len = source->at = 0;
	for (unsigned i = 0; i < count; i++) {
		if (source->log == NULL ||
		    log_dir_next(source->log, &leaf) != OK)
			fatalx("bench-log-ends");
		be16_put(len, (uint16_t)leaf.len);
		text_buf_add_bytes(&source->kept, len, sizeof len);
		text_buf_add_bytes(&source->kept, leaf.at, leaf.len);
	}
}

static struct bytes
next_leaf(struct source *source)
{
	const uint8_t *at;
	size_t len;

	if (source->at == source->kept.len)
		keep_more(source, BLOCK);
	at = (const uint8_t *)source->kept.at + source->at;
	len = be16_get(at);
	source->at += 2 + len;
	return bytes_of(at + 2, len);
}

/* The log's own verdicts are passed over: they are decided again. */
static void
read_input(struct side *side, unsigned n)
{
	struct event *event = &side->events[n];
	struct leaf leaf;

	do {
		if (leaf_get(&leaf, next_leaf(&side->source)) != OK ||
		    wire_unpack(side->source.wire, leaf.event, event) !=
			REJECT_NONE)
			fatalx("bench-bad-leaf entries=%" PRIu64,
			    view_size(side->view));
	} while (event_is_verdict(event->kind));
	side->authors[n] = leaf.author;
	side->received_at_ms[n] = leaf.received_at_ms;
}

static void
judge_one(struct side *side, unsigned n)
{
	struct entry entry = {.index = view_size(side->view),
	    .author = side->authors[n],
	    .received_at_ms = side->received_at_ms[n],
	    .event = &side->events[n]};
	const struct entry input = entry;
	struct event verdict;

	view_apply(side->view, &entry);
	judge_start(side->judge, side->view, &input);
	while (judge_next(side->judge, side->view, &verdict)) {
		entry.index = view_size(side->view);
		entry.author = AUTHOR_LOG;
		entry.event = &verdict;
		view_apply(side->view, &entry);
	}
}

/* A chunk must not hold rows: they live in the wire until the next one. */
static void
go_to(struct side *side, uint64_t entries)
{
	while (view_size(side->view) < entries) {
		read_input(side, 0);
		judge_one(side, 0);
	}
}

static uint64_t
judge_many(struct side *side, unsigned inputs)
{
	uint64_t ns = 0;

	for (unsigned done = 0; done < inputs; done += CHUNK) {
		uint64_t began;

		for (unsigned i = 0; i < CHUNK; i++)
			read_input(side, i);
		began = loop_monotonic_ns();
		for (unsigned i = 0; i < CHUNK; i++)
			judge_one(side, i);
		ns += loop_monotonic_ns() - began;
	}
	return ns;
}

static void
side_begin(struct side *side)
{
	view_free(side->view);
	(void)malloc_trim(0);
	side->view = view_new();
	side->source.at = 0;
}

static void
measure(struct side *side, unsigned round)
{
	(void)judge_many(side, WARM);
	side->ns[round] = (double)judge_many(side, WINDOW) / WINDOW;
}

/* What is left of a block comes before it. */
static void
keep_window(struct source *source)
{
	struct text_buf left = {0};

	text_buf_add_bytes(
	    &left, source->kept.at + source->at, source->kept.len - source->at);
	keep_more(source, WINDOW_ENTRIES);
	text_buf_add_bytes(&left, source->kept.at, source->kept.len);
	text_buf_clear(&source->kept);
	source->kept = left;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double numbers[ROUNDS])
{
	qsort(numbers, ROUNDS, sizeof *numbers, by_size);
	return numbers[ROUNDS / 2];
}

static void
side_clear(struct side *side)
{
	text_buf_clear(&side->source.kept);
	wire_free(side->source.wire);
	judge_free(side->judge);
	view_free(side->view);
}

static void
ratio(struct log_dir *log)
{
	static struct side small, large;
	double at_small, at_large, ratios[ROUNDS];

	small.source.wire = wire_new();
	small.judge = judge_new();
	large.source.wire = wire_new();
	large.judge = judge_new();
	small.source.log = large.source.log = log;
	keep_more(&small.source, FIRST_KEPT);
	small.source.log = NULL;
	log_dir_rewind(log);
	side_begin(&large);
	go_to(&large, LARGE);
	for (unsigned i = 0; i < ROUNDS; i++) {
		side_begin(&small);
		go_to(&small, SMALL);
		measure(&small, i);
		keep_window(&large.source);
		measure(&large, i);
		ratios[i] = large.ns[i] / small.ns[i];
	}
	at_small = median(small.ns);
	at_large = median(large.ns);
	printf("{\"small_ns\":%.1f,\"large_ns\":%.1f,\"ratio\":%.3f,"
	       "\"median_of_ratios\":%.3f,\"small\":%u,\"large\":%u,"
	       "\"alerts\":%u}\n",
	    at_small, at_large, at_large / at_small, median(ratios), SMALL,
	    LARGE, view_alert_count(large.view));
	side_clear(&small);
	side_clear(&large);
}

static void
fill(struct log_dir *log, const char *dir)
{
	struct store *store;
	struct bytes bytes;
	struct leaf leaf;

	if (store_open(&store, dir, STORE_CREATE) != OK)
		fatalx("bench-no-store dir=%s", dir);
	for (uint64_t i = 0; log_dir_next(log, &bytes) == OK; i++) {
		if (leaf_get(&leaf, bytes) != OK)
			fatalx("bench-bad-leaf index=%" PRIu64, i);
		if (i % TURN == 0 && i > 0 && store_commit(store) != OK)
			fatalx("bench-no-commit");
		/* A turn has one received time; a fold asks for no more. */
		store_begin(store, leaf.received_at_ms);
		(void)store_append(
		    store, leaf.author, leaf.event, leaf.stamp, NULL);
	}
	if (store_commit(store) != OK)
		fatalx("bench-no-commit");
	store_close(store);
}

int
main(int argc, char **argv)
{
	struct log_dir *log;

	log_open("bench_judging", LOG_LEVEL_WARN);
	if (argc < 3 || log_dir_open(&log, argv[2]) != OK)
		return 64;
	if (argc == 3 && strcmp(argv[1], "ratio") == 0)
		ratio(log);
	else if (argc == 4 && strcmp(argv[1], "store") == 0)
		fill(log, argv[3]);
	else
		return 64;
	log_dir_close(log);
	return 0;
}
