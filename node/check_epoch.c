/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log under another name. A new origin is believed only of a log that
 * holds the entry which says so (LogRecovered), and that continues the largest
 * head kept here which that entry leaves standing. So nobody can take away
 * more than he says in the log itself, for all to see.
 */
#include "node/check_inner.h"

#include "model/origin.h"

#include <string.h>

enum err
check_open_head(struct checkpoint *head, uint64_t *epoch,
    const struct node_region *region, const char *text)
{
	char said[ORIGIN_MAX], origin[ORIGIN_MAX];
	size_t len = strcspn(text, "\n");

	if (len >= sizeof said)
		return ERR_INVALID;
	memcpy(said, text, len);
	said[len] = '\0';
	if (origin_epoch(said, epoch) != OK ||
	    !origin_at(origin, region->origin, *epoch))
		return ERR_INVALID;
	return checkpoint_open(
	    head, text, strlen(text), origin, region->log_key);
}

bool
check_refresh(struct check *check)
{
	uint64_t epoch = spool_epoch(check->spool);
	uint64_t joined = 0;

	if (origin_epoch(check->region->origin, &joined) != OK)
		joined = 0;
	if (epoch < joined)
		epoch = joined;
	if (epoch == check->epoch)
		return false;
	check->epoch = epoch;
	if (!origin_at(check->origin, check->region->origin, epoch))
		check->epoch = 0; /* no checkpoint will fit */
	check->last_text[0] = '\0';
	check->early = (struct checkpoint){0};
	check->ask_size = 0;
	return true;
}

const char *
check_origin(const struct check *check)
{
	return check->origin;
}

static bool
proof_of(struct bytes bytes, struct tlog_proof *proof)
{
	proof->count = (unsigned)(bytes.len / HASH_SIZE);
	if (proof->count > TLOG_PROOF_MAX)
		return false;
	for (unsigned i = 0; i < proof->count; i++)
		memcpy(proof->at[i].at, bytes.at + (size_t)i * HASH_SIZE,
		    HASH_SIZE);
	return true;
}

/* Does the entry stand in that log, and does it say so? */
static bool
entry_says_so(struct check *check, const struct recovered *said,
    const struct spool_recovery *made, struct log_recovered *body)
{
	struct hash leaf_hash = hash_leaf(said->leaf);
	struct tlog_proof proof;
	struct event event;
	struct leaf leaf;
	uint64_t epoch;

	if (leaf_get(&leaf, said->leaf) != OK || leaf.author != AUTHOR_LOG ||
	    wire_unpack(check->wire, leaf.event, &event) != REJECT_NONE ||
	    event.kind != EVENT_LOG_RECOVERED)
		return false;
	*body = event.recovered;
	return origin_epoch(body->origin, &epoch) == OK &&
	       epoch > check->epoch && epoch <= made->epoch &&
	       body->entries <= said->index && said->index < made->head.size &&
	       proof_of(said->inclusion, &proof) &&
	       tlog_inclusion_is_valid(&proof, said->index, made->head.size,
		   &leaf_hash, &made->head.root);
}

static bool
continues(const struct recovered *said, const struct checkpoint *from,
    const struct checkpoint *to)
{
	struct tlog_proof proof;

	return proof_of(said->consistency, &proof) &&
	       tlog_consistency_is_valid(
		   &proof, from->size, to->size, &from->root, &to->root);
}

enum head_trust
check_recovered(struct check *check, const struct recovered *said,
    struct spool_recovery *recovery)
{
	struct spool_recovery made = {
	    .old_epoch = check->epoch, .text = said->checkpoint};
	struct checkpoint kept = {0};
	struct log_recovered body;

	if (check_open_head(
		&made.head, &made.epoch, check->region, said->checkpoint) != OK)
		return HEAD_UNSIGNED;
	if (made.epoch <= check->epoch ||
	    !entry_says_so(check, said, &made, &body))
		return HEAD_DIVERGED;
	made.entries = body.entries;
	if (spool_largest_head_within(
		check->spool, check->epoch, body.entries, &kept) == OK) {
		if (said->from_size != kept.size) {
			check->ask_size = kept.size;
			return HEAD_UNLINKED;
		}
		if (!continues(said, &kept, &made.head))
			return HEAD_DIVERGED;
	}
	made.kept_size = kept.size;
	*recovery = made;
	return HEAD_BELIEVED;
}
