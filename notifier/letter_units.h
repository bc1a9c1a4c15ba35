/* SPDX-License-Identifier: Apache-2.0 */
/* The units that a verdict names, and those that are no longer among them. */
#ifndef NOTIFIER_LETTER_UNITS_H
#define NOTIFIER_LETTER_UNITS_H

#include "notifier/block.h"
#include "notifier/letter.h"

/* Without `names_units` the list is only referred to. */
void letter_units_put(struct blocks *out, enum language language,
    const struct letter_input *input, bool names_units);

#endif
