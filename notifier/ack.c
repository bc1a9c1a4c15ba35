/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version(1) alert(16) verdict(8) expires, minutes(4), seat, term and channel
 * (each a length and its bytes), MAC(16); in base64 for URLs, without padding.
 * Half of an HMAC-SHA-256 keeps the link short and leaves nothing to guess.
 */
#include "notifier/ack.h"

#include "trust/hmac.h"

#include <string.h>

enum {
	VERSION = 1,
	FIXED_SIZE = 1 + EVENT_ID_SIZE + 8 + 4,
	CLAIM_MAX = FIXED_SIZE + 3 * WORD_MAX,
	MAC_SIZE = 16,
	RAW_MAX = CLAIM_MAX + MAC_SIZE,
	MINUTE_MS = 60000,
};

static const char label[] = "ikrar/ack/1\n";

_Static_assert(BASE64_SIZE(RAW_MAX) <= ACK_TOKEN_MAX, "a token must fit");

static void
put_mac(uint8_t mac[MAC_SIZE], const uint8_t key[ACK_KEY_SIZE],
    const char *origin, struct bytes claim)
{
	const struct bytes parts[] = {bytes_of_text(label),
	    bytes_of_text(origin), bytes_of_text("\n"), claim};
	struct hash hash = hmac_parts(
	    bytes_of(key, ACK_KEY_SIZE), parts, sizeof parts / sizeof parts[0]);

	memcpy(mac, hash.at, MAC_SIZE);
}

static bool
is_same(const uint8_t *a, const uint8_t *b)
{
	volatile uint8_t differs = 0;

	for (unsigned i = 0; i < MAC_SIZE; i++)
		differs = (uint8_t)(differs | (a[i] ^ b[i]));
	return differs == 0;
}

/* ---- bytes of a claim */

static size_t
put_word(uint8_t *at, const char *word)
{
	size_t len = strlen(word);

	at[0] = (uint8_t)len;
	memcpy(at + 1, word, len);
	return 1 + len;
}

static size_t
put_claim(uint8_t raw[CLAIM_MAX], const struct ack_claim *claim)
{
	size_t len = FIXED_SIZE;

	raw[0] = VERSION;
	memcpy(raw + 1, claim->alert, EVENT_ID_SIZE);
	be64_put(raw + 1 + EVENT_ID_SIZE, claim->verdict);
	be32_put(raw + 1 + EVENT_ID_SIZE + 8,
	    (uint32_t)(claim->expires_ms / MINUTE_MS));
	len += put_word(raw + len, claim->seat);
	len += put_word(raw + len, claim->term);
	len += put_word(raw + len, claim->channel);
	return len;
}

static bool
get_word(char word[WORD_MAX], struct bytes *raw)
{
	size_t len = raw->len > 0 ? raw->at[0] : WORD_MAX;

	if (len >= WORD_MAX || len >= raw->len ||
	    memchr(raw->at + 1, '\0', len) != NULL)
		return false;
	memcpy(word, raw->at + 1, len);
	word[len] = '\0';
	*raw = bytes_of(raw->at + 1 + len, raw->len - 1 - len);
	return true;
}

static bool
get_claim(struct ack_claim *claim, struct bytes raw)
{
	*claim = (struct ack_claim){0};
	if (raw.len < FIXED_SIZE || raw.at[0] != VERSION)
		return false;
	memcpy(claim->alert, raw.at + 1, EVENT_ID_SIZE);
	claim->verdict = be64_get(raw.at + 1 + EVENT_ID_SIZE);
	claim->expires_ms =
	    (uint64_t)be32_get(raw.at + 1 + EVENT_ID_SIZE + 8) * MINUTE_MS;
	raw = bytes_of(raw.at + FIXED_SIZE, raw.len - FIXED_SIZE);
	return get_word(claim->seat, &raw) && get_word(claim->term, &raw) &&
	       get_word(claim->channel, &raw) && raw.len == 0;
}

/* ---- letters of a token */

static void
put_letters(char token[ACK_TOKEN_MAX], const uint8_t *raw, size_t len)
{
	base64_put(token, raw, len);
	token[strcspn(token, "=")] = '\0';
	for (char *c = token; *c != '\0'; c++) {
		if (*c == '+')
			*c = '-';
		if (*c == '/')
			*c = '_';
	}
}

/* base64_get is strict: one text for the same bytes, no other. */
static bool
get_letters(uint8_t raw[RAW_MAX], size_t *len, const char *token)
{
	char text[ACK_TOKEN_MAX + 4];
	size_t letters = strnlen(token, ACK_TOKEN_MAX);

	if (letters == ACK_TOKEN_MAX || strpbrk(token, "+/=") != NULL)
		return false;
	for (size_t i = 0; i < letters; i++)
		text[i] = token[i] == '-'   ? '+'
			  : token[i] == '_' ? '/'
					    : token[i];
	while (letters % 4 != 0)
		text[letters++] = '=';
	return base64_get(raw, RAW_MAX, len, text, letters) == OK;
}

void
ack_token_put(char token[ACK_TOKEN_MAX], const struct ack_seal *seal,
    const struct ack_claim *claim)
{
	uint8_t raw[RAW_MAX];
	size_t len = put_claim(raw, claim);

	put_mac(raw + len, seal->keys.now, seal->origin, bytes_of(raw, len));
	put_letters(token, raw, len + MAC_SIZE);
}

/* Both keys are tried whatever the first says. */
static bool
is_ours(const struct ack_seal *seal, struct bytes claim, const uint8_t *mac)
{
	uint8_t now[MAC_SIZE], before[MAC_SIZE];
	bool is_now, is_before;

	put_mac(now, seal->keys.now, seal->origin, claim);
	put_mac(before, seal->keys.before, seal->origin, claim);
	is_now = is_same(now, mac);
	is_before = is_same(before, mac) && seal->keys.has_before;
	return is_now || is_before;
}

enum err
ack_token_get(struct ack_claim *claim, const struct ack_seal *seal,
    const char *token, uint64_t now_ms)
{
	uint8_t raw[RAW_MAX];
	struct ack_claim read;
	size_t len;

	if (!get_letters(raw, &len, token) || len <= MAC_SIZE)
		return ERR_INVALID;
	len -= MAC_SIZE;
	if (!get_claim(&read, bytes_of(raw, len)))
		return ERR_INVALID;
	if (!is_ours(seal, bytes_of(raw, len), raw + len))
		return ERR_DENIED;
	*claim = read;
	return now_ms < read.expires_ms ? OK : ERR_TIMEOUT;
}
