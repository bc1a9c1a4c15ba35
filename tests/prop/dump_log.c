/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exported log and the rules of a file, for the reference judge:
 *     dump_log LOG RULES
 * Prints as dump_trial does, all but what `ikrar rules try` says of them.
 */
#include "aggregator/log_json.h"
#include "core/log.h"
#include "ikrar/log_dir.h"
#include "model/wire.h"
#include "sheet/rules_file.h"

#include <inttypes.h>
#include <stdio.h>

static void
print_json(struct json *json)
{
	(void)printf("%.*s\n", (int)json->text.len, json->text.at);
	json_clear(json);
}

static void
print_head(const struct rules_file *rules)
{
	struct json json = {0};
	struct stored stored = {
	    .event = {.kind = EVENT_RULES_CHANGED,
		.rules = {.part = {.version = 1, .part = 1, .parts = 1},
		    .row_count = rules->count,
		    .rows = rules->rows}}};

	json_object_begin(&json, NULL);
	json_u64(&json, "from_ms", 0);
	json_array_begin(&json, "rules");
	log_put_entry(&json, &stored);
	json_end(&json);
	json_end(&json);
	print_json(&json);
}

static void
print_entries(struct log_dir *log)
{
	struct wire *wire = wire_new();
	struct bytes bytes;

	for (uint64_t i = 0; log_dir_next(log, &bytes) == OK; i++) {
		struct stored stored = {.index = i};
		struct json json = {0};

		if (leaf_get(&stored.leaf, bytes) != OK ||
		    wire_unpack(wire, stored.leaf.event, &stored.event) !=
			REJECT_NONE)
			fatalx("dump-bad-leaf index=%" PRIu64, i);
		log_put_entry(&json, &stored);
		print_json(&json);
	}
	wire_free(wire);
}

int
main(int argc, char **argv)
{
	struct yaml_file *file = yaml_file_new();
	struct rules_file rules = {0};
	struct log_dir *log;

	log_open("dump_log", LOG_LEVEL_WARN);
	if (argc != 3 || log_dir_open(&log, argv[1]) != OK)
		return 64;
	if (rules_file_read(&rules, file, argv[2]) != OK)
		fatalx("dump-bad-rules why=%s", yaml_file_why(file));
	print_head(&rules);
	print_entries(log);
	rules_file_clear(&rules);
	yaml_file_free(file);
	log_dir_close(log);
	return 0;
}
