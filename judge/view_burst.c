/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many reports on one unit from one node within a short time are held until a
 * person has looked at them: they may be a campaign, and an alert would carry
 * it further. A run of count + 1 of them, by when they were recorded, is a
 * burst, and all that are in any run are held. What was withdrawn, or decided
 * by a person before, is in no run.
 */
#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

struct report {
	uint64_t recorded_ms, seq;
	uint32_t node, incident;
	uint32_t is_held;
};

static int
by_node_and_time(const void *a, const void *b)
{
	const struct report *first = a, *second = b;

	if (first->node != second->node)
		return first->node < second->node ? -1 : 1;
	if (first->recorded_ms != second->recorded_ms)
		return first->recorded_ms < second->recorded_ms ? -1 : 1;
	return first->seq < second->seq ? -1 : 1;
}

static struct report *
report_at(const struct table *reports, uint32_t at)
{
	return table_at(reports, at);
}

/* What may be in a run: of one node, or of all (NO_ROW). */
static void
collect(const struct view *view, uint32_t unit, uint32_t node,
    struct table *reports)
{
	table_init(reports, sizeof(struct report));
	for (uint32_t i = extra_at(view, unit)->first_incident; i != NO_ROW;
	     i = incident_extra_at(view, i)->next) {
		const struct incident_row *row = incident_at(view, i);
		struct report *report;

		if ((row->flags & (IS_WITHDRAWN | IS_DECIDED)) != 0 ||
		    (node != NO_ROW && row->node != node))
			continue;
		report = table_add(reports);
		report->recorded_ms = row->recorded_ms;
		report->seq = row->seq;
		report->node = row->node;
		report->incident = i;
	}
	if (reports->count > 1)
		qsort(reports->at, reports->count, sizeof(struct report),
		    by_node_and_time);
}

/* Marks those that are in a run. */
static void
find_runs(const struct burst *rule, const struct table *reports)
{
	uint32_t next = 0; /* none before it is left to be marked */

	for (uint32_t i = 0;
	     rule->count < reports->count && i < reports->count - rule->count;
	     i++) {
		uint32_t last = i + rule->count;
		const struct report *from = report_at(reports, i);
		const struct report *to = report_at(reports, last);

		if (from->node != to->node ||
		    to->recorded_ms - from->recorded_ms > rule->within_ms)
			continue;
		for (next = next < i ? i : next; next <= last; next++)
			report_at(reports, next)->is_held = 1;
	}
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

uint32_t
burst_find(
    const struct view *view, uint32_t rule, uint32_t unit, struct table *found)
{
	struct table reports;
	uint32_t nodes = 0, before = NO_ROW;

	collect(view, unit, NO_ROW, &reports);
	find_runs(&rule_at(view, rule)->burst, &reports);
	found->count = 0;
	for (uint32_t i = 0; i < reports.count; i++) {
		const struct report *report = report_at(&reports, i);

		if (report->is_held == 0)
			continue;
		nodes += report->node != before;
		before = report->node;
		number_add(found, report->incident);
	}
	if (found->count > 1)
		qsort(
		    found->at, found->count, sizeof(uint32_t), compare_numbers);
	table_clear(&reports);
	return nodes;
}

enum { WAS_HELD = 1, IS_HELD = 2 };

/* Who becomes held, or free, may count differently now. */
static void
hold(struct view *view, uint32_t unit, uint32_t node,
    const struct table *reports)
{
	for (uint32_t i = 0; i < reports->count; i++)
		if (report_at(reports, i)->is_held != 0)
			incident_extra_at(view, report_at(reports, i)->incident)
			    ->is_held |= IS_HELD;
	for (uint32_t i = extra_at(view, unit)->first_incident; i != NO_ROW;
	     i = incident_extra_at(view, i)->next) {
		struct incident_extra *extra = incident_extra_at(view, i);
		bool was = (extra->is_held & WAS_HELD) != 0;
		bool is = (extra->is_held & IS_HELD) != 0;

		if (incident_at(view, i)->node != node)
			continue;
		extra->is_held = is ? WAS_HELD : 0;
		if (is != was)
			touch_repeat(view, i, is ? CAUSE_HELD : CAUSE_MARK);
	}
}

static void
look(struct view *view, uint32_t unit, uint32_t node, enum cause cause)
{
	struct table reports;

	collect(view, unit, node, &reports);
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);

		if (rule->kind != RULE_BURST_1)
			continue;
		find_runs(&rule->burst, &reports);
		touch_object(
		    view, TOUCH_BURST, i, unit_at(view, unit)->row.code)
		    ->cause = cause;
	}
	hold(view, unit, node, &reports);
	table_clear(&reports);
}

/* Without a rule none is held (burst_index saw to it when the last one went),
 * and the walk over all reports on the unit is spared. */
void
burst_look(struct view *view, uint32_t unit, uint32_t node, enum cause cause)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++)
		if (rule_at(view, i)->kind == RULE_BURST_1) {
			look(view, unit, node, cause);
			return;
		}
}

/* Each unit and node once. */
void
burst_index(struct view *view)
{
	uint32_t nodes = row_count(view, TABLE_NODES);
	uint32_t *seen = xcalloc((size_t)nodes + 1, sizeof *seen);

	for (uint32_t unit = 0; unit < row_count(view, TABLE_UNITS); unit++)
		for (uint32_t i = extra_at(view, unit)->first_incident;
		     i != NO_ROW; i = incident_extra_at(view, i)->next) {
			uint32_t node = incident_at(view, i)->node;

			if (seen[node] == unit + 1)
				continue;
			seen[node] = unit + 1;
			look(view, unit, node, CAUSE_RULES);
		}
	free(seen);
}

void
burst_decided(struct view *view, uint32_t alert, const char *reason)
{
	const struct alert_row *row = alert_at(view, alert);
	uint32_t rule = rule_find(view, row->pub.rule);
	uint32_t unit = unit_find(view, row->pub.object);
	bool is_made_up = strcmp(reason, "BUATAN") == 0;
	struct table found;

	if (rule == NO_ROW || rule_at(view, rule)->kind != RULE_BURST_1 ||
	    unit == NO_ROW)
		return;
	table_init(&found, sizeof(uint32_t));
	(void)burst_find(view, rule, unit, &found);
	for (uint32_t i = 0; i < found.count; i++)
		incident_at(view, number_at(&found, i))->flags |=
		    is_made_up ? IS_DECIDED | IS_MADE_UP : IS_DECIDED;
	for (uint32_t i = 0; i < found.count; i++) {
		uint32_t incident = number_at(&found, i);

		burst_look(
		    view, unit, incident_at(view, incident)->node, CAUSE_MARK);
		if (is_made_up)
			case_moved(view, incident, CAUSE_MARK);
	}
	if (is_made_up)
		twin_gone(view);
	table_clear(&found);
}
