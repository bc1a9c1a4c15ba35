/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables, beside those of ledger.c:
 *   watch   alert | seat             -> struct ledger_watch
 *   due     due time | alert | seat  -> nothing; only of those that are due
 *   kept    enum ledger_kept | name  -> as its kind says
 */
#include "notifier/ledger_plan.h"

#include "notifier/ledger_inner.h"

#include <stdlib.h>
#include <string.h>

enum {
	WATCH_KEY_MAX = EVENT_ID_SIZE + WORD_MAX,
	DUE_KEY_MAX = 8 + WATCH_KEY_MAX,
	WATCH_SIZE = 5 + 2 * 4 + 8 * 8,
	KEPT_KEY_MAX = 1 + LEDGER_NAME_MAX,
};

static struct bytes
watch_key(uint8_t at[WATCH_KEY_MAX], const uint8_t *alert, const char *seat)
{
	size_t len = strlen(seat);

	memcpy(at, alert, EVENT_ID_SIZE);
	memcpy(at + EVENT_ID_SIZE, seat, len);
	return bytes_of(at, EVENT_ID_SIZE + len);
}

static void
put_u64(uint8_t **at, uint64_t value)
{
	be64_put(*at, value);
	*at += 8;
}

static uint64_t
get_u64(const uint8_t **at)
{
	*at += 8;
	return be64_get(*at - 8);
}

static void
watch_put(uint8_t to[WATCH_SIZE], const struct ledger_watch *watch)
{
	const struct plan_state *state = &watch->state;
	uint8_t *at = to;

	*at++ = (uint8_t)state->phase;
	*at++ = state->is_rung;
	*at++ = state->is_stormed;
	*at++ = (uint8_t)watch->hold;
	*at++ = (uint8_t)watch->note;
	be32_put(at, state->step);
	be32_put(at + 4, state->reminders);
	at += 8;
	put_u64(&at, state->index);
	put_u64(&at, state->raised_index);
	put_u64(&at, state->since_ms);
	put_u64(&at, state->told_ms);
	put_u64(&at, state->base_ms);
	put_u64(&at, state->reminded_ms);
	put_u64(&at, state->acked_until_ms);
	put_u64(&at, watch->due_ms);
}

static bool
watch_get(struct ledger_watch *watch, struct bytes key, struct bytes value)
{
	struct plan_state *state = &watch->state;
	const uint8_t *at = value.at;

	if (value.len != WATCH_SIZE || key.len <= EVENT_ID_SIZE ||
	    key.len >= WATCH_KEY_MAX)
		return false;
	*watch = (struct ledger_watch){0};
	memcpy(watch->alert, key.at, EVENT_ID_SIZE);
	memcpy(watch->seat, key.at + EVENT_ID_SIZE, key.len - EVENT_ID_SIZE);
	state->phase = (enum plan_phase) * at++;
	state->is_rung = *at++ != 0;
	state->is_stormed = *at++ != 0;
	watch->hold = (enum plan_hold) * at++;
	watch->note = (enum route_note) * at++;
	state->step = be32_get(at);
	state->reminders = be32_get(at + 4);
	at += 8;
	state->index = get_u64(&at);
	state->raised_index = get_u64(&at);
	state->since_ms = get_u64(&at);
	state->told_ms = get_u64(&at);
	state->base_ms = get_u64(&at);
	state->reminded_ms = get_u64(&at);
	state->acked_until_ms = get_u64(&at);
	watch->due_ms = get_u64(&at);
	return true;
}

enum err
ledger_watch(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    const char *seat, struct ledger_watch *watch)
{
	uint8_t at[WATCH_KEY_MAX];
	struct bytes key = watch_key(at, alert, seat), value;
	enum err err = db_get(ledger_reader(ledger), WATCH, key, &value);

	if (err == OK && !watch_get(watch, key, value))
		err = ERR_NOTFOUND;
	ledger_reader_done(ledger);
	return err;
}

static struct bytes
due_key(uint8_t at[DUE_KEY_MAX], uint64_t due_ms, struct bytes watch)
{
	be64_put(at, due_ms);
	memcpy(at + 8, watch.at, watch.len);
	return bytes_of(at, 8 + watch.len);
}

void
ledger_set_watch(struct ledger *ledger, const struct ledger_watch *watch)
{
	static const uint8_t nothing = 0;
	uint8_t at[WATCH_KEY_MAX], value[WATCH_SIZE], due[DUE_KEY_MAX];
	struct bytes key = watch_key(at, watch->alert, watch->seat);
	struct ledger_watch before;

	if (ledger_watch(ledger, watch->alert, watch->seat, &before) == OK &&
	    before.due_ms != plan_never_ms)
		db_delete(ledger->txn, DUE, due_key(due, before.due_ms, key));
	watch_put(value, watch);
	db_put(ledger->txn, WATCH, key, bytes_of(value, sizeof value));
	if (watch->due_ms != plan_never_ms)
		db_put(ledger->txn, DUE, due_key(due, watch->due_ms, key),
		    bytes_of(&nothing, 1));
}

/* Watches that have been copied out of a transaction. */
struct watches {
	struct ledger_watch *at;
	unsigned count, cap;
};

static void
watches_add(struct watches *watches, struct bytes key, struct bytes value)
{
	if (watches->count == watches->cap) {
		watches->cap = watches->cap == 0 ? 16 : 2 * watches->cap;
		watches->at =
		    xrealloc(watches->at, watches->cap, sizeof *watches->at);
	}
	if (watch_get(&watches->at[watches->count], key, value))
		watches->count++;
}

static void
watches_tell(struct watches *watches, ledger_watch_fn fn, void *context)
{
	for (unsigned i = 0; i < watches->count; i++)
		fn(context, &watches->at[i]);
	free(watches->at);
}

void
ledger_each_watch(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    ledger_watch_fn fn, void *context)
{
	struct db_cursor *cursor = db_cursor_open(ledger_reader(ledger), WATCH);
	struct watches watches = {0};
	struct bytes key, value;
	enum err err =
	    db_seek(cursor, bytes_of(alert, EVENT_ID_SIZE), &key, &value);

	for (; err == OK && memcmp(key.at, alert, EVENT_ID_SIZE) == 0;
	     err = db_next(cursor, &key, &value))
		watches_add(&watches, key, value);
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	watches_tell(&watches, fn, context);
}

/* So many at a time, so that memory does not grow with the ledger. */
enum { CHUNK = 256 };

void
ledger_each_watch_of_all(
    struct ledger *ledger, ledger_watch_fn fn, void *context)
{
	uint8_t from[WATCH_KEY_MAX + 1];
	size_t len = 0;

	for (;;) {
		struct db_cursor *cursor =
		    db_cursor_open(ledger_reader(ledger), WATCH);
		struct watches watches = {0};
		struct bytes key, value;
		enum err err =
		    db_seek(cursor, bytes_of(from, len), &key, &value);

		for (; err == OK && watches.count < CHUNK;
		     err = db_next(cursor, &key, &value)) {
			watches_add(&watches, key, value);
			memcpy(from, key.at, key.len);
			len = key.len;
			from[len++] = 0; /* right behind it */
		}
		db_cursor_close(cursor);
		ledger_reader_done(ledger);
		if (watches.count == 0)
			return;
		watches_tell(&watches, fn, context);
	}
}

unsigned
ledger_each_due(struct ledger *ledger, uint64_t now_ms, unsigned max,
    ledger_watch_fn fn, void *context)
{
	struct db_txn *txn = ledger_reader(ledger);
	struct db_cursor *cursor = db_cursor_open(txn, DUE);
	struct watches watches = {0};
	struct bytes key, value;
	unsigned count;
	enum err err = db_seek(cursor, (struct bytes){0}, &key, &value);

	for (; err == OK && watches.count < max && be64_get(key.at) <= now_ms;
	     err = db_next(cursor, &key, &value)) {
		struct bytes watch = bytes_of(key.at + 8, key.len - 8);

		if (db_get(txn, WATCH, watch, &value) == OK)
			watches_add(&watches, watch, value);
	}
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	count = watches.count;
	watches_tell(&watches, fn, context);
	return count;
}

uint64_t
ledger_next_due(struct ledger *ledger)
{
	struct db_cursor *cursor = db_cursor_open(ledger_reader(ledger), DUE);
	struct bytes key, value;
	uint64_t due_ms = plan_never_ms;

	if (db_seek(cursor, (struct bytes){0}, &key, &value) == OK)
		due_ms = be64_get(key.at);
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
	return due_ms;
}

/* ---- things by name */

static struct bytes
kept_key(uint8_t at[KEPT_KEY_MAX], enum ledger_kept kept, struct bytes name)
{
	CHECK(name.len <= LEDGER_NAME_MAX);
	at[0] = (uint8_t)kept;
	if (name.len > 0)
		memcpy(at + 1, name.at, name.len);
	return bytes_of(at, 1 + name.len);
}

void
ledger_keep(struct ledger *ledger, enum ledger_kept kept, struct bytes name,
    struct bytes value)
{
	uint8_t at[KEPT_KEY_MAX];

	db_put(ledger->txn, KEPT, kept_key(at, kept, name), value);
}

void
ledger_unkeep(struct ledger *ledger, enum ledger_kept kept, struct bytes name)
{
	uint8_t at[KEPT_KEY_MAX];

	db_delete(ledger->txn, KEPT, kept_key(at, kept, name));
}

enum err
ledger_kept(struct ledger *ledger, enum ledger_kept kept, struct bytes name,
    struct bytes *value)
{
	uint8_t at[KEPT_KEY_MAX];

	return db_get(
	    ledger_reader(ledger), KEPT, kept_key(at, kept, name), value);
}

void
ledger_each_kept_under(struct ledger *ledger, enum ledger_kept kept,
    struct bytes prefix, ledger_kept_fn fn, void *context)
{
	struct db_cursor *cursor = db_cursor_open(ledger_reader(ledger), KEPT);
	uint8_t at[KEPT_KEY_MAX];
	struct bytes from = kept_key(at, kept, prefix), key, value;
	enum err err = db_seek(cursor, from, &key, &value);

	for (; err == OK && key.len >= from.len &&
	       memcmp(key.at, from.at, from.len) == 0;
	     err = db_next(cursor, &key, &value))
		fn(context, bytes_of(key.at + 1, key.len - 1), value);
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
}

void
ledger_each_kept(struct ledger *ledger, enum ledger_kept kept,
    ledger_kept_fn fn, void *context)
{
	ledger_each_kept_under(ledger, kept, (struct bytes){0}, fn, context);
}
