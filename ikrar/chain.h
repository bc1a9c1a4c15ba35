/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain of each node as the log shows it: every event of it, and every
 * EventRefused of one, in the order of its numbers, folded to the heads that
 * its stamps sign.
 */
#ifndef IKRAR_CHAIN_H
#define IKRAR_CHAIN_H

#include "ikrar/finding.h"
#include "judge/view.h"
#include "trust/sign.h"

struct chains;

struct chains *chains_new(const struct findings *findings);
void chains_free(struct chains *chains);

/* One event, or refusal of one. */
struct chain_link {
	uint64_t index;
	const uint8_t *node;
	uint64_t seq;
	const struct hash *event_hash;
	struct bytes stamp; /* none: length 0 */
};
/* Folds it. false: what is wrong was told, and it is not part of the chain. A
 * stamp that is not valid, or a gap, is told, and the chain goes on. `head`
 * is the chain's then; not known behind a gap. */
struct chain_head {
	struct hash head;
	bool is_known;
};
bool chains_take(struct chains *chains, const struct view *view,
    const struct chain_link *link, struct chain_head *head);
/* After the last entry: rows that no stamp covers. */
void chains_end(const struct chains *chains, const struct view *view);
uint64_t chains_stamps(const struct chains *chains); /* valid ones */

#endif
