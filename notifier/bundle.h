/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message about several alerts: of a group, of a storm, or the daily digest.
 * Its text is written once, when it is promised, and kept in the ledger: what
 * goes out is what was known then, at each attempt the same. It names at most
 * so many alerts and counts the rest.
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
	const struct seats *seats;
	const char *region, *zone;
	bool is_drill;
	uint64_t now_ms;
};

/* The message's id, in place of an alert's. */
void bundle_id(uint8_t id[EVENT_ID_SIZE], const char *what, const char *seat,
    const uint8_t *alert, uint64_t index);

struct bundle_item {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t index;
};
struct bundle_facts {
	const struct seat_row *seat;
	const char *term;
	const struct bundle_item *items;
	unsigned count;
	const struct ledger_digest *digest; /* NULL: a group */
};
/* Under the serial of the row that carries it, within a transaction. */
void bundle_write(const struct bundle_source *source,
    const struct bundle_facts *facts, uint64_t serial);
/* ERR_NOTFOUND. `letter` is cleared by the caller. */
enum err bundle_read(struct letter *letter, struct ledger *ledger,
    uint64_t serial, bool english) MUST_CHECK;
/* The seat as it is, or a stand-in of that name. */
const struct seat_row *bundle_seat(const struct bundle_source *source,
    const char *id, struct seat_row *stand_in);

#endif
