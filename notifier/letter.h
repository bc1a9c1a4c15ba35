/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an office reads: a verdict as a subject, a plain text, the same as HTML
 * and in 160 characters, in the seat's language first and then in the other.
 * Pure. It says rule, figures, age of
 * the data, which units, what is asked of whom, and why this seat was told; it
 * holds no person's name and keeps reported and verified apart.
 */
#ifndef NOTIFIER_LETTER_H
#define NOTIFIER_LETTER_H

#include "notifier/route.h"

enum {
	LETTER_SUBJECT_MAX = 512,
	LETTER_SHORT_ID = 8, /* hex digits */
	LETTER_BRIEF_MAX = 160 + 1,
};

struct routes;

struct letter_input {
	enum event_kind kind; /* AlertOpened, ... */
	const struct verdict *verdict;
	uint64_t index; /* of its entry */
	const struct seat_row *seat;
	const char *term;
	const char *channel; /* by which it goes; of a trial message */
	const struct campaign_row *campaign; /* NULL: not known */
	enum route_note note;
	enum route_tone tone;
	uint32_t step; /* of the ladder, if escalated */
	/* Somebody held the seat before and was told then; 0: nobody. */
	uint64_t told_before_ms;
	const char *told_before; /* that term */
	/* Whose own units are which: those of the seat are only counted. NULL:
	 * nobody's. */
	const struct routes *routes;
	/* About nothing but the seat's own office by now: no figures, and none
	 * of its units. Only ends and corrections are told so. */
	bool is_past;
	bool is_drill;
	bool is_test;  /* a trial: the verdict only lends id and time */
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
	/* One short message each, of characters that every phone has. */
	char brief_id[LETTER_BRIEF_MAX], brief_en[LETTER_BRIEF_MAX];
	const char *brief;    /* that of the seat's language */
	struct text_buf body; /* lines end with a line feed */
	size_t first_len;     /* of the part in the seat's language */
	struct text_buf html; /* the whole, as a document */
};

void letter_write(struct letter *letter, const struct letter_input *input);
void letter_clear(struct letter *letter);

/* opened, raised, corrected, withdrawn, resolved. */
const char *letter_kind_word(enum event_kind kind);
bool letter_is_end(enum event_kind kind);

#endif
