/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of rules as a person writes them (data/samples/rules-test.yaml). */
#ifndef IKRAR_EXAMPLE_FILE_H
#define IKRAR_EXAMPLE_FILE_H

#include "ikrar/example.h"
#include "sheet/yaml_file.h"

enum { EXAMPLE_FILE_MAX = 256 };

struct example_file {
	/* Files beside this one: the rules, and a calendar or NULL. */
	char *rules, *calendar;
	struct example *rows;
	uint32_t count;
};

/* ERR_INVALID: yaml_file_why says why. What it points to in the file lives as
 * long as `file`. */
enum err example_file_read(struct example_file *examples,
    struct yaml_file *file, const char *path) MUST_CHECK;
void example_file_clear(struct example_file *examples);

#endif
