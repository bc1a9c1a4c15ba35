/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/explain.h"

#include <string.h>

#include "model/catalog.h"

/* ---- collectors concerned */

static const struct view_unit *
opd_of(const struct view *view, const struct view_unit *unit)
{
	enum { DEPTH_MAX = 64 };

	for (unsigned i = 0; i < DEPTH_MAX && unit->row.parent[0] != '\0';
	     i++) {
		const struct view_unit *parent =
		    view_unit_by_code(view, unit->row.parent);

		if (parent == NULL)
			break;
		unit = parent;
	}
	return unit;
}

static bool
is_scope(uint32_t scope, const char *word)
{
	const char *is = catalog_word(CATALOG_SCOPE, scope);

	return is != NULL && strcmp(is, word) == 0;
}

/* Of scopes that are no place, every unit may bear on it. */
static bool
falls_in(const struct explain *explain, const struct view_unit *unit)
{
	const struct view_alert *alert = explain->alert;

	if (!unit->is_active)
		return false;
	if (is_scope(alert->scope, "unit"))
		return strcmp(unit->row.code, alert->object) == 0;
	if (is_scope(alert->scope, "kecamatan"))
		return wilayah_is_within(unit->row.wilayah, alert->object);
	if (is_scope(alert->scope, "opd"))
		return strcmp(opd_of(explain->view, unit)->row.code,
			   alert->object) == 0;
	return true;
}

void
explain_place(const struct view *view, const struct view_alert *alert,
    char place[WILAYAH_MAX])
{
	const struct view_unit *unit = view_unit_by_code(view, alert->object);

	place[0] = '\0';
	if (is_scope(alert->scope, "kecamatan") ||
	    is_scope(alert->scope, "region"))
		(void)text_copy(place, WILAYAH_MAX, alert->object);
	else if (unit != NULL && (is_scope(alert->scope, "unit") ||
				     is_scope(alert->scope, "opd")))
		(void)text_copy(place, WILAYAH_MAX, unit->row.wilayah);
}

/* Of nodes it is that node; of a case whoever may write where it lies. */
static bool
is_named_or_covers(
    const struct verdict *verdict, const struct view_node *node, bool *answer)
{
	static const uint8_t none[EVENT_ID_SIZE];

	if (memcmp(verdict->node, none, sizeof none) != 0) {
		*answer = memcmp(verdict->node, node->id, EVENT_ID_SIZE) == 0;
		return true;
	}
	if (verdict->place[0] == '\0')
		return false;
	*answer = wilayah_is_within(verdict->place, node->wilayah);
	return true;
}

bool
explain_concerns(const struct explain *explain, const struct view_node *node)
{
	const char *kind = catalog_word(CATALOG_NODE_KIND, node->kind);
	bool answer = false, is_answered;

	is_answered = is_named_or_covers(
	    &dossier_last(explain->dossier)->verdict, node, &answer);
	if (is_answered && is_scope(explain->alert->scope, "node"))
		return answer;
	if (kind == NULL || strcmp(kind, "collector") != 0 ||
	    node->state == NODE_REVOKED)
		return false;
	if (is_answered)
		return answer;
	for (unsigned i = 0; i < view_unit_count(explain->view); i++) {
		const struct view_unit *unit = view_unit(explain->view, i);

		if (wilayah_is_within(unit->row.wilayah, node->wilayah) &&
		    falls_in(explain, unit))
			return true;
	}
	return false;
}

/* ---- since when */

/* Judges of before wrote the day on which the act was known for each unit. */
uint64_t
explain_since_ms(const struct explain *explain, const struct verdict *verdict)
{
	enum { ANCHOR_MOVED = 1 /* of CATALOG_CASE_ANCHOR */ };
	const struct dossier *dossier = explain->dossier;
	unsigned n = view_case_by_name(explain->view, explain->alert->object);
	struct cell cell;

	if (verdict->kind != RULE_CASE_DEADLINE_1 || n == VIEW_NO_CASE)
		return verdict->since_ms;
	if (dossier->has_rule &&
	    dossier->rule.case_deadline.anchor == ANCHOR_MOVED)
		return verdict->since_ms;
	cell_of_incident(explain->view, n, &cell);
	return cell.is_small ? 0 : verdict->since_ms;
}

/* ---- rows of the basis */

static void
put_incident(const struct explain *explain, const struct incident *incident,
    struct explain_row *row)
{
	bool is_of_unit;

	cell_of(explain->view, incident->unit, incident->subject, &row->cell);
	cell_put_day(&row->cell, incident->happened_from_day, row->day);
	row->act = incident->act;
	row->subject = incident->subject;
	row->unit = row->cell.object;
	row->scope = row->cell.scope;
	/* The alert itself names the unit, or is on this very report and may
	 * have named it: then the kind of subject is what must not stand beside
	 * it. */
	is_of_unit = is_scope(explain->alert->scope, "case") ||
		     (is_scope(explain->alert->scope, "unit") &&
			 strcmp(explain->alert->object, incident->unit) == 0);
	if (row->cell.is_small && is_of_unit)
		row->subject = 0;
}

static void
put_unit(const char *unit, struct explain_row *row)
{
	row->unit = unit;
	row->scope = catalog_number(CATALOG_SCOPE, "unit");
}

static void
put_pledge(
    const struct pledge *pledge, const char *zone, struct explain_row *row)
{
	uint32_t day =
	    calendar_day_of_ms(pledge->made_at_ms, wilayah_zone_hours(zone));

	calendar_day_put(row->day, day);
	put_unit(pledge->unit, row);
}

void
explain_row(const struct explain *explain, const struct dossier_basis *basis,
    struct explain_row *row)
{
	const struct event *event = &basis->event;
	const struct incident *incident = event_incident(event);

	*row = (struct explain_row){.kind = event_kind_name(event->kind),
	    .node = basis->author == AUTHOR_LOG ? NULL : event->node,
	    .unit = "",
	    .act = ""};
	if (incident != NULL)
		put_incident(explain, incident, row);
	else if (event->kind == EVENT_PLEDGE_MADE)
		put_pledge(&event->pledge, explain->zone, row);
	else if (event->kind == EVENT_CORRECTED)
		put_pledge(&event->corrected.pledge, explain->zone, row);
	else if (event->kind == EVENT_INCIDENT_REVIEWED)
		row->step = event->reviewed.step;
	else if (event->kind == EVENT_UNIT_EXCUSED)
		put_unit(event->excused.unit, row);
	else if (event->kind == EVENT_DEADLINE_EXTENDED)
		put_unit(event->extended.unit, row);
}
