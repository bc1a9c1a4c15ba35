/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The slice of the roster and the campaigns. A new one is gathered part by
 * part and replaces the old one in one commit, so that the form never shows
 * half a list. Values are: numbers, then texts with their ending zero.
 */
#include "node/spool.h"

#include "node/spool_inner.h"

#include "model/roster.h"

#include <stdlib.h>
#include <string.h>

enum {
	UNIT_NUMBERS = 4 * (1 + EMPLOYMENT_KINDS),
	CAMPAIGN_NUMBERS = 3 * 8,
	VALUE_MAX = 256,
};

static size_t
put_text(uint8_t *at, size_t used, const char *text)
{
	size_t len = strlen(text) + 1;

	CHECK(len <= VALUE_MAX - used);
	memcpy(at + used, text, len);
	return used + len;
}

static bool
take_text(struct bytes *rest, char *text, size_t cap)
{
	const uint8_t *end = memchr(rest->at, '\0', rest->len);
	size_t len;

	if (end == NULL)
		return false;
	len = (size_t)(end - rest->at);
	if (len >= cap)
		return false;
	memcpy(text, rest->at, len + 1);
	*rest = bytes_of(end + 1, rest->len - len - 1);
	return true;
}

static void
put_unit(struct db_txn *txn, const struct unit_row *row)
{
	uint8_t at[VALUE_MAX];
	size_t used = UNIT_NUMBERS;

	be32_put(at, row->kind);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		be32_put(at + 4 * (i + 1), row->heads[i]);
	used = put_text(at, used, row->name);
	used = put_text(at, used, row->wilayah);
	used = put_text(at, used, row->parent);
	db_put(txn, SPOOL_UNIT, bytes_of_text(row->code), bytes_of(at, used));
}

static bool
get_unit(struct unit_row *row, struct bytes key, struct bytes value)
{
	struct unit_row made = {0};

	if (value.len < UNIT_NUMBERS || key.len >= sizeof made.code)
		return false;
	memcpy(made.code, key.at, key.len);
	made.kind = be32_get(value.at);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		made.heads[i] = be32_get(value.at + 4 * (i + 1));
	value = bytes_of(value.at + UNIT_NUMBERS, value.len - UNIT_NUMBERS);
	if (!take_text(&value, made.name, sizeof made.name) ||
	    !take_text(&value, made.wilayah, sizeof made.wilayah) ||
	    !take_text(&value, made.parent, sizeof made.parent))
		return false;
	*row = made;
	return true;
}

static void
put_campaign(struct db_txn *txn, const struct campaign_row *row)
{
	uint8_t at[VALUE_MAX];

	be64_put(at, row->due_ms);
	be64_put(at + 8, row->grace_end_ms);
	be64_put(at + 16, row->lock_ms);
	db_put(txn, SPOOL_CAMPAIGN, bytes_of_text(row->id),
	    bytes_of(at, put_text(at, CAMPAIGN_NUMBERS, row->name)));
}

static bool
get_campaign(struct campaign_row *row, struct bytes key, struct bytes value)
{
	struct campaign_row made = {0};

	if (value.len < CAMPAIGN_NUMBERS || key.len >= sizeof made.id)
		return false;
	memcpy(made.id, key.at, key.len);
	made.due_ms = be64_get(value.at);
	made.grace_end_ms = be64_get(value.at + 8);
	made.lock_ms = be64_get(value.at + 16);
	value =
	    bytes_of(value.at + CAMPAIGN_NUMBERS, value.len - CAMPAIGN_NUMBERS);
	if (!take_text(&value, made.name, sizeof made.name))
		return false;
	*row = made;
	return true;
}

/* ---- taking */

void
spool_take_units(struct spool *spool, const struct unit_row *rows,
    unsigned count, const struct slice *slice)
{
	struct spool_slices *slices = &spool->slices;
	size_t wanted;

	if (slice->part == 1)
		slices->unit_count = 0;
	wanted = slices->unit_count + count;
	if (wanted > ROSTER_ROWS_MAX)
		return;
	if (wanted > slices->unit_cap) {
		slices->unit_cap = wanted * 2;
		slices->units = xrealloc(
		    slices->units, slices->unit_cap, sizeof *slices->units);
	}
	for (unsigned i = 0; i < count; i++)
		slices->units[slices->unit_count++] = rows[i];
	slices->has_roster = slice->part == slice->parts;
	slices->roster_version = slice->version;
}

void
spool_take_campaigns(struct spool *spool, const struct campaign_row *rows,
    unsigned count, uint64_t version)
{
	struct spool_slices *slices = &spool->slices;

	slices->campaigns = xrealloc(
	    slices->campaigns, (size_t)count + 1, sizeof *slices->campaigns);
	for (unsigned i = 0; i < count; i++)
		slices->campaigns[i] = rows[i];
	slices->campaign_count = count;
	slices->campaign_version = version;
	slices->has_campaigns = true;
}

void
spool_slices_write(struct spool *spool, struct db_txn *txn)
{
	const struct spool_slices *slices = &spool->slices;

	if (slices->has_roster) {
		db_clear(txn, SPOOL_UNIT);
		for (size_t i = 0; i < slices->unit_count; i++)
			put_unit(txn, &slices->units[i]);
		spool_put_number(
		    txn, SPOOL_META, "roster", slices->roster_version);
	}
	if (slices->has_campaigns) {
		db_clear(txn, SPOOL_CAMPAIGN);
		for (unsigned i = 0; i < slices->campaign_count; i++)
			put_campaign(txn, &slices->campaigns[i]);
		spool_put_number(
		    txn, SPOOL_META, "campaigns", slices->campaign_version);
	}
}

void
spool_slices_done(struct spool *spool)
{
	if (spool->slices.has_roster) {
		free(spool->slices.units);
		spool->slices.units = NULL;
		spool->slices.unit_count = spool->slices.unit_cap = 0;
	}
	spool->slices.has_roster = spool->slices.has_campaigns = false;
}

void
spool_slices_clear(struct spool *spool)
{
	free(spool->slices.units);
	free(spool->slices.campaigns);
}

/* ---- reading */

enum err
spool_unit(struct spool *spool, const char *code, struct unit_row *row)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct bytes key = bytes_of_text(code);
	struct bytes value;
	enum err err = db_get(txn, SPOOL_UNIT, key, &value);

	if (err == OK && !get_unit(row, key, value))
		err = ERR_NOTFOUND;
	db_abort(txn);
	return err;
}

enum err
spool_campaign(struct spool *spool, const char *id, struct campaign_row *row)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct bytes key = bytes_of_text(id);
	struct bytes value;
	enum err err = db_get(txn, SPOOL_CAMPAIGN, key, &value);

	if (err == OK && !get_campaign(row, key, value))
		err = ERR_NOTFOUND;
	db_abort(txn);
	return err;
}

void
spool_each_unit(struct spool *spool, spool_unit_fn fn, void *context)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct db_cursor *cursor = db_cursor_open(txn, SPOOL_UNIT);
	struct bytes key, value;
	struct unit_row row;
	enum err err = db_seek(cursor, bytes_of(NULL, 0), &key, &value);

	while (err == OK) {
		if (get_unit(&row, key, value))
			fn(context, &row);
		err = db_next(cursor, &key, &value);
	}
	db_cursor_close(cursor);
	db_abort(txn);
}

void
spool_each_campaign(struct spool *spool, spool_campaign_fn fn, void *context)
{
	struct db_txn *txn = db_begin_read(spool->db);
	struct db_cursor *cursor = db_cursor_open(txn, SPOOL_CAMPAIGN);
	struct bytes key, value;
	struct campaign_row row;
	enum err err = db_seek(cursor, bytes_of(NULL, 0), &key, &value);

	while (err == OK) {
		if (get_campaign(&row, key, value))
			fn(context, &row);
		err = db_next(cursor, &key, &value);
	}
	db_cursor_close(cursor);
	db_abort(txn);
}
