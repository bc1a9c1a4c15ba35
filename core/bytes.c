/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bytes.h"

#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE64_NONE = 0xff };

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789+/";

struct bytes
bytes_of_text(const char *text)
{
	return bytes_of(text, strlen(text));
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

uint16_t
be16_get(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

uint32_t
be32_get(const uint8_t *at)
{
	return (uint32_t)be16_get(at) << 16 | be16_get(at + 2);
}

uint64_t
be64_get(const uint8_t *at)
{
	return (uint64_t)be32_get(at) << 32 | be32_get(at + 4);
}

void
be16_put(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void
be32_put(uint8_t *at, uint32_t value)
{
	be16_put(at, (uint16_t)(value >> 16));
	be16_put(at + 2, (uint16_t)value);
}

void
be64_put(uint8_t *at, uint64_t value)
{
	be32_put(at, (uint32_t)(value >> 32));
	be32_put(at + 4, (uint32_t)value);
}

void
hex_put(char *text, const uint8_t *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*text++ = digits[at[i] >> 4];
		*text++ = digits[at[i] & 15];
	}
	*text = '\0';
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum err
hex_get(uint8_t *at, size_t len, const char *text)
{
	if (strlen(text) != 2 * len)
		return ERR_INVALID;
	for (size_t i = 0; i < 2 * len; i++)
		if (hex_digit(text[i]) < 0)
			return ERR_INVALID;
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)((unsigned)hex_digit(text[2 * i]) << 4 |
				  (unsigned)hex_digit(text[2 * i + 1]));
	return OK;
}

void
base64_put(char *text, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)at[i] << 16;

		if (n > 1)
			group |= (uint32_t)at[i + 1] << 8;
		if (n > 2)
			group |= at[i + 2];
		*text++ = base64_digits[group >> 18];
		*text++ = base64_digits[group >> 12 & 63];
		*text++ = n > 1 ? base64_digits[group >> 6 & 63] : '=';
		*text++ = n > 2 ? base64_digits[group & 63] : '=';
	}
	*text = '\0';
}

static uint32_t
base64_digit(char c)
{
	const char *found = c == '\0' ? NULL : strchr(base64_digits, c);

	return found == NULL ? BASE64_NONE : (uint32_t)(found - base64_digits);
}

/* Four characters to 3 - pads bytes. One text only stands for each run of
 * bytes: bits that no byte needs must be zero. */
static enum err
base64_group(uint8_t out[3], const char *text, unsigned pads)
{
	uint32_t group = 0;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t digit = i < 4 - pads ? base64_digit(text[i]) : 0;

		if (digit == BASE64_NONE)
			return ERR_INVALID;
		group = group << 6 | digit;
	}
	if ((group & ((1u << 8 * pads) - 1)) != 0)
		return ERR_INVALID;
	out[0] = (uint8_t)(group >> 16);
	out[1] = (uint8_t)(group >> 8);
	out[2] = (uint8_t)group;
	return OK;
}

enum err
base64_get(
    uint8_t *at, size_t cap, size_t *len, const char *text, size_t text_len)
{
	uint8_t group[3];
	unsigned pads = 0;
	size_t done = 0;

	if (text_len % 4 != 0)
		return ERR_INVALID;
	while (pads < 2 && pads < text_len && text[text_len - 1 - pads] == '=')
		pads++;
	if (text_len / 4 * 3 - pads > cap)
		return ERR_INVALID;
	for (size_t i = 0; i < text_len; i += 4) {
		unsigned missing = i + 4 == text_len ? pads : 0;

		if (base64_group(group, text + i, missing) != OK)
			return ERR_INVALID;
		memcpy(at + done, group, 3 - missing);
		done += 3 - missing;
	}
	*len = done;
	return OK;
}

enum err
u64_get(uint64_t *value, const char *text, uint64_t min, uint64_t max)
{
	uint64_t sum = 0;

	if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
		return ERR_INVALID;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned)*text - '0';

		if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
			return ERR_INVALID;
		sum = sum * 10 + digit;
	}
	if (sum < min || sum > max)
		return ERR_INVALID;
	*value = sum;
	return OK;
}

static void *
must(void *at, size_t count, size_t size)
{
	if (at == NULL) {
		log_warnx("memory-exhausted count=%zu size=%zu", count, size);
		abort();
	}
	return at;
}

void *
xcalloc(size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return must(calloc(count, size), count, size);
}

void *
xrealloc(void *old, size_t count, size_t size)
{
	if (count == 0 || size == 0)
		count = size = 1;
	return must(reallocarray(old, count, size), count, size);
}

char *
xstrdup(const char *text)
{
	return must(strdup(text), 1, strlen(text) + 1);
}

bool
text_copy(char *to, size_t cap, const char *from)
{
	size_t len = strlen(from);
	size_t fits = len < cap ? len : cap - 1;

	CHECK(cap > 0);
	memcpy(to, from, fits);
	to[fits] = '\0';
	return fits == len;
}

static void
text_buf_grow(struct text_buf *buf, size_t more)
{
	size_t cap = buf->cap == 0 ? 256 : buf->cap;

	CHECK(more < SIZE_MAX / 2 - buf->len);
	while (cap <= buf->len + more)
		cap *= 2;
	if (cap != buf->cap) {
		buf->at = xrealloc(buf->at, cap, 1);
		buf->cap = cap;
	}
}

void
text_buf_add(struct text_buf *buf, const char *format, ...)
{
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	CHECK(len >= 0);
	text_buf_grow(buf, (size_t)len);
	va_start(arguments, format);
	vsnprintf(buf->at + buf->len, (size_t)len + 1, format, arguments);
	va_end(arguments);
	buf->len += (size_t)len;
}

void
text_buf_add_bytes(struct text_buf *buf, const void *at, size_t len)
{
	text_buf_grow(buf, len);
	if (len > 0)
		memcpy(buf->at + buf->len, at, len);
	buf->len += len;
	buf->at[buf->len] = '\0';
}

void
text_buf_clear(struct text_buf *buf)
{
	free(buf->at);
	*buf = (struct text_buf){0};
}
