/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining: the code's endpoints are tried in turn until one answers. What
 * comes back must be about this node, of the kind and wilayah that the code
 * promised, and bring a head that the log's key has signed.
 *
 * That head is the first that the spool keeps: whatever the region says later
 * must continue it. So the spool is made here if it is not there yet, and what
 * the code says of the recipients is pinned in it; DIR/region, which makes the
 * node a member, comes last.
 */
#include "node/join.h"

#include "node/check.h"

#include "core/log.h"
#include "model/origin.h"

#include <stdlib.h>
#include <string.h>

enum {
	ATTEMPT_MS = 8000,
	AGAIN_MS = 500,
	HEADER_MAX = 1024,
	BUSY_MAX_MS = 5000,
};

static const char label[] = "ikrar/join/1\n";

struct joining {
	struct link_client *client;
	struct message_codec *codec;
	struct message message; /* Join */
	struct message answer;
	enum link_state state; /* the last that was not connected */
	uint64_t until_ms;     /* monotonic */
	bool has_answer;
	bool is_over; /* this attempt */
};

void
join_fill(struct join *join, const struct node_keys *keys,
    const struct invite_code *code)
{
	struct bytes parts[3];

	invite_code_hash(code, join->code_sha256);
	memcpy(join->sign_key, keys->sign.public_key, sizeof join->sign_key);
	memcpy(join->link_key, keys->link.public_key, sizeof join->link_key);
	(void)text_copy(
	    join->software, sizeof join->software, "ikrar/" IKRAR_VERSION);
	parts[0] = bytes_of_text(label);
	parts[1] = bytes_of(join->code_sha256, sizeof join->code_sha256);
	parts[2] = bytes_of(join->link_key, sizeof join->link_key);
	sign_parts(join->proof, parts, 3, &keys->sign);
}

static void
say(struct joining *joining)
{
	uint8_t header[HEADER_MAX];
	size_t len = message_put(&joining->message, header, sizeof header);
	struct bytes frame = bytes_of(header, len);

	CHECK(len > 0 && len <= JOIN_MAX);
	if (link_client_send(joining->client, &frame, 1) != OK)
		joining->is_over = true;
}

static void
on_state(void *context, enum link_state state)
{
	struct joining *joining = context;

	joining->state = state;
	if (state == LINK_READY)
		say(joining);
	else if (state != LINK_CONNECTING)
		joining->is_over = true;
}

static void
on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct joining *joining = context;
	struct message message;

	(void)frame_count;
	if (message_from_region_get(joining->codec, frames[0], &message) !=
		OK ||
	    (message.kind != MESSAGE_JOINED && message.kind != MESSAGE_REFUSAL))
		return;
	joining->answer = message;
	joining->has_answer = joining->is_over = true;
}

/* ---- what came */

struct first_head {
	struct checkpoint head;
	uint64_t epoch;
};

static const char *
fault_of(const struct joined *joined, const struct node_keys *keys,
    const struct invite_code *code, struct first_head *first)
{
	if (memcmp(joined->node, keys->id, sizeof joined->node) != 0)
		return "it is about another node";
	if (joined->kind != code->kind ||
	    strcmp(joined->wilayah, code->wilayah) != 0 ||
	    joined->drill != code->drill)
		return "kind, wilayah or drill are not those of the code";
	if (joined->endpoint_count == 0)
		return "it names no endpoint";
	if (origin_epoch(joined->origin, &first->epoch) != OK ||
	    checkpoint_open(&first->head, joined->checkpoint,
		strlen(joined->checkpoint), joined->origin,
		joined->log_key) != OK)
		return "its head is not signed by its log key";
	return NULL;
}

static bool
has_pin(const struct invite_code *code)
{
	static const uint8_t zeros[sizeof code->recipients_pin];

	return memcmp(code->recipients_pin, zeros, sizeof zeros) != 0;
}

/* A spool that has a head already joined before: the Welcome must continue
 * that one. */
static enum err
fill_spool(struct spool *spool, const struct joined *joined,
    const struct invite_code *code, const struct first_head *first)
{
	struct checkpoint largest;
	enum err err;

	if (spool_largest_head(spool, first->epoch, &largest) == ERR_NOTFOUND)
		spool_take_head(
		    spool, &first->head, first->epoch, joined->checkpoint);
	err = spool_flush(spool);
	if (err == OK && has_pin(code))
		err = spool_pin_recipients(spool, code->recipients_pin);
	return err;
}

/* A node that the region had forgotten keeps what it has seen of the log, and
 * under which name: the Recovered that follows its Hello goes by that. */
static enum err
take_again(
    const struct joined *joined, struct node_region *region, const char *dir)
{
	if (memcmp(region->log_key, joined->log_key, sizeof region->log_key) !=
		0 ||
	    strcmp(region->wilayah, joined->wilayah) != 0) {
		log_warnx("join-answer-refused cause=\"another region\"");
		return ERR_INVALID;
	}
	region->endpoint_count = joined->endpoint_count;
	memcpy(region->endpoints, joined->endpoints, sizeof region->endpoints);
	return node_region_save(region, dir);
}

static enum err
take_joined(const struct joined *joined, const struct invite_code *code,
    const char *dir)
{
	struct node_region region = {.kind = joined->kind,
	    .drill = joined->drill,
	    .endpoint_count = joined->endpoint_count};

	memcpy(region.origin, joined->origin, sizeof region.origin);
	memcpy(region.wilayah, joined->wilayah, sizeof region.wilayah);
	memcpy(region.log_key, joined->log_key, sizeof region.log_key);
	memcpy(region.server_key, code->server_key, sizeof region.server_key);
	memcpy(region.endpoints, joined->endpoints, sizeof region.endpoints);
	return node_region_save(&region, dir);
}

static enum err
take_first(const struct joined *joined, const struct invite_code *code,
    const struct first_head *first, const struct node_keys *keys,
    const char *dir)
{
	struct spool_options options = {.dir = dir,
	    .keys = keys,
	    .wilayah = joined->wilayah,
	    .create = true};
	struct spool *spool;
	enum err err = spool_open(&spool, &options);

	if (err != OK)
		return err;
	err = fill_spool(spool, joined, code, first);
	spool_close(spool);
	return err == OK ? take_joined(joined, code, dir) : err;
}

enum err
join_take(const struct message *answer, const char *dir,
    const struct invite_code *code, struct join_result *result)
{
	const struct joined *joined = &answer->joined;
	struct first_head first = {0};
	struct node_region known;
	struct node_keys keys;
	const char *fault;
	enum err err;

	if (answer->kind == MESSAGE_REFUSAL) {
		result->word = answer->refusal.word;
		return ERR_DENIED;
	}
	err = node_keys_load(&keys, dir);
	if (err != OK)
		return err;
	fault = fault_of(joined, &keys, code, &first);
	if (fault == NULL)
		result->joined = *joined;
	else
		log_warnx("join-answer-refused cause=\"%s\"", fault);
	if (fault != NULL)
		err = ERR_INVALID;
	else if (node_region_load(&known, dir) == OK)
		err = take_again(joined, &known, dir);
	else
		err = take_first(joined, code, &first, &keys, dir);
	explicit_bzero(&keys, sizeof keys);
	return err;
}

/* ---- attempts */

static enum err
attempt(struct loop *loop, struct link *link, struct joining *joining,
    const struct link_client_options *options, uint64_t within_ms)
{
	enum err err;

	joining->is_over = joining->has_answer = false;
	joining->state = LINK_CONNECTING;
	err = link_client_open(&joining->client, link, options);
	if (err != OK)
		return err;
	if (loop_run_until(loop, &joining->is_over, within_ms) != OK &&
	    joining->state == LINK_CONNECTING)
		joining->state = LINK_DEAD;
	link_client_close(joining->client);
	joining->client = NULL;
	return joining->has_answer ? OK : ERR_TIMEOUT;
}

/* Between two rounds, and while the region is busy. */
static void
rest(struct loop *loop, uint64_t ms)
{
	bool never = false;

	if (loop_run_until(loop, &never, ms) == OK)
		CHECK(!never);
}

static bool
is_final(const struct joining *joining)
{
	return joining->has_answer &&
	       (joining->answer.kind == MESSAGE_JOINED ||
		   joining->answer.refusal.word != REJECT_BUSY);
}

static uint64_t
left_ms(uint64_t until_ms)
{
	uint64_t now_ms = loop_monotonic_ms();

	return now_ms < until_ms ? until_ms - now_ms : 0;
}

static uint64_t
least_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Until an answer ends it or time is up. */
static enum err
attempt_all(struct loop *loop, struct link *link, struct joining *joining,
    struct link_client_options *options, const struct invite_code *code)
{
	uint64_t until_ms = joining->until_ms;

	for (uint32_t i = 0; left_ms(until_ms) > 0; i++) {
		uint64_t pause_ms = AGAIN_MS;
		enum err err;

		options->endpoint = code->endpoints[i % code->endpoint_count];
		err = attempt(loop, link, joining, options,
		    least_of(ATTEMPT_MS, left_ms(until_ms)));
		if (err == ERR_INVALID || err == ERR_IO || is_final(joining))
			return err;
		if (joining->has_answer && joining->answer.refusal.retry_ms > 0)
			pause_ms = least_of(
			    joining->answer.refusal.retry_ms, BUSY_MAX_MS);
		rest(loop, least_of(pause_ms, left_ms(until_ms)));
	}
	return ERR_TIMEOUT;
}

enum err
node_join(struct loop *loop, const char *dir, const struct invite_code *code,
    uint64_t within_ms, struct join_result *result)
{
	struct joining joining = {.message.kind = MESSAGE_JOIN,
	    .until_ms = loop_monotonic_ms() + within_ms};
	struct link_client_options options = {.server_key = code->server_key,
	    .state = on_state,
	    .answer = on_answer,
	    .context = &joining};
	struct node_keys keys;
	struct link *link = NULL;
	enum err err = node_keys_load(&keys, dir);

	*result = (struct join_result){0};
	if (err != OK)
		return err;
	err = link_open(&link, loop);
	if (err == OK && code->endpoint_count > 0) {
		joining.codec = message_codec_new();
		join_fill(&joining.message.join, &keys, code);
		options.keys = &keys.link;
		err = attempt_all(loop, link, &joining, &options, code);
		result->state = joining.state;
		if (err == OK)
			err = join_take(&joining.answer, dir, code, result);
		message_codec_free(joining.codec);
	}
	explicit_bzero(&keys, sizeof keys);
	link_close(link);
	return err;
}
