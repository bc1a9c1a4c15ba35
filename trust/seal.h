/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed part of an incident: readable by its recipients (the inspectorate)
 * and by nobody else, the writer included. Pure; chance is an argument. Bytes:
 * docs/protocol.md, "Sealed part".
 *
 *     plain  = salt(32) | text, padded (ISO 7816-4) to a multiple of 256
 *     commit = SHA-256("ikrar/commit/1\n" | plain)
 *     blob   = u8 1 | u8 n | n times (key id(8) | sealed key(80))
 *            | nonce(24) | XChaCha20-Poly1305(plain; aad "ikrar/blob/1\n" |
 *              blob up to here | commit)
 *     blob_hash = SHA-256("ikrar/blob/1\n" | blob)
 *
 * A sealed key is libsodium's crypto_box_seal of the 32-byte key; a key id the
 * head of SHA-256("ikrar/recipient/1\n" | seal key). The event holds commit,
 * blob_hash and the blob's size. The salt hides: without the blob nobody can
 * try texts against the commit.
 */
#ifndef TRUST_SEAL_H
#define TRUST_SEAL_H

#include "trust/sign.h"

enum {
	SEAL_KEY_SIZE = 32,
	SEAL_SEED_SIZE = 32,
	SEAL_DATA_KEY_SIZE = 32,
	SEAL_SEALED_KEY_SIZE = 80,
	SEAL_RECIPIENTS_MAX = 8,
	SEAL_BLOB_MAX = 16384,
	SEAL_TEXT_MAX = 15000, /* fits with all recipients */
	/* Chance for one seal: salt, key, nonce and one seed a recipient. */
	SEAL_CHANCE_SIZE = 32 + 32 + 24 + SEAL_RECIPIENTS_MAX * 32,
};

struct seal_keys {
	uint8_t public_key[SEAL_KEY_SIZE];
	uint8_t secret_key[SEAL_KEY_SIZE];
};

void seal_keys_make(struct seal_keys *keys, const uint8_t seed[SEAL_SEED_SIZE]);
/* Can anything be sealed to it? (Points of small order are no keys.) */
bool seal_key_is_usable(const uint8_t public_key[SEAL_KEY_SIZE]);

/* A key for one reader, as crypto_box_seal makes it. False: nothing can be
 * sealed to that key, and `sealed` is zeros; it is not for these keys. */
bool seal_key_put(uint8_t sealed[SEAL_SEALED_KEY_SIZE],
    const uint8_t public_key[SEAL_KEY_SIZE],
    const uint8_t key[SEAL_DATA_KEY_SIZE], const uint8_t seed[SEAL_SEED_SIZE]);
bool seal_key_open(uint8_t key[SEAL_DATA_KEY_SIZE],
    const uint8_t sealed[SEAL_SEALED_KEY_SIZE], const struct seal_keys *keys);

struct sealed {
	struct hash commit;
	struct hash blob_hash;
	size_t blob_len;
	uint8_t blob[SEAL_BLOB_MAX];
};

/* 1 .. SEAL_RECIPIENTS_MAX keys, at most SEAL_TEXT_MAX bytes of text. A key
 * that is not usable gets a slot that nobody opens. */
void seal_put(struct sealed *sealed, struct bytes text,
    const uint8_t (*keys)[SEAL_KEY_SIZE], unsigned count,
    const uint8_t chance[SEAL_CHANCE_SIZE]);

struct hash seal_blob_hash(struct bytes blob);
/* Is it built like a blob? Says nothing of who can open it. */
bool seal_blob_is_valid(struct bytes blob);

/* Into `text` of SEAL_BLOB_MAX bytes. ERR_DENIED: not sealed to this key;
 * ERR_INVALID: damaged, or not what `commit` commits to. Not logged. */
enum err seal_open(uint8_t *text, size_t *len, struct bytes blob,
    const struct hash *commit, const struct seal_keys *keys) MUST_CHECK;

/* The word of a recipient for the set that follows: Ed25519 over
 * "ikrar/recipients/1\n" | origin | "\n" | version (u32) | rows_sha256. */
struct recipients_word {
	const char *origin;
	uint32_t version; /* of the new set */
	const uint8_t *rows_sha256;
};
void recipients_sign(uint8_t signature[SIGNATURE_SIZE],
    const struct recipients_word *word, const struct sign_keys *keys);
bool recipients_sign_is_valid(const uint8_t signature[SIGNATURE_SIZE],
    const struct recipients_word *word, const uint8_t sign_key[SIGN_KEY_SIZE]);

#endif
