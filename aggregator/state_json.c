/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/state_json.h"

#include "aggregator/parked.h"
#include "aggregator/recipients_file.h"
#include "aggregator/state_standing.h"
#include "model/catalog.h"

static void
put_node(struct json *json, const struct reading *reading, unsigned number)
{
	const struct view_node *node = view_node(reading->view, number);
	struct live_node live = {0};

	if (store_live_node(reading->store, node->id, &live) != OK)
		live = (struct live_node){.last_seq = node->mark};
	json_object_begin(json, NULL);
	sum_json_node(json, reading->view, node);
	json_u64(json, "last_contact_ms", live.last_contact_ms);
	json_u64(json, "spool_last_seq", live.last_seq);
	json_u64(json, "spool_depth",
	    live.last_seq > node->mark ? live.last_seq - node->mark : 0);
	json_i64(json, "clock_offset_ms", live.clock_offset_ms);
	json_text(json, "software", live.software);
	json_end(json);
}

void
state_put_nodes(struct json *json, const struct reading *reading)
{
	json_array_begin(json, "nodes");
	for (unsigned i = 0; i < view_node_count(reading->view); i++)
		put_node(json, reading, i);
	json_end(json);
	store_done(reading->store);
}

static void
put_recipients(struct json *json, const struct view *view)
{
	uint64_t version = view_region(view)->recipients_version;
	const struct recipients_changed *set = view_recipients(view, version);
	char text[FINGERPRINT_TEXT];

	json_object_begin(json, "recipients");
	json_u64(json, "version", version);
	if (set != NULL) {
		recipients_fingerprint(text, set);
		json_text(json, "fingerprint", text);
	}
	json_array_begin(json, "rows");
	for (uint32_t i = 0; set != NULL && i < set->row_count; i++) {
		recipient_fingerprint(text, &set->rows[i]);
		json_object_begin(json, NULL);
		json_text(json, "id", set->rows[i].id);
		json_text(json, "fingerprint", text);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void
put_counter(void *context, const char *name, uint64_t value)
{
	json_u64(context, name, value);
}

void
state_put(struct json *json, const struct reading *reading,
    const struct sum_asked *asked)
{
	const struct view *view = reading->view;

	json_object_begin(json, NULL);
	sum_json_region(json, view);
	state_put_standing(json, reading);
	put_recipients(json, view);
	state_put_nodes(json, reading);
	sum_json_campaigns(json, view, asked);
	sum_json_incidents(json, view);
	sum_json_alerts(json, view);
	parked_put(json, reading);
	json_object_begin(json, "counters");
	store_each_counter(reading->store, put_counter, json);
	json_end(json);
	json_end(json);
	store_done(reading->store);
}
