/* SPDX-License-Identifier: Apache-2.0 */
#include "report/group.h"

#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

/* Two kecamatan; an OPD of three floors, one alone, one whose parent is not on
 * the roster; some have signed, and one has left the roster. */
static struct story *
scene_new(void)
{
	struct story *story = story_new("73.71");
	struct unit_row units[] = {a_unit("A", "73.71.01", 2),
	    a_unit("A1", "73.71.01.1001", 2), a_unit("A11", "73.71.02.1001", 2),
	    a_unit("B", "73.71.02", 2), a_unit("C1", "73.71", 2),
	    a_unit("Z", "73.71.02", 2)};
	struct campaign_row campaign = a_campaign("PILKADA");
	struct event event;

	(void)story_node(story, KIND_COLLECTOR, "73.71");
	(void)text_copy(units[1].parent, CODE_MAX, "A");
	(void)text_copy(units[2].parent, CODE_MAX, "A1");
	(void)text_copy(units[4].parent, CODE_MAX, "TIDAK-ADA");
	units[3].kind = DINAS;
	story_roster(story, units, 6);
	story_campaigns(story, &campaign, 1);
	for (unsigned i = 0; i < 6; i += 2) {
		event = a_pakta(units[i].code, story->now_ms, 2);
		story_take(story, 1, &event);
	}
	story_roster(story, units, 5);
	return story;
}

/* Each group as the query for it alone counts it. */
static void
check_groups(const struct story *story, enum group_by by, unsigned count)
{
	struct group_list groups;
	struct coverage *all;

	group_list_make(&groups, story->view, by);
	all = group_coverages(story->view, &groups, "PILKADA");
	cr_assert_eq(groups.count, count);
	for (unsigned i = 0; i < count; i++) {
		const struct group *group = &groups.at[i];
		struct coverage_query query = {.campaign = "PILKADA",
		    .wilayah = by == GROUP_KECAMATAN ? group->code : NULL,
		    .opd = by == GROUP_OPD ? group->code : NULL,
		    .unit_kind = group->unit_kind};
		struct coverage alone;

		view_coverage(story->view, &query, &alone);
		cr_expect(alone.expected > 0);
		cr_expect_arr_eq(
		    &all[i], &alone, sizeof alone, "%s", group->code);
	}
	free(all);
	group_list_clear(&groups);
}

Test(group, counts_all_groups_as_it_counts_each_alone)
{
	struct story *story = scene_new();

	check_groups(story, GROUP_KECAMATAN, 2);
	check_groups(story, GROUP_OPD, 2);
	check_groups(story, GROUP_KIND, 2);
	story_free(story);
}

Test(group, counts_nothing_in_a_campaign_that_is_not_there)
{
	struct story *story = scene_new();
	struct group_list groups;
	struct coverage *all;

	group_list_make(&groups, story->view, GROUP_OPD);
	all = group_coverages(story->view, &groups, "TIDAK-ADA");
	cr_expect(all[0].expected == 0 && all[1].expected == 0);
	free(all);
	group_list_clear(&groups);
	story_free(story);
}
