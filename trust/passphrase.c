/* SPDX-License-Identifier: Apache-2.0 */
/* sodium_init is not called: see trust/seal.c. */
#include "trust/passphrase.h"

#include <string.h>

#include <sodium.h>

enum {
	SALT_SIZE = crypto_pwhash_argon2id_SALTBYTES,
	NONCE_SIZE = crypto_secretbox_NONCEBYTES,
	KEY_SIZE = crypto_secretbox_KEYBYTES,
	BOX_AT = SALT_SIZE + NONCE_SIZE,
	BOX_SIZE = crypto_secretbox_MACBYTES + PASSPHRASE_SECRET_SIZE,
};

_Static_assert((int)BOX_AT == PASSPHRASE_CHANCE_SIZE, "salt and nonce");
_Static_assert(BOX_AT + BOX_SIZE == PASSPHRASE_LOCKED_SIZE, "and the box");

static enum err
key_make(uint8_t key[KEY_SIZE], struct bytes passphrase,
    const uint8_t salt[SALT_SIZE])
{
	if (crypto_pwhash_argon2id(key, KEY_SIZE, (const char *)passphrase.at,
		passphrase.len, salt, crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
		crypto_pwhash_argon2id_MEMLIMIT_MODERATE,
		crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
		return ERR_FULL;
	return OK;
}

enum err
passphrase_lock(uint8_t locked[PASSPHRASE_LOCKED_SIZE],
    const uint8_t secret[PASSPHRASE_SECRET_SIZE], struct bytes passphrase,
    const uint8_t chance[PASSPHRASE_CHANCE_SIZE])
{
	uint8_t key[KEY_SIZE];
	enum err err = key_make(key, passphrase, chance);

	if (err != OK)
		return err;
	memcpy(locked, chance, PASSPHRASE_CHANCE_SIZE);
	CHECK(crypto_secretbox_easy(locked + BOX_AT, secret,
		  PASSPHRASE_SECRET_SIZE, chance + SALT_SIZE, key) == 0);
	sodium_memzero(key, sizeof key);
	return OK;
}

enum err
passphrase_unlock(uint8_t secret[PASSPHRASE_SECRET_SIZE],
    const uint8_t locked[PASSPHRASE_LOCKED_SIZE], struct bytes passphrase)
{
	uint8_t key[KEY_SIZE];
	enum err err = key_make(key, passphrase, locked);

	if (err != OK)
		return err;
	if (crypto_secretbox_open_easy(secret, locked + BOX_AT, BOX_SIZE,
		locked + SALT_SIZE, key) != 0)
		err = ERR_DENIED;
	sodium_memzero(key, sizeof key);
	return err;
}
