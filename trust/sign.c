/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sodium_init is not called here: it would draw random bytes, and Ed25519 in
 * libsodium is plain code that has nothing to set up.
 */
#include "trust/sign.h"

#include <string.h>

#include <sodium.h>

enum { STAMP_PARTS = 5 };

static const char stamp_label[] = "ikrar/stamp/1\n";

void
sign_keys_make(struct sign_keys *keys, const uint8_t seed[SIGN_SEED_SIZE])
{
	CHECK(crypto_sign_seed_keypair(
		  keys->public_key, keys->secret_key, seed) == 0);
}

void
sign_seed_of(const struct sign_keys *keys, uint8_t seed[SIGN_SEED_SIZE])
{
	CHECK(crypto_sign_ed25519_sk_to_seed(seed, keys->secret_key) == 0);
}

/* libsodium wants the message in one piece; of one part it is that. */
static bool
parts_join(uint8_t room[SIGN_MESSAGE_MAX], struct bytes *message,
    const struct bytes *parts, unsigned count)
{
	size_t done = 0;

	if (count == 1) {
		*message = parts[0];
		return true;
	}
	for (unsigned i = 0; i < count; i++) {
		if (parts[i].len > SIGN_MESSAGE_MAX - done)
			return false;
		if (parts[i].len > 0)
			memcpy(room + done, parts[i].at, parts[i].len);
		done += parts[i].len;
	}
	*message = bytes_of(room, done);
	return true;
}

void
sign_parts(uint8_t signature[SIGNATURE_SIZE], const struct bytes *parts,
    unsigned count, const struct sign_keys *keys)
{
	uint8_t room[SIGN_MESSAGE_MAX];
	struct bytes message;

	CHECK(parts_join(room, &message, parts, count));
	CHECK(crypto_sign_detached(signature, NULL, message.at, message.len,
		  keys->secret_key) == 0);
}

bool
sign_is_valid(const uint8_t signature[SIGNATURE_SIZE],
    const struct bytes *parts, unsigned count,
    const uint8_t public_key[SIGN_KEY_SIZE])
{
	uint8_t room[SIGN_MESSAGE_MAX];
	struct bytes message;

	return parts_join(room, &message, parts, count) &&
	       crypto_sign_verify_detached(
		   signature, message.at, message.len, public_key) == 0;
}

static void
stamp_parts(struct bytes parts[STAMP_PARTS], const uint8_t node[NODE_ID_SIZE],
    const uint8_t seq[8], const struct hash *head, const uint8_t *seen_root)
{
	parts[0] = bytes_of(stamp_label, sizeof stamp_label - 1);
	parts[1] = bytes_of(node, NODE_ID_SIZE);
	parts[2] = bytes_of(seq, 8);
	parts[3] = bytes_of(head->at, HASH_SIZE);
	parts[4] = bytes_of(seen_root, HASH_SIZE);
}

void
stamp_make(uint8_t stamp[STAMP_SIZE], /* NOLINT(readability-function-size) */
    const uint8_t node[NODE_ID_SIZE], uint64_t seq, const struct hash *head,
    const struct hash *seen_root, const struct sign_keys *keys)
{
	struct bytes parts[STAMP_PARTS];
	uint8_t seq_bytes[8];

	be64_put(seq_bytes, seq);
	stamp_parts(parts, node, seq_bytes, head, seen_root->at);
	memcpy(stamp, seen_root->at, HASH_SIZE);
	sign_parts(stamp + HASH_SIZE, parts, STAMP_PARTS, keys);
}

bool
stamp_is_valid(const uint8_t stamp[STAMP_SIZE],
    const uint8_t node[NODE_ID_SIZE], uint64_t seq, const struct hash *head,
    const uint8_t public_key[SIGN_KEY_SIZE])
{
	struct bytes parts[STAMP_PARTS];
	uint8_t seq_bytes[8];

	be64_put(seq_bytes, seq);
	stamp_parts(parts, node, seq_bytes, head, stamp);
	return sign_is_valid(stamp + HASH_SIZE, parts, STAMP_PARTS, public_key);
}
