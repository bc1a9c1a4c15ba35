/* SPDX-License-Identifier: Apache-2.0 */
/* A log keeps its key but not its name when it is recovered from a backup:
 * heads and receipts may be signed under any epoch of it. */
#ifndef IKRAR_ANY_EPOCH_H
#define IKRAR_ANY_EPOCH_H

#include "trust/note.h"

/* Are both names of one log, in whatever epoch? */
bool any_epoch_is_same(const char *name, const char *other);
/* Is `name` of a later epoch than `other`? */
bool any_epoch_is_later(const char *name, const char *other);
/* checkpoint_open, by any name of the log. */
enum err any_epoch_open(struct checkpoint *head, struct bytes text,
    const char *name, const uint8_t key[SIGN_KEY_SIZE]) MUST_CHECK;

#endif
