/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules say about the view. Pure: the same view gives the same
 * verdicts, byte for byte.
 *
 * Live, and in a replay, an input goes like this:
 *     view_apply(view, input);
 *     judge_start(judge, view, input);
 *     while (judge_next(judge, view, &verdict))
 *             ... append the verdict behind its cause, view_apply it ...
 * A rebuild only applies: recorded verdicts are facts.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "judge/view.h"

struct judge;

struct judge *judge_new(void);
void judge_free(struct judge *judge);

/* `input` is the entry that was applied last, and not a verdict. */
void judge_start(
    struct judge *judge, const struct view *view, const struct entry *input);
/* The next verdict that holds now, as an own event ready to pack (no node, no
 * seq; recorded_at_ms is the input's received time; seen_* are zero; wilayah
 * is the region's). Its rows live until the next call. The caller applies it
 * to the view before it calls again. false: nothing more to say. */
bool judge_next(
    struct judge *judge, const struct view *view, struct event *verdict);

#endif
