/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of each node as the log shows it: every event of it, and every
 * EventRefused of one, in the order of its numbers, folded to the heads that
 * its stamps sign.
 *
 * Stamps are checked in a second process where there is a second core. What
 * one shows is told when so many others have come behind it, or at
 * chains_settle: the same on every machine.
 */
#ifndef IKRAR_CHAIN_H
#define IKRAR_CHAIN_H

#include "ikrar/finding.h"
#include "judge/view.h"
#include "trust/sign.h"

struct chains;

/* An event of a node, or its refusal, that stands in the node's chain. */
struct chain_record {
	uint64_t index;
	const uint8_t *node;
	uint64_t seq;
	const struct hash *event_hash;
	enum reject word; /* REJECT_NONE: taken */
	/* The chain's then. Not known behind a gap or a stamp that is not
	 * valid. */
	const struct hash *head;
	bool is_head_known;
};

/* Who listens. */
struct chain_fns {
	const struct findings *findings;
	void *context;
	/* In the order of the log; those under or behind a stamp that waits
	 * come later than they are taken. Tells nothing. NULL: nobody. */
	void (*record)(void *context, const struct chain_record *record);
};

/* Forks: call it before much is in memory. Keeps both pointers. */
struct chains *chains_new(const struct chain_fns *fns, const struct view *view);
void chains_free(struct chains *chains);

/* One event, or refusal of one. */
struct chain_link {
	uint64_t index;
	const uint8_t *node;
	uint64_t seq;
	const struct hash *event_hash;
	struct bytes stamp; /* none: length 0 */
	enum reject word;
};
/* Folds it. false: what is wrong was told, and it is not part of the chain. A
 * stamp that is not valid, or a gap, is told, and the chain goes on. */
bool chains_take(struct chains *chains, const struct chain_link *link);
/* Tells what the stamps so far show. */
void chains_settle(struct chains *chains);
/* After the last entry: rows that no stamp covers. */
void chains_end(struct chains *chains);
uint64_t chains_stamps(const struct chains *chains); /* found valid */

#endif
