/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A push, before anything of it is believed: its events and blobs taken apart,
 * the events hashed and folded from the node's last head, its stamp checked. No
 * disk, no view.
 */
#ifndef AGGREGATOR_BATCH_H
#define AGGREGATOR_BATCH_H

#include "model/message.h"
#include "trust/sign.h"

struct batch {
	uint64_t first_seq, last_seq;
	unsigned count;
	unsigned known; /* the first `known` are in the log already */
	struct bytes events[PUSH_EVENTS_MAX];
	struct hash hashes[PUSH_EVENTS_MAX];
	struct hash head; /* of the chain behind the last event */
	unsigned blob_count;
	struct bytes blobs[PUSH_BLOBS_MAX]; /* sealed parts of events */
};

/* What is known of the chain so far. */
struct batch_chain {
	const uint8_t *node;     /* NODE_ID_SIZE bytes */
	const uint8_t *sign_key; /* SIGN_KEY_SIZE bytes */
	uint64_t mark;
	struct hash head;      /* at the mark */
	struct hash mark_hash; /* of event `mark`; read only by an overlap */
};

/* REJECT_NONE, REJECT_MALFORMED or REJECT_TOO_LARGE. Events and blobs point
 * into `body`, of which nothing may be left over. */
enum reject batch_open(
    struct batch *batch, const struct push *push, struct bytes body);
/* Does it contain event `mark`? Then chain.mark_hash must be filled. */
bool batch_overlaps(const struct batch *batch, uint64_t mark);
/* REJECT_NONE, REJECT_GAP, REJECT_FORK or REJECT_BAD_SIGNATURE. A batch that
 * ends before the mark must not be asked. */
enum reject batch_check(struct batch *batch, const struct push *push,
    const struct batch_chain *chain);

#endif
