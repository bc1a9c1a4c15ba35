/* SPDX-License-Identifier: Apache-2.0 */
#include "node/spool.h"

#include "core/loop.h"
#include "tests/support/node.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

enum { CEREMONY = 900, ADDERS = 4, ADDS = 100 };

static void
bytes_are(struct bytes bytes, const char *hex)
{
	char *text = xcalloc(2, bytes.len + 1);

	hex_put(text, bytes.at, bytes.len);
	cr_assert_str_eq(text, hex);
	free(text);
}

/* Golden bytes: computed with Python's hashlib and PyNaCl. */
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

Test(node_spool, writes_the_golden_event_chain_and_stamp)
{
	struct test_node node = {0};
	struct event event = test_report("ikrar/golden");
	struct spool_row row;
	enum reject why;

	test_node_open(&node);
	bytes_are(bytes_of(node.keys.id, NODE_ID_SIZE),
	    "554dab3c9e35dbb33d623f1ade86125b");
	for (int i = 0; i < 2; i++)
		cr_assert_eq(
		    spool_add(node.spool, &event, 1, TEST_NOW_MS, &why), OK);
	cr_assert_eq(spool_row(node.spool, 1, &row), OK);
	bytes_are(row.event,
	    "08011210554dab3c9e35dbb33d623f1ade86125b18012080d095ffbc312a08"
	    "37332e30342e303182020e0a0c696b7261722f676f6c64656e");
	bytes_are(bytes_of(row.event_hash.at, HASH_SIZE),
	    "075098e78714ce2a4e8435055a75aedc65490db198025ceb0f28d4c740a90f8d");
	bytes_are(row.stamp,
	    ZEROS "f05e7c05240bd9c151bee258f7ba94cb168cd33ac20a2c851112"
		  "33fdeddbb62354d59c0d242fe786412ee0b7f703fc7d432b9760"
		  "35fd2baf6a2ebbbf45ee0508");
	cr_assert_eq(spool_row(node.spool, 2, &row), OK);
	bytes_are(bytes_of(row.head.at, HASH_SIZE),
	    "6a2b89690eebf90d93b3c3a6dc4101369c84aa28b1018ae4cb2cdc2e867027a4");
	bytes_are(row.stamp,
	    ZEROS "e0e91819ce116e34629b0c452184124fc0ef85fd5e0fe3230f12"
		  "019e887cc55cd3817091dc6b041b7a276a0bfff2f9bc0cf9a80c"
		  "55bffcfb676545b1cf77350a");
	spool_row_done(node.spool);
	test_node_close(&node);
}

Test(node_spool, fills_who_and_when_and_the_hour_of_incidents)
{
	struct test_node node = {0};
	struct event events[2] = {test_pledge(1), test_incident()};
	struct wire *wire = wire_new();
	struct spool_row row;
	struct event read;
	enum reject why;

	test_node_open(&node);
	cr_assert_eq(
	    spool_add(node.spool, events, 2, TEST_NOW_MS + 999, &why), OK);
	cr_assert_eq(events[1].seq, 2);
	cr_assert_eq(spool_row(node.spool, 1, &row), OK);
	cr_assert_eq(wire_unpack(wire, row.event, &read), REJECT_NONE);
	cr_assert_eq(read.recorded_at_ms, TEST_NOW_MS + 999);
	cr_assert_str_eq(read.wilayah, TEST_WILAYAH);
	cr_assert_eq(memcmp(read.node, node.keys.id, NODE_ID_SIZE), 0);
	cr_assert_eq(spool_row(node.spool, 2, &row), OK);
	cr_assert_eq(wire_unpack(wire, row.event, &read), REJECT_NONE);
	cr_assert_eq(read.recorded_at_ms % 3600000, 0);
	cr_assert_leq(read.recorded_at_ms, TEST_NOW_MS);
	cr_assert_gt(read.recorded_at_ms, TEST_NOW_MS - 3600000);
	spool_row_done(node.spool);
	wire_free(wire);
	test_node_close(&node);
}

Test(node_spool, stamps_a_ceremony_at_least_every_64_rows_and_at_its_end)
{
	struct test_node node = {0};
	struct spool_row row;
	unsigned since = 0, stamps = 0;

	test_node_open(&node);
	cr_assert_eq(
	    test_add_pledges(node.spool, CEREMONY, CEREMONY), CEREMONY);
	for (uint64_t seq = 1; seq <= CEREMONY; seq++) {
		cr_assert_eq(spool_row(node.spool, seq, &row), OK);
		since++;
		cr_assert_leq(since, SPOOL_STAMP_EVERY);
		if (row.stamp.len == 0)
			continue;
		cr_assert(stamp_is_valid(row.stamp.at, node.keys.id, seq,
		    &row.head, node.keys.sign.public_key));
		since = 0;
		stamps++;
	}
	cr_assert_eq(since, 0);
	cr_assert_eq(stamps, (CEREMONY + 63) / 64);
	spool_row_done(node.spool);
	test_node_close(&node);
}

/* The largest roster rows: no two of these events fit one push. */
Test(node_spool, stamps_before_a_run_outgrows_one_push)
{
	struct test_node node = {0};
	struct unit_row *rows = xcalloc(EVENT_ROWS_MAX, sizeof *rows);
	struct event events[3] = {0};
	uint8_t *body = xcalloc(1, PUSH_BODY_MAX);
	struct spool_row row;
	struct push push;
	enum reject why;
	size_t len;

	for (unsigned i = 0; i < EVENT_ROWS_MAX; i++) {
		snprintf(rows[i].code, CODE_MAX, "UNIT-%018u", i % 10);
		snprintf(rows[i].code, CODE_MAX, "UNIT-%u", i);
		memset(rows[i].name, 'n', NAME_MAX_BYTES - 1);
		rows[i].kind = 4;
		memcpy(rows[i].wilayah, TEST_WILAYAH, sizeof TEST_WILAYAH);
	}
	for (unsigned i = 0; i < 3; i++) {
		events[i].kind = EVENT_ROSTER_CHANGED;
		events[i].roster =
		    (struct roster_changed){{i + 1, 1, 1, {1}}, 256, rows};
	}
	test_node_open(&node);
	cr_assert_eq(spool_add(node.spool, events, 3, TEST_NOW_MS, &why), OK);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		cr_assert_eq(spool_row(node.spool, seq, &row), OK);
		cr_assert_gt(row.event.len, EVENT_COLLECTOR_MAX);
		cr_assert_eq(row.stamp.len, STAMP_SIZE);
		spool_row_done(node.spool);
		cr_assert_eq(
		    spool_batch(node.spool, seq, &push, body, &len), OK);
		cr_assert_eq(push.count, 1);
	}
	free(rows);
	free(body);
	test_node_close(&node);
}

/* Walks all batches; each ends on a stamped row and holds what is there. */
static void
walk_batches(struct spool *spool, uint64_t last)
{
	uint8_t *body = xcalloc(1, PUSH_BODY_MAX);
	uint64_t next = 1;
	struct push push;
	size_t len;

	while (next <= last) {
		struct bytes rest, event;
		struct spool_row row;

		cr_assert_eq(spool_batch(spool, next, &push, body, &len), OK);
		cr_assert_eq(push.first_seq, next);
		cr_assert_leq(push.count, PUSH_EVENTS_MAX);
		cr_assert_leq(len, PUSH_BODY_MAX);
		rest = bytes_of(body, len);
		for (uint32_t i = 0; i < push.count; i++) {
			cr_assert_eq(push_body_next(&rest, &event), OK);
			cr_assert_eq(spool_row(spool, next + i, &row), OK);
			cr_assert(bytes_equal(event, row.event));
		}
		cr_assert_eq(rest.len, 0);
		cr_assert(bytes_equal(
		    row.stamp, bytes_of(push.stamp, sizeof push.stamp)));
		spool_row_done(spool);
		next += push.count;
	}
	cr_assert_eq(spool_batch(spool, next, &push, body, &len), ERR_NOTFOUND);
	free(body);
}

Test(node_spool, batches_end_on_a_stamped_row_and_fit)
{
	struct test_node node = {0};
	uint64_t last;

	test_node_open(&node);
	test_add_pledges(node.spool, 450, 450);
	test_add_pledges(node.spool, 300, 1);
	last = test_add_pledges(node.spool, 70, 70);
	walk_batches(node.spool, last);
	test_node_close(&node);
}

Test(node_spool, gives_the_batch_that_ends_at_a_stamped_row)
{
	struct test_node node = {0};
	uint8_t *body = xcalloc(1, PUSH_BODY_MAX);
	struct push push;
	size_t len;

	test_node_open(&node);
	test_add_pledges(node.spool, 640, 640);
	cr_assert_eq(spool_batch_back(node.spool, (struct spool_span){1, 640},
			 &push, body, &len),
	    OK);
	cr_assert_eq(push.first_seq + push.count - 1, 640);
	cr_assert_gt(push.count, 64);
	cr_assert_eq(spool_batch_back(node.spool, (struct spool_span){600, 640},
			 &push, body, &len),
	    OK);
	cr_assert_eq(push.first_seq, 600);
	cr_assert_eq(spool_batch_back(node.spool, (struct spool_span){1, 639},
			 &push, body, &len),
	    ERR_NOTFOUND);
	cr_assert_eq(spool_batch_back(node.spool, (struct spool_span){1, 641},
			 &push, body, &len),
	    ERR_NOTFOUND);
	free(body);
	test_node_close(&node);
}

Test(node_spool, stores_nothing_of_a_list_with_one_bad_event)
{
	struct test_node node = {0};
	struct event events[3] = {
	    test_pledge(1), test_pledge(2), test_pledge(3)};
	struct spool_status status;
	enum reject why = REJECT_NONE;

	test_node_open(&node);
	events[2].pledge.unit[0] = 'u';
	cr_assert_eq(
	    spool_add(node.spool, events, 3, TEST_NOW_MS, &why), ERR_INVALID);
	cr_assert_eq(why, REJECT_FIELD);
	spool_status(node.spool, &status);
	cr_assert_eq(status.last_seq, 0);
	events[2].pledge.unit[0] = 'U';
	cr_assert_eq(spool_add(node.spool, events, 3, TEST_NOW_MS, &why), OK);
	cr_assert_eq(events[2].seq, 3);
	test_node_close(&node);
}

Test(node_spool, refuses_pledges_before_incidents_when_room_runs_out)
{
	struct test_node node = {.map_bytes = 32 << 20};
	struct event pledge = test_pledge(1), incident = test_incident();
	enum reject why;

	test_node_open(&node);
	cr_assert_eq(
	    spool_add(node.spool, &pledge, 1, TEST_NOW_MS, &why), ERR_FULL);
	cr_assert_eq(
	    spool_add(node.spool, &incident, 1, TEST_NOW_MS, &why), OK);
	cr_assert_eq(incident.seq, 1);
	test_node_close(&node);
}

Test(node_spool, refuses_all_when_there_is_no_room_left)
{
	struct test_node node = {.map_bytes = 7 << 20};
	struct event incident = test_incident();
	enum reject why;

	test_node_open(&node);
	cr_assert_eq(
	    spool_add(node.spool, &incident, 1, TEST_NOW_MS, &why), ERR_FULL);
	test_node_close(&node);
}

Test(node_spool, is_bound_to_the_keys_that_made_it)
{
	struct test_node node = {0};
	struct spool *other = NULL;

	test_node_open(&node);
	spool_close(node.spool);
	node_keys_make(&node.keys);
	cr_assert_eq(test_spool_open(&node, &other), ERR_INVALID);
	test_keys_make(&node.keys);
	cr_assert_eq(test_spool_open(&node, &node.spool), OK);
	test_node_close(&node);
}

/* The child adds and says so; it is killed at that very moment. */
Test(node_spool, keeps_what_was_added_before_a_kill)
{
	struct test_node node = {0};
	struct spool_status status;
	char word[1];
	int said[2];
	pid_t child;

	node.dir = temp_dir_make();
	test_keys_make(&node.keys);
	cr_assert_eq(pipe(said), 0);
	child = fork();
	if (child == 0) {
		struct event event = test_pledge(1);
		enum reject why;

		if (test_spool_open(&node, &node.spool) != OK ||
		    spool_add(node.spool, &event, 1, TEST_NOW_MS, &why) != OK)
			_exit(1);
		(void)!write(said[1], "x", 1);
		pause();
	}
	close(said[1]);
	cr_assert_eq(read(said[0], word, 1), 1);
	cr_assert_eq(kill(child, SIGKILL), 0);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_assert_eq(test_spool_open(&node, &node.spool), OK);
	spool_status(node.spool, &status);
	cr_assert_eq(status.last_seq, 1);
	cr_assert_eq(status.last_recorded_ms, TEST_NOW_MS);
	close(said[0]);
	test_node_close(&node);
}

Test(node_spool, numbers_rows_without_gaps_from_four_processes_at_once)
{
	struct test_node node = {0};
	struct hash head, own;
	pid_t children[ADDERS];
	int status = 0;

	node.dir = temp_dir_make();
	test_keys_make(&node.keys);
	for (int i = 0; i < ADDERS; i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		if (test_spool_open(&node, &node.spool) != OK)
			_exit(1);
		test_add_pledges(node.spool, ADDS, 1 + (unsigned)i);
		spool_close(node.spool);
		_exit(0);
	}
	for (int i = 0; i < ADDERS; i++) {
		cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
		cr_assert_eq(status, 0);
	}
	cr_assert_eq(test_spool_open(&node, &node.spool), OK);
	cr_assert_eq(spool_head(node.spool, 0, &head), OK);
	for (uint64_t seq = 1; seq <= ADDERS * ADDS; seq++) {
		struct spool_row row;

		cr_assert_eq(spool_row(node.spool, seq, &row), OK);
		head = hash_head(&head, &row.event_hash);
		cr_assert(hash_equal(&head, &row.head));
	}
	spool_row_done(node.spool);
	cr_assert_eq(spool_head(node.spool, ADDERS * ADDS, &own), OK);
	cr_assert(hash_equal(&head, &own));
	cr_assert_eq(
	    spool_head(node.spool, ADDERS * ADDS + 1, &own), ERR_NOTFOUND);
	walk_batches(node.spool, ADDERS * ADDS);
	test_node_close(&node);
}

Test(node_spool, wakes_the_daemon_and_does_not_mind_that_there_is_none)
{
	char *dir = temp_dir_make(), *path = temp_dir_path(dir, "wake");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char byte;

	spool_wake_daemon(dir);
	cr_assert(text_copy(address.sun_path, sizeof address.sun_path, path));
	cr_assert_eq(
	    bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	spool_wake_daemon(dir);
	cr_assert_eq(recv(fd, &byte, 1, MSG_DONTWAIT), 1);
	close(fd);
	free(path);
	temp_dir_remove(dir);
}
