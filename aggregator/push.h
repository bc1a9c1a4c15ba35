/* SPDX-License-Identifier: Apache-2.0 */
/* One push into the open turn: see aggregator/intake.h for the rules. */
#ifndef AGGREGATOR_PUSH_H
#define AGGREGATOR_PUSH_H

#include "aggregator/batch.h"
#include "aggregator/peers.h"
#include "aggregator/turn.h"
#include "aggregator/worker.h"

struct push_desk;
struct push_desk *push_desk_new(struct turn *turn, struct peers *peers);
void push_desk_free(struct push_desk *desk);

struct push_input {
	unsigned number; /* of the node in the view */
	const struct push *push;
	struct bytes body;
	uint64_t now_ms;
	/* What the worker has found, or NULL. Believed only if it started from
	 * where the node's chain is. */
	const struct worker_result *ahead;
};

/* What the answer is about. */
struct push_result {
	enum reject word; /* not REJECT_NONE: nothing was consumed */
	bool is_known;    /* it ends below the mark: nothing to receipt */
	uint64_t first_seq;
	struct store_mark
	    at; /* the chain at the batch's last event, or later */
	bool may_have_refused;
};
void push_take(struct push_desk *desk, const struct push_input *input,
    struct push_result *result);

#endif
