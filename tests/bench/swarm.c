/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_swarm make|run: every collector of the country after a blackout. The
 * nodes are real (spool, chain, stamps, uplink, a CURVE socket each); that
 * they share a process and two cores with the region makes it slower than it
 * would be. Their spools are best put on a tmpfs: each has its own disk in
 * life.
 */
#include "tests/bench/swarm.h"

#include "core/log.h"
#include "core/loop.h"
#include "node/uplink.h"
#include "tests/bench/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum {
	WITHIN_MS = 600000,
	EVENTS_MAX = 200,
	MAP_MIB = 128,
	/* ZeroMQ opens 1,023 sockets a context; a node takes three. */
	NODES_A_LINK = 300,
	LINKS_MAX = SWARM_NODES_MAX / NODES_A_LINK + 1,
	PATH_CAP = 512,
};

struct swarm_node {
	struct swarm *swarm;
	const struct swarm_row *row;
	struct node_region region;
	struct spool *spool;
	struct uplink *uplink;
	char dir[PATH_CAP];
	uint64_t connected_ns, done_ns; /* 0: not yet */
};

struct swarm {
	struct loop *loop;
	struct link *links[LINKS_MAX];
	struct swarm_head head;
	struct swarm_row rows[SWARM_NODES_MAX];
	struct swarm_node nodes[SWARM_NODES_MAX];
	uint64_t first, count; /* of the file's, in this process */
	uint64_t events, began_ns, done_count;
	bool is_done;
};

static void
load(struct swarm *swarm, const char *path)
{
	FILE *file = fopen(path, "rbe");

	if (file == NULL ||
	    fread(&swarm->head, sizeof swarm->head, 1, file) != 1 ||
	    swarm->head.count > SWARM_NODES_MAX ||
	    fread(swarm->rows, sizeof swarm->rows[0], swarm->head.count,
		file) != swarm->head.count)
		fatalx("swarm-no-keys path=%s", path);
	(void)fclose(file);
}

static void
record(struct swarm_node *node, uint64_t now_ms)
{
	static struct event events[EVENTS_MAX];
	struct unit_row unit;
	struct campaign_row campaign;
	enum reject why = REJECT_NONE;

	swarm_unit(&unit, node->row->wilayah);
	swarm_campaign(&campaign, now_ms);
	spool_take_units(node->spool, &unit, 1,
	    &(struct slice){WHAT_ROSTER, SWARM_VERSION, 1, 1});
	spool_take_campaigns(node->spool, &campaign, 1, SWARM_VERSION);
	for (uint64_t i = 0; i < node->swarm->events; i++)
		bench_event(
		    &events[i], unit.code, SWARM_CAMPAIGN, i % 5 >= 3, now_ms);
	if (spool_add(node->spool, events, (unsigned)node->swarm->events,
		now_ms, &why) != OK)
		fatalx("swarm-not-stored dir=%s why=%s", node->dir,
		    reject_word(why));
}

static void
prepare(struct swarm *swarm, uint64_t n, const char *dir, const char *endpoint)
{
	struct swarm_node *node = &swarm->nodes[n];
	const struct swarm_row *row = &swarm->rows[swarm->first + n];
	struct spool_options options = {.dir = node->dir,
	    .keys = &row->keys,
	    .wilayah = row->wilayah,
	    .map_bytes = (uint64_t)MAP_MIB << 20,
	    .create = true};

	node->swarm = swarm;
	node->row = row;
	node->region = swarm->head.region;
	snprintf(node->dir, sizeof node->dir, "%.480s/%" PRIu64, dir,
	    swarm->first + n);
	(void)text_copy(node->region.wilayah, sizeof node->region.wilayah,
	    node->row->wilayah);
	if (!text_copy(node->region.endpoints[0],
		sizeof node->region.endpoints[0], endpoint) ||
	    mkdir(node->dir, 0700) != 0 ||
	    spool_open(&node->spool, &options) != OK)
		fatal("swarm-no-spool dir=%s", node->dir);
	record(node, loop_now_ms(swarm->loop));
}

static void
on_change(void *context)
{
	struct swarm_node *node = context;
	struct swarm *swarm = node->swarm;
	uint64_t now = loop_monotonic_ns();
	struct spool_status status;

	if (uplink_halted(node->uplink) != REJECT_NONE)
		fatalx("swarm-halted dir=%s word=%s", node->dir,
		    reject_word(uplink_halted(node->uplink)));
	if (node->connected_ns == 0 &&
	    uplink_link_state(node->uplink) == LINK_READY)
		node->connected_ns = now;
	spool_status(node->spool, &status);
	if (node->done_ns != 0 || status.receipted_seq < swarm->events)
		return;
	if (status.refused_count > 0)
		fatalx("swarm-refused dir=%s", node->dir);
	node->done_ns = now;
	swarm->is_done = ++swarm->done_count == swarm->count;
}

static void
start(struct swarm *swarm, uint64_t n)
{
	struct swarm_node *node = &swarm->nodes[n];
	struct uplink_options options = {
	    .loop = swarm->loop,
	    .link = swarm->links[n / NODES_A_LINK],
	    .spool = node->spool,
	    .keys = &node->row->keys,
	    .region = &node->region,
	    .dir = node->dir,
	    .changed = on_change,
	    .context = node,
	};

	if (uplink_open(&node->uplink, &options) != OK)
		fatalx("swarm-no-uplink dir=%s", node->dir);
}

/* A line a node: milliseconds from the start to link and receipt. */
static void
print_result(const struct swarm *swarm)
{
	for (uint64_t n = 0; n < swarm->count; n++) {
		const struct swarm_node *node = &swarm->nodes[n];

		printf("%.3f %.3f\n",
		    (double)(node->connected_ns - swarm->began_ns) / 1e6,
		    (double)(node->done_ns - swarm->began_ns) / 1e6);
	}
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		fatal("swarm-no-limit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		fatal("swarm-no-descriptors");
}

/* run FILE FIRST COUNT ENDPOINT DIR EVENTS: some of the nodes; says "ready",
 * and goes at a line of input. */
static int
swarm_run(int argc, char **argv)
{
	static struct swarm swarm;

	if (argc != 7 ||
	    u64_get(&swarm.first, argv[2], 0, SWARM_NODES_MAX) != OK ||
	    u64_get(&swarm.count, argv[3], 1, SWARM_NODES_MAX) != OK ||
	    u64_get(&swarm.events, argv[6], 1, EVENTS_MAX) != OK)
		return 64;
	raise_descriptors();
	load(&swarm, argv[1]);
	if (swarm.first + swarm.count > swarm.head.count ||
	    loop_open(&swarm.loop, NULL) != OK)
		fatalx("swarm-no-loop");
	for (uint64_t n = 0; n < swarm.count; n++) {
		if (n % NODES_A_LINK == 0 &&
		    link_open(&swarm.links[n / NODES_A_LINK], swarm.loop) != OK)
			fatalx("swarm-no-link");
		prepare(&swarm, n, argv[5], argv[4]);
	}
	printf("ready\n");
	(void)fflush(stdout);
	(void)getchar();
	swarm.began_ns = loop_monotonic_ns();
	for (uint64_t n = 0; n < swarm.count; n++)
		start(&swarm, n);
	if (loop_run_until(swarm.loop, &swarm.is_done, WITHIN_MS) != OK)
		fatalx("swarm-timed-out done=%" PRIu64 " of %" PRIu64,
		    swarm.done_count, swarm.count);
	print_result(&swarm);
	return 0;
}

int
main(int argc, char **argv)
{
	log_open("bench_swarm", LOG_LEVEL_WARN);
	if (argc > 1 && strcmp(argv[1], "make") == 0)
		return swarm_make(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "run") == 0)
		return swarm_run(argc - 1, argv + 1);
	fprintf(stderr, "bench_swarm make|run ...\n");
	return 64;
}
