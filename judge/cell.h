/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a report on an incident may say that it happened. Unit, act and kind of
 * subject stand together only where the roster counts at least five people of
 * that kind in the unit: of fewer, colleagues would know who is meant. Else it
 * is told of the unit's OPD, of its kecamatan or of the region, the first that
 * has five, and of the month and not the day.
 */
#ifndef JUDGE_CELL_H
#define JUDGE_CELL_H

#include "judge/view.h"
#include "model/calendar.h"

enum { CELL_PEOPLE_MIN = 5 };

struct cell {
	bool is_small;  /* it may not be told of the unit */
	uint32_t scope; /* CATALOG_SCOPE */
	char object[CODE_MAX];
	char name[NAME_MAX_BYTES]; /* empty: none known */
};

/* `subject` is of CATALOG_SUBJECT. A unit that the view does not know counts
 * nobody. */
void cell_of(const struct view *view, const char *unit, uint32_t subject,
    struct cell *cell);
/* Of the n-th incident (view_incident). */
void cell_of_incident(const struct view *view, unsigned n, struct cell *cell);
/* The smallest wilayah that may be told with it. */
void cell_put_place(const struct view *view, const struct cell *cell,
    char wilayah[WILAYAH_MAX]);
/* "2024-10-04", or "2024-10". */
void cell_put_day(
    const struct cell *cell, uint32_t day, char text[CALENDAR_TEXT_MAX]);

#endif
