/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each wilayah still owes to the running campaigns, for the Welcome of
 * its collectors: units of the roster, and those with a pledge. Counted over
 * the whole view at once and then kept for some seconds, because after a
 * blackout thousands of nodes say Hello in one.
 */
#ifndef AGGREGATOR_LACKS_H
#define AGGREGATOR_LACKS_H

#include "judge/view.h"
#include "model/message.h"

enum { LACKS_EVERY_MS = 5000 };

struct lacks;
struct lacks *lacks_new(void);
void lacks_free(struct lacks *lacks);

/* Campaigns that are not locked yet, at most LACKS_MAX; without units in
 * `wilayah` none. */
uint32_t lacks_of(struct lacks *lacks, const struct view *view,
    const char *wilayah, uint64_t monotonic_ms, struct lack rows[LACKS_MAX]);

#endif
