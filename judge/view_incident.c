/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents: the newest version of each, and the last step of its review that
 * changes what it counts as. Which version or step is the newest is decided
 * by what its writer had seen, then the writer, then the writer's number: the
 * order of arrival does not matter. What is withdrawn stays withdrawn.
 */
#include "judge/view_parts.h"

#include <stdlib.h>
#include <string.h>

#include "model/catalog.h"

/* What each step makes of an incident; a step that is not here (objection,
 * follow-up, end) leaves it as it was. */
static const struct {
	const char *step;
	uint32_t state;
} steps[] = {
    {"DITERIMA", STATE_REPORTED},
    {"DIVERIFIKASI", STATE_VERIFIED},
    {"DITERUSKAN", STATE_VERIFIED},
    {"TERBUKTI", STATE_VERIFIED},
    {"TIDAK_MEMENUHI_SYARAT", 0},
    {"TIDAK_TERBUKTI", 0},
    {"DIHENTIKAN", 0},
    {"GANDA", 0},
};

static bool
step_state(uint32_t step, uint32_t *state)
{
	const char *word = catalog_word(CATALOG_STEP, step);

	for (unsigned i = 0; word != NULL && i < sizeof steps / sizeof *steps;
	     i++)
		if (strcmp(steps[i].step, word) == 0) {
			*state = steps[i].state;
			return true;
		}
	return false;
}

uint32_t
incident_state(const struct incident_row *row)
{
	uint32_t state = STATE_REPORTED;

	if ((row->flags & IS_WITHDRAWN) != 0)
		return 0;
	if (row->step != 0)
		(void)step_state(row->step, &state);
	return state;
}

bool
rule_counts_act(const struct rule_row *rule, const char act[ACT_CODE_MAX])
{
	const struct repeat_incidents *body = &rule->repeat_incidents;

	for (uint32_t i = 0; i < body->act_count; i++)
		if (memcmp(body->acts[i], act, ACT_CODE_MAX) == 0)
			return true;
	return body->act_count == 0;
}

/* The group of a unit may count differently now, under each rule that looks
 * at acts of this kind. */
static void
touch_repeat(struct view *view, uint32_t unit, const char act[ACT_CODE_MAX])
{
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++)
		if (rule_at(view, i)->kind == RULE_REPEAT_INCIDENTS_1 &&
		    rule_counts_act(rule_at(view, i), act))
			touch_add(view, TOUCH_REPEAT, i)->from = unit;
}

void
incident_reported(struct view *view, const struct entry *entry)
{
	const struct incident *incident = &entry->event->incident;
	uint32_t unit = unit_find(view, incident->unit);
	struct incident_row *row;

	if (unit == NO_ROW)
		return;
	row = table_add(&view->tables[TABLE_INCIDENTS]);
	text_copy_incident(&row->incident, incident);
	row->seq = entry->event->seq;
	row->index = entry->index;
	row->node = node_find(view, entry->event->node);
	row->unit = unit;
	record_add(view, row->node,
	    (row_count(view, TABLE_INCIDENTS) - 1) | IS_INCIDENT);
	extra_at(view, unit)->incidents++;
	touch_repeat(view, unit, row->incident.act);
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
	uint32_t unit = unit_find(view, body->unit);

	if (unit == NO_ROW)
		return;
	row->flags |= IS_CORRECTED;
	if (!is_newer(&word, &before))
		return;
	touch_repeat(view, row->unit, row->incident.act);
	text_copy_incident(&row->incident, body);
	row->order = word.order;
	row->order_seq = word.seq;
	row->order_node = word.node;
	extra_at(view, row->unit)->incidents--;
	extra_at(view, unit)->incidents++;
	row->unit = unit;
	touch_repeat(view, unit, row->incident.act);
}

void
incident_withdrawn(struct view *view, uint32_t incident)
{
	struct incident_row *row = incident_at(view, incident);

	row->flags |= IS_WITHDRAWN;
	touch_repeat(view, row->unit, row->incident.act);
}

void
incident_reviewed(struct view *view, const struct entry *entry)
{
	const struct reviewed *reviewed = &entry->event->reviewed;
	uint32_t node = node_find(view, reviewed->target.node);
	uint32_t record = node == NO_ROW
			      ? NO_ROW
			      : record_find(view, node, reviewed->target.seq);
	struct incident_row *row;
	struct word word, before;
	uint32_t state;

	if (record == NO_ROW || (record & IS_INCIDENT) == 0 ||
	    !step_state(reviewed->step, &state))
		return;
	row = incident_at(view, record & ~IS_INCIDENT);
	word = word_of(view, entry);
	before = (struct word){row->step_order, row->step_seq, row->step_node};
	if (!is_newer(&word, &before))
		return;
	row->step = reviewed->step;
	row->step_order = word.order;
	row->step_seq = word.seq;
	row->step_node = word.node;
	touch_repeat(view, row->unit, row->incident.act);
}

struct grouped {
	char object[CODE_MAX];
	uint32_t unit;
};

static int
compare_grouped(const void *a, const void *b)
{
	const struct grouped *first = a, *second = b;
	int order = strcmp(first->object, second->object);

	if (order != 0)
		return order;
	return first->unit < second->unit ? -1 : first->unit > second->unit;
}

/* Each group that has incidents, once. */
void
touch_repeat_all(struct view *view, uint32_t rule, uint64_t now_ms)
{
	uint32_t units = row_count(view, TABLE_UNITS), count = 0;
	struct grouped *found = xcalloc((size_t)units + 1, sizeof *found);

	for (uint32_t i = 0; i < units; i++) {
		if (extra_at(view, i)->incidents == 0)
			continue;
		unit_object(view, i, rule_scope(rule_at(view, rule)),
		    found[count].object);
		found[count++].unit = i;
	}
	qsort(found, count, sizeof *found, compare_grouped);
	for (uint32_t i = 0; i < count; i++) {
		struct touch *touch;

		if (i > 0 && strcmp(found[i].object, found[i - 1].object) == 0)
			continue;
		touch = touch_add(view, TOUCH_REPEAT, rule);
		touch->from = found[i].unit;
		touch->judged_at_ms = now_ms;
		touch->cause = CAUSE_RULES;
	}
	free(found);
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
