/* SPDX-License-Identifier: Apache-2.0 */
/* An alert that comes to be about nothing but its reader's own office. */
#include "notifier/teller.h"

#include "notifier/carried.h"
#include "tests/unit/test_notifier_told.h"

#include <criterion/criterion.h>

static const char own_units[] =
    "own_units: {kepala-73.04: [SETDA, SETDA-*], admin-73.04: [BKPSDM]}\n";

static struct feed *
begin_with(struct routes *routes, const char *route)
{
	char text[512];

	snprintf(text, sizeof text, "%s%s", route, own_units);
	return begin(routes, text);
}

/* Words of units; "-CODE" has left. */
static void
say_of(
    struct feed *feed, uint8_t alert, enum event_kind kind, const char *words)
{
	struct event event = a_verdict(kind, alert, ROLE_HEAD);
	struct alert_unit units[8], removed[8];
	char copy[128], *rest = copy, *word;

	event.verdict.units = units;
	event.verdict.removed = removed;
	CHECK(text_copy(copy, sizeof copy, words));
	while ((word = strsep(&rest, " ")) != NULL)
		if (word[0] == '-') {
			struct alert_unit *unit =
			    &removed[event.verdict.removed_count++];

			*unit = a_unit(word + 1, "", "73.04.01");
			CHECK(text_copy(unit->why, sizeof unit->why, "late"));
		} else if (word[0] != '\0') {
			units[event.verdict.unit_count++] =
			    a_unit(word, "", "73.04.01");
		}
	event.verdict.figures.unsigned_known = 7;
	feed_add(feed, &event, AUTHOR_LOG);
}

static void
say(struct feed *feed, enum event_kind kind, const char *words)
{
	say_of(feed, 1, kind, words);
	feed_turn(feed, 0);
}

Test(notifier_conflict, one_that_narrows_to_the_readers_own_units_goes_past_it)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_with(&routes,
	    "route:\n  to: head\n  conflict_to: inspektorat\n"
	    "  repeat: 1d\n  ladder: [{after: 5d, to: admin}]\n");

	say(feed, EVENT_ALERT_OPENED, "DINAS-KES PKM-01");
	cr_expect_str_eq(
	    feed_owed(feed, &rows), "kepala-73.04/pj-1/mail@3 first");
	say(feed, EVENT_ALERT_RAISED, "DINAS-KES SETDA SETDA-UMUM");
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first inspektorat/kepala/mail@4 first "
	    "note kepala-73.04/pj-1/mail@4",
	    "partly: both, whoever reads %s", rows.text.at);
	/* What it knew of others holds no longer: it is told that, once. */
	say(feed, EVENT_ALERT_CORRECTED, "SETDA SETDA-UMUM -DINAS-KES");
	say(feed, EVENT_ALERT_CORRECTED, "SETDA -SETDA-UMUM");
	say(feed, EVENT_ALERT_RAISED, "SETDA SETDA-HUKUM");
	feed_restart(feed);
	at(feed, feed->now_ms + 30 * hour_ms);
	feed_owed(feed, &rows);
	cr_expect_null(strstr(rows.text.at, "kepala-73.04/pj-2"),
	    "reminded of itself: %s", rows.text.at);
	cr_expect_not_null(strstr(rows.text.at, "kepala-73.04/pj-1/mail@5"));
	cr_expect_null(strstr(rows.text.at, "kepala-73.04/pj-1/mail@6"));
	cr_expect_null(strstr(rows.text.at, "kepala-73.04/pj-1/mail@7"));
	cr_expect_not_null(strstr(rows.text.at, "inspektorat/kepala/mail@7"));
	/* Nor does its ladder climb; the other's does. */
	at(feed, feed->now_ms + 6 * day_ms);
	feed_owed(feed, &rows);
	cr_expect_null(strstr(rows.text.at, "kepala-73.04/pj-2"));
	cr_expect_not_null(strstr(rows.text.at, "admin-73.04//mail@7 first"));
	say(feed, EVENT_ALERT_RESOLVED, "-SETDA -SETDA-HUKUM");
	feed_owed(feed, &rows);
	cr_expect_not_null(
	    strstr(rows.text.at, "kepala-73.04/pj-2/mail@8 first"),
	    "whoever was told is told of the end: %s", rows.text.at);
	end(feed, &routes, &rows);
}

Test(notifier_conflict, one_that_widens_again_is_told_again)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_with(&routes, "route: {to: head}\n");

	say(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	say(feed, EVENT_ALERT_CORRECTED, "SETDA -DINAS-KES");
	say(feed, EVENT_ALERT_RAISED, "SETDA PKM-01");
	feed_owed(feed, &rows);
	cr_expect_not_null(strstr(rows.text.at, "kepala-73.04/pj-1/mail@5"),
	    "%s", rows.text.at);
	end(feed, &routes, &rows);
}

Test(notifier_conflict, what_waits_is_asked_again_before_it_is_told)
{
	static const char *const waits[] = {
	    "route: {to: head, group_wait: 2h, conflict_to: inspektorat}\n",
	    "route: {to: head, group_by: rule, group_wait: 2h, conflict_to: "
	    "inspektorat}\n",
	    "route: {to: head, quiet: {from: \"07:00\", to: \"10:00\"}, "
	    "conflict_to: inspektorat}\n",
	    "route: {to: head, digest: true, conflict_to: inspektorat}\n"
	    "digests: {kepala-73.04: \"10:00\"}\n"};

	for (unsigned i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		struct feed_rows rows = {0};
		struct routes routes;
		struct feed *feed = begin_with(&routes, waits[i]);

		say(feed, EVENT_ALERT_OPENED, "DINAS-KES PKM-01");
		say(feed, EVENT_ALERT_CORRECTED, "SETDA -DINAS-KES -PKM-01");
		feed_restart(feed);
		at(feed, feed_start_ms + 3 * hour_ms);
		feed_owed(feed, &rows);
		cr_expect_null(strstr(rows.text.at, "kepala-73.04/pj-1/mail@4"),
		    "case %u: %s", i, rows.text.at);
		cr_expect_not_null(strstr(rows.text.at,
				       "inspektorat/kepala/mail@4 first note"),
		    "case %u: %s", i, rows.text.at);
		say(feed, EVENT_ALERT_RESOLVED, "-SETDA");
		feed_owed(feed, &rows);
		cr_expect_null(strstr(rows.text.at, "kepala-73.04/pj-1/mail@5"),
		    "it never heard of it: %s", rows.text.at);
		end(feed, &routes, &rows);
	}
}

Test(notifier_conflict, other_settings_are_asked_too)
{
	struct feed_rows rows = {0};
	struct routes routes, later;
	struct feed *feed =
	    begin(&routes, "route: {to: head, group_wait: 2h}\n");

	say(feed, EVENT_ALERT_OPENED, "SETDA");
	later = routes_of("route: {to: head, group_wait: 2h, conflict_to: "
			  "inspektorat}\nown_units: {kepala-73.04: [SETDA]}\n");
	feed->routes = &later;
	feed_restart(feed);
	at(feed, feed_start_ms + 2 * hour_ms);
	at(feed, feed_start_ms + 4 * hour_ms);
	cr_expect_str_eq(
	    feed_owed(feed, &rows), "inspektorat/kepala/mail@3 first note");
	feed->routes = &routes;
	feed_restart(feed);
	at(feed, feed_start_ms + 5 * hour_ms);
	feed_owed(feed, &rows);
	cr_expect_not_null(
	    strstr(rows.text.at, "kepala-73.04/pj-2/mail@3 first"), "%s",
	    rows.text.at);
	routes_clear(&later);
	end(feed, &routes, &rows);
}

/* The seat of the head is vacant from noon on. */
static void
vacate(struct feed *feed)
{
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN),
	    a_seat("admin-73", "73", ROLE_ADMIN),
	    a_seat("kepala-73.04", "73.04", ROLE_HEAD),
	    a_seat("inspektorat", "73", ROLE_HEAD)};

	add_term(&seats[2], "pj-1", 1, feed_noon_ms);
	add_term(&seats[3], "kepala", 1, 0);
	feed_add_seats(feed, seats, 4, 3);
	feed_turn(feed, 0);
}

Test(notifier_conflict, a_stand_in_whose_own_office_it_is_about_is_passed_over)
{
	static const struct {
		const char *route, *want;
	} cases[] = {
	    {"route: {to: head, group_wait: 6h}\n",
		"admin-73//mail@4 first note"},
	    {"route: {to: head, group_wait: 6h, conflict_to: inspektorat}\n",
		"admin-73//mail@4 first note "
		"inspektorat/kepala/mail@4 first note"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct feed_rows rows = {0};
		struct routes routes;
		struct feed *feed = begin_with(&routes, cases[i].route);

		vacate(feed);
		say(feed, EVENT_ALERT_OPENED, "BKPSDM");
		at(feed, feed_start_ms + 6 * hour_ms);
		cr_expect_str_eq(
		    feed_owed(feed, &rows), cases[i].want, "case %u", i);
		say(feed, EVENT_ALERT_RESOLVED, "-BKPSDM");
		feed_owed(feed, &rows);
		cr_expect_null(strstr(rows.text.at, "admin-73.04/"),
		    "case %u: %s", i, rows.text.at);
		end(feed, &routes, &rows);
	}
}

static void
find_bundle(void *context, const struct ledger_row *row)
{
	if (row->tone == ROUTE_BUNDLE)
		*(uint64_t *)context = row->serial;
}

/* Of more alerts than go out one by one. */
static void
say_of_many(struct feed *feed, enum event_kind kind, const char *words)
{
	enum { MANY = 22 };

	for (unsigned alert = 1; alert <= MANY; alert++)
		say_of(feed, (uint8_t)alert, kind, words);
	feed_turn(feed, 0);
}

static uint64_t
owed_bundle(struct feed *feed)
{
	uint64_t serial = 0;

	ledger_each_owed(feed->ledger, 0, find_bundle, &serial);
	CHECK(serial != 0);
	return serial;
}

Test(notifier_conflict, many_corrections_at_once_have_no_figures_either)
{
	struct feed_rows rows = {0};
	struct letter letter;
	struct routes routes;
	struct feed *feed =
	    begin_with(&routes, "route: {to: head, storm: none}\n");

	say_of_many(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	say_of_many(feed, EVENT_ALERT_CORRECTED, "SETDA -DINAS-KES");
	letter = feed_bundle(feed, owed_bundle(feed));
	cr_expect_not_null(strstr(letter.body.at, "Kantor Pj Bupati"));
	cr_expect_not_null(strstr(letter.body.at, "Ralat: peringatan pakta"));
	cr_expect_null(strstr(letter.body.at, "7 unit"), "%s", letter.body.at);
	letter_clear(&letter);
	end(feed, &routes, &rows);
}

static void
settle_past(void *context, const struct ledger_row *row)
{
	struct ledger_row settled = *row;

	settled.state = LEDGER_SETTLED;
	CHECK(text_copy(
	    settled.answer, sizeof settled.answer, attempt_past_word));
	((struct ledger_row *)context)[row->serial] = settled;
}

Test(notifier_conflict, ends_of_what_was_told_to_nobody_are_not_bundled)
{
	enum { ROWS = 64 };
	static struct ledger_row settled[ROWS];
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed =
	    begin_with(&routes, "route: {to: head, storm: none}\n");
	uint64_t serial = 0;

	say_of_many(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	/* As the sender does with what came to be the reader's own. */
	ledger_each_owed(feed->ledger, 0, settle_past, settled);
	ledger_begin(feed->ledger);
	for (unsigned i = 0; i < ROWS; i++)
		if (settled[i].serial != 0)
			ledger_set_row(feed->ledger, &settled[i]);
	ledger_commit(feed->ledger);
	say_of_many(feed, EVENT_ALERT_RESOLVED, "-DINAS-KES -SETDA");
	ledger_each_owed(feed->ledger, 0, find_bundle, &serial);
	cr_expect_eq(serial, 0);
	cr_expect_null(strstr(feed_owed(feed, &rows), "kepala-73.04/pj-1"),
	    "%s", rows.text.at);
	end(feed, &routes, &rows);
}

Test(notifier_conflict, what_was_told_to_nobody_is_no_predecessors_knowledge)
{
	static struct ledger_row settled[8];
	struct ledger_row row = {.serial = 4};
	struct feed_rows rows = {0};
	struct attempt attempt;
	struct routes routes;
	struct feed *feed = begin_with(&routes, "route: {to: head}\n");
	struct attempt_source source = {.inbox = feed->inbox,
	    .ledger = feed->ledger,
	    .wire = wire_new(),
	    .later_wire = wire_new(),
	    .region = FEED_REGION,
	    .zone = "WITA",
	    .routes = &routes};

	say(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	ledger_each_owed(feed->ledger, 0, settle_past, settled);
	feed->now_ms = feed_noon_ms;
	say(feed, EVENT_ALERT_RAISED, "DINAS-KES SETDA PKM-01");
	ledger_each_owed(feed->ledger, 0, feed_find_owed, &row);
	cr_assert_str_eq(row.key.target.term, "pj-2");
	cr_assert_eq(attempt_make(&attempt, &source, &row), OK);
	cr_expect_eq(attempt.input.told_before_ms, feed_start_ms);
	attempt_clear(&attempt);
	ledger_begin(feed->ledger);
	ledger_set_row(feed->ledger, &settled[2]);
	ledger_commit(feed->ledger);
	cr_assert_eq(attempt_make(&attempt, &source, &row), OK);
	cr_expect_eq(attempt.input.told_before_ms, 0, "pj-1 was told nothing");
	attempt_clear(&attempt);
	wire_free(source.wire);
	wire_free(source.later_wire);
	end(feed, &routes, &rows);
}

/* One of the two may ride behind the other. */
Test(notifier_conflict, a_correction_does_not_go_out_where_its_alert_did_not)
{
	struct ledger_row bundle = {.tone = ROUTE_BUNDLE}, row = {0};
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_with(&routes, "route: {to: head}\n");
	struct attempt_source source = {.ledger = feed->ledger,
	    .later_wire = wire_new(),
	    .routes = &routes};

	say(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	say(feed, EVENT_ALERT_CORRECTED, "SETDA -DINAS-KES");
	memset(row.key.alert, 1, EVENT_ID_SIZE);
	bundle.key.target = row.key.target = (struct route_target){
	    .seat = "kepala-73.04", .term = "pj-1", .channel = "sms"};
	bundle.key.index = 4;
	ledger_begin(feed->ledger);
	cr_assert_eq(ledger_promise(feed->ledger, &bundle), OK);
	row.bundle = bundle.serial;
	for (row.key.index = 3; row.key.index <= 4; row.key.index++)
		cr_assert_eq(ledger_promise(feed->ledger, &row), OK);
	ledger_commit(feed->ledger);
	cr_expect_eq(carried_drop_past(&source, &bundle, feed_noon_ms), 0);
	wire_free(source.later_wire);
	end(feed, &routes, &rows);
}

struct search {
	uint64_t index;
	struct ledger_row row;
};

static void
search_row(void *context, const struct ledger_row *row)
{
	struct search *search = context;

	if (row->key.index == search->index &&
	    strcmp(row->key.target.seat, "kepala-73.04") == 0 &&
	    !attempt_is_bundle(row))
		search->row = *row;
}

static struct ledger_row
head_row(struct feed *feed, uint64_t index)
{
	struct search search = {.index = index};

	ledger_each_row(feed->ledger, search_row, &search);
	CHECK(search.row.serial != 0);
	return search.row;
}

static void
set_row(struct feed *feed, const struct ledger_row *row)
{
	ledger_begin(feed->ledger);
	ledger_set_row(feed->ledger, row);
	ledger_commit(feed->ledger);
}

/* Of three units one is the reader's; a second correction leaves that one. */
Test(notifier_conflict, a_bundle_that_waited_has_no_figures_either)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed =
	    begin_with(&routes, "route: {to: head, storm: none}\n");
	struct letter letter;
	uint64_t serial;

	say_of_many(feed, EVENT_ALERT_OPENED, "DINAS-KES PKM-01 SETDA");
	say_of_many(feed, EVENT_ALERT_CORRECTED, "PKM-01 SETDA -DINAS-KES");
	serial = owed_bundle(feed);
	letter = feed_bundle(feed, serial);
	cr_expect_not_null(strstr(letter.body.at, "7 unit"));
	letter_clear(&letter);
	say_of_many(feed, EVENT_ALERT_CORRECTED, "SETDA -PKM-01");
	letter = feed_bundle(feed, serial);
	cr_expect_null(strstr(letter.body.at, "7 unit"), "%s", letter.body.at);
	letter_clear(&letter);
	end(feed, &routes, &rows);
}

Test(notifier_conflict, a_correction_does_not_go_out_where_its_alert_is_dead)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_with(&routes, "route: {to: head}\n");
	struct attempt_source source = {.ledger = feed->ledger,
	    .later_wire = wire_new(),
	    .routes = &routes};
	struct ledger_row opened, corrected;

	say(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	opened = head_row(feed, 3);
	opened.failure_told = true;
	set_row(feed, &opened);
	say(feed, EVENT_ALERT_CORRECTED, "SETDA -DINAS-KES");
	corrected = head_row(feed, 4);
	cr_expect(attempt_is_past(&source, &corrected));
	opened.state = LEDGER_SENT;
	set_row(feed, &opened);
	cr_expect_not(attempt_is_past(&source, &corrected));
	wire_free(source.later_wire);
	end(feed, &routes, &rows);
}

Test(notifier_conflict, the_next_one_is_the_first_where_none_was_told)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin_with(&routes, "route: {to: head}\n");
	struct ledger_row opened;

	say(feed, EVENT_ALERT_OPENED, "DINAS-KES SETDA");
	opened = head_row(feed, 3);
	opened.state = LEDGER_SETTLED;
	CHECK(
	    text_copy(opened.answer, sizeof opened.answer, attempt_past_word));
	set_row(feed, &opened);
	say(feed, EVENT_ALERT_RAISED, "PKM-01 SETDA");
	cr_expect(head_row(feed, 4).is_first);
	end(feed, &routes, &rows);
}
