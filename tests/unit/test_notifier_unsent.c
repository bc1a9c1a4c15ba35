/* SPDX-License-Identifier: Apache-2.0 */
/* What does not go out: it is not for that seat any more, or is declined. */
#include "notifier/sender.h"

#include "tests/unit/test_notifier_bench.h"
#include "tests/unit/test_notifier_told.h"

#include <criterion/criterion.h>
#include <fcntl.h>

/* Of the two units one is the reader's own; the correction leaves that one. */
static struct routes_node all_routes;
static struct routes_own own_unit = {.seat = "admin-73.04", .unit = "PKM-01"};
static const struct routes own_routes = {
    .nodes = &all_routes, .count = 1, .owns = &own_unit, .own_count = 1};

Test(notifier_sender, tells_nothing_late_that_is_about_the_readers_own_office)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench->routes = &own_routes;
	bench_restart(bench);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add(bench, EVENT_ALERT_OPENED);
	bench->wanted = 1;
	wait_until(bench, has_tried);
	bench_add(bench, EVENT_ALERT_CORRECTED);
	bench_add(bench, EVENT_ALERT_RESOLVED);
	control(&bench->mailbox, "{\"smtp\": 250}");
	wait_until(bench, all_settled);
	cr_expect_str_eq(messages(&bench->mailbox), "[]");
	cr_expect_str_eq(first_row(bench).answer, "own-office");
	cr_expect_str_eq(last_row(bench).answer, "own-office");
	cr_expect_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 0);
	bench_free(bench);
}

Test(notifier_sender, ends_what_became_the_readers_own_without_its_figures)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got;

	bench->routes = &own_routes;
	bench_restart(bench);
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, all_settled);
	bench_add(bench, EVENT_ALERT_CORRECTED);
	bench_add(bench, EVENT_ALERT_RESOLVED);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	cr_expect_eq(count_of(got, "\"kind\": \"mail\""), 3);
	got = strstr(got, "RALAT");
	cr_assert_not_null(got);
	cr_expect_eq(count_of(got, "unit kantor Anda"), 2, "%s", got);
	cr_expect_not_null(strstr(got, "KEL-02"));
	cr_expect_null(strstr(got, "PKM-01"), "%s", got);
	cr_expect_null(strstr(got, "Angka:"), "%s", got);
	cr_expect_null(strstr(got, "2 unit"), "%s", got);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 3);
	bench_free(bench);
}

static bool
first_is_tried(struct bench *bench)
{
	return first_row(bench).attempts > 0;
}

Test(notifier_unsent, what_stood_in_for_a_channel_does_not_wait_for_ever)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench->routes = &own_routes;
	bench->retry_ms = 3600000; /* or the first would be dead too soon */
	add_second(bench);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, first_is_tried);
	bench_add(bench, EVENT_ALERT_CORRECTED);
	wait_until(bench, all_settled);
	cr_expect_str_eq(messages(&bench->mailbox), "[]");
	cr_expect_lt(first_row(bench).attempts, FALLBACK_ATTEMPTS);
	bench_free(bench);
}

static void
find_tried(void *context, const struct ledger_row *row)
{
	*(bool *)context |=
	    (row->tone == ROUTE_BUNDLE || row->tone == ROUTE_DIGEST) &&
	    row->attempts > 0;
}

static bool
bundle_is_tried(struct bench *bench)
{
	bool is_tried = false;

	ledger_each_owed(bench->feed->ledger, 0, find_tried, &is_tried);
	return is_tried;
}

/* A message about three alerts was promised, the mail server is away, and of
 * some of them nothing is left but the reader's own unit. */
static struct bench *
bench_held(struct routes *routes, const char *text)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	*routes = routes_of(text);
	bench->routes = bench->feed->routes = routes;
	bench_restart(bench);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	for (uint8_t alert = 1; alert <= 3; alert++)
		bench_add_of(bench, EVENT_ALERT_OPENED, alert);
	at(bench->feed, feed_start_ms + hour_ms);
	sender_wake(bench->sender);
	wait_until(bench, bundle_is_tried);
	return bench;
}

static const char *
let_go(struct bench *bench)
{
	control(&bench->mailbox, "{\"smtp\": 250}");
	wait_until(bench, all_settled);
	return messages(&bench->mailbox);
}

static void
end_held(struct bench *bench, struct routes *routes)
{
	bench_free(bench);
	routes_clear(routes);
}

static const char group_of_rule[] =
    "route: {group_by: rule, group_wait: 1h, storm: none}\n"
    "own_units: {admin-73.04: [PKM-01]}\n";

Test(notifier_unsent, a_group_that_waited_leaves_out_what_became_the_readers)
{
	struct routes routes;
	struct bench *bench = bench_held(&routes, group_of_rule);
	const char *got;

	bench_add_of(bench, EVENT_ALERT_CORRECTED, 2);
	got = let_go(bench);
	cr_expect_eq(count_of(got, "\"kind\": \"mail\""), 1, "%s", got);
	cr_expect_not_null(strstr(got, "RANGKUMAN: 2 kabar"), "%s", got);
	cr_expect_not_null(
	    strstr(got, "data: 1 Oktober 2024 09.00"), "%s", got);
	cr_expect_not_null(strstr(got, "[01010101"), "%s", got);
	cr_expect_not_null(strstr(got, "[03030303"), "%s", got);
	cr_expect_null(strstr(got, "02020202"), "%s", got);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 2);
	end_held(bench, &routes);
}

Test(notifier_unsent, a_group_of_which_nothing_is_left_does_not_go_out)
{
	struct routes routes;
	struct bench *bench = bench_held(&routes, group_of_rule);

	for (uint8_t alert = 1; alert <= 3; alert++)
		bench_add_of(bench, EVENT_ALERT_CORRECTED, alert);
	/* What a kill leaves. */
	bench_restart(bench);
	cr_expect_str_eq(let_go(bench), "[]");
	cr_expect_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 0);
	end_held(bench, &routes);
}

Test(notifier_unsent, a_digest_of_which_nothing_is_left_says_so)
{
	struct routes routes;
	struct bench *bench = bench_held(&routes,
	    "route: {digest: true}\ndigests: {admin-73.04: \"09:00\"}\n"
	    "own_units: {admin-73.04: [PKM-01]}\n");
	const char *got;

	for (uint8_t alert = 1; alert <= 3; alert++)
		bench_add_of(bench, EVENT_ALERT_CORRECTED, alert);
	/* No link since: what it tells is as old as that. */
	spool_note_contact(bench->spool, feed_start_ms + hour_ms / 2, 0);
	cr_assert_eq(spool_flush(bench->spool), OK);
	got = let_go(bench);
	cr_expect_eq(count_of(got, "\"kind\": \"mail\""), 1, "%s", got);
	cr_expect_not_null(strstr(got, "RANGKUMAN HARIAN nomor 1"), "%s", got);
	cr_expect_not_null(
	    strstr(got, "data: 1 Oktober 2024 08.30"), "%s", got);
	cr_expect_not_null(strstr(got, "Tidak ada peringatan baru"), "%s", got);
	cr_expect_null(strstr(got, "BELUM-IKRAR"), "%s", got);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_DELIVERED), 0);
	end_held(bench, &routes);
}

/* ---- declined for good */

static bool
first_is_dead(struct bench *bench)
{
	struct ledger_row row = first_row(bench);

	return ledger_row_is_dead(&row);
}

static bool
first_is_told(struct bench *bench)
{
	return first_row(bench).failure_told;
}

Test(notifier_unsent, a_410_that_met_a_full_spool_is_told_when_there_is_room)
{
	struct bench *bench = bench_make(CONTACT_WEBHOOK);

	reopen_spool(bench, 4 << 20);
	fill_spool(bench);
	control(&bench->mailbox, "{\"http\": 410}");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, first_is_dead);
	cr_expect(first_row(bench).is_stopped);
	cr_expect_not(first_row(bench).failure_told);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_FAILED), 0);
	reopen_spool(bench, 0);
	wait_until(bench, first_is_told);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_FAILED), 1);
	cr_expect_eq(first_row(bench).attempts, 1, "it was not tried again");
	bench_free(bench);
}

static bool
is_told_twice(struct bench *bench)
{
	return in_spool(bench, EVENT_ALERT_FAILED) == 2;
}

Test(notifier_unsent, a_restart_is_not_lost_to_an_attempt_of_the_old_schedule)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	control(
	    &bench->mailbox, "{\"recipients\": {\"admin@contoh.go.id\": 550}}");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, first_is_told);
	/* It is tried every few milliseconds, and looked at every 2 s. */
	cr_assert_eq(ledger_restart(bench->feed->ledger, 1, 9), OK);
	wait_until(bench, is_told_twice);
	cr_expect_eq(first_row(bench).restarts, 1);
	bench_free(bench);
}

/* A program that waits at a pipe, when there is one, and then says no. */
static bool
is_at_the_pipe(struct bench *bench)
{
	int fd = open(bench->waited_for, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	bench->pipe = fd;
	return fd >= 0;
}

Test(notifier_unsent, a_restart_during_an_attempt_is_tried_at_once)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	char *pipe = temp_dir_path(bench->feed->dir, "pipa");

	bench_use_program(
	    bench, "#!/bin/sh\n[ -p $1/pipa ] && read x <$1/pipa\nexit 1\n");
	bench_add(bench, EVENT_ALERT_OPENED);
	wait_until(bench, first_is_told);
	bench_stop(bench);
	CHECK(mkfifo(pipe, 0600) == 0);
	bench->retry_ms = 3600000;
	bench_start(bench);
	bench->waited_for = pipe;
	wait_until(bench, is_at_the_pipe);
	bench->wanted = first_row(bench).attempts + 2;
	cr_assert_eq(ledger_restart(bench->feed->ledger, 1, 9), OK);
	CHECK(unlink(pipe) == 0 && close(bench->pipe) == 0);
	wait_until(bench, has_tried);
	cr_expect_not(first_row(bench).failure_told);
	free(pipe);
	bench_free(bench);
}

enum { RIDERS = 130 }; /* more than are told of at once */

static void
promise_bundle(struct bench *bench)
{
	struct ledger_row bundle = {.tone = ROUTE_BUNDLE}, row = {0};
	struct route_target target = {.seat = "admin-73.04", .channel = "mail"};

	memset(bundle.key.alert, 0xb0, EVENT_ID_SIZE);
	bundle.key.target = row.key.target = target;
	bundle.key.index = row.key.index = 2;
	ledger_begin(bench->feed->ledger);
	CHECK(ledger_promise(bench->feed->ledger, &bundle) == OK);
	row.bundle = bundle.serial;
	for (unsigned i = 0; i < RIDERS; i++) {
		be32_put(row.key.alert, i + 1);
		CHECK(ledger_promise(bench->feed->ledger, &row) == OK);
	}
	ledger_commit(bench->feed->ledger);
	sender_wake(bench->sender);
}

Test(notifier_unsent, tells_of_each_alert_that_a_declined_bundle_carried)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	control(
	    &bench->mailbox, "{\"recipients\": {\"admin@contoh.go.id\": 550}}");
	promise_bundle(bench);
	wait_until(bench, first_is_told);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_FAILED), RIDERS);
	bench_stop(bench);
	cr_assert_eq(ledger_restart(bench->feed->ledger, 1, 9), OK);
	cr_expect_not(first_is_told(bench));
	bench_start(bench);
	wait_until(bench, first_is_told);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_FAILED), 2 * RIDERS,
	    "a person had it delivered again, and it was declined again");
	bench_free(bench);
}
