/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a row, told to the region: an event in the node's spool.
 */
#ifndef NOTIFIER_OUTCOME_H
#define NOTIFIER_OUTCOME_H

#include "node/uplink.h"
#include "notifier/ledger.h"

struct outcome_source {
	struct loop *loop;
	struct spool *spool;
	struct uplink *uplink; /* NULL: nobody to wake */
	struct wire *wire;
};

/* AlertDelivered or AlertFailed. ERR_FULL: try again later; all else is as good
 * as it gets, and logged. */
enum err outcome_record(const struct outcome_source *source,
    const struct ledger_row *row, enum event_kind kind) MUST_CHECK;

/* The same of many rows, all or none of them. */
enum err outcome_record_all(const struct outcome_source *source,
    const struct ledger_row *rows, unsigned count,
    enum event_kind kind) MUST_CHECK;

/* Whose delivery stands behind the spool's last row of the moment when they
 * were sent (the first one's `spool_seq`): a kill came between the spool's
 * commit and the ledger's. */
void outcome_find(const struct outcome_source *source,
    const struct ledger_row *rows, unsigned count, bool *is_there);

#endif
