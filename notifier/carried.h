/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bundle carries: its order with all else, whether it is still for its
 * reader, and what became of it. That is told to the region and settled with
 * the bundle, so many rows at a time: a kill between the spool's commit and the
 * ledger's leaves one chunk, whose rows are looked for in the spool.
 */
#ifndef NOTIFIER_CARRIED_H
#define NOTIFIER_CARRIED_H

#include "notifier/attempt.h"
#include "notifier/outcome.h"

/* As ledger_before; of a bundle the first other one that something in it has to
 * go behind. */
enum err carried_before(struct ledger *ledger, const struct ledger_row *row,
    struct ledger_row *before) MUST_CHECK;
/* What the bundle carries and has to go behind a message that goes alone, goes
 * alone too: `unloaded` hears of each. Commits. ERR_NOTFOUND: the bundle waits
 * for no other one; OK: for `*before`. */
typedef void (*carried_fn)(void *context, const struct ledger_row *row);
enum err carried_unload(struct ledger *ledger, const struct ledger_row *bundle,
    struct ledger_row *before, carried_fn unloaded, void *context) MUST_CHECK;

/* The channel `first` had a bundle of the same alerts, so that this one is not
 * needed: what it carries is settled too; an alert that did not go with that
 * other bundle goes alone. `settled_ms` of the bundle's row is when. Commits.
 */
void carried_settle_told(struct ledger *ledger, const struct ledger_row *bundle,
    const char *first, carried_fn unloaded, void *context);

/* Settles what the bundle carries and is not for its seat any more, told to
 * nobody; commits. How many alerts it still carries. */
unsigned carried_drop_past(const struct attempt_source *source,
    const struct ledger_row *bundle, uint64_t now_ms);

/* That a row was delivered, or what it carried; commits. ERR_FULL: the spool
 * has no room; try again later. All else is as good as it gets, and logged. */
enum err carried_tell(const struct outcome_source *source,
    struct ledger *ledger, struct ledger_row *row) MUST_CHECK;

/* That it was declined for good, or what it carried: of a bundle no verdict
 * stands in the log. Commits. ERR_FULL: as above; else it is told. */
enum err carried_fail(const struct outcome_source *source,
    struct ledger *ledger, const struct ledger_row *row) MUST_CHECK;

#endif
