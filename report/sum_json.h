/* SPDX-License-Identifier: Apache-2.0 */
/* What a view adds up to, as JSON for other programs: coverage, nodes,
 * incidents and alerts. Pure; each writes into the open object. */
#ifndef REPORT_SUM_JSON_H
#define REPORT_SUM_JSON_H

#include "core/json.h"
#include "judge/view.h"

struct sum_asked {
	const char *campaign; /* NULL: all */
	bool units;           /* each unit of each campaign */
};

/* Whose log it is, how long, and its versions. */
void sum_json_region(struct json *json, const struct view *view);
/* Into an object of its own. */
void sum_json_node(
    struct json *json, const struct view *view, const struct view_node *node);
void sum_json_campaigns(
    struct json *json, const struct view *view, const struct sum_asked *asked);
void sum_json_incidents(struct json *json, const struct view *view);
void sum_json_alerts(struct json *json, const struct view *view);
void sum_json_figures(struct json *json, const struct figures *figures);

/* pending, enrolled, revoked; open, resolved, withdrawn */
const char *sum_node_word(uint32_t state);
const char *sum_alert_word(uint32_t state);
/* Of all alerts; -1: there was no verdict yet. */
int64_t sum_last_verdict(const struct view *view);

/* Units on the roster in each state of a campaign, on time or not. */
enum { SUM_STATUSES = UNIT_COMPLETE + 1 };
void sum_statuses(const struct view *view, const struct view_campaign *campaign,
    unsigned counts[SUM_STATUSES]);

#endif
