/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pledges of one unit in one campaign come to. Counts are totals so
 * far: for each act and kind of employment the pledge that was made last
 * counts, by (made_at, node, seq), whatever the order of arrival.
 *
 * Timely is what was made by the due date and recorded before its writer had
 * seen grace end (of a unit with more time: its own of both); corrections and
 * withdrawals recorded before that count as if they had been there from the
 * start. What is recorded after it can take away and never add, else a unit of
 * which an office was told that it is unsigned could become "on time":
 *
 * - a late withdrawal, or a late correction that turns to another unit, act
 *   or a time after the due date, takes a pledge out ("taken");
 * - a late correction of the counts leaves the least of what was ever said;
 * - where the pledge that counts is taken the next one steps in, but with no
 *   more than any of those before it had said.
 *
 * All of this is least values over sets, so it does not depend on order.
 */
#include "judge/view_parts.h"

#include <string.h>

/* What a pledge says in one reading. */
struct reading {
	bool is_there;
	uint64_t made_at_ms;
	uint32_t unit, campaign;
	uint8_t act, flags;
	uint8_t kept; /* kinds that no late record has taken */
	uint32_t present[EMPLOYMENT_KINDS];
	uint32_t signatures[EMPLOYMENT_KINDS];
};

static void
read_pledge(struct reading *reading, const struct pledge_row *row)
{
	struct pledge_counts counts;

	pledge_get_counts(row, &counts);
	*reading = (struct reading){.is_there = true,
	    .made_at_ms = pledge_made_ms(row),
	    .unit = row->unit,
	    .campaign = row->campaign,
	    .act = row->act,
	    .flags = row->flags & (SETS_KINDS | IS_HEAD_SIGNED),
	    .kept = row->flags & SETS_KINDS};
	memcpy(reading->present, counts.present, sizeof counts.present);
	memcpy(
	    reading->signatures, counts.signatures, sizeof counts.signatures);
}

static void
read_op(struct reading *reading, const struct op_row *op)
{
	*reading = (struct reading){.is_there = true,
	    .made_at_ms = op->made_at_ms,
	    .unit = op->unit,
	    .campaign = op->campaign,
	    .act = op->act,
	    .flags = op->flags & (SETS_KINDS | IS_HEAD_SIGNED),
	    .kept = op->flags & SETS_KINDS};
	memcpy(reading->present, op->present, sizeof op->present);
	memcpy(reading->signatures, op->signatures, sizeof op->signatures);
}

static bool
op_is_newer(const struct op_row *a, const struct op_row *b)
{
	if (a->order != b->order)
		return a->order > b->order;
	if (a->node != b->node)
		return a->node > b->node;
	return a->seq > b->seq;
}

/* The pledge as those had it who had seen no more than `seen`. */
static void
read_until(const struct view *view, uint32_t pledge, uint64_t seen,
    struct reading *reading)
{
	const struct pledge_row *row = pledge_at(view, pledge);
	const struct op_row *newest = NULL;

	*reading = (struct reading){0};
	if (row->seen > seen)
		return;
	for (uint32_t i = row->first_op; i != NO_ROW;
	     i = op_at(view, i)->next) {
		const struct op_row *op = op_at(view, i);

		if (op->seen > seen)
			continue;
		if ((op->flags & IS_WITHDRAWN) != 0)
			return;
		if (newest == NULL || op_is_newer(op, newest))
			newest = op;
	}
	if (newest == NULL)
		read_pledge(reading, row);
	else
		read_op(reading, newest);
}

static void
lower_by(struct reading *reading, const struct op_row *op, uint64_t due_ms)
{
	if ((op->flags & IS_WITHDRAWN) != 0 || op->unit != reading->unit ||
	    op->campaign != reading->campaign || op->act != reading->act ||
	    op->made_at_ms > due_ms) {
		reading->kept = 0;
		reading->flags &= SETS_KINDS;
		reading->is_there = false;
		return;
	}
	reading->kept &= op->flags;
	if ((op->flags & IS_HEAD_SIGNED) == 0)
		reading->flags &= SETS_KINDS;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		if ((op->flags >> i & 1) != 0 &&
		    op->signatures[i] < reading->signatures[i])
			reading->signatures[i] = op->signatures[i];
}

/* The timely reading: flags say which kinds it ever set, kept which of them
 * still stand, is_there whether the pledge itself does. false: it was never
 * timely in this tally. */
static bool
read_timely(const struct view *view, const struct tally_row *tally,
    uint32_t pledge, struct reading *reading)
{
	struct terms terms;

	terms_of(view, tally->unit, tally->campaign, &terms);
	read_until(view, pledge, terms.line, reading);
	if (!reading->is_there || reading->unit != tally->unit ||
	    reading->campaign != tally->campaign ||
	    reading->made_at_ms > terms.due_ms)
		return false;
	for (uint32_t i = pledge_at(view, pledge)->first_op; i != NO_ROW;
	     i = op_at(view, i)->next)
		if (op_at(view, i)->seen > terms.line)
			lower_by(reading, op_at(view, i), terms.due_ms);
	return true;
}

static bool
is_plain(const struct view *view, uint32_t pledge)
{
	return pledge_at(view, pledge)->first_op == NO_ROW;
}

/* When a pledge was made, in the reading that its winners are kept for. */
static uint64_t
made_at(const struct view *view, uint32_t pledge, uint64_t seen)
{
	struct reading reading;

	if (is_plain(view, pledge))
		return pledge_made_ms(pledge_at(view, pledge));
	read_until(view, pledge, seen, &reading);
	return reading.made_at_ms;
}

/* Was pledge a, made at a_ms, made after pledge b? */
static bool
is_later(const struct view *view, uint64_t a_ms, uint32_t a, uint64_t b_ms,
    uint32_t b)
{
	const struct pledge_row *first = pledge_at(view, a);
	const struct pledge_row *second = pledge_at(view, b);
	int order;

	if (a_ms != b_ms)
		return a_ms > b_ms;
	order = memcmp(node_at(view, first->node)->id,
	    node_at(view, second->node)->id, EVENT_ID_SIZE);
	return order != 0 ? order > 0 : first->seq > second->seq;
}

/* ---- tallies */

uint32_t
tally_find(const struct view *view, uint32_t unit, uint32_t campaign)
{
	uint32_t at = extra_at(view, unit)->first_tally;

	while (at != NO_ROW && tally_at(view, at)->campaign != campaign)
		at = tally_at(view, at)->next;
	return at;
}

static void
tally_reset(struct tally_row *tally)
{
	tally->flags = 0;
	memset(tally->winner, 0xff, sizeof tally->winner);
	memset(tally->timely_winner, 0xff, sizeof tally->timely_winner);
	memset(tally->timely_signatures, 0, sizeof tally->timely_signatures);
}

uint32_t
tally_of(struct view *view, uint32_t unit, uint32_t campaign)
{
	uint32_t number = tally_find(view, unit, campaign);
	struct tally_row *tally;

	if (number != NO_ROW)
		return number;
	tally = table_add(&view->tables[TABLE_TALLIES]);
	number = row_count(view, TABLE_TALLIES) - 1;
	tally->unit = unit;
	tally->campaign = campaign;
	tally->first_pledge = NO_ROW;
	tally->first_op = NO_ROW;
	tally->first_move = NO_ROW;
	tally_reset(tally);
	tally->next = extra_at(view, unit)->first_tally;
	extra_at(view, unit)->first_tally = number;
	return number;
}

void
tally_index(struct view *view)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_TALLIES); i++)
		extra_at(view, tally_at(view, i)->unit)->first_tally = i;
}

/* The pledge in any reading: may it be the winner of its act and kinds? */
static void
take_any(const struct view *view, struct tally_row *tally, uint32_t pledge,
    const struct reading *reading)
{
	unsigned act = reading->act == ACT_PAKTA;

	if (act == 0)
		tally->flags |= ANY_READ;
	else if ((reading->flags & IS_HEAD_SIGNED) != 0)
		tally->flags |= ANY_HEAD;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		uint32_t *winner = &tally->winner[act][i];

		if ((reading->flags >> i & 1) != 0 &&
		    (*winner == NO_ROW ||
			is_later(view, reading->made_at_ms, pledge,
			    made_at(view, *winner, NEVER), *winner)))
			*winner = pledge;
	}
}

static void
take_timely(const struct view *view, struct tally_row *tally, uint32_t pledge,
    const struct reading *reading)
{
	struct terms terms;

	terms_of(view, tally->unit, tally->campaign, &terms);
	if (reading->act != ACT_PAKTA) {
		if (reading->is_there)
			tally->flags |= TIMELY_READ;
		return;
	}
	if ((reading->flags & IS_HEAD_SIGNED) != 0)
		tally->flags |= TIMELY_HEAD;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		uint32_t *winner = &tally->timely_winner[i];

		if ((reading->kept >> i & 1) == 0 ||
		    (*winner != NO_ROW &&
			!is_later(view, reading->made_at_ms, pledge,
			    made_at(view, *winner, terms.line), *winner)))
			continue;
		*winner = pledge;
		tally->timely_signatures[i] = reading->signatures[i];
	}
}

/* A pledge that was timely and is taken limits the one that steps in. */
static void
limit_by(const struct view *view, struct tally_row *tally, uint32_t pledge)
{
	struct reading reading;
	struct terms terms;

	terms_of(view, tally->unit, tally->campaign, &terms);
	if (!read_timely(view, tally, pledge, &reading) ||
	    reading.act != ACT_PAKTA)
		return;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		uint32_t winner = tally->timely_winner[i];

		if ((reading.flags >> i & 1) == 0 || winner == NO_ROW ||
		    reading.signatures[i] >= tally->timely_signatures[i])
			continue;
		if (is_later(view, reading.made_at_ms, pledge,
			made_at(view, winner, terms.line), winner))
			tally->timely_signatures[i] = reading.signatures[i];
	}
}

/* Only pledges that something was done to can be taken. */
static void
limit_all(const struct view *view, struct tally_row *tally)
{
	uint32_t before = NO_ROW;

	for (uint32_t i = tally->first_op; i != NO_ROW;
	     i = op_at(view, i)->tally_next) {
		if (op_at(view, i)->pledge != before)
			limit_by(view, tally, op_at(view, i)->pledge);
		before = op_at(view, i)->pledge;
	}
	for (uint32_t i = tally->first_move; i != NO_ROW;
	     i = move_at(view, i)->next)
		limit_by(view, tally, move_at(view, i)->pledge);
}

static void
take(const struct view *view, struct tally_row *tally, uint32_t pledge)
{
	const struct pledge_row *row = pledge_at(view, pledge);
	struct reading reading;
	struct terms terms;

	if (is_plain(view, pledge)) {
		terms_of(view, tally->unit, tally->campaign, &terms);
		read_pledge(&reading, row);
		take_any(view, tally, pledge, &reading);
		if (row->seen <= terms.line &&
		    reading.made_at_ms <= terms.due_ms)
			take_timely(view, tally, pledge, &reading);
		return;
	}
	read_until(view, pledge, NEVER, &reading);
	if (reading.is_there && reading.unit == tally->unit &&
	    reading.campaign == tally->campaign)
		take_any(view, tally, pledge, &reading);
	if (read_timely(view, tally, pledge, &reading))
		take_timely(view, tally, pledge, &reading);
}

/* The newest pledge of the tally. */
void
tally_add(struct view *view, uint32_t number, uint32_t pledge)
{
	struct tally_row *tally = tally_at(view, number);

	take(view, tally, pledge);
	if (tally->op_count > 0)
		limit_all(view, tally);
}

/* From the records: after a correction, a withdrawal or a change of dates. */
void
tally_again(struct view *view, uint32_t number)
{
	struct tally_row *tally = tally_at(view, number);

	tally_reset(tally);
	for (uint32_t i = tally->first_pledge; i != NO_ROW;
	     i = pledge_at(view, i)->next)
		take(view, tally, i);
	for (uint32_t i = tally->first_move; i != NO_ROW;
	     i = move_at(view, i)->next)
		take(view, tally, move_at(view, i)->pledge);
	limit_all(view, tally);
}

void
tally_totals(const struct view *view, uint32_t number, uint32_t act,
    struct totals *totals)
{
	const struct tally_row *tally = tally_at(view, number);
	struct reading reading;

	*totals = (struct totals){0};
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		uint32_t winner = tally->winner[act == ACT_PAKTA][i];

		if (winner == NO_ROW)
			continue;
		read_until(view, winner, NEVER, &reading);
		totals->present[i] = reading.present[i];
		totals->signatures[i] = reading.signatures[i];
	}
}
