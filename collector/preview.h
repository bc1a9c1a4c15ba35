/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What will be stored, shown before it is: Indonesian first. Pure text; the
 * question is asked by collector/enter.
 */
#ifndef COLLECTOR_PREVIEW_H
#define COLLECTOR_PREVIEW_H

#include "collector/record.h"
#include "collector/sealing.h"
#include "collector/source.h"

enum { PREVIEW_UNITS_MAX = 100 };

/* One ceremony: every unit by name, totals, then the notes. */
void preview_pledges(struct text_buf *out, struct home *home,
    const struct event *events, unsigned count);
void preview_incident(
    struct text_buf *out, struct home *home, const struct incident *incident);
/* Never a word of it: its size, which keys it has, who can open it. */
void preview_sealed(struct text_buf *out, const struct sealing *sealing);
/* Only what changes. Returns how many fields do. */
unsigned preview_correction(struct text_buf *out, struct home *home,
    const struct record *old, const struct corrected *new);
void preview_withdrawal(struct text_buf *out, struct home *home,
    const struct record *record, const struct withdrawn *withdrawn);
void preview_notes(struct text_buf *out, const struct source *source);

#endif
