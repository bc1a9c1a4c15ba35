/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RosterChanged and CampaignChanged both keep their rows in field 2, so a body
 * is each packed row behind its tag and length; field 1, which says what part
 * of an event a text is, stays away: the Slice in frame 1 says it.
 */
#include "aggregator/slice.h"

#include "aggregator/limits.h"
#include "model/wire.h"

#include <string.h>

enum {
	ROWS_TAG = 0x12, /* field 2, length-delimited */
	VARINT_BITS = 7,
	ROW_MAX = 512,
};

struct slice_out {
	struct slice_body *body;
	uint64_t first, next, last; /* rows: of this part; seen so far */
};

static void
put_row(struct slice_out *out, const uint8_t *row, size_t len)
{
	struct slice_body *body = out->body;
	size_t rest = len;

	CHECK(len > 0 && body->len + len + 4 <= sizeof body->at);
	body->at[body->len++] = ROWS_TAG;
	while (rest >> VARINT_BITS != 0) {
		body->at[body->len++] = (uint8_t)(rest & 0x7f) | 0x80;
		rest >>= VARINT_BITS;
	}
	body->at[body->len++] = (uint8_t)rest;
	memcpy(body->at + body->len, row, len);
	body->len += len;
}

static bool
is_in_part(struct slice_out *out)
{
	uint64_t n = out->next++;

	return n >= out->first && n < out->last;
}

static void
put_units(
    const struct view *view, const char *wilayah, struct slice_out *out)
{
	uint8_t row[ROW_MAX];

	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (!unit->is_active ||
		    !wilayah_is_within(unit->row.wilayah, wilayah) ||
		    !is_in_part(out))
			continue;
		put_row(out, row,
		    wire_pack_unit_row(&unit->row, row, sizeof row));
	}
}

static void
put_campaigns(const struct view *view, struct slice_out *out)
{
	uint8_t row[ROW_MAX];

	for (unsigned i = 0; i < view_campaign_count(view); i++)
		if (is_in_part(out))
			put_row(out, row,
			    wire_pack_campaign_row(
				&view_campaign(view, i)->row, row,
				sizeof row));
}

bool
slice_pack(const struct view *view, const char *wilayah,
    const struct fetch *fetch, struct slice *slice, struct slice_body *body)
{
	const struct view_region *region = view_region(view);
	struct slice_out out = {.body = body};
	uint64_t parts;

	if (fetch->part == 0 || fetch->what == WHAT_NONE)
		return false;
	body->len = 0;
	out.first = (uint64_t)(fetch->part - 1) * SLICE_ROWS;
	out.last = out.first + SLICE_ROWS;
	if (fetch->what == WHAT_ROSTER)
		put_units(view, wilayah, &out);
	else
		put_campaigns(view, &out);
	parts = (out.next + SLICE_ROWS - 1) / SLICE_ROWS;
	if (parts == 0)
		parts = 1;
	if (fetch->part > parts)
		return false;
	*slice = (struct slice){.what = fetch->what,
	    .version = fetch->what == WHAT_ROSTER ? region->roster_version
						  : region->campaign_version,
	    .part = fetch->part,
	    .parts = (uint32_t)parts};
	return true;
}
