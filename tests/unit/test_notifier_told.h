/* SPDX-License-Identifier: Apache-2.0 */
/* A feed under routes.yaml: who is told what, when. */
#ifndef TESTS_UNIT_TEST_NOTIFIER_TOLD_H
#define TESTS_UNIT_TEST_NOTIFIER_TOLD_H

#include <stdio.h>

#include "notifier/bundle.h"
#include "tests/unit/test_notifier_rig.h"

static const uint64_t minute_ms = 60000;
static const uint64_t hour_ms = 3600000;
static const uint64_t day_ms = 86400000;

static inline struct routes
routes_of(const char *text)
{
	struct outline_why why = {0};
	char *dir = temp_dir_make();
	struct routes routes;
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/routes.yaml", dir);
	file = fopen(path, "w");
	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
	CHECK(routes_load(&routes, path, &why) == OK);
	temp_dir_remove(dir);
	return routes;
}

/* Seats: admin, kepala (pj-1 until noon, then pj-2), inspektorat. */
static inline struct feed *
begin(struct routes *routes, const char *text)
{
	struct feed *feed = feed_make();
	struct seat_row seats[] = {a_seat("admin-73.04", "73.04", ROLE_ADMIN),
	    a_seat("kepala-73.04", "73.04", ROLE_HEAD),
	    a_seat("inspektorat", "73", ROLE_HEAD)};

	*routes = routes_of(text);
	feed->routes = routes;
	feed_restart(feed);
	feed_begin(feed);
	add_term(&seats[1], "pj-1", 1, feed_noon_ms);
	add_term(&seats[1], "pj-2", feed_noon_ms, 0);
	add_term(&seats[2], "kepala", 1, 0);
	feed_add_seats(feed, seats, 3, 2);
	feed_turn(feed, 0);
	return feed;
}

static inline void
end(struct feed *feed, struct routes *routes, struct feed_rows *rows)
{
	text_buf_clear(&rows->text);
	feed_free(feed);
	routes_clear(routes);
}

static inline uint64_t
add(struct feed *feed, enum event_kind kind, uint8_t alert, uint32_t tell)
{
	struct event event = a_verdict(kind, alert, tell);

	return feed_add(feed, &event, AUTHOR_LOG);
}

static inline void
at(struct feed *feed, uint64_t now_ms)
{
	feed->now_ms = now_ms;
	teller_turn(feed->teller, now_ms);
}

static inline void
feed_find_owed(void *context, const struct ledger_row *row)
{
	struct ledger_row *found = context;

	if (row->serial == found->serial)
		*found = *row;
}

/* What the bundle of that serial would say now; the caller clears it. */
static inline struct letter
feed_bundle(struct feed *feed, uint64_t serial)
{
	struct bundle_source source = {.ledger = feed->ledger,
	    .wire = wire_new(),
	    .routes = feed->routes,
	    .region = FEED_REGION,
	    .heard_ms = feed->now_ms};
	struct ledger_row row = {.serial = serial};
	struct letter letter = {0};
	const struct seat_row *seat;

	ledger_each_owed(feed->ledger, 0, feed_find_owed, &row);
	seat = seats_by_id(inbox_seats(feed->inbox), row.key.target.seat);
	CHECK(seat != NULL);
	bundle_write(&letter, &source, &row, seat);
	wire_free(source.wire);
	return letter;
}

/* `who`: "seat" or "seat/term". */
static inline void
acknowledge(
    struct feed *feed, uint64_t verdict, const char *who, uint64_t until_ms)
{
	const char *slash = strchr(who, '/');
	int len = slash != NULL ? (int)(slash - who) : WORD_MAX - 1;
	struct event event = {.version = EVENT_VERSION,
	    .seq = verdict,
	    .wilayah = FEED_REGION,
	    .kind = EVENT_ALERT_ACKNOWLEDGED,
	    .acknowledged = {.verdict = verdict, .until_ms = until_ms}};

	memset(event.node, 9, sizeof event.node);
	memset(event.acknowledged.alert, 1, EVENT_ID_SIZE);
	snprintf(event.acknowledged.seat, WORD_MAX, "%.*s", len, who);
	if (slash != NULL)
		CHECK(text_copy(event.acknowledged.term, WORD_MAX, slash + 1));
	(void)text_copy(event.acknowledged.channel, WORD_MAX, "command");
	feed_add(feed, &event, AUTHOR_NODE);
}

#endif
