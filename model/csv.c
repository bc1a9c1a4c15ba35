/* SPDX-License-Identifier: Apache-2.0 */
#include "model/csv.h"

struct cursor {
	const uint8_t *at, *end;
	struct csv_row *row;
	size_t used;
	uint8_t separator;
};

static void
refuse(struct cursor *cursor, const char *why)
{
	if (cursor->row->why == NULL)
		cursor->row->why = why;
}

/* One byte is kept back so that each cell can be terminated. */
static void
keep(struct cursor *cursor, uint8_t c)
{
	if (c == '\0')
		refuse(cursor, "ada byte NUL; simpan ulang sebagai CSV");
	else if (cursor->used + 1 >= CSV_SCRATCH_MAX)
		refuse(cursor, "baris terlalu panjang");
	else
		cursor->row->scratch[cursor->used++] = (char)c;
}

static void
close_cell(struct cursor *cursor)
{
	cursor->row->scratch[cursor->used] = '\0';
	if (cursor->used + 1 < CSV_SCRATCH_MAX)
		cursor->used++;
}

static bool
at_row_end(const struct cursor *cursor)
{
	return cursor->at == cursor->end || *cursor->at == '\n' ||
	       *cursor->at == '\r';
}

static void
take_quoted(struct cursor *cursor)
{
	for (cursor->at++; cursor->at < cursor->end; cursor->at++) {
		if (*cursor->at == '"') {
			cursor->at++;
			if (cursor->at == cursor->end || *cursor->at != '"')
				return;
		}
		if (*cursor->at == '\n')
			cursor->row->line++;
		keep(cursor, *cursor->at);
	}
	refuse(cursor, "tanda kutip tidak ditutup");
}

static void
take_cell(struct cursor *cursor)
{
	struct csv_row *row = cursor->row;

	if (row->count == CSV_CELLS_MAX)
		refuse(cursor, "terlalu banyak kolom");
	else
		row->cells[row->count++] = row->scratch + cursor->used;
	if (cursor->at < cursor->end && *cursor->at == '"') {
		take_quoted(cursor);
		if (!at_row_end(cursor) && *cursor->at != cursor->separator)
			refuse(cursor, "ada teks sesudah kutip penutup");
	}
	while (!at_row_end(cursor) && *cursor->at != cursor->separator)
		keep(cursor, *cursor->at++);
	close_cell(cursor);
}

enum err
csv_next(struct bytes *csv, char separator, struct csv_row *row)
{
	struct cursor cursor = {.at = csv->at,
	    .end = csv->at + csv->len,
	    .row = row,
	    .separator = (uint8_t)separator};

	if (csv->len == 0)
		return ERR_NOTFOUND;
	row->count = 0;
	row->line = 1;
	row->why = NULL;
	take_cell(&cursor);
	while (!at_row_end(&cursor)) {
		cursor.at++;
		take_cell(&cursor);
	}
	if (cursor.at < cursor.end && *cursor.at == '\r')
		cursor.at++;
	if (cursor.at < cursor.end && *cursor.at == '\n')
		cursor.at++;
	*csv = bytes_of(cursor.at, (size_t)(cursor.end - cursor.at));
	return row->why == NULL ? OK : ERR_INVALID;
}

char
csv_separator(struct bytes csv)
{
	static const char separators[] = {',', ';', '\t'};
	unsigned best = 0, best_count = 0;
	unsigned counts[sizeof separators] = {0};
	bool is_quoted = false;

	for (size_t i = 0; i < csv.len; i++) {
		char c = (char)csv.at[i];

		if (c == '"')
			is_quoted = !is_quoted;
		if (is_quoted)
			continue;
		if (c == '\n' || c == '\r')
			break;
		for (unsigned k = 0; k < sizeof separators; k++)
			counts[k] += c == separators[k];
	}
	for (unsigned k = 0; k < sizeof separators; k++) {
		if (counts[k] > best_count) {
			best = k;
			best_count = counts[k];
		}
	}
	return separators[best];
}
