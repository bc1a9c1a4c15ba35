/* SPDX-License-Identifier: Apache-2.0 */
#include "node/check.h"

#include "node/check_inner.h"

#include <stdlib.h>
#include <string.h>

struct check *
check_new(struct spool *spool, const struct node_keys *keys,
    const struct node_region *region)
{
	struct check *check = xcalloc(1, sizeof *check);

	check->spool = spool;
	check->keys = keys;
	check->region = region;
	check->wire = wire_new();
	(void)check_refresh(check);
	return check;
}

void
check_free(struct check *check)
{
	if (check == NULL)
		return;
	wire_free(check->wire);
	free(check);
}

uint64_t
check_epoch(const struct check *check)
{
	return check->epoch;
}

/* ---- heads */

bool
check_head_of(const struct message *message, struct head_said *said)
{
	switch (message->kind) {
	case MESSAGE_WELCOME:
		*said = (struct head_said){message->welcome.checkpoint,
		    message->welcome.from_size, message->welcome.consistency,
		    message->welcome.report_wanted};
		return true;
	case MESSAGE_RECEIPT:
		*said = (struct head_said){message->receipt.checkpoint,
		    message->receipt.from_size, message->receipt.consistency,
		    message->receipt.report_wanted};
		return true;
	case MESSAGE_PAGE:
		*said = (struct head_said){message->page.checkpoint,
		    message->page.from_size, message->page.consistency, false};
		return true;
	case MESSAGE_BEAT:
		*said = (struct head_said){message->beat.checkpoint,
		    message->beat.from_size, message->beat.consistency,
		    message->beat.report_wanted};
		return true;
	case MESSAGE_NONE:
	case MESSAGE_HELLO:
	case MESSAGE_PUSH:
	case MESSAGE_READ:
	case MESSAGE_FETCH:
	case MESSAGE_ENROL:
	case MESSAGE_JOIN:
	case MESSAGE_CARRY:
	case MESSAGE_CARRIED:
	case MESSAGE_REFUSAL:
	case MESSAGE_SLICE:
	case MESSAGE_RECOVERED: /* speaks of another origin */
	case MESSAGE_JOINED:    /* node_join looks at it */
		break;
	}
	return false;
}

void
check_greet(struct check *check, struct hello *hello)
{
	struct spool_status status;
	struct checkpoint largest = {0};

	if (spool_largest_head(check->spool, check->epoch, &largest) == OK) {
		hello->seen_epoch = check->epoch;
		hello->seen_size = largest.size;
	} else {
		spool_status(check->spool, &status);
		hello->seen_epoch = status.seen_epoch;
		hello->seen_size = status.seen_size;
	}
	check->least_size = largest.size;
	check->early = (struct checkpoint){0};
	if (check->ask_size > 0)
		hello->seen_size = check->ask_size;
	check->ask_size = 0;
}

static bool
is_signed(struct check *check, const char *text, struct checkpoint *head)
{
	return check->epoch != 0 &&
	       checkpoint_open(head, text, strlen(text), check->origin,
		   check->region->log_key) == OK;
}

static enum head_trust
trust_by_proof(const struct head_said *said, const struct checkpoint *from,
    const struct checkpoint *to)
{
	struct tlog_proof proof = {
	    .count = (unsigned)(said->consistency.len / HASH_SIZE)};

	if (proof.count > TLOG_PROOF_MAX)
		return HEAD_DIVERGED;
	for (unsigned i = 0; i < proof.count; i++)
		memcpy(proof.at[i].at,
		    said->consistency.at + (size_t)i * HASH_SIZE, HASH_SIZE);
	return tlog_consistency_is_valid(
		   &proof, from->size, to->size, &from->root, &to->root)
		   ? HEAD_BELIEVED
		   : HEAD_DIVERGED;
}

static enum head_trust
trust_by_root(const struct checkpoint *head, const struct hash *root)
{
	return hash_equal(&head->root, root) ? HEAD_BELIEVED : HEAD_DIVERGED;
}

/* UNLINKED: it is none of those kept. */
static enum head_trust
trust_by_kept(struct check *check, const struct checkpoint *head)
{
	struct hash root;

	if (spool_head_root(check->spool, check->epoch, head->size, &root) !=
	    OK)
		return HEAD_UNLINKED;
	return trust_by_root(head, &root);
}

static enum head_trust
trust_of(struct check *check, const struct head_said *said,
    const struct checkpoint *head)
{
	struct checkpoint largest;
	enum head_trust trust;

	check->base_size = 0;
	if (spool_largest_head(check->spool, check->epoch, &largest) != OK)
		return HEAD_BELIEVED;
	check->base_size = largest.size;
	if (head->size <= largest.size) {
		trust = trust_by_kept(check, head);
		if (trust == HEAD_UNLINKED && head->size < check->least_size)
			trust = HEAD_DIVERGED;
		return trust;
	}
	if (check->early.size > 0 && check->early_base == largest.size) {
		if (head->size == check->early.size)
			return trust_by_root(head, &check->early.root);
		if (said->from_size == check->early.size)
			return trust_by_proof(said, &check->early, head);
	}
	if (said->from_size == largest.size)
		return trust_by_proof(said, &largest, head);
	return HEAD_UNLINKED;
}

enum head_trust
check_head(
    struct check *check, const struct head_said *said, struct checkpoint *head)
{
	struct checkpoint read;
	enum head_trust trust;

	if (check->last_text[0] != '\0' &&
	    strcmp(said->text, check->last_text) == 0) {
		*head = check->last_head;
		return HEAD_BELIEVED;
	}
	if (!is_signed(check, said->text, &read))
		return HEAD_UNSIGNED;
	trust = trust_of(check, said, &read);
	if (trust != HEAD_BELIEVED)
		return trust;
	(void)text_copy(check->last_text, sizeof check->last_text, said->text);
	check->last_head = read;
	if (read.size > check->least_size)
		check->least_size = read.size;
	check->early = (struct checkpoint){0};
	*head = read;
	return HEAD_BELIEVED;
}

/* Anything smaller than our Hello said may have been under way. */
enum head_trust
check_head_early(struct check *check, const struct head_said *said)
{
	uint64_t least_size = check->least_size;
	struct checkpoint read;
	enum head_trust trust;

	if (!is_signed(check, said->text, &read))
		return HEAD_UNSIGNED;
	check->least_size = 0;
	trust = trust_of(check, said, &read);
	check->least_size = least_size;
	if (trust == HEAD_BELIEVED && read.size > check->base_size) {
		check->early = read;
		check->early_base = check->base_size;
	}
	return trust;
}

/* ---- the own chain */

enum reject
check_mark(
    struct check *check, uint64_t have, const uint8_t head[EVENT_HASH_SIZE])
{
	struct hash own;

	if (have == 0)
		return REJECT_NONE; /* it has nothing that could differ */
	if (spool_head(check->spool, have, &own) != OK)
		return REJECT_GAP;
	return memcmp(own.at, head, HASH_SIZE) == 0 ? REJECT_NONE : REJECT_FORK;
}

/* Its word joins the refused rows, unless it stands there already. */
static enum reject
add_refused(struct receipt *receipt, enum reject word)
{
	for (uint32_t i = 0; i < receipt->refused_count; i++)
		if (receipt->refused[i].seq == receipt->have)
			return receipt->refused[i].word == word
				   ? REJECT_NONE
				   : REJECT_IDENTITY;
	if (receipt->refused_count == RECEIPT_REFUSED_MAX)
		return REJECT_MALFORMED;
	receipt->refused[receipt->refused_count++] =
	    (struct refused_row){receipt->have, word};
	return REJECT_NONE;
}

static enum reject
check_refusal(
    struct check *check, struct receipt *receipt, const struct spool_row *row)
{
	struct event event;

	if (wire_unpack(check->wire, receipt->refusal_event, &event) !=
	    REJECT_NONE)
		return REJECT_MALFORMED;
	if (event.kind != EVENT_REFUSED || event.refused.seq != row->seq ||
	    memcmp(event.refused.node, check->keys->id, NODE_ID_SIZE) != 0 ||
	    memcmp(event.refused.event_hash, row->event_hash.at, HASH_SIZE) !=
		0)
		return REJECT_IDENTITY;
	return add_refused(receipt, event.refused.word);
}

/* A row up to `have`; and `have` itself only with the entry that proves it. */
static enum reject
check_list(const struct receipt *receipt)
{
	for (uint32_t i = 0; i < receipt->refused_count; i++) {
		uint64_t seq = receipt->refused[i].seq;

		if (seq == 0 || seq > receipt->have ||
		    (seq == receipt->have && receipt->refusal_event.len == 0))
			return REJECT_MALFORMED;
	}
	return REJECT_NONE;
}

static bool
is_included(struct check *check, const struct receipt *receipt,
    const struct leaf *leaf, const struct checkpoint *head)
{
	struct tlog_proof proof;
	struct hash leaf_hash;
	size_t len = leaf_size(leaf);

	CHECK(len <= sizeof check->leaf);
	leaf_put(check->leaf, leaf);
	leaf_hash = hash_leaf(bytes_of(check->leaf, len));
	proof.count = (unsigned)(receipt->inclusion.len / HASH_SIZE);
	if (proof.count > TLOG_PROOF_MAX || receipt->index >= head->size)
		return false;
	for (unsigned i = 0; i < proof.count; i++)
		memcpy(proof.at[i].at, receipt->inclusion.at + i * HASH_SIZE,
		    HASH_SIZE);
	return tlog_inclusion_is_valid(
	    &proof, receipt->index, head->size, &leaf_hash, &head->root);
}

static enum reject
check_row(struct check *check, struct receipt *receipt,
    const struct spool_row *row, const struct checkpoint *head)
{
	struct leaf leaf = {.author = AUTHOR_NODE,
	    .received_at_ms = receipt->received_at_ms,
	    .event = row->event,
	    .stamp = row->stamp};
	enum reject word = check_list(receipt);

	if (word != REJECT_NONE)
		return word;
	if (row->stamp.len == 0)
		return REJECT_MALFORMED; /* no push ends there */
	if (receipt->refusal_event.len > 0) {
		word = check_refusal(check, receipt, row);
		if (word != REJECT_NONE)
			return word;
		leaf.author = AUTHOR_LOG;
		leaf.event = receipt->refusal_event;
		leaf.stamp = bytes_of(NULL, 0);
	}
	return is_included(check, receipt, &leaf, head) ? REJECT_NONE
							: REJECT_DIVERGED;
}

enum reject
check_receipt(
    struct check *check, struct receipt *receipt, const struct checkpoint *head)
{
	enum reject word = check_mark(check, receipt->have, receipt->head);
	struct spool_row row;

	if (word != REJECT_NONE)
		return word;
	if (spool_row(check->spool, receipt->have, &row) != OK)
		return REJECT_GAP;
	word = check_row(check, receipt, &row, head);
	spool_row_done(check->spool);
	return word;
}
