/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fastest that this path could be: the same server socket, CURVE, pushes
 * and turns as the aggregator, each event unpacked by protobuf-c into an arena
 * and appended to LMDB, one sync a turn, a number as answer. No hash, no
 * stamp, no tree, no view, no judge.
 *     bench_ceiling DIR ENDPOINT: prints endpoint and key, runs until SIGTERM
 */
#include "core/db.h"
#include "core/link.h"
#include "core/log.h"
#include "core/loop.h"
#include "model/message.h"

#include "proto/event.pb-c.h"

#include <stdio.h>
#include <string.h>

enum {
	ARENA_BYTES = 1 << 20,
	TURN_MESSAGES = 64,
	MAP_GIB = 16,
	NODES_MAX = 64,
	KEY_BYTES = 8,
};

struct answer {
	struct link_route route;
	uint64_t have;
};

struct ceiling {
	struct loop *loop;
	struct db *db;
	struct db_txn *txn;
	struct link_server *server;
	struct message_codec *codec;
	struct answer answers[TURN_MESSAGES];
	unsigned answer_count;
	uint64_t index;
	uint8_t arena[ARENA_BYTES];
	size_t arena_used;
};

static void *
arena_alloc(void *context, size_t size)
{
	struct ceiling *ceiling = context;
	void *at = ceiling->arena + ceiling->arena_used;

	size = (size + 15) & ~(size_t)15;
	if (size > sizeof ceiling->arena - ceiling->arena_used)
		return NULL;
	ceiling->arena_used += size;
	return at;
}

static void
arena_free(void *context, void *at)
{
	(void)context;
	(void)at;
}

static void
store_event(struct ceiling *ceiling, struct bytes event)
{
	ProtobufCAllocator arena = {arena_alloc, arena_free, ceiling};
	uint8_t key[KEY_BYTES];

	ceiling->arena_used = 0;
	if (!ikrar__v1__event__unpack(&arena, event.len, event.at))
		fatalx("ceiling-bad-event");
	be64_put(key, ceiling->index++);
	db_append(ceiling->txn, 0, bytes_of(key, sizeof key), event);
}

static bool
admit(void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	(void)context;
	(void)key;
	(void)address;
	return true;
}

static void
take_push(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes *frames,
    unsigned frame_count)
{
	struct ceiling *ceiling = context;
	struct message message;
	struct bytes body, event;

	(void)key;
	if (frame_count != 2 ||
	    message_to_region_get(ceiling->codec, frames[0], &message) != OK)
		fatalx("ceiling-bad-message");
	if (!ceiling->txn)
		ceiling->txn = db_begin(ceiling->db);
	body = frames[1];
	while (push_body_next(&body, &event) == OK)
		store_event(ceiling, event);
	ceiling->answers[ceiling->answer_count].route = *route;
	ceiling->answers[ceiling->answer_count++].have =
	    message.push.first_seq + message.push.count - 1;
}

static void
end_turn(void *context)
{
	struct ceiling *ceiling = context;

	if (!ceiling->txn)
		return;
	if (db_commit(ceiling->txn) != OK)
		fatalx("ceiling-commit-failed");
	ceiling->txn = NULL;
	for (unsigned i = 0; i < ceiling->answer_count; i++) {
		struct answer *answer = &ceiling->answers[i];
		uint8_t have[8];
		struct bytes frame = bytes_of(have, sizeof have);

		be64_put(have, answer->have);
		if (link_server_send(
			ceiling->server, &answer->route, &frame, 1) != OK)
			fatalx("ceiling-answer-failed");
	}
	ceiling->answer_count = 0;
}

static void
serve(struct ceiling *ceiling, struct link *link, const char *endpoint)
{
	struct link_keys keys;
	char hex[2 * LINK_KEY_SIZE + 1];
	struct link_server_options options = {
	    .endpoint = endpoint,
	    .domain = "region",
	    .keys = &keys,
	    .admit = admit,
	    .message = take_push,
	    .turn_end = end_turn,
	    .context = ceiling,
	    .turn_messages = TURN_MESSAGES,
	    .connections_max = NODES_MAX,
	};

	link_keys_make(&keys);
	if (link_server_open(&ceiling->server, link, &options) != OK)
		fatalx("ceiling-no-server");
	hex_put(hex, keys.public_key, sizeof keys.public_key);
	printf("%s %s\n", link_server_endpoint(ceiling->server), hex);
	fflush(stdout);
	if (loop_run(ceiling->loop) != OK)
		fatalx("ceiling-loop-failed");
}

int
main(int argc, char **argv)
{
	static struct ceiling ceiling;
	static const char *const tables[] = {"log", NULL};
	struct db_options options = {
	    .map_bytes = (uint64_t)MAP_GIB << 30,
	    .tables = tables,
	    .create = true,
	};
	struct link *link;

	if (argc != 3)
		return 64;
	log_open("bench_ceiling", LOG_LEVEL_WARN);
	options.dir = argv[1];
	ceiling.codec = message_codec_new();
	if (loop_open(&ceiling.loop, NULL) != OK ||
	    link_open(&link, ceiling.loop) != OK ||
	    db_open(&ceiling.db, &options) != OK)
		fatalx("ceiling-no-start");
	serve(&ceiling, link, argv[2]);
	link_server_close(ceiling.server);
	link_close(link);
	db_close(ceiling.db);
	message_codec_free(ceiling.codec);
	loop_close(ceiling.loop);
	return 0;
}
