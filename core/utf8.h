/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters of UTF-8 text, one at a time, and which of them may be shown: the
 * same for names that come in and for lines that go out.
 */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

/* Takes one character off `*text`, which is terminated; UINT32_MAX: none. */
uint32_t utf8_next(const uint8_t **text);
/* Neither a control nor a mark that nobody sees. */
bool utf8_is_printable(uint32_t point);
/* Every byte of what may not be shown, or is no character, becomes '?'. */
void utf8_tame(char *text);

#endif
