/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/conflict.h"

static bool
is_end(enum event_kind kind)
{
	return kind == EVENT_ALERT_RESOLVED || kind == EVENT_ALERT_WITHDRAWN;
}

enum err
conflict_standing(const struct conflict_source *source,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index, struct event *event)
{
	uint64_t at = 0, found = 0;
	bool is_found = false;
	struct bytes bytes;

	while (ledger_verdict(source->ledger, alert, &at, &bytes) == OK &&
	       at <= index) {
		if (wire_unpack(source->wire, bytes, event) == REJECT_NONE &&
		    !is_end(event->kind)) {
			found = at;
			is_found = true;
		}
		at++;
	}
	/* The rows of the one read last are in the wire. */
	if (!is_found ||
	    ledger_verdict(source->ledger, alert, &found, &bytes) != OK ||
	    wire_unpack(source->wire, bytes, event) != REJECT_NONE)
		return ERR_NOTFOUND;
	return OK;
}

enum routes_conflict
conflict_as_of(const struct conflict_source *source, const char *seat,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index)
{
	struct event event;

	if (source->routes == NULL ||
	    conflict_standing(source, alert, index, &event) != OK)
		return ROUTES_CLEAR;
	return routes_conflict(source->routes, seat, &event.verdict);
}
