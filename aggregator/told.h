/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed head as nodes are told it: with the proof that it continues the
 * one that this node was told before, so that no node can be shown another
 * past than the one it knows. What a node was told last is in struct peer: what
 * it said in its Hello, then what went out to it.
 *
 * After a turn many nodes come from the same head: each pair of sizes is
 * proven once.
 */
#ifndef AGGREGATOR_TOLD_H
#define AGGREGATOR_TOLD_H

#include "aggregator/peers.h"
#include "aggregator/turn.h"

struct told;

struct told *told_new(struct turn *turn, struct peers *peers);
void told_free(struct told *told);

/* A Hello: the largest head that the node has verified. */
void told_hello(struct told *told, unsigned number, const struct hello *hello);

/* What goes into a message with a checkpoint. */
struct told_head {
	const char *checkpoint;
	uint64_t
	    from_size; /* 0: no proof, the node knows no head of this log */
	struct bytes consistency; /* until the next told_head */
};
/* Outside a turn. */
struct told_head told_head(struct told *told, unsigned number);
/* For one who keeps a head of that size, whoever it is. */
struct told_head told_head_from(struct told *told, uint64_t from);
/* It has gone out. */
void told_sent(struct told *told, unsigned number);

#endif
