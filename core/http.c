/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a connection is kept from evhttp: evhttp asks for a bufferevent, sets its
 * own callbacks on it and starts to read. With the first bytes those callbacks
 * are exchanged for ours, and given back when the head has passed. A refused
 * connection is answered, and then given back as one that has ended, so that
 * evhttp frees what it made.
 *
 * We hold a reference on each bufferevent. One that evhttp has freed has no
 * callbacks any more: so the sweep knows that a connection is over.
 */
#include "core/http.h"

#include "core/http_say.h"
#include "core/log.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 64,
	LIFE_MS = 15000,
	SWEEP_MS = 250,
	IDLE_S = 10,          /* nothing read, nothing written */
	DISCARD_MAX = 262144, /* bytes behind a head that was refused */
	LISTEN_MAX = 64,
	HEADER_MARGIN = 2,
};

enum stage {
	STAGE_HEAD,    /* ours: waiting for the end of the head */
	STAGE_PASSED,  /* evhttp's */
	STAGE_REFUSED, /* ours: the answer goes out, the rest is discarded */
};

struct connection {
	struct connection *next;
	struct http *http;
	struct bufferevent *bev; /* a reference of our own */
	struct evbuffer_cb_entry *first_bytes;
	bufferevent_data_cb on_read, on_write; /* evhttp's, while it waits */
	bufferevent_event_cb on_event;
	void *owner;
	enum stage stage;
	bool is_ours;        /* the callbacks are */
	bool is_half_closed; /* by the other side, before our answer went */
	uint64_t end_ms, discarded;
	const struct http_route *route;
	struct http_head head;
};

struct http {
	struct http_options options;
	struct evhttp *evhttp;
	struct evhttp_bound_socket *socket;
	struct loop_timer *sweep;
	struct connection *first;
	struct http_counts counts;
	bool is_full;
};

/* ---- a connection's end */

static void
open_door(struct http *http, bool is_open)
{
	struct evconnlistener *listener =
	    evhttp_bound_socket_get_listener(http->socket);

	http->is_full = !is_open;
	if (is_open)
		CHECK(evconnlistener_enable(listener) == 0);
	else
		CHECK(evconnlistener_disable(listener) == 0);
}

static void
forget(struct connection *connection)
{
	struct http *http = connection->http;
	struct connection **at = &http->first;

	while (*at != connection)
		at = &(*at)->next;
	*at = connection->next;
	bufferevent_decref(connection->bev);
	free(connection);
	http->counts.open--;
	if (http->is_full)
		open_door(http, true);
}

static void
give_back(struct connection *connection)
{
	connection->is_ours = false;
	bufferevent_setcb(connection->bev, connection->on_read,
	    connection->on_write, connection->on_event, connection->owner);
}

/* evhttp frees it in this call. */
static void
end_ours(struct connection *connection, short what)
{
	give_back(connection);
	connection->on_event(connection->bev, what, connection->owner);
	loop_timer_set(connection->http->sweep, 0);
}

/* evhttp learns of it in a later turn, and frees it then. */
static void
cut(struct connection *connection)
{
	connection->http->counts.cut++;
	if (connection->is_ours)
		end_ours(connection, BEV_EVENT_READING | BEV_EVENT_TIMEOUT);
	else
		shutdown(bufferevent_getfd(connection->bev), SHUT_RDWR);
}

static bool
is_over(struct connection *connection)
{
	bufferevent_data_cb on_read, on_write;
	bufferevent_event_cb on_event;
	void *owner;

	bufferevent_getcb(
	    connection->bev, &on_read, &on_write, &on_event, &owner);
	return on_event == NULL;
}

static void
sweep(void *context)
{
	struct http *http = context;
	uint64_t now_ms = loop_monotonic_ms();
	struct connection *next;

	for (struct connection *it = http->first; it != NULL; it = next) {
		next = it->next;
		if (!is_over(it) && now_ms >= it->end_ms) {
			it->end_ms = UINT64_MAX;
			cut(it);
		}
		if (is_over(it))
			forget(it);
	}
	if (http->first != NULL)
		loop_timer_set(http->sweep, SWEEP_MS);
}

/* ---- refusing */

static const struct http_route *
find_route(const struct http *http, const char *path, unsigned methods)
{
	const struct http_route *route = http->options.routes;

	for (; route->prefix != NULL; route++)
		if (strncmp(path, route->prefix, strlen(route->prefix)) == 0 &&
		    (route->method & methods) != 0)
			return route;
	return NULL;
}

static const char *
allowed(const struct http *http, const char *path)
{
	bool has_post = find_route(http, path, HTTP_POST) != NULL;

	if (find_route(http, path, HTTP_GET) == NULL)
		return "POST";
	return has_post ? "GET, HEAD, POST" : "GET, HEAD";
}

static void
refuse(struct connection *connection, unsigned status)
{
	const struct http_head *head = &connection->head;
	struct http_no no = {
	    .status = status, .is_head = head->method == HTTP_HEAD};
	struct text_buf out = {0};

	connection->http->counts.refused++;
	connection->stage = STAGE_REFUSED;
	if (status == 405)
		no.allow = allowed(connection->http, head->path);
	http_no_put(&out, &no);
	(void)bufferevent_write(connection->bev, out.at, out.len);
	(void)bufferevent_enable(connection->bev, EV_WRITE);
	text_buf_clear(&out);
}

/* What is closed with bytes unread would be reset, and the answer lost: so it
 * is read on, up to a bound, until the other side has closed. */
static void
discard(struct connection *connection)
{
	struct evbuffer *input = bufferevent_get_input(connection->bev);
	size_t len = evbuffer_get_length(input);

	connection->discarded += len;
	(void)evbuffer_drain(input, len);
	if (connection->discarded > DISCARD_MAX)
		end_ours(connection, BEV_EVENT_READING | BEV_EVENT_EOF);
}

/* ---- from the first byte to the end of the head */

static unsigned
judge(struct connection *connection, struct bytes raw)
{
	struct http *http = connection->http;
	struct http_head *head = &connection->head;
	unsigned status = http_guard(head, raw, http->options.hosts);
	unsigned method = head->method;

	if (status != 0)
		return status;
	if (find_route(http, head->path, HTTP_GET | HTTP_POST) == NULL)
		return 404;
	connection->route = find_route(
	    http, head->path, method == HTTP_HEAD ? HTTP_GET : method);
	if (connection->route == NULL)
		return 405;
	return head->body_len > connection->route->body_max ? 413 : 0;
}

static void
read_head(struct connection *connection)
{
	struct evbuffer *input = bufferevent_get_input(connection->bev);
	size_t len = evbuffer_get_length(input);
	size_t seen = len < HTTP_HEAD_MAX + 1 ? len : HTTP_HEAD_MAX + 1;
	const uint8_t *at = evbuffer_pullup(input, (ev_ssize_t)seen);
	size_t head_len;
	unsigned status;

	if (seen == 0)
		return;
	if (at == NULL)
		fatal("http-head-failed");
	head_len = http_head_len(bytes_of(at, seen));
	if (head_len == 0 && seen <= HTTP_HEAD_MAX)
		return;
	status = judge(connection,
	    bytes_of(at, head_len > 0 ? head_len : HTTP_HEAD_MAX + 1));
	if (status != 0) {
		refuse(connection, status);
		discard(connection);
		return;
	}
	connection->stage = STAGE_PASSED;
	give_back(connection);
	connection->on_read(connection->bev, connection->owner);
}

static void
on_our_read(struct bufferevent *bev, void *context)
{
	struct connection *connection = context;

	(void)bev;
	if (connection->stage == STAGE_HEAD)
		read_head(connection);
	else
		discard(connection);
}

/* All that was written has gone out. */
static void
on_our_write(struct bufferevent *bev, void *context)
{
	struct connection *connection = context;

	if (connection->is_half_closed)
		end_ours(connection, BEV_EVENT_READING | BEV_EVENT_EOF);
	else if (connection->stage == STAGE_REFUSED)
		shutdown(bufferevent_getfd(bev), SHUT_WR);
}

/* Who has closed only the one half may still read why. */
static void
on_our_event(struct bufferevent *bev, short what, void *context)
{
	struct connection *connection = context;

	if (connection->stage == STAGE_REFUSED &&
	    what == (BEV_EVENT_READING | BEV_EVENT_EOF) &&
	    evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		connection->is_half_closed = true;
	else
		end_ours(connection, what);
}

/* Runs before evhttp is told that there is something to read. */
static void
on_first_bytes(
    struct evbuffer *input, const struct evbuffer_cb_info *info, void *context)
{
	struct connection *connection = context;
	struct bufferevent *bev = connection->bev;

	if (info->n_added == 0)
		return;
	(void)evbuffer_remove_cb_entry(input, connection->first_bytes);
	connection->first_bytes = NULL;
	bufferevent_getcb(bev, &connection->on_read, &connection->on_write,
	    &connection->on_event, &connection->owner);
	connection->is_ours = true;
	bufferevent_setcb(
	    bev, on_our_read, on_our_write, on_our_event, connection);
}

static struct bufferevent *
on_accepted(struct event_base *base, void *context)
{
	struct http *http = context;
	struct connection *made = xcalloc(1, sizeof *made);

	made->http = http;
	made->bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (made->bev == NULL)
		fatal("http-connection-failed");
	bufferevent_incref(made->bev);
	made->first_bytes = evbuffer_add_cb(
	    bufferevent_get_input(made->bev), on_first_bytes, made);
	CHECK(made->first_bytes != NULL);
	made->end_ms = loop_monotonic_ms() + http->options.life_ms;
	made->next = http->first;
	if (http->first == NULL)
		loop_timer_set(http->sweep, SWEEP_MS);
	http->first = made;
	http->counts.accepted++;
	http->counts.open++;
	if (http->counts.open >= http->options.connections_max)
		open_door(http, false);
	return made->bev;
}

/* ---- a request that has passed */

static struct connection *
connection_of(struct http *http, struct evhttp_request *request)
{
	struct bufferevent *bev = evhttp_connection_get_bufferevent(
	    evhttp_request_get_connection(request));
	struct connection *it = http->first;

	while (it != NULL && it->bev != bev)
		it = it->next;
	CHECK(it != NULL && it->stage == STAGE_PASSED);
	return it;
}

static void
add_headers(struct evhttp_request *request, const struct http_answer *answer)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	char policy[HTTP_POLICY_MAX];
	int failed;

	http_policy(policy, answer->style_hash);
	failed = evhttp_add_header(headers, "Content-Security-Policy", policy);
	failed |= evhttp_add_header(
	    headers, "Content-Type", "text/html; charset=utf-8");
	for (unsigned i = 0; http_headers[i][0] != NULL; i++)
		failed |= evhttp_add_header(
		    headers, http_headers[i][0], http_headers[i][1]);
	CHECK(failed == 0);
}

/* evhttp would send a body after HEAD if it were given one. */
static void
send_answer(struct evhttp_request *request, const struct http_answer *answer,
    bool is_head)
{
	struct evbuffer *body = evhttp_request_get_output_buffer(request);
	char len[24];

	add_headers(request, answer);
	snprintf(len, sizeof len, "%zu", answer->body.len);
	if (is_head)
		(void)evhttp_add_header(
		    evhttp_request_get_output_headers(request),
		    "Content-Length", len);
	else if (evbuffer_add(body, answer->body.at, answer->body.len) != 0)
		fatal("http-answer-failed");
	evhttp_send_reply(request, (int)answer->status, NULL, NULL);
}

static bool
read_form(struct http_fields *form, const struct connection *connection,
    struct evhttp_request *request)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(request);
	size_t len = evbuffer_get_length(body);

	if (len == 0)
		return true;
	return connection->head.is_form && len <= connection->route->body_max &&
	       http_fields_get(form, bytes_of(evbuffer_pullup(body, -1), len));
}

static void
on_request(struct evhttp_request *request, void *context)
{
	struct http *http = context;
	struct connection *connection = connection_of(http, request);
	const struct http_head *head = &connection->head;
	const struct http_refusal *bad = http_refusal(400);
	struct http_fields form = {0};
	struct http_request asked = {.method = head->method,
	    .path = head->path,
	    .rest = head->path + strlen(connection->route->prefix),
	    .query = &head->query,
	    .form = &form};
	struct http_answer answer = {0};

	if (read_form(&form, connection, request)) {
		http->counts.answered++;
		connection->route->fn(http->options.context, &asked, &answer);
	} else {
		http->counts.refused++;
		answer.status = bad->status;
		text_buf_add(&answer.body, "%s\n%s\n", bad->id, bad->en);
	}
	CHECK(answer.status >= 200 && answer.body.at != NULL);
	send_answer(request, &answer, head->method == HTTP_HEAD);
	text_buf_clear(&answer.body);
}

/* ---- the door */

/* "127.0.0.1:8470" into its two halves. */
static bool
split_listen(const char *listen, char host[LISTEN_MAX], uint16_t *port)
{
	struct sockaddr_storage address = {0};
	int len = sizeof address;
	const char *colon = strrchr(listen, ':');
	uint64_t number;

	if (colon == NULL || u64_get(&number, colon + 1, 0, UINT16_MAX) != OK ||
	    !text_copy(host, LISTEN_MAX, listen) ||
	    (size_t)(colon - listen) >= LISTEN_MAX)
		return false;
	host[colon - listen] = '\0';
	if (evutil_parse_sockaddr_port(
		host, (struct sockaddr *)&address, &len) != 0)
		return false;
	*port = (uint16_t)number;
	/* evhttp wants it without the brackets. */
	if (host[0] != '[')
		return address.ss_family == AF_INET;
	host[strlen(host) - 1] = '\0';
	memmove(host, host + 1, strlen(host));
	return address.ss_family == AF_INET6;
}

bool
http_listen_is_valid(const char *listen)
{
	char host[LISTEN_MAX];
	uint16_t port;

	return split_listen(listen, host, &port);
}

static enum err
bind_socket(struct http *http)
{
	const char *listen = http->options.listen;
	char host[LISTEN_MAX];
	uint16_t port;
	int on = 1;

	if (!split_listen(listen, host, &port)) {
		log_warnx("http-listen-invalid listen=%s "
			  "want=\"127.0.0.1:8470 or [::1]:8470\"",
		    listen);
		return ERR_INVALID;
	}
	http->socket = evhttp_bind_socket_with_handle(http->evhttp, host, port);
	if (http->socket == NULL) {
		log_warn("http-listen-failed listen=%s", listen);
		return ERR_IO;
	}
	/* Those that are accepted inherit it. */
	if (setsockopt(evhttp_bound_socket_get_fd(http->socket), IPPROTO_TCP,
		TCP_NODELAY, &on, sizeof on) != 0)
		log_warn("http-nodelay-failed listen=%s", listen);
	return OK;
}

enum err
http_open(struct http **http, const struct http_options *options)
{
	struct http *made = xcalloc(1, sizeof *made);
	enum err err;

	made->options = *options;
	if (made->options.connections_max == 0)
		made->options.connections_max = CONNECTIONS_MAX;
	if (made->options.life_ms == 0)
		made->options.life_ms = LIFE_MS;
	made->sweep = loop_timer_new(options->loop, sweep, made);
	made->evhttp = evhttp_new(loop_base(options->loop));
	if (made->evhttp == NULL)
		fatal("http-open-failed");
	/* Our own limits are stricter; these are what evhttp keeps to. */
	evhttp_set_max_headers_size(
	    made->evhttp, HEADER_MARGIN * HTTP_HEAD_MAX);
	evhttp_set_max_body_size(made->evhttp, HTTP_BODY_MAX);
	evhttp_set_timeout(made->evhttp, IDLE_S);
	evhttp_set_allowed_methods(
	    made->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST);
	evhttp_set_bevcb(made->evhttp, on_accepted, made);
	evhttp_set_gencb(made->evhttp, on_request, made);
	err = bind_socket(made);
	if (err != OK) {
		http_close(made);
		return err;
	}
	*http = made;
	return OK;
}

void
http_close(struct http *http)
{
	if (http == NULL)
		return;
	evhttp_free(http->evhttp);
	while (http->first != NULL) {
		struct connection *next = http->first->next;

		bufferevent_decref(http->first->bev);
		free(http->first);
		http->first = next;
	}
	loop_timer_free(http->sweep);
	free(http);
}

unsigned
http_port(const struct http *http)
{
	struct sockaddr_in address = {0};
	socklen_t len = sizeof address;

	if (getsockname(evhttp_bound_socket_get_fd(http->socket),
		(struct sockaddr *)&address, &len) != 0)
		fatal("http-port-unknown");
	/* The other family has its port at the same place. */
	return ntohs(address.sin_port);
}

void
http_counts(const struct http *http, struct http_counts *counts)
{
	*counts = http->counts;
}
