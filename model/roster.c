/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is read in four steps: its bytes become UTF-8; each row becomes a
 * draft or an error; drafts are sorted by code, which shows codes given twice;
 * then each draft's way up to a root is walked once, which shows parents that
 * are missing, left out, or go in a circle. What is left becomes the roster.
 */
#include "model/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/row.h"

enum column {
	COLUMN_CODE,
	COLUMN_NAME,
	COLUMN_KIND,
	COLUMN_WILAYAH,
	COLUMN_PARENT,
	COLUMN_PNS,
	COLUMN_PPPK,
	COLUMN_NON_ASN,
	COLUMN_COUNT,
	COLUMN_NEEDED = COLUMN_PARENT,
};

static const struct {
	enum column column;
	const char *name;
} column_names[] = {
    {COLUMN_CODE, "kode"},
    {COLUMN_CODE, "code"},
    {COLUMN_NAME, "nama"},
    {COLUMN_NAME, "name"},
    {COLUMN_KIND, "jenis"},
    {COLUMN_KIND, "kind"},
    {COLUMN_WILAYAH, "wilayah"},
    {COLUMN_PARENT, "induk"},
    {COLUMN_PARENT, "parent"},
    {COLUMN_PNS, "pns"},
    {COLUMN_PPPK, "pppk"},
    {COLUMN_NON_ASN, "non_asn"},
};

/* How far a draft's way up is known. */
enum walk { WALK_NONE, WALK_ON_PATH, WALK_GOOD, WALK_BAD };

struct draft {
	struct unit_row unit;
	unsigned row;
	enum walk walk;
	size_t below; /* on the path: who came from below */
};

struct reading {
	struct roster *roster;
	const char *wilayah;
	unsigned columns[COLUMN_COUNT]; /* from 1; 0: not in the file */
	unsigned row;
	struct draft *drafts;
	size_t count, cap;
};

/* The English of each complaint, of model/csv too. */
static const struct {
	const char *id, *en;
} texts[] = {
    {"kolom ini dua kali", "this column stands twice"},
    {"kolom tidak ada di baris judul", "the header lacks this column"},
    {"ada deret angka mirip NIP atau NIK; hapus",
	"a run of digits looks like an NIP or NIK: remove it"},
    {"tulis jumlah pegawai 0 sampai 1000000, angka saja",
	"write a head count from 0 to 1000000, digits only"},
    {"bukan kode wilayah; contoh 73.71.01",
	"no code of a wilayah, such as 73.71.01"},
    {"di luar wilayah ini", "outside this region"},
    {"kode: huruf besar, angka, titik atau strip, 1 sampai 24",
	"code: 1 to 24 capitals, digits, dots or dashes"},
    {"nama: 1 sampai 96 byte yang dapat dicetak",
	"name: 1 to 96 printable bytes"},
    {"jenis unit tidak dikenal; lihat data/catalog/unit-kind.csv",
	"unknown kind of unit; see data/catalog/unit-kind.csv"},
    {"kode induk: kosong, atau kode unit di berkas ini",
	"parent: empty, or the code of a unit in this file"},
    {"terlalu banyak baris", "too many rows"},
    {"kode sudah dipakai baris lain", "another row has this code"},
    {"induk tidak ada di berkas ini", "the parent is not in this file"},
    {"induk berputar kembali ke sini", "the parents lead back to this unit"},
    {"baris induk belum benar", "the parent's row is not right yet"},
    {"berkas kosong", "the file is empty"},
    {"ada byte NUL; simpan ulang sebagai CSV",
	"a NUL byte: save it as CSV again"},
    {"baris terlalu panjang", "the row is too long"},
    {"tanda kutip tidak ditutup", "a quote is not closed"},
    {"terlalu banyak kolom", "too many columns"},
    {"ada teks sesudah kutip penutup", "text stands behind a closing quote"},
};

static const char *
english_of(const char *why)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].id, why) == 0)
			return texts[i].en;
	return "";
}

static void
complain(struct roster *roster, unsigned row, unsigned column, const char *why,
    const char *what)
{
	struct roster_error *error;

	if (roster->error_count++ >= ROSTER_ERRORS_MAX)
		return;
	error = &roster->errors[roster->error_count - 1];
	error->row = row;
	error->column = column;
	/* A cell can be long: what does not fit is of no use to anyone. */
	snprintf(error->why, sizeof error->why, "%s%s%.40s", why,
	    what[0] == '\0' ? "" : ": ", what);
	(void)text_copy(error->en, sizeof error->en, english_of(why));
}

/* ---- bytes to UTF-8 */

static bool
is_utf8(struct bytes csv)
{
	unsigned more = 0;

	for (size_t i = 0; i < csv.len; i++) {
		uint8_t c = csv.at[i];

		if (more > 0) {
			if ((c & 0xc0) != 0x80)
				return false;
			more--;
		} else if (c >= 0x80) {
			if (c < 0xc2 || c > 0xf4)
				return false;
			more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
		}
	}
	return more == 0;
}

/* 0x80 to 0x9f of windows-1252; the five holes become the controls of those
 * numbers, which no name may hold. The rest is Latin-1. */
static const uint16_t windows_1252[] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e,
    0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,
    0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178};

static struct bytes
utf8_of_1252(struct bytes csv, uint8_t *space)
{
	size_t len = 0;

	for (size_t i = 0; i < csv.len; i++) {
		uint32_t point = csv.at[i];

		if (point >= 0x80 && point < 0xa0)
			point = windows_1252[point - 0x80];
		if (point < 0x80) {
			space[len++] = (uint8_t)point;
		} else if (point < 0x800) {
			space[len++] = (uint8_t)(0xc0 | point >> 6);
			space[len++] = (uint8_t)(0x80 | (point & 0x3f));
		} else {
			space[len++] = (uint8_t)(0xe0 | point >> 12);
			space[len++] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
			space[len++] = (uint8_t)(0x80 | (point & 0x3f));
		}
	}
	return bytes_of(space, len);
}

/* ---- rows to drafts */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* White space at the ends goes, within it becomes one space. */
static void
squeeze(char *cell)
{
	char *to = cell;

	for (const char *from = cell; *from != '\0'; from++) {
		if (!is_space(*from))
			*to++ = *from;
		else if (to > cell && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > cell && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Words of the header and of kinds, however they are typed. */
static void
fold(char *cell, char first, char other)
{
	for (; *cell != '\0'; cell++) {
		if (*cell == ' ' || *cell == '-')
			*cell = '_';
		else if (*cell >= first && *cell <= first + 25)
			*cell = (char)(*cell - first + other);
	}
}

static bool
is_blank(const struct csv_row *cells)
{
	for (unsigned i = 0; i < cells->count; i++)
		if (cells->cells[i][0] != '\0')
			return false;
	return true;
}

static bool
read_header(struct reading *reading, const struct csv_row *cells)
{
	struct roster *roster = reading->roster;

	for (unsigned i = 0; i < cells->count; i++) {
		fold(cells->cells[i], 'A', 'a');
		for (unsigned k = 0;
		     k < sizeof column_names / sizeof column_names[0]; k++) {
			enum column column = column_names[k].column;

			if (strcmp(cells->cells[i], column_names[k].name) != 0)
				continue;
			if (reading->columns[column] != 0)
				complain(reading->roster, reading->row, i + 1,
				    "kolom ini dua kali", cells->cells[i]);
			reading->columns[column] = i + 1;
		}
	}
	for (unsigned k = 0; k < sizeof column_names / sizeof column_names[0];
	     k++) {
		enum column column = column_names[k].column;

		if (column < COLUMN_NEEDED && reading->columns[column] == 0 &&
		    (k == 0 || column_names[k - 1].column != column))
			complain(roster, reading->row, 0,
			    "kolom tidak ada di baris judul",
			    column_names[k].name);
	}
	return roster->error_count == 0;
}

static const char *
cell_of(const struct reading *reading, const struct csv_row *cells,
    enum column column)
{
	unsigned at = reading->columns[column];

	return at == 0 || at > cells->count ? "" : cells->cells[at - 1];
}

static void
complain_of(struct reading *reading, enum column column, const char *why,
    const char *what)
{
	complain(
	    reading->roster, reading->row, reading->columns[column], why, what);
}

/* False, and an error, unless `word` is REJECT_NONE. */
static bool
passes(struct reading *reading, enum column column, enum reject word,
    const char *why, const char *what)
{
	if (word == REJECT_DIGITS)
		complain_of(reading, column,
		    "ada deret angka mirip NIP atau NIK; hapus", "");
	else if (word != REJECT_NONE)
		complain_of(reading, column, why, what);
	return word == REJECT_NONE;
}

static bool
read_heads(
    struct reading *reading, const struct csv_row *cells, struct unit_row *unit)
{
	bool is_good = true;

	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		enum column column = (enum column)(COLUMN_PNS + i);
		const char *cell = cell_of(reading, cells, column);
		uint64_t count = 0;

		if (cell[0] != '\0' &&
		    u64_get(&count, cell, 0, COUNT_MAX) != OK) {
			complain_of(reading, column,
			    "tulis jumlah pegawai 0 sampai 1000000, angka saja",
			    cell);
			is_good = false;
		}
		unit->heads[i] = (uint32_t)count;
	}
	return is_good;
}

static bool
read_place(
    struct reading *reading, const struct csv_row *cells, struct unit_row *unit)
{
	const char *wilayah = cell_of(reading, cells, COLUMN_WILAYAH);
	const char *why = NULL;

	if (!wilayah_is_valid(wilayah))
		why = "bukan kode wilayah; contoh 73.71.01";
	else if (!wilayah_is_within(wilayah, reading->wilayah))
		why = "di luar wilayah ini";
	if (why != NULL) {
		complain_of(reading, COLUMN_WILAYAH, why, wilayah);
		return false;
	}
	return text_copy(unit->wilayah, sizeof unit->wilayah, wilayah);
}

/* All that is wrong in a row is told at once. */
static bool
read_unit(
    struct reading *reading, const struct csv_row *cells, struct unit_row *unit)
{
	const char *code = cell_of(reading, cells, COLUMN_CODE);
	const char *name = cell_of(reading, cells, COLUMN_NAME);
	const char *parent = cell_of(reading, cells, COLUMN_PARENT);
	char kind[CSV_SCRATCH_MAX];
	bool is_good;

	(void)text_copy(
	    kind, sizeof kind, cell_of(reading, cells, COLUMN_KIND));
	fold(kind, 'a', 'A');
	unit->kind = catalog_number(CATALOG_UNIT_KIND, kind);
	is_good = passes(reading, COLUMN_CODE, code_check(code),
	    "kode: huruf besar, angka, titik atau strip, 1 sampai 24", code);
	is_good &= passes(reading, COLUMN_NAME, name_check(name),
	    "nama: 1 sampai 96 byte yang dapat dicetak", name);
	is_good &= passes(reading, COLUMN_KIND,
	    unit->kind == 0 ? REJECT_FIELD : REJECT_NONE,
	    "jenis unit tidak dikenal; lihat data/catalog/unit-kind.csv", kind);
	is_good &= passes(reading, COLUMN_PARENT, code_or_empty_check(parent),
	    "kode induk: kosong, atau kode unit di berkas ini", parent);
	is_good &= read_place(reading, cells, unit);
	is_good &= read_heads(reading, cells, unit);
	return is_good && text_copy(unit->code, sizeof unit->code, code) &&
	       text_copy(unit->name, sizeof unit->name, name) &&
	       text_copy(unit->parent, sizeof unit->parent, parent);
}

static void
add_draft(struct reading *reading, const struct csv_row *cells)
{
	struct draft *draft;

	if (reading->count == reading->cap) {
		reading->cap = reading->cap == 0 ? 256 : 2 * reading->cap;
		reading->drafts = xrealloc(
		    reading->drafts, reading->cap, sizeof *reading->drafts);
	}
	draft = &reading->drafts[reading->count];
	*draft = (struct draft){.row = reading->row};
	if (read_unit(reading, cells, &draft->unit))
		reading->count++;
}

static void
read_rows(struct reading *reading, struct bytes csv)
{
	struct csv_row *cells = xcalloc(1, sizeof *cells);
	char separator = csv_separator(csv);
	bool has_header = false;
	enum err err;

	while ((err = csv_next(&csv, separator, cells)) != ERR_NOTFOUND) {
		reading->row++;
		for (unsigned i = 0; i < cells->count; i++)
			squeeze(cells->cells[i]);
		if (err != OK)
			complain(
			    reading->roster, reading->row, 0, cells->why, "");
		if (!has_header) {
			if (err != OK || !read_header(reading, cells))
				break;
			has_header = true;
		} else if (err != OK) {
			continue;
		} else if (reading->count == ROSTER_ROWS_MAX) {
			complain(reading->roster, reading->row, 0,
			    "terlalu banyak baris", "");
			break;
		} else if (!is_blank(cells)) {
			add_draft(reading, cells);
		}
	}
	free(cells);
}

/* ---- drafts to a tree */

static int
by_code(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;
	int order = strcmp(x->unit.code, y->unit.code);

	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

/* Of two with one code the first in the file stays. */
static void
drop_doubles(struct reading *reading)
{
	size_t kept = 0;

	if (reading->count > 0)
		qsort(reading->drafts, reading->count, sizeof *reading->drafts,
		    by_code);
	for (size_t i = 0; i < reading->count; i++) {
		struct draft *draft = &reading->drafts[i];

		if (kept > 0 && strcmp(reading->drafts[kept - 1].unit.code,
				    draft->unit.code) == 0) {
			reading->row = draft->row;
			complain_of(reading, COLUMN_CODE,
			    "kode sudah dipakai baris lain", draft->unit.code);
		} else {
			reading->drafts[kept++] = *draft;
		}
	}
	reading->count = kept;
}

static struct draft *
find_draft(const struct reading *reading, const char *code)
{
	size_t from = 0, to = reading->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(code, reading->drafts[middle].unit.code);

		if (order == 0)
			return &reading->drafts[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

static void
spoil(struct reading *reading, struct draft *draft, const char *why)
{
	draft->walk = WALK_BAD;
	reading->row = draft->row;
	complain_of(reading, COLUMN_PARENT, why, draft->unit.parent);
}

static struct draft *
below_of(struct reading *reading, const struct draft *draft)
{
	return draft->below == 0 ? NULL : &reading->drafts[draft->below - 1];
}

/* Up from `*path` to a root, or to what is settled or on this path already;
 * that is returned, NULL if there is none. `*path` becomes the highest draft
 * that was walked. */
static struct draft *
walk_up(struct reading *reading, struct draft **path)
{
	struct draft *below = NULL, *above = *path;

	while (above != NULL && above->walk == WALK_NONE) {
		above->walk = WALK_ON_PATH;
		above->below =
		    below == NULL ? 0 : (size_t)(below - reading->drafts) + 1;
		below = above;
		above = find_draft(reading, below->unit.parent);
	}
	*path = below;
	return above;
}

static void
settle(struct reading *reading, struct draft *draft)
{
	struct draft *above = walk_up(reading, &draft);
	bool is_good = above == NULL || above->walk == WALK_GOOD;

	if (draft == NULL)
		return;
	if (above == NULL && draft->unit.parent[0] != '\0') {
		spoil(reading, draft, "induk tidak ada di berkas ini");
		draft = below_of(reading, draft);
		is_good = false;
	}
	while (above != NULL && above->walk == WALK_ON_PATH) {
		spoil(reading, draft, "induk berputar kembali ke sini");
		draft = below_of(reading, draft);
	}
	for (; draft != NULL; draft = below_of(reading, draft)) {
		if (is_good)
			draft->walk = WALK_GOOD;
		else
			spoil(reading, draft, "baris induk belum benar");
	}
}

/* ---- all */

static int
by_place(const void *a, const void *b)
{
	const struct roster_error *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

static void
finish(struct reading *reading)
{
	struct roster *roster = reading->roster;
	size_t shown = roster->error_count < ROSTER_ERRORS_MAX
			   ? roster->error_count
			   : ROSTER_ERRORS_MAX;

	roster->rows = xcalloc(reading->count, sizeof *roster->rows);
	for (size_t i = 0; i < reading->count; i++)
		if (reading->drafts[i].walk == WALK_GOOD)
			roster->rows[roster->row_count++] =
			    reading->drafts[i].unit;
	qsort(roster->errors, shown, sizeof roster->errors[0], by_place);
}

void
roster_read(struct roster *roster, struct bytes csv, const char *wilayah)
{
	struct reading reading = {.roster = roster, .wilayah = wilayah};
	uint8_t *space = NULL;

	*roster = (struct roster){0};
	if (csv.len >= 3 && memcmp(csv.at, "\xef\xbb\xbf", 3) == 0)
		csv = bytes_of(csv.at + 3, csv.len - 3);
	if (!is_utf8(csv)) {
		space = xcalloc(csv.len, 3);
		csv = utf8_of_1252(csv, space);
	}
	read_rows(&reading, csv);
	if (reading.row == 0)
		complain(roster, 1, 0, "berkas kosong", "");
	drop_doubles(&reading);
	for (size_t i = 0; i < reading.count; i++)
		settle(&reading, &reading.drafts[i]);
	finish(&reading);
	free(reading.drafts);
	free(space);
}

void
roster_clear(struct roster *roster)
{
	free(roster->rows);
	*roster = (struct roster){0};
}
