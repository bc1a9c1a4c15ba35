/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/work.h"

#include <stdlib.h>
#include <string.h>

enum {
	OPENING = 8 * 60, /* minutes of the day */
	CLOSING = 16 * 60,
	DIGITS_MAX = 5,
};
static const uint64_t minute_ms = 60000;
static const uint64_t hour_ms = 3600000;
static const uint64_t day_ms = 86400000;

/* "4wh": the number, and whether `unit` alone stands behind it. */
static bool
count_of(uint64_t *count, const char *text, const char *unit)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > DIGITS_MAX ||
	    strcmp(text + digits, unit) != 0)
		return false;
	*count = strtoull(text, NULL, 10);
	return *count > 0;
}

enum err
span_get(struct span *span, const char *text)
{
	struct span made = {.kind = SPAN_WORK_DAYS};

	if (count_of(&made.count, text, "wd")) {
		if (made.count > WORK_DAYS_MAX)
			return ERR_INVALID;
	} else if (count_of(&made.count, text, "wh")) {
		made.kind = SPAN_WORK_HOURS;
		if (made.count > WORK_DAYS_MAX * (CLOSING - OPENING) / 60)
			return ERR_INVALID;
	} else {
		made.kind = SPAN_PLAIN;
		if (calendar_duration_get(&made.count, text) != OK ||
		    made.count == 0)
			return ERR_INVALID;
	}
	*span = made;
	return OK;
}

uint32_t
work_day_of(const struct work_clock *clock, uint64_t at_ms)
{
	return calendar_day_of_ms(at_ms, clock->hours);
}

uint32_t
work_minute_of(const struct work_clock *clock, uint64_t at_ms)
{
	uint64_t local_ms = at_ms + (uint64_t)clock->hours * hour_ms;

	return (uint32_t)(local_ms % day_ms / minute_ms);
}

uint64_t
work_ms_of(const struct work_clock *clock, uint32_t day, uint32_t minute)
{
	return calendar_ms_of_day(day, clock->hours) + minute * minute_ms;
}

bool
work_is_day(const struct work_clock *clock, uint64_t at_ms)
{
	return calendar_is_working(work_day_of(clock, at_ms), &clock->off);
}

uint64_t
work_next_day(const struct work_clock *clock, uint64_t at_ms)
{
	uint32_t day =
	    calendar_working_after(work_day_of(clock, at_ms), 1, &clock->off);

	return work_ms_of(clock, day, 0);
}

/* The first instant at or behind `at_ms` at which the clock runs. */
static uint64_t
opening_at(const struct work_clock *clock, uint64_t at_ms)
{
	uint32_t minute = work_minute_of(clock, at_ms);

	if (!work_is_day(clock, at_ms) || minute >= CLOSING)
		return work_next_day(clock, at_ms) + OPENING * minute_ms;
	if (minute < OPENING)
		return work_ms_of(clock, work_day_of(clock, at_ms), OPENING);
	return at_ms;
}

static uint64_t
after_hours(const struct work_clock *clock, uint64_t from_ms, uint64_t left_ms)
{
	uint64_t at_ms = opening_at(clock, from_ms);

	for (;;) {
		uint64_t closing_ms =
		    work_ms_of(clock, work_day_of(clock, at_ms), CLOSING);

		if (left_ms <= closing_ms - at_ms)
			return at_ms + left_ms;
		left_ms -= closing_ms - at_ms;
		at_ms = work_next_day(clock, at_ms) + OPENING * minute_ms;
	}
}

static uint64_t
after_days(const struct work_clock *clock, uint64_t from_ms, uint32_t days)
{
	uint64_t at_ms = opening_at(clock, from_ms);
	uint32_t today = work_day_of(clock, at_ms);
	uint32_t day = calendar_working_after(today, days, &clock->off);

	return at_ms + (day - today) * day_ms;
}

uint64_t
work_after(
    const struct work_clock *clock, uint64_t from_ms, const struct span *span)
{
	switch (span->kind) {
	case SPAN_NONE:
		return UINT64_MAX;
	case SPAN_PLAIN:
		return from_ms + span->count;
	case SPAN_WORK_HOURS:
		return after_hours(clock, from_ms, span->count * hour_ms);
	case SPAN_WORK_DAYS:
		return after_days(clock, from_ms, (uint32_t)span->count);
	}
	return UINT64_MAX;
}

enum err
work_minute_get(uint32_t *minute, const char *text)
{
	static const char form[] = "dd:dd";
	uint32_t hours, minutes;

	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9'
				   : text[i] != form[i])
			return ERR_INVALID;
	hours = (uint32_t)(text[0] - '0') * 10 + (uint32_t)(text[1] - '0');
	minutes = (uint32_t)(text[3] - '0') * 10 + (uint32_t)(text[4] - '0');
	if (text[5] != '\0' || hours > 23 || minutes > 59)
		return ERR_INVALID;
	*minute = hours * 60 + minutes;
	return OK;
}
