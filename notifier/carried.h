/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a bundle has carried is told to the region and settled with it, so many
 * rows at a time: a chunk goes into the spool in one commit, so that its first
 * row says of all whether a kill came behind that.
 */
#ifndef NOTIFIER_CARRIED_H
#define NOTIFIER_CARRIED_H

#include "notifier/outcome.h"

/* Commits. ERR_FULL: the spool has no room; try again later. */
enum err carried_settle(const struct outcome_source *source,
    struct ledger *ledger, struct ledger_row *bundle) MUST_CHECK;

#endif
