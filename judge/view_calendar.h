/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the calendar in force says, in the days of the region's zone. Pure
 * questions on the view: rules ask them, and pages that explain a verdict.
 */
#ifndef JUDGE_VIEW_CALENDAR_H
#define JUDGE_VIEW_CALENDAR_H

#include "judge/view.h"
#include "model/calendar.h"

/* Hours east of UTC. */
int view_zone_hours(const struct view *view);
uint32_t view_day(const struct view *view, uint64_t ms);
uint64_t view_day_ms(const struct view *view, uint32_t day);

/* Lie until the next view_apply. */
void view_holidays(const struct view *view, struct calendar_holidays *off);
bool view_is_working(const struct view *view, uint32_t day);
uint32_t view_working_after(
    const struct view *view, uint32_t day, uint32_t count);

/* Does a sensitive stage of the election hold that day? */
bool view_is_sensitive(const struct view *view, uint32_t day);
/* The first such instant from `from_ms` on and before `to_ms`; UINT64_MAX:
 * none. */
uint64_t view_sensitive_ms(
    const struct view *view, uint64_t from_ms, uint64_t to_ms);
/* CATALOG_PHASE of the stages that hold the day, of several that which began
 * last, then that with the greatest id; 0: none. */
uint32_t view_phase(const struct view *view, uint32_t day);

#endif
