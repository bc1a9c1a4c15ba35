/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which seats a route means at this moment, past those whose own office the
 * alert is about. Pure.
 */
#ifndef NOTIFIER_PICK_H
#define NOTIFIER_PICK_H

#include "notifier/routes.h"

struct pick {
	char seat[WORD_MAX];
	enum route_note note;
	char past[WORD_MAX]; /* the seat that it stands in for; empty: none */
};
struct picks {
	unsigned count;
	struct pick at[ROUTE_TARGETS_MAX];
	unsigned left_out;
};

struct pick_source {
	const struct routes *routes;
	const struct seats *seats;
	const char *region; /* wilayah of the log */
	uint64_t now_ms;
};

/* The seats of `to` (none: as the verdict's `tell`), each once. A seat that is
 * not there, or that nobody holds, is stood in for by the admins. */
void pick_seats(struct picks *picks, const struct pick_source *source,
    const struct plan_route *route, const struct plan_to *to,
    const struct verdict *verdict);
/* Whoever answers for this seat now, for an alert that it was told of: itself,
 * whatever the alert is about by now, or whoever stands in, past those whose
 * own office it is about. Adds to `picks`. */
void pick_holders(struct picks *picks, const struct pick_source *source,
    const char *seat, const struct plan_route *route,
    const struct verdict *verdict);
/* Does `other` answer for this seat, because nobody holds it? */
bool pick_stands_in(
    const struct pick_source *source, const char *seat, const char *other);
/* Empty: the seat has no terms, or nobody holds it. */
const char *pick_term(const struct pick_source *source, const char *seat);

#endif
