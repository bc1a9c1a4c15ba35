/* SPDX-License-Identifier: Apache-2.0 */
/* What reviews make of an incident. */
#include "tests/support/log_builder.h"

#include <criterion/criterion.h>

enum { ADMIN, NODE, FIRST, SECOND, THIRD };

static struct story *
scene_new(void)
{
	struct story *story = story_new("73.71");
	struct unit_row units[] = {
	    a_unit("A1", "73.71.01", 9), a_unit("B1", "73.71.02", 9)};

	(void)story_node(story, KIND_COLLECTOR, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	story_roster(story, units, 2);
	story->now_ms += UINT64_C(60) * STORY_DAY;
	return story;
}

static uint64_t
report(struct story *story, const char *unit, int day)
{
	struct event event = an_incident(unit, "APK", day, day);

	story_take(story, NODE, &event);
	return event.seq;
}

/* By one who has heard of all before. */
static void
say(struct story *story, unsigned reviewer, uint64_t seq, const char *step)
{
	struct event event = a_review(story, NODE, seq, step);

	story_sync(story, reviewer);
	story_take(story, reviewer, &event);
}

static struct view_case
look(const struct story *story, unsigned n)
{
	struct view_case found;

	view_case(story->view, n, &found);
	return found;
}

static bool
stands(const struct story *story, const char *step)
{
	struct view_case found = look(story, 0);
	const char *word = catalog_word(CATALOG_STEP, found.step);

	return strcmp(word == NULL ? "" : word, step) == 0;
}

enum { NOT_AT_ALL, REPORTED, VERIFIED };

Test(case, counts_as_each_step_says)
{
	static const struct {
		const char *step, *stands;
		uint32_t counts;
	} way[] = {{"DITERIMA", "DITERIMA", REPORTED},
	    {"TERBUKTI", "DITERIMA", REPORTED},
	    {"DITERUSKAN", "DITERIMA", REPORTED},
	    {"DIVERIFIKASI", "DITERIMA", REPORTED},
	    {"DIVERIFIKASI", "DIVERIFIKASI", VERIFIED},
	    {"DITERUSKAN", "DITERUSKAN", VERIFIED},
	    {"SELESAI", "DITERUSKAN", VERIFIED},
	    {"TERBUKTI", "TERBUKTI", VERIFIED},
	    {"DIHENTIKAN", "TERBUKTI", VERIFIED},
	    {"TINDAK_LANJUT", "TINDAK_LANJUT", VERIFIED},
	    {"SELESAI", "SELESAI", VERIFIED}, {"SELESAI", "SELESAI", VERIFIED},
	    {"DITERIMA", "SELESAI", VERIFIED}};
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);

	cr_expect(look(story, 0).counts_as == REPORTED);
	for (unsigned i = 0; i < sizeof way / sizeof *way; i++) {
		say(story, i % 2 == 0 ? FIRST : SECOND, seq, way[i].step);
		cr_expect(stands(story, way[i].stands), "%u", i);
		cr_expect(look(story, 0).counts_as == way[i].counts, "%u", i);
	}
	story_free(story);
}

Test(case, never_counts_what_was_not_proven_or_dismissed_also_when_closed)
{
	static const char *const ends[] = {
	    "TIDAK_MEMENUHI_SYARAT", "DIHENTIKAN", "TIDAK_TERBUKTI"};

	for (unsigned i = 0; i < 3; i++) {
		struct story *story = scene_new();
		uint64_t seq = report(story, "A1", 0);

		if (i == 2) {
			say(story, FIRST, seq, "DIVERIFIKASI");
			say(story, SECOND, seq, "DIVERIFIKASI");
		}
		say(story, FIRST, seq, ends[i]);
		cr_expect(stands(story, ends[i]));
		cr_expect(look(story, 0).counts_as == NOT_AT_ALL);
		say(story, FIRST, seq, "SELESAI");
		cr_expect(stands(story, i == 0 ? ends[i] : "SELESAI"));
		cr_expect(look(story, 0).counts_as == NOT_AT_ALL);
		story_free(story);
	}
}

Test(case, takes_the_keys_of_two_nodes_to_verify)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);

	say(story, FIRST, seq, "DIVERIFIKASI");
	say(story, FIRST, seq, "DIVERIFIKASI");
	cr_expect(look(story, 0).key_count == 1);
	cr_expect(look(story, 0).counts_as == REPORTED);
	say(story, SECOND, seq, "DIVERIFIKASI");
	cr_expect(look(story, 0).key_count == 2);
	cr_expect(look(story, 0).counts_as == VERIFIED);
	story_free(story);
}

Test(
    case, verifies_nothing_without_evidence_and_proves_nothing_without_a_number)
{
	struct story *story = scene_new();
	struct event bare = an_incident("A1", "APK", 0, 0), review;

	bare.incident.evidence_count = 0;
	story_take(story, NODE, &bare);
	review = a_review(story, NODE, bare.seq, "DIVERIFIKASI");
	cr_expect(story_record(story, FIRST, &review) == REJECT_NO_EVIDENCE);
	review = a_review(story, NODE, bare.seq, "TERBUKTI");
	review.reviewed.decision[0] = '\0';
	story_frame(story, FIRST, &review);
	cr_expect(event_check(&review) == REJECT_NO_DECISION);
	review = a_twin(story, NODE, bare.seq, bare.seq);
	story_frame(story, FIRST, &review);
	cr_expect(event_check(&review) == REJECT_FIELD);
	story_free(story);
}

Test(case, takes_a_sealed_part_for_evidence)
{
	struct story *story = scene_new();
	struct event sealed = an_incident("A1", "APK", 0, 0);

	sealed.incident.evidence_count = 0;
	sealed.incident.is_sealed = true;
	memset(sealed.incident.commit, 1, EVENT_HASH_SIZE);
	memset(sealed.incident.blob_hash, 2, EVENT_HASH_SIZE);
	sealed.incident.blob_size = 512;
	story_take(story, NODE, &sealed);
	say(story, FIRST, sealed.seq, "DIVERIFIKASI");
	cr_expect(look(story, 0).key_count == 1);
	story_free(story);
}

Test(case, keeps_sixty_four_reviews_of_one_incident)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);
	struct view_review reviews[REVIEWS_MAX];
	struct event more = a_review(story, NODE, seq, "KEBERATAN");

	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	for (unsigned i = 0; i < REVIEWS_MAX; i++)
		say(story, FIRST + i / 16, seq, "KEBERATAN");
	cr_expect(story_record(story, FIRST + 4, &more) == REJECT_OVERSIZE);
	cr_expect(view_reviews(story->view, 0, reviews) == REVIEWS_MAX);
	story_free(story);
}

Test(case, is_not_filled_by_one_reviewer)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0), other = report(story, "A1", 0);
	struct event more = a_review(story, NODE, seq, "KEBERATAN");

	for (unsigned i = 0; i < 16; i++)
		say(story, FIRST, seq, "KEBERATAN");
	cr_expect(story_record(story, FIRST, &more) == REJECT_OVERSIZE);
	say(story, FIRST, other, "KEBERATAN");
	say(story, SECOND, seq, "KEBERATAN");
	story_free(story);
}

Test(case, notes_an_objection_at_any_point_and_moves_nothing)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);

	say(story, FIRST, seq, "KEBERATAN");
	cr_expect(look(story, 0).has_objection);
	cr_expect(look(story, 0).step == 0);
	say(story, FIRST, seq, "DITERIMA");
	cr_expect(look(story, 0).has_objection && stands(story, "DITERIMA"));
	story_free(story);
}

Test(case, remembers_where_a_twin_stood_until_a_person_says_it_is_none)
{
	struct story *story = scene_new();
	uint64_t first = report(story, "A1", 0);
	uint64_t second = report(story, "A1", 0);
	struct event twin = a_twin(story, NODE, first, second);

	say(story, FIRST, first, "DITERIMA");
	story_sync(story, SECOND);
	story_take(story, SECOND, &twin);
	cr_expect(stands(story, "GANDA"));
	cr_expect(look(story, 0).twin == 1);
	cr_expect(look(story, 0).counts_as == NOT_AT_ALL);
	say(story, FIRST, first, "DIVERIFIKASI");
	cr_expect(look(story, 0).key_count == 0, "not from there");
	say(story, FIRST, first, "BEDA");
	cr_expect(stands(story, "DITERIMA"));
	cr_expect(look(story, 0).is_own_case);
	cr_expect(look(story, 0).twin == VIEW_NO_CASE);
	story_free(story);
}

/* The n-th names the next, and the last the first. */
static void
name_in_a_circle(
    struct story *story, const uint64_t *seqs, unsigned count, unsigned from)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned n = (from + i) % count;
		struct event twin =
		    a_twin(story, NODE, seqs[n], seqs[(n + 1) % count]);

		story_take(story, n % 2 == 0 ? FIRST : SECOND, &twin);
	}
}

static unsigned
how_many_count(const struct story *story)
{
	unsigned count = 0;

	for (unsigned i = 0; i < view_incident_count(story->view); i++)
		count += look(story, i).counts_as != NOT_AT_ALL;
	return count;
}

static void
reload(struct story *story)
{
	struct text_buf saved = {0};
	struct view *view = view_new();

	view_save(story->view, &saved);
	cr_assert(view_load(view, bytes_of(saved.at, saved.len)) == OK);
	view_free(story->view);
	story->view = view;
	text_buf_clear(&saved);
}

Test(case, counts_the_first_of_reports_that_name_each_other)
{
	for (unsigned count = 2; count <= 4; count++)
		for (unsigned from = 0; from < count; from++) {
			struct story *story = scene_new();
			uint64_t seqs[4];

			for (unsigned i = 0; i < count; i++)
				seqs[i] = report(story, "A1", 0);
			name_in_a_circle(story, seqs, count, from);
			cr_expect(look(story, 0).counts_as == REPORTED);
			cr_expect(how_many_count(story) == 1, "%u", count);
			reload(story);
			cr_expect(look(story, 0).counts_as == REPORTED);
			cr_expect(how_many_count(story) == 1, "%u", count);
			story_free(story);
		}
}

Test(case, counts_what_is_told_twice_of_a_report_that_is_gone)
{
	struct story *story = scene_new();
	uint64_t seqs[] = {report(story, "A1", 0), report(story, "A1", 0),
	    report(story, "A1", 0)};
	struct event second = a_twin(story, NODE, seqs[1], seqs[0]);
	struct event third = a_twin(story, NODE, seqs[2], seqs[1]);
	struct event gone;

	say(story, FIRST, seqs[1], "DIVERIFIKASI");
	say(story, SECOND, seqs[1], "DIVERIFIKASI");
	story_take(story, FIRST, &third);
	story_take(story, FIRST, &second);
	cr_expect(how_many_count(story) == 1 && stands(story, ""));
	gone = a_withdrawal(story, NODE, seqs[0]);
	story_take(story, NODE, &gone);
	cr_expect(look(story, 1).counts_as == VERIFIED, "as it stood");
	cr_expect(how_many_count(story) == 1, "the third is told of it");
	gone = a_withdrawal(story, NODE, seqs[1]);
	story_take(story, NODE, &gone);
	cr_expect(look(story, 2).counts_as == REPORTED);
	story_free(story);
}

Test(case, says_since_when_it_stands_where_it_stands)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);
	uint64_t reported_ms = story->now_ms;

	story->now_ms += STORY_DAY;
	say(story, FIRST, seq, "DIVERIFIKASI");
	cr_expect(look(story, 0).step_since_ms == reported_ms, "one key");
	story->now_ms += STORY_DAY;
	say(story, SECOND, seq, "DIVERIFIKASI");
	cr_expect(look(story, 0).step_since_ms == story->now_ms);
	say(story, FIRST, seq, "KEBERATAN");
	story->now_ms += STORY_DAY;
	say(story, FIRST, seq, "DITERIMA");
	cr_expect(look(story, 0).step_since_ms == story->now_ms - STORY_DAY);
	story_free(story);
}

/* By one who says that he had seen so much. */
static void
say_having_seen(struct story *story, unsigned reviewer, uint64_t seq,
    const char *step, uint64_t seen)
{
	bool is_twin = strcmp(step, "GANDA") == 0;
	struct event event = is_twin ? a_twin(story, NODE, seq, seq + 1)
				     : a_review(story, NODE, seq, step);

	story->nodes[reviewer].seen = seen;
	story_take(story, reviewer, &event);
}

/* Three who know of different parts of the log; in every order of arrival. */
static void
play_orders(const char *of_third, const char *stands_last)
{
	const struct {
		unsigned reviewer;
		uint64_t seen;
		const char *step;
	} reviews[] = {{FIRST, 10, "DITERIMA"}, {FIRST, 12, "DIVERIFIKASI"},
	    {SECOND, 11, "DIVERIFIKASI"}, {SECOND, 13, "DITERUSKAN"},
	    {THIRD, 9, of_third}};
	static const unsigned orders[][5] = {{0, 1, 2, 3, 4}, {2, 3, 0, 1, 4},
	    {0, 2, 4, 3, 1}, {2, 0, 1, 4, 3}, {0, 4, 2, 1, 3}, {4, 2, 0, 3, 1}};

	for (unsigned i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct story *story = scene_new();
		uint64_t seq = report(story, "A1", 0);

		(void)report(story, "A1", 0);
		while (view_size(story->view) < 20)
			story_report(story, NODE);
		for (unsigned k = 0; k < 5; k++) {
			unsigned n = orders[i][k];

			say_having_seen(story, reviews[n].reviewer, seq,
			    reviews[n].step, reviews[n].seen);
		}
		cr_expect(stands(story, stands_last), "%s: %u", of_third, i);
		story_free(story);
	}
}

Test(case, does_not_depend_on_the_order_of_arrival)
{
	play_orders("KEBERATAN", "DITERUSKAN");
	play_orders("DITERIMA", "DITERUSKAN");
	play_orders("TIDAK_MEMENUHI_SYARAT", "DITERUSKAN");
	play_orders("DIHENTIKAN", "DIHENTIKAN");
	play_orders("TIDAK_TERBUKTI", "DITERUSKAN");
	play_orders("GANDA", "GANDA");
}

/* Proven, by people who had heard of each other. */
static uint64_t
prove(struct story *story)
{
	uint64_t seq = report(story, "A1", 0);

	(void)report(story, "A1", 0);
	say(story, FIRST, seq, "DIVERIFIKASI");
	say(story, SECOND, seq, "DIVERIFIKASI");
	say(story, FIRST, seq, "TERBUKTI");
	return seq;
}

Test(case, is_undone_by_nobody_who_says_that_he_had_not_seen_it)
{
	static const char *const steps[] = {
	    "TIDAK_MEMENUHI_SYARAT", "DIHENTIKAN", "GANDA"};
	uint64_t size = 1;

	for (uint64_t seen = 0; seen <= size; seen++)
		for (unsigned i = 0; i < 3; i++) {
			struct story *story = scene_new();
			uint64_t seq = prove(story);

			size = view_size(story->view);
			say_having_seen(story, THIRD, seq, steps[i], seen);
			cr_expect(stands(story, "TERBUKTI"), "%s", steps[i]);
			/* What he says behind it does not show it to others. */
			say_having_seen(story, THIRD, seq, "KEBERATAN", seen);
			cr_expect(stands(story, "TERBUKTI"), "%s", steps[i]);
			cr_expect(look(story, 0).counts_as == VERIFIED);
			story_free(story);
		}
}

static const char *const decisions[][2] = {
    {"TERBUKTI", "TIDAK_TERBUKTI"}, {"TIDAK_TERBUKTI", "TERBUKTI"}};

Test(case, is_undecided_while_two_decisions_contradict_each_other)
{
	for (unsigned i = 0; i < 4; i++) {
		const char *const *which = decisions[i % 2];
		struct story *story = scene_new();
		uint64_t seq = report(story, "A1", 0), known;

		say(story, FIRST, seq, "DIVERIFIKASI");
		say(story, SECOND, seq, "DIVERIFIKASI");
		known = view_size(story->view);
		say_having_seen(story, i < 2 ? FIRST : THIRD, seq,
		    which[i < 2 ? 0 : 1], known);
		say_having_seen(story, i < 2 ? THIRD : FIRST, seq,
		    which[i < 2 ? 1 : 0], known);
		cr_expect(stands(story, "DIVERIFIKASI"), "%u", i);
		say(story, THIRD, seq, "DIHENTIKAN");
		cr_expect(stands(story, "DIVERIFIKASI"), "%u", i);
		say(story, SECOND, seq, which[0]);
		cr_expect(stands(story, which[0]), "%u: he knew of both", i);
		story_free(story);
	}
}

Test(case, keeps_a_decision_of_which_another_had_heard_first)
{
	for (unsigned i = 0; i < 2; i++) {
		struct story *story = scene_new();
		uint64_t seq = report(story, "A1", 0), known;

		say(story, FIRST, seq, "DIVERIFIKASI");
		say(story, SECOND, seq, "DIVERIFIKASI");
		known = view_size(story->view);
		say(story, FIRST, seq, decisions[i][0]);
		say(story, SECOND, seq, "KEBERATAN");
		say_having_seen(story, THIRD, seq, decisions[i][1], known);
		cr_expect(stands(story, decisions[i][0]));
		story_free(story);
	}
}

Test(case, is_decided_by_nobody_who_had_not_seen_it_verified)
{
	struct story *story = scene_new();
	uint64_t seq = prove(story);

	say_having_seen(story, THIRD, seq, "TIDAK_TERBUKTI", 0);
	cr_expect(stands(story, "TERBUKTI"));
	story_free(story);
}

Test(case, says_before_that_a_step_comes_behind_what_was_not_seen)
{
	struct story *story = scene_new();
	uint64_t seq = prove(story);
	struct event next = a_review(story, NODE, seq, "DIHENTIKAN");

	story_frame(story, THIRD, &next);
	cr_expect(!view_review_counts(story->view, &next));
	story_free(story);
}

Test(case, takes_what_one_reviewer_said_in_that_order)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);

	(void)report(story, "A1", 0);
	say_having_seen(story, THIRD, seq, "GANDA", 0);
	say_having_seen(story, THIRD, seq, "BEDA", 0);
	cr_expect(stands(story, "") && look(story, 0).is_own_case);
	story_free(story);
}

Test(case, stays_dismissed_for_those_who_had_seen_it)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0), before;

	say(story, SECOND, seq, "DIVERIFIKASI");
	before = view_size(story->view);
	say(story, THIRD, seq, "TIDAK_MEMENUHI_SYARAT");
	say(story, FIRST, seq, "DIVERIFIKASI");
	cr_expect(stands(story, "TIDAK_MEMENUHI_SYARAT"), "he knew of it");
	story_free(story);

	story = scene_new();
	seq = report(story, "A1", 0);
	say(story, SECOND, seq, "DIVERIFIKASI");
	say(story, THIRD, seq, "TIDAK_MEMENUHI_SYARAT");
	say_having_seen(story, FIRST, seq, "DIVERIFIKASI", before);
	cr_expect(stands(story, "DIVERIFIKASI"), "two keys against one");
	story_free(story);
}

Test(case, is_not_set_apart_once_another_body_has_decided)
{
	struct story *story = scene_new();
	uint64_t seq = prove(story);
	struct event twin = a_twin(story, NODE, seq, seq + 1);

	story_sync(story, THIRD);
	story_take(story, THIRD, &twin);
	cr_expect(stands(story, "TERBUKTI"));
	say(story, FIRST, seq, "TINDAK_LANJUT");
	say(story, FIRST, seq, "SELESAI");
	twin = a_twin(story, NODE, seq, seq + 1);
	story_sync(story, THIRD);
	story_take(story, THIRD, &twin);
	cr_expect(stands(story, "SELESAI"));
	story_free(story);
}

Test(case, tells_which_steps_had_an_effect_and_which_would_have)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);
	struct view_review reviews[REVIEWS_MAX];
	struct event next;

	say(story, FIRST, seq, "DITERUSKAN");
	say(story, FIRST, seq, "DITERIMA");
	cr_assert(view_reviews(story->view, 0, reviews) == 2);
	cr_expect(!reviews[0].has_effect && reviews[1].has_effect);
	story_sync(story, FIRST);
	next = a_review(story, NODE, seq, "TERBUKTI");
	story_frame(story, FIRST, &next);
	cr_expect(!view_review_counts(story->view, &next));
	next = a_review(story, NODE, seq, "DIVERIFIKASI");
	story_frame(story, FIRST, &next);
	cr_expect(view_review_counts(story->view, &next));
	story_free(story);
}

Test(case, has_a_name_by_which_it_is_found_again)
{
	struct story *story = scene_new();
	char name[CODE_MAX];

	(void)report(story, "A1", 0);
	(void)report(story, "B1", 0);
	view_case_name(story->view, 1, name);
	cr_expect_str_eq(name, "KASUS-1-2");
	cr_expect(view_case_by_name(story->view, name) == 1);
	cr_expect(view_case_by_name(story->view, "KASUS-1-3") == VIEW_NO_CASE);
	cr_expect(view_case_by_name(story->view, "KASUS-9-1") == VIEW_NO_CASE);
	cr_expect(view_case_by_name(story->view, "KASUS-1") == VIEW_NO_CASE);
	cr_expect(view_case_by_name(story->view, "KASUS-1-2x") == VIEW_NO_CASE);
	story_free(story);
}

Test(case, is_the_same_after_a_save_and_a_load)
{
	struct story *story = scene_new();
	uint64_t seq = report(story, "A1", 0);
	struct text_buf before = {0}, after = {0};
	struct view *view = view_new();

	say(story, FIRST, seq, "DIVERIFIKASI");
	say(story, SECOND, seq, "DIVERIFIKASI");
	view_save(story->view, &before);
	cr_assert(view_load(view, bytes_of(before.at, before.len)) == OK);
	view_save(view, &after);
	cr_assert(before.len == after.len);
	cr_expect(memcmp(before.at, after.at, after.len) == 0);
	view_free(story->view);
	story->view = view;
	say(story, FIRST, seq, "DITERUSKAN");
	cr_expect(stands(story, "DITERUSKAN"));
	text_buf_clear(&before);
	text_buf_clear(&after);
	story_free(story);
}
