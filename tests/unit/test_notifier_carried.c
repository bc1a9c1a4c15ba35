/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rides in a group or digest: its order with all else, the channel that
 * stands in for another, kills between two commits.
 */
#include "notifier/carried.h"

#include "tests/unit/test_notifier_bench.h"
#include "tests/unit/test_notifier_told.h"

#include <criterion/criterion.h>

/* A group of alerts 1, 2, 3 that were raised at entries 51, 52, 53. */
static void
promise_group(struct bench *bench, const char *channel)
{
	struct ledger *ledger = bench->feed->ledger;
	struct ledger_row bundle = {.tone = ROUTE_BUNDLE};

	memset(bundle.key.alert, 0xb0, EVENT_ID_SIZE);
	bundle.key.target = (struct route_target){.seat = "admin-73.04"};
	(void)text_copy(bundle.key.target.channel, WORD_MAX, channel);
	bundle.key.index = 51;
	ledger_begin(ledger);
	CHECK(ledger_promise(ledger, &bundle) == OK);
	for (uint8_t alert = 1; alert <= 3; alert++) {
		struct ledger_row row = {.bundle = bundle.serial};

		memset(row.key.alert, alert, EVENT_ID_SIZE);
		row.key.target = bundle.key.target;
		row.key.index = 50U + alert;
		CHECK(ledger_promise(ledger, &row) == OK);
	}
	ledger_commit(ledger);
	sender_wake(bench->sender);
}

static unsigned
count_kind(struct bench *bench, const char *kind)
{
	char text[32];

	snprintf(text, sizeof text, "\"kind\": \"%s\"", kind);
	return count_of(messages(&bench->mailbox), text);
}

static bool
two_mails(struct bench *bench)
{
	return count_kind(bench, "mail") == 2;
}

static bool
one_hook(struct bench *bench)
{
	return count_kind(bench, "webhook") == 1;
}

static bool
two_hooks(struct bench *bench)
{
	return count_kind(bench, "webhook") == 2;
}

/* ---- a channel that stands in for another */

static const char by_rule[] = "route: {group_by: rule, group_wait: 1h, "
			      "group_interval: 1h, storm: none}\n";

static void
group_of_three(struct bench *bench, enum event_kind kind, uint64_t hour)
{
	for (uint8_t alert = 1; alert <= 3; alert++)
		bench_add_of(bench, kind, alert);
	at(bench->feed, feed_start_ms + hour * hour_ms);
	sender_wake(bench->sender);
}

Test(notifier_carried, a_channel_that_was_not_needed_stands_in_later)
{
	struct routes routes = routes_of(by_rule);
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench->routes = bench->feed->routes = &routes;
	add_second(bench);
	group_of_three(bench, EVENT_ALERT_OPENED, 1);
	wait_until(bench, all_settled);
	cr_expect_eq(count_kind(bench, "mail"), 1);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	group_of_three(bench, EVENT_ALERT_RAISED, 3);
	cr_expect(soon(bench, one_hook));
	bench_free(bench);
	routes_clear(&routes);
}

static void
count_riders(void *context, const struct ledger_row *row)
{
	*(unsigned *)context +=
	    row->bundle != 0 && row->state != LEDGER_SETTLED;
}

Test(notifier_carried, what_was_not_needed_leaves_nothing_owed)
{
	struct routes routes = routes_of(by_rule);
	struct bench *bench = bench_make(CONTACT_MAIL);
	unsigned riders = 0;

	bench->routes = bench->feed->routes = &routes;
	add_second(bench);
	group_of_three(bench, EVENT_ALERT_OPENED, 1);
	wait_until(bench, all_settled);
	ledger_each_row(bench->feed->ledger, count_riders, &riders);
	cr_expect_eq(riders, 0);
	bench_add_of(bench, EVENT_ALERT_RESOLVED, 1);
	cr_expect(soon(bench, all_settled));
	bench_free(bench);
	routes_clear(&routes);
}

/* Mail is away: neither the group nor the withdrawal is ever tried there, for
 * each waits behind what was told alone. */
Test(notifier_carried, what_is_held_up_goes_by_the_channel_that_stands_in)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	add_second(bench);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add_of(bench, EVENT_ALERT_OPENED, 1);
	cr_expect(soon(bench, one_hook));
	bench_add_of(bench, EVENT_ALERT_WITHDRAWN, 1);
	cr_expect(soon(bench, two_hooks));
	bench_free(bench);
}

static bool
hook_has_group(struct bench *bench)
{
	return strstr(messages(&bench->mailbox), "RANGKUMAN: 3") != NULL;
}

Test(notifier_carried, so_does_a_group_of_which_one_is_held_up)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	add_second(bench);
	control(&bench->mailbox, "{\"smtp\": \"away\"}");
	bench_add_of(bench, EVENT_ALERT_OPENED, 1);
	cr_expect(soon(bench, one_hook));
	promise_group(bench, "mail");
	promise_group(bench, "hook");
	cr_expect(soon(bench, hook_has_group));
	cr_expect_eq(count_kind(bench, "webhook"), 2);
	bench_free(bench);
}

/* ---- order */

static bool
first_is_tried(struct bench *bench)
{
	return first_row(bench).attempts > 0;
}

static bool
others_are_there(struct bench *bench)
{
	char *path = temp_dir_path(bench->feed->dir, "sampai");
	char text[4096] = "";
	FILE *file = fopen(path, "r");

	free(path);
	if (file == NULL)
		return false;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	return strstr(text, "RANGKUMAN: 2 kabar") != NULL;
}

/* A program that says, for the time being, no to what is about alert 1. */
static const char not_of_one[] =
    "#!/bin/sh\nx=$(cat)\ncase $x in *'\"alert\":\"0101'*) exit 75;; "
    "esac\necho \"$x\" >>$1/sampai\n";

Test(notifier_carried, one_that_is_refused_for_now_holds_up_no_other)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	bench->retry_ms = 3600000;
	bench_use_program(bench, not_of_one);
	bench_restart(bench);
	bench_add_of(bench, EVENT_ALERT_OPENED, 1);
	wait_until(bench, first_is_tried);
	promise_group(bench, "mail");
	cr_expect(soon(bench, others_are_there));
	bench_free(bench);
}

static void
add_raised(struct bench *bench, uint64_t index)
{
	struct event event = a_verdict(EVENT_ALERT_RAISED, 1, ROLE_ADMIN);
	static uint8_t bytes[EVENT_MAX];

	ledger_begin(bench->feed->ledger);
	ledger_add_verdict(bench->feed->ledger, event.verdict.alert, index,
	    bytes_of(bytes, wire_pack(&event, bytes, sizeof bytes)));
	ledger_commit(bench->feed->ledger);
}

/* The first channel had the group, and not that one. */
Test(notifier_carried, what_left_its_group_still_has_the_second_channel)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	add_second(bench);
	bench_use_program(bench, not_of_one);
	bench_restart(bench);
	bench_add_of(bench, EVENT_ALERT_OPENED, 1);
	cr_expect(soon(bench, one_hook));
	add_raised(bench, 51);
	promise_group(bench, "mail");
	promise_group(bench, "hook");
	cr_expect(soon(bench, others_are_there));
	cr_expect(soon(bench, two_hooks));
	cr_expect_null(strstr(messages(&bench->mailbox), "RANGKUMAN"));
	bench_free(bench);
}

static bool
first_is_sent(struct bench *bench)
{
	return first_row(bench).state == LEDGER_SENT;
}

Test(notifier_carried, what_was_delivered_holds_nothing_up)
{
	struct bench *bench = bench_make(CONTACT_MAIL);

	reopen_spool(bench, 4 << 20);
	fill_spool(bench);
	bench_add_of(bench, EVENT_ALERT_OPENED, 1);
	wait_until(bench, first_is_sent);
	promise_group(bench, "mail");
	cr_expect(soon(bench, two_mails));
	bench_free(bench);
}

enum { MANY = 22 }; /* more corrections than go out one by one */

static void
say_of_many(struct feed *feed, enum event_kind kind)
{
	for (uint8_t alert = 1; alert <= MANY; alert++)
		feed_add_verdict(feed, kind, alert, ROLE_ADMIN);
}

Test(notifier_carried, a_raise_arrives_behind_a_correction_of_the_same_page)
{
	struct routes routes = routes_of("route: {storm: none}\n");
	struct bench *bench = bench_make(CONTACT_MAIL);
	const char *got, *raised, *corrected;

	bench->routes = bench->feed->routes = &routes;
	bench_restart(bench);
	say_of_many(bench->feed, EVENT_ALERT_OPENED);
	feed_turn(bench->feed, 0);
	sender_wake(bench->sender);
	wait_until(bench, all_settled);
	say_of_many(bench->feed, EVENT_ALERT_CORRECTED);
	feed_add_verdict(bench->feed, EVENT_ALERT_RAISED, 1, ROLE_ADMIN);
	feed_turn(bench->feed, 0);
	sender_wake(bench->sender);
	wait_until(bench, all_settled);
	got = messages(&bench->mailbox);
	raised = strstr(got, "\"raised\"");
	corrected = strstr(got, "RANGKUMAN: 22");
	cr_assert_not_null(corrected);
	cr_assert_not_null(raised);
	cr_expect_lt(corrected, raised);
	bench_free(bench);
	routes_clear(&routes);
}

/* ---- kills */

enum { CARRIED = 130, CHUNK = 128 };

/* The spool had the first chunk, the ledger not; then a page of the feed, with
 * what the region had of it, came before the rest was told. */
Test(notifier_carried, a_chunk_that_the_log_has_begun_to_settle_is_told_whole)
{
	struct bench *bench = bench_make(CONTACT_MAIL);
	struct ledger *ledger = bench->feed->ledger;
	struct outcome_source source = {
	    .loop = bench->loop, .spool = bench->spool, .wire = wire_new()};
	struct ledger_row bundle = {.tone = ROUTE_BUNDLE};
	static struct ledger_row rows[CARRIED];

	memset(bundle.key.alert, 0xb0, EVENT_ID_SIZE);
	bundle.key.target =
	    (struct route_target){.seat = "admin-73.04", .channel = "mail"};
	ledger_begin(ledger);
	CHECK(ledger_promise(ledger, &bundle) == OK);
	for (unsigned i = 0; i < CARRIED; i++) {
		rows[i] = (struct ledger_row){.bundle = bundle.serial,
		    .key = {.target = bundle.key.target, .index = 50}};
		rows[i].attempts = 1;
		be32_put(rows[i].key.alert, i + 1);
		CHECK(ledger_promise(ledger, &rows[i]) == OK);
	}
	bundle.state = LEDGER_SENT;
	bundle.attempts = 1;
	ledger_set_row(ledger, &bundle);
	ledger_commit(ledger);
	CHECK(outcome_record_all(&source, rows, CHUNK, EVENT_ALERT_DELIVERED) ==
	      OK);
	rows[0].state = LEDGER_SETTLED;
	ledger_begin(ledger);
	ledger_set_row(ledger, &rows[0]);
	ledger_commit(ledger);
	cr_assert_eq(carried_tell(&source, ledger, &bundle), OK);
	cr_expect_eq(in_spool(bench, EVENT_ALERT_DELIVERED), CARRIED);
	wire_free(source.wire);
	bench_free(bench);
}

/* ---- what it says */

static void
find_digest(void *context, const struct ledger_row *row)
{
	if (row->tone == ROUTE_DIGEST)
		*(struct ledger_row *)context = *row;
}

/* Alerts opened, by the tally of the digest of that number, which is owed. */
static unsigned
opened_in_digest(struct feed *feed, uint64_t number)
{
	static const char label[] = "peringatan dibuka";
	struct ledger_row digest = {0};
	struct letter letter;
	unsigned opened;
	const char *at;

	ledger_each_owed(feed->ledger, 0, find_digest, &digest);
	CHECK(digest.key.index == number);
	letter = feed_bundle(feed, digest.serial);
	at = strstr(letter.body.at, label);
	CHECK(at != NULL);
	opened = (unsigned)strtoul(at + sizeof label - 1, NULL, 10);
	letter_clear(&letter);
	return opened;
}

static const char nine_o_clock[] =
    "route: {to: head, digest: true, conflict_to: inspektorat}\n"
    "digests: {kepala-73.04: \"09:00\"}\n"
    "own_units: {kepala-73.04: [SETDA]}\n";

/* `rebuild` takes over what is known of the digests, and nothing else. */
Test(notifier_carried, a_digest_counts_since_the_one_before_that_was_rebuilt)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, nine_o_clock);
	uint8_t kept[24];

	be64_put(kept, 1);
	be64_put(kept + 8, feed_start_ms + day_ms + hour_ms);
	be64_put(kept + 16, feed_start_ms + hour_ms);
	ledger_begin(feed->ledger);
	ledger_keep(feed->ledger, LEDGER_KEPT_DIGEST,
	    bytes_of_text("kepala-73.04"), bytes_of(kept, sizeof kept));
	ledger_commit(feed->ledger);
	for (uint8_t alert = 1; alert <= 5; alert++)
		add(feed, EVENT_ALERT_OPENED, alert, ROLE_HEAD);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + day_ms + hour_ms);
	cr_expect_eq(opened_in_digest(feed, 2), 0);
	end(feed, &routes, &rows);
}

Test(notifier_carried, a_digest_counts_nothing_of_the_readers_own_that_is_over)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, nine_o_clock);
	struct event opened = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct event ended = a_verdict(EVENT_ALERT_RESOLVED, 1, ROLE_HEAD);
	struct alert_unit unit = a_unit("SETDA", "", "73.04.01");

	at(feed, feed_start_ms);
	opened.verdict.units = ended.verdict.removed = &unit;
	opened.verdict.unit_count = ended.verdict.removed_count = 1;
	feed_add(feed, &opened, AUTHOR_LOG);
	feed_add(feed, &ended, AUTHOR_LOG);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + hour_ms);
	cr_expect_eq(opened_in_digest(feed, 1), 0);
	end(feed, &routes, &rows);
}

Test(notifier_carried, a_digest_is_written_when_routes_and_seat_are_gone)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, nine_o_clock);
	struct attempt_source source = {.ledger = feed->ledger,
	    .inbox = feed->inbox,
	    .wire = wire_new(),
	    .later_wire = wire_new(),
	    .region = FEED_REGION,
	    .zone = "WITA"};
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN)};
	struct ledger_row digest = {0};
	struct letter letter = {0};
	struct attempt attempt;

	at(feed, feed_start_ms);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + hour_ms);
	ledger_each_owed(feed->ledger, 0, find_digest, &digest);
	feed_add_seats(feed, seats, 1, 3);
	feed_turn(feed, 0);
	cr_assert_eq(attempt_make(&attempt, &source, &digest), OK);
	cr_expect_eq(carried_drop_past(&source, &digest, 1), 1);
	attempt_write(&letter, &attempt, &source, 2);
	cr_expect_not_null(strstr(letter.body.at, "[01010101"));
	letter_clear(&letter);
	attempt_clear(&attempt);
	wire_free(source.wire);
	wire_free(source.later_wire);
	end(feed, &routes, &rows);
}
