/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a message comes in this way: again, up the ladder, past somebody, to a
 * new holder of the seat. Pure.
 */
#ifndef NOTIFIER_REASON_H
#define NOTIFIER_REASON_H

#include "notifier/block.h"
#include "notifier/letter.h"

void reason_lines(struct blocks *out, enum language language,
    const struct letter_input *input);
/* So many units are the reader's own, and are not named. */
void reason_own(struct blocks *out, enum language language, unsigned count);

#endif
