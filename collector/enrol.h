/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Becoming a node: keys first, then an invitation is turned in, over the link
 * or by a file that is carried. All can be given twice without harm. Exit codes
 * are returned.
 */
#ifndef COLLECTOR_ENROL_H
#define COLLECTOR_ENROL_H

#include "collector/home.h"

int enrol_init(const struct home_words *words);
/* `code` "-": read from standard input, where no other user of the computer
 * sees it in the list of processes; NULL: asked for on a terminal. */
int enrol_join(const struct home_words *words, const char *code);

struct letter_words {
	struct home_words home;
	char *request, *answer; /* a file to write; a file to read */
};
/* One of the two is given. */
int enrol_letter(const struct letter_words *words, const char *code);

#endif
