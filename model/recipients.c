/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recipients.h"

#include "model/row.h"

#include <stdio.h>
#include <string.h>

enum { KEY_SIZE = 32, SIGNATURE_BYTES = 64, WORDS_MAX = 4 };

static const char line_word[] = "ikrar-penerima-1";
static const char change_word[] = "ikrar-perubahan-penerima-1";
static const char signed_word[] = "signed";

/* ---- writing */

void
recipients_pin_put(
    char text[RECIPIENTS_PIN_TEXT], const uint8_t pin[RECIPIENTS_PIN_BYTES])
{
	for (unsigned i = 0; i < RECIPIENTS_PIN_BYTES; i += 2) {
		hex_put(text, pin + i, 2);
		text += 4;
		*text++ = ' ';
	}
	text[-1] = '\0';
}

void
recipient_line_put(
    char line[RECIPIENT_LINE_MAX], const struct recipient_row *row)
{
	char seal[BASE64_SIZE(KEY_SIZE)], sign[BASE64_SIZE(KEY_SIZE)];

	base64_put(seal, row->seal_key, KEY_SIZE);
	base64_put(sign, row->sign_key, KEY_SIZE);
	snprintf(line, RECIPIENT_LINE_MAX, "%s %s %s %s\n", line_word, row->id,
	    seal, sign);
}

void
recipients_change_put(
    struct text_buf *text, const struct recipients_change *change)
{
	const struct recipients_changed *body = &change->body;
	char line[RECIPIENT_LINE_MAX];
	char signer[BASE64_SIZE(KEY_SIZE)];
	char signature[BASE64_SIZE(SIGNATURE_BYTES)];

	text_buf_add(text, "%s %s %u\n", change_word, change->origin,
	    (unsigned)body->part.version);
	for (uint32_t i = 0; i < body->row_count; i++) {
		recipient_line_put(line, &body->rows[i]);
		text_buf_add(text, "%s", line);
	}
	base64_put(signer, body->signer, KEY_SIZE);
	base64_put(signature, body->signature, SIGNATURE_BYTES);
	text_buf_add(text, "%s %s %s\n", signed_word, signer, signature);
}

/* ---- reading */

bool
recipients_origin_is_valid(const char *origin)
{
	for (const char *at = origin; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	return *origin != '\0';
}

/* Takes the next line off `*text`, without its end. False: none left. */
static bool
line_next(struct bytes *text, struct bytes *line)
{
	const uint8_t *end;
	size_t len;

	if (text->len == 0)
		return false;
	end = memchr(text->at, '\n', text->len);
	len = end == NULL ? text->len : (size_t)(end - text->at);
	*line = bytes_of(text->at, len);
	if (end != NULL)
		len++;
	*text = bytes_of(text->at + len, text->len - len);
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* Exactly `count` words, one space between two, the first of them `first`. */
static bool
words_get(struct bytes words[WORDS_MAX], unsigned count, struct bytes line,
    const char *first)
{
	for (unsigned i = 0; i < count; i++) {
		const uint8_t *end =
		    line.len == 0 ? NULL : memchr(line.at, ' ', line.len);
		size_t len = end == NULL ? line.len : (size_t)(end - line.at);

		words[i] = bytes_of(line.at, len);
		if (len == 0 || (end == NULL) != (i + 1 == count))
			return false;
		if (end != NULL)
			line = bytes_of(end + 1, line.len - len - 1);
	}
	return bytes_equal(words[0], bytes_of_text(first));
}

static bool
text_get(char *to, size_t cap, struct bytes word)
{
	if (word.len >= cap || memchr(word.at, '\0', word.len) != NULL)
		return false;
	memcpy(to, word.at, word.len);
	to[word.len] = '\0';
	return true;
}

static bool
base64_exact(uint8_t *at, size_t size, struct bytes word)
{
	size_t len = 0;

	return base64_get(at, size, &len, (const char *)word.at, word.len) ==
		   OK &&
	       len == size;
}

static bool
row_get(struct recipient_row *row, struct bytes line)
{
	struct recipient_row made = {0};
	struct bytes words[WORDS_MAX];

	if (!words_get(words, 4, line, line_word) ||
	    !text_get(made.id, sizeof made.id, words[1]) ||
	    !base64_exact(made.seal_key, KEY_SIZE, words[2]) ||
	    !base64_exact(made.sign_key, KEY_SIZE, words[3]) ||
	    recipient_row_check(&made) != REJECT_NONE)
		return false;
	*row = made;
	return true;
}

enum err
recipient_line_get(struct recipient_row *row, struct bytes text)
{
	struct bytes line;

	if (!line_next(&text, &line) || text.len > 0)
		return ERR_INVALID;
	return row_get(row, line) ? OK : ERR_INVALID;
}

static bool
first_get(struct recipients_change *change, struct bytes line)
{
	struct bytes words[WORDS_MAX];
	char number[16];
	uint64_t version = 0;

	if (!words_get(words, 3, line, change_word) ||
	    !text_get(change->origin, sizeof change->origin, words[1]) ||
	    !recipients_origin_is_valid(change->origin) ||
	    !text_get(number, sizeof number, words[2]) ||
	    u64_get(&version, number, 2, UINT32_MAX) != OK)
		return false;
	change->body.part =
	    (struct part){.version = (uint32_t)version, .part = 1, .parts = 1};
	return true;
}

static bool
signed_get(struct recipients_changed *body, struct bytes line)
{
	struct bytes words[WORDS_MAX];

	body->is_signed =
	    words_get(words, 3, line, signed_word) &&
	    base64_exact(body->signer, KEY_SIZE, words[1]) &&
	    base64_exact(body->signature, SIGNATURE_BYTES, words[2]);
	return body->is_signed;
}

enum err
recipients_change_get(struct recipients_change *change, struct bytes text)
{
	struct recipients_change made = {0};
	struct recipients_changed *body = &made.body;
	struct bytes line;

	if (!line_next(&text, &line) || !first_get(&made, line))
		return ERR_INVALID;
	while (line_next(&text, &line) && body->row_count < RECIPIENTS_MAX &&
	       row_get(&body->rows[body->row_count], line))
		body->row_count++;
	if (body->row_count == 0 || !signed_get(body, line) || text.len > 0)
		return ERR_INVALID;
	*change = made;
	return OK;
}
