/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of core/link.h: one ZeroMQ socket with its monitor, in the loop,
 * without naming ZeroMQ. link.c implements it; link_server.c and
 * link_client.c build on it; nobody else includes it.
 */
#ifndef CORE_LINK_SOCKET_H
#define CORE_LINK_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/link.h"

struct link_socket;

enum { LINK_HANDSHAKE_MS = 30000 };

/* What the monitor saw. */
enum link_event {
	LINK_EVENT_ACCEPTED,
	LINK_EVENT_CONNECTED, /* TCP only */
	LINK_EVENT_CLOSED,    /* TCP could not connect; see RETRIED */
	LINK_EVENT_RETRIED,   /* behind CLOSED unless the port was closed */
	LINK_EVENT_READY,     /* the handshake is done */
	LINK_EVENT_CUT,       /* the peer closed it in the handshake */
	LINK_EVENT_MISMATCH,  /* another mechanism, a wrong greeting */
	LINK_EVENT_REFUSED,   /* ZAP said no */
	LINK_EVENT_DROPPED,   /* a connection has ended */
};

typedef void (*link_event_fn)(void *context, enum link_event event);

struct link_socket_options {
	const struct link_keys *keys; /* NULL: no CURVE (the self-test) */
	const uint8_t *server_key;    /* of a client */
	const char *domain;           /* of a server; NULL: a client */
	uint64_t handshake_ms;
	loop_fn ready; /* there is something to take */
	link_event_fn event;
	void *context;
};

/* Who may connect under one ZAP domain; the storage is the server's. */
struct link_domain {
	struct link_domain *next;
	const char *name;
	link_admit_fn admit;
	void *context;
	struct link_tally {
		uint64_t count;
		uint64_t told_ms;
	} admitted, refused;
};

struct link {
	void *context;
	struct loop *loop;
	void *zap;
	struct loop_fd *zap_fd;
	struct link_domain *domains;
	unsigned sockets;
	uint64_t monitors; /* made so far: names them */
};

/* In link_server.c: may this key connect under the domain of that name? */
bool link_domain_admit(struct link_domain *domains, const char *name,
    const uint8_t key[LINK_KEY_SIZE], const char *address);

/* ERR_IO: no more sockets (logged). */
enum err link_socket_open(struct link_socket **socket, struct link *link,
    const struct link_socket_options *options) MUST_CHECK;
/* May be called from the callbacks; none comes after it. */
void link_socket_close(struct link_socket *socket);
/* A server binds, a client connects. ERR_INVALID: a bad endpoint, or it is
 * taken (logged). */
enum err link_socket_attach(
    struct link_socket *socket, const char *endpoint) MUST_CHECK;
/* ZeroMQ's listening descriptor; -1 while it is not known. */
int link_socket_listen_fd(const struct link_socket *socket);
/* The bound endpoint with its real port; false if too long. */
bool link_socket_endpoint(struct link_socket *socket, char *text, size_t cap);

struct link_message {
	uint8_t key[LINK_KEY_SIZE]; /* servers only, as is the route */
	struct link_route route;
	struct bytes frames[LINK_FRAMES_MAX]; /* until the next take */
	unsigned frame_count;
};

/* ERR_AGAIN: nothing there. ERR_INVALID (not logged): one was dropped for
 * the number or size of its frames, its key or its routing id. */
enum err link_socket_take(
    struct link_socket *socket, struct link_message *message) MUST_CHECK;
/* Copies. `route` NULL for a client. ERR_AGAIN: no room. ERR_NOTFOUND. */
enum err link_socket_send(struct link_socket *socket,
    const struct link_route *route, const struct bytes *frames,
    unsigned frame_count) MUST_CHECK;

#endif
