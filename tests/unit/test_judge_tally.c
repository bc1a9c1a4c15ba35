/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN = 0, NODE = 1, DUE_DAYS = 7, GRACE_DAYS = 10 };

#define DAYS(n) ((uint64_t)(n)*STORY_DAY)

static struct story *
scene_new(void)
{
	struct story *story = story_new("73.71");
	struct unit_row units[] = {a_unit("A1", "73.71.01.1001", 10),
	    a_unit("A2", "73.71.01.1002", 0),
	    a_unit("A3", "73.71.01.1003", 10)};
	struct campaign_row campaign = a_campaign("PILKADA");

	(void)story_node(story, KIND_COLLECTOR, "73.71.01");
	units[0].heads[EMPLOYMENT_PPPK] = 4;
	(void)text_copy(units[2].parent, CODE_MAX, "A1");
	story_roster(story, units, 3);
	story_campaigns(story, &campaign, 1);
	return story;
}

static struct unit_progress
progress_of(const struct story *story, const char *unit)
{
	struct unit_progress progress;

	view_unit_progress(story->view, view_unit_by_code(story->view, unit),
	    view_campaign_by_id(story->view, "PILKADA"), &progress);
	return progress;
}

static struct coverage
coverage_of(const struct story *story)
{
	struct coverage_query query = {.campaign = "PILKADA"};
	struct coverage coverage;

	view_coverage(story->view, &query, &coverage);
	return coverage;
}

static uint64_t
record(struct story *story, unsigned node, struct event event)
{
	story_take(story, node, &event);
	return event.seq;
}

static uint32_t
pns(const struct story *story)
{
	return progress_of(story, "A1").signatures[EMPLOYMENT_PNS];
}

/* ---- what counts */

Test(tally, counts_the_pledge_that_was_made_last)
{
	struct story *story = scene_new();

	(void)record(story, NODE, a_pakta("A1", STORY_START + 2000, 5));
	(void)record(story, NODE, a_pakta("A1", STORY_START + 1000, 9));
	cr_expect(pns(story) == 5);
	(void)record(story, NODE, a_pakta("A1", STORY_START + 2000, 7));
	cr_expect(pns(story) == 7, "of equals the later number");
	story_free(story);
}

Test(tally, leaves_a_kind_unchanged_that_a_pledge_does_not_name)
{
	struct story *story = scene_new();
	struct event pppk = a_pakta("A1", STORY_START + 9000, 0);
	struct unit_progress progress;

	pppk.pledge.counts[EMPLOYMENT_PNS].is_set = false;
	pppk.pledge.counts[EMPLOYMENT_PPPK] =
	    (struct count){.is_set = true, .present = 4, .signatures = 4};
	(void)record(story, NODE, a_pakta("A1", STORY_START, 10));
	(void)record(story, NODE, pppk);
	progress = progress_of(story, "A1");
	cr_expect(progress.signatures[EMPLOYMENT_PNS] == 10);
	cr_expect(progress.signatures[EMPLOYMENT_PPPK] == 4);
	cr_expect(progress.status == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, climbs_from_read_to_complete)
{
	struct story *story = scene_new();
	struct event staff = a_pakta("A3", STORY_START + 1, 4);

	cr_expect(progress_of(story, "A3").status == UNIT_NONE);
	(void)record(story, NODE, an_ikrar("A3", STORY_START));
	cr_expect(progress_of(story, "A3").status == UNIT_READ);
	cr_expect(progress_of(story, "A3").is_read);
	(void)record(story, NODE, a_pakta("A3", STORY_START, 1));
	cr_expect(progress_of(story, "A3").status == UNIT_HEAD_SIGNED);
	(void)record(story, NODE, staff);
	cr_expect(progress_of(story, "A3").status == UNIT_PARTIAL);
	(void)record(story, NODE, a_pakta("A3", STORY_START + 2, 10));
	cr_expect(progress_of(story, "A3").status == UNIT_COMPLETE);
	cr_expect(progress_of(story, "A3").on_time_status == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, takes_no_signature_from_an_ikrar)
{
	struct story *story = scene_new();
	struct event read = an_ikrar("A3", STORY_START);

	read.pledge.counts[EMPLOYMENT_PNS] =
	    (struct count){.is_set = true, .present = 10, .signatures = 10};
	(void)record(story, NODE, read);
	cr_expect(progress_of(story, "A3").status == UNIT_READ);
	cr_expect(progress_of(story, "A3").present[EMPLOYMENT_PNS] == 10);
	story_free(story);
}

Test(tally, takes_a_unit_without_heads_by_its_head_or_a_reading)
{
	struct story *story = scene_new();

	cr_expect(progress_of(story, "A2").status == UNIT_NONE);
	(void)record(story, NODE, an_ikrar("A2", STORY_START));
	cr_expect(progress_of(story, "A2").status == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, says_a_status_in_the_words_of_the_domain)
{
	cr_expect_str_eq(unit_status_word(UNIT_NONE), "BELUM");
	cr_expect_str_eq(unit_status_word(UNIT_COMPLETE), "LENGKAP");
}

Test(tally, puts_a_correction_in_the_place_of_a_pledge)
{
	struct story *story = scene_new();
	struct event less = a_pakta("A1", STORY_START, 3);
	struct event other = a_pakta("A3", STORY_START, 6);
	uint64_t seq = record(story, NODE, a_pakta("A1", STORY_START, 8));

	(void)record(story, NODE, a_correction(story, NODE, seq, &less));
	cr_expect(pns(story) == 3);
	(void)record(story, NODE, a_correction(story, NODE, seq, &other));
	cr_expect(pns(story) == 0);
	cr_expect(progress_of(story, "A3").signatures[EMPLOYMENT_PNS] == 6);
	(void)record(story, NODE, a_withdrawal(story, NODE, seq));
	cr_expect(progress_of(story, "A3").status == UNIT_NONE);
	story_free(story);
}

Test(tally, lets_an_older_pledge_count_when_the_newer_is_withdrawn)
{
	struct story *story = scene_new();
	uint64_t seq;

	(void)record(story, NODE, a_pakta("A1", STORY_START, 8));
	seq = record(story, NODE, a_pakta("A1", STORY_START + 1, 2));
	(void)record(story, NODE, a_withdrawal(story, NODE, seq));
	cr_expect(pns(story) == 8);
	cr_expect(progress_of(story, "A1").on_time_status == UNIT_PARTIAL);
	story_free(story);
}

Test(tally, takes_the_correction_of_whoever_had_seen_more_of_the_log)
{
	for (int order = 0; order < 2; order++) {
		struct story *story = scene_new();
		struct event three = a_pakta("A1", STORY_START, 3);
		struct event four = a_pakta("A1", STORY_START, 4);
		struct event of_admin, of_node;
		uint64_t seq =
		    record(story, NODE, a_pakta("A1", STORY_START, 8));

		of_admin = a_correction(story, NODE, seq, &three);
		of_node = a_correction(story, NODE, seq, &four);
		of_admin.seen_epoch = 1;
		of_admin.seen_size = view_size(story->view);
		(void)record(
		    story, order ? ADMIN : NODE, order ? of_admin : of_node);
		(void)record(
		    story, order ? NODE : ADMIN, order ? of_node : of_admin);
		cr_expect(pns(story) == 3, "%u", pns(story));
		story_free(story);
	}
}

/* ---- what is timely */

static enum unit_status
timely(const struct story *story, const char *unit)
{
	return progress_of(story, unit).on_time_status;
}

static void
pass_grace(struct story *story)
{
	story_until(story, STORY_START + DAYS(GRACE_DAYS) + STORY_HOUR);
}

Test(tally, calls_timely_what_was_made_by_the_due_date)
{
	struct story *story = scene_new();
	uint64_t due = STORY_START + DAYS(DUE_DAYS);

	story_until(story, due + STORY_HOUR);
	(void)record(story, NODE, a_pakta("A1", due, 5));
	(void)record(story, NODE, a_pakta("A3", due + 1, 10));
	cr_expect(timely(story, "A1") == UNIT_PARTIAL);
	cr_expect(timely(story, "A3") == UNIT_NONE);
	cr_expect(progress_of(story, "A3").status == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, calls_timely_what_was_recorded_before_grace_end_was_seen)
{
	struct story *story = scene_new();

	story_sync(story, NODE);
	pass_grace(story);
	(void)record(story, NODE, a_pakta("A3", STORY_START, 10));
	cr_expect(timely(story, "A3") == UNIT_COMPLETE);
	story_sync(story, NODE);
	(void)record(story, NODE, a_pakta("A1", STORY_START, 10));
	cr_expect(timely(story, "A1") == UNIT_NONE);
	/* Nobody unsees: a smaller size later changes nothing. */
	story->nodes[NODE].seen = 1;
	(void)record(story, NODE, a_pakta("A2", STORY_START, 1));
	cr_expect(timely(story, "A2") == UNIT_NONE);
	story_free(story);
}

Test(tally, counts_a_node_from_its_enrolment)
{
	struct story *story = scene_new();
	unsigned n;

	pass_grace(story);
	n = story_node(story, KIND_COLLECTOR, "73.71.01");
	(void)record(story, n, a_pakta("A3", STORY_START, 10));
	cr_expect(timely(story, "A3") == UNIT_NONE);
	story_free(story);
}

Test(tally, lets_a_late_correction_take_away_and_never_add)
{
	struct story *story = scene_new();
	struct event less = a_pakta("A3", STORY_START, 5);
	struct event more = a_pakta("A3", STORY_START, 10);
	uint64_t full = record(story, NODE, more);

	pass_grace(story);
	story_sync(story, NODE);
	(void)record(story, NODE, a_correction(story, NODE, full, &less));
	cr_expect(timely(story, "A3") == UNIT_PARTIAL);
	(void)record(story, NODE, a_correction(story, NODE, full, &more));
	cr_expect(timely(story, "A3") == UNIT_PARTIAL);
	cr_expect(progress_of(story, "A3").status == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, keeps_a_unit_timely_when_a_late_withdrawal_leaves_its_twin)
{
	struct story *story = scene_new();
	uint64_t twin;

	(void)record(story, NODE, a_pakta("A3", STORY_START, 10));
	twin = record(story, NODE, a_pakta("A3", STORY_START + 1, 10));
	pass_grace(story);
	story_sync(story, NODE);
	(void)record(story, NODE, a_withdrawal(story, NODE, twin));
	cr_expect(timely(story, "A3") == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, makes_no_unit_timely_by_late_withdrawals_in_any_order)
{
	/* Full, then five, then full again: only the last one counted. */
	for (int order = 0; order < 2; order++) {
		struct story *story = scene_new();
		uint64_t five, full;

		(void)record(story, NODE, a_pakta("A3", STORY_START, 10));
		five = record(story, NODE, a_pakta("A3", STORY_START + 1, 5));
		full = record(story, NODE, a_pakta("A3", STORY_START + 2, 10));
		pass_grace(story);
		story_sync(story, NODE);
		cr_expect(timely(story, "A3") == UNIT_COMPLETE);
		(void)record(story, NODE,
		    a_withdrawal(story, NODE, order ? five : full));
		(void)record(story, NODE,
		    a_withdrawal(story, NODE, order ? full : five));
		cr_expect(timely(story, "A3") == UNIT_PARTIAL);
		story_free(story);
	}
}

Test(tally, limits_also_what_arrives_after_the_late_withdrawal)
{
	struct story *story = scene_new();
	unsigned away = story_node(story, KIND_COLLECTOR, "73.71.01");
	uint64_t five = record(story, NODE, a_pakta("A3", STORY_START + 1, 5));

	pass_grace(story);
	story_sync(story, NODE);
	(void)record(story, NODE, a_withdrawal(story, NODE, five));
	(void)record(story, away, a_pakta("A3", STORY_START, 10));
	cr_expect(timely(story, "A3") == UNIT_PARTIAL);
	cr_expect(progress_of(story, "A3").status == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, makes_nothing_timely_by_the_word_of_an_admin_after_grace_end)
{
	struct story *story = scene_new();
	struct event more = a_pakta("A3", STORY_START, 10);
	uint64_t seq = record(story, NODE, a_pakta("A3", STORY_START, 5));

	story_sync(story, ADMIN);
	pass_grace(story);
	(void)record(story, ADMIN, a_correction(story, NODE, seq, &more));
	cr_expect(timely(story, "A3") == UNIT_PARTIAL);
	story_free(story);
}

Test(tally, takes_a_correction_recorded_in_time_that_arrives_late)
{
	struct story *story = scene_new();
	struct event more = a_pakta("A3", STORY_START, 10);
	uint64_t seq = record(story, NODE, a_pakta("A3", STORY_START, 5));

	story_sync(story, NODE);
	pass_grace(story);
	(void)record(story, NODE, a_correction(story, NODE, seq, &more));
	cr_expect(timely(story, "A3") == UNIT_COMPLETE);
	story_free(story);
}

Test(tally, counts_again_when_grace_end_is_extended)
{
	struct story *story = scene_new();
	struct campaign_row longer = a_campaign("PILKADA");

	pass_grace(story);
	story_sync(story, NODE);
	(void)record(story, NODE, a_pakta("A3", STORY_START, 10));
	cr_expect(timely(story, "A3") == UNIT_NONE);
	longer.grace_end_ms += DAYS(5);
	story_campaigns(story, &longer, 1);
	cr_expect(timely(story, "A3") == UNIT_COMPLETE);
	story_free(story);
}

/* ---- coverage */

Test(coverage, adds_up_to_what_is_expected)
{
	struct story *story = scene_new();
	struct coverage coverage;

	(void)record(story, NODE, a_pakta("A3", STORY_START, 10));
	pass_grace(story);
	coverage = coverage_of(story);
	cr_expect(coverage.expected == 3 && coverage.on_time == 1);
	cr_expect(coverage.unheard == 2 && coverage.unsigned_known == 0);
	story_report(story, NODE);
	(void)record(story, NODE, a_pakta("A2", STORY_START, 1));
	coverage = coverage_of(story);
	cr_expect(coverage.unheard == 0 && coverage.late == 1);
	cr_expect(coverage.unsigned_known == 1);
	cr_expect(coverage.heads[EMPLOYMENT_PNS] == 20);
	cr_expect(coverage.signatures[EMPLOYMENT_PNS] == 11);
	story_free(story);
}

Test(coverage, calls_nothing_late_before_the_due_date)
{
	struct story *story = scene_new();

	story_until(story, STORY_START + DAYS(DUE_DAYS) - 1);
	(void)record(
	    story, NODE, a_pakta("A2", STORY_START + DAYS(DUE_DAYS) + 1, 1));
	cr_expect(coverage_of(story).late == 0);
	cr_expect(coverage_of(story).on_time == 1);
	cr_expect(coverage_of(story).unsigned_known == 2);
	story_free(story);
}

Test(coverage, calls_a_unit_without_a_collector_unheard)
{
	struct story *story = scene_new();
	struct unit_row units[] = {
	    a_unit("A1", "73.71.01.1001", 1), a_unit("B1", "73.71.02", 1)};

	story_roster(story, units, 2);
	cr_expect(coverage_of(story).unheard == 1);
	cr_expect(coverage_of(story).unsigned_known == 1);
	story_free(story);
}

Test(coverage, looks_at_a_wilayah_an_opd_or_a_kind)
{
	struct story *story = scene_new();
	struct coverage_query query = {
	    .campaign = "PILKADA", .wilayah = "73.71.01.1001"};
	struct coverage coverage;

	view_coverage(story->view, &query, &coverage);
	cr_expect(coverage.expected == 1);
	query = (struct coverage_query){.campaign = "PILKADA", .opd = "A1"};
	view_coverage(story->view, &query, &coverage);
	cr_expect(coverage.expected == 2, "A1 and A3 below it");
	query =
	    (struct coverage_query){.campaign = "PILKADA", .unit_kind = DINAS};
	view_coverage(story->view, &query, &coverage);
	cr_expect(coverage.expected == 0);
	query = (struct coverage_query){.campaign = "NONE"};
	view_coverage(story->view, &query, &coverage);
	cr_expect(coverage.expected == 0);
	story_free(story);
}
