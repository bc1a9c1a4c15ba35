/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt of one record, to be printed on paper and handed out, and as the
 * file that others verify.
 */
#ifndef COLLECTOR_RECEIPT_H
#define COLLECTOR_RECEIPT_H

#include "collector/home.h"

enum { RECEIPT_LATER_EXIT = 75 }; /* not received yet: come back */

struct receipt_words {
	struct home_words home;
	char *out; /* file to be made, or NULL */
};

/* The exit code. What is printed has been verified again. */
int receipt_print(const struct receipt_words *words, const char *seq);

#endif
