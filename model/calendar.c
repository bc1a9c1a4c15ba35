/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gregorian dates by counting days from 1 March of year 0, so that the leap
 * day is the last of its year and months need no table.
 */
#include "model/calendar.h"

#include <stdio.h>
#include <string.h>

#include "model/wilayah.h"

enum {
	YEAR_MIN = 1970,
	YEAR_MAX = 2100,
	DAYS_PER_ERA = 146097, /* 400 years */
	DAYS_BEFORE_1970 = 719468,
	DURATION_DAYS_MAX = 400,
	DAYS_PER_WEEK = 7,
	SUNDAY = 0,
	SATURDAY = 6,
	FIRST_WEEKDAY = 4, /* 1970-01-01 was a Thursday */
};

static const uint64_t second_ms = 1000;
static const uint64_t minute_ms = 60 * 1000;
static const uint64_t hour_ms = 60 * 60 * 1000;
static const uint64_t day_ms = 24 * 60 * 60 * 1000;
/* The last that has a year of four digits; later ones are shown as this. */
static const uint64_t shown_max_ms = 253402300799999;

static const char *const months_id[] = {"Januari", "Februari", "Maret", "April",
    "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember"};
static const char *const months_en[] = {"January", "February", "March", "April",
    "May", "June", "July", "August", "September", "October", "November",
    "December"};
static const char *const weekdays_en[] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct date {
	uint32_t year, month, day;
	uint32_t hour, minute, second, ms;
	uint32_t weekday; /* SUNDAY = 0 */
};

static uint32_t
day_of(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t from_march = month > 2 ? month - 3 : month + 9;
	uint32_t era_year, in_era;

	if (month <= 2)
		year--;
	era_year = year % 400;
	in_era = era_year * 365 + era_year / 4 - era_year / 100 +
		 (153 * from_march + 2) / 5 + day - 1;
	return year / 400 * DAYS_PER_ERA + in_era - DAYS_BEFORE_1970;
}

static struct date
date_of_day(uint64_t day)
{
	uint64_t shifted = day + DAYS_BEFORE_1970;
	uint32_t in_era = (uint32_t)(shifted % DAYS_PER_ERA);
	uint32_t year_of_era =
	    (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	uint32_t in_year =
	    in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint32_t from_march = (5 * in_year + 2) / 153;
	struct date date = {
	    .year = (uint32_t)(shifted / DAYS_PER_ERA) * 400 + year_of_era,
	    .month = from_march < 10 ? from_march + 3 : from_march - 9,
	    .day = in_year - (153 * from_march + 2) / 5 + 1,
	    .weekday = (uint32_t)((day + FIRST_WEEKDAY) % DAYS_PER_WEEK),
	};

	if (date.month <= 2)
		date.year++;
	return date;
}

static struct date
date_of(uint64_t ms, int hours)
{
	struct date date;

	if (ms > shown_max_ms - 14 * hour_ms)
		ms = shown_max_ms - 14 * hour_ms;
	ms += (uint64_t)(hours > 0 ? hours : 0) * hour_ms;
	date = date_of_day(ms / day_ms);
	date.hour = (uint32_t)(ms % day_ms / hour_ms);
	date.minute = (uint32_t)(ms % hour_ms / minute_ms);
	date.second = (uint32_t)(ms % minute_ms / second_ms);
	date.ms = (uint32_t)(ms % second_ms);
	return date;
}

/* ---- reading: each step takes its piece off `*text` */

static bool
take_number(const char **text, unsigned digits, uint32_t *number)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < digits; i++) {
		char c = (*text)[i];

		if (c < '0' || c > '9')
			return false;
		sum = sum * 10 + (uint32_t)(c - '0');
	}
	*text += digits;
	*number = sum;
	return true;
}

static bool
take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* A date that does not exist comes back as another one. */
static bool
take_day(const char **text, uint32_t *day)
{
	uint32_t year, month, in_month;
	struct date again;

	if (!take_number(text, 4, &year) || !take_char(text, '-') ||
	    !take_number(text, 2, &month) || !take_char(text, '-') ||
	    !take_number(text, 2, &in_month) || year < YEAR_MIN ||
	    year > YEAR_MAX || month < 1 || month > 12 || in_month < 1 ||
	    in_month > 31)
		return false;
	*day = day_of(year, month, in_month);
	again = date_of_day(*day);
	return again.month == month && again.day == in_month;
}

static bool
take_time(const char **text, uint64_t *ms)
{
	uint32_t hour, minute, second = 0;

	if (!take_number(text, 2, &hour) || !take_char(text, ':') ||
	    !take_number(text, 2, &minute) || hour > 23 || minute > 59)
		return false;
	if (take_char(text, ':') &&
	    (!take_number(text, 2, &second) || second > 59))
		return false;
	*ms = hour * hour_ms + minute * minute_ms + second * second_ms;
	return true;
}

/* "Z", "+08:00", or nothing, which leaves `*east` as it is. */
static bool
take_offset(const char **text, int64_t *east)
{
	uint32_t hours, minutes;
	bool is_west = **text == '-';

	if (take_char(text, 'Z')) {
		*east = 0;
		return true;
	}
	if (!is_west && **text != '+')
		return true;
	(*text)++;
	if (!take_number(text, 2, &hours) || !take_char(text, ':') ||
	    !take_number(text, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	*east = (int64_t)(hours * hour_ms + minutes * minute_ms);
	if (is_west)
		*east = -*east;
	return true;
}

enum err
calendar_day_get(uint32_t *day, const char *text)
{
	uint32_t read;

	if (!take_day(&text, &read) || *text != '\0')
		return ERR_INVALID;
	*day = read;
	return OK;
}

enum err
calendar_ms_get(uint64_t *ms, const char *text, int hours)
{
	int64_t east = hours * (int64_t)hour_ms;
	uint64_t in_day = 0;
	uint32_t day;
	int64_t all;

	if (!take_day(&text, &day))
		return ERR_INVALID;
	if (take_char(&text, 'T') || take_char(&text, ' ')) {
		if (!take_time(&text, &in_day) || !take_offset(&text, &east))
			return ERR_INVALID;
	}
	all = (int64_t)(day * day_ms + in_day) - east;
	if (*text != '\0' || all < 0)
		return ERR_INVALID;
	*ms = (uint64_t)all;
	return OK;
}

enum err
calendar_duration_get(uint64_t *ms, const char *text)
{
	static const struct {
		char unit;
		uint32_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	const uint64_t max_ms = DURATION_DAYS_MAX * day_ms;
	char number[12];
	size_t len = strlen(text);
	uint64_t count;

	if (len < 2 || len > sizeof number)
		return ERR_INVALID;
	memcpy(number, text, len - 1);
	number[len - 1] = '\0';
	for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
		uint64_t unit_ms = units[i].seconds * second_ms;

		if (text[len - 1] != units[i].unit)
			continue;
		if (u64_get(&count, number, 0, max_ms / unit_ms) != OK)
			return ERR_INVALID;
		*ms = count * unit_ms;
		return OK;
	}
	return ERR_INVALID;
}

/* ---- writing */

void
calendar_day_put(char text[CALENDAR_TEXT_MAX], uint32_t day)
{
	struct date date = date_of(day * day_ms, 0);

	snprintf(text, CALENDAR_TEXT_MAX, "%04u-%02u-%02u", date.year % 10000,
	    date.month, date.day);
}

static int
hours_of(const char **zone)
{
	int hours = *zone == NULL ? 0 : wilayah_zone_hours(*zone);

	if (hours == 0)
		*zone = "UTC";
	return hours;
}

void
calendar_ms_put(char text[CALENDAR_TEXT_MAX], uint64_t ms, const char *zone)
{
	struct date date = date_of(ms, hours_of(&zone));

	snprintf(text, CALENDAR_TEXT_MAX, "%04u-%02u-%02u %02u:%02u %s",
	    date.year % 10000, date.month, date.day, date.hour, date.minute,
	    zone);
}

void
calendar_ms_put_long(
    char text[CALENDAR_TEXT_MAX], uint64_t ms, const char *zone, bool english)
{
	struct date date = date_of(ms, hours_of(&zone));
	const char *const *months = english ? months_en : months_id;

	snprintf(text, CALENDAR_TEXT_MAX, "%u %s %04u %02u%c%02u %s", date.day,
	    months[date.month - 1], date.year % 10000, date.hour,
	    english ? ':' : '.', date.minute, zone);
}

void
calendar_day_put_long(char text[CALENDAR_TEXT_MAX], uint32_t day, bool english)
{
	struct date date = date_of(calendar_ms_of_day(day, 0), 0);

	snprintf(text, CALENDAR_TEXT_MAX, "%u %s %04u", date.day,
	    (english ? months_en : months_id)[date.month - 1],
	    date.year % 10000);
}

void
calendar_ms_put_utc(char text[CALENDAR_TEXT_MAX], uint64_t ms)
{
	struct date date = date_of(ms, 0);

	snprintf(text, CALENDAR_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
	    date.year % 10000, date.month, date.day, date.hour, date.minute,
	    date.second, date.ms);
}

void
calendar_ms_put_mail(char text[CALENDAR_TEXT_MAX + 8], uint64_t ms, int hours)
{
	struct date date = date_of(ms, hours);

	snprintf(text, CALENDAR_TEXT_MAX + 8,
	    "%s, %02u %.3s %04u %02u:%02u:%02u +%02u00",
	    weekdays_en[date.weekday], date.day, months_en[date.month - 1],
	    date.year % 10000, date.hour, date.minute, date.second,
	    (unsigned)(hours > 0 ? hours : 0) % 100);
}

uint32_t
calendar_day_of_ms(uint64_t ms, int hours)
{
	uint64_t day = (ms / hour_ms + (uint64_t)(hours > 0 ? hours : 0)) / 24;

	return day > UINT32_MAX ? UINT32_MAX : (uint32_t)day;
}

uint64_t
calendar_ms_of_day(uint32_t day, int hours)
{
	uint64_t east = (uint64_t)(hours > 0 ? hours : 0) * hour_ms;

	return day * day_ms > east ? day * day_ms - east : 0;
}

/* ---- working days */

static bool
is_holiday(uint32_t day, const struct calendar_holidays *off)
{
	uint32_t low = 0, high = off->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (off->days[middle] == day)
			return true;
		if (off->days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
is_weekend(uint32_t day)
{
	uint32_t weekday =
	    (day % DAYS_PER_WEEK + FIRST_WEEKDAY) % DAYS_PER_WEEK;

	return weekday == SUNDAY || weekday == SATURDAY;
}

bool
calendar_is_working(uint32_t day, const struct calendar_holidays *off)
{
	return !is_weekend(day) && !is_holiday(day, off);
}

uint32_t
calendar_working_after(
    uint32_t day, uint32_t count, const struct calendar_holidays *off)
{
	while (count > 0 && day < UINT32_MAX) {
		day++;
		count -= calendar_is_working(day, off);
	}
	return day;
}
