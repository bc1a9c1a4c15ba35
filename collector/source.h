/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first room: what a clerk typed, or the rows of a CSV file, becomes
 * values of an event, or is refused with a sentence that says what is wrong
 * and how to mend it. What is doubtful but possible becomes a note for the
 * preview. Nothing is stored here.
 *
 * Codes and words are taken in upper or lower case. Units and campaigns are
 * checked against the node's slice of the roster; before that has arrived
 * they are taken unchecked, with a note.
 */
#ifndef COLLECTOR_SOURCE_H
#define COLLECTOR_SOURCE_H

#include "collector/home.h"
#include "collector/sentence.h"
#include "core/conf.h"

enum {
	SOURCE_UNITS_MAX = 2000,
	SOURCE_ERRORS_MAX = 20,
	SOURCE_NOTES_MAX = 20,
};

/* NULL or none: not given. */
struct pledge_words {
	char *campaign, *act, *form, *made, *points;
	char *template, *text, *sheet;
	struct conf_texts witnesses;
	struct conf_texts units; /* CODE[=pns:P/S,...][,head] */
	char *units_file;
};

struct incident_words {
	char *unit, *act, *happened, *known, *reported, *source, *subject;
	char *sealed; /* file of the sealed part: collector/sealing */
	struct conf_texts evidence;
};

/* A cell of a file that is refused. */
struct source_error {
	unsigned row;    /* line of the file, from 1 */
	unsigned column; /* from 1; 0: the whole row */
	struct sentence why;
};

struct source {
	struct home *home;
	struct sentence why; /* of the last ERR_INVALID */
	struct source_error *errors;
	size_t error_count; /* all found, also those beyond the array */
	struct sentence *notes;
	size_t note_count; /* the same */
	bool has_roster, has_campaigns;
	bool noted_roster;
};

void source_init(struct source *source, struct home *home);
void source_clear(struct source *source);
/* What the next note is written into. */
struct sentence *source_note(struct source *source);

/* One event per unit, all of one ceremony. The caller frees *events. On
 * ERR_INVALID `why` holds the sentence, and `errors` the cells. */
enum err source_pledges(struct source *source, const struct pledge_words *words,
    struct event **events, unsigned *count) MUST_CHECK;
enum err source_incident(struct source *source,
    const struct incident_words *words, struct incident *incident) MUST_CHECK;

/* What is given replaces what is there; at most one unit. */
enum err source_correct_pledge(struct source *source,
    const struct pledge_words *words, struct pledge *pledge) MUST_CHECK;
enum err source_correct_incident(struct source *source,
    const struct incident_words *words, struct incident *incident) MUST_CHECK;

enum err source_withdrawal(struct source *source, const char *reason,
    const char *reference, struct withdrawn *withdrawn) MUST_CHECK;

/* SHA-256 of the canonical sentences of I1..I4, each ended by a line feed:
 * what was read when no --text is given. */
void source_canonical_text(uint8_t sha256[EVENT_HASH_SIZE]);

#endif
