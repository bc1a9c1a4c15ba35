/* SPDX-License-Identifier: Apache-2.0 */
/* What is the same in an answer for whoever gets it. */
#ifndef AGGREGATOR_RECEIPT_H
#define AGGREGATOR_RECEIPT_H

#include "aggregator/store.h"
#include "model/message.h"
#include "trust/tlog.h"

struct receipt_of {
	const uint8_t *node;  /* NODE_ID_SIZE bytes */
	struct store_mark at; /* the chain at the entry */
	uint64_t from_seq;    /* refused rows from here on are listed */
	bool may_have_refused;
};

/* The receipt of an entry, whenever that was taken, but for the head and its
 * proof, and wishes. Outside a turn; what it points to lives until store_done,
 * the inclusion proof in `proof`. */
void receipt_fill(struct receipt *receipt, struct store *store,
    const struct receipt_of *of, struct tlog_proof *proof);

/* `mark` NULL: of nobody who is known. */
void refusal_fill(struct refusal *refusal, enum reject word, uint64_t retry_ms,
    const struct store_mark *mark);

#endif
