/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents: the newest version of each. Which version is the newest is
 * decided by what its writer had seen, then the writer, then the writer's
 * number: the order of arrival does not matter. What is withdrawn stays
 * withdrawn.
 *
 * Whatever changes what an incident counts as, or where it counts, gives the
 * judge the groups that it was in and those that it is in.
 */
#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- groups */

bool
incident_has_act(const char acts[RULE_ACTS_MAX][ACT_CODE_MAX],
    uint32_t act_count, const char act[ACT_CODE_MAX])
{
	for (uint32_t i = 0; i < act_count; i++)
		if (memcmp(acts[i], act, ACT_CODE_MAX) == 0)
			return true;
	return act_count == 0;
}

/* Twelve bytes as letters: digits in a row would look like a number of a
 * person. */
static void
subject_put(char object[CODE_MAX], const uint8_t tag[EVENT_HASH_SIZE])
{
	for (unsigned i = 0; i < (CODE_MAX - 1) / 2; i++) {
		object[2 * i] = (char)('A' + (tag[i] >> 4));
		object[2 * i + 1] = (char)('A' + (tag[i] & 15));
	}
	object[CODE_MAX - 1] = '\0';
}

bool
incident_object(const struct view *view, uint32_t incident, uint32_t scope,
    char object[CODE_MAX])
{
	const struct incident_row *row = incident_at(view, incident);

	if (scope == SCOPE_SUBJECT) {
		if (row->incident.has_subject_tag)
			subject_put(object, row->incident.subject_tag);
		return row->incident.has_subject_tag;
	}
	if (scope == SCOPE_ACT)
		(void)text_copy(object, CODE_MAX, row->incident.act);
	else
		unit_object(view, row->unit, scope, object);
	return true;
}

void
touch_repeat(struct view *view, uint32_t incident, enum cause cause)
{
	const char *act = incident_at(view, incident)->incident.act;
	char object[CODE_MAX];

	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);
		const struct repeat_incidents *body = &rule->repeat_incidents;

		if (rule->kind != RULE_REPEAT_INCIDENTS_1 ||
		    !incident_has_act(body->acts, body->act_count, act) ||
		    !incident_object(view, incident, body->scope, object))
			continue;
		touch_object(view, TOUCH_REPEAT, i, object)->cause = cause;
	}
}

static int
compare_objects(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Each group that has incidents, once. */
void
touch_repeat_all(struct view *view, uint32_t rule, uint64_t now_ms)
{
	uint32_t scope = rule_at(view, rule)->repeat_incidents.scope;
	struct table found;

	table_init(&found, CODE_MAX);
	for (uint32_t i = 0; i < row_count(view, TABLE_INCIDENTS); i++)
		if (!incident_object(view, i, scope, table_add(&found)))
			found.count--;
	if (found.count > 1)
		qsort(found.at, found.count, CODE_MAX, compare_objects);
	for (uint32_t i = 0; i < found.count; i++) {
		const char *object = table_at(&found, i);
		struct touch *touch;

		if (i > 0 && strcmp(object, table_at(&found, i - 1)) == 0)
			continue;
		touch = touch_object(view, TOUCH_REPEAT, rule, object);
		touch->judged_at_ms = now_ms;
		touch->cause = CAUSE_RULES;
	}
	table_clear(&found);
}

/* ---- those of a unit */

static void
unit_enters(struct view *view, uint32_t incident)
{
	struct unit_extra *unit =
	    extra_at(view, incident_at(view, incident)->unit);

	incident_extra_at(view, incident)->next = unit->first_incident;
	unit->first_incident = incident;
	unit->incidents++;
}

static void
unit_leaves(struct view *view, uint32_t incident)
{
	struct unit_extra *unit =
	    extra_at(view, incident_at(view, incident)->unit);
	uint32_t *at = &unit->first_incident;

	while (*at != incident)
		at = &incident_extra_at(view, *at)->next;
	*at = incident_extra_at(view, incident)->next;
	unit->incidents--;
}

void
incident_index(struct view *view)
{
	uint32_t count = row_count(view, TABLE_INCIDENTS);

	table_resize(&view->derived.incident_extras, count);
	for (uint32_t i = 0; i < count; i++)
		unit_enters(view, i);
}

bool
incidents_are_sound(const struct view *view)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_INCIDENTS); i++)
		if (incident_at(view, i)->node >=
			row_count(view, TABLE_NODES) ||
		    incident_at(view, i)->unit >= row_count(view, TABLE_UNITS))
			return false;
	return true;
}

/* ---- entries */

void
incident_reported(struct view *view, const struct entry *entry)
{
	const struct incident *incident = &entry->event->incident;
	uint32_t unit = unit_find(view, incident->unit);
	uint32_t number = row_count(view, TABLE_INCIDENTS);
	struct incident_row *row;

	if (unit == NO_ROW)
		return;
	row = table_add(&view->tables[TABLE_INCIDENTS]);
	(void)table_add(&view->derived.incident_extras);
	text_copy_incident(&row->incident, incident);
	row->seq = entry->event->seq;
	row->index = entry->index;
	row->received_ms = entry->received_at_ms;
	row->recorded_ms = entry->event->recorded_at_ms;
	row->step_since_ms = entry->received_at_ms;
	row->step_index = entry->index;
	row->node = node_find(view, entry->event->node);
	row->unit = unit;
	row->first_review = NO_ROW;
	row->twin = NO_ROW;
	record_add(view, row->node, number | IS_INCIDENT);
	unit_enters(view, number);
	burst_look(view, unit, row->node, CAUSE_MARK);
	touch_repeat(view, number, CAUSE_MARK);
	case_moved(view, number, CAUSE_MARK);
}

/* Who spoke with how much knowledge. */
struct word {
	uint64_t order, seq;
	uint32_t node;
};

static struct word
word_of(const struct view *view, const struct entry *entry)
{
	uint32_t node = node_find(view, entry->event->node);

	return (struct word){.order = node_at(view, node)->seen_size,
	    .seq = entry->event->seq,
	    .node = node};
}

static bool
is_newer(const struct word *a, const struct word *b)
{
	if (a->order != b->order)
		return a->order > b->order;
	if (a->node != b->node)
		return a->node > b->node;
	return a->seq > b->seq;
}

void
incident_corrected(
    struct view *view, const struct entry *entry, uint32_t incident)
{
	const struct incident *body = &entry->event->corrected.incident;
	struct incident_row *row = incident_at(view, incident);
	struct word word = word_of(view, entry);
	struct word before = {row->order, row->order_seq, row->order_node};
	uint32_t unit = unit_find(view, body->unit), was = row->unit;

	if (unit == NO_ROW)
		return;
	row->flags |= IS_CORRECTED;
	row->corrections++;
	if (!is_newer(&word, &before))
		return;
	touch_repeat(view, incident, CAUSE_MARK);
	text_copy_incident(&row->incident, body);
	row->order = word.order;
	row->order_seq = word.seq;
	row->order_node = word.node;
	if (unit != was) {
		unit_leaves(view, incident);
		row->unit = unit;
		unit_enters(view, incident);
		burst_look(view, was, row->node, CAUSE_MARK);
		burst_look(view, unit, row->node, CAUSE_MARK);
	}
	touch_repeat(view, incident, CAUSE_MARK);
	case_moved(view, incident, CAUSE_RULES);
}

void
incident_withdrawn(struct view *view, uint32_t incident)
{
	struct incident_row *row = incident_at(view, incident);

	row->flags |= IS_WITHDRAWN;
	burst_look(view, row->unit, row->node, CAUSE_MARK);
	touch_repeat(view, incident, CAUSE_MARK);
	case_moved(view, incident, CAUSE_MARK);
	twin_gone(view);
}

/* ---- what there is to see */

unsigned
view_incident_count(const struct view *view)
{
	return row_count(view, TABLE_INCIDENTS);
}

bool
view_incident(
    const struct view *view, unsigned n, struct view_incident *incident)
{
	const struct incident_row *row = incident_at(view, n);

	if ((row->flags & IS_WITHDRAWN) != 0)
		return false;
	*incident = (struct view_incident){
	    .index = row->index, .incident = row->incident};
	memcpy(incident->id.node, node_at(view, row->node)->id, EVENT_ID_SIZE);
	incident->id.seq = row->seq;
	return true;
}
