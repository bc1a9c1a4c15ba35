/* SPDX-License-Identifier: Apache-2.0 */
/*
 * burst/1. While reports on a unit are held (view_burst.c), an alert asks a
 * person to look at them: they count nowhere until then. It ends when the
 * person has decided, or when withdrawals leave nothing that is held.
 */
#include "judge/judge_parts.h"

#include <inttypes.h>
#include <stdio.h>

static void
put_held(struct judge *judge, const struct view *view, const struct burst *rule,
    uint32_t nodes, struct verdict *verdict)
{
	uint32_t count = judge->found.count;

	verdict->figures = (struct figures){
	    .reported = count, .nodes = nodes, .threshold = rule->count};
	if (count > VERDICT_EVIDENCE_MAX)
		count = VERDICT_EVIDENCE_MAX;
	for (uint32_t i = 0; i < count; i++)
		judge->evidence[i] =
		    incident_at(view, number_at(&judge->found, i))->index;
	verdict->evidence = judge->evidence;
	verdict->evidence_count = count;
}

static bool
say_ended(const struct view *view, uint32_t alert, enum cause cause,
    struct event *event)
{
	return cause == CAUSE_RULES
		   ? verdict_end(view, alert, EVENT_ALERT_RESOLVED,
			 "rule_changed", event)
		   : verdict_end(view, alert, EVENT_ALERT_WITHDRAWN,
			 "withdrawn", event);
}

static void
say_opened(const struct view *view, const struct touch *touch,
    const struct burst *rule, struct event *event)
{
	char occasion[OCCASION_MAX];

	(void)snprintf(occasion, sizeof occasion, "over_%" PRIu32, rule->count);
	verdict_open(view, touch->rule, touch->object, occasion, event);
}

bool
burst_look_at_unit(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	const struct rule_row *rule = rule_at(view, touch->rule);
	uint32_t alert = alert_open_of(view, rule->id, touch->object);
	uint32_t unit = unit_find(view, touch->object), nodes = 0, before;

	judge->found.count = 0;
	if (unit != NO_ROW)
		nodes = burst_find(view, touch->rule, unit, &judge->found);
	if (judge->found.count == 0)
		return alert != NO_ROW &&
		       say_ended(view, alert, touch->cause, event);
	if (alert == NO_ROW) {
		say_opened(view, touch, &rule->burst, event);
	} else {
		before = alert_at(view, alert)->pub.figures.reported;
		if (judge->found.count == before)
			return false;
		verdict_follow(view, alert,
		    judge->found.count > before ? EVENT_ALERT_RAISED
						: EVENT_ALERT_CORRECTED,
		    event);
		if (judge->found.count < before)
			(void)text_copy(event->verdict.reason, WORD_MAX,
			    touch->cause == CAUSE_RULES ? "rule_changed"
							: "withdrawn");
	}
	put_held(judge, view, &rule->burst, nodes, &event->verdict);
	return true;
}

/* After a change of rules. A unit that left the roster stays in question. */
bool
burst_look_at_alert(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	const struct alert_row *alert = alert_at(view, touch->from);
	struct touch of_rule = *touch;

	of_rule.rule = rule_still(view, alert);
	if (of_rule.rule == NO_ROW)
		return say_ended(view, touch->from, CAUSE_RULES, event);
	return burst_look_at_unit(judge, view, &of_rule, event);
}
