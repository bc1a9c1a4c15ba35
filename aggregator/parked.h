/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DIR/parked: bundles that wait because rows before them have not come yet.
 * Still sealed; node and rows are in the name: NODE-FIRST-LAST.bundel.
 */
#ifndef AGGREGATOR_PARKED_H
#define AGGREGATOR_PARKED_H

#include "aggregator/home.h"
#include "aggregator/reading.h"
#include "core/json.h"

enum { PARKED_MAX = 256, PARKED_NAME_MAX = 96 };

struct parked {
	uint8_t node[NODE_ID_SIZE];
	uint64_t first_seq, last_seq;
};

/* In the order of nodes, then of rows; `*list` is the caller's to free. 0: none
 * or no such folder. */
unsigned parked_list(struct parked **list, const char *dir);
enum err parked_path(char path[HOME_PATH_MAX], const char *dir,
    const struct parked *parked) MUST_CHECK;
/* A copy of the file, synced. ERR_FULL: PARKED_MAX wait already; ERR_IO, with
 * errno. */
enum err parked_add(
    const char *dir, const struct parked *parked, const char *from) MUST_CHECK;
void parked_remove(const char *dir, const struct parked *parked);

/* What waits for which rows, for people and as an array `parked`. */
void parked_say(const struct reading *reading);
void parked_put(struct json *json, const struct reading *reading);

#endif
