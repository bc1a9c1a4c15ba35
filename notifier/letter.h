/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an office reads: a verdict as a subject and a plain text, in the seat's
 * language first and then in the other. Pure. It says rule, figures, age of
 * the data, which units, what is asked of whom, and why this seat was told; it
 * holds no person's name and keeps reported and verified apart.
 */
#ifndef NOTIFIER_LETTER_H
#define NOTIFIER_LETTER_H

#include "notifier/route.h"

enum { LETTER_SUBJECT_MAX = 512, LETTER_SHORT_ID = 8 /* hex digits */ };

struct letter_input {
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
	const char *ack_url; /* where to say that one knows; NULL: nowhere */
};

struct letter {
	char subject[LETTER_SUBJECT_MAX];
	char summary_id[LETTER_SUBJECT_MAX]; /* one line each */
	char summary_en[LETTER_SUBJECT_MAX];
	struct text_buf body; /* lines end with a line feed */
};

void letter_write(struct letter *letter, const struct letter_input *input);
void letter_clear(struct letter *letter);

/* opened, raised, corrected, withdrawn, resolved. */
const char *letter_kind_word(enum event_kind kind);
bool letter_is_end(enum event_kind kind);

#endif
