/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Links and their pages over real sockets, beside a real ledger and spool; the
 * time is that of a drill.
 */
#include "notifier/ack_desk.h"

#include "node/spool_inner.h"
#include "notifier/ack_keys.h"
#include "tests/unit/test_notifier_rig.h"

#include <stdio.h>

#include <criterion/criterion.h>

#include "tests/support/http_client.h"

enum {
	HOUR_MS = 3600000,
	HOLD_MS = 2 * HOUR_MS,
	LINK_MS = 24 * HOUR_MS,
	ALERT = 3,
};

#define BASE "https://ikrar.example/sub"

struct bench {
	struct feed *feed;
	struct node_keys keys;
	struct spool *spool;
	struct loop *loop;
	char *clock;
	struct ack_desk *desk;
	uint64_t verdict; /* the index of the alert's opening */
	struct client client;
	char url[ACK_URL_MAX];
};

static void
set_clock(struct bench *bench, uint64_t now_ms)
{
	char text[32];

	snprintf(text, sizeof text, "%llu\n", (unsigned long long)now_ms);
	temp_dir_write(bench->feed->dir, "clock", text);
	bench->feed->now_ms = now_ms;
}

static void
open_desk(struct bench *bench)
{
	struct ack_desk_options options = {.loop = bench->loop,
	    .dir = bench->feed->dir,
	    .listen = "127.0.0.1:0",
	    .url = BASE,
	    .hold_ms = HOLD_MS,
	    .link_ms = LINK_MS,
	    .ledger = bench->feed->ledger,
	    .inbox = bench->feed->inbox,
	    .spool = bench->spool,
	    .origin = FEED_ORIGIN,
	    .zone = "WITA",
	    .is_drill = true};

	CHECK(ack_desk_open(&bench->desk, &options) == OK);
}

static struct bench *
bench_make(uint64_t map_bytes)
{
	struct bench *bench = xcalloc(1, sizeof *bench);
	struct spool_options spool = {
	    .wilayah = FEED_REGION, .create = true, .map_bytes = map_bytes};
	struct event event = a_verdict(EVENT_ALERT_OPENED, ALERT, ROLE_HEAD);

	bench->feed = feed_make();
	feed_begin(bench->feed);
	bench->verdict = feed_add(bench->feed, &event, AUTHOR_LOG);
	feed_turn(bench->feed, 0);
	node_keys_make(&bench->keys);
	spool.dir = bench->feed->dir;
	spool.keys = &bench->keys;
	CHECK(spool_open(&bench->spool, &spool) == OK);
	set_clock(bench, feed_start_ms);
	bench->clock = temp_dir_path(bench->feed->dir, "clock");
	CHECK(loop_open(&bench->loop, bench->clock) == OK);
	open_desk(bench);
	return bench;
}

static void
bench_free(struct bench *bench)
{
	ack_desk_close(bench->desk);
	loop_close(bench->loop);
	spool_close(bench->spool);
	free(bench->clock);
	feed_free(bench->feed);
	free(bench);
}

/* The path of the link for a seat's letter. */
static const char *
link_of(struct bench *bench, const char *seat, const char *term)
{
	struct ledger_key key = {.index = bench->verdict};

	memset(key.alert, ALERT, EVENT_ID_SIZE);
	CHECK(text_copy(key.target.seat, WORD_MAX, seat));
	CHECK(text_copy(key.target.term, WORD_MAX, term));
	CHECK(text_copy(key.target.channel, WORD_MAX, "mail"));
	CHECK(ack_link(bench->desk, &key, bench->url));
	CHECK(strncmp(bench->url, BASE "/ack/", strlen(BASE "/ack/")) == 0);
	return bench->url + strlen(BASE);
}

static const char *
head_link(struct bench *bench)
{
	return link_of(bench, "kepala-73.04", "pj-1");
}

static unsigned
ask(struct bench *bench, const char *method, const char *path)
{
	struct text_buf request = {0};
	unsigned status;

	text_buf_add(&request,
	    "%s %s HTTP/1.1\r\nHost: ikrar.example\r\n"
	    "Content-Length: 0\r\n\r\n",
	    method, path);
	status = client_ask(&bench->client, bench->loop,
	    ack_desk_port(bench->desk), bytes_of(request.at, request.len));
	text_buf_clear(&request);
	return status;
}

static bool
says(const struct bench *bench, const char *text)
{
	return strstr(bench->client.answer, text) != NULL;
}

/* How many acknowledgements the spool holds, and the last of them. */
static unsigned
recorded(struct bench *bench, struct event *last)
{
	struct wire *wire = wire_new();
	struct spool_row row;
	struct event event;
	unsigned count = 0;

	for (uint64_t seq = 1; spool_row(bench->spool, seq, &row) == OK;
	     seq++) {
		CHECK(wire_unpack(wire, row.event, &event) == REJECT_NONE);
		spool_row_done(bench->spool);
		if (event.kind != EVENT_ALERT_ACKNOWLEDGED)
			continue;
		*last = event;
		count++;
	}
	wire_free(wire);
	return count;
}

Test(notifier_ack_desk, a_get_shows_and_only_a_post_records)
{
	struct bench *bench = bench_make(0);
	const char *path = head_link(bench);
	struct event last;

	for (unsigned i = 0; i < 3; i++) {
		cr_assert_eq(ask(bench, "GET", path), 200);
		cr_assert(says(bench, "<form method=\"post\">"));
		cr_assert(says(bench, "Kabupaten Jeneponto"));
		cr_assert(says(bench, "LATIHAN"));
		cr_assert_eq(ask(bench, "HEAD", path), 200);
		cr_assert_eq(ask(bench, "OPTIONS", path), 405);
	}
	cr_assert_eq(recorded(bench, &last), 0);
	cr_assert_eq(ask(bench, "POST", path), 200);
	cr_assert(says(bench, "<h1>Tercatat</h1>"));
	cr_assert_not(says(bench, "<form"));
	cr_assert(says(bench, "kepala-73.04, masa jabatan pj-1"));
	cr_assert(says(bench, "1 Oktober 2024 08.00 WITA"));
	cr_assert_eq(recorded(bench, &last), 1);
	cr_assert_eq(last.acknowledged.verdict, bench->verdict);
	cr_assert_eq(last.acknowledged.alert[0], ALERT);
	cr_assert_str_eq(last.acknowledged.seat, "kepala-73.04");
	cr_assert_str_eq(last.acknowledged.term, "pj-1");
	cr_assert_str_eq(last.acknowledged.channel, "link");
	cr_assert_eq(last.acknowledged.until_ms, feed_start_ms + HOLD_MS);
	bench_free(bench);
}

Test(notifier_ack_desk, twice_is_once_until_it_no_longer_holds)
{
	struct bench *bench = bench_make(0);
	const char *path = head_link(bench);
	struct event last;

	cr_assert_eq(ask(bench, "POST", path), 200);
	set_clock(bench, feed_start_ms + HOUR_MS);
	cr_assert_eq(ask(bench, "POST", path), 200);
	cr_assert(says(bench, "<h1>Sudah tercatat sebelumnya</h1>"));
	cr_assert(says(bench, "1 Oktober 2024 08.00 WITA"), "when it was");
	cr_assert_eq(ask(bench, "GET", path), 200);
	cr_assert_not(says(bench, "<form"));
	cr_assert_eq(recorded(bench, &last), 1);
	set_clock(bench, feed_start_ms + HOLD_MS);
	cr_assert_eq(ask(bench, "GET", path), 200);
	cr_assert(says(bench, "<form"));
	cr_assert_eq(ask(bench, "POST", path), 200);
	cr_assert_eq(recorded(bench, &last), 2);
	bench_free(bench);
}

Test(notifier_ack_desk, each_seat_speaks_for_itself_and_sees_the_others)
{
	struct bench *bench = bench_make(0);
	struct event last;

	cr_assert_eq(ask(bench, "POST", head_link(bench)), 200);
	cr_assert_eq(ask(bench, "GET", link_of(bench, "admin-73.04", "")), 200);
	cr_assert(says(bench, "<form"));
	cr_assert(says(bench, "kepala-73.04, masa jabatan pj-1"));
	cr_assert_eq(
	    ask(bench, "POST", link_of(bench, "admin-73.04", "")), 200);
	cr_assert_eq(recorded(bench, &last), 2);
	cr_assert_str_eq(last.acknowledged.term, "");
	bench_free(bench);
}

Test(notifier_ack_desk, remembers_across_a_restart)
{
	struct bench *bench = bench_make(0);
	const char *path = head_link(bench);

	cr_assert_eq(ask(bench, "POST", path), 200);
	ack_desk_close(bench->desk);
	open_desk(bench);
	cr_assert_eq(ask(bench, "GET", path), 200);
	cr_assert(says(bench, "<h1>Sudah tercatat sebelumnya</h1>"));
	bench_free(bench);
}

static void
is_refused(struct bench *bench, const char *path, enum ack_say say)
{
	uint64_t before = ack_desk_count(bench->desk, say);
	struct event last;

	cr_expect_eq(ask(bench, "GET", path), ack_say_status(say));
	cr_expect_not(says(bench, "<form"));
	cr_expect_eq(ask(bench, "POST", path), ack_say_status(say));
	cr_expect(says(bench, "class=\"no\""));
	cr_expect_eq(recorded(bench, &last), 0);
	cr_expect_eq(
	    ack_desk_count(bench->desk, say), before + 2, "it is counted");
}

Test(notifier_ack_desk, refuses_altered_and_broken_links)
{
	struct bench *bench = bench_make(0);
	char path[ACK_URL_MAX], *altered;

	(void)text_copy(path, sizeof path, head_link(bench));
	altered = &path[strlen(path) - 3];
	*altered = *altered == 'A' ? 'B' : 'A';
	is_refused(bench, path, ACK_VOID);
	cr_assert_not(says(bench, "Jeneponto"), "it tells a stranger nothing");
	path[strlen(path) - 5] = '\0';
	is_refused(bench, path, ACK_MALFORMED);
	is_refused(bench, "/ack/", ACK_MALFORMED);
	bench_free(bench);
}

Test(notifier_ack_desk, refuses_expired_links)
{
	struct bench *bench = bench_make(0);
	char path[ACK_URL_MAX];

	(void)text_copy(path, sizeof path, head_link(bench));
	set_clock(bench, feed_start_ms + LINK_MS);
	is_refused(bench, path, ACK_EXPIRED);
	cr_assert_not(says(bench, "Jeneponto"));
	bench_free(bench);
}

Test(notifier_ack_desk, refuses_links_of_a_key_that_was_rotated_out_twice)
{
	struct bench *bench = bench_make(0);
	char path[ACK_URL_MAX];

	(void)text_copy(path, sizeof path, head_link(bench));
	cr_assert_eq(ack_keys_rotate(bench->feed->dir), OK);
	cr_assert_eq(ask(bench, "GET", path), 200, "the one before holds");
	cr_assert_eq(ack_keys_rotate(bench->feed->dir), OK);
	is_refused(bench, path, ACK_VOID);
	cr_assert_eq(ask(bench, "GET", head_link(bench)), 200, "a new one");
	bench_free(bench);
}

Test(notifier_ack_desk, the_predecessor_no_longer_speaks_for_the_seat)
{
	struct bench *bench = bench_make(0);
	char path[ACK_URL_MAX];

	(void)text_copy(path, sizeof path, head_link(bench));
	set_clock(bench, feed_noon_ms - 1);
	cr_assert_eq(ask(bench, "GET", path), 200);
	set_clock(bench, feed_noon_ms);
	is_refused(bench, path, ACK_MOVED);
	cr_assert_eq(
	    ask(bench, "GET", link_of(bench, "kepala-73.04", "pj-2")), 200);
	cr_assert(says(bench, "<form"));
	bench_free(bench);
}

Test(notifier_ack_desk, what_the_predecessor_said_does_not_bind_the_successor)
{
	struct bench *bench = bench_make(0);
	struct event last;

	set_clock(bench, feed_noon_ms - 1);
	cr_assert_eq(ask(bench, "POST", head_link(bench)), 200);
	set_clock(bench, feed_noon_ms);
	cr_assert_eq(
	    ask(bench, "GET", link_of(bench, "kepala-73.04", "pj-2")), 200);
	cr_expect(says(bench, "<form"));
	cr_expect(says(bench, "kepala-73.04, masa jabatan pj-1"), "as another");
	cr_assert_eq(
	    ask(bench, "POST", link_of(bench, "kepala-73.04", "pj-2")), 200);
	cr_expect_eq(recorded(bench, &last), 2);
	cr_expect_str_eq(last.acknowledged.term, "pj-2");
	bench_free(bench);
}

Test(notifier_ack_desk, an_alert_that_has_ended_asks_nothing)
{
	struct bench *bench = bench_make(0);
	struct event event = a_verdict(EVENT_ALERT_RESOLVED, ALERT, ROLE_HEAD);

	feed_add(bench->feed, &event, AUTHOR_LOG);
	feed_turn(bench->feed, 0);
	is_refused(bench, head_link(bench), ACK_ENDED);
	cr_assert(says(bench, "Jeneponto"));
	bench_free(bench);
}

Test(notifier_ack_desk, an_alert_that_is_not_in_the_ledger_is_unknown)
{
	struct bench *bench = bench_make(0);

	bench->verdict += 5;
	is_refused(bench, head_link(bench), ACK_UNKNOWN);
	bench->verdict -= 6; /* before its first */
	is_refused(bench, head_link(bench), ACK_UNKNOWN);
	bench_free(bench);
}

Test(notifier_ack_desk, says_so_when_there_is_no_room_to_record)
{
	struct bench *bench = bench_make(4 << 20);
	const char *path = head_link(bench);
	struct event last;

	cr_assert_eq(ask(bench, "POST", path), 503);
	cr_assert(says(bench, "<h1>Belum tercatat</h1>"));
	cr_assert_eq(recorded(bench, &last), 0);
	bench_free(bench);
}

/* Two into the spool, and the row of the first is cut short on the disk. */
static void
add_damaged(struct bench *bench)
{
	struct event events[2],
	    event = {.kind = EVENT_ALERT_ACKNOWLEDGED,
		.acknowledged = {.verdict = bench->verdict, .until_ms = 1}};
	enum reject why = REJECT_NONE;
	uint8_t key[SPOOL_KEY_SIZE];
	struct db_txn *txn;

	memset(event.acknowledged.alert, ALERT, EVENT_ID_SIZE);
	CHECK(text_copy(event.acknowledged.seat, WORD_MAX, "admin-73.04"));
	CHECK(text_copy(event.acknowledged.channel, WORD_MAX, "link"));
	events[0] = events[1] = event;
	CHECK(spool_add(bench->spool, events, 2, feed_start_ms, &why) == OK);
	txn = db_begin(bench->spool->db);
	db_put(txn, SPOOL_ROW, spool_key(key, events[0].seq), bytes_of("x", 1));
	CHECK(db_commit(txn) == OK);
}

Test(notifier_ack_desk, a_damaged_row_of_the_spool_hides_no_answer)
{
	struct bench *bench = bench_make(0);
	const char *path = head_link(bench);

	add_damaged(bench);
	cr_assert_eq(ask(bench, "POST", path), 200);
	cr_expect(says(bench, "<h1>Tercatat</h1>"), "%s", bench->client.answer);
	cr_assert_eq(ask(bench, "POST", path), 200);
	cr_expect_eq(ack_desk_count(bench->desk, ACK_RECORDED), 1);
	cr_expect_eq(ack_desk_count(bench->desk, ACK_ALREADY), 1);
	bench_free(bench);
}

Test(notifier_ack_desk, another_host_name_sees_nothing)
{
	struct bench *bench = bench_make(0);
	struct text_buf request = {0};

	text_buf_add(&request,
	    "POST %s HTTP/1.1\r\nHost: evil.example\r\n"
	    "Content-Length: 0\r\n\r\n",
	    head_link(bench));
	cr_assert_eq(
	    client_ask(&bench->client, bench->loop, ack_desk_port(bench->desk),
		bytes_of(request.at, request.len)),
	    421);
	text_buf_clear(&request);
	bench_free(bench);
}

Test(notifier_ack_desk, without_an_address_there_are_no_links)
{
	struct ack_desk_options options = {0};
	struct ack_desk *desk = (struct ack_desk *)&options;
	struct ledger_key key = {0};
	char url[ACK_URL_MAX];

	cr_assert_eq(ack_desk_open(&desk, &options), OK);
	cr_assert_null(desk);
	cr_assert_not(ack_link(desk, &key, url));
}
