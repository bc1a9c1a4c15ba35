/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A local program, which gets two lines: the message in 160 characters, and
 * the same with all that a gateway may want to know as one JSON object.
 */
#include "notifier/channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
put_json(struct json *json, const struct channels *channels,
    const struct delivery *delivery, const char *text)
{
	const struct ledger_key *key = &delivery->row->key;
	const struct letter_input *input = delivery->input;
	char id[CHANNEL_ID_MAX];

	channel_id(id, channels, key);
	json_object_begin(json, NULL);
	json_text(json, "id", id);
	json_text(json, "kind", letter_kind_word(input->kind));
	json_text(json, "language", input->seat->language);
	json_text(json, "text", text);
	json_text(json, "summary", delivery->letter->summary_id);
	json_text(json, "summary_en", delivery->letter->summary_en);
	json_text(json, "rule", input->verdict->rule);
	json_text(json, "object", input->verdict->object);
	json_hex(json, "alert", key->alert, EVENT_ID_SIZE);
	json_u64(json, "entry", key->index);
	json_text(json, "seat", key->target.seat);
	json_text(json, "term", key->target.term);
	json_text(json, "channel", key->target.channel);
	json_text(json, "origin", channels->origin);
	json_bool(json, "drill", input->is_drill);
	json_bool(json, "test", input->is_test);
	json_end(json);
}

void
channel_exec_put(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery)
{
	struct text_buf text = {0};
	struct json json = {0};

	channel_text(&text, channels, delivery);
	put_json(&json, channels, delivery, text.at);
	text_buf_add(out, "%s\n%s\n", text.at, json.text.at);
	text_buf_clear(&text);
	json_clear(&json);
}

enum err
channel_exec_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context)
{
	struct text_buf input = {0};
	enum err err;

	channel_exec_put(&input, channels, delivery);
	err = exec_start(channels->exec, delivery->contact->argv,
	    bytes_of(input.at, input.len), done, context);
	text_buf_clear(&input);
	return err;
}
