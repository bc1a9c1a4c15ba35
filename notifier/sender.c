/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/sender.h"

#include "core/log.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The whole schedule: the pause before an attempt, by how many were made; the
 * last line holds for all further ones. */
static const uint64_t pauses_ms[] = {0, 5000, 30000, 120000, 300000};
enum {
	PAUSES = sizeof pauses_ms / sizeof pauses_ms[0],
	DECLINED_FACTOR = 12, /* so much slower after a lasting no */
	SPOOL_FULL_MS = 60000,
};

struct pending {
	struct pending *next;
	struct sender *sender;
	struct ledger_row row;
	uint64_t due_ms; /* monotonic */
	bool is_under_way;
	bool was_away;                 /* the last attempt found nobody */
	const struct contact *contact; /* of the last attempt */
};

struct sender {
	struct sender_options options;
	struct loop_timer *timer;
	struct wire *wire, *later_wire;
	struct pending *first;
	uint64_t last_serial;
	unsigned under_way;
};

static void turn(void *context);

struct sender *
sender_new(const struct sender_options *options)
{
	struct sender *sender = xcalloc(1, sizeof *sender);

	sender->options = *options;
	sender->timer = loop_timer_new(options->loop, turn, sender);
	sender->wire = wire_new();
	sender->later_wire = wire_new();
	return sender;
}

/* curl must be closed before: it answers into what is freed here. */
void
sender_free(struct sender *sender)
{
	if (sender == NULL)
		return;
	while (sender->first != NULL) {
		struct pending *next = sender->first->next;

		free(sender->first);
		sender->first = next;
	}
	wire_free(sender->wire);
	wire_free(sender->later_wire);
	loop_timer_free(sender->timer);
	free(sender);
}

uint64_t
sender_pause_ms(const struct ledger_row *row, uint64_t retry_max_ms)
{
	unsigned n = row->attempts < PAUSES ? row->attempts : PAUSES - 1;
	uint64_t pause_ms =
	    pauses_ms[n] < retry_max_ms ? pauses_ms[n] : retry_max_ms;

	return row->declined > 0 ? pause_ms * DECLINED_FACTOR : pause_ms;
}

/* Half of it is certain, half is chance: what failed together does not come
 * back together. */
static uint64_t
with_jitter(uint64_t pause_ms)
{
	uint32_t chance;

	loop_random(&chance, sizeof chance);
	return pause_ms / 2 + chance % (pause_ms / 2 + 1);
}

static void
add_pending(void *context, const struct ledger_row *row)
{
	struct sender *sender = context;
	struct pending **end = &sender->first;
	struct pending *made = xcalloc(1, sizeof *made);

	while (*end != NULL)
		end = &(*end)->next;
	made->sender = sender;
	made->row = *row;
	*end = made;
	sender->last_serial = row->serial;
}

void
sender_wake(struct sender *sender)
{
	ledger_each_owed(
	    sender->options.ledger, sender->last_serial, add_pending, sender);
	loop_timer_set(sender->timer, 0);
}

static void
drop(struct pending *pending)
{
	struct pending **at = &pending->sender->first;

	while (*at != NULL && *at != pending)
		at = &(*at)->next;
	CHECK(*at == pending);
	*at = pending->next;
	free(pending);
}

static void
store_row(struct sender *sender, const struct ledger_row *row)
{
	ledger_begin(sender->options.ledger);
	ledger_set_row(sender->options.ledger, row);
	ledger_commit(sender->options.ledger);
}

static struct event
told_event(const struct ledger_row *row, enum event_kind kind)
{
	const struct route_target *target = &row->key.target;
	struct event event = {.kind = kind,
	    .told = {.verdict = row->key.index, .attempts = row->attempts}};

	memcpy(event.told.alert, row->key.alert, EVENT_ID_SIZE);
	(void)text_copy(event.told.seat, WORD_MAX, target->seat);
	(void)text_copy(event.told.term, WORD_MAX, target->term);
	(void)text_copy(event.told.channel, WORD_MAX, target->channel);
	if (kind == EVENT_ALERT_FAILED)
		(void)text_copy(event.told.word, WORD_MAX, row->answer);
	return event;
}

static bool
is_about(const struct alert_told *told, const struct ledger_row *row)
{
	const struct route_target *target = &row->key.target;

	return told->verdict == row->key.index &&
	       memcmp(told->alert, row->key.alert, EVENT_ID_SIZE) == 0 &&
	       strcmp(told->seat, target->seat) == 0 &&
	       strcmp(told->term, target->term) == 0 &&
	       strcmp(told->channel, target->channel) == 0;
}

/* A kill may have come between the spool's commit and the ledger's: then the
 * event stands behind the spool's last row of that moment. */
static bool
is_in_spool(struct sender *sender, const struct ledger_row *row)
{
	struct spool_row found;
	bool is_there = false;

	for (uint64_t seq = row->spool_seq + 1; !is_there; seq++) {
		struct event event;

		if (spool_row(sender->options.spool, seq, &found) != OK)
			break;
		is_there = wire_unpack(sender->later_wire, found.event,
			       &event) == REJECT_NONE &&
			   event.kind == EVENT_ALERT_DELIVERED &&
			   is_about(&event.told, row);
		spool_row_done(sender->options.spool);
	}
	return is_there;
}

/* ERR_FULL: try again later; all else is as good as it gets. */
static enum err
record(
    struct sender *sender, const struct ledger_row *row, enum event_kind kind)
{
	struct event event = told_event(row, kind);
	enum reject why = REJECT_NONE;
	enum err err = spool_add(sender->options.spool, &event, 1,
	    loop_now_ms(sender->options.loop), &why);

	if (err == OK && sender->options.uplink != NULL)
		uplink_wake(sender->options.uplink);
	if (err != OK && err != ERR_FULL)
		log_warnx("outcome-not-recorded entry=%" PRIu64
			  " error=\"%s\" word=%s",
		    row->key.index, err_text(err), reject_word(why));
	return err;
}

/* Sent: tell the region, then close the row. */
static void
settle(struct pending *pending)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;

	if (!is_in_spool(sender, row) &&
	    record(sender, row, EVENT_ALERT_DELIVERED) == ERR_FULL) {
		pending->due_ms = loop_monotonic_ms() + SPOOL_FULL_MS;
		return;
	}
	row->state = LEDGER_SETTLED;
	row->settled_ms = loop_now_ms(sender->options.loop);
	store_row(sender, row);
	drop(pending);
}

/* The other side is back: what waits for it need not wait longer. */
static void
release(struct sender *sender, const struct contact *contact)
{
	for (struct pending *it = sender->first; it != NULL; it = it->next)
		if (it->was_away && !it->is_under_way && it->contact != NULL &&
		    (it->contact == contact ||
			(it->contact->kind == CONTACT_MAIL &&
			    contact->kind == CONTACT_MAIL)))
			it->due_ms = 0;
}

static void
on_sent(struct pending *pending)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;
	struct spool_status status;

	spool_status(sender->options.spool, &status);
	row->state = LEDGER_SENT;
	row->spool_seq = status.last_seq;
	store_row(sender, row);
	log_info("alert-sent entry=%" PRIu64
		 " seat=%s term=%s channel=%s attempts=%u answer=%s",
	    row->key.index, row->key.target.seat, row->key.target.term,
	    row->key.target.channel, row->attempts, row->answer);
	release(sender, pending->contact);
	settle(pending);
}

static void
on_failed(struct pending *pending, enum curl_outcome outcome)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;
	uint64_t pause_ms;

	if (outcome == CURL_DECLINED)
		row->declined++;
	else
		row->declined = 0;
	pause_ms =
	    with_jitter(sender_pause_ms(row, sender->options.retry_max_ms));
	pending->was_away = outcome == CURL_LATER;
	pending->due_ms = loop_monotonic_ms() + pause_ms;
	row->next_ms = row->tried_ms + pause_ms;
	if (row->declined >= SENDER_DECLINED_TELL && !row->failure_told)
		row->failure_told =
		    record(sender, row, EVENT_ALERT_FAILED) == OK;
	store_row(sender, row);
	log_warnx("alert-not-sent entry=%" PRIu64
		  " seat=%s term=%s channel=%s attempts=%u answer=%s "
		  "again-in-ms=%" PRIu64,
	    row->key.index, row->key.target.seat, row->key.target.term,
	    row->key.target.channel, row->attempts, row->answer, pause_ms);
}

static void
take_answer(struct pending *pending, const struct curl_answer *answer)
{
	struct ledger_row *row = &pending->row;

	row->attempts++;
	row->tried_ms = loop_now_ms(pending->sender->options.loop);
	(void)text_copy(row->answer, sizeof row->answer, answer->word);
	if (answer->outcome == CURL_TAKEN)
		on_sent(pending);
	else
		on_failed(pending, answer->outcome);
}

static void
on_done(void *context, const struct curl_answer *answer)
{
	struct pending *pending = context;
	struct sender *sender = pending->sender;

	pending->is_under_way = false;
	sender->under_way--;
	take_answer(pending, answer);
	loop_timer_set(sender->timer, 0);
}

/* ---- one attempt */

struct attempt {
	struct event event; /* the verdict; its rows are in sender->wire */
	struct letter_input input;
	struct seat_row stand_in;
	char (*struck)[CODE_MAX];
	uint64_t first_index;
	char ack_url[ACK_URL_MAX];
	const struct ledger_row *row;
};

static void
strike(struct attempt *attempt, const struct verdict *later)
{
	unsigned count = attempt->input.struck_count;

	attempt->struck = xrealloc(attempt->struck,
	    count + later->removed_count + 1, sizeof *attempt->struck);
	for (uint32_t i = 0; i < later->removed_count; i++)
		(void)text_copy(
		    attempt->struck[count++], CODE_MAX, later->removed[i].code);
	attempt->input.struck_count = count;
}

/* A message that waited may name units of which better is known by now. */
static void
strike_removed(struct sender *sender, struct attempt *attempt)
{
	uint64_t index = attempt->row->key.index + 1;
	struct bytes bytes;

	while (ledger_verdict(sender->options.ledger, attempt->row->key.alert,
		   &index, &bytes) == OK) {
		struct event event;

		if (wire_unpack(sender->later_wire, bytes, &event) ==
		    REJECT_NONE)
			strike(attempt, &event.verdict);
		index++;
	}
	attempt->input.struck = (const char(*)[CODE_MAX])attempt->struck;
}

static void
find_first(void *context, const struct ledger_row *row)
{
	struct attempt *attempt = context;
	const struct route_target *own = &attempt->row->key.target;

	if (strcmp(row->key.target.seat, own->seat) == 0 &&
	    strcmp(row->key.target.term, own->term) == 0 &&
	    strcmp(row->key.target.channel, own->channel) == 0 &&
	    row->key.index < attempt->first_index)
		attempt->first_index = row->key.index;
}

/* The seat as it is now; one that is gone from the list still gets what it was
 * promised. */
static const struct seat_row *
seat_of(struct sender *sender, struct attempt *attempt)
{
	const char *id = attempt->row->key.target.seat;
	const struct seat_row *seat =
	    seats_by_id(inbox_seats(sender->options.inbox), id);
	struct seat_row *stand_in = &attempt->stand_in;

	if (seat != NULL)
		return seat;
	stand_in->role = attempt->event.verdict.tell;
	(void)text_copy(stand_in->id, sizeof stand_in->id, id);
	(void)text_copy(stand_in->title, sizeof stand_in->title, id);
	(void)text_copy(
	    stand_in->zone, sizeof stand_in->zone, sender->options.zone);
	(void)text_copy(stand_in->language, sizeof stand_in->language, "id");
	return stand_in;
}

static enum err
prepare(struct sender *sender, struct attempt *attempt)
{
	const struct ledger_row *row = attempt->row;
	struct letter_input *input = &attempt->input;
	uint64_t index = row->key.index;
	struct ledger_cursor cursor;
	struct bytes bytes;

	if (ledger_verdict(
		sender->options.ledger, row->key.alert, &index, &bytes) != OK ||
	    index != row->key.index ||
	    wire_unpack(sender->wire, bytes, &attempt->event) != REJECT_NONE)
		return ERR_NOTFOUND;
	strike_removed(sender, attempt);
	attempt->first_index = row->key.index;
	ledger_each_of_alert(
	    sender->options.ledger, row->key.alert, find_first, attempt);
	ledger_cursor(sender->options.ledger, &cursor);
	input->kind = attempt->event.kind;
	input->verdict = &attempt->event.verdict;
	input->index = row->key.index;
	input->seat = seat_of(sender, attempt);
	input->term = row->key.target.term;
	input->campaign = inbox_campaign(
	    sender->options.inbox, attempt->event.verdict.campaign);
	input->note = row->note;
	input->is_drill = sender->options.is_drill || cursor.is_drill;
	input->is_first = row->is_first;
	if (!letter_is_end(input->kind) &&
	    ack_link(sender->options.acks, &row->key, attempt->ack_url))
		input->ack_url = attempt->ack_url;
	return OK;
}

static enum err
send_now(struct pending *pending, struct attempt *attempt)
{
	struct sender *sender = pending->sender;
	const struct ledger_row *row = &pending->row;
	struct letter letter = {0};
	struct ledger_alert alert = {0};
	struct delivery delivery = {.input = &attempt->input,
	    .letter = &letter,
	    .contact = pending->contact,
	    .row = row,
	    .first_index = attempt->first_index};
	enum err err;

	if (ledger_alert(sender->options.ledger, row->key.alert, &alert) == OK)
		delivery.opened_ms = alert.opened_ms;
	if (loop_clock_ms(NULL, &delivery.wall_ms) != OK)
		return ERR_IO;
	letter_write(&letter, &attempt->input);
	err = channel_send(
	    &sender->options.channels, &delivery, on_done, pending);
	letter_clear(&letter);
	return err;
}

static void
try_send(struct pending *pending)
{
	struct sender *sender = pending->sender;
	const struct route_target *target = &pending->row.key.target;
	struct attempt attempt = {.row = &pending->row};
	struct curl_answer answer = {.outcome = CURL_LATER};

	pending->contact = contacts_find(sender->options.contacts, target->seat,
	    target->term, target->channel);
	if (pending->contact == NULL)
		(void)text_copy(answer.word, sizeof answer.word, "no-contact");
	else if (prepare(sender, &attempt) != OK)
		(void)text_copy(answer.word, sizeof answer.word, "no-verdict");
	else if (send_now(pending, &attempt) != OK)
		(void)text_copy(answer.word, sizeof answer.word, "not-set-up");
	free(attempt.struck);
	if (answer.word[0] != '\0') {
		take_answer(pending, &answer);
		return;
	}
	pending->is_under_way = true;
	sender->under_way++;
}

/* An earlier message of the same alert to the same target goes first, unless
 * that one is declined for good and would hold up its own correction. */
static bool
must_wait(const struct pending *pending)
{
	const struct ledger_key *own = &pending->row.key;

	for (const struct pending *it = pending->sender->first; it != NULL;
	     it = it->next) {
		const struct ledger_key *key = &it->row.key;

		if (key->index < own->index && !it->row.failure_told &&
		    memcmp(key->alert, own->alert, EVENT_ID_SIZE) == 0 &&
		    strcmp(key->target.seat, own->target.seat) == 0 &&
		    strcmp(key->target.term, own->target.term) == 0 &&
		    strcmp(key->target.channel, own->target.channel) == 0)
			return true;
	}
	return false;
}

/* The log may have settled the row meanwhile (a ledger made anew). */
static bool
is_done(struct pending *pending)
{
	struct ledger_row row;

	return ledger_row(pending->sender->options.ledger, &pending->row.key,
		   &row) == OK &&
	       row.state == LEDGER_SETTLED;
}

static void
act(struct pending *pending)
{
	if (is_done(pending))
		drop(pending);
	else if (pending->row.state == LEDGER_SENT)
		settle(pending);
	else
		try_send(pending);
}

static void
set_timer(struct sender *sender, uint64_t now_ms)
{
	uint64_t next_ms = UINT64_MAX;

	for (struct pending *it = sender->first; it != NULL; it = it->next)
		if (!it->is_under_way && it->due_ms < next_ms && !must_wait(it))
			next_ms = it->due_ms;
	if (next_ms == UINT64_MAX ||
	    sender->under_way >= sender->options.at_once)
		loop_timer_stop(sender->timer);
	else
		loop_timer_set(
		    sender->timer, next_ms > now_ms ? next_ms - now_ms : 0);
}

static void
turn(void *context)
{
	struct sender *sender = context;
	uint64_t now_ms = loop_monotonic_ms();
	struct pending *next;

	for (struct pending *it = sender->first; it != NULL; it = next) {
		next = it->next;
		if (sender->under_way >= sender->options.at_once)
			break;
		if (!it->is_under_way && it->due_ms <= now_ms && !must_wait(it))
			act(it);
	}
	set_timer(sender, now_ms);
}
