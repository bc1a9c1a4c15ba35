/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/ask.h"

#include "core/log.h"
#include "core/loop.h"
#include "core/tell.h"

enum { QUESTION_MAX = 2048 };

struct asking {
	struct link_client *client;
	struct message_codec *codec;
	const struct message *question;
	struct message *answer;
	bool is_done;
};

static void
on_state(void *context, enum link_state state)
{
	struct asking *asking = context;
	uint8_t packed[QUESTION_MAX];
	struct bytes frame;

	if (state != LINK_READY)
		return;
	frame = bytes_of(
	    packed, message_put(asking->question, packed, sizeof packed));
	CHECK(frame.len > 0);
	if (link_client_send(asking->client, &frame, 1) != OK)
		log_warnx("question-not-sent");
}

/* Heads that the region tells unasked are passed over. */
static void
on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct asking *asking = context;
	struct message message;

	if (frame_count != 1 ||
	    message_from_region_get(asking->codec, frames[0], &message) != OK ||
	    message.kind == MESSAGE_BEAT)
		return;
	*asking->answer = message;
	asking->is_done = true;
}

static enum err
ask(struct asking *asking, const struct admin_reach *reach)
{
	const struct link_client_options options = {.endpoint = reach->endpoint,
	    .server_key = reach->server_key,
	    .keys = reach->keys,
	    .state = on_state,
	    .answer = on_answer,
	    .context = asking};
	struct link *link;
	enum err err = link_open(&link, reach->loop);

	if (err != OK)
		return err;
	err = link_client_open(&asking->client, link, &options);
	if (err == OK)
		err = loop_run_until(
		    reach->loop, &asking->is_done, ADMIN_WITHIN_MS);
	link_client_close(asking->client);
	link_close(link);
	return err;
}

enum err
ask_daemon(
    struct admin *admin, const struct message *question, struct message *answer)
{
	struct asking asking = {.question = question, .answer = answer};
	struct admin_reach reach;

	if (!admin_find_daemon(admin, &reach)) {
		tell("Wilayah tidak sedang berjalan; jalankan ikrar-aggregator "
		     "run, lalu ulangi.",
		    "The region does not run: start ikrar-aggregator run, then "
		    "try again.");
		return ERR_NOTFOUND;
	}
	asking.codec = message_codec_new();
	if (ask(&asking, &reach) != OK || !asking.is_done)
		tell("Wilayah berjalan tetapi tidak menjawab; ulangi.",
		    "The region runs but does not answer: try again.");
	message_codec_free(asking.codec);
	return asking.is_done ? OK : ERR_TIMEOUT;
}
