/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key of a recipient (the inspectorate) on its own machine: a text file of
 * three lines, in which the seed of both keys lies under a passphrase. Bytes:
 * docs/protocol.md, "Key file".
 *
 *     ikrar-penerima-1 WORD base64(seal key) base64(sign key)
 *     terkunci argon2id-3-256MiB base64(locked seed)
 *     check HEX
 */
#ifndef IKRAR_KEY_FILE_H
#define IKRAR_KEY_FILE_H

#include "model/recipients.h"
#include "trust/seal.h"

struct key_file {
	struct recipient_row row; /* what everybody may know */
	struct seal_keys seal;
	struct sign_keys sign;
};

enum { KEY_FILE_SEED_SIZE = 32 };

/* Both pairs, from the seed; `id` is a word (WORD_MAX). */
void key_file_derive(struct key_file *key, const char *id,
    const uint8_t seed[KEY_FILE_SEED_SIZE]);
void key_file_clear(struct key_file *key);

/* Draws a seed and writes `path` (0600) and `path`.pub; never over a file that
 * is there. All errors are told: ERR_DUP, ERR_IO, ERR_FULL (memory). */
enum err key_file_new(
    const char *path, const char *id, struct bytes passphrase) MUST_CHECK;
/* ERR_DUP, told: one of both is there already. */
enum err key_file_is_free(const char *path) MUST_CHECK;
/* All errors are told: ERR_NOTFOUND, ERR_IO, ERR_INVALID (no key file, or
 * damaged), ERR_DENIED (another passphrase), ERR_FULL (memory). */
enum err key_file_open(
    struct key_file *key, const char *path, struct bytes passphrase) MUST_CHECK;

/* The public line of `path`: FILE.pub or the key file itself. Told. */
enum err key_file_public(
    struct recipient_row *row, const char *path) MUST_CHECK;

/* SHA-256 of the rows, packed, in this order: the part.sha256 of the set. */
struct hash recipients_hash(const struct recipient_row *rows, unsigned count);

#endif
