/* SPDX-License-Identifier: Apache-2.0 */
/* What `campaign set`, `calendar set`, `rules load` and `office load` have in
 * common: one YAML file becomes one long text of the log. */
#ifndef AGGREGATOR_VERB_FILE_H
#define AGGREGATOR_VERB_FILE_H

#include "aggregator/admin.h"
#include "sheet/yaml_file.h"

enum { VERB_FAILED_EXIT = 1 };

struct file_text {
	void *rows; /* freed by the caller */
	uint32_t count;
};

struct file_verb {
	const char *name; /* rules load */
	const char *help_id, *help_en;
	enum event_kind kind;
	const char *what; /* "aturan/rules" */
	/* ERR_INVALID: yaml_file_why says why. */
	enum err (*read)(struct file_text *text, struct yaml_file *file,
	    const char *path, const struct admin *admin);
	/* What is allowed but probably not meant; may be NULL. */
	void (*warn)(const struct file_text *text, const struct admin *admin);
};

/* The exit code. */
int file_verb_run(const struct file_verb *verb, int argc, char **argv);

#endif
