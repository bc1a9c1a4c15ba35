/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/teller.h"

#include "notifier/attempt.h"
#include "notifier/teller_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct teller *
teller_new(const struct teller_options *options)
{
	struct teller *teller = xcalloc(1, sizeof *teller);

	teller->options = *options;
	teller->wire = wire_new();
	teller->other = wire_new();
	teller->silences =
	    xcalloc(TELLER_SILENCES_MAX, sizeof *teller->silences);
	teller_load_silences(teller, options->now_ms);
	teller_load_silent(teller);
	return teller;
}

void
teller_free(struct teller *teller)
{
	if (teller == NULL)
		return;
	wire_free(teller->wire);
	wire_free(teller->other);
	free(teller->tellings.at);
	free(teller->silent);
	free(teller->silences);
	free(teller->opens);
	free(teller);
}

void
teller_attach(struct teller *teller, const struct seats *seats,
    const struct calendar_holidays *off)
{
	teller->seats = seats;
	teller->off = off;
}

struct pick_source
teller_picks(const struct teller *teller, uint64_t now_ms)
{
	return (struct pick_source){.routes = teller->options.routes,
	    .seats = teller->seats,
	    .region = teller->options.region,
	    .now_ms = now_ms};
}

struct promising
teller_promising(const struct teller *teller, uint64_t now_ms)
{
	return (struct promising){.ledger = teller->options.ledger,
	    .seats = teller->seats,
	    .now_ms = now_ms};
}

void
teller_add(struct teller *teller, const struct telling *telling)
{
	tellings_add(&teller->tellings, telling);
}

/* ---- a verdict comes */

static void
note_told(void *context, const struct ledger_row *row)
{
	struct taking *taking = context;
	const struct route_target *target = &row->key.target;

	if (attempt_was_past(row))
		return;
	for (unsigned i = 0; i < taking->told_count; i++)
		if (strcmp(taking->told[i].seat, target->seat) == 0 &&
		    strcmp(taking->told[i].term, target->term) == 0)
			return;
	taking->told = xrealloc(
	    taking->told, taking->told_count + 1, sizeof *taking->told);
	taking->told[taking->told_count++] = *target;
}

struct since {
	const char *seat;
	uint64_t told_ms, index;
};

static void
find_since(void *context, const struct ledger_row *row)
{
	struct since *since = context;

	if (strcmp(row->key.target.seat, since->seat) != 0 ||
	    attempt_was_past(row))
		return;
	if (since->told_ms == 0 || row->promised_ms < since->told_ms)
		since->told_ms = row->promised_ms;
	if (row->key.index > since->index)
		since->index = row->key.index;
}

static void
note_watch(void *context, const struct ledger_watch *watch)
{
	struct taking *taking = context;

	taking->has_watches |= watch->seat[0] != '\0';
}

static struct bytes
seat_name(uint8_t at[EVENT_ID_SIZE + WORD_MAX], const uint8_t *alert,
    const char *seat)
{
	size_t len = strlen(seat);

	memcpy(at, alert, EVENT_ID_SIZE);
	memcpy(at + EVENT_ID_SIZE, seat, len);
	return bytes_of(at, EVENT_ID_SIZE + len);
}

/* A ledger that was made anew knows from the log who was told, reached by the
 * ladder, and has answered. */
static void
restore(struct taking *taking, const char *seat)
{
	struct ledger *ledger = taking->teller->options.ledger;
	const uint8_t *alert = taking->event->verdict.alert;
	struct since since = {.seat = seat};
	uint8_t at[EVENT_ID_SIZE + WORD_MAX];
	struct ledger_watch watch;
	struct bytes value;

	if (ledger_watch(ledger, alert, seat, &watch) == OK)
		return;
	ledger_each_of_alert(ledger, alert, find_since, &since);
	watch = (struct ledger_watch){.due_ms = taking->now_ms};
	memcpy(watch.alert, alert, EVENT_ID_SIZE);
	(void)text_copy(watch.seat, sizeof watch.seat, seat);
	plan_begin(&watch.state, since.index, since.told_ms);
	watch.state.phase = PLAN_TOLD;
	watch.state.told_ms = since.told_ms;
	watch.state.base_ms = watch.state.reminded_ms = taking->now_ms;
	/* One that stood in for a seat without a holder waits for nothing. */
	watch.state.is_rung = taking->has_watches ||
			      ledger_kept(ledger, LEDGER_KEPT_CLIMBED,
				  seat_name(at, alert, seat), &value) == OK;
	teller_restore_answers(taking->teller, &watch, taking->now_ms);
	ledger_set_watch(ledger, &watch);
}

static void
refresh(void *context, const struct ledger_watch *watch)
{
	struct taking *taking = context;
	struct ledger_watch now = *watch;

	if (now.state.phase == PLAN_OVER)
		return;
	if (taking->event->kind == EVENT_ALERT_RAISED &&
	    now.state.phase == PLAN_TOLD &&
	    taking->index > now.state.raised_index)
		plan_raise(&now.state, taking->index, taking->now_ms);
	else if (taking->index > now.state.index)
		now.state.index = taking->index;
	now.due_ms = taking->now_ms;
	ledger_set_watch(taking->teller->options.ledger, &now);
}

bool
teller_begin_watches(struct teller *teller, const struct verdict *verdict,
    uint64_t index, uint64_t now_ms)
{
	struct pick_source source = teller_picks(teller, now_ms);
	const struct routes_node *node = routes_find(
	    teller->options.routes, verdict, teller->options.region);
	struct picks picks;

	pick_seats(&picks, &source, &node->route, &node->route.to, verdict);
	for (unsigned i = 0; i < picks.count; i++) {
		struct ledger_watch watch;

		if (ledger_watch(teller->options.ledger, verdict->alert,
			picks.at[i].seat, &watch) == OK)
			continue;
		watch = (struct ledger_watch){
		    .note = picks.at[i].note, .due_ms = now_ms};
		memcpy(watch.alert, verdict->alert, EVENT_ID_SIZE);
		(void)text_copy(watch.seat, WORD_MAX, picks.at[i].seat);
		plan_begin(&watch.state, index, now_ms);
		ledger_set_watch(teller->options.ledger, &watch);
	}
	if (picks.left_out > 0)
		log_warnx("alert-with-too-many-seats entry=%" PRIu64
			  " left-out=%u",
		    index, picks.left_out);
	return picks.count > 0;
}

bool
teller_take(struct teller *teller, const struct event *event, uint64_t index,
    uint64_t now_ms)
{
	struct ledger *ledger = teller->options.ledger;
	const uint8_t *alert = event->verdict.alert;
	struct taking taking = {
	    .teller = teller, .event = event, .index = index, .now_ms = now_ms};
	bool is_end = event->kind == EVENT_ALERT_RESOLVED ||
		      event->kind == EVENT_ALERT_WITHDRAWN;
	bool is_routed = true;

	teller_note_silent(teller, event, now_ms);
	ledger_each_of_alert(ledger, alert, note_told, &taking);
	ledger_each_watch(ledger, alert, note_watch, &taking);
	for (unsigned i = 0; i < taking.told_count; i++)
		restore(&taking, taking.told[i].seat);
	if (is_end || event->kind == EVENT_ALERT_CORRECTED)
		teller_follow(&taking);
	ledger_each_watch(ledger, alert, refresh, &taking);
	if (!is_end)
		is_routed = teller_begin_watches(
		    teller, &event->verdict, index, now_ms);
	free(taking.told);
	return is_routed;
}

/* ---- stepping */

static void
wake(void *context, const struct ledger_watch *watch)
{
	struct taking *taking = context;
	struct ledger_watch now = *watch;

	if (now.state.phase == PLAN_OVER)
		return;
	now.due_ms = taking->now_ms;
	ledger_set_watch(taking->teller->options.ledger, &now);
}

void
teller_look_again(struct teller *teller, uint64_t now_ms)
{
	struct taking taking = {.teller = teller, .now_ms = now_ms};

	ledger_each_watch_of_all(teller->options.ledger, wake, &taking);
}

static void
step_due(void *context, const struct ledger_watch *watch)
{
	struct taking *taking = context;
	struct ledger_watch now;

	/* A rung of one before it may have reached this one. */
	if (ledger_watch(taking->teller->options.ledger, watch->alert,
		watch->seat, &now) == OK)
		teller_step_watch(taking->teller, &now, taking->now_ms);
}

void
teller_step(struct teller *teller, uint64_t now_ms)
{
	struct taking taking = {.teller = teller, .now_ms = now_ms};
	struct promising promising = teller_promising(teller, now_ms);

	teller_release(teller, now_ms);
	/* All of them, so that no group is cut in two: what is stepped is due
	 * later, or never. */
	while (ledger_each_due(teller->options.ledger, now_ms, TELLER_STEP_MAX,
		   step_due, &taking) > 0)
		continue;
	tellings_promise(&teller->tellings, &promising);
	teller->open_count = 0;
	teller_step_digests(teller, now_ms);
}

void
teller_turn(struct teller *teller, uint64_t now_ms)
{
	ledger_begin(teller->options.ledger);
	(void)teller_read_spool(teller, now_ms);
	teller_step(teller, now_ms);
	ledger_commit(teller->options.ledger);
	teller_say_all(teller, now_ms);
}

uint64_t
teller_next_ms(struct teller *teller)
{
	uint64_t due_ms = ledger_next_due(teller->options.ledger);
	uint64_t digest_ms = teller_next_digest(teller);

	if (teller_has_news(teller))
		return 0;
	return due_ms < digest_ms ? due_ms : digest_ms;
}
