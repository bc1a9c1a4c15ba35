/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a node is told that knows the log only from before it was recovered:
 * the entry that says so, that it is in the log of today, and that the largest
 * head which still stands for this node is continued.
 */
#ifndef AGGREGATOR_RECOVERED_H
#define AGGREGATOR_RECOVERED_H

#include "aggregator/turn.h"

struct recovered_proofs {
	struct tlog_proof inclusion, consistency;
};

/* The node has seen a head of `size` in an earlier `epoch`. A size that does
 * not stand any more is not continued: the node names another. Points into
 * `proofs` and the store, outside a turn. */
void recovered_make(struct turn *turn, const struct hello *hello,
    struct recovered *recovered, struct recovered_proofs *proofs);

#endif
