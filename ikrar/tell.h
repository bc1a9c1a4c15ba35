/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a command did nothing and how to mend it, on standard error: one
 * sentence in Indonesian, then the same in English. Both take the same
 * arguments. And the way foreign text is shown: what is not a printable
 * character never reaches the terminal as it is.
 */
#ifndef IKRAR_TELL_H
#define IKRAR_TELL_H

#include "core/bytes.h"

/* What is not printable in an argument becomes question marks. */
void tell(const char *id, const char *en, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));

/* Adds the text with `before` at the start of each line; a last line without
 * end gets one. Controls, marks that nobody sees, bytes that are no UTF-8 and
 * the backslash itself are written \t, \x1b, \u{202e}, \\. */
void shown_put(struct text_buf *out, struct bytes text, const char *before);

#endif
