/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days, dates and the three Indonesian zones (no daylight saving). Pure. A
 * day counts from 1970-01-01 in the zone that the caller names.
 */
#ifndef MODEL_CALENDAR_H
#define MODEL_CALENDAR_H

#include "core/bytes.h"

enum { CALENDAR_TEXT_MAX = 32 };

/* "2024-10-01" -> day. ERR_INVALID: no such date between 1970 and 2100. */
enum err calendar_day_get(uint32_t *day, const char *text) MUST_CHECK;
void calendar_day_put(char text[CALENDAR_TEXT_MAX], uint32_t day);
/* "2024-10-01T08:00" or "2024-10-01 08:00[:SS]" or "2024-10-01" (midnight) in
 * a zone of `hours` -> milliseconds; "...Z" or "...+08:00" names its own. */
enum err calendar_ms_get(uint64_t *ms, const char *text, int hours) MUST_CHECK;
/* "2024-10-01 08:00 WITA"; `zone` as in model/wilayah.h. */
void calendar_ms_put(
    char text[CALENDAR_TEXT_MAX], uint64_t ms, const char *zone);
/* "1 Oktober 2024 08.00 WITA" / "1 October 2024 08:00 WITA". */
void calendar_ms_put_long(
    char text[CALENDAR_TEXT_MAX], uint64_t ms, const char *zone, bool english);
/* "1 Oktober 2024" / "1 October 2024". */
void calendar_day_put_long(
    char text[CALENDAR_TEXT_MAX], uint32_t day, bool english);
/* RFC 3339 in UTC, with milliseconds: for JSON. */
void calendar_ms_put_utc(char text[CALENDAR_TEXT_MAX], uint64_t ms);
/* RFC 5322 date in the zone: for mail. */
void calendar_ms_put_mail(
    char text[CALENDAR_TEXT_MAX + 8], uint64_t ms, int hours);
uint32_t calendar_day_of_ms(uint64_t ms, int hours);
/* The first instant of a day in a zone. */
uint64_t calendar_ms_of_day(uint32_t day, int hours);

/* Days on which nobody works besides weekends, ascending. */
struct calendar_holidays {
	const uint32_t *days;
	uint32_t count;
};
/* Monday to Friday, and no holiday. */
bool calendar_is_working(uint32_t day, const struct calendar_holidays *off);
/* The count-th working day after `day`; with 0 that day itself. UINT32_MAX:
 * there is none, which no calendar of ours comes near. */
uint32_t calendar_working_after(
    uint32_t day, uint32_t count, const struct calendar_holidays *off);
/* "36h", "3d", "90m", "45s" -> milliseconds; at most 400 days. */
enum err calendar_duration_get(uint64_t *ms, const char *text) MUST_CHECK;

#endif
