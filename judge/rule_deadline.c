/* SPDX-License-Identifier: Apache-2.0 */
/*
 * case_deadline/1. A case that has stood in one step for so many days, or
 * working days, has not moved. The days count from when it came into the step,
 * or from when the act was known: a day that is not told where few could be
 * meant (cell.h). It ends when the case stands elsewhere.
 *
 * When it is due is counted in view_due.c.
 */
#include "judge/judge_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "judge/cell.h"
#include "judge/view_calendar.h"

bool
deadline_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	const struct rule_row *rule = rule_at(view, touch->rule);
	const struct case_deadline *body = &rule->case_deadline;
	const struct incident_row *row = incident_at(view, touch->from);
	struct verdict *verdict = &event->verdict;
	char occasion[OCCASION_MAX], place[WILAYAH_MAX];
	struct cell cell;

	if (alert_open_of(view, rule->id, touch->object) != NO_ROW)
		return false;
	(void)snprintf(occasion, sizeof occasion, "%s_%" PRIu32 "d",
	    body->clock == CLOCK_WORKING ? "working" : "after", body->days);
	verdict_open(view, touch->rule, touch->object, occasion, event);
	cell_of_incident(view, touch->from, &cell);
	if (!cell.is_small || body->anchor != CASE_ANCHOR_KNOWN)
		verdict->since_ms = view_day_ms(
		    view, case_anchor_day(view, touch->rule, touch->from));
	verdict->step = body->step;
	verdict->figures.days = body->days;
	judge->evidence[0] = row->index;
	verdict->evidence = judge->evidence;
	verdict->evidence_count = 1;
	cell_put_place(view, &cell, place);
	verdict_place(view, place, verdict);
	return true;
}

bool
deadline_look_at_alert(
    const struct view *view, const struct touch *touch, struct event *event)
{
	const struct alert_row *alert = alert_at(view, touch->from);
	unsigned incident = view_case_by_name(view, alert->pub.object);
	uint32_t rule = rule_still(view, alert);
	const struct incident_row *row;
	const char *reason = NULL;

	if (incident == VIEW_NO_CASE)
		return false;
	row = incident_at(view, incident);
	if ((row->flags & (IS_WITHDRAWN | IS_MADE_UP)) != 0)
		reason = "withdrawn";
	else if (row->step != alert->pub.step)
		reason = "moved";
	else if (touch->cause == CAUSE_ROSTER)
		return false;
	else if (rule == NO_ROW || case_due_ms(view, rule, incident) >
				       view->region.last_received_ms)
		reason = "rule_changed";
	return reason != NULL && verdict_end(view, touch->from,
				     EVENT_ALERT_RESOLVED, reason, event);
}
