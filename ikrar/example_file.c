/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/example_file.h"

#include "ikrar/example_event.h"
#include "ikrar/moment.h"
#include "model/row.h"
#include "sheet/yaml_value.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROWS_MAX = 1000,
	SILENCES_MAX = 64,
	PEOPLE_FALLBACK = 10,
};

struct unit_text {
	char *code, *wilayah, *kind, *parent, *pns, *pppk, *non_asn;
};
struct campaign_text {
	char *id, *due, *grace_end, *lock;
};
struct silence_text {
	char *wilayah, *from, *to;
};
struct expect_text {
	char *rule, *object, *count, *unheard, *verified;
};
struct given_text {
	char *wilayah;
	struct yaml_rows units, campaigns, silent, events;
};
struct example_text {
	char *name, *when;
	struct given_text *given;
	struct yaml_rows expect;
};
struct sheet {
	char *rules, *calendar;
	struct yaml_rows examples;
};

#define TEXT(of, member)                              \
	{                                             \
		.name = #member, .type = YAML_TEXT,   \
		.offset = offsetof(struct of, member) \
	}
#define NEEDED(of, member)                                                 \
	{                                                                  \
		.name = #member, .type = YAML_TEXT,                        \
		.offset = offsetof(struct of, member), .is_required = true \
	}
#define ROWS(of, member, needed, most, table, row)                         \
	{                                                                  \
		.name = #member, .type = YAML_ROWS,                        \
		.offset = offsetof(struct of, member),                     \
		.is_required = (needed), .max = (most), .fields = (table), \
		.row_size = sizeof(struct row)                             \
	}

static const struct yaml_field unit_fields[] = {NEEDED(unit_text, code),
    NEEDED(unit_text, wilayah), TEXT(unit_text, kind), TEXT(unit_text, parent),
    TEXT(unit_text, pns), TEXT(unit_text, pppk), TEXT(unit_text, non_asn), {0}};
static const struct yaml_field campaign_fields[] = {NEEDED(campaign_text, id),
    NEEDED(campaign_text, due), NEEDED(campaign_text, grace_end),
    NEEDED(campaign_text, lock), {0}};
static const struct yaml_field silence_fields[] = {
    NEEDED(silence_text, wilayah), TEXT(silence_text, from),
    TEXT(silence_text, to), {0}};
static const struct yaml_field expect_fields[] = {NEEDED(expect_text, rule),
    NEEDED(expect_text, object), TEXT(expect_text, count),
    TEXT(expect_text, unheard), TEXT(expect_text, verified), {0}};
static const struct yaml_field given_fields[] = {NEEDED(given_text, wilayah),
    ROWS(given_text, units, true, ROWS_MAX, unit_fields, unit_text),
    ROWS(
	given_text, campaigns, false, ROWS_MAX, campaign_fields, campaign_text),
    ROWS(given_text, silent, false, SILENCES_MAX, silence_fields, silence_text),
    ROWS(given_text, events, false, EXAMPLE_EVENTS_MAX, example_event_fields,
	event_text),
    {0}};
static const struct yaml_field example_fields[] = {NEEDED(example_text, name),
    NEEDED(example_text, when),
    {.name = "given",
	.type = YAML_ROW,
	.offset = offsetof(struct example_text, given),
	.is_required = true,
	.fields = given_fields,
	.row_size = sizeof(struct given_text)},
    ROWS(example_text, expect, true, EXAMPLE_EXPECTS_MAX, expect_fields,
	expect_text),
    {0}};
static const struct yaml_field sheet_fields[] = {NEEDED(sheet, rules),
    TEXT(sheet, calendar),
    ROWS(sheet, examples, true, EXAMPLE_FILE_MAX, example_fields, example_text),
    {0}};

/* One example while it is read. */
struct reading {
	struct example_reader reader;
	const struct given_text *given;
};

static enum err
number_or(
    struct yaml_file *file, const char *at, uint32_t fallback, uint32_t *number)
{
	*number = fallback;
	return at == NULL ? OK : yaml_number(file, at, 0, COUNT_MAX, number);
}

static enum err
code_or_empty(struct yaml_file *file, const char *at, char to[CODE_MAX])
{
	return at == NULL ? OK : yaml_code(file, at, to);
}

static enum err
take_wilayah(struct yaml_file *file, const char *at, const char *within,
    char to[WILAYAH_MAX])
{
	if (wilayah_level(at) != WILAYAH_NONE &&
	    (within == NULL || wilayah_is_within(at, within)) &&
	    text_copy(to, WILAYAH_MAX, at))
		return OK;
	return yaml_file_refuse(file, at,
	    "\"%.40s\": tulis kode wilayah di dalam %s, dalam tanda kutip",
	    "\"%.40s\": write the code of a wilayah within %s, in quotes", at,
	    within == NULL ? "Indonesia" : within);
}

/* ---- what is given */

static enum err
take_unit(
    const struct reading *reading, const struct unit_text *text, uint32_t n)
{
	struct unit_row *row = &reading->reader.to->units[n];
	struct yaml_file *file = reading->reader.file;
	uint32_t kind = catalog_number(CATALOG_UNIT_KIND, "KELURAHAN");
	const enum err errs[] = {yaml_code(file, text->code, row->code),
	    code_or_empty(file, text->parent, row->parent),
	    take_wilayah(
		file, text->wilayah, reading->reader.to->wilayah, row->wilayah),
	    text->kind == NULL
		? OK
		: yaml_choice(file, text->kind, CATALOG_UNIT_KIND, &kind),
	    number_or(
		file, text->pns, PEOPLE_FALLBACK, &row->heads[EMPLOYMENT_PNS]),
	    number_or(file, text->pppk, 0, &row->heads[EMPLOYMENT_PPPK]),
	    number_or(file, text->non_asn, 0, &row->heads[EMPLOYMENT_NON_ASN])};

	row->kind = kind;
	(void)text_copy(row->name, sizeof row->name, row->code);
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(reading->reader.to->units[i].code, row->code) == 0)
			return yaml_file_refuse(file, text->code,
			    "unit %s sudah ada di atas",
			    "there is a unit %s already", row->code);
	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_units(struct reading *reading)
{
	const struct yaml_rows *rows = &reading->given->units;
	enum err err = OK;

	reading->reader.to->units =
	    xcalloc(rows->count + 1, sizeof *reading->reader.to->units);
	for (uint32_t i = 0; i < rows->count; i++) {
		if (take_unit(reading, (const struct unit_text *)rows->at + i,
			i) != OK)
			err = ERR_INVALID;
		reading->reader.to->unit_count++;
	}
	return err;
}

static enum err
take_campaign(const struct reading *reading, const struct campaign_text *text,
    struct campaign_row *row)
{
	struct yaml_file *file = reading->reader.file;
	int hours = reading->reader.hours;
	const enum err errs[] = {yaml_code(file, text->id, row->id),
	    yaml_time(file, text->due, hours, &row->due_ms),
	    yaml_time(file, text->grace_end, hours, &row->grace_end_ms),
	    yaml_time(file, text->lock, hours, &row->lock_ms)};
	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	(void)text_copy(row->name, sizeof row->name, row->id);
	if (err == OK && campaign_row_check(row) != REJECT_NONE)
		return yaml_file_refuse(file, text->id,
		    "kegiatan %s tidak sah: due, grace_end dan lock berurutan",
		    "the campaign %s is not valid: due, grace_end and lock in "
		    "this order",
		    row->id);
	return err;
}

static enum err
take_campaigns(struct reading *reading)
{
	const struct yaml_rows *rows = &reading->given->campaigns;
	struct example *to = reading->reader.to;
	enum err err = OK;

	to->campaigns = xcalloc(rows->count + 1, sizeof *to->campaigns);
	for (uint32_t i = 0; i < rows->count; i++)
		if (take_campaign(reading,
			(const struct campaign_text *)rows->at + i,
			&to->campaigns[to->campaign_count++]) != OK)
			err = ERR_INVALID;
	return err;
}

static enum err
take_silences(struct reading *reading)
{
	const struct yaml_rows *rows = &reading->given->silent;
	struct example *to = reading->reader.to;
	enum err err = OK;

	to->silences = xcalloc(rows->count + 1, sizeof *to->silences);
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct silence_text *text =
		    (const struct silence_text *)rows->at + i;
		struct example_silence *row =
		    &to->silences[to->silence_count++];

		row->to_ms = UINT64_MAX;
		if (take_wilayah(reading->reader.file, text->wilayah,
			to->wilayah, row->wilayah) != OK ||
		    (text->from != NULL &&
			yaml_time(reading->reader.file, text->from,
			    reading->reader.hours, &row->from_ms) != OK) ||
		    (text->to != NULL &&
			yaml_time(reading->reader.file, text->to,
			    reading->reader.hours, &row->to_ms) != OK))
			err = ERR_INVALID;
	}
	return err;
}

/* ---- events */

static enum err
take_events(struct reading *reading)
{
	const struct yaml_rows *rows = &reading->given->events;
	struct example *to = reading->reader.to;
	enum err err = OK;

	to->events = xcalloc(rows->count + 1, sizeof *to->events);
	for (uint32_t i = 0; i < rows->count; i++) {
		if (example_event_take(&reading->reader,
			(const struct event_text *)rows->at + i,
			&to->events[i]) != OK)
			err = ERR_INVALID;
		to->event_count++;
	}
	return err;
}

/* ---- what is expected */

static enum err
take_figure(struct yaml_file *file, const char *at, bool *has, uint32_t *to)
{
	*has = at != NULL;
	return at == NULL ? OK : yaml_number(file, at, 0, COUNT_MAX, to);
}

static enum err
take_expect(struct yaml_file *file, const struct expect_text *text,
    struct example_expect *row)
{
	const enum err errs[] = {yaml_code(file, text->rule, row->rule),
	    yaml_code(file, text->object, row->object),
	    take_figure(file, text->count, &row->has_count, &row->count),
	    take_figure(file, text->unheard, &row->has_unheard, &row->unheard),
	    take_figure(
		file, text->verified, &row->has_verified, &row->verified)};

	return yaml_all(errs, sizeof errs / sizeof *errs);
}

static enum err
take_expects(struct reading *reading, const struct yaml_rows *rows)
{
	struct example *to = reading->reader.to;
	enum err err = OK;

	to->expects = xcalloc(rows->count + 1, sizeof *to->expects);
	for (uint32_t i = 0; i < rows->count; i++)
		if (take_expect(reading->reader.file,
			(const struct expect_text *)rows->at + i,
			&to->expects[to->expect_count++]) != OK)
			err = ERR_INVALID;
	return err;
}

/* ---- all */

static enum err
take_example(struct reading *reading, const struct example_text *text)
{
	struct example *to = reading->reader.to;
	struct yaml_file *file = reading->reader.file;

	if (yaml_name(file, text->name, to->name) != OK ||
	    take_wilayah(file, reading->given->wilayah, NULL, to->wilayah) !=
		OK)
		return ERR_INVALID;
	reading->reader.hours = wilayah_zone_hours(moment_zone(to->wilayah));
	{
		const enum err errs[] = {take_units(reading),
		    take_campaigns(reading), take_silences(reading),
		    take_events(reading), take_expects(reading, &text->expect),
		    yaml_time(
			file, text->when, reading->reader.hours, &to->when_ms)};

		return yaml_all(errs, sizeof errs / sizeof *errs);
	}
}

enum err
example_file_read(
    struct example_file *examples, struct yaml_file *file, const char *path)
{
	struct example_file made = {0};
	const struct sheet *sheet;
	const void *document;
	enum err err =
	    yaml_file_read(file, path, sheet_fields, sizeof *sheet, &document);

	if (err != OK)
		return err;
	sheet = document;
	made.rules = xstrdup(sheet->rules);
	if (sheet->calendar != NULL)
		made.calendar = xstrdup(sheet->calendar);
	made.rows = xcalloc(sheet->examples.count + 1, sizeof *made.rows);
	for (uint32_t i = 0; i < sheet->examples.count; i++) {
		const struct example_text *text =
		    (const struct example_text *)sheet->examples.at + i;
		struct reading reading = {
		    .reader = {.file = file, .to = &made.rows[made.count++]},
		    .given = text->given};

		if (take_example(&reading, text) != OK)
			err = ERR_INVALID;
	}
	if (err == OK)
		err = yaml_file_result(file);
	if (err == OK)
		*examples = made;
	else
		example_file_clear(&made);
	return err;
}

void
example_file_clear(struct example_file *examples)
{
	for (uint32_t i = 0; i < examples->count; i++) {
		free(examples->rows[i].units);
		free(examples->rows[i].campaigns);
		free(examples->rows[i].silences);
		free(examples->rows[i].events);
		free(examples->rows[i].expects);
	}
	free(examples->rows);
	free(examples->rules);
	free(examples->calendar);
	*examples = (struct example_file){0};
}
