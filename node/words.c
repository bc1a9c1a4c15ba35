/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words are the first 66 bits, eleven a word, of SHA-256("ikrar/words/1\n"
 * | SHA-256 of the code's secret | sign key | link key | server key |
 * recipients' pin). Who wants another node taken for this one must find keys
 * with the same 66 bits while the two are on the telephone.
 */
#include "node/words.h"

#include "trust/hash.h"

#include <stdio.h>
#include <string.h>

enum { BITS = 11 };

static unsigned
eleven_bits(const struct hash *hash, unsigned n)
{
	unsigned bits = 0;

	for (unsigned i = n * BITS; i < (n + 1) * BITS; i++)
		bits = bits << 1 | (hash->at[i / 8] >> (7 - i % 8) & 1u);
	return bits;
}

void
words_put(char text[WORDS_TEXT_MAX], const struct enrolment *enrolment)
{
	struct bytes parts[] = {bytes_of_text("ikrar/words/1\n"),
	    bytes_of(enrolment->code_sha256, sizeof enrolment->code_sha256),
	    bytes_of(enrolment->sign_key, sizeof enrolment->sign_key),
	    bytes_of(enrolment->link_key, sizeof enrolment->link_key),
	    bytes_of(enrolment->server_key, sizeof enrolment->server_key),
	    bytes_of(
		enrolment->recipients_pin, sizeof enrolment->recipients_pin)};
	struct hash hash = hash_parts(parts, sizeof parts / sizeof *parts);
	size_t used = 0;

	for (unsigned i = 0; i < WORDS_SPOKEN; i++)
		used +=
		    (size_t)snprintf(text + used, WORDS_TEXT_MAX - used, "%s%s",
			i == 0 ? "" : " ", words_all[eleven_bits(&hash, i)]);
}

void
words_own(char text[WORDS_TEXT_MAX], const struct node_keys *keys,
    const struct invite_code *code)
{
	struct enrolment enrolment;

	invite_code_hash(code, enrolment.code_sha256);
	memcpy(enrolment.sign_key, keys->sign.public_key, SIGN_KEY_SIZE);
	memcpy(enrolment.link_key, keys->link.public_key, LINK_KEY_SIZE);
	memcpy(enrolment.server_key, code->server_key, LINK_KEY_SIZE);
	memcpy(enrolment.recipients_pin, code->recipients_pin,
	    sizeof enrolment.recipients_pin);
	words_put(text, &enrolment);
}

void
server_fingerprint_put(char text[SERVER_TEXT_MAX], const uint8_t server_key[32])
{
	struct bytes parts[] = {
	    bytes_of_text("ikrar/server/1\n"), bytes_of(server_key, 32)};
	struct hash hash = hash_parts(parts, 2);
	char hex[33];

	hex_put(hex, hash.at, 16);
	for (unsigned i = 0; i < 8; i++)
		snprintf(
		    text + 5 * i, 6, "%.4s%s", hex + 4 * i, i == 7 ? "" : " ");
}
