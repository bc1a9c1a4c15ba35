/* SPDX-License-Identifier: Apache-2.0 */
#include "model/row.h"

#include <string.h>

#define DAY_MS 86400000ll

static const uint64_t time_max_ms = 4102444800000; /* 2100-01-01 */
static const int64_t offset_max_ms = 400 * DAY_MS;
static const uint64_t settle_max_ms = 30 * DAY_MS;
static const uint64_t silence_max_ms = 400 * DAY_MS;
static const uint64_t burst_max_ms = 30 * DAY_MS;
static const uint64_t clock_max_ms = 30 * DAY_MS;

enum { BP_MAX = 10000, WITHIN_DAYS_MAX = 3660, STATES_ALL = 3 };

static enum reject
must(bool is_valid)
{
	return is_valid ? REJECT_NONE : REJECT_FIELD;
}

enum reject
reject_first(const enum reject *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (words[i] != REJECT_NONE)
			return words[i];
	return REJECT_NONE;
}

bool
time_is_valid(uint64_t ms)
{
	return ms >= 1 && ms <= time_max_ms;
}

bool
day_is_valid(uint32_t day)
{
	return day >= 1 && day <= DAY_MAX;
}

bool
wilayah_is_valid(const char *code)
{
	return wilayah_level(code) != WILAYAH_NONE;
}

bool
catalog_has(enum catalog catalog, uint32_t number)
{
	return number >= 1 && number <= catalog_max(catalog);
}

enum reject
code_check(const char *code)
{
	if (!code_is_valid(code))
		return REJECT_FIELD;
	return has_digit_run(code) ? REJECT_DIGITS : REJECT_NONE;
}

enum reject
code_or_empty_check(const char *code)
{
	return code[0] == '\0' ? REJECT_NONE : code_check(code);
}

enum reject
reference_check(const char *reference)
{
	if (!reference_is_valid(reference))
		return REJECT_FIELD;
	return has_digit_run(reference) ? REJECT_DIGITS : REJECT_NONE;
}

enum reject
name_check(const char *name)
{
	if (has_digit_run(name))
		return REJECT_DIGITS;
	return must(name_is_valid(name));
}

enum reject
name_or_empty_check(const char *name)
{
	return name[0] == '\0' ? REJECT_NONE : name_check(name);
}

enum reject
unit_row_check(const struct unit_row *row)
{
	if (!catalog_has(CATALOG_UNIT_KIND, row->kind) ||
	    !wilayah_is_valid(row->wilayah) ||
	    strcmp(row->parent, row->code) == 0)
		return REJECT_FIELD;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		if (row->heads[i] > COUNT_MAX)
			return REJECT_FIELD;
	return FIRST(code_check(row->code), name_check(row->name),
	    code_or_empty_check(row->parent));
}

enum reject
campaign_row_check(const struct campaign_row *row)
{
	if (!time_is_valid(row->due_ms) || row->due_ms > row->grace_end_ms ||
	    row->grace_end_ms > row->lock_ms || !time_is_valid(row->lock_ms))
		return REJECT_FIELD;
	return FIRST(code_check(row->id), name_check(row->name));
}

enum reject
calendar_row_check(const struct calendar_row *row)
{
	const struct calendar_stage *stage = &row->stage;

	if (row->kind == CALENDAR_HOLIDAY)
		return must(day_is_valid(row->holiday.day));
	if (row->kind != CALENDAR_STAGE || !day_is_valid(stage->from_day) ||
	    !day_is_valid(stage->to_day) || stage->from_day > stage->to_day ||
	    !catalog_has(CATALOG_PHASE, stage->phase))
		return REJECT_FIELD;
	return code_check(stage->id);
}

/* ---- rules */

bool
scope_is_of_kind(uint32_t scope, enum rule_kind kind)
{
	/* First and last number of CATALOG_SCOPE. */
	static const struct {
		uint32_t from, to;
	} scopes[RULE_KINDS] = {
	    [RULE_UNSIGNED_UNITS_1] = {1, 4},   /* unit .. region */
	    [RULE_REPEAT_INCIDENTS_1] = {1, 6}, /* unit .. subject */
	    [RULE_NODE_SILENT_1] = {7, 7},      /* node */
	    [RULE_CASE_DEADLINE_1] = {8, 8},    /* case */
	    [RULE_BURST_1] = {1, 1},            /* unit */
	    [RULE_CHAIN_BROKEN_1] = {7, 7},
	};

	return kind > RULE_NONE && kind < RULE_KINDS &&
	       scope >= scopes[kind].from && scope <= scopes[kind].to;
}

/* Bit n stands for number n, so bit 0 is none. */
static bool
mask_is_of(uint32_t mask, enum catalog catalog)
{
	return (mask & ~((2u << catalog_max(catalog)) - 2)) == 0;
}

static bool
acts_are_valid(const char acts[RULE_ACTS_MAX][ACT_CODE_MAX], uint32_t count)
{
	if (count > RULE_ACTS_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (act_by_code(acts[i]) == NULL)
			return false;
	return true;
}

/* The head's office hears of unsigned units at grace_end and after only. */
static bool
mark_is_valid(const struct mark *mark, bool tells_head)
{
	const char *anchor = catalog_word(CATALOG_ANCHOR, mark->anchor);

	if (anchor == NULL || mark->offset_ms < -offset_max_ms ||
	    mark->offset_ms > offset_max_ms)
		return false;
	return !tells_head ||
	       (strcmp(anchor, "grace_end") == 0 && mark->offset_ms >= 0);
}

static bool
threshold_is_valid(const struct unsigned_units *rule)
{
	const char *counts = catalog_word(CATALOG_SIGNED, rule->counts);

	if (counts == NULL || (rule->min_units == 0 && rule->min_bp == 0) ||
	    rule->min_bp > BP_MAX || rule->clear_units > COUNT_MAX)
		return false;
	/* It would end as soon as it opens. */
	if (rule->min_units > 0 && rule->clear_units >= rule->min_units)
		return false;
	if (strcmp(counts, "share") == 0)
		return rule->signed_bp >= 1 && rule->signed_bp <= BP_MAX;
	return rule->signed_bp == 0;
}

static enum reject
check_unsigned_units(const struct unsigned_units *rule, bool tells_head)
{
	if (!scope_is_of_kind(rule->scope, RULE_UNSIGNED_UNITS_1) ||
	    !mask_is_of(rule->unit_kinds, CATALOG_UNIT_KIND) ||
	    !threshold_is_valid(rule) || rule->settle_ms > settle_max_ms ||
	    rule->mark_count < 1 || rule->mark_count > RULE_MARKS_MAX)
		return REJECT_FIELD;
	for (uint32_t i = 0; i < rule->mark_count; i++)
		if (!mark_is_valid(&rule->at[i], tells_head))
			return REJECT_FIELD;
	return code_check(rule->campaign);
}

static enum reject
check_repeat_incidents(const struct repeat_incidents *rule)
{
	return must(rule->count >= 1 && rule->count <= COUNT_MAX &&
		    rule->within_days >= 1 &&
		    rule->within_days <= WITHIN_DAYS_MAX &&
		    scope_is_of_kind(rule->scope, RULE_REPEAT_INCIDENTS_1) &&
		    rule->min_sources <= COUNT_MAX &&
		    acts_are_valid(rule->acts, rule->act_count) &&
		    rule->states >= 1 && rule->states <= STATES_ALL);
}

/* In a sensitive stage less patience, never more. */
static enum reject
check_node_silent(const struct node_silent *rule)
{
	return must(
	    (rule->wilayah[0] == '\0' || wilayah_is_valid(rule->wilayah)) &&
	    mask_is_of(rule->node_kinds, CATALOG_NODE_KIND) &&
	    rule->after_ms >= 1 && rule->after_ms <= silence_max_ms &&
	    rule->sensitive_after_ms <= rule->after_ms);
}

bool
step_is_a_standing(uint32_t step)
{
	enum { STEP_KEBERATAN = 10, STEP_BEDA = 12 }; /* of CATALOG_STEP */

	return step != STEP_KEBERATAN && step != STEP_BEDA;
}

static enum reject
check_case_deadline(const struct case_deadline *rule)
{
	return must(
	    (rule->step == 0 || catalog_has(CATALOG_STEP, rule->step)) &&
	    step_is_a_standing(rule->step) && rule->days >= 1 &&
	    rule->days <= WITHIN_DAYS_MAX &&
	    catalog_has(CATALOG_CLOCK, rule->clock) &&
	    catalog_has(CATALOG_CASE_ANCHOR, rule->anchor) &&
	    acts_are_valid(rule->acts, rule->act_count));
}

static enum reject
check_burst(const struct burst *rule)
{
	return must(rule->count >= 1 && rule->count <= COUNT_MAX &&
		    rule->within_ms >= 1 && rule->within_ms <= burst_max_ms);
}

static enum reject
check_rule_body(const struct rule_row *row, bool tells_head)
{
	switch (row->kind) {
	case RULE_UNSIGNED_UNITS_1:
		return check_unsigned_units(&row->unsigned_units, tells_head);
	case RULE_REPEAT_INCIDENTS_1:
		return check_repeat_incidents(&row->repeat_incidents);
	case RULE_NODE_SILENT_1:
		return check_node_silent(&row->node_silent);
	case RULE_CASE_DEADLINE_1:
		return check_case_deadline(&row->case_deadline);
	case RULE_BURST_1:
		return check_burst(&row->burst);
	case RULE_CHAIN_BROKEN_1:
		return must(row->chain_broken.clock_ms <= clock_max_ms);
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	return REJECT_FIELD;
}

enum reject
rule_row_check(const struct rule_row *row)
{
	const char *tell = catalog_word(CATALOG_ROLE, row->tell);

	if (tell == NULL || row->severity > catalog_max(CATALOG_SEVERITY))
		return REJECT_FIELD;
	return FIRST(code_check(row->id),
	    check_rule_body(row, strcmp(tell, "head") == 0));
}

static bool
term_is_valid(const struct term *term)
{
	return word_is_valid(term->id) &&
	       catalog_has(CATALOG_TERM_KIND, term->kind) &&
	       time_is_valid(term->from_ms) &&
	       (term->to_ms == 0 ||
		   (time_is_valid(term->to_ms) && term->from_ms < term->to_ms));
}

enum reject
seat_row_check(const struct seat_row *row)
{
	if (!word_is_valid(row->id) || !wilayah_is_valid(row->wilayah) ||
	    !catalog_has(CATALOG_ROLE, row->role) ||
	    wilayah_zone_hours(row->zone) == 0 ||
	    (strcmp(row->language, "id") != 0 &&
		strcmp(row->language, "en") != 0) ||
	    row->channel_count > SEAT_CHANNELS_MAX ||
	    row->term_count > SEAT_TERMS_MAX)
		return REJECT_FIELD;
	for (uint32_t i = 0; i < row->channel_count; i++)
		if (!word_is_valid(row->channels[i]))
			return REJECT_FIELD;
	for (uint32_t i = 0; i < row->term_count; i++)
		if (!term_is_valid(&row->terms[i]))
			return REJECT_FIELD;
	return name_check(row->title);
}

enum reject
recipient_row_check(const struct recipient_row *row)
{
	static const uint8_t zeros[32];

	if (!word_is_valid(row->id) ||
	    memcmp(row->seal_key, zeros, sizeof zeros) == 0 ||
	    memcmp(row->sign_key, zeros, sizeof zeros) == 0)
		return REJECT_FIELD;
	return has_digit_run(row->id) ? REJECT_DIGITS : REJECT_NONE;
}
