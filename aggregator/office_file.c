/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/office_file.h"

#include "sheet/yaml_value.h"
#include "model/row.h"

#include <stdlib.h>
#include <string.h>

struct term_text {
	char *id, *kind, *from, *to;
};

struct seat_text {
	char *id, *wilayah, *role, *title, *zone, *language;
	struct yaml_texts channels;
	struct yaml_rows terms;
};

struct sheet {
	struct yaml_rows offices;
};

#define TEXT(owner, member, needed)                       \
	{                                                 \
		.name = #member, .type = YAML_TEXT,       \
		.offset = offsetof(struct owner, member), \
		.is_required = (needed)                   \
	}

static const struct yaml_field term_fields[] = {TEXT(term_text, id, true),
    TEXT(term_text, kind, true), TEXT(term_text, from, true),
    TEXT(term_text, to, false), {0}};

/* One more than is allowed, so that the surplus has a place to be told. */
static const struct yaml_field seat_fields[] = {TEXT(seat_text, id, true),
    TEXT(seat_text, wilayah, true), TEXT(seat_text, role, true),
    TEXT(seat_text, title, true), TEXT(seat_text, zone, true),
    TEXT(seat_text, language, true),
    {.name = "channels",
	.type = YAML_TEXTS,
	.offset = offsetof(struct seat_text, channels),
	.is_required = true,
	.max = SEAT_CHANNELS_MAX + 1},
    {.name = "terms",
	.type = YAML_ROWS,
	.offset = offsetof(struct seat_text, terms),
	.is_required = true,
	.max = SEAT_TERMS_MAX + 1,
	.fields = term_fields,
	.row_size = sizeof(struct term_text)},
    {0}};

static const struct yaml_field sheet_fields[] = {
    {.name = "offices",
	.type = YAML_ROWS,
	.offset = offsetof(struct sheet, offices),
	.is_required = true,
	.max = OFFICE_FILE_MAX,
	.fields = seat_fields,
	.row_size = sizeof(struct seat_text)},
    {0},
};

static enum err
take_tongue(
    struct yaml_file *file, const struct seat_text *text, struct seat_row *row)
{
	if (wilayah_zone_hours(text->zone) == 0 ||
	    !text_copy(row->zone, sizeof row->zone, text->zone))
		return yaml_file_refuse(file, text->zone,
		    "\"%.40s\": tulis WIB, WITA atau WIT",
		    "\"%.40s\": write WIB, WITA or WIT", text->zone);
	if ((strcmp(text->language, "id") != 0 &&
		strcmp(text->language, "en") != 0) ||
	    !text_copy(row->language, sizeof row->language, text->language))
		return yaml_file_refuse(file, text->language,
		    "\"%.40s\": tulis id atau en", "\"%.40s\": write id or en",
		    text->language);
	return OK;
}

static enum err
take_channels(
    struct yaml_file *file, const struct seat_text *text, struct seat_row *row)
{
	for (uint32_t i = 0; i < text->channels.count; i++) {
		const char *at = text->channels.at[i];

		if (i == SEAT_CHANNELS_MAX)
			return yaml_file_refuse(file, at,
			    "paling banyak %d saluran", "at most %d channels",
			    SEAT_CHANNELS_MAX);
		if (yaml_word(file, at, row->channels[i]) != OK)
			return ERR_INVALID;
		for (uint32_t k = 0; k < i; k++)
			if (strcmp(row->channels[k], at) == 0)
				return yaml_file_refuse(file, at,
				    "saluran %s dua kali",
				    "the channel %s stands twice", at);
		row->channel_count++;
	}
	return OK;
}

static enum err
take_term(struct yaml_file *file, const struct term_text *text, int hours,
    struct term *term)
{
	const enum err errs[] = {yaml_word(file, text->id, term->id),
	    yaml_choice(file, text->kind, CATALOG_TERM_KIND, &term->kind),
	    yaml_time(file, text->from, hours, &term->from_ms),
	    text->to == NULL ? OK
			     : yaml_time(file, text->to, hours, &term->to_ms)};
	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	if (err == OK && term->to_ms != 0 && term->to_ms <= term->from_ms)
		err = yaml_file_refuse(file, text->to, "to tidak sesudah from",
		    "to is not after from");
	return err;
}

/* At any moment an office has at most one holder. */
static bool
terms_overlap(const struct term *a, const struct term *b)
{
	return (a->to_ms == 0 || b->from_ms < a->to_ms) &&
	       (b->to_ms == 0 || a->from_ms < b->to_ms);
}

static enum err
check_terms_before(struct yaml_file *file, const struct term_text *text,
    const struct seat_row *row)
{
	const struct term *term = &row->terms[row->term_count];

	for (uint32_t i = 0; i < row->term_count; i++) {
		const struct term *before = &row->terms[i];

		if (strcmp(before->id, term->id) == 0)
			return yaml_file_refuse(file, text->id,
			    "masa jabatan %s sudah ada di atas",
			    "there is a term %s already", term->id);
		if (terms_overlap(before, term))
			return yaml_file_refuse(file, text->from,
			    "masa jabatan %s bertumpang tindih dengan %s",
			    "the term %s overlaps with %s", term->id,
			    before->id);
	}
	return OK;
}

static enum err
take_terms(
    struct yaml_file *file, const struct seat_text *text, struct seat_row *row)
{
	const struct term_text *terms = text->terms.at;
	enum err err = OK;
	int hours = wilayah_zone_hours(row->zone);

	for (uint32_t i = 0; i < text->terms.count; i++) {
		if (i == SEAT_TERMS_MAX)
			return yaml_file_refuse(file, terms[i].id,
			    "paling banyak %d masa jabatan", "at most %d terms",
			    SEAT_TERMS_MAX);
		if (take_term(file, &terms[i], hours, &row->terms[i]) != OK ||
		    check_terms_before(file, &terms[i], row) != OK)
			err = ERR_INVALID;
		row->term_count++;
	}
	return err;
}

static enum err
take_seat(struct yaml_file *file, const struct seat_text *text,
    const struct office_file *before, struct seat_row *row)
{
	const enum err errs[] = {yaml_word(file, text->id, row->id),
	    yaml_wilayah(file, text->wilayah, row->wilayah),
	    yaml_choice(file, text->role, CATALOG_ROLE, &row->role),
	    yaml_name(file, text->title, row->title),
	    take_tongue(file, text, row), take_channels(file, text, row)};
	enum err err = yaml_all(errs, sizeof errs / sizeof *errs);

	for (uint32_t i = 0; i < before->count && row->id[0] != '\0'; i++)
		if (strcmp(before->rows[i].id, row->id) == 0)
			err = yaml_file_refuse(file, text->id,
			    "jabatan %s sudah ada di atas",
			    "there is an office %s already", row->id);
	/* Behind the others: its times are of the zone. */
	if (take_terms(file, text, row) != OK)
		err = ERR_INVALID;
	if (err == OK && seat_row_check(row) != REJECT_NONE)
		err = yaml_file_refuse(file, text->id, "jabatan %s tidak sah",
		    "the office %s is not valid", row->id);
	return err;
}

enum err
office_file_read(
    struct office_file *offices, struct yaml_file *file, const char *path)
{
	struct office_file made = {0};
	const struct sheet *sheet;
	const void *document;
	enum err err =
	    yaml_file_read(file, path, sheet_fields, sizeof *sheet, &document);

	if (err != OK)
		return err;
	sheet = document;
	made.rows = xcalloc(sheet->offices.count + 1, sizeof *made.rows);
	for (uint32_t i = 0; i < sheet->offices.count; i++) {
		const struct seat_text *text =
		    (const struct seat_text *)sheet->offices.at + i;

		if (take_seat(file, text, &made, &made.rows[i]) != OK)
			err = ERR_INVALID;
		made.count++;
	}
	if (err == OK)
		err = yaml_file_result(file);
	if (err != OK) {
		office_file_clear(&made);
		return err;
	}
	*offices = made;
	return OK;
}

void
office_file_clear(struct office_file *offices)
{
	free(offices->rows);
	*offices = (struct office_file){0};
}
