/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables (numbers big-endian, so that keys sort by them):
 *   meta      "cursor"                                -> struct ledger_cursor
 *             text (u8)                               -> version in force
 *             "restarts", "built-in"                  -> u64
 *             "faults"                                -> files, NUL
 *   alert     alert                                   -> struct ledger_alert
 *   verdict   alert | index                           -> event bytes
 *   row       alert | index | seat 0 term 0 channel 0 -> struct ledger_row
 *             the same | round, unless it is 0
 *   owed      serial                                  -> key of the row
 *   part      text (u8) | version | part              -> event bytes
 *   carried   serial of the bundle | key of the row   -> nothing
 *   watch, due, kept: ledger_plan.c
 */
#include "notifier/ledger.h"

#include "core/log.h"
#include "notifier/ledger_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tables[] = {"meta", "alert", "verdict", "row", "owed",
    "part", "carried", "watch", "due", "kept", NULL};
static const char cursor_key[] = "cursor";
static const uint64_t map_bytes = UINT64_C(1) << 32; /* sparse */

enum {
	LEDGER_PATH_MAX = 4096,
	VERDICT_KEY_SIZE = EVENT_ID_SIZE + 8,
	ROW_KEY_MAX = VERDICT_KEY_SIZE + 3 * WORD_MAX + 1,
	/* Sizes of the values: fields in the order of their structs. */
	CURSOR_SIZE = 8 + HASH_SIZE + 1 + 8 + 1 + 8,
	ALERT_SIZE = 3 * 8 + 2,
	ROW_SIZE = 8 + 7 + 4 * 4 + 7 * 8 + WORD_MAX,
};

/* Where the next field of a value goes, or comes from. */
struct field {
	uint8_t *to;
	const uint8_t *from;
};

static void
put_u64(struct field *field, uint64_t value)
{
	be64_put(field->to, value);
	field->to += 8;
}

static void
put_u32(struct field *field, uint32_t value)
{
	be32_put(field->to, value);
	field->to += 4;
}

static uint64_t
get_u64(struct field *field)
{
	field->from += 8;
	return be64_get(field->from - 8);
}

static uint32_t
get_u32(struct field *field)
{
	field->from += 4;
	return be32_get(field->from - 4);
}

enum err
ledger_open(struct ledger **ledger, const struct ledger_options *options)
{
	char path[LEDGER_PATH_MAX];
	struct db_options db = {.dir = path,
	    .map_bytes = map_bytes,
	    .tables = tables,
	    .read_only = options->read_only,
	    .create = options->create};
	struct ledger *made;
	enum err err;

	if (snprintf(path, sizeof path, "%s/ledger", options->dir) >=
	    (int)sizeof path) {
		log_warnx("ledger-path-too-long");
		return ERR_INVALID;
	}
	made = xcalloc(1, sizeof *made);
	err = db_open(&made->db, &db);
	if (err != OK) {
		free(made);
		return err;
	}
	*ledger = made;
	return OK;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	db_abort(ledger->txn);
	db_abort(ledger->read_txn);
	db_close(ledger->db);
	free(ledger);
}

void
ledger_begin(struct ledger *ledger)
{
	CHECK(ledger->txn == NULL);
	db_abort(ledger->read_txn);
	ledger->read_txn = NULL;
	ledger->txn = db_begin(ledger->db);
}

void
ledger_commit(struct ledger *ledger)
{
	struct db_txn *txn = ledger->txn;

	CHECK(txn != NULL);
	ledger->txn = NULL;
	if (db_commit(txn) != OK)
		fatalx("ledger-commit-failed");
}

struct db_txn *
ledger_reader(struct ledger *ledger)
{
	if (ledger->txn != NULL)
		return ledger->txn;
	db_abort(ledger->read_txn);
	ledger->read_txn = db_begin_read(ledger->db);
	return ledger->read_txn;
}

void
ledger_reader_done(struct ledger *ledger)
{
	db_abort(ledger->read_txn);
	ledger->read_txn = NULL;
}

void
ledger_cursor(struct ledger *ledger, struct ledger_cursor *cursor)
{
	struct bytes value;

	*cursor = (struct ledger_cursor){0};
	if (db_get(ledger_reader(ledger), META, bytes_of_text(cursor_key),
		&value) == OK &&
	    value.len == CURSOR_SIZE) {
		struct field field = {.from = value.at};

		cursor->next = get_u64(&field);
		memcpy(cursor->leaf_hash.at, field.from, HASH_SIZE);
		field.from += HASH_SIZE;
		cursor->is_caught_up = *field.from++ != 0;
		cursor->catch_up_size = get_u64(&field);
		cursor->is_drill = *field.from++ != 0;
		cursor->row_count = get_u64(&field);
	}
	ledger_reader_done(ledger);
}

void
ledger_set_cursor(struct ledger *ledger, const struct ledger_cursor *cursor)
{
	uint8_t at[CURSOR_SIZE];
	struct field field = {.to = at};

	put_u64(&field, cursor->next);
	memcpy(field.to, cursor->leaf_hash.at, HASH_SIZE);
	field.to += HASH_SIZE;
	*field.to++ = cursor->is_caught_up;
	put_u64(&field, cursor->catch_up_size);
	*field.to++ = cursor->is_drill;
	put_u64(&field, cursor->row_count);
	db_put(ledger->txn, META, bytes_of_text(cursor_key),
	    bytes_of(at, sizeof at));
}

static bool
alert_get(struct ledger_alert *row, struct bytes value)
{
	struct field field = {.from = value.at};

	if (value.len != ALERT_SIZE)
		return false;
	row->opened_index = get_u64(&field);
	row->last_index = get_u64(&field);
	row->opened_ms = get_u64(&field);
	row->is_open = *field.from++ != 0;
	row->is_unrouted = *field.from++ != 0;
	return true;
}

enum err
ledger_alert(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    struct ledger_alert *row)
{
	struct bytes value;
	enum err err = db_get(ledger_reader(ledger), ALERT,
	    bytes_of(alert, EVENT_ID_SIZE), &value);

	if (err == OK && !alert_get(row, value))
		err = ERR_NOTFOUND;
	ledger_reader_done(ledger);
	return err;
}

void
ledger_set_alert(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	uint8_t at[ALERT_SIZE];
	struct field field = {.to = at};

	put_u64(&field, row->opened_index);
	put_u64(&field, row->last_index);
	put_u64(&field, row->opened_ms);
	*field.to++ = row->is_open;
	*field.to++ = row->is_unrouted;
	db_put(ledger->txn, ALERT, bytes_of(alert, EVENT_ID_SIZE),
	    bytes_of(at, sizeof at));
}

/* Rows are copied out first, so that `fn` may write. */
void
ledger_each_alert(struct ledger *ledger, ledger_alert_fn fn, void *context)
{
	struct db_cursor *cursor = db_cursor_open(ledger_reader(ledger), ALERT);
	uint8_t(*ids)[EVENT_ID_SIZE] = NULL;
	struct bytes key, value;
	unsigned count = 0;
	enum err err = db_seek(cursor, (struct bytes){0}, &key, &value);

	for (; err == OK; err = db_next(cursor, &key, &value)) {
		ids = xrealloc(ids, count + 1, sizeof *ids);
		memcpy(ids[count++], key.at, EVENT_ID_SIZE);
	}
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	for (unsigned i = 0; i < count; i++) {
		struct ledger_alert row;

		if (ledger_alert(ledger, ids[i], &row) == OK)
			fn(context, ids[i], &row);
	}
	free(ids);
}

static void
verdict_key(uint8_t at[VERDICT_KEY_SIZE], const uint8_t *alert, uint64_t index)
{
	memcpy(at, alert, EVENT_ID_SIZE);
	be64_put(at + EVENT_ID_SIZE, index);
}

void
ledger_add_verdict(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    uint64_t index, struct bytes event)
{
	uint8_t key[VERDICT_KEY_SIZE];

	verdict_key(key, alert, index);
	db_put(ledger->txn, VERDICT, bytes_of(key, sizeof key), event);
}

enum err
ledger_verdict(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    uint64_t *index, struct bytes *event)
{
	struct db_cursor *cursor =
	    db_cursor_open(ledger_reader(ledger), VERDICT);
	uint8_t at[VERDICT_KEY_SIZE];
	struct bytes key, value;
	enum err err;

	verdict_key(at, alert, *index);
	err = db_seek(cursor, bytes_of(at, sizeof at), &key, &value);
	db_cursor_close(cursor);
	if (err != OK || memcmp(key.at, alert, EVENT_ID_SIZE) != 0)
		return ERR_NOTFOUND;
	*index = be64_get(key.at + EVENT_ID_SIZE);
	*event = value;
	return OK;
}

static struct bytes
row_key(uint8_t at[ROW_KEY_MAX], const struct ledger_key *key)
{
	const char *words[] = {
	    key->target.seat, key->target.term, key->target.channel};
	size_t len = VERDICT_KEY_SIZE;

	verdict_key(at, key->alert, key->index);
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t word_len = strlen(words[i]) + 1;

		memcpy(at + len, words[i], word_len);
		len += word_len;
	}
	if (key->round > 0)
		at[len++] = key->round;
	return bytes_of(at, len);
}

static bool
row_get(struct ledger_row *row, struct bytes key, struct bytes value)
{
	struct route_target *target = &row->key.target;
	struct field field = {.from = value.at};
	const char *word;

	if (key.len < VERDICT_KEY_SIZE + 3 || value.len != ROW_SIZE)
		return false;
	memcpy(row->key.alert, key.at, EVENT_ID_SIZE);
	row->key.index = be64_get(key.at + EVENT_ID_SIZE);
	word = (const char *)key.at + VERDICT_KEY_SIZE;
	(void)text_copy(target->seat, sizeof target->seat, word);
	word += strlen(word) + 1;
	(void)text_copy(target->term, sizeof target->term, word);
	word += strlen(word) + 1;
	(void)text_copy(target->channel, sizeof target->channel, word);
	word += strlen(word) + 1;
	row->key.round =
	    (const uint8_t *)word < key.at + key.len ? (uint8_t)*word : 0;
	row->serial = get_u64(&field);
	row->state = (enum ledger_state) * field.from++;
	row->note = (enum route_note) * field.from++;
	row->is_first = *field.from++ != 0;
	row->failure_told = *field.from++ != 0;
	row->is_stopped = *field.from++ != 0;
	row->attempts = get_u32(&field);
	row->declined = get_u32(&field);
	row->restarts = get_u32(&field);
	row->attempts_before = get_u32(&field);
	row->restarted_ms = get_u64(&field);
	row->promised_ms = get_u64(&field);
	row->tried_ms = get_u64(&field);
	row->settled_ms = get_u64(&field);
	row->next_ms = get_u64(&field);
	row->spool_seq = get_u64(&field);
	row->tone = (enum route_tone) * field.from++;
	row->step = *field.from++;
	row->bundle = get_u64(&field);
	memcpy(row->answer, field.from, WORD_MAX);
	row->answer[WORD_MAX - 1] = '\0';
	return true;
}

static void
row_put(uint8_t at[ROW_SIZE], const struct ledger_row *row)
{
	struct field field = {.to = at};

	put_u64(&field, row->serial);
	*field.to++ = (uint8_t)row->state;
	*field.to++ = (uint8_t)row->note;
	*field.to++ = row->is_first;
	*field.to++ = row->failure_told;
	*field.to++ = row->is_stopped;
	put_u32(&field, row->attempts);
	put_u32(&field, row->declined);
	put_u32(&field, row->restarts);
	put_u32(&field, row->attempts_before);
	put_u64(&field, row->restarted_ms);
	put_u64(&field, row->promised_ms);
	put_u64(&field, row->tried_ms);
	put_u64(&field, row->settled_ms);
	put_u64(&field, row->next_ms);
	put_u64(&field, row->spool_seq);
	*field.to++ = (uint8_t)row->tone;
	*field.to++ = (uint8_t)row->step;
	put_u64(&field, row->bundle);
	memset(field.to, 0, WORD_MAX);
	(void)text_copy((char *)field.to, WORD_MAX, row->answer);
}

static struct bytes
carried_key(uint8_t at[8 + ROW_KEY_MAX], uint64_t bundle, struct bytes row)
{
	be64_put(at, bundle);
	memcpy(at + 8, row.at, row.len);
	return bytes_of(at, 8 + row.len);
}

/* The sender sees only the bundle; it finds here what that carries. */
static void
set_carried(
    struct ledger *ledger, const struct ledger_row *row, struct bytes key)
{
	static const uint8_t nothing = 0;
	uint8_t at[8 + ROW_KEY_MAX];
	struct bytes carried = carried_key(at, row->bundle, key);

	if (row->state == LEDGER_SETTLED)
		db_delete(ledger->txn, CARRIED, carried);
	else
		db_put(ledger->txn, CARRIED, carried, bytes_of(&nothing, 1));
}

void
ledger_set_row(struct ledger *ledger, const struct ledger_row *row)
{
	uint8_t key_at[ROW_KEY_MAX], at[ROW_SIZE], serial[8];
	struct bytes key = row_key(key_at, &row->key);

	row_put(at, row);
	be64_put(serial, row->serial);
	db_put(ledger->txn, ROW, key, bytes_of(at, sizeof at));
	if (row->bundle != 0)
		set_carried(ledger, row, key);
	else if (row->state == LEDGER_SETTLED)
		db_delete(ledger->txn, OWED, bytes_of(serial, sizeof serial));
	else
		db_put(ledger->txn, OWED, bytes_of(serial, sizeof serial), key);
}

void
ledger_unload(struct ledger *ledger, struct ledger_row *row)
{
	uint8_t key_at[ROW_KEY_MAX], at[8 + ROW_KEY_MAX];
	struct bytes key = row_key(key_at, &row->key);

	db_delete(ledger->txn, CARRIED, carried_key(at, row->bundle, key));
	row->bundle = 0;
	ledger_set_row(ledger, row);
}

enum err
ledger_promise(struct ledger *ledger, struct ledger_row *row)
{
	struct ledger_cursor cursor;
	struct ledger_row known;

	if (ledger_row(ledger, &row->key, &known) == OK)
		return ERR_DUP;
	ledger_cursor(ledger, &cursor);
	row->serial = ++cursor.row_count;
	ledger_set_cursor(ledger, &cursor);
	ledger_set_row(ledger, row);
	return OK;
}

enum err
ledger_row(
    struct ledger *ledger, const struct ledger_key *key, struct ledger_row *row)
{
	uint8_t at[ROW_KEY_MAX];
	struct bytes found = row_key(at, key), value;
	enum err err = db_get(ledger_reader(ledger), ROW, found, &value);

	if (err == OK && !row_get(row, found, value))
		err = ERR_NOTFOUND;
	ledger_reader_done(ledger);
	return err;
}

enum err
ledger_owed_row(struct ledger *ledger, uint64_t serial, struct ledger_row *row)
{
	struct db_txn *txn = ledger_reader(ledger);
	struct bytes key, value;
	uint8_t at[8];
	enum err err;

	be64_put(at, serial);
	err = db_get(txn, OWED, bytes_of(at, sizeof at), &key);
	if (err == OK)
		err = db_get(txn, ROW, key, &value);
	if (err == OK && !row_get(row, key, value))
		err = ERR_NOTFOUND;
	ledger_reader_done(ledger);
	return err;
}

/* Rows that have been copied out of a transaction. */
struct rows {
	struct ledger_row *at;
	size_t count, cap;
};

static void
rows_add(struct rows *rows, struct bytes key, struct bytes value)
{
	if (rows->count == rows->cap) {
		rows->cap = rows->cap == 0 ? 16 : 2 * rows->cap;
		rows->at = xrealloc(rows->at, rows->cap, sizeof *rows->at);
	}
	if (row_get(&rows->at[rows->count], key, value))
		rows->count++;
}

static void
rows_tell(struct rows *rows, ledger_row_fn fn, void *context)
{
	for (size_t i = 0; i < rows->count; i++)
		fn(context, &rows->at[i]);
	free(rows->at);
}

static void
each_with_prefix(
    struct ledger *ledger, struct bytes prefix, ledger_row_fn fn, void *context)
{
	struct db_cursor *cursor = db_cursor_open(ledger_reader(ledger), ROW);
	struct rows rows = {0};
	struct bytes key, value;
	enum err err = db_seek(cursor, prefix, &key, &value);

	for (; err == OK; err = db_next(cursor, &key, &value)) {
		if (prefix.len > 0 &&
		    memcmp(key.at, prefix.at, prefix.len) != 0)
			break;
		rows_add(&rows, key, value);
	}
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	rows_tell(&rows, fn, context);
}

void
ledger_each_of_alert(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    ledger_row_fn fn, void *context)
{
	each_with_prefix(ledger, bytes_of(alert, EVENT_ID_SIZE), fn, context);
}

void
ledger_each_row(struct ledger *ledger, ledger_row_fn fn, void *context)
{
	each_with_prefix(ledger, (struct bytes){0}, fn, context);
}

void
ledger_each_owed(
    struct ledger *ledger, uint64_t after, ledger_row_fn fn, void *context)
{
	struct db_txn *txn = ledger_reader(ledger);
	struct db_cursor *cursor = db_cursor_open(txn, OWED);
	struct rows rows = {0};
	struct bytes serial, key, value;
	uint8_t from[8];
	enum err err;

	be64_put(from, after + 1);
	err = db_seek(cursor, bytes_of(from, sizeof from), &serial, &key);
	for (; err == OK; err = db_next(cursor, &serial, &key))
		if (db_get(txn, ROW, key, &value) == OK)
			rows_add(&rows, key, value);
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	rows_tell(&rows, fn, context);
}

unsigned
ledger_each_carried(struct ledger *ledger, const struct ledger_carrier *carrier,
    ledger_row_fn fn, void *context)
{
	struct db_txn *txn = ledger_reader(ledger);
	struct db_cursor *cursor = db_cursor_open(txn, CARRIED);
	struct rows rows = {0};
	struct bytes key, value;
	uint8_t from[8];
	unsigned count;
	enum err err;

	be64_put(from, carrier->bundle);
	err = db_seek(cursor, bytes_of(from, sizeof from), &key, &value);
	for (; err == OK && rows.count < carrier->max;
	     err = db_next(cursor, &key, &value)) {
		struct bytes row;

		if (memcmp(key.at, from, sizeof from) != 0)
			break;
		row = bytes_of(key.at + 8, key.len - 8);
		if (db_get(txn, ROW, row, &value) != OK)
			continue;
		rows_add(&rows, row, value);
		if (rows.count > 0 && carrier->which == LEDGER_RIDERS_UNTOLD &&
		    rows.at[rows.count - 1].failure_told)
			rows.count--;
	}
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	count = (unsigned)rows.count;
	rows_tell(&rows, fn, context);
	return count;
}
