/* SPDX-License-Identifier: Apache-2.0 */
/*
 * repeat_incidents/1. An incident counts in a window of days only with its
 * whole interval in it. Reports of the same act in the same unit on dates that
 * overlap, also in a chain, may be one case: until a person decides they count
 * once. The window that holds most cases speaks, the earliest of several; it
 * must hold enough of them, from enough sources (node and kind of source).
 *
 * An alert never ends because time passes: only when withdrawals, corrections
 * or reviews take it below the count, or a person closes it. Then the next
 * opens when there are more cases than the person knew.
 *
 * All incidents are looked at for each that touches a group: their number is
 * bounded (INCIDENTS_MAX, and much less from one node), and the work is n log
 * n of those in the group.
 */
#include "judge/judge_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCES_BITS = 8 };

/* The window that speaks. */
struct window {
	uint32_t from, to;
	uint32_t cases, verified, sources, incidents;
};

static struct counted *
counted_at(const struct judge *judge, uint32_t n)
{
	return table_at(&judge->counted, n);
}

static void
collect_one(struct judge *judge, const struct view *view, uint32_t rule,
    uint32_t incident)
{
	const struct repeat_incidents *body =
	    &rule_at(view, rule)->repeat_incidents;
	const struct incident_row *row = incident_at(view, incident);
	uint32_t state = incident_state(view, incident);
	struct counted *counted;

	if ((state & body->states) == 0 ||
	    incident_extra_at(view, incident)->is_held != 0 ||
	    !unit_at(view, row->unit)->is_active ||
	    !incident_has_act(body->acts, body->act_count, row->incident.act))
		return;
	counted = table_add(&judge->counted);
	counted->from = row->incident.happened_from_day;
	counted->to = row->incident.happened_to_day;
	counted->unit = row->unit;
	counted->row = incident;
	counted->source = row->node << SOURCES_BITS | row->incident.source;
	counted->is_verified = state == STATE_VERIFIED;
	counted->is_own_case = (row->flags & IS_OWN_CASE) != 0;
	memcpy(counted->act, row->incident.act, ACT_CODE_MAX);
}

/* Groups of units have keys, the others their text. */
static bool
is_in_group(const struct view *view, uint32_t incident, uint32_t scope,
    uint32_t key, const char *object)
{
	char found[CODE_MAX];

	if (scope != SCOPE_ACT && scope != SCOPE_SUBJECT)
		return unit_object_key(view, incident_at(view, incident)->unit,
			   scope) == key;
	return incident_object(view, incident, scope, found) &&
	       strcmp(found, object) == 0;
}

static void
collect(struct judge *judge, const struct view *view, uint32_t rule,
    const char *object)
{
	uint32_t scope = rule_at(view, rule)->repeat_incidents.scope;
	uint32_t key = 0, unit;

	judge->counted.count = 0;
	if (scope == SCOPE_UNIT) {
		unit = unit_find(view, object);
		for (uint32_t i = unit == NO_ROW
				      ? NO_ROW
				      : extra_at(view, unit)->first_incident;
		     i != NO_ROW; i = incident_extra_at(view, i)->next)
			collect_one(judge, view, rule, i);
		return;
	}
	if (scope != SCOPE_ACT && scope != SCOPE_SUBJECT)
		key = object_key(view, scope, object);
	if (key == NO_ROW)
		return;
	for (uint32_t i = 0; i < row_count(view, TABLE_INCIDENTS); i++)
		if (is_in_group(view, i, scope, key, object))
			collect_one(judge, view, rule, i);
}

static int
compare_u32(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_source(const void *a, const void *b)
{
	const struct counted *first = a, *second = b;

	return compare_u32(first->source, second->source);
}

/* Same unit and act next to each other, by their first day; those that are
 * cases of their own behind the others. */
static int
by_case(const void *a, const void *b)
{
	const struct counted *first = a, *second = b;
	int order = compare_u32(first->unit, second->unit);

	if (order == 0)
		order = strcmp(first->act, second->act);
	if (order == 0)
		order = compare_u32(first->is_own_case, second->is_own_case);
	if (order == 0)
		order = compare_u32(first->from, second->from);
	return order != 0 ? order : compare_u32(first->row, second->row);
}

static int
by_from(const void *a, const void *b)
{
	const struct counted *first = a, *second = b;
	int order = compare_u32(first->from, second->from);

	return order != 0 ? order : compare_u32(first->row, second->row);
}

static int
by_to(const void *a, const void *b, void *context)
{
	const struct judge *judge = context;
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
	int order = compare_u32(
	    counted_at(judge, first)->to, counted_at(judge, second)->to);

	return order != 0 ? order : compare_u32(first, second);
}

/* Sources as 0, 1, ...; needs their order. */
static void
number_sources(struct judge *judge)
{
	uint32_t number = 0, before = 0;

	qsort(judge->counted.at, judge->counted.count, sizeof(struct counted),
	    by_source);
	for (uint32_t i = 0; i < judge->counted.count; i++) {
		struct counted *counted = counted_at(judge, i);

		number += i > 0 && counted->source != before;
		before = counted->source;
		counted->source = number;
	}
}

static void
number_cases(struct judge *judge)
{
	uint32_t number = 0, last_day = 0;

	qsort(judge->counted.at, judge->counted.count, sizeof(struct counted),
	    by_case);
	for (uint32_t i = 0; i < judge->counted.count; i++) {
		struct counted *counted = counted_at(judge, i);
		const struct counted *before =
		    i == 0 ? NULL : counted_at(judge, i - 1);

		if (before == NULL || before->unit != counted->unit ||
		    strcmp(before->act, counted->act) != 0 ||
		    counted->is_own_case != 0 || counted->from > last_day) {
			number += i > 0;
			last_day = 0;
		}
		if (counted->to > last_day)
			last_day = counted->to;
		counted->suspect_case = number;
	}
}

/* How often each case and each source is in the window now. */
struct sweep {
	uint32_t *in_case, *in_source; /* counters by number */
	uint8_t *state;                /* of each counted: in, gone */
	struct window now;
};
enum { SWEEP_IN = 1, SWEEP_GONE = 2 };

static void
sweep_enter(struct sweep *sweep, const struct counted *counted)
{
	sweep->now.cases += sweep->in_case[counted->suspect_case]++ == 0;
	sweep->now.sources += sweep->in_source[counted->source]++ == 0;
}

static void
sweep_leave(struct sweep *sweep, const struct counted *counted)
{
	sweep->now.cases -= --sweep->in_case[counted->suspect_case] == 0;
	sweep->now.sources -= --sweep->in_source[counted->source] == 0;
}

/* Windows begin on the first day of some incident; the counted ones are in
 * the order of it, judge->order in that of their last day. */
static void
sweep_days(const struct judge *judge, const struct repeat_incidents *rule,
    struct sweep *sweep, struct window *best)
{
	uint32_t count = judge->counted.count, entered = 0, left = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t day = counted_at(judge, i)->from;

		if (i > 0 && counted_at(judge, i - 1)->from == day)
			continue;
		for (; left < count && counted_at(judge, left)->from < day;
		     left++) {
			if (sweep->state[left] == SWEEP_IN)
				sweep_leave(sweep, counted_at(judge, left));
			sweep->state[left] = SWEEP_GONE;
		}
		for (; entered < count; entered++) {
			uint32_t next = number_at(&judge->order, entered);

			if (counted_at(judge, next)->to - day + 1 >
				rule->within_days &&
			    counted_at(judge, next)->to >= day)
				break;
			if (sweep->state[next] == SWEEP_GONE)
				continue;
			sweep->state[next] = SWEEP_IN;
			sweep_enter(sweep, counted_at(judge, next));
		}
		if (sweep->now.cases >= rule->count &&
		    sweep->now.sources >= rule->min_sources &&
		    sweep->now.cases > best->cases) {
			*best = sweep->now;
			best->from = day;
			best->to = day + rule->within_days - 1;
		}
	}
}

static bool
is_in_window(const struct counted *counted, const struct window *window)
{
	return counted->from >= window->from && counted->to <= window->to;
}

static int
compare_indices(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

/* Cases of which somebody verified a report, and the entries; the counted
 * ones are in the order of their days, so the evidence is the first of it. */
static uint32_t
collect_evidence(struct judge *judge, const struct view *view,
    struct sweep *sweep, struct window *best)
{
	uint32_t count = 0;

	memset(
	    sweep->in_case, 0, judge->counted.count * sizeof *sweep->in_case);
	for (uint32_t i = 0; i < judge->counted.count; i++) {
		const struct counted *counted = counted_at(judge, i);

		if (!is_in_window(counted, best))
			continue;
		best->incidents++;
		if (counted->is_verified != 0)
			best->verified +=
			    sweep->in_case[counted->suspect_case]++ == 0;
		if (count < VERDICT_EVIDENCE_MAX)
			judge->evidence[count++] =
			    incident_at(view, counted->row)->index;
	}
	qsort(judge->evidence, count, sizeof *judge->evidence, compare_indices);
	return count;
}

/* best->cases is 0 when no window holds enough; returns how many entries of
 * evidence there are. */
static uint32_t
find_window(struct judge *judge, const struct view *view, uint32_t rule,
    struct window *best)
{
	uint32_t count = judge->counted.count, evidence = 0;
	struct sweep sweep = {.now = {0}};

	*best = (struct window){0};
	if (count == 0)
		return 0;
	number_sources(judge);
	number_cases(judge);
	qsort(judge->counted.at, count, sizeof(struct counted), by_from);
	judge->order.count = 0;
	for (uint32_t i = 0; i < count; i++)
		number_add(&judge->order, i);
	qsort_r(judge->order.at, count, sizeof(uint32_t), by_to, judge);
	sweep.in_case = xcalloc(count, sizeof *sweep.in_case);
	sweep.in_source = xcalloc(count, sizeof *sweep.in_source);
	sweep.state = xcalloc(count, sizeof *sweep.state);
	sweep_days(judge, &rule_at(view, rule)->repeat_incidents, &sweep, best);
	if (best->cases > 0)
		evidence = collect_evidence(judge, view, &sweep, best);
	free(sweep.in_case);
	free(sweep.in_source);
	free(sweep.state);
	return evidence;
}

/* ---- verdicts */

static void
put_window(const struct judge *judge, const struct repeat_incidents *rule,
    const struct window *window, struct verdict *verdict)
{
	verdict->figures = (struct figures){.expected = window->incidents,
	    .reported = window->cases - window->verified,
	    .verified = window->verified,
	    .sources = window->sources,
	    .threshold = rule->count};
	verdict->window_from_day = window->from;
	verdict->window_to_day = window->to;
	verdict->evidence = judge->evidence;
}

/* Why fewer count than before. */
static const char *
reason_of(enum cause cause)
{
	switch (cause) {
	case CAUSE_ROSTER:
		return "roster_changed";
	case CAUSE_RULES:
	case CAUSE_CALENDAR:
		return "rule_changed";
	case CAUSE_HELD:
		return "held";
	case CAUSE_REVIEWED:
		return "reviewed";
	default:
		return "withdrawn";
	}
}

static bool
say_ended(const struct view *view, uint32_t alert, enum cause cause,
    struct event *event)
{
	bool was_so = cause == CAUSE_ROSTER || cause == CAUSE_RULES;

	verdict_follow(view, alert,
	    was_so ? EVENT_ALERT_RESOLVED : EVENT_ALERT_WITHDRAWN, event);
	(void)text_copy(event->verdict.reason, WORD_MAX, reason_of(cause));
	return true;
}

static void
say_opened(const struct view *view, uint32_t rule, const char *object,
    struct event *event)
{
	char occasion[OCCASION_MAX];

	(void)snprintf(occasion, sizeof occasion, "within_%" PRIu32 "d",
	    rule_at(view, rule)->repeat_incidents.within_days);
	verdict_open(view, rule, object, occasion, event);
}

static uint32_t
cases_of(const struct alert_row *alert)
{
	return alert->pub.figures.reported + alert->pub.figures.verified;
}

/* A person has closed it, and no more has come since. */
static bool
is_settled(const struct view *view, const struct rule_row *rule,
    const char *object, uint32_t cases)
{
	const struct alert_row *closed =
	    alert_closed_of(view, rule->id, object);

	return closed != NULL && cases <= cases_of(closed);
}

static bool
look_at_object(struct judge *judge, const struct view *view,
    const struct touch *touch, const char *object, struct event *event)
{
	const struct rule_row *rule = rule_at(view, touch->rule);
	uint32_t alert = alert_open_of(view, rule->id, object);
	uint32_t evidence, before;
	struct window best;

	collect(judge, view, touch->rule, object);
	evidence = find_window(judge, view, touch->rule, &best);
	if (best.cases == 0)
		return alert != NO_ROW &&
		       say_ended(view, alert, touch->cause, event);
	if (alert == NO_ROW) {
		if (is_settled(view, rule, object, best.cases))
			return false;
		say_opened(view, touch->rule, object, event);
	} else {
		before = cases_of(alert_at(view, alert));
		if (best.cases == before)
			return false;
		verdict_follow(view, alert,
		    best.cases > before ? EVENT_ALERT_RAISED
					: EVENT_ALERT_CORRECTED,
		    event);
		if (best.cases < before)
			(void)text_copy(event->verdict.reason, WORD_MAX,
			    reason_of(touch->cause));
	}
	put_window(judge, &rule->repeat_incidents, &best, &event->verdict);
	event->verdict.evidence_count = evidence;
	return true;
}

bool
repeat_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	return look_at_object(judge, view, touch, touch->object, event);
}

/* After a change of roster or rules. */
bool
repeat_look_at_alert(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	const struct alert_row *alert = alert_at(view, touch->from);
	struct touch of_rule = *touch;

	if (touch->cause == CAUSE_CALENDAR)
		return false;
	of_rule.rule = rule_still(view, alert);
	if (of_rule.rule == NO_ROW ||
	    rule_scope(rule_at(view, of_rule.rule)) != alert->pub.scope)
		return say_ended(view, touch->from, touch->cause, event);
	return look_at_object(judge, view, &of_rule, alert->pub.object, event);
}
