/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/cell.h"

#include "judge/view_parts.h"

#include <string.h>

enum { MONTH_COLUMNS = 7 /* of 2024-10-04 */ };

/* The roster counts civil servants and other staff; of village heads and other
 * officials a unit has one, or it is not known. */
static bool
is_counted(uint32_t subject)
{
	return subject >= 1 && subject <= EMPLOYMENT_KINDS;
}

static uint64_t
people_of(const struct view_unit *unit, uint32_t subject)
{
	return is_counted(subject) ? unit->row.heads[subject - 1] : 0;
}

/* Of all units on the roster that share the unit's OPD, or lie within. */
static uint64_t
people_around(
    const struct view *view, uint32_t opd, const char *within, uint32_t subject)
{
	uint64_t people = 0;

	for (uint32_t i = 0; i < row_count(view, TABLE_UNITS); i++) {
		const struct view_unit *unit = unit_at(view, i);

		if (unit->is_active &&
		    (within != NULL
			    ? wilayah_is_within(unit->row.wilayah, within)
			    : extra_at(view, i)->opd == opd))
			people += people_of(unit, subject);
	}
	return people;
}

static void
put(struct cell *cell, uint32_t scope, const char *object, const char *name)
{
	cell->scope = scope;
	(void)text_copy(cell->object, sizeof cell->object, object);
	(void)text_copy(cell->name, sizeof cell->name, name);
}

void
cell_of(const struct view *view, const char *unit, uint32_t subject,
    struct cell *cell)
{
	uint32_t number = unit_find(view, unit), opd;
	char district[WILAYAH_MAX];
	const struct unit_row *row;

	*cell = (struct cell){.is_small = true};
	put(cell, SCOPE_REGION, view->region.wilayah, "");
	if (number == NO_ROW)
		return;
	row = &unit_at(view, number)->row;
	opd = extra_at(view, number)->opd;
	wilayah_district(row->wilayah, district);
	if (people_of(unit_at(view, number), subject) >= CELL_PEOPLE_MIN) {
		cell->is_small = false;
		put(cell, SCOPE_UNIT, row->code, row->name);
	} else if (opd != number &&
		   people_around(view, opd, NULL, subject) >= CELL_PEOPLE_MIN) {
		row = &unit_at(view, opd)->row;
		put(cell, SCOPE_OPD, row->code, row->name);
	} else if (wilayah_level(district) == WILAYAH_DISTRICT &&
		   people_around(view, opd, district, subject) >=
		       CELL_PEOPLE_MIN) {
		put(cell, SCOPE_KECAMATAN, district, "");
	}
}

void
cell_of_incident(const struct view *view, unsigned n, struct cell *cell)
{
	const struct incident *incident = &incident_at(view, n)->incident;

	cell_of(view, incident->unit, incident->subject, cell);
}

void
cell_put_place(
    const struct view *view, const struct cell *cell, char wilayah[WILAYAH_MAX])
{
	uint32_t unit = NO_ROW;

	if (!cell->is_small)
		unit = unit_find(view, cell->object);
	if (unit != NO_ROW)
		(void)text_copy(
		    wilayah, WILAYAH_MAX, unit_at(view, unit)->row.wilayah);
	else
		(void)text_copy(wilayah, WILAYAH_MAX,
		    cell->scope == SCOPE_KECAMATAN ? cell->object
						   : view->region.wilayah);
}

void
cell_put_day(
    const struct cell *cell, uint32_t day, char text[CALENDAR_TEXT_MAX])
{
	calendar_day_put(text, day);
	if (cell->is_small)
		text[MONTH_COLUMNS] = '\0';
}
