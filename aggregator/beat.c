/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/beat.h"

static void
send_one(struct told *told, struct post *post, unsigned number,
    const struct link_route *route)
{
	struct told_head head = told_head(told, number);
	struct message message = {.kind = MESSAGE_BEAT,
	    .beat = {.report_wanted = true,
		.from_size = head.from_size,
		.consistency = head.consistency}};

	(void)text_copy(
	    message.beat.checkpoint, CHECKPOINT_MAX, head.checkpoint);
	if (post_message(post, route, &message, bytes_of(NULL, 0)))
		told_sent(told, number);
}

void
beat_send(struct peers *peers, struct told *told, struct post *post,
    const struct view *view)
{
	for (unsigned i = 0; i < view_node_count(view); i++) {
		const struct view_node *node = view_node(view, i);
		const struct peer *peer = peers_at(peers, i);

		if (node->state == NODE_ENROLLED &&
		    node->kind == PEER_COLLECTOR && peer->has_route &&
		    view_report_wanted(view, node))
			send_one(told, post, i, &peer->route);
	}
}
