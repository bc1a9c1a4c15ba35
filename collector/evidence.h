/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this node keeps against the region: signed heads that contradict those
 * which it had verified before. Handed out as one text, whole: both notes are
 * signed by the region's own key, so whoever reads it need not trust the node.
 */
#ifndef COLLECTOR_EVIDENCE_H
#define COLLECTOR_EVIDENCE_H

#include "collector/home.h"

struct evidence_words {
	struct home_words home;
	char *out; /* file to be made, or NULL: standard output */
};

/* The exit code. Without evidence it says so and writes no file. */
int evidence_print(const struct evidence_words *words);

#endif
