/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/bearer.h"

#include "aggregator/admin.h"
#include "core/loop.h"
#include "core/tell.h"
#include "node/keys.h"

#include <stdlib.h>
#include <string.h>

enum {
	HEADER_MAX = 1024,
	ANSWER_WITHIN_MS = 30000,
	/* A busy region is asked again, rarer each time, and not for ever. */
	BUSY_WITHIN_MS = 60000,
	BUSY_FIRST_MS = 500,
	BUSY_STEPS_MAX = 4,
};

struct bearer {
	struct node_keys keys;
	char endpoint[ENDPOINT_MAX];
	struct loop *loop;
	struct link *link;
	struct link_client *client;
	struct message_codec *codec;
	struct message answer;
	bool is_ready;  /* connected, or not to be */
	bool is_waited; /* an answer is awaited */
	bool is_answered;
	uint64_t busy_until_ms; /* monotonic; 0: it has not been busy */
	unsigned busies;        /* in a row */
};

static void
on_state(void *context, enum link_state state)
{
	struct bearer *bearer = context;

	bearer->is_ready = state == LINK_READY;
}

static void
on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct bearer *bearer = context;

	(void)frame_count;
	if (!bearer->is_waited || message_from_region_get(bearer->codec,
				      frames[0], &bearer->answer) != OK)
		return;
	/* A plain refusal is said to the admin's node itself. */
	bearer->is_answered = bearer->answer.kind == MESSAGE_CARRIED ||
			      bearer->answer.kind == MESSAGE_REFUSAL;
	bearer->is_waited = !bearer->is_answered;
}

static enum err
load_keys(struct bearer *bearer, const char *dir)
{
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, dir, "admin");

	if (err == OK)
		err = node_keys_load(&bearer->keys, path);
	if (err == OK)
		return OK;
	tell("Kunci admin di %s/admin tidak ada atau tidak dapat dipakai; "
	     "kembalikan dari salinan yang disimpan.",
	    "The admin's keys in %s/admin are missing or damaged: bring them "
	    "back from the copy that was kept.",
	    dir);
	return ERR_INVALID;
}

static enum err
find_daemon(struct bearer *bearer, const char *dir)
{
	if (admin_endpoint(dir, bearer->endpoint))
		return OK;
	tell("Wilayah di %s tidak berjalan: jalankan ikrar-aggregator run, "
	     "lalu ulangi.",
	    "The region in %s does not run: start ikrar-aggregator run, then "
	    "try again.",
	    dir);
	return ERR_NOTFOUND;
}

static enum err
tell_silence(const struct bearer *bearer)
{
	const char *state = link_state_text(link_client_state(bearer->client));

	tell("Wilayah berjalan tetapi tidak menjawab (%s); impor dapat "
	     "diulang, yang sudah diterima tidak dihitung dua kali.",
	    "The region runs but does not answer (%s): import again, nothing "
	    "is taken twice.",
	    state);
	return ERR_TIMEOUT;
}

static enum err
connect_to(struct bearer *bearer, const uint8_t server_key[LINK_KEY_SIZE])
{
	const struct link_client_options options = {
	    .endpoint = bearer->endpoint,
	    .server_key = server_key,
	    .keys = &bearer->keys.link,
	    .state = on_state,
	    .answer = on_answer,
	    .context = bearer};
	enum err err = loop_open(&bearer->loop, NULL);

	if (err == OK)
		err = link_open(&bearer->link, bearer->loop);
	if (err == OK)
		err = link_client_open(&bearer->client, bearer->link, &options);
	if (err == OK && loop_run_until(bearer->loop, &bearer->is_ready,
			     ADMIN_WITHIN_MS) != OK)
		err = tell_silence(bearer);
	return err;
}

enum err
bearer_open(struct bearer **bearer, const char *dir,
    const uint8_t server_key[LINK_KEY_SIZE])
{
	struct bearer *made = xcalloc(1, sizeof *made);
	enum err err;

	made->codec = message_codec_new();
	err = load_keys(made, dir);
	if (err == OK)
		err = find_daemon(made, dir);
	if (err == OK)
		err = connect_to(made, server_key);
	if (err == OK)
		*bearer = made;
	else
		bearer_close(made);
	return err;
}

void
bearer_close(struct bearer *bearer)
{
	if (bearer == NULL)
		return;
	link_client_close(bearer->client);
	link_close(bearer->link);
	loop_close(bearer->loop);
	message_codec_free(bearer->codec);
	explicit_bzero(&bearer->keys, sizeof bearer->keys);
	free(bearer);
}

/* What is said to the admin's node holds for what it brings. */
static const struct carried *
answer_of(struct bearer *bearer)
{
	struct refusal refusal = bearer->answer.refusal;

	if (bearer->answer.kind == MESSAGE_REFUSAL) {
		bearer->answer.kind = MESSAGE_CARRIED;
		bearer->answer.carried.kind = MESSAGE_REFUSAL;
		bearer->answer.carried.refusal = refusal;
	}
	return &bearer->answer.carried;
}

static enum err
ask(struct bearer *bearer, const struct bytes frames[2])
{
	bearer->is_answered = false;
	bearer->is_waited = true;
	if (link_client_send(bearer->client, frames, 2) != OK ||
	    loop_run_until(
		bearer->loop, &bearer->is_answered, ANSWER_WITHIN_MS) != OK)
		return tell_silence(bearer);
	return OK;
}

/* True, after a pause: ask again. */
static bool
may_ask_again(struct bearer *bearer, const struct carried *answer)
{
	bool never = false;
	uint64_t now_ms = loop_monotonic_ms();
	uint64_t pause_ms = (uint64_t)BUSY_FIRST_MS << bearer->busies;

	if (answer->kind != MESSAGE_REFUSAL ||
	    answer->refusal.word != REJECT_BUSY) {
		bearer->busies = 0;
		return false;
	}
	if (bearer->busy_until_ms == 0) {
		bearer->busy_until_ms = now_ms + BUSY_WITHIN_MS;
		tell("Wilayah sibuk; dicoba lagi selama %d detik.",
		    "The region is busy: tried again for %d s.",
		    BUSY_WITHIN_MS / 1000);
	}
	if (now_ms + pause_ms > bearer->busy_until_ms)
		return false;
	if (bearer->busies < BUSY_STEPS_MAX)
		bearer->busies++;
	if (loop_run_until(bearer->loop, &never, pause_ms) == OK)
		CHECK(!never);
	return true;
}

enum err
bearer_carry(struct bearer *bearer, const struct carry *carry,
    struct bytes body, const struct carried **answer)
{
	struct message message = {.kind = MESSAGE_CARRY, .carry = *carry};
	uint8_t header[HEADER_MAX];
	struct bytes frames[2] = {{0}, body};
	enum err err;

	frames[0] =
	    bytes_of(header, message_put(&message, header, sizeof header));
	CHECK(frames[0].len > 0);
	do {
		err = ask(bearer, frames);
		if (err != OK)
			return err;
		*answer = answer_of(bearer);
	} while (may_ask_again(bearer, *answer));
	return OK;
}
