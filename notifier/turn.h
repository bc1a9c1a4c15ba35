/* SPDX-License-Identifier: Apache-2.0 */
/* Whether it is a message's turn, and whether it is still for its reader. */
#ifndef NOTIFIER_TURN_H
#define NOTIFIER_TURN_H

#include "notifier/carried.h"
#include "notifier/queue.h"

/* It has to go behind a bundle. Of a bundle, what has to go behind a message
 * that goes alone is unloaded: `unloaded` hears of each; commits. The queue
 * itself sees to what goes alone behind what goes alone. */
bool turn_is_behind(struct pending *pending, struct ledger *ledger,
    carried_fn unloaded, void *context);

/* Nothing in it is for its seat any more; what of a bundle is not, is settled.
 * A digest goes out also when nothing is left. */
bool turn_is_past(struct pending *pending, const struct attempt_source *source,
    uint64_t now_ms);

#endif
