/* SPDX-License-Identifier: Apache-2.0 */
/* node_silent/1, case_deadline/1, burst/1, chain_broken/1. */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN, NODE, FIRST, SECOND };

#define HOUR UINT64_C(3600000)
#define DAY (24 * HOUR)

static struct story *
scene_new(const struct rule_row *rules, uint32_t count)
{
	struct story *story = story_new("73.71");
	struct unit_row units[] = {
	    a_unit("A1", "73.71.01", 9), a_unit("B1", "73.71.02.1001", 9)};

	(void)story_node(story, KIND_COLLECTOR, "73.71.01");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	units[0].kind = KECAMATAN;
	story_roster(story, units, 2);
	story_rules(story, rules, count);
	return story;
}

static struct rule_row
a_silence(uint64_t after_h, uint64_t sensitive_h)
{
	struct rule_row row = {.kind = RULE_NODE_SILENT_1, .tell = TELL_ADMIN};

	(void)text_copy(row.id, CODE_MAX, "DIAM");
	row.node_silent.after_ms = after_h * HOUR;
	row.node_silent.sensitive_after_ms = sensitive_h * HOUR;
	return row;
}

static struct rule_row
a_deadline(const char *id, uint32_t step, uint32_t days)
{
	struct rule_row row = {
	    .kind = RULE_CASE_DEADLINE_1, .tell = TELL_ADMIN};

	(void)text_copy(row.id, CODE_MAX, id);
	row.case_deadline = (struct case_deadline){
	    .step = step, .days = days, .clock = 1, .anchor = 1};
	return row;
}

static struct rule_row
a_burst(uint32_t count, uint64_t within_h)
{
	struct rule_row row = {.kind = RULE_BURST_1, .tell = TELL_ADMIN};

	(void)text_copy(row.id, CODE_MAX, "LONJAKAN");
	row.burst.count = count;
	row.burst.within_ms = within_h * HOUR;
	return row;
}

static struct rule_row
a_chain(uint64_t clock_h)
{
	struct rule_row row = {.kind = RULE_CHAIN_BROKEN_1, .tell = TELL_ADMIN};

	(void)text_copy(row.id, CODE_MAX, "RANTAI");
	row.chain_broken.clock_ms = clock_h * HOUR;
	return row;
}

static bool
is_last(const struct story *story, enum event_kind kind, const char *reason)
{
	const struct said *said = story_last(story);

	return said != NULL && said->kind == kind &&
	       strcmp(said->verdict.reason, reason) == 0;
}

static uint64_t
report(struct story *story, const char *unit, int day)
{
	struct event event = an_incident(unit, "APK", day, day);

	story_take(story, NODE, &event);
	return event.seq;
}

static void
say(struct story *story, unsigned reviewer, uint64_t seq, const char *step)
{
	struct event event = a_review(story, NODE, seq, step);

	story_sync(story, reviewer);
	story_take(story, reviewer, &event);
}

static void
close_alert(struct story *story, unsigned n, const char *reason)
{
	struct event event =
	    a_closing_of(view_alert(story->view, n)->id, reason);

	story_take(story, ADMIN, &event);
}

/* Saved and loaded it goes on as it would have. */
static void
reload(struct story *story)
{
	struct text_buf saved = {0}, again = {0};
	struct view *view = view_new();
	uint64_t due = view_next_due_ms(story->view);

	view_save(story->view, &saved);
	cr_assert(view_load(view, bytes_of(saved.at, saved.len)) == OK);
	view_save(view, &again);
	cr_assert(saved.len == again.len &&
		  memcmp(saved.at, again.at, saved.len) == 0);
	cr_expect(view_next_due_ms(view) >= due, "right, the other early");
	view_free(story->view);
	story->view = view;
	text_buf_clear(&saved);
	text_buf_clear(&again);
}

/* ---- node_silent */

TestSuite(silent, .timeout = 60);

Test(silent, opens_when_nothing_came_for_so_long_and_ends_with_the_next_entry)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(&rule, 1);
	uint64_t contact = story->now_ms += HOUR;
	const struct said *said;

	story_report(story, NODE);
	story_until(story, contact + 72 * HOUR - 1);
	cr_expect(story->said_count == 0);
	story_until(story, contact + 72 * HOUR);
	said = story_last(story);
	cr_assert(said != NULL && said->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(said->verdict.object, "SIMPUL-1");
	cr_expect_str_eq(said->verdict.place, "73.71.01");
	cr_expect_str_eq(said->verdict.object_name, "Unit A1");
	cr_expect_str_eq(said->verdict.occasion, "after_72h");
	cr_expect(memcmp(said->verdict.node, story->nodes[NODE].id,
		      EVENT_ID_SIZE) == 0);
	cr_expect(said->verdict.since_ms == contact);
	cr_expect(said->verdict.judged_at_ms == contact + 72 * HOUR);
	cr_expect(said->verdict.figures.nodes == 1);
	cr_expect(said->verdict.severity == 2);
	story_until(story, contact + 100 * HOUR);
	cr_expect(story->said_count == 1, "told once");
	reload(story);
	story_report(story, NODE);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "contact"));
	story_until(story, story->now_ms + 72 * HOUR);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect(story_last(story)->verdict.opening == 2);
	story_free(story);
}

Test(silent, counts_from_the_entry_from_which_the_node_may_write)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(&rule, 1);
	struct event confirm = {.kind = EVENT_NODE_CONFIRMED};
	unsigned late;

	story->now_ms += HOUR;
	late = story_enrol(story, KIND_COLLECTOR, "73.71.02", true);
	story->now_ms += 80 * HOUR;
	story_report(story, NODE);
	story_until(story, story->now_ms);
	cr_expect(story->said_count == 0, "it may not write yet");
	memcpy(confirm.named.node, story->nodes[late].id, EVENT_ID_SIZE);
	story_take(story, ADMIN, &confirm);
	story_until(story, story->now_ms + 71 * HOUR);
	story_report(story, NODE);
	cr_expect(story->said_count == 0);
	story_until(story, story->now_ms + HOUR);
	cr_assert(story->said_count == 1);
	cr_expect_str_eq(story_last(story)->verdict.object, "SIMPUL-4");
	story_free(story);
}

Test(silent, counts_a_refused_record_as_contact)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(&rule, 1);
	struct event refused = {.version = EVENT_VERSION,
	    .kind = EVENT_REFUSED,
	    .refused = {.seq = 1, .word = REJECT_FIELD}};

	story_until(story, story->now_ms + 73 * HOUR);
	cr_expect(story_open_alerts(story) == 1);
	memcpy(refused.refused.node, story->nodes[NODE].id, EVENT_ID_SIZE);
	(void)story_input(story, AUTHOR_LOG, &refused);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "contact"));
	story_free(story);
}

Test(silent, looks_at_the_kinds_and_the_wilayah_of_the_rule)
{
	struct rule_row rules[] = {a_silence(72, 0), a_silence(72, 0)};
	struct story *story;

	(void)text_copy(rules[0].id, CODE_MAX, "PENELAAH");
	rules[0].node_silent.node_kinds = 1 << KIND_REVIEWER;
	(void)text_copy(rules[1].id, CODE_MAX, "LAIN");
	(void)text_copy(rules[1].node_silent.wilayah, WILAYAH_MAX, "73.71.02");
	story = scene_new(rules, 2);
	story_until(story, story->now_ms + 100 * HOUR);
	cr_assert(story->said_count == 2);
	cr_expect_str_eq(story->said[0].verdict.object, "SIMPUL-2");
	cr_expect_str_eq(story->said[1].verdict.object, "SIMPUL-3");
	story_free(story);
}

Test(silent, is_due_sooner_in_a_sensitive_stage)
{
	/* The days of 3 and 4 October in WITA, which begin at 16:00Z. */
	struct calendar_row stage = {.kind = CALENDAR_STAGE,
	    .stage = {.id = "TENANG",
		.from_day = STORY_START_DAY + 2,
		.to_day = STORY_START_DAY + 3,
		.phase = 2,
		.sensitive = true}};
	struct rule_row rule = a_silence(72, 24);
	struct story *story = scene_new(&rule, 1);

	story_calendar(story, &stage, 1);
	story_until(story, STORY_START + 40 * HOUR - 1);
	cr_expect(story->said_count == 0);
	story_until(story, STORY_START + 40 * HOUR);
	cr_assert(story->said_count == 1, "as the stage begins");
	cr_expect(
	    story_last(story)->verdict.judged_at_ms == STORY_START + 40 * HOUR);
	story_calendar(story, NULL, 0);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_until(story, STORY_START + 72 * HOUR);
	cr_expect(story_last(story)->verdict.opening == 2);
	story_free(story);
}

Test(silent, is_never_due_before_the_rule_was_there)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(NULL, 0);

	story->now_ms += 100 * HOUR;
	story_rules(story, &rule, 1);
	cr_expect(story->said_count == 0);
	story_until(story, story->now_ms);
	cr_assert(story->said_count == 1);
	cr_expect(story_last(story)->verdict.judged_at_ms == story->now_ms);
	story_free(story);
}

Test(silent, ends_when_the_node_is_revoked_or_the_rule_changes)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(&rule, 1);
	struct event revoke = {.kind = EVENT_NODE_REVOKED};

	story_until(story, story->now_ms + 73 * HOUR);
	cr_expect(story_open_alerts(story) == 1);
	rule.node_silent.after_ms = 73 * HOUR;
	story_rules(story, &rule, 1);
	cr_expect(story->said_count == 1, "still due");
	rule.node_silent.after_ms = 96 * HOUR;
	story_rules(story, &rule, 1);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_until(story, STORY_START + 96 * HOUR);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	memcpy(revoke.named.node, story->nodes[NODE].id, EVENT_ID_SIZE);
	(void)text_copy(revoke.named.reason, REASON_MAX, "RUSAK");
	story_take(story, ADMIN, &revoke);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "revoked"));
	story_until(story, story->now_ms + 900 * HOUR);
	cr_expect(story_open_alerts(story) == 0);
	cr_expect(story->said_count == 4);
	story_free(story);
}

Test(silent, opens_again_after_a_person_closed_it_only_after_contact)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(&rule, 1);

	story_until(story, story->now_ms + 73 * HOUR);
	close_alert(story, 0, "SELESAI");
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "closed"));
	reload(story);
	story_until(story, story->now_ms + 900 * HOUR);
	cr_expect(story->said_count == 2);
	story_report(story, NODE);
	cr_expect(story->said_count == 2);
	story_until(story, story->now_ms + 72 * HOUR);
	cr_expect(story->said_count == 3);
	story_free(story);
}

Test(silent, asks_for_few_ticks_while_all_is_well)
{
	struct rule_row rule = a_silence(72, 0);
	struct story *story = scene_new(&rule, 1);
	unsigned ticks = 0;

	for (unsigned i = 0; i < 200; i++) {
		story->now_ms += 6 * HOUR;
		if (view_next_due_ms(story->view) <= story->now_ms) {
			story_tick(story, story->now_ms);
			ticks++;
		}
		story_report(story, NODE);
	}
	cr_expect(ticks <= 200 * 6 / 66 + 1, "%u", ticks);
	cr_expect(story->said_count == 0);
	story_free(story);
}

/* ---- case_deadline */

TestSuite(deadline, .timeout = 60);

/* Local days begin at 16:00Z. */
static uint64_t
day_ms(int day)
{
	return STORY_START + (uint64_t)day * DAY - 8 * HOUR;
}

Test(deadline, opens_when_a_case_has_not_moved_and_ends_when_it_does)
{
	struct rule_row rule = a_deadline("BATAS", 0, 7);
	struct story *story = scene_new(&rule, 1);
	uint64_t seq = report(story, "A1", 0);
	const struct said *said;

	story_until(story, day_ms(8) - 1);
	cr_expect(story->said_count == 0);
	story_until(story, day_ms(8));
	said = story_last(story);
	cr_assert(said != NULL && said->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(said->verdict.object, "KASUS-1-1");
	cr_expect_str_eq(said->verdict.place, "73.71.01");
	cr_expect(said->verdict.since_ms == day_ms(0));
	cr_expect(said->verdict.step == 0);
	cr_expect(said->verdict.figures.days == 7);
	cr_expect(said->verdict.evidence_count == 1);
	cr_expect(
	    said->evidence[0] == view_alert(story->view, 0)->opened_index - 2);
	reload(story);
	say(story, FIRST, seq, "KEBERATAN");
	cr_expect(story->said_count == 1, "an objection moves nothing");
	say(story, FIRST, seq, "DITERIMA");
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "moved"));
	story_until(story, story->now_ms + 90 * DAY);
	cr_expect(story->said_count == 2);
	story_free(story);
}

Test(deadline, counts_from_the_day_on_which_the_case_moved)
{
	struct rule_row rule = a_deadline("BATAS", 1, 3);
	struct story *story = scene_new(&rule, 1);
	uint64_t seq = report(story, "A1", 0);

	story->now_ms = day_ms(5) + HOUR;
	say(story, FIRST, seq, "DITERIMA");
	story_until(story, day_ms(9) - 1);
	cr_expect(story->said_count == 0);
	story_until(story, day_ms(9));
	cr_expect(story->said_count == 1);
	cr_expect(story_last(story)->verdict.step == 1);
	cr_expect(story_last(story)->verdict.since_ms == day_ms(5));
	story_free(story);
}

Test(deadline, counts_from_the_day_on_which_the_act_was_known)
{
	struct rule_row rule = a_deadline("BATAS", 0, 5);
	struct story *story;
	struct event event = an_incident("A1", "APK", 0, 0);
	struct event later = an_incident("A1", "APK", 0, 0);

	rule.case_deadline.anchor = 2;
	story = scene_new(&rule, 1);
	story->now_ms = day_ms(4);
	story_take(story, NODE, &event);
	story_until(story, day_ms(6));
	cr_expect(story->said_count == 1);
	later.incident.known_day += 3;
	later.incident.reported_day += 3;
	later = a_correction(story, NODE, event.seq, &later);
	story_take(story, NODE, &later);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_until(story, day_ms(9));
	cr_expect(story->said_count == 3);
	story_free(story);
}

Test(deadline, does_not_tell_the_day_on_which_it_was_known_of_few_people)
{
	for (uint32_t anchor = 1; anchor <= 2; anchor++)
		for (uint32_t subject = 1; subject <= 2; subject++) {
			struct rule_row rule = a_deadline("BATAS", 0, 5);
			struct event event = an_incident("A1", "APK", 0, 0);
			bool is_told = anchor == 1 || subject == 1;
			struct story *story;

			rule.case_deadline.anchor = anchor;
			event.incident.subject = subject; /* nine, none */
			story = scene_new(&rule, 1);
			story_take(story, NODE, &event);
			story_until(story, day_ms(6));
			cr_assert(story->said_count == 1);
			cr_expect(story_last(story)->verdict.since_ms ==
				  (is_told ? day_ms(0) : 0));
			cr_expect_str_eq(story_last(story)->verdict.place,
			    subject == 1 ? "73.71.01" : "73.71");
			reload(story);
			event = a_withdrawal(story, NODE, event.seq);
			story_take(story, NODE, &event);
			cr_expect(story_last(story)->verdict.since_ms ==
				  (is_told ? day_ms(0) : 0));
			story_free(story);
		}
}

Test(deadline, counts_working_days_without_holidays)
{
	/* 1 October 2024 is a Tuesday; 3 working days: Wednesday, Thursday,
	 * Friday. With a holiday on Thursday the third is Monday 7. */
	struct calendar_row holiday = {
	    .kind = CALENDAR_HOLIDAY, .holiday = {.day = STORY_START_DAY + 2}};
	struct rule_row rule = a_deadline("BATAS", 0, 3);
	struct story *story;

	rule.case_deadline.clock = 2;
	story = scene_new(&rule, 1);
	(void)report(story, "A1", 0);
	story_until(story, day_ms(4));
	cr_expect(story->said_count == 1);
	story_calendar(story, &holiday, 1);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_until(story, day_ms(7) - 1);
	cr_expect(story->said_count == 2);
	story_until(story, day_ms(7));
	cr_expect(story->said_count == 3);
	story_free(story);
}

Test(deadline, looks_at_the_acts_of_the_rule_and_forgets_withdrawn_cases)
{
	struct rule_row rule = a_deadline("BATAS", 0, 7);
	struct story *story;
	struct event other, withdrawal;
	uint64_t seq;

	rule.case_deadline.act_count = 1;
	(void)text_copy(rule.case_deadline.acts[0], ACT_CODE_MAX, "APK");
	story = scene_new(&rule, 1);
	seq = report(story, "A1", 0);
	other = an_incident("A1", "SOS", 0, 0);
	story_take(story, NODE, &other);
	story_until(story, day_ms(20));
	cr_expect(story->said_count == 1);
	withdrawal = a_withdrawal(story, NODE, seq);
	story_take(story, NODE, &withdrawal);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "withdrawn"));
	story_free(story);
}

Test(deadline, opens_again_after_a_person_closed_it_only_in_another_standing)
{
	struct rule_row rules[] = {
	    a_deadline("A-LAPOR", 0, 2), a_deadline("B-TERIMA", 1, 2)};
	struct story *story = scene_new(rules, 2);
	uint64_t seq = report(story, "A1", 0);
	struct event twin;

	(void)report(story, "A1", 0);
	story_until(story, day_ms(3));
	cr_expect(story->said_count == 2);
	close_alert(story, 0, "SELESAI");
	close_alert(story, 1, "SELESAI");
	reload(story);
	story_until(story, day_ms(30));
	cr_expect(story->said_count == 4);
	twin = a_twin(story, NODE, seq, seq + 1);
	story_sync(story, FIRST);
	story_take(story, FIRST, &twin);
	say(story, FIRST, seq, "BEDA");
	story_until(story, day_ms(33));
	cr_expect(story->said_count == 5, "it came and stood again");
	say(story, FIRST, seq, "DITERIMA");
	story_until(story, day_ms(40));
	cr_expect(story->said_count == 7);
	cr_expect_str_eq(story_last(story)->verdict.rule, "B-TERIMA");
	story_free(story);
}

Test(deadline, is_never_due_before_the_rule_was_there)
{
	struct rule_row rule = a_deadline("BATAS", 0, 7);
	struct story *story = scene_new(NULL, 0);

	(void)report(story, "A1", 0);
	story->now_ms = day_ms(30);
	story_rules(story, &rule, 1);
	story_until(story, story->now_ms);
	cr_assert(story->said_count == 1);
	cr_expect(story_last(story)->verdict.judged_at_ms == day_ms(30));
	story_rules(story, NULL, 0);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_free(story);
}

/* ---- burst */

TestSuite(burst, .timeout = 60);

/* All are told now, of days that have been. */
static uint64_t
rush(struct story *story, const char *unit, int day)
{
	return report(story, unit, day - 20);
}

Test(burst, holds_what_comes_in_a_rush_and_counts_it_nowhere)
{
	struct rule_row rules[] = {
	    a_repeat_rule("BERULANG", BY_UNIT, 2), a_burst(2, 1)};
	struct story *story = scene_new(rules, 2);
	const struct said *said;

	(void)rush(story, "A1", 0);
	(void)rush(story, "A1", 2);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(story_last(story)->verdict.rule, "BERULANG");
	(void)rush(story, "A1", 4);
	cr_assert(story->said_count == 3);
	said = &story->said[1];
	cr_expect(said->kind == EVENT_ALERT_WITHDRAWN);
	cr_expect_str_eq(said->verdict.reason, "held");
	said = &story->said[2];
	cr_expect(said->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(said->verdict.rule, "LONJAKAN");
	cr_expect_str_eq(said->verdict.object, "A1");
	cr_expect(said->verdict.figures.reported == 3);
	cr_expect(said->verdict.figures.nodes == 1);
	cr_expect(said->verdict.evidence_count == 3);
	(void)rush(story, "A1", 6);
	cr_expect(story_last(story)->kind == EVENT_ALERT_RAISED);
	cr_expect(story_last(story)->verdict.figures.reported == 4);
	story_free(story);
}

Test(burst, looks_at_each_node_and_at_the_time_of_recording)
{
	struct rule_row rule = a_burst(2, 1);
	struct story *story = scene_new(&rule, 1);
	unsigned other = story_node(story, KIND_COLLECTOR, "73.71");
	struct event event = an_incident("A1", "APK", 0, 0);

	(void)rush(story, "A1", 0);
	(void)rush(story, "A1", 2);
	story_take(story, other, &event);
	cr_expect(story->said_count == 0, "from two nodes");
	story->now_ms += HOUR + 1;
	(void)rush(story, "A1", 4);
	cr_expect(story->said_count == 0, "over more than an hour");
	story->now_ms += 1;
	(void)rush(story, "A1", 4);
	cr_expect(story->said_count == 0);
	(void)rush(story, "A1", 4);
	cr_expect(story->said_count == 1);
	cr_expect(story_last(story)->verdict.figures.reported == 3);
	story_free(story);
}

Test(burst, falls_and_ends_with_withdrawals)
{
	struct rule_row rule = a_burst(2, 1);
	struct story *story = scene_new(&rule, 1);
	uint64_t seq = rush(story, "A1", 0);
	struct event withdrawal;

	for (int day = 2; day < 8; day += 2)
		(void)rush(story, "A1", day);
	cr_expect(story_last(story)->verdict.figures.reported == 4);
	withdrawal = a_withdrawal(story, NODE, seq);
	story_take(story, NODE, &withdrawal);
	cr_expect(is_last(story, EVENT_ALERT_CORRECTED, "withdrawn"));
	withdrawal = a_withdrawal(story, NODE, seq + 1);
	story_take(story, NODE, &withdrawal);
	cr_expect(is_last(story, EVENT_ALERT_WITHDRAWN, "withdrawn"));
	story_free(story);
}

Test(burst, counts_after_a_person_said_that_it_is_real)
{
	struct rule_row rules[] = {
	    a_repeat_rule("BERULANG", BY_UNIT, 2), a_burst(2, 1)};
	struct story *story = scene_new(rules, 2);

	for (int day = 0; day < 6; day += 2)
		(void)rush(story, "A1", day);
	cr_assert(story->said_count == 3);
	reload(story);
	close_alert(story, 1, "NYATA");
	cr_assert(story->said_count == 5);
	cr_expect_str_eq(story->said[3].verdict.rule, "LONJAKAN");
	cr_expect_str_eq(story->said[3].verdict.reason, "closed");
	cr_expect(story->said[4].kind == EVENT_ALERT_OPENED);
	cr_expect(story->said[4].verdict.figures.reported == 3);
	(void)rush(story, "A1", 8);
	cr_expect(story->said_count == 6, "no burst with the decided ones");
	cr_expect(story_last(story)->verdict.figures.reported == 4);
	story_free(story);
}

Test(burst, never_counts_what_a_person_found_made_up)
{
	struct rule_row rules[] = {a_repeat_rule("BERULANG", BY_UNIT, 2),
	    a_deadline("BATAS", 0, 2), a_burst(2, 1)};
	struct story *story = scene_new(rules, 3);
	struct view_case found;

	for (int day = 0; day < 6; day += 2)
		(void)rush(story, "A1", day);
	story_until(story, day_ms(3));
	cr_expect(story_open_alerts(story) == 4, "held cases have deadlines");
	close_alert(story, 1, "BUATAN");
	cr_expect(story_open_alerts(story) == 0);
	reload(story);
	view_case(story->view, 0, &found);
	cr_expect(found.is_made_up && found.counts_as == 0);
	(void)rush(story, "A1", 8);
	(void)rush(story, "A1", 10);
	cr_expect(story_open_alerts(story) == 1);
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	story_free(story);
}

Test(burst, counts_again_what_was_told_twice_of_a_report_that_is_made_up)
{
	struct rule_row rule = a_burst(2, 1);
	struct story *story = scene_new(&rule, 1);
	uint64_t seq = rush(story, "A1", 0);
	struct event twin = a_twin(story, NODE, seq, seq + 1);
	struct view_case found;

	story->now_ms += 2 * HOUR;
	for (int day = 2; day < 8; day += 2)
		(void)rush(story, "A1", day);
	story_take(story, FIRST, &twin);
	view_case(story->view, 0, &found);
	cr_expect(found.counts_as == 0);
	close_alert(story, 0, "BUATAN");
	view_case(story->view, 0, &found);
	cr_expect(found.counts_as == 1);
	story_free(story);
}

Test(burst, follows_a_correction_to_another_unit_and_a_changed_rule)
{
	struct rule_row rule = a_burst(2, 1);
	struct story *story = scene_new(&rule, 1);
	struct event moved = an_incident("B1", "APK", 0, 0);
	uint64_t seq;
	unsigned wide = story_node(story, KIND_COLLECTOR, "73.71");
	struct event event = an_incident("A1", "APK", 0, 0);

	for (int i = 0; i < 3; i++) {
		event.seq = 0;
		event.seen_size = 0;
		story_take(story, wide, &event);
	}
	seq = event.seq;
	cr_expect(story->said_count == 1);
	moved = a_correction(story, wide, seq, &moved);
	story_take(story, wide, &moved);
	cr_expect(is_last(story, EVENT_ALERT_WITHDRAWN, "withdrawn"));
	rule.burst.count = 1;
	story_rules(story, &rule, 1);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	story_rules(story, NULL, 0);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_free(story);
}

/* ---- chain_broken */

TestSuite(chain, .timeout = 60);

static void
fault(struct story *story, unsigned node)
{
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_NODE_FAULTED,
	    .recorded_at_ms = story->now_ms,
	    .faulted = {.word = REJECT_FORK, .seq = 1}};

	memcpy(event.faulted.node, story->nodes[node].id, EVENT_ID_SIZE);
	(void)story_input(story, AUTHOR_LOG, &event);
}

Test(chain, tells_of_a_fault_once_until_a_person_has_looked)
{
	struct rule_row rule = a_chain(0);
	struct story *story = scene_new(&rule, 1);
	uint64_t index = view_size(story->view);
	const struct said *said;

	fault(story, NODE);
	said = story_last(story);
	cr_assert(said != NULL && said->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(said->verdict.object, "SIMPUL-1");
	cr_expect_str_eq(said->verdict.occasion, "fork");
	cr_expect_str_eq(said->verdict.reason, "fork");
	cr_expect_str_eq(said->verdict.place, "73.71.01");
	cr_expect(said->verdict.evidence_count == 1);
	cr_expect(said->evidence[0] == index);
	fault(story, NODE);
	story_report(story, NODE);
	cr_expect(story->said_count == 1);
	close_alert(story, 0, "SELESAI");
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "closed"));
	fault(story, NODE);
	cr_expect(story->said_count == 3);
	story_free(story);
}

Test(chain, tells_of_clocks_that_are_off_by_more_than_the_rule_allows)
{
	struct rule_row rule = a_chain(24);
	struct story *story = scene_new(&rule, 1);
	struct event ahead = {.kind = EVENT_NODE_REPORTED};
	struct event behind = an_incident("A1", "APK", 0, 0);
	uint64_t now = story->now_ms;

	story->now_ms = now + 24 * HOUR;
	story_frame(story, NODE, &ahead);
	story->now_ms = now;
	ahead.recorded_at_ms = now + 24 * HOUR;
	story->nodes[NODE].seq = ahead.seq;
	(void)story_input(story, AUTHOR_NODE, &ahead);
	cr_expect(story->said_count == 0, "just so much");
	ahead.seq = ++story->nodes[NODE].seq;
	ahead.recorded_at_ms++;
	(void)story_input(story, AUTHOR_NODE, &ahead);
	cr_assert(story->said_count == 1);
	cr_expect_str_eq(story_last(story)->verdict.reason, "clock_ahead");
	close_alert(story, 0, "SELESAI");
	story_frame(story, NODE, &behind);
	/* It may write since now, and an incident's hour is cut off. */
	behind.recorded_at_ms = STORY_START - 25 * HOUR;
	behind.seq = ++story->nodes[NODE].seq;
	(void)story_input(story, AUTHOR_NODE, &behind);
	cr_expect(story->said_count == 2);
	behind.recorded_at_ms--;
	behind.seq = ++story->nodes[NODE].seq;
	(void)story_input(story, AUTHOR_NODE, &behind);
	cr_assert(story->said_count == 3);
	cr_expect_str_eq(story_last(story)->verdict.reason, "clock_behind");
	story_free(story);
}

Test(chain, ends_with_the_node_or_the_rule)
{
	struct rule_row rule = a_chain(0);
	struct story *story = scene_new(&rule, 1);
	struct event revoke = {.kind = EVENT_NODE_REVOKED};

	fault(story, NODE);
	fault(story, FIRST);
	memcpy(revoke.named.node, story->nodes[NODE].id, EVENT_ID_SIZE);
	(void)text_copy(revoke.named.reason, REASON_MAX, "RUSAK");
	story_take(story, ADMIN, &revoke);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "revoked"));
	fault(story, NODE);
	cr_expect(story->said_count == 3, "it is no node of ours");
	story_rules(story, NULL, 0);
	cr_expect(is_last(story, EVENT_ALERT_RESOLVED, "rule_changed"));
	story_free(story);
}
