/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that a recovery took out of the log come back when their nodes push
 * again, in any order. What another node says of one of them may come first;
 * it had been received, so it is not to be refused now.
 */
#ifndef AGGREGATOR_LOST_H
#define AGGREGATOR_LOST_H

#include "judge/view.h"

/* Was the log recovered so lately that records are still awaited? */
bool lost_are_awaited(const struct view *view, uint64_t now_ms);
/* Does the event speak of a record of another node that is not here, and may
 * still come? Only while some are awaited. */
bool lost_is_meant(const struct view *view, const struct event *event);

#endif
