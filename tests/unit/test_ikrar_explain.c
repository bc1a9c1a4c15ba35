/* SPDX-License-Identifier: Apache-2.0 */
/* One alert, for somebody who has read nothing else; and a log played up to
 * some moment. */
#include "ikrar/explain.h"
#include "ikrar/log_play.h"
#include "ikrar/moment.h"

#include <criterion/criterion.h>

#include "tests/unit/test_ikrar_story.h"

static struct log_play play;
static struct replay *replay;
static struct dossier dossier;

static void
open_log(void)
{
	open_story();
	publish();
	play = (struct log_play){
	    .dir = dir, .until_index = UINT64_MAX, .until_ms = UINT64_MAX};
}

static void
close_log(void)
{
	dossier_clear(&dossier);
	replay_free(replay);
	close_story();
}

TestSuite(explain, .init = open_log, .fini = close_log);
TestSuite(log_play, .init = open_log, .fini = close_log);

static struct explain
read_first(void)
{
	struct explain explain = {.zone = "WITA", .dossier = &dossier};

	cr_assert_eq(log_play_sound(&play, &replay), OK);
	explain.view = replay_view(replay);
	explain.alert = view_alert(explain.view, 0);
	cr_assert_eq(dossier_read(&dossier, dir, explain.alert, "73.71"), OK);
	return explain;
}

Test(explain, finds_the_rule_as_it_was_and_since_when)
{
	const struct explain explain = read_first();

	cr_assert(dossier.has_rule);
	cr_assert_str_eq(dossier.rule.id, "BELUM");
	cr_assert_eq(dossier.rule_version, 1);
	cr_assert_eq(dossier.rule_since_index, find(EVENT_RULES_CHANGED, 0));
	cr_assert_eq(dossier.verdicts[0].kind, EVENT_ALERT_OPENED);
	cr_assert_eq(dossier_last(&dossier)->index, explain.alert->last_index);
}

Test(explain, rests_on_the_mark_that_was_judged)
{
	(void)read_first();

	cr_assert_geq(dossier.basis_count, 1);
	cr_assert_eq(dossier.basis[0].event.kind, EVENT_TICKED);
	cr_assert_eq(dossier.basis[0].index, dossier.verdicts[0].verdict.mark);
}

Test(explain, answers_six_questions_in_two_languages)
{
	const struct explain explain = read_first();
	static const char *const headings[] = {"1. Aturan mana?",
	    "2. Unit atau objek mana?", "3. Angka mana?",
	    "4. Seberapa tua datanya?", "5. Apa yang diminta",
	    "6. Bagaimana berkeberatan?", "1. Which rule?",
	    "2. Which unit or object?", "3. Which figures?",
	    "4. How old are the data?", "5. What is asked",
	    "6. How can one object?", "RIWAYAT / HISTORY"};
	struct text_buf out = {0};
	const char *at;

	explain_text(&out, &explain);
	at = out.at;
	for (unsigned i = 0; i < sizeof headings / sizeof *headings; i++) {
		at = strstr(at, headings[i]);
		cr_assert_not_null(at, "%s", headings[i]);
	}
	cr_assert_not_null(strstr(out.at, "BARAT-1"));
	text_buf_clear(&out);
}

/* One line of the history, for each thing that offices and people do. */
static void
tells(const struct event *event, const char *wanted)
{
	const struct explain explain = {.zone = "WITA", .dossier = &dossier};
	struct text_buf out = {0};

	dossier.telling = xcalloc(1, sizeof *dossier.telling);
	dossier.telling[0] = (struct dossier_telling){
	    .index = 9, .received_at_ms = STORY_START, .event = *event};
	dossier.telling_count = 1;
	explain_history(&out, &explain);
	cr_expect_not_null(strstr(out.at, wanted), "%s\n%s", wanted, out.at);
	text_buf_clear(&out);
	dossier_clear(&dossier);
}

Test(explain, tells_what_offices_and_people_did_in_words)
{
	tells(&(struct event){.kind = EVENT_ALERT_ACKNOWLEDGED,
		  .acknowledged = {.verdict = 8,
		      .seat = "bupati",
		      .term = "pj-2023",
		      .channel = "link",
		      .until_ms = STORY_START}},
	    "kantor itu sudah tahu/acknowledged, putusan/verdict 8: "
	    "bupati/pj-2023 (lewat/by link); tidak diingatkan lagi sampai/not "
	    "reminded until 2024-10-01 08:00 WITA\n");
	tells(&(struct event){.kind = EVENT_ALERT_SILENCED,
		  .silenced = {.author = "sekda",
		      .seat = "bupati",
		      .reason = "SURAT",
		      .reference = "800/12",
		      .until_ms = STORY_START}},
	    "disenyapkan oleh/silenced by sekda untuk/for bupati: SURAT "
	    "(diminta dengan surat/asked for by letter), surat/letter 800/12, "
	    "sampai/until 2024-10-01 08:00 WITA\n");
	tells(&(struct event){.kind = EVENT_ALERT_SILENCED,
		  .silenced = {.author = "sekda",
		      .reason = "LATIHAN",
		      .lifted = true}},
	    "tidak disenyapkan lagi/silence lifted: LATIHAN (latihan/a drill)"
	    "\n");
	tells(&(struct event){.kind = EVENT_ALERT_ESCALATED,
		  .escalated = {.seat = "gubernur", .step = 2}},
	    "diteruskan ke yang lebih tinggi/escalated, langkah/step 2 -> "
	    "gubernur\n");
	tells(&(struct event){.kind = EVENT_ALERT_CLOSED,
		  .node = {0xab, 0xcd, 0xef, 0x01},
		  .alert_closed = {.reason = "KELIRU", .reference = "BA/7"}},
	    "ditutup oleh simpul/closed by node abcdef01: KELIRU (peringatan "
	    "keliru/the alert is mistaken), surat/letter BA/7\n");
}

/* The word of each verdict's end, for who has seen no code. */
Test(explain, tells_why_an_alert_ended_in_words)
{
	static const char *const reasons[] = {"on_time", "late", "all_signed",
	    "withdrawn", "roster_changed", "rule_changed", "excused",
	    "extended", "held", "reviewed", "closed", "campaign_closed",
	    "contact", "revoked", "moved"};
	const struct explain explain = {.zone = "WITA", .dossier = &dossier};

	for (unsigned i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		struct text_buf out = {0};
		const char *found;

		dossier.verdicts = xcalloc(1, sizeof *dossier.verdicts);
		dossier.verdict_count = 1;
		dossier.verdicts[0].kind = EVENT_ALERT_RESOLVED;
		(void)text_copy(
		    dossier.verdicts[0].verdict.reason, WORD_MAX, reasons[i]);
		explain_history(&out, &explain);
		found = strstr(out.at, "resolved: ");
		cr_expect(found != NULL && strchr(found, '/') != NULL &&
			      strchr(found, '/') < strchr(found, '\n'),
		    "%s: %s", reasons[i], out.at);
		text_buf_clear(&out);
		dossier_clear(&dossier);
	}
}

Test(explain, asks_of_the_collectors_that_bear_on_it)
{
	const struct explain explain = read_first();
	unsigned concerned = 0;

	for (unsigned i = 0; i < view_node_count(explain.view); i++)
		concerned +=
		    explain_concerns(&explain, view_node(explain.view, i));
	cr_assert_eq(concerned, 2);
}

/* ---- a report on one of few */

static const char known_day[] = "2024-10-16", known_ms[] = "1729008000000";
enum { KNOWN = 15 /* days from the start; local days begin at 16:00Z */ };

/* TIMUR-1 has no PPPK on the roster. */
static void
open_log_of_few(void)
{
	struct rule_row rule = {
	    .id = "BATAS", .kind = RULE_CASE_DEADLINE_1, .tell = TELL_ADMIN};
	struct event event = an_incident("TIMUR-1", "APK", 14, 14);

	open_story();
	rule.case_deadline =
	    (struct case_deadline){.days = 3, .clock = 1, .anchor = 2};
	event.incident.subject = 2;
	event.incident.known_day = STORY_START_DAY + KNOWN;
	event.incident.reported_day = STORY_START_DAY + KNOWN + 1;
	maker_turn(maker, STORY_START + UINT64_C(17) * STORY_DAY);
	maker_rules(maker, &rule, 1);
	maker_sync(maker, east);
	maker_take(maker, east, &event, true);
	maker_turn(maker, STORY_START + UINT64_C(23) * STORY_DAY);
	maker_report(maker, east);
	publish();
	play = (struct log_play){
	    .dir = dir, .until_index = UINT64_MAX, .until_ms = UINT64_MAX};
}

TestSuite(explain_few, .init = open_log_of_few, .fini = close_log);

static void
says_no_day(const struct explain *explain)
{
	struct json json = {0};
	struct text_buf out = {0};
	const char *history;

	explain_text(&out, explain);
	cr_expect_null(strstr(out.at, known_day), "%s", out.at);
	cr_assert_not_null(strstr(out.at, "a day not told"));
	history = strstr(out.at, "RIWAYAT / HISTORY");
	cr_assert_not_null(strstr(history, ", 2024-10, region 73.71, APK"));
	cr_expect_null(strstr(history, "PPPK"), "%s", history);
	text_buf_clear(&out);
	explain_json(&json, explain);
	cr_expect_null(strstr(json.text.at, known_ms), "%s", json.text.at);
	cr_expect_null(strstr(json.text.at, "PPPK"), "%s", json.text.at);
	json_clear(&json);
}

Test(explain_few, tells_neither_the_day_nor_the_kind_of_subject_of_a_case)
{
	struct explain explain = {.zone = "WITA", .dossier = &dossier};
	struct view_alert of_before;

	cr_assert_eq(log_play_sound(&play, &replay), OK);
	explain.view = replay_view(replay);
	for (unsigned i = 0; i < view_alert_count(explain.view); i++)
		if (strcmp(view_alert(explain.view, i)->rule, "BATAS") == 0)
			explain.alert = view_alert(explain.view, i);
	cr_assert_not_null(explain.alert);
	cr_assert_eq(dossier_read(&dossier, dir, explain.alert, "73.71"), OK);
	says_no_day(&explain);
	/* Nor where a verdict of before does. */
	of_before = *explain.alert;
	of_before.since_ms =
	    STORY_START + KNOWN * (uint64_t)STORY_DAY - 8 * STORY_HOUR;
	explain.alert = &of_before;
	for (unsigned i = 0; i < dossier.verdict_count; i++)
		dossier.verdicts[i].verdict.since_ms = of_before.since_ms;
	says_no_day(&explain);
}

Test(log_play, stops_at_an_entry_with_its_verdicts)
{
	unsigned opened = find(EVENT_ALERT_OPENED, 0);

	play.until_index = opened - 1;
	cr_assert_eq(log_play_sound(&play, &replay), OK);
	cr_assert_eq(view_alert_count(replay_view(replay)), 1);
	replay_free(replay);
	while (event_is_verdict(
	    kind_at((unsigned)play.until_index, &(struct event){0})))
		play.until_index--;
	play.until_index--;
	cr_assert_eq(log_play_sound(&play, &replay), OK);
	cr_assert_eq(view_alert_count(replay_view(replay)), 0);
}

Test(log_play, stops_at_a_time)
{
	play.until_ms = STORY_START + 2 * STORY_DAY;
	cr_assert_eq(log_play_sound(&play, &replay), OK);
	cr_assert_leq(
	    view_region(replay_view(replay))->last_received_ms, play.until_ms);
}

Test(log_play, refuses_a_log_that_was_touched_behind_the_bound)
{
	char name[TLOG_PATH_MAX];

	tlog_path(name, TLOG_LEVEL_ENTRIES, 0, leaf_count);
	flip(name, 4000);
	play.until_index = 3;
	cr_assert_eq(log_play_sound(&play, &replay), ERR_INVALID);
	replay = NULL;
}

Test(moment, takes_an_index_or_a_time_of_the_region)
{
	struct moment moment;

	cr_assert_eq(moment_get(&moment, "17", "73.71", "at"), OK);
	cr_assert_eq(moment.index, 17);
	cr_assert_eq(moment.ms, UINT64_MAX);
	cr_assert_eq(
	    moment_get(&moment, "2024-10-01 08:00", "73.71", "at"), OK);
	cr_assert_eq(moment.ms, STORY_START);
	cr_assert_eq(
	    moment_get(&moment, "kemarin", "73.71", "at"), ERR_INVALID);
}
