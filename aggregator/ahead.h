/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushes that the worker hashes before they are taken, in the order of their
 * coming. Nothing of them has been believed or answered yet.
 */
#ifndef AGGREGATOR_AHEAD_H
#define AGGREGATOR_AHEAD_H

#include "aggregator/peers.h"
#include "aggregator/turn.h"
#include "aggregator/worker.h"

struct ahead;
/* `worker` may be NULL: then nothing is held. */
struct ahead *ahead_new(
    struct worker *worker, struct turn *turn, struct peers *peers);
void ahead_free(struct ahead *ahead);

struct ahead_push {
	struct link_route route;
	unsigned number; /* of the node */
	struct push push;
	struct moment moment;
};
/* Keeps a copy of it and of its body. False: it is to be taken at once (short,
 * not the continuation of its chain, or there is no place). */
bool ahead_hold(
    struct ahead *ahead, const struct ahead_push *push, struct bytes body);
unsigned ahead_count(const struct ahead *ahead);

/*
 * The oldest push and what the worker found, both until the next call. Its
 * moment is that at which its turn would receive it. ERR_NOTFOUND: no more
 * than `left` are held.
 */
enum err ahead_next(struct ahead *ahead, unsigned left, struct ahead_push *push,
    struct worker_result *result) MUST_CHECK;

/* The turn ends: how many of the held should be left for the next one, so that
 * the worker has something to do during the commit. Only of many: else 0. */
unsigned ahead_leave(struct ahead *ahead);

#endif
