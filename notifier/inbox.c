/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/inbox.h"

#include "core/log.h"
#include "model/wire.h"
#include "node/check.h"
#include "notifier/letter.h"
#include "trust/note.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct inbox {
	struct inbox_options options;
	struct wire *wire;
	struct seats seats;
	struct campaign_row *campaigns;
	unsigned campaign_count;
	uint32_t *days; /* on which nobody works */
	struct calendar_holidays off;
};

/* One entry on its way through, or a verdict that is taken up again. */
struct arrival {
	struct inbox *inbox;
	uint64_t index;
	uint64_t now_ms;
	const struct event *event;
};

static void
add_seats(void *context, struct bytes bytes)
{
	struct inbox *inbox = context;
	struct seats *seats = &inbox->seats;
	struct event event;

	if (wire_unpack(inbox->wire, bytes, &event) != REJECT_NONE ||
	    event.kind != EVENT_OFFICE_CHANGED)
		return;
	seats->rows = xrealloc(seats->rows,
	    seats->count + event.office.row_count + 1, sizeof *seats->rows);
	for (uint32_t i = 0; i < event.office.row_count; i++)
		seats->rows[seats->count++] = event.office.rows[i];
}

static void
add_campaigns(void *context, struct bytes bytes)
{
	struct inbox *inbox = context;
	struct event event;

	if (wire_unpack(inbox->wire, bytes, &event) != REJECT_NONE ||
	    event.kind != EVENT_CAMPAIGN_CHANGED)
		return;
	inbox->campaigns = xrealloc(inbox->campaigns,
	    inbox->campaign_count + event.campaign.row_count + 1,
	    sizeof *inbox->campaigns);
	for (uint32_t i = 0; i < event.campaign.row_count; i++)
		inbox->campaigns[inbox->campaign_count++] =
		    event.campaign.rows[i];
}

/* Those of all parts ascend. */
static void
add_days(void *context, struct bytes bytes)
{
	struct inbox *inbox = context;
	struct event event;

	if (wire_unpack(inbox->wire, bytes, &event) != REJECT_NONE ||
	    event.kind != EVENT_CALENDAR_CHANGED)
		return;
	inbox->days = xrealloc(inbox->days,
	    inbox->off.count + event.calendar.row_count + 1,
	    sizeof *inbox->days);
	for (uint32_t i = 0; i < event.calendar.row_count; i++)
		if (event.calendar.rows[i].kind == CALENDAR_HOLIDAY)
			inbox->days[inbox->off.count++] =
			    event.calendar.rows[i].holiday.day;
	inbox->off.days = inbox->days;
}

static void
reload(struct inbox *inbox, enum ledger_text text)
{
	struct ledger *ledger = inbox->options.ledger;

	if (text == LEDGER_OFFICES) {
		inbox->seats.count = 0;
		ledger_each_part(ledger, text, add_seats, inbox);
	} else if (text == LEDGER_CALENDAR) {
		inbox->off.count = 0;
		ledger_each_part(ledger, text, add_days, inbox);
	} else {
		inbox->campaign_count = 0;
		ledger_each_part(ledger, text, add_campaigns, inbox);
	}
}

struct inbox *
inbox_new(const struct inbox_options *options)
{
	struct inbox *inbox = xcalloc(1, sizeof *inbox);

	inbox->options = *options;
	inbox->wire = wire_new();
	reload(inbox, LEDGER_OFFICES);
	reload(inbox, LEDGER_CAMPAIGNS);
	reload(inbox, LEDGER_CALENDAR);
	if (options->teller != NULL)
		teller_attach(options->teller, &inbox->seats, &inbox->off);
	return inbox;
}

void
inbox_free(struct inbox *inbox)
{
	if (inbox == NULL)
		return;
	wire_free(inbox->wire);
	free(inbox->seats.rows);
	free(inbox->campaigns);
	free(inbox->days);
	free(inbox);
}

const struct seats *
inbox_seats(const struct inbox *inbox)
{
	return &inbox->seats;
}

const struct campaign_row *
inbox_campaign(const struct inbox *inbox, const char *id)
{
	for (unsigned i = 0; i < inbox->campaign_count; i++)
		if (strcmp(inbox->campaigns[i].id, id) == 0)
			return &inbox->campaigns[i];
	return NULL;
}

/* Those who have a row of the alert already, each once. */
struct told {
	struct route_target *targets;
	unsigned count;
};

static bool
told_has(const struct told *told, const struct route_target *target)
{
	for (unsigned i = 0; i < told->count; i++)
		if (route_is_same(&told->targets[i], target))
			return true;
	return false;
}

static void
on_told(void *context, const struct ledger_row *row)
{
	struct told *told = context;

	if (told_has(told, &row->key.target))
		return;
	told->targets =
	    xrealloc(told->targets, told->count + 1, sizeof *told->targets);
	told->targets[told->count++] = row->key.target;
}

static void
promise(const struct arrival *arrival, const struct route_target *target,
    enum route_note note, bool is_first)
{
	const struct event *event = arrival->event;
	struct ledger_row row = {
	    .key = {.index = arrival->index, .target = *target},
	    .state = LEDGER_PROMISED,
	    .note = note,
	    .is_first = is_first,
	    .promised_ms = arrival->now_ms};

	memcpy(row.key.alert, event->verdict.alert, EVENT_ID_SIZE);
	if (ledger_promise(arrival->inbox->options.ledger, &row) == ERR_DUP)
		return;
	log_info("alert-promised entry=%" PRIu64 " seat=%s term=%s channel=%s",
	    arrival->index, target->seat, target->term, target->channel);
}

static void
warn_unrouted(const struct arrival *arrival)
{
	log_warnx("alert-without-seat entry=%" PRIu64
		  " want=\"a seat for its wilayah\"",
	    arrival->index);
}

static void
owe_by_routes(const struct arrival *arrival, struct ledger_alert *alert)
{
	struct inbox *inbox = arrival->inbox;
	bool is_routed = teller_take(inbox->options.teller, arrival->event,
	    arrival->index, arrival->now_ms);

	alert->is_unrouted = !is_routed && alert->is_open;
	if (alert->is_unrouted)
		warn_unrouted(arrival);
	ledger_set_alert(
	    inbox->options.ledger, arrival->event->verdict.alert, alert);
}

/* Now: who holds the seat, and everyone who was told before. Fills whether
 * anybody is to be told by the routes. */
static void
owe(const struct arrival *arrival, struct ledger_alert *alert)
{
	struct ledger *ledger = arrival->inbox->options.ledger;
	const struct verdict *verdict = &arrival->event->verdict;
	struct told told = {0};
	struct route_plan plan;

	if (arrival->inbox->options.teller != NULL) {
		owe_by_routes(arrival, alert);
		return;
	}
	ledger_each_of_alert(ledger, verdict->alert, on_told, &told);
	route_pick(verdict, arrival->event->wilayah, &arrival->inbox->seats,
	    arrival->now_ms, &plan);
	for (unsigned i = 0; i < told.count; i++)
		promise(arrival, &told.targets[i], ROUTE_AS_MEANT, false);
	for (unsigned i = 0; i < plan.count; i++)
		if (!told_has(&told, &plan.targets[i]))
			promise(arrival, &plan.targets[i], plan.note, true);
	free(told.targets);
	alert->is_unrouted = plan.count == 0 && alert->is_open;
	if (alert->is_unrouted)
		warn_unrouted(arrival);
	if (plan.left_out > 0)
		log_warnx("alert-with-too-many-seats entry=%" PRIu64
			  " left-out=%u",
		    arrival->index, plan.left_out);
	ledger_set_alert(ledger, verdict->alert, alert);
}

static void
take_verdict(
    const struct arrival *arrival, const struct leaf *leaf, bool is_caught_up)
{
	struct ledger *ledger = arrival->inbox->options.ledger;
	const struct verdict *verdict = &arrival->event->verdict;
	struct ledger_alert alert;

	if (ledger_alert(ledger, verdict->alert, &alert) != OK)
		alert = (struct ledger_alert){.opened_index = arrival->index,
		    .opened_ms = verdict->judged_at_ms};
	alert.last_index = arrival->index;
	alert.is_open = !letter_is_end(arrival->event->kind);
	ledger_add_verdict(ledger, verdict->alert, arrival->index, leaf->event);
	if (is_caught_up)
		owe(arrival, &alert);
	else
		ledger_set_alert(ledger, verdict->alert, &alert);
}

/* The newest verdict of an alert, taken up again. */
static void
owe_last(struct arrival *arrival, const uint8_t alert_id[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	struct inbox *inbox = arrival->inbox;
	struct ledger_alert alert = *row;
	uint64_t index = row->last_index;
	struct bytes bytes;
	struct event event;

	if (ledger_verdict(inbox->options.ledger, alert_id, &index, &bytes) !=
		OK ||
	    wire_unpack(inbox->wire, bytes, &event) != REJECT_NONE)
		return;
	arrival->index = index;
	arrival->event = &event;
	owe(arrival, &alert);
}

static void
on_unrouted(void *context, const uint8_t alert_id[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	if (row->is_unrouted && row->is_open)
		owe_last(context, alert_id, row);
}

static void
on_collected(void *context, const uint8_t alert_id[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	struct arrival *arrival = context;
	struct told told = {0};

	ledger_each_of_alert(
	    arrival->inbox->options.ledger, alert_id, on_told, &told);
	if (row->is_open || told.count > 0)
		owe_last(arrival, alert_id, row);
	free(told.targets);
}

/* An own delivery that is in the log: the row is settled, also in a ledger
 * that was lost and is being made anew. */
static void
take_delivered(const struct arrival *arrival)
{
	struct ledger *ledger = arrival->inbox->options.ledger;
	const struct alert_told *told = &arrival->event->told;
	struct ledger_row row = {.key.index = told->verdict,
	    .attempts = told->attempts,
	    .promised_ms = arrival->event->recorded_at_ms};

	memcpy(row.key.alert, told->alert, EVENT_ID_SIZE);
	(void)text_copy(row.key.target.seat, WORD_MAX, told->seat);
	(void)text_copy(row.key.target.term, WORD_MAX, told->term);
	(void)text_copy(row.key.target.channel, WORD_MAX, told->channel);
	if (ledger_promise(ledger, &row) == ERR_DUP &&
	    (ledger_row(ledger, &row.key, &row) != OK ||
		row.state == LEDGER_SETTLED))
		return;
	row.state = LEDGER_SETTLED;
	row.settled_ms = arrival->event->recorded_at_ms;
	ledger_set_row(ledger, &row);
}

static void
take_text(struct arrival *arrival, enum ledger_text text,
    const struct part *part, struct bytes bytes)
{
	struct inbox *inbox = arrival->inbox;
	struct ledger_cursor cursor;

	if (!ledger_add_part(inbox->options.ledger, text, part, bytes))
		return;
	reload(inbox, text);
	ledger_cursor(inbox->options.ledger, &cursor);
	if (text == LEDGER_OFFICES && cursor.is_caught_up)
		ledger_each_alert(inbox->options.ledger, on_unrouted, arrival);
	if (text != LEDGER_CAMPAIGNS && inbox->options.teller != NULL)
		teller_look_again(inbox->options.teller, arrival->now_ms);
}

/* What only concerns those who tell by routes. */
static void
take_for_teller(const struct arrival *arrival, struct bytes bytes)
{
	struct teller *teller = arrival->inbox->options.teller;
	const struct event *event = arrival->event;

	if (teller == NULL)
		return;
	if (event->kind == EVENT_ALERT_ACKNOWLEDGED)
		teller_take_acknowledged(
		    teller, &event->acknowledged, arrival->now_ms);
	else if (event->kind == EVENT_ALERT_SILENCED)
		teller_take_silenced(teller, event, bytes, arrival->now_ms);
	else if (event->kind == EVENT_ALERT_ESCALATED)
		teller_take_escalated(teller, &event->escalated);
}

static void
take_started(struct inbox *inbox, const struct event *event)
{
	struct ledger_cursor cursor;

	ledger_cursor(inbox->options.ledger, &cursor);
	cursor.is_drill = event->started.drill;
	ledger_set_cursor(inbox->options.ledger, &cursor);
}

/* Kinds of a later version, and those that are none of ours, are skipped. */
static void
take_entry(struct inbox *inbox, const struct feed_entry *entry, uint64_t now_ms,
    bool is_caught_up)
{
	struct event event;
	struct leaf leaf;
	struct arrival arrival = {
	    .inbox = inbox, .index = entry->index, .event = &event};

	if (leaf_get(&leaf, entry->leaf) != OK ||
	    wire_unpack(inbox->wire, leaf.event, &event) != REJECT_NONE) {
		log_warnx("feed-entry-skipped index=%" PRIu64, entry->index);
		return;
	}
	/* A daemon's clock may lag behind the log's; never route by a time
	 * before the entry. */
	arrival.now_ms =
	    now_ms > leaf.received_at_ms ? now_ms : leaf.received_at_ms;
	if (event.kind == EVENT_LOG_STARTED)
		take_started(inbox, &event);
	else if (event.kind == EVENT_OFFICE_CHANGED)
		take_text(
		    &arrival, LEDGER_OFFICES, &event.office.part, leaf.event);
	else if (event.kind == EVENT_CAMPAIGN_CHANGED)
		take_text(&arrival, LEDGER_CAMPAIGNS, &event.campaign.part,
		    leaf.event);
	else if (event_is_verdict(event.kind) && leaf.author == AUTHOR_LOG)
		take_verdict(&arrival, &leaf, is_caught_up);
	else if (event.kind == EVENT_ALERT_DELIVERED &&
		 memcmp(event.node, inbox->options.node, EVENT_ID_SIZE) == 0)
		take_delivered(&arrival);
	else if (event.kind == EVENT_CALENDAR_CHANGED)
		take_text(&arrival, LEDGER_CALENDAR, &event.calendar.part,
		    leaf.event);
	else
		take_for_teller(&arrival, leaf.event);
}

/* Has a new notifier come to where the log stood when it began? */
static void
note_catch_up(
    struct inbox *inbox, const struct page *page, struct ledger_cursor *cursor)
{
	struct checkpoint checkpoint;
	struct node_region region = {0};
	uint64_t epoch;

	(void)text_copy(
	    region.origin, sizeof region.origin, inbox->options.origin);
	memcpy(region.log_key, inbox->options.log_key, sizeof region.log_key);
	if (cursor->catch_up_size == 0 && check_open_head(&checkpoint, &epoch,
					      &region, page->checkpoint) == OK)
		cursor->catch_up_size = checkpoint.size;
	cursor->is_caught_up =
	    cursor->catch_up_size > 0 && page->next >= cursor->catch_up_size;
}

void
inbox_take(struct inbox *inbox, const struct page *page,
    const struct feed_entry *entries, unsigned count, uint64_t now_ms)
{
	struct ledger *ledger = inbox->options.ledger;
	struct arrival arrival = {.inbox = inbox, .now_ms = now_ms};
	struct ledger_cursor cursor;
	bool was_caught_up;

	ledger_begin(ledger);
	ledger_cursor(ledger, &cursor);
	was_caught_up = cursor.is_caught_up;
	for (unsigned i = 0; i < count; i++)
		if (entries[i].index >= cursor.next)
			take_entry(inbox, &entries[i], now_ms, was_caught_up);
	ledger_cursor(ledger, &cursor);
	cursor.next = page->next;
	memcpy(cursor.leaf_hash.at, page->leaf_hash, HASH_SIZE);
	if (!was_caught_up)
		note_catch_up(inbox, page, &cursor);
	ledger_set_cursor(ledger, &cursor);
	if (!was_caught_up && cursor.is_caught_up)
		ledger_each_alert(ledger, on_collected, &arrival);
	if (cursor.is_caught_up && inbox->options.teller != NULL)
		teller_step(inbox->options.teller, now_ms);
	ledger_commit(ledger);
}

void
inbox_read_anew(struct inbox *inbox)
{
	struct ledger *ledger = inbox->options.ledger;
	struct ledger_cursor cursor;

	ledger_begin(ledger);
	ledger_cursor(ledger, &cursor);
	cursor.next = cursor.catch_up_size = 0;
	cursor.leaf_hash = (struct hash){0};
	cursor.is_caught_up = false;
	ledger_set_cursor(ledger, &cursor);
	ledger_commit(ledger);
}
