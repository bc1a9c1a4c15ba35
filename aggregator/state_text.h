/* SPDX-License-Identifier: Apache-2.0 */
/* What a region adds up to, in words for its admin, on standard output. */
#ifndef AGGREGATOR_STATE_TEXT_H
#define AGGREGATOR_STATE_TEXT_H

#include "aggregator/reading.h"

/* `campaign` NULL: all. The view has been made. */
void state_say(const struct reading *reading, const char *campaign);
void state_say_nodes(const struct reading *reading);

#endif
