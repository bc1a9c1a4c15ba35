/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telegram's Bot API, sendMessage: plain text in the seat's language, without
 * marks that would have to be escaped. The token is a part of the URL, which
 * nobody logs. What arrives twice can only be known by its reference.
 */
#include "notifier/channel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	URL_MAX = CONTACT_URL_MAX + CONTACT_TOKEN_MAX + 32,
	WAIT_DIGITS_MAX = 9,
};

/* "retry_after": 17, wherever it stands: in a string its quotes would be
 * escaped. */
static uint64_t
wait_of(const char *text)
{
	static const char key[] = "\"retry_after\"";
	const char *at = strstr(text, key);
	char digits[WAIT_DIGITS_MAX + 1] = "";
	uint64_t wait_s;
	size_t len;

	if (at == NULL)
		return 0;
	at += sizeof key - 1;
	at += strspn(at, " \t\r\n:");
	len = strspn(at, "0123456789");
	if (len > WAIT_DIGITS_MAX)
		return ANSWER_WAIT_MAX_S;
	memcpy(digits, at, len);
	return u64_get(&wait_s, digits, 0, UINT32_MAX) == OK ? wait_s : 0;
}

void
channel_telegram_put(struct json *json, const struct channels *channels,
    const struct delivery *delivery)
{
	struct text_buf text = {0};

	channel_text(&text, channels, delivery);
	json_object_begin(json, NULL);
	json_text(json, "chat_id", delivery->contact->chat);
	json_text(json, "text", text.at);
	json_object_begin(json, "link_preview_options");
	json_bool(json, "is_disabled", true);
	json_end(json);
	json_end(json);
	text_buf_clear(&text);
}

enum err
channel_telegram_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context)
{
	const struct contact *contact = delivery->contact;
	int len = (int)strlen(contact->address);
	char url[URL_MAX];
	struct json json = {0};
	struct curl_post post = {.url = url,
	    .headers = {"content-type: application/json",
		"user-agent: ikrar-notifier/" IKRAR_VERSION},
	    .allow_private = contact->allow_private,
	    .wait_s = wait_of};
	enum err err;

	while (len > 0 && contact->address[len - 1] == '/')
		len--;
	snprintf(url, sizeof url, "%.*s/bot%s/sendMessage", len,
	    contact->address, contact->token);
	channel_telegram_put(&json, channels, delivery);
	post.body = bytes_of(json.text.at, json.text.len);
	err = curl_post_start(channels->curl, &post, done, context);
	explicit_bzero(url, sizeof url);
	json_clear(&json);
	return err;
}
