/* SPDX-License-Identifier: Apache-2.0 */
/* Rows out again: one with its state, or as many as a push can hold. */
#include "node/spool_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
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

static enum err
damaged(const struct spool *spool, uint64_t seq)
{
	log_warnx(
	    "spool-damaged dir=%s table=row seq=%" PRIu64, spool->dir, seq);
	return ERR_INVALID;
}

static enum err
find_row(struct spool *spool, struct db_txn *txn, uint64_t seq,
    struct spool_row *row)
{
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes value;
	enum err err = db_get(txn, SPOOL_ROW, spool_key(key, seq), &value);

	if (err != OK)
		return err;
	row->seq = seq;
	return row_of(value, row) ? OK : damaged(spool, seq);
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
}

enum err
spool_row(struct spool *spool, uint64_t seq, struct spool_row *row)
{
	struct spool_row found = {0};
	enum err err;

	spool_row_done(spool);
	spool->held = db_begin_read(spool->db);
	err = find_row(spool, spool->held, seq, &found);
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
	err = find_row(spool, txn, seq, &row);
	db_abort(txn);
	if (err == OK)
		*head = row.head;
	return err;
}

/* ---- batches */

/* One pass with one cursor, not beyond span.last; what stands behind the last
 * stamp that fits is left for the next batch. */
static enum err
fill_batch(struct spool *spool, struct db_txn *txn, struct spool_span span,
    struct push *push, uint8_t *body)
{
	struct db_cursor *cursor = db_cursor_open(txn, SPOOL_ROW);
	uint8_t key[SPOOL_KEY_SIZE];
	struct bytes found, value;
	size_t used = 0;
	enum err err =
	    db_seek(cursor, spool_key(key, span.first), &found, &value);

	push->count = 0;
	for (uint32_t n = 0; err == OK && n < PUSH_EVENTS_MAX; n++) {
		struct spool_row row;
		size_t more;

		if (be64_get(found.at) > span.last)
			break;
		if (be64_get(found.at) != span.first + n ||
		    !row_of(value, &row)) {
			err = damaged(spool, span.first + n);
			break;
		}
		more = push_body_add(body, used, PUSH_BODY_MAX, row.event);
		if (more == used)
			break;
		used = more;
		if (row.stamp.len > 0) {
			push->count = n + 1;
			memcpy(push->stamp, row.stamp.at, STAMP_SIZE);
		}
		err = db_next(cursor, &found, &value);
	}
	db_cursor_close(cursor);
	if (err == ERR_INVALID)
		return err;
	return push->count > 0 ? OK : ERR_NOTFOUND;
}

static size_t
body_size(const uint8_t *body, uint32_t count)
{
	size_t used = 0;

	for (uint32_t i = 0; i < count; i++)
		used += 2 + be16_get(body + used);
	return used;
}

static enum err
batch_of(struct spool *spool, struct spool_span span, struct push *push,
    uint8_t *body, size_t *body_len)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct push made = {.first_seq = span.first};
	enum err err = fill_batch(spool, txn, span, &made, body);

	db_abort(txn);
	if (err != OK)
		return err;
	memcpy(made.node, spool->keys->id, sizeof made.node);
	*push = made;
	*body_len = body_size(body, made.count);
	return OK;
}

enum err
spool_batch(struct spool *spool, uint64_t first, struct push *push,
    uint8_t *body, size_t *body_len)
{
	struct spool_span span = {first, UINT64_MAX};

	return batch_of(spool, span, push, body, body_len);
}

enum err
spool_batch_back(struct spool *spool, struct spool_span span, struct push *push,
    uint8_t *body, size_t *body_len)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct spool_span fits = {span.last + 1, span.last};
	struct push found = {0};
	struct spool_row row;
	size_t used = 0;
	enum err err;

	while (fits.first > span.first && fits.first > 1 &&
	       fits.last - fits.first + 1 < PUSH_EVENTS_MAX &&
	       find_row(spool, txn, fits.first - 1, &row) == OK &&
	       used + 2 + row.event.len <= PUSH_BODY_MAX) {
		used += 2 + row.event.len;
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
