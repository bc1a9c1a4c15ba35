/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bundle has carried is told to the region and settled with it, so many
 * rows at a time: a chunk goes into the spool in one commit, so that its first
 * row says of all whether a kill came behind that.
 */
#ifndef NOTIFIER_CARRIED_H
#define NOTIFIER_CARRIED_H

#include "notifier/outcome.h"

/* That a row was delivered, or what it carried; commits. ERR_FULL: the spool
 * has no room; try again later. All else is as good as it gets, and logged. */
enum err carried_tell(const struct outcome_source *source,
    struct ledger *ledger, struct ledger_row *row) MUST_CHECK;

/* That it was declined for good, or what it carried: of a bundle no verdict
 * stands in the log. Commits. ERR_FULL: as above; else it is told. */
enum err carried_fail(const struct outcome_source *source,
    struct ledger *ledger, const struct ledger_row *row) MUST_CHECK;

#endif
