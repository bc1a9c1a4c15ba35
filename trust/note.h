/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint). Pure.
 * A checkpoint's text is origin, size and base64 root, a line each; the key
 * name is the origin.
 */
#ifndef TRUST_NOTE_H
#define TRUST_NOTE_H

#include "trust/sign.h"

enum {
	NOTE_ORIGIN_MAX = 64,
	NOTE_CHECKPOINT_MAX = 512, /* signed, with the terminating NUL */
	NOTE_VKEY_MAX = 160,
	NOTE_OPEN_MAX = 16384, /* with the signatures of others */
	NOTE_SIGNATURES_MAX = 16,
	NOTE_TEXT_MAX = 256 * 1024, /* of a note that is no checkpoint */
};

struct checkpoint {
	char origin[NOTE_ORIGIN_MAX];
	uint64_t size;
	struct hash root;
};

/* The signed text, terminated. */
void checkpoint_sign(char text[NOTE_CHECKPOINT_MAX],
    const struct checkpoint *checkpoint, const struct sign_keys *keys);
/* ERR_INVALID: malformed, another origin, or no valid signature by the key
 * (other signatures are allowed and ignored). Not logged. */
enum err checkpoint_open(struct checkpoint *checkpoint, const char *text,
    size_t len, const char *origin,
    const uint8_t public_key[SIGN_KEY_SIZE]) MUST_CHECK;

/* Any other text: the signature is added to it. It ends with a newline, is
 * clean UTF-8 and no checkpoint: its first line is not the name. */
void note_sign(
    struct text_buf *text, const char *name, const struct sign_keys *keys);
/* Length of the text that the key signed, at the start of the note.
 * ERR_INVALID: malformed, or no valid signature by the key. */
enum err note_open(size_t *text_len, const char *note, size_t len,
    const char *name, const uint8_t public_key[SIGN_KEY_SIZE]) MUST_CHECK;

/* "<name>+<hash>+<base64>": a key as the note's tools write it. */
void note_vkey(char text[NOTE_VKEY_MAX], const char *name,
    const uint8_t public_key[SIGN_KEY_SIZE]);
enum err note_vkey_open(const char *text, char name[NOTE_ORIGIN_MAX],
    uint8_t public_key[SIGN_KEY_SIZE]) MUST_CHECK;

#endif
