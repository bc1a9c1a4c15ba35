/* SPDX-License-Identifier: Apache-2.0 */
/* How it stands with a channel for which another one stands in. */
#ifndef NOTIFIER_FALLBACK_H
#define NOTIFIER_FALLBACK_H

#include "notifier/contacts.h"
#include "notifier/ledger.h"

enum {
	/* So many failures in a row make the one that stands in begin: with the
	 * usual pauses after 35 minutes. */
	FALLBACK_ATTEMPTS = 4,
};

enum fallback {
	FALLBACK_ALIVE, /* it is being tried */
	FALLBACK_HELD,  /* not yet tried */
	FALLBACK_DEAD,
	FALLBACK_TOLD, /* it had the message: no other is needed */
};

/* Of the channel that `contact` stands in for, for the message of `row`. A seat
 * that does not use that channel has no row for it: dead. */
enum fallback fallback_look(const struct contacts *contacts,
    struct ledger *ledger, const struct contact *contact,
    const struct ledger_row *row);

#endif
