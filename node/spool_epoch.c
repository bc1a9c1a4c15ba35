/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region's log was recovered from an older copy. What this spool knows of
 * the part that is lost is kept, as evidence, but counts no more: receipts of
 * entries that nothing here shows to stand are set aside, and their rows are
 * terkirim again, to be pushed as before.
 */
#include "node/spool_inner.h"

#include "core/log.h"
#include "model/message.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_KEY_SIZE = 16, LOST_KEY_SIZE = 16 };

uint64_t
spool_epoch(struct spool *spool)
{
	struct db_txn *txn = db_begin_read(spool->db);
	uint64_t epoch = spool_number(txn, SPOOL_META, "epoch");

	db_abort(txn);
	return epoch;
}

/* ---- heads */

enum err
spool_largest_head_within(
    struct spool *spool, uint64_t epoch, uint64_t size, struct checkpoint *head)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct db_cursor *cursor = db_cursor_open(txn, SPOOL_HEAD);
	struct checkpoint made = {0};
	uint8_t first[HEAD_KEY_SIZE];
	struct bytes key, value;
	enum err err;

	be64_put(first, epoch);
	be64_put(first + 8, 0);
	err = db_seek(cursor, bytes_of(first, sizeof first), &key, &value);
	while (err == OK && key.len == HEAD_KEY_SIZE &&
	       be64_get(key.at) == epoch && be64_get(key.at + 8) <= size) {
		if (value.len >= HASH_SIZE) {
			made.size = be64_get(key.at + 8);
			memcpy(made.root.at, value.at, HASH_SIZE);
		}
		err = db_next(cursor, &key, &value);
	}
	db_cursor_close(cursor);
	db_abort(txn);
	if (made.size == 0)
		return ERR_NOTFOUND;
	*head = made;
	return OK;
}

enum err
spool_head_text(struct spool *spool, uint64_t epoch, uint64_t size,
    char text[CHECKPOINT_MAX])
{
	struct db_txn *txn = db_begin_read(spool->db);
	uint8_t key[HEAD_KEY_SIZE];
	struct bytes value;
	enum err err;

	be64_put(key, epoch);
	be64_put(key + 8, size);
	err = db_get(txn, SPOOL_HEAD, bytes_of(key, sizeof key), &value);
	if (err == OK &&
	    (value.len <= HASH_SIZE || value.len - HASH_SIZE >= CHECKPOINT_MAX))
		err = ERR_NOTFOUND;
	if (err == OK) {
		memcpy(text, value.at + HASH_SIZE, value.len - HASH_SIZE);
		text[value.len - HASH_SIZE] = '\0';
	}
	db_abort(txn);
	return err;
}

/* ---- receipts */

struct voiding {
	struct db_txn *txn;
	struct message_codec *codec;
	uint64_t size;      /* entries from here on do not count */
	uint64_t receipted; /* the last row that still has its receipt */
	uint64_t *lost;     /* receipts that count no more */
	size_t count, cap;
};

static bool
still_counts(struct voiding *voiding, struct bytes raw)
{
	struct message message;

	if (message_from_region_get(voiding->codec, raw, &message) != OK)
		return false;
	if (message.kind == MESSAGE_RECEIPT)
		return message.receipt.index < voiding->size;
	return message.kind == MESSAGE_CARRIED &&
	       message.carried.kind == MESSAGE_RECEIPT &&
	       message.carried.receipt.index < voiding->size;
}

static void
look_at_receipts(struct voiding *voiding)
{
	struct db_cursor *cursor = db_cursor_open(voiding->txn, SPOOL_RECEIPT);
	struct bytes key, value;
	enum err err = db_seek(cursor, bytes_of(NULL, 0), &key, &value);

	while (err == OK && key.len == SPOOL_KEY_SIZE) {
		uint64_t have = be64_get(key.at);

		if (still_counts(voiding, value)) {
			voiding->receipted = have;
		} else {
			if (voiding->count == voiding->cap) {
				voiding->cap = voiding->cap * 2 + 16;
				voiding->lost = xrealloc(voiding->lost,
				    voiding->cap, sizeof *voiding->lost);
			}
			voiding->lost[voiding->count++] = have;
		}
		err = db_next(cursor, &key, &value);
	}
	db_cursor_close(cursor);
}

static void
set_aside(struct voiding *voiding, uint64_t old_epoch)
{
	uint8_t key[SPOOL_KEY_SIZE], to[LOST_KEY_SIZE];
	static uint8_t copy[LINK_FRAME_MAX];
	struct bytes value;

	for (size_t i = 0; i < voiding->count; i++) {
		struct bytes from = spool_key(key, voiding->lost[i]);

		if (db_get(voiding->txn, SPOOL_RECEIPT, from, &value) != OK ||
		    value.len > sizeof copy)
			continue;
		memcpy(copy, value.at, value.len);
		be64_put(to, old_epoch);
		be64_put(to + 8, voiding->lost[i]);
		db_put(voiding->txn, SPOOL_LOST, bytes_of(to, sizeof to),
		    bytes_of(copy, value.len));
		db_delete(voiding->txn, SPOOL_RECEIPT, from);
	}
}

/* The region will say anew whether it takes them. */
static void
forget_refusals(struct db_txn *txn, uint64_t after)
{
	uint8_t first[SPOOL_KEY_SIZE], found[SPOOL_KEY_SIZE];
	struct db_cursor *cursor;
	struct bytes key, value;
	bool is_there = true;

	while (is_there && db_failed(txn) == OK) {
		cursor = db_cursor_open(txn, SPOOL_REFUSED);
		is_there = db_seek(cursor, spool_key(first, after + 1), &key,
			       &value) == OK &&
			   key.len == SPOOL_KEY_SIZE;
		if (is_there)
			memcpy(found, key.at, sizeof found);
		db_cursor_close(cursor);
		if (is_there)
			db_delete(
			    txn, SPOOL_REFUSED, bytes_of(found, sizeof found));
	}
}

static void
put_marks(struct db_txn *txn, const struct spool_recovery *recovery,
    uint64_t receipted)
{
	uint64_t was = spool_number(txn, SPOOL_META, "receipted");
	uint64_t again = spool_number(txn, SPOOL_META, "again");

	spool_put_number(txn, SPOOL_META, "epoch", recovery->epoch);
	spool_put_number(txn, SPOOL_META, "again", was > again ? was : again);
	spool_put_number(txn, SPOOL_META, "receipted", receipted);
	spool_put_number(
	    txn, SPOOL_META, "recovered-entries", recovery->entries);
	spool_put_number(txn, SPOOL_META, "recovered-ms", recovery->now_ms);
}

enum err
spool_recover(struct spool *spool, const struct spool_recovery *recovery)
{
	struct voiding voiding = {
	    .size = recovery->kept_size, .codec = message_codec_new()};
	enum err err;

	spool_take_head(
	    spool, &recovery->head, recovery->epoch, recovery->text);
	voiding.txn = db_begin(spool->db);
	spool_keep_write(spool, voiding.txn);
	look_at_receipts(&voiding);
	set_aside(&voiding, recovery->old_epoch);
	forget_refusals(voiding.txn, voiding.receipted);
	put_marks(voiding.txn, recovery, voiding.receipted);
	err = db_commit(voiding.txn);
	if (err == OK)
		spool_keep_done(spool);
	free(voiding.lost);
	message_codec_free(voiding.codec);
	return err;
}

static const char meta_asked[] = "asked";

enum err
spool_keep_asked(struct spool *spool, uint64_t size)
{
	struct db_txn *txn = db_begin(spool->db);

	spool_put_number(txn, SPOOL_META, meta_asked, size);
	return db_commit(txn);
}

uint64_t
spool_asked(struct spool *spool)
{
	struct db_txn *txn = db_begin_read(spool->db);
	uint64_t size = spool_number(txn, SPOOL_META, meta_asked);

	db_abort(txn);
	return size;
}
