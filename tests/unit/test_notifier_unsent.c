/* SPDX-License-Identifier: Apache-2.0 */
/* What does not go out: it is not for that seat any more, or is declined. */
#include "notifier/sender.h"

#include "tests/unit/test_notifier_bench.h"

#include <criterion/criterion.h>

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

/* Another spool, of that size; 0: of the usual. */
static void
reopen_spool(struct bench *bench, uint64_t map_bytes)
{
	struct spool_options options = {.wilayah = FEED_REGION,
	    .dir = bench->feed->dir,
	    .keys = &bench->keys,
	    .map_bytes = map_bytes};

	bench_stop(bench);
	spool_close(bench->spool);
	CHECK(spool_open(&bench->spool, &options) == OK);
	feed_restart(bench->feed);
	bench_start(bench);
}

static void
fill_spool(struct bench *bench)
{
	struct event event = {.kind = EVENT_ALERT_ACKNOWLEDGED,
	    .acknowledged = {
		.seat = "admin-73.04", .channel = "link", .until_ms = 1}};
	enum reject why;
	enum err err;

	do
		err = spool_add(bench->spool, &event, 1, feed_start_ms, &why);
	while (err == OK);
	CHECK(err == ERR_FULL);
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

	/* Its text is not there: as lasting as a no of the server. */
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
