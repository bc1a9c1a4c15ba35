/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom incidents are sealed to. The first set is any admin's word; after that
 * no admin can put himself in: version n + 1 carries the signature of one of
 * the recipients of version n, over this log's origin, the version and the
 * rows. Every version is kept, so that a node can follow the signatures from
 * the set that it was given on paper.
 *
 * Rows are copied field by field over zeroes, as all texts are.
 */
#include "judge/view_parts.h"

#include <string.h>

#include "model/wire.h"
#include "trust/seal.h"

enum { ROW_BYTES_MAX = 256 };

const struct recipients_changed *
view_recipients(const struct view *view, uint64_t version)
{
	if (version == 0 || version > row_count(view, TABLE_RECIPIENTS))
		return NULL;
	return recipients_at(view, (uint32_t)version - 1);
}

void
recipients_taken(struct view *view, const struct entry *entry)
{
	const struct recipients_changed *from = &entry->event->recipients;
	struct recipients_changed *to;

	if (from->part.version != view->region.recipients_version + 1)
		return;
	to = table_add(&view->tables[TABLE_RECIPIENTS]);
	to->part.version = from->part.version;
	to->part.part = from->part.part;
	to->part.parts = from->part.parts;
	memcpy(to->part.sha256, from->part.sha256, HASH_SIZE);
	to->row_count = from->row_count;
	for (uint32_t i = 0; i < from->row_count; i++) {
		(void)text_copy(to->rows[i].id, WORD_MAX, from->rows[i].id);
		memcpy(to->rows[i].seal_key, from->rows[i].seal_key,
		    sizeof to->rows[i].seal_key);
		memcpy(to->rows[i].sign_key, from->rows[i].sign_key,
		    sizeof to->rows[i].sign_key);
	}
	to->is_signed = from->is_signed;
	if (from->is_signed) {
		memcpy(to->signer, from->signer, sizeof to->signer);
		memcpy(to->signature, from->signature, sizeof to->signature);
	}
	view->region.recipients_version = from->part.version;
}

/* ---- checking */

static bool
rows_have_hash(const struct recipients_changed *changed)
{
	uint8_t bytes[RECIPIENTS_MAX * ROW_BYTES_MAX];
	struct hash hash;
	size_t len = 0;

	for (uint32_t i = 0; i < changed->row_count; i++)
		len += wire_pack_recipient_row(
		    &changed->rows[i], bytes + len, ROW_BYTES_MAX);
	hash = hash_bytes(bytes_of(bytes, len));
	return memcmp(hash.at, changed->part.sha256, HASH_SIZE) == 0;
}

/* One name or one key twice would make two recipients of one. */
static bool
rows_have_twins(const struct recipients_changed *changed)
{
	for (uint32_t i = 0; i < changed->row_count; i++)
		for (uint32_t k = 0; k < i; k++) {
			const struct recipient_row *a = &changed->rows[i];
			const struct recipient_row *b = &changed->rows[k];

			if (strcmp(a->id, b->id) == 0 ||
			    memcmp(a->seal_key, b->seal_key,
				sizeof a->seal_key) == 0 ||
			    memcmp(a->sign_key, b->sign_key,
				sizeof a->sign_key) == 0)
				return true;
		}
	return false;
}

static bool
is_signed_by(const struct recipients_changed *changed,
    const struct recipients_changed *before, const char *origin)
{
	const struct recipients_word word = {.origin = origin,
	    .version = changed->part.version,
	    .rows_sha256 = changed->part.sha256};

	for (uint32_t i = 0; i < before->row_count && changed->is_signed; i++)
		if (memcmp(before->rows[i].sign_key, changed->signer,
			sizeof changed->signer) == 0)
			return recipients_sign_is_valid(
			    changed->signature, &word, changed->signer);
	return false;
}

enum reject
recipients_check(
    const struct view *view, const struct recipients_changed *changed)
{
	uint64_t version = view->region.recipients_version;

	if (changed->part.version != version + 1 || !rows_have_hash(changed))
		return REJECT_VERSION_ORDER;
	if (rows_have_twins(changed))
		return REJECT_FIELD;
	if (version >= RECIPIENT_SETS_MAX)
		return REJECT_OVERSIZE;
	if (version > 0 &&
	    !is_signed_by(changed, view_recipients(view, version),
		view->region.first_origin))
		return REJECT_NOT_RECIPIENT;
	return REJECT_NONE;
}

bool
recipients_are_sound(const struct view *view)
{
	uint32_t count = row_count(view, TABLE_RECIPIENTS);

	for (uint32_t i = 0; i < count; i++)
		if (recipients_at(view, i)->row_count > RECIPIENTS_MAX ||
		    recipients_at(view, i)->part.version != i + 1)
			return false;
	return count == view->region.recipients_version;
}
