/* SPDX-License-Identifier: Apache-2.0 */
/* A real join endpoint that answers what the test wants. */
#include "node/uplink.h"

#include "core/loop.h"
#include "node/code.h"
#include "tests/support/temp_dir.h"
#include "trust/note.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

enum { WITHIN_MS = 10000 };

struct office {
	char *dir;
	struct loop *loop;
	struct link *link;
	struct link_server *server;
	struct link_keys keys;
	struct sign_keys log_key;
	struct node_keys node;
	struct invite_code code;
	struct message_codec *codec;
	struct message answer;
	unsigned busy; /* answers so often before */
	unsigned joins;
	bool was_good;
};

static bool
admit(void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	const struct office *office = context;

	(void)address;
	return memcmp(key, office->node.link.public_key, LINK_KEY_SIZE) == 0;
}

/* The proof, and that the link key is the one that ZAP saw. */
static bool
is_good(const struct office *office, const struct join *join,
    const uint8_t key[LINK_KEY_SIZE])
{
	struct bytes parts[3] = {bytes_of_text("ikrar/join/1\n"),
	    bytes_of(join->code_sha256, 32), bytes_of(join->link_key, 32)};
	uint8_t wanted[EVENT_HASH_SIZE];

	invite_code_hash(&office->code, wanted);
	return memcmp(join->code_sha256, wanted, sizeof wanted) == 0 &&
	       memcmp(join->link_key, key, LINK_KEY_SIZE) == 0 &&
	       sign_is_valid(join->proof, parts, 3, join->sign_key);
}

static void
on_message(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct office *office = context;
	struct message message = {0};
	uint8_t packed[4096];
	struct bytes frame;

	cr_assert_eq(frame_count, 1);
	cr_assert_leq(frames[0].len, JOIN_MAX);
	cr_assert_eq(
	    message_to_region_get(office->codec, frames[0], &message), OK);
	cr_assert_eq(message.kind, MESSAGE_JOIN);
	office->was_good = is_good(office, &message.join, key);
	office->joins++;
	message = office->answer;
	if (office->joins <= office->busy)
		message = (struct message){.kind = MESSAGE_REFUSAL,
		    .refusal = {.word = REJECT_BUSY, .retry_ms = 20}};
	frame = bytes_of(packed, message_put(&message, packed, sizeof packed));
	cr_assert_gt(frame.len, 0);
	cr_assert_eq(link_server_send(office->server, route, &frame, 1), OK);
}

static void
on_turn_end(void *context)
{
	(void)context;
}

static void
fill_answer(struct office *office)
{
	struct joined *joined = &office->answer.joined;
	struct checkpoint head = {.origin = "ikrar/73.04/1", .size = 9};

	office->answer.kind = MESSAGE_JOINED;
	memcpy(joined->node, office->node.id, sizeof joined->node);
	joined->kind = 1;
	memcpy(joined->wilayah, "73.04.01", 9);
	memcpy(joined->origin, head.origin, sizeof head.origin);
	memcpy(joined->log_key, office->log_key.public_key, 32);
	joined->endpoint_count = 2;
	memcpy(joined->endpoints[0], "tcp://10.0.0.1:7500", 20);
	memcpy(joined->endpoints[1], "tcp://10.0.0.2:7500", 20);
	checkpoint_sign(joined->checkpoint, &head, &office->log_key);
}

static struct office *
office_open(void)
{
	struct office *office = xcalloc(1, sizeof *office);
	const struct link_server_options options = {
	    .endpoint = "tcp://127.0.0.1:*",
	    .domain = "join",
	    .keys = &office->keys,
	    .admit = admit,
	    .message = on_message,
	    .turn_end = on_turn_end,
	    .context = office,
	    .turn_messages = 16,
	    .connections_max = 16};
	uint8_t seed[SIGN_SEED_SIZE] = {9};

	office->dir = temp_dir_make();
	office->codec = message_codec_new();
	sign_keys_make(&office->log_key, seed);
	node_keys_make(&office->node);
	cr_assert_eq(node_keys_save(&office->node, office->dir), OK);
	link_keys_make(&office->keys);
	cr_assert_eq(loop_open(&office->loop, NULL), OK);
	cr_assert_eq(link_open(&office->link, office->loop), OK);
	cr_assert_eq(
	    link_server_open(&office->server, office->link, &options), OK);
	office->code = (struct invite_code){.secret = {1, 2, 3},
	    .kind = 1,
	    .wilayah = "73.04.01",
	    .endpoint_count = 1};
	memcpy(office->code.server_key, office->keys.public_key, 32);
	cr_assert(text_copy(office->code.endpoints[0], ENDPOINT_MAX,
	    link_server_endpoint(office->server)));
	fill_answer(office);
	return office;
}

static void
office_close(struct office *office)
{
	link_server_close(office->server);
	link_close(office->link);
	loop_close(office->loop);
	message_codec_free(office->codec);
	temp_dir_remove(office->dir);
	free(office);
}

static enum err
join(struct office *office, struct join_result *result)
{
	return node_join(
	    office->loop, office->dir, &office->code, WITHIN_MS, result);
}

Test(node_join, writes_what_the_region_is)
{
	struct office *office = office_open();
	struct node_region region;
	struct join_result result;

	cr_assert_eq(join(office, &result), OK);
	cr_assert(office->was_good);
	cr_assert_eq(node_region_load(&region, office->dir), OK);
	cr_assert_str_eq(region.origin, "ikrar/73.04/1");
	cr_assert_str_eq(region.wilayah, "73.04.01");
	cr_assert_eq(region.kind, 1);
	cr_assert_eq(region.endpoint_count, 2);
	cr_assert_str_eq(region.endpoints[1], "tcp://10.0.0.2:7500");
	cr_assert_eq(memcmp(region.server_key, office->keys.public_key, 32), 0);
	cr_assert_eq(memcmp(region.log_key, office->log_key.public_key, 32), 0);
	office_close(office);
}

static struct spool *
spool_of(struct office *office)
{
	const struct spool_options options = {
	    .dir = office->dir, .keys = &office->node, .wilayah = "73.04.01"};
	struct spool *spool = NULL;

	cr_assert_eq(spool_open(&spool, &options), OK);
	return spool;
}

Test(node_join, pins_the_recipients_of_the_code_and_keeps_the_first_head)
{
	struct office *office = office_open();
	struct spool_recipients set;
	struct spool_status status;
	struct join_result result;
	struct spool *spool;

	memset(office->code.recipients_pin, 0x5a, 16);
	cr_assert_eq(join(office, &result), OK);
	spool = spool_of(office);
	spool_recipients(spool, &set);
	cr_assert(set.is_pinned);
	cr_assert_eq(memcmp(set.pin, office->code.recipients_pin, 16), 0);
	cr_assert_eq(set.version, 0);
	spool_status(spool, &status);
	cr_assert_eq(status.seen_epoch, 1);
	cr_assert_eq(status.seen_size, 9);
	spool_close(spool);
	office_close(office);
}

Test(node_join, pins_nothing_when_the_region_has_no_recipients_yet)
{
	struct office *office = office_open();
	struct spool_recipients set;
	struct join_result result;
	struct spool *spool;

	cr_assert_eq(join(office, &result), OK);
	spool = spool_of(office);
	spool_recipients(spool, &set);
	cr_assert_not(set.is_pinned);
	spool_close(spool);
	office_close(office);
}

Test(node_join, tries_the_next_endpoint_when_one_is_dead)
{
	struct office *office = office_open();
	struct join_result result;

	memcpy(
	    office->code.endpoints[1], office->code.endpoints[0], ENDPOINT_MAX);
	office->code.endpoint_count = 2;
	memcpy(office->code.endpoints[0], "tcp://127.0.0.1:9", 18);
	cr_assert_eq(join(office, &result), OK);
	office_close(office);
}

Test(node_join, waits_for_a_busy_region)
{
	struct office *office = office_open();
	struct join_result result;

	office->busy = 2;
	cr_assert_eq(join(office, &result), OK);
	cr_assert_eq(office->joins, 3);
	office_close(office);
}

Test(node_join, tells_the_word_of_a_refusal)
{
	struct office *office = office_open();
	struct node_region region;
	struct join_result result;

	office->answer = (struct message){
	    .kind = MESSAGE_REFUSAL, .refusal.word = REJECT_CODE};
	cr_assert_eq(join(office, &result), ERR_DENIED);
	cr_assert_eq(result.word, REJECT_CODE);
	cr_assert_eq(node_region_load(&region, office->dir), ERR_NOTFOUND);
	office_close(office);
}

Test(node_join, says_why_nobody_answers)
{
	struct office *office = office_open();
	struct join_result result;

	memcpy(office->code.endpoints[0], "tcp://127.0.0.1:9", 18);
	cr_assert_eq(
	    node_join(office->loop, office->dir, &office->code, 300, &result),
	    ERR_TIMEOUT);
	cr_assert_eq(result.state, LINK_REFUSED);
	office_close(office);
}

/* Each answer that is not what the code promised leaves nothing behind. */
static void
is_refused(struct office *office, const char *what)
{
	struct node_region region;
	struct join_result result;

	cr_expect_eq(join(office, &result), ERR_INVALID, "%s", what);
	cr_expect_eq(
	    node_region_load(&region, office->dir), ERR_NOTFOUND, "%s", what);
	fill_answer(office);
}

Test(node_join, refuses_an_answer_that_the_code_did_not_promise)
{
	struct office *office = office_open();
	struct joined *joined = &office->answer.joined;

	joined->node[3] ^= 1;
	is_refused(office, "node");
	joined->kind = 2;
	is_refused(office, "kind");
	joined->wilayah[7] = '2';
	is_refused(office, "wilayah");
	joined->drill = true;
	is_refused(office, "drill");
	joined->drill = false;
	joined->log_key[0] ^= 1;
	is_refused(office, "log key");
	joined->origin[8] = '9';
	is_refused(office, "origin");
	joined->endpoint_count = 0;
	is_refused(office, "endpoints");
	office_close(office);
}
