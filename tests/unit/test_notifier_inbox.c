/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/inbox.h"

#include "tests/unit/test_notifier_rig.h"

#include <criterion/criterion.h>

static uint64_t
add(struct feed *feed, enum event_kind kind, uint8_t alert, uint32_t tell)
{
	struct event event = a_verdict(kind, alert, tell);

	return feed_add(feed, &event, AUTHOR_LOG);
}

Test(notifier_inbox, promises_an_alert_to_the_holder_and_its_end_to_both)
{
	struct feed *feed = feed_make();
	struct feed_rows rows = {0};

	feed_begin(feed);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	cr_assert_str_eq(
	    feed_owed(feed, &rows), "kepala-73.04/pj-1/mail@2 first");
	/* The Pj changes at noon: the old one was told and hears of the end,
	 * the new one holds the seat. */
	feed->now_ms = feed_noon_ms;
	add(feed, EVENT_ALERT_WITHDRAWN, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	cr_assert_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@2 first kepala-73.04/pj-1/mail@3 "
	    "kepala-73.04/pj-2/mail@3 first");
	text_buf_clear(&rows.text);
	feed_free(feed);
}

Test(notifier_inbox, promises_once_what_comes_twice_and_after_a_restart)
{
	struct feed *feed = feed_make();
	struct ledger_cursor cursor;
	struct feed_rows rows = {0};

	feed_begin(feed);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	feed_restart(feed);
	ledger_cursor(feed->ledger, &cursor);
	cr_assert_eq(cursor.next, 3);
	cr_assert(cursor.is_caught_up);
	cr_assert(cursor.is_drill);
	feed->size = 2; /* the same entry again */
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	cr_assert_str_eq(feed_owed(feed, &rows), "admin-73.04//mail@2 first");
	text_buf_clear(&rows.text);
	feed_free(feed);
}

Test(notifier_inbox, takes_no_entry_again_that_it_has_read)
{
	struct feed *feed = feed_make();
	const uint8_t id[EVENT_ID_SIZE] = {
	    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	struct ledger_alert alert;

	feed_begin(feed);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	add(feed, EVENT_ALERT_RESOLVED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	feed->size = 2;
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	cr_assert_eq(ledger_alert(feed->ledger, id, &alert), OK);
	cr_assert_not(alert.is_open);
	feed_free(feed);
}

Test(notifier_inbox, owes_at_first_only_what_is_still_open)
{
	struct feed *feed = feed_make();
	struct feed_rows rows = {0};
	struct seat_row seat = a_seat("admin-73.04", "73.04", ROLE_ADMIN);

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_add_seats(feed, &seat, 1, 1);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_ADMIN);
	feed_turn(feed, 3); /* the log goes on: still collecting */
	cr_assert_str_eq(feed_owed(feed, &rows), "");
	feed_restart(feed);
	add(feed, EVENT_ALERT_CORRECTED, 2, ROLE_ADMIN);
	add(feed, EVENT_ALERT_RESOLVED, 1, ROLE_ADMIN);
	feed_turn(feed, 1);
	cr_assert_str_eq(feed_owed(feed, &rows), "");
	add(feed, EVENT_ALERT_OPENED, 3, ROLE_ADMIN);
	feed_turn(feed, 9);
	/* Of alert 2 the state it is in, of alert 1 nothing. */
	cr_assert_str_eq(feed_owed(feed, &rows),
	    "admin-73.04//mail@3 first admin-73.04//mail@5 first");
	text_buf_clear(&rows.text);
	feed_free(feed);
}

Test(notifier_inbox, makes_a_lost_ledger_anew_from_its_own_deliveries)
{
	struct feed *feed = feed_make();
	struct feed_rows rows = {0};
	struct seat_row seat = a_seat("admin-73.04", "73.04", ROLE_ADMIN);
	struct event told = {.version = EVENT_VERSION,
	    .seq = 1,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_ALERT_DELIVERED,
	    .told = {.verdict = 1,
		.seat = "admin-73.04",
		.channel = "mail",
		.attempts = 1}};

	memset(told.told.alert, 1, EVENT_ID_SIZE);
	memcpy(told.node, feed->node, sizeof told.node);
	feed_add_seats(feed, &seat, 1, 1);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_ADMIN);
	feed_add(feed, &told, AUTHOR_NODE);
	add(feed, EVENT_ALERT_RESOLVED, 1, ROLE_ADMIN);
	memset(told.node, 8, sizeof told.node); /* another notifier's */
	memset(told.told.alert, 2, EVENT_ID_SIZE);
	told.told.verdict = 2;
	feed_add(feed, &told, AUTHOR_NODE);
	feed_turn(feed, 0);
	/* Of alert 1 the end is owed to whom it had told, though it is over. */
	cr_assert_str_eq(feed_owed(feed, &rows),
	    "admin-73.04//mail@4 admin-73.04//mail@2 first");
	text_buf_clear(&rows.text);
	feed_free(feed);
}

Test(notifier_inbox, keeps_an_alert_without_a_seat_until_there_is_one)
{
	struct feed *feed = feed_make();
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN),
	    a_seat("admin-73", "73", ROLE_ADMIN)};
	struct feed_rows rows = {0};

	feed_turn(feed, 0);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_ADMIN);
	add(feed, EVENT_ALERT_RESOLVED, 2, ROLE_ADMIN);
	feed_turn(feed, 0);
	cr_assert_str_eq(feed_owed(feed, &rows), "");
	feed_restart(feed);
	feed_add_seats(feed, seats, 1, 1);
	feed_turn(feed, 0);
	cr_assert_str_eq(feed_owed(feed, &rows), "admin-73.04//mail@0 first");
	/* From then on it has its readers: a new seat is not told. */
	feed_add_seats(feed, seats, 2, 2);
	feed_turn(feed, 0);
	cr_assert_str_eq(feed_owed(feed, &rows), "admin-73.04//mail@0 first");
	text_buf_clear(&rows.text);
	feed_free(feed);
}

Test(notifier_inbox, takes_offices_at_their_last_part_and_keeps_them)
{
	struct feed *feed = feed_make();
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN),
	    a_seat("kepala-73.04", "73.04", ROLE_HEAD)};
	struct event part = {.version = EVENT_VERSION,
	    .seq = 1,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_OFFICE_CHANGED,
	    .office = {.part = {.version = 2, .part = 1, .parts = 2},
		.row_count = 1,
		.rows = &seats[0]}};

	memset(part.node, 5, sizeof part.node);
	memset(part.office.part.sha256, 6, EVENT_HASH_SIZE);
	feed_add_seats(feed, seats, 2, 1);
	feed_turn(feed, 0);
	cr_assert_eq(inbox_seats(feed->inbox)->count, 2);
	feed_add(feed, &part, AUTHOR_NODE);
	feed_turn(feed, 0);
	cr_assert_eq(inbox_seats(feed->inbox)->count, 2);
	part.seq = 2;
	part.office.part.part = 2;
	CHECK(text_copy(seats[0].id, WORD_MAX, "admin-baru"));
	feed_add(feed, &part, AUTHOR_NODE);
	feed_turn(feed, 0);
	feed_restart(feed);
	cr_assert_eq(inbox_seats(feed->inbox)->count, 2);
	cr_assert_not_null(seats_by_id(inbox_seats(feed->inbox), "admin-baru"));
	cr_assert_null(seats_by_id(inbox_seats(feed->inbox), "kepala-73.04"));
	feed_free(feed);
}

Test(notifier_inbox, tells_no_seat_of_an_attempt_that_was_given_up)
{
	struct feed *feed = feed_make();
	struct seat_row seat = a_seat("admin-lama", "73.04", ROLE_ADMIN);
	struct seat_row other = a_seat("admin-73.04", "73.04", ROLE_ADMIN);
	struct event part = {.version = EVENT_VERSION,
	    .seq = 1,
	    .recorded_at_ms = feed_start_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_OFFICE_CHANGED,
	    .office = {.part = {.version = 1, .part = 1, .parts = 3},
		.row_count = 1,
		.rows = &seat}};

	memset(part.node, 5, sizeof part.node);
	memset(part.office.part.sha256, 6, EVENT_HASH_SIZE);
	feed_add(feed, &part, AUTHOR_NODE);
	part.seq = 2;
	part.office.part.part = 2;
	feed_add(feed, &part, AUTHOR_NODE);
	feed_add_seats(feed, &other, 1, 1); /* the same version, shorter */
	feed_turn(feed, 0);
	cr_assert_eq(inbox_seats(feed->inbox)->count, 1);
	cr_assert_null(seats_by_id(inbox_seats(feed->inbox), "admin-lama"));
	feed_free(feed);
}

Test(notifier_inbox, skips_what_it_cannot_read_and_what_a_node_forges)
{
	struct feed *feed = feed_make();
	struct event forged = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	struct feed_rows rows = {0};
	struct ledger_cursor cursor;

	feed_begin(feed);
	feed_add(feed, &forged, AUTHOR_NODE);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_ADMIN);
	feed->entries[1].leaf.len -= 3;
	feed_turn(feed, 0);
	cr_assert_str_eq(feed_owed(feed, &rows), "");
	ledger_cursor(feed->ledger, &cursor);
	cr_assert_eq(cursor.next, 4);
	text_buf_clear(&rows.text);
	feed_free(feed);
}
