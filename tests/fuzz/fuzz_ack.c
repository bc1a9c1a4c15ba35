/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token of a link: with the first byte even any text, which is under no
 * key; odd: any claim under the right MAC, which is written the same again if
 * it is read.
 */
#include "notifier/ack.h"

#include "trust/hmac.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

enum { CLAIM_MAX = 104, MAC_SIZE = 16 };

static const struct ack_seal seal = {
    .keys = {.now = {1}}, .origin = "ikrar/73.04/1"};

static void
try_text(const uint8_t *at, size_t len)
{
	char text[2 * ACK_TOKEN_MAX];
	struct ack_claim claim;

	if (len >= sizeof text)
		return;
	memcpy(text, at, len);
	text[len] = '\0';
	CHECK(ack_token_get(&claim, &seal, text, 0) != OK);
}

static void
try_claim(const uint8_t *at, size_t len)
{
	const struct bytes parts[] = {bytes_of_text("ikrar/ack/1\n"),
	    bytes_of_text(seal.origin), bytes_of_text("\n"), bytes_of(at, len)};
	struct hash mac =
	    hmac_parts(bytes_of(seal.keys.now, ACK_KEY_SIZE), parts, 4);
	uint8_t raw[CLAIM_MAX + MAC_SIZE];
	char token[BASE64_SIZE(sizeof raw)], again[ACK_TOKEN_MAX];
	struct ack_claim claim;

	if (len > CLAIM_MAX)
		return;
	memcpy(raw, at, len);
	memcpy(raw + len, mac.at, MAC_SIZE);
	base64_put(token, raw, len + MAC_SIZE);
	token[strcspn(token, "=")] = '\0';
	for (char *c = token; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	if (ack_token_get(&claim, &seal, token, 0) != OK)
		return;
	CHECK(strlen(claim.seat) < WORD_MAX && strlen(claim.term) < WORD_MAX);
	ack_token_put(again, &seal, &claim);
	CHECK(strcmp(again, token) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	if (len < 1)
		return 0;
	if ((at[0] & 1) != 0)
		try_claim(at + 1, len - 1);
	else
		try_text(at + 1, len - 1);
	return 0;
}
