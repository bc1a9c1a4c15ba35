/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes on paper or in a file before a node is enrolled: with the first
 * byte even any text as an invitation code and as a letter; odd: a letter
 * whose box opens, of any content. A code that is read is written the same.
 */
#include "node/join_letter.h"

#include "trust/box.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

enum { BOXED_MAX = 2048 };

static struct link_keys server, writer;

static void
try_text(const char *text)
{
	static char again[CODE_TEXT_MAX];
	struct invite_code code, read;
	struct join join;

	(void)!letter_request_get(&join, text, &server);
	if (invite_code_get(&code, text) != OK)
		return;
	CHECK(code.endpoint_count >= 1 &&
	      code.endpoint_count <= CODE_ENDPOINTS_MAX);
	invite_code_put(again, &code);
	CHECK(invite_code_get(&read, again) == OK);
	CHECK(memcmp(read.secret, code.secret, sizeof code.secret) == 0 &&
	      strcmp(read.wilayah, code.wilayah) == 0);
}

static void
try_boxed(struct bytes plain)
{
	static char text[LETTER_MAX], base64[BASE64_SIZE(LETTER_MAX)];
	uint8_t raw[32 + BOXED_MAX + BOX_EXTRA_SIZE];
	const uint8_t nonce[BOX_NONCE_SIZE] = {1};
	struct seal_keys from;
	struct join join;

	if (plain.len > BOXED_MAX)
		return;
	memcpy(from.secret_key, writer.secret_key, sizeof from.secret_key);
	memcpy(raw, writer.public_key, 32);
	CHECK(box_put(raw + 32, plain, server.public_key, &from, nonce));
	base64_put(base64, raw, 32 + plain.len + BOX_EXTRA_SIZE);
	snprintf(text, sizeof text, "ikrar-permohonan-1 %s\n", base64);
	if (letter_request_get(&join, text, &server) == OK)
		CHECK(memcmp(join.link_key, writer.public_key, 32) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static char text[LETTER_MAX];
	static bool has_keys;

	if (!has_keys) {
		has_keys = true;
		link_keys_make(&server);
		link_keys_make(&writer);
	}
	if (len < 1 || len >= sizeof text)
		return 0;
	if ((at[0] & 1) != 0) {
		try_boxed(bytes_of(at + 1, len - 1));
		return 0;
	}
	memcpy(text, at + 1, len - 1);
	text[len - 1] = '\0';
	try_text(text);
	return 0;
}
