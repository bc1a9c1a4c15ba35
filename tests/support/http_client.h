/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP client on the loop of the server that it asks: raw bytes out, the
 * whole answer in, until the server closes.
 */
#ifndef TESTS_SUPPORT_HTTP_CLIENT_H
#define TESTS_SUPPORT_HTTP_CLIENT_H

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/loop.h"

enum { CLIENT_WITHIN_MS = 20000, CLIENT_ANSWER_MAX = 32768 };

struct client {
	struct loop *loop;
	int fd;
	struct loop_fd *readable;
	char answer[CLIENT_ANSWER_MAX];
	size_t len;
	bool is_closed, was_reset;
};

static inline void
client_on_readable(void *context)
{
	struct client *client = context;
	ssize_t got = recv(client->fd, client->answer + client->len,
	    sizeof client->answer - 1 - client->len, MSG_DONTWAIT);

	if (got > 0) {
		client->len += (size_t)got;
		client->answer[client->len] = '\0';
		return;
	}
	if (got < 0 && errno == EAGAIN)
		return;
	client->was_reset = got < 0;
	client->is_closed = true;
	loop_fd_remove(client->readable);
	client->readable = NULL;
}

static inline void
client_open(struct client *client, struct loop *loop, unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	*client = (struct client){.loop = loop};
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(client->fd >= 0);
	CHECK(connect(client->fd, (struct sockaddr *)&to, sizeof to) == 0);
	client->readable = loop_fd_add(
	    loop, client->fd, LOOP_READABLE, client_on_readable, client);
}

static inline bool
client_say(struct client *client, const void *at, size_t len)
{
	return send(client->fd, at, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static inline void
client_close(struct client *client)
{
	loop_fd_remove(client->readable);
	close(client->fd);
}

/* 0: there is none. */
static inline unsigned
client_status(const struct client *client)
{
	unsigned status = 0;

	if (sscanf(client->answer, "HTTP/1.%*1u %u ", &status) != 1)
		return 0;
	return status;
}

/* One request to its end, which must not be a reset: then the answer may have
 * been lost. */
static inline unsigned
client_ask(struct client *client, struct loop *loop, unsigned port,
    struct bytes request)
{
	client_open(client, loop, port);
	CHECK(client_say(client, request.at, request.len));
	CHECK(loop_run_until(loop, &client->is_closed, CLIENT_WITHIN_MS) == OK);
	CHECK(!client->was_reset);
	client_close(client);
	return client_status(client);
}

#endif
