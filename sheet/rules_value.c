/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys of a rule mean, kind by kind. */
#include "sheet/rules_text.h"

#include "sheet/yaml_value.h"
#include "model/calendar.h"
#include "model/row.h"

#include <inttypes.h>
#include <string.h>

enum {
	NUMBER_MAX = 1000000,
	WITHIN_DAYS_MAX = 3660,
	SCOPES_OF_UNITS = 4,     /* unit .. region */
	SCOPES_OF_INCIDENTS = 6, /* those, act and subject */
	CASE_ANCHOR_MOVED = 1,
	STATE_REPORTED = 1,
	STATE_VERIFIED = 2,
};

static const uint64_t day_ms = 24 * 60 * 60 * 1000;
static const uint64_t settle_fallback_ms = 2 * 60 * 60 * 1000;
static const uint64_t settle_max_ms = 30ull * 24 * 60 * 60 * 1000;
static const uint64_t offset_max_ms = 400ull * 24 * 60 * 60 * 1000;
static const uint64_t silence_max_ms = 400ull * 24 * 60 * 60 * 1000;
static const uint64_t burst_max_ms = 30ull * 24 * 60 * 60 * 1000;
static const uint64_t clock_max_ms = 30ull * 24 * 60 * 60 * 1000;

/* ---- of several kinds */

/* A window or patience of no length means nothing. */
static enum err
take_span(const struct rule_parse *parse, const char *at, uint64_t max_ms,
    uint64_t *ms)
{
	enum err err = yaml_duration(parse->file, at, max_ms, ms);

	if (err != OK || *ms > 0)
		return err;
	return yaml_file_refuse(parse->file, at,
	    "\"%.40s\": lamanya tidak boleh nol; tulis misalnya 36h atau 3d",
	    "\"%.40s\": it must last; write such as 36h or 3d", at);
}

static enum err
take_kinds(const struct rule_parse *parse, const struct yaml_texts *texts,
    enum catalog catalog, uint32_t *mask)
{
	for (uint32_t i = 0; i < texts->count; i++) {
		uint32_t kind;

		if (yaml_choice(parse->file, texts->at[i], catalog, &kind) !=
		    OK)
			return ERR_INVALID;
		*mask |= 1u << kind;
	}
	return OK;
}

static enum err
take_acts(const struct rule_parse *parse,
    char acts[RULE_ACTS_MAX][ACT_CODE_MAX], uint32_t *count)
{
	const struct yaml_texts *texts = &parse->text->acts;

	for (uint32_t i = 0; i < texts->count; i++) {
		const struct act_row *act = act_by_code(texts->at[i]);

		if (act == NULL || i == RULE_ACTS_MAX)
			return yaml_file_refuse(parse->file, texts->at[i],
			    "\"%.40s\" bukan kode perbuatan (lihat "
			    "data/catalog/incident-act.csv), atau lebih dari "
			    "%d kode",
			    "\"%.40s\" is no code of an act, or there are more "
			    "than %d",
			    texts->at[i], RULE_ACTS_MAX);
		(void)text_copy(acts[i], ACT_CODE_MAX, act->code);
		++*count;
	}
	return OK;
}

/* ---- unsigned_units/1 */

static enum err
take_counts(const struct rule_parse *parse, struct unsigned_units *rule)
{
	const char *at = parse->text->counts;
	char word[16] = {0};
	size_t len = strcspn(at, " ");

	if (len < sizeof word)
		memcpy(word, at, len);
	rule->counts = catalog_number(CATALOG_SIGNED, word);
	if (strcmp(word, "share") == 0 && at[len] == ' ')
		return yaml_percent(parse->file, at, &rule->signed_bp);
	if (rule->counts != 0 && at[len] == '\0' && strcmp(word, "share") != 0)
		return OK;
	return yaml_file_refuse(parse->file, at,
	    "\"%.40s\": tulis read, head, atau share 80%%",
	    "\"%.40s\": write read, head, or share 80%%", at);
}

/* "due", "due-7d", "grace_end+3d" */
static bool
read_mark(const char *at, struct mark *mark)
{
	size_t len = strcspn(at, "+-");
	char anchor[16] = {0};
	uint64_t offset = 0;

	if (len >= sizeof anchor)
		return false;
	memcpy(anchor, at, len);
	mark->anchor = catalog_number(CATALOG_ANCHOR, anchor);
	if (mark->anchor == 0)
		return false;
	if (at[len] != '\0' &&
	    (calendar_duration_get(&offset, at + len + 1) != OK ||
		offset == 0 || offset > offset_max_ms))
		return false;
	mark->offset_ms = at[len] == '-' ? -(int64_t)offset : (int64_t)offset;
	return true;
}

static enum err
take_mark(const struct rule_parse *parse, const char *at, struct mark *mark)
{
	const struct unsigned_units *rule = &parse->row->unsigned_units;
	const char *tell = catalog_word(CATALOG_ROLE, parse->row->tell);

	if (!read_mark(at, mark))
		return yaml_file_refuse(parse->file, at,
		    "\"%.40s\": tulis due atau grace_end, boleh dengan selisih "
		    "seperti due-7d atau grace_end+3d",
		    "\"%.40s\": write due or grace_end, or with an offset such "
		    "as due-7d or grace_end+3d",
		    at);
	if (tell != NULL && strcmp(tell, "head") == 0 &&
	    (strncmp(at, "grace_end", 9) != 0 || mark->offset_ms < 0))
		return yaml_file_refuse(parse->file, at,
		    "\"%.40s\": kantor kepala daerah baru diberi tahu pada "
		    "grace_end atau sesudahnya; pakai tell: admin untuk "
		    "pengingat",
		    "\"%.40s\": the head's office is told at grace_end or "
		    "later; use tell: admin for reminders",
		    at);
	for (uint32_t i = 0; i < rule->mark_count; i++)
		if (rule->at[i].anchor == mark->anchor &&
		    rule->at[i].offset_ms == mark->offset_ms)
			return yaml_file_refuse(parse->file, at,
			    "\"%.40s\" dua kali", "\"%.40s\" stands twice", at);
	return OK;
}

static enum err
take_marks(const struct rule_parse *parse, struct unsigned_units *rule)
{
	const struct yaml_texts *texts = &parse->text->at;

	for (uint32_t i = 0; i < texts->count; i++) {
		struct mark mark;

		if (i == RULE_MARKS_MAX)
			return yaml_file_refuse(parse->file, texts->at[i],
			    "paling banyak %d saat", "at most %d moments",
			    RULE_MARKS_MAX);
		if (take_mark(parse, texts->at[i], &mark) != OK)
			return ERR_INVALID;
		rule->at[rule->mark_count++] = mark;
	}
	return OK;
}

/* An alert that ends where it opens would come and go with each pledge. */
static enum err
take_clearing(const struct rule_parse *parse, struct unsigned_units *rule)
{
	const char *at = parse->text->clear_units;

	if (at == NULL)
		return OK;
	if (yaml_number(parse->file, at, 1, NUMBER_MAX, &rule->clear_units) !=
	    OK)
		return ERR_INVALID;
	if (rule->min_units == 0 || rule->clear_units < rule->min_units)
		return OK;
	return yaml_file_refuse(parse->file, at,
	    "clear_units %" PRIu32
	    " harus lebih kecil daripada min_units %" PRIu32,
	    "clear_units %" PRIu32 " must be less than min_units %" PRIu32,
	    rule->clear_units, rule->min_units);
}

static enum err
take_threshold(const struct rule_parse *parse, struct unsigned_units *rule)
{
	const struct rule_text *text = parse->text;
	enum err err = OK;

	if (text->min_units != NULL)
		err = yaml_number(parse->file, text->min_units, 1, NUMBER_MAX,
		    &rule->min_units);
	if (err == OK && text->min_percent != NULL)
		err =
		    yaml_percent(parse->file, text->min_percent, &rule->min_bp);
	return err == OK ? take_clearing(parse, rule) : err;
}

static enum err
take_unsigned_units_values(const struct rule_parse *parse)
{
	const struct rule_text *text = parse->text;
	struct unsigned_units *rule = &parse->row->unsigned_units;
	const enum err errs[] = {
	    yaml_code(parse->file, text->campaign, rule->campaign),
	    yaml_choice_of(parse->file, text->scope, CATALOG_SCOPE,
		SCOPES_OF_UNITS, &rule->scope),
	    take_kinds(
		parse, &text->unit_kinds, CATALOG_UNIT_KIND, &rule->unit_kinds),
	    take_threshold(parse, rule), take_counts(parse, rule),
	    take_marks(parse, rule),
	    text->settle == NULL ? OK
				 : yaml_duration(parse->file, text->settle,
				       settle_max_ms, &rule->settle_ms)};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_unsigned_units(const struct rule_parse *parse)
{
	parse->row->unsigned_units.settle_ms = settle_fallback_ms;
	return take_unsigned_units_values(parse);
}

/* ---- repeat_incidents/1 */

static enum err
take_within(const struct rule_parse *parse, struct repeat_incidents *rule)
{
	const char *at = parse->text->within;
	uint64_t ms = 0;

	if (calendar_duration_get(&ms, at) == OK && ms > 0 &&
	    ms % day_ms == 0 && ms / day_ms <= WITHIN_DAYS_MAX) {
		rule->within_days = (uint32_t)(ms / day_ms);
		return OK;
	}
	return yaml_file_refuse(parse->file, at,
	    "\"%.40s\": tulis jendela dalam hari penuh, misalnya 30d, paling "
	    "sedikit 1d",
	    "\"%.40s\": write a window of whole days such as 30d, at least 1d",
	    at);
}

static enum err
take_states(const struct rule_parse *parse, struct repeat_incidents *rule)
{
	const struct yaml_texts *texts = &parse->text->states;

	for (uint32_t i = 0; i < texts->count; i++) {
		if (strcmp(texts->at[i], "reported") == 0)
			rule->states |= STATE_REPORTED;
		else if (strcmp(texts->at[i], "verified") == 0)
			rule->states |= STATE_VERIFIED;
		else
			return yaml_file_refuse(parse->file, texts->at[i],
			    "\"%.40s\": tulis reported atau verified",
			    "\"%.40s\": write reported or verified",
			    texts->at[i]);
	}
	if (texts->count == 0)
		rule->states = STATE_REPORTED | STATE_VERIFIED;
	return OK;
}

static enum err
take_repeat_incidents_values(const struct rule_parse *parse)
{
	const struct rule_text *text = parse->text;
	struct repeat_incidents *rule = &parse->row->repeat_incidents;
	const enum err errs[] = {
	    yaml_number(parse->file, text->count, 1, NUMBER_MAX, &rule->count),
	    take_within(parse, rule),
	    yaml_choice_of(parse->file, text->scope, CATALOG_SCOPE,
		SCOPES_OF_INCIDENTS, &rule->scope),
	    text->min_sources == NULL
		? OK
		: yaml_number(parse->file, text->min_sources, 1, NUMBER_MAX,
		      &rule->min_sources),
	    take_acts(parse, rule->acts, &rule->act_count),
	    take_states(parse, rule)};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_repeat_incidents(const struct rule_parse *parse)
{
	parse->row->repeat_incidents.min_sources = 1;
	return take_repeat_incidents_values(parse);
}

/* ---- node_silent/1 */

static enum err
take_node_silent(const struct rule_parse *parse)
{
	const struct rule_text *text = parse->text;
	struct node_silent *rule = &parse->row->node_silent;
	const enum err errs[] = {
	    text->wilayah == NULL
		? OK
		: yaml_wilayah(parse->file, text->wilayah, rule->wilayah),
	    take_kinds(
		parse, &text->node_kinds, CATALOG_NODE_KIND, &rule->node_kinds),
	    take_span(parse, text->after, silence_max_ms, &rule->after_ms),
	    text->sensitive_after == NULL
		? OK
		: take_span(parse, text->sensitive_after, silence_max_ms,
		      &rule->sensitive_after_ms)};
	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	if (err != OK || rule->sensitive_after_ms <= rule->after_ms)
		return err;
	return yaml_file_refuse(parse->file, text->sensitive_after,
	    "sensitive_after lebih lama daripada after; masa rawan harus "
	    "lebih ketat",
	    "sensitive_after is longer than after; sensitive stages must be "
	    "stricter");
}

/* ---- case_deadline/1 */

static enum err
take_case_deadline(const struct rule_parse *parse)
{
	const struct rule_text *text = parse->text;
	struct case_deadline *rule = &parse->row->case_deadline;
	const enum err errs[] = {text->step == NULL
				     ? OK
				     : yaml_choice(parse->file, text->step,
					   CATALOG_STEP, &rule->step),
	    yaml_number(
		parse->file, text->days, 1, WITHIN_DAYS_MAX, &rule->days),
	    yaml_choice(parse->file, text->clock, CATALOG_CLOCK, &rule->clock),
	    text->since == NULL ? OK
				: yaml_choice(parse->file, text->since,
				      CATALOG_CASE_ANCHOR, &rule->anchor),
	    take_acts(parse, rule->acts, &rule->act_count)};

	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	if (text->since == NULL)
		rule->anchor = CASE_ANCHOR_MOVED;
	if (err != OK || step_is_a_standing(rule->step))
		return err;
	return yaml_file_refuse(parse->file, text->step,
	    "tidak ada kasus yang berhenti pada langkah ini: keberatan dan "
	    "\"bukan laporan ganda\" hanya dicatat, kasusnya tetap di "
	    "langkahnya; sebut langkah itu",
	    "no case ever stands in this step: an objection, or \"a case of "
	    "its own\", is noted and the case stays where it stood; name that "
	    "step");
}

/* ---- burst/1, chain_broken/1 */

static enum err
take_burst(const struct rule_parse *parse)
{
	const struct rule_text *text = parse->text;
	struct burst *rule = &parse->row->burst;
	const enum err errs[] = {
	    yaml_number(parse->file, text->count, 1, NUMBER_MAX, &rule->count),
	    take_span(parse, text->within, burst_max_ms, &rule->within_ms)};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_chain_broken(const struct rule_parse *parse)
{
	struct chain_broken *rule = &parse->row->chain_broken;
	const char *at = parse->text->clock;

	return at == NULL ? OK
			  : take_span(parse, at, clock_max_ms, &rule->clock_ms);
}

/* ---- all */

enum err
rules_value_take(const struct rule_parse *parse)
{
	switch (parse->row->kind) {
	case RULE_UNSIGNED_UNITS_1:
		return take_unsigned_units(parse);
	case RULE_REPEAT_INCIDENTS_1:
		return take_repeat_incidents(parse);
	case RULE_NODE_SILENT_1:
		return take_node_silent(parse);
	case RULE_CASE_DEADLINE_1:
		return take_case_deadline(parse);
	case RULE_BURST_1:
		return take_burst(parse);
	case RULE_CHAIN_BROKEN_1:
		return take_chain_broken(parse);
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	return ERR_INVALID;
}
