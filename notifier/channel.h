/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways out. A channel makes a message's bytes and hands them to curl; both
 * carry an id that is the same at each attempt, so that what arrives twice can
 * be known for one.
 */
#ifndef NOTIFIER_CHANNEL_H
#define NOTIFIER_CHANNEL_H

#include "notifier/contacts.h"
#include "notifier/curl.h"
#include "notifier/ledger.h"
#include "notifier/letter.h"

struct channels {
	struct curl *curl;
	const char *smtp; /* smtp://host:port; NULL: mails wait */
	const char *user, *password, *from;
	bool need_tls;
	const char *origin; /* of the log */
};

struct delivery {
	const struct letter_input *input;
	const struct letter *letter;
	const struct contact *contact;
	const struct ledger_row *row;
	uint64_t first_index; /* of the first verdict that this target got */
	uint64_t opened_ms;
	uint64_t wall_ms; /* of this attempt */
};

/* ERR_INVALID: something in it could break out of its line, or there is no
 * mail server; `done` is not called. */
enum err channel_send(const struct channels *channels,
    const struct delivery *delivery, curl_done_fn done,
    void *context) MUST_CHECK;

/* What the two channels make, for their tests: a whole mail with CRLF, and a
 * webhook's body and id. */
enum err channel_smtp_put(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery) MUST_CHECK;
enum err channel_smtp_send(const struct channels *channels,
    const struct delivery *delivery, curl_done_fn done,
    void *context) MUST_CHECK;
enum err channel_webhook_send(const struct channels *channels,
    const struct delivery *delivery, curl_done_fn done,
    void *context) MUST_CHECK;

#endif
