/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Campaigns, rules, seats and the calendar, as versions of their texts take
 * effect.
 *
 * A campaign that leaves the text keeps its number and its pledges. A date
 * that changes has not fired yet: if it is past it fires with the next
 * Ticked.
 *
 * A rule that did not change keeps what it knows. A rule that changed or is
 * new begins with marks in the future only; what it had fired before serves to
 * look after alerts that are open (RULE_FOLLOWS), unless it is another kind of
 * rule now: then they end.
 */
#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

#include "model/wire.h"

enum { RULE_BYTES_MAX = 2048 };

/* ---- campaigns */

uint32_t
campaign_find(const struct view *view, const char *id)
{
	const struct table *campaigns = &view->derived.campaigns;

	for (uint32_t i = 0; i < campaigns->count; i++) {
		uint32_t number = number_at(campaigns, i);

		if (strcmp(campaign_at(view, number)->pub.row.id, id) == 0)
			return number;
	}
	return NO_ROW;
}

static int
compare_campaigns(const void *a, const void *b, void *context)
{
	const struct view *view = context;

	return strcmp(campaign_at(view, *(const uint32_t *)a)->pub.row.id,
	    campaign_at(view, *(const uint32_t *)b)->pub.row.id);
}

void
campaign_index(struct view *view)
{
	struct table *campaigns = &view->derived.campaigns;

	campaigns->count = 0;
	for (uint32_t i = 0; i < row_count(view, TABLE_CAMPAIGNS); i++)
		if (campaign_at(view, i)->is_active != 0)
			number_add(campaigns, i);
	if (campaigns->count > 0)
		qsort_r(campaigns->at, campaigns->count, sizeof(uint32_t),
		    compare_campaigns, view);
}

static uint32_t
campaign_known(const struct view *view, const char *id)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_CAMPAIGNS); i++)
		if (strcmp(campaign_at(view, i)->pub.row.id, id) == 0)
			return i;
	return NO_ROW;
}

static uint32_t
campaign_add(struct view *view)
{
	struct campaign_state *state =
	    table_add(&view->tables[TABLE_CAMPAIGNS]);

	state->pub.due_index = NEVER;
	state->pub.grace_index = NEVER;
	state->pub.lock_index = NEVER;
	state->pub.closed_index = NEVER;
	campaign_extra_add(view);
	return row_count(view, TABLE_CAMPAIGNS) - 1;
}

/* What counts as timely has changed: count again. */
static void
campaign_count_again(struct view *view, uint32_t campaign)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_TALLIES); i++)
		if (tally_at(view, i)->campaign == campaign)
			tally_again(view, i);
}

/* Returns whether marks of rules must be set anew. */
static bool
campaign_put(struct view *view, uint32_t number, const struct campaign_row *row)
{
	struct campaign_state *state = campaign_at(view, number);
	struct view_campaign *pub = &state->pub;
	bool moves;

	state->is_active = 1;
	/* Of what is closed nothing moves any more. */
	if (pub->closed_index != NEVER)
		return false;
	moves = pub->row.due_ms != row->due_ms ||
		pub->row.grace_end_ms != row->grace_end_ms;

	if (pub->row.due_ms != row->due_ms)
		pub->due_index = NEVER;
	if (pub->row.grace_end_ms != row->grace_end_ms)
		pub->grace_index = NEVER;
	if (pub->row.lock_ms != row->lock_ms)
		pub->lock_index = NEVER;
	memcpy(&pub->row, row, sizeof *row);
	if (!moves)
		return false;
	extensions_restart(view, number);
	campaign_count_again(view, number);
	return true;
}

static void
rule_reset(struct view *view, uint32_t rule)
{
	struct rule_state *state = rule_state_at(view, rule);
	const char *campaign = rule_campaign(rule_at(view, rule));

	memset(state, 0, sizeof *state);
	state->now_index = NEVER;
	state->settle_ms = NEVER;
	state->look_ms = NEVER;
	state->campaign =
	    campaign == NULL ? NO_ROW : campaign_find(view, campaign);
	rule_arm(view, rule);
}

/* Rules of campaigns that came, went or moved begin anew. */
static void
campaign_rules(struct view *view, const uint8_t *moved)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const char *id = rule_campaign(rule_at(view, i));
		uint32_t was = rule_state_at(view, i)->campaign;
		uint32_t is = id == NULL ? NO_ROW : campaign_find(view, id);

		if (was != is || (is != NO_ROW && moved[is] != 0))
			rule_reset(view, i);
	}
}

void
campaign_take(struct view *view)
{
	const struct table *staged = &view->tables[TABLE_STAGED_CAMPAIGNS];
	uint8_t moved[CAMPAIGNS_MAX] = {0};

	for (uint32_t i = 0; i < row_count(view, TABLE_CAMPAIGNS); i++)
		campaign_at(view, i)->is_active = 0;
	for (uint32_t i = 0; i < staged->count; i++) {
		const struct campaign_row *row = table_at(staged, i);
		uint32_t number = campaign_known(view, row->id);

		if (number == NO_ROW &&
		    row_count(view, TABLE_CAMPAIGNS) == CAMPAIGNS_MAX)
			continue;
		if (number == NO_ROW)
			number = campaign_add(view);
		moved[number] = campaign_put(view, number, row);
	}
	campaign_index(view);
	campaign_rules(view, moved);
	view->derived.timers_are_stale = true;
	touch_open_alerts(view, CAUSE_RULES);
}

/* ---- closing */

/* Nothing that waits for a time or a node goes on. */
static void
rule_stop(struct view *view, uint32_t rule)
{
	struct rule_state *state = rule_state_at(view, rule);

	for (uint32_t i = 0; i < RULE_MARKS_MAX; i++)
		state->mark_ms[i] = NEVER;
	state->settle_ms = NEVER;
	state->look_ms = NEVER;
	state->now_index = NEVER;
}

void
campaign_closed(struct view *view, const struct entry *entry)
{
	const char *id = entry->event->campaign_closed.campaign;
	uint32_t number = campaign_find(view, id);
	struct campaign_state *state;

	if (number == NO_ROW ||
	    campaign_at(view, number)->pub.closed_index != NEVER)
		return;
	state = campaign_at(view, number);
	view_coverage(
	    view, &(struct coverage_query){.campaign = id}, &state->frozen);
	state->pub.closed_index = entry->index;
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++)
		if (rule_state_at(view, i)->campaign == number)
			rule_stop(view, i);
	view->derived.timers_are_stale = true;
	touch_campaign_alerts(view, number, CAUSE_CAMPAIGN_CLOSED, NO_ROW);
}

/* ---- rules */

uint32_t
rule_find(const struct view *view, const char *id)
{
	uint32_t low = 0, high = row_count(view, TABLE_RULES);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(rule_at(view, middle)->id, id);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_ROW;
}

uint32_t
rule_scope(const struct rule_row *rule)
{
	switch (rule->kind) {
	case RULE_UNSIGNED_UNITS_1:
		return rule->unsigned_units.scope;
	case RULE_REPEAT_INCIDENTS_1:
		return rule->repeat_incidents.scope;
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
		return SCOPE_NODE;
	case RULE_CASE_DEADLINE_1:
		return SCOPE_CASE;
	case RULE_BURST_1:
		return SCOPE_UNIT;
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	return 0;
}

/* NULL: rules of this kind have none. */
const char *
rule_campaign(const struct rule_row *rule)
{
	return rule->kind == RULE_UNSIGNED_UNITS_1
		   ? rule->unsigned_units.campaign
		   : NULL;
}

/* Does what the old rule opened speak of the same thing under the new? */
static bool
rule_follows(const struct rule_row *old, const struct rule_row *rule)
{
	return old->kind == rule->kind && old->tell == rule->tell &&
	       rule_scope(old) == rule_scope(rule) &&
	       (rule_campaign(rule) == NULL ||
		   strcmp(rule_campaign(old), rule_campaign(rule)) == 0);
}

static void
rule_inherit(struct view *view, uint32_t rule, const struct rule_state *old)
{
	struct rule_state *state = rule_state_at(view, rule);

	if (old->now_index == NEVER)
		return;
	state->now_index = old->now_index;
	state->now_mark = old->now_mark;
	state->now_due_ms = old->now_due_ms;
	state->settle_ms = old->settle_ms;
	state->look_ms = old->look_ms;
	state->flags = old->flags | RULE_FOLLOWS;
}

static int
compare_rules(const void *a, const void *b)
{
	const struct rule_row *first = a, *second = b;

	return strcmp(first->id, second->id);
}

static bool
rules_are_equal(const struct rule_row *a, const struct rule_row *b)
{
	uint8_t first[RULE_BYTES_MAX], second[RULE_BYTES_MAX];
	size_t first_len = wire_pack_rule_row(a, first, sizeof first);
	size_t second_len = wire_pack_rule_row(b, second, sizeof second);

	return bytes_equal(
	    bytes_of(first, first_len), bytes_of(second, second_len));
}

static void
rule_put(struct view *view, uint32_t rule, const struct table *old_rules,
    const struct table *old_states)
{
	const struct rule_row *row = rule_at(view, rule), *old = NULL;
	uint32_t found = 0;

	for (; found < old_rules->count; found++) {
		old = table_at(old_rules, found);
		if (strcmp(old->id, row->id) == 0)
			break;
	}
	if (found < old_rules->count && rules_are_equal(old, row)) {
		memcpy(rule_state_at(view, rule), table_at(old_states, found),
		    sizeof(struct rule_state));
		return;
	}
	rule_reset(view, rule);
	if (found < old_rules->count && rule_follows(old, row))
		rule_inherit(view, rule, table_at(old_states, found));
	if (row->kind == RULE_REPEAT_INCIDENTS_1)
		touch_repeat_all(view, rule, view->region.last_received_ms);
}

void
rules_take(struct view *view)
{
	struct table *rules = &view->tables[TABLE_RULES];
	struct table *states = &view->tables[TABLE_RULE_STATES];
	const struct table *staged = &view->tables[TABLE_STAGED_RULES];
	struct table old_rules = *rules, old_states = *states;

	table_init(rules, sizeof(struct rule_row));
	table_init(states, sizeof(struct rule_state));
	for (uint32_t i = 0; i < staged->count; i++)
		memcpy(table_add(rules), table_at(staged, i),
		    sizeof(struct rule_row));
	if (rules->count > 0)
		qsort(rules->at, rules->count, sizeof(struct rule_row),
		    compare_rules);
	table_resize(states, rules->count);
	touch_open_alerts(view, CAUSE_RULES);
	for (uint32_t i = 0; i < rules->count; i++)
		rule_put(view, i, &old_rules, &old_states);
	groups_index(view);
	view->region.rules_ms = view->region.last_received_ms;
	view->derived.timers_are_stale = true;
	burst_index(view);
	due_index(view);
	table_clear(&old_rules);
	table_clear(&old_states);
}

/* ---- seats */

void
seats_take(struct view *view)
{
	struct table *seats = &view->tables[TABLE_SEATS];
	const struct table *staged = &view->tables[TABLE_STAGED_SEATS];

	seats->count = 0;
	for (uint32_t i = 0; i < staged->count; i++)
		memcpy(table_add(seats), table_at(staged, i),
		    sizeof(struct seat_row));
}

/* ---- what there is to see */

unsigned
view_campaign_count(const struct view *view)
{
	return view->derived.campaigns.count;
}

const struct view_campaign *
view_campaign(const struct view *view, unsigned n)
{
	return &campaign_at(view, number_at(&view->derived.campaigns, n))->pub;
}

const struct view_campaign *
view_campaign_by_id(const struct view *view, const char *id)
{
	uint32_t number = campaign_find(view, id);

	return number == NO_ROW ? NULL : &campaign_at(view, number)->pub;
}
