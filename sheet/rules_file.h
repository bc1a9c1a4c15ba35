/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of alerts as a person writes them (data/samples/rules.yaml),
 * compiled into the rows that the log holds. Strict: whatever could not mean
 * what its writer hoped for is refused, with its place.
 */
#ifndef SHEET_RULES_FILE_H
#define SHEET_RULES_FILE_H

#include "sheet/yaml_file.h"
#include "model/event.h"

enum { RULES_FILE_MAX = 256 };

struct rules_file {
	struct rule_row *rows;
	uint32_t count;
};

/* ERR_INVALID: yaml_file_why says why; `rules` is untouched. */
enum err rules_file_read(struct rules_file *rules, struct yaml_file *file,
    const char *path) MUST_CHECK;
void rules_file_clear(struct rules_file *rules);

#endif
