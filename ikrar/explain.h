/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alert explained to somebody who has read nothing else: six questions in
 * Indonesian, the same in English, and then its whole history. No person is
 * named anywhere in a log, and of few people no report is told too closely
 * (judge/cell.h).
 */
#ifndef IKRAR_EXPLAIN_H
#define IKRAR_EXPLAIN_H

#include "core/json.h"
#include "ikrar/dossier.h"
#include "judge/cell.h"

struct explain {
	const struct view *view; /* at the end of the log */
	const struct view_alert *alert;
	const struct dossier *dossier;
	const char *zone;
};

void explain_text(struct text_buf *out, const struct explain *explain);
/* The part behind the questions. */
void explain_history(struct text_buf *out, const struct explain *explain);
/* The whole document. */
void explain_json(struct json *json, const struct explain *explain);

/* Does what this collector records bear on the alert? */
bool explain_concerns(
    const struct explain *explain, const struct view_node *node);

/* The wilayah that an alert on units lies in; empty: it is not on units. */
void explain_place(const struct view *view, const struct view_alert *alert,
    char place[WILAYAH_MAX]);

/* Since when a case has stood, or a node been silent; 0: it is not told. */
uint64_t explain_since_ms(
    const struct explain *explain, const struct verdict *verdict);

/* How a row of the basis may be told: of incidents the place and day are those
 * of `cell`. */
struct explain_row {
	const char *kind;            /* PledgeMade, ... */
	const uint8_t *node;         /* NULL: the log itself */
	const char *unit;            /* or the cell's object; empty: of none */
	uint32_t scope;              /* of it, CATALOG_SCOPE */
	const char *act;             /* empty: not told */
	uint32_t subject;            /* 0: not told */
	uint32_t step;               /* of a review; 0: it is none */
	char day[CALENDAR_TEXT_MAX]; /* empty: it has none */
	struct cell cell;
};
void explain_row(const struct explain *explain,
    const struct dossier_basis *basis, struct explain_row *row);

#endif
