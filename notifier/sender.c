/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/sender.h"

#include "core/log.h"
#include "model/wire.h"
#include "notifier/attempt.h"
#include "notifier/carried.h"
#include "notifier/outcome.h"
#include "notifier/queue.h"
#include "notifier/turn.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	SPOOL_FULL_MS = 60000,
	BEHIND_MS = 1000, /* for an earlier verdict, in a bundle or not */
	LOOK_MS = 2000,   /* for what a command has written to the ledger */
};

/* Where messages go: a contact, or the mail server for all mails. */
struct target {
	struct bucket bucket;
	uint64_t not_before_ms; /* monotonic; it asked us to wait */
};

struct sender {
	struct sender_options options;
	struct loop_timer *timer, *look;
	struct attempt_source source;
	struct outcome_source outcome;
	struct queue queue;
	struct target *targets; /* one a contact, and the mail server */
	uint64_t last_serial;
	uint64_t restarts;  /* of the ledger, as seen last */
	uint64_t fallbacks; /* of the templates, as written down */
	unsigned under_way;
	bool has_fallbacks; /* among the contacts */
};

static void turn(void *context);
static void look(void *context);

struct sender *
sender_new(const struct sender_options *options)
{
	struct sender *sender = xcalloc(1, sizeof *sender);
	const struct contacts *contacts = options->contacts;

	sender->options = *options;
	sender->timer = loop_timer_new(options->loop, turn, sender);
	sender->look = loop_timer_new(options->loop, look, sender);
	sender->targets = xcalloc(contacts->count + 1, sizeof *sender->targets);
	for (unsigned i = 0; i < contacts->count; i++)
		sender->has_fallbacks |=
		    contacts->rows[i].fallback_for[0] != '\0';
	sender->source = (struct attempt_source){.ledger = options->ledger,
	    .inbox = options->inbox,
	    .wire = wire_new(),
	    .later_wire = wire_new(),
	    .region = options->region,
	    .zone = options->zone,
	    .is_drill = options->is_drill,
	    .routes = options->routes,
	    .acks = options->acks};
	sender->outcome = (struct outcome_source){.loop = options->loop,
	    .spool = options->spool,
	    .uplink = options->uplink,
	    .wire = sender->source.later_wire};
	sender->restarts = ledger_restarts(options->ledger);
	loop_timer_set(sender->look, LOOK_MS);
	return sender;
}

/* curl and exec must be closed before: they answer into what is freed here. */
void
sender_free(struct sender *sender)
{
	if (sender == NULL)
		return;
	queue_clear(&sender->queue);
	wire_free(sender->source.wire);
	wire_free(sender->source.later_wire);
	loop_timer_free(sender->timer);
	loop_timer_free(sender->look);
	free(sender->targets);
	free(sender);
}

static void
add_pending(void *context, const struct ledger_row *row)
{
	struct sender *sender = context;

	queue_add(&sender->queue, row)->sender = sender;
	sender->last_serial = row->serial;
}

void
sender_wake(struct sender *sender)
{
	ledger_each_owed(
	    sender->options.ledger, sender->last_serial, add_pending, sender);
	loop_timer_set(sender->timer, 0);
}

/* A command may have restarted the row since it was read: that stays. true: it
 * has. */
static bool
store_row(struct sender *sender, struct ledger_row *row)
{
	struct ledger *ledger = sender->options.ledger;
	uint64_t fallbacks =
	    templates_fallbacks(sender->options.channels.templates);
	struct ledger_row kept;
	bool is_restarted = false;

	ledger_begin(ledger);
	if (ledger_row(ledger, &row->key, &kept) == OK) {
		is_restarted = row->restarts != kept.restarts;
		if (is_restarted) {
			row->is_stopped = row->failure_told = false;
			row->declined = 0;
			row->next_ms = kept.next_ms;
		}
		row->restarts = kept.restarts;
		row->restarted_ms = kept.restarted_ms;
		row->attempts_before = kept.attempts_before;
	}
	ledger_set_row(ledger, row);
	if (fallbacks > sender->fallbacks)
		ledger_add_built_in(ledger, fallbacks - sender->fallbacks);
	ledger_commit(ledger);
	sender->fallbacks = fallbacks;
	return is_restarted;
}

/* Sent: tell the region, then close the row. */
static void
settle(struct pending *pending)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;

	if (carried_tell(&sender->outcome, sender->options.ledger, row) ==
	    ERR_FULL) {
		pending->due_ms = loop_monotonic_ms() + SPOOL_FULL_MS;
		return;
	}
	row->state = LEDGER_SETTLED;
	row->settled_ms = loop_now_ms(sender->options.loop);
	(void)store_row(sender, row);
	queue_drop(&sender->queue, pending);
}

/* What stands in for this row's channel looks again. */
static void
poke_fallbacks(struct pending *pending)
{
	const struct ledger_key *own = &pending->row.key;
	struct pending *it;

	if (!pending->sender->has_fallbacks)
		return;
	for (it = *queue_lane(&pending->sender->queue, own); it != NULL;
	     it = it->lane_next)
		if (it->is_waiting && it->row.key.index == own->index &&
		    strcmp(it->row.key.target.seat, own->target.seat) == 0 &&
		    strcmp(it->row.key.target.term, own->target.term) == 0)
			it->due_ms = 0;
}

/* Another channel had it first, or it is not for that seat any more: nothing
 * goes out, and nothing is told to the region. */
static void
settle_unsent(struct pending *pending, const char *why)
{
	struct ledger_row *row = &pending->row;

	row->state = LEDGER_SETTLED;
	row->settled_ms = loop_now_ms(pending->sender->options.loop);
	(void)text_copy(row->answer, sizeof row->answer, why);
	log_info("alert-not-to-be-sent entry=%" PRIu64
		 " seat=%s term=%s channel=%s why=%s",
	    row->key.index, row->key.target.seat, row->key.target.term,
	    row->key.target.channel, why);
	(void)store_row(pending->sender, row);
	poke_fallbacks(pending);
	queue_drop(&pending->sender->queue, pending);
}

static struct target *
target_of(struct sender *sender, const struct contact *contact)
{
	const struct contacts *contacts = sender->options.contacts;

	return &sender->targets[contact->kind == CONTACT_MAIL
				    ? contacts->count
				    : (unsigned)(contact - contacts->rows)];
}

/* The other side is back: what waits for it need not wait longer. */
static void
release(struct sender *sender, const struct contact *contact)
{
	for (struct pending *it = sender->queue.first; it != NULL;
	     it = it->next)
		if (it->was_away && !it->is_under_way && it->contact != NULL &&
		    target_of(sender, it->contact) ==
			target_of(sender, contact))
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
	(void)store_row(sender, row);
	log_info("alert-sent entry=%" PRIu64
		 " seat=%s term=%s channel=%s attempts=%u answer=%s",
	    row->key.index, row->key.target.seat, row->key.target.term,
	    row->key.target.channel, row->attempts, row->answer);
	release(sender, pending->contact);
	poke_fallbacks(pending);
	settle(pending);
}

static void
pause_until(struct pending *pending, const struct answer *answer)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;
	uint64_t pause_ms = schedule_pause_ms(
	    row->attempts - row->attempts_before, sender->options.retry_max_ms);
	uint32_t chance;

	loop_random(&chance, sizeof chance);
	pause_ms = answer->wait_ms > 0
		       ? schedule_wait_ms(answer->wait_ms, chance)
		       : schedule_jitter_ms(pause_ms, chance);
	pending->due_ms = loop_monotonic_ms() + pause_ms;
	row->next_ms = row->tried_ms + pause_ms;
	if (answer->is_busy && pending->contact != NULL)
		target_of(sender, pending->contact)->not_before_ms =
		    loop_monotonic_ms() +
		    (answer->wait_ms > 0 ? answer->wait_ms : pause_ms);
}

/* One that is not tried again by itself is told of when there is room. */
static void
tell_failure(struct pending *pending)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;

	if (row->failure_told)
		return;
	row->failure_told = carried_fail(&sender->outcome,
				sender->options.ledger, row) != ERR_FULL;
	if (row->is_stopped)
		pending->due_ms = row->failure_told
				      ? queue_never_ms
				      : loop_monotonic_ms() + SPOOL_FULL_MS;
}

static void
on_failed(struct pending *pending, const struct answer *answer)
{
	struct sender *sender = pending->sender;
	struct ledger_row *row = &pending->row;

	row->declined = answer->outcome == ANSWER_LATER ? 0 : row->declined + 1;
	row->is_stopped = answer->outcome == ANSWER_GONE;
	pending->was_away = answer->outcome == ANSWER_LATER;
	if (row->is_stopped) {
		pending->due_ms = queue_never_ms;
		row->next_ms = 0;
	} else {
		pause_until(pending, answer);
	}
	if (row->declined >= SENDER_DECLINED_TELL || row->is_stopped)
		tell_failure(pending);
	/* It was under way then, and may not have met what was mended. */
	if (store_row(sender, row))
		pending->due_ms = 0;
	log_warnx("alert-not-sent entry=%" PRIu64
		  " seat=%s term=%s channel=%s attempts=%u answer=%s "
		  "stopped=%d again-ms=%" PRIu64,
	    row->key.index, row->key.target.seat, row->key.target.term,
	    row->key.target.channel, row->attempts, row->answer,
	    row->is_stopped, row->next_ms);
	poke_fallbacks(pending);
}

static void
take_answer(struct pending *pending, const struct answer *answer)
{
	struct ledger_row *row = &pending->row;

	row->attempts++;
	row->tried_ms = loop_now_ms(pending->sender->options.loop);
	(void)text_copy(row->answer, sizeof row->answer, answer->word);
	if (answer->outcome == ANSWER_TAKEN)
		on_sent(pending);
	else
		on_failed(pending, answer);
}

static void
on_done(void *context, const struct answer *answer)
{
	struct pending *pending = context;
	struct sender *sender = pending->sender;

	pending->is_under_way = false;
	sender->under_way--;
	take_answer(pending, answer);
	loop_timer_set(sender->timer, 0);
}

/* ---- one attempt */

static uint64_t
heard_ms(const struct pending *pending)
{
	struct spool_status status;

	spool_status(pending->sender->options.spool, &status);
	return status.last_contact_ms > 0 ? status.last_contact_ms
					  : pending->row.promised_ms;
}

static enum err
send_now(struct pending *pending, struct attempt *attempt)
{
	struct sender *sender = pending->sender;
	struct letter letter = {0};
	struct delivery delivery = {.input = &attempt->input,
	    .letter = &letter,
	    .contact = pending->contact,
	    .row = &pending->row,
	    .first_index = attempt->first_index,
	    .opened_ms = attempt->opened_ms};
	enum err err = loop_clock_ms(NULL, &delivery.wall_ms);

	if (err == OK) {
		attempt_write(
		    &letter, attempt, &sender->source, heard_ms(pending));
		err = channel_send(
		    &sender->options.channels, &delivery, on_done, pending);
	}
	letter_clear(&letter);
	return err;
}

static void
try_send(struct pending *pending)
{
	struct sender *sender = pending->sender;
	struct attempt attempt = {0};
	struct answer answer = {.outcome = ANSWER_DECLINED}; /* by ourselves */

	if (pending->contact == NULL)
		(void)text_copy(answer.word, sizeof answer.word, "no-contact");
	else if (attempt_make(&attempt, &sender->source, &pending->row) != OK)
		(void)text_copy(answer.word, sizeof answer.word, "no-verdict");
	else if (send_now(pending, &attempt) != OK)
		(void)text_copy(answer.word, sizeof answer.word, "not-set-up");
	attempt_clear(&attempt);
	if (answer.word[0] != '\0') {
		take_answer(pending, &answer);
		return;
	}
	pending->is_under_way = true;
	sender->under_way++;
}

/* What a bundle carried goes alone from now on. */
static void
add_unloaded(void *context, const struct ledger_row *row)
{
	struct sender *sender = context;

	queue_add(&sender->queue, row)->sender = sender;
}

/* ---- a channel that stands in for another */

/* false: it was settled, or waits. Once it has been tried it is on its own. */
static bool
is_wanted(struct pending *pending)
{
	const struct sender_options *options = &pending->sender->options;
	enum fallback first;

	pending->is_waiting = false;
	if (pending->contact == NULL ||
	    pending->contact->fallback_for[0] == '\0' ||
	    pending->row.attempts > 0)
		return true;
	first = fallback_look(options->contacts, options->ledger,
	    pending->contact, &pending->row);
	if (first == FALLBACK_DEAD)
		return true;
	if (first == FALLBACK_TOLD) {
		pending->row.settled_ms = loop_now_ms(options->loop);
		if (attempt_is_bundle(&pending->row))
			carried_settle_told(options->ledger, &pending->row,
			    pending->contact->fallback_for, add_unloaded,
			    pending->sender);
		settle_unsent(pending, attempt_unneeded_word);
		return false;
	}
	/* It is poked when the first was tried, which one that is held up may
	 * never be. */
	pending->is_waiting = true;
	pending->due_ms = first == FALLBACK_HELD
			      ? loop_monotonic_ms() + BEHIND_MS
			      : queue_never_ms;
	return false;
}

/* May it go now? If not, when. */
static bool
may_go(struct pending *pending)
{
	const struct contact *contact = pending->contact;
	uint64_t now_ms = loop_monotonic_ms(), wait_ms;
	struct bucket_rate rate;
	struct target *target;

	if (contact == NULL)
		return true;
	target = target_of(pending->sender, contact);
	if (target->not_before_ms > now_ms) {
		pending->due_ms = target->not_before_ms;
		return false;
	}
	rate = channel_rate(contact);
	wait_ms = bucket_take(&target->bucket, &rate, now_ms);
	pending->due_ms = now_ms + wait_ms;
	return wait_ms == 0;
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

/* The failure had no room in the spool. If a command has restarted the row
 * meanwhile, look() sees to it. */
static void
tell_late(struct pending *pending)
{
	struct sender *sender = pending->sender;
	struct ledger_row kept;

	pending->due_ms = queue_never_ms;
	if (ledger_row(sender->options.ledger, &pending->row.key, &kept) !=
		OK ||
	    kept.restarts != pending->row.restarts)
		return;
	tell_failure(pending);
	(void)store_row(sender, &pending->row);
}

static void
act(struct pending *pending)
{
	const struct route_target *target = &pending->row.key.target;
	struct sender *sender = pending->sender;

	if (is_done(pending)) {
		queue_drop(&sender->queue, pending);
		return;
	}
	if (pending->row.state == LEDGER_SENT) {
		settle(pending);
		return;
	}
	if (pending->row.is_stopped) {
		tell_late(pending);
		return;
	}
	if (turn_is_behind(
		pending, sender->options.ledger, add_unloaded, sender)) {
		pending->due_ms = loop_monotonic_ms() + BEHIND_MS;
		return;
	}
	if (turn_is_past(
		pending, &sender->source, loop_now_ms(sender->options.loop))) {
		settle_unsent(pending, attempt_is_bundle(&pending->row)
					   ? attempt_empty_word
					   : attempt_past_word);
		return;
	}
	pending->contact = contacts_find(sender->options.contacts, target->seat,
	    target->term, target->channel);
	if (is_wanted(pending) && may_go(pending))
		try_send(pending);
}

static void
set_timer(struct sender *sender, uint64_t now_ms)
{
	uint64_t next_ms = UINT64_MAX;

	for (struct pending *it = sender->queue.first; it != NULL;
	     it = it->next)
		if (!it->is_under_way && it->due_ms < next_ms &&
		    !queue_must_wait(&sender->queue, it))
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

	queue_free_dropped(&sender->queue);
	for (struct pending *it = sender->queue.first; it != NULL; it = next) {
		next = it->next;
		if (sender->under_way >= sender->options.at_once)
			break;
		if (!it->is_under_way && it->due_ms <= now_ms &&
		    !queue_must_wait(&sender->queue, it))
			act(it);
	}
	set_timer(sender, now_ms);
}

/* A command has restarted rows: they begin anew. */
static void
look(void *context)
{
	struct sender *sender = context;
	uint64_t restarts = ledger_restarts(sender->options.ledger);

	loop_timer_set(sender->look, LOOK_MS);
	if (restarts == sender->restarts)
		return;
	sender->restarts = restarts;
	for (struct pending *it = sender->queue.first; it != NULL;
	     it = it->next) {
		struct ledger_row row;

		if (it->is_under_way ||
		    ledger_row(sender->options.ledger, &it->row.key, &row) !=
			OK ||
		    row.restarts == it->row.restarts)
			continue;
		it->row = row;
		it->due_ms = 0;
	}
	loop_timer_set(sender->timer, 0);
}
