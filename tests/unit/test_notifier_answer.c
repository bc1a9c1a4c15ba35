/* SPDX-License-Identifier: Apache-2.0 */
/* Who answers for a seat, and for how long. */
#include "notifier/teller.h"

#include "tests/unit/test_notifier_told.h"

#include <criterion/criterion.h>

static const char ladder[] =
    "route: {to: head, ladder: [{after: 2h, to: inspektorat}]}\n";

/* At 09:00, under pj-1, whose term ends at noon. */
static struct feed *
begin_at_nine(struct routes *routes)
{
	struct feed *feed = begin(routes, ladder);

	feed->now_ms = feed_start_ms + hour_ms;
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	return feed;
}

Test(notifier_answer, of_a_predecessor_does_not_bind_who_holds_the_seat_now)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_at_nine(&routes);

	acknowledge(feed, 3, "kepala-73.04/pj-1", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	feed_restart(feed);
	at(feed, feed_noon_ms - 1);
	cr_expect_str_eq(
	    feed_owed(feed, &rows), "kepala-73.04/pj-1/mail@3 first");
	/* The successor hears of it, and the ladder counts from there. */
	at(feed, feed_noon_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first kepala-73.04/pj-2/mail@3 first");
	feed_restart(feed);
	at(feed, feed_noon_ms + 2 * hour_ms - 1);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 2);
	at(feed, feed_noon_ms + 2 * hour_ms);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 3, "the rung: %s", rows.text.at);
	end(feed, &routes, &rows);
}

Test(notifier_answer, of_a_predecessor_that_comes_late_counts_for_nothing)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, ladder);

	feed->now_ms = feed_noon_ms - minute_ms;
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	feed->now_ms = feed_noon_ms + minute_ms;
	acknowledge(feed, 3, "kepala-73.04/pj-1", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_noon_ms + 3 * hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first inspektorat/kepala/mail@3 first");
	end(feed, &routes, &rows);
}

Test(notifier_answer, of_the_successor_holds_as_long_as_it_says)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_at_nine(&routes);

	acknowledge(feed, 3, "kepala-73.04/pj-1", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_noon_ms);
	acknowledge(feed, 3, "kepala-73.04/pj-2", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 29 * day_ms);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 2, "%s", rows.text.at);
	end(feed, &routes, &rows);
}

Test(notifier_answer, to_an_older_letter_takes_nothing_from_the_newer_one)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_at_nine(&routes);

	add(feed, EVENT_ALERT_RAISED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	acknowledge(feed, 4, "kepala-73.04/pj-1", feed_start_ms + 30 * day_ms);
	acknowledge(feed, 3, "kepala-73.04/pj-1", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	/* A step at which the answer is looked up. */
	add(feed, EVENT_ALERT_CORRECTED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	at(feed, feed_noon_ms - 1);
	cr_expect_null(
	    strstr(feed_owed(feed, &rows), "inspektorat"), "%s", rows.text.at);
	end(feed, &routes, &rows);
}

/* pj-1 leaves at noon; the next comes at `from_ms` (0: nobody). */
static void
set_head(
    struct feed *feed, uint32_t version, uint64_t until_ms, uint64_t from_ms)
{
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN),
	    a_seat("kepala-73.04", "73.04", ROLE_HEAD),
	    a_seat("inspektorat", "73", ROLE_HEAD)};

	add_term(&seats[1], "pj-1", 1, until_ms);
	if (from_ms > 0)
		add_term(&seats[1], "pj-2", from_ms, 0);
	add_term(&seats[2], "kepala", 1, 0);
	feed_add_seats(feed, seats, 3, version);
	feed_turn(feed, 0);
}

Test(notifier_answer, of_a_stand_in_who_was_told_counts_until_the_seat_is_held)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes,
	    "route: {to: head, group_wait: 5h, ladder: [{after: 2h, to: "
	    "inspektorat}]}\n");
	uint64_t one_pm_ms = feed_noon_ms + hour_ms;

	set_head(feed, 3, feed_noon_ms, feed_noon_ms + day_ms);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	at(feed, one_pm_ms);
	cr_expect_str_eq(
	    feed_owed(feed, &rows), "admin-73.04//mail@4 first note");
	/* Who was not told does not answer for it. */
	acknowledge(feed, 4, "inspektorat/kepala", feed_start_ms + 30 * day_ms);
	acknowledge(feed, 4, "admin-73.04", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	feed_restart(feed);
	at(feed, feed_noon_ms + day_ms - 1);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 1, "%s", rows.text.at);
	at(feed, feed_noon_ms + day_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "admin-73.04//mail@4 first note kepala-73.04/pj-2/mail@4 first");
	end(feed, &routes, &rows);
}

Test(notifier_answer, of_who_was_not_told_stops_no_ladder)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_at_nine(&routes);

	acknowledge(feed, 3, "inspektorat/kepala", feed_start_ms + 30 * day_ms);
	acknowledge(feed, 3, "admin-73.04", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 3 * hour_ms);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 2, "%s", rows.text.at);
	end(feed, &routes, &rows);
}

Test(notifier_answer, ends_with_a_term_that_is_cut_short)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_at_nine(&routes);

	acknowledge(feed, 3, "kepala-73.04/pj-1", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	feed->now_ms = feed_start_ms + 2 * hour_ms;
	set_head(feed, 3, feed->now_ms, feed->now_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first kepala-73.04/pj-2/mail@3 first");
	end(feed, &routes, &rows);
}

Test(notifier_answer, of_a_stand_in_who_was_not_told_stops_no_ladder)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes,
	    "route: {to: head, ladder: [{after: 6h, to: inspektorat}]}\n");

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	feed->now_ms = feed_noon_ms;
	set_head(feed, 3, feed_noon_ms, 0);
	acknowledge(feed, 3, "admin-73.04", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 6 * hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first inspektorat/kepala/mail@3 first");
	end(feed, &routes, &rows);
}

Test(notifier_answer, of_another_seat_that_was_told_speaks_for_itself_alone)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes,
	    "route: {to: [head, inspektorat], ladder: [{after: 2h, to: "
	    "admin}]}\n");

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	acknowledge(feed, 3, "inspektorat/kepala", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 2 * hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "inspektorat/kepala/mail@3 first kepala-73.04/pj-1/mail@3 first "
	    "admin-73.04//mail@3 first");
	end(feed, &routes, &rows);
}
