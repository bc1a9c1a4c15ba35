/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name of a log: ikrar/<wilayah>/<epoch>, of a drill region with a word
 * behind it. The epoch is 1 until the log is recovered from an older copy.
 */
#ifndef MODEL_ORIGIN_H
#define MODEL_ORIGIN_H

#include "model/event.h"

/* ERR_INVALID (not logged): there is none in it. */
enum err origin_epoch(const char *origin, uint64_t *epoch) MUST_CHECK;
/* The same log's name in another epoch; false: it is none, or too long. */
bool origin_at(char to[ORIGIN_MAX], const char *origin, uint64_t epoch);

#endif
