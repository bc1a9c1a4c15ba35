/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways out, one file each. A channel makes a message's bytes and hands
 * them to curl or to a local program; all but Telegram and mail carry the
 * message's id, and mail its Message-ID: the same at each attempt, so that
 * what arrives twice can be known for one.
 */
#ifndef NOTIFIER_CHANNEL_H
#define NOTIFIER_CHANNEL_H

#include "core/json.h"
#include "notifier/contacts.h"
#include "notifier/curl.h"
#include "notifier/exec.h"
#include "notifier/ledger.h"
#include "notifier/letter.h"
#include "notifier/schedule.h"
#include "notifier/template.h"

enum { CHANNEL_ID_MAX = 40 };

struct channels {
	struct curl *curl;
	struct exec *exec;
	/* NULL: the built-in texts. Counts each message that had to do with
	 * the built-in text because its template is broken. */
	struct templates *templates;
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

/* ERR_INVALID: something in it could break out of its line, there is no mail
 * server, or the program cannot be started; `done` is not called. */
enum err channel_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context) MUST_CHECK;

/* How fast the contact may be written to. */
struct bucket_rate channel_rate(const struct contact *contact);

enum err channel_smtp_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context) MUST_CHECK;
enum err channel_webhook_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context) MUST_CHECK;
enum err channel_alertmanager_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context) MUST_CHECK;
enum err channel_telegram_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context) MUST_CHECK;
enum err channel_exec_send(const struct channels *channels,
    const struct delivery *delivery, answer_fn done, void *context) MUST_CHECK;

/* What they make, for their tests: a whole mail with CRLF; the bodies of a
 * webhook, of a post to Alertmanager and of one to Telegram; the input of a
 * program. */
enum err channel_smtp_put(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery) MUST_CHECK;
void channel_webhook_put(struct json *json, const struct channels *channels,
    const struct delivery *delivery);
void channel_alertmanager_put(struct json *json,
    const struct channels *channels, const struct delivery *delivery);
void channel_telegram_put(struct json *json, const struct channels *channels,
    const struct delivery *delivery);
void channel_exec_put(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery);

/* ---- what several of them have in common */

/* "msg_..." of this message to this target. */
void channel_id(char id[CHANNEL_ID_MAX], const struct channels *channels,
    const struct ledger_key *key);
/* The text of a plain channel: the template's, or the built-in. */
void channel_text(struct text_buf *out, const struct channels *channels,
    const struct delivery *delivery);

/* An alert's labels: all of them, or only those that never change while it is
 * open, by which Alertmanager knows it again. */
void channel_labels(struct json *json, const char *name,
    const struct delivery *delivery, bool only_lasting);
void channel_annotations(
    struct json *json, const char *name, const struct delivery *delivery);
/* "urn:ikrar:ORIGIN#INDEX" */
void channel_entry_name(char name[ORIGIN_MAX + 64],
    const struct channels *channels, uint64_t index);

#endif
