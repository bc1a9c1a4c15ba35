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
