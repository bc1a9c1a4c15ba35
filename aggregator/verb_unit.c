/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "aggregator/admin.h"
#include "core/tell.h"
#include "model/roster.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 << 20, FAILED_EXIT = 1 };

struct settings {
	struct reading_words words;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings), {0}};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "unit import",
    .arguments = "FILE.csv",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Mengambil daftar unit dari berkas CSV: kode, nama, jenis, "
	       "wilayah, induk, pns, pppk, non_asn. Daftar lama diganti "
	       "seluruhnya; bila ada kesalahan, tidak ada yang diambil.",
    .help_en = "Takes the unit register from a CSV file; it replaces the "
	       "former whole. Nothing is taken when there are errors.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static enum err
read_file(const char *path, struct text_buf *text)
{
	char part[16384];
	size_t len;
	FILE *in = fopen(path, "re");
	bool is_bad;

	if (in == NULL) {
		tell("%s tidak dapat dibaca: %s.", "%s cannot be read: %s.",
		    path, strerror(errno));
		return ERR_INVALID;
	}
	while (text->len <= FILE_MAX &&
	       (len = fread(part, 1, sizeof part, in)) > 0)
		text_buf_add_bytes(text, part, len);
	is_bad = ferror(in) != 0;
	fclose(in);
	if (!is_bad && text->len <= FILE_MAX)
		return OK;
	tell("%s tidak dapat dibaca, atau lebih dari %d MiB.",
	    "%s cannot be read, or is more than %d MiB.", path, FILE_MAX >> 20);
	return ERR_INVALID;
}

/* ---- errors by row and column */

/* The header as it was typed names the columns. */
static struct csv_row *
read_header(struct bytes csv)
{
	struct csv_row *header = xcalloc(1, sizeof *header);

	if (csv.len >= 3 && memcmp(csv.at, "\xef\xbb\xbf", 3) == 0)
		csv = bytes_of(csv.at + 3, csv.len - 3);
	if (csv_next(&csv, csv_separator(csv), header) != OK)
		header->count = 0;
	return header;
}

static void
say_error(const struct roster_error *error, const struct csv_row *header)
{
	fprintf(stderr, "baris %u", error->row);
	if (error->column > 0)
		fprintf(stderr, ", kolom %u", error->column);
	if (error->column > 0 && error->column <= header->count)
		fprintf(stderr, " (%s)", header->cells[error->column - 1]);
	fprintf(stderr, ": %s\n    (row %u", error->why, error->row);
	if (error->column > 0)
		fprintf(stderr, ", column %u", error->column);
	fprintf(stderr, ": %s)\n", error->en);
}

static enum err
say_errors(const struct roster *roster, struct bytes csv)
{
	struct csv_row *header;

	if (roster->error_count == 0)
		return OK;
	header = read_header(csv);
	for (size_t i = 0; i < roster->error_count && i < ROSTER_ERRORS_MAX;
	     i++)
		say_error(&roster->errors[i], header);
	free(header);
	tell("%zu kesalahan; tidak ada yang diambil.",
	    "%zu errors; nothing was taken.", roster->error_count);
	return ERR_INVALID;
}

/* ---- taking */

static unsigned
active_units(const struct view *view)
{
	unsigned count = 0;

	for (unsigned i = 0; i < view_unit_count(view); i++)
		count += view_unit(view, i)->is_active;
	return count;
}

static enum err
record(struct admin *admin, const struct roster *roster)
{
	unsigned before = active_units(admin_view(admin));
	struct admin_result result;
	struct parts parts;
	uint32_t version;
	enum err err;

	parts_make(&parts, EVENT_ROSTER_CHANGED, roster->rows,
	    (uint32_t)roster->row_count);
	err = admin_record_parts(admin, &parts, &version, &result);
	if (err == OK) {
		reading_say_drill(admin_reading(admin));
		printf("unit: versi/version %" PRIu32 ", %zu unit "
		       "(sebelumnya/before %u), %u bagian/parts\n",
		    version, roster->row_count, before, parts.count);
		admin_say(&result);
	}
	parts_clear(&parts);
	return err;
}

static enum err
import(struct admin *admin, const char *path)
{
	struct text_buf text = {0};
	struct roster roster = {0};
	enum err err = read_file(path, &text);

	if (err == OK) {
		struct bytes csv = bytes_of(text.at, text.len);

		roster_read(
		    &roster, csv, admin_reading(admin)->started.wilayah);
		err = say_errors(&roster, csv);
	}
	if (err == OK)
		err = record(admin, &roster);
	roster_clear(&roster);
	text_buf_clear(&text);
	return err;
}

static int
verb_unit_import(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = import(admin, rest.at[0]);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

int
verb_unit(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"import", verb_unit_import,
		"mengambil daftar unit dari berkas CSV",
		"take the unit register from a CSV file"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator unit", verbs, argc, argv);
}
