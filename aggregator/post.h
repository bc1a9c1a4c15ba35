/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in from a socket and what goes back: messages with their frames.
 * Time comes along as an argument. */
#ifndef AGGREGATOR_POST_H
#define AGGREGATOR_POST_H

#include "core/link.h"
#include "model/message.h"

struct moment {
	uint64_t now_ms;       /* the region's clock */
	uint64_t monotonic_ms; /* for durations */
	uint64_t boot_ms;      /* since the machine's start, asleep or not */
};

struct request {
	const uint8_t *key; /* LINK_KEY_SIZE bytes, vouched for by ZAP */
	const struct link_route *route;
	const struct bytes *frames;
	unsigned frame_count;
};

/* Sends an answer; false: the peer is gone or does not read. */
typedef bool (*post_fn)(void *context, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count);

struct post {
	post_fn send;
	void *context;
	uint64_t unsent;
	uint8_t frame[LINK_FRAME_MAX];
};

/* `body` is the second frame, or has no bytes and a NULL pointer: none. Has it
 * gone out? */
bool post_message(struct post *post, const struct link_route *route,
    const struct message *message, struct bytes body);
bool post_route_equal(const struct link_route *a, const struct link_route *b);

#endif
