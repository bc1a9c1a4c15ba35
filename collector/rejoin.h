/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `rejoin`: a new node takes the place of the one in DIR, after a new clerk, a
 * new PC, a lost key or a disk that was rolled back. The old one's keys and
 * records are kept aside, whole; what it had no receipt for is recorded anew.
 */
#ifndef COLLECTOR_REJOIN_H
#define COLLECTOR_REJOIN_H

#include "collector/home.h"

/* Exit code. Whatever ended it, it can be given again. `code` as in
 * enrol_join. */
int rejoin_run(const struct home_words *words, const char *code);

/* ERR_DENIED (told): one was cut short in DIR and must be given again. */
enum err rejoin_check(const char *dir) MUST_CHECK;

#endif
