/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sodium_init is not called here: it would draw random bytes. Without it
 * libsodium takes its plain code, which has nothing to set up.
 *
 * A sealed key is made by hand the way crypto_box_seal makes it (an ephemeral
 * pair; nonce = BLAKE2b-24 of both public keys), because crypto_box_seal draws
 * the pair itself, and chance comes in as an argument here.
 */
#include "trust/seal.h"

#include <string.h>

#include <sodium.h>

enum {
	VERSION = 1,
	SALT_SIZE = 32,
	DATA_KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	BLOCK_SIZE = 256,
	KEY_ID_SIZE = 8,
	SEALED_KEY_SIZE = SEAL_SEALED_KEY_SIZE,
	SLOT_SIZE = KEY_ID_SIZE + SEALED_KEY_SIZE,
	SLOTS_AT = 2,
	FRONT_MAX = SLOTS_AT + SEAL_RECIPIENTS_MAX * SLOT_SIZE + NONCE_SIZE,
	AAD_MAX = 16 + FRONT_MAX + HASH_SIZE,
};

/* Where each piece lies in the caller's chance. */
enum {
	CHANCE_SALT = 0,
	CHANCE_KEY = CHANCE_SALT + SALT_SIZE,
	CHANCE_NONCE = CHANCE_KEY + DATA_KEY_SIZE,
	CHANCE_SEEDS = CHANCE_NONCE + NONCE_SIZE,
};

static const char blob_label[] = "ikrar/blob/1\n";
static const char recipients_label[] = "ikrar/recipients/1\n";

_Static_assert(
    (int)SEALED_KEY_SIZE == (int)crypto_box_SEALBYTES + SEAL_DATA_KEY_SIZE,
    "as docs/protocol.md says");
_Static_assert((int)DATA_KEY_SIZE == SEAL_DATA_KEY_SIZE, "one size");
_Static_assert((int)CHANCE_SEEDS + SEAL_RECIPIENTS_MAX * 32 == SEAL_CHANCE_SIZE,
    "all of it is used");
_Static_assert(FRONT_MAX + SALT_SIZE + SEAL_TEXT_MAX + BLOCK_SIZE + TAG_SIZE <=
		   SEAL_BLOB_MAX,
    "the longest text fits with all recipients");

static struct hash
labelled(const char *label, struct bytes bytes)
{
	struct bytes parts[] = {bytes_of_text(label), bytes};

	return hash_parts(parts, 2);
}

static struct hash
commit_of(struct bytes plain)
{
	return labelled("ikrar/commit/1\n", plain);
}

static struct hash
key_id_of(const uint8_t public_key[SEAL_KEY_SIZE])
{
	return labelled(
	    "ikrar/recipient/1\n", bytes_of(public_key, SEAL_KEY_SIZE));
}

void
seal_keys_make(struct seal_keys *keys, const uint8_t seed[SEAL_SEED_SIZE])
{
	CHECK(crypto_box_seed_keypair(
		  keys->public_key, keys->secret_key, seed) == 0);
}

bool
seal_key_is_usable(const uint8_t public_key[SEAL_KEY_SIZE])
{
	static const uint8_t any[crypto_scalarmult_SCALARBYTES] = {1};
	uint8_t shared[crypto_scalarmult_BYTES];

	return crypto_scalarmult(shared, any, public_key) == 0;
}

static void
box_nonce(uint8_t nonce[crypto_box_NONCEBYTES], const uint8_t *ephemeral,
    const uint8_t *recipient)
{
	uint8_t both[2 * SEAL_KEY_SIZE];

	memcpy(both, ephemeral, SEAL_KEY_SIZE);
	memcpy(both + SEAL_KEY_SIZE, recipient, SEAL_KEY_SIZE);
	CHECK(crypto_generichash(nonce, crypto_box_NONCEBYTES, both,
		  sizeof both, NULL, 0) == 0);
}

bool
seal_key_put(uint8_t sealed[SEAL_SEALED_KEY_SIZE],
    const uint8_t public_key[SEAL_KEY_SIZE],
    const uint8_t key[SEAL_DATA_KEY_SIZE], const uint8_t seed[SEAL_SEED_SIZE])
{
	uint8_t nonce[crypto_box_NONCEBYTES];
	struct seal_keys ephemeral;
	bool is_sealed;

	seal_keys_make(&ephemeral, seed);
	box_nonce(nonce, ephemeral.public_key, public_key);
	memcpy(sealed, ephemeral.public_key, SEAL_KEY_SIZE);
	is_sealed = crypto_box_easy(sealed + SEAL_KEY_SIZE, key, DATA_KEY_SIZE,
			nonce, public_key, ephemeral.secret_key) == 0;
	if (!is_sealed)
		memset(sealed, 0, SEALED_KEY_SIZE);
	sodium_memzero(&ephemeral, sizeof ephemeral);
	return is_sealed;
}

bool
seal_key_open(uint8_t key[SEAL_DATA_KEY_SIZE],
    const uint8_t sealed[SEAL_SEALED_KEY_SIZE], const struct seal_keys *keys)
{
	return crypto_box_seal_open(key, sealed, SEALED_KEY_SIZE,
		   keys->public_key, keys->secret_key) == 0;
}

/* To a key that is none (a point of small order) nothing can be sealed: its
 * slot holds zeros, which nobody opens. */
static void
slot_put(uint8_t slot[SLOT_SIZE], const uint8_t recipient[SEAL_KEY_SIZE],
    const uint8_t data_key[DATA_KEY_SIZE], const uint8_t seed[SEAL_SEED_SIZE])
{
	struct hash id = key_id_of(recipient);

	memcpy(slot, id.at, KEY_ID_SIZE);
	(void)seal_key_put(slot + KEY_ID_SIZE, recipient, data_key, seed);
}

static size_t
aad_put(uint8_t aad[AAD_MAX], struct bytes front, const struct hash *commit)
{
	size_t len = sizeof blob_label - 1;

	memcpy(aad, blob_label, len);
	memcpy(aad + len, front.at, front.len);
	len += front.len;
	memcpy(aad + len, commit->at, HASH_SIZE);
	return len + HASH_SIZE;
}

/* All up to the ciphertext; returns its length. */
static size_t
front_put(uint8_t *blob, const uint8_t (*keys)[SEAL_KEY_SIZE], unsigned count,
    const uint8_t chance[SEAL_CHANCE_SIZE])
{
	size_t len = SLOTS_AT;

	blob[0] = VERSION;
	blob[1] = (uint8_t)count;
	for (unsigned i = 0; i < count; i++) {
		slot_put(blob + len, keys[i], chance + CHANCE_KEY,
		    chance + CHANCE_SEEDS + (size_t)i * SEAL_SEED_SIZE);
		len += SLOT_SIZE;
	}
	memcpy(blob + len, chance + CHANCE_NONCE, NONCE_SIZE);
	return len + NONCE_SIZE;
}

/* salt | text | 0x80 | zeros; returns the length. */
static size_t
plain_put(uint8_t plain[SEAL_BLOB_MAX], struct bytes text,
    const uint8_t salt[SALT_SIZE])
{
	size_t len = 0;

	memcpy(plain, salt, SALT_SIZE);
	if (text.len > 0)
		memcpy(plain + SALT_SIZE, text.at, text.len);
	CHECK(sodium_pad(&len, plain, SALT_SIZE + text.len, BLOCK_SIZE,
		  SEAL_BLOB_MAX) == 0);
	return len;
}

void
seal_put(struct sealed *sealed, struct bytes text,
    const uint8_t (*keys)[SEAL_KEY_SIZE], unsigned count,
    const uint8_t chance[SEAL_CHANCE_SIZE])
{
	uint8_t plain[SEAL_BLOB_MAX], aad[AAD_MAX];
	unsigned long long cipher_len = 0;
	size_t plain_len, front_len, aad_len;

	CHECK(count >= 1 && count <= SEAL_RECIPIENTS_MAX);
	CHECK(text.len <= SEAL_TEXT_MAX);
	plain_len = plain_put(plain, text, chance + CHANCE_SALT);
	sealed->commit = commit_of(bytes_of(plain, plain_len));
	front_len = front_put(sealed->blob, keys, count, chance);
	aad_len =
	    aad_put(aad, bytes_of(sealed->blob, front_len), &sealed->commit);
	CHECK(
	    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed->blob + front_len,
		&cipher_len, plain, plain_len, aad, aad_len, NULL,
		chance + CHANCE_NONCE, chance + CHANCE_KEY) == 0);
	sodium_memzero(plain, sizeof plain);
	sealed->blob_len = front_len + cipher_len;
	sealed->blob_hash =
	    seal_blob_hash(bytes_of(sealed->blob, sealed->blob_len));
}

struct hash
seal_blob_hash(struct bytes blob)
{
	return labelled(blob_label, blob);
}

bool
seal_blob_is_valid(struct bytes blob)
{
	size_t rest;

	if (blob.len < SLOTS_AT || blob.len > SEAL_BLOB_MAX ||
	    blob.at[0] != VERSION || blob.at[1] < 1 ||
	    blob.at[1] > SEAL_RECIPIENTS_MAX)
		return false;
	rest =
	    SLOTS_AT + (size_t)blob.at[1] * SLOT_SIZE + NONCE_SIZE + TAG_SIZE;
	return blob.len > rest && (blob.len - rest) % BLOCK_SIZE == 0;
}

/* ERR_DENIED: no slot is for this key; ERR_INVALID: it is damaged. */
static enum err
data_key_find(uint8_t data_key[DATA_KEY_SIZE], struct bytes blob,
    const struct seal_keys *keys)
{
	struct hash id = key_id_of(keys->public_key);
	const uint8_t *slot = blob.at + SLOTS_AT;
	enum err err = ERR_DENIED;

	for (unsigned i = 0; i < blob.at[1]; i++, slot += SLOT_SIZE) {
		if (memcmp(slot, id.at, KEY_ID_SIZE) != 0)
			continue;
		if (seal_key_open(data_key, slot + KEY_ID_SIZE, keys))
			return OK;
		err = ERR_INVALID;
	}
	return err;
}

static enum err
plain_open(uint8_t plain[SEAL_BLOB_MAX], size_t *len, struct bytes blob,
    const struct hash *commit, const uint8_t data_key[DATA_KEY_SIZE])
{
	size_t front_len =
	    SLOTS_AT + (size_t)blob.at[1] * SLOT_SIZE + NONCE_SIZE;
	unsigned long long plain_len = 0;
	uint8_t aad[AAD_MAX];
	size_t aad_len = aad_put(aad, bytes_of(blob.at, front_len), commit);

	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &plain_len, NULL,
		blob.at + front_len, blob.len - front_len, aad, aad_len,
		blob.at + front_len - NONCE_SIZE, data_key) != 0)
		return ERR_INVALID;
	*len = plain_len;
	return OK;
}

/* The writer may have sealed anything: the commit is recomputed, and the
 * padding must be the one that seal_put makes. */
static enum err
text_take(
    uint8_t *text, size_t *len, struct bytes plain, const struct hash *commit)
{
	struct hash hash = commit_of(plain);
	size_t unpadded = 0;

	if (!hash_equal(&hash, commit) ||
	    sodium_unpad(&unpadded, plain.at, plain.len, BLOCK_SIZE) != 0 ||
	    unpadded < SALT_SIZE)
		return ERR_INVALID;
	*len = unpadded - SALT_SIZE;
	memcpy(text, plain.at + SALT_SIZE, *len);
	return OK;
}

enum err
seal_open(uint8_t *text, size_t *len, struct bytes blob,
    const struct hash *commit, const struct seal_keys *keys)
{
	uint8_t data_key[DATA_KEY_SIZE], plain[SEAL_BLOB_MAX];
	size_t plain_len = 0;
	enum err err;

	if (!seal_blob_is_valid(blob))
		return ERR_INVALID;
	err = data_key_find(data_key, blob, keys);
	if (err == OK)
		err = plain_open(plain, &plain_len, blob, commit, data_key);
	if (err == OK)
		err = text_take(text, len, bytes_of(plain, plain_len), commit);
	sodium_memzero(data_key, sizeof data_key);
	sodium_memzero(plain, sizeof plain);
	return err;
}

enum { WORD_PARTS = 5 };

static void
word_parts(struct bytes parts[WORD_PARTS], const struct recipients_word *word,
    uint8_t version[4])
{
	be32_put(version, word->version);
	parts[0] = bytes_of_text(recipients_label);
	parts[1] = bytes_of_text(word->origin);
	parts[2] = bytes_of_text("\n");
	parts[3] = bytes_of(version, 4);
	parts[4] = bytes_of(word->rows_sha256, HASH_SIZE);
}

void
recipients_sign(uint8_t signature[SIGNATURE_SIZE],
    const struct recipients_word *word, const struct sign_keys *keys)
{
	struct bytes parts[WORD_PARTS];
	uint8_t version[4];

	word_parts(parts, word, version);
	sign_parts(signature, parts, WORD_PARTS, keys);
}

bool
recipients_sign_is_valid(const uint8_t signature[SIGNATURE_SIZE],
    const struct recipients_word *word, const uint8_t sign_key[SIGN_KEY_SIZE])
{
	struct bytes parts[WORD_PARTS];
	uint8_t version[4];

	word_parts(parts, word, version);
	return sign_is_valid(signature, parts, WORD_PARTS, sign_key);
}
