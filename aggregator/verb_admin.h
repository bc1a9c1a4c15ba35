/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of an admin have in common: their frame, and the reason
 * and the letter behind a decision. */
#ifndef AGGREGATOR_VERB_ADMIN_H
#define AGGREGATOR_VERB_ADMIN_H

#include "aggregator/admin.h"

struct admin_line {
	const struct conf_command *command;
	void *settings; /* begins with struct reading_words */
	int argc;
	char **argv;
};

/* Reads the line, opens the region's admin, does the work, closes all; the exit
 * code. */
int admin_run(const struct admin_line *line,
    enum err (*work)(struct admin *admin, const void *settings,
	const struct conf_texts *rest));

struct decided {
	char *reason, *reference; /* NULL: not given */
};

/* The rows of an option table that fill `member` of a settings struct. */
#define REASON_OPTION(settings, member, id, en)                        \
	{                                                              \
		.name = "reason", .letter = 'r', .type = CONF_TEXT,    \
		.offset = offsetof(settings, member.reason),           \
		.argument = "KODE", .required = true, .help_id = (id), \
		.help_en = (en)                                        \
	}
#define REFERENCE_OPTION(settings, member)                                \
	{                                                                 \
		.name = "reference", .type = CONF_TEXT,                   \
		.offset = offsetof(settings, member.reference),           \
		.argument = "REF",                                        \
		.help_id = "Nomor surat atau berita acara: huruf besar, " \
			   "angka, titik, garis miring, strip.",          \
		.help_en = "Number of the letter behind it: capitals, "   \
			   "digits, dots, slashes, dashes."               \
	}

/* ERR_INVALID (told): no reason of that use (model/catalog.h). */
enum err decided_reason(char reason[REASON_MAX], const struct decided *decided,
    const char *use) MUST_CHECK;
/* ERR_INVALID (told): no reference. None given: an empty one. */
enum err decided_reference(
    char reference[REFERENCE_MAX], const struct decided *decided) MUST_CHECK;

/* Records this one event, and says under `what` how that went. */
enum err decided_record(
    struct admin *admin, struct event *event, const char *what) MUST_CHECK;

#endif
