/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/lost.h"

#include "aggregator/limits.h"

#include <string.h>

bool
lost_are_awaited(const struct view *view, uint64_t now_ms)
{
	unsigned count = view_recovery_count(view);
	const struct view_recovery *last;

	if (count == 0)
		return false;
	last = view_recovery(view, count - 1);
	return now_ms < last->received_at_ms + LOST_AWAITED_MS;
}

/* A node that the log does not know may have joined after the backup; what a
 * revoked one is trusted for can be carried. */
static bool
may_come(const struct view *view, const struct event *event,
    const struct record_id *target)
{
	static const uint8_t own[EVENT_ID_SIZE];
	const struct view_node *node;

	if (target->seq == 0 || memcmp(target->node, own, sizeof own) == 0 ||
	    memcmp(target->node, event->node, sizeof own) == 0)
		return false;
	node = view_node_by_id(view, target->node);
	if (node == NULL)
		return true;
	return target->seq > node->mark &&
	       (node->state != NODE_REVOKED ||
		   target->seq <= node->accept_up_to);
}

bool
lost_is_meant(const struct view *view, const struct event *event)
{
	if (event->kind == EVENT_CORRECTED)
		return may_come(view, event, &event->corrected.target);
	if (event->kind == EVENT_WITHDRAWN)
		return may_come(view, event, &event->withdrawn.target);
	if (event->kind == EVENT_INCIDENT_REVIEWED)
		return may_come(view, event, &event->reviewed.target) ||
		       may_come(view, event, &event->reviewed.duplicate_of);
	return false;
}
