/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_nodes fill|drain|drain-ceiling|trickle|webhook|alertmanager ...: real
 * nodes (spool, uplink) in one process, for tests/bench/run.py.
 */
#include "tests/bench/bench.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
node_open(struct bench_node *node, const char *dir)
{
	struct spool_options options = {.dir = dir, .create = true};

	node->dir = dir;
	if (node_keys_load(&node->keys, dir) != OK ||
	    node_region_load(&node->region, dir) != OK)
		fatalx("bench-no-node dir=%s", dir);
	options.keys = &node->keys;
	options.wilayah = node->region.wilayah;
	if (spool_open(&node->spool, &options) != OK)
		fatalx("bench-no-spool dir=%s", dir);
}

void
bench_open(struct bench *bench, char **dirs, unsigned count)
{
	CHECK(count <= BENCH_NODES_MAX);
	if (loop_open(&bench->loop, NULL) != OK ||
	    link_open(&bench->link, bench->loop) != OK)
		fatalx("bench-no-loop");
	bench->node_count = count;
	for (unsigned i = 0; i < count; i++) {
		bench->nodes[i].bench = bench;
		node_open(&bench->nodes[i], dirs[i]);
	}
}

static void
fill_one(struct event *event, uint64_t unit, const char *campaign,
    bool is_incident, uint64_t now_ms)
{
	char code[CODE_MAX];

	snprintf(code, sizeof code, "UNIT-KERJA-BENCH-%07" PRIu64, unit);
	bench_event(event, code, campaign, is_incident, now_ms);
}

/* fill EVENTS PER_COMMIT FIRST_UNIT CAMPAIGN DIR: three pledges, then two
 * incidents, over 20 units; 300 bytes each on average. */
static int
bench_fill(int argc, char **argv)
{
	struct bench bench = {0};
	uint64_t events, per_commit, first_unit, now_ms, bytes = 0;
	struct event *batch;
	enum reject why;

	if (argc != 6 || u64_get(&events, argv[1], 1, 10000000) != OK ||
	    u64_get(&per_commit, argv[2], 1, 2000) != OK ||
	    u64_get(&first_unit, argv[3], 1, 9999999) != OK)
		return 64;
	bench_open(&bench, argv + 5, 1);
	batch = xcalloc(per_commit, sizeof *batch);
	now_ms = loop_now_ms(bench.loop);
	for (uint64_t done = 0; done < events; done += per_commit) {
		for (uint64_t i = 0; i < per_commit; i++)
			fill_one(&batch[i], first_unit + (done + i) / 5 % 20,
			    argv[4], i % 5 >= 3, now_ms);
		if (spool_add(bench.nodes[0].spool, batch, (unsigned)per_commit,
			now_ms, &why) != OK)
			fatalx("bench-fill-failed why=%s", reject_word(why));
	}
	for (uint64_t seq = 1; seq <= per_commit; seq++) {
		struct spool_row row;

		if (spool_row(bench.nodes[0].spool, seq, &row) == OK)
			bytes += row.event.len;
		spool_row_done(bench.nodes[0].spool);
	}
	printf("{\"mean_bytes\":%.1f}\n", (double)bytes / (double)per_commit);
	free(batch);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} verbs[] = {
	    {"fill", bench_fill},
	    {"drain", bench_drain},
	    {"drain-ceiling", bench_drain_ceiling},
	    {"trickle", bench_trickle},
	    {"trickle-ceiling", bench_trickle_ceiling},
	    {"webhook", bench_webhook},
	    {"alertmanager", bench_alertmanager},
	};

	log_open("bench_nodes", LOG_LEVEL_WARN);
	for (unsigned i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	fprintf(stderr, "bench_nodes fill|drain|drain-ceiling|trickle|"
			"trickle-ceiling|webhook|alertmanager\n");
	return 64;
}
