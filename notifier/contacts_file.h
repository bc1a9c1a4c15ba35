/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contacts.yaml as it stands there: a list of contacts, each with named fields
 * of one word or of a list of words, and the line at which each begins. What
 * the fields mean is not known here.
 */
#ifndef NOTIFIER_CONTACTS_FILE_H
#define NOTIFIER_CONTACTS_FILE_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CONTACTS_FILE_FIELDS_MAX = 16, /* of one contact */
	CONTACTS_FILE_VALUES_MAX = 16, /* of one field */
	CONTACTS_FILE_WHY_MAX = 160,
};

struct contacts_field {
	char *name;
	char *values[CONTACTS_FILE_VALUES_MAX];
	unsigned count;
};

struct contacts_entry {
	unsigned line;
	struct contacts_field fields[CONTACTS_FILE_FIELDS_MAX];
	unsigned count;
};

struct contacts_file {
	struct contacts_entry *entries;
	unsigned count;
};

/* ERR_INVALID: it is no such list; `why` says where and what in each language,
 * without a word of any value. ERR_IO: it cannot be opened. At most `max`
 * contacts. Clear it in any case. */
struct contacts_file_why {
	char id[CONTACTS_FILE_WHY_MAX], en[CONTACTS_FILE_WHY_MAX];
};
enum err contacts_file_read(struct contacts_file *file, const char *path,
    unsigned max, struct contacts_file_why *why) MUST_CHECK;
/* Wipes: there are secrets among the values. */
void contacts_file_clear(struct contacts_file *file);

/* NULL: not given. */
const struct contacts_field *contacts_entry_field(
    const struct contacts_entry *entry, const char *name);

#endif
