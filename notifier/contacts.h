/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contacts.yaml: where a seat's channel leads to. The log knows seats, terms
 * and names of channels; addresses and secrets stand only in this file, which
 * nobody but its owner may read (0600).
 */
#ifndef NOTIFIER_CONTACTS_H
#define NOTIFIER_CONTACTS_H

#include "model/event.h"

enum {
	CONTACTS_MAX = 4096,
	CONTACT_URL_MAX = 1024,
	CONTACT_SECRET_MAX = 64, /* bytes */
	CONTACT_SECRETS_MAX = 4, /* while one is exchanged for another */
	CONTACT_CHAT_MAX = 64,
	CONTACT_TOKEN_MAX = 128,
	CONTACT_ARGUMENTS_MAX = 16,
	CONTACT_RATE_MAX = 60000,
	CONTACT_WHY_MAX = 900,
};

/* Each is named by the one field that a contact of it must have. */
enum contact_kind {
	CONTACT_MAIL,
	CONTACT_WEBHOOK, /* url */
	CONTACT_ALERTMANAGER,
	CONTACT_TELEGRAM,
	CONTACT_EXEC,
	CONTACT_KINDS,
};

struct contact_secret {
	uint8_t at[CONTACT_SECRET_MAX];
	size_t len;
};

struct contact {
	enum contact_kind kind;
	char seat[WORD_MAX];
	char term[WORD_MAX]; /* empty: whoever holds the seat */
	char channel[WORD_MAX];
	/* Only used when that channel of the seat is dead; empty: always. */
	char fallback_for[WORD_MAX];
	/* Of mail; or the URL: of the webhook, of Alertmanager, of the Bot
	 * API. */
	char address[CONTACT_URL_MAX];
	struct contact_secret secrets[CONTACT_SECRETS_MAX];
	unsigned secret_count;       /* 0: not signed */
	char chat[CONTACT_CHAT_MAX]; /* telegram */
	char token[CONTACT_TOKEN_MAX];
	char **argv;         /* exec: program and arguments, ends at NULL */
	bool allow_private;  /* the URL may lead into this network */
	uint32_t per_minute; /* 0: what is usual for its kind */
};

struct contacts {
	struct contact *rows;
	unsigned count;
};

/* What is wrong with the file and how to mend it, in two languages. */
struct contact_why {
	char id[CONTACT_WHY_MAX], en[CONTACT_WHY_MAX];
};

/* ERR_INVALID: `why` says in one line all that fits, ten contacts at most, each
 * with its number and line; it holds no address and no secret.
 * Clear the contacts on OK. */
enum err contacts_load(struct contacts *contacts, const char *path,
    struct contact_why *why) MUST_CHECK;
void contacts_clear(struct contacts *contacts);

/* An entry for this very term goes before one for any. NULL: none. */
const struct contact *contacts_find(const struct contacts *contacts,
    const char *seat, const char *term, const char *channel);

/* mail, webhook, alertmanager, telegram, exec. */
const char *contact_kind_word(enum contact_kind kind);

/* One recipient in its plain form, nothing that could end a line or name a
 * second one. */
bool mail_address_is_valid(const char *address);

#endif
