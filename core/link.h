/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that sees ZeroMQ: CURVE always, ZAP always and failing
 * closed, no routing ids. A server is a ROUTER that knows each peer by the
 * key that ZAP vouched for; a client is a DEALER to one endpoint at a time. It
 * also owns the edge rule of ZMQ_FD: callbacks run until nothing is left.
 *
 * Messages are one or two frames of at most LINK_FRAME_MAX bytes; others are
 * dropped and counted by the server.
 */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/err.h"
#include "core/loop.h"

enum {
	LINK_KEY_SIZE = 32,
	LINK_FRAME_MAX = 65535,
	LINK_FRAMES_MAX = 2,
	LINK_ROUTE_MAX = 16,
};

struct link;
struct link_server;
struct link_client;

/* A pair of CURVE keys, binary. */
struct link_keys {
	uint8_t public_key[LINK_KEY_SIZE];
	uint8_t secret_key[LINK_KEY_SIZE];
};
void link_keys_make(struct link_keys *keys);

/* One context and one ZAP handler per process. */
enum err link_open(struct link **link, struct loop *loop) MUST_CHECK;
void link_close(struct link *link);

/* Where an answer goes: opaque, valid while the connection lives. */
struct link_route {
	uint8_t at[LINK_ROUTE_MAX];
	uint8_t len;
};

/* May this peer connect? Called once per handshake. */
typedef bool (*link_admit_fn)(
    void *context, const uint8_t key[LINK_KEY_SIZE], const char *address);
/* One message. Frames live until the callback returns. */
typedef void (*link_message_fn)(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count);

struct link_server_options {
	const char *endpoint; /* tcp://host:port, port * allowed */
	const char *domain;   /* ZAP domain: region, join */
	const struct link_keys *keys;
	link_admit_fn admit;
	link_message_fn message;
	/* Messages of one turn have been handed over (the socket is empty or
	 * turn_messages were read): time to commit and answer. */
	loop_fn turn_end;
	void *context;
	unsigned turn_messages;
	/* Takes no more than that many; 0: what the descriptors allow. */
	unsigned connections_max;
};

/* ERR_INVALID: the endpoint cannot be bound (logged). */
enum err link_server_open(struct link_server **server, struct link *link,
    const struct link_server_options *options) MUST_CHECK;
/* Not from its callbacks. */
void link_server_close(struct link_server *server);
/* The endpoint with its real port. */
const char *link_server_endpoint(const struct link_server *server);
/* The same for clients on this machine: a wildcard address (all interfaces)
 * is 127.0.0.1 there, also where the machine has no IPv6. */
const char *link_server_local(const struct link_server *server);
/* ERR_NOTFOUND: the peer is gone; ERR_FULL: it does not read. Both are
 * outcomes: it will ask again. */
enum err link_server_send(struct link_server *server,
    const struct link_route *route, const struct bytes *frames,
    unsigned frame_count) MUST_CHECK;
/* Messages dropped for their number or size of frames; refused handshakes. */
uint64_t link_server_malformed(const struct link_server *server);
uint64_t link_server_refused(const struct link_server *server);

/* Connects to an own server with a key that nobody enrolled and without
 * CURVE, and waits until both are refused: ERR_DENIED if either got in. Run
 * it before anything is served. `within_ms` bounds the wait. */
enum err link_self_test(struct link *link, const char *endpoint,
    const uint8_t server_key[LINK_KEY_SIZE], uint64_t within_ms) MUST_CHECK;

/* What a client knows of its connection, told apart in plain words. */
#define LINK_STATE_TABLE(X)                                                 \
	X(LINK_CLOSED, "closed", "belum disambungkan")                      \
	X(LINK_CONNECTING, "connecting", "sedang menyambung")               \
	X(LINK_REFUSED, "port-closed",                                      \
	    "komputer wilayah menolak: port tertutup")                      \
	X(LINK_DEAD, "no-answer", "tidak ada jawaban: jaringan putus")      \
	X(LINK_WRONG_KEY, "handshake-failed", "kunci wilayah tidak cocok")  \
	X(LINK_UNKNOWN, "not-admitted", "simpul ini tidak dikenal wilayah") \
	X(LINK_READY, "connected", "tersambung")

enum link_state {
#define LINK_STATE_ENUM(name, word, text) name,
	LINK_STATE_TABLE(LINK_STATE_ENUM)
#undef LINK_STATE_ENUM
};
const char *link_state_word(enum link_state state);
const char *link_state_text(enum link_state state); /* Indonesian */

typedef void (*link_state_fn)(void *context, enum link_state state);
typedef void (*link_answer_fn)(void *context,
    const struct bytes frames[LINK_FRAMES_MAX], unsigned frame_count);

struct link_client_options {
	const char *endpoint;
	const uint8_t *server_key; /* LINK_KEY_SIZE bytes */
	const struct link_keys *keys;
	link_state_fn state; /* on change */
	link_answer_fn answer;
	loop_fn turn_end; /* all answers that were there were handed over */
	void *context;
	/* Patience for TCP, and then for the handshake; 0: 30 s each. */
	uint64_t handshake_ms;
};

/* Connects at once and, when the connection breaks, again after full-jitter
 * pauses up to 5 minutes; link_client_retry cuts a pause short. The option
 * strings are copied. */
enum err link_client_open(struct link_client **client, struct link *link,
    const struct link_client_options *options) MUST_CHECK;
/* From its callbacks too: none comes after it. */
void link_client_close(struct link_client *client);
void link_client_retry(struct link_client *client);
enum link_state link_client_state(const struct link_client *client);
/* ERR_AGAIN: not connected, or the queue is full: keep it and try when the
 * state changes or an answer came. Never blocks. */
enum err link_client_send(struct link_client *client,
    const struct bytes *frames, unsigned frame_count) MUST_CHECK;
/* Message bytes handed to ZeroMQ so far, both ways. */
uint64_t link_client_bytes(const struct link_client *client);

#endif
