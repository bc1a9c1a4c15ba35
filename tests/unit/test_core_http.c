/* SPDX-License-Identifier: Apache-2.0 */
#include "core/http.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/http_client.h"

enum {
	QUICK_LIFE_MS = 600,
	DRIP_MS = 50,
	FEW = 4,
	MANY = 12,
	BODY_MAX = 64,
};

static const char *const hosts[] = {"ikrar.example", "127.0.0.1:8470", NULL};

/* What the last call of a route was given. */
struct seen {
	unsigned calls;
	enum http_method method;
	char rest[HTTP_PATH_MAX];
	struct http_fields query, form;
};

static void
page(void *context, const struct http_request *request,
    struct http_answer *answer)
{
	struct seen *seen = context;

	seen->calls++;
	seen->method = request->method;
	CHECK(text_copy(seen->rest, sizeof seen->rest, request->rest));
	seen->query = *request->query;
	seen->form = *request->form;
	answer->status = 200;
	answer->style_hash = "sha256-abc";
	text_buf_add(&answer->body, "<p>halaman</p>");
}

static const struct http_route routes[] = {
    {HTTP_GET, "/ack/", 0, page},
    {HTTP_POST, "/ack/", BODY_MAX, page},
    {HTTP_POST, "/only-post", BODY_MAX, page},
    {0},
};

struct rig {
	struct loop *loop;
	struct http *http;
	struct seen seen;
};

static void
rig_open(struct rig *rig, struct http_options options)
{
	*rig = (struct rig){0};
	cr_assert_eq(loop_open(&rig->loop, NULL), OK);
	options.loop = rig->loop;
	options.listen = "127.0.0.1:0";
	options.hosts = hosts;
	options.routes = routes;
	options.context = &rig->seen;
	cr_assert_eq(http_open(&rig->http, &options), OK);
}

static void
rig_close(struct rig *rig)
{
	http_close(rig->http);
	loop_close(rig->loop);
}

/* One request to its end: the status, 0 for none. */
static unsigned
ask_bytes(struct rig *rig, struct client *client, const void *at, size_t len)
{
	return client_ask(
	    client, rig->loop, http_port(rig->http), bytes_of(at, len));
}

static unsigned
ask(struct rig *rig, struct client *client, const char *text)
{
	return ask_bytes(rig, client, text, strlen(text));
}

static void
open_client(struct client *client, struct rig *rig)
{
	client_open(client, rig->loop, http_port(rig->http));
}

#define HOST "Host: ikrar.example\r\n"
#define GET_ACK "GET /ack/abc HTTP/1.1\r\n"

/* ---- what passes */

Test(core_http, answers_a_get_with_its_page_and_the_guarding_headers)
{
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){0});
	cr_assert_eq(ask(&rig, &client,
			 "GET /ack/a%20b?x=1&y=%41+c HTTP/1.1\r\n" HOST "\r\n"),
	    200);
	cr_assert_eq(rig.seen.calls, 1);
	cr_assert_eq(rig.seen.method, HTTP_GET);
	cr_assert_str_eq(rig.seen.rest, "a b");
	cr_assert_str_eq(http_field(&rig.seen.query, "y"), "A c");
	cr_assert_null(http_field(&rig.seen.query, "z"));
	cr_assert(strstr(client.answer, "\r\n\r\n<p>halaman</p>") != NULL);
	cr_assert(strstr(client.answer,
		      "Content-Security-Policy: default-src 'none'; style-src "
		      "'sha256-abc'; form-action 'self'; frame-ancestors "
		      "'none'; base-uri 'none'\r\n") != NULL);
	cr_assert(strstr(client.answer, "Cache-Control: no-store\r\n") != NULL);
	cr_assert(
	    strstr(client.answer, "Referrer-Policy: no-referrer\r\n") != NULL);
	cr_assert(strstr(client.answer,
		      "X-Content-Type-Options: nosniff\r\n") != NULL);
	cr_assert(strstr(client.answer, "Connection: close\r\n") != NULL);
	cr_assert(strstr(client.answer, "Set-Cookie") == NULL);
	rig_close(&rig);
}

Test(core_http, answers_a_head_as_a_get_without_the_body)
{
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){0});
	cr_assert_eq(
	    ask(&rig, &client, "HEAD /ack/abc HTTP/1.1\r\n" HOST "\r\n"), 200);
	cr_assert_eq(rig.seen.method, HTTP_HEAD);
	cr_assert(strstr(client.answer, "Content-Length: 14\r\n") != NULL);
	cr_assert(strstr(client.answer, "halaman") == NULL);
	rig_close(&rig);
}

Test(core_http, hands_a_form_to_the_route_for_post)
{
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){0});
	cr_assert_eq(ask(&rig, &client,
			 "POST /ack/abc HTTP/1.1\r\n" HOST
			 "Content-Type: application/x-www-form-urlencoded\r\n"
			 "Content-Length: 10\r\n\r\nya=1&b=%2Bmore"),
	    200, "what is behind the length is not looked at");
	cr_assert_str_eq(http_field(&rig.seen.form, "ya"), "1");
	cr_assert_eq(
	    ask(&rig, &client,
		"POST /ack/abc HTTP/1.0\r\n" HOST "Content-Length: 0\r\n\r\n"),
	    200, "without a body");
	cr_assert_eq(rig.seen.form.count, 0);
	rig_close(&rig);
}

Test(core_http, refuses_a_form_that_is_none)
{
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){0});
	cr_assert_eq(ask(&rig, &client,
			 "POST /ack/abc HTTP/1.1\r\n" HOST
			 "Content-Length: 4\r\n\r\nya=1"),
	    400, "no type");
	cr_assert_eq(ask(&rig, &client,
			 "POST /ack/abc HTTP/1.1\r\n" HOST
			 "Content-Type: application/x-www-form-urlencoded\r\n"
			 "Content-Length: 5\r\n\r\na=%00"),
	    400);
	cr_assert_eq(rig.seen.calls, 0);
	rig_close(&rig);
}

/* A head may come in as many pieces as it likes, within the time. */
Test(core_http, takes_a_head_that_comes_byte_by_byte)
{
	static const char head[] = GET_ACK HOST "\r\n";
	struct rig rig;
	struct client client;
	bool never = false;

	rig_open(&rig, (struct http_options){0});
	open_client(&client, &rig);
	for (size_t i = 0; i + 1 < sizeof head; i++) {
		cr_assert(client_say(&client, head + i, 1));
		cr_assert_eq(loop_run_until(rig.loop, &never, 0), ERR_TIMEOUT);
	}
	cr_assert_eq(
	    loop_run_until(rig.loop, &client.is_closed, CLIENT_WITHIN_MS), OK);
	cr_assert_eq(client_status(&client), 200);
	client_close(&client);
	rig_close(&rig);
}

/* ---- what does not */

struct bad {
	unsigned status;
	const char *text;
};

static const struct bad bads[] = {
    /* Host: one, and a known one. */
    {400, GET_ACK "\r\n"},
    {400, GET_ACK HOST HOST "\r\n"},
    {421, GET_ACK "Host: evil.example\r\n\r\n"},
    {421, GET_ACK "Host: ikrar.example:80\r\n\r\n"},
    {421, GET_ACK "Host: ikrar.example.evil.example\r\n\r\n"},
    {421, GET_ACK "Host:\r\n\r\n"},
    /* Content-Length: at most one, digits alone. */
    {400, GET_ACK HOST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n"},
    {400, GET_ACK HOST "Content-Length: +1\r\n\r\n"},
    {400, GET_ACK HOST "Content-Length: 0x1\r\n\r\n"},
    {400, GET_ACK HOST "Content-Length: -1\r\n\r\n"},
    {400, GET_ACK HOST "Content-Length: 1, 1\r\n\r\n"},
    {400, GET_ACK HOST "Content-Length:\r\n\r\n"},
    {400, GET_ACK HOST "Content-Length: 99999999999999999999\r\n\r\n"},
    {411, "POST /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {501, GET_ACK HOST "Transfer-Encoding: chunked\r\n\r\n"},
    {501, GET_ACK HOST "transfer-encoding: identity\r\n\r\n"},
    {417, GET_ACK HOST "Expect: 100-continue\r\n\r\n"},
    /* Lines. */
    {400, GET_ACK HOST "X y: 1\r\n\r\n"},
    {400, GET_ACK HOST "X-Y : 1\r\n\r\n"},
    {400, GET_ACK HOST "X(y): 1\r\n\r\n"},
    {400, GET_ACK HOST ": 1\r\n\r\n"},
    {400, GET_ACK HOST "nothing\r\n\r\n"},
    {400, GET_ACK HOST "X: a\r\n b\r\n\r\n"},
    {400, GET_ACK HOST "X: a\rb\r\n\r\n"},
    {400, GET_ACK HOST "X: a\x01\r\n\r\n"},
    {400, GET_ACK HOST "X: a\x7f\r\n\r\n"},
    {400, GET_ACK HOST "X: a\tb\r\n\r\n"},
    {400, "GET /ack/abc HTTP/1.1\nHost: ikrar.example\n\n"},
    {400, GET_ACK "Host: ikrar.example\n\r\n"},
    /* The first line. */
    {400, "\r\n\r\n"},
    {400, "rubbish\r\n\r\n"},
    {400, "GET /ack/abc\r\n" HOST "\r\n"},
    {400, "GET  /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/a bc HTTP/1.1\r\n" HOST "\r\n"},
    {400, "G@T /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {505, "GET /ack/abc HTTP/2.0\r\n" HOST "\r\n"},
    {501, "BREW /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {501, "get /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    /* The target. */
    {400, "GET http://ikrar.example/ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET //ikrar.example/ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {400, "CONNECT ikrar.example:443 HTTP/1.1\r\n" HOST "\r\n"},
    {400, "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/%00 HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/%0a HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/%7F HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/%4 HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/%zz HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/a#b HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/a?x=%00 HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/a?=1 HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /ack/a?a&b&c&d&e&f&g&h&i HTTP/1.1\r\n" HOST "\r\n"},
    /* Routes. */
    {404, "GET / HTTP/1.1\r\n" HOST "\r\n"},
    {404, "GET /ackabc HTTP/1.1\r\n" HOST "\r\n"},
    {404, "GET /%2Fack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {404, "GET /%252e HTTP/1.1\r\n" HOST "\r\n"},
    {404, "PUT /nothing HTTP/1.1\r\n" HOST "\r\n"},
    {405, "PUT /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {405, "TRACE /ack/abc HTTP/1.1\r\n" HOST "\r\n"},
    {405, "GET /only-post HTTP/1.1\r\n" HOST "\r\n"},
    {405, "HEAD /only-post HTTP/1.1\r\n" HOST "\r\n"},
    {413, "POST /ack/abc HTTP/1.1\r\n" HOST "Content-Length: 65\r\n\r\n"},
    {413, GET_ACK HOST "Content-Length: 1\r\n\r\nx"},
};

Test(core_http, refuses_what_the_guard_does_not_let_pass)
{
	struct rig rig;
	struct client client;
	struct http_counts counts;
	unsigned all = sizeof bads / sizeof bads[0];

	rig_open(&rig, (struct http_options){0});
	for (unsigned i = 0; i < all; i++) {
		unsigned status = ask(&rig, &client, bads[i].text);

		cr_expect_eq(status, bads[i].status, "%u, not %u, for:\n%s",
		    status, bads[i].status, bads[i].text);
		cr_expect(strstr(client.answer,
			      "X-Content-Type-Options: nosniff") != NULL);
	}
	cr_assert_eq(rig.seen.calls, 0, "no route was called");
	http_counts(rig.http, &counts);
	cr_assert_eq(counts.refused, all);
	cr_assert_eq(counts.answered, 0);
	rig_close(&rig);
}

Test(core_http, refuses_a_nul_byte_anywhere_in_the_head)
{
	static const char head[] = GET_ACK "X: ab\r\n" HOST "\r\n";
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){0});
	for (size_t i = 0; i + 4 < sizeof head; i++) {
		char bad[sizeof head];

		memcpy(bad, head, sizeof head);
		bad[i] = '\0';
		cr_expect_geq(
		    ask_bytes(&rig, &client, bad, sizeof head - 1), 400);
		cr_expect_eq(rig.seen.calls, 0);
	}
	cr_assert_eq(rig.seen.calls, 0);
	rig_close(&rig);
}

Test(core_http, says_which_methods_a_page_has)
{
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){0});
	(void)ask(&rig, &client, "PUT /ack/abc HTTP/1.1\r\n" HOST "\r\n");
	cr_assert(
	    strstr(client.answer, "\r\nAllow: GET, HEAD, POST\r\n") != NULL,
	    "%s", client.answer);
	(void)ask(&rig, &client, "GET /only-post HTTP/1.1\r\n" HOST "\r\n");
	cr_assert(strstr(client.answer, "\r\nAllow: POST\r\n") != NULL);
	rig_close(&rig);
}

Test(core_http, bounds_the_head_its_lines_and_its_path)
{
	struct rig rig;
	struct client client;
	struct text_buf head = {0};

	rig_open(&rig, (struct http_options){0});
	text_buf_add(&head, GET_ACK HOST "X: ");
	while (head.len < HTTP_HEAD_MAX - 4)
		text_buf_add(&head, "x");
	text_buf_add(&head, "\r\n\r\n");
	cr_assert_eq(head.len, HTTP_HEAD_MAX);
	cr_assert_eq(ask(&rig, &client, head.at), 200, "just fits");
	head.len -= 4;
	text_buf_add(&head, "x\r\n\r\n");
	cr_assert_eq(ask(&rig, &client, head.at), 431);
	head.len = 0;
	text_buf_add(&head, GET_ACK HOST);
	for (unsigned i = 0; i < HTTP_LINES_MAX; i++)
		text_buf_add(&head, "X: 1\r\n");
	text_buf_add(&head, "\r\n");
	cr_assert_eq(ask(&rig, &client, head.at), 431, "one line too many");
	head.len = 0;
	text_buf_add(
	    &head, "GET /ack/%*s HTTP/1.1\r\n" HOST "\r\n", HTTP_PATH_MAX, "x");
	for (char *c = head.at + 9; *c == ' '; c++)
		*c = 'x';
	cr_assert_eq(ask(&rig, &client, head.at), 414);
	text_buf_clear(&head);
	rig_close(&rig);
}

/* More than the server reads on behind a head that it has refused. */
Test(core_http, does_not_read_a_refused_body_for_ever)
{
	static char flood[65536];
	static const char head[] = "POST /ack/abc HTTP/1.1\r\n" HOST
				   "Content-Length: 999999999\r\n\r\n";
	struct rig rig;
	struct client client;
	struct http_counts counts;
	uint64_t end_ms = loop_monotonic_ms() + CLIENT_WITHIN_MS / 4;
	bool never = false, is_cut = false;

	rig_open(&rig, (struct http_options){0});
	open_client(&client, &rig);
	cr_assert(client_say(&client, head, sizeof head - 1));
	while (!is_cut && loop_monotonic_ms() < end_ms) {
		is_cut = send(client.fd, flood, sizeof flood,
			     MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
			 (errno == EPIPE || errno == ECONNRESET);
		(void)!loop_run_until(rig.loop, &never, 1);
	}
	cr_assert(is_cut);
	cr_assert_eq(client_status(&client), 413);
	http_counts(rig.http, &counts);
	cr_assert_eq(counts.cut, 0, "it did not take the whole time");
	client_close(&client);
	rig_close(&rig);
}

/* ---- slow ones, and too many */

struct drip {
	struct client *client;
	struct loop_timer *timer;
	const char *text;
};

static void
drip_on(void *context)
{
	struct drip *drip = context;

	if (drip->client->is_closed || !client_say(drip->client, drip->text, 1))
		return;
	if (drip->text[1] != '\0')
		drip->text++;
	loop_timer_set(drip->timer, DRIP_MS);
}

/* Each byte comes well before any time limit on silence would end. */
static void
drip_until_cut(const char *start, const char *dripped)
{
	struct rig rig;
	struct client client;
	struct drip drip = {.client = &client, .text = dripped};
	struct http_counts counts;
	uint64_t start_ms = loop_monotonic_ms();

	rig_open(&rig, (struct http_options){.life_ms = QUICK_LIFE_MS});
	open_client(&client, &rig);
	cr_assert(client_say(&client, start, strlen(start)));
	drip.timer = loop_timer_new(rig.loop, drip_on, &drip);
	loop_timer_set(drip.timer, DRIP_MS);
	cr_assert_eq(
	    loop_run_until(rig.loop, &client.is_closed, CLIENT_WITHIN_MS), OK);
	cr_assert_geq(loop_monotonic_ms() - start_ms, QUICK_LIFE_MS);
	cr_assert_eq(rig.seen.calls, 0);
	http_counts(rig.http, &counts);
	cr_assert_eq(counts.cut, 1);
	loop_timer_free(drip.timer);
	client_close(&client);
	rig_close(&rig);
}

Test(core_http, cuts_off_who_drips_a_head)
{
	drip_until_cut(GET_ACK, "X: abcdefghijklmnopqrstuvwxyz");
}

Test(core_http, cuts_off_who_drips_a_body)
{
	drip_until_cut("POST /ack/abc HTTP/1.1\r\n" HOST
		       "Content-Type: application/x-www-form-urlencoded\r\n"
		       "Content-Length: 64\r\n\r\n",
	    "a=bcdefghijklmnopqrstuvwxyz");
}

Test(core_http, cuts_off_who_says_nothing)
{
	struct rig rig;
	struct client client;

	rig_open(&rig, (struct http_options){.life_ms = QUICK_LIFE_MS});
	open_client(&client, &rig);
	cr_assert_eq(
	    loop_run_until(rig.loop, &client.is_closed, CLIENT_WITHIN_MS), OK);
	client_close(&client);
	rig_close(&rig);
}

static void
run_a_while(struct rig *rig, uint64_t ms)
{
	bool never = false;

	cr_assert_eq(loop_run_until(rig->loop, &never, ms), ERR_TIMEOUT);
}

Test(core_http, takes_only_so_many_at_once_and_the_others_after_them)
{
	struct rig rig;
	struct client *clients = xcalloc(MANY, sizeof *clients);
	struct http_counts counts;

	rig_open(&rig, (struct http_options){
			   .connections_max = FEW, .life_ms = QUICK_LIFE_MS});
	for (unsigned i = 0; i < MANY; i++)
		open_client(&clients[i], &rig);
	run_a_while(&rig, QUICK_LIFE_MS / 3);
	http_counts(rig.http, &counts);
	cr_assert_eq(counts.open, FEW);
	cr_assert_eq(counts.accepted, FEW);
	/* The last in the queue asks something; the others never do. */
	cr_assert(client_say(&clients[MANY - 1], GET_ACK HOST "\r\n",
	    strlen(GET_ACK HOST "\r\n")));
	cr_assert_eq(loop_run_until(rig.loop, &clients[MANY - 1].is_closed,
			 CLIENT_WITHIN_MS),
	    OK);
	cr_assert_eq(client_status(&clients[MANY - 1]), 200);
	for (unsigned i = 0; i < MANY; i++)
		client_close(&clients[i]);
	free(clients);
	rig_close(&rig);
}

Test(core_http, keeps_nothing_of_connections_that_are_over)
{
	struct rig rig;
	struct client client;
	struct http_counts counts;

	rig_open(&rig, (struct http_options){.connections_max = FEW});
	for (unsigned i = 0; i < MANY; i++) {
		open_client(&client, &rig); /* and away again */
		cr_assert(client_say(&client, "GET ", 4));
		client_close(&client);
		(void)ask(&rig, &client, GET_ACK HOST "\r\n");
		(void)ask(&rig, &client, "GET / HTTP/1.1\r\n" HOST "\r\n");
	}
	run_a_while(&rig, QUICK_LIFE_MS);
	http_counts(rig.http, &counts);
	cr_assert_eq(counts.open, 0);
	cr_assert_eq(counts.accepted, 3 * MANY);
	cr_assert_eq(rig.seen.calls, MANY);
	rig_close(&rig);
}

Test(core_http, ends_while_connections_are_open_in_every_stage)
{
	static const char post[] =
	    "POST /ack/a HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\n";
	struct rig rig;
	struct client clients[FEW];

	rig_open(&rig, (struct http_options){0});
	for (unsigned i = 0; i < FEW; i++)
		open_client(&clients[i], &rig); /* the first says nothing */
	cr_assert(client_say(&clients[1], "GET ", 4));
	cr_assert(client_say(&clients[2], post, sizeof post - 1));
	cr_assert(client_say(&clients[3], "\r\n\r\n", 4));
	run_a_while(&rig, DRIP_MS);
	for (unsigned i = 0; i < FEW; i++)
		loop_fd_remove(clients[i].readable);
	rig_close(&rig);
	for (unsigned i = 0; i < FEW; i++)
		close(clients[i].fd);
}

Test(core_http, sends_small_answers_at_once)
{
	struct rig rig;
	int on = 0;
	socklen_t len = sizeof on;

	rig_open(&rig, (struct http_options){0});
	/* The listening socket's option is what accepted ones inherit; it is
	 * found as the only one of this process that listens. */
	for (int fd = 3; fd < 64; fd++) {
		int listens = 0;
		socklen_t size = sizeof listens;

		if (getsockopt(
			fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 &&
		    listens != 0 && on == 0)
			cr_assert_eq(
			    getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len),
			    0);
	}
	cr_assert_neq(on, 0);
	rig_close(&rig);
}

Test(core_http, takes_numeric_addresses_only)
{
	cr_assert(http_listen_is_valid("127.0.0.1:8470"));
	cr_assert(http_listen_is_valid("0.0.0.0:80"));
	cr_assert(http_listen_is_valid("[::1]:8470"));
	cr_assert_not(http_listen_is_valid("localhost:8470"));
	cr_assert_not(http_listen_is_valid("127.0.0.1"));
	cr_assert_not(http_listen_is_valid("127.0.0.1:"));
	cr_assert_not(http_listen_is_valid("127.0.0.1:65536"));
	cr_assert_not(http_listen_is_valid("::1:8470"));
	cr_assert_not(http_listen_is_valid(""));
}

Test(core_http, says_that_an_address_is_taken)
{
	struct rig rig;
	struct http *second = NULL;
	char listen[64];
	struct http_options options = {.hosts = hosts, .routes = routes};

	rig_open(&rig, (struct http_options){0});
	snprintf(listen, sizeof listen, "127.0.0.1:%u", http_port(rig.http));
	options.loop = rig.loop;
	options.listen = listen;
	cr_assert_eq(http_open(&second, &options), ERR_IO);
	cr_assert_null(second);
	options.listen = "localhost:1";
	cr_assert_eq(http_open(&second, &options), ERR_INVALID);
	rig_close(&rig);
}
