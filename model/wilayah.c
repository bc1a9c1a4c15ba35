/* SPDX-License-Identifier: Apache-2.0 */
#include "model/wilayah.h"

#include <string.h>

enum { DISTRICT_LEN = 8 };

static const struct {
	const char *zone;
	int hours;
} zones[] = {{"WIB", 7}, {"WITA", 8}, {"WIT", 9}};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* `len` digits, not all of them zero. */
static bool
is_number(const char *text, unsigned len)
{
	bool is_zero = true;

	for (unsigned i = 0; i < len; i++) {
		if (!is_digit(text[i]))
			return false;
		is_zero = is_zero && text[i] == '0';
	}
	return !is_zero;
}

enum wilayah_level
wilayah_level(const char *code)
{
	static const uint8_t digits[] = {2, 2, 2, 4};

	for (unsigned i = 0; i < sizeof digits; i++) {
		if (!is_number(code, digits[i]))
			return WILAYAH_NONE;
		code += digits[i];
		if (*code == '\0')
			return (enum wilayah_level)(WILAYAH_PROVINCE + i);
		if (*code++ != '.')
			return WILAYAH_NONE;
	}
	return WILAYAH_NONE;
}

bool
wilayah_is_within(const char *code, const char *prefix)
{
	size_t len = strlen(prefix);

	return len > 0 && strncmp(code, prefix, len) == 0 &&
	       (code[len] == '\0' || code[len] == '.');
}

void
wilayah_district(const char *code, char district[WILAYAH_MAX])
{
	if (wilayah_level(code) == WILAYAH_VILLAGE) {
		memcpy(district, code, DISTRICT_LEN);
		district[DISTRICT_LEN] = '\0';
	} else {
		(void)text_copy(district, WILAYAH_MAX, code);
	}
}

/* Numbers of the provinces; Kalimantan is split between two zones. */
const char *
wilayah_zone(const char *code)
{
	unsigned province;

	if (wilayah_level(code) == WILAYAH_NONE)
		return NULL;
	province = (unsigned)(code[0] - '0') * 10 + (unsigned)(code[1] - '0');
	if ((province >= 11 && province <= 19) || province == 21 ||
	    (province >= 31 && province <= 36) || province == 61 ||
	    province == 62)
		return "WIB";
	if ((province >= 51 && province <= 53) ||
	    (province >= 63 && province <= 65) ||
	    (province >= 71 && province <= 76))
		return "WITA";
	if (province == 81 || province == 82 ||
	    (province >= 91 && province <= 96))
		return "WIT";
	return NULL;
}

int
wilayah_zone_hours(const char *zone)
{
	for (unsigned i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (strcmp(zone, zones[i].zone) == 0)
			return zones[i].hours;
	return 0;
}
