/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The working clock of an office: it runs from 08:00 to 16:00 of the seat's
 * zone, Monday to Friday, and not on holidays. Pure.
 */
#ifndef NOTIFIER_WORK_H
#define NOTIFIER_WORK_H

#include "model/calendar.h"

enum { WORK_DAYS_MAX = 400 };

struct work_clock {
	int hours; /* of the seat's zone, east of UTC */
	struct calendar_holidays off;
};

enum span_kind {
	SPAN_NONE,
	SPAN_PLAIN,      /* 30m, 12h, 2d: as it passes */
	SPAN_WORK_HOURS, /* 4wh */
	SPAN_WORK_DAYS,  /* 2wd */
};
struct span {
	enum span_kind kind;
	uint64_t count; /* milliseconds, hours or days */
};
/* ERR_INVALID: none of the three forms, or longer than 400 days. */
enum err span_get(struct span *span, const char *text) MUST_CHECK;

/* When it has passed. What begins outside working hours counts, in working
 * hours or days, from the next opening; a working day later is the same local
 * minute of the next working day. */
uint64_t work_after(
    const struct work_clock *clock, uint64_t from_ms, const struct span *span);
/* Is it a day on which the office works? The first instant of the next one. */
bool work_is_day(const struct work_clock *clock, uint64_t at_ms);
uint64_t work_next_day(const struct work_clock *clock, uint64_t at_ms);

/* The clock's date and the time of day, in minutes, and back. */
uint32_t work_day_of(const struct work_clock *clock, uint64_t at_ms);
uint32_t work_minute_of(const struct work_clock *clock, uint64_t at_ms);
uint64_t work_ms_of(
    const struct work_clock *clock, uint32_t day, uint32_t minute);

/* "07:30" -> minutes. ERR_INVALID. */
enum err work_minute_get(uint32_t *minute, const char *text) MUST_CHECK;

#endif
