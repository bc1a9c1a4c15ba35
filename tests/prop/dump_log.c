/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exported log and the rules of a file, for the reference judge:
 *     dump_log LOG RULES
 * Prints as dump_trial does, all but what `ikrar rules try` says of them.
 */
#include "tests/prop/dump.h"

#include "core/log.h"
#include "ikrar/log_dir.h"
#include "model/wire.h"
#include "sheet/rules_file.h"

#include <inttypes.h>

static void
print_entries(struct log_dir *log)
{
	struct wire *wire = wire_new();
	struct bytes bytes;

	for (uint64_t i = 0; log_dir_next(log, &bytes) == OK; i++) {
		struct stored stored = {.index = i};

		if (leaf_get(&stored.leaf, bytes) != OK ||
		    wire_unpack(wire, stored.leaf.event, &stored.event) !=
			REJECT_NONE)
			fatalx("dump-bad-leaf index=%" PRIu64, i);
		dump_entry(&stored);
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
	dump_head(NULL, 0, rules.rows, rules.count);
	print_entries(log);
	rules_file_clear(&rules);
	yaml_file_free(file);
	log_dir_close(log);
	return 0;
}
