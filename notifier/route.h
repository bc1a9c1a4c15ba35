/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a verdict concerns: which seats, under which term of which holder, by
 * which channels. Pure; only who is told now is picked here, those who were
 * told before are in the ledger.
 */
#ifndef NOTIFIER_ROUTE_H
#define NOTIFIER_ROUTE_H

#include "model/event.h"

enum { ROUTE_TARGETS_MAX = 64 };

/* Why the regional admin gets what was meant for a head's office. */
enum route_note {
	ROUTE_AS_MEANT,
	ROUTE_NO_HEAD_SEAT, /* no head's seat covers the object */
	ROUTE_NO_TERM,      /* nobody holds that seat at this time */
	/* It is about the office that would have been told. */
	ROUTE_CONFLICT,      /* told: the body that is set for that */
	ROUTE_CONFLICT_BARE, /* none is set, so the regional admin */
};

/* Why a message goes out. */
enum route_tone {
	ROUTE_TOLD,
	ROUTE_REMINDED,
	ROUTE_REOPENED,  /* an acknowledgement has run out */
	ROUTE_ESCALATED, /* somebody else has not answered */
	/* Several alerts in one message, which has a text of its own: of a
	 * group, or the daily one. `alert` is the message's id. */
	ROUTE_BUNDLE,
	ROUTE_DIGEST,
};

struct seats {
	struct seat_row *rows;
	unsigned count;
};

struct route_target {
	char seat[WORD_MAX];
	char term[WORD_MAX]; /* empty: a seat without terms */
	char channel[WORD_MAX];
};

bool route_is_same(const struct route_target *a, const struct route_target *b);

struct route_plan {
	enum route_note note;
	unsigned count;
	struct route_target targets[ROUTE_TARGETS_MAX];
	unsigned left_out; /* found, but beyond the array */
};

/* `region` is the wilayah of the log. An empty plan: there is no seat for it;
 * ask again when the offices change. */
void route_pick(const struct verdict *verdict, const char *region,
    const struct seats *seats, uint64_t now_ms, struct route_plan *plan);

/* The seats of the regional admins, with their term and channels. */
void route_admins(const char *region, const struct seats *seats,
    uint64_t now_ms, struct route_plan *plan);

/* Where the alert's object lies: the object itself if it is a wilayah, else
 * what its units have in common, else the region. */
void route_wilayah(const struct verdict *verdict, const char *region,
    char wilayah[WILAYAH_MAX]);
const struct term *route_term(const struct seat_row *seat, uint64_t now_ms);
const struct seat_row *seats_by_id(const struct seats *seats, const char *id);

#endif
