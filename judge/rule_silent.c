/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_silent/1. A node that is enrolled and from which the log has had
 * nothing for `after`, in a sensitive stage of the election for the shorter
 * `sensitive_after`, is silent. That is nobody's compliance and nobody's
 * fault: it is not heard from. It ends with the node's next entry.
 *
 * When it is due is counted in view_due.c.
 */
#include "judge/judge_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "after_72h" */
static void
put_occasion(uint64_t after_ms, char occasion[OCCASION_MAX])
{
	enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };
	bool is_hours = after_ms % HOUR_MS == 0;

	(void)snprintf(occasion, OCCASION_MAX, "after_%" PRIu64 "%s",
	    after_ms / (is_hours ? HOUR_MS : MINUTE_MS), is_hours ? "h" : "m");
}

bool
silent_look(
    const struct view *view, const struct touch *touch, struct event *event)
{
	const struct rule_row *rule = rule_at(view, touch->rule);
	const struct view_node *node = node_at(view, touch->from);
	struct verdict *verdict = &event->verdict;
	char occasion[OCCASION_MAX];

	if (alert_open_of(view, rule->id, touch->object) != NO_ROW)
		return false;
	put_occasion(rule->node_silent.after_ms, occasion);
	verdict_open(view, touch->rule, touch->object, occasion, event);
	memcpy(verdict->node, node->id, EVENT_ID_SIZE);
	verdict->since_ms = node_contact_ms(node);
	verdict->figures.nodes = 1;
	verdict_place(view, node->wilayah, verdict);
	return true;
}

bool
silent_look_at_alert(
    const struct view *view, const struct touch *touch, struct event *event)
{
	const struct alert_row *alert = alert_at(view, touch->from);
	uint32_t rule = rule_still(view, alert);
	uint32_t node = node_find(view, alert->pub.node);
	const char *reason = NULL;

	if (touch->cause == CAUSE_CONTACT)
		reason = "contact";
	else if (touch->cause == CAUSE_REVOKED)
		reason = "revoked";
	else if (touch->cause == CAUSE_ROSTER)
		return false;
	else if (rule == NO_ROW || node == NO_ROW ||
		 silence_due_ms(view, rule, node) >
		     view->region.last_received_ms)
		reason = "rule_changed";
	return reason != NULL && verdict_end(view, touch->from,
				     EVENT_ALERT_RESOLVED, reason, event);
}
