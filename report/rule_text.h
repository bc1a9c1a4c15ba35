/* SPDX-License-Identifier: Apache-2.0 */
/* A rule of alerts in words, from the row that the log holds: for people who
 * have never seen its YAML. Pure. */
#ifndef REPORT_RULE_TEXT_H
#define REPORT_RULE_TEXT_H

#include "model/event.h"

enum tongue { TONGUE_ID, TONGUE_EN };

/* Sentences, without a line's end. */
void rule_text_add(
    struct text_buf *out, enum tongue tongue, const struct rule_row *rule);
/* "7 hari sebelum tenggat": a mark of unsigned_units. */
void rule_text_add_mark(
    struct text_buf *out, enum tongue tongue, const struct mark *mark);
/* The word of a catalog for people; empty: there is none. */
const char *rule_text_word(
    enum tongue tongue, unsigned catalog, uint32_t number);

#endif
