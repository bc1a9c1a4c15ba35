/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RosterChanged, CampaignChanged and RecipientsChanged keep their Part in field
 * 1 and their rows in field 2, so a body is written here row by row, each
 * packed by model/wire, instead of a second copy of the rows.
 */
#include "aggregator/slice.h"

#include "aggregator/limits.h"
#include "model/wire.h"
#include "trust/hash.h"

#include <string.h>

enum {
	TAG_PART = 0x0a,   /* field 1, bytes */
	TAG_ROWS = 0x12,   /* field 2, bytes */
	TAG_SIGNER = 0x1a, /* fields 3 and 4 of RecipientsChanged */
	TAG_SIGNATURE = 0x22,
	TAG_VERSION = 0x08, /* and of a Part */
	TAG_NUMBER = 0x10,
	TAG_PARTS = 0x18,
	TAG_SHA256 = 0x22,
	ROW_MAX = 512,
};

struct slice_pass {
	struct hasher *hasher;      /* first pass: all rows */
	struct slice_body *body;    /* second pass: those of the part */
	uint64_t first, last, next; /* rows */
};

static void
put_varint(struct slice_body *body, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		body->at[body->len++] = (uint8_t)(value | 0x80);
	body->at[body->len++] = (uint8_t)value;
}

static void
put_bytes(struct slice_body *body, uint8_t tag, const uint8_t *at, size_t len)
{
	CHECK(body->len + len + 4 <= sizeof body->at);
	body->at[body->len++] = tag;
	put_varint(body, len);
	memcpy(body->at + body->len, at, len);
	body->len += len;
}

static void
take_row(struct slice_pass *pass, const uint8_t *row, size_t len)
{
	uint64_t n = pass->next++;

	CHECK(len > 0);
	if (pass->body == NULL)
		hasher_add(pass->hasher, bytes_of(row, len));
	else if (n >= pass->first && n < pass->last)
		put_bytes(pass->body, TAG_ROWS, row, len);
}

static void
each_unit(const struct view *view, const char *wilayah, struct slice_pass *pass)
{
	uint8_t row[ROW_MAX];

	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (unit->is_active &&
		    wilayah_is_within(unit->row.wilayah, wilayah))
			take_row(pass, row,
			    wire_pack_unit_row(&unit->row, row, sizeof row));
	}
}

static void
each_campaign(const struct view *view, struct slice_pass *pass)
{
	uint8_t row[ROW_MAX];

	for (unsigned i = 0; i < view_campaign_count(view); i++)
		take_row(pass, row,
		    wire_pack_campaign_row(
			&view_campaign(view, i)->row, row, sizeof row));
}

static void
each_row(const struct view *view, const char *wilayah, enum what what,
    struct slice_pass *pass)
{
	pass->next = 0;
	if (what == WHAT_ROSTER)
		each_unit(view, wilayah, pass);
	else
		each_campaign(view, pass);
}

static void
put_part(struct slice_body *body, const struct slice *slice,
    const uint8_t sha256[HASH_SIZE])
{
	struct slice_body part = {0};

	part.at[part.len++] = TAG_VERSION;
	put_varint(&part, slice->version);
	part.at[part.len++] = TAG_NUMBER;
	put_varint(&part, slice->part);
	part.at[part.len++] = TAG_PARTS;
	put_varint(&part, slice->parts);
	put_bytes(&part, TAG_SHA256, sha256, HASH_SIZE);
	put_bytes(body, TAG_PART, part.at, part.len);
}

/* Every version is whole and as it was signed. */
static bool
pack_recipients(const struct view *view, const struct fetch *fetch,
    struct slice *slice, struct slice_body *body)
{
	const struct recipients_changed *set =
	    view_recipients(view, fetch->version);
	uint8_t row[ROW_MAX];

	if (set == NULL || fetch->part != 1)
		return false;
	*slice = (struct slice){.what = WHAT_RECIPIENTS,
	    .version = fetch->version,
	    .part = 1,
	    .parts = 1};
	body->len = 0;
	put_part(body, slice, set->part.sha256);
	for (uint32_t i = 0; i < set->row_count; i++)
		put_bytes(body, TAG_ROWS, row,
		    wire_pack_recipient_row(&set->rows[i], row, sizeof row));
	if (!set->is_signed)
		return true;
	put_bytes(body, TAG_SIGNER, set->signer, sizeof set->signer);
	put_bytes(body, TAG_SIGNATURE, set->signature, sizeof set->signature);
	return true;
}

bool
slice_pack(const struct view *view, const char *wilayah,
    const struct fetch *fetch, struct slice *slice, struct slice_body *body)
{
	const struct view_region *region = view_region(view);
	struct slice_pass pass = {0};
	struct hash sha256;
	uint64_t parts;

	if (fetch->what == WHAT_RECIPIENTS)
		return pack_recipients(view, fetch, slice, body);
	pass.hasher = hasher_new();
	each_row(view, wilayah, fetch->what, &pass);
	sha256 = hasher_end(pass.hasher);
	hasher_free(pass.hasher);
	parts = (pass.next + SLICE_ROWS - 1) / SLICE_ROWS;
	*slice = (struct slice){.what = fetch->what,
	    .version = fetch->what == WHAT_ROSTER ? region->roster_version
						  : region->campaign_version,
	    .part = fetch->part,
	    .parts = parts == 0 ? 1 : (uint32_t)parts};
	if (slice->version == 0 || slice->part == 0 ||
	    slice->part > slice->parts)
		return false;
	body->len = 0;
	put_part(body, slice, sha256.at);
	pass.body = body;
	pass.first = (uint64_t)(slice->part - 1) * SLICE_ROWS;
	pass.last = pass.first + SLICE_ROWS;
	each_row(view, wilayah, fetch->what, &pass);
	return true;
}
