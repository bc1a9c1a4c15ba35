/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the region logs at all, and from which copies its log went on. */
#ifndef AGGREGATOR_STATE_STANDING_H
#define AGGREGATOR_STATE_STANDING_H

#include "aggregator/reading.h"
#include "core/json.h"

/* In words, for a person; nothing when all is well and always was. */
void state_say_standing(const struct reading *reading);
/* "standing": {...}, "recoveries": [...] into the open object. */
void state_put_standing(struct json *json, const struct reading *reading);

#endif
