/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that an admin records in parts: roster, campaigns, rules, seats, the
 * calendar. The
 * parts of version n + 1 come as 1, 2, ... of one whole, named by its hash;
 * they wait here and take effect together at the last one. Part 1 begins
 * anew, so a text that was left half sent blocks nobody.
 *
 * Rows are copied field by field over zeroes: what stands behind the end of a
 * string in somebody's memory stays there.
 */
#include "judge/view_parts.h"

#include <stdlib.h>
#include <string.h>

#include "model/wire.h"
#include "trust/hash.h"

enum { ROW_BYTES_MAX = 4096 };

/* The rows of one part, of whatever kind. */
struct rows {
	enum stage_number stage;
	const struct part *part;
	uint32_t count;
	const void *at;
};

static void
rows_of(struct rows *rows, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_ROSTER_CHANGED:
		*rows = (struct rows){STAGE_ROSTER, &event->roster.part,
		    event->roster.row_count, event->roster.rows};
		return;
	case EVENT_CAMPAIGN_CHANGED:
		*rows = (struct rows){STAGE_CAMPAIGNS, &event->campaign.part,
		    event->campaign.row_count, event->campaign.rows};
		return;
	case EVENT_CALENDAR_CHANGED:
		*rows = (struct rows){STAGE_CALENDAR, &event->calendar.part,
		    event->calendar.row_count, event->calendar.rows};
		return;
	case EVENT_RULES_CHANGED:
		*rows = (struct rows){STAGE_RULES, &event->rules.part,
		    event->rules.row_count, event->rules.rows};
		return;
	}
	CHECK(event->kind == EVENT_OFFICE_CHANGED);
	*rows = (struct rows){STAGE_OFFICE, &event->office.part,
	    event->office.row_count, event->office.rows};
}

/* ---- copies */

static void
copy_unit(struct unit_row *to, const struct unit_row *from)
{
	(void)text_copy(to->code, sizeof to->code, from->code);
	(void)text_copy(to->name, sizeof to->name, from->name);
	to->kind = from->kind;
	(void)text_copy(to->wilayah, sizeof to->wilayah, from->wilayah);
	(void)text_copy(to->parent, sizeof to->parent, from->parent);
	memcpy(to->heads, from->heads, sizeof to->heads);
}

static void
copy_campaign(struct campaign_row *to, const struct campaign_row *from)
{
	(void)text_copy(to->id, sizeof to->id, from->id);
	(void)text_copy(to->name, sizeof to->name, from->name);
	to->due_ms = from->due_ms;
	to->grace_end_ms = from->grace_end_ms;
	to->lock_ms = from->lock_ms;
}

static void
copy_unsigned(struct unsigned_units *to, const struct unsigned_units *from)
{
	(void)text_copy(to->campaign, sizeof to->campaign, from->campaign);
	to->scope = from->scope;
	to->unit_kinds = from->unit_kinds;
	to->min_units = from->min_units;
	to->min_bp = from->min_bp;
	to->counts = from->counts;
	to->signed_bp = from->signed_bp;
	to->mark_count = from->mark_count;
	for (uint32_t i = 0; i < from->mark_count; i++) {
		to->at[i].anchor = from->at[i].anchor;
		to->at[i].offset_ms = from->at[i].offset_ms;
	}
	to->settle_ms = from->settle_ms;
	to->clear_units = from->clear_units;
}

static void
copy_repeat(struct repeat_incidents *to, const struct repeat_incidents *from)
{
	to->count = from->count;
	to->within_days = from->within_days;
	to->scope = from->scope;
	to->min_sources = from->min_sources;
	to->act_count = from->act_count;
	for (uint32_t i = 0; i < from->act_count; i++)
		(void)text_copy(to->acts[i], ACT_CODE_MAX, from->acts[i]);
	to->states = from->states;
}

static void
copy_silent(struct node_silent *to, const struct node_silent *from)
{
	(void)text_copy(to->wilayah, sizeof to->wilayah, from->wilayah);
	to->node_kinds = from->node_kinds;
	to->after_ms = from->after_ms;
	to->sensitive_after_ms = from->sensitive_after_ms;
}

static void
copy_deadline(struct case_deadline *to, const struct case_deadline *from)
{
	to->step = from->step;
	to->days = from->days;
	to->clock = from->clock;
	to->anchor = from->anchor;
	to->act_count = from->act_count;
	for (uint32_t i = 0; i < from->act_count; i++)
		(void)text_copy(to->acts[i], ACT_CODE_MAX, from->acts[i]);
}

static void
copy_rule_body(struct rule_row *to, const struct rule_row *from)
{
	switch (from->kind) {
	case RULE_UNSIGNED_UNITS_1:
		copy_unsigned(&to->unsigned_units, &from->unsigned_units);
		break;
	case RULE_REPEAT_INCIDENTS_1:
		copy_repeat(&to->repeat_incidents, &from->repeat_incidents);
		break;
	case RULE_NODE_SILENT_1:
		copy_silent(&to->node_silent, &from->node_silent);
		break;
	case RULE_CASE_DEADLINE_1:
		copy_deadline(&to->case_deadline, &from->case_deadline);
		break;
	case RULE_BURST_1:
		to->burst.count = from->burst.count;
		to->burst.within_ms = from->burst.within_ms;
		break;
	case RULE_CHAIN_BROKEN_1:
		to->chain_broken.clock_ms = from->chain_broken.clock_ms;
		break;
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
}

static void
copy_rule(struct rule_row *to, const struct rule_row *from)
{
	(void)text_copy(to->id, sizeof to->id, from->id);
	to->kind = from->kind;
	to->tell = from->tell;
	to->severity = from->severity;
	copy_rule_body(to, from);
}

static void
copy_calendar(struct calendar_row *to, const struct calendar_row *from)
{
	to->kind = from->kind;
	if (from->kind == CALENDAR_HOLIDAY) {
		to->holiday.day = from->holiday.day;
		to->holiday.collective_leave = from->holiday.collective_leave;
		return;
	}
	(void)text_copy(to->stage.id, sizeof to->stage.id, from->stage.id);
	to->stage.from_day = from->stage.from_day;
	to->stage.to_day = from->stage.to_day;
	to->stage.phase = from->stage.phase;
	to->stage.sensitive = from->stage.sensitive;
}

static void
copy_seat(struct seat_row *to, const struct seat_row *from)
{
	(void)text_copy(to->id, sizeof to->id, from->id);
	(void)text_copy(to->wilayah, sizeof to->wilayah, from->wilayah);
	to->role = from->role;
	(void)text_copy(to->title, sizeof to->title, from->title);
	(void)text_copy(to->zone, sizeof to->zone, from->zone);
	(void)text_copy(to->language, sizeof to->language, from->language);
	to->channel_count = from->channel_count;
	for (uint32_t i = 0; i < from->channel_count; i++)
		(void)text_copy(to->channels[i], WORD_MAX, from->channels[i]);
	to->term_count = from->term_count;
	for (uint32_t i = 0; i < from->term_count; i++) {
		(void)text_copy(to->terms[i].id, WORD_MAX, from->terms[i].id);
		to->terms[i].kind = from->terms[i].kind;
		to->terms[i].from_ms = from->terms[i].from_ms;
		to->terms[i].to_ms = from->terms[i].to_ms;
	}
}

void
text_copy_incident(struct incident *to, const struct incident *from)
{
	memset(to, 0, sizeof *to);
	(void)text_copy(to->unit, sizeof to->unit, from->unit);
	(void)text_copy(to->act, sizeof to->act, from->act);
	to->happened_from_day = from->happened_from_day;
	to->happened_to_day = from->happened_to_day;
	to->known_day = from->known_day;
	to->reported_day = from->reported_day;
	to->source = from->source;
	to->subject = from->subject;
	to->evidence_count = from->evidence_count;
	for (uint32_t i = 0; i < from->evidence_count; i++)
		memcpy(to->evidence[i], from->evidence[i], EVENT_HASH_SIZE);
	to->is_sealed = from->is_sealed;
	to->has_subject_tag = from->has_subject_tag;
	memcpy(to->subject_tag, from->subject_tag, EVENT_HASH_SIZE);
}

static enum table_number
stage_table(enum stage_number stage)
{
	return (enum table_number)(TABLE_STAGED_UNITS + (unsigned)stage);
}

static void
copy_rows(struct view *view, const struct rows *rows)
{
	struct table *table = &view->tables[stage_table(rows->stage)];

	for (uint32_t i = 0; i < rows->count; i++) {
		void *to = table_add(table);

		switch (rows->stage) {
		case STAGE_ROSTER:
			copy_unit(to, (const struct unit_row *)rows->at + i);
			break;
		case STAGE_CAMPAIGNS:
			copy_campaign(
			    to, (const struct campaign_row *)rows->at + i);
			break;
		case STAGE_RULES:
			copy_rule(to, (const struct rule_row *)rows->at + i);
			break;
		case STAGE_CALENDAR:
			copy_calendar(
			    to, (const struct calendar_row *)rows->at + i);
			break;
		case STAGE_OFFICE:
		case STAGE_COUNT:
			copy_seat(to, (const struct seat_row *)rows->at + i);
			break;
		}
	}
}

/* ---- taking */

static uint64_t *
text_version(struct view *view, enum stage_number stage)
{
	switch (stage) {
	case STAGE_ROSTER:
		return &view->region.roster_version;
	case STAGE_CAMPAIGNS:
		return &view->region.campaign_version;
	case STAGE_RULES:
		return &view->region.rules_version;
	case STAGE_CALENDAR:
		return &view->region.calendar_version;
	case STAGE_OFFICE:
	case STAGE_COUNT:
		break;
	}
	return &view->region.office_version;
}

static void
text_takes_effect(struct view *view, enum stage_number stage)
{
	*text_version(view, stage) = view->stages[stage].version;
	switch (stage) {
	case STAGE_ROSTER:
		roster_take(view);
		break;
	case STAGE_CAMPAIGNS:
		campaign_take(view);
		break;
	case STAGE_RULES:
		rules_take(view);
		break;
	case STAGE_CALENDAR:
		calendar_take(view);
		break;
	case STAGE_OFFICE:
	case STAGE_COUNT:
		seats_take(view);
		break;
	}
	table_clear(&view->tables[stage_table(stage)]);
	memset(&view->stages[stage], 0, sizeof view->stages[stage]);
}

void
text_taken(struct view *view, const struct entry *entry)
{
	struct rows rows;
	struct stage *stage;

	rows_of(&rows, entry->event);
	stage = &view->stages[rows.stage];
	if (rows.part->part == 1) {
		table_clear(&view->tables[stage_table(rows.stage)]);
		stage->version = rows.part->version;
		stage->parts = rows.part->parts;
		stage->next_part = 1;
		memcpy(stage->sha256, rows.part->sha256, EVENT_HASH_SIZE);
	}
	if (rows.part->part != stage->next_part)
		return;
	copy_rows(view, &rows);
	stage->next_part++;
	if (rows.part->part == stage->parts)
		text_takes_effect(view, rows.stage);
}

/* ---- checking */

/* All rows of a text: those that wait, then those of the last part. */
struct whole {
	const struct view *view;
	const struct rows *last;
	uint32_t staged, count;
	size_t row_size;
};

static const void *
whole_row(const struct whole *whole, uint32_t n)
{
	const struct table *table =
	    &whole->view->tables[stage_table(whole->last->stage)];

	if (n < whole->staged)
		return table_at(table, n);
	return (const uint8_t *)whole->last->at +
	       (size_t)(n - whole->staged) * whole->row_size;
}

static size_t
pack_row(enum stage_number stage, const void *row, uint8_t *at)
{
	switch (stage) {
	case STAGE_ROSTER:
		return wire_pack_unit_row(row, at, ROW_BYTES_MAX);
	case STAGE_CAMPAIGNS:
		return wire_pack_campaign_row(row, at, ROW_BYTES_MAX);
	case STAGE_RULES:
		return wire_pack_rule_row(row, at, ROW_BYTES_MAX);
	case STAGE_CALENDAR:
		return wire_pack_calendar_row(row, at, ROW_BYTES_MAX);
	case STAGE_OFFICE:
	case STAGE_COUNT:
		break;
	}
	return wire_pack_seat_row(row, at, ROW_BYTES_MAX);
}

static bool
whole_has_hash(const struct whole *whole)
{
	struct hasher *hasher = hasher_new();
	uint8_t bytes[ROW_BYTES_MAX];
	struct hash hash;

	for (uint32_t i = 0; i < whole->count; i++) {
		size_t len =
		    pack_row(whole->last->stage, whole_row(whole, i), bytes);

		hasher_add(hasher, bytes_of(bytes, len));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	return memcmp(hash.at, whole->last->part->sha256, HASH_SIZE) == 0;
}

static int
compare_rows(const void *a, const void *b, void *context)
{
	const struct whole *whole = context;

	/* All but those of a calendar begin with their code. */
	return strcmp(whole_row(whole, *(const uint32_t *)a),
	    whole_row(whole, *(const uint32_t *)b));
}

static bool
whole_has_twins(struct whole *whole)
{
	uint32_t *numbers = xcalloc(whole->count + 1, sizeof *numbers);
	bool has_twins = false;

	for (uint32_t i = 0; i < whole->count; i++)
		numbers[i] = i;
	qsort_r(numbers, whole->count, sizeof *numbers, compare_rows, whole);
	for (uint32_t i = 1; i < whole->count; i++)
		has_twins = has_twins || compare_rows(&numbers[i - 1],
					     &numbers[i], whole) == 0;
	free(numbers);
	return has_twins;
}

/* Are two stages of one id, or holidays out of their order? */
static bool
calendar_has_twins(const struct whole *whole)
{
	uint32_t day = 0;

	for (uint32_t i = 0; i < whole->count; i++) {
		const struct calendar_row *row = whole_row(whole, i);

		if (row->kind == CALENDAR_HOLIDAY) {
			if (row->holiday.day <= day)
				return true;
			day = row->holiday.day;
			continue;
		}
		/* Few rows, and seldom: every stage against those before. */
		for (uint32_t k = 0; k < i; k++) {
			const struct calendar_row *other = whole_row(whole, k);

			if (other->kind == CALENDAR_STAGE &&
			    strcmp(other->stage.id, row->stage.id) == 0)
				return true;
		}
	}
	return false;
}

/* What the region would hold, this version and all before. */
static bool
whole_is_too_large(const struct whole *whole)
{
	static const uint32_t limits[STAGE_COUNT] = {
	    STAGE_ROWS_MAX, CAMPAIGNS_MAX, RULES_MAX, SEATS_MAX, CALENDAR_MAX};
	const struct view *view = whole->view;
	enum stage_number stage = whole->last->stage;
	uint32_t known = 0, limit = limits[stage];

	if (whole->count > limit)
		return true;
	if (stage == STAGE_ROSTER) {
		known = row_count(view, TABLE_UNITS);
		limit = UNITS_MAX;
		for (uint32_t i = 0; i < whole->count; i++)
			known += unit_find(view, whole_row(whole, i)) == NO_ROW;
	} else if (stage == STAGE_CAMPAIGNS) {
		/* Those no longer in force are kept, pledges name them. */
		known = row_count(view, TABLE_CAMPAIGNS) + whole->count;
		for (uint32_t i = 0; i < whole->count; i++)
			for (uint32_t k = 0;
			     k < row_count(view, TABLE_CAMPAIGNS); k++)
				known -=
				    strcmp(campaign_at(view, k)->pub.row.id,
					whole_row(whole, i)) == 0;
	}
	return known > limit;
}

static enum reject
check_whole(const struct view *view, const struct rows *last)
{
	const struct table *table = &view->tables[stage_table(last->stage)];
	struct whole whole = {.view = view,
	    .last = last,
	    .staged = last->part->part == 1 ? 0 : table->count,
	    .row_size = table->row_size};
	bool has_twins;

	whole.count = whole.staged + last->count;
	if (!whole_has_hash(&whole))
		return REJECT_VERSION_ORDER;
	if (whole_is_too_large(&whole))
		return REJECT_OVERSIZE;
	has_twins = last->stage == STAGE_CALENDAR ? calendar_has_twins(&whole)
						  : whole_has_twins(&whole);
	return has_twins ? REJECT_FIELD : REJECT_NONE;
}

static bool
rows_are_within(const struct rows *rows, const char *wilayah)
{
	const struct unit_row *units = rows->at;
	const struct seat_row *seats = rows->at;

	for (uint32_t i = 0; i < rows->count; i++) {
		if (rows->stage == STAGE_ROSTER &&
		    !wilayah_is_within(units[i].wilayah, wilayah))
			return false;
		/* An office may stand above the region. */
		if (rows->stage == STAGE_OFFICE &&
		    !wilayah_is_within(seats[i].wilayah, wilayah) &&
		    !wilayah_is_within(wilayah, seats[i].wilayah))
			return false;
	}
	return true;
}

static bool
part_is_next(const struct view *view, const struct rows *rows)
{
	const struct stage *stage = &view->stages[rows->stage];
	const struct part *part = rows->part;
	const uint64_t versions[STAGE_COUNT] = {view->region.roster_version,
	    view->region.campaign_version, view->region.rules_version,
	    view->region.office_version, view->region.calendar_version};

	if (part->version != versions[rows->stage] + 1)
		return false;
	return part->part == 1 ||
	       (part->part == stage->next_part && part->parts == stage->parts &&
		   memcmp(part->sha256, stage->sha256, EVENT_HASH_SIZE) == 0);
}

enum reject
text_check(const struct view *view, const struct event *event)
{
	struct rows rows;
	uint32_t staged;

	rows_of(&rows, event);
	if (!part_is_next(view, &rows))
		return REJECT_VERSION_ORDER;
	if (!rows_are_within(&rows, view->region.wilayah))
		return REJECT_PREFIX;
	staged = rows.part->part == 1
		     ? 0
		     : view->tables[stage_table(rows.stage)].count;
	if (staged + rows.count > STAGE_ROWS_MAX)
		return REJECT_OVERSIZE;
	return rows.part->part == rows.part->parts ? check_whole(view, &rows)
						   : REJECT_NONE;
}
