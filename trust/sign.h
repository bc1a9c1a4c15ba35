/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ed25519 signatures and stamps. Pure; keys are made from a seed that the
 * caller drew at random. The only file that sees libsodium's signatures.
 */
#ifndef TRUST_SIGN_H
#define TRUST_SIGN_H

#include "trust/hash.h"

enum {
	SIGN_SEED_SIZE = 32,
	SIGN_KEY_SIZE = 32,
	SIGN_SECRET_SIZE = 64,
	SIGNATURE_SIZE = 64,
	STAMP_SIZE = HASH_SIZE + SIGNATURE_SIZE,
};

struct sign_keys {
	uint8_t public_key[SIGN_KEY_SIZE];
	uint8_t secret_key[SIGN_SECRET_SIZE];
};

void sign_keys_make(struct sign_keys *keys, const uint8_t seed[SIGN_SEED_SIZE]);
void sign_seed_of(const struct sign_keys *keys, uint8_t seed[SIGN_SEED_SIZE]);

/* Over the parts, one behind the other: of several at most SIGN_MESSAGE_MAX
 * bytes. */
enum { SIGN_MESSAGE_MAX = 4096 };
void sign_parts(uint8_t signature[SIGNATURE_SIZE], const struct bytes *parts,
    unsigned count, const struct sign_keys *keys);
bool sign_is_valid(const uint8_t signature[SIGNATURE_SIZE],
    const struct bytes *parts, unsigned count,
    const uint8_t public_key[SIGN_KEY_SIZE]);

/*
 * Stamp = seen_root | Ed25519("ikrar/stamp/1\n" | node | seq (u64) | head |
 * seen_root): the node's word for its chain up to seq and for the largest
 * region head that it had verified (zeros: none yet).
 */
void stamp_make(uint8_t stamp[STAMP_SIZE], const uint8_t node[NODE_ID_SIZE],
    uint64_t seq, const struct hash *head, const struct hash *seen_root,
    const struct sign_keys *keys);
bool stamp_is_valid(const uint8_t stamp[STAMP_SIZE],
    const uint8_t node[NODE_ID_SIZE], uint64_t seq, const struct hash *head,
    const uint8_t public_key[SIGN_KEY_SIZE]);

#endif
