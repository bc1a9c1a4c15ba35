/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a message says of alerts that are about nodes, cases and bursts of
 * reports: the kinds of rules whose words stand in one small table, beside the
 * two about units that letter.c writes out. Pure.
 */
#ifndef NOTIFIER_MATTER_H
#define NOTIFIER_MATTER_H

#include "notifier/block.h"
#include "notifier/letter.h"

/* Is it of one of these kinds? The others want it. */
bool matter_is(const struct verdict *verdict);
/* "simpul SIMPUL-4 tidak terdengar", without what stands before it. */
void matter_headline(struct text_buf *out, enum language language,
    const struct letter_input *input);
/* Since when, and in which step. */
void matter_lines(struct blocks *out, enum language language,
    const struct letter_input *input);
void matter_figures(struct blocks *out, enum language language,
    const struct letter_input *input);
/* What is asked while it is open. */
void matter_ask(struct text_buf *out, enum language language,
    const struct letter_input *input);
/* The same in a few words of plain letters, for a short message. */
const char *matter_brief_ask(
    enum language language, const struct letter_input *input);

#endif
