/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of bench_nodes share: nodes that are open in one process. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "core/link.h"
#include "core/loop.h"
#include "node/spool.h"
#include "node/uplink.h"

enum { BENCH_NODES_MAX = 64 };

struct bench_node {
	struct bench *bench;
	const char *dir;
	struct node_keys keys;
	struct node_region region;
	struct spool *spool;
	struct uplink *uplink;
	struct link_client *client; /* of bench_ceiling */
	uint64_t next, last, answered;
	bool is_done;
};

struct bench {
	struct loop *loop;
	struct link *link;
	struct bench_node nodes[BENCH_NODES_MAX];
	unsigned node_count;
	unsigned done_count;
	bool is_done;
	uint64_t answered_ns; /* all have verified receipts; 0: not yet */
	struct loop_timer *look;
	void (*answered)(struct bench *bench); /* NULL: drain-ceiling */
	void *context;
};

/* Opens keys, region and spool of each directory; ends the process if it
 * cannot. */
void bench_open(struct bench *bench, char **dirs, unsigned count);
/* A pledge with every field filled, or an incident with all its evidence. */
void bench_event(struct event *event, const char *unit, const char *campaign,
    bool is_incident, uint64_t now_ms);
/* Pushes what the spool holds to a bench_ceiling, as it comes to hold more. */
void bench_client_open(
    struct bench_node *node, const char *endpoint, const char *key_hex);
void bench_client_send(struct bench_node *node);
/* Sorts and prints {"p50_ms":..,"p99_ms":..,"count":..} of nanoseconds. */
void bench_print_latency(const char *name, uint64_t *ns, unsigned count);

int bench_drain(int argc, char **argv);
int bench_drain_ceiling(int argc, char **argv);
int bench_trickle(int argc, char **argv);
int bench_trickle_ceiling(int argc, char **argv);
int bench_webhook(int argc, char **argv);
int bench_alertmanager(int argc, char **argv);

#endif
