/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times at which nodes have been silent for too long, and cases have not
 * moved. Both fire in the first Ticked at or after them. Neither is due before
 * the rules and the calendar that it follows from are in force.
 *
 * The earliest of each is kept. Contact and moves make it later, and nobody
 * looks for the next one then: the kept time is right or early. Early costs a
 * Ticked that fires nothing, and then it is right again.
 */
#include "judge/view_calendar.h"
#include "judge/case_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* What follows from rules and calendar cannot be older than they are. */
static uint64_t
not_before_them(const struct view *view, uint64_t due_ms)
{
	return later(
	    due_ms, later(view->region.rules_ms, view->region.calendar_ms));
}

static bool
is_closed_behind(
    const struct view *view, const char *rule, const char *object, uint64_t at)
{
	uint32_t alert = alert_find(view, rule, object);

	return alert != NO_ROW &&
	       alert_at(view, alert)->pub.closed_index >= at &&
	       alert_at(view, alert)->pub.closed_index != 0;
}

/* ---- nodes */

void
node_object(uint32_t node, char object[CODE_MAX])
{
	(void)snprintf(object, CODE_MAX, "SIMPUL-%" PRIu32, node);
}

uint64_t
node_contact_ms(const struct view_node *node)
{
	return later(node->begun_ms, node->last_logged_ms);
}

static bool
silence_looks_at(const struct node_silent *rule, const struct view_node *node)
{
	uint32_t kinds =
	    rule->node_kinds == 0 ? 1u << NODE_COLLECTOR : rule->node_kinds;

	return node->state == NODE_ENROLLED && (kinds >> node->kind & 1) != 0 &&
	       (rule->wilayah[0] == '\0' ||
		   wilayah_is_within(node->wilayah, rule->wilayah));
}

uint64_t
silence_due_ms(const struct view *view, uint32_t rule, uint32_t number)
{
	const struct node_silent *body = &rule_at(view, rule)->node_silent;
	const struct view_node *node = node_at(view, number);
	uint64_t contact = node_contact_ms(node), due;
	uint64_t after = body->after_ms, soon = body->sensitive_after_ms;

	if (!silence_looks_at(body, node))
		return NEVER;
	due = view_sensitive_ms(
	    view, contact + (soon == 0 ? after : soon), contact + after);
	return not_before_them(view, due == NEVER ? contact + after : due);
}

/* NEVER: it is told already, or a person has closed it since the contact. */
static uint64_t
silence_awaited_ms(const struct view *view, uint32_t rule, uint32_t number,
    char object[CODE_MAX])
{
	const struct view_node *node = node_at(view, number);
	const char *id = rule_at(view, rule)->id;
	uint64_t due = silence_due_ms(view, rule, number);

	if (due == NEVER)
		return NEVER;
	node_object(number, object);
	if (alert_open_of(view, id, object) != NO_ROW ||
	    is_closed_behind(view, id, object,
		later(node->enrolled_index, node->last_logged_index))) {
		node_extra_at(view, number)->is_unawaited = true;
		return NEVER;
	}
	return due;
}

/* Fires what is due by then, and finds the next. */
static void
look_at_nodes(struct view *view, uint64_t until_ms)
{
	uint64_t next = NEVER;
	char object[CODE_MAX];

	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		if (rule_at(view, i)->kind != RULE_NODE_SILENT_1)
			continue;
		for (uint32_t n = 0; n < row_count(view, TABLE_NODES); n++) {
			uint64_t due = silence_awaited_ms(view, i, n, object);
			struct touch *touch;

			if (due > until_ms) {
				next = due < next ? due : next;
				continue;
			}
			touch = touch_object(view, TOUCH_SILENT, i, object);
			touch->from = n;
			touch->judged_at_ms = due;
			node_extra_at(view, n)->is_unawaited = true;
		}
	}
	view->derived.due_ms[DUE_SILENCE] = next;
}

void
fire_silence(struct view *view, const struct entry *entry)
{
	look_at_nodes(view, entry->event->until_ms);
}

void
node_awaited(struct view *view, uint32_t number)
{
	char object[CODE_MAX];

	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		uint64_t due;

		if (rule_at(view, i)->kind != RULE_NODE_SILENT_1)
			continue;
		due = silence_awaited_ms(view, i, number, object);
		if (due < view->derived.due_ms[DUE_SILENCE])
			view->derived.due_ms[DUE_SILENCE] = due;
	}
}

void
node_contacted(struct view *view, uint32_t number)
{
	struct node_extra *extra = node_extra_at(view, number);

	if (!extra->is_unawaited)
		return;
	extra->is_unawaited = false;
	touch_of_node(view, number, CAUSE_CONTACT);
	node_awaited(view, number);
}

void
touch_of_node(struct view *view, uint32_t number, enum cause cause)
{
	char object[CODE_MAX];

	node_object(number, object);
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);
		uint32_t alert;

		if (rule->kind != RULE_NODE_SILENT_1 &&
		    (rule->kind != RULE_CHAIN_BROKEN_1 ||
			cause != CAUSE_REVOKED))
			continue;
		alert = alert_open_of(view, rule->id, object);
		if (alert != NO_ROW)
			(void)touch_alert(view, alert, cause);
	}
}

/* ---- cases */

static const char case_prefix[] = "KASUS-";

void
case_object(const struct view *view, uint32_t incident, char object[CODE_MAX])
{
	const struct incident_row *row = incident_at(view, incident);

	(void)snprintf(object, CODE_MAX, "%s%" PRIu32 "-%" PRIu64, case_prefix,
	    row->node, row->seq);
}

uint32_t
case_anchor_day(const struct view *view, uint32_t rule, uint32_t incident)
{
	const struct incident_row *row = incident_at(view, incident);

	if (rule_at(view, rule)->case_deadline.anchor == CASE_ANCHOR_KNOWN)
		return row->incident.known_day;
	return view_day(view, row->step_since_ms);
}

static bool
deadline_looks_at(
    const struct case_deadline *rule, const struct incident_row *row)
{
	return (row->flags & (IS_WITHDRAWN | IS_MADE_UP)) == 0 &&
	       row->step == rule->step &&
	       incident_has_act(rule->acts, rule->act_count, row->incident.act);
}

uint64_t
case_due_ms(const struct view *view, uint32_t rule, uint32_t incident)
{
	const struct case_deadline *body = &rule_at(view, rule)->case_deadline;
	uint32_t day;

	if (!deadline_looks_at(body, incident_at(view, incident)))
		return NEVER;
	day = case_anchor_day(view, rule, incident);
	if (body->clock == CLOCK_WORKING)
		day = view_working_after(view, day, body->days);
	else
		day += body->days;
	return day == UINT32_MAX
		   ? NEVER
		   : not_before_them(view, view_day_ms(view, day + 1));
}

uint64_t
view_case_due_ms(const struct view *view, unsigned rule, unsigned n)
{
	return rule_at(view, rule)->kind == RULE_CASE_DEADLINE_1
		   ? case_due_ms(view, rule, n)
		   : NEVER;
}

static uint64_t
case_awaited_ms(const struct view *view, uint32_t rule, uint32_t incident,
    char object[CODE_MAX])
{
	const char *id = rule_at(view, rule)->id;
	uint64_t due = case_due_ms(view, rule, incident);

	if (due == NEVER)
		return NEVER;
	case_object(view, incident, object);
	if (alert_open_of(view, id, object) != NO_ROW ||
	    is_closed_behind(
		view, id, object, incident_at(view, incident)->step_index))
		return NEVER;
	return due;
}

static void
look_at_cases(struct view *view, uint64_t until_ms)
{
	uint64_t next = NEVER;
	char object[CODE_MAX];

	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		if (rule_at(view, i)->kind != RULE_CASE_DEADLINE_1)
			continue;
		for (uint32_t n = 0; n < row_count(view, TABLE_INCIDENTS);
		     n++) {
			uint64_t due = case_awaited_ms(view, i, n, object);
			struct touch *touch;

			if (due > until_ms) {
				next = due < next ? due : next;
				continue;
			}
			touch = touch_object(view, TOUCH_DEADLINE, i, object);
			touch->from = n;
			touch->judged_at_ms = due;
		}
	}
	view->derived.due_ms[DUE_CASE] = next;
}

void
fire_cases(struct view *view, const struct entry *entry)
{
	look_at_cases(view, entry->event->until_ms);
}

static uint32_t
case_by_object(const struct view *view, const char *object)
{
	char *end = NULL;
	unsigned long node;
	uint64_t seq;
	uint32_t record;

	if (strncmp(object, case_prefix, sizeof case_prefix - 1) != 0)
		return NO_ROW;
	node = strtoul(object + sizeof case_prefix - 1, &end, 10);
	if (*end != '-' || node >= row_count(view, TABLE_NODES))
		return NO_ROW;
	seq = strtoull(end + 1, &end, 10);
	record = *end != '\0' ? NO_ROW : record_find(view, (uint32_t)node, seq);
	if (record == NO_ROW || (record & IS_INCIDENT) == 0)
		return NO_ROW;
	return record & ~IS_INCIDENT;
}

void
view_case_name(const struct view *view, unsigned n, char name[CODE_MAX])
{
	case_object(view, n, name);
}

unsigned
view_case_by_name(const struct view *view, const char *name)
{
	uint32_t found = case_by_object(view, name);

	return found == NO_ROW ? VIEW_NO_CASE : found;
}

void
case_moved(struct view *view, uint32_t incident, enum cause cause)
{
	char object[CODE_MAX];

	case_object(view, incident, object);
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);
		uint64_t due;
		uint32_t alert;

		if (rule->kind != RULE_CASE_DEADLINE_1)
			continue;
		due = case_due_ms(view, i, incident);
		if (due < view->derived.due_ms[DUE_CASE])
			view->derived.due_ms[DUE_CASE] = due;
		alert = alert_open_of(view, rule->id, object);
		if (alert != NO_ROW)
			(void)touch_alert(view, alert, cause);
	}
}

/* ---- faults */

static void
touch_fault(struct view *view, uint32_t rule, uint32_t node, const char *word)
{
	char object[CODE_MAX];
	struct touch *touch;

	node_object(node, object);
	touch = touch_object(view, TOUCH_FAULT, rule, object);
	touch->from = node;
	touch->word = word;
	touch->mark_index = view->size; /* this entry */
}

void
node_faulted(struct view *view, const struct entry *entry)
{
	const struct node_faulted *faulted = &entry->event->faulted;
	uint32_t node = node_find(view, faulted->node);

	if (node == NO_ROW || node_at(view, node)->state != NODE_ENROLLED)
		return;
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++)
		if (rule_at(view, i)->kind == RULE_CHAIN_BROKEN_1)
			touch_fault(view, i, node, reject_word(faulted->word));
}

/* How far off a clock is that wrote this; an hour is lost where the time is
 * that of the full hour. */
static const char *
clock_fault(
    const struct view_node *node, const struct entry *entry, uint64_t clock_ms)
{
	enum { HOUR_MS = 60 * 60 * 1000 };
	uint64_t at = entry->event->recorded_at_ms;
	uint64_t latest =
	    at + (event_incident(entry->event) != NULL ? HOUR_MS : 0);

	if (at > entry->received_at_ms && at - entry->received_at_ms > clock_ms)
		return "clock_ahead";
	if (latest < node->begun_ms && node->begun_ms - latest > clock_ms)
		return "clock_behind";
	return NULL;
}

void
node_clock_noted(struct view *view, const struct entry *entry)
{
	uint32_t number = node_find(view, entry->event->node);
	const struct view_node *node = node_at(view, number);

	if (node->state != NODE_ENROLLED ||
	    clock_fault(node, entry, view->derived.least_clock_ms) == NULL)
		return;
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);
		uint64_t clock_ms = rule->chain_broken.clock_ms;
		const char *word;

		if (rule->kind != RULE_CHAIN_BROKEN_1 || clock_ms == 0)
			continue;
		word = clock_fault(node, entry, clock_ms);
		if (word != NULL)
			touch_fault(view, i, number, word);
	}
}

/* ---- what was told is over */

void
due_again(struct view *view, uint32_t alert)
{
	const struct alert_row *row = alert_at(view, alert);
	uint32_t rule = rule_find(view, row->pub.rule);
	uint32_t incident = NO_ROW;
	char object[CODE_MAX];

	/* Also where the rule of this name was of another kind before. */
	if (node_find(view, row->pub.node) != NO_ROW)
		node_awaited(view, node_find(view, row->pub.node));
	if (row->kind == RULE_CASE_DEADLINE_1)
		incident = case_by_object(view, row->pub.object);
	if (incident != NO_ROW && rule != NO_ROW &&
	    rule_at(view, rule)->kind == RULE_CASE_DEADLINE_1) {
		uint64_t due = case_awaited_ms(view, rule, incident, object);

		if (due < view->derived.due_ms[DUE_CASE])
			view->derived.due_ms[DUE_CASE] = due;
	}
}

/* ---- after a load, and when rules or the calendar have changed */

void
due_index(struct view *view)
{
	struct derived *derived = &view->derived;

	look_at_nodes(view, 0);
	look_at_cases(view, 0);
	derived->least_clock_ms = NEVER;
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);
		uint64_t clock_ms = rule->chain_broken.clock_ms;

		if (rule->kind == RULE_CHAIN_BROKEN_1 && clock_ms != 0 &&
		    clock_ms < derived->least_clock_ms)
			derived->least_clock_ms = clock_ms;
	}
}
