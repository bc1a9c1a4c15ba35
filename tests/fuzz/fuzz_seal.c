/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a blob, and any plain text sealed by a writer who means ill. A
 * blob that opens is well formed and its text is shorter; what is sealed here
 * comes back. With the first byte 0 the rest is a blob, else it is the plain
 * text of one that has a valid seal.
 */
#include "trust/seal.h"

#include <string.h>

#include <sodium.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

enum { FRONT_SIZE = 2 + 88 + 24 };

static struct seal_keys keys;
static uint8_t chance[SEAL_CHANCE_SIZE];

static void
put(struct sealed *sealed, struct bytes text)
{
	seal_put(sealed, text, (const uint8_t(*)[SEAL_KEY_SIZE])keys.public_key,
	    1, chance);
}

static void
try_blob(struct bytes blob, const struct hash *commit)
{
	static uint8_t text[SEAL_BLOB_MAX];
	size_t len = 0;

	if (seal_open(text, &len, blob, commit, &keys) != OK)
		return;
	CHECK(seal_blob_is_valid(blob));
	CHECK(len + 32 < blob.len - FRONT_SIZE);
}

/* As a writer can who leaves out seal_put: `plain` is what he likes. */
static void
try_plain(struct bytes plain)
{
	static uint8_t blob[SEAL_BLOB_MAX];
	struct bytes parts[] = {bytes_of_text("ikrar/commit/1\n"), plain};
	struct hash commit = hash_parts(parts, 2);
	uint8_t aad[13 + FRONT_SIZE + HASH_SIZE];
	unsigned long long cipher_len = 0;
	static struct sealed honest;

	if (plain.len > SEAL_BLOB_MAX - FRONT_SIZE - 16)
		return;
	put(&honest, bytes_of(NULL, 0));
	memcpy(blob, honest.blob, FRONT_SIZE);
	memcpy(aad, "ikrar/blob/1\n", 13);
	memcpy(aad + 13, blob, FRONT_SIZE);
	memcpy(aad + 13 + FRONT_SIZE, commit.at, HASH_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(blob + FRONT_SIZE,
	    &cipher_len, plain.at, plain.len, aad, sizeof aad, NULL,
	    chance + 64, chance + 32);
	try_blob(bytes_of(blob, FRONT_SIZE + cipher_len), &commit);
}

static void
try_text(struct bytes text)
{
	static uint8_t back[SEAL_BLOB_MAX];
	static struct sealed sealed;
	struct bytes blob;
	size_t len = 0;

	if (text.len > SEAL_TEXT_MAX)
		return;
	put(&sealed, text);
	blob = bytes_of(sealed.blob, sealed.blob_len);
	CHECK(seal_open(back, &len, blob, &sealed.commit, &keys) == OK);
	CHECK(bytes_equal(bytes_of(back, len), text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const struct hash none;
	static const uint8_t seed[SEAL_SEED_SIZE] = {7};

	if (len == 0)
		return 0;
	seal_keys_make(&keys, seed);
	if (at[0] == 0) {
		try_blob(bytes_of(at + 1, len - 1), &none);
		return 0;
	}
	try_plain(bytes_of(at + 1, len - 1));
	try_text(bytes_of(at + 1, len - 1));
	return 0;
}
