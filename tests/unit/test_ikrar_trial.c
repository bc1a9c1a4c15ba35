/* SPDX-License-Identifier: Apache-2.0 */
/* A history under other rules. */
#include "ikrar/trial.h"

#include <criterion/criterion.h>

#include "ikrar/log_play.h"
#include "tests/unit/test_ikrar_story.h"

static struct outcomes recorded;
static struct trial *trial;
static unsigned added, removed, changed;

static void
note_recorded(void *context, uint64_t index, const struct finding *finding,
    const struct event *verdict)
{
	(void)context, (void)index, (void)finding;
	outcomes_note(&recorded, verdict);
}

static void
pass_on(void *context, uint64_t index, const struct leaf *leaf)
{
	(void)context, (void)index;
	trial_take(trial, leaf);
}

static void
count_pair(
    void *context, const struct outcome *before, const struct outcome *after)
{
	(void)context;
	if (before == NULL)
		added++;
	else if (after == NULL)
		removed++;
	else
		changed += !outcome_is_equal(before, after);
}

static void
rehearse(const struct rule_row *rules, uint32_t count, uint64_t from_ms)
{
	const struct replay_fns fns = {.verdict = note_recorded};
	const struct log_play play = {.dir = dir,
	    .until_index = UINT64_MAX,
	    .until_ms = UINT64_MAX,
	    .fns = &fns,
	    .before = pass_on};
	struct replay *replay;

	publish();
	trial = trial_new(rules, count, from_ms);
	cr_assert_eq(log_play_sound(&play, &replay), OK);
	replay_free(replay);
	outcomes_pair(&recorded, trial_outcomes(trial), count_pair, NULL);
}

static void
close_trial(void)
{
	outcomes_clear(&recorded);
	trial_free(trial);
	close_story();
}

TestSuite(trial, .init = open_story, .fini = close_trial);

Test(trial, of_the_same_rules_ends_the_same)
{
	const struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);

	rehearse(&rule, 1, 0);
	cr_assert_gt(recorded.count, 0);
	cr_assert_eq(added + removed + changed, 0);
	cr_assert_eq(view_size(trial_view(trial)), leaf_count);
}

Test(trial, without_rules_removes_every_alert)
{
	rehearse(NULL, 0, 0);
	cr_assert_eq(removed, recorded.count);
	cr_assert_eq(added, 0);
}

Test(trial, of_a_finer_rule_adds_an_alert_for_each_group)
{
	const struct rule_row rule = a_rule("BELUM", BY_UNIT, TELL_HEAD);

	rehearse(&rule, 1, 0);
	/* TIMUR-2 and BARAT-1 had not signed at the end of grace. */
	cr_assert_eq(added, 2);
	cr_assert_eq(removed, 1);
}

/* The log has no Ticked between the fourth day and the eleventh. */
Test(trial, fires_marks_that_the_log_has_no_entry_for)
{
	struct rule_row rule = a_rule("DINI", BY_REGION, TELL_ADMIN);

	rule.unsigned_units.at[0] =
	    (struct mark){AT_DUE, -5 * (int64_t)STORY_DAY};
	rehearse(&rule, 1, 0);
	cr_assert_eq(added, 1);
	cr_assert_gt(view_size(trial_view(trial)) + 1, leaf_count - 6);
	cr_assert_geq(trial_outcomes(trial)->at[0].opened_ms,
	    STORY_START + 2 * STORY_DAY);
}

Test(trial, does_not_fire_what_was_past_when_the_rules_came)
{
	struct rule_row rules[] = {a_rule("BELUM", BY_REGION, TELL_HEAD),
	    a_rule("DINI", BY_REGION, TELL_ADMIN)};

	rules[1].unsigned_units.at[0] =
	    (struct mark){AT_DUE, -5 * (int64_t)STORY_DAY};
	rehearse(rules, 2, STORY_START + 3 * STORY_DAY);
	cr_assert_eq(trial_from_ms(trial), STORY_START + 3 * STORY_DAY);
	cr_assert_eq(added + removed + changed, 0);
}

Test(trial, that_begins_behind_the_log_never_comes_into_force)
{
	const struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);

	rehearse(&rule, 1, STORY_START + 90 * (uint64_t)STORY_DAY);
	cr_assert_eq(trial_from_ms(trial), UINT64_MAX);
}

/* Many Ticked and verdicts come in before the mark, so that the sizes which
 * nodes had seen would name entries far in front of it, and nobody would be
 * heard past the mark before the settle time. */
Test(trial, counts_what_nodes_had_seen_in_its_own_entries)
{
	struct rule_row rules[] = {a_rule("BELUM", BY_REGION, TELL_HEAD),
	    a_rule("DINI", BY_UNIT, TELL_ADMIN)};
	const struct outcome *belum;

	rules[1].unsigned_units.at[0] =
	    (struct mark){AT_DUE, -5 * (int64_t)STORY_DAY};
	rehearse(rules, 2, 0);
	belum = NULL;
	for (unsigned i = 0; i < trial_outcomes(trial)->count; i++)
		if (strcmp(trial_outcomes(trial)->at[i].rule, "BELUM") == 0)
			belum = &trial_outcomes(trial)->at[i];
	cr_assert_not_null(belum);
	cr_assert_eq(belum->opened_ms, recorded.at[0].opened_ms);
	cr_assert_eq(removed + changed, 0);
	cr_assert_gt(view_size(trial_view(trial)), leaf_count);
}
