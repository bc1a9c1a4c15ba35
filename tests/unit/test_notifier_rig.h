/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the notifier's tests share: seats and verdicts as values, and a feed
 * whose pages hold real leaves under a signed checkpoint.
 */
#ifndef TESTS_UNIT_TEST_NOTIFIER_RIG_H
#define TESTS_UNIT_TEST_NOTIFIER_RIG_H

#include <stdlib.h>
#include <string.h>

#include "model/wire.h"
#include "notifier/inbox.h"
#include "tests/support/temp_dir.h"
#include "trust/note.h"

#define FEED_ORIGIN "ikrar/73.04/1/latihan"
#define FEED_REGION "73.04"

enum { ROLE_ADMIN = 1, ROLE_HEAD = 2, FEED_MAX = 48 };

/* 2024-10-01 08:00 WITA, and noon of that day. */
static const uint64_t feed_start_ms = 1727740800000;
static const uint64_t feed_noon_ms = 1727755200000;

static inline struct seat_row
a_seat(const char *id, const char *wilayah, uint32_t role)
{
	struct seat_row seat = {.role = role, .zone = "WITA", .language = "id"};

	CHECK(text_copy(seat.id, sizeof seat.id, id));
	CHECK(text_copy(seat.wilayah, sizeof seat.wilayah, wilayah));
	CHECK(text_copy(seat.title, sizeof seat.title,
	    role == ROLE_HEAD ? "Kantor Pj Bupati" : "Admin wilayah"));
	CHECK(text_copy(seat.channels[0], WORD_MAX, "mail"));
	seat.channel_count = 1;
	return seat;
}

/* `to_ms` 0: open. */
static inline void
add_term(
    struct seat_row *seat, const char *id, uint64_t from_ms, uint64_t to_ms)
{
	struct term *term = &seat->terms[seat->term_count++];

	CHECK(text_copy(term->id, sizeof term->id, id));
	term->kind = 2;
	term->from_ms = from_ms;
	term->to_ms = to_ms;
}

static inline struct alert_unit
a_unit(const char *code, const char *name, const char *wilayah)
{
	struct alert_unit unit = {0};

	CHECK(text_copy(unit.code, sizeof unit.code, code));
	CHECK(text_copy(unit.name, sizeof unit.name, name));
	CHECK(text_copy(unit.wilayah, sizeof unit.wilayah, wilayah));
	return unit;
}

/* An alert of the region about units without pledge; `alert` is its id. */
static inline struct event
a_verdict(enum event_kind kind, uint8_t alert, uint32_t tell)
{
	struct event event = {
	    .version = EVENT_VERSION, .wilayah = FEED_REGION, .kind = kind};
	struct verdict *verdict = &event.verdict;

	memset(verdict->alert, alert, EVENT_ID_SIZE);
	CHECK(text_copy(verdict->rule, sizeof verdict->rule, "BELUM-IKRAR"));
	CHECK(text_copy(verdict->campaign, CODE_MAX, "PILKADA2024"));
	CHECK(text_copy(verdict->object, CODE_MAX, FEED_REGION));
	CHECK(text_copy(verdict->object_name, sizeof verdict->object_name,
	    "Kabupaten Jeneponto"));
	CHECK(text_copy(verdict->occasion, OCCASION_MAX, "grace_end"));
	verdict->kind = RULE_UNSIGNED_UNITS_1;
	verdict->counts = 2; /* the head has signed */
	verdict->rules_version = 3;
	verdict->tell = tell;
	verdict->scope = 4;
	verdict->opening = 1;
	verdict->judged_at_ms = feed_start_ms;
	return event;
}

/* The log as a notifier reads it. */
struct feed {
	char *dir;
	struct sign_keys log_keys;
	uint8_t node[EVENT_ID_SIZE];
	struct ledger *ledger;
	struct inbox *inbox;
	const struct routes *routes; /* NULL: none, everyone at once */
	const struct contacts *contacts;
	struct teller *teller;
	uint64_t size; /* entries so far */
	uint64_t now_ms;
	uint8_t leaves[FEED_MAX][ENTRY_MAX];
	struct feed_entry entries[FEED_MAX];
	unsigned count; /* not yet handed over */
};

static inline void
feed_open_ledger(struct feed *feed)
{
	struct ledger_options options = {.dir = feed->dir, .create = true};
	struct inbox_options inbox = {.node = feed->node,
	    .origin = FEED_ORIGIN,
	    .log_key = feed->log_keys.public_key};

	CHECK(ledger_open(&feed->ledger, &options) == OK);
	inbox.ledger = feed->ledger;
	if (feed->routes != NULL) {
		struct teller_options teller = {.ledger = feed->ledger,
		    .routes = feed->routes,
		    .contacts = feed->contacts,
		    .region = FEED_REGION,
		    .zone = "WITA",
		    .now_ms = feed->now_ms};

		inbox.teller = feed->teller = teller_new(&teller);
	}
	feed->inbox = inbox_new(&inbox);
}

static inline struct feed *
feed_make(void)
{
	struct feed *feed = xcalloc(1, sizeof *feed);
	uint8_t seed[SIGN_SEED_SIZE] = {1};

	feed->dir = temp_dir_make();
	feed->now_ms = feed_start_ms;
	memset(feed->node, 9, sizeof feed->node);
	sign_keys_make(&feed->log_keys, seed);
	feed_open_ledger(feed);
	return feed;
}

/* As after a kill: what is in memory is gone. */
static inline void
feed_restart(struct feed *feed)
{
	inbox_free(feed->inbox);
	teller_free(feed->teller);
	feed->teller = NULL;
	ledger_close(feed->ledger);
	feed_open_ledger(feed);
}

static inline void
feed_free(struct feed *feed)
{
	inbox_free(feed->inbox);
	teller_free(feed->teller);
	ledger_close(feed->ledger);
	temp_dir_remove(feed->dir);
	free(feed);
}

/* The next entry of the log; its index. */
static inline uint64_t
feed_add(struct feed *feed, const struct event *event, enum author author)
{
	static uint8_t bytes[EVENT_MAX];
	static const uint8_t stamp[EVENT_STAMP_SIZE];
	struct feed_entry *entry = &feed->entries[feed->count];
	struct leaf leaf = {.author = author, .received_at_ms = feed->now_ms};

	CHECK(feed->count < FEED_MAX);
	leaf.event = bytes_of(bytes, wire_pack(event, bytes, sizeof bytes));
	CHECK(leaf.event.len > 0);
	if (author == AUTHOR_NODE)
		leaf.stamp = bytes_of(stamp, sizeof stamp);
	leaf_put(feed->leaves[feed->count], &leaf);
	entry->index = feed->size++;
	entry->leaf = bytes_of(feed->leaves[feed->count], leaf_size(&leaf));
	feed->count++;
	return entry->index;
}

/* Of two units; a correction leaves the first. */
static inline uint64_t
feed_add_verdict(
    struct feed *feed, enum event_kind kind, uint8_t alert, uint32_t tell)
{
	struct event event = a_verdict(kind, alert, tell);
	struct alert_unit units[] = {
	    a_unit("PKM-01", "Puskesmas Bangkala", "73.04.01"),
	    a_unit("KEL-02", "Kelurahan Pa’biring", "73.04.02")};

	event.verdict.figures.unsigned_known = 2;
	event.verdict.units = units;
	event.verdict.unit_count = 2;
	if (kind == EVENT_ALERT_CORRECTED) {
		event.verdict.unit_count = 1;
		event.verdict.removed = &units[1];
		event.verdict.removed_count = 1;
	}
	return feed_add(feed, &event, AUTHOR_LOG);
}

/* Hands over what was added, as one page; the log stands `beyond` entries
 * further than that. */
static inline void
feed_turn(struct feed *feed, uint64_t beyond)
{
	struct checkpoint head = {
	    .origin = FEED_ORIGIN, .size = feed->size + beyond};
	struct page page = {.next = feed->size, .count = feed->count};

	checkpoint_sign(page.checkpoint, &head, &feed->log_keys);
	inbox_take(
	    feed->inbox, &page, feed->entries, feed->count, feed->now_ms);
	feed->count = 0;
}

static inline uint64_t
feed_add_seats(struct feed *feed, const struct seat_row *seats, unsigned count,
    uint32_t version)
{
	struct event event = {.version = EVENT_VERSION,
	    .seq = version,
	    .recorded_at_ms = feed->now_ms,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_OFFICE_CHANGED,
	    .office = {.part = {.version = version, .part = 1, .parts = 1},
		.row_count = count,
		.rows = seats}};

	memset(event.node, 5, sizeof event.node);
	memset(event.office.part.sha256, 6, EVENT_HASH_SIZE);
	return feed_add(feed, &event, AUTHOR_NODE);
}

/* Entry 0, seats of an admin and a head whose term changes at noon, and the
 * first catch-up: from here on what comes is owed. */
static inline void
feed_begin(struct feed *feed)
{
	struct event started = {.version = EVENT_VERSION,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_LOG_STARTED,
	    .started = {
		.origin = FEED_ORIGIN, .wilayah = FEED_REGION, .drill = true}};
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN),
	    a_seat("kepala-73.04", "73.04", ROLE_HEAD)};

	memset(started.started.log_key, 1, 32);
	memset(started.started.admin_sign_key, 2, 32);
	memset(started.started.admin_link_key, 3, 32);
	add_term(&seats[1], "pj-1", 1, feed_noon_ms);
	add_term(&seats[1], "pj-2", feed_noon_ms, 0);
	feed_add(feed, &started, AUTHOR_LOG);
	feed_add_seats(feed, seats, 2, 1);
	feed_turn(feed, 0);
}

/* "seat term channel index;" for each row, in the order of promising. */
struct feed_rows {
	struct text_buf text;
	unsigned count;
};

static inline void
feed_on_row(void *context, const struct ledger_row *row)
{
	struct feed_rows *rows = context;

	text_buf_add(&rows->text, "%s/%s/%s@%u%s%s ", row->key.target.seat,
	    row->key.target.term, row->key.target.channel,
	    (unsigned)row->key.index, row->is_first ? " first" : "",
	    row->note != ROUTE_AS_MEANT ? " note" : "");
	rows->count++;
}

static inline const char *
feed_owed(struct feed *feed, struct feed_rows *rows)
{
	text_buf_clear(&rows->text);
	*rows = (struct feed_rows){0};
	text_buf_add(&rows->text, "%s", "");
	ledger_each_owed(feed->ledger, 0, feed_on_row, rows);
	if (rows->text.len > 0)
		rows->text.at[rows->text.len - 1] = '\0';
	return rows->text.at;
}

#endif
