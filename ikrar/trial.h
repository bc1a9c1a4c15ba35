/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log's history under other rules: its recorded inputs at their recorded
 * times, judged by these rules from some moment on. Of the recorded verdicts
 * and changes of rules none is looked at from then on.
 *
 * Under other rules other timers are due, so where the log has no Ticked for
 * one that is due, one is put in front of the next input, as the region would
 * have done. And there are other verdicts, so entries have other indices: what
 * a node had seen of the log is counted in the entries of this history.
 *
 * What people and nodes would have done otherwise (a letter that was not sent,
 * a report that nobody wanted) is not guessed.
 */
#ifndef IKRAR_TRIAL_H
#define IKRAR_TRIAL_H

#include "ikrar/outcome.h"
#include "judge/judge.h"

struct trial;

/* The rows are copied. `from_ms` 0: instead of the log's first rules. */
struct trial *trial_new(
    const struct rule_row *rows, uint32_t count, uint64_t from_ms);
void trial_free(struct trial *trial);

/* Each entry of a sound log in its order, verdicts too. */
void trial_take(struct trial *trial, const struct leaf *leaf);

/* When the rules came into force; UINT64_MAX: not yet. */
uint64_t trial_from_ms(const struct trial *trial);
const struct outcomes *trial_outcomes(const struct trial *trial);
const struct view *trial_view(const struct trial *trial);

#endif
