/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view as bytes, for the next start of the same program on the same machine:
 *
 *     "IKRARVW1" | layout | fixed values | tables: rows, bytes | SHA-256
 *
 * The layout is a number made of the sizes of all rows: what another version
 * or another machine wrote has another one and is refused. Bytes that are not
 * what a view wrote are refused too: then the log is folded again.
 */
#include "judge/case_parts.h"

#include <string.h>

#include "trust/hash.h"

/* Counted up when rows of the same size mean something else. */
enum { LAYOUT = 5 };

static const char magic[8] = {'I', 'K', 'R', 'A', 'R', 'V', 'W', '1'};

struct fixed {
	struct view_region region;
	uint64_t size, ticked_ms;
	struct stage stages[STAGE_COUNT];
};

static uint64_t
layout_of(const struct view *view)
{
	/* Also tells the order of bytes apart. */
	uint64_t layout = 0x0102030405060708 + LAYOUT;

	for (unsigned i = 0; i < TABLE_COUNT; i++)
		layout = layout * 1000003 + view->tables[i].row_size;
	return layout * 1000003 + sizeof(struct fixed);
}

void
view_save(const struct view *view, struct text_buf *out)
{
	uint64_t layout = layout_of(view);
	size_t start = out->len;
	struct fixed fixed;
	struct hash hash;

	memset(&fixed, 0, sizeof fixed);
	memcpy(&fixed.region, &view->region, sizeof fixed.region);
	fixed.size = view->size;
	fixed.ticked_ms = view->ticked_ms;
	memcpy(fixed.stages, view->stages, sizeof fixed.stages);
	text_buf_add_bytes(out, magic, sizeof magic);
	text_buf_add_bytes(out, &layout, sizeof layout);
	text_buf_add_bytes(out, &fixed, sizeof fixed);
	for (unsigned i = 0; i < TABLE_COUNT; i++) {
		const struct table *table = &view->tables[i];

		text_buf_add_bytes(out, &table->count, sizeof table->count);
		text_buf_add_bytes(
		    out, table->at, (size_t)table->count * table->row_size);
	}
	hash = hash_bytes(bytes_of(out->at + start, out->len - start));
	text_buf_add_bytes(out, hash.at, sizeof hash.at);
}

/* ---- loading */

static bool
take(struct bytes *from, void *to, size_t len)
{
	if (from->len < len)
		return false;
	memcpy(to, from->at, len);
	from->at += len;
	from->len -= len;
	return true;
}

static bool
take_table(struct bytes *from, struct table *table)
{
	uint32_t count;

	if (!take(from, &count, sizeof count) || count >= NO_ROW / 2 ||
	    (size_t)count * table->row_size > from->len)
		return false;
	if (count == 0)
		return true;
	table_resize(table, count);
	return take(from, table->at, (size_t)count * table->row_size);
}

static bool
take_all(struct view *view, struct bytes *from)
{
	char found_magic[sizeof magic];
	uint64_t layout;
	struct fixed fixed;

	if (!take(from, found_magic, sizeof found_magic) ||
	    memcmp(found_magic, magic, sizeof magic) != 0 ||
	    !take(from, &layout, sizeof layout) || layout != layout_of(view) ||
	    !take(from, &fixed, sizeof fixed))
		return false;
	memcpy(&view->region, &fixed.region, sizeof view->region);
	view->size = fixed.size;
	view->ticked_ms = fixed.ticked_ms;
	memcpy(view->stages, fixed.stages, sizeof view->stages);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		if (!take_table(from, &view->tables[i]))
			return false;
	return from->len == 0;
}

static bool
is_row(uint32_t number, uint32_t count)
{
	return number == NO_ROW || number < count;
}

static bool
pledges_are_sound(const struct view *view)
{
	uint32_t nodes = row_count(view, TABLE_NODES);
	uint32_t units = row_count(view, TABLE_UNITS);
	uint32_t campaigns = row_count(view, TABLE_CAMPAIGNS);
	uint32_t pledges = row_count(view, TABLE_PLEDGES);
	uint32_t ops = row_count(view, TABLE_OPS);

	for (uint32_t i = 0; i < pledges; i++) {
		const struct pledge_row *row = pledge_at(view, i);

		/* Chains lead back in time: so they end. */
		if (row->node >= nodes || row->unit >= units ||
		    row->campaign >= campaigns || !is_row(row->next, i) ||
		    !is_row(row->first_op, ops))
			return false;
	}
	for (uint32_t i = 0; i < ops; i++) {
		const struct op_row *row = op_at(view, i);

		if (row->node >= nodes || !is_row(row->unit, units) ||
		    row->campaign >= campaigns || row->pledge >= pledges ||
		    !is_row(row->next, i) || !is_row(row->tally_next, i))
			return false;
	}
	for (uint32_t i = 0; i < row_count(view, TABLE_MOVES); i++)
		if (move_at(view, i)->pledge >= pledges ||
		    !is_row(move_at(view, i)->next, i))
			return false;
	return true;
}

static bool
winners_are_sound(const struct tally_row *row, uint32_t pledges)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		if (!is_row(row->timely_winner[i], pledges))
			return false;
		for (unsigned act = 0; act < ACTS; act++)
			if (!is_row(row->winner[act][i], pledges))
				return false;
	}
	return true;
}

static bool
tallies_are_sound(const struct view *view)
{
	uint32_t pledges = row_count(view, TABLE_PLEDGES);

	for (uint32_t i = 0; i < row_count(view, TABLE_TALLIES); i++) {
		const struct tally_row *row = tally_at(view, i);

		if (row->unit >= row_count(view, TABLE_UNITS) ||
		    row->campaign >= row_count(view, TABLE_CAMPAIGNS) ||
		    !is_row(row->next, i) ||
		    !is_row(row->first_pledge, pledges) ||
		    !is_row(row->first_op, row_count(view, TABLE_OPS)) ||
		    !is_row(row->first_move, row_count(view, TABLE_MOVES)) ||
		    !winners_are_sound(row, pledges))
			return false;
	}
	return true;
}

static bool
alerts_are_sound(const struct view *view)
{
	uint32_t members = row_count(view, TABLE_MEMBERS);

	for (uint32_t i = 0; i < row_count(view, TABLE_ALERTS); i++) {
		const struct alert_row *row = alert_at(view, i);

		if (row->pub.unit_count > row->member_cap ||
		    row->member_cap > members ||
		    row->member_start > members - row->member_cap)
			return false;
	}
	for (uint32_t i = 0; i < members; i++)
		if (number_at(&view->tables[TABLE_MEMBERS], i) >=
		    row_count(view, TABLE_UNITS))
			return false;
	return true;
}

static bool
rules_are_sound(const struct view *view)
{
	uint32_t campaigns = row_count(view, TABLE_CAMPAIGNS);
	uint32_t rules = row_count(view, TABLE_RULES);

	if (rules != row_count(view, TABLE_RULE_STATES))
		return false;
	for (uint32_t i = 0; i < rules; i++) {
		const struct rule_row *row = rule_at(view, i);
		const struct rule_state *state = rule_state_at(view, i);

		if (!is_row(state->campaign, campaigns) ||
		    state->now_mark >= RULE_MARKS_MAX ||
		    (state->now_index != NEVER &&
			(state->campaign == NO_ROW ||
			    row->kind != RULE_UNSIGNED_UNITS_1)))
			return false;
	}
	return true;
}

static bool
exempts_are_sound(const struct view *view)
{
	uint32_t units = row_count(view, TABLE_UNITS);
	uint32_t campaigns = row_count(view, TABLE_CAMPAIGNS);

	for (uint32_t i = 0; i < row_count(view, TABLE_EXTENSIONS); i++) {
		const struct extension_row *row = extension_at(view, i);

		if (!is_row(row->unit, units) || row->campaign >= campaigns)
			return false;
	}
	for (uint32_t i = 0; i < row_count(view, TABLE_EXCUSES); i++) {
		const struct excuse_row *row = excuse_at(view, i);

		if (row->node >= row_count(view, TABLE_NODES) ||
		    row->unit >= units || row->campaign >= campaigns ||
		    !is_row(row->next, i))
			return false;
	}
	return true;
}

static void
index_all(struct view *view)
{
	node_index(view);
	roster_index(view);
	tally_index(view);
	calendar_index(view);
	incident_index(view);
	campaign_index(view);
	exempt_index(view);
	groups_index(view);
	alert_index(view);
	timers_index(view);
	burst_index(view);
	twins_look(view, CAUSE_RULES);
	due_index(view);
	view->touches.count = 0;
}

enum err
view_load(struct view *view, struct bytes saved)
{
	struct hash hash;

	CHECK(view->size == 0);
	if (saved.len < HASH_SIZE)
		return ERR_INVALID;
	saved.len -= HASH_SIZE;
	hash = hash_bytes(saved);
	if (memcmp(hash.at, saved.at + saved.len, HASH_SIZE) != 0)
		return ERR_INVALID;
	if (!take_all(view, &saved) || !pledges_are_sound(view) ||
	    !tallies_are_sound(view) || !alerts_are_sound(view) ||
	    !rules_are_sound(view) || !exempts_are_sound(view) ||
	    !incidents_are_sound(view) || !reviews_are_sound(view) ||
	    !recipients_are_sound(view))
		return ERR_INVALID;
	index_all(view);
	return OK;
}
