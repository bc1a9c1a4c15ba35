/* SPDX-License-Identifier: Apache-2.0 */
/* How the dump_* programs print for the reference judge: JSON lines. */
#ifndef TESTS_PROP_DUMP_H
#define TESTS_PROP_DUMP_H

#include "aggregator/log_json.h"

#include <stdio.h>

static inline void
dump_json(struct json *json)
{
	(void)printf("%.*s\n", (int)json->text.len, json->text.at);
	json_clear(json);
}

static inline void
dump_entry(const struct stored *stored)
{
	struct json json = {0};

	log_put_entry(&json, stored);
	dump_json(&json);
}

/* The other rules, and from when they count. `seed` NULL: of no history. */
static inline void
dump_head(const uint64_t *seed, uint64_t from_ms, struct rule_row *rows,
    uint32_t row_count)
{
	struct json json = {0};
	struct stored stored = {
	    .event = {.kind = EVENT_RULES_CHANGED,
		.rules = {.part = {.version = 1, .part = 1, .parts = 1},
		    .row_count = row_count,
		    .rows = rows}}};

	json_object_begin(&json, NULL);
	if (seed != NULL)
		json_u64(&json, "seed", *seed);
	json_u64(&json, "from_ms", from_ms);
	json_array_begin(&json, "rules");
	log_put_entry(&json, &stored);
	json_end(&json);
	json_end(&json);
	dump_json(&json);
}

#endif
