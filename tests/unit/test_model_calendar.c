/* SPDX-License-Identifier: Apache-2.0 */
#include "model/calendar.h"

#include <stdio.h>
#include <time.h>

#include <criterion/criterion.h>

static const uint64_t day_ms = 86400000;
/* 2024-10-01 08:00 in Jeneponto. */
static const uint64_t morning_ms = 1727740800000;

/* Against the C library, one day after the other. */
Test(calendar, counts_every_day_from_1970_to_2100)
{
	char text[CALENDAR_TEXT_MAX], expected[64];
	uint32_t day, days = 0;

	for (;; days++) {
		time_t seconds = (time_t)days * 86400;
		struct tm date;

		gmtime_r(&seconds, &date);
		if (date.tm_year + 1900 > 2100)
			break;
		strftime(expected, sizeof expected, "%Y-%m-%d", &date);
		calendar_day_put(text, days);
		cr_assert_str_eq(text, expected);
		cr_assert_eq(calendar_day_get(&day, text), OK, "%s", text);
		cr_assert_eq(day, days, "%s", text);
	}
	cr_expect_eq(days, 47847);
}

Test(calendar, refuses_a_day_that_does_not_exist)
{
	static const char *const bad[] = {"", "2024", "2024-10", "2024-10-",
	    "2024-10-1", "2024-1-01", "24-10-01", "2024-13-01", "2024-00-01",
	    "2024-10-00", "2024-10-32", "2024-02-30", "2023-02-29",
	    "2100-02-29", "2024-04-31", "1969-12-31", "2101-01-01",
	    "2024-10-01 ", " 2024-10-01", "2024/10/01", "2024-10-01T08:00",
	    "-024-10-01", "2024-10-0a"};
	uint32_t day = 7;

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_eq(
		    calendar_day_get(&day, bad[i]), ERR_INVALID, "%s", bad[i]);
	cr_expect_eq(day, 7, "untouched");
	cr_expect_eq(calendar_day_get(&day, "2024-02-29"), OK);
	cr_expect_eq(calendar_day_get(&day, "2000-02-29"), OK);
}

static uint64_t
ms_of(const char *text, int hours)
{
	uint64_t ms = 1;

	return calendar_ms_get(&ms, text, hours) == OK ? ms : 0;
}

Test(calendar, reads_a_time_in_the_zone_that_it_is_told)
{
	cr_expect_eq(ms_of("2024-10-01T08:00", 8), morning_ms);
	cr_expect_eq(ms_of("2024-10-01 08:00", 8), morning_ms);
	cr_expect_eq(ms_of("2024-10-01 08:00:09", 8), morning_ms + 9000);
	cr_expect_eq(ms_of("2024-10-01 07:00", 7), morning_ms);
	cr_expect_eq(ms_of("2024-10-01 09:00", 9), morning_ms);
	cr_expect_eq(ms_of("2024-10-01", 8), morning_ms - 8 * 3600000);
}

Test(calendar, reads_a_time_that_names_its_own_zone)
{
	cr_expect_eq(ms_of("2024-10-01T00:00Z", 9), morning_ms);
	cr_expect_eq(ms_of("2024-10-01T08:00:00+08:00", 7), morning_ms);
	cr_expect_eq(ms_of("2024-09-30T18:30-05:30", 7), morning_ms);
}

Test(calendar, reads_the_last_of_each_unit_and_the_first_moment)
{
	uint64_t ms = 7;

	cr_expect_eq(ms_of("2024-10-01T23:59:59", 8),
	    morning_ms + 15 * 3600000 + 3599000);
	cr_expect_eq(ms_of("2024-10-01T14:00+14:00", 8), morning_ms);
	cr_expect_eq(ms_of("2024-10-01T08:59+08:59", 8), morning_ms);
	cr_assert_eq(calendar_ms_get(&ms, "1970-01-01T08:00", 8), OK);
	cr_expect_eq(ms, 0);
}

Test(calendar, refuses_a_time_that_does_not_exist)
{
	static const char *const bad[] = {"2024-10-01T", "2024-10-01T8:00",
	    "2024-10-01T24:00", "2024-10-01T08:60", "2024-10-01T08:00:60",
	    "2024-10-01T08:00:", "2024-10-01T08", "2024-10-01Z",
	    "2024-10-01T08:00+8", "2024-10-01T08:00+15:00",
	    "2024-10-01T08:00+08:60", "2024-10-01T08:00 WITA",
	    "2024-10-01T08:00ZZ", "2024-10-01X08:00", "2024-02-30T08:00", ""};
	uint64_t ms = 7;

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_eq(
		    calendar_ms_get(&ms, bad[i], 8), ERR_INVALID, "%s", bad[i]);
	cr_expect_eq(calendar_ms_get(&ms, "1970-01-01", 8), ERR_INVALID,
	    "before 1970 in UTC");
	cr_expect_eq(ms, 7, "untouched");
}

Test(calendar, writes_a_time_as_each_reader_wants_it)
{
	char text[CALENDAR_TEXT_MAX];
	char mail[CALENDAR_TEXT_MAX + 8];

	calendar_ms_put(text, morning_ms, "WITA");
	cr_expect_str_eq(text, "2024-10-01 08:00 WITA");
	calendar_ms_put(text, morning_ms, "WIB");
	cr_expect_str_eq(text, "2024-10-01 07:00 WIB");
	calendar_ms_put(text, morning_ms, "WIT");
	cr_expect_str_eq(text, "2024-10-01 09:00 WIT");
	calendar_ms_put(text, morning_ms, "?");
	cr_expect_str_eq(text, "2024-10-01 00:00 UTC");
	calendar_ms_put(text, morning_ms, NULL);
	cr_expect_str_eq(text, "2024-10-01 00:00 UTC");
	calendar_ms_put_long(text, morning_ms, "WITA", false);
	cr_expect_str_eq(text, "1 Oktober 2024 08.00 WITA");
	calendar_ms_put_long(text, morning_ms, "WITA", true);
	cr_expect_str_eq(text, "1 October 2024 08:00 WITA");
	calendar_ms_put_utc(text, morning_ms + 7);
	cr_expect_str_eq(text, "2024-10-01T00:00:00.007Z");
	calendar_ms_put_mail(mail, morning_ms, 8);
	cr_expect_str_eq(mail, "Tue, 01 Oct 2024 08:00:00 +0800");
}

Test(calendar, writes_the_longest_texts_and_any_number)
{
	char text[CALENDAR_TEXT_MAX];
	char mail[CALENDAR_TEXT_MAX + 8];

	calendar_day_put_long(text, 19995, false);
	cr_assert_str_eq(text, "29 September 2024");
	calendar_day_put_long(text, 19997, true);
	cr_assert_str_eq(text, "1 October 2024");
	calendar_ms_put_long(text, 1727568000000, "WITA", true);
	cr_expect_str_eq(text, "29 September 2024 08:00 WITA");
	calendar_ms_put(text, UINT64_MAX, "WITA");
	cr_expect_str_eq(text, "9999-12-31 17:59 WITA");
	calendar_ms_put_utc(text, UINT64_MAX);
	calendar_ms_put_mail(mail, UINT64_MAX, 9);
	calendar_day_put(text, UINT32_MAX);
	cr_expect_eq(calendar_day_of_ms(UINT64_MAX, 9), UINT32_MAX);
	calendar_ms_put(text, 0, "WIB");
	cr_expect_str_eq(text, "1970-01-01 07:00 WIB");
}

Test(calendar, knows_the_day_of_a_moment_in_each_zone)
{
	/* 2024-09-30 23:30 in Jakarta is the next day further east. */
	uint64_t ms = morning_ms - 8 * 3600000 + 30 * 60000;
	uint32_t day = (uint32_t)(morning_ms / day_ms);

	cr_expect_eq(calendar_day_of_ms(ms, 7), day - 1);
	cr_expect_eq(calendar_day_of_ms(ms, 8), day);
	cr_expect_eq(calendar_day_of_ms(ms, 9), day);
	cr_expect_eq(calendar_day_of_ms(0, 0), 0);
	cr_expect_eq(calendar_day_of_ms(day_ms - 1, 0), 0);
	cr_expect_eq(calendar_day_of_ms(day_ms, 0), 1);
}

static uint64_t
duration_of(const char *text)
{
	uint64_t ms = 1;

	return calendar_duration_get(&ms, text) == OK ? ms : UINT64_MAX;
}

Test(calendar, reads_a_duration_of_at_most_400_days)
{
	cr_expect_eq(duration_of("45s"), 45000);
	cr_expect_eq(duration_of("90m"), 90 * 60000);
	cr_expect_eq(duration_of("36h"), 36 * 3600000);
	cr_expect_eq(duration_of("3d"), 3 * day_ms);
	cr_expect_eq(duration_of("0s"), 0);
	cr_expect_eq(duration_of("400d"), 400 * day_ms);
	cr_expect_eq(duration_of("401d"), UINT64_MAX);
	cr_expect_eq(duration_of("34560001s"), UINT64_MAX);
}

Test(calendar, refuses_a_duration_without_number_or_unit)
{
	static const char *const bad[] = {"", "d", "3", "3 d", "3x", "-3d",
	    "+3d", "3.5d", "03d", "3dd", "99999999999999999999d"};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_eq(duration_of(bad[i]), UINT64_MAX, "%s", bad[i]);
}

/* ---- working days */

static uint32_t
day_of(const char *text)
{
	uint32_t day = 0;

	cr_assert_eq(calendar_day_get(&day, text), OK, "%s", text);
	return day;
}

Test(calendar, works_from_monday_to_friday)
{
	const struct calendar_holidays none = {NULL, 0};

	/* 2024-10-07 was a Monday. */
	for (uint32_t i = 0; i < 7; i++)
		cr_expect_eq(
		    calendar_is_working(day_of("2024-10-07") + i, &none),
		    i < 5);
	/* Not on the day that the count begins with. */
	cr_expect_eq(calendar_working_after(day_of("2024-10-07"), 1, &none),
	    day_of("2024-10-08"));
	cr_expect_eq(calendar_working_after(day_of("2024-10-11"), 1, &none),
	    day_of("2024-10-14"));
	cr_expect_eq(calendar_working_after(day_of("2024-10-12"), 1, &none),
	    day_of("2024-10-14"));
	cr_expect_eq(calendar_working_after(day_of("2024-10-07"), 14, &none),
	    day_of("2024-10-25"));
	cr_expect_eq(calendar_working_after(day_of("2024-10-12"), 0, &none),
	    day_of("2024-10-12"));
}

Test(calendar, does_not_work_on_holidays)
{
	/* Christmas 2024 and the leave with it; a Wednesday and a Thursday. */
	const uint32_t days[] = {
	    day_of("2024-12-25"), day_of("2024-12-26"), day_of("2025-01-01")};
	const struct calendar_holidays off = {days, 3};

	cr_expect(calendar_is_working(days[0] - 1, &off));
	cr_expect_not(calendar_is_working(days[0], &off));
	cr_expect_not(calendar_is_working(days[1], &off));
	cr_expect(calendar_is_working(days[1] + 1, &off));
	cr_expect_eq(calendar_working_after(day_of("2024-12-24"), 1, &off),
	    day_of("2024-12-27"));
	cr_expect_eq(calendar_working_after(day_of("2024-12-24"), 5, &off),
	    day_of("2025-01-03"));
}

Test(calendar, ends_where_days_end)
{
	const struct calendar_holidays none = {NULL, 0};

	cr_expect_eq(
	    calendar_working_after(UINT32_MAX - 1, 9, &none), UINT32_MAX);
}

Test(calendar, knows_the_first_instant_of_a_day)
{
	/* 00:00 WITA is 16:00 UTC of the day before. */
	uint64_t ms = calendar_ms_of_day(day_of("2024-10-01"), 8);

	cr_expect_eq(ms, morning_ms - 8 * 3600000);
	cr_expect_eq(calendar_day_of_ms(ms, 8), day_of("2024-10-01"));
	cr_expect_eq(calendar_day_of_ms(ms - 1, 8), day_of("2024-09-30"));
	cr_expect_eq(calendar_ms_of_day(0, 9), 0);
}
