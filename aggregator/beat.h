/* SPDX-License-Identifier: Apache-2.0 */
/* What the region says unasked. */
#ifndef AGGREGATOR_BEAT_H
#define AGGREGATOR_BEAT_H

#include "aggregator/told.h"

/* The new head, to each connected collector that is not heard past a mark yet:
 * it should report. Outside a turn. */
void beat_send(struct peers *peers, struct told *told, struct post *post,
    const struct view *view);

#endif
