/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/lacks.h"

#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

#define DAYS(n) ((uint64_t)(n)*STORY_DAY)
enum { NODE = 1, LATER_MS = LACKS_EVERY_MS };

static struct story *story;
static struct lacks *lacks;

/* Three units in one kecamatan, one in the next, whose code begins alike. */
static void
open_story(void)
{
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 10),
	    a_unit("A2", "73.71.01.1002", 0), a_unit("A3", "73.71.01", 10),
	    a_unit("B1", "73.71.02.1001", 5)};
	struct campaign_row campaign = a_campaign("PILKADA");

	story = story_new("73.71");
	(void)story_node(story, KIND_COLLECTOR, "73.71.01");
	story_roster(story, units, 4);
	story_campaigns(story, &campaign, 1);
	lacks = lacks_new();
}

static void
close_story(void)
{
	lacks_free(lacks);
	story_free(story);
}

TestSuite(lacks, .init = open_story, .fini = close_story);

static struct lack
of(const char *wilayah, uint64_t monotonic_ms)
{
	struct lack rows[LACKS_MAX] = {0};

	cr_assert_eq(
	    lacks_of(lacks, story->view, wilayah, monotonic_ms, rows), 1);
	cr_assert_str_eq(rows[0].campaign, "PILKADA");
	return rows[0];
}

static void
take(const char *unit)
{
	struct event event = an_ikrar(unit, STORY_START);

	story_take(story, NODE, &event);
}

Test(lacks, counts_the_units_of_a_wilayah_and_those_with_a_pledge)
{
	take("A2");
	take("A2");
	cr_expect_eq(of("73.71.01", 0).expected, 3);
	cr_expect_eq(of("73.71.01", 0).pledged, 1);
	cr_expect_eq(of("73.71.01.1002", 0).expected, 1);
	cr_expect_eq(of("73.71.01.1002", 0).pledged, 1);
	cr_expect_eq(of("73.71.02", 0).expected, 1);
	cr_expect_eq(of("73.71.02", 0).pledged, 0);
	cr_expect_eq(of("73.71", 0).expected, 4);
	cr_expect_eq(of("73.71", 0).pledged, 1);
}

Test(lacks, has_nothing_to_say_where_there_are_no_units)
{
	struct lack rows[LACKS_MAX];

	cr_expect_eq(lacks_of(lacks, story->view, "73.71.03", 0, rows), 0);
	cr_expect_eq(lacks_of(lacks, story->view, "73.71.0", 0, rows), 0);
}

Test(lacks, counts_again_only_after_some_seconds)
{
	cr_expect_eq(of("73.71.01", 1000).pledged, 0);
	take("A1");
	cr_expect_eq(of("73.71.01", 1000 + LATER_MS - 1).pledged, 0);
	cr_expect_eq(of("73.71.01", 1000 + LATER_MS).pledged, 1);
}

Test(lacks, counts_again_at_once_when_the_roster_changed)
{
	struct unit_row one = a_unit("A1", "73.71.01.1001", 10);

	cr_expect_eq(of("73.71.01", 0).expected, 3);
	story_roster(story, &one, 1);
	cr_expect_eq(of("73.71.01", 0).expected, 1);
}

Test(lacks, leaves_a_locked_campaign_out)
{
	struct lack rows[LACKS_MAX];

	cr_expect_eq(of("73.71.01", 0).expected, 3);
	story_until(story, STORY_START + DAYS(400));
	cr_expect_eq(
	    lacks_of(lacks, story->view, "73.71.01", LATER_MS, rows), 0);
}
