/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Empties filled spools: into a region through the uplink, until every row
 * has a verified receipt; or into bench_ceiling, which only says "stored",
 * through the same client sockets, batches and window.
 */
#include "tests/bench/bench.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WITHIN_MS = 300000, WINDOW_PUSHES = 16, LOOK_EVERY_MS = 1 };

static void
node_done(struct bench_node *node)
{
	struct bench *bench = node->bench;

	if (node->is_done)
		return;
	node->is_done = true;
	if (++bench->done_count == bench->node_count)
		bench->is_done = true;
}

static void
print_result(const struct bench *bench, uint64_t ns, uint64_t events)
{
	(void)bench;
	printf("{\"events\":%" PRIu64 ",\"seconds\":%.4f,"
	       "\"events_per_s\":%.0f}\n",
	    events, (double)ns / 1e9, (double)events * 1e9 / (double)ns);
}

static void
on_change(void *context)
{
	struct bench_node *node = context;

	if (uplink_halted(node->uplink) != REJECT_NONE)
		fatalx("bench-halted dir=%s word=%s", node->dir,
		    reject_word(uplink_halted(node->uplink)));
	if (uplink_is_drained(node->uplink))
		node_done(node);
}

static void
start_uplink(struct bench_node *node)
{
	struct uplink_options options = {
	    .loop = node->bench->loop,
	    .link = node->bench->link,
	    .spool = node->spool,
	    .keys = &node->keys,
	    .region = &node->region,
	    .dir = node->dir,
	    .changed = on_change,
	    .context = node,
	};

	if (uplink_open(&node->uplink, &options) != OK)
		fatalx("bench-no-uplink dir=%s", node->dir);
}

static uint64_t
rows_waiting(const struct bench *bench)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < bench->node_count; i++) {
		struct spool_status status;

		spool_status(bench->nodes[i].spool, &status);
		total += status.last_seq - status.receipted_seq;
	}
	return total;
}

/* Receipts are verified as they come, and kept on each node's disk after
 * that; the first is what is compared with the ceiling. */
static void
look(void *context)
{
	struct bench *bench = context;

	for (unsigned i = 0; i < bench->node_count; i++)
		if (!uplink_is_answered(bench->nodes[i].uplink)) {
			loop_timer_set(bench->look, LOOK_EVERY_MS);
			return;
		}
	bench->answered_ns = loop_monotonic_ns();
}

/* drain DIR... */
int
bench_drain(int argc, char **argv)
{
	struct bench bench = {0};
	uint64_t events, began;

	if (argc < 2)
		return 64;
	bench_open(&bench, argv + 1, (unsigned)argc - 1);
	events = rows_waiting(&bench);
	began = loop_monotonic_ns();
	for (unsigned i = 0; i < bench.node_count; i++)
		start_uplink(&bench.nodes[i]);
	bench.look = loop_timer_new(bench.loop, look, &bench);
	loop_timer_set(bench.look, LOOK_EVERY_MS);
	if (loop_run_until(bench.loop, &bench.is_done, WITHIN_MS) != OK)
		fatalx("bench-drain-timed-out");
	if (bench.answered_ns == 0)
		look(&bench); /* kept within the same millisecond */
	CHECK(bench.answered_ns != 0);
	print_result(&bench, bench.answered_ns - began, events);
	print_result(&bench, loop_monotonic_ns() - began, events);
	if (rows_waiting(&bench) != 0)
		fatalx("bench-rows-left");
	return 0;
}

void
bench_client_send(struct bench_node *node)
{
	static uint8_t header[512], body[PUSH_BODY_MAX];
	struct message message = {.kind = MESSAGE_PUSH};
	size_t header_len, body_len;
	struct spool_status status;

	spool_status(node->spool, &status);
	node->last = status.last_seq;
	while (
	    node->next <= node->last &&
	    node->next - 1 - node->answered < WINDOW_PUSHES * PUSH_EVENTS_MAX) {
		struct bytes frames[2];

		if (spool_batch(node->spool, node->next, &message.push, body,
			&body_len) != OK)
			fatalx("bench-no-batch seq=%" PRIu64, node->next);
		header_len = message_put(&message, header, sizeof header);
		frames[0] = bytes_of(header, header_len);
		frames[1] = bytes_of(body, body_len);
		if (link_client_send(node->client, frames, 2) != OK)
			return;
		node->next += message.push.count;
	}
}

static void
on_state(void *context, enum link_state state)
{
	if (state == LINK_READY)
		bench_client_send(context);
}

static void
on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct bench_node *node = context;

	CHECK(frame_count == 1 && frames[0].len == 8);
	node->answered = be64_get(frames[0].at);
	if (node->bench->answered != NULL)
		node->bench->answered(node->bench);
	else if (node->answered == node->last)
		node_done(node);
}

static void
on_turn_end(void *context)
{
	bench_client_send(context);
}

void
bench_client_open(
    struct bench_node *node, const char *endpoint, const char *key_hex)
{
	uint8_t server_key[LINK_KEY_SIZE];
	struct link_client_options options = {
	    .endpoint = endpoint,
	    .server_key = server_key,
	    .keys = &node->keys.link,
	    .state = on_state,
	    .answer = on_answer,
	    .turn_end = on_turn_end,
	    .context = node,
	};
	struct spool_status status;

	spool_status(node->spool, &status);
	node->next = node->bench->answered != NULL ? status.last_seq + 1 : 1;
	node->last = status.last_seq;
	if (hex_get(server_key, sizeof server_key, key_hex) != OK ||
	    link_client_open(&node->client, node->bench->link, &options) != OK)
		fatalx("bench-no-client");
}

/* drain-ceiling ENDPOINT SERVER_KEY_HEX DIR... */
int
bench_drain_ceiling(int argc, char **argv)
{
	struct bench bench = {0};
	uint64_t events = 0, began;

	if (argc < 4)
		return 64;
	bench_open(&bench, argv + 3, (unsigned)argc - 3);
	began = loop_monotonic_ns();
	for (unsigned i = 0; i < bench.node_count; i++) {
		bench_client_open(&bench.nodes[i], argv[1], argv[2]);
		events += bench.nodes[i].last;
	}
	if (loop_run_until(bench.loop, &bench.is_done, WITHIN_MS) != OK)
		fatalx("bench-drain-timed-out");
	print_result(&bench, loop_monotonic_ns() - began, events);
	return 0;
}
