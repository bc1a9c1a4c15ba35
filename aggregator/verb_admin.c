/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verb_admin.h"

#include "core/tell.h"
#include "model/catalog.h"

#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1 };

int
admin_run(const struct admin_line *line,
    enum err (*work)(struct admin *admin, const void *settings,
	const struct conf_texts *rest))
{
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(line->command, line->settings, line->argc, line->argv, &rest);
	err = admin_open(&admin, line->settings);
	if (err == OK)
		err = work(admin, line->settings, &rest);
	admin_close(admin);
	conf_clear(line->command, line->settings);
	return err == OK ? 0 : FAILED_EXIT;
}

enum err
decided_reason(
    char reason[REASON_MAX], const struct decided *decided, const char *use)
{
	struct text_buf words = {0};
	const struct reason_row *rows;
	unsigned count;

	if (reason_has_use(decided->reason, use)) {
		(void)text_copy(reason, REASON_MAX, decided->reason);
		return OK;
	}
	rows = reason_rows(&count);
	for (unsigned i = 0; i < count; i++)
		if (strcmp(rows[i].use, use) == 0)
			text_buf_add(&words, "%s%s (%s / %s)",
			    words.len == 0 ? "" : ", ", rows[i].word,
			    rows[i].id, rows[i].en);
	tell("--reason %.40s tidak dikenal; pilihan: %s.",
	    "--reason %.40s is unknown; choose of: %s.", decided->reason,
	    words.at);
	text_buf_clear(&words);
	return ERR_INVALID;
}

enum err
decided_reference(char reference[REFERENCE_MAX], const struct decided *decided)
{
	const char *given =
	    decided->reference != NULL ? decided->reference : "";

	if (text_copy(reference, REFERENCE_MAX, given) &&
	    reference_is_valid(given))
		return OK;
	tell("--reference %.64s: tulis paling banyak 64 huruf besar, angka, "
	     "titik, garis miring atau strip.",
	    "--reference %.64s: write at most 64 capitals, digits, dots, "
	    "slashes or dashes.",
	    given);
	return ERR_INVALID;
}

enum err
decided_record(struct admin *admin, struct event *event, const char *what)
{
	struct admin_result result;
	enum err err = admin_record(admin, event, 1, &result);

	if (err != OK)
		return err;
	reading_say_drill(admin_reading(admin));
	printf("%s\n", what);
	admin_say(&result);
	return OK;
}
