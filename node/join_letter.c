/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A letter's line:
 *     ikrar-permohonan-1 base64(link key(32) | box of a ToRegion{join})
 *     ikrar-jawaban-1 base64(box of a FromRegion{joined})
 */
#include "node/join_letter.h"

#include "node/join.h"

#include "core/loop.h"
#include "trust/box.h"

#include <stdio.h>
#include <string.h>

enum { RAW_MAX = LETTER_MAX / 4 * 3, PLAIN_MAX = RAW_MAX - 128 };

static const char request_word[] = "ikrar-permohonan-1 ";
static const char answer_word[] = "ikrar-jawaban-1 ";

static struct seal_keys
box_keys(const struct link_keys *keys)
{
	struct seal_keys made;

	memcpy(made.public_key, keys->public_key, sizeof made.public_key);
	memcpy(made.secret_key, keys->secret_key, sizeof made.secret_key);
	return made;
}

struct raw {
	size_t len;
	uint8_t at[RAW_MAX];
};

/* Boxes the message behind what is in `raw` already. */
static bool
add_box(struct raw *raw, const struct message *message, const uint8_t to[32],
    const struct link_keys *from)
{
	struct seal_keys keys = box_keys(from);
	uint8_t plain[PLAIN_MAX], nonce[BOX_NONCE_SIZE];
	size_t len = message_put(message, plain, sizeof plain);
	bool is_put;

	CHECK(len > 0 && len + BOX_EXTRA_SIZE <= sizeof raw->at - raw->len);
	loop_random(nonce, sizeof nonce);
	is_put =
	    box_put(raw->at + raw->len, bytes_of(plain, len), to, &keys, nonce);
	raw->len += len + BOX_EXTRA_SIZE;
	explicit_bzero(&keys, sizeof keys);
	return is_put;
}

static enum err
open_box(struct raw *plain, struct bytes box, const uint8_t from[32],
    const struct link_keys *to)
{
	struct seal_keys keys = box_keys(to);
	bool is_open = box_get(plain->at, &plain->len, box, from, &keys);

	explicit_bzero(&keys, sizeof keys);
	return is_open ? OK : ERR_DENIED;
}

static void
put_line(char text[LETTER_MAX], const char *word, const char *about,
    const struct raw *raw)
{
	char line[BASE64_SIZE(RAW_MAX)];
	int len;

	base64_put(line, raw->at, raw->len);
	len = snprintf(text, LETTER_MAX, "# %s\n%s%s\n", about, word, line);
	CHECK(len > 0 && len < LETTER_MAX);
}

/* The first line that begins with the word. */
static enum err
get_line(struct raw *raw, const char *word, const char *text)
{
	size_t skip = strlen(word);

	while (strncmp(text, word, skip) != 0) {
		text = strchr(text, '\n');
		if (text == NULL)
			return ERR_NOTFOUND;
		text++;
	}
	text += skip;
	if (base64_get(raw->at, sizeof raw->at, &raw->len, text,
		strcspn(text, "\r\n ")) != OK)
		return ERR_NOTFOUND;
	return OK;
}

bool
letter_request_put(char text[LETTER_MAX], const struct node_keys *keys,
    const struct invite_code *code)
{
	struct message message = {.kind = MESSAGE_JOIN};
	struct raw raw = {.len = sizeof keys->link.public_key};

	join_fill(&message.join, keys, code);
	memcpy(raw.at, keys->link.public_key, raw.len);
	if (!add_box(&raw, &message, code->server_key, &keys->link))
		return false;
	put_line(text, request_word,
	    "Ikrar: permohonan bergabung, untuk admin wilayah; a request to "
	    "join, for the regional admin",
	    &raw);
	return true;
}

enum err
letter_request_get(
    struct join *join, const char *text, const struct link_keys *server)
{
	struct message_codec *codec;
	struct message message = {0};
	struct raw raw = {0}, plain = {0};
	size_t skip = sizeof join->link_key;
	enum err err;

	if (get_line(&raw, request_word, text) != OK || raw.len < skip ||
	    open_box(&plain, bytes_of(raw.at + skip, raw.len - skip), raw.at,
		server) != OK)
		return ERR_INVALID;
	codec = message_codec_new();
	err = message_to_region_get(
	    codec, bytes_of(plain.at, plain.len), &message);
	message_codec_free(codec);
	if (err != OK || message.kind != MESSAGE_JOIN ||
	    memcmp(message.join.link_key, raw.at, skip) != 0)
		return ERR_INVALID;
	*join = message.join;
	return OK;
}

bool
letter_answer_put(char text[LETTER_MAX], const struct joined *joined,
    const uint8_t to[32], const struct link_keys *server)
{
	struct message message = {.kind = MESSAGE_JOINED, .joined = *joined};
	struct raw raw = {0};

	if (!add_box(&raw, &message, to, server))
		return false;
	put_line(text, answer_word,
	    "Ikrar: jawaban wilayah atas permohonan bergabung; the region's "
	    "answer to a request to join",
	    &raw);
	return true;
}

/* `plain` outlives the message. */
static enum err
read_answer(struct message *message, struct raw *plain,
    const struct node_keys *keys, const struct invite_code *code,
    const char *text)
{
	struct raw raw = {0};
	struct message_codec *codec;
	enum err err = get_line(&raw, answer_word, text);

	if (err == OK)
		err = open_box(plain, bytes_of(raw.at, raw.len),
		    code->server_key, &keys->link);
	if (err != OK)
		return err;
	codec = message_codec_new();
	err = message_from_region_get(
	    codec, bytes_of(plain->at, plain->len), message);
	message_codec_free(codec);
	return err == OK && message->kind == MESSAGE_JOINED ? OK : ERR_DENIED;
}

enum err
letter_answer_take(const char *dir, const struct invite_code *code,
    const char *text, struct join_result *result)
{
	struct message message = {0};
	struct raw plain = {0};
	struct node_keys keys;
	enum err err = node_keys_load(&keys, dir);

	*result = (struct join_result){0};
	if (err != OK)
		return err == ERR_NOTFOUND ? ERR_INVALID : err;
	err = read_answer(&message, &plain, &keys, code, text);
	explicit_bzero(&keys, sizeof keys);
	return err == OK ? join_take(&message, dir, code, result) : err;
}
