/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/carried.h"

#include "aggregator/peers.h"

static bool
has_seen_more(const struct view *view, const struct carry *carry)
{
	uint64_t epoch = view_region(view)->epoch;

	return carry->seen_epoch > epoch ||
	       (carry->seen_epoch == epoch &&
		   carry->seen_size > view_size(view));
}

/* What had been received of a revoked node before it was revoked can be brought
 * again, by a person, if a recovery took it out of the log; its first bundle
 * only hears of the recovery. */
static bool
lacks_trusted(const struct view *view, const struct view_node *node,
    const struct carry *carry)
{
	return node->state == NODE_REVOKED && node->mark < node->accept_up_to &&
	       (carried_is_behind(view, carry) ||
		   carry->push.first_seq <= node->accept_up_to);
}

enum reject
carried_check(const struct view *view, unsigned bearer,
    const struct carry *carry, unsigned *number)
{
	const struct view_node *node;

	if (view_node(view, bearer)->kind != PEER_ADMIN)
		return REJECT_KIND;
	node = view_node_by_id(view, carry->push.node);
	if (node == NULL)
		return REJECT_UNKNOWN_NODE;
	*number = view_node_number(view, node);
	if (node->state == NODE_REVOKED && !lacks_trusted(view, node, carry))
		return REJECT_REVOKED;
	if (node->state == NODE_PENDING)
		return REJECT_UNKNOWN_NODE;
	return has_seen_more(view, carry) ? REJECT_DIVERGED : REJECT_NONE;
}

uint64_t
carried_size(const struct view *view, const struct carry *carry)
{
	return carry->seen_epoch == view_region(view)->epoch ? carry->seen_size
							     : 0;
}

bool
carried_is_behind(const struct view *view, const struct carry *carry)
{
	return carry->seen_size > 0 &&
	       carry->seen_epoch < view_region(view)->epoch;
}

void
carried_wrap(struct message *message)
{
	struct carried carried = {.kind = message->kind};

	if (message->kind == MESSAGE_RECEIPT)
		carried.receipt = message->receipt;
	else if (message->kind == MESSAGE_RECOVERED)
		carried.recovered = message->recovered;
	else
		carried.refusal = message->refusal;
	message->kind = MESSAGE_CARRIED;
	message->carried = carried;
}
