/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message in the 160 characters of one SMS: rule, where, figures, who is
 * unheard, what to do, reference. Only characters that take one place in the
 * alphabet of every phone (GSM 03.38), so that it stays one SMS. Pure.
 */
#ifndef NOTIFIER_BRIEF_H
#define NOTIFIER_BRIEF_H

#include "notifier/letter.h"
#include "notifier/sentence.h"

/* Names are cut, figures never. */
void brief_write(char out[LETTER_BRIEF_MAX], enum language language,
    const struct letter_input *input);

#endif
