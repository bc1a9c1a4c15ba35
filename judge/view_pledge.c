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

#include <string.h>

/* The parts of a pledge that count. */
struct said {
	uint8_t *flags;
	uint32_t *present, *signatures;
};

static void
copy_counts(const struct said *to, const struct pledge *pledge)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		const struct count *count = &pledge->counts[i];

		if (!count->is_set)
			continue;
		*to->flags |= (uint8_t)(1u << i);
		to->present[i] = count->present;
		to->signatures[i] = count->signatures;
	}
	if (pledge->head_signed)
		*to->flags |= IS_HEAD_SIGNED;
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
	struct pledge_row *row;

	if (unit == NO_ROW || campaign == NO_ROW)
		return;
	tally = tally_of(view, unit, campaign);
	row = table_add(&view->tables[TABLE_PLEDGES]);
	row->seq = entry->event->seq;
	row->index = entry->index;
	row->made_at_ms = pledge->made_at_ms;
	row->node = node_find(view, entry->event->node);
	row->seen = seen_of(view, entry, row->node);
	row->unit = unit;
	row->campaign = (uint16_t)campaign;
	row->act = (uint8_t)pledge->act;
	row->first_op = NO_ROW;
	copy_counts(
	    &(struct said){&row->flags, row->present, row->signatures}, pledge);
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
	op->made_at_ms = pledge->made_at_ms;
	op->unit = unit_find(view, pledge->unit);
	op->campaign = (uint16_t)campaign_find(view, pledge->campaign);
	op->act = (uint8_t)pledge->act;
	copy_counts(
	    &(struct said){&op->flags, op->present, op->signatures}, pledge);
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
