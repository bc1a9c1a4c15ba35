/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case as people and programs are shown it. Reported and verified are never
 * one number. Where it happened is told as far as judge/cell.h allows. What a
 * case could come to is called potential.
 */
#ifndef AGGREGATOR_CASE_SHOWN_H
#define AGGREGATOR_CASE_SHOWN_H

#include "aggregator/reading.h"
#include "core/json.h"

/* DILAPORKAN, or a word of CATALOG_STEP. */
const char *case_step_word(uint32_t step);

void case_say_all(const struct reading *reading);
void case_put_all(struct json *json, const struct reading *reading);
/* With the whole history, from the log. */
void case_say(const struct reading *reading, unsigned n);
void case_put(struct json *json, const struct reading *reading, unsigned n);

#endif
