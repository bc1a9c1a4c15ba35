/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Administrative codes (Kemendagri): province 73, kabupaten or kota 73.71,
 * kecamatan 73.71.01, kelurahan or desa 73.71.01.1001. A prefix is a parent.
 * Pure; the names come from data/wilayah.
 */
#ifndef MODEL_WILAYAH_H
#define MODEL_WILAYAH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

enum { WILAYAH_MAX = 16, WILAYAH_NAME_MAX = 64 };

enum wilayah_level {
	WILAYAH_NONE,
	WILAYAH_PROVINCE,
	WILAYAH_REGENCY,
	WILAYAH_DISTRICT,
	WILAYAH_VILLAGE,
};

/* WILAYAH_NONE: not a code. */
enum wilayah_level wilayah_level(const char *code);
/* Is `code` at or below `prefix`? */
bool wilayah_is_within(const char *code, const char *prefix);
/* The kecamatan of a code at or below one; else the code itself. */
void wilayah_district(const char *code, char district[WILAYAH_MAX]);
/* WIB, WITA, WIT by province; NULL: no such province. */
const char *wilayah_zone(const char *code);
/* Hours east of UTC (7, 8, 9); 0: no such zone. */
int wilayah_zone_hours(const char *zone);

#endif
