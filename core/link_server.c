/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At connections_max the server takes no more connections, because at the
 * limit of file descriptors ZeroMQ would spin. To unbind would end those that
 * it has, so a packet filter on the listening descriptor lets nothing through:
 * who knocks, knocks again until a peer has left.
 */
#include "core/link.h"

#include "core/link_socket.h"
#include "core/log.h"

#include <inttypes.h>
#include <linux/filter.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
	ENDPOINT_MAX = 256,
	/* Descriptors for all that is no connection. */
	DESCRIPTORS_KEPT = 128,
	TELL_EVERY_MS = 1000,
	CONNECTION_BUFFER = 8192, /* of ZeroMQ, the smallest */
	TRIM_BYTES = 64 << 10,
};

struct link_server {
	struct link *link;
	struct link_socket *socket;
	struct link_server_options options;
	struct link_domain domain;
	char endpoint[ENDPOINT_MAX];
	char local[ENDPOINT_MAX];
	bool is_full;
	bool in_turn;
	unsigned connections;
	uint64_t malformed;
	uint64_t refused;
};

/* One line a second and domain at most: strangers must not fill the disk, nor
 * may those who are admitted, for at the door to join that is anybody. */
static void
tell(struct link_tally *tally, const char *what,
    const struct link_domain *domain, const char *key, const char *address)
{
	uint64_t now_ms = loop_monotonic_ms();

	tally->count++;
	if (tally->told_ms != 0 && now_ms - tally->told_ms < TELL_EVERY_MS)
		return;
	tally->told_ms = now_ms;
	log_info("link-%s domain=%s key=%s peer=%s count=%" PRIu64, what,
	    domain->name, key, address, tally->count);
}

bool
link_domain_admit(struct link_domain *domains, const char *name,
    const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	struct link_domain *domain = domains;
	char text[2 * LINK_KEY_SIZE + 1];
	bool is_admitted;

	while (domain != NULL && strcmp(domain->name, name) != 0)
		domain = domain->next;
	if (domain == NULL)
		return false;
	hex_put(text, key, LINK_KEY_SIZE);
	is_admitted = domain->admit(domain->context, key, address);
	if (is_admitted)
		tell(&domain->admitted, "admitted", domain, text, address);
	else
		tell(&domain->refused, "refused", domain, text, address);
	return is_admitted;
}

static void
add_domain(struct link_server *server)
{
	struct link_domain **domains = &server->link->domains;

	for (struct link_domain *it = *domains; it != NULL; it = it->next)
		CHECK(strcmp(it->name, server->options.domain) != 0);
	server->domain.name = server->options.domain;
	server->domain.admit = server->options.admit;
	server->domain.context = server->options.context;
	server->domain.next = *domains;
	*domains = &server->domain;
}

static void
remove_domain(struct link_server *server)
{
	struct link_domain **it = &server->link->domains;

	while (*it != NULL && *it != &server->domain)
		it = &(*it)->next;
	if (*it != NULL)
		*it = server->domain.next;
}

/* Raises the soft limit of descriptors and keeps below it. */
static unsigned
connections_allowed(unsigned asked)
{
	struct rlimit limit;
	rlim_t allowed;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		fatal("link-limit-failed");
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		fatal("link-limit-failed");
	allowed = limit.rlim_cur > 2 * DESCRIPTORS_KEPT
		      ? limit.rlim_cur - DESCRIPTORS_KEPT
		      : DESCRIPTORS_KEPT;
	if (asked == 0 || asked > allowed) {
		if (asked != 0)
			log_warnx("link-connections-cut asked=%u allowed=%lu",
			    asked, (unsigned long)allowed);
		asked = allowed > UINT32_MAX ? UINT32_MAX : (unsigned)allowed;
	}
	return asked;
}

/* As many as one turn may take; pump() comes again while there is more. */
static void
on_ready(void *context)
{
	struct link_server *server = context;
	const struct link_server_options *options = &server->options;
	struct link_message message;
	unsigned taken = 0, handed = 0;
	enum err err = OK;

	server->in_turn = true;
	while (taken < options->turn_messages && err != ERR_AGAIN) {
		err = link_socket_take(server->socket, &message);
		taken++;
		if (err == ERR_INVALID)
			server->malformed++;
		if (err != OK)
			continue;
		handed++;
		options->message(options->context, message.key, &message.route,
		    message.frames, message.frame_count);
	}
	if (handed > 0)
		options->turn_end(options->context);
	server->in_turn = false;
}

static void
set_full(struct link_server *server, bool is_full)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = {.len = 1, .filter = &none};
	int fd = link_socket_listen_fd(server->socket);

	if (setsockopt(fd, SOL_SOCKET,
		is_full ? SO_ATTACH_FILTER : SO_DETACH_FILTER, &filter,
		sizeof filter) != 0)
		log_warn("link-filter-failed domain=%s", server->domain.name);
	server->is_full = is_full;
	log_warnx("link-connections-%s domain=%s connections=%u",
	    is_full ? "full" : "free", server->domain.name,
	    server->connections);
}

static void
count_connection(struct link_server *server, bool is_new)
{
	bool is_full;

	if (is_new)
		server->connections++;
	else if (server->connections > 0)
		server->connections--;
	is_full = server->connections >= server->options.connections_max;
	if (is_full != server->is_full)
		set_full(server, is_full);
}

static void
on_event(void *context, enum link_event event)
{
	struct link_server *server = context;

	switch (event) {
	case LINK_EVENT_ACCEPTED:
		count_connection(server, true);
		return;
	case LINK_EVENT_DROPPED:
		count_connection(server, false);
		return;
	case LINK_EVENT_CUT:
	case LINK_EVENT_MISMATCH:
	case LINK_EVENT_REFUSED:
		server->refused++;
		return;
	case LINK_EVENT_CONNECTED:
	case LINK_EVENT_CLOSED:
	case LINK_EVENT_RETRIED:
	case LINK_EVENT_READY:
		return; /* of clients */
	}
}

static void
name_local(struct link_server *server)
{
	static const char *const wildcards[] = {
	    "tcp://0.0.0.0:", "tcp://[::]:"};

	memcpy(server->local, server->endpoint, sizeof server->local);
	for (unsigned i = 0; i < sizeof wildcards / sizeof *wildcards; i++) {
		size_t len = strlen(wildcards[i]);

		if (strncmp(server->endpoint, wildcards[i], len) == 0)
			snprintf(server->local, sizeof server->local,
			    "tcp://127.0.0.1:%.5s", server->endpoint + len);
	}
}

/* tcp://[::ffff:127.0.0.1]:7000 is tcp://127.0.0.1:7000. */
static void
name_endpoint(struct link_server *server)
{
	static const char mapped[] = "tcp://[::ffff:";
	const size_t len = sizeof mapped - 1;
	char bound[ENDPOINT_MAX];
	const char *end;

	CHECK(link_socket_endpoint(server->socket, bound, sizeof bound));
	memcpy(server->endpoint, bound, sizeof bound);
	end = strchr(bound, ']');
	if (strncmp(bound, mapped, len) == 0 && end != NULL)
		snprintf(server->endpoint, sizeof server->endpoint,
		    "tcp://%.*s%s", (int)(end - bound - (int)len), bound + len,
		    end + 1);
	name_local(server);
}

static enum err
open_socket(struct link_server *server)
{
	const struct link_socket_options options = {
	    .keys = server->options.keys,
	    .domain = server->options.domain,
	    .handshake_ms = LINK_HANDSHAKE_MS,
	    .ready = on_ready,
	    .event = on_event,
	    .context = server,
	};
	enum err err =
	    link_socket_open(&server->socket, server->link, &options);

	if (err == OK)
		err = link_socket_attach(
		    server->socket, server->options.endpoint);
	if (err == OK)
		name_endpoint(server);
	return err;
}

/* ZeroMQ gives each connection two queues and two buffers of 8 to 16 KiB and
 * uses a page or two of each. As mappings of their own they take those pages
 * only, and give them back when the peer goes; in the heap they come to lie in
 * what handshakes have used before. Advice: another allocator (that of the
 * sanitizers) does not know it. */
static void
keep_buffers_apart(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, CONNECTION_BUFFER);
	(void)mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
}

enum err
link_server_open(struct link_server **server, struct link *link,
    const struct link_server_options *options)
{
	struct link_server *made = xcalloc(1, sizeof *made);
	enum err err;

	keep_buffers_apart();
	CHECK(options->turn_messages > 0 && options->domain[0] != '\0');
	made->link = link;
	made->options = *options;
	made->options.domain = xstrdup(options->domain);
	made->options.connections_max =
	    connections_allowed(options->connections_max);
	add_domain(made);
	err = open_socket(made);
	if (err != OK) {
		link_server_close(made);
		return err;
	}
	made->options.endpoint = made->endpoint;
	made->options.keys = NULL; /* the caller's; no longer needed */
	*server = made;
	return OK;
}

void
link_server_close(struct link_server *server)
{
	union {
		const char *in;
		char *out;
	} domain;

	if (server == NULL)
		return;
	CHECK(!server->in_turn);
	link_socket_close(server->socket);
	remove_domain(server);
	domain.in = server->options.domain;
	free(domain.out);
	free(server);
}

const char *
link_server_endpoint(const struct link_server *server)
{
	return server->endpoint;
}

const char *
link_server_local(const struct link_server *server)
{
	return server->local;
}

enum err
link_server_send(struct link_server *server, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	enum err err =
	    link_socket_send(server->socket, route, frames, frame_count);

	return err == ERR_AGAIN ? ERR_FULL : err;
}

uint64_t
link_server_malformed(const struct link_server *server)
{
	return server->malformed;
}

uint64_t
link_server_refused(const struct link_server *server)
{
	return server->refused;
}
