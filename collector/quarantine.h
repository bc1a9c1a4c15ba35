/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that the region refused for what they say (exact words stand in
 * model/event.h): shown, recorded again, or set aside with a reason. A refused
 * row is never deleted; what was done about it is a mark beside it.
 */
#ifndef COLLECTOR_QUARANTINE_H
#define COLLECTOR_QUARANTINE_H

#include "collector/home.h"
#include "core/conf.h"
#include "core/json.h"

struct quarantine_words {
	struct home_words home;
	char *reason; /* of a drop */
	bool json, yes;
};

/* `rest`: list | show SEQ | retry SEQ | drop SEQ. Returns the exit code, 64
 * for words that make no sense. */
int quarantine_run(
    const struct quarantine_words *words, const struct conf_texts *rest);

/* OK: it is a refused row that nothing was done about; else told. */
enum err quarantine_find(struct home *home, uint64_t seq) MUST_CHECK;

/* "disisihkan 3 Oktober 2024 09.00 WITA (GANDA)"; empty: nothing was done. */
enum { QUARANTINE_TEXT_MAX = 256 };
void quarantine_text(
    struct home *home, uint64_t seq, char text[QUARANTINE_TEXT_MAX]);
/* The same for one line of a list: "; disisihkan / dropped: GANDA". */
void quarantine_brief(
    struct home *home, uint64_t seq, char text[QUARANTINE_TEXT_MAX]);
/* Into the open object of a refused row. */
void quarantine_json(struct json *json, struct home *home, uint64_t seq);

#endif
