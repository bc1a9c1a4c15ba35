/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/view_calendar.h"

#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

static int
compare_days(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

void
calendar_index(struct view *view)
{
	struct derived *derived = &view->derived;
	const char *zone = wilayah_zone(view->region.wilayah);

	derived->zone_hours = zone == NULL ? 0 : wilayah_zone_hours(zone);
	derived->holidays.count = 0;
	for (uint32_t i = 0; i < row_count(view, TABLE_CALENDAR); i++) {
		const struct calendar_row *row = calendar_at(view, i);

		if (row->kind == CALENDAR_HOLIDAY)
			number_add(&derived->holidays, row->holiday.day);
	}
	if (derived->holidays.count > 0)
		qsort(derived->holidays.at, derived->holidays.count,
		    sizeof(uint32_t), compare_days);
}

void
calendar_take(struct view *view)
{
	struct table *calendar = &view->tables[TABLE_CALENDAR];
	const struct table *staged = &view->tables[TABLE_STAGED_CALENDAR];

	calendar->count = 0;
	for (uint32_t i = 0; i < staged->count; i++)
		memcpy(table_add(calendar), table_at(staged, i),
		    sizeof(struct calendar_row));
	view->region.calendar_ms = view->region.last_received_ms;
	calendar_index(view);
	due_index(view);
	touch_open_alerts(view, CAUSE_CALENDAR);
}

/* ---- days */

int
view_zone_hours(const struct view *view)
{
	return view->derived.zone_hours;
}

uint32_t
view_day(const struct view *view, uint64_t ms)
{
	return calendar_day_of_ms(ms, view->derived.zone_hours);
}

uint64_t
view_day_ms(const struct view *view, uint32_t day)
{
	return calendar_ms_of_day(day, view->derived.zone_hours);
}

void
view_holidays(const struct view *view, struct calendar_holidays *off)
{
	const struct table *holidays = &view->derived.holidays;

	*off = (struct calendar_holidays){
	    (const uint32_t *)(const void *)holidays->at, holidays->count};
}

bool
view_is_working(const struct view *view, uint32_t day)
{
	struct calendar_holidays off;

	view_holidays(view, &off);
	return calendar_is_working(day, &off);
}

uint32_t
view_working_after(const struct view *view, uint32_t day, uint32_t count)
{
	struct calendar_holidays off;

	view_holidays(view, &off);
	return calendar_working_after(day, count, &off);
}

/* ---- stages */

/* NULL: the row is a holiday. */
static const struct calendar_stage *
stage_of(const struct view *view, uint32_t n)
{
	const struct calendar_row *row = calendar_at(view, n);

	return row->kind == CALENDAR_STAGE ? &row->stage : NULL;
}

static bool
stage_holds(const struct calendar_stage *stage, uint32_t day)
{
	return stage != NULL && stage->from_day <= day && day <= stage->to_day;
}

bool
view_is_sensitive(const struct view *view, uint32_t day)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_CALENDAR); i++) {
		const struct calendar_stage *stage = stage_of(view, i);

		if (stage_holds(stage, day) && stage->sensitive)
			return true;
	}
	return false;
}

uint64_t
view_sensitive_ms(const struct view *view, uint64_t from_ms, uint64_t to_ms)
{
	uint32_t day = view_day(view, from_ms), first = UINT32_MAX;
	uint64_t ms;

	if (from_ms >= to_ms)
		return NEVER;
	if (view_is_sensitive(view, day))
		return from_ms;
	for (uint32_t i = 0; i < row_count(view, TABLE_CALENDAR); i++) {
		const struct calendar_stage *stage = stage_of(view, i);

		if (stage != NULL && stage->sensitive &&
		    stage->from_day > day && stage->from_day < first)
			first = stage->from_day;
	}
	if (first == UINT32_MAX)
		return NEVER;
	ms = view_day_ms(view, first);
	return ms < to_ms ? ms : NEVER;
}

uint32_t
view_phase(const struct view *view, uint32_t day)
{
	const struct calendar_stage *found = NULL;

	for (uint32_t i = 0; i < row_count(view, TABLE_CALENDAR); i++) {
		const struct calendar_stage *stage = stage_of(view, i);

		if (!stage_holds(stage, day))
			continue;
		if (found == NULL || stage->from_day > found->from_day ||
		    (stage->from_day == found->from_day &&
			strcmp(stage->id, found->id) > 0))
			found = stage;
	}
	return found == NULL ? 0 : found->phase;
}

/* ---- what there is to see */

unsigned
view_calendar_count(const struct view *view)
{
	return row_count(view, TABLE_CALENDAR);
}

const struct calendar_row *
view_calendar_row(const struct view *view, unsigned n)
{
	return calendar_at(view, n);
}
