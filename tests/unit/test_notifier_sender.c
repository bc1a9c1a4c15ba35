/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/sender.h"

#include "tests/unit/test_notifier_bench.h"

#include <sys/stat.h>

#include <criterion/criterion.h>

Test(notifier_sender, mails_an_alert_and_records_the_delivery)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	struct ledger_row row;
	const char *got;

	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 1, "%s", got);
	cr_assert_not_null(
	    strstr(got, "\"Message-ID\": "
			"\"<01010101010101010101010101010101.2.admin-73_04"
			"@ikrar.73.04.1.latihan>\""),
	    "%s", got);
	cr_assert_not_null(
	    strstr(got, "\"Auto-Submitted\": \"auto-generated\""));
	cr_assert_not_null(
	    strstr(got, "\"Date\": \"Tue, 01 Oct 2024 08:00:00 +0800\""));
	cr_assert_not_null(strstr(got, "\"to\": [\"admin@contoh.go.id\"]"));
	cr_assert_not_null(
	    strstr(got, "\"subject\": \"LATIHAN - Peringatan: pakta belum "
			"ditandatangani pimpinan: "
			"2 unit di Kabupaten Jeneponto / Alert\""));
	cr_assert_not_null(strstr(got, "- Kelurahan Pa’biring (KEL-02), "
				       "73.04.02\\n"));
	cr_assert_null(strstr(got, "In-Reply-To"));
	row = last_row(bench);
	cr_assert_eq(row.state, LEDGER_SETTLED);
	cr_assert_eq(row.attempts, 1);
	cr_assert_str_eq(row.answer, "smtp-250");
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	bench_free(bench);
}

Test(notifier_sender, keeps_one_thread_for_an_alert)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	bench_add(bench, EVENT_ALERT_OPENED);
	bench_add(bench, EVENT_ALERT_CORRECTED);
	bench_add(bench, EVENT_ALERT_RESOLVED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 3);
	cr_assert_eq(count_of(got, "\"References\": \"<010101010101010101010101"
				   "01010101.2.admin-73_04@"),
	    2, "%s", got);
	bench_free(bench);
}

Test(notifier_sender, posts_the_alertmanager_body_under_a_valid_signature)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	const char *got;

	bench_add(bench, EVENT_ALERT_OPENED);
	bench_add(bench, EVENT_ALERT_RESOLVED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"webhook\""), 2, "%s", got);
	/* The mailbox computes the HMAC with Python's own. */
	cr_assert_eq(count_of(got, "\"signature\": \"valid\""), 2, "%s", got);
	cr_assert_eq(count_of(got, "\"version\": \"4\""), 2);
	cr_assert_eq(count_of(got, "\"truncatedAlerts\": 0"), 2);
	cr_assert_eq(count_of(got, "\"status\": \"firing\""), 2);
	cr_assert_eq(count_of(got, "\"status\": \"resolved\""), 2);
	cr_assert_eq(count_of(got, "\"endsAt\": \"0001-01-01T00:00:00Z\""), 1);
	cr_assert_eq(
	    count_of(got, "\"startsAt\": \"2024-10-01T00:00:00.000Z\""), 2);
	cr_assert_eq(count_of(got, "\"fingerprint\": \"0101010101010101\""), 2);
	cr_assert_eq(
	    count_of(got, "\"groupKey\": \"{}:{alertname=\\\"BELUM-IKRAR\\\""),
	    2);
	bench_free(bench);
}

Test(notifier_sender, loses_nothing_while_the_mail_server_is_away)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 3;
	wait_until(bench, has_tried);
	bench_restart(bench); /* a restart meanwhile */
	bench->wanted = 5;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "no-connection");
	bench_add(bench, EVENT_ALERT_CORRECTED);
	control(&bench->mailbox, "{\"smtp\": 250}");
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 2);
	/* What came first was told first, and without the unit of which the
	 * correction had come meanwhile. */
	cr_assert_lt(strstr(got, "\"X-Ikrar-Kind\": \"opened\""),
	    strstr(got, "\"X-Ikrar-Kind\": \"corrected\""));
	cr_assert_eq(count_of(got, "KEL-02"), 2, "%s", got); /* as removed */
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 2);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_FAILED), 0);
	bench_free(bench);
}

Test(notifier_sender, retries_when_told_to_come_later)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);

	control(&bench->mailbox, "{\"http\": 503}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 2;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "http-503");
	cr_assert_eq(last_row(bench).declined, 0);
	control(&bench->mailbox, "{\"http\": 200}");
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"webhook\""), 1);
	bench_free(bench);
}

Test(notifier_sender, stops_at_a_410_until_a_person_has_it_delivered_again)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	struct ledger_row row;

	control(&bench->mailbox, "{\"http\": 410}");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, is_dead);
	row = last_row(bench);
	cr_assert(row.is_stopped);
	cr_assert_str_eq(row.answer, "http-410");
	cr_assert_eq(row.attempts, 1);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_FAILED), 1);
	/* Not tried again by itself, not even by another start; and the next
	 * message of the same alert is not held up by it. */
	control(&bench->mailbox, "{\"http\": 200}");
	bench_restart(bench);
	bench_add(bench, EVENT_ALERT_CORRECTED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"webhook\""), 1);
	cr_assert_eq(ledger_restart(bench->feed->ledger, row.serial, 9), OK);
	cr_assert_eq(
	    ledger_restart(bench->feed->ledger, row.serial, 9), ERR_NOTFOUND);
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"webhook\""), 2);
	cr_assert_eq(ledger_row(bench->feed->ledger, &row.key, &row), OK);
	cr_assert_eq(row.restarts, 1);
	cr_assert_eq(row.restarted_ms, 9);
	cr_assert_eq(row.attempts, 2);
	cr_assert_eq(row.attempts_before, 1);
	bench_free(bench);
}

Test(notifier_sender, waits_as_long_as_it_is_asked_to_with_all_to_that_target)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	uint64_t began;

	control(&bench->mailbox, "{\"http\": 429, \"retry_after\": \"1\"}");
	began = loop_monotonic_ms();
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	control(&bench->mailbox, "{\"http\": 200, \"retry_after\": null}");
	wait_until(bench, all_settled);
	cr_assert_geq(loop_monotonic_ms() - began, 1000);
	cr_assert_eq(last_row(bench).attempts, 2);
	bench_free(bench);
}

Test(notifier_sender, takes_a_date_and_bounds_what_it_is_asked)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	struct ledger_row row;
	uint64_t pause_ms;

	control(&bench->mailbox,
	    "{\"http\": 503, \"retry_after\": \"Fri, 01 Jan 2100 00:00:00 "
	    "GMT\"}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	row = last_row(bench);
	pause_ms = row.next_ms - row.tried_ms;
	cr_assert_geq(pause_ms, ANSWER_WAIT_MAX_S * 1000ULL);
	cr_assert_leq(pause_ms, ANSWER_WAIT_MAX_S * 1250ULL);
	bench_free(bench);
}

Test(notifier_sender, takes_no_redirect_for_a_delivery)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);

	control(&bench->mailbox, "{\"http\": 302}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "http-302");
	cr_assert_eq(last_row(bench).declined, 1);
	bench_free(bench);
}

Test(notifier_sender, says_nothing_to_an_address_of_this_network_unless_allowed)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);

	bench->rows[0].allow_private = false;
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "private-address");
	cr_assert_eq(last_row(bench).declined, 1);
	/* A name that leads there is no way around. */
	snprintf(bench->rows[0].address, sizeof bench->rows[0].address,
	    "http://localhost:%u/pintu", bench->mailbox.http);
	bench->wanted = 3;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "private-address");
	cr_assert_str_eq(messages(&bench->mailbox), "[]");
	bench->rows[0].allow_private = true;
	wait_until(bench, all_settled);
	/* The connection that is open now is not used for another contact. */
	bench->rows[0].allow_private = false;
	bench_add(bench, EVENT_ALERT_CORRECTED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "private-address");
	bench_free(bench);
}

Test(notifier_sender, signs_with_each_secret_while_one_is_exchanged)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	struct contact *row = &bench->rows[0];
	const char *got;

	row->secrets[1] = row->secrets[0];
	row->secrets[0].at[0] ^= 1; /* the mailbox knows the second */
	row->secret_count = 2;
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"signature\": \"valid\""), 1, "%s", got);
	cr_assert_eq(count_of(got, "\"webhook-signature\": \"v1,"), 1);
	cr_assert_eq(count_of(got, "= v1,"), 1, "%s", got);
	bench_free(bench);
}

static void
set_telegram(struct bench *bench)
{
	struct contact *row = &bench->rows[0];

	row->kind = CONTACT_TELEGRAM;
	snprintf(row->address, sizeof row->address, "http://127.0.0.1:%u/",
	    bench->mailbox.http);
	CHECK(text_copy(row->token, sizeof row->token, "12:rahasia"));
	CHECK(text_copy(row->chat, sizeof row->chat, "-100777"));
}

Test(notifier_sender, speaks_to_telegram_and_obeys_its_retry_after)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	const char *got;
	uint64_t began;

	set_telegram(bench);
	control(&bench->mailbox,
	    "{\"http\": 429, \"said\": {\"ok\": false, \"description\": "
	    "\"\\\"retry_after\\\": 99\", \"parameters\": {\"retry_after\": "
	    "1}}}");
	began = loop_monotonic_ms();
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	control(&bench->mailbox, "{\"http\": 200}");
	wait_until(bench, all_settled);
	cr_assert_geq(loop_monotonic_ms() - began, 1000);
	cr_assert_eq(last_row(bench).attempts, 2);
	got = messages(&bench->mailbox);
	cr_assert_not_null(strstr(got, "/bot12:rahasia/sendMessage"));
	cr_assert_not_null(strstr(got, "\"chat_id\": \"-100777\""));
	cr_assert_not_null(strstr(got, "\"is_disabled\": true"));
	cr_assert_not_null(strstr(got, "LATIHAN - Peringatan"));
	bench_free(bench);
}

Test(notifier_sender, hands_a_message_to_a_local_program)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	char *said = temp_dir_path(bench->feed->dir, "sms");
	char line[1024];
	FILE *file;

	bench_use_program(bench,
	    "#!/bin/sh\n[ -e $1/sms ] && exit 1\n"
	    "[ -e $1/once ] || { : >$1/once; exit 75; }\ncat >$1/sms\n");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	cr_assert_eq(last_row(bench).attempts, 2);
	cr_assert_str_eq(last_row(bench).answer, "exit-0");
	file = fopen(said, "r");
	cr_assert_not_null(file);
	cr_assert_not_null(fgets(line, sizeof line, file));
	cr_assert_leq(strlen(line), 161);
	cr_assert_eq(strncmp(line, "LATIHAN PERINGATAN BELUM-IKRAR ", 31), 0);
	cr_assert_not_null(fgets(line, sizeof line, file));
	cr_assert_eq(strncmp(line, "{\"id\":\"msg_", 11), 0, "%s", line);
	cr_assert_null(fgets(line, sizeof line, file));
	fclose(file);
	free(said);
	bench_free(bench);
}

Test(notifier_sender, leaves_the_second_channel_alone_while_the_first_works)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	add_second(bench);
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 1);
	cr_assert_eq(count_of(got, "\"kind\": \"webhook\""), 0);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	bench_free(bench);
}

Test(notifier_sender, takes_the_second_channel_when_the_first_is_dead)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	add_second(bench);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench_restart(bench);
	wait_until(bench, has_webhook);
	cr_assert_geq(first_row(bench).attempts, FALLBACK_ATTEMPTS);
	control(&bench->mailbox, "{\"smtp\": 250}");
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 1);
	cr_assert_eq(count_of(got, "\"kind\": \"webhook\""), 1);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 2);
	bench_free(bench);
}

Test(notifier_sender, takes_the_second_channel_at_once_without_a_first)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	add_second(bench);
	bench->rows[0].seat[0] = '\0'; /* its line is gone from the file */
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, has_told);
	cr_assert(has_webhook(bench));
	bench_free(bench);
}

Test(notifier_sender, writes_to_a_target_no_faster_than_its_contact_says)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);
	uint64_t began = loop_monotonic_ms();

	bench->rows[0].kind = CONTACT_TELEGRAM; /* three at once */
	set_telegram(bench);
	bench->rows[0].per_minute = 120;
	bench_add(bench, EVENT_ALERT_OPENED);
	for (unsigned i = 0; i < 2; i++) {
		bench_add(bench, EVENT_ALERT_RAISED);
		bench_add(bench, EVENT_ALERT_CORRECTED);
	}
	wait_until(bench, all_settled);
	cr_assert_geq(loop_monotonic_ms() - began, 1000); /* two of five */
	cr_assert_eq(last_row(bench).attempts, 1);
	bench_free(bench);
}

Test(notifier_sender, reports_a_lasting_no_once_and_goes_on_trying)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	control(
	    &bench->mailbox, "{\"recipients\": {\"admin@contoh.go.id\": 550}}");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, has_failed);
	cr_assert_eq(last_row(bench).declined, SENDER_DECLINED_TELL);
	cr_assert_str_eq(last_row(bench).answer, "smtp-550");
	bench->wanted = SENDER_DECLINED_TELL + 1;
	wait_until(bench, has_tried);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_FAILED), 1);
	control(&bench->mailbox, "{\"recipients\": {}}");
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"mail\""), 1);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	bench_free(bench);
}

Test(notifier_sender, reports_a_contact_that_is_missing_and_goes_on_trying)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench->contacts.count = 0;
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 2;
	wait_until(bench, has_tried);
	cr_assert_str_eq(last_row(bench).answer, "no-contact");
	wait_until(bench, has_failed);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_FAILED), 1);
	bench->contacts.count = 1;
	wait_until(bench, all_settled);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"mail\""), 1);
	bench_free(bench);
}

/* Puts the last row back to where a kill could have left it. */
static void
roll_back(struct bench *bench, enum ledger_state state, uint64_t spool_seq)
{
	struct ledger_row row = last_row(bench);

	row.state = state;
	row.spool_seq = spool_seq;
	ledger_begin(bench->feed->ledger);
	ledger_set_row(bench->feed->ledger, &row);
	ledger_commit(bench->feed->ledger);
	bench_restart(bench);
	wait_until(bench, all_settled);
}

Test(notifier_sender, sends_the_same_mail_again_when_killed_before_the_answer)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	struct text_buf first = {0};
	const char *got;
	char *second;

	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	roll_back(bench, LEDGER_PROMISED, 0);
	got = messages(&bench->mailbox);
	cr_assert_eq(count_of(got, "\"kind\": \"mail\""), 2);
	/* Number and file apart the two are equal, byte for byte. */
	got = strstr(got, "\"headers\"");
	second = strstr(got + 1, "\"headers\"");
	text_buf_add_bytes(&first, got, strcspn(got, "}"));
	cr_assert_eq(strncmp(second, first.at, first.len), 0);
	got = strstr(got, "\"text\"");
	second = strstr(got + 1, "\"text\"");
	cr_assert_eq(strncmp(got, second, strlen(second) - 2), 0);
	text_buf_clear(&first);
	bench_free(bench);
}

Test(notifier_sender, sends_nothing_again_when_killed_behind_the_answer)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	/* The spool had the delivery, the ledger not yet. */
	roll_back(bench, LEDGER_SENT, 0);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 1);
	/* The spool did not have it. */
	roll_back(bench, LEDGER_SENT, 1);
	cr_assert_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 2);
	cr_assert_eq(count_of(messages(&bench->mailbox), "\"mail\""), 1);
	bench_free(bench);
}
