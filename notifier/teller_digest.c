/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daily digest: at its local minute of each working day, also when there is
 * nothing to say. A notifier that was down at that minute sends it when it is
 * back, once.
 */
#include "notifier/teller_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <string.h>

static void
load_digest(struct ledger *ledger, const char *seat, struct ledger_digest *row)
{
	struct bytes value;

	*row = (struct ledger_digest){0};
	if (ledger_kept(ledger, LEDGER_KEPT_DIGEST, bytes_of_text(seat),
		&value) != OK ||
	    value.len != 24)
		return;
	row->number = be64_get(value.at);
	row->next_ms = be64_get(value.at + 8);
	row->last_ms = be64_get(value.at + 16);
}

static void
keep_digest(
    struct ledger *ledger, const char *seat, const struct ledger_digest *row)
{
	uint8_t at[24];

	be64_put(at, row->number);
	be64_put(at + 8, row->next_ms);
	be64_put(at + 16, row->last_ms);
	ledger_keep(ledger, LEDGER_KEPT_DIGEST, bytes_of_text(seat),
	    bytes_of(at, sizeof at));
}

static struct work_clock
clock_of(const struct teller *teller, const char *id)
{
	const struct seat_row *seat = seats_by_id(teller->seats, id);

	return (struct work_clock){
	    .hours = wilayah_zone_hours(
		seat != NULL ? seat->zone : teller->options.zone),
	    .off = *teller->off};
}

/* The first such minute of a working day behind `now_ms`. */
static uint64_t
next_minute(const struct work_clock *clock, uint32_t minute, uint64_t now_ms)
{
	uint64_t at_ms = work_ms_of(clock, work_day_of(clock, now_ms), minute);

	if (work_is_day(clock, now_ms) && at_ms > now_ms)
		return at_ms;
	return work_next_day(clock, now_ms) + minute * UINT64_C(60000);
}

struct digesting {
	struct teller *teller;
	const char *seat;
	const char *term;
	uint64_t now_ms;
	struct tellings carried;
};

/* An alert that waited for the digest goes with it. */
static void
carry(void *context, const struct ledger_watch *watch)
{
	struct digesting *digesting = context;
	struct ledger_watch now = *watch;
	struct telling telling = {.index = now.state.index, .note = now.note};

	if (strcmp(now.seat, digesting->seat) != 0 ||
	    now.state.phase != PLAN_WAITING || now.hold != PLAN_HOLD_DIGEST)
		return;
	now.state.phase = PLAN_TOLD;
	if (now.state.told_ms == 0)
		now.state.told_ms = digesting->now_ms;
	now.state.base_ms = now.state.reminded_ms = digesting->now_ms;
	now.due_ms = digesting->now_ms;
	ledger_set_watch(digesting->teller->options.ledger, &now);
	memcpy(telling.alert, now.alert, EVENT_ID_SIZE);
	(void)text_copy(telling.seat, WORD_MAX, digesting->seat);
	(void)text_copy(telling.term, WORD_MAX, digesting->term);
	tellings_add(&digesting->carried, &telling);
}

static void
send_digest(struct teller *teller, const char *seat, struct ledger_digest *row,
    uint64_t now_ms)
{
	struct pick_source picks = teller_picks(teller, now_ms);
	struct promising promising = teller_promising(teller, now_ms);
	struct telling to = {0};
	struct digesting digesting = {
	    .teller = teller, .seat = seat, .now_ms = now_ms};

	digesting.term = pick_term(&picks, seat);
	(void)text_copy(to.seat, WORD_MAX, seat);
	(void)text_copy(to.term, WORD_MAX, digesting.term);
	ledger_each_watch_of_all(teller->options.ledger, carry, &digesting);
	row->number++;
	tellings_promise_digest(&digesting.carried, &promising, row, &to);
	row->last_ms = now_ms;
}

static void
step_digest(
    struct teller *teller, const struct routes_digest *digest, uint64_t now_ms)
{
	struct ledger *ledger = teller->options.ledger;
	struct work_clock clock = clock_of(teller, digest->seat);
	struct ledger_digest row;
	uint64_t next_ms;

	load_digest(ledger, digest->seat, &row);
	if (row.next_ms > now_ms) {
		/* The calendar, the zone or the setting may have changed. */
		next_ms = next_minute(&clock, digest->minute, now_ms);
		if (next_ms == row.next_ms)
			return;
		row.next_ms = next_ms;
	} else {
		if (row.next_ms > 0 && work_is_day(&clock, row.next_ms) &&
		    seats_by_id(teller->seats, digest->seat) != NULL)
			send_digest(teller, digest->seat, &row, now_ms);
		row.next_ms = next_minute(&clock, digest->minute, now_ms);
	}
	keep_digest(ledger, digest->seat, &row);
}

/* Under routes.yaml as it was, or under an older notifier, it was to wait for a
 * digest that does not come, or its units were the seat's own. */
static bool
is_held_by_settings(const struct routes *routes, const struct ledger_watch *at)
{
	return at->hold == PLAN_HOLD_CONFLICT ||
	       (at->state.phase == PLAN_WAITING &&
		   at->hold == PLAN_HOLD_DIGEST &&
		   !routes_has_digest(routes, at->seat));
}

static void
release(void *context, const struct ledger_watch *watch)
{
	struct digesting *digesting = context;
	const struct teller_options *options = &digesting->teller->options;
	struct ledger_watch now = *watch;

	if (now.state.phase == PLAN_OVER ||
	    !is_held_by_settings(options->routes, watch))
		return;
	now.due_ms = digesting->now_ms;
	ledger_set_watch(options->ledger, &now);
}

void
teller_release(struct teller *teller, uint64_t now_ms)
{
	struct digesting digesting = {.teller = teller, .now_ms = now_ms};

	if (teller->has_released)
		return;
	teller->has_released = true;
	ledger_each_watch_of_all(teller->options.ledger, release, &digesting);
}

void
teller_step_digests(struct teller *teller, uint64_t now_ms)
{
	const struct routes *routes = teller->options.routes;

	for (unsigned i = 0; i < routes->digest_count; i++)
		step_digest(teller, &routes->digests[i], now_ms);
}

uint64_t
teller_next_digest(struct teller *teller)
{
	const struct routes *routes = teller->options.routes;
	uint64_t next_ms = plan_never_ms;

	for (unsigned i = 0; i < routes->digest_count; i++) {
		struct ledger_digest row;

		load_digest(
		    teller->options.ledger, routes->digests[i].seat, &row);
		if (row.next_ms < next_ms)
			next_ms = row.next_ms;
	}
	return next_ms;
}
