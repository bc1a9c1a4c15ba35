/* SPDX-License-Identifier: Apache-2.0 */
/* Of whom a report may be told how closely. */
#include "judge/cell.h"

#include <criterion/criterion.h>

#include "model/catalog.h"
#include "tests/support/log_builder.h"

static struct story *story;

/* DINAS with a small and a large office below it; a school on its own. */
static void
open_story(void)
{
	struct unit_row units[] = {a_unit("DINAS", "73.71", 40),
	    a_unit("KECIL", "73.71.01", 4), a_unit("BESAR", "73.71.02", 5),
	    a_unit("SD-1", "73.71.03", 3), a_unit("SD-2", "73.71.03", 2),
	    a_unit("SD-3", "73.71.04", 4)};

	(void)text_copy(units[1].parent, CODE_MAX, "DINAS");
	(void)text_copy(units[2].parent, CODE_MAX, "DINAS");
	units[2].heads[EMPLOYMENT_PPPK] = 1;
	story = story_new("73.71");
	story_roster(story, units, sizeof units / sizeof *units);
}

static void
close_story(void)
{
	story_free(story);
}

TestSuite(cell, .init = open_story, .fini = close_story);

static void
is_told_of(
    const char *unit, uint32_t subject, const char *scope, const char *object)
{
	struct cell cell;

	cell_of(story->view, unit, subject, &cell);
	cr_assert_str_eq(cell.object, object);
	cr_assert_str_eq(catalog_word(CATALOG_SCOPE, cell.scope), scope);
	cr_assert_eq(cell.is_small, strcmp(scope, "unit") != 0);
}

Test(cell, tells_of_the_unit_from_five_people_on)
{
	is_told_of("BESAR", 1, "unit", "BESAR");
}

Test(cell, tells_of_the_opd_when_the_unit_has_four)
{
	is_told_of("KECIL", 1, "opd", "DINAS");
}

Test(cell, tells_of_the_kecamatan_when_there_is_no_opd_above)
{
	is_told_of("SD-1", 1, "kecamatan", "73.71.03");
}

Test(cell, tells_of_the_region_when_nothing_below_has_five)
{
	is_told_of("SD-3", 1, "region", "73.71");
	is_told_of("BESAR", 2, "region", "73.71");
	is_told_of("BESAR", 4, "region", "73.71"); /* a village head */
	is_told_of("TIDAK-ADA", 1, "region", "73.71");
}

Test(cell, tells_the_month_where_the_day_would_say_too_much)
{
	char text[CALENDAR_TEXT_MAX];
	struct cell cell;

	cell_of(story->view, "BESAR", 1, &cell);
	cell_put_day(&cell, STORY_START_DAY, text);
	cr_assert_str_eq(text, "2024-10-01");
	cell_of(story->view, "KECIL", 1, &cell);
	cell_put_day(&cell, STORY_START_DAY, text);
	cr_assert_str_eq(text, "2024-10");
}
