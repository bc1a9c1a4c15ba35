/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an alert touches the reader's own office as it stands at some entry. An
 * alert changes: what went past nobody when it was opened may later be about
 * nothing but the reader's own units. So this is asked at each telling.
 */
#ifndef NOTIFIER_CONFLICT_H
#define NOTIFIER_CONFLICT_H

#include "model/wire.h"
#include "notifier/ledger.h"
#include "notifier/routes.h"

struct conflict_source {
	struct ledger *ledger;
	struct wire *wire;
	const struct routes *routes; /* NULL: nobody has own units */
};

/* The last verdict of the alert at or before `index` that is no end: what an
 * end is about stood there. Lives in the source's wire. ERR_NOTFOUND. */
enum err conflict_standing(const struct conflict_source *source,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index,
    struct event *event) MUST_CHECK;

/* ROUTES_CLEAR: also of an alert that is not known. */
enum routes_conflict conflict_as_of(const struct conflict_source *source,
    const char *seat, const uint8_t alert[EVENT_ID_SIZE], uint64_t index);

/* By now, or as of that verdict, it is about nothing but the seat's own. */
bool conflict_is_whole(const struct conflict_source *source, const char *seat,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index);

#endif
