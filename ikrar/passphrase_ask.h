/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A passphrase from a person at the terminal, without echo, or from a file that
 * nobody else can read. Blocks on the person. Never from argv or the
 * environment. A process that asks writes no core from then on.
 */
#ifndef IKRAR_PASSPHRASE_ASK_H
#define IKRAR_PASSPHRASE_ASK_H

#include "core/bytes.h"

enum { PASSPHRASE_CHARACTERS_MIN = 12, PASSPHRASE_MAX = 1024 };

struct passphrase {
	size_t len;
	char at[PASSPHRASE_MAX];
};

/* `file` NULL: asks at /dev/tty; `is_new`: asks twice and wants at least
 * PASSPHRASE_CHARACTERS_MIN characters. The file's one line is taken without
 * its end. ERR_DENIED: not given, refused or unreadable; told. */
enum err passphrase_ask(
    struct passphrase *passphrase, const char *file, bool is_new) MUST_CHECK;
void passphrase_clear(struct passphrase *passphrase);

#endif
