/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every sentence that a message is made of, in Indonesian and in English, in
 * one table; and the words that stand in verdicts as codes, for people. Pure.
 */
#ifndef NOTIFIER_SENTENCE_H
#define NOTIFIER_SENTENCE_H

#include "core/bytes.h"

enum language { LANGUAGE_ID, LANGUAGE_EN };

enum sentence {
	SAY_DRILL_TAG,
	SAY_DRILL,
	SAY_OPENED,
	SAY_RAISED,
	SAY_CORRECTED,
	SAY_WITHDRAWN,
	SAY_RESOLVED,
	SAY_HEAD_UNSIGNED,
	SAY_SHORT_READ,
	SAY_SHORT_HEAD,
	SAY_SHORT_SHARE,
	SAY_HEAD_REPEAT,
	SAY_HEAD_UNSIGNED_END,
	SAY_HEAD_REPEAT_END,
	SAY_TO,
	SAY_TO_TERM,
	SAY_IS_OPENED,
	SAY_IS_RAISED,
	SAY_IS_CORRECTED,
	SAY_IS_WITHDRAWN,
	SAY_IS_RESOLVED,
	SAY_REASON,
	SAY_FIRST_HEARD,
	SAY_NO_HEAD_SEAT,
	SAY_NO_TERM,
	SAY_ALLEGATION,
	SAY_RULE,
	SAY_OBJECT,
	SAY_OBJECT_BARE,
	SAY_CAMPAIGN,
	SAY_CAMPAIGN_BARE,
	SAY_MEASURE_READ,
	SAY_MEASURE_HEAD,
	SAY_MEASURE_SHARE,
	SAY_OCCASION,
	SAY_WINDOW,
	SAY_AS_OF,
	SAY_FIGURES,
	SAY_FIGURES_BEFORE,
	SAY_EXPECTED,
	SAY_ON_TIME,
	SAY_LATE,
	SAY_UNSIGNED,
	SAY_UNHEARD,
	SAY_REPORTED,
	SAY_VERIFIED,
	SAY_SOURCES,
	SAY_THRESHOLD_UNITS,
	SAY_THRESHOLD_SHARE,
	SAY_THRESHOLD_REPORTS,
	SAY_UNITS_UNSIGNED,
	SAY_UNITS_REPEAT,
	SAY_UNITS_REMOVED,
	SAY_UNITS_MORE,
	SAY_UNITS_STRUCK,
	SAY_UNITS_ABOVE,
	SAY_ASK,
	SAY_ASK_ADMIN_UNSIGNED,
	SAY_ASK_ADMIN_OVERDUE,
	SAY_ASK_HEAD_UNSIGNED,
	SAY_UNTIL_LOCK,
	SAY_UNTIL_CLOSED,
	SAY_ASK_ADMIN_REPEAT,
	SAY_ASK_HEAD_REPEAT,
	SAY_ASK_CORRECTED,
	SAY_ASK_WITHDRAWN,
	SAY_ASK_RESOLVED,
	SAY_ACKNOWLEDGE,
	SAY_WHY,
	SAY_REFERENCE,
	SAY_TEST_TAG,
	SAY_TEST_HEAD,
	SAY_TEST,
	SAY_TEST_LEAD,
	SAY_TEST_SENT,
	SAY_TEST_ASK,
	SAY_TEST_REFERENCE,
	SAY_TEST_BRIEF,
	SAY_CUT,
	SAY_BRIEF_OPENED,
	SAY_BRIEF_RAISED,
	SAY_BRIEF_CORRECTED,
	SAY_BRIEF_WITHDRAWN,
	SAY_BRIEF_RESOLVED,
	SAY_BRIEF_UNSIGNED,
	SAY_BRIEF_REPEAT,
	SAY_BRIEF_ASK_ADMIN_UNSIGNED,
	SAY_BRIEF_ASK_HEAD_UNSIGNED,
	SAY_BRIEF_ASK_ADMIN_REPEAT,
	SAY_BRIEF_ASK_HEAD_REPEAT,
	SAY_BRIEF_ASK_CORRECTED,
	SAY_BRIEF_ASK_WITHDRAWN,
	SAY_BRIEF_ASK_RESOLVED,
	SAY_BRIEF_REFERENCE,
	SAY_COUNT,
};

enum { SENTENCE_ARGUMENTS_MAX = 4 };

/* Adds the sentence; {1}..{4} in it become the arguments, {1s} an s unless the
 * first is one. Without a line's end. */
void sentence_add(struct text_buf *out, enum language language,
    enum sentence sentence, const char *const *arguments);
#define SAY(out, language, sentence, ...)     \
	sentence_add(out, language, sentence, \
	    (const char *const[SENTENCE_ARGUMENTS_MAX]){__VA_ARGS__})

/* A word that a verdict gives as a reason. One that is not in the table is not
 * repeated. */
const char *sentence_reason(enum language language, const char *word);

/* "grace_end", "due-7d": the point of a campaign, in words. */
void sentence_add_occasion(
    struct text_buf *out, enum language language, const char *word);

/* Breaks `text` at spaces so that no line is longer than 72 characters; lines
 * behind the first begin with `indent` blanks. Ends with a line's end. */
void sentence_wrap(struct text_buf *out, const char *text, unsigned indent);

#endif
