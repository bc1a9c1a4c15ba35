/* SPDX-License-Identifier: Apache-2.0 */
/* A slice of the roster or the campaigns, or a set of recipients, as it comes
 * from the region. */
#ifndef NODE_SLICE_H
#define NODE_SLICE_H

#include "core/link.h"
#include "model/message.h"
#include "model/wire.h"
#include "trust/hash.h"

enum { SLICE_ENVELOPE_MAX = 128 };

struct slice_from {
	struct wire *wire;
	const uint8_t *node; /* NODE_ID_SIZE bytes */
	const char *wilayah;
	/* LINK_FRAME_MAX + SLICE_ENVELOPE_MAX bytes. */
	uint8_t *space;
};

/* A slice is the body of an event without its envelope. Put into one of our
 * own it passes the same gate as any event. */
enum reject slice_unpack(const struct slice_from *from, enum what what,
    struct bytes body, struct event *event);

#endif
