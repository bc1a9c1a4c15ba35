/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom the sealed part of an incident is sealed to: the set in words, and the
 * command that shows it or pins it by a person's word.
 */
#ifndef COLLECTOR_RECIPIENTS_H
#define COLLECTOR_RECIPIENTS_H

#include "collector/home.h"
#include "collector/sentence.h"
#include "model/recipients.h"

enum {
	RECIPIENTS_NAMES_MAX = 512,
};

struct recipients_words {
	struct home_words home;
	char *confirm; /* fingerprint in hex */
};

/* Shows the set in force and the pin, or pins; the exit code. */
int recipients_show(const struct recipients_words *words);

/* Can be sealed at all? ERR_INVALID: `why` says what to do first. */
enum err recipients_check(const struct home *home,
    const struct spool_recipients *set, struct sentence *why) MUST_CHECK;
/* Of a set: the head of the SHA-256 of its packed rows. */
void recipients_fingerprint(
    uint8_t pin[RECIPIENTS_PIN_SIZE], const struct spool_recipients *set);
/* "insp-sulsel, insp-makassar" */
void recipients_names(
    char text[RECIPIENTS_NAMES_MAX], const struct spool_recipients *set);
/* The same of a sealed part, those who are not in the set by their key's id
 * in hex. Empty: it is no sealed part. */
void recipients_of_blob(char text[RECIPIENTS_NAMES_MAX], struct bytes blob,
    const struct spool_recipients *set);

#endif
