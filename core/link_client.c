/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One attempt is one socket. What ended it says why:
 *     TCP closed, and no retry announced       the port is closed
 *     TCP closed and a retry announced, a name that does not resolve, or
 *     nothing at all within the patience       no answer
 *     the peer closed it in the handshake      it has another key
 *     an error from ZAP                        it does not know us
 * The pause before the next is drawn evenly from [50 ms, span]; the span is
 * 200 ms at first and doubles to 5 minutes. An answer from the peer makes it
 * short again: a connection alone proves too little.
 */
#include "core/link.h"

#include "core/backoff.h"
#include "core/link_socket.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAUSE_MS = 200,
	/* How long after CLOSED a RETRIED may still come. */
	RETRIED_WITHIN_MS = 20,
	/* ZeroMQ's own patience is longer, so that ours speaks first. */
	PATIENCE_MORE_MS = 5000,
	TURN_ANSWERS = 256,
};

struct link_client {
	struct link *link;
	struct link_socket *socket; /* NULL: in a pause */
	struct link_client_options options;
	char *endpoint;
	bool is_plain;
	struct link_keys keys;
	uint8_t server_key[LINK_KEY_SIZE];
	enum link_state state;
	/* What it is when `patience` runs out. */
	enum link_state verdict;
	struct loop_timer *patience, *pause;
	uint64_t handshake_ms;
	unsigned failures;
	uint64_t bytes;
	bool *is_gone; /* set by a close from within a callback */
};

static const char *const state_words[] = {
#define WORD_ROW(name, word, text) [name] = word,
    LINK_STATE_TABLE(WORD_ROW)
#undef WORD_ROW
};

static const char *const state_texts[] = {
#define TEXT_ROW(name, word, text) [name] = text,
    LINK_STATE_TABLE(TEXT_ROW)
#undef TEXT_ROW
};

const char *
link_state_word(enum link_state state)
{
	return state_words[state];
}

const char *
link_state_text(enum link_state state)
{
	return state_texts[state];
}

/* Calls back: the client may be gone behind it. */
static void
set_state(struct link_client *client, enum link_state state)
{
	if (client->state == state)
		return;
	client->state = state;
	log_debug("link-state endpoint=%s state=%s", client->endpoint,
	    link_state_word(state));
	if (client->options.state != NULL)
		client->options.state(client->options.context, state);
}

static uint64_t
pause_ms(struct link_client *client)
{
	uint64_t chance;

	loop_random(&chance, sizeof chance);
	return backoff_ms(PAUSE_MS, client->failures, chance);
}

/* Ends the attempt or the connection; the last act of its caller. */
static void
give_up(struct link_client *client, enum link_state state)
{
	link_socket_close(client->socket);
	client->socket = NULL;
	loop_timer_stop(client->patience);
	loop_timer_set(client->pause, pause_ms(client));
	client->failures++;
	set_state(client, state);
}

static bool
hand_over(struct link_client *client, const struct link_message *message)
{
	bool is_gone = false;

	for (unsigned i = 0; i < message->frame_count; i++)
		client->bytes += message->frames[i].len;
	client->failures = 0;
	client->is_gone = &is_gone;
	if (client->options.answer != NULL)
		client->options.answer(client->options.context, message->frames,
		    message->frame_count);
	if (!is_gone)
		client->is_gone = NULL;
	return !is_gone;
}

/* False: the client is gone. */
static bool
drain(struct link_client *client)
{
	struct link_message message;
	unsigned handed = 0;
	bool is_gone = false;
	enum err err = OK;

	while (err != ERR_AGAIN && handed < TURN_ANSWERS) {
		err = link_socket_take(client->socket, &message);
		if (err != OK)
			continue;
		handed++;
		if (!hand_over(client, &message))
			return false;
	}
	if (handed == 0 || client->options.turn_end == NULL)
		return true;
	client->is_gone = &is_gone;
	client->options.turn_end(client->options.context);
	if (!is_gone)
		client->is_gone = NULL;
	return !is_gone;
}

static void
on_ready(void *context)
{
	(void)drain(context);
}

static void
on_patience(void *context)
{
	struct link_client *client = context;

	give_up(client, client->verdict);
}

static void
wait_for(
    struct link_client *client, uint64_t within_ms, enum link_state verdict)
{
	client->verdict = verdict;
	loop_timer_set(client->patience, within_ms);
}

static void
on_connected(struct link_client *client)
{
	loop_timer_stop(client->patience);
	set_state(client, LINK_READY);
}

/* What had come before the end is still handed over. */
static void
on_dropped(struct link_client *client)
{
	if (drain(client))
		give_up(client, LINK_CONNECTING);
}

static void
on_event(void *context, enum link_event event)
{
	struct link_client *client = context;

	switch (event) {
	case LINK_EVENT_ACCEPTED:
		return; /* of servers */
	case LINK_EVENT_CONNECTED:
		wait_for(client, client->handshake_ms, LINK_DEAD);
		return;
	case LINK_EVENT_CLOSED:
		wait_for(client, RETRIED_WITHIN_MS, LINK_REFUSED);
		return;
	case LINK_EVENT_RETRIED:
		give_up(client, LINK_DEAD);
		return;
	case LINK_EVENT_READY:
		on_connected(client);
		return;
	case LINK_EVENT_CUT:
	case LINK_EVENT_MISMATCH:
		give_up(client, LINK_WRONG_KEY);
		return;
	case LINK_EVENT_REFUSED:
		give_up(client, LINK_UNKNOWN);
		return;
	case LINK_EVENT_DROPPED:
		on_dropped(client);
		return;
	}
}

/* No callback in here. */
static enum err
attempt(struct link_client *client)
{
	const struct link_socket_options options = {
	    .keys = client->is_plain ? NULL : &client->keys,
	    .server_key = client->server_key,
	    .handshake_ms = client->handshake_ms + PATIENCE_MORE_MS,
	    .ready = on_ready,
	    .event = on_event,
	    .context = client,
	};
	enum err err =
	    link_socket_open(&client->socket, client->link, &options);

	if (err == OK)
		err = link_socket_attach(client->socket, client->endpoint);
	if (err == OK)
		wait_for(client, client->handshake_ms, LINK_DEAD);
	return err;
}

static void
on_pause_end(void *context)
{
	struct link_client *client = context;

	if (attempt(client) != OK)
		give_up(client, LINK_DEAD);
}

static struct link_client *
client_new(struct link *link, const struct link_client_options *options)
{
	struct link_client *client = xcalloc(1, sizeof *client);
	struct loop *loop = link->loop;

	client->link = link;
	client->options = *options;
	client->endpoint = xstrdup(options->endpoint);
	client->keys = *options->keys;
	memcpy(client->server_key, options->server_key, LINK_KEY_SIZE);
	client->handshake_ms = options->handshake_ms != 0
				   ? options->handshake_ms
				   : LINK_HANDSHAKE_MS;
	client->state = LINK_CONNECTING;
	client->patience = loop_timer_new(loop, on_patience, client);
	client->pause = loop_timer_new(loop, on_pause_end, client);
	return client;
}

static enum err
client_open(struct link_client **client, struct link *link,
    const struct link_client_options *options, bool is_plain)
{
	struct link_client *made = client_new(link, options);
	enum err err;

	made->is_plain = is_plain;
	err = attempt(made);
	if (err != OK) {
		link_client_close(made);
		return err;
	}
	*client = made;
	return OK;
}

enum err
link_client_open(struct link_client **client, struct link *link,
    const struct link_client_options *options)
{
	return client_open(client, link, options, false);
}

void
link_client_close(struct link_client *client)
{
	if (client == NULL)
		return;
	if (client->is_gone != NULL)
		*client->is_gone = true;
	link_socket_close(client->socket);
	loop_timer_free(client->patience);
	loop_timer_free(client->pause);
	explicit_bzero(&client->keys, sizeof client->keys);
	free(client->endpoint);
	free(client);
}

void
link_client_retry(struct link_client *client)
{
	if (client->socket == NULL)
		loop_timer_set(client->pause, 0);
}

enum link_state
link_client_state(const struct link_client *client)
{
	return client->state;
}

enum err
link_client_send(struct link_client *client, const struct bytes *frames,
    unsigned frame_count)
{
	enum err err;

	if (client->state != LINK_READY)
		return ERR_AGAIN;
	err = link_socket_send(client->socket, NULL, frames, frame_count);
	if (err != OK)
		return ERR_AGAIN;
	for (unsigned i = 0; i < frame_count; i++)
		client->bytes += frames[i].len;
	return OK;
}

uint64_t
link_client_bytes(const struct link_client *client)
{
	return client->bytes;
}

struct probe {
	enum link_state wanted;
	enum link_state seen;
	bool done;
};

static void
on_probe_state(void *context, enum link_state state)
{
	struct probe *probe = context;

	probe->seen = state;
	probe->done = state == LINK_READY || state == probe->wanted;
}

/* ERR_DENIED: it got in. */
static enum err
probe_run(struct link *link, const struct link_client_options *options,
    bool is_plain, uint64_t within_ms)
{
	struct probe *probe = options->context;
	struct link_client *client;
	enum err err = client_open(&client, link, options, is_plain);

	if (err != OK)
		return err;
	err = loop_run_until(link->loop, &probe->done, within_ms);
	link_client_close(client);
	if (err != OK)
		log_warnx("link-self-test-late endpoint=%s state=%s",
		    options->endpoint, link_state_word(probe->seen));
	else if (probe->seen == LINK_READY)
		err = ERR_DENIED;
	return err;
}

enum err
link_self_test(struct link *link, const char *endpoint,
    const uint8_t server_key[LINK_KEY_SIZE], uint64_t within_ms)
{
	struct probe plain = {.wanted = LINK_WRONG_KEY};
	struct probe stranger = {.wanted = LINK_UNKNOWN};
	struct link_keys keys;
	struct link_client_options options = {
	    .endpoint = endpoint,
	    .server_key = server_key,
	    .keys = &keys,
	    .state = on_probe_state,
	    .context = &plain,
	};
	enum err err;

	link_keys_make(&keys);
	err = probe_run(link, &options, true, within_ms / 2);
	options.context = &stranger;
	if (err == OK)
		err = probe_run(link, &options, false, within_ms / 2);
	if (err == ERR_DENIED)
		log_warnx("link-self-test-failed endpoint=%s admitted=%s",
		    endpoint, plain.seen == LINK_READY ? "plain" : "stranger");
	return err;
}
