/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/post.h"

#include <string.h>

bool
post_message(struct post *post, const struct link_route *route,
    const struct message *message, struct bytes body)
{
	size_t len = message_put(message, post->frame, sizeof post->frame);
	struct bytes frames[LINK_FRAMES_MAX] = {
	    bytes_of(post->frame, len), body};

	CHECK(len > 0);
	if (post->send(post->context, route, frames, body.at != NULL ? 2 : 1))
		return true;
	post->unsent++;
	return false;
}

bool
post_route_equal(const struct link_route *a, const struct link_route *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}
