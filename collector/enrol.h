/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming a node: keys first, then an invitation is turned in. Both commands
 * can be given twice without harm. Exit codes are returned.
 */
#ifndef COLLECTOR_ENROL_H
#define COLLECTOR_ENROL_H

#include "collector/home.h"

int enrol_init(const struct home_words *words);
/* `code` "-": read from standard input, where no other user of the computer
 * sees it in the list of processes; NULL: asked for on a terminal. */
int enrol_join(const struct home_words *words, const char *code);

#endif
