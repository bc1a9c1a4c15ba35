/* SPDX-License-Identifier: Apache-2.0 */
#include "core/link.h"

#include "core/link_socket.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <zmq.h>

enum { WITHIN_MS = 10000, BIG = 60 * 1024, MANY = 3000 };

/* One loop, one link, one server that echoes, one client. */
struct pair {
	struct loop *loop;
	struct link *link;
	struct link_server *server;
	struct link_keys server_keys, client_keys;
	bool admit_all;
	bool is_mute; /* the server does not answer */
	unsigned admitted, messages, turns;
	uint8_t last_key[LINK_KEY_SIZE];
	struct link_route route;
	struct link_client *client;
	enum link_state wanted;
	bool in_state;
	unsigned answers, answers_wanted;
	unsigned client_turns;
	bool answered;
	char answer[64];
	uint64_t answer_bytes;
};

static bool
admit(void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	struct pair *pair = context;

	(void)address;
	pair->admitted++;
	return pair->admit_all ||
	       memcmp(key, pair->client_keys.public_key, LINK_KEY_SIZE) == 0;
}

static void
on_message(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct pair *pair = context;

	pair->messages++;
	pair->route = *route;
	memcpy(pair->last_key, key, LINK_KEY_SIZE);
	if (pair->is_mute)
		return;
	cr_assert_eq(
	    link_server_send(pair->server, route, frames, frame_count), OK);
}

static void
on_turn_end(void *context)
{
	((struct pair *)context)->turns++;
}

static void
on_state(void *context, enum link_state state)
{
	struct pair *pair = context;

	if (state == pair->wanted)
		pair->in_state = true;
}

static void
on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct pair *pair = context;

	pair->answers++;
	for (unsigned i = 0; i < frame_count; i++)
		pair->answer_bytes += frames[i].len;
	snprintf(pair->answer, sizeof pair->answer, "%u:%.*s|%.*s", frame_count,
	    (int)(frames[0].len < 20 ? frames[0].len : 20),
	    (const char *)frames[0].at,
	    frame_count > 1 && frames[1].len < 20 ? (int)frames[1].len : 0,
	    frame_count > 1 ? (const char *)frames[1].at : "");
	pair->answered = pair->answers >= pair->answers_wanted;
}

static void
on_client_turn_end(void *context)
{
	((struct pair *)context)->client_turns++;
}

static void
open_link(struct pair *pair)
{
	*pair = (struct pair){0};
	cr_assert_eq(loop_open(&pair->loop, NULL), OK);
	cr_assert_eq(link_open(&pair->link, pair->loop), OK);
	link_keys_make(&pair->server_keys);
	link_keys_make(&pair->client_keys);
}

static void
open_server_at(struct pair *pair, const char *endpoint, unsigned max)
{
	const struct link_server_options options = {
	    .endpoint = endpoint,
	    .domain = "region",
	    .keys = &pair->server_keys,
	    .admit = admit,
	    .message = on_message,
	    .turn_end = on_turn_end,
	    .context = pair,
	    .turn_messages = 16,
	    .connections_max = max,
	};

	cr_assert_eq(link_server_open(&pair->server, pair->link, &options), OK);
}

static void
open_server(struct pair *pair)
{
	open_link(pair);
	open_server_at(pair, "tcp://127.0.0.1:*", 64);
}

static struct link_client_options
client_options(struct pair *pair, const char *endpoint)
{
	return (struct link_client_options){
	    .endpoint = endpoint,
	    .server_key = pair->server_keys.public_key,
	    .keys = &pair->client_keys,
	    .state = on_state,
	    .answer = on_answer,
	    .turn_end = on_client_turn_end,
	    .context = pair,
	};
}

static void
open_client(struct pair *pair, const char *endpoint)
{
	struct link_client_options options = client_options(pair, endpoint);

	cr_assert_eq(link_client_open(&pair->client, pair->link, &options), OK);
}

static void
wait_state(struct pair *pair, enum link_state state)
{
	pair->wanted = state;
	pair->in_state = link_client_state(pair->client) == state;
	cr_assert_eq(loop_run_until(pair->loop, &pair->in_state, WITHIN_MS), OK,
	    "never %s but %s", link_state_word(state),
	    link_state_word(link_client_state(pair->client)));
}

static void
wait_answers(struct pair *pair, unsigned count)
{
	pair->answers_wanted = count;
	pair->answered = pair->answers >= count;
	cr_assert_eq(loop_run_until(pair->loop, &pair->answered, WITHIN_MS), OK,
	    "%u answers", pair->answers);
}

static void
close_all(struct pair *pair)
{
	link_client_close(pair->client);
	link_server_close(pair->server);
	link_close(pair->link);
	loop_close(pair->loop);
}

static void
send_text(struct pair *pair, const char *one, const char *two)
{
	struct bytes frames[2] = {bytes_of_text(one)};

	if (two != NULL)
		frames[1] = bytes_of_text(two);
	cr_assert_eq(
	    link_client_send(pair->client, frames, two == NULL ? 1 : 2), OK);
}

Test(core_link, carries_two_frames_both_ways_and_knows_the_peer_by_its_key)
{
	struct pair pair;

	open_server(&pair);
	open_client(&pair, link_server_endpoint(pair.server));
	wait_state(&pair, LINK_READY);
	send_text(&pair, "head", "body");
	wait_answers(&pair, 1);
	cr_assert_str_eq(pair.answer, "2:head|body");
	cr_assert_arr_eq(
	    pair.last_key, pair.client_keys.public_key, LINK_KEY_SIZE);
	cr_assert_eq(pair.turns, 1);
	cr_assert_eq(pair.client_turns, 1);
	cr_assert_eq(link_client_bytes(pair.client), 16);
	send_text(&pair, "one", NULL);
	wait_answers(&pair, 2);
	cr_assert_str_eq(pair.answer, "1:one|");
	close_all(&pair);
}

Test(core_link, tells_a_stranger_that_it_is_not_admitted)
{
	struct pair pair;
	struct link_keys stranger;
	struct link_client_options options;

	open_server(&pair);
	link_keys_make(&stranger);
	options = client_options(&pair, link_server_endpoint(pair.server));
	options.keys = &stranger;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	wait_state(&pair, LINK_UNKNOWN);
	cr_assert_eq(link_server_refused(pair.server), 1);
	cr_assert_eq(pair.messages, 0);
	close_all(&pair);
}

Test(core_link, asks_again_at_each_connection)
{
	struct pair pair;
	struct link_keys revoked;
	struct link_client_options options;

	open_server(&pair);
	link_keys_make(&revoked);
	options = client_options(&pair, link_server_endpoint(pair.server));
	options.keys = &revoked;
	pair.admit_all = true;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	wait_state(&pair, LINK_READY);
	link_client_close(pair.client);
	pair.admit_all = false;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	wait_state(&pair, LINK_UNKNOWN);
	cr_assert_eq(pair.admitted, 2);
	close_all(&pair);
}

Test(core_link, sees_a_wrong_server_key_as_a_failed_handshake)
{
	struct pair pair;
	struct link_keys other;
	struct link_client_options options;

	open_server(&pair);
	link_keys_make(&other);
	options = client_options(&pair, link_server_endpoint(pair.server));
	options.server_key = other.public_key;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	wait_state(&pair, LINK_WRONG_KEY);
	cr_assert_eq(pair.admitted, 0);
	cr_assert_geq(link_server_refused(pair.server), 1);
	close_all(&pair);
}

/* A bound TCP socket: listening and silent, or not even listening. */
static int
bind_port(bool listening, char *endpoint, size_t cap)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	if (listening)
		cr_assert_eq(listen(fd, 8), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(endpoint, cap, "tcp://127.0.0.1:%u",
	    (unsigned)ntohs(address.sin_port));
	return fd;
}

Test(core_link, tells_a_closed_port_from_a_silent_network)
{
	struct pair pair;
	struct link_client_options options;
	char endpoint[64];
	int fd;

	open_link(&pair);
	fd = bind_port(false, endpoint, sizeof endpoint);
	open_client(&pair, endpoint);
	wait_state(&pair, LINK_REFUSED);
	link_client_close(pair.client);
	close(fd);
	fd = bind_port(true, endpoint, sizeof endpoint);
	options = client_options(&pair, endpoint);
	options.handshake_ms = 200;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	wait_state(&pair, LINK_DEAD);
	close(fd);
	close_all(&pair);
}

Test(core_link, sees_a_name_that_does_not_resolve_as_no_answer)
{
	struct pair pair;

	open_link(&pair);
	open_client(&pair, "tcp://nowhere.invalid:7000");
	wait_state(&pair, LINK_DEAD);
	close_all(&pair);
}

Test(core_link, refuses_an_endpoint_that_is_none)
{
	struct pair pair;
	struct link_client_options options;

	open_link(&pair);
	options = client_options(&pair, "nonsense");
	cr_assert_eq(
	    link_client_open(&pair.client, pair.link, &options), ERR_INVALID);
	close_all(&pair);
}

Test(core_link, refuses_to_serve_on_a_port_that_is_taken)
{
	struct pair pair;
	struct link_server *second;
	struct link_server_options options = {
	    .domain = "join",
	    .admit = admit,
	    .message = on_message,
	    .turn_end = on_turn_end,
	    .turn_messages = 1,
	};

	open_server(&pair);
	options.endpoint = link_server_endpoint(pair.server);
	options.keys = &pair.server_keys;
	cr_assert_eq(
	    link_server_open(&second, pair.link, &options), ERR_INVALID);
	close_all(&pair);
}

Test(core_link, connects_again_when_the_server_comes_back)
{
	struct pair pair;
	char endpoint[128];

	open_server(&pair);
	cr_assert(text_copy(
	    endpoint, sizeof endpoint, link_server_endpoint(pair.server)));
	open_client(&pair, endpoint);
	wait_state(&pair, LINK_READY);
	link_server_close(pair.server);
	pair.server = NULL;
	wait_state(&pair, LINK_REFUSED);
	cr_assert_eq(
	    link_client_send(pair.client,
		&(struct bytes){.at = (const uint8_t *)"x", .len = 1}, 1),
	    ERR_AGAIN);
	open_server_at(&pair, endpoint, 64);
	wait_state(&pair, LINK_READY);
	send_text(&pair, "again", NULL);
	wait_answers(&pair, 1);
	close_all(&pair);
}

Test(core_link, passes_the_self_test_when_only_enrolled_keys_get_in)
{
	struct pair pair;

	open_server(&pair);
	cr_assert_eq(
	    link_self_test(pair.link, link_server_endpoint(pair.server),
		pair.server_keys.public_key, WITHIN_MS),
	    OK);
	cr_assert_eq(pair.admitted, 1, "the stranger was asked about");
	close_all(&pair);
}

Test(core_link, is_reached_at_127_0_0_1_when_it_listens_on_all_interfaces)
{
	static const char local[] = "tcp://127.0.0.1:";
	struct pair pair;

	open_link(&pair);
	open_server_at(&pair, "tcp://*:*", 0);
	cr_assert_eq(
	    strncmp(link_server_local(pair.server), local, sizeof local - 1),
	    0);
	cr_assert_eq(link_self_test(pair.link, link_server_local(pair.server),
			 pair.server_keys.public_key, WITHIN_MS),
	    OK);
	close_all(&pair);
}

Test(core_link, fails_the_self_test_when_strangers_get_in)
{
	struct pair pair;

	open_server(&pair);
	pair.admit_all = true;
	cr_assert_eq(
	    link_self_test(pair.link, link_server_endpoint(pair.server),
		pair.server_keys.public_key, WITHIN_MS),
	    ERR_DENIED);
	close_all(&pair);
}

Test(core_link, fails_the_self_test_when_clients_without_curve_get_in)
{
	struct pair pair;
	char endpoint[128];
	size_t len = sizeof endpoint;
	void *context = zmq_ctx_new();
	void *open_house = zmq_socket(context, ZMQ_ROUTER);

	open_link(&pair);
	cr_assert_eq(zmq_bind(open_house, "tcp://127.0.0.1:*"), 0);
	cr_assert_eq(
	    zmq_getsockopt(open_house, ZMQ_LAST_ENDPOINT, endpoint, &len), 0);
	cr_assert_eq(link_self_test(pair.link, endpoint,
			 pair.server_keys.public_key, WITHIN_MS),
	    ERR_DENIED);
	close_all(&pair);
	zmq_close(open_house);
	zmq_ctx_term(context);
}

Test(core_link, ends_the_self_test_in_time_when_nobody_answers)
{
	struct pair pair;
	char endpoint[64];
	int fd;

	open_link(&pair);
	fd = bind_port(true, endpoint, sizeof endpoint);
	cr_assert_eq(link_self_test(
			 pair.link, endpoint, pair.server_keys.public_key, 200),
	    ERR_TIMEOUT);
	close(fd);
	close_all(&pair);
}

Test(core_link, says_that_a_peer_is_gone)
{
	struct pair pair;
	struct bytes frame = bytes_of_text("late");
	struct link_route nobody = {.at = {0, 1, 2, 3, 4}, .len = 5};

	open_server(&pair);
	cr_assert_eq(
	    link_server_send(pair.server, &nobody, &frame, 1), ERR_NOTFOUND);
	close_all(&pair);
}

Test(core_link, hands_over_many_large_messages_without_losing_one)
{
	struct pair pair;
	uint8_t *body = xcalloc(BIG, 1);
	struct bytes frames[2] = {bytes_of_text("head"), bytes_of(body, BIG)};
	unsigned sent = 0;

	open_server(&pair);
	open_client(&pair, link_server_endpoint(pair.server));
	wait_state(&pair, LINK_READY);
	while (sent < MANY) {
		if (link_client_send(pair.client, frames, 2) == OK)
			sent++;
		else
			wait_answers(&pair, pair.answers + 1);
	}
	wait_answers(&pair, MANY);
	cr_assert_eq(pair.messages, MANY);
	cr_assert_eq(pair.answer_bytes, (uint64_t)MANY * (BIG + 4));
	cr_assert_geq(pair.turns, MANY / 16);
	free(body);
	close_all(&pair);
}

static void
close_in_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct pair *pair = context;

	(void)frames;
	(void)frame_count;
	link_client_close(pair->client);
	pair->client = NULL;
	pair->answered = true;
}

static void
close_in_state(void *context, enum link_state state)
{
	struct pair *pair = context;

	if (state != LINK_REFUSED)
		return;
	link_client_close(pair->client);
	pair->client = NULL;
	pair->in_state = true;
}

Test(core_link, lets_a_client_be_closed_from_its_callbacks)
{
	struct pair pair;
	struct link_client_options options;
	char endpoint[64];
	int fd;

	open_server(&pair);
	options = client_options(&pair, link_server_endpoint(pair.server));
	options.answer = close_in_answer;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	wait_state(&pair, LINK_READY);
	send_text(&pair, "one", NULL);
	send_text(&pair, "two", NULL);
	cr_assert_eq(loop_run_until(pair.loop, &pair.answered, WITHIN_MS), OK);
	fd = bind_port(false, endpoint, sizeof endpoint);
	options.endpoint = endpoint;
	options.state = close_in_state;
	cr_assert_eq(link_client_open(&pair.client, pair.link, &options), OK);
	pair.in_state = false;
	cr_assert_eq(loop_run_until(pair.loop, &pair.in_state, WITHIN_MS), OK);
	close(fd);
	close_all(&pair);
}

/* A foreign program that speaks ZeroMQ as it likes. */
struct foreigner {
	void *context, *socket;
};

static void
foreigner_open(struct foreigner *foreigner, struct pair *pair, bool curve,
    const char *routing_id)
{
	const struct link_keys *keys = &pair->client_keys;
	void *socket;

	foreigner->context = zmq_ctx_new();
	socket = zmq_socket(foreigner->context, ZMQ_DEALER);
	cr_assert_not_null(socket);
	zmq_setsockopt(socket, ZMQ_LINGER, &(int){0}, sizeof(int));
	if (routing_id != NULL)
		zmq_setsockopt(
		    socket, ZMQ_ROUTING_ID, routing_id, strlen(routing_id));
	if (curve) {
		zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY,
		    pair->server_keys.public_key, LINK_KEY_SIZE);
		zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key,
		    LINK_KEY_SIZE);
		zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key,
		    LINK_KEY_SIZE);
	}
	cr_assert_eq(
	    zmq_connect(socket, link_server_endpoint(pair->server)), 0);
	foreigner->socket = socket;
}

static void
foreigner_close(struct foreigner *foreigner)
{
	zmq_close(foreigner->socket);
	zmq_ctx_term(foreigner->context);
}

static void
foreigner_send(struct foreigner *foreigner, size_t len, unsigned frames)
{
	uint8_t *body = xcalloc(len, 1);

	for (unsigned i = 0; i < frames; i++)
		cr_assert_geq(zmq_send(foreigner->socket, body, len,
				  i + 1 < frames ? ZMQ_SNDMORE : 0),
		    0);
	free(body);
}

struct count_watch {
	struct pair *pair;
	uint64_t malformed, refused, messages;
	bool reached;
};

static void
look_at_counts(void *context)
{
	struct count_watch *watch = context;
	struct link_server *server = watch->pair->server;

	watch->reached = link_server_malformed(server) >= watch->malformed &&
			 link_server_refused(server) >= watch->refused &&
			 watch->pair->messages >= watch->messages;
}

static void
watch_poll(void *context)
{
	void **both = context;

	look_at_counts(both[0]);
	loop_timer_set(both[1], 2);
}

static void
wait_counts(struct count_watch *watch)
{
	void *both[2] = {watch, NULL};

	both[1] = loop_timer_new(watch->pair->loop, watch_poll, both);
	loop_timer_set(both[1], 0);
	cr_assert_eq(
	    loop_run_until(watch->pair->loop, &watch->reached, WITHIN_MS), OK,
	    "malformed %" PRIu64 " refused %" PRIu64 " messages %u",
	    link_server_malformed(watch->pair->server),
	    link_server_refused(watch->pair->server), watch->pair->messages);
	loop_timer_free(both[1]);
}

Test(core_link, drops_and_counts_what_has_too_many_or_too_large_frames)
{
	struct pair pair;
	struct foreigner peer;
	struct count_watch watch = {
	    .pair = &pair, .malformed = 3, .messages = 2};

	open_server(&pair);
	pair.is_mute = true;
	foreigner_open(&peer, &pair, true, NULL);
	foreigner_send(&peer, 10, 2);
	foreigner_send(&peer, 10, 3);
	foreigner_send(&peer, 1, 50);
	foreigner_send(&peer, LINK_FRAME_MAX + 1, 1);
	foreigner_send(&peer, LINK_FRAME_MAX, 2);
	wait_counts(&watch);
	cr_assert_eq(pair.messages, 2, "the good ones still come");
	foreigner_close(&peer);
	close_all(&pair);
}

Test(core_link, drops_and_counts_a_peer_that_sets_a_routing_id)
{
	struct pair pair;
	struct foreigner peer;
	struct count_watch watch = {.pair = &pair, .malformed = 1};

	open_server(&pair);
	foreigner_open(&peer, &pair, true, "other");
	foreigner_send(&peer, 10, 2);
	wait_counts(&watch);
	cr_assert_eq(pair.messages, 0);
	foreigner_close(&peer);
	close_all(&pair);
}

Test(core_link, refuses_a_client_without_curve)
{
	struct pair pair;
	struct foreigner peer;
	struct count_watch watch = {.pair = &pair, .refused = 1};

	open_server(&pair);
	pair.admit_all = true;
	foreigner_open(&peer, &pair, false, NULL);
	foreigner_send(&peer, 10, 2);
	wait_counts(&watch);
	cr_assert_eq(pair.messages, 0);
	cr_assert_eq(pair.admitted, 0);
	foreigner_close(&peer);
	close_all(&pair);
}

struct cut_watch {
	int fd;
	bool is_cut;
};

static void
on_cut_fd(void *context)
{
	struct cut_watch *watch = context;
	char rest[256];

	if (recv(watch->fd, rest, sizeof rest, MSG_DONTWAIT) <= 0)
		watch->is_cut = true;
}

Test(core_link, cuts_a_stream_of_garbage_and_serves_on)
{
	struct pair pair;
	struct cut_watch watch = {
	    .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct loop_fd *fd;
	unsigned port = 0;

	open_server(&pair);
	cr_assert_eq(sscanf(link_server_endpoint(pair.server),
			 "tcp://127.0.0.1:%u", &port),
	    1);
	address.sin_port = htons((uint16_t)port);
	cr_assert_eq(
	    connect(watch.fd, (struct sockaddr *)&address, sizeof address), 0);
	cr_assert_gt(send(watch.fd, "GET / HTTP/1.1\r\n\r\n", 18, 0), 0);
	fd = loop_fd_add(pair.loop, watch.fd, LOOP_READABLE, on_cut_fd, &watch);
	cr_assert_eq(loop_run_until(pair.loop, &watch.is_cut, WITHIN_MS), OK);
	loop_fd_remove(fd);
	close(watch.fd);
	open_client(&pair, link_server_endpoint(pair.server));
	wait_state(&pair, LINK_READY);
	close_all(&pair);
}

Test(core_link, takes_no_more_connections_at_its_limit_until_one_has_left)
{
	struct pair pair;
	struct link_client *first, *second;
	struct link_client_options options;

	open_link(&pair);
	open_server_at(&pair, "tcp://127.0.0.1:*", 1);
	open_client(&pair, link_server_endpoint(pair.server));
	wait_state(&pair, LINK_READY);
	first = pair.client;
	options = client_options(&pair, link_server_endpoint(pair.server));
	options.handshake_ms = 300;
	pair.wanted = LINK_DEAD;
	pair.in_state = false;
	cr_assert_eq(link_client_open(&second, pair.link, &options), OK);
	cr_assert_eq(loop_run_until(pair.loop, &pair.in_state, WITHIN_MS), OK);
	send_text(&pair, "first is still in", NULL);
	wait_answers(&pair, 1);
	link_client_close(first);
	pair.client = second;
	wait_state(&pair, LINK_READY);
	send_text(&pair, "second is in", NULL);
	wait_answers(&pair, 2);
	close_all(&pair);
}
