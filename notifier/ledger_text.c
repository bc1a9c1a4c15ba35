/* SPDX-License-Identifier: Apache-2.0 */
/* Long texts in parts; the tables are described in ledger.c. */
#include "notifier/ledger_inner.h"

#include <string.h>

enum { PART_KEY_SIZE = 1 + 4 + 4 };

static void
part_key(uint8_t at[PART_KEY_SIZE], enum ledger_text text, uint32_t version,
    uint32_t part)
{
	at[0] = (uint8_t)text;
	be32_put(at + 1, version);
	be32_put(at + 5, part);
}

static uint32_t
version_in_force(struct db_txn *txn, enum ledger_text text)
{
	uint8_t key = (uint8_t)text;
	struct bytes value;

	if (db_get(txn, META, bytes_of(&key, 1), &value) != OK ||
	    value.len != 4)
		return 0;
	return be32_get(value.at);
}

/* All parts of the versions from `first` to the one before `end`. */
static void
drop_parts(
    struct ledger *ledger, enum ledger_text text, uint32_t first, uint64_t end)
{
	uint8_t from[PART_KEY_SIZE], found[PART_KEY_SIZE];
	struct bytes key, value;

	part_key(from, text, first, 0);
	for (;;) {
		struct db_cursor *cursor = db_cursor_open(ledger->txn, PART);
		enum err err =
		    db_seek(cursor, bytes_of(from, sizeof from), &key, &value);

		if (err == OK)
			memcpy(found, key.at, sizeof found);
		db_cursor_close(cursor);
		if (err != OK || found[0] != (uint8_t)text ||
		    be32_get(found + 1) >= end)
			return;
		db_delete(ledger->txn, PART, bytes_of(found, sizeof found));
	}
}

bool
ledger_add_part(struct ledger *ledger, enum ledger_text text,
    const struct part *part, struct bytes event)
{
	uint8_t key[PART_KEY_SIZE], name = (uint8_t)text, version[4];

	/* A first part begins anew: an attempt that was given up may have left
	 * more parts than this one has. */
	if (part->part == 1)
		drop_parts(
		    ledger, text, part->version, (uint64_t)part->version + 1);
	part_key(key, text, part->version, part->part);
	db_put(ledger->txn, PART, bytes_of(key, sizeof key), event);
	if (part->part < part->parts)
		return false;
	be32_put(version, part->version);
	db_put(ledger->txn, META, bytes_of(&name, 1),
	    bytes_of(version, sizeof version));
	/* Versions only grow; what is older is of no use. */
	drop_parts(ledger, text, 0, part->version);
	return true;
}

void
ledger_each_part(struct ledger *ledger, enum ledger_text text,
    ledger_part_fn fn, void *context)
{
	struct db_txn *txn = ledger_reader(ledger);
	uint32_t version = version_in_force(txn, text);
	struct db_cursor *cursor = db_cursor_open(txn, PART);
	uint8_t from[PART_KEY_SIZE];
	struct bytes key, value;
	enum err err;

	part_key(from, text, version, 0);
	err = db_seek(cursor, bytes_of(from, sizeof from), &key, &value);
	for (; err == OK; err = db_next(cursor, &key, &value)) {
		if (memcmp(key.at, from, 1 + 4) != 0)
			break;
		fn(context, value);
	}
	db_cursor_close(cursor);
	ledger_reader_done(ledger);
}
