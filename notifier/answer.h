/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of one attempt, whichever way it went. It holds no address, no
 * URL and nothing that the other side wrote, so that it may be logged and
 * told.
 */
#ifndef NOTIFIER_ANSWER_H
#define NOTIFIER_ANSWER_H

#include "model/event.h"

enum { ANSWER_WAIT_MAX_S = 24 * 3600 };

enum answer_outcome {
	ANSWER_TAKEN,    /* the other side has it */
	ANSWER_LATER,    /* nobody there, too slow, or busy */
	ANSWER_DECLINED, /* a lasting no to this message */
	ANSWER_GONE,     /* nobody is to send there any more */
};

struct answer {
	enum answer_outcome outcome;
	char word[WORD_MAX]; /* smtp-250, http-503, exit-75, no-connection */
	/* The other side wants less of us: its other messages wait too. */
	bool is_busy;
	/* So long it wants us to wait, at most ANSWER_WAIT_MAX_S; 0: it did not
	 * say. */
	uint64_t wait_ms;
};
typedef void (*answer_fn)(void *context, const struct answer *answer);

#endif
