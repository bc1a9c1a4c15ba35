/* SPDX-License-Identifier: Apache-2.0 */
/* Units that are excused, and units with more time. */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0, FIRST = 1, SECOND = 2 };

#define DAYS(n) ((uint64_t)(n)*STORY_DAY)
#define AT(n) (STORY_START + DAYS(n))
#define DUE AT(7)
#define GRACE AT(10)
#define LOCK AT(24)
/* Three days of grace behind it, as the campaign has. */
#define UNTIL AT(12)
#define OVER AT(15)

/* Two kecamatan with two units and a collector each. */
static struct story *
scene_new(const struct rule_row *rule)
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
	story_rules(story, rule, 1);
	return story;
}

static struct story *
scene_of(uint32_t min_units)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);

	rule.unsigned_units.min_units = min_units;
	return scene_new(&rule);
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

static void
open_at_grace(struct story *story)
{
	story_until(story, GRACE);
	report_all(story);
	cr_assert(story->said_count == 1);
	cr_assert(story->said[0].kind == EVENT_ALERT_OPENED);
}

static const struct said *
last_of(const struct story *story, enum event_kind kind)
{
	const struct said *said = story_last(story);

	cr_assert(said != NULL, "nothing was said");
	cr_assert(said->kind == kind, "%s", event_kind_name(said->kind));
	return said;
}

static struct coverage
covered(const struct story *story)
{
	struct coverage coverage;

	view_coverage(story->view,
	    &(struct coverage_query){.campaign = "PILKADA"}, &coverage);
	return coverage;
}

/* ---- more time */

Test(exempt, a_unit_with_more_time_is_not_unsigned)
{
	struct story *story = scene_of(1);
	const struct said *said;

	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	open_at_grace(story);
	said = last_of(story, EVENT_ALERT_OPENED);
	cr_expect(said->verdict.unit_count == 3 && !said_unit(said, "A1"));
	cr_expect(said->verdict.figures.expected == 4);
	cr_expect(said->verdict.figures.extended == 1);
	cr_expect(said->verdict.figures.unsigned_known == 3);
	story_free(story);
}

Test(exempt, it_is_unheard_when_its_time_has_run_out_and_then_known)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	open_at_grace(story);
	story_until(story, OVER - 1);
	cr_expect(covered(story).extended == 1);
	story_until(story, OVER);
	cr_expect(covered(story).extended == 0 && covered(story).unheard == 1);
	/* Heard past the mark, but not past the end of its own time. */
	cr_expect(story->said_count == 1);
	story_report(story, FIRST);
	cr_expect(covered(story).unheard == 0);
	story_until(story, OVER + DAYS(1));
	cr_expect(said_unit(last_of(story, EVENT_ALERT_RAISED), "A1"));
	story_free(story);
}

Test(exempt, it_is_on_time_by_what_was_made_within_its_own_time)
{
	static const struct {
		uint64_t made_ms;
		bool is_on_time;
	} cases[] = {{DUE, true}, {UNTIL, true}, {UNTIL + 1, false}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct story *story = scene_of(1);

		take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
		open_at_grace(story);
		story_until(story, AT(13));
		take(story, FIRST, a_pakta("A1", cases[i].made_ms, 10));
		story_until(story, OVER);
		report_all(story);
		cr_expect(covered(story).on_time == cases[i].is_on_time,
		    "case %u", i);
		cr_expect(
		    covered(story).late == !cases[i].is_on_time, "case %u", i);
		cr_expect(covered(story).actual == 1);
		story_free(story);
	}
}

Test(exempt, it_must_be_recorded_before_the_node_has_seen_the_end)
{
	static const bool has_seen[] = {false, true};

	for (unsigned i = 0; i < 2; i++) {
		struct story *story = scene_of(1);

		take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
		open_at_grace(story);
		story_until(story, OVER + DAYS(1));
		if (has_seen[i])
			story_report(story, FIRST);
		take(story, FIRST, a_pakta("A1", UNTIL, 10));
		report_all(story);
		cr_expect(covered(story).on_time == !has_seen[i], "case %u", i);
		cr_expect(covered(story).late == has_seen[i], "case %u", i);
		story_free(story);
	}
}

Test(exempt, a_wilayah_has_more_time_with_all_that_come_to_lie_in_it)
{
	struct story *story = scene_of(1);
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 10),
	    a_unit("A2", "73.71.01.1002", 10), a_unit("A3", "73.71.01", 1),
	    a_unit("B1", "73.71.01.1001", 10), a_unit("B2", "73.71.02", 10)};

	take(story, ADMIN, an_extension_of(NULL, "73.71.01", UNTIL));
	cr_expect(covered(story).extended == 2);
	/* One is new, one has moved, with a pledge made after the due date. */
	story_until(story, AT(8));
	take(story, SECOND, a_pakta("B1", AT(8), 10));
	story_roster(story, units, 5);
	cr_expect(covered(story).extended == 3);
	cr_expect(covered(story).on_time == 1);
	story_until(story, GRACE);
	report_all(story);
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.unit_count == 1);
	story_free(story);
}

Test(exempt, of_several_extensions_the_one_that_lasts_longest_counts)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, AT(14)));
	take(story, ADMIN, an_extension_of(NULL, "73.71.01", UNTIL));
	cr_expect(covered(story).extended == 2);
	story_until(story, OVER);
	cr_expect(covered(story).extended == 1);
	story_until(story, AT(17));
	cr_expect(covered(story).extended == 0);
	story_free(story);
}

Test(exempt, a_longer_extension_lets_the_time_run_again)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	open_at_grace(story);
	story_until(story, OVER);
	report_all(story);
	story_until(story, OVER + DAYS(1));
	cr_assert(said_unit(last_of(story, EVENT_ALERT_RAISED), "A1"));
	take(story, ADMIN, an_extension_of("A1", NULL, AT(20)));
	cr_expect_str_eq(
	    said_why(last_of(story, EVENT_ALERT_CORRECTED), "A1"), "extended");
	cr_expect(covered(story).extended == 1);
	take(story, FIRST, a_pakta("A1", AT(16), 10));
	cr_expect(covered(story).on_time == 1);
	story_free(story);
}

Test(exempt, one_that_gives_no_more_time_changes_nothing)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, DUE));
	cr_expect(covered(story).extended == 0);
	open_at_grace(story);
	cr_expect(story->said[0].verdict.unit_count == 4);
	cr_expect(story->said[0].verdict.figures.extended == 0);
	story_free(story);
}

Test(exempt, one_that_is_over_when_it_is_recorded_has_its_entry_as_the_end)
{
	struct story *story = scene_of(1);

	open_at_grace(story);
	story_until(story, AT(11));
	take(story, FIRST, a_pakta("A1", AT(8), 10));
	story_until(story, OVER + DAYS(2));
	cr_expect(covered(story).late == 1);
	/* So everything before it was in time, by when it was made. */
	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	cr_expect(covered(story).extended == 0 && covered(story).on_time == 1);
	story_report(story, FIRST);
	take(story, FIRST, a_pakta("A2", AT(8), 10));
	cr_expect(covered(story).late == 1);
	story_free(story);
}

Test(exempt, its_collectors_must_be_heard_past_that_entry)
{
	struct story *story = scene_of(1);

	open_at_grace(story);
	story_until(story, OVER + DAYS(1));
	report_all(story);
	cr_expect(covered(story).unheard == 0);
	take(story, ADMIN, an_extension_of("A2", NULL, UNTIL));
	cr_expect(covered(story).unheard == 1);
	story_report(story, FIRST);
	cr_expect(covered(story).unheard == 0);
	story_free(story);
}

Test(exempt, one_that_lasts_no_longer_does_not_move_the_end)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	story_until(story, OVER);
	story_report(story, FIRST);
	take(story, FIRST, a_pakta("A1", AT(8), 10));
	cr_expect(covered(story).late == 1);
	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	take(story, ADMIN, an_extension_of("A1", NULL, AT(9)));
	cr_expect(covered(story).late == 1 && covered(story).on_time == 0);
	story_free(story);
}

Test(exempt, it_is_on_time_news_for_a_member_that_had_signed_by_then)
{
	struct story *story = scene_of(1);
	const struct said *said;

	open_at_grace(story);
	story_until(story, OVER + STORY_HOUR);
	take(story, FIRST, a_pakta("A1", AT(8), 10));
	/* Still a member: the daily look has not been. */
	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	cr_expect(story->said_count == 1);
	story_until(story, OVER + 2 * STORY_HOUR);
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect_str_eq(said_why(said, "A1"), "on_time");
	story_free(story);
}

Test(exempt, a_member_leaves_when_it_gets_more_time)
{
	struct story *story = scene_of(1);
	const struct said *said;

	open_at_grace(story);
	take(story, ADMIN, an_extension_of(NULL, "73.71.01", UNTIL));
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect_str_eq(said->verdict.reason, "extended");
	cr_expect_str_eq(said_why(said, "A1"), "extended");
	cr_expect_str_eq(said_why(said, "A2"), "extended");
	cr_expect(said->verdict.figures.extended == 2);
	cr_expect(said->verdict.figures.unsigned_known == 2);
	cr_expect(said->verdict.figures.expected == 4);
	take(story, ADMIN, an_extension_of(NULL, "73.71", UNTIL));
	said = last_of(story, EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(said->verdict.reason, "extended");
	cr_expect(said->verdict.unit_count == 0);
	cr_expect(said->verdict.figures.extended == 4);
	story_free(story);
}

Test(exempt, an_alert_that_does_not_name_the_unit_is_not_looked_at)
{
	struct story *story = scene_of(1);

	take(story, FIRST, a_pakta("A1", STORY_START, 10));
	open_at_grace(story);
	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	take(story, ADMIN, an_excuse_of("A1", false));
	cr_expect(story->said_count == 1);
	story_free(story);
}

Test(exempt, dates_that_move_let_all_extensions_run_again)
{
	struct story *story = scene_of(1);
	struct campaign_row campaign = a_campaign("PILKADA");

	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	story_until(story, OVER);
	cr_expect(covered(story).extended == 0);
	/* Now six days of grace. */
	campaign.grace_end_ms = AT(13);
	story_campaigns(story, &campaign, 1);
	cr_expect(covered(story).extended == 1);
	story_until(story, AT(18) - 1);
	cr_expect(covered(story).extended == 1);
	story_until(story, AT(18));
	cr_expect(covered(story).extended == 0);
	story_free(story);
}

/* ---- the lock */

Test(exempt, the_lock_waits_for_a_unit_with_more_time)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, AT(25)));
	story_until(story, LOCK);
	report_all(story);
	cr_expect(
	    answer(story, FIRST, a_pakta("A2", AT(24), 1)) == REJECT_LOCKED);
	cr_expect(
	    answer(story, FIRST, a_pakta("A1", AT(24), 1)) == REJECT_NONE);
	/* Its time has run out, but not in what the node has seen. */
	story_until(story, AT(28));
	cr_expect(
	    answer(story, FIRST, a_pakta("A1", AT(25), 2)) == REJECT_NONE);
	report_all(story);
	cr_expect(
	    answer(story, FIRST, a_pakta("A1", AT(25), 3)) == REJECT_LOCKED);
	story_free(story);
}

Test(exempt, daily_looks_go_on_for_a_day_behind_the_last_extension)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_extension_of("A1", NULL, AT(25)));
	open_at_grace(story);
	story_until(story, AT(28));
	story_report(story, FIRST);
	cr_expect(story->said_count == 1);
	story_until(story, AT(29));
	cr_expect(said_unit(last_of(story, EVENT_ALERT_RAISED), "A1"));
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	story_free(story);
}

Test(exempt, daily_looks_begin_again_for_an_extension_after_the_lock)
{
	struct story *story = scene_of(1);

	take(story, FIRST, a_pakta("A2", STORY_START, 10));
	open_at_grace(story);
	story_until(story, AT(30));
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	take(story, ADMIN, an_extension_of("A1", NULL, AT(32)));
	cr_expect_str_eq(
	    said_why(last_of(story, EVENT_ALERT_CORRECTED), "A1"), "extended");
	cr_expect(view_next_due_ms(story->view) == AT(31));
	story_until(story, AT(35));
	report_all(story);
	story_until(story, AT(36));
	cr_expect(said_unit(last_of(story, EVENT_ALERT_RAISED), "A1"));
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	story_free(story);
}

/* ---- excused */

Test(exempt, an_excused_unit_is_not_unsigned_and_not_in_the_share)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct story *story;

	/* Two of four are half; one of three would not be. */
	rule.unsigned_units.min_units = 0;
	rule.unsigned_units.min_bp = 6600;
	story = scene_new(&rule);
	take(story, ADMIN, an_excuse_of("A1", false));
	take(story, FIRST, a_pakta("A2", STORY_START, 10));
	story_until(story, GRACE);
	report_all(story);
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.unit_count == 2);
	cr_expect(story->said[0].verdict.figures.expected == 4);
	cr_expect(story->said[0].verdict.figures.excused == 1);
	cr_expect(covered(story).excused == 1 && covered(story).on_time == 1);
	cr_expect(covered(story).unsigned_known == 2);
	story_free(story);
}

Test(exempt, a_unit_that_signed_all_the_same_is_on_time)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_excuse_of("A1", false));
	take(story, FIRST, a_pakta("A1", STORY_START, 10));
	cr_expect(covered(story).on_time == 1 && covered(story).excused == 0);
	story_free(story);
}

Test(exempt, a_member_that_is_excused_leaves_at_once)
{
	struct story *story = scene_of(3);
	const struct said *said;

	open_at_grace(story);
	take(story, ADMIN, an_excuse_of("B2", false));
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect_str_eq(said->verdict.reason, "excused");
	cr_expect_str_eq(said_why(said, "B2"), "excused");
	cr_expect(said->verdict.figures.excused == 1);
	cr_expect(said->verdict.figures.unsigned_known == 3);
	take(story, ADMIN, an_excuse_of("B1", false));
	said = last_of(story, EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(said->verdict.reason, "excused");
	cr_expect_str_eq(said_why(said, "B1"), "excused");
	cr_expect(said->verdict.unit_count == 2);
	story_free(story);
}

Test(exempt, an_excuse_moves_nobody_but_the_excused)
{
	struct story *story = scene_of(1);
	const struct said *said;

	story_until(story, GRACE);
	story_report(story, SECOND);
	story_until(story, GRACE + 2 * STORY_HOUR);
	story_report(story, FIRST);
	story_until(story, GRACE + DAYS(1));
	/* On-time news that waits for its minute stays what it is. */
	story->nodes[FIRST].seen = 0;
	take(story, SECOND, a_pakta("B1", STORY_START, 10));
	take(story, ADMIN, an_excuse_of("B2", false));
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect(said->verdict.removed_count == 1);
	cr_expect_str_eq(said_why(said, "B2"), "excused");
	story_free(story);
}

Test(exempt, a_lifted_excuse_is_seen_at_the_next_look)
{
	struct story *story = scene_of(1);

	take(story, ADMIN, an_excuse_of("A1", false));
	open_at_grace(story);
	cr_expect(story->said[0].verdict.unit_count == 3);
	take(story, ADMIN, an_excuse_of("A1", true));
	cr_expect(story->said_count == 1);
	cr_expect(covered(story).excused == 0);
	story_until(story, GRACE + DAYS(1));
	cr_expect(said_unit(last_of(story, EVENT_ALERT_RAISED), "A1"));
	story_free(story);
}

Test(exempt, whoever_knew_more_of_the_log_has_the_last_word_on_an_excuse)
{
	struct story *story = scene_of(1);
	unsigned other = story_node(story, KIND_ADMIN, "73.71");

	story_report(story, FIRST);
	story_sync(story, ADMIN);
	take(story, ADMIN, an_excuse_of("A1", true));
	/* Arrives later, and had seen less. */
	take(story, other, an_excuse_of("A1", false));
	cr_expect(covered(story).excused == 0);
	story_sync(story, other);
	take(story, other, an_excuse_of("A1", false));
	cr_expect(covered(story).excused == 1);
	story_free(story);
}

/* ---- hysteresis */

Test(exempt, clear_units_keep_an_alert_open_below_what_opens_it)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.min_units = 4;
	rule.unsigned_units.clear_units = 2;
	story = scene_new(&rule);
	open_at_grace(story);
	take(story, FIRST, a_pakta("A1", STORY_START, 10));
	take(story, FIRST, a_pakta("A2", STORY_START, 10));
	story_until(story, GRACE + DAYS(1));
	cr_expect(
	    last_of(story, EVENT_ALERT_CORRECTED)->verdict.unit_count == 2);
	take(story, SECOND, a_pakta("B1", STORY_START, 10));
	story_until(story, GRACE + DAYS(2));
	cr_expect_str_eq(
	    last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason, "late");
	/* It does not open with what would have kept it open. */
	story_until(story, GRACE + DAYS(3));
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

/* ---- who may, and what is kept */

Test(exempt, is_for_the_admin_of_the_units_wilayah)
{
	struct story *story = scene_of(1);
	unsigned district = story_node(story, KIND_ADMIN, "73.71.01");
	struct event unknown = an_excuse_of("A1", false);

	cr_expect(
	    answer(story, FIRST, an_excuse_of("A1", false)) == REJECT_KIND);
	cr_expect(answer(story, district, an_excuse_of("B1", false)) ==
		  REJECT_PREFIX);
	cr_expect(
	    answer(story, district, an_extension_of(NULL, "73.71.02", UNTIL)) ==
	    REJECT_PREFIX);
	cr_expect(answer(story, district, an_extension_of("B1", NULL, UNTIL)) ==
		  REJECT_PREFIX);
	cr_expect(
	    answer(story, district, an_excuse_of("A1", false)) == REJECT_NONE);
	cr_expect(answer(story, ADMIN, an_excuse_of("XX", false)) ==
		  REJECT_UNKNOWN_UNIT);
	(void)text_copy(unknown.excused.campaign, CODE_MAX, "LAIN");
	cr_expect(answer(story, ADMIN, unknown) == REJECT_UNKNOWN_CAMPAIGN);
	story_free(story);
}

Test(exempt, is_the_same_after_a_load_and_after_another_fold)
{
	struct story *story = scene_of(1);
	struct text_buf live = {0}, again = {0};
	struct view *loaded = view_new();

	take(story, ADMIN, an_extension_of("A1", NULL, UNTIL));
	take(story, ADMIN, an_extension_of(NULL, "73.71.02", AT(20)));
	take(story, ADMIN, an_excuse_of("A2", false));
	take(story, ADMIN, an_excuse_of("B2", false));
	take(story, ADMIN, an_excuse_of("B2", true));
	take(story, FIRST, a_pakta("A1", AT(0), 3));
	story_until(story, AT(16));
	report_all(story);
	view_save(story->view, &live);
	cr_assert(view_load(loaded, bytes_of(live.at, live.len)) == OK);
	view_save(loaded, &again);
	cr_expect(bytes_equal(
	    bytes_of(live.at, live.len), bytes_of(again.at, again.len)));
	cr_expect(view_next_due_ms(loaded) == view_next_due_ms(story->view));
	view_free(story->view);
	story->view = loaded;
	cr_expect(covered(story).extended == 2 && covered(story).excused == 1);
	story_until(story, AT(23));
	cr_expect(covered(story).extended == 0);
	text_buf_clear(&live);
	text_buf_clear(&again);
	story_free(story);
}
