/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a clerk writes of people: a text of `key: value` lines, and last the
 * narrative, from `uraian:` to the end. Made canonical (the known keys in one
 * order) it is what gets sealed. Here alone it stands in clear, in memory that
 * the caller wipes; no sentence quotes a word of it.
 */
#ifndef COLLECTOR_SEALED_TEXT_H
#define COLLECTOR_SEALED_TEXT_H

#include "collector/sentence.h"
#include "trust/seal.h"

/* In the order of the canonical text. */
enum sealed_key {
	SEALED_NAMA,
	SEALED_NIP,
	SEALED_JABATAN,
	SEALED_TEMPAT,
	SEALED_WAKTU,
	SEALED_PELAPOR,
	SEALED_KONTAK,
	SEALED_URAIAN,
	SEALED_KEYS,
};
const char *sealed_key_word(enum sealed_key key);

enum { SEALED_FILE_MAX = 32768 };

struct sealed_text {
	unsigned keys; /* bit i: enum sealed_key i is there */
	size_t len;
	char at[SEAL_TEXT_MAX];
};

/* `file` is terminated behind its `len` bytes and is changed. ERR_INVALID:
 * `why` says in which line; `text` is wiped. */
enum err sealed_text_get(struct sealed_text *text, char *file, size_t len,
    struct sentence *why) MUST_CHECK;
void sealed_text_clear(struct sealed_text *text);

#endif
