/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML file that a person wrote, read strictly by a table of its keys. All
 * values come as text; whoever gives them a meaning refuses one by handing its
 * pointer back, and the file, line and column are found for it. Aliases,
 * unknown keys, keys given twice and more than 1 MiB are refused here.
 */
#ifndef SHEET_YAML_FILE_H
#define SHEET_YAML_FILE_H

#include "core/bytes.h"

enum yaml_type {
	YAML_TEXT,  /* char *; NULL: the key is not there */
	YAML_TEXTS, /* struct yaml_texts */
	YAML_ROWS,  /* struct yaml_rows of a struct with its own keys */
	YAML_ROW,   /* pointer to one such struct; NULL: not there */
};

struct yaml_texts {
	char **at;
	uint32_t count;
};

struct yaml_rows {
	void *at;
	uint32_t count;
};

/* One key; a table ends with a zero name. */
struct yaml_field {
	const char *name;
	enum yaml_type type;
	size_t offset;
	bool is_required;
	uint32_t max; /* of texts and rows */
	const struct yaml_field *fields;
	size_t row_size;
};

struct yaml_file;

struct yaml_file *yaml_file_new(void);
void yaml_file_free(struct yaml_file *file);

/* `*document` points to a struct of `size` bytes laid out by `fields`; it and
 * all its texts live until yaml_file_free. Once for each file. ERR_INVALID:
 * see yaml_file_why. Unknown keys are refused and passed over, so that OK is
 * not the last word: yaml_file_result is. */
enum err yaml_file_read(struct yaml_file *file, const char *path,
    const struct yaml_field *fields, size_t size,
    const void **document) MUST_CHECK;

/* Refuses the value that the text `at` of the document is (NULL: the file as
 * a whole): Indonesian and English, of the same arguments. The first ten are
 * kept, so that a reader may go on to the next value. ERR_INVALID. */
enum err yaml_file_refuse(
    struct yaml_file *file, const char *at, const char *id, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));
/* ERR_INVALID: something was refused. */
enum err yaml_file_result(const struct yaml_file *file) MUST_CHECK;
/* "rules.yaml:7:11: ... / ...", a line each in the order of their places;
 * empty: nothing was refused. */
const char *yaml_file_why(const struct yaml_file *file);

#endif
