/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes under the text: u8 version | secret(16) | u8 kind | u8 drill |
 * u64 expires | server key(32) | recipients' pin(16) | text wilayah | u8 count
 * | texts endpoints | check(4), where a text is a u8 length and its characters,
 * the tcp:// of an endpoint is left out (and told by a length under 128), and
 * the check is the head of SHA-256("ikrar/code/1\n" | the bytes before it).
 *
 * Base32 as Crockford wrote it: no I, L, O or U, and who reads 1 as I or L, or
 * 0 as O, is understood.
 */
#include "node/code.h"

#include "trust/hash.h"

#include <string.h>

enum {
	CODE_VERSION = 2,
	CHECK_SIZE = 4,
	LINK_KEY = 32,
	PIN_SIZE = 16,
	FIXED_SIZE = 1 + CODE_SECRET_SIZE + 1 + 1 + 8 + LINK_KEY + PIN_SIZE,
	RAW_MAX = FIXED_SIZE + WILAYAH_MAX + 1 +
		  CODE_ENDPOINTS_MAX * (ENDPOINT_MAX + 1) + CHECK_SIZE,
	GROUP = 5,
	NOT_TCP = 0x80,
};

static const char prefix[] = "IKRAR1-";
static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char tcp[] = "tcp://";
static const char label[] = "ikrar/code/1\n";

struct raw {
	uint8_t at[RAW_MAX];
	size_t len;
};

static void
raw_add(struct raw *raw, const void *at, size_t len)
{
	CHECK(len <= sizeof raw->at - raw->len);
	memcpy(raw->at + raw->len, at, len);
	raw->len += len;
}

static void
raw_add_text(struct raw *raw, const char *text, uint8_t mark)
{
	size_t len = strlen(text);
	uint8_t head = (uint8_t)(len | mark);

	CHECK(len < NOT_TCP);
	raw_add(raw, &head, 1);
	raw_add(raw, text, len);
}

static void
raw_add_endpoint(struct raw *raw, const char *endpoint)
{
	bool is_tcp = strncmp(endpoint, tcp, sizeof tcp - 1) == 0;

	if (is_tcp)
		raw_add_text(raw, endpoint + sizeof tcp - 1, 0);
	else
		raw_add_text(raw, endpoint, NOT_TCP);
}

static struct hash
check_of(const uint8_t *at, size_t len)
{
	struct bytes parts[] = {bytes_of_text(label), bytes_of(at, len)};

	return hash_parts(parts, 2);
}

static void
raw_fill(struct raw *raw, const struct invite_code *code)
{
	uint8_t head[] = {CODE_VERSION};
	uint8_t flags[] = {(uint8_t)code->kind, code->drill ? 1 : 0};
	uint8_t count = (uint8_t)code->endpoint_count;
	uint8_t expires[8];
	struct hash check;

	CHECK(code->endpoint_count <= CODE_ENDPOINTS_MAX);
	be64_put(expires, code->expires_ms);
	raw_add(raw, head, sizeof head);
	raw_add(raw, code->secret, sizeof code->secret);
	raw_add(raw, flags, sizeof flags);
	raw_add(raw, expires, sizeof expires);
	raw_add(raw, code->server_key, sizeof code->server_key);
	raw_add(raw, code->recipients_pin, sizeof code->recipients_pin);
	raw_add_text(raw, code->wilayah, 0);
	raw_add(raw, &count, 1);
	for (uint32_t i = 0; i < code->endpoint_count; i++)
		raw_add_endpoint(raw, code->endpoints[i]);
	check = check_of(raw->at, raw->len);
	raw_add(raw, check.at, CHECK_SIZE);
}

/* The n-th run of five bits; behind the end there are zeros. */
static unsigned
five_bits(const struct raw *raw, size_t n)
{
	size_t at = n * 5 / 8;
	unsigned two = (unsigned)raw->at[at] << 8;

	if (at + 1 < raw->len)
		two |= raw->at[at + 1];
	return two >> (11 - n * 5 % 8) & 31;
}

void
invite_code_put(char text[CODE_TEXT_MAX], const struct invite_code *code)
{
	struct raw raw = {0};
	size_t used = sizeof prefix - 1;

	raw_fill(&raw, code);
	memcpy(text, prefix, used);
	for (size_t n = 0; n < (raw.len * 8 + 4) / 5; n++) {
		if (n > 0 && n % GROUP == 0)
			text[used++] = '-';
		text[used++] = alphabet[five_bits(&raw, n)];
	}
	CHECK(used < CODE_TEXT_MAX);
	text[used] = '\0';
}

/* 0..31; -1: no such character. */
static int
value_of(char c)
{
	const char *found;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 'O')
		c = '0';
	found = c == '\0' ? NULL : strchr(alphabet, c);
	return found == NULL ? -1 : (int)(found - alphabet);
}

/* The next character that says something; '\0' at the end. */
static char
next_of(const char **text)
{
	while (**text == ' ' || **text == '-' || **text == '\t' ||
	       **text == '\r' || **text == '\n')
		(*text)++;
	return **text == '\0' ? '\0' : *(*text)++;
}

static bool
skip_prefix(const char **text)
{
	for (const char *it = prefix; *it != '\0' && *it != '-'; it++)
		if (value_of(next_of(text)) != value_of(*it))
			return false;
	return true;
}

static bool
raw_read(struct raw *raw, const char *text)
{
	unsigned held = 0, bits = 0;
	char c;

	if (!skip_prefix(&text))
		return false;
	while ((c = next_of(&text)) != '\0') {
		int value = value_of(c);

		if (value < 0 || raw->len == sizeof raw->at)
			return false;
		held = (held << 5 | (unsigned)value) & 0xfff;
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		raw->at[raw->len++] = (uint8_t)(held >> bits);
	}
	return bits < 5 && (held & ((1u << bits) - 1)) == 0;
}

static bool
raw_is_whole(const struct raw *raw)
{
	struct hash check;

	if (raw->len < FIXED_SIZE + 2 + CHECK_SIZE ||
	    raw->at[0] != CODE_VERSION)
		return false;
	check = check_of(raw->at, raw->len - CHECK_SIZE);
	return memcmp(check.at, raw->at + raw->len - CHECK_SIZE, CHECK_SIZE) ==
	       0;
}

static bool
take_text(struct bytes *rest, char *text, size_t cap, const char *before)
{
	size_t len, skip = strlen(before);

	if (rest->len == 0)
		return false;
	len = rest->at[0] & ~(unsigned)NOT_TCP;
	if (len >= rest->len || skip + len >= cap ||
	    memchr(rest->at + 1, '\0', len) != NULL)
		return false;
	memcpy(text, before, skip);
	memcpy(text + skip, rest->at + 1, len);
	text[skip + len] = '\0';
	*rest = bytes_of(rest->at + 1 + len, rest->len - 1 - len);
	return true;
}

static bool
take_endpoints(struct bytes *rest, struct invite_code *code)
{
	if (rest->len == 0 || rest->at[0] == 0 ||
	    rest->at[0] > CODE_ENDPOINTS_MAX)
		return false;
	code->endpoint_count = rest->at[0];
	*rest = bytes_of(rest->at + 1, rest->len - 1);
	for (uint32_t i = 0; i < code->endpoint_count; i++) {
		bool is_tcp = rest->len > 0 && rest->at[0] < NOT_TCP;

		if (!take_text(rest, code->endpoints[i], ENDPOINT_MAX,
			is_tcp ? tcp : ""))
			return false;
	}
	return rest->len == 0;
}

enum err
invite_code_get(struct invite_code *code, const char *text)
{
	struct invite_code read = {0};
	struct raw raw = {0};
	const uint8_t *at = raw.at + 1;
	struct bytes rest;

	if (!raw_read(&raw, text) || !raw_is_whole(&raw))
		return ERR_INVALID;
	memcpy(read.secret, at, sizeof read.secret);
	at += sizeof read.secret;
	read.kind = at[0];
	read.drill = at[1] != 0;
	read.expires_ms = be64_get(at + 2);
	memcpy(read.server_key, at + 10, sizeof read.server_key);
	memcpy(read.recipients_pin, at + 10 + LINK_KEY,
	    sizeof read.recipients_pin);
	rest = bytes_of(raw.at + FIXED_SIZE, raw.len - FIXED_SIZE - CHECK_SIZE);
	if (!take_text(&rest, read.wilayah, sizeof read.wilayah, "") ||
	    !take_endpoints(&rest, &read) ||
	    wilayah_level(read.wilayah) == WILAYAH_NONE)
		return ERR_INVALID;
	*code = read;
	return OK;
}

void
invite_code_hash(
    const struct invite_code *code, uint8_t sha256[EVENT_HASH_SIZE])
{
	struct hash hash =
	    hash_bytes(bytes_of(code->secret, sizeof code->secret));

	memcpy(sha256, hash.at, EVENT_HASH_SIZE);
}
