/* SPDX-License-Identifier: Apache-2.0 */
#include "node/slice.h"

#include <string.h>

enum {
	/* Field numbers of proto/event.proto with the wire type of bytes. */
	TAG_ROSTER = EVENT_ROSTER_CHANGED << 3 | 2,
	TAG_CAMPAIGN = EVENT_CAMPAIGN_CHANGED << 3 | 2,
	TAG_RECIPIENTS = EVENT_RECIPIENTS_CHANGED << 3 | 2,
};

static size_t
put_varint(uint8_t *at, size_t used, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		at[used++] = (uint8_t)(value | 0x80);
	at[used++] = (uint8_t)value;
	return used;
}

static uint64_t
tag_of(enum what what)
{
	if (what == WHAT_RECIPIENTS)
		return TAG_RECIPIENTS;
	return what == WHAT_ROSTER ? TAG_ROSTER : TAG_CAMPAIGN;
}

enum reject
slice_unpack(const struct slice_from *from, enum what what, struct bytes body,
    struct event *event)
{
	size_t len = strlen(from->wilayah);
	uint8_t *at = from->space;
	size_t used = 0;

	if (body.len > LINK_FRAME_MAX)
		return REJECT_OVERSIZE;
	used = put_varint(at, used, 1 << 3); /* version */
	used = put_varint(at, used, EVENT_VERSION);
	used = put_varint(at, used, 2 << 3 | 2); /* node */
	used = put_varint(at, used, NODE_ID_SIZE);
	memcpy(at + used, from->node, NODE_ID_SIZE);
	used += NODE_ID_SIZE;
	used = put_varint(at, used, 3 << 3); /* seq */
	used = put_varint(at, used, 1);
	used = put_varint(at, used, 4 << 3); /* recorded_at_ms */
	used = put_varint(at, used, 1);
	used = put_varint(at, used, 5 << 3 | 2); /* wilayah */
	used = put_varint(at, used, len);
	memcpy(at + used, from->wilayah, len);
	used += len;
	used = put_varint(at, used, tag_of(what));
	used = put_varint(at, used, body.len);
	if (body.len > 0)
		memcpy(at + used, body.at, body.len);
	return wire_unpack(from->wire, bytes_of(at, used + body.len), event);
}
