/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain_broken/1. The region refused what a node pushed because its chain
 * forks or its signature is wrong, or the node's clock is off by more than the
 * rule allows. One alert on a node stands for all of it until a person has
 * looked; another fault opens the next.
 */
#include "judge/judge_parts.h"

#include <string.h>

bool
fault_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	const struct rule_row *rule = rule_at(view, touch->rule);
	const struct view_node *node = node_at(view, touch->from);
	struct verdict *verdict = &event->verdict;

	if (alert_open_of(view, rule->id, touch->object) != NO_ROW)
		return false;
	verdict_open(view, touch->rule, touch->object, touch->word, event);
	(void)text_copy(verdict->reason, WORD_MAX, touch->word);
	memcpy(verdict->node, node->id, EVENT_ID_SIZE);
	verdict->figures.nodes = 1;
	judge->evidence[0] = touch->mark_index;
	verdict->evidence = judge->evidence;
	verdict->evidence_count = 1;
	verdict_place(view, node->wilayah, verdict);
	return true;
}

bool
fault_look_at_alert(
    const struct view *view, const struct touch *touch, struct event *event)
{
	if (touch->cause == CAUSE_REVOKED)
		return verdict_end(
		    view, touch->from, EVENT_ALERT_RESOLVED, "revoked", event);
	if (rule_still(view, alert_at(view, touch->from)) == NO_ROW)
		return verdict_end(view, touch->from, EVENT_ALERT_RESOLVED,
		    "rule_changed", event);
	return false;
}
