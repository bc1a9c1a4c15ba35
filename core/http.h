/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP server on a loop, for pages behind somebody's TLS proxy: one
 * request a connection, answered at once. The only module that sees libevent's
 * evhttp.
 *
 * No byte of a connection reaches evhttp before the whole head has passed
 * core/http_guard and a route has been found for it; until then, and for all
 * that is refused, this module answers itself. Limits: connections, how long
 * one may live whatever it does (it may drip its head, or read its answer a
 * byte at a time), head, body by route. At the limit of connections no further
 * one is taken until one has ended: others wait in the kernel's queue.
 *
 * Every answer forbids scripts, frames, guessing of types, referrers and
 * caches; there are no cookies.
 */
#ifndef CORE_HTTP_H
#define CORE_HTTP_H

#include "core/http_guard.h"
#include "core/loop.h"

struct http;

struct http_request {
	enum http_method method;
	const char *path;
	const char *rest; /* of the path, behind the route's prefix */
	const struct http_fields *query;
	const struct http_fields *form; /* of a POST; else none in it */
};

/* One page, HTML in UTF-8. The body is freed by the server. */
struct http_answer {
	unsigned status;
	/* The only style that the page may use, as CSP writes its hash:
	 * "sha256-..."; NULL: none. Read while the answer is sent. */
	const char *style_hash;
	struct text_buf body;
};
/* Fills `answer`, on a zeroed one. */
typedef void (*http_fn)(void *context, const struct http_request *request,
    struct http_answer *answer);

/* A route for GET answers HEAD too, without the body. */
struct http_route {
	enum http_method method;
	const char *prefix; /* of the path: "/ack/"; NULL ends the table */
	uint64_t body_max;  /* bytes; at most HTTP_BODY_MAX */
	http_fn fn;
};

enum { HTTP_BODY_MAX = 65536 };

struct http_options {
	struct loop *loop;
	const char *listen; /* 127.0.0.1:8470 or [::1]:8470; port 0: any */
	/* What Host may be, ends with NULL; as routes, not copied. */
	const char *const *hosts;
	const struct http_route *routes;
	void *context;            /* of the routes' functions */
	unsigned connections_max; /* 0: 64 */
	uint64_t life_ms;         /* of a connection; 0: 15 s */
};
/* ERR_INVALID: `listen`; ERR_IO: not to be had; both logged. */
enum err http_open(
    struct http **http, const struct http_options *options) MUST_CHECK;
void http_close(struct http *http);

unsigned http_port(const struct http *http);
/* Is it an address that http_open would take? Nothing is logged. */
bool http_listen_is_valid(const char *listen);

struct http_counts {
	uint64_t accepted;
	uint64_t answered; /* by a route's function */
	uint64_t refused;  /* by the guard or for want of a route */
	uint64_t cut;      /* had lived too long */
	unsigned open;     /* now */
};
void http_counts(const struct http *http, struct http_counts *counts);

#endif
