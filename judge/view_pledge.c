/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pledges and what is done to them.
 *
 * `seen` of a record is how much of the log it had certainly seen. A record
 * by somebody whom the region does not wait for (an admin; a node that was
 * revoked) had seen all that stood before it: else it could make a unit
 * timely after an office was told that it is not.
 *
 * `order` of a correction is what its writer had seen, then the writer, then
 * the writer's number: whoever knew more of the log has the last word, and
 * the order of arrival does not matter.
 */
#include "judge/view_parts.h"
#include "model/row.h"

#include <string.h>

_Static_assert(COUNT_MAX < 1 << 24, "counts have 24 bits");

static void
put_24(uint8_t at[3], uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	at[2] = (uint8_t)(value >> 16);
}

static uint32_t
get_24(const uint8_t at[3])
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
}

void
pledge_get_counts(const struct pledge_row *row, struct pledge_counts *counts)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		counts->present[i] = get_24(row->present[i]);
		counts->signatures[i] = get_24(row->signatures[i]);
	}
}

void
pledge_set_counts(struct pledge_row *row, const struct pledge_counts *counts)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		put_24(row->present[i], counts->present[i]);
		put_24(row->signatures[i], counts->signatures[i]);
	}
}

uint64_t
pledge_made_ms(const struct pledge_row *row)
{
	return (uint64_t)row->made_high_ms << 32 | row->made_low_ms;
}

void
pledge_set_made_ms(struct pledge_row *row, uint64_t ms)
{
	row->made_low_ms = (uint32_t)ms;
	row->made_high_ms = (uint16_t)(ms >> 32);
}

/* The parts of a pledge that count; the flags that tell them. */
static uint8_t
read_counts(struct pledge_counts *to, const struct pledge *pledge)
{
	uint8_t flags = pledge->head_signed ? IS_HEAD_SIGNED : 0;

	*to = (struct pledge_counts){0};
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		const struct count *count = &pledge->counts[i];

		if (!count->is_set)
			continue;
		flags |= (uint8_t)(1u << i);
		to->present[i] = count->present;
		to->signatures[i] = count->signatures;
	}
	return flags;
}

static uint64_t
seen_of(const struct view *view, const struct entry *entry, uint32_t node)
{
	const struct view_node *row = node_at(view, node);

	if (row->kind == NODE_COLLECTOR && row->state == NODE_ENROLLED)
		return row->seen_size;
	return row->seen_size > entry->index ? row->seen_size : entry->index;
}

static void
unit_changed(struct view *view, uint32_t unit, uint64_t now_ms)
{
	if (extra_at(view, unit)->listings > 0)
		news_noted(view, unit, now_ms);
}

void
pledge_made(struct view *view, const struct entry *entry)
{
	const struct pledge *pledge = &entry->event->pledge;
	uint32_t unit = unit_find(view, pledge->unit);
	uint32_t campaign = campaign_find(view, pledge->campaign);
	uint32_t number = row_count(view, TABLE_PLEDGES), tally;
	struct pledge_counts counts;
	struct pledge_row *row;

	if (unit == NO_ROW || campaign == NO_ROW || entry->index >= PLACE_MAX ||
	    entry->event->seq > PLACE_MAX)
		return;
	tally = tally_of(view, unit, campaign);
	row = table_add(&view->tables[TABLE_PLEDGES]);
	row->seq = (uint32_t)entry->event->seq;
	row->index = (uint32_t)entry->index;
	pledge_set_made_ms(row, pledge->made_at_ms);
	row->node = node_find(view, entry->event->node);
	row->seen = (uint32_t)seen_of(view, entry, row->node);
	row->unit = unit;
	row->campaign = (uint16_t)campaign;
	row->act = (uint8_t)pledge->act;
	row->first_op = NO_ROW;
	row->flags = read_counts(&counts, pledge);
	pledge_set_counts(row, &counts);
	row->next = tally_at(view, tally)->first_pledge;
	tally_at(view, tally)->first_pledge = number;
	record_add(view, row->node, number);
	tally_add(view, tally, number);
	unit_changed(view, unit, entry->received_at_ms);
}

/* ---- corrections and withdrawals */

static struct op_row *
op_add(struct view *view, const struct entry *entry, uint32_t pledge)
{
	struct op_row *op = table_add(&view->tables[TABLE_OPS]);
	struct pledge_row *target = pledge_at(view, pledge);

	op->seq = entry->event->seq;
	op->node = node_find(view, entry->event->node);
	op->order = node_at(view, op->node)->seen_size;
	op->seen = seen_of(view, entry, op->node);
	op->pledge = pledge;
	op->unit = NO_ROW;
	op->next = target->first_op;
	target->first_op = row_count(view, TABLE_OPS) - 1;
	return op;
}

static void
op_correct(struct view *view, struct op_row *op, const struct pledge *pledge)
{
	struct pledge_counts counts;

	op->made_at_ms = pledge->made_at_ms;
	op->unit = unit_find(view, pledge->unit);
	op->campaign = (uint16_t)campaign_find(view, pledge->campaign);
	op->act = (uint8_t)pledge->act;
	op->flags |= read_counts(&counts, pledge);
	memcpy(op->present, counts.present, sizeof op->present);
	memcpy(op->signatures, counts.signatures, sizeof op->signatures);
}

/* A pledge that now speaks of another unit or campaign is found there too. */
static void
move_add(struct view *view, uint32_t tally, uint32_t pledge)
{
	struct move_row *move;
	uint32_t at = tally_at(view, tally)->first_move;

	for (; at != NO_ROW; at = move_at(view, at)->next)
		if (move_at(view, at)->pledge == pledge)
			return;
	move = table_add(&view->tables[TABLE_MOVES]);
	move->pledge = pledge;
	move->next = tally_at(view, tally)->first_move;
	tally_at(view, tally)->first_move = row_count(view, TABLE_MOVES) - 1;
	tally_at(view, tally)->op_count++;
}

/* Every tally that the pledge was ever in counts again. */
static void
count_again(struct view *view, uint32_t pledge, uint64_t now_ms)
{
	const struct pledge_row *row = pledge_at(view, pledge);

	tally_again(view, tally_find(view, row->unit, row->campaign));
	unit_changed(view, row->unit, now_ms);
	for (uint32_t i = row->first_op; i != NO_ROW;
	     i = op_at(view, i)->next) {
		const struct op_row *op = op_at(view, i);

		if (op->unit == NO_ROW ||
		    (op->unit == row->unit && op->campaign == row->campaign))
			continue;
		tally_again(view, tally_find(view, op->unit, op->campaign));
		unit_changed(view, op->unit, now_ms);
	}
}

void
pledge_op(struct view *view, const struct entry *entry, uint32_t pledge)
{
	const struct event *event = entry->event;
	const struct pledge *body = &event->corrected.pledge;
	bool is_withdrawal = event->kind == EVENT_WITHDRAWN;
	struct op_row *op;
	struct tally_row *home;
	uint32_t tally;

	if (!is_withdrawal &&
	    (unit_find(view, body->unit) == NO_ROW ||
		campaign_find(view, body->campaign) == NO_ROW))
		return;
	op = op_add(view, entry, pledge);
	home = tally_at(view, tally_find(view, pledge_at(view, pledge)->unit,
				  pledge_at(view, pledge)->campaign));
	op->tally_next = home->first_op;
	home->first_op = row_count(view, TABLE_OPS) - 1;
	home->op_count++;
	pledge_at(view, pledge)->flags |=
	    is_withdrawal ? IS_WITHDRAWN : IS_CORRECTED;
	if (is_withdrawal) {
		op->flags = IS_WITHDRAWN;
	} else {
		op_correct(view, op, body);
		tally = tally_of(view, op->unit, op->campaign);
		if (tally_at(view, tally)->unit !=
			pledge_at(view, pledge)->unit ||
		    tally_at(view, tally)->campaign !=
			pledge_at(view, pledge)->campaign)
			move_add(view, tally, pledge);
	}
	count_again(view, pledge, entry->received_at_ms);
}
