/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/rules_file.h"

#include "aggregator/yaml_value.h"
#include "model/calendar.h"
#include "model/row.h"

#include <stdlib.h>
#include <string.h>

enum {
	NUMBER_MAX = 1000000,
	WITHIN_DAYS_MAX = 3660,
	LIST_MAX = 64,
	STATE_REPORTED = 1,
	STATE_VERIFIED = 2,
};

static const uint64_t day_ms = 24 * 60 * 60 * 1000;
static const uint64_t settle_fallback_ms = 2 * 60 * 60 * 1000;
static const uint64_t settle_max_ms = 30ull * 24 * 60 * 60 * 1000;
static const uint64_t offset_max_ms = 400ull * 24 * 60 * 60 * 1000;

struct rule_text {
	char *id, *kind, *scope, *tell;
	char *campaign, *counts, *min_units, *min_percent, *settle;
	struct yaml_texts unit_kinds, at;
	char *count, *within, *min_sources;
	struct yaml_texts acts, states;
};

struct sheet {
	struct yaml_rows rules;
};

#define TEXT(member)                                         \
	{                                                    \
		.name = #member, .type = YAML_TEXT,          \
		.offset = offsetof(struct rule_text, member) \
	}
#define NEEDED(member)                                        \
	{                                                     \
		.name = #member, .type = YAML_TEXT,           \
		.offset = offsetof(struct rule_text, member), \
		.is_required = true                           \
	}
#define TEXTS(member)                                                         \
	{                                                                     \
		.name = #member, .type = YAML_TEXTS,                          \
		.offset = offsetof(struct rule_text, member), .max = LIST_MAX \
	}

static const struct yaml_field rule_fields[] = {NEEDED(id), NEEDED(kind),
    NEEDED(scope), NEEDED(tell), TEXT(campaign), TEXT(counts), TEXT(min_units),
    TEXT(min_percent), TEXT(settle), TEXTS(unit_kinds), TEXTS(at), TEXT(count),
    TEXT(within), TEXT(min_sources), TEXTS(acts), TEXTS(states), {0}};

static const struct yaml_field sheet_fields[] = {
    {.name = "rules",
	.type = YAML_ROWS,
	.offset = offsetof(struct sheet, rules),
	.is_required = true,
	.max = RULES_FILE_MAX,
	.fields = rule_fields,
	.row_size = sizeof(struct rule_text)},
    {0},
};

struct parse {
	struct yaml_file *file;
	const struct rule_text *text;
	struct rule_row *row;
};

/* ---- which keys a kind has */

static enum err
needs(const struct parse *parse, const char *at, const char *key)
{
	if (at != NULL)
		return OK;
	return yaml_file_refuse(parse->file, parse->text->kind,
	    "aturan %.24s: kunci %s belum diisi",
	    "rule %.24s: the key %s is missing", parse->text->id, key);
}

static enum err
has_no(const struct parse *parse, const char *at, const char *key)
{
	if (at == NULL)
		return OK;
	return yaml_file_refuse(parse->file, at,
	    "kunci %s bukan milik aturan %s",
	    "the key %s does not belong to %s", key, parse->text->kind);
}

static const char *
first_of(const struct yaml_texts *texts)
{
	return texts->count == 0 ? NULL : texts->at[0];
}

static enum err
check_keys_of_unsigned(const struct parse *parse)
{
	const struct rule_text *text = parse->text;
	const enum err errs[] = {needs(parse, text->campaign, "campaign"),
	    needs(parse, text->counts, "counts"),
	    needs(parse, first_of(&text->at), "at"),
	    needs(parse,
		text->min_units != NULL ? text->min_units : text->min_percent,
		"min_units atau min_percent"),
	    has_no(parse, text->count, "count"),
	    has_no(parse, text->within, "within"),
	    has_no(parse, text->min_sources, "min_sources"),
	    has_no(parse, first_of(&text->acts), "acts"),
	    has_no(parse, first_of(&text->states), "states")};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
check_keys_of_repeat(const struct parse *parse)
{
	const struct rule_text *text = parse->text;
	const enum err errs[] = {needs(parse, text->count, "count"),
	    needs(parse, text->within, "within"),
	    has_no(parse, text->campaign, "campaign"),
	    has_no(parse, text->counts, "counts"),
	    has_no(parse, text->min_units, "min_units"),
	    has_no(parse, text->min_percent, "min_percent"),
	    has_no(parse, text->settle, "settle"),
	    has_no(parse, first_of(&text->unit_kinds), "unit_kinds"),
	    has_no(parse, first_of(&text->at), "at")};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

/* ---- unsigned_units/1 */

static enum err
take_counts(const struct parse *parse, struct unsigned_units *rule)
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
take_mark(const struct parse *parse, const char *at, struct mark *mark)
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
take_marks(const struct parse *parse, struct unsigned_units *rule)
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

static enum err
take_unit_kinds(const struct parse *parse, struct unsigned_units *rule)
{
	const struct yaml_texts *texts = &parse->text->unit_kinds;

	for (uint32_t i = 0; i < texts->count; i++) {
		uint32_t kind;

		if (yaml_choice(parse->file, texts->at[i], CATALOG_UNIT_KIND,
			&kind) != OK)
			return ERR_INVALID;
		rule->unit_kinds |= 1u << kind;
	}
	return OK;
}

static enum err
take_threshold(const struct parse *parse, struct unsigned_units *rule)
{
	const struct rule_text *text = parse->text;
	enum err err = OK;

	if (text->min_units != NULL)
		err = yaml_number(parse->file, text->min_units, 1, NUMBER_MAX,
		    &rule->min_units);
	if (err == OK && text->min_percent != NULL)
		err =
		    yaml_percent(parse->file, text->min_percent, &rule->min_bp);
	return err;
}

static enum err
take_unsigned_units_values(const struct parse *parse)
{
	const struct rule_text *text = parse->text;
	struct unsigned_units *rule = &parse->row->unsigned_units;
	const enum err errs[] = {
	    yaml_code(parse->file, text->campaign, rule->campaign),
	    yaml_choice(parse->file, text->scope, CATALOG_SCOPE, &rule->scope),
	    take_unit_kinds(parse, rule), take_threshold(parse, rule),
	    take_counts(parse, rule), take_marks(parse, rule),
	    text->settle == NULL ? OK
				 : yaml_duration(parse->file, text->settle,
				       settle_max_ms, &rule->settle_ms)};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_unsigned_units(const struct parse *parse)
{
	parse->row->unsigned_units.settle_ms = settle_fallback_ms;
	if (check_keys_of_unsigned(parse) != OK)
		return ERR_INVALID;
	return take_unsigned_units_values(parse);
}

/* ---- repeat_incidents/1 */

static enum err
take_within(const struct parse *parse, struct repeat_incidents *rule)
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
take_acts(const struct parse *parse, struct repeat_incidents *rule)
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
		(void)text_copy(rule->acts[i], ACT_CODE_MAX, act->code);
		rule->act_count++;
	}
	return OK;
}

static enum err
take_states(const struct parse *parse, struct repeat_incidents *rule)
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
take_repeat_incidents_values(const struct parse *parse)
{
	const struct rule_text *text = parse->text;
	struct repeat_incidents *rule = &parse->row->repeat_incidents;
	const enum err errs[] = {
	    yaml_number(parse->file, text->count, 1, NUMBER_MAX, &rule->count),
	    take_within(parse, rule),
	    yaml_choice(parse->file, text->scope, CATALOG_SCOPE, &rule->scope),
	    text->min_sources == NULL
		? OK
		: yaml_number(parse->file, text->min_sources, 1, NUMBER_MAX,
		      &rule->min_sources),
	    take_acts(parse, rule), take_states(parse, rule)};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_repeat_incidents(const struct parse *parse)
{
	parse->row->repeat_incidents.min_sources = 1;
	if (check_keys_of_repeat(parse) != OK)
		return ERR_INVALID;
	return take_repeat_incidents_values(parse);
}

/* ---- all */

static enum err
take_kind(const struct parse *parse)
{
	switch (parse->row->kind) {
	case RULE_UNSIGNED_UNITS_1:
		return take_unsigned_units(parse);
	case RULE_REPEAT_INCIDENTS_1:
		return take_repeat_incidents(parse);
	case RULE_NONE:
		break;
	}
	return yaml_file_refuse(parse->file, parse->text->kind,
	    "jenis \"%.40s\" tidak dikenal; pilihan: %s, %s",
	    "the kind \"%.40s\" is unknown; choose of: %s, %s",
	    parse->text->kind, rule_kind_name(RULE_UNSIGNED_UNITS_1),
	    rule_kind_name(RULE_REPEAT_INCIDENTS_1));
}

static enum err
take_rule(const struct parse *parse, const struct rules_file *before)
{
	const struct rule_text *text = parse->text;
	struct rule_row *row = parse->row;
	enum err err = yaml_code(parse->file, text->id, row->id);

	for (uint32_t i = 0; i < before->count && err == OK; i++)
		if (strcmp(before->rows[i].id, row->id) == 0)
			err = yaml_file_refuse(parse->file, text->id,
			    "aturan %s sudah ada di atas",
			    "there is a rule %s already", row->id);
	row->kind = rule_kind_by_name(text->kind);
	if (yaml_choice(parse->file, text->tell, CATALOG_ROLE, &row->tell) !=
	    OK)
		err = ERR_INVALID;
	if (take_kind(parse) != OK)
		err = ERR_INVALID;
	if (err == OK && rule_row_check(row) != REJECT_NONE)
		err = yaml_file_refuse(parse->file, text->id,
		    "aturan %s tidak sah", "the rule %s is not valid", row->id);
	return err;
}

enum err
rules_file_read(
    struct rules_file *rules, struct yaml_file *file, const char *path)
{
	struct rules_file made = {0};
	const struct sheet *sheet;
	const void *document;
	enum err err =
	    yaml_file_read(file, path, sheet_fields, sizeof *sheet, &document);

	if (err != OK)
		return err;
	sheet = document;
	made.rows = xcalloc(sheet->rules.count + 1, sizeof *made.rows);
	for (uint32_t i = 0; i < sheet->rules.count; i++) {
		const struct parse parse = {.file = file,
		    .text = (const struct rule_text *)sheet->rules.at + i,
		    .row = &made.rows[i]};

		if (take_rule(&parse, &made) != OK)
			err = ERR_INVALID;
		made.count++;
	}
	if (err == OK)
		err = yaml_file_result(file);
	if (err != OK) {
		rules_file_clear(&made);
		return err;
	}
	*rules = made;
	return OK;
}

void
rules_file_clear(struct rules_file *rules)
{
	free(rules->rows);
	*rules = (struct rules_file){0};
}
