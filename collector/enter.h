/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that record something. Each returns the exit code; on 0 the
 * record is on disk under the numbers of the last line it printed. Without
 * `yes` it asks first, and stores nothing when there is no answer.
 */
#ifndef COLLECTOR_ENTER_H
#define COLLECTOR_ENTER_H

#include "collector/source.h"

struct enter_words {
	struct home_words home;
	bool yes;
	struct pledge_words pledge;
	struct incident_words incident;
	char *reason, *reference; /* of a withdrawal */
};

int enter_pledge(const struct enter_words *words);
int enter_incident(const struct enter_words *words);
/* --unit and --act may be of either kind: they stand in `pledge`. */
int enter_correction(const struct enter_words *words, const char *seq);
int enter_withdrawal(const struct enter_words *words, const char *seq);

/* The content of a refused row as a new row. */
int enter_again(const struct enter_words *words, const char *seq);

/* A record's number as typed; tells what is wrong. */
enum err enter_seq(uint64_t *seq, const char *text) MUST_CHECK;

#endif
