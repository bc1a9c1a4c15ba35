/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/attempt.h"

#include "model/wire.h"
#include "notifier/bundle.h"
#include "notifier/conflict.h"

#include <stdlib.h>
#include <string.h>

const char attempt_past_word[] = "own-office";
const char attempt_unneeded_word[] = "not-needed";
const char attempt_empty_word[] = "nothing-left";

bool
attempt_was_past(const struct ledger_row *row)
{
	return row->state == LEDGER_SETTLED &&
	       strcmp(row->answer, attempt_past_word) == 0;
}

bool
attempt_went_out(const struct ledger_row *row)
{
	return row->state != LEDGER_PROMISED && !attempt_was_past(row) &&
	       strcmp(row->answer, attempt_unneeded_word) != 0 &&
	       strcmp(row->answer, attempt_empty_word) != 0;
}

static struct conflict_source
conflicts_of(const struct attempt_source *source)
{
	return (struct conflict_source){.ledger = source->ledger,
	    .wire = source->later_wire,
	    .routes = source->routes};
}

static bool
is_whole(const struct attempt_source *source, const struct ledger_key *key)
{
	struct conflict_source conflicts = conflicts_of(source);

	return conflict_is_whole(
	    &conflicts, key->target.seat, key->alert, key->index);
}

struct earlier {
	struct ledger *ledger;
	const struct ledger_key *key;
	bool is_silent, is_told;
};

bool
attempt_is_there(struct ledger *ledger, const struct ledger_row *row)
{
	struct ledger_row bundle;

	if (row->state != LEDGER_PROMISED)
		return attempt_went_out(row);
	return row->bundle != 0 &&
	       ledger_owed_row(ledger, row->bundle, &bundle) == OK &&
	       bundle.state == LEDGER_SENT;
}

static void
look_earlier(void *context, const struct ledger_row *row)
{
	struct earlier *earlier = context;

	if (strcmp(row->key.target.seat, earlier->key->target.seat) != 0 ||
	    row->key.index >= earlier->key->index)
		return;
	if (attempt_is_there(earlier->ledger, row))
		earlier->is_told = true;
	else
		earlier->is_silent = true;
}

bool
attempt_is_past(
    const struct attempt_source *source, const struct ledger_row *row)
{
	struct earlier earlier = {.ledger = source->ledger, .key = &row->key};
	uint64_t index = row->key.index;
	struct bytes bytes;
	struct event event;

	if (source->routes == NULL ||
	    !routes_has_own(source->routes, row->key.target.seat) ||
	    attempt_is_bundle(row) || !is_whole(source, &row->key) ||
	    ledger_verdict(source->ledger, row->key.alert, &index, &bytes) !=
		OK ||
	    wire_unpack(source->later_wire, bytes, &event) != REJECT_NONE)
		return false;
	if (!letter_is_end(event.kind) && event.kind != EVENT_ALERT_CORRECTED)
		return true;
	ledger_each_of_alert(
	    source->ledger, row->key.alert, look_earlier, &earlier);
	return earlier.is_silent && !earlier.is_told;
}

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
strike_removed(struct attempt *attempt, const struct attempt_source *source)
{
	uint64_t index = attempt->row->key.index + 1;
	struct bytes bytes;

	while (ledger_verdict(source->ledger, attempt->row->key.alert, &index,
		   &bytes) == OK) {
		struct event event;

		if (wire_unpack(source->later_wire, bytes, &event) ==
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

	if (route_is_same(&row->key.target, own) &&
	    row->key.index < attempt->first_index && !attempt_was_past(row))
		attempt->first_index = row->key.index;
}

/* The seat as it is now; one that is gone from the list still gets what it was
 * promised. */
static const struct seat_row *
seat_of(struct attempt *attempt, const struct attempt_source *source)
{
	const char *id = attempt->row->key.target.seat;
	const struct seat_row *seat =
	    seats_by_id(inbox_seats(source->inbox), id);
	struct seat_row *stand_in = &attempt->stand_in;

	if (seat != NULL)
		return seat;
	stand_in->role = attempt->event.verdict.tell;
	(void)text_copy(stand_in->id, sizeof stand_in->id, id);
	(void)text_copy(stand_in->title, sizeof stand_in->title, id);
	(void)text_copy(stand_in->zone, sizeof stand_in->zone, source->zone);
	(void)text_copy(stand_in->language, sizeof stand_in->language, "id");
	return stand_in;
}

bool
attempt_is_bundle(const struct ledger_row *row)
{
	return row->tone == ROUTE_BUNDLE || row->tone == ROUTE_DIGEST;
}

/* A bundle has no verdict: what channels say of one is about the seat. */
static void
make_bundle(struct attempt *attempt, const struct attempt_source *source)
{
	const struct ledger_row *row = attempt->row;
	struct verdict *verdict = &attempt->event.verdict;

	attempt->event.kind = EVENT_ALERT_OPENED;
	memcpy(verdict->alert, row->key.alert, EVENT_ID_SIZE);
	verdict->judged_at_ms = attempt->opened_ms = row->promised_ms;
	verdict->scope = 4; /* the region */
	(void)text_copy(verdict->rule, CODE_MAX,
	    row->tone == ROUTE_DIGEST ? "RANGKUMAN-HARIAN" : "RANGKUMAN");
	attempt->input.seat = seat_of(attempt, source);
	(void)text_copy(
	    verdict->object, CODE_MAX, attempt->input.seat->wilayah);
	(void)text_copy(
	    verdict->object_name, NAME_MAX_BYTES, attempt->input.seat->title);
}

/* When those who held the seat before were told. */
static void
find_predecessor(void *context, const struct ledger_row *row)
{
	struct attempt *attempt = context;
	const struct route_target *own = &attempt->row->key.target;
	const struct route_target *other = &row->key.target;

	if (strcmp(other->seat, own->seat) != 0 ||
	    strcmp(other->term, own->term) == 0 || attempt_was_past(row) ||
	    row->key.index >= attempt->row->key.index ||
	    (attempt->input.told_before_ms > 0 &&
		row->promised_ms >= attempt->input.told_before_ms))
		return;
	attempt->input.told_before_ms = row->promised_ms;
	(void)text_copy(attempt->before, WORD_MAX, other->term);
	attempt->input.told_before = attempt->before;
}

enum err
attempt_make(struct attempt *attempt, const struct attempt_source *source,
    const struct ledger_row *row)
{
	struct letter_input *input = &attempt->input;
	uint64_t index = row->key.index;
	struct ledger_cursor cursor;
	struct ledger_alert alert;
	struct bytes bytes;

	*attempt = (struct attempt){.row = row, .first_index = index};
	input->kind = EVENT_ALERT_OPENED;
	input->verdict = &attempt->event.verdict;
	input->index = row->key.index;
	input->term = row->key.target.term;
	input->channel = row->key.target.channel;
	input->note = row->note;
	input->tone = row->tone;
	input->step = row->step;
	input->is_first = row->is_first;
	input->routes = source->routes;
	ledger_cursor(source->ledger, &cursor);
	input->is_drill = source->is_drill || cursor.is_drill;
	if (attempt_is_bundle(row)) {
		make_bundle(attempt, source);
		return OK;
	}
	if (ledger_verdict(source->ledger, row->key.alert, &index, &bytes) !=
		OK ||
	    index != row->key.index ||
	    wire_unpack(source->wire, bytes, &attempt->event) != REJECT_NONE)
		return ERR_NOTFOUND;
	strike_removed(attempt, source);
	ledger_each_of_alert(
	    source->ledger, row->key.alert, find_predecessor, attempt);
	ledger_each_of_alert(
	    source->ledger, row->key.alert, find_first, attempt);
	if (ledger_alert(source->ledger, row->key.alert, &alert) == OK)
		attempt->opened_ms = alert.opened_ms;
	input->kind = attempt->event.kind;
	input->seat = seat_of(attempt, source);
	input->campaign =
	    inbox_campaign(source->inbox, attempt->event.verdict.campaign);
	input->is_past = is_whole(source, &row->key);
	if (!letter_is_end(input->kind) && !input->is_past &&
	    ack_link(source->acks, &row->key, attempt->ack_url))
		input->ack_url = attempt->ack_url;
	return OK;
}

void
attempt_write(struct letter *letter, const struct attempt *attempt,
    const struct attempt_source *source, uint64_t heard_ms)
{
	static const struct routes none; /* they may be gone since */
	struct bundle_source bundles = {.ledger = source->ledger,
	    .wire = source->wire,
	    .routes = source->routes != NULL ? source->routes : &none,
	    .region = source->region,
	    .is_drill = attempt->input.is_drill,
	    .heard_ms = heard_ms};

	if (attempt_is_bundle(attempt->row))
		bundle_write(
		    letter, &bundles, attempt->row, attempt->input.seat);
	else
		letter_write(letter, &attempt->input);
}

void
attempt_clear(struct attempt *attempt)
{
	free(attempt->struck);
	attempt->struck = NULL;
}
