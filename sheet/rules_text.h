/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule as its texts stand in the file, and what they mean: shared by
 * rules_file.c (which keys there are, and of which kind) and rules_value.c
 * (what each may hold).
 */
#ifndef SHEET_RULES_TEXT_H
#define SHEET_RULES_TEXT_H

#include "sheet/yaml_file.h"
#include "model/event.h"

/* NULL, or a list of none: the key is not there. */
struct rule_text {
	char *id, *kind, *tell, *severity;
	char *scope, *campaign, *counts, *min_units, *min_percent, *settle;
	char *clear_units;
	struct yaml_texts unit_kinds, at;
	char *count, *within, *min_sources;
	struct yaml_texts acts, states;
	char *wilayah, *after, *sensitive_after;
	struct yaml_texts node_kinds;
	char *step, *days, *clock, *since;
};

struct rule_parse {
	struct yaml_file *file;
	const struct rule_text *text;
	struct rule_row *row; /* its kind and whom it tells are there */
};

/* The body of the row's kind; all keys that it needs are there and no others.
 * ERR_INVALID: the file was told why. */
enum err rules_value_take(const struct rule_parse *parse) MUST_CHECK;

#endif
