/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts, as the verdicts in the log say: facts, whoever decided them.
 *
 * The units that stand in an alert are kept in one table of numbers, each
 * alert with a run of it; an alert that outgrows its run gets a longer one at
 * the end.
 */
#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBER_CAP_MIN = 4 };

static uint32_t
object_hash(const char *rule, const char *object)
{
	return hash_of_text(object, hash_of_text(rule, 0));
}

/* `at` is behind its place in the lookup. */
static uint32_t
find_newest(
    const struct view *view, const char *rule, const char *object, uint32_t *at)
{
	uint32_t hash = object_hash(rule, object), number;

	*at = hash;
	while (lookup_next(&view->derived.alert_by_object, hash, at, &number)) {
		const struct view_alert *alert = &alert_at(view, number)->pub;

		if (strcmp(alert->rule, rule) == 0 &&
		    strcmp(alert->object, object) == 0)
			return number;
	}
	return NO_ROW;
}

uint32_t
alert_find(const struct view *view, const char *rule, const char *object)
{
	uint32_t at;

	return find_newest(view, rule, object, &at);
}

uint32_t
alert_open_of(const struct view *view, const char *rule, const char *object)
{
	uint32_t found = alert_find(view, rule, object);

	if (found == NO_ROW || alert_at(view, found)->pub.state != ALERT_OPEN)
		return NO_ROW;
	return found;
}

uint32_t
alert_by_id(const struct view *view, const uint8_t id[EVENT_ID_SIZE])
{
	uint32_t hash = be32_get(id), at = hash, number;

	while (lookup_next(&view->derived.alert_by_id, hash, &at, &number))
		if (memcmp(alert_at(view, number)->pub.id, id, EVENT_ID_SIZE) ==
		    0)
			return number;
	return NO_ROW;
}

/* ---- members */

const uint32_t *
alert_members(const struct view *view, const struct alert_row *alert)
{
	static const uint32_t none;

	if (alert->pub.unit_count == 0)
		return &none;
	return table_at(&view->tables[TABLE_MEMBERS], alert->member_start);
}

bool
alert_names(
    const struct view *view, const struct alert_row *alert, uint32_t unit)
{
	const uint32_t *members = alert_members(view, alert);
	uint32_t rank = extra_at(view, unit)->rank;
	uint32_t low = 0, high = alert->pub.unit_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t found = extra_at(view, members[middle])->rank;

		if (found == rank)
			return true;
		if (found < rank)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static void
count_listings(struct view *view, const struct alert_row *alert, int step)
{
	const uint32_t *members = alert_members(view, alert);

	for (uint32_t i = 0; i < alert->pub.unit_count; i++)
		extra_at(view, members[i])->listings += (uint32_t)step;
}

static int
compare_ranks(const void *a, const void *b, void *context)
{
	const struct view *view = context;
	uint32_t first = extra_at(view, *(const uint32_t *)a)->rank;
	uint32_t second = extra_at(view, *(const uint32_t *)b)->rank;

	return first < second ? -1 : first > second;
}

static void
members_reserve(struct view *view, struct alert_row *alert, uint32_t count)
{
	struct table *members = &view->tables[TABLE_MEMBERS];
	uint32_t cap = MEMBER_CAP_MIN;

	if (alert->member_cap != 0 && count <= alert->member_cap)
		return;
	while (cap < count)
		cap *= 2;
	alert->member_start = members->count;
	alert->member_cap = cap;
	table_resize(members, members->count + cap);
}

static void
members_put(
    struct view *view, struct alert_row *alert, const struct verdict *verdict)
{
	uint32_t *members, count = 0;

	count_listings(view, alert, -1);
	members_reserve(view, alert, verdict->unit_count);
	members = table_at(&view->tables[TABLE_MEMBERS], alert->member_start);
	for (uint32_t i = 0; i < verdict->unit_count; i++) {
		uint32_t unit = unit_find(view, verdict->units[i].code);

		if (unit != NO_ROW)
			members[count++] = unit;
	}
	for (uint32_t i = count; i < alert->member_cap; i++)
		members[i] = 0;
	if (count > 1)
		qsort_r(members, count, sizeof *members, compare_ranks, view);
	alert->pub.unit_count = count;
	count_listings(view, alert, 1);
}

/* ---- verdicts */

/* It is the newest: numbers ascend. Nobody asks for the one that was before
 * it, and a group that opens again and again is found as quickly as ever. */
static void
alert_lookup_add(struct view *view, uint32_t number)
{
	const struct view_alert *alert = &alert_at(view, number)->pub;
	struct lookup *newest = &view->derived.alert_by_object;
	uint32_t at;

	lookup_add(&view->derived.alert_by_id, be32_get(alert->id), number);
	if (find_newest(view, alert->rule, alert->object, &at) == NO_ROW)
		lookup_add(
		    newest, object_hash(alert->rule, alert->object), number);
	else
		lookup_replace(newest, at, number);
}

static void
alert_opened(struct view *view, const struct entry *entry)
{
	const struct verdict *verdict = &entry->event->verdict;
	struct alert_row *alert;

	if (alert_by_id(view, verdict->alert) != NO_ROW ||
	    alert_open_of(view, verdict->rule, verdict->object) != NO_ROW)
		return;
	alert = table_add(&view->tables[TABLE_ALERTS]);
	memcpy(alert->pub.id, verdict->alert, EVENT_ID_SIZE);
	(void)text_copy(alert->pub.rule, CODE_MAX, verdict->rule);
	(void)text_copy(alert->pub.object, CODE_MAX, verdict->object);
	(void)text_copy(alert->campaign, CODE_MAX, verdict->campaign);
	(void)text_copy(alert->occasion, OCCASION_MAX, verdict->occasion);
	alert->pub.tell = verdict->tell;
	alert->pub.scope = verdict->scope;
	alert->pub.state = ALERT_OPEN;
	alert->pub.opening = verdict->opening;
	alert->pub.opened_index = entry->index;
	alert->pub.severity = verdict->severity;
	alert->pub.step = verdict->step;
	alert->pub.since_ms = verdict->since_ms;
	(void)text_copy(alert->pub.place, WILAYAH_MAX, verdict->place);
	memcpy(alert->pub.node, verdict->node, EVENT_ID_SIZE);
	alert->kind = verdict->kind;
	alert->counts = verdict->counts;
	alert->signed_bp = verdict->signed_bp;
	alert->late_at_opening = verdict->figures.late;
	alert->news_ms = NEVER;
	alert_lookup_add(view, row_count(view, TABLE_ALERTS) - 1);
}

void
alert_verdict(struct view *view, const struct entry *entry)
{
	enum event_kind kind = entry->event->kind;
	const struct verdict *verdict = &entry->event->verdict;
	struct alert_row *alert;
	uint32_t number;

	if (kind == EVENT_ALERT_OPENED)
		alert_opened(view, entry);
	number = alert_by_id(view, verdict->alert);
	if (number == NO_ROW)
		return;
	alert = alert_at(view, number);
	if (alert->pub.state != ALERT_OPEN)
		return;
	alert->pub.last_index = entry->index;
	alert->pub.last_ms = entry->received_at_ms;
	alert->pub.figures = verdict->figures;
	alert->pub.severity = verdict->severity;
	alert->mark = verdict->mark;
	if (alert->kind == RULE_UNSIGNED_UNITS_1)
		members_put(view, alert, verdict);
	if (kind != EVENT_ALERT_WITHDRAWN && kind != EVENT_ALERT_RESOLVED)
		return;
	alert->pub.state =
	    kind == EVENT_ALERT_WITHDRAWN ? ALERT_WITHDRAWN : ALERT_RESOLVED;
	count_listings(view, alert, -1);
	due_again(view, number);
	if (alert->news_ms != NEVER) {
		alert->news_ms = NEVER;
		news_index(view);
	}
}

/* ---- closed by a person */

void
alert_closed(struct view *view, const struct entry *entry)
{
	const struct alert_closed *closed = &entry->event->alert_closed;
	uint32_t number = alert_by_id(view, closed->alert);
	struct view_alert *alert;

	if (number == NO_ROW)
		return;
	alert = &alert_at(view, number)->pub;
	if (alert->state != ALERT_OPEN)
		return;
	alert->closed_index = entry->index;
	(void)text_copy(alert->closed_reason, REASON_MAX, closed->reason);
	(void)touch_alert(view, number, CAUSE_CLOSED);
	if (alert_at(view, number)->kind == RULE_BURST_1)
		burst_decided(view, number, closed->reason);
}

void
alert_delivered(struct view *view, const struct entry *entry)
{
	const struct alert_told *told = &entry->event->told;
	uint32_t number = alert_by_id(view, told->alert);
	struct view_alert *alert;

	if (number == NO_ROW)
		return;
	alert = &alert_at(view, number)->pub;
	if (told->verdict > alert->told_index)
		alert->told_index = told->verdict;
}

const struct alert_row *
alert_closed_of(const struct view *view, const char *rule, const char *object)
{
	uint32_t found = alert_find(view, rule, object);

	if (found == NO_ROW || alert_at(view, found)->pub.closed_index == 0)
		return NULL;
	return alert_at(view, found);
}

/* An OPD's units lie anywhere in the region. */
void
alert_place(const struct view *view, const struct alert_row *alert,
    char wilayah[WILAYAH_MAX])
{
	const struct view_alert *pub = &alert->pub;
	uint32_t unit = NO_ROW;

	(void)text_copy(wilayah, WILAYAH_MAX, view->region.wilayah);
	if (pub->scope == SCOPE_UNIT)
		unit = unit_find(view, pub->object);
	if (unit != NO_ROW)
		(void)text_copy(
		    wilayah, WILAYAH_MAX, unit_at(view, unit)->row.wilayah);
	else if (pub->scope == SCOPE_KECAMATAN)
		(void)text_copy(wilayah, WILAYAH_MAX, pub->object);
	else if (pub->place[0] != '\0')
		(void)text_copy(wilayah, WILAYAH_MAX, pub->place);
}

void
alert_index(struct view *view)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_ALERTS); i++) {
		const struct alert_row *alert = alert_at(view, i);

		alert_lookup_add(view, i);
		if (alert->pub.state == ALERT_OPEN)
			count_listings(view, alert, 1);
	}
	news_index(view);
}

/* ---- what there is to see */

unsigned
view_alert_count(const struct view *view)
{
	return row_count(view, TABLE_ALERTS);
}

const struct view_alert *
view_alert(const struct view *view, unsigned n)
{
	return &alert_at(view, n)->pub;
}

uint32_t
view_alert_kind(const struct view *view, const struct view_alert *alert)
{
	return alert_at(view, alert_by_id(view, alert->id))->kind;
}
