/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Latency at a calm rate: one node records an event every so many
 * milliseconds. `trickle` waits for its verified receipt, `webhook` for the
 * POST of the alert that it causes, at a listener of its own. `alertmanager`
 * records nothing: it posts alerts to an Alertmanager at the same rate and
 * waits for them at the same listener.
 */
#include "tests/bench/bench.h"

#include "core/log.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WITHIN_MS = 120000, SAMPLES_MAX = 20000, REQUEST_MAX = 65536 };

struct trickle {
	struct bench bench;
	struct loop_timer *timer;
	const char *unit, *campaign;
	uint64_t every_ms, wanted, sent, seen, kept;
	uint64_t began_ns[SAMPLES_MAX];  /* before it is handed to the spool */
	uint64_t stored_ns[SAMPLES_MAX]; /* when it is on the node's disk */
	uint64_t from_start[SAMPLES_MAX], from_stored[SAMPLES_MAX];
	uint64_t to_kept[SAMPLES_MAX]; /* from the start */
	uint64_t first_seq;
	int listener;
	struct loop_fd *listener_fd;
	bool by_webhook, awaits_kept;
	uint16_t alertmanager; /* its port; 0: events of the node */
};

static void
sample(struct trickle *trickle, uint64_t number)
{
	uint64_t now = loop_monotonic_ns();

	trickle->from_start[number] = now - trickle->began_ns[number];
	trickle->from_stored[number] = now - trickle->stored_ns[number];
	trickle->seen++;
	if (!trickle->awaits_kept)
		trickle->bench.is_done = trickle->seen == trickle->wanted;
}

/* Answered up to that number of the node. */
static void
sample_up_to(struct trickle *trickle, uint64_t have)
{
	while (trickle->seen < trickle->sent &&
	       trickle->first_seq + trickle->seen <= have)
		sample(trickle, trickle->seen);
}

static void
on_verified(void *context, uint64_t have)
{
	struct trickle *trickle = context;

	if (!trickle->by_webhook)
		sample_up_to(trickle, have);
}

/* The receipt is on the node's disk as well. */
static void
on_kept(void *context)
{
	struct trickle *trickle = context;
	uint64_t now = loop_monotonic_ns();
	struct spool_status status;

	if (trickle->by_webhook)
		return;
	spool_status(trickle->bench.nodes[0].spool, &status);
	while (trickle->kept < trickle->sent &&
	       trickle->first_seq + trickle->kept <= status.receipted_seq) {
		trickle->to_kept[trickle->kept] =
		    now - trickle->began_ns[trickle->kept];
		trickle->kept++;
	}
	trickle->bench.is_done = trickle->kept == trickle->wanted;
}

static void
record_event(struct trickle *trickle, uint64_t n)
{
	struct bench_node *node = &trickle->bench.nodes[0];
	uint64_t now_ms = loop_now_ms(trickle->bench.loop);
	char unit[CODE_MAX];
	struct event event;
	enum reject why;

	snprintf(unit, sizeof unit, "%s", trickle->unit);
	if (trickle->by_webhook)
		snprintf(unit, sizeof unit, "U-%05" PRIu64, n);
	bench_event(
	    &event, unit, trickle->campaign, trickle->by_webhook, now_ms);
	trickle->began_ns[n] = loop_monotonic_ns();
	if (spool_add(node->spool, &event, 1, now_ms, &why) != OK)
		fatalx("bench-add-failed why=%s", reject_word(why));
	trickle->stored_ns[n] = loop_monotonic_ns();
	if (n == 0)
		trickle->first_seq = event.seq;
	if (node->client != NULL)
		bench_client_send(node);
	else
		uplink_wake(node->uplink);
}

/* ---- to an Alertmanager */

static int
connect_to(uint16_t port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		fatal("bench-no-alertmanager");
	return fd;
}

struct posted {
	int fd;
	struct loop_fd *watch;
};

/* The loop goes on meanwhile: the webhook may come before the answer. */
static void
take_answer(void *context)
{
	struct posted *posted = context;
	char answer[512] = "";

	if (recv(posted->fd, answer, sizeof answer - 1, 0) <= 0 ||
	    strncmp(answer, "HTTP/1.1 200 ", 13) != 0)
		fatalx("bench-alert-refused answer=%.40s", answer);
	loop_fd_remove(posted->watch);
	(void)close(posted->fd);
	free(posted);
}

static void
post_alert(struct trickle *trickle, uint64_t n)
{
	struct posted *posted = xcalloc(1, sizeof *posted);
	char body[128], request[512];
	int len;

	(void)snprintf(body, sizeof body,
	    "[{\"labels\":{\"alertname\":\"SATU\",\"unit\":\"U-%05" PRIu64
	    "\"}}]",
	    n);
	len = snprintf(request, sizeof request,
	    "POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n%s",
	    strlen(body), body);
	trickle->began_ns[n] = loop_monotonic_ns();
	posted->fd = connect_to(trickle->alertmanager);
	if (send(posted->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		fatal("bench-alert-not-sent");
	posted->watch = loop_fd_add(trickle->bench.loop, posted->fd,
	    LOOP_READABLE, take_answer, posted);
}

static void
record(void *context)
{
	struct trickle *trickle = context;

	if (trickle->alertmanager != 0)
		post_alert(trickle, trickle->sent);
	else
		record_event(trickle, trickle->sent);
	trickle->sent++;
	if (trickle->sent < trickle->wanted)
		loop_timer_set(trickle->timer, trickle->every_ms);
}

/* One POST: the unit's number stands in the body as U-00017. */
static void
take_post(void *context)
{
	static const char answer[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	static char request[REQUEST_MAX];
	struct trickle *trickle = context;
	int fd = accept(trickle->listener, NULL, NULL);
	size_t used = 0;
	char *unit = NULL;

	if (fd < 0)
		return;
	do {
		ssize_t got =
		    recv(fd, request + used, sizeof request - 1 - used, 0);

		if (got <= 0)
			break;
		used += (size_t)got;
		request[used] = '\0';
		unit = strstr(request, "U-");
	} while (!unit || strlen(unit) < 7);
	if (unit && used > 0)
		sample(trickle, strtoull(unit + 2, NULL, 10));
	if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0)
		log_warn("bench-answer-failed");
	shutdown(fd, SHUT_WR);
	while (recv(fd, request, sizeof request, 0) > 0)
		;
	close(fd);
}

static void
listen_on(struct trickle *trickle, uint16_t port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int yes = 1;

	trickle->listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(
	    trickle->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(trickle->listener, (struct sockaddr *)&address,
		sizeof address) != 0 ||
	    listen(trickle->listener, 64) != 0)
		fatal("bench-no-listener");
	trickle->listener_fd = loop_fd_add(trickle->bench.loop,
	    trickle->listener, LOOP_READABLE, take_post, trickle);
}

static void
run(struct trickle *trickle)
{
	trickle->timer = loop_timer_new(trickle->bench.loop, record, trickle);
	loop_timer_set(trickle->timer, 1000); /* connected by then */
	if (loop_run_until(
		trickle->bench.loop, &trickle->bench.is_done, WITHIN_MS) != OK)
		fatalx("bench-trickle-timed-out seen=%" PRIu64 " of %" PRIu64,
		    trickle->seen, trickle->wanted);
}

static void
run_trickle(struct trickle *trickle)
{
	struct bench_node *node = &trickle->bench.nodes[0];
	struct uplink_options options = {
	    .loop = trickle->bench.loop,
	    .link = trickle->bench.link,
	    .spool = node->spool,
	    .keys = &node->keys,
	    .region = &node->region,
	    .dir = node->dir,
	    .verified = on_verified,
	    .changed = on_kept,
	    .context = trickle,
	};

	if (uplink_open(&node->uplink, &options) != OK)
		fatalx("bench-no-uplink");
	run(trickle);
}

/* trickle EVENTS EVERY_MS UNIT CAMPAIGN DIR */
int
bench_trickle(int argc, char **argv)
{
	static struct trickle trickle;

	if (argc != 6 || u64_get(&trickle.wanted, argv[1], 1, SAMPLES_MAX) ||
	    u64_get(&trickle.every_ms, argv[2], 1, 10000))
		return 64;
	trickle.unit = argv[3];
	trickle.campaign = argv[4];
	trickle.awaits_kept = true;
	bench_open(&trickle.bench, argv + 5, 1);
	run_trickle(&trickle);
	bench_print_latency(
	    "recorded_to_receipt", trickle.from_start, (unsigned)trickle.seen);
	bench_print_latency(
	    "stored_to_receipt", trickle.from_stored, (unsigned)trickle.seen);
	bench_print_latency(
	    "recorded_to_kept", trickle.to_kept, (unsigned)trickle.kept);
	return 0;
}

static void
on_ceiling(struct bench *bench)
{
	sample_up_to(bench->context, bench->nodes[0].answered);
}

/* trickle-ceiling EVENTS EVERY_MS UNIT CAMPAIGN ENDPOINT SERVER_KEY_HEX DIR */
int
bench_trickle_ceiling(int argc, char **argv)
{
	static struct trickle trickle;

	if (argc != 8 || u64_get(&trickle.wanted, argv[1], 1, SAMPLES_MAX) ||
	    u64_get(&trickle.every_ms, argv[2], 1, 10000))
		return 64;
	trickle.unit = argv[3];
	trickle.campaign = argv[4];
	bench_open(&trickle.bench, argv + 7, 1);
	trickle.bench.answered = on_ceiling;
	trickle.bench.context = &trickle;
	bench_client_open(&trickle.bench.nodes[0], argv[5], argv[6]);
	run(&trickle);
	bench_print_latency(
	    "recorded_to_answer", trickle.from_start, (unsigned)trickle.seen);
	bench_print_latency(
	    "stored_to_answer", trickle.from_stored, (unsigned)trickle.seen);
	return 0;
}

/* webhook EVENTS EVERY_MS PORT DIR */
int
bench_webhook(int argc, char **argv)
{
	static struct trickle trickle;
	uint64_t port;

	if (argc != 5 || u64_get(&trickle.wanted, argv[1], 1, SAMPLES_MAX) ||
	    u64_get(&trickle.every_ms, argv[2], 1, 10000) ||
	    u64_get(&port, argv[3], 1, 65535))
		return 64;
	trickle.unit = trickle.campaign = "";
	trickle.by_webhook = true;
	bench_open(&trickle.bench, argv + 4, 1);
	listen_on(&trickle, (uint16_t)port);
	run_trickle(&trickle);
	bench_print_latency(
	    "recorded_to_webhook", trickle.from_start, (unsigned)trickle.seen);
	bench_print_latency(
	    "stored_to_webhook", trickle.from_stored, (unsigned)trickle.seen);
	return 0;
}

/* alertmanager ALERTS EVERY_MS PORT ALERTMANAGER_PORT */
int
bench_alertmanager(int argc, char **argv)
{
	static struct trickle trickle;
	uint64_t port, alertmanager;

	if (argc != 5 || u64_get(&trickle.wanted, argv[1], 1, SAMPLES_MAX) ||
	    u64_get(&trickle.every_ms, argv[2], 1, 10000) ||
	    u64_get(&port, argv[3], 1, 65535) ||
	    u64_get(&alertmanager, argv[4], 1, 65535))
		return 64;
	trickle.by_webhook = true;
	trickle.alertmanager = (uint16_t)alertmanager;
	bench_open(&trickle.bench, NULL, 0);
	listen_on(&trickle, (uint16_t)port);
	run(&trickle);
	bench_print_latency("alertmanager_to_webhook", trickle.from_start,
	    (unsigned)trickle.seen);
	return 0;
}
