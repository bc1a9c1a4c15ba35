/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt of one record: from its bytes over the hashes of the rows behind
 * it to the stamped row that a kept receipt is about, and from there into the
 * log.
 */
#include "node/spool.h"

#include "node/spool_inner.h"

#include <stdlib.h>
#include <string.h>

/* What the proof points to, besides the transaction. */
struct spool_proof {
	struct hash hashes[PROOF_EVENTS_MAX];
	uint8_t leaf[ENTRY_MAX];
	char checkpoint[CHECKPOINT_MAX];
};

/* The receipt that covers `seq`, decoded; it lives in the codec. */
static enum err
find_receipt(struct spool *spool, struct message_codec *codec, uint64_t seq,
    struct receipt *receipt)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct message message;
	struct bytes found, raw;

	spool->cursor = db_cursor_open(spool->held, SPOOL_RECEIPT);
	if (db_seek(spool->cursor, spool_key(key, seq), &found, &raw) != OK)
		return ERR_NOTFOUND;
	if (message_from_region_get(codec, raw, &message) != OK ||
	    message.kind != MESSAGE_RECEIPT || message.receipt.have < seq)
		return spool_damaged(spool, seq);
	*receipt = message.receipt;
	return OK;
}

static enum err
fill_hashes(struct spool *spool, struct record_proof *proof, uint64_t have)
{
	struct spool_row row;

	if (have - proof->seq > PROOF_EVENTS_MAX)
		return ERR_FULL;
	proof->hash_count = (unsigned)(have - proof->seq);
	for (unsigned i = 0; i < proof->hash_count; i++) {
		uint64_t seq = proof->seq + 1 + i;

		if (spool_find_row(spool, spool->held, seq, &row) != OK)
			return spool_damaged(spool, seq);
		spool->proof->hashes[i] = row.event_hash;
	}
	proof->hashes = spool->proof->hashes;
	return OK;
}

/* The entry as the log has it: the stamped row, or the refusal of it. */
static enum err
fill_leaf(struct spool *spool, struct record_proof *proof,
    const struct receipt *receipt)
{
	struct leaf leaf = {.author = AUTHOR_LOG,
	    .received_at_ms = receipt->received_at_ms,
	    .event = receipt->refusal_event};
	struct spool_row row;
	size_t len;

	if (receipt->refusal_event.len == 0) {
		if (spool_find_row(spool, spool->held, receipt->have, &row) !=
			OK ||
		    row.stamp.len == 0)
			return spool_damaged(spool, receipt->have);
		leaf.author = AUTHOR_NODE;
		leaf.event = row.event;
		leaf.stamp = row.stamp;
	}
	len = leaf_size(&leaf);
	CHECK(len <= sizeof spool->proof->leaf);
	leaf_put(spool->proof->leaf, &leaf);
	proof->leaf = bytes_of(spool->proof->leaf, len);
	return OK;
}

static void
fill_inclusion(struct spool *spool, struct record_proof *proof,
    const struct receipt *receipt)
{
	struct tlog_proof *inclusion = &proof->inclusion;

	proof->index = receipt->index;
	inclusion->count = (unsigned)(receipt->inclusion.len / HASH_SIZE);
	CHECK(inclusion->count <= TLOG_PROOF_MAX);
	for (unsigned i = 0; i < inclusion->count; i++)
		memcpy(inclusion->at[i].at,
		    receipt->inclusion.at + (size_t)i * HASH_SIZE, HASH_SIZE);
	memcpy(spool->proof->checkpoint, receipt->checkpoint,
	    sizeof spool->proof->checkpoint);
	proof->checkpoint = spool->proof->checkpoint;
	proof->checkpoint_len = strlen(proof->checkpoint);
}

static enum err
fill_record(struct spool *spool, struct record_proof *proof)
{
	struct spool_row row;
	enum err err;

	memcpy(proof->node, spool->keys->id, sizeof proof->node);
	proof->head_before = hash_node(spool->keys->sign.public_key);
	if (proof->seq > 1) {
		err = spool_find_row(spool, spool->held, proof->seq - 1, &row);
		if (err != OK)
			return err;
		proof->head_before = row.head;
	}
	err = spool_find_row(spool, spool->held, proof->seq, &row);
	if (err == OK)
		proof->event = row.event;
	return err;
}

enum err
spool_record_proof(
    struct spool *spool, uint64_t seq, struct record_proof *proof)
{
	struct message_codec *codec = message_codec_new();
	struct record_proof made = {.seq = seq};
	struct receipt receipt = {0};
	enum err err = seq == 0 ? ERR_NOTFOUND : OK;

	spool_row_done(spool);
	spool->held = db_begin_read(spool->db);
	spool->proof = xcalloc(1, sizeof *spool->proof);
	if (err == OK)
		err = fill_record(spool, &made);
	if (err == OK)
		err = find_receipt(spool, codec, seq, &receipt);
	if (err == OK)
		err = fill_hashes(spool, &made, receipt.have);
	if (err == OK)
		err = fill_leaf(spool, &made, &receipt);
	if (err == OK) {
		fill_inclusion(spool, &made, &receipt);
		*proof = made;
	} else {
		spool_row_done(spool);
	}
	message_codec_free(codec);
	return err;
}
