/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A secret under a passphrase: argon2id with libsodium's MODERATE limits
 * (3 passes over 256 MiB, about a second), then XSalsa20-Poly1305. Pure; chance
 * is an argument. Bytes: docs/protocol.md, "Key file".
 *
 *     locked = salt(16) | nonce(24) | secretbox(secret)
 */
#ifndef TRUST_PASSPHRASE_H
#define TRUST_PASSPHRASE_H

#include "core/bytes.h"

enum {
	PASSPHRASE_SECRET_SIZE = 32,
	PASSPHRASE_CHANCE_SIZE = 16 + 24, /* salt, nonce */
	PASSPHRASE_LOCKED_SIZE =
	    PASSPHRASE_CHANCE_SIZE + 16 + PASSPHRASE_SECRET_SIZE,
};

/* ERR_FULL: this machine has not the memory. Not logged. */
enum err passphrase_lock(uint8_t locked[PASSPHRASE_LOCKED_SIZE],
    const uint8_t secret[PASSPHRASE_SECRET_SIZE], struct bytes passphrase,
    const uint8_t chance[PASSPHRASE_CHANCE_SIZE]) MUST_CHECK;
/* ERR_DENIED: another passphrase, or damaged. ERR_FULL as above. */
enum err passphrase_unlock(uint8_t secret[PASSPHRASE_SECRET_SIZE],
    const uint8_t locked[PASSPHRASE_LOCKED_SIZE],
    struct bytes passphrase) MUST_CHECK;

#endif
