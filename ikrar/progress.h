/* SPDX-License-Identifier: Apache-2.0 */
/* How far a long command is, on one line of a terminal that is wiped at the
 * end. Where standard error is no terminal nothing is written. */
#ifndef IKRAR_PROGRESS_H
#define IKRAR_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	uint64_t all;   /* 0: not known */
	unsigned shown; /* percent */
	bool is_shown;  /* to a terminal */
};

void progress_open(struct progress *progress, uint64_t all);
/* `beside` is a word more, or empty. */
void progress_at(struct progress *progress, uint64_t done, const char *beside);
/* Wipes the line: before other output, and at the end. */
void progress_wipe(struct progress *progress);

#endif
