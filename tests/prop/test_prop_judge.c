/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold of any history of a region. A failure says its seed; SEED=n
 * lives through that one again, ROUNDS=n through so many.
 */
#include "tests/prop/naive_pledges.h"
#include "tests/prop/random_history.h"

#include <criterion/criterion.h>

enum { ROUNDS = 200 };

/* ---- checks */

static const struct rule_row *
rule_of(const struct history *history, const char *id)
{
	for (unsigned i = 0; i < history->rule_count; i++)
		if (strcmp(history->rules[i].id, id) == 0)
			return &history->rules[i];
	return NULL;
}

static const struct unit_row *
naive_unit(const struct naive *naive, const char *code)
{
	for (unsigned i = 0; i < naive->unit_count; i++)
		if (strcmp(naive->units[i].code, code) == 0)
			return &naive->units[i];
	return NULL;
}

static void
check_heads_were_told_the_truth(
    const struct history *history, const struct naive *naive)
{
	for (size_t i = 0; i < history->story->said_count; i++) {
		const struct said *said = &history->story->said[i];

		if (said->verdict.tell != TELL_HEAD ||
		    said->verdict.kind != RULE_UNSIGNED_UNITS_1)
			continue;
		for (uint32_t k = 0; k < said->verdict.unit_count; k++) {
			const struct unit_row *unit =
			    naive_unit(naive, said->units[k].code);

			cr_assert(unit == NULL ||
				      !naive_fulfils(naive,
					  &rule_of(history, said->verdict.rule)
					       ->unsigned_units,
					  unit, true),
			    "seed %llu: entry %llu tells a head of %s",
			    (unsigned long long)history->seed,
			    (unsigned long long)said->index,
			    said->units[k].code);
		}
	}
}

static void
naive_object(const struct naive *naive, const struct unit_row *unit,
    uint32_t scope, char object[CODE_MAX])
{
	const struct unit_row *parent;
	char district[WILAYAH_MAX];

	if (scope == BY_KECAMATAN) {
		wilayah_district(unit->wilayah, district);
		(void)text_copy(object, CODE_MAX, district);
		return;
	}
	if (scope == BY_OPD)
		while ((parent = naive_unit(naive, unit->parent)) != NULL)
			unit = parent;
	(void)text_copy(
	    object, CODE_MAX, scope == BY_REGION ? "73.71" : unit->code);
}

/* Everybody has been heard: so a group's alert is open exactly when its
 * unsigned units reach the threshold. */
static void
check_alert(const struct history *history, const struct naive *naive,
    const struct rule_row *rule, const char *object)
{
	const struct unsigned_units *body = &rule->unsigned_units;
	const struct view_alert *open = NULL;
	uint32_t expected = 0, unsigned_count = 0;
	char found[CODE_MAX];
	bool reached;

	for (unsigned i = 0; i < naive->unit_count; i++) {
		const struct unit_row *unit = &naive->units[i];

		naive_object(naive, unit, body->scope, found);
		if (strcmp(found, object) != 0 ||
		    (body->unit_kinds != 0 &&
			(body->unit_kinds >> unit->kind & 1) == 0))
			continue;
		expected++;
		unsigned_count += !naive_fulfils(naive, body, unit, false) &&
				  !naive_fulfils(naive, body, unit, true);
	}
	reached =
	    unsigned_count > 0 &&
	    ((body->min_units > 0 && unsigned_count >= body->min_units) ||
		(body->min_bp > 0 && (uint64_t)unsigned_count * 10000 >=
					 (uint64_t)body->min_bp * expected));
	for (unsigned i = 0; i < view_alert_count(history->story->view); i++) {
		const struct view_alert *alert =
		    view_alert(history->story->view, i);

		if (alert->state == ALERT_OPEN &&
		    strcmp(alert->rule, rule->id) == 0 &&
		    strcmp(alert->object, object) == 0)
			open = alert;
	}
	cr_assert(reached == (open != NULL),
	    "seed %llu: rule %s, %s: %u of %u unsigned, alert %s",
	    (unsigned long long)history->seed, rule->id, object, unsigned_count,
	    expected, open == NULL ? "closed" : "open");
	if (open == NULL)
		return;
	cr_assert(open->figures.unsigned_known == unsigned_count);
	cr_assert(open->unit_count == unsigned_count);
}

static void
check_alerts(const struct history *history, const struct naive *naive)
{
	char object[CODE_MAX];
	unsigned open = 0;

	for (unsigned r = 0; r < history->rule_count; r++) {
		const struct rule_row *rule = &history->rules[r];

		if (rule->kind != RULE_UNSIGNED_UNITS_1)
			continue;
		for (unsigned i = 0; i < naive->unit_count; i++) {
			naive_object(naive, &naive->units[i],
			    rule->unsigned_units.scope, object);
			check_alert(history, naive, rule, object);
		}
	}
	/* No alert is left on what is not there any more. */
	for (unsigned i = 0; i < view_alert_count(history->story->view); i++) {
		const struct view_alert *alert =
		    view_alert(history->story->view, i);

		open += alert->state == ALERT_OPEN && alert->scope == BY_UNIT &&
			naive_unit(naive, alert->object) == NULL;
	}
	cr_assert(open == 0);
}

static bool
is_complete(const struct unit_row *unit, const struct naive_shown *shown)
{
	uint32_t heads = 0;

	for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
		heads += unit->heads[k];
		if (shown->signatures[k] < unit->heads[k])
			return false;
	}
	return heads > 0 || shown->is_read || shown->is_head_signed;
}

static void
check_tallies(const struct history *history, const struct naive *naive)
{
	const struct view *view = history->story->view;

	for (unsigned i = 0; i < naive->unit_count; i++) {
		const struct unit_row *unit = &naive->units[i];
		struct unit_progress progress;
		struct naive_shown shown;

		naive_show(naive, unit->code, false, &shown);
		view_unit_progress(view, view_unit_by_code(view, unit->code),
		    view_campaign_by_id(view, "PILKADA"), &progress);
		cr_assert(progress.is_heard);
		cr_assert(progress.is_read == shown.is_read);
		cr_assert(progress.is_head_signed == shown.is_head_signed,
		    "seed %llu: %s", (unsigned long long)history->seed,
		    unit->code);
		cr_assert(memcmp(progress.signatures, shown.signatures,
			      sizeof shown.signatures) == 0,
		    "seed %llu: %s", (unsigned long long)history->seed,
		    unit->code);
		cr_assert((progress.status == UNIT_COMPLETE) ==
			  is_complete(unit, &shown));
		naive_show(naive, unit->code, true, &shown);
		cr_assert((progress.on_time_status == UNIT_COMPLETE) ==
			      is_complete(unit, &shown),
		    "seed %llu: %s", (unsigned long long)history->seed,
		    unit->code);
		cr_assert((progress.on_time_status == UNIT_NONE) ==
			  (!shown.is_read && !shown.is_head_signed &&
			      shown.signatures[0] + shown.signatures[1] +
				      shown.signatures[2] ==
				  0 &&
			      !is_complete(unit, &shown)));
	}
}

/* ---- telling a history again */

struct told_again {
	struct view *view;
	struct judge *judge;
	struct wire *wire;
	bool asks_the_judge;
	bool saves_between;
};

static void
swap_for_a_copy(struct told_again *again)
{
	struct text_buf saved = {0};
	struct view *copy = view_new();

	view_save(again->view, &saved);
	cr_assert(view_load(copy, bytes_of(saved.at, saved.len)) == OK);
	text_buf_clear(&saved);
	view_free(again->view);
	again->view = copy;
}

/* The verdicts of one input must be the entries that follow it. Returns how
 * many there were. */
static size_t
judge_again(struct told_again *again, const struct story *story, size_t at,
    const struct entry *input)
{
	static uint8_t bytes[EVENT_MAX];
	struct event verdict;
	size_t count = 0;

	judge_start(again->judge, again->view, input);
	while (judge_next(again->judge, again->view, &verdict)) {
		const struct story_entry *kept = &story->entries[at + ++count];
		size_t len = wire_pack(&verdict, bytes, sizeof bytes);

		cr_assert(at + count < story->entry_count);
		cr_assert(bytes_equal(
		    bytes_of(bytes, len), bytes_of(kept->bytes, kept->len)));
		view_apply(
		    again->view, &(struct entry){.index = at + count,
				     .author = AUTHOR_LOG,
				     .received_at_ms = kept->received_at_ms,
				     .event = &verdict});
	}
	return count;
}

static void
tell_again(struct told_again *again, const struct story *story)
{
	for (size_t i = 0; i < story->entry_count; i++) {
		const struct story_entry *kept = &story->entries[i];
		struct event event;
		struct entry entry = {.index = i,
		    .author = kept->author,
		    .received_at_ms = kept->received_at_ms,
		    .event = &event};

		cr_assert(
		    wire_unpack(again->wire, bytes_of(kept->bytes, kept->len),
			&event) == REJECT_NONE);
		cr_assert(
		    !again->asks_the_judge || !event_is_verdict(event.kind));
		if (kept->author == AUTHOR_NODE)
			cr_assert(view_check(again->view, &event,
				      kept->received_at_ms) == REJECT_NONE);
		view_apply(again->view, &entry);
		if (again->asks_the_judge)
			i += judge_again(again, story, i, &entry);
		if (again->saves_between && one_in(100))
			swap_for_a_copy(again);
	}
}

static void
check_again(const struct story *story, bool asks, bool saves)
{
	struct told_again again = {.view = view_new(),
	    .judge = judge_new(),
	    .wire = wire_new(),
	    .asks_the_judge = asks,
	    .saves_between = saves};
	struct text_buf live = {0}, told = {0};

	tell_again(&again, story);
	view_save(story->view, &live);
	view_save(again.view, &told);
	cr_assert(bytes_equal(
	    bytes_of(live.at, live.len), bytes_of(told.at, told.len)));
	cr_assert(
	    view_next_due_ms(again.view) == view_next_due_ms(story->view));
	text_buf_clear(&live);
	text_buf_clear(&told);
	view_free(again.view);
	judge_free(again.judge);
	wire_free(again.wire);
}

/* ---- the promises */

static void
each_history(void (*check)(const struct history *history))
{
	uint64_t only = number_of("SEED", 0);
	uint64_t rounds = only != 0 ? 1 : number_of("ROUNDS", ROUNDS);

	for (uint64_t i = 0; i < rounds; i++) {
		struct history *history = history_of(only != 0 ? only : i + 1);

		check(history);
		history_free(history);
	}
}

/* A promise is worth what was tried: all verdicts, all reasons. */
Test(prop_judge, lives_through_every_kind_of_verdict)
{
	static const char *const whys[] = {"on_time", "late", "roster_changed"};
	unsigned verdicts[5] = {0}, left[3] = {0}, refused = 0;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct history *history = history_of(seed);
		const struct story *story = history->story;

		for (size_t i = 0; i < story->said_count; i++) {
			const struct said *said = &story->said[i];

			verdicts[said->kind - EVENT_ALERT_OPENED]++;
			for (unsigned k = 0; k < said->verdict.removed_count;
			     k++)
				for (unsigned w = 0; w < 3; w++)
					left[w] += strcmp(said->removed[k].why,
						       whys[w]) == 0;
		}
		for (size_t i = 0; i < story->entry_count; i++)
			refused += story->entries[i].kind == EVENT_REFUSED;
		history_free(history);
	}
	for (unsigned i = 0; i < 5; i++)
		cr_expect(verdicts[i] >= 10, "kind %u: %u", i, verdicts[i]);
	for (unsigned i = 0; i < 3; i++)
		cr_expect(left[i] >= 10, "%s: %u", whys[i], left[i]);
	cr_expect(refused >= 10);
}

static void
check_truth(const struct history *history)
{
	struct naive *naive = naive_new(history->story);

	check_tallies(history, naive);
	check_heads_were_told_the_truth(history, naive);
	naive_free(naive);
}

Test(prop_judge, tells_no_head_of_a_unit_that_is_on_time_in_the_end)
{
	each_history(check_truth);
}

static void
check_final_alerts(const struct history *history)
{
	struct naive *naive = naive_new(history->story);

	check_alerts(history, naive);
	naive_free(naive);
}

Test(prop_judge, leaves_open_what_a_naive_count_says)
{
	each_history(check_final_alerts);
}

static void
check_rebuild(const struct history *history)
{
	check_again(history->story, false, false);
}

Test(prop_judge, is_the_same_byte_for_byte_when_only_applied)
{
	each_history(check_rebuild);
}

static void
check_replay(const struct history *history)
{
	check_again(history->story, true, false);
}

Test(prop_judge, decides_the_same_when_asked_again)
{
	each_history(check_replay);
}

static void
check_restarts(const struct history *history)
{
	check_again(history->story, true, true);
}

Test(prop_judge, goes_on_from_what_it_saved)
{
	each_history(check_restarts);
}

static unsigned recipient_changes;

/* From each set to the next leads the signature of one of its members. */
static void
check_recipients(const struct history *history)
{
	const struct view *view = history->story->view;
	uint64_t version = view_region(view)->recipients_version;

	for (uint64_t i = 2; i <= version; i++) {
		const struct recipients_changed *set = view_recipients(view, i);
		const struct recipients_changed *before =
		    view_recipients(view, i - 1);
		const struct recipients_word word = {
		    .origin = view_region(view)->origin,
		    .version = (uint32_t)i,
		    .rows_sha256 = set->part.sha256};
		bool is_member = false;

		for (uint32_t k = 0; k < before->row_count; k++)
			is_member =
			    is_member || memcmp(before->rows[k].sign_key,
					     set->signer, SIGN_KEY_SIZE) == 0;
		cr_assert(is_member && recipients_sign_is_valid(
					   set->signature, &word, set->signer),
		    "seed %llu: version %llu",
		    (unsigned long long)history->seed, (unsigned long long)i);
		recipient_changes++;
	}
}

Test(prop_judge, lets_nobody_but_a_recipient_change_the_recipients)
{
	each_history(check_recipients);
	cr_assert_geq(recipient_changes, number_of("SEED", 0) != 0 ? 0 : 10);
}
