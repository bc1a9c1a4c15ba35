/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/conflict.h"

#include <stdlib.h>

static bool
is_end(enum event_kind kind)
{
	return kind == EVENT_ALERT_RESOLVED || kind == EVENT_ALERT_WITHDRAWN;
}

static bool
unpack_at(const struct conflict_source *source,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t at, struct event *event)
{
	struct bytes bytes;

	return ledger_verdict(source->ledger, alert, &at, &bytes) == OK &&
	       wire_unpack(source->wire, bytes, event) == REJECT_NONE;
}

/* From the last one back: most often that one stands, and to unpack them all
 * would be dear. */
enum err
conflict_standing(const struct conflict_source *source,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index, struct event *event)
{
	uint64_t *all = NULL, at = 0;
	size_t count = 0;
	bool is_found = false;
	struct bytes bytes;

	for (; ledger_verdict(source->ledger, alert, &at, &bytes) == OK &&
	       at <= index;
	     at++) {
		all = xrealloc(all, count + 1, sizeof *all);
		all[count++] = at;
	}
	while (!is_found && count > 0)
		is_found = unpack_at(source, alert, all[--count], event) &&
			   !is_end(event->kind);
	free(all);
	return is_found ? OK : ERR_NOTFOUND;
}

enum routes_conflict
conflict_as_of(const struct conflict_source *source, const char *seat,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index)
{
	struct event event;

	if (source->routes == NULL || !routes_has_own(source->routes, seat) ||
	    conflict_standing(source, alert, index, &event) != OK)
		return ROUTES_CLEAR;
	return routes_conflict(source->routes, seat, &event.verdict);
}

bool
conflict_is_whole(const struct conflict_source *source, const char *seat,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index)
{
	uint64_t later = index + 1;
	struct bytes bytes;

	return conflict_as_of(source, seat, alert, index) == ROUTES_WHOLE ||
	       (ledger_verdict(source->ledger, alert, &later, &bytes) == OK &&
		   conflict_as_of(source, seat, alert, UINT64_MAX) ==
		       ROUTES_WHOLE);
}
