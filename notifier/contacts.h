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
	CONTACT_WHY_MAX = 900,
};

enum contact_kind { CONTACT_MAIL, CONTACT_WEBHOOK };

struct contact {
	enum contact_kind kind;
	char seat[WORD_MAX];
	char term[WORD_MAX]; /* empty: whoever holds the seat */
	char channel[WORD_MAX];
	char address[CONTACT_URL_MAX]; /* of mail, or the webhook's URL */
	uint8_t secret[CONTACT_SECRET_MAX];
	size_t secret_len; /* 0: not signed */
};

struct contacts {
	struct contact *rows;
	unsigned count;
};

/* What is wrong with the file and how to mend it, in two languages. */
struct contact_why {
	char id[CONTACT_WHY_MAX], en[CONTACT_WHY_MAX];
};

/* ERR_INVALID: `why` says in one line all that fits, ten contacts at most; it
 * holds no address and no secret.
 * Clear the contacts on OK. */
enum err contacts_load(struct contacts *contacts, const char *path,
    struct contact_why *why) MUST_CHECK;
void contacts_clear(struct contacts *contacts);

/* An entry for this very term goes before one for any. NULL: none. */
const struct contact *contacts_find(const struct contacts *contacts,
    const char *seat, const char *term, const char *channel);

/* One recipient in its plain form, nothing that could end a line or name a
 * second one. */
bool mail_address_is_valid(const char *address);

#endif
