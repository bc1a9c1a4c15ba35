/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of units, one a row. Any order of columns, English or Indonesian
 * names. Every mistake is told by row and column, and one mistake is enough to
 * take nothing at all.
 */
#include "collector/source.h"

#include "collector/source_inner.h"

#include "collector/file.h"
#include "model/csv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum column {
	COLUMN_UNIT,
	COLUMN_COUNTS, /* present and signed of each kind */
	COLUMN_HEAD = COLUMN_COUNTS + 2 * EMPLOYMENT_KINDS,
	COLUMN_NAME, /* for people; not read */
	COLUMN_COUNT,
};

static const struct {
	const char *names[3];
} columns[COLUMN_COUNT] = {
    [COLUMN_UNIT] = {{"unit", "kode", "code"}},
    [COLUMN_COUNTS] = {{"pns_present", "pns_hadir", NULL}},
    [COLUMN_COUNTS + 1] = {{"pns_signed", "pns_ttd", NULL}},
    [COLUMN_COUNTS + 2] = {{"pppk_present", "pppk_hadir", NULL}},
    [COLUMN_COUNTS + 3] = {{"pppk_signed", "pppk_ttd", NULL}},
    [COLUMN_COUNTS + 4] = {{"non_asn_present", "non_asn_hadir", NULL}},
    [COLUMN_COUNTS + 5] = {{"non_asn_signed", "non_asn_ttd", NULL}},
    [COLUMN_HEAD] = {{"head", "kepala", NULL}},
    [COLUMN_NAME] = {{"name", "nama", NULL}},
};

struct reading {
	struct source *source;
	struct bytes rest;
	char separator;
	unsigned row; /* as a spreadsheet counts */
	struct csv_row *cells;
	unsigned width;                /* cells of the header */
	unsigned places[COLUMN_COUNT]; /* from 1; 0: not there */
	const struct pledge *common;
	struct event *events;
	unsigned *rows; /* of each event */
	unsigned count;
};

/* source->why is the sentence. */
static void
complain(struct reading *reading, unsigned column)
{
	struct source *source = reading->source;
	size_t at = source->error_count++;

	if (at >= SOURCE_ERRORS_MAX)
		return;
	source->errors[at].row = reading->row;
	source->errors[at].column = column;
	source->errors[at].why = source->why;
}

static char *
trim(char *text)
{
	size_t len;

	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

static bool
next_row(struct reading *reading)
{
	struct csv_row *cells = reading->cells;
	enum err err = csv_next(&reading->rest, reading->separator, cells);

	if (err == ERR_NOTFOUND)
		return false;
	reading->row++;
	for (unsigned i = 0; i < cells->count; i++)
		cells->cells[i] = trim(cells->cells[i]);
	if (err == OK)
		return true;
	sentence_set(&reading->source->why,
	    "baris tidak dapat dibaca: %s. Simpan ulang sebagai CSV.",
	    "the row cannot be read: %s", cells->why);
	complain(reading, 0);
	cells->count = 0;
	return true;
}

static bool
is_blank(const struct csv_row *cells)
{
	for (unsigned i = 0; i < cells->count; i++)
		if (cells->cells[i][0] != '\0')
			return false;
	return true;
}

static enum column
column_of(const char *name)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		for (unsigned k = 0; k < 3; k++)
			if (columns[i].names[k] != NULL &&
			    strcasecmp(name, columns[i].names[k]) == 0)
				return (enum column)i;
	return COLUMN_COUNT;
}

static void
read_header(struct reading *reading)
{
	struct sentence *why = &reading->source->why;
	struct csv_row *cells = reading->cells;

	reading->width = cells->count;
	for (unsigned i = 0; i < cells->count; i++) {
		enum column column = column_of(cells->cells[i]);

		if (cells->cells[i][0] == '\0')
			continue;
		if (column == COLUMN_COUNT)
			sentence_set(why,
			    "kolom \"%.40s\" tidak dikenal. Yang dikenal: "
			    "unit, "
			    "pns_present, pns_signed, pppk_present, "
			    "pppk_signed, non_asn_present, non_asn_signed, "
			    "head.",
			    "column \"%.40s\" is not known; known are unit, "
			    "pns_present, pns_signed, pppk_present, "
			    "pppk_signed, non_asn_present, non_asn_signed, "
			    "head",
			    cells->cells[i]);
		else if (reading->places[column] != 0)
			sentence_set(why,
			    "kolom \"%.40s\" ada dua kali. Hapus salah satu.",
			    "column \"%.40s\" is there twice", cells->cells[i]);
		else {
			reading->places[column] = i + 1;
			continue;
		}
		complain(reading, i + 1);
	}
	if (reading->places[COLUMN_UNIT] != 0)
		return;
	sentence_set(why,
	    "kolom unit tidak ada. Baris pertama harus berisi nama kolom.",
	    "there is no column unit; the first row holds the columns' names");
	complain(reading, 0);
}

static const char *
cell(const struct reading *reading, unsigned column)
{
	unsigned place = reading->places[column];

	if (place == 0 || place > reading->cells->count)
		return "";
	return reading->cells->cells[place - 1];
}

static void
check_width(struct reading *reading)
{
	const struct csv_row *cells = reading->cells;

	for (unsigned i = reading->width; i < cells->count; i++) {
		if (cells->cells[i][0] == '\0')
			continue;
		sentence_set(&reading->source->why,
		    "ada isi di luar kolom yang bernama. Pindahkan atau hapus.",
		    "there is something outside the named columns");
		complain(reading, i + 1);
		return;
	}
}

static void
check_first(struct reading *reading, const char *code)
{
	for (unsigned i = 0; i < reading->count; i++) {
		if (strcmp(reading->events[i].pledge.unit, code) != 0)
			continue;
		sentence_set(&reading->source->why,
		    "unit %s sudah ada di baris %u. Hapus salah satu.",
		    "unit %s stands in row %u already", code, reading->rows[i]);
		complain(reading, reading->places[COLUMN_UNIT]);
		return;
	}
}

static void
read_row(struct reading *reading)
{
	struct source *source = reading->source;
	struct event *event = &reading->events[reading->count];
	struct pledge *pledge = &event->pledge;
	size_t errors = source->error_count;
	struct unit_row row;

	event->kind = EVENT_PLEDGE_MADE;
	*pledge = *reading->common;
	check_width(reading);
	if (source_unit(
		source, cell(reading, COLUMN_UNIT), pledge->unit, &row) != OK)
		complain(reading, reading->places[COLUMN_UNIT]);
	else
		check_first(reading, pledge->unit);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		unsigned at = COLUMN_COUNTS + 2 * i;
		const char *texts[] = {
		    cell(reading, at), cell(reading, at + 1)};
		uint64_t number;

		if (source_count(source, i, texts, pledge) == OK)
			continue;
		/* The cell that is wrong, or the one that is missing. */
		if (texts[0][0] != '\0' &&
		    u64_get(&number, texts[0], 0, UINT64_MAX) == OK)
			at++;
		complain(reading, reading->places[at]);
	}
	if (source_flag(source, "head", cell(reading, COLUMN_HEAD),
		&pledge->head_signed) != OK)
		complain(reading, reading->places[COLUMN_HEAD]);
	if (source->error_count == errors &&
	    source_unit_done(source, pledge) != OK)
		complain(reading, 0);
	if (source->error_count > errors)
		return;
	reading->rows[reading->count++] = reading->row;
}

static void
read_rows(struct reading *reading)
{
	struct source *source = reading->source;

	while (next_row(reading)) {
		if (is_blank(reading->cells))
			continue;
		if (reading->count == SOURCE_UNITS_MAX) {
			sentence_set(&source->why,
			    "terlalu banyak unit: paling banyak %u sekali "
			    "catat. Bagi berkasnya.",
			    "too many units: at most %u at a time; split the "
			    "file",
			    SOURCE_UNITS_MAX);
			complain(reading, 0);
			return;
		}
		read_row(reading);
	}
}

static enum err
settle(struct reading *reading, const char *path)
{
	struct source *source = reading->source;

	if (source->error_count > 0)
		return REFUSE(source,
		    "--units: %zu kesalahan di %s; tidak ada yang disimpan. "
		    "Perbaiki berkasnya, lalu ulangi.",
		    "--units: %zu mistakes in %s; nothing was stored",
		    source->error_count, path);
	if (reading->count == 0)
		return REFUSE(source,
		    "--units: tidak ada unit di %s. Isi satu baris untuk tiap "
		    "unit di bawah nama kolom.",
		    "--units: %s names no unit", path);
	return OK;
}

enum err
source_csv(struct source *source, const char *path, const struct pledge *common,
    struct event *events, unsigned *count)
{
	struct reading reading = {
	    .source = source, .common = common, .events = events};
	struct text_buf text = {0};
	enum err err = file_read(&text, "--units", path, &source->why);

	if (err == OK) {
		reading.rest = bytes_of(text.at, text.len);
		if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
			reading.rest = bytes_of(text.at + 3, text.len - 3);
		reading.separator = csv_separator(reading.rest);
		reading.cells = xcalloc(1, sizeof *reading.cells);
		reading.rows = xcalloc(SOURCE_UNITS_MAX, sizeof *reading.rows);
		if (next_row(&reading))
			read_header(&reading);
		if (source->error_count == 0)
			read_rows(&reading);
		err = settle(&reading, path);
		*count = reading.count;
	}
	free(reading.cells);
	free(reading.rows);
	text_buf_clear(&text);
	return err;
}
