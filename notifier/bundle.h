/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message about several alerts: of a group, of a storm, or the daily digest.
 * It is written at each attempt, as any other: one that had to wait says what
 * is known when it goes. It names at most so many alerts and counts the rest.
 */
#ifndef NOTIFIER_BUNDLE_H
#define NOTIFIER_BUNDLE_H

#include "model/wire.h"
#include "notifier/ledger_plan.h"
#include "notifier/letter.h"
#include "notifier/routes.h"

enum {
	BUNDLE_NAMED_MAX = 50, /* alerts by name */
	BUNDLE_ROWS_MAX = 200, /* of the digest's table */
};

struct bundle_source {
	struct ledger *ledger;
	struct wire *wire;
	const struct routes *routes;
	const char *region;
	bool is_drill;
	uint64_t heard_ms; /* the region, last: how old the data are */
};

/* The message's id, in place of an alert's. */
void bundle_id(uint8_t id[EVENT_ID_SIZE], const char *what, const char *seat,
    const uint8_t *alert, uint64_t index);

/* What the row says to that seat now: of a group or digest what it still
 * carries, of a digest also the region's table. `letter` is empty, and cleared
 * by the caller. */
void bundle_write(struct letter *letter, const struct bundle_source *source,
    const struct ledger_row *row, const struct seat_row *seat);

#endif
