/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The six words of an enrolment as this region computes them: from its own log
 * and its own key, nothing that the node said of itself but its keys.
 */
#ifndef AGGREGATOR_SPOKEN_H
#define AGGREGATOR_SPOKEN_H

#include "aggregator/reading.h"
#include "node/words.h"

/* For each node that joined with a code, in the order of the log. */
typedef void (*spoken_fn)(void *context, const uint8_t node[NODE_ID_SIZE],
    const char words[WORDS_TEXT_MAX]);
/* Reads the log once. ERR_INVALID (told): it cannot be read, or DIR/keys
 * cannot. */
enum err spoken_each(
    const struct reading *reading, spoken_fn fn, void *context) MUST_CHECK;

struct spoken {
	uint8_t node[NODE_ID_SIZE];
	char words[WORDS_TEXT_MAX]; /* empty: it did not join with a code */
};
/* Of one node. */
enum err spoken_find(
    const struct reading *reading, struct spoken *spoken) MUST_CHECK;

#endif
