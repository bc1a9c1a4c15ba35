/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An office's own words around the texts of mails, Telegram messages and short
 * messages: DIR/mail.id.txt, mail.en.txt, telegram.id.txt, telegram.en.txt,
 * exec.id.txt, exec.en.txt, by the language of the seat. A file that is not
 * there means the built-in text. {{text}} is that text and must stand in each
 * exactly once; {{subject}}, {{title}}, {{seat}}, {{rule}}, {{object}},
 * {{kind}} and {{entry}} may.
 *
 * All are checked when they are opened. A broken one costs no message: it goes
 * out in the built-in text, is counted, and the file is reported.
 */
#ifndef NOTIFIER_TEMPLATE_H
#define NOTIFIER_TEMPLATE_H

#include "notifier/contacts.h"
#include "notifier/letter.h"

enum {
	TEMPLATE_BYTES_MAX = 16384,
	TEMPLATE_FILE_MAX = 16, /* "telegram.id.txt" */
	TEMPLATE_WHY_MAX = 120,
	TELEGRAM_UNITS_MAX = 4096, /* of UTF-16, as Telegram counts */
};

struct template_fault {
	char file[TEMPLATE_FILE_MAX];
	char id[TEMPLATE_WHY_MAX], en[TEMPLATE_WHY_MAX];
};

struct templates;
/* NULL: no directory, all built in. Nothing is logged. */
struct templates *templates_open(const char *dir);
void templates_close(struct templates *templates);
/* The broken files. */
const struct template_fault *templates_faults(
    const struct templates *templates, unsigned *count);
/* Messages so far that went out in the built-in text because of a fault. */
uint64_t templates_fallbacks(const struct templates *templates);

/* The text of a mail, a Telegram message (cut to what Telegram takes) or a
 * short message (one line of at most 160 characters). */
void templates_put(struct templates *templates, struct text_buf *out,
    enum contact_kind kind, const struct letter_input *input,
    const struct letter *letter);
/* The HTML of a mail: the same words around the letter's. */
void templates_put_html(const struct templates *templates, struct text_buf *out,
    const struct letter_input *input, const struct letter *letter);

#endif
