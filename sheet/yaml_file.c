/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcyaml keeps no places, but a load that runs out of memory says where it
 * was. So every allocation is counted, and the place of a value is found by
 * loading the text again with no memory for just that value.
 */
#include "sheet/yaml_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

enum {
	FILE_MAX = 1 << 20,
	TEXT_MAX = 4096,
	MESSAGE_MAX = 512,
	WHYS_MAX = 10, /* more mistakes than that are not told at once */
	OWNED_MAX =
	    16 * (WHYS_MAX + 1), /* a schema for each that it passes over */
	KEY_MAX = 64,
};

struct why {
	unsigned line, column;
	char *text;
};

struct yaml_file {
	const char *path;
	struct text_buf text;
	struct text_buf why; /* of all */
	struct why whys[WHYS_MAX];
	unsigned why_count;
	/* The schema and what was loaded by it. */
	cyaml_schema_value_t schema;
	void *owned[OWNED_MAX];
	unsigned owned_count;
	/* Unknown keys, refused and passed over to see what comes behind. */
	char passed[WHYS_MAX][KEY_MAX];
	unsigned passed_count;
	cyaml_data_t *data;
	/* What each allocation returned, in their order. */
	const void **given;
	size_t given_count, given_cap;
	size_t turn;    /* allocations of this load so far */
	size_t fail_at; /* from 1; 0: none fails, and all are noted */
	/* What libcyaml said: the first line, the innermost place. */
	char message[MESSAGE_MAX];
	unsigned line, column;
};

_Static_assert(
    sizeof(struct yaml_texts) == sizeof(struct yaml_rows) &&
	offsetof(struct yaml_texts, count) == offsetof(struct yaml_rows, count),
    "lists of both kinds are laid out alike");

static const cyaml_schema_value_t text_schema = {
    .type = CYAML_STRING,
    .flags = CYAML_FLAG_POINTER,
    .data_size = 1,
    .string = {.max = TEXT_MAX},
};

static const cyaml_schema_value_t passed_schema = {
    .type = CYAML_IGNORE,
    .flags = CYAML_FLAG_OPTIONAL,
};

/* ---- loading */

static void *
own(struct yaml_file *file, size_t count, size_t size)
{
	CHECK(file->owned_count < OWNED_MAX);
	file->owned[file->owned_count] = xcalloc(count, size);
	return file->owned[file->owned_count++];
}

static const cyaml_schema_field_t *schema_fields(
    struct yaml_file *file, const struct yaml_field *fields);

static const cyaml_schema_value_t *
schema_entry(struct yaml_file *file, const struct yaml_field *field)
{
	cyaml_schema_value_t *entry;

	if (field->type == YAML_TEXTS)
		return &text_schema;
	entry = own(file, 1, sizeof *entry);
	entry->type = CYAML_MAPPING;
	entry->data_size = (uint32_t)field->row_size;
	entry->mapping.fields = schema_fields(file, field->fields);
	return entry;
}

static cyaml_schema_field_t
schema_field(struct yaml_file *file, const struct yaml_field *field)
{
	cyaml_schema_field_t made = {.key = field->name,
	    .data_offset = (uint32_t)field->offset,
	    .value = text_schema};

	if (field->type == YAML_ROW) {
		made.value.type = CYAML_MAPPING;
		made.value.data_size = (uint32_t)field->row_size;
		made.value.mapping.fields = schema_fields(file, field->fields);
	} else if (field->type != YAML_TEXT) {
		made.value.type = CYAML_SEQUENCE;
		made.value.data_size = field->type == YAML_TEXTS
					   ? sizeof(char *)
					   : (uint32_t)field->row_size;
		made.value.sequence.entry = schema_entry(file, field);
		made.value.sequence.min = 0;
		made.value.sequence.max = field->max;
		made.count_offset =
		    (uint32_t)(field->offset +
			       offsetof(struct yaml_rows, count));
		made.count_size = sizeof(uint32_t);
	}
	if (!field->is_required)
		made.value.flags |= CYAML_FLAG_OPTIONAL;
	return made;
}

static const cyaml_schema_field_t *
schema_fields(struct yaml_file *file, const struct yaml_field *fields)
{
	cyaml_schema_field_t *made;
	unsigned count = 0;

	while (fields[count].name != NULL)
		count++;
	made = own(file, count + file->passed_count + 1, sizeof *made);
	for (unsigned i = 0; i < count; i++)
		made[i] = schema_field(file, &fields[i]);
	for (unsigned i = 0; i < file->passed_count; i++)
		made[count + i] = (cyaml_schema_field_t){
		    .key = file->passed[i], .value = passed_schema};
	return made;
}

static void *
on_memory(void *context, void *old, size_t size)
{
	struct yaml_file *file = context;
	void *made;

	if (size == 0) {
		free(old);
		return NULL;
	}
	if (++file->turn == file->fail_at)
		return NULL;
	made = xrealloc(old, size, 1);
	if (file->fail_at > 0)
		return made;
	if (file->given_count == file->given_cap) {
		file->given_cap = 2 * file->given_cap + 64;
		file->given =
		    xrealloc(file->given, file->given_cap, sizeof *file->given);
	}
	file->given[file->given_count++] = made;
	return made;
}

/* libcyaml's lines: what is wrong, "Backtrace:", then where, innermost
 * first. */
static void
on_line(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
	static const char prefix[] = "Load: ";
	struct yaml_file *file = context;
	char text[MESSAGE_MAX];
	const char *at = text;
	const char *place;

	(void)level;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	vsnprintf(text, sizeof text, format, arguments);
#pragma GCC diagnostic pop
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(at, prefix, sizeof prefix - 1) == 0)
		at += sizeof prefix - 1;
	place = strstr(at, "(line: ");
	if (place != NULL) {
		if (file->line == 0)
			(void)sscanf(place, "(line: %u, column: %u)",
			    &file->line, &file->column);
	} else if (file->message[0] == '\0' && strcmp(at, "Backtrace:") != 0) {
		(void)text_copy(file->message, sizeof file->message, at);
	}
}

/* The data is the caller's to free, by the same functions. */
static cyaml_err_t
load(struct yaml_file *file, cyaml_data_t **data)
{
	const cyaml_config_t config = {.log_fn = on_line,
	    .log_ctx = file,
	    .log_level = CYAML_LOG_WARNING,
	    .mem_fn = on_memory,
	    .mem_ctx = file,
	    .flags = CYAML_CFG_NO_ALIAS};

	file->turn = 0;
	if (file->fail_at == 0)
		file->given_count = 0;
	file->message[0] = '\0';
	file->line = file->column = 0;
	return cyaml_load_data((const uint8_t *)file->text.at, file->text.len,
	    &config, &file->schema, data, NULL);
}

static void
unload(struct yaml_file *file, cyaml_data_t *data)
{
	const cyaml_config_t config = {.mem_fn = on_memory, .mem_ctx = file};

	(void)cyaml_free(&config, &file->schema, data, 0);
}

/* ---- refusing */

/* In the order of their places. */
static void
put_whys(struct yaml_file *file)
{
	file->why.len = 0;
	for (unsigned i = 0; i < file->why_count; i++)
		text_buf_add(
		    &file->why, "%s%s", i == 0 ? "" : "\n", file->whys[i].text);
}

static void
set_why(struct yaml_file *file, const char *id, const char *en)
{
	struct why why = {file->line == 0 ? 1 : file->line,
	    file->column == 0 ? 1 : file->column, NULL};
	struct text_buf text = {0};
	unsigned at = file->why_count;

	if (file->why_count == WHYS_MAX)
		return;
	text_buf_add(&text, "%s:%u:%u: %s / %s", file->path, why.line,
	    why.column, id, en);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < ' ')
			text.at[i] = '?';
	why.text = text.at;
	for (; at > 0; at--) {
		const struct why *before = &file->whys[at - 1];

		if (before->line < why.line ||
		    (before->line == why.line && before->column <= why.column))
			break;
		file->whys[at] = *before;
	}
	file->whys[at] = why;
	file->why_count++;
	put_whys(file);
}

/* Where the text was given its memory; false: it is no text of this file. */
static bool
find_place(struct yaml_file *file, const char *at)
{
	cyaml_data_t *data = NULL;

	file->fail_at = file->given_count;
	while (file->fail_at > 0 && file->given[file->fail_at - 1] != at)
		file->fail_at--;
	if (file->fail_at == 0)
		return false;
	(void)load(file, &data);
	unload(file, data);
	file->fail_at = 0;
	return true;
}

enum err
yaml_file_refuse(
    struct yaml_file *file, const char *at, const char *id, const char *en, ...)
{
	char text_id[MESSAGE_MAX], text_en[MESSAGE_MAX];
	va_list arguments, again;

	if (file->why_count == WHYS_MAX)
		return ERR_INVALID;
	va_start(arguments, en);
	va_copy(again, arguments);
	vsnprintf(text_id, sizeof text_id, id, arguments);
	vsnprintf(text_en, sizeof text_en, en, again);
	va_end(again);
	va_end(arguments);
	file->line = file->column = 0;
	if (at != NULL)
		(void)find_place(file, at);
	set_why(file, text_id, text_en);
	return ERR_INVALID;
}

enum err
yaml_file_result(const struct yaml_file *file)
{
	return file->why_count == 0 ? OK : ERR_INVALID;
}

const char *
yaml_file_why(const struct yaml_file *file)
{
	return file->why.at != NULL ? file->why.at : "";
}

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool
is_key_at(const char *text, const char *at, const char *key)
{
	const char *behind = at + strlen(key);

	if (at > text && is_key_char(at[-1]))
		return false;
	behind += strspn(behind, "\"' ");
	return *behind == ':';
}

/* libcyaml names the place before a key that it does not take: the key itself
 * is the next of its name. */
static void
seek_key(struct yaml_file *file, const char *key)
{
	const char *text = file->text.at;
	const char *line = text;
	const char *at;

	for (unsigned i = 1; i < file->line && line != NULL; i++) {
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	if (line == NULL || strnlen(line, file->column) < file->column)
		return;
	at = line + (file->column > 0 ? file->column - 1 : 0);
	do
		at = strstr(at, key);
	while (at != NULL && !is_key_at(text, at++, key));
	if (at == NULL)
		return;
	at--;
	file->line = 1;
	file->column = 1;
	for (const char *to = text; to < at; to++) {
		file->column = *to == '\n' ? 1 : file->column + 1;
		file->line += *to == '\n';
	}
}

static const struct {
	const char *begins; /* of what libcyaml says */
	bool names_key, seeks_key;
	const char *id, *en;
} sayings[] = {
    {"Unexpected key: ", true, true, "kunci tidak dikenal", "unknown key"},
    {"Mapping field already seen: ", true, true, "kunci ini dua kali",
	"this key stands twice"},
    {"Missing required mapping field: ", true, false, "kunci belum diisi",
	"a key is missing"},
    {"Expecting STRING", false, false, "di sini harus satu teks",
	"one text is wanted here"},
    {"Expecting SEQUENCE", false, false, "di sini harus sebuah daftar",
	"a list is wanted here"},
    {"Expecting MAPPING", false, false, "di sini harus pasangan kunci: nilai",
	"pairs of key: value are wanted here"},
    {"STRING length ", false, false, "teks terlalu panjang",
	"the text is too long"},
    {"Excessive entries ", false, false, "daftar terlalu panjang",
	"the list is too long"},
};

static enum err
load_refused(struct yaml_file *file, cyaml_err_t rc)
{
	const char *what =
	    file->message[0] != '\0' ? file->message : cyaml_strerror(rc);

	for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
		size_t len = strlen(sayings[i].begins);
		struct text_buf id = {0}, en = {0};

		if (strncmp(what, sayings[i].begins, len) != 0)
			continue;
		if (sayings[i].seeks_key)
			seek_key(file, what + len);
		text_buf_add(&id, "%s%s%s", sayings[i].id,
		    sayings[i].names_key ? ": " : "",
		    sayings[i].names_key ? what + len : "");
		text_buf_add(&en, "%s", sayings[i].en);
		set_why(file, id.at, en.at);
		text_buf_clear(&id);
		text_buf_clear(&en);
		return ERR_INVALID;
	}
	set_why(file, "bukan YAML yang sah", what);
	return ERR_INVALID;
}

/* ---- all */

struct yaml_file *
yaml_file_new(void)
{
	return xcalloc(1, sizeof(struct yaml_file));
}

void
yaml_file_free(struct yaml_file *file)
{
	if (file == NULL)
		return;
	if (file->data != NULL)
		unload(file, file->data);
	for (unsigned i = 0; i < file->owned_count; i++)
		free(file->owned[i]);
	free(file->given);
	text_buf_clear(&file->text);
	text_buf_clear(&file->why);
	for (unsigned i = 0; i < file->why_count; i++)
		free(file->whys[i].text);
	free(file);
}

static enum err
slurp(struct yaml_file *file)
{
	char part[4096];
	size_t len;
	FILE *in = fopen(file->path, "re");
	bool is_bad;

	if (in == NULL)
		return yaml_file_refuse(file, NULL, "tidak dapat dibaca: %s",
		    "cannot be read: %s", strerror(errno));
	while (file->text.len <= FILE_MAX &&
	       (len = fread(part, 1, sizeof part, in)) > 0)
		text_buf_add_bytes(&file->text, part, len);
	is_bad = ferror(in) != 0;
	fclose(in);
	if (is_bad || file->text.len > FILE_MAX)
		return yaml_file_refuse(file, NULL,
		    "tidak dapat dibaca, atau lebih dari %d byte",
		    "cannot be read, or is more than %d bytes", FILE_MAX);
	return OK;
}

/* The key that the last load stopped at; NULL: it did not stop at one. */
static const char *
unknown_key(const struct yaml_file *file)
{
	static const char begins[] = "Unexpected key: ";
	size_t len = sizeof begins - 1;

	return strncmp(file->message, begins, len) == 0 ? file->message + len
							: NULL;
}

static enum err
load_all(struct yaml_file *file, const struct yaml_field *fields)
{
	const char *key;
	cyaml_err_t rc;

	for (;;) {
		file->schema.mapping.fields = schema_fields(file, fields);
		rc = load(file, &file->data);
		if (rc == CYAML_OK && file->message[0] == '\0')
			return OK;
		key = unknown_key(file);
		if (key == NULL || file->passed_count == WHYS_MAX ||
		    !text_copy(file->passed[file->passed_count], KEY_MAX, key))
			return load_refused(file, rc);
		file->passed_count++;
		(void)load_refused(file, rc);
		if (file->data != NULL)
			unload(file, file->data);
		file->data = NULL;
	}
}

enum err
yaml_file_read(struct yaml_file *file, const char *path,
    const struct yaml_field *fields, size_t size, const void **document)
{
	enum err err;

	CHECK(file->path == NULL);
	file->path = path;
	err = slurp(file);
	if (err != OK)
		return err;
	file->schema.type = CYAML_MAPPING;
	file->schema.flags = CYAML_FLAG_POINTER;
	file->schema.data_size = (uint32_t)size;
	if (file->text.len > 0)
		err = load_all(file, fields);
	if (err != OK)
		return err;
	if (file->data == NULL)
		return yaml_file_refuse(
		    file, NULL, "berkas kosong", "the file is empty");
	*document = file->data;
	return OK;
}
