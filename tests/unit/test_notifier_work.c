/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/work.h"

#include <criterion/criterion.h>

enum { MINUTES_A_DAY = 1440, WIB = 7, WITA = 8, WIT = 9, STARTS = 200 };
static const uint64_t a_minute_ms = 60000;

/* Independence Day, and a Monday off. */
static uint32_t
day_of(const char *text)
{
	uint32_t day;

	cr_assert_eq(calendar_day_get(&day, text), OK);
	return day;
}

static uint64_t
ms_of(const char *text, int hours)
{
	uint64_t ms;

	cr_assert_eq(calendar_ms_get(&ms, text, hours), OK);
	return ms;
}

static struct span
span_of(const char *text)
{
	struct span span;

	cr_assert_eq(span_get(&span, text), OK, "%s", text);
	return span;
}

static void
expect_after(const struct work_clock *clock, const char *from, const char *text,
    const char *want)
{
	static const char *const zones[] = {
	    [WIB] = "WIB", [WITA] = "WITA", [WIT] = "WIT"};
	struct span span = span_of(text);
	char got[CALENDAR_TEXT_MAX];

	calendar_ms_put(got,
	    work_after(clock, ms_of(from, clock->hours), &span),
	    zones[clock->hours]);
	cr_expect_str_eq(
	    got, want, "%s after %s is %s, not %s", text, from, got, want);
}

Test(notifier_work, counts_from_the_opening_behind_a_weekend_and_a_holiday)
{
	/* A Friday evening in WIT; the Monday behind it is off. */
	uint32_t monday = day_of("2024-09-16");
	struct work_clock clock = {
	    .hours = WIT, .off = {.days = &monday, .count = 1}};

	expect_after(&clock, "2024-09-13 19:40", "4wh", "2024-09-17 12:00 WIT");
	expect_after(&clock, "2024-09-13 19:40", "1wd", "2024-09-18 08:00 WIT");
	expect_after(&clock, "2024-09-13 19:40", "90m", "2024-09-13 21:10 WIT");
	expect_after(&clock, "2024-09-13 15:30", "1wh", "2024-09-17 08:30 WIT");
	expect_after(&clock, "2024-09-13 15:30", "1wd", "2024-09-17 15:30 WIT");
	expect_after(&clock, "2024-09-17 06:00", "8wh", "2024-09-17 16:00 WIT");
	expect_after(&clock, "2024-09-17 16:00", "1wh", "2024-09-18 09:00 WIT");
}

Test(notifier_work, takes_three_forms_of_a_span_and_no_other)
{
	static const char *const bad[] = {"", "wd", "0wd", "401wd", "1 wd",
	    "-1wh", "4w", "4whx", "0m", "999999wh", "1.5wh"};
	struct span span;

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_eq(
		    span_get(&span, bad[i]), ERR_INVALID, "\"%s\"", bad[i]);
	cr_expect_eq(span_of("2wd").kind, SPAN_WORK_DAYS);
	cr_expect_eq(span_of("400wd").count, 400);
	cr_expect_eq(span_of("3h").count, 3 * 60 * a_minute_ms);
}

/* The slow and plain way: minute for minute. */
static bool
minute_is_worked(const struct work_clock *clock, uint64_t at_ms)
{
	uint64_t local = at_ms / a_minute_ms + (uint64_t)clock->hours * 60;
	uint64_t day = local / MINUTES_A_DAY, minute = local % MINUTES_A_DAY;
	uint64_t weekday = (day + 4) % 7; /* 0: Sunday */

	for (uint32_t i = 0; i < clock->off.count; i++)
		if (clock->off.days[i] == day)
			return false;
	return weekday >= 1 && weekday <= 5 && minute >= 480 && minute < 960;
}

static uint64_t
slowly_after(const struct work_clock *clock, uint64_t from_ms, uint64_t minutes)
{
	while (minutes > 0) {
		minutes -= minute_is_worked(clock, from_ms);
		from_ms += a_minute_ms;
	}
	return from_ms;
}

Test(notifier_work, agrees_with_counting_every_minute_of_a_year_in_three_zones)
{
	uint32_t off[] = {day_of("2024-01-01"), day_of("2024-02-08"),
	    day_of("2024-04-08"), day_of("2024-04-09"), day_of("2024-04-10"),
	    day_of("2024-04-11"), day_of("2024-04-12"), day_of("2024-04-15"),
	    day_of("2024-05-01"), day_of("2024-06-17"), day_of("2024-08-17"),
	    day_of("2024-09-16"), day_of("2024-11-27"), day_of("2024-12-25")};
	uint64_t seed = 20241127;

	for (int hours = WIB; hours <= WIT; hours++) {
		struct work_clock clock = {.hours = hours,
		    .off = {.days = off, .count = sizeof off / sizeof off[0]}};

		for (unsigned i = 0; i < STARTS; i++) {
			uint64_t from_ms = ms_of("2024-01-01", hours);
			struct span span = {.kind = SPAN_WORK_HOURS};

			seed =
			    seed * 6364136223846793005u + 1442695040888963407u;
			from_ms +=
			    (seed >> 33) % (360 * MINUTES_A_DAY) * a_minute_ms;
			span.count = 1 + (seed >> 20) % 40;
			cr_expect_eq(work_after(&clock, from_ms, &span),
			    slowly_after(&clock, from_ms, span.count * 60),
			    "hours %d, start %u", hours, i);
		}
	}
}
