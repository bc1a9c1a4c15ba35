/* SPDX-License-Identifier: Apache-2.0 */
/* What a region adds up to, as JSON for other programs; and the groups that it
 * is shown by, for state_text too. */
#ifndef AGGREGATOR_STATE_JSON_H
#define AGGREGATOR_STATE_JSON_H

#include "aggregator/reading.h"
#include "core/json.h"

struct state_asked {
	const char *campaign; /* NULL: all */
	bool units;           /* each unit of each campaign */
};

/* The whole document. The view has been made. */
void state_put(struct json *json, const struct reading *reading,
    const struct state_asked *asked);
/* "nodes": [...] into the open object. */
void state_put_nodes(struct json *json, const struct reading *reading);

/* pending, enrolled, revoked; open, resolved, withdrawn */
const char *state_node_word(uint32_t state);
const char *state_alert_word(uint32_t state);
/* Of all alerts; -1: there was no verdict yet. */
int64_t state_last_verdict(const struct view *view);

/* Units on the roster in each state of a campaign, on time or not. */
enum { STATE_STATUSES = UNIT_COMPLETE + 1 };
void state_statuses(const struct view *view,
    const struct view_campaign *campaign, unsigned counts[STATE_STATUSES]);

/* Kecamatan or OPD that have units now, in the order of their codes; names
 * from the roster, else the code. Pointers live as long as the view. */
struct state_group {
	char code[CODE_MAX];
	const char *name; /* NULL: none known */
};
struct state_groups {
	struct state_group *at;
	unsigned count;
};
void state_kecamatan(struct state_groups *groups, const struct view *view);
void state_opd(struct state_groups *groups, const struct view *view);
void state_groups_clear(struct state_groups *groups);

#endif
