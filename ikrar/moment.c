/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/moment.h"

#include "core/tell.h"
#include "model/calendar.h"

#include <string.h>

const char *
moment_zone(const char *wilayah)
{
	const char *zone = wilayah_zone(wilayah);

	return zone != NULL ? zone : "WIB";
}

enum err
moment_get(struct moment *moment, const char *text, const char *wilayah,
    const char *option)
{
	struct moment made = {UINT64_MAX, UINT64_MAX};
	int hours = wilayah_zone_hours(moment_zone(wilayah));
	bool is_index =
	    text != NULL && strspn(text, "0123456789") == strlen(text);
	enum err err = OK;

	if (is_index)
		err = u64_get(&made.index, text, 0, UINT32_MAX);
	else if (text != NULL)
		err = calendar_ms_get(&made.ms, text, hours);
	if (err == OK) {
		*moment = made;
		return OK;
	}
	tell("ikrar: --%s %.40s: tulis indeks entri, atau waktu seperti "
	     "\"2024-10-04 16:00\".",
	    "    (--%s %.40s: write the index of an entry, or a time such as "
	    "\"2024-10-04 16:00\")",
	    option, text);
	return ERR_INVALID;
}
