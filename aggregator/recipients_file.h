/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that `ikrar key new` and `ikrar recipients sign` write on the
 * inspectorate's machine, as they come in on a stick (model/recipients.h), and
 * the fingerprints that people compare: the head of the hash of a row, or of
 * all rows.
 */
#ifndef AGGREGATOR_RECIPIENTS_FILE_H
#define AGGREGATOR_RECIPIENTS_FILE_H

#include "model/recipients.h"

/* One recipient. ERR_INVALID (told). */
enum err recipients_file_key(
    struct recipient_row *row, const char *path) MUST_CHECK;
/* The part is filled; the signature is not verified. ERR_INVALID (told). */
enum err recipients_file_change(
    struct recipients_change *change, const char *path) MUST_CHECK;

/* Fills the part, from the rows. */
void recipients_number(struct recipients_changed *changed, uint32_t version);

enum { FINGERPRINT_TEXT = 2 * RECIPIENTS_PIN_BYTES + 1 };
void recipient_fingerprint(
    char text[FINGERPRINT_TEXT], const struct recipient_row *row);
void recipients_fingerprint(
    char text[FINGERPRINT_TEXT], const struct recipients_changed *changed);

#endif
