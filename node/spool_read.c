/* SPDX-License-Identifier: Apache-2.0 */
/* Rows out again: one with its state, or as many as a push can hold. */
#include "node/spool_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
row_of(struct bytes value, struct spool_row *row)
{
	size_t stamp_len;

	if (value.len < SPOOL_ROW_FIXED)
		return false;
	stamp_len = value.at[SPOOL_ROW_FIXED - 1];
	if ((stamp_len != 0 && stamp_len != STAMP_SIZE) ||
	    value.len <= SPOOL_ROW_FIXED + stamp_len)
		return false;
	memcpy(row->event_hash.at, value.at, HASH_SIZE);
	memcpy(row->head.at, value.at + HASH_SIZE, HASH_SIZE);
	row->stamp = bytes_of(value.at + SPOOL_ROW_FIXED, stamp_len);
	row->event = bytes_of(value.at + SPOOL_ROW_FIXED + stamp_len,
	    value.len - SPOOL_ROW_FIXED - stamp_len);
	return true;
}

enum err
spool_damaged(const struct spool *spool, uint64_t seq)
{
	log_warnx(
	    "spool-damaged dir=%s table=row seq=%" PRIu64, spool->dir, seq);
	return ERR_INVALID;
}

enum err
spool_find_row(struct spool *spool, struct db_txn *txn, uint64_t seq,
    struct spool_row *row)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;
	enum err err = db_get(txn, SPOOL_ROW, spool_key(key, seq), &value);

	if (err != OK)
		return err;
	row->seq = seq;
	return row_of(value, row) ? OK : spool_damaged(spool, seq);
}

static void
find_state(struct db_txn *txn, struct spool_row *row)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;
	char word[32];

	row->word = REJECT_NONE;
	row->state = RECORD_STORED;
	if (row->seq <= spool_number(txn, SPOOL_META, "receipted"))
		row->state = RECORD_RECEIPTED;
	else if (row->seq <= spool_number(txn, SPOOL_LIVE, "sent"))
		row->state = RECORD_SENT;
	if (row->state != RECORD_RECEIPTED ||
	    db_get(txn, SPOOL_REFUSED, spool_key(key, row->seq), &value) != OK)
		return;
	row->state = RECORD_REFUSED;
	snprintf(
	    word, sizeof word, "%.*s", (int)value.len, (const char *)value.at);
	row->word = reject_by_word(word);
}

const char *
record_state_word(enum record_state state)
{
	switch (state) {
	case RECORD_STORED:
		return "tersimpan";
	case RECORD_SENT:
		return "terkirim";
	case RECORD_RECEIPTED:
		return "diterima";
	case RECORD_REFUSED:
		return "ditolak";
	}
	return "";
}

void
spool_row_done(struct spool *spool)
{
	db_cursor_close(spool->cursor);
	spool->cursor = NULL;
	db_abort(spool->held);
	spool->held = NULL;
	free(spool->proof);
	spool->proof = NULL;
}

enum err
spool_row(struct spool *spool, uint64_t seq, struct spool_row *row)
{
	struct spool_row found = {0};
	enum err err;

	spool_row_done(spool);
	spool->held = db_begin_read(spool->db);
	err = spool_find_row(spool, spool->held, seq, &found);
	if (err == OK) {
		find_state(spool->held, &found);
		*row = found;
	} else {
		spool_row_done(spool);
	}
	return err;
}

enum err
spool_head(struct spool *spool, uint64_t seq, struct hash *head)
{
	struct db_txn *txn;
	struct spool_row row;
	enum err err;

	if (seq == 0) {
		*head = hash_node(spool->keys->sign.public_key);
		return OK;
	}
	txn = db_begin_read(spool->db);
	err = spool_find_row(spool, txn, seq, &row);
	db_abort(txn);
	if (err == OK)
		*head = row.head;
	return err;
}

/* ---- batches */

/*
 * A batch in the making. `rows` is for rows; sealed parts stand behind all
 * events, so they are only remembered until it is known where the batch ends.
 */
struct filling {
	struct db_cursor *rows, *blobs;
	struct spool_span span;
	struct push *push;
	uint8_t *body;
	size_t used; /* of `body`, by events */
	size_t kept; /* `used` when the last stamped row was in */
	size_t blob_bytes;
	unsigned blob_count;
	struct bytes blobs_of[PUSH_BLOBS_MAX];
	struct bytes next_blob; /* the next row that has one */
	uint64_t next_blob_seq;
};

static void
find_next_blob(struct filling *filling, enum err err, struct bytes key)
{
	filling->next_blob_seq = UINT64_MAX;
	if (err == OK && key.len == SPOOL_KEY_SIZE)
		filling->next_blob_seq = be64_get(key.at);
}

/* False: it does not fit any more. */
static bool
fill_row(struct filling *filling, uint64_t seq, const struct spool_row *row)
{
	size_t blob = 0, more;
	struct bytes key = {0};
	enum err err;

	if (filling->next_blob_seq == seq)
		blob = 2 + filling->next_blob.len;
	if (blob > 0 && filling->blob_count == PUSH_BLOBS_MAX)
		return false;
	if (filling->blob_bytes + blob > PUSH_BODY_MAX)
		return false;
	more = push_body_add(filling->body, filling->used,
	    PUSH_BODY_MAX - filling->blob_bytes - blob, row->event);
	if (more == filling->used)
		return false;
	filling->used = more;
	if (blob == 0)
		return true;
	filling->blobs_of[filling->blob_count++] = filling->next_blob;
	filling->blob_bytes += blob;
	err = db_next(filling->blobs, &key, &filling->next_blob);
	find_next_blob(filling, err, key);
	return true;
}

/* The batch may end here; what came with the rows so far goes along. */
static void
end_at(struct filling *filling, uint32_t count, const struct spool_row *row)
{
	struct push *push = filling->push;

	push->count = count;
	push->blob_count = filling->blob_count;
	memcpy(push->stamp, row->stamp.at, STAMP_SIZE);
	filling->kept = filling->used;
}

/* One pass, not beyond span.last; what stands behind the last stamp that fits
 * is left for the next batch. */
static enum err
fill_rows(struct spool *spool, struct filling *filling)
{
	uint64_t first = filling->span.first;
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes found = {0}, value;
	enum err err = db_seek(
	    filling->blobs, spool_key(key, first), &found, &filling->next_blob);

	find_next_blob(filling, err, found);
	err = db_seek(filling->rows, spool_key(key, first), &found, &value);
	for (uint32_t n = 0; err == OK && n < PUSH_EVENTS_MAX; n++) {
		struct spool_row row;

		if (be64_get(found.at) > filling->span.last)
			break;
		if (be64_get(found.at) != first + n || !row_of(value, &row))
			return spool_damaged(spool, first + n);
		if (!fill_row(filling, first + n, &row))
			break;
		if (row.stamp.len > 0)
			end_at(filling, n + 1, &row);
		err = db_next(filling->rows, &found, &value);
	}
	return filling->push->count > 0 ? OK : ERR_NOTFOUND;
}

static enum err
fill_batch(struct spool *spool, struct filling *filling, size_t *body_len)
{
	struct db_txn *txn = db_begin_read(spool->db);
	size_t used;
	enum err err;

	filling->rows = db_cursor_open(txn, SPOOL_ROW);
	filling->blobs = db_cursor_open(txn, SPOOL_BLOB);
	err = fill_rows(spool, filling);
	used = filling->kept;
	for (unsigned i = 0; err == OK && i < filling->push->blob_count; i++)
		used = push_body_add(
		    filling->body, used, PUSH_BODY_MAX, filling->blobs_of[i]);
	db_cursor_close(filling->blobs);
	db_cursor_close(filling->rows);
	db_abort(txn);
	if (err == OK)
		*body_len = used;
	return err;
}

static enum err
batch_of(struct spool *spool, struct spool_span span, struct push *push,
    uint8_t *body, size_t *body_len)
{
	struct push made = {.first_seq = span.first};
	struct filling filling = {.span = span, .push = &made, .body = body};
	enum err err = fill_batch(spool, &filling, body_len);

	if (err != OK)
		return err;
	memcpy(made.node, spool->keys->id, sizeof made.node);
	*push = made;
	return OK;
}

enum err
spool_batch(struct spool *spool, uint64_t first, struct push *push,
    uint8_t *body, size_t *body_len)
{
	struct spool_span span = {first, UINT64_MAX};

	return batch_of(spool, span, push, body, body_len);
}

/* Bytes that a row takes in a body, with its sealed part. */
static size_t
row_size(struct spool *spool, struct db_txn *txn, uint64_t seq, unsigned *blobs)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct spool_row row;
	struct bytes blob;

	if (spool_find_row(spool, txn, seq, &row) != OK)
		return PUSH_BODY_MAX + 1;
	if (db_get(txn, SPOOL_BLOB, spool_key(key, seq), &blob) != OK)
		return 2 + row.event.len;
	(*blobs)++;
	return 2 + row.event.len + 2 + blob.len;
}

enum err
spool_batch_back(struct spool *spool, struct spool_span span, struct push *push,
    uint8_t *body, size_t *body_len)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct spool_span fits = {span.last + 1, span.last};
	struct push found = {0};
	unsigned blobs = 0;
	size_t used = 0;
	enum err err;

	while (fits.first > span.first && fits.first > 1 &&
	       fits.last - fits.first + 1 < PUSH_EVENTS_MAX) {
		used += row_size(spool, txn, fits.first - 1, &blobs);
		if (used > PUSH_BODY_MAX || blobs > PUSH_BLOBS_MAX)
			break;
		fits.first--;
	}
	db_abort(txn);
	if (fits.first > fits.last)
		return ERR_NOTFOUND;
	err = batch_of(spool, fits, &found, body, body_len);
	if (err != OK)
		return err;
	if (found.first_seq + found.count - 1 != span.last)
		return ERR_NOTFOUND; /* not a stamped row */
	*push = found;
	return OK;
}
