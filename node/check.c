/* SPDX-License-Identifier: Apache-2.0 */
#include "node/check.h"

#include "trust/tlog.h"

#include <stdlib.h>
#include <string.h>

struct check {
	struct spool *spool;
	const struct node_keys *keys;
	const struct node_region *region;
	uint64_t epoch;
	struct wire *wire;
	/* All receipts of one turn of the region carry one checkpoint. */
	char last_text[CHECKPOINT_MAX];
	struct checkpoint last_head;
	uint8_t leaf[ENTRY_MAX];
};

enum err
check_epoch_of(const char *origin, uint64_t *epoch)
{
	const char *at = strchr(origin, '/');
	char number[24];
	size_t len;

	if (at != NULL)
		at = strchr(at + 1, '/');
	if (at == NULL)
		return ERR_INVALID;
	len = strcspn(++at, "/");
	if (len >= sizeof number)
		return ERR_INVALID;
	memcpy(number, at, len);
	number[len] = '\0';
	return u64_get(epoch, number, 1, UINT32_MAX);
}

struct check *
check_new(struct spool *spool, const struct node_keys *keys,
    const struct node_region *region)
{
	struct check *check = xcalloc(1, sizeof *check);

	check->spool = spool;
	check->keys = keys;
	check->region = region;
	check->wire = wire_new();
	if (check_epoch_of(region->origin, &check->epoch) != OK)
		check->epoch = 0; /* no checkpoint will fit */
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

enum reject
check_head(struct check *check, const char *text, struct checkpoint *head)
{
	struct checkpoint read;
	struct hash root;

	if (check->last_text[0] != '\0' &&
	    strcmp(text, check->last_text) == 0) {
		*head = check->last_head;
		return REJECT_NONE;
	}
	if (check->epoch == 0 ||
	    checkpoint_open(&read, text, strlen(text), check->region->origin,
		check->region->log_key) != OK)
		return REJECT_BAD_SIGNATURE;
	if (spool_head_root(check->spool, check->epoch, read.size, &root) ==
		OK &&
	    !hash_equal(&root, &read.root))
		return REJECT_DIVERGED;
	(void)text_copy(check->last_text, sizeof check->last_text, text);
	check->last_head = read;
	*head = read;
	return REJECT_NONE;
}

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
    struct check *check, struct receipt *receipt, struct checkpoint *head)
{
	enum reject word = check_head(check, receipt->checkpoint, head);
	struct spool_row row;

	if (word == REJECT_NONE)
		word = check_mark(check, receipt->have, receipt->head);
	if (word != REJECT_NONE)
		return word;
	if (spool_row(check->spool, receipt->have, &row) != OK)
		return REJECT_GAP;
	word = check_row(check, receipt, &row, head);
	spool_row_done(check->spool);
	return word;
}
