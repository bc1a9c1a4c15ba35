/* SPDX-License-Identifier: Apache-2.0 */
#include "model/wilayah.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

Test(wilayah, knows_the_level_of_a_code)
{
	cr_expect_eq(wilayah_level("73"), WILAYAH_PROVINCE);
	cr_expect_eq(wilayah_level("73.71"), WILAYAH_REGENCY);
	cr_expect_eq(wilayah_level("73.71.01"), WILAYAH_DISTRICT);
	cr_expect_eq(wilayah_level("73.71.01.1001"), WILAYAH_VILLAGE);
}

Test(wilayah, refuses_what_is_no_code)
{
	static const char *const bad[] = {"", "7", "7a", "00", "731", "73.",
	    "73.7", "73.7a", "73.00", "73.711", "73.71.", "73.71.1", "73.71.00",
	    "73.71.01.", "73.71.01.1", "73.71.01.10011", "73.71.01.0000",
	    "73.71.01.1001.", "73.71.01.1001.1", " 73", "73 ", "73-71", "7371"};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_eq(wilayah_level(bad[i]), WILAYAH_NONE, "%s", bad[i]);
}

Test(wilayah, is_within_itself_and_what_is_above_it)
{
	cr_expect(wilayah_is_within("73.71.01", "73.71.01"));
	cr_expect(wilayah_is_within("73.71.01", "73.71"));
	cr_expect(wilayah_is_within("73.71.01", "73"));
	cr_expect_not(wilayah_is_within("73.71", "73.71.01"));
	cr_expect_not(wilayah_is_within("73.71.01", "73.7"));
	cr_expect_not(wilayah_is_within("73.71.01", "7"));
	cr_expect_not(wilayah_is_within("73.72.01", "73.71"));
	cr_expect_not(wilayah_is_within("73.71.01", ""));
}

Test(wilayah, finds_the_kecamatan_of_a_village)
{
	char district[WILAYAH_MAX];

	wilayah_district("73.71.01.1001", district);
	cr_expect_str_eq(district, "73.71.01");
	wilayah_district("73.71.01", district);
	cr_expect_str_eq(district, "73.71.01");
	wilayah_district("73.71", district);
	cr_expect_str_eq(district, "73.71");
}

Test(wilayah, has_one_of_three_zones)
{
	cr_expect_str_eq(wilayah_zone("16.07"), "WIB");
	cr_expect_str_eq(wilayah_zone("61"), "WIB");
	cr_expect_str_eq(wilayah_zone("63"), "WITA");
	cr_expect_str_eq(wilayah_zone("73.04"), "WITA");
	cr_expect_str_eq(wilayah_zone("95.03.01"), "WIT");
	cr_expect_null(wilayah_zone("99"));
	cr_expect_null(wilayah_zone("x"));
	cr_expect_eq(wilayah_zone_hours("WIB"), 7);
	cr_expect_eq(wilayah_zone_hours("WITA"), 8);
	cr_expect_eq(wilayah_zone_hours("WIT"), 9);
	cr_expect_eq(wilayah_zone_hours("UTC"), 0);
}

/* The root of the tree, from where this file lies. */
static FILE *
open_data(const char *name)
{
	char path[512];
	const char *end = strstr(__FILE__, "tests/unit/");

	cr_assert_not_null(end);
	snprintf(path, sizeof path, "%.*sdata/wilayah/%s",
	    (int)(end - __FILE__), __FILE__, name);
	return fopen(path, "r");
}

static unsigned
count_codes(const char *name, enum wilayah_level level)
{
	FILE *file = open_data(name);
	char line[256];
	unsigned count = 0;

	cr_assert_not_null(file, "%s", name);
	cr_assert_not_null(fgets(line, sizeof line, file));
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, ",")] = '\0';
		cr_expect_eq(wilayah_level(line), level, "%s", line);
		cr_expect_not_null(wilayah_zone(line), "%s", line);
		count++;
	}
	fclose(file);
	return count;
}

Test(wilayah, takes_every_code_that_we_ship)
{
	cr_expect_eq(count_codes("provinces.csv", WILAYAH_PROVINCE), 38);
	cr_expect_eq(count_codes("regencies.csv", WILAYAH_REGENCY), 514);
	cr_expect_eq(count_codes("districts.csv", WILAYAH_DISTRICT), 7285);
}
