/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0, NODE = 1, REVIEWER = 2, OTHER = 3, SECOND = 4 };

static struct story *
scene_new(const struct rule_row *rule)
{
	struct story *story = story_new("73.71");
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 1),
	    a_unit("A2", "73.71.01.1002", 1), a_unit("B1", "73.71.02", 1)};

	(void)story_node(story, KIND_COLLECTOR, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)story_node(story, KIND_COLLECTOR, "73.71.01");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)text_copy(units[1].parent, CODE_MAX, "A1");
	story_roster(story, units, 3);
	story_rules(story, rule, 1);
	story->now_ms = STORY_START + UINT64_C(60) * STORY_DAY;
	return story;
}

static uint64_t
record(struct story *story, unsigned node, struct event event)
{
	story_take(story, node, &event);
	return event.seq;
}

static uint64_t
incident(struct story *story, const char *unit, int from, int to)
{
	return record(story, NODE, an_incident(unit, "APK", from, to));
}

static struct rule_row
of_unit(uint32_t count)
{
	return a_repeat_rule("BERULANG", BY_UNIT, count);
}

Test(repeat, opens_when_enough_happened_within_the_window)
{
	struct rule_row rule = of_unit(3);
	struct story *story = scene_new(&rule);
	const struct said *said;

	(void)incident(story, "A1", 29, 29);
	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A2", 5, 5);
	cr_expect(story->said_count == 0);
	(void)incident(story, "A1", 10, 11);
	said = story_last(story);
	cr_assert(said != NULL && said->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(said->verdict.object, "A1");
	cr_expect_str_eq(said->verdict.object_name, "Unit A1");
	cr_expect_str_eq(said->verdict.occasion, "within_30d");
	cr_expect(said->verdict.figures.reported == 3);
	cr_expect(said->verdict.figures.verified == 0);
	cr_expect(said->verdict.figures.threshold == 3);
	cr_expect(said->verdict.window_from_day == STORY_START_DAY);
	cr_expect(said->verdict.window_to_day == STORY_START_DAY + 29);
	cr_expect(said->verdict.tell == TELL_HEAD);
	story_free(story);
}

Test(repeat, names_the_entries_that_it_rests_on_in_their_order)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t first = view_size(story->view);
	const struct said *said;

	(void)incident(story, "A1", 20, 20);
	(void)incident(story, "A2", 20, 20);
	(void)incident(story, "A1", 10, 10);
	said = story_last(story);
	cr_assert(said != NULL && said->verdict.evidence_count == 2);
	cr_expect(said->evidence[0] == first);
	cr_expect(said->evidence[1] == first + 2);
	cr_expect(said->verdict.unit_count == 0);
	story_free(story);
}

Test(repeat, counts_an_incident_only_with_its_whole_interval_inside)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);

	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 29, 30);
	cr_expect(story->said_count == 0);
	(void)incident(story, "A1", 28, 28);
	cr_expect(story->said_count == 1);
	story_free(story);
}

Test(repeat, counts_reports_of_what_may_be_one_case_once)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);

	(void)incident(story, "A1", 5, 8);
	(void)incident(story, "A1", 8, 12);
	(void)incident(story, "A1", 11, 14); /* by way of the second */
	cr_expect(story->said_count == 0);
	(void)record(story, NODE, an_incident("A1", "SOS", 5, 8));
	cr_expect(story->said_count == 1, "another act is another case");
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	cr_expect(story_last(story)->verdict.evidence_count == 4);
	story_free(story);
}

Test(repeat, does_not_depend_on_the_order_of_arrival)
{
	static const int days[][2] = {
	    {0, 0}, {3, 9}, {8, 12}, {31, 31}, {33, 40}, {45, 45}};
	enum { COUNT = sizeof days / sizeof *days };
	struct figures figures[COUNT];
	uint32_t from[COUNT];

	for (int shift = 0; shift < COUNT; shift++) {
		struct rule_row rule = of_unit(2);
		struct story *story = scene_new(&rule);
		const struct view_alert *alert;

		for (int i = 0; i < COUNT; i++) {
			const int *day = days[(i * 5 + shift) % COUNT];

			(void)incident(story, "A1", day[0], day[1]);
		}
		cr_assert(view_alert_count(story->view) == 1);
		alert = view_alert(story->view, 0);
		figures[shift] = alert->figures;
		from[shift] = story_last(story)->verdict.figures.reported;
		cr_expect(
		    memcmp(&figures[0], &figures[shift], sizeof *figures) == 0);
		cr_expect(from[shift] == 3, "%u", from[shift]);
		story_free(story);
	}
}

Test(repeat, takes_the_earliest_of_the_fullest_windows)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);

	rule.repeat_incidents.within_days = 3;
	story_rules(story, &rule, 1);
	(void)incident(story, "A1", 40, 40);
	(void)incident(story, "A1", 41, 41);
	cr_expect(
	    story_last(story)->verdict.window_from_day == STORY_START_DAY + 40);
	(void)incident(story, "A1", 10, 10);
	(void)incident(story, "A1", 11, 11);
	cr_expect(story->said_count == 1, "as many elsewhere change nothing");
	(void)incident(story, "A1", 12, 12);
	cr_expect(story_last(story)->kind == EVENT_ALERT_RAISED);
	cr_expect(
	    story_last(story)->verdict.window_from_day == STORY_START_DAY + 10);
	story_free(story);
}

Test(repeat, opens_with_the_earliest_of_equal_windows)
{
	struct rule_row rule = of_unit(3);
	struct story *story = scene_new(&rule);

	rule.repeat_incidents.within_days = 5;
	(void)incident(story, "A1", 40, 40);
	(void)incident(story, "A1", 42, 42);
	(void)incident(story, "A1", 10, 10);
	(void)incident(story, "A1", 12, 12);
	rule.repeat_incidents.count = 2;
	story_rules(story, &rule, 1);
	cr_assert(story->said_count > 0);
	cr_expect(
	    story_last(story)->verdict.window_from_day == STORY_START_DAY + 10);
	story_free(story);
}

Test(repeat, leaves_out_what_began_before_the_window)
{
	struct rule_row rule = of_unit(3);
	struct story *story = scene_new(&rule);

	(void)incident(story, "A1", 0, 40);
	(void)record(story, NODE, an_incident("A1", "SOS", 20, 20));
	(void)record(story, NODE, an_incident("A1", "SOS", 30, 30));
	cr_expect(story->said_count == 0);
	story_free(story);
}

Test(repeat, wants_as_many_sources_as_the_rule_says)
{
	struct rule_row rule = of_unit(2);
	struct event other = an_incident("A1", "APK", 20, 20);
	struct story *story;

	rule.repeat_incidents.min_sources = 2;
	story = scene_new(&rule);
	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 5, 5);
	cr_expect(story->said_count == 0);
	other.incident.source = 2;
	(void)record(story, NODE, other);
	cr_expect(story->said_count == 1);
	cr_expect(story_last(story)->verdict.figures.sources == 2);
	(void)record(story, OTHER, an_incident("A1", "APK", 25, 25));
	cr_expect(story_last(story)->verdict.figures.sources == 3);
	story_free(story);
}

Test(repeat, groups_by_kecamatan_opd_and_region)
{
	static const struct {
		uint32_t scope;
		const char *object;
		unsigned after; /* incidents on A1, A2, B1 */
	} cases[] = {{BY_KECAMATAN, "73.71.01", 2}, {BY_OPD, "A1", 2},
	    {BY_REGION, "73.71", 2}, {BY_UNIT, "", 4}};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		static const char *const units[] = {"A1", "A2", "B1"};
		struct rule_row rule = a_repeat_rule("R", cases[i].scope, 2);
		struct story *story = scene_new(&rule);

		for (unsigned k = 0; k < 3; k++) {
			(void)incident(story, units[k], 1, 1);
			cr_expect((story->said_count > 0) ==
				  (k + 1 >= cases[i].after));
		}
		if (story->said_count > 0)
			cr_expect_str_eq(
			    story->said[0].verdict.object, cases[i].object);
		story_free(story);
	}
}

Test(repeat, looks_only_at_the_acts_of_the_rule)
{
	struct rule_row rule = of_unit(2);
	struct story *story;

	rule.repeat_incidents.act_count = 1;
	(void)text_copy(rule.repeat_incidents.acts[0], ACT_CODE_MAX, "SOS");
	story = scene_new(&rule);
	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 5, 5);
	cr_expect(story->said_count == 0);
	(void)record(story, NODE, an_incident("A1", "SOS", 0, 0));
	(void)record(story, NODE, an_incident("A1", "SOS", 5, 5));
	cr_expect(story->said_count == 1);
	story_free(story);
}

Test(repeat, withdraws_when_withdrawals_take_it_below_the_count)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t first = incident(story, "A1", 0, 0);
	uint64_t second = incident(story, "A1", 5, 5);

	(void)incident(story, "A1", 9, 9);
	cr_expect(story_last(story)->kind == EVENT_ALERT_RAISED);
	(void)record(story, NODE, a_withdrawal(story, NODE, first));
	cr_expect(story_last(story)->kind == EVENT_ALERT_CORRECTED);
	cr_expect_str_eq(story_last(story)->verdict.reason, "withdrawn");
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	(void)record(story, NODE, a_withdrawal(story, NODE, second));
	cr_expect(story_last(story)->kind == EVENT_ALERT_WITHDRAWN);
	cr_expect_str_eq(story_last(story)->verdict.reason, "withdrawn");
	cr_expect(story_open_alerts(story) == 0);
	(void)incident(story, "A1", 12, 12);
	cr_expect(story_last(story)->verdict.opening == 2);
	cr_expect(story->said_count == 5);
	story_free(story);
}

Test(repeat, follows_a_correction_to_another_unit_or_day)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	struct event moved = an_incident("A2", "APK", 5, 5);
	uint64_t seq;

	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A2", 0, 0);
	seq = incident(story, "A1", 5, 5);
	cr_expect(story_open_alerts(story) == 1);
	(void)record(story, NODE, a_correction(story, NODE, seq, &moved));
	cr_expect(story->said[1].kind == EVENT_ALERT_WITHDRAWN);
	cr_expect(story->said[2].kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(story->said[2].verdict.object, "A2");
	story_free(story);
}

/* Each correction moves it there and back, and an alert opens and ends. */
Test(repeat, goes_up_and_down_with_corrections_of_one_report_only_so_often)
{
	enum { CORRECTIONS = 64 };
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	struct event to[] = {
	    an_incident("A2", "APK", 5, 5), an_incident("A1", "APK", 5, 5)};
	struct event more;
	uint64_t seq;

	(void)incident(story, "A1", 0, 0);
	seq = incident(story, "A1", 5, 5);
	for (unsigned i = 0; i < CORRECTIONS; i++)
		(void)record(
		    story, NODE, a_correction(story, NODE, seq, &to[i % 2]));
	cr_expect(view_alert_count(story->view) == 1 + CORRECTIONS / 2);
	cr_expect(story_last(story)->verdict.opening == 1 + CORRECTIONS / 2);
	cr_expect(story_open_alerts(story) == 1);
	more = a_correction(story, NODE, seq, &to[0]);
	cr_expect(story_record(story, NODE, &more) == REJECT_OVERSIZE);
	more = a_correction(story, NODE, seq, &to[0]);
	cr_expect(story_record(story, ADMIN, &more) == REJECT_OVERSIZE);
	(void)record(story, NODE, a_withdrawal(story, NODE, seq));
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

/* With two keys. */
static void
verify(struct story *story, uint64_t seq)
{
	story_sync(story, REVIEWER);
	story_sync(story, SECOND);
	(void)record(
	    story, REVIEWER, a_review(story, NODE, seq, "DIVERIFIKASI"));
	(void)record(story, SECOND, a_review(story, NODE, seq, "DIVERIFIKASI"));
}

Test(repeat, tells_reported_from_verified_and_drops_what_was_dismissed)
{
	struct rule_row rule = of_unit(2);
	struct story *story;
	uint64_t first, second;

	rule.repeat_incidents.states = 2; /* verified alone */
	story = scene_new(&rule);
	first = incident(story, "A1", 0, 0);
	second = incident(story, "A1", 5, 5);
	verify(story, first);
	cr_expect(story->said_count == 0);
	verify(story, second);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect(story_last(story)->verdict.figures.verified == 2);
	story_sync(story, REVIEWER);
	(void)record(
	    story, REVIEWER, a_review(story, NODE, second, "TIDAK_TERBUKTI"));
	cr_expect(story_last(story)->kind == EVENT_ALERT_WITHDRAWN);
	cr_expect_str_eq(story_last(story)->verdict.reason, "reviewed");
	story_free(story);
}

Test(repeat, says_that_a_review_took_the_number_down)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t first = incident(story, "A1", 0, 0);

	(void)incident(story, "A1", 5, 5);
	(void)incident(story, "A1", 9, 9);
	(void)record(
	    story, REVIEWER, a_review(story, NODE, first, "DIHENTIKAN"));
	cr_expect(story_last(story)->kind == EVENT_ALERT_CORRECTED);
	cr_expect_str_eq(story_last(story)->verdict.reason, "reviewed");
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	story_free(story);
}

Test(repeat, counts_a_case_of_its_own_apart_from_what_it_overlaps)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t second;

	(void)incident(story, "A1", 5, 8);
	second = incident(story, "A1", 8, 12);
	cr_expect(story->said_count == 0);
	(void)record(story, REVIEWER, a_review(story, NODE, second, "BEDA"));
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect(story_last(story)->verdict.figures.reported == 2);
	(void)incident(story, "A1", 7, 11); /* joins the first, not the own */
	cr_expect(story->said_count == 1);
	story_free(story);
}

Test(repeat, does_not_count_what_a_person_called_told_twice)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t first = incident(story, "A1", 0, 0);
	uint64_t second = incident(story, "A1", 5, 5);

	(void)record(story, REVIEWER, a_twin(story, NODE, second, first));
	cr_expect(story_last(story)->kind == EVENT_ALERT_WITHDRAWN);
	(void)record(story, REVIEWER, a_review(story, NODE, second, "BEDA"));
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	story_free(story);
}

/* In another unit, so that no correction of days could hide it. */
Test(repeat, counts_again_what_was_told_twice_of_a_report_that_is_withdrawn)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t first = incident(story, "A1", 0, 0);
	uint64_t second = incident(story, "A1", 5, 5);
	uint64_t other = incident(story, "B1", 5, 5);

	story_sync(story, REVIEWER);
	(void)record(story, REVIEWER, a_twin(story, NODE, second, other));
	cr_expect(story_open_alerts(story) == 0);
	(void)record(story, NODE, a_withdrawal(story, NODE, other));
	cr_expect(story_open_alerts(story) == 1);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	(void)record(story, NODE, a_withdrawal(story, NODE, first));
	cr_expect(story_open_alerts(story) == 0);
	story_free(story);
}

Test(repeat, groups_by_act_in_the_whole_region)
{
	struct rule_row rule = a_repeat_rule("R", BY_ACT, 2);
	struct story *story = scene_new(&rule);
	struct event moved = an_incident("B1", "SOS", 3, 3);
	uint64_t seq;

	(void)incident(story, "A1", 0, 0);
	(void)record(story, NODE, an_incident("A2", "SOS", 1, 1));
	cr_expect(story->said_count == 0);
	seq = incident(story, "B1", 3, 3);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(story_last(story)->verdict.object, "APK");
	cr_expect(story_last(story)->verdict.scope == BY_ACT);
	(void)record(story, NODE, a_correction(story, NODE, seq, &moved));
	cr_assert(story->said_count == 3);
	cr_expect(story->said[1].kind == EVENT_ALERT_WITHDRAWN);
	cr_expect_str_eq(story->said[1].verdict.object, "APK");
	cr_expect(story->said[2].kind == EVENT_ALERT_OPENED);
	cr_expect_str_eq(story->said[2].verdict.object, "SOS");
	story_free(story);
}

static struct event
tagged(const char *unit, int day, uint8_t tag)
{
	struct event event = an_incident(unit, "APK", day, day);

	event.incident.has_subject_tag = true;
	memset(event.incident.subject_tag, tag, EVENT_HASH_SIZE);
	return event;
}

Test(repeat, groups_by_the_tag_of_a_person_written_in_letters)
{
	struct rule_row rule = a_repeat_rule("R", BY_SUBJECT, 2);
	struct story *story = scene_new(&rule);

	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 1, 1); /* without a tag: in no group */
	(void)record(story, NODE, tagged("A1", 2, 0x1f));
	(void)record(story, NODE, tagged("A2", 3, 0x2f));
	cr_expect(story->said_count == 0);
	(void)record(story, NODE, tagged("B1", 4, 0x1f));
	cr_assert(story->said_count == 1);
	cr_expect_str_eq(
	    story_last(story)->verdict.object, "BPBPBPBPBPBPBPBPBPBPBPBP");
	story_free(story);
}

Test(repeat, opens_again_after_a_person_closed_it_only_with_more_cases)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	uint64_t first = incident(story, "A1", 0, 0);

	(void)incident(story, "A1", 5, 5);
	(void)record(story, ADMIN,
	    a_closing_of(view_alert(story->view, 0)->id, "SELESAI"));
	cr_expect(story_last(story)->kind == EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(story_last(story)->verdict.reason, "closed");
	cr_expect(
	    story_last(story)->index == story->entry_count - 1, "directly");
	(void)record(story, NODE, a_withdrawal(story, NODE, first));
	(void)incident(story, "A1", 9, 9);
	cr_expect(story->said_count == 2, "two again");
	(void)incident(story, "A1", 12, 12);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED);
	cr_expect(story_last(story)->verdict.opening == 2);
	(void)record(story, ADMIN,
	    a_closing_of(view_alert(story->view, 0)->id, "SELESAI"));
	cr_expect(story->said_count == 3, "it is not open any more");
	story_free(story);
}

Test(repeat, never_ends_because_time_passes)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);

	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 5, 5);
	cr_expect(view_next_due_ms(story->view) == UINT64_MAX);
	story_tick(story, story->now_ms + UINT64_C(400) * STORY_DAY);
	cr_expect(story_open_alerts(story) == 1);
	story_free(story);
}

Test(repeat, ends_with_a_changed_or_retired_rule)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);

	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 5, 5);
	rule.repeat_incidents.count = 3;
	story_rules(story, &rule, 1);
	cr_expect(story_last(story)->kind == EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(story_last(story)->verdict.reason, "rule_changed");
	rule.repeat_incidents.count = 2;
	story_rules(story, &rule, 1);
	cr_expect(story_last(story)->kind == EVENT_ALERT_OPENED,
	    "judged at the rule's own entry");
	story_rules(story, NULL, 0);
	cr_expect(story_last(story)->kind == EVENT_ALERT_RESOLVED);
	cr_expect(story->said_count == 4);
	story_free(story);
}

Test(repeat, ends_when_its_unit_leaves_the_roster)
{
	struct rule_row rule = of_unit(2);
	struct story *story = scene_new(&rule);
	struct unit_row left = a_unit("A2", "73.71.01.1002", 1);

	(void)incident(story, "A1", 0, 0);
	(void)incident(story, "A1", 5, 5);
	story_roster(story, &left, 1);
	cr_expect(story_last(story)->kind == EVENT_ALERT_RESOLVED);
	cr_expect_str_eq(story_last(story)->verdict.reason, "roster_changed");
	story_free(story);
}
