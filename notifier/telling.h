/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of one transaction, gathered and then promised: those to one
 * seat that share a group become one bundle.
 */
#ifndef NOTIFIER_TELLING_H
#define NOTIFIER_TELLING_H

#include "notifier/ledger_plan.h"
#include "notifier/pick.h"

enum { TELLING_GROUP_MAX = 112 };

struct telling {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t index;
	char seat[WORD_MAX], term[WORD_MAX];
	enum route_note note;
	enum route_tone tone;
	uint32_t step;
	uint8_t round;
	char group[TELLING_GROUP_MAX]; /* empty: alone */
	unsigned group_min;            /* so many of it make a bundle */
};

struct tellings {
	struct telling *at;
	unsigned count, cap;
};
void tellings_add(struct tellings *tellings, const struct telling *telling);

struct promising { /* where, who there is, and when */
	struct ledger *ledger;
	const struct seats *seats;
	uint64_t now_ms;
};
/* Into the ledger, within a transaction; empties the list. */
void tellings_promise(
    struct tellings *tellings, const struct promising *promising);

/* The same for the daily digest of one seat; also of none. */
void tellings_promise_digest(struct tellings *tellings,
    const struct promising *promising, const struct ledger_digest *digest,
    const struct telling *to);

#endif
