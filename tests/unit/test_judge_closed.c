/* SPDX-License-Identifier: Apache-2.0 */
/* What a person closes: an alert, a campaign. */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0, FIRST = 1, SECOND = 2 };

#define DAYS(n) ((uint64_t)(n)*STORY_DAY)
#define AT(n) (STORY_START + DAYS(n))
#define GRACE AT(10)

static struct story *
scene_new(const struct rule_row *rules, uint32_t count)
{
	struct story *story = story_new("73.71");
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 10),
	    a_unit("A2", "73.71.01.1002", 10),
	    a_unit("B1", "73.71.02.1001", 10), a_unit("B2", "73.71.02", 10)};
	struct campaign_row campaign = a_campaign("PILKADA");

	(void)story_node(story, KIND_COLLECTOR, "73.71.01");
	(void)story_node(story, KIND_COLLECTOR, "73.71.02");
	story_roster(story, units, 4);
	story_campaigns(story, &campaign, 1);
	story_rules(story, rules, count);
	return story;
}

static struct story *
scene_of(uint32_t scope)
{
	struct rule_row rule = a_rule("BELUM", scope, TELL_HEAD);

	return scene_new(&rule, 1);
}

static void
take(struct story *story, unsigned node, struct event event)
{
	story_take(story, node, &event);
}

static enum reject
answer(struct story *story, unsigned node, struct event event)
{
	return story_record(story, node, &event);
}

static void
report_all(struct story *story)
{
	story_report(story, FIRST);
	story_report(story, SECOND);
}

static const struct said *
last_of(const struct story *story, enum event_kind kind)
{
	const struct said *said = story_last(story);

	cr_assert(said != NULL, "nothing was said");
	cr_assert(said->kind == kind, "%s", event_kind_name(said->kind));
	return said;
}

static void
close_first(struct story *story, const char *reason)
{
	take(
	    story, ADMIN, a_closing_of(view_alert(story->view, 0)->id, reason));
}

static struct coverage
covered(const struct story *story, const char *wilayah)
{
	struct coverage coverage;

	view_coverage(story->view,
	    &(struct coverage_query){.campaign = "PILKADA", .wilayah = wilayah},
	    &coverage);
	return coverage;
}

/* ---- an alert */

Test(closed, an_alert_ends_with_all_that_stood_in_it)
{
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	story_until(story, GRACE);
	report_all(story);
	close_first(story, "SELESAI");
	said = last_of(story, EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(said->verdict.reason, "closed");
	cr_expect(said->verdict.unit_count == 4 && said_unit(said, "B2"));
	cr_expect(said->verdict.figures.unsigned_known == 4);
	cr_expect(said->index == view_size(story->view) - 1);
	cr_expect_str_eq(view_alert(story->view, 0)->closed_reason, "SELESAI");
	cr_expect(view_alert(story->view, 0)->closed_index ==
		  view_size(story->view) - 2);
	/* What it named is free of it. */
	take(story, FIRST, a_pakta("A1", STORY_START, 10));
	cr_expect(view_next_due_ms(story->view) == GRACE + 2 * STORY_HOUR);
	story_free(story);
}

Test(closed, an_alert_that_is_not_open_stays_as_it_is)
{
	struct story *story = scene_of(BY_REGION);
	size_t said;

	story_until(story, GRACE);
	report_all(story);
	close_first(story, "SELESAI");
	said = story->said_count;
	close_first(story, "KELIRU");
	cr_expect(story->said_count == said);
	cr_expect_str_eq(view_alert(story->view, 0)->closed_reason, "SELESAI");
	story_free(story);
}

Test(closed, unsigned_units_open_again_by_a_later_mark_only)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.mark_count = 2;
	rule.unsigned_units.at[1] = (struct mark){
	    .anchor = AT_GRACE_END, .offset_ms = 5 * (int64_t)STORY_DAY};
	story = scene_new(&rule, 1);
	story_until(story, GRACE);
	report_all(story);
	close_first(story, "KELIRU");
	story_until(story, GRACE + DAYS(5));
	cr_expect(story_open_alerts(story) == 0);
	report_all(story);
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.opening == 2);
	story_free(story);
}

Test(closed, a_mark_that_fired_before_the_closing_opens_nothing_after_it)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.mark_count = 2;
	rule.unsigned_units.at[1] = (struct mark){
	    .anchor = AT_GRACE_END, .offset_ms = 5 * (int64_t)STORY_DAY};
	story = scene_new(&rule, 1);
	story_until(story, GRACE);
	report_all(story);
	story_until(story, GRACE + DAYS(5));
	close_first(story, "SELESAI");
	report_all(story);
	story_until(story, GRACE + DAYS(9));
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

Test(closed, repeated_incidents_open_again_with_more_cases_than_were_known)
{
	struct rule_row rule = a_repeat_rule("ULANG", BY_UNIT, 2);
	struct story *story = scene_new(&rule, 1);

	story_until(story, AT(9));
	take(story, FIRST, an_incident("A1", "APK", 0, 0));
	take(story, FIRST, an_incident("A1", "APK", 2, 2));
	cr_assert(last_of(story, EVENT_ALERT_OPENED) != NULL);
	close_first(story, "SELESAI");
	cr_expect_str_eq(
	    last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason, "closed");
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	/* The same case again. */
	take(story, FIRST, an_incident("A1", "APK", 2, 2));
	cr_expect(story_open_alerts(story) == 0);
	take(story, FIRST, an_incident("A1", "APK", 5, 5));
	cr_expect(
	    last_of(story, EVENT_ALERT_OPENED)->verdict.figures.reported == 3);
	story_free(story);
}

Test(closed, an_alert_is_closed_by_whoever_answers_for_where_it_lies)
{
	struct story *story = scene_of(BY_KECAMATAN);
	unsigned admin = story_node(story, KIND_ADMIN, "73.71.02");
	unsigned reviewer = story_node(story, KIND_REVIEWER, "73.71.01");
	const uint8_t *first, *second;
	uint8_t unknown[EVENT_ID_SIZE] = {1};

	story_until(story, GRACE);
	report_all(story);
	cr_assert(view_alert_count(story->view) == 2);
	first = view_alert(story->view, 0)->id;
	second = view_alert(story->view, 1)->id;
	cr_expect(answer(story, FIRST, a_closing_of(first, "SELESAI")) ==
		  REJECT_KIND);
	cr_expect(answer(story, admin, a_closing_of(first, "SELESAI")) ==
		  REJECT_PREFIX);
	cr_expect(answer(story, reviewer, a_closing_of(second, "SELESAI")) ==
		  REJECT_PREFIX);
	cr_expect(answer(story, reviewer, a_closing_of(first, "SELESAI")) ==
		  REJECT_NONE);
	cr_expect(answer(story, admin, a_closing_of(second, "SELESAI")) ==
		  REJECT_NONE);
	story_sync(story, ADMIN);
	cr_expect(answer(story, ADMIN, a_closing_of(unknown, "SELESAI")) ==
		  REJECT_UNKNOWN_RECORD);
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

/* ---- a campaign */

Test(closed, a_campaign_keeps_the_figures_of_its_last_moment)
{
	struct story *story = scene_of(BY_REGION);
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 10)};
	const struct view_campaign *campaign;

	take(story, FIRST, a_pakta("A1", STORY_START, 10));
	take(story, ADMIN, an_excuse_of("B1", false));
	take(story, ADMIN, an_extension_of("B2", NULL, AT(30)));
	story_until(story, GRACE);
	story_report(story, FIRST);
	take(story, ADMIN, a_campaign_closing("PILKADA"));
	campaign = view_campaign_by_id(story->view, "PILKADA");
	cr_expect(campaign->closed_index != UINT64_MAX);
	story_report(story, SECOND);
	story_roster(story, units, 1);
	cr_expect(covered(story, NULL).expected == 4);
	cr_expect(covered(story, NULL).actual == 1);
	cr_expect(covered(story, NULL).on_time == 1);
	cr_expect(covered(story, NULL).late == 0);
	cr_expect(covered(story, NULL).excused == 1);
	cr_expect(covered(story, NULL).extended == 1);
	cr_expect(covered(story, NULL).unsigned_known == 1);
	cr_expect(covered(story, NULL).signatures[EMPLOYMENT_PNS] == 10);
	cr_expect(covered(story, "73.71.01").expected == 1);
	story_free(story);
}

Test(closed, a_campaign_takes_nothing_any_more_from_anybody)
{
	struct story *story = scene_of(BY_REGION);
	struct event pakta = a_pakta("A1", STORY_START, 10);
	struct event withdrawal, correction;

	take(story, FIRST, pakta);
	withdrawal = a_withdrawal(story, FIRST, 1);
	correction = a_correction(story, FIRST, 1, &pakta);
	take(story, ADMIN, a_campaign_closing("PILKADA"));
	/* Long before the lock, and the node has not heard of it. */
	cr_expect(answer(story, FIRST, pakta) == REJECT_LOCKED);
	cr_expect(answer(story, FIRST, withdrawal) == REJECT_LOCKED);
	cr_expect(answer(story, ADMIN, withdrawal) == REJECT_LOCKED);
	cr_expect(answer(story, ADMIN, correction) == REJECT_LOCKED);
	cr_expect(
	    answer(story, ADMIN, an_excuse_of("A1", false)) == REJECT_LOCKED);
	cr_expect(answer(story, ADMIN, an_extension_of("A1", NULL, AT(20))) ==
		  REJECT_LOCKED);
	cr_expect(answer(story, ADMIN, a_campaign_closing("PILKADA")) ==
		  REJECT_LOCKED);
	cr_expect(answer(story, ADMIN, a_campaign_closing("LAIN")) ==
		  REJECT_UNKNOWN_CAMPAIGN);
	story_free(story);
}

Test(closed, a_campaign_is_closed_by_an_admin_of_the_whole_region)
{
	struct story *story = scene_of(BY_REGION);
	unsigned district = story_node(story, KIND_ADMIN, "73.71.01");

	cr_expect(
	    answer(story, FIRST, a_campaign_closing("PILKADA")) == REJECT_KIND);
	cr_expect(answer(story, district, a_campaign_closing("PILKADA")) ==
		  REJECT_PREFIX);
	story_free(story);
}

Test(closed, a_campaign_ends_its_alerts_and_nothing_of_it_fires_again)
{
	struct rule_row rules[] = {a_rule("BELUM", BY_KECAMATAN, TELL_HEAD),
	    a_repeat_rule("ULANG", BY_UNIT, 1)};
	struct story *story = scene_new(rules, 2);

	story_until(story, AT(9));
	take(story, FIRST, an_incident("A1", "APK", 0, 0));
	take(story, ADMIN, an_extension_of("A1", NULL, AT(20)));
	story_until(story, GRACE);
	story_report(story, FIRST);
	cr_assert(story_open_alerts(story) == 2);
	take(story, ADMIN, a_campaign_closing("PILKADA"));
	cr_expect_str_eq(last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason,
	    "campaign_closed");
	cr_expect(story_last(story)->verdict.unit_count == 1);
	/* Not the alert of a rule that has no campaign. */
	cr_expect(story_open_alerts(story) == 1);
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	/* The other kecamatan, which the mark still waited for. */
	story_report(story, SECOND);
	cr_expect(story_open_alerts(story) == 1);
	story_free(story);
}

Test(closed, a_campaign_stays_closed_whatever_its_file_says)
{
	struct story *story = scene_of(BY_REGION);
	struct rule_row rules[] = {a_rule("BARU", BY_UNIT, TELL_HEAD)};
	struct campaign_row campaign = a_campaign("PILKADA");

	take(story, ADMIN, a_campaign_closing("PILKADA"));
	campaign.due_ms = AT(20);
	campaign.grace_end_ms = AT(21);
	story_campaigns(story, &campaign, 0);
	story_campaigns(story, &campaign, 1);
	story_rules(story, rules, 1);
	cr_expect(view_campaign(story->view, 0)->row.due_ms == AT(7));
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	cr_expect(answer(story, FIRST, a_pakta("A1", STORY_START, 1)) ==
		  REJECT_LOCKED);
	story_free(story);
}

Test(closed, is_the_same_after_a_load)
{
	struct story *story = scene_of(BY_KECAMATAN);
	struct text_buf live = {0}, again = {0};
	struct view *loaded = view_new();

	story_until(story, GRACE);
	report_all(story);
	close_first(story, "SELESAI");
	take(story, ADMIN, a_campaign_closing("PILKADA"));
	view_save(story->view, &live);
	cr_assert(view_load(loaded, bytes_of(live.at, live.len)) == OK);
	view_save(loaded, &again);
	cr_expect(bytes_equal(
	    bytes_of(live.at, live.len), bytes_of(again.at, again.len)));
	view_free(story->view);
	story->view = loaded;
	cr_expect(covered(story, NULL).unsigned_known == 4);
	cr_expect(view_next_due_ms(loaded) == UINT64_MAX);
	text_buf_clear(&live);
	text_buf_clear(&again);
	story_free(story);
}

/* ---- severity */

Test(closed, verdicts_carry_the_severity_of_their_rule)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct story *story = scene_new(&rule, 1);

	story_until(story, GRACE);
	report_all(story);
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.severity == 2);
	rule.severity = 3;
	story_rules(story, &rule, 1);
	close_first(story, "SELESAI");
	cr_expect(last_of(story, EVENT_ALERT_RESOLVED)->verdict.severity == 3);
	cr_expect(view_alert(story->view, 0)->severity == 3);
	story_free(story);
}
