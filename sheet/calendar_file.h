/* SPDX-License-Identifier: Apache-2.0 */
/* The calendar of a region as a person writes it (data/samples/calendar.yaml):
 * holidays, days of collective leave, stages of the election. */
#ifndef SHEET_CALENDAR_FILE_H
#define SHEET_CALENDAR_FILE_H

#include "sheet/yaml_file.h"
#include "model/event.h"

enum { CALENDAR_FILE_MAX = 2048 /* rows in all */ };

struct calendar_file {
	struct calendar_row *rows; /* holidays in their order, then stages */
	uint32_t count;
};

/* ERR_INVALID: yaml_file_why says why; `calendar` is untouched. */
enum err calendar_file_read(struct calendar_file *calendar,
    struct yaml_file *file, const char *path) MUST_CHECK;
void calendar_file_clear(struct calendar_file *calendar);

#endif
