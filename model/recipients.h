/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recipients of sealed parts as text, the way people hand them on: one line for
 * each recipient (FILE.pub), and the signed change of a set as a file of such
 * lines. Pure. Bytes: docs/protocol.md, "Recipients".
 *
 *     ikrar-penerima-1 WORD base64(seal key) base64(sign key)
 *
 *     ikrar-perubahan-penerima-1 ORIGIN VERSION
 *     ikrar-penerima-1 ...                           1 to 8 lines
 *     signed base64(signer) base64(signature)
 */
#ifndef MODEL_RECIPIENTS_H
#define MODEL_RECIPIENTS_H

#include "model/event.h"

enum {
	RECIPIENT_LINE_MAX = 160,
	RECIPIENTS_TEXT_MAX = 2048, /* a change file's, at most */
	/* Of a set's part.sha256, what people compare: its fingerprint. */
	RECIPIENTS_PIN_BYTES = 16,
	RECIPIENTS_PIN_TEXT = RECIPIENTS_PIN_BYTES / 2 * 5,
};

/* "3f2a 91c0 ...": a fingerprint in groups of four digits, to be read out. */
void recipients_pin_put(
    char text[RECIPIENTS_PIN_TEXT], const uint8_t pin[RECIPIENTS_PIN_BYTES]);

/* Ends with a line feed. The row must pass recipient_row_check. */
void recipient_line_put(
    char line[RECIPIENT_LINE_MAX], const struct recipient_row *row);
/* That line and nothing else; a missing line feed or CR LF is forgiven.
 * ERR_INVALID: anything else. Not logged. */
enum err recipient_line_get(
    struct recipient_row *row, struct bytes text) MUST_CHECK;

struct recipients_change {
	char origin[ORIGIN_MAX];
	struct recipients_changed body; /* is_signed; part 1 of 1 */
};

/* Can it stand in such a file: printable ASCII, no space, not empty? */
bool recipients_origin_is_valid(const char *origin);

void recipients_change_put(
    struct text_buf *text, const struct recipients_change *change);
/* part.sha256 stays zeros: it is the reader's to work out, and the signature
 * to verify. ERR_INVALID: malformed. Not logged. */
enum err recipients_change_get(
    struct recipients_change *change, struct bytes text) MUST_CHECK;

#endif
