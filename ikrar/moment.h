/* SPDX-License-Identifier: Apache-2.0 */
/* Up to where a log is asked about: an entry, or a time in the region's zone.
 */
#ifndef IKRAR_MOMENT_H
#define IKRAR_MOMENT_H

#include "model/event.h"

struct moment {
	uint64_t index, ms; /* UINT64_MAX: no bound */
};

/* `text` NULL: no bound. Digits alone are an index; else a date, or a date and
 * a time in the zone of the wilayah. ERR_INVALID (told; `option` names it). */
enum err moment_get(struct moment *moment, const char *text,
    const char *wilayah, const char *option) MUST_CHECK;
/* WIB where the wilayah has no zone. */
const char *moment_zone(const char *wilayah);

#endif
