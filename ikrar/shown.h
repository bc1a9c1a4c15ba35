/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How foreign text is shown: what is not a printable character never reaches
 * the terminal as it is.
 */
#ifndef IKRAR_SHOWN_H
#define IKRAR_SHOWN_H

#include "core/bytes.h"

/* Adds the text with `before` at the start of each line; a last line without
 * end gets one. Controls, marks that nobody sees, bytes that are no UTF-8 and
 * the backslash itself are written \t, \x1b, \u{202e}, \\. */
void shown_put(struct text_buf *out, struct bytes text, const char *before);

#endif
