/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an office reads: a verdict as a subject and a plain text, in the seat's
 * language first and then in the other. Pure. It says rule, figures, age of
 * the data, which units, what is asked of whom, and why this seat was told; it
 * holds no person's name and keeps reported and verified apart.
 */
#ifndef NOTIFIER_MESSAGE_H
#define NOTIFIER_MESSAGE_H

#include "notifier/route.h"

enum { MESSAGE_SUBJECT_MAX = 512, MESSAGE_SHORT_ID = 8 /* hex digits */ };

struct message_input {
	enum event_kind kind; /* AlertOpened, ... */
	const struct verdict *verdict;
	uint64_t index; /* of its entry */
	const struct seat_row *seat;
	const char *term;
	const struct campaign_row *campaign; /* NULL: not known */
	enum route_note note;
	bool is_drill;
	bool is_first; /* this seat was not told of the alert's opening */
	/* Units that a later verdict has taken out: not to be named again. */
	const char (*struck)[CODE_MAX];
	unsigned struck_count;
};

struct message {
	char subject[MESSAGE_SUBJECT_MAX];
	char summary_id[MESSAGE_SUBJECT_MAX]; /* one line each */
	char summary_en[MESSAGE_SUBJECT_MAX];
	struct text_buf body; /* lines end with a line feed */
};

void message_write(struct message *message, const struct message_input *input);
void message_clear(struct message *message);

/* opened, raised, corrected, withdrawn, resolved. */
const char *message_kind_word(enum event_kind kind);
bool message_is_end(enum event_kind kind);

#endif
