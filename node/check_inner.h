/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of node/check.h, for check.c and check_epoch.c. */
#ifndef NODE_CHECK_INNER_H
#define NODE_CHECK_INNER_H

#include "node/check.h"
#include "trust/tlog.h"

struct check {
	struct spool *spool;
	const struct node_keys *keys;
	const struct node_region *region;
	uint64_t epoch;
	char origin[ORIGIN_MAX]; /* of that epoch */
	uint64_t ask_size; /* what the next Hello says to have seen; 0: all */
	struct wire *wire;
	/* All receipts of one turn of the region carry one checkpoint: the
	 * last one that was believed. */
	char last_text[CHECKPOINT_MAX];
	struct checkpoint last_head;
	/* A region that continues our Hello has no smaller head to tell. (The
	 * spool may know larger ones by now: another process of this node.) */
	uint64_t least_size;
	uint64_t base_size;      /* the largest kept, when last looked at */
	struct checkpoint early; /* size 0: none */
	uint64_t early_base;     /* what it is proven to continue */
	uint8_t leaf[ENTRY_MAX];
};

#endif
