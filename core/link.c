/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edge rule: the descriptor of a ZeroMQ socket wakes us once, and each
 * send or receive may swallow a wake that was meant for the other. So
 * pump() asks the socket itself before and after it calls the owner, and a
 * send from elsewhere makes it run in the next turn of the loop.
 *
 * ZAP fails closed: a server socket names its domain and demands an answer
 * (option 93), so that a stranger stays outside even if nobody serves ZAP. Who
 * serves it is this file, in the loop.
 */
#include "core/link.h"

#include "core/link_socket.h"
#include "core/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

enum {
	OPTION_ENFORCE_DOMAIN = 93,  /* not in the public header */
	CONTEXT_ZERO_COPY_RECV = 10, /* nor is this: 10 KiB a connection */
	OPTION_RECONNECT_STOP = 109,
	RECONNECT_STOP_REFUSED = 1,
	/* Reconnecting is the client's own work: never within its life. */
	RECONNECT_MS = 24 * 3600 * 1000,
	/* CURVE adds 33 bytes; a little more is counted before it is cut. */
	FRAME_LIMIT = LINK_FRAME_MAX + 64,
	HEARTBEAT_MS = 20000,
	HEARTBEAT_LOST_MS = 60000,
	BACKLOG = 4096,
	QUEUE_MARK = 64,
	/* Answers wait here; above any window of unanswered pushes, and few
	 * enough that one who never reads keeps no more than 32 MiB. */
	ANSWER_MARK = 512,
	Z85_KEY_SIZE = 41,
	ROUTE_SIZE = 5, /* as ROUTER makes it: a zero and a number */
	ZAP_FRAMES = 7, /* and a spare for what is too many */
	ZAP_FRAME_MAX = 256,
};

struct link_socket {
	struct link *link;
	struct link_socket_options options;
	void *socket, *monitor;
	struct loop_fd *socket_fd, *monitor_fd;
	struct loop_timer *again;
	int listen_fd; /* ZeroMQ's own; -1: not listening */
	unsigned busy; /* callbacks under way */
	bool is_closed;
	unsigned held_count;
	zmq_msg_t held[LINK_FRAMES_MAX];
};

struct zap_request {
	char frames[ZAP_FRAMES + 1][ZAP_FRAME_MAX];
	size_t lens[ZAP_FRAMES + 1];
	unsigned count;
};

void
link_keys_make(struct link_keys *keys)
{
	char public_text[Z85_KEY_SIZE], secret_text[Z85_KEY_SIZE];

	if (zmq_curve_keypair(public_text, secret_text) != 0)
		fatalx("link-no-curve error=\"%s\"", zmq_strerror(errno));
	CHECK(zmq_z85_decode(keys->public_key, public_text) != NULL);
	CHECK(zmq_z85_decode(keys->secret_key, secret_text) != NULL);
	explicit_bzero(secret_text, sizeof secret_text);
}

static int
fd_of(void *socket)
{
	int fd = -1;
	size_t len = sizeof fd;

	CHECK(zmq_getsockopt(socket, ZMQ_FD, &fd, &len) == 0);
	return fd;
}

static bool
has_input(void *socket)
{
	int events = 0;
	size_t len = sizeof events;

	return zmq_getsockopt(socket, ZMQ_EVENTS, &events, &len) == 0 &&
	       (events & ZMQ_POLLIN) != 0;
}

/* ZAP: version, request id, domain, address, routing id, mechanism, key. */
static bool
zap_receive(void *zap, struct zap_request *request)
{
	int more = 1;
	size_t more_len = sizeof more, cap = ZAP_FRAME_MAX - 1;

	*request = (struct zap_request){0};
	while (more != 0) {
		unsigned i = request->count;
		int len = zmq_recv(zap, request->frames[i], cap, ZMQ_DONTWAIT);

		if (len < 0)
			return false;
		request->lens[i] = (size_t)len < cap ? (size_t)len : cap;
		if (i < ZAP_FRAMES)
			request->count++;
		zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &more_len);
	}
	return true;
}

static void
zap_answer(void *zap, const struct zap_request *request, bool admitted)
{
	char user[2 * LINK_KEY_SIZE + 1] = "";
	const char *frames[6] = {"1.0", request->frames[1],
	    admitted ? "200" : "400", admitted ? "OK" : "not admitted", user,
	    ""};

	if (admitted)
		hex_put(
		    user, (const uint8_t *)request->frames[6], LINK_KEY_SIZE);
	for (unsigned i = 0; i < 6; i++) {
		size_t len = i == 1 ? request->lens[1] : strlen(frames[i]);

		zmq_send(zap, frames[i], len,
		    ZMQ_DONTWAIT | (i < 5 ? ZMQ_SNDMORE : 0));
	}
}

static bool
zap_decide(struct link *link, const struct zap_request *request)
{
	return request->count == ZAP_FRAMES &&
	       strcmp(request->frames[5], "CURVE") == 0 &&
	       request->lens[6] == LINK_KEY_SIZE &&
	       link_domain_admit(link->domains, request->frames[2],
		   (const uint8_t *)request->frames[6], request->frames[3]);
}

static void
on_zap(void *context)
{
	struct link *link = context;
	struct zap_request request;

	while (has_input(link->zap)) {
		if (!zap_receive(link->zap, &request))
			return;
		zap_answer(link->zap, &request, zap_decide(link, &request));
	}
}

enum err
link_open(struct link **link, struct loop *loop)
{
	struct link *made = xcalloc(1, sizeof *made);

	made->loop = loop;
	made->context = zmq_ctx_new();
	CHECK(made->context != NULL &&
	      zmq_ctx_set(made->context, CONTEXT_ZERO_COPY_RECV, 0) == 0);
	made->zap = zmq_socket(made->context, ZMQ_REP);
	if (made->zap == NULL ||
	    zmq_bind(made->zap, "inproc://zeromq.zap.01") != 0) {
		log_warnx("link-open-failed error=\"%s\"", zmq_strerror(errno));
		link_close(made);
		return ERR_IO;
	}
	made->zap_fd =
	    loop_fd_add(loop, fd_of(made->zap), LOOP_READABLE, on_zap, made);
	*link = made;
	return OK;
}

void
link_close(struct link *link)
{
	if (link == NULL)
		return;
	CHECK(link->sockets == 0 && link->domains == NULL);
	loop_fd_remove(link->zap_fd);
	if (link->zap != NULL)
		zmq_close(link->zap);
	while (zmq_ctx_term(link->context) != 0 && errno == EINTR)
		;
	free(link);
}

static void
set_number(void *socket, int option, int value)
{
	if (zmq_setsockopt(socket, option, &value, sizeof value) != 0)
		fatalx("link-option-failed option=%d error=\"%s\"", option,
		    zmq_strerror(errno));
}

static void
set_key(void *socket, int option, const uint8_t *key)
{
	if (zmq_setsockopt(socket, option, key, LINK_KEY_SIZE) != 0)
		fatalx("link-no-curve error=\"%s\"", zmq_strerror(errno));
}

struct option {
	int number, value;
};

static void
set_numbers(void *socket, const struct option *options, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set_number(socket, options[i].number, options[i].value);
}

static void
set_common(void *socket, int handshake_ms)
{
	static const struct option options[] = {
	    {ZMQ_LINGER, 0},
	    {ZMQ_IPV6, 1},
	    {ZMQ_RCVHWM, QUEUE_MARK},
	    {ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
	    {ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS},
	    {ZMQ_HEARTBEAT_TTL, HEARTBEAT_LOST_MS},
	    {ZMQ_TCP_MAXRT, HEARTBEAT_LOST_MS},
	};
	int64_t limit = FRAME_LIMIT;

	set_numbers(socket, options, sizeof options / sizeof *options);
	set_number(socket, ZMQ_HANDSHAKE_IVL, handshake_ms);
	CHECK(!zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &limit, sizeof limit));
}

/* The receive mark counts per peer and messages of 60 KiB, so it is small:
 * reaching it only stops reading from TCP. Reaching the send mark would lose
 * answers. */
static void
set_server(void *socket, const struct link_socket_options *options)
{
	static const struct option numbers[] = {
	    {ZMQ_SNDHWM, ANSWER_MARK},
	    {ZMQ_BACKLOG, BACKLOG},
	    {ZMQ_ROUTER_MANDATORY, 1},
	    {ZMQ_CURVE_SERVER, 1},
	    {OPTION_ENFORCE_DOMAIN, 1},
	};

	CHECK(zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, options->domain,
		  strlen(options->domain)) == 0);
	set_numbers(socket, numbers, sizeof numbers / sizeof *numbers);
	set_key(socket, ZMQ_CURVE_SECRETKEY, options->keys->secret_key);
}

static void
set_client(void *socket, const struct link_socket_options *options)
{
	static const struct option numbers[] = {
	    {ZMQ_SNDHWM, QUEUE_MARK},
	    {ZMQ_IMMEDIATE, 1},
	    {ZMQ_RECONNECT_IVL, RECONNECT_MS},
	    {OPTION_RECONNECT_STOP, RECONNECT_STOP_REFUSED},
	};

	set_numbers(socket, numbers, sizeof numbers / sizeof *numbers);
	set_number(socket, ZMQ_CONNECT_TIMEOUT, (int)options->handshake_ms);
	if (options->keys == NULL)
		return;
	set_key(socket, ZMQ_CURVE_PUBLICKEY, options->keys->public_key);
	set_key(socket, ZMQ_CURVE_SECRETKEY, options->keys->secret_key);
	set_key(socket, ZMQ_CURVE_SERVERKEY, options->server_key);
}

static void
destroy(struct link_socket *socket)
{
	for (unsigned i = 0; i < socket->held_count; i++)
		zmq_msg_close(&socket->held[i]);
	free(socket);
}

/* Around each callback: the owner may close the socket in it. */
static void
leave(struct link_socket *socket)
{
	socket->busy--;
	if (socket->is_closed && socket->busy == 0)
		destroy(socket);
}

static void
pump(void *context)
{
	struct link_socket *socket = context;

	socket->busy++;
	if (has_input(socket->socket))
		socket->options.ready(socket->options.context);
	if (!socket->is_closed && has_input(socket->socket))
		loop_timer_set(socket->again, 0);
	leave(socket);
}

static const int event_numbers[] = {
    [LINK_EVENT_ACCEPTED] = ZMQ_EVENT_ACCEPTED,
    [LINK_EVENT_CONNECTED] = ZMQ_EVENT_CONNECTED,
    [LINK_EVENT_CLOSED] = ZMQ_EVENT_CLOSED,
    [LINK_EVENT_RETRIED] = ZMQ_EVENT_CONNECT_RETRIED,
    [LINK_EVENT_READY] = ZMQ_EVENT_HANDSHAKE_SUCCEEDED,
    [LINK_EVENT_CUT] = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
    [LINK_EVENT_MISMATCH] = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
    [LINK_EVENT_REFUSED] = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
    [LINK_EVENT_DROPPED] = ZMQ_EVENT_DISCONNECTED,
};

enum { EVENTS = sizeof event_numbers / sizeof *event_numbers };

static void
handle_event(struct link_socket *socket, int number, int value)
{
	int event = 0;

	while (event < EVENTS && event_numbers[event] != number)
		event++;
	if (event < EVENTS)
		socket->options.event(
		    socket->options.context, (enum link_event)event);
	else if (number == ZMQ_EVENT_LISTENING)
		socket->listen_fd = value;
}

/* Two frames: u16 event and u32 value in host order; the endpoint. */
static void
on_monitor(void *context)
{
	struct link_socket *socket = context;
	uint8_t frame[6];
	uint16_t number;
	int32_t value;

	socket->busy++;
	while (!socket->is_closed && zmq_recv(socket->monitor, frame,
					 sizeof frame, ZMQ_DONTWAIT) > 0) {
		memcpy(&number, frame, sizeof number);
		memcpy(&value, frame + sizeof number, sizeof value);
		(void)zmq_recv(socket->monitor, NULL, 0, ZMQ_DONTWAIT);
		handle_event(socket, number, value);
		if (!socket->is_closed)
			loop_timer_set(socket->again, 0);
	}
	leave(socket);
}

/* Also the first look at both: without one, neither would ever wake us. */
static void
on_again(void *context)
{
	struct link_socket *socket = context;

	socket->busy++;
	on_monitor(socket);
	if (!socket->is_closed)
		pump(socket);
	leave(socket);
}

static bool
open_monitor(struct link_socket *socket)
{
	struct link *link = socket->link;
	int wanted = ZMQ_EVENT_LISTENING;
	char name[48];

	for (int i = 0; i < EVENTS; i++)
		wanted |= event_numbers[i];
	snprintf(
	    name, sizeof name, "inproc://monitor-%" PRIu64, link->monitors++);
	socket->monitor = zmq_socket(link->context, ZMQ_PAIR);
	if (socket->monitor == NULL)
		return false;
	set_number(socket->monitor, ZMQ_LINGER, 0);
	/* No mark: the I/O thread must never wait for us. */
	set_number(socket->monitor, ZMQ_RCVHWM, 0);
	return zmq_socket_monitor(socket->socket, name, wanted) == 0 &&
	       zmq_connect(socket->monitor, name) == 0;
}

enum err
link_socket_open(struct link_socket **socket, struct link *link,
    const struct link_socket_options *options)
{
	struct link_socket *made = xcalloc(1, sizeof *made);
	bool is_server = options->domain != NULL;

	made->link = link;
	made->options = *options;
	made->listen_fd = -1;
	link->sockets++;
	made->socket =
	    zmq_socket(link->context, is_server ? ZMQ_ROUTER : ZMQ_DEALER);
	if (made->socket == NULL || !open_monitor(made)) {
		log_warnx(
		    "link-socket-failed error=\"%s\"", zmq_strerror(errno));
		link_socket_close(made);
		return ERR_IO;
	}
	set_common(made->socket, (int)options->handshake_ms);
	if (is_server)
		set_server(made->socket, options);
	else
		set_client(made->socket, options);
	made->socket_fd = loop_fd_add(
	    link->loop, fd_of(made->socket), LOOP_READABLE, pump, made);
	made->monitor_fd = loop_fd_add(
	    link->loop, fd_of(made->monitor), LOOP_READABLE, on_monitor, made);
	made->again = loop_timer_new(link->loop, on_again, made);
	loop_timer_set(made->again, 0);
	*socket = made;
	return OK;
}

void
link_socket_close(struct link_socket *socket)
{
	if (socket == NULL || socket->is_closed)
		return;
	socket->is_closed = true;
	loop_timer_free(socket->again);
	loop_fd_remove(socket->monitor_fd);
	loop_fd_remove(socket->socket_fd);
	if (socket->monitor != NULL) {
		zmq_socket_monitor(socket->socket, NULL, 0);
		zmq_close(socket->monitor);
	}
	if (socket->socket != NULL)
		zmq_close(socket->socket);
	socket->link->sockets--;
	if (socket->busy == 0)
		destroy(socket);
}

enum err
link_socket_attach(struct link_socket *socket, const char *endpoint)
{
	bool is_server = socket->options.domain != NULL;
	int rc = is_server ? zmq_bind(socket->socket, endpoint)
			   : zmq_connect(socket->socket, endpoint);

	if (rc == 0)
		return OK;
	log_warnx("link-%s-failed endpoint=%s error=\"%s\"",
	    is_server ? "bind" : "connect", endpoint, zmq_strerror(errno));
	return ERR_INVALID;
}

int
link_socket_listen_fd(const struct link_socket *socket)
{
	return socket->listen_fd;
}

bool
link_socket_endpoint(struct link_socket *socket, char *text, size_t cap)
{
	return zmq_getsockopt(socket->socket, ZMQ_LAST_ENDPOINT, text, &cap) ==
	       0;
}

static bool
receive(struct link_socket *socket, zmq_msg_t *frame)
{
	int rc;

	zmq_msg_init(frame);
	do
		rc = zmq_msg_recv(frame, socket->socket, ZMQ_DONTWAIT);
	while (rc < 0 && errno == EINTR);
	return rc >= 0;
}

/* One frame into held[]; false: none. Those past the last are let go. */
static bool
take_frame(struct link_socket *socket, unsigned count, bool *more)
{
	zmq_msg_t frame;

	if (!receive(socket, &frame)) {
		zmq_msg_close(&frame);
		return false;
	}
	*more = zmq_msg_more(&frame) != 0;
	if (count < LINK_FRAMES_MAX) {
		zmq_msg_init(&socket->held[count]);
		zmq_msg_move(&socket->held[count], &frame);
		socket->held_count = count + 1;
	}
	zmq_msg_close(&frame);
	return true;
}

/* Peers of ours set no routing id; one that is set is a forgery. */
static enum err
take_route(struct link_socket *socket, struct link_message *message, bool *more)
{
	zmq_msg_t frame;
	const uint8_t *at;
	enum err err = OK;

	if (!receive(socket, &frame))
		err = ERR_AGAIN;
	*more = err == OK && zmq_msg_more(&frame) != 0;
	at = zmq_msg_data(&frame);
	if (err == OK && (zmq_msg_size(&frame) != ROUTE_SIZE || at[0] != 0))
		err = ERR_INVALID;
	if (err == OK) {
		memcpy(message->route.at, at, ROUTE_SIZE);
		message->route.len = ROUTE_SIZE;
	}
	zmq_msg_close(&frame);
	return err;
}

static bool
take_key(struct link_socket *socket, struct link_message *message)
{
	const char *user = zmq_msg_gets(&socket->held[0], "User-Id");

	return user != NULL && hex_get(message->key, LINK_KEY_SIZE, user) == OK;
}

enum err
link_socket_take(struct link_socket *socket, struct link_message *message)
{
	bool is_server = socket->options.domain != NULL;
	bool more = true;
	unsigned count = 0;
	enum err err = OK;

	for (unsigned i = 0; i < socket->held_count; i++)
		zmq_msg_close(&socket->held[i]);
	socket->held_count = 0;
	if (is_server)
		err = take_route(socket, message, &more);
	if (err == ERR_AGAIN)
		return ERR_AGAIN;
	while (more && take_frame(socket, count, &more))
		count++;
	if (count == 0 && !is_server)
		return ERR_AGAIN;
	if (err != OK || count == 0 || count > LINK_FRAMES_MAX)
		return ERR_INVALID;
	for (unsigned i = 0; i < count; i++) {
		message->frames[i] = bytes_of(zmq_msg_data(&socket->held[i]),
		    zmq_msg_size(&socket->held[i]));
		if (message->frames[i].len > LINK_FRAME_MAX)
			return ERR_INVALID;
	}
	message->frame_count = count;
	return !is_server || take_key(socket, message) ? OK : ERR_INVALID;
}

static enum err
send_frame(struct link_socket *socket, struct bytes frame, bool more)
{
	int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
	int rc;

	do
		rc = zmq_send(socket->socket, frame.at, frame.len, flags);
	while (rc < 0 && errno == EINTR);
	if (rc >= 0)
		return OK;
	return errno == EHOSTUNREACH ? ERR_NOTFOUND : ERR_AGAIN;
}

/* Only the first frame can be turned away; the rest follow its pipe. */
enum err
link_socket_send(struct link_socket *socket, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	enum err err = OK;

	CHECK(frame_count > 0 && frame_count <= LINK_FRAMES_MAX);
	if (route != NULL)
		err = send_frame(socket, bytes_of(route->at, route->len), true);
	for (unsigned i = 0; i < frame_count && err == OK; i++) {
		CHECK(frames[i].len <= LINK_FRAME_MAX);
		err = send_frame(socket, frames[i], i + 1 < frame_count);
	}
	if (socket->busy == 0)
		loop_timer_set(socket->again, 0);
	return err;
}
