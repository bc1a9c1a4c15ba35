/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_handshakes serve|knock: what ZeroMQ alone takes to let so many CURVE
 * clients in, for a figure beside that of bench_swarm: one ROUTER, no ZAP, a
 * byte from each client and a byte back. No code of ours.
 *     serve ENDPOINT: prints endpoint and key, runs until SIGTERM
 *     knock ENDPOINT KEY COUNT: says "ready", goes at a line of input, prints
 *         the milliseconds until each has its answer
 */
#include "core/log.h"
#include "core/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

enum {
	CLIENTS_MAX = 8192,
	SOCKETS_A_CONTEXT = 900, /* of ZeroMQ's 1,023 */
	KEY_TEXT = 41,           /* Z85 and its end */
	ENDPOINT_MAX = 256,
	WITHIN_MS = 120000,
};

static void
must(int returned, const char *what)
{
	if (returned < 0)
		fatalx("handshakes-failed at=%s why=%s", what,
		    zmq_strerror(zmq_errno()));
}

static void
raise_descriptors(void)
{
	struct rlimit limit;

	must(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

static _Noreturn void
serve(const char *endpoint)
{
	char public_key[KEY_TEXT], secret_key[KEY_TEXT];
	char bound[ENDPOINT_MAX];
	size_t bound_len = sizeof bound;
	int one = 1, none = 0;
	void *context = zmq_ctx_new();
	void *router = zmq_socket(context, ZMQ_ROUTER);

	raise_descriptors();
	must(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, CLIENTS_MAX), "context");
	must(zmq_curve_keypair(public_key, secret_key), "keypair");
	must(zmq_setsockopt(router, ZMQ_CURVE_SERVER, &one, sizeof one),
	    "server");
	must(zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT),
	    "key");
	must(zmq_setsockopt(
		 router, ZMQ_BACKLOG, &(int){CLIENTS_MAX}, sizeof(int)),
	    "backlog");
	must(zmq_setsockopt(router, ZMQ_LINGER, &none, sizeof none), "linger");
	must(zmq_bind(router, endpoint), "bind");
	must(zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, bound, &bound_len),
	    "endpoint");
	printf("%s %s\n", bound, public_key);
	(void)fflush(stdout);
	for (;;) {
		char who[256], byte;
		int len = zmq_recv(router, who, sizeof who, 0);

		must(len, "who");
		must(zmq_recv(router, &byte, 1, 0), "receive");
		must(zmq_send(router, who, (size_t)len, ZMQ_SNDMORE), "to");
		must(zmq_send(router, &byte, 1, 0), "send");
	}
}

static double
now_ms(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_MONOTONIC, &now), "clock");
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void *
client_open(void *context, const char *server_key)
{
	char public_key[KEY_TEXT], secret_key[KEY_TEXT];
	void *dealer = zmq_socket(context, ZMQ_DEALER);
	int within = WITHIN_MS, none = 0;

	if (dealer == NULL)
		must(-1, "socket");
	must(zmq_curve_keypair(public_key, secret_key), "keypair");
	must(zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, server_key, KEY_TEXT),
	    "server key");
	must(zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, public_key, KEY_TEXT),
	    "public key");
	must(zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT),
	    "secret key");
	must(zmq_setsockopt(dealer, ZMQ_RCVTIMEO, &within, sizeof within),
	    "deadline");
	must(zmq_setsockopt(dealer, ZMQ_LINGER, &none, sizeof none), "linger");
	return dealer;
}

static int
knock(const char *endpoint, const char *server_key, unsigned count)
{
	static void *clients[CLIENTS_MAX];
	void *context = NULL;
	double began;
	char byte = 0;

	raise_descriptors();
	for (unsigned i = 0; i < count; i++) {
		if (i % SOCKETS_A_CONTEXT == 0)
			context = zmq_ctx_new();
		clients[i] = client_open(context, server_key);
	}
	printf("ready\n");
	(void)fflush(stdout);
	(void)getchar();
	began = now_ms();
	for (unsigned i = 0; i < count; i++) {
		must(zmq_connect(clients[i], endpoint), "connect");
		must(zmq_send(clients[i], &byte, 1, 0), "send");
	}
	for (unsigned i = 0; i < count; i++)
		must(zmq_recv(clients[i], &byte, 1, 0), "receive");
	printf("%.3f\n", now_ms() - began);
	(void)fflush(stdout);
	_Exit(0); /* closing them in order is no part of it */
}

int
main(int argc, char **argv)
{
	uint64_t count = 0;

	log_open("bench_handshakes", LOG_LEVEL_WARN);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(argv[2]);
	if (argc == 5 && strcmp(argv[1], "knock") == 0 &&
	    strlen(argv[3]) == KEY_TEXT - 1 &&
	    u64_get(&count, argv[4], 1, CLIENTS_MAX) == OK)
		return knock(argv[2], argv[3], (unsigned)count);
	fprintf(stderr, "bench_handshakes serve|knock ...\n");
	return 64;
}
