/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/calendar_file.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/temp_dir.h"

static char *dir;
static struct yaml_file *file;
static char path[4096];

static void
open_dir(void)
{
	dir = temp_dir_make();
	file = yaml_file_new();
}

static void
close_dir(void)
{
	yaml_file_free(file);
	temp_dir_remove(dir);
}

TestSuite(calendar_file, .init = open_dir, .fini = close_dir);

static void
write_file(const char *text)
{
	temp_dir_write(dir, "x.yaml", text);
	snprintf(path, sizeof path, "%s/x.yaml", dir);
}

#define CHANGE(from, to) ((const char *const[2]){(from), (to)})

static const char calendar_text[] = "holidays: [2024-12-25, 2024-08-17]\n"
				    "collective_leave: [2024-12-26]\n"
				    "stages:\n"
				    "  - id: KAMPANYE\n"
				    "    from: 2024-09-25\n"
				    "    to: 2024-11-23\n"
				    "    phase: CALON\n"
				    "    sensitive: true\n";

static void
calendar_refuses(const char *const change[2], const char *words)
{
	struct calendar_file calendar;
	const char *at = strstr(calendar_text, change[0]);
	struct text_buf changed = {0};

	cr_assert_not_null(at);
	text_buf_add(&changed, "%.*s%s%s", (int)(at - calendar_text),
	    calendar_text, change[1], at + strlen(change[0]));
	write_file(changed.at);
	cr_assert_eq(calendar_file_read(&calendar, file, path), ERR_INVALID);
	cr_expect_not_null(
	    strstr(yaml_file_why(file), words), "%s", yaml_file_why(file));
	text_buf_clear(&changed);
}

Test(calendar_file, reads_days_in_their_order_and_stages)
{
	struct calendar_file calendar;
	const struct calendar_row *rows;

	write_file(calendar_text);
	cr_assert_eq(calendar_file_read(&calendar, file, path), OK, "%s",
	    yaml_file_why(file));
	cr_assert_eq(calendar.count, 4);
	rows = calendar.rows;
	cr_expect_eq(rows[0].holiday.day, 19952); /* 17 August 2024 */
	cr_expect_eq(rows[1].holiday.day, 20082);
	cr_expect(!rows[1].holiday.collective_leave);
	cr_expect(rows[2].holiday.collective_leave);
	cr_expect_eq(rows[3].kind, CALENDAR_STAGE);
	cr_expect_str_eq(rows[3].stage.id, "KAMPANYE");
	cr_expect_eq(rows[3].stage.from_day, 19991);
	cr_expect_eq(rows[3].stage.phase, 2);
	cr_expect(rows[3].stage.sensitive);
	calendar_file_clear(&calendar);
}

Test(calendar_file, refuses_a_day_that_does_not_exist)
{
	calendar_refuses(CHANGE("2024-08-17", "2024-02-30"),
	    ":1:24: \"2024-02-30\": tulis tanggal");
}

Test(calendar_file, refuses_a_day_given_twice)
{
	calendar_refuses(CHANGE("[2024-12-26]", "[2024-12-25]"),
	    ":2:20: tanggal 2024-12-25 sudah ada");
}

Test(calendar_file, refuses_a_stage_that_ends_before_it_begins)
{
	calendar_refuses(
	    CHANGE("2024-11-23", "2024-09-24"), ":6:9: to lebih awal");
}

Test(calendar_file, refuses_an_unknown_phase_and_names_the_choice)
{
	calendar_refuses(CHANGE("CALON", "calon"), ":7:12: ");
	cr_expect_not_null(strstr(yaml_file_why(file), "BALON, CALON"));
}

Test(calendar_file, refuses_a_stage_that_is_neither_sensitive_nor_not)
{
	calendar_refuses(CHANGE("true", "ya"), ":8:16: ");
}

Test(calendar_file, refuses_an_id_given_twice)
{
	calendar_refuses(CHANGE("    sensitive: true\n",
			     "  - {id: KAMPANYE, from: 2024-01-01, to: "
			     "2024-01-02, phase: BALON}\n"),
	    ":8:10: tahapan KAMPANYE sudah ada");
}
