/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/view_calendar.h"
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

/* The story begins on Tuesday, 2024-10-01, 08:00 in WITA. */
enum { START = STORY_START_DAY, BALON = 1, CALON = 2 };

static struct story *
scene_new(void)
{
	struct story *story = story_new("73.71");
	struct calendar_row rows[] = {a_stage("KAMPANYE", 5, 20, CALON, false),
	    a_holiday(3), a_stage("TENANG", 21, 23, CALON, true), a_holiday(6),
	    a_stage("PUNGUT", 24, 24, CALON, true),
	    a_stage("DAFTAR", 0, 6, BALON, false),
	    a_stage("TETAP", 5, 7, BALON, false)};

	story_calendar(story, rows, 7);
	return story;
}

Test(view_calendar, counts_days_in_the_zone_of_the_region)
{
	struct story *story = scene_new();
	uint64_t midnight = STORY_START - 8 * STORY_HOUR;

	cr_expect(view_zone_hours(story->view) == 8);
	cr_expect(view_day(story->view, midnight) == START);
	cr_expect(view_day(story->view, midnight - 1) == START - 1);
	cr_expect(view_day_ms(story->view, START) == midnight);
	story_free(story);
}

Test(view_calendar, knows_working_days)
{
	struct story *story = scene_new();

	cr_expect(view_is_working(story->view, START));
	cr_expect_not(view_is_working(story->view, START + 3));
	cr_expect_not(view_is_working(story->view, START + 4));
	cr_expect_not(view_is_working(story->view, START + 6));
	/* Wednesday, Thursday, no Friday, weekend, no Monday, Tuesday. */
	cr_expect(view_working_after(story->view, START, 3) == START + 7);
	story_free(story);
}

Test(view_calendar, knows_sensitive_days)
{
	struct story *story = scene_new();

	cr_expect_not(view_is_sensitive(story->view, START + 20));
	cr_expect(view_is_sensitive(story->view, START + 21));
	cr_expect(view_is_sensitive(story->view, START + 24));
	cr_expect_not(view_is_sensitive(story->view, START + 25));
	story_free(story);
}

Test(view_calendar, finds_the_first_sensitive_instant)
{
	struct story *story = scene_new();
	const struct view *view = story->view;
	uint64_t begins = view_day_ms(view, START + 21);

	cr_expect(view_sensitive_ms(view, STORY_START, begins) == UINT64_MAX);
	cr_expect(view_sensitive_ms(view, STORY_START, begins + 1) == begins);
	cr_expect(
	    view_sensitive_ms(view, begins + 7, begins + 9) == begins + 7);
	cr_expect(
	    view_sensitive_ms(view, begins + 7, begins + 7) == UINT64_MAX);
	cr_expect(view_sensitive_ms(view, view_day_ms(view, START + 25),
		      UINT64_MAX) == UINT64_MAX);
	story_free(story);
}

Test(view_calendar, has_the_phase_of_the_stage_that_began_last)
{
	struct story *story = scene_new();

	cr_expect(view_phase(story->view, START - 1) == 0);
	cr_expect(view_phase(story->view, START) == BALON);
	/* Two began on the same day: the greater name. */
	cr_expect(view_phase(story->view, START + 5) == BALON);
	cr_expect(view_phase(story->view, START + 8) == CALON);
	cr_expect(view_phase(story->view, START + 25) == 0);
	story_free(story);
}

Test(view_calendar, is_replaced_whole_by_each_version)
{
	struct story *story = scene_new();
	struct calendar_row rows[] = {a_holiday(1)};

	story->now_ms += STORY_HOUR;
	story_calendar(story, rows, 1);
	cr_expect(view_region(story->view)->calendar_version == 2);
	cr_expect(view_region(story->view)->calendar_ms == story->now_ms);
	cr_expect(view_calendar_count(story->view) == 1);
	cr_expect(view_is_working(story->view, START + 3));
	cr_expect_not(view_is_working(story->view, START + 1));
	cr_expect_not(view_is_sensitive(story->view, START + 21));
	story_free(story);
}

Test(view_calendar, works_from_monday_to_friday_without_one)
{
	struct story *story = story_new("73.71");

	cr_expect(view_is_working(story->view, START + 3));
	cr_expect_not(view_is_working(story->view, START + 4));
	cr_expect(view_phase(story->view, START) == 0);
	story_free(story);
}

Test(view_calendar, is_the_same_after_a_load)
{
	struct story *story = scene_new();
	struct view *loaded = view_new();
	struct text_buf saved = {0}, again = {0};

	view_save(story->view, &saved);
	cr_assert(view_load(loaded, bytes_of(saved.at, saved.len)) == OK);
	view_save(loaded, &again);
	cr_expect(bytes_equal(
	    bytes_of(saved.at, saved.len), bytes_of(again.at, again.len)));
	cr_expect(view_zone_hours(loaded) == 8);
	cr_expect_not(view_is_working(loaded, START + 3));
	cr_expect(view_is_sensitive(loaded, START + 21));
	text_buf_clear(&saved);
	text_buf_clear(&again);
	view_free(loaded);
	story_free(story);
}
