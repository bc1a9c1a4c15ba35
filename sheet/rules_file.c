/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/rules_file.h"

#include "sheet/rules_text.h"
#include "sheet/yaml_value.h"
#include "model/row.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 64 };

/* Kinds of rules as bits. */
#define OF(kind) (1u << RULE_##kind##_1)
enum {
	UNSIGNED = OF(UNSIGNED_UNITS),
	REPEAT = OF(REPEAT_INCIDENTS),
	SILENT = OF(NODE_SILENT),
	DEADLINE = OF(CASE_DEADLINE),
	BURST = OF(BURST),
	BROKEN = OF(CHAIN_BROKEN),
};

struct sheet {
	struct yaml_rows rules;
};

/* Keys that not all kinds have: X(name, YAML type, kinds that may have it,
 * kinds that must). */
#define KEYS(X)                                              \
	X(scope, TEXT, UNSIGNED | REPEAT, UNSIGNED | REPEAT) \
	X(campaign, TEXT, UNSIGNED, UNSIGNED)                \
	X(counts, TEXT, UNSIGNED, UNSIGNED)                  \
	X(min_units, TEXT, UNSIGNED, 0)                      \
	X(min_percent, TEXT, UNSIGNED, 0)                    \
	X(clear_units, TEXT, UNSIGNED, 0)                    \
	X(settle, TEXT, UNSIGNED, 0)                         \
	X(unit_kinds, TEXTS, UNSIGNED, 0)                    \
	X(at, TEXTS, UNSIGNED, UNSIGNED)                     \
	X(count, TEXT, REPEAT | BURST, REPEAT | BURST)       \
	X(within, TEXT, REPEAT | BURST, REPEAT | BURST)      \
	X(min_sources, TEXT, REPEAT, 0)                      \
	X(acts, TEXTS, REPEAT | DEADLINE, 0)                 \
	X(states, TEXTS, REPEAT, 0)                          \
	X(wilayah, TEXT, SILENT, 0)                          \
	X(node_kinds, TEXTS, SILENT, 0)                      \
	X(after, TEXT, SILENT, SILENT)                       \
	X(sensitive_after, TEXT, SILENT, 0)                  \
	X(step, TEXT, DEADLINE, 0)                           \
	X(days, TEXT, DEADLINE, DEADLINE)                    \
	X(clock, TEXT, DEADLINE | BROKEN, DEADLINE)          \
	X(since, TEXT, DEADLINE, 0)

#define YAML_KEY(key, kind, may, must)                 \
	{.name = #key,                                 \
	    .type = YAML_##kind,                       \
	    .offset = offsetof(struct rule_text, key), \
	    .max = LIST_MAX},
#define EVERY_KEY(key, needed)                             \
	{                                                  \
		.name = #key, .type = YAML_TEXT,           \
		.offset = offsetof(struct rule_text, key), \
		.is_required = (needed)                    \
	}

static const struct yaml_field rule_fields[] = {EVERY_KEY(id, true),
    EVERY_KEY(kind, true), EVERY_KEY(tell, true), EVERY_KEY(severity, false),
    KEYS(YAML_KEY){0}};

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

/* ---- which keys a kind has */

static const struct key {
	const char *name;
	enum yaml_type type;
	size_t offset;
	uint32_t may, must;
} keys[] = {
#define KEY(key, kind, may, must) \
	{#key, YAML_##kind, offsetof(struct rule_text, key), may, must},
    KEYS(KEY)
#undef KEY
};

/* NULL: the key is not there. */
static const char *
value_of(const struct rule_text *text, const struct key *key)
{
	const void *at = (const uint8_t *)text + key->offset;
	const struct yaml_texts *texts = at;

	if (key->type == YAML_TEXT)
		return *(char *const *)at;
	return texts->count == 0 ? NULL : texts->at[0];
}

static enum err
needs(const struct rule_parse *parse, const char *key)
{
	return yaml_file_refuse(parse->file, parse->text->kind,
	    "aturan %.24s: kunci %s belum diisi",
	    "rule %.24s: the key %s is missing", parse->text->id, key);
}

static enum err
check_keys(const struct rule_parse *parse)
{
	const struct rule_text *text = parse->text;
	uint32_t kind = 1u << parse->row->kind;
	enum err err = OK;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *at = value_of(text, &keys[i]);

		if (at == NULL && (keys[i].must & kind) != 0)
			err = needs(parse, keys[i].name);
		if (at != NULL && (keys[i].may & kind) == 0)
			err = yaml_file_refuse(parse->file, at,
			    "kunci %s bukan milik aturan %s",
			    "the key %s does not belong to %s", keys[i].name,
			    text->kind);
	}
	if (kind == UNSIGNED && text->min_units == NULL &&
	    text->min_percent == NULL)
		err = needs(parse, "min_units atau min_percent");
	return err;
}

/* ---- all */

static enum err
refuse_kind(const struct rule_parse *parse)
{
	struct text_buf names = {0};

	for (int i = RULE_NONE + 1; i < RULE_KINDS; i++)
		text_buf_add(&names, "%s%s", i == RULE_NONE + 1 ? "" : ", ",
		    rule_kind_name((enum rule_kind)i));
	(void)yaml_file_refuse(parse->file, parse->text->kind,
	    "jenis \"%.40s\" tidak dikenal; pilihan: %s",
	    "the kind \"%.40s\" is unknown; choose of: %s", parse->text->kind,
	    names.at);
	text_buf_clear(&names);
	return ERR_INVALID;
}

static enum err
take_body(const struct rule_parse *parse)
{
	if (parse->row->kind == RULE_NONE)
		return refuse_kind(parse);
	if (check_keys(parse) != OK)
		return ERR_INVALID;
	return rules_value_take(parse);
}

static enum err
take_rule(const struct rule_parse *parse, const struct rules_file *before)
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
	if (text->severity != NULL &&
	    yaml_choice(parse->file, text->severity, CATALOG_SEVERITY,
		&row->severity) != OK)
		err = ERR_INVALID;
	if (take_body(parse) != OK)
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
		const struct rule_parse parse = {.file = file,
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
