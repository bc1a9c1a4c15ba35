/* SPDX-License-Identifier: Apache-2.0 */
/* The plan, carried out in a real ledger; restarts stand for kills. */
#include "notifier/teller.h"

#include "tests/unit/test_notifier_told.h"

#include <criterion/criterion.h>
#include <sys/resource.h>

/* A minute before his term ends pj-1, who has an address, is told of one. */
static struct feed *
told_before_noon(struct routes *routes)
{
	static struct contact row = {.seat = "kepala-73.04", .term = "pj-1"};
	static const struct contacts contacts = {.rows = &row, .count = 1};
	struct feed *feed = begin(routes, "route: {}\n");

	feed->contacts = &contacts;
	feed_restart(feed);
	feed->now_ms = feed_noon_ms - minute_ms;
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	return feed;
}

Test(notifier_teller, the_end_goes_to_whoever_holds_the_seat_by_then)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = told_before_noon(&routes);

	cr_expect_str_eq(
	    feed_owed(feed, &rows), "kepala-73.04/pj-1/mail@3 first");
	feed->now_ms = feed_noon_ms + minute_ms;
	add(feed, EVENT_ALERT_RESOLVED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first kepala-73.04/pj-2/mail@4 first");
	end(feed, &routes, &rows);
}

Test(notifier_teller, a_withdrawal_reaches_the_predecessor_who_can_be_reached)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = told_before_noon(&routes);

	feed->now_ms = feed_noon_ms + minute_ms;
	add(feed, EVENT_ALERT_WITHDRAWN, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@3 first kepala-73.04/pj-1/mail@4 "
	    "kepala-73.04/pj-2/mail@4 first");
	end(feed, &routes, &rows);
}

static void
add_about(struct feed *feed, const char *first, const char *second)
{
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct alert_unit units[] = {
	    a_unit(first, "", "73.04.01"), a_unit(second, "", "73.04.01")};

	event.verdict.units = units;
	event.verdict.unit_count = 2;
	feed_add(feed, &event, AUTHOR_LOG);
	feed_turn(feed, 0);
}

Test(notifier_teller, the_accused_office_never_gets_its_own_alert)
{
	static const struct {
		const char *conflict_to, *first, *second, *want;
	} cases[] = {
	    {"  conflict_to: inspektorat\n", "SETDA", "SETDA-UMUM",
		"inspektorat/kepala/mail@3 first note"},
	    {"", "SETDA", "SETDA-UMUM", "admin-73.04//mail@3 first note"},
	    {"  conflict_to: inspektorat\n", "SETDA", "DINAS-KES",
		"inspektorat/kepala/mail@3 first note "
		"kepala-73.04/pj-1/mail@3 first"},
	    {"  conflict_to: inspektorat\n", "DINAS-KES", "PKM-01",
		"kepala-73.04/pj-1/mail@3 first"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct feed_rows rows = {0};
		struct routes routes;
		struct feed *feed;
		char text[256];

		snprintf(text, sizeof text,
		    "route:\n  to: head\n%sown_units:\n  kepala-73.04: "
		    "[SETDA, SETDA-*]\n",
		    cases[i].conflict_to);
		feed = begin(&routes, text);
		add_about(feed, cases[i].first, cases[i].second);
		cr_expect_str_eq(feed_owed(feed, &rows), cases[i].want,
		    "case %u: %s", i, rows.text.at);
		end(feed, &routes, &rows);
	}
}

Test(notifier_teller, the_ladder_climbs_until_somebody_answers)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed =
	    begin(&routes, "route:\n  ladder:\n    - {after: 2h, to: admin}\n"
			   "    - {after: 2h, to: inspektorat}\n");
	uint64_t told_ms = feed_noon_ms + hour_ms;

	feed->now_ms = told_ms;
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	at(feed, told_ms + 2 * hour_ms - 1);
	cr_expect_str_eq(
	    feed_owed(feed, &rows), "kepala-73.04/pj-2/mail@3 first");
	feed_restart(feed);
	at(feed, told_ms + 2 * hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-2/mail@3 first admin-73.04//mail@3 first");
	acknowledge(feed, 3, "kepala-73.04/pj-2", told_ms + 10 * hour_ms);
	feed_turn(feed, 0);
	feed_restart(feed);
	at(feed, told_ms + 9 * hour_ms);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 2, "answered");
	at(feed, told_ms + 10 * hour_ms);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 3, "the answer has run out: reminded");
	at(feed, told_ms + 12 * hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-2/mail@3 first admin-73.04//mail@3 first "
	    "kepala-73.04/pj-2/mail@3 first "
	    "inspektorat/kepala/mail@3 first");
	end(feed, &routes, &rows);
}

Test(notifier_teller, whoever_was_reached_by_the_ladder_may_answer_for_it)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed =
	    begin(&routes, "route:\n  ladder:\n    - {after: 2h, to: admin}\n"
			   "    - {after: 2h, to: inspektorat}\n");

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 2 * hour_ms);
	acknowledge(feed, 3, "admin-73.04", feed_start_ms + 30 * day_ms);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 20 * day_ms);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 2);
	end(feed, &routes, &rows);
}

Test(notifier_teller, a_rung_that_reaches_a_seat_in_its_own_minute_is_not_lost)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed =
	    begin(&routes, "route:\n  to: [inspektorat, head]\n"
			   "  ladder: [{after: 2h, to: head}]\n");

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	feed_turn(feed, 0);
	(void)feed_owed(feed, &rows);
	cr_expect_eq(rows.count, 2);
	at(feed, feed_start_ms + 2 * hour_ms);
	/* Both climb to the head: one message each. */
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "inspektorat/kepala/mail@3 first kepala-73.04/pj-1/mail@3 first "
	    "kepala-73.04/pj-1/mail@3 first kepala-73.04/pj-1/mail@3 first");
	end(feed, &routes, &rows);
}

static void
silence_rule(
    struct feed *feed, const char *rule, uint64_t until_ms, bool lifted)
{
	struct event event = {.version = EVENT_VERSION,
	    .seq = until_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_ALERT_SILENCED,
	    .silenced = {.until_ms = until_ms,
		.reason = "LATIHAN",
		.author = "admin-73.04",
		.lifted = lifted}};

	(void)text_copy(event.silenced.rule, CODE_MAX, rule);
	memset(event.node, 9, sizeof event.node);
	feed_add(feed, &event, AUTHOR_NODE);
}

static void
silence(struct feed *feed, uint64_t until_ms, bool lifted)
{
	silence_rule(feed, "BELUM-IKRAR", until_ms, lifted);
}

static void
count_kept(void *context, struct bytes name, struct bytes value)
{
	(void)name;
	(void)value;
	++*(unsigned *)context;
}

Test(notifier_teller, silences_that_have_run_out_leave_room_for_others)
{
	enum { MANY = 1024 }; /* all that are held */
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, "route: {}\n");
	unsigned kept = 0;

	for (unsigned i = 0; i < MANY; i++) {
		char rule[CODE_MAX];

		snprintf(rule, sizeof rule, "ATURAN-%u", i);
		silence_rule(feed, rule, feed_start_ms + hour_ms, false);
		if (i % 32 == 31)
			feed_turn(feed, 0);
	}
	silence(feed, feed_start_ms + day_ms, false);
	feed_turn(feed, 0);
	/* One time by another start, one time by the next silence. */
	feed->now_ms = feed_start_ms + 2 * hour_ms;
	feed_restart(feed);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	cr_expect_str_eq(feed_owed(feed, &rows), "");
	silence_rule(feed, "LAIN", feed_start_ms + day_ms, false);
	feed_turn(feed, 0);
	at(feed, feed->now_ms + hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows), "");
	ledger_each_kept(feed->ledger, LEDGER_KEPT_SILENCE, count_kept, &kept);
	cr_expect_eq(kept, 2);
	end(feed, &routes, &rows);
}

Test(notifier_teller, what_is_silenced_is_told_when_it_ends_and_not_if_it_ended)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, "route: {}\n");

	silence(feed, feed_start_ms + hour_ms, false);
	feed_turn(feed, 0);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_ADMIN);
	feed_turn(feed, 0);
	add(feed, EVENT_ALERT_RESOLVED, 2, ROLE_ADMIN);
	feed_turn(feed, 0);
	feed_restart(feed);
	at(feed, feed_start_ms + hour_ms - 1);
	cr_expect_str_eq(feed_owed(feed, &rows), "");
	at(feed, feed_start_ms + hour_ms);
	cr_expect_str_eq(feed_owed(feed, &rows), "admin-73.04//mail@4 first");
	end(feed, &routes, &rows);
}

Test(notifier_teller, a_lifted_silence_lets_go_at_once)
{
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, "route: {}\n");

	silence(feed, feed_start_ms + 100 * day_ms, false);
	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	feed_turn(feed, 0);
	cr_expect_str_eq(feed_owed(feed, &rows), "");
	silence(feed, feed_start_ms + day_ms, true);
	feed_turn(feed, 0);
	cr_expect_str_eq(feed_owed(feed, &rows), "admin-73.04//mail@4 first");
	end(feed, &routes, &rows);
}

static void
add_silent_node(struct feed *feed, enum event_kind kind)
{
	struct event event = a_verdict(kind, 9, ROLE_ADMIN);
	struct verdict *verdict = &event.verdict;

	verdict->kind = RULE_NODE_SILENT_1;
	verdict->counts = 0;
	verdict->scope = 7;
	verdict->campaign[0] = '\0';
	(void)text_copy(verdict->object, CODE_MAX, "SIMPUL-4");
	(void)text_copy(verdict->place, WILAYAH_MAX, "73.04.02");
	memset(verdict->node, 4, EVENT_ID_SIZE);
	feed_add(feed, &event, AUTHOR_LOG);
}

Test(notifier_teller, a_silent_node_inhibits_what_is_unsigned_beneath_it)
{
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	struct feed_rows rows = {0};
	struct routes routes;
	struct feed *feed = begin(&routes, "route: {}\n");

	add_silent_node(feed, EVENT_ALERT_OPENED);
	(void)text_copy(event.verdict.object, CODE_MAX, "73.04.02");
	feed_add(feed, &event, AUTHOR_LOG);
	(void)text_copy(event.verdict.object, CODE_MAX, "73.04.03");
	memset(event.verdict.alert, 2, EVENT_ID_SIZE);
	feed_add(feed, &event, AUTHOR_LOG);
	feed_turn(feed, 0);
	feed_restart(feed);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "admin-73.04//mail@3 first admin-73.04//mail@5 first");
	add_silent_node(feed, EVENT_ALERT_RESOLVED);
	feed_turn(feed, 0);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "admin-73.04//mail@3 first admin-73.04//mail@5 first "
	    "admin-73.04//mail@6 admin-73.04//mail@4 first");
	end(feed, &routes, &rows);
}

/* ---- bundles */

struct haul {
	unsigned bundles, digests, single, carried;
	uint64_t serial; /* of the last bundle or digest */
	struct ledger *ledger;
};

static void
count_carried(void *context, const struct ledger_row *row)
{
	struct haul *carried = context;

	(void)row;
	carried->carried++;
}

static void
count_row(void *context, const struct ledger_row *row)
{
	struct haul *carried = context;

	carried->bundles += row->tone == ROUTE_BUNDLE;
	carried->digests += row->tone == ROUTE_DIGEST;
	carried->single += row->tone == ROUTE_TOLD;
	if (row->tone == ROUTE_BUNDLE || row->tone == ROUTE_DIGEST) {
		struct ledger_carrier carrier = {
		    .bundle = row->serial, .max = 1 << 20};

		carried->serial = row->serial;
		(void)ledger_each_carried(
		    carried->ledger, &carrier, count_carried, carried);
	}
}

static struct haul
look(struct feed *feed)
{
	struct haul carried = {.ledger = feed->ledger};

	ledger_each_owed(feed->ledger, 0, count_row, &carried);
	return carried;
}

static void
expect_text(struct feed *feed, uint64_t serial, const char *want)
{
	struct letter letter = feed_bundle(feed, serial);

	cr_expect_not_null(strstr(letter.body.at, want), "\"%s\" is not in\n%s",
	    want, letter.body.at);
	cr_expect_lt(strlen(letter.brief), 161);
	letter_clear(&letter);
}

Test(notifier_teller, what_shares_a_rule_goes_out_in_one_message)
{
	struct feed_rows rows = {0};
	struct haul carried;
	struct routes routes;
	struct feed *feed = begin(&routes,
	    "route: {group_by: rule, group_wait: 5m, group_interval: 1h}\n");

	for (uint8_t alert = 1; alert <= 3; alert++) {
		feed->now_ms = feed_start_ms + alert * minute_ms;
		add(feed, EVENT_ALERT_OPENED, alert, ROLE_ADMIN);
		feed_turn(feed, 0);
	}
	at(feed, feed_start_ms + 6 * minute_ms - 1);
	cr_expect_str_eq(feed_owed(feed, &rows), "");
	feed_restart(feed);
	at(feed, feed_start_ms + 6 * minute_ms);
	carried = look(feed);
	cr_expect_eq(carried.bundles, 1);
	cr_expect_eq(carried.carried, 3);
	cr_expect_eq(carried.single, 0);
	expect_text(
	    feed, carried.serial, "3 kabar peringatan dalam satu pesan");
	/* One more within the interval waits for its end, and goes alone. */
	feed->now_ms = feed_start_ms + 10 * minute_ms;
	add(feed, EVENT_ALERT_OPENED, 4, ROLE_ADMIN);
	feed_turn(feed, 0);
	at(feed, feed_start_ms + 66 * minute_ms - 1);
	cr_expect_eq(look(feed).single, 0);
	at(feed, feed_start_ms + 66 * minute_ms);
	cr_expect_eq(look(feed).single, 1);
	end(feed, &routes, &rows);
}

Test(notifier_teller, a_digest_comes_each_working_day_and_is_numbered)
{
	struct feed_rows rows = {0};
	struct haul carried;
	struct routes routes;
	struct feed *feed = begin(&routes,
	    "route: {digest: true}\ndigests: {admin-73.04: \"09:00\"}\n"
	    "helpdesk: BKPSDM Contoh\n");
	/* feed_start_ms is 08:00 of a Tuesday. */
	uint64_t nine_ms = feed_start_ms + hour_ms;

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_ADMIN);
	add(feed, EVENT_ALERT_RESOLVED, 2, ROLE_ADMIN);
	feed_turn(feed, 0);
	at(feed, nine_ms - 1);
	cr_expect_str_eq(feed_owed(feed, &rows), "");
	feed_restart(feed);
	at(feed, nine_ms);
	carried = look(feed);
	cr_expect_eq(carried.digests, 1);
	cr_expect_eq(carried.carried, 1, "what ended is told to nobody");
	expect_text(feed, carried.serial, "Rangkuman harian nomor 1.");
	expect_text(feed, carried.serial, "BKPSDM Contoh");
	for (unsigned day = 1; day <= 7; day++) {
		feed_restart(feed);
		at(feed, nine_ms + day * day_ms);
	}
	carried = look(feed);
	cr_expect_eq(carried.digests, 6, "not on Saturday and Sunday");
	cr_expect_eq(carried.carried, 1);
	expect_text(feed, carried.serial, "Rangkuman harian nomor 6.");
	expect_text(
	    feed, carried.serial, "Tidak ada peringatan baru untuk Anda.");
	end(feed, &routes, &rows);
}

Test(notifier_teller, a_seat_without_a_digest_is_told_at_once)
{
	struct feed_rows rows = {0};
	struct routes routes, later;
	struct feed *feed =
	    begin(&routes, "route: {digest: true}\n"
			   "digests: {admin-73.04: \"09:00\"}\n");

	add(feed, EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	add(feed, EVENT_ALERT_OPENED, 2, ROLE_HEAD);
	feed_turn(feed, 0);
	cr_expect_str_eq(
	    feed_owed(feed, &rows), "kepala-73.04/pj-1/mail@4 first");
	/* The digest is taken away while one waits for it. */
	later = routes_of("route: {digest: true}\n");
	feed->routes = &later;
	feed_restart(feed);
	at(feed, feed_start_ms + minute_ms);
	cr_expect_str_eq(feed_owed(feed, &rows),
	    "kepala-73.04/pj-1/mail@4 first admin-73.04//mail@3 first");
	routes_clear(&later);
	end(feed, &routes, &rows);
}

/* ---- 10,000 units overdue in one minute */

enum { STORM = 10000 };

static void
take_storm(struct feed *feed, unsigned from, unsigned count)
{
	static uint8_t bytes[EVENT_MAX];

	ledger_begin(feed->ledger);
	for (unsigned i = from; i < from + count; i++) {
		struct event event =
		    a_verdict(EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
		struct verdict *verdict = &event.verdict;
		struct ledger_alert row = {.opened_index = 100 + i,
		    .last_index = 100 + i,
		    .opened_ms = feed->now_ms,
		    .is_open = true};

		be32_put(verdict->alert, i * 2654435761u);
		be32_put(verdict->alert + 4, i);
		verdict->scope = 1;
		snprintf(verdict->object, CODE_MAX, "KEL-%u", i);
		ledger_add_verdict(feed->ledger, verdict->alert, 100 + i,
		    bytes_of(bytes, wire_pack(&event, bytes, sizeof bytes)));
		ledger_set_alert(feed->ledger, verdict->alert, &row);
		cr_assert(
		    teller_take(feed->teller, &event, 100 + i, feed->now_ms));
	}
	teller_step(feed->teller, feed->now_ms);
	ledger_commit(feed->ledger);
}

Test(notifier_teller, ten_thousand_units_in_a_minute_make_one_digest_a_seat)
{
	struct feed_rows rows = {0};
	struct haul carried;
	struct routes routes;
	struct rusage before, after;
	struct feed *feed =
	    begin(&routes, "route:\n  to: [admin, inspektorat, head]\n"
			   "  storm: 5 per 10m\n");

	cr_assert_eq(getrusage(RUSAGE_SELF, &before), 0);
	for (unsigned from = 0; from < STORM; from += 200) {
		feed->now_ms = feed_start_ms + from * minute_ms / STORM;
		take_storm(feed, from, 200);
	}
	at(feed, feed_start_ms + 10 * minute_ms);
	cr_assert_eq(getrusage(RUSAGE_SELF, &after), 0);
	carried = look(feed);
	fprintf(stderr,
	    "storm: %d alerts, 3 seats: %u single, %u digests carrying %u; "
	    "resident %ld KiB more\n",
	    STORM, carried.single, carried.bundles, carried.carried,
	    after.ru_maxrss - before.ru_maxrss);
	cr_expect_eq(carried.single, 3 * 5);
	cr_expect_eq(carried.bundles, 3);
	cr_expect_eq(carried.single + carried.carried, 3 * STORM);
	expect_text(feed, carried.serial, "dan 9945 peringatan lain");
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed */
	cr_expect_lt(after.ru_maxrss - before.ru_maxrss, 64 * 1024);
#endif
	end(feed, &routes, &rows);
}
