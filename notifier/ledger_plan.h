/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ledger keeps of the plan: a watch for each alert and seat with the
 * time at which it is looked at again, and small things by name: groups,
 * silences, digests, events on their way to the spool.
 */
#ifndef NOTIFIER_LEDGER_PLAN_H
#define NOTIFIER_LEDGER_PLAN_H

#include "notifier/ledger.h"
#include "notifier/plan.h"

struct ledger_watch {
	uint8_t alert[EVENT_ID_SIZE];
	char seat[WORD_MAX];
	struct plan_state state;
	enum plan_hold hold;
	enum route_note note;
	uint64_t due_ms; /* plan_never_ms: not by itself */
};

enum err ledger_watch(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    const char *seat, struct ledger_watch *watch) MUST_CHECK;
void ledger_set_watch(struct ledger *ledger, const struct ledger_watch *watch);

typedef void (*ledger_watch_fn)(
    void *context, const struct ledger_watch *watch);
/* All of one alert; copied out first, so that `fn` may write. */
void ledger_each_watch(struct ledger *ledger,
    const uint8_t alert[EVENT_ID_SIZE], ledger_watch_fn fn, void *context);
/* All, one behind the other; `fn` may set the one that it is given. */
void ledger_each_watch_of_all(
    struct ledger *ledger, ledger_watch_fn fn, void *context);
/* Those due by `now_ms`, the longest due first, at most `max`; how many. */
unsigned ledger_each_due(struct ledger *ledger, uint64_t now_ms, unsigned max,
    ledger_watch_fn fn, void *context);
/* plan_never_ms: nothing is. */
uint64_t ledger_next_due(struct ledger *ledger);

enum ledger_kept {
	LEDGER_KEPT_GROUP,   /* seat 0 group -> struct plan_group */
	LEDGER_KEPT_STORM,   /* seat -> struct plan_storm */
	LEDGER_KEPT_SILENCE, /* what it is about -> AlertSilenced */
	LEDGER_KEPT_DIGEST,  /* seat -> struct ledger_digest */
	LEDGER_KEPT_SINCE,   /* serial of a digest -> last_ms as it was */
	LEDGER_KEPT_SAYING,  /* serial -> spool's last row, event */
	LEDGER_KEPT_PLACE,   /* how far the spool was read */
	LEDGER_KEPT_CLIMBED, /* alert, seat -> step by which it was reached */
	LEDGER_KEPT_ANSWER,  /* alert, seat 0 term -> verdict, until */
};
enum { LEDGER_NAME_MAX = 160 };
void ledger_keep(struct ledger *ledger, enum ledger_kept kept,
    struct bytes name, struct bytes value);
void ledger_unkeep(
    struct ledger *ledger, enum ledger_kept kept, struct bytes name);
/* The bytes live until the next call on the ledger. ERR_NOTFOUND. */
enum err ledger_kept(struct ledger *ledger, enum ledger_kept kept,
    struct bytes name, struct bytes *value) MUST_CHECK;
/* The bytes live until the next call on the ledger: `fn` makes none. */
typedef void (*ledger_kept_fn)(
    void *context, struct bytes name, struct bytes value);
void ledger_each_kept(struct ledger *ledger, enum ledger_kept kept,
    ledger_kept_fn fn, void *context);
/* Those whose names begin so. */
void ledger_each_kept_under(struct ledger *ledger, enum ledger_kept kept,
    struct bytes prefix, ledger_kept_fn fn, void *context);

/* The daily digest of one seat. */
struct ledger_digest {
	uint64_t number; /* of the last; 0: none yet */
	uint64_t next_ms, last_ms;
};

#endif
