/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node with its uplink and a small region, in one loop; and what a test
 * waits for. Header only, besides tests/support/region.c.
 */
#ifndef TESTS_SUPPORT_PAIR_H
#define TESTS_SUPPORT_PAIR_H

#include <stdlib.h>

#include "core/loop.h"
#include "node/uplink.h"
#include "tests/support/node.h"
#include "tests/support/region.h"

enum { WITHIN_MS = 10000 };

struct pair {
	struct test_node node;
	struct loop *loop;
	struct link *link;
	struct region region;
	struct uplink *uplink;
	bool (*wanted)(struct pair *pair);
	uint64_t number; /* for `wanted` */
	struct loop_timer *look;
	bool done;
	unsigned changes;
	unsigned entries;
	uint64_t next;
	enum reject refused;
	uint64_t greet_again_ms; /* 0: as it is outside of tests */
};

static inline void
on_look(void *context)
{
	struct pair *pair = context;

	pair->done = pair->wanted(pair);
	loop_timer_set(pair->look, 1);
}

static inline void
on_changed(void *context)
{
	struct pair *pair = context;

	pair->changes++;
}

static inline void
on_page(void *context, const struct page *page,
    const struct feed_entry *entries, unsigned count)
{
	struct pair *pair = context;

	for (unsigned i = 0; i < count; i++)
		CHECK(entries[i].index == pair->next + i);
	pair->entries += count;
	pair->next = page->next;
}

static inline void
on_refused(void *context, enum reject word)
{
	struct pair *pair = context;

	pair->refused = word;
}

static inline void
start(struct pair *pair)
{
	struct uplink_options options = {.loop = pair->loop,
	    .link = pair->link,
	    .spool = pair->node.spool,
	    .keys = &pair->node.keys,
	    .region = &pair->region.joined,
	    .dir = pair->node.dir,
	    .greet_again_ms = pair->greet_again_ms,
	    .changed = on_changed,
	    .page = on_page,
	    .refused = on_refused,
	    .context = pair};

	CHECK(uplink_open(&pair->uplink, &options) == OK);
}

static inline struct pair *
pair_open(void)
{
	struct pair *pair = xcalloc(1, sizeof *pair);

	test_node_open(&pair->node);
	CHECK(loop_open(&pair->loop, NULL) == OK);
	CHECK(link_open(&pair->link, pair->loop) == OK);
	region_open(&pair->region, pair->loop, pair->link, &pair->node.keys);
	pair->look = loop_timer_new(pair->loop, on_look, pair);
	return pair;
}

static inline void
pair_close(struct pair *pair)
{
	uplink_close(pair->uplink);
	region_close(&pair->region);
	link_close(pair->link);
	loop_timer_free(pair->look);
	loop_close(pair->loop);
	test_node_close(&pair->node);
	free(pair);
}

static inline void
wait_within(struct pair *pair, bool (*wanted)(struct pair *pair),
    uint64_t number, uint64_t within_ms)
{
	pair->wanted = wanted;
	pair->number = number;
	pair->done = false;
	loop_timer_set(pair->look, 0);
	CHECK(loop_run_until(pair->loop, &pair->done, within_ms) == OK);
	loop_timer_stop(pair->look);
}

static inline void
wait_for(struct pair *pair, bool (*wanted)(struct pair *pair), uint64_t number)
{
	wait_within(pair, wanted, number, WITHIN_MS);
}

static inline bool
is_drained(struct pair *pair)
{
	return uplink_is_drained(pair->uplink);
}

static inline bool
is_halted(struct pair *pair)
{
	return uplink_halted(pair->uplink) != REJECT_NONE;
}

static inline bool
has_pushes(struct pair *pair)
{
	return pair->region.pushes >= pair->number;
}

static inline bool
has_hellos(struct pair *pair)
{
	return pair->region.hellos >= pair->number;
}

static inline bool
has_last_row(struct pair *pair)
{
	struct spool_status status;

	spool_status(pair->node.spool, &status);
	return status.receipted_seq >= pair->number;
}

static inline void
restart(struct pair *pair)
{
	uplink_close(pair->uplink);
	test_node_reopen(&pair->node);
	start(pair);
}

#endif
