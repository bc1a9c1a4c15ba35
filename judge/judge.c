/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Goes through what the last input has touched, in its order, and asks the
 * rules. The frame of every verdict is made here.
 */
#include "judge/judge.h"

#include "judge/cell.h"
#include "judge/judge_parts.h"

#include <stdlib.h>
#include <string.h>

#include "trust/hash.h"

enum {
	STEPS_MAX = 64, /* verdicts on one group at one entry */
	UNIT_KIND_KECAMATAN = 7,
};

struct judge *
judge_new(void)
{
	struct judge *judge = xcalloc(1, sizeof *judge);

	table_init(&judge->found, sizeof(uint32_t));
	table_init(&judge->order, sizeof(uint32_t));
	table_init(&judge->counted, sizeof(struct counted));
	return judge;
}

void
judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	table_clear(&judge->found);
	table_clear(&judge->counted);
	table_clear(&judge->order);
	free(judge);
}

/* ---- frames of verdicts */

/* The kecamatan's own office gives a kecamatan its name. */
static const char *
district_name(const struct view *view, const char *wilayah)
{
	uint32_t first, end;

	place_range(view, wilayah, &first, &end);
	for (uint32_t i = first; i < end; i++) {
		const struct view_unit *unit =
		    unit_at(view, number_at(&view->derived.by_place, i));

		if (unit->row.kind == UNIT_KIND_KECAMATAN && unit->is_active)
			return unit->row.name;
	}
	return "";
}

static const char *
object_name(const struct view *view, uint32_t scope, const char *object)
{
	uint32_t unit;

	if (scope == SCOPE_KECAMATAN)
		return district_name(view, object);
	if (scope != SCOPE_UNIT && scope != SCOPE_OPD)
		return "";
	unit = unit_find(view, object);
	return unit == NO_ROW ? "" : unit_at(view, unit)->row.name;
}

/* Nodes and cases have no name: what lies where they are has. Of a case only
 * what may be told of it. */
static void
put_place_name(const struct view *view, struct verdict *verdict)
{
	struct cell cell;
	unsigned found;

	if (verdict->scope == SCOPE_NODE)
		(void)text_copy(verdict->object_name, NAME_MAX_BYTES,
		    district_name(view, verdict->place));
	if (verdict->scope != SCOPE_CASE)
		return;
	found = view_case_by_name(view, verdict->object);
	if (found == VIEW_NO_CASE)
		return;
	cell_of_incident(view, found, &cell);
	(void)text_copy(verdict->object_name, NAME_MAX_BYTES, cell.name);
}

void
verdict_place(
    const struct view *view, const char *wilayah, struct verdict *verdict)
{
	(void)text_copy(verdict->place, WILAYAH_MAX, wilayah);
	put_place_name(view, verdict);
}

static void
alert_id(const struct verdict *verdict, uint8_t id[EVENT_ID_SIZE])
{
	uint8_t opening[4];
	struct hash hash;

	be32_put(opening, verdict->opening);
	/* Each text with the zero that ends it. */
	hash = hash_parts(
	    (struct bytes[]){bytes_of(verdict->rule, strlen(verdict->rule) + 1),
		bytes_of(verdict->object, strlen(verdict->object) + 1),
		bytes_of(verdict->occasion, strlen(verdict->occasion) + 1),
		bytes_of(opening, sizeof opening)},
	    4);
	memcpy(id, hash.at, EVENT_ID_SIZE);
}

static void
verdict_start(
    const struct view *view, enum event_kind kind, struct event *event)
{
	memset(event, 0, sizeof *event);
	event->version = EVENT_VERSION;
	event->kind = kind;
	(void)text_copy(
	    event->wilayah, sizeof event->wilayah, view->region.wilayah);
	event->verdict.rules_version = (uint32_t)view->region.rules_version;
}

static uint32_t
severity_of(const struct rule_row *row)
{
	return row->severity == 0 ? SEVERITY_WARNING : row->severity;
}

void
verdict_open(const struct view *view, uint32_t rule, const char *object,
    const char *occasion, struct event *event)
{
	const struct rule_row *row = rule_at(view, rule);
	const char *campaign = rule_campaign(row);
	uint32_t before = alert_find(view, row->id, object);
	struct verdict *verdict = &event->verdict;

	verdict_start(view, EVENT_ALERT_OPENED, event);
	(void)text_copy(verdict->rule, CODE_MAX, row->id);
	verdict->kind = row->kind;
	verdict->tell = row->tell;
	verdict->severity = severity_of(row);
	(void)text_copy(
	    verdict->campaign, CODE_MAX, campaign == NULL ? "" : campaign);
	verdict->scope = rule_scope(row);
	(void)text_copy(verdict->object, CODE_MAX, object);
	(void)text_copy(verdict->object_name, NAME_MAX_BYTES,
	    object_name(view, verdict->scope, object));
	(void)text_copy(verdict->occasion, OCCASION_MAX, occasion);
	if (row->kind == RULE_UNSIGNED_UNITS_1) {
		verdict->counts = row->unsigned_units.counts;
		verdict->signed_bp = row->unsigned_units.signed_bp;
	}
	verdict->opening =
	    before == NO_ROW ? 1 : alert_at(view, before)->pub.opening + 1;
	alert_id(verdict, verdict->alert);
}

void
verdict_follow(const struct view *view, uint32_t alert, enum event_kind kind,
    struct event *event)
{
	const struct alert_row *row = alert_at(view, alert);
	uint32_t rule = rule_find(view, row->pub.rule);
	struct verdict *verdict = &event->verdict;

	verdict_start(view, kind, event);
	memcpy(verdict->alert, row->pub.id, EVENT_ID_SIZE);
	(void)text_copy(verdict->rule, CODE_MAX, row->pub.rule);
	verdict->kind = (enum rule_kind)row->kind;
	verdict->tell = row->pub.tell;
	(void)text_copy(verdict->campaign, CODE_MAX, row->campaign);
	verdict->scope = row->pub.scope;
	(void)text_copy(verdict->object, CODE_MAX, row->pub.object);
	(void)text_copy(verdict->object_name, NAME_MAX_BYTES,
	    object_name(view, row->pub.scope, row->pub.object));
	(void)text_copy(verdict->occasion, OCCASION_MAX, row->occasion);
	verdict->opening = row->pub.opening;
	verdict->mark = row->mark;
	verdict->figures = row->pub.figures;
	verdict->counts = row->counts;
	verdict->signed_bp = row->signed_bp;
	verdict->severity = rule == NO_ROW ? row->pub.severity
					   : severity_of(rule_at(view, rule));
	verdict->step = row->pub.step;
	verdict->since_ms = row->pub.since_ms;
	memcpy(verdict->node, row->pub.node, EVENT_ID_SIZE);
	if (row->pub.place[0] != '\0')
		verdict_place(view, row->pub.place, verdict);
}

uint32_t
rule_still(const struct view *view, const struct alert_row *alert)
{
	uint32_t rule = rule_find(view, alert->pub.rule);

	if (rule == NO_ROW || rule_at(view, rule)->kind != alert->kind ||
	    rule_at(view, rule)->tell != alert->pub.tell)
		return NO_ROW;
	return rule;
}

bool
verdict_end(const struct view *view, uint32_t alert, enum event_kind kind,
    const char *reason, struct event *event)
{
	verdict_follow(view, alert, kind, event);
	(void)text_copy(event->verdict.reason, WORD_MAX, reason);
	return true;
}

void
unit_put(const struct view *view, uint32_t unit, const char *why,
    struct alert_unit *to)
{
	const struct unit_row *row = &unit_at(view, unit)->row;

	memset(to, 0, sizeof *to);
	(void)text_copy(to->code, sizeof to->code, row->code);
	(void)text_copy(to->name, sizeof to->name, row->name);
	(void)text_copy(to->wilayah, sizeof to->wilayah, row->wilayah);
	(void)text_copy(to->why, sizeof to->why, why == NULL ? "" : why);
}

/* ---- ends that no rule decides */

/* NULL: the rule is to be asked. */
static const char *
reason_of(enum cause cause)
{
	if (cause == CAUSE_CLOSED)
		return "closed";
	return cause == CAUSE_CAMPAIGN_CLOSED ? "campaign_closed" : NULL;
}

/* It ends with all that stood in it. */
static bool
say_closed(struct judge *judge, const struct view *view,
    const struct touch *touch, const char *reason, struct event *event)
{
	const struct alert_row *alert = alert_at(view, touch->from);
	const uint32_t *members = alert_members(view, alert);

	verdict_follow(view, touch->from, EVENT_ALERT_RESOLVED, event);
	(void)text_copy(event->verdict.reason, WORD_MAX, reason);
	for (uint32_t i = 0; i < alert->pub.unit_count; i++)
		unit_put(view, members[i], NULL, &judge->units[i]);
	event->verdict.units = judge->units;
	event->verdict.unit_count = alert->pub.unit_count;
	event->verdict.removed = judge->removed;
	event->verdict.evidence = judge->evidence;
	return true;
}

/* ---- one after the other */

static void
touch_enter(struct judge *judge, const struct view *view)
{
	judge->steps = 0;
	if (judge->touch < view->touches.count)
		judge->group = ((const struct touch *)table_at(
				    &view->touches, judge->touch))
				   ->from;
}

void
judge_start(
    struct judge *judge, const struct view *view, const struct entry *input)
{
	judge->recorded_at_ms = input->received_at_ms;
	judge->touch = 0;
	touch_enter(judge, view);
}

static bool
look(struct judge *judge, const struct view *view, const struct touch *touch,
    struct event *event)
{
	switch (touch->kind) {
	case TOUCH_GROUPS:
		return judge->group < touch->to &&
		       unsigned_look(judge, view, touch, event);
	case TOUCH_REPEAT:
		return repeat_look(judge, view, touch, event);
	case TOUCH_BURST:
		return burst_look_at_unit(judge, view, touch, event);
	case TOUCH_SILENT:
		return silent_look(view, touch, event);
	case TOUCH_DEADLINE:
		return deadline_look(judge, view, touch, event);
	case TOUCH_FAULT:
		return fault_look(judge, view, touch, event);
	case TOUCH_ALERT:
		break;
	}
	if (alert_at(view, touch->from)->pub.state != ALERT_OPEN)
		return false;
	if (reason_of(touch->cause) != NULL)
		return say_closed(
		    judge, view, touch, reason_of(touch->cause), event);
	switch ((enum rule_kind)alert_at(view, touch->from)->kind) {
	case RULE_UNSIGNED_UNITS_1:
		return unsigned_look_at_alert(judge, view, touch, event);
	case RULE_REPEAT_INCIDENTS_1:
		return repeat_look_at_alert(judge, view, touch, event);
	case RULE_NODE_SILENT_1:
		return silent_look_at_alert(view, touch, event);
	case RULE_CASE_DEADLINE_1:
		return deadline_look_at_alert(view, touch, event);
	case RULE_BURST_1:
		return burst_look_at_alert(judge, view, touch, event);
	case RULE_CHAIN_BROKEN_1:
		return fault_look_at_alert(view, touch, event);
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	return false;
}

bool
judge_next(struct judge *judge, const struct view *view, struct event *verdict)
{
	while (judge->touch < view->touches.count) {
		const struct touch *touch =
		    table_at(&view->touches, judge->touch);

		if (look(judge, view, touch, verdict)) {
			CHECK(judge->steps++ < STEPS_MAX);
			verdict->recorded_at_ms = judge->recorded_at_ms;
			verdict->verdict.judged_at_ms = touch->judged_at_ms;
			return true;
		}
		judge->steps = 0;
		if (touch->kind == TOUCH_GROUPS &&
		    judge->group + 1 < touch->to) {
			judge->group++;
			continue;
		}
		judge->touch++;
		touch_enter(judge, view);
	}
	return false;
}
