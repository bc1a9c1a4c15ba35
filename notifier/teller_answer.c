/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers, in prose. Who answers is whoever holds a seat then: an answer is of
 * a seat and of a term. It stops the ladder and the reminders of its seat until
 * it runs out, or that term ends: then whoever holds the seat is reminded, who
 * may not know of the alert, and the ladder counts from there.
 *
 * Whoever stands in for a seat that nobody holds, and was told, answers for it
 * until somebody does. Whoever was reached by a ladder answers for the ladders
 * that have climbed.
 */
#include "notifier/teller_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = EVENT_ID_SIZE + 2 * WORD_MAX, VALUE_SIZE = 16 };

struct answer {
	char seat[WORD_MAX], term[WORD_MAX];
	uint64_t verdict, until_ms;
};

struct answers {
	struct answer *at;
	unsigned count;
};

static struct bytes
answer_name(uint8_t at[NAME_SIZE], const struct alert_acknowledged *body)
{
	size_t seat = strlen(body->seat) + 1, term = strlen(body->term);

	memcpy(at, body->alert, EVENT_ID_SIZE);
	memcpy(at + EVENT_ID_SIZE, body->seat, seat);
	memcpy(at + EVENT_ID_SIZE + seat, body->term, term);
	return bytes_of(at, EVENT_ID_SIZE + seat + term);
}

static void
load_answer(void *context, struct bytes name, struct bytes value)
{
	struct answers *answers = context;
	struct answer *answer;
	const uint8_t *seat = name.at + EVENT_ID_SIZE, *end;
	size_t len = name.len - EVENT_ID_SIZE;

	end = memchr(seat, 0, len);
	if (end == NULL || value.len != VALUE_SIZE)
		return;
	answers->at =
	    xrealloc(answers->at, answers->count + 1, sizeof *answers->at);
	answer = &answers->at[answers->count++];
	*answer = (struct answer){
	    .verdict = be64_get(value.at), .until_ms = be64_get(value.at + 8)};
	memcpy(answer->seat, seat, (size_t)(end - seat));
	memcpy(answer->term, end + 1, len - (size_t)(end + 1 - seat));
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When somebody comes to hold a seat that nobody holds. */
static uint64_t
next_term_ms(const struct seat_row *seat, uint64_t now_ms)
{
	uint64_t from_ms = plan_never_ms;

	for (uint32_t i = 0; i < seat->term_count; i++)
		if (seat->terms[i].from_ms > now_ms)
			from_ms = least(from_ms, seat->terms[i].from_ms);
	return from_ms;
}

/* How long whoever answered holds that seat; 0: not any more. */
static uint64_t
held_until_ms(
    const struct teller *teller, const struct answer *answer, uint64_t now_ms)
{
	const struct seat_row *seat = seats_by_id(teller->seats, answer->seat);
	const struct term *term;

	if (seat == NULL)
		return 0;
	term = route_term(seat, now_ms);
	if (strcmp(answer->term, term != NULL ? term->id : "") != 0)
		return 0;
	if (term == NULL)
		return next_term_ms(seat, now_ms);
	return term->to_ms > 0 ? term->to_ms : plan_never_ms;
}

struct told {
	const struct answer *answer;
	uint64_t from; /* entry */
	bool is_told;
};

static void
look_told(void *context, const struct ledger_row *row)
{
	struct told *told = context;

	told->is_told |=
	    row->key.index >= told->from &&
	    strcmp(row->key.target.seat, told->answer->seat) == 0 &&
	    strcmp(row->key.target.term, told->answer->term) == 0;
}

/* How long it stands in for the seat of the watch; 0: it does not. */
static uint64_t
stands_in_until_ms(const struct teller *teller,
    const struct ledger_watch *watch, const struct answer *answer,
    uint64_t now_ms)
{
	struct pick_source source = teller_picks(teller, now_ms);
	const struct seat_row *seat = seats_by_id(teller->seats, watch->seat);
	struct told told = {
	    .answer = answer, .from = watch->state.raised_index};

	if (!pick_stands_in(&source, watch->seat, answer->seat))
		return 0;
	ledger_each_of_alert(
	    teller->options.ledger, watch->alert, look_told, &told);
	if (!told.is_told)
		return 0;
	return seat != NULL ? next_term_ms(seat, now_ms) : plan_never_ms;
}

static bool
is_rung(const struct teller *teller, const struct ledger_watch *watch,
    const struct answer *answer)
{
	struct ledger_watch own;

	return watch->state.step > 0 &&
	       ledger_watch(teller->options.ledger, watch->alert, answer->seat,
		   &own) == OK &&
	       own.state.is_rung;
}

/* Until when it speaks for the watch; 0: it does not. */
static uint64_t
speaks_until_ms(const struct teller *teller, const struct ledger_watch *watch,
    const struct answer *answer, uint64_t now_ms)
{
	uint64_t until_ms =
	    least(answer->until_ms, held_until_ms(teller, answer, now_ms));

	if (answer->verdict < watch->state.raised_index || until_ms <= now_ms)
		return 0;
	if (strcmp(watch->seat, answer->seat) == 0 ||
	    is_rung(teller, watch, answer))
		return until_ms;
	return least(
	    until_ms, stands_in_until_ms(teller, watch, answer, now_ms));
}

static struct answers
answers_of(const struct teller *teller, const uint8_t *alert)
{
	struct answers answers = {0};

	ledger_each_kept_under(teller->options.ledger, LEDGER_KEPT_ANSWER,
	    bytes_of(alert, EVENT_ID_SIZE), load_answer, &answers);
	return answers;
}

void
teller_restore_answers(
    struct teller *teller, struct ledger_watch *watch, uint64_t now_ms)
{
	struct answers answers = answers_of(teller, watch->alert);

	for (unsigned i = 0; i < answers.count; i++) {
		uint64_t until_ms =
		    speaks_until_ms(teller, watch, &answers.at[i], now_ms);

		if (until_ms > 0)
			(void)plan_acknowledge(
			    &watch->state, answers.at[i].verdict, until_ms);
	}
	free(answers.at);
}

void
teller_check_answer(
    struct teller *teller, struct ledger_watch *watch, uint64_t now_ms)
{
	struct plan_state *state = &watch->state;
	struct answers answers;
	uint64_t until_ms = now_ms;

	if (state->acked_until_ms <= now_ms)
		return;
	answers = answers_of(teller, watch->alert);
	for (unsigned i = 0; i < answers.count; i++) {
		uint64_t one_ms =
		    speaks_until_ms(teller, watch, &answers.at[i], now_ms);

		until_ms = one_ms > until_ms ? one_ms : until_ms;
	}
	free(answers.at);
	state->acked_until_ms = least(state->acked_until_ms, until_ms);
}

struct answering {
	struct teller *teller;
	struct answer answer;
	uint64_t now_ms;
};

static void
take_answer(void *context, const struct ledger_watch *watch)
{
	const struct answering *answering = context;
	const struct answer *answer = &answering->answer;
	struct ledger_watch now = *watch;
	uint64_t until_ms = speaks_until_ms(
	    answering->teller, watch, answer, answering->now_ms);

	if (until_ms == 0 ||
	    !plan_acknowledge(&now.state, answer->verdict, until_ms))
		return;
	now.due_ms = answering->now_ms;
	ledger_set_watch(answering->teller->options.ledger, &now);
	log_info("answer-taken entry=%" PRIu64 " seat=%s by=%s term=%s",
	    answer->verdict, now.seat, answer->seat, answer->term);
}

void
teller_take_acknowledged(struct teller *teller,
    const struct alert_acknowledged *body, uint64_t now_ms)
{
	struct answering answering = {.teller = teller,
	    .answer = {.verdict = body->verdict, .until_ms = body->until_ms},
	    .now_ms = now_ms};
	uint8_t name[NAME_SIZE], value[VALUE_SIZE];
	struct bytes kept;

	/* An answer to an older letter takes nothing from the one there is. */
	if (ledger_kept(teller->options.ledger, LEDGER_KEPT_ANSWER,
		answer_name(name, body), &kept) == OK &&
	    kept.len == VALUE_SIZE && be64_get(kept.at) > body->verdict)
		return;
	(void)text_copy(answering.answer.seat, WORD_MAX, body->seat);
	(void)text_copy(answering.answer.term, WORD_MAX, body->term);
	be64_put(value, body->verdict);
	be64_put(value + 8, body->until_ms);
	ledger_keep(teller->options.ledger, LEDGER_KEPT_ANSWER,
	    answer_name(name, body), bytes_of(value, sizeof value));
	ledger_each_watch(
	    teller->options.ledger, body->alert, take_answer, &answering);
}
