/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries out the plan: keeps a watch in the ledger for each alert and seat,
 * steps those that are due, and promises the messages that come of it. All it
 * knows is in the ledger, so that a kill at any moment loses nothing.
 *
 * Calls marked so belong between ledger_begin and ledger_commit; the others
 * make their own transaction.
 */
#ifndef NOTIFIER_TELLER_H
#define NOTIFIER_TELLER_H

#include "node/uplink.h"
#include "notifier/contacts.h"
#include "notifier/ledger_plan.h"
#include "notifier/routes.h"

struct teller;

struct teller_options {
	struct ledger *ledger;
	const struct routes *routes;
	const struct contacts *contacts; /* NULL: nobody has left */
	struct spool *spool;   /* NULL: nothing is told to the region */
	struct uplink *uplink; /* NULL: nobody to wake */
	const char *region;    /* wilayah of the log */
	const char *zone;      /* of a seat that is gone */
	uint64_t now_ms;       /* at the beginning */
};
struct teller *teller_new(const struct teller_options *options);
void teller_free(struct teller *teller);
/* Both are read at each step and belong to the caller. */
void teller_attach(struct teller *teller, const struct seats *seats,
    const struct calendar_holidays *off);

/* ---- within a transaction */

/* A verdict, or the last one of an alert, which it may have heard before;
 * false: there is no seat for it. The alert's row has to be set before
 * teller_step. */
bool teller_take(struct teller *teller, const struct event *event,
    uint64_t index, uint64_t now_ms);
void teller_take_acknowledged(struct teller *teller,
    const struct alert_acknowledged *body, uint64_t now_ms);
void teller_take_escalated(
    struct teller *teller, const struct alert_escalated *body);
void teller_take_silenced(struct teller *teller, const struct event *event,
    struct bytes bytes, uint64_t now_ms);
/* Seats or the calendar are others now. */
void teller_look_again(struct teller *teller, uint64_t now_ms);
/* Steps what is due and promises what was gathered. */
void teller_step(struct teller *teller, uint64_t now_ms);

/* ---- by itself */

/* What stands in the spool by command or link, and what is due. */
void teller_turn(struct teller *teller, uint64_t now_ms);
/* Steps of ladders that are not in the spool yet. */
void teller_say_all(struct teller *teller, uint64_t now_ms);
/* When there is something to do next; plan_never_ms: not by itself. */
uint64_t teller_next_ms(struct teller *teller);

#endif
