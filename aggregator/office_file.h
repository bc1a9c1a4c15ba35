/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The offices that are told of alerts, with the terms of their holders, as a
 * person writes them (data/samples/offices.yaml). Channels by name only: no
 * address and no person's name comes into the log.
 */
#ifndef AGGREGATOR_OFFICE_FILE_H
#define AGGREGATOR_OFFICE_FILE_H

#include "sheet/yaml_file.h"
#include "model/event.h"

enum { OFFICE_FILE_MAX = 4096 };

struct office_file {
	struct seat_row *rows;
	uint32_t count;
};

/* Times are of the seat's own zone. ERR_INVALID: yaml_file_why says why. */
enum err office_file_read(struct office_file *offices, struct yaml_file *file,
    const char *path) MUST_CHECK;
void office_file_clear(struct office_file *offices);

#endif
