/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_nodes fill|drain|drain-ceiling|trickle|webhook ...: real nodes
 * (spool, uplink) in one process, for tests/bench/run.py.
 */
#include "tests/bench/bench.h"

#include "core/log.h"
#include "model/catalog.h"
#include "trust/hash.h"

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
fill_pledge(struct pledge *pledge, const char *unit, const char *campaign,
    uint64_t now_ms)
{
	text_copy(pledge->unit, sizeof pledge->unit, unit);
	text_copy(pledge->campaign, sizeof pledge->campaign, campaign);
	loop_random(pledge->ceremony, sizeof pledge->ceremony);
	pledge->act = catalog_number(CATALOG_ACT, "pakta");
	pledge->form = catalog_number(CATALOG_FORM, "APEL");
	pledge->points = 15;
	text_copy(pledge->template, sizeof pledge->template,
	    "IKRAR-NETRALITAS-4-POIN");
	loop_random(pledge->template_sha256, sizeof pledge->template_sha256);
	pledge->made_at_ms = now_ms - 3600000;
	pledge->witnesses = 5;
	pledge->head_signed = true;
	for (int kind = 0; kind < EMPLOYMENT_KINDS; kind++)
		pledge->counts[kind] = (struct count){true, 12, 11};
	pledge->has_sheet = true;
	loop_random(pledge->sheet_sha256, sizeof pledge->sheet_sha256);
}

static void
fill_incident(struct incident *incident, const char *unit, uint64_t now_ms)
{
	uint32_t today = (uint32_t)(now_ms / 86400000);

	text_copy(incident->unit, sizeof incident->unit, unit);
	text_copy(incident->act, sizeof incident->act, "PST");
	incident->happened_from_day = incident->happened_to_day = today - 2;
	incident->known_day = today - 2;
	incident->reported_day = today - 1;
	incident->source = catalog_number(CATALOG_SOURCE, "WARGA");
	incident->subject = catalog_number(CATALOG_SUBJECT, "PNS");
	incident->evidence_count = EVIDENCE_MAX;
	for (unsigned i = 0; i < incident->evidence_count; i++)
		loop_random(incident->evidence[i], EVENT_HASH_SIZE);
}

void
bench_event(struct event *event, const char *unit, const char *campaign,
    bool is_incident, uint64_t now_ms)
{
	memset(event, 0, sizeof *event);
	if (!is_incident) {
		event->kind = EVENT_PLEDGE_MADE;
		fill_pledge(&event->pledge, unit, campaign, now_ms);
	} else {
		event->kind = EVENT_INCIDENT_REPORTED;
		fill_incident(&event->incident, unit, now_ms);
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

static int
compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void
bench_print_latency(const char *name, uint64_t *ns, unsigned count)
{
	qsort(ns, count, sizeof *ns, compare_u64);
	printf("{\"name\":\"%s\",\"count\":%u,\"p50_ms\":%.3f,"
	       "\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
	    name, count, (double)ns[count / 2] / 1e6,
	    (double)ns[count * 99 / 100] / 1e6, (double)ns[count - 1] / 1e6);
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
	    {"webhook", bench_webhook},
	};

	log_open("bench_nodes", LOG_LEVEL_WARN);
	for (unsigned i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	fprintf(
	    stderr, "bench_nodes fill|drain|drain-ceiling|trickle|webhook\n");
	return 64;
}
