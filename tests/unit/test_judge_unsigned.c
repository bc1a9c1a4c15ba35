/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0, FIRST = 1, SECOND = 2 };

#define DAYS(n) ((uint64_t)(n)*STORY_DAY)
#define DUE (STORY_START + DAYS(7))
#define GRACE (STORY_START + DAYS(10))
#define LOCK (STORY_START + DAYS(24))

/* Two kecamatan with two units and a collector each. */
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
	units[3].kind = KECAMATAN;
	(void)text_copy(units[2].parent, CODE_MAX, "A1");
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

static uint64_t
record(struct story *story, unsigned node, struct event event)
{
	story_take(story, node, &event);
	return event.seq;
}

static void
sign(struct story *story, unsigned node, const char *unit)
{
	(void)record(story, node, a_pakta(unit, STORY_START, 10));
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

/* ---- when a mark is judged */

Test(unsigned_units, are_judged_when_all_that_cover_them_are_heard)
{
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	sign(story, FIRST, "A1");
	story_until(story, GRACE);
	story_report(story, FIRST);
	cr_expect(story->said_count == 0);
	story_report(story, SECOND);
	said = last_of(story, EVENT_ALERT_OPENED);
	cr_expect(said->verdict.unit_count == 3);
	cr_expect_str_eq(said->units[0].code, "A2");
	cr_expect_str_eq(said->units[2].code, "B2");
	cr_expect_str_eq(said->verdict.occasion, "grace_end");
	cr_expect_str_eq(said->verdict.object, "73.71");
	cr_expect(said->verdict.figures.expected == 4);
	cr_expect(said->verdict.figures.on_time == 1);
	cr_expect(said->verdict.figures.unsigned_known == 3);
	cr_expect(said->verdict.rules_version == 1);
	cr_expect(said->verdict.judged_at_ms == GRACE);
	story_free(story);
}

Test(unsigned_units, are_judged_at_the_settle_time_without_the_unheard)
{
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	story_until(story, GRACE);
	story_report(story, FIRST);
	story_until(story, GRACE + 2 * STORY_HOUR - 1);
	cr_expect(story->said_count == 0);
	story_until(story, GRACE + 2 * STORY_HOUR);
	said = last_of(story, EVENT_ALERT_OPENED);
	cr_expect(said->verdict.unit_count == 2);
	cr_expect(said_unit(said, "A1") && said_unit(said, "A2"));
	cr_expect(said->verdict.figures.unheard == 2);
	cr_expect(said->verdict.judged_at_ms == GRACE + 2 * STORY_HOUR);
	story_free(story);
}

Test(unsigned_units, settle_from_the_entry_and_not_from_the_mark)
{
	struct story *story = scene_of(BY_REGION);

	/* The region was down for a day. */
	story_tick(story, GRACE + DAYS(1));
	cr_expect(
	    view_next_due_ms(story->view) == GRACE + DAYS(1) + 2 * STORY_HOUR);
	story_free(story);
}

Test(unsigned_units, open_nothing_while_all_are_unheard)
{
	struct story *story = scene_of(BY_REGION);

	story_until(story, GRACE + DAYS(5));
	cr_expect(story->said_count == 0);
	story_free(story);
}

Test(unsigned_units, are_not_known_while_one_collector_above_is_silent)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);
	struct story *story = scene_new(&rule, 1);
	unsigned city = story_node(story, KIND_COLLECTOR, "73.71");

	story_until(story, GRACE);
	report_all(story);
	story_until(story, GRACE + 3 * STORY_HOUR);
	cr_expect(story->said_count == 0);
	story_report(story, city);
	story_until(story, GRACE + DAYS(1));
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.unit_count == 4);
	story_free(story);
}

Test(unsigned_units, are_freed_by_revoking_or_vouching_for_a_dead_node)
{
	static const struct {
		enum event_kind kind;
		const char *reason;
	} cases[] = {
	    {EVENT_NODE_REVOKED, "RUSAK"}, {EVENT_NODE_VOUCHED, "TELEPON"}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct story *story = scene_of(BY_REGION);
		struct event event = {.kind = cases[i].kind};
		unsigned spare = story_node(story, KIND_COLLECTOR, "73.71.02");

		story_until(story, GRACE);
		story_report(story, FIRST);
		story_report(story, spare);
		cr_expect(story->said_count == 0);
		memcpy(
		    event.named.node, story->nodes[SECOND].id, EVENT_ID_SIZE);
		(void)text_copy(
		    event.named.reason, REASON_MAX, cases[i].reason);
		story_take(story, ADMIN, &event);
		cr_expect(
		    last_of(story, EVENT_ALERT_OPENED)->verdict.unit_count ==
		    4);
		story_free(story);
	}
}

/* ---- groups and thresholds */

Test(unsigned_units, fall_in_groups_by_scope)
{
	static const struct {
		uint32_t scope;
		unsigned alerts;
		const char *first, *name;
		uint32_t units; /* of the first */
	} cases[] = {{BY_UNIT, 4, "A1", "Unit A1", 1},
	    {BY_KECAMATAN, 2, "73.71.01", "", 2},
	    {BY_OPD, 3, "A1", "Unit A1", 2}, {BY_REGION, 1, "73.71", "", 4}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct story *story = scene_of(cases[i].scope);

		story_until(story, GRACE);
		story_until(story, GRACE + STORY_HOUR);
		report_all(story);
		cr_expect(story->said_count == cases[i].alerts, "%zu",
		    story->said_count);
		for (unsigned k = 0; k < story->said_count; k++) {
			const struct said *said = &story->said[k];

			if (strcmp(said->verdict.object, cases[i].first) != 0)
				continue;
			cr_expect(said->verdict.unit_count == cases[i].units);
			cr_expect_str_eq(
			    said->verdict.object_name, cases[i].name);
		}
		story_free(story);
	}
}

Test(unsigned_units, give_a_kecamatan_the_name_of_its_office)
{
	struct story *story = scene_of(BY_KECAMATAN);

	story_until(story, GRACE);
	story_report(story, SECOND);
	cr_expect_str_eq(
	    last_of(story, EVENT_ALERT_OPENED)->verdict.object_name, "Unit B2");
	story_free(story);
}

Test(unsigned_units, reach_a_threshold_by_number_or_by_share)
{
	static const struct {
		uint32_t min_units, min_bp;
		unsigned signed_units;
		bool opens;
	} cases[] = {{3, 0, 1, true}, {3, 0, 2, false}, {0, 5000, 2, true},
	    {0, 5000, 3, false}, {9, 2500, 3, true}, {1, 10000, 3, true},
	    {1, 0, 4, false}};
	static const char *const units[] = {"A1", "A2", "B1", "B2"};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
		struct story *story;

		rule.unsigned_units.min_units = cases[i].min_units;
		rule.unsigned_units.min_bp = cases[i].min_bp;
		story = scene_new(&rule, 1);
		for (unsigned k = 0; k < cases[i].signed_units; k++)
			sign(story, k < 2 ? FIRST : SECOND, units[k]);
		story_until(story, GRACE);
		report_all(story);
		cr_expect(
		    (story->said_count > 0) == cases[i].opens, "case %u", i);
		story_free(story);
	}
}

Test(unsigned_units, look_only_at_the_kinds_of_the_rule)
{
	struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.unit_kinds = 1u << KECAMATAN;
	story = scene_new(&rule, 1);
	story_until(story, GRACE);
	report_all(story);
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.unit_count == 1);
	cr_expect(story_last(story)->verdict.figures.expected == 1);
	story_free(story);
}

Test(unsigned_units, are_signed_as_the_rule_counts)
{
	static const struct {
		uint32_t counts, signed_bp;
		bool by_reading, by_head, by_half;
	} cases[] = {{IF_READ, 0, true, false, false},
	    {IF_HEAD, 0, false, true, true},
	    {IF_SHARE, 5000, false, false, true},
	    {IF_SHARE, 5001, false, false, false}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rule_row rule = a_rule("R", BY_UNIT, TELL_HEAD);
		struct story *story;
		const struct view *view;

		rule.unsigned_units.counts = cases[i].counts;
		rule.unsigned_units.signed_bp = cases[i].signed_bp;
		story = scene_new(&rule, 1);
		(void)record(story, FIRST, an_ikrar("A1", STORY_START));
		(void)record(story, FIRST, a_pakta("A2", STORY_START, 1));
		(void)record(story, SECOND, a_pakta("B1", STORY_START, 5));
		story_until(story, GRACE);
		report_all(story);
		view = story->view;
		cr_expect(view_alert_count(view) == 4u - cases[i].by_reading -
							cases[i].by_head -
							cases[i].by_half,
		    "case %u", i);
		story_free(story);
	}
}

/* ---- afterwards */

Test(unsigned_units, leave_at_the_daily_look_when_they_sign_late)
{
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	story_until(story, GRACE);
	report_all(story);
	sign(story, FIRST, "A1");
	story_until(story, GRACE + DAYS(1) - 1);
	cr_expect(story->said_count == 1);
	story_until(story, GRACE + DAYS(1));
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect(said->verdict.removed_count == 1);
	cr_expect_str_eq(said->removed[0].code, "A1");
	cr_expect_str_eq(said->removed[0].why, "late");
	cr_expect_str_eq(said->verdict.reason, "late");
	cr_expect(said->verdict.unit_count == 3 && !said_unit(said, "A1"));
	cr_expect(said->verdict.figures.late == 1);
	story_free(story);
}

Test(unsigned_units, end_as_all_signed_or_late)
{
	struct rule_row rule = a_rule("R", BY_KECAMATAN, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.min_units = 2;
	story = scene_new(&rule, 1);
	story_until(story, GRACE);
	report_all(story);
	sign(story, FIRST, "A1");
	sign(story, FIRST, "A2");
	sign(story, SECOND, "B1");
	story_until(story, GRACE + DAYS(1));
	cr_assert(story->said_count == 4);
	cr_expect(story->said[2].kind == EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(story->said[2].verdict.reason, "all_signed");
	cr_expect(story->said[3].kind == EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(story->said[3].verdict.reason, "late");
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

Test(unsigned_units, join_at_the_daily_look_when_they_become_known)
{
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	story_until(story, GRACE);
	story_report(story, FIRST);
	story_until(story, GRACE + 3 * STORY_HOUR);
	story_report(story, SECOND);
	cr_expect(story->said_count == 1);
	story_until(story, GRACE + DAYS(1));
	said = last_of(story, EVENT_ALERT_RAISED);
	cr_expect(said->verdict.unit_count == 4);
	cr_expect(said->verdict.figures.unheard == 0);
	cr_expect(memcmp(said->verdict.alert, story->said[0].verdict.alert,
		      EVENT_ID_SIZE) == 0);
	story_free(story);
}

Test(unsigned_units, tell_who_left_before_who_joined)
{
	struct story *story = scene_of(BY_REGION);

	story_until(story, GRACE);
	story_report(story, FIRST);
	story_until(story, GRACE + 3 * STORY_HOUR);
	sign(story, FIRST, "A1");
	story_report(story, SECOND);
	story_until(story, GRACE + DAYS(1));
	cr_assert(story->said_count == 3);
	cr_expect(story->said[1].kind == EVENT_ALERT_CORRECTED);
	cr_expect(story->said[1].verdict.unit_count == 1);
	cr_expect(story->said[1].verdict.figures.unsigned_known == 1);
	cr_expect(story->said[2].kind == EVENT_ALERT_RAISED);
	cr_expect(story->said[2].verdict.unit_count == 3);
	story_free(story);
}

Test(unsigned_units, that_were_told_stay_known_when_their_node_falls_silent)
{
	struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.mark_count = 2;
	rule.unsigned_units.at[1] = (struct mark){
	    .anchor = AT_GRACE_END, .offset_ms = 2 * (int64_t)STORY_DAY};
	story = scene_new(&rule, 1);
	story_until(story, GRACE);
	report_all(story);
	story_until(story, GRACE + DAYS(2));
	story_report(story, FIRST);
	story_until(story, GRACE + DAYS(4));
	cr_expect(story->said_count == 1);
	cr_expect(view_alert(story->view, 0)->figures.unsigned_known == 4);
	story_free(story);
}

Test(unsigned_units, are_looked_at_no_more_after_the_lock)
{
	struct story *story = scene_of(BY_REGION);

	story_until(story, LOCK + DAYS(2));
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	story_free(story);
}

/* A reminder to the admin at the due date, before grace end. */
static struct story *
reminder_new(uint32_t min_units)
{
	struct rule_row rule = a_rule("INGAT", BY_REGION, TELL_ADMIN);

	rule.unsigned_units.at[0].anchor = AT_DUE;
	rule.unsigned_units.min_units = min_units;
	return scene_new(&rule, 1);
}

Test(unsigned_units, tell_on_time_news_within_a_minute_and_together)
{
	struct story *story = reminder_new(1);
	const struct said *said;

	story_until(story, DUE);
	report_all(story);
	sign(story, FIRST, "A1");
	sign(story, FIRST, "A2");
	cr_expect(story->said_count == 1);
	cr_expect(view_next_due_ms(story->view) == DUE + 60 * STORY_SECOND);
	story_until(story, DUE + 60 * STORY_SECOND);
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect(said->verdict.removed_count == 2);
	cr_expect_str_eq(said->removed[1].why, "on_time");
	cr_expect_str_eq(said->verdict.reason, "on_time");
	cr_expect(said->verdict.unit_count == 2);
	cr_expect(said->verdict.figures.unsigned_known == 2);
	cr_expect(said->verdict.figures.on_time == 2);
	story_free(story);
}

Test(unsigned_units, are_withdrawn_when_it_never_was_so)
{
	struct story *story = reminder_new(3);
	const struct said *said;

	story_until(story, DUE);
	report_all(story);
	sign(story, FIRST, "A1");
	sign(story, SECOND, "B1");
	story_until(story, DUE + STORY_HOUR);
	said = last_of(story, EVENT_ALERT_WITHDRAWN);
	cr_expect_str_eq(said->verdict.reason, "on_time");
	cr_expect(said->verdict.removed_count == 2);
	cr_expect(said->verdict.unit_count == 2);
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

Test(unsigned_units, are_resolved_when_it_was_so_and_late_ones_ended_it)
{
	struct story *story = reminder_new(3);

	story_until(story, DUE);
	report_all(story);
	story_until(story, DUE + STORY_HOUR);
	(void)record(story, FIRST, a_pakta("A1", DUE + 1, 10));
	story_until(story, DUE + DAYS(1));
	(void)last_of(story, EVENT_ALERT_CORRECTED);
	sign(story, SECOND, "B1"); /* on time: 2 left, and 3 with the late */
	story_until(story, DUE + DAYS(1) + STORY_HOUR);
	cr_expect_str_eq(
	    last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason, "late");
	story_free(story);
}

Test(unsigned_units, open_again_under_another_name)
{
	struct story *story = reminder_new(4);
	uint64_t seq;

	story_until(story, DUE);
	report_all(story);
	seq = record(story, FIRST, a_pakta("A1", STORY_START, 10));
	story_until(story, DUE + STORY_HOUR);
	(void)last_of(story, EVENT_ALERT_WITHDRAWN);
	(void)record(story, FIRST, a_withdrawal(story, FIRST, seq));
	story_until(story, DUE + DAYS(1));
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.opening == 2);
	cr_expect(memcmp(story->said[0].verdict.alert,
		      story_last(story)->verdict.alert, EVENT_ID_SIZE) != 0);
	story_free(story);
}

Test(unsigned_units, have_the_identity_that_the_protocol_says)
{
	static const char text[] = "BELUM\0"
				   "73.71\0"
				   "grace_end\0\0\0\0\1";
	struct story *story = scene_of(BY_REGION);
	struct hash hash = hash_bytes(bytes_of(text, sizeof text - 1));

	story_until(story, GRACE);
	report_all(story);
	cr_expect(memcmp(story_last(story)->verdict.alert, hash.at,
		      EVENT_ID_SIZE) == 0);
	story_free(story);
}

Test(unsigned_units, name_the_mark_as_the_occasion)
{
	static const struct {
		uint32_t anchor;
		int64_t offset_ms;
		const char *occasion;
	} cases[] = {{AT_DUE, 0, "due"},
	    {AT_DUE, -6 * (int64_t)STORY_DAY, "due-6d"},
	    {AT_GRACE_END, 3 * (int64_t)STORY_DAY, "grace_end+3d"},
	    {AT_DUE, 36 * (int64_t)STORY_HOUR, "due+36h"},
	    {AT_DUE, -90 * 60 * (int64_t)STORY_SECOND, "due-90m"}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rule_row rule = a_rule("R", BY_REGION, TELL_ADMIN);
		struct story *story;
		uint64_t due;

		rule.unsigned_units.at[0].anchor = cases[i].anchor;
		rule.unsigned_units.at[0].offset_ms = cases[i].offset_ms;
		story = scene_new(&rule, 1);
		due = (cases[i].anchor == AT_DUE ? DUE : GRACE) +
		      (uint64_t)cases[i].offset_ms;
		story_until(story, due);
		report_all(story);
		cr_expect_str_eq(
		    last_of(story, EVENT_ALERT_OPENED)->verdict.occasion,
		    cases[i].occasion);
		story_free(story);
	}
}

/* ---- changes of roster, campaign, rules */

Test(unsigned_units, leave_with_the_roster)
{
	struct story *story = scene_of(BY_REGION);
	struct unit_row units[] = {a_unit("A2", "73.71.01.1002", 10),
	    a_unit("B1", "73.71.02.1001", 10)};
	const struct said *said;

	story_until(story, GRACE);
	report_all(story);
	story_roster(story, units, 2);
	said = last_of(story, EVENT_ALERT_CORRECTED);
	cr_expect(said->verdict.removed_count == 2);
	cr_expect_str_eq(said->removed[0].why, "roster_changed");
	cr_expect(said->verdict.figures.expected == 2);
	story_roster(story, units, 0);
	cr_expect_str_eq(last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason,
	    "roster_changed");
	story_free(story);
}

Test(unsigned_units, end_with_a_retired_rule)
{
	struct story *story = scene_of(BY_KECAMATAN);

	story_until(story, GRACE);
	report_all(story);
	story_rules(story, NULL, 0);
	cr_assert(story->said_count == 4);
	for (unsigned i = 2; i < 4; i++) {
		cr_expect(story->said[i].kind == EVENT_ALERT_RESOLVED);
		cr_expect_str_eq(story->said[i].verdict.reason, "rule_changed");
		cr_expect(story->said[i].verdict.tell == TELL_HEAD);
	}
	cr_expect(view_next_due_ms(story->view) == LOCK);
	story_free(story);
}

Test(unsigned_units, of_a_changed_rule_stay_while_it_still_holds)
{
	struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
	struct story *story = scene_new(&rule, 1);

	story_until(story, GRACE);
	report_all(story);
	rule.unsigned_units.min_units = 3;
	story_rules(story, &rule, 1);
	cr_expect(story->said_count == 1);
	sign(story, FIRST, "A1");
	sign(story, FIRST, "A2");
	story_until(story, GRACE + DAYS(1));
	(void)last_of(story, EVENT_ALERT_RESOLVED);
	story_until(story, LOCK + DAYS(1));
	cr_expect(story->said_count == 2, "past marks never fire anew");
	story_free(story);
}

Test(unsigned_units, of_a_changed_rule_open_nothing_by_a_past_mark)
{
	struct rule_row rule = a_rule("R", BY_KECAMATAN, TELL_HEAD);
	struct story *story;

	rule.unsigned_units.min_units = 2;
	story = scene_new(&rule, 1);
	sign(story, FIRST, "A1");
	story_until(story, GRACE);
	report_all(story);
	cr_expect(story->said_count == 1);
	rule.unsigned_units.min_units = 1;
	story_rules(story, &rule, 1);
	story_until(story, LOCK + DAYS(1));
	cr_expect(story->said_count == 1, "73.71.01 had its mark");
	story_free(story);
}

Test(unsigned_units, are_not_looked_at_when_another_rules_mark_is_passed)
{
	struct rule_row rules[] = {a_rule("R", BY_REGION, TELL_HEAD),
	    a_rule("S", BY_REGION, TELL_HEAD)};
	struct story *story;

	rules[0].unsigned_units.settle_ms = DAYS(2);
	rules[1].unsigned_units.min_units = 100;
	rules[1].unsigned_units.at[0].offset_ms = 12 * (int64_t)STORY_HOUR;
	story = scene_new(rules, 2);
	story_until(story, GRACE);
	report_all(story);
	sign(story, FIRST, "A1");
	story_until(story, GRACE + 12 * STORY_HOUR);
	report_all(story);
	cr_expect(story->said_count == 1);
	story_free(story);
}

Test(unsigned_units, of_a_changed_rule_end_when_it_does_not_hold)
{
	struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
	struct story *story = scene_new(&rule, 1);

	story_until(story, GRACE);
	report_all(story);
	rule.unsigned_units.min_units = 5;
	story_rules(story, &rule, 1);
	cr_expect_str_eq(last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason,
	    "rule_changed");
	story_free(story);
}

Test(unsigned_units, of_a_new_rule_hear_only_of_marks_to_come)
{
	struct rule_row rules[2];
	struct story *story;

	rules[0] = a_rule("R", BY_REGION, TELL_HEAD);
	rules[1] = a_rule("S", BY_REGION, TELL_HEAD);
	rules[1].unsigned_units.mark_count = 2;
	rules[1].unsigned_units.at[1] = (struct mark){
	    .anchor = AT_GRACE_END, .offset_ms = 2 * (int64_t)STORY_DAY};
	story = scene_new(rules, 1);
	story_until(story, GRACE + STORY_HOUR);
	story_rules(story, rules, 2);
	cr_expect(view_next_due_ms(story->view) > story->now_ms);
	report_all(story);
	cr_expect(story->said_count == 1, "rule R kept its mark");
	story_until(story, GRACE + DAYS(2));
	report_all(story);
	cr_expect_str_eq(last_of(story, EVENT_ALERT_OPENED)->verdict.rule, "S");
	cr_expect_str_eq(story_last(story)->verdict.occasion, "grace_end+2d");
	cr_expect(story->said_count == 2);
	story_free(story);
}

Test(unsigned_units, end_when_grace_end_is_moved)
{
	struct story *story = scene_of(BY_REGION);
	struct campaign_row longer = a_campaign("PILKADA");

	story_until(story, GRACE);
	report_all(story);
	longer.grace_end_ms += DAYS(5);
	story_campaigns(story, &longer, 1);
	cr_expect_str_eq(last_of(story, EVENT_ALERT_RESOLVED)->verdict.reason,
	    "rule_changed");
	story_until(story, longer.grace_end_ms);
	report_all(story);
	cr_expect(last_of(story, EVENT_ALERT_OPENED)->verdict.opening == 2);
	story_free(story);
}

Test(unsigned_units, never_reach_a_head_before_grace_end)
{
	struct rule_row rule = a_rule("R", BY_REGION, TELL_HEAD);
	struct campaign_row campaign = a_campaign("PILKADA");
	struct story *story;
	struct event event = {.kind = EVENT_RULES_CHANGED};

	rule.unsigned_units.at[0].anchor = AT_DUE;
	event.rules.part = (struct part){.version = 1, .part = 1, .parts = 1};
	event.rules.rows = &rule;
	event.rules.row_count = 1;
	story = story_new("73.71");
	story_campaigns(story, &campaign, 1);
	story_frame(story, ADMIN, &event);
	cr_expect(event_check(&event) == REJECT_FIELD);
	story_free(story);
}

/* ---- large groups */

Test(unsigned_units, beyond_256_are_counted_and_the_list_is_cut)
{
	enum { COUNT = 300 };
	struct unit_row *rows = xcalloc(COUNT, sizeof *rows);
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	for (unsigned i = 0; i < COUNT; i++) {
		char code[CODE_MAX];

		(void)snprintf(
		    code, sizeof code, "U%03u-XXXXXXXXXXXXXXXXXX", i);
		rows[i] = a_unit(code, "73.71.01.1001", 10);
		memset(rows[i].name, 'N', NAME_MAX_BYTES - 1);
	}
	story_roster(story, rows, COUNT);
	story_until(story, GRACE);
	report_all(story);
	said = last_of(story, EVENT_ALERT_OPENED);
	cr_expect(said->verdict.unit_count == 256);
	cr_expect(said->verdict.figures.unsigned_known == COUNT);
	for (unsigned i = 0; i < COUNT; i++)
		sign(story, FIRST, rows[i].code);
	story_until(story, GRACE + DAYS(1));
	cr_expect(story_open_alerts(story) == 0);
	cr_expect(story_last(story)->verdict.figures.unsigned_known == 0);
	free(rows);
	story_free(story);
}

Test(unsigned_units, that_were_told_stay_on_the_list_until_they_leave)
{
	enum { COUNT = 300 };
	struct unit_row *rows = xcalloc(COUNT, sizeof *rows);
	struct story *story = scene_of(BY_REGION);
	const struct said *said;

	for (unsigned i = 0; i < COUNT; i++) {
		char code[CODE_MAX];

		(void)snprintf(code, sizeof code, "U%03u", i);
		/* The second half lies where nobody was heard yet. */
		rows[i] = a_unit(code, i < 150 ? "73.71.02" : "73.71.01", 10);
	}
	story_roster(story, rows, COUNT);
	story_until(story, GRACE);
	story_report(story, FIRST);
	story_until(story, GRACE + 3 * STORY_HOUR);
	story_report(story, SECOND);
	story_until(story, GRACE + DAYS(1));
	said = last_of(story, EVENT_ALERT_RAISED);
	cr_expect(said->verdict.unit_count == 256);
	cr_expect(said_unit(said, "U299") && said_unit(said, "U000"));
	cr_expect(!said_unit(said, "U149"));
	free(rows);
	story_free(story);
}

/* ---- replay */

Test(unsigned_units, are_the_same_when_only_applied)
{
	struct story *story = scene_of(BY_KECAMATAN);
	struct text_buf live = {0}, folded = {0};
	struct view *view = view_new();
	struct event event;

	story_until(story, GRACE);
	report_all(story);
	sign(story, FIRST, "A1");
	story_until(story, GRACE + DAYS(2));
	for (size_t i = 0; i < story->entry_count; i++) {
		const struct story_entry *kept = &story->entries[i];

		cr_assert(
		    wire_unpack(story->wire, bytes_of(kept->bytes, kept->len),
			&event) == REJECT_NONE);
		view_apply(view, &(struct entry){.index = i,
				     .author = kept->author,
				     .received_at_ms = kept->received_at_ms,
				     .event = &event});
	}
	view_save(story->view, &live);
	view_save(view, &folded);
	cr_expect(bytes_equal(
	    bytes_of(live.at, live.len), bytes_of(folded.at, folded.len)));
	text_buf_clear(&live);
	text_buf_clear(&folded);
	view_free(view);
	story_free(story);
}
