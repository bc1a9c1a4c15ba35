/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"

#include <inttypes.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

static size_t
sequence_len(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* Length of the well-formed UTF-8 sequence at `at`, which is terminated; 0 if
 * it is none: overlong, a surrogate, above U+10FFFF, cut short. */
static size_t
utf8_len(const uint8_t *at)
{
	size_t len = sequence_len(at[0]);

	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f))
		return 0;
	if ((at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return len;
}

static void
put_ascii(struct text_buf *text, char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t";
	static const char letter[] = "\"\\bfnrt";
	const char *found = strchr(plain, c);

	if (found != NULL)
		text_buf_add(text, "\\%c", letter[found - plain]);
	else if ((unsigned char)c < ' ' || c == 0x7f)
		text_buf_add(text, "\\u%04x", (unsigned)c);
	else
		text_buf_add_bytes(text, &c, 1);
}

static void
put_quoted(struct text_buf *text, const char *value)
{
	const uint8_t *at = (const uint8_t *)value;

	text_buf_add_bytes(text, "\"", 1);
	while (*at != '\0') {
		size_t len = utf8_len(at);

		if (len == 1)
			put_ascii(text, (char)*at);
		else if (len > 1)
			text_buf_add_bytes(text, at, len);
		else
			text_buf_add_bytes(
			    text, replacement, sizeof replacement - 1);
		at += len == 0 ? 1 : len;
	}
	text_buf_add_bytes(text, "\"", 1);
}

/* Comma and name: a member has a name, an element and the outermost value
 * have none. */
static void
begin_value(struct json *json, const char *name)
{
	unsigned at = json->depth;

	if (at == 0) {
		CHECK(name == NULL && json->text.len == 0);
		return;
	}
	CHECK((name == NULL) == json->is_array[at - 1]);
	if (json->has_value[at - 1])
		text_buf_add_bytes(&json->text, ",", 1);
	json->has_value[at - 1] = true;
	if (name != NULL) {
		put_quoted(&json->text, name);
		text_buf_add_bytes(&json->text, ":", 1);
	}
}

static void
begin_nest(struct json *json, const char *name, bool is_array)
{
	begin_value(json, name);
	CHECK(json->depth < JSON_DEPTH_MAX);
	json->is_array[json->depth] = is_array;
	json->has_value[json->depth] = false;
	json->depth++;
	text_buf_add_bytes(&json->text, is_array ? "[" : "{", 1);
}

void
json_object_begin(struct json *json, const char *name)
{
	begin_nest(json, name, false);
}

void
json_array_begin(struct json *json, const char *name)
{
	begin_nest(json, name, true);
}

void
json_end(struct json *json)
{
	CHECK(json->depth > 0);
	json->depth--;
	text_buf_add_bytes(
	    &json->text, json->is_array[json->depth] ? "]" : "}", 1);
}

void
json_text(struct json *json, const char *name, const char *value)
{
	begin_value(json, name);
	put_quoted(&json->text, value);
}

void
json_u64(struct json *json, const char *name, uint64_t value)
{
	begin_value(json, name);
	text_buf_add(&json->text, "%" PRIu64, value);
}

void
json_i64(struct json *json, const char *name, int64_t value)
{
	begin_value(json, name);
	text_buf_add(&json->text, "%" PRId64, value);
}

void
json_bool(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	text_buf_add(&json->text, "%s", value ? "true" : "false");
}

void
json_null_put(struct json *json, const char *name)
{
	begin_value(json, name);
	text_buf_add(&json->text, "null");
}

void
json_hex(struct json *json, const char *name, const uint8_t *at, size_t len)
{
	char digits[3];

	begin_value(json, name);
	text_buf_add_bytes(&json->text, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		hex_put(digits, at + i, 1);
		text_buf_add_bytes(&json->text, digits, 2);
	}
	text_buf_add_bytes(&json->text, "\"", 1);
}

void
json_clear(struct json *json)
{
	text_buf_clear(&json->text);
	*json = (struct json){0};
}
