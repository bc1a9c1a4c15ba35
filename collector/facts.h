/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record in words: a label and a value for each field, as the preview and
 * `show` print them.
 */
#ifndef COLLECTOR_FACTS_H
#define COLLECTOR_FACTS_H

#include "collector/home.h"

enum { FACTS_MAX = 16, FACT_MAX = 512 };

struct fact {
	const char *id, *en; /* label */
	char value[FACT_MAX];
};

struct facts {
	unsigned count;
	struct fact at[FACTS_MAX];
};

/* What all units of a ceremony share; then what is of one unit. */
void facts_of_ceremony(
    struct facts *facts, struct home *home, const struct pledge *pledge);
void facts_of_unit(
    struct facts *facts, struct home *home, const struct pledge *pledge);
void facts_of_incident(
    struct facts *facts, struct home *home, const struct incident *incident);

/* "pakta integritas", "koreksi": what kind of record it is. */
const char *facts_kind(const struct event *event);
/* What a line says of one record, in short. */
void facts_about(const struct event *event, char text[FACT_MAX]);

/* "KEL-73.71.04.1008 (Kelurahan X)"; the code alone if it is not known. */
void facts_unit_name(struct home *home, const char *code, char text[FACT_MAX]);
/* "Labels (in English)   value" lines. */
void facts_put(struct text_buf *out, const struct facts *facts);
/* Only what differs: "label   old -> new". Returns how many. */
unsigned facts_put_changes(
    struct text_buf *out, const struct facts *old, const struct facts *new);

#endif
