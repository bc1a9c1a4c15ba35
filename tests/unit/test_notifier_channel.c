/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each kind of message, in both languages, as each channel puts it on the
 * wire. With RENDER_DIR in the environment the HTML of each is left there, to
 * be looked at.
 */
#include "notifier/channel.h"
#include "notifier/attempt.h"

#include "tests/unit/test_notifier_rig.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include <criterion/criterion.h>

#define PLANTED "budi-santoso"
#define PLANTED_CODE "BUDI-SANTOSO"

enum { KINDS = 5, NUMBER_OF_RULES = 2, ENOUGH_UNITS = 200 };

static const enum event_kind kinds[KINDS] = {EVENT_ALERT_OPENED,
    EVENT_ALERT_RAISED, EVENT_ALERT_CORRECTED, EVENT_ALERT_WITHDRAWN,
    EVENT_ALERT_RESOLVED};

/* One message on its way. */
struct rendering {
	struct event event;
	struct alert_unit units[2], removed[1];
	struct campaign_row campaign;
	struct seat_row seat;
	struct contact contact;
	struct ledger_row row;
	struct letter_input input;
	struct letter letter;
	struct channels channels;
	struct delivery delivery;
	struct text_buf out[CONTACT_KINDS];
};

static void
make(struct rendering *it, enum event_kind kind, bool is_repeat)
{
	struct verdict *verdict;

	*it = (struct rendering){.event = a_verdict(kind, 0x3f, ROLE_HEAD),
	    .campaign = {.id = "PILKADA2024",
		.name = "Ikrar Pilkada 2024",
		.due_ms = 1,
		.grace_end_ms = 2,
		.lock_ms = 3},
	    .seat = a_seat("kepala-73.04", "73.04", ROLE_HEAD),
	    .contact = {.address = "kantor@contoh.go.id", .chat = "-100"},
	    .channels = {.from = "ikrar@contoh.go.id", .origin = FEED_ORIGIN}};
	it->units[0] =
	    a_unit("PKM-01", "Puskesmas <Bangkala> & Ko", "73.04.01");
	it->units[1] = a_unit("KEL-02", "Kelurahan Pa’biring", "73.04.02");
	it->removed[0] = a_unit("KEC-09", "Kecamatan Kelara", "73.04.09");
	verdict = &it->event.verdict;
	verdict->units = it->units;
	verdict->unit_count = 2;
	verdict->removed = it->removed;
	verdict->removed_count = 1;
	verdict->figures = (struct figures){.expected = 450,
	    .on_time = 431,
	    .late = 12,
	    .unsigned_known = 2,
	    .unheard = 5,
	    .reported = 3,
	    .verified = 1,
	    .sources = 2,
	    .threshold = 1};
	if (is_repeat) {
		verdict->kind = RULE_REPEAT_INCIDENTS_1;
		verdict->window_from_day = 19967;
		verdict->window_to_day = letter_is_end(kind) ? 0 : 19997;
	}
	/* Fields that hold a word which nobody has checked against a table. */
	CHECK(text_copy(verdict->reason, WORD_MAX, PLANTED));
	CHECK(text_copy(verdict->occasion, OCCASION_MAX, "due+" PLANTED));
	CHECK(text_copy(it->removed[0].why, WORD_MAX, PLANTED));
}

static void
render(struct rendering *it, const char *language)
{
	struct json json = {0};

	CHECK(text_copy(it->seat.language, sizeof it->seat.language, language));
	it->row.key.index = 1234;
	it->row.promised_ms = feed_start_ms;
	memcpy(it->row.key.alert, it->event.verdict.alert, EVENT_ID_SIZE);
	CHECK(text_copy(it->row.key.target.seat, WORD_MAX, it->seat.id));
	CHECK(text_copy(it->row.key.target.term, WORD_MAX, "pj-1"));
	CHECK(text_copy(it->row.key.target.channel, WORD_MAX, "mail"));
	it->input.kind = it->event.kind;
	it->input.verdict = &it->event.verdict;
	it->input.index = 1234;
	it->input.seat = &it->seat;
	it->input.term = "pj-1";
	it->input.channel = "mail";
	it->input.campaign = &it->campaign;
	it->delivery = (struct delivery){.input = &it->input,
	    .letter = &it->letter,
	    .contact = &it->contact,
	    .row = &it->row,
	    .first_index = 1200,
	    .opened_ms = feed_start_ms,
	    .wall_ms = feed_noon_ms};
	letter_write(&it->letter, &it->input);
	it->contact.kind = CONTACT_MAIL;
	cr_assert_eq(channel_smtp_put(
			 &it->out[CONTACT_MAIL], &it->channels, &it->delivery),
	    OK);
	it->contact.kind = CONTACT_WEBHOOK;
	channel_webhook_put(&json, &it->channels, &it->delivery);
	it->out[CONTACT_WEBHOOK] = json.text;
	json = (struct json){0};
	it->contact.kind = CONTACT_ALERTMANAGER;
	channel_alertmanager_put(&json, &it->channels, &it->delivery);
	it->out[CONTACT_ALERTMANAGER] = json.text;
	json = (struct json){0};
	it->contact.kind = CONTACT_TELEGRAM;
	channel_telegram_put(&json, &it->channels, &it->delivery);
	it->out[CONTACT_TELEGRAM] = json.text;
	it->contact.kind = CONTACT_EXEC;
	channel_exec_put(&it->out[CONTACT_EXEC], &it->channels, &it->delivery);
}

static void
done(struct rendering *it)
{
	letter_clear(&it->letter);
	for (unsigned i = 0; i < CONTACT_KINDS; i++)
		text_buf_clear(&it->out[i]);
}

static void
keep_html(const struct rendering *it, const char *language, bool is_repeat)
{
	const char *dir = getenv("RENDER_DIR");
	char path[512];
	FILE *file;

	if (dir == NULL)
		return;
	snprintf(path, sizeof path, "%s/%s-%s-%s%s.html", dir,
	    letter_kind_word(it->input.kind), is_repeat ? "repeat" : "unsigned",
	    language, it->input.is_drill ? "-drill" : "");
	file = fopen(path, "w");
	CHECK(file != NULL);
	fputs(it->letter.html.at, file);
	fclose(file);
}

static bool
has_name(const char *text)
{
	return strcasestr(text, "budi") != NULL ||
	       strcasestr(text, "santoso") != NULL;
}

static void
check_brief(const char *brief, const char *id)
{
	cr_assert_leq(strlen(brief), 160, "%s", brief);
	for (const char *at = brief; *at != '\0'; at++)
		cr_assert(*at >= ' ' && *at < 0x7f &&
			      strchr("[]{}^~|\\`", *at) == NULL,
		    "%s", brief);
	cr_assert_not_null(strstr(brief, "BELUM-IKRAR"), "%s", brief);
	cr_assert_not_null(strstr(brief, id), "%s", brief);
}

static void
check_all(struct rendering *it, const char *language, bool is_repeat)
{
	char id[2 * EVENT_ID_SIZE + 1];

	render(it, language);
	keep_html(it, language, is_repeat);
	for (unsigned i = 0; i < CONTACT_KINDS; i++) {
		cr_assert_not(has_name(it->out[i].at), "%s: %s",
		    contact_kind_word((enum contact_kind)i), it->out[i].at);
		cr_assert_not_null(
		    strstr(it->out[i].at, "BELUM-IKRAR"), "%s", it->out[i].at);
		if (it->input.is_drill)
			cr_assert_not_null(
			    strstr(it->out[i].at, "LATIHAN"), "%u", i);
	}
	cr_assert_not(has_name(it->letter.html.at));
	hex_put(id, it->event.verdict.alert, EVENT_ID_SIZE);
	id[LETTER_SHORT_ID] = '\0';
	check_brief(it->letter.brief_id, id);
	check_brief(it->letter.brief_en, id);
	done(it);
}

Test(notifier_channel, renders_each_message_in_each_channel_without_a_name)
{
	static struct rendering it;

	for (unsigned n = 0; n < KINDS * NUMBER_OF_RULES * 2; n++) {
		bool is_repeat = n % 2 == 1, is_drill = n / 2 % 2 == 1;

		make(&it, kinds[n / 4], is_repeat);
		it.input.is_drill = is_drill;
		check_all(&it, "id", is_repeat);
		make(&it, kinds[n / 4], is_repeat);
		it.input.is_drill = is_drill;
		check_all(&it, "en", is_repeat);
	}
}

/* What the notifier reads of the log besides verdicts. */
static void
add_others(struct feed *feed)
{
	struct event withdrawn = {.version = EVENT_VERSION,
	    .seq = 2,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_WITHDRAWN,
	    .withdrawn = {
		.target.seq = 1, .reason = "BATAL", .reference = PLANTED_CODE}};
	struct event vouched = {.version = EVENT_VERSION,
	    .seq = 3,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_NODE_VOUCHED,
	    .named = {.reason = "SURAT", .reference = PLANTED_CODE}};
	struct event failed = {.version = EVENT_VERSION,
	    .seq = 4,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_ALERT_FAILED,
	    .told = {.verdict = 2,
		.seat = "admin-73.04",
		.channel = "mail",
		.attempts = 5,
		.word = PLANTED}};
	struct event reported = {.version = EVENT_VERSION,
	    .seq = 5,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_NODE_REPORTED,
	    .software = PLANTED};
	struct event *events[] = {&withdrawn, &vouched, &failed, &reported};

	for (unsigned i = 0; i < sizeof events / sizeof events[0]; i++) {
		memset(events[i]->node, 5, EVENT_ID_SIZE);
		memset(vouched.named.node, 6, EVENT_ID_SIZE);
		memset(failed.told.alert, 1, EVENT_ID_SIZE);
		feed_add(feed, events[i], AUTHOR_NODE);
	}
}

static void
take_row(void *context, const struct ledger_row *row)
{
	*(struct ledger_row *)context = *row;
}

Test(notifier_channel, tells_no_name_that_stands_in_another_event_of_the_log)
{
	static struct rendering it;
	struct feed *feed = feed_make();
	struct attempt_source source = {.ledger = feed->ledger,
	    .inbox = feed->inbox,
	    .wire = wire_new(),
	    .later_wire = wire_new(),
	    .zone = "WITA",
	    .is_drill = true};
	struct ledger_row row = {0};
	struct attempt attempt;
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_ADMIN);

	feed_begin(feed);
	add_others(feed);
	feed_add(feed, &event, AUTHOR_LOG);
	add_others(feed);
	feed_turn(feed, 0);
	ledger_each_owed(feed->ledger, 0, take_row, &row);
	cr_assert_eq(attempt_make(&attempt, &source, &row), OK);
	make(&it, EVENT_ALERT_OPENED, false);
	it.event = attempt.event;
	it.seat = *attempt.input.seat;
	it.input = attempt.input;
	check_all(&it, "id", false);
	attempt_clear(&attempt);
	wire_free(source.wire);
	wire_free(source.later_wire);
	feed_free(feed);
}

Test(notifier_channel, puts_the_plain_text_first_and_html_that_fetches_nothing)
{
	static struct rendering it;
	static const char *const foreign[] = {"src=", "url(", "<script", "<img",
	    "<link", "@import", "http", "<form", "<iframe", "<Bangkala>"};
	const char *mail, *plain, *html;

	make(&it, EVENT_ALERT_OPENED, false);
	it.input.is_drill = true;
	render(&it, "id");
	mail = it.out[CONTACT_MAIL].at;
	plain = strstr(mail, "Content-Type: text/plain");
	html = strstr(mail, "Content-Type: text/html");
	cr_assert(plain != NULL && html != NULL && plain < html);
	cr_assert_not_null(
	    strstr(mail, "Content-Type: multipart/alternative;\r\n "
			 "boundary=\"=_ikrar_3f3f"));
	cr_assert_eq(strcmp(mail + strlen(mail) - 6, "3f--\r\n"), 0);
	for (const char *at = mail; (at = strchr(at, '\n')) != NULL; at++)
		cr_assert_eq(at[-1], '\r');
	for (unsigned i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		cr_assert_null(
		    strstr(it.letter.html.at, foreign[i]), "%s", foreign[i]);
	cr_assert_not_null(strstr(
	    it.letter.html.at, "Puskesmas &lt;Bangkala&gt; &amp; Ko (PKM-01)"));
	cr_assert_not_null(strstr(it.letter.html.at, "<section lang=\"id\">"));
	cr_assert_not_null(strstr(it.letter.html.at, "<section lang=\"en\">"));
	cr_assert_not_null(strstr(it.letter.html.at, "<html lang=\"id\">"));
	/* Both parts begin with what it is. */
	cr_assert_lt(strstr(it.letter.html.at, "LATIHAN: pesan"),
	    strstr(it.letter.html.at, "Kepada:"));
	done(&it);
}

Test(notifier_channel, lets_no_line_end_into_a_header)
{
	static struct rendering it;
	struct text_buf out = {0};

	make(&it, EVENT_ALERT_OPENED, false);
	render(&it, "id");
	CHECK(text_copy(it.letter.subject, sizeof it.letter.subject,
	    "Peringatan\r\nBcc: x@y.z"));
	cr_assert_eq(
	    channel_smtp_put(&out, &it.channels, &it.delivery), ERR_INVALID);
	CHECK(text_copy(it.letter.subject, sizeof it.letter.subject, "a"));
	CHECK(text_copy(it.contact.address, sizeof it.contact.address,
	    "a@b.c>\r\nBcc: <x@y.z"));
	cr_assert_eq(
	    channel_smtp_put(&out, &it.channels, &it.delivery), ERR_INVALID);
	done(&it);
}

Test(notifier_channel, says_in_160_characters_what_matters)
{
	static struct rendering it;

	make(&it, EVENT_ALERT_OPENED, false);
	render(&it, "id");
	cr_assert_str_eq(it.letter.brief_id,
	    "PERINGATAN BELUM-IKRAR Kabupaten Jeneponto: 2 dari 450 unit "
	    "belum, "
	    "5 tanpa kabar. Minta unit melengkapi. Ruj 3f3f3f3f");
	cr_assert_str_eq(it.letter.brief_en,
	    "ALERT BELUM-IKRAR Kabupaten Jeneponto: 2 of 450 units not done, 5 "
	    "unheard. Have the units complete it. Ref 3f3f3f3f");
	done(&it);
	make(&it, EVENT_ALERT_RAISED, true);
	it.input.is_drill = true;
	render(&it, "id");
	cr_assert_str_eq(it.letter.brief,
	    "LATIHAN NAIK BELUM-IKRAR Kabupaten Jeneponto: 3 dilaporkan, 1 "
	    "terverifikasi; dugaan. Minta Inspektorat meninjau. Ruj 3f3f3f3f");
	done(&it);
}

Test(notifier_channel, cuts_a_name_and_never_a_figure_to_fit_160_characters)
{
	static struct rendering it;
	struct verdict *verdict;

	make(&it, EVENT_ALERT_CORRECTED, false);
	verdict = &it.event.verdict;
	it.input.is_drill = true;
	memset(verdict->rule, 'R', CODE_MAX - 1);
	for (unsigned i = 0; i + 3 < NAME_MAX_BYTES; i += 3)
		memcpy(verdict->object_name + i, "’é", 3);
	verdict->object_name[NAME_MAX_BYTES - 1] = '\0';
	verdict->figures = (struct figures){.expected = UINT32_MAX,
	    .unsigned_known = UINT32_MAX,
	    .unheard = UINT32_MAX};
	render(&it, "id");
	cr_assert_leq(strlen(it.letter.brief_id), 160);
	cr_assert_leq(strlen(it.letter.brief_en), 160);
	cr_assert_not_null(
	    strstr(it.letter.brief_en, "4294967295 of 4294967295 units not "
				       "done, 4294967295 unheard. Use "
				       "these figures. Ref 3f3f3f3f"),
	    "%s", it.letter.brief_en);
	done(&it);
}

/* The longest that an event may hold, in a drill. */
static void
make_longest(struct rendering *it, enum event_kind kind, enum rule_kind rule)
{
	struct verdict *verdict = &it->event.verdict;

	make(it, kind, rule == RULE_REPEAT_INCIDENTS_1);
	it->input.is_drill = true;
	verdict->kind = rule;
	memset(verdict->rule, 'R', CODE_MAX - 1);
	memset(verdict->object, 'O', CODE_MAX - 1);
	memset(verdict->object_name, 'N', NAME_MAX_BYTES - 1);
	memset(&verdict->figures, 0xff, sizeof verdict->figures);
}

static void
expect_brief(struct rendering *it)
{
	const char *name;

	render(it, "id");
	name = it->event.verdict.object_name[0] != '\0' ? " NNNNNNN" : " OOOOO";
	cr_expect_leq(strlen(it->letter.brief_id), 160);
	cr_expect_leq(strlen(it->letter.brief_en), 160);
	cr_expect_not_null(
	    strstr(it->letter.brief_id, name), "%s", it->letter.brief_id);
	cr_expect_not_null(
	    strstr(it->letter.brief_en, name), "%s", it->letter.brief_en);
	cr_expect_not_null(strstr(it->letter.brief_id, " Ruj 3f3f3f3f"));
	cr_expect_not_null(strstr(it->letter.brief_en, " Ref 3f3f3f3f"));
	done(it);
}

Test(notifier_channel, has_room_for_the_longest_of_every_kind_of_rule)
{
	static struct rendering it;

	for (unsigned n = 0; n < KINDS * RULE_KINDS * 4; n++) {
		enum event_kind kind = kinds[n % KINDS];
		enum rule_kind rule = (enum rule_kind)(n / KINDS % RULE_KINDS);

		if (rule == RULE_NONE)
			continue;
		make_longest(&it, kind, rule);
		if (n / (KINDS * RULE_KINDS) % 2 == 1)
			it.seat.role = ROLE_ADMIN;
		if (n / (KINDS * RULE_KINDS) / 2 == 1)
			memset(it.event.verdict.object_name, 0, NAME_MAX_BYTES);
		expect_brief(&it);
	}
}

Test(notifier_channel, ends_an_alert_at_alertmanager_in_the_past)
{
	static struct rendering it;

	make(&it, EVENT_ALERT_OPENED, false);
	render(&it, "id");
	cr_assert_not_null(strstr(it.out[CONTACT_ALERTMANAGER].at,
			       "\"startsAt\":\"2024-10-01T00:00:00.000Z\","
			       "\"endsAt\":\"2025-10-02T04:00:00.000Z\""),
	    "%s", it.out[CONTACT_ALERTMANAGER].at);
	done(&it);
	/* Judged at the very moment of the attempt: its clock may be behind. */
	make(&it, EVENT_ALERT_RESOLVED, false);
	it.event.verdict.judged_at_ms = feed_noon_ms;
	render(&it, "id");
	cr_assert_not_null(strstr(it.out[CONTACT_ALERTMANAGER].at,
	    "\"endsAt\":\"2024-10-01T03:59:00.000Z\""));
	/* What may change while it is open is no part of its identity. */
	cr_assert_null(strstr(it.out[CONTACT_ALERTMANAGER].at, "object_name"));
	done(&it);
}

Test(notifier_channel, marks_a_trial_everywhere_and_accuses_nobody)
{
	static struct rendering it;

	make(&it, EVENT_ALERT_OPENED, false);
	it.input.is_test = true;
	CHECK(text_copy(it.event.verdict.rule, CODE_MAX, "UJI-COBA"));
	render(&it, "en");
	keep_html(&it, "en-test", false);
	for (unsigned i = 0; i < CONTACT_KINDS; i++) {
		cr_assert(strstr(it.out[i].at, "UJI COBA") != NULL ||
			      strstr(it.out[i].at, "TEST") != NULL,
		    "%s", it.out[i].at);
		cr_assert_null(strstr(it.out[i].at, "PKM-01"));
	}
	cr_assert_str_eq(it.letter.subject,
	    "TEST: trial message for Kantor Pj Bupati / UJI COBA");
	cr_assert_null(strstr(it.letter.body.at, "PERINGATAN"));
	done(&it);
}
