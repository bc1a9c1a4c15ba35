/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom to seal to. The rules:
 *
 * - Nothing is believed before there is a pin: who gives the set decides who
 *   can read, and the region must not.
 * - The first set is the one that has the pin, whatever its version. From then
 *   on a set follows only directly and signed by a recipient of the one in
 *   force, which stays in force otherwise.
 *
 * In SPOOL_META: "recipients-pin"; "recipients" (rows: u8 length | id | seal
 * key(32) | sign key(32)) with "recipients-version", and "recipients-refused".
 */
#include "node/spool.h"

#include "node/spool_inner.h"

#include "core/log.h"
#include "trust/seal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEYS_SIZE = 32 + 32,
	ROW_MAX = 1 + WORD_MAX + KEYS_SIZE,
	PACKED_ROW_MAX = 256,
};

static const char meta_pin[] = "recipients-pin";
static const char meta_rows[] = "recipients";
static const char meta_version[] = "recipients-version";
static const char meta_refused[] = "recipients-refused";

static size_t
put_row(uint8_t *at, const struct recipient_row *row)
{
	size_t len = strlen(row->id);

	at[0] = (uint8_t)len;
	memcpy(at + 1, row->id, len);
	memcpy(at + 1 + len, row->seal_key, 32);
	memcpy(at + 1 + len + 32, row->sign_key, 32);
	return 1 + len + KEYS_SIZE;
}

static bool
take_row(struct bytes *rest, struct recipient_row *row)
{
	size_t len;

	if (rest->len == 0)
		return false;
	len = rest->at[0];
	if (len >= sizeof row->id || rest->len < 1 + len + KEYS_SIZE)
		return false;
	*row = (struct recipient_row){0};
	memcpy(row->id, rest->at + 1, len);
	memcpy(row->seal_key, rest->at + 1 + len, 32);
	memcpy(row->sign_key, rest->at + 1 + len + 32, 32);
	len += 1 + KEYS_SIZE;
	*rest = bytes_of(rest->at + len, rest->len - len);
	return true;
}

static void
read_set(struct db_txn *txn, struct spool_recipients *set)
{
	struct bytes value;

	*set = (struct spool_recipients){0};
	if (db_get(txn, SPOOL_META, bytes_of_text(meta_pin), &value) == OK &&
	    value.len == sizeof set->pin) {
		set->is_pinned = true;
		memcpy(set->pin, value.at, sizeof set->pin);
	}
	set->refused_version = spool_number(txn, SPOOL_META, meta_refused);
	if (db_get(txn, SPOOL_META, bytes_of_text(meta_rows), &value) != OK)
		return;
	while (set->count < RECIPIENTS_MAX &&
	       take_row(&value, &set->rows[set->count]))
		set->count++;
	if (set->count > 0)
		set->version = spool_number(txn, SPOOL_META, meta_version);
}

void
spool_recipients(struct spool *spool, struct spool_recipients *set)
{
	struct db_txn *txn = db_begin_read(spool->db);

	read_set(txn, set);
	db_abort(txn);
}

enum err
spool_pin_recipients(
    struct spool *spool, const uint8_t pin[RECIPIENTS_PIN_SIZE])
{
	struct db_txn *txn = db_begin(spool->db);

	db_put(txn, SPOOL_META, bytes_of_text(meta_pin),
	    bytes_of(pin, RECIPIENTS_PIN_SIZE));
	db_delete(txn, SPOOL_META, bytes_of_text(meta_rows));
	spool_put_number(txn, SPOOL_META, meta_version, 0);
	spool_put_number(txn, SPOOL_META, meta_refused, 0);
	return db_commit(txn);
}

/* ---- taking */

/* What the pin is the head of; false: a row does not fit. */
static bool
hash_rows(struct hash *hash, const struct recipients_changed *changed)
{
	struct hasher *hasher = hasher_new();
	bool fits = true;

	for (uint32_t i = 0; fits && i < changed->row_count; i++) {
		uint8_t at[PACKED_ROW_MAX];
		size_t len =
		    wire_pack_recipient_row(&changed->rows[i], at, sizeof at);

		fits = len > 0;
		hasher_add(hasher, bytes_of(at, len));
	}
	*hash = hasher_end(hasher);
	hasher_free(hasher);
	return fits;
}

static bool
is_signed_by(const struct spool_recipients *set, const char *origin,
    const struct recipients_changed *changed)
{
	const struct recipients_word word = {
	    origin, changed->part.version, changed->part.sha256};

	if (!changed->is_signed)
		return false;
	for (unsigned i = 0; i < set->count; i++)
		if (memcmp(set->rows[i].sign_key, changed->signer,
			sizeof changed->signer) == 0)
			return recipients_sign_is_valid(
			    changed->signature, &word, changed->signer);
	return false;
}

static bool
is_believed(const struct spool_recipients *set, const char *origin,
    const struct recipients_changed *changed)
{
	struct hash hash;

	if (!set->is_pinned || changed->row_count == 0 ||
	    changed->row_count > RECIPIENTS_MAX || !hash_rows(&hash, changed) ||
	    memcmp(hash.at, changed->part.sha256, HASH_SIZE) != 0)
		return false;
	if (set->version == 0)
		return memcmp(set->pin, hash.at, sizeof set->pin) == 0;
	return changed->part.version == set->version + 1 &&
	       is_signed_by(set, origin, changed);
}

static void
put_set(struct db_txn *txn, const struct recipients_changed *changed)
{
	uint8_t at[RECIPIENTS_MAX * ROW_MAX];
	size_t used = 0;

	for (uint32_t i = 0; i < changed->row_count; i++)
		used += put_row(at + used, &changed->rows[i]);
	db_put(txn, SPOOL_META, bytes_of_text(meta_rows), bytes_of(at, used));
	spool_put_number(txn, SPOOL_META, meta_version, changed->part.version);
	spool_put_number(txn, SPOOL_META, meta_refused, 0);
}

bool
spool_take_recipients(struct spool *spool, const char *origin,
    const struct recipients_changed *changed)
{
	struct db_txn *txn = db_begin(spool->db);
	struct spool_recipients set;
	bool believed;

	read_set(txn, &set);
	believed = is_believed(&set, origin, changed);
	if (believed)
		put_set(txn, changed);
	else
		spool_put_number(
		    txn, SPOOL_META, meta_refused, changed->part.version);
	if (db_commit(txn) != OK)
		return false; /* as if it had not come */
	if (believed)
		log_info(
		    "recipients-taken version=%" PRIu32, changed->part.version);
	return believed;
}
