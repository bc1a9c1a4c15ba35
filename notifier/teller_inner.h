/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the teller have in common. */
#ifndef NOTIFIER_TELLER_INNER_H
#define NOTIFIER_TELLER_INNER_H

#include "model/wire.h"
#include "notifier/teller.h"
#include "notifier/telling.h"

enum {
	TELLER_SILENCES_MAX = 1024,
	TELLER_STEP_MAX = 4096, /* watches read at a time */
};

/* An open alert about a silent node: what lies beneath is inhibited. */
struct silent_node {
	uint8_t alert[EVENT_ID_SIZE];
	char place[WILAYAH_MAX];
};

/* A group that goes out in this transaction. */
struct open_group {
	char seat[WORD_MAX];
	char group[TELLING_GROUP_MAX];
};

struct teller {
	struct teller_options options;
	struct wire *wire, *other; /* of a verdict; of all else */
	const struct seats *seats;
	const struct calendar_holidays *off;
	struct tellings tellings;
	struct silent_node *silent;
	unsigned silent_count;
	struct alert_silenced *silences;
	unsigned silence_count;
	struct open_group *opens;
	unsigned open_count;
	bool has_released;
};

struct pick_source teller_picks(const struct teller *teller, uint64_t now_ms);
struct promising teller_promising(const struct teller *teller, uint64_t now_ms);
void teller_add(struct teller *teller, const struct telling *telling);

/* A verdict on its way to those who are to hear of it. */
struct taking {
	struct teller *teller;
	const struct event *event;
	uint64_t index, now_ms;
	bool has_watches; /* it is watched already */
	/* Seats and terms that have heard of the alert. */
	struct route_target *told;
	unsigned told_count;
};
/* An end or a correction, to those who were told. */
void teller_follow(struct taking *taking);
/* For each seat that is to hear of it and has none yet; false: no seat. */
bool teller_begin_watches(struct teller *teller, const struct verdict *verdict,
    uint64_t index, uint64_t now_ms);

/* 0: nobody has silenced it for that seat. */
uint64_t teller_silenced_until(const struct teller *teller,
    const struct verdict *verdict, const char *seat, uint64_t now_ms);
bool teller_is_inhibited(
    const struct teller *teller, const struct verdict *verdict);
/* Those that have not run out. */
void teller_load_silences(struct teller *teller, uint64_t now_ms);
void teller_load_silent(struct teller *teller);
/* An alert about a silent node begins or ends. */
void teller_note_silent(
    struct teller *teller, const struct event *event, uint64_t now_ms);

/* ---- one watch */

struct teller_view { /* what a watch is stepped by */
	struct event event;
	const struct routes_node *node;
	struct work_clock clock;
	struct plan_scene scene;
	char group[TELLING_GROUP_MAX]; /* empty: alone */
	struct plan_group waits;
	struct plan_storm storm;
};
/* ERR_NOTFOUND: its verdict is not there. The event lives until the next
 * call. */
enum err teller_look(struct teller *teller, struct teller_view *view,
    const struct ledger_watch *watch, uint64_t now_ms) MUST_CHECK;
void teller_step_watch(
    struct teller *teller, const struct ledger_watch *watch, uint64_t now_ms);

/* Once, at the beginning: what other settings held back. */
void teller_release(struct teller *teller, uint64_t now_ms);
void teller_step_digests(struct teller *teller, uint64_t now_ms);
uint64_t teller_next_digest(struct teller *teller);

/* To the region, once: kept in the ledger until it is in the spool. */
void teller_say(
    struct teller *teller, const struct alert_escalated *body, uint64_t now_ms);
/* Takes what commands and links have put into the spool; true: something. */
bool teller_read_spool(struct teller *teller, uint64_t now_ms);
bool teller_has_news(struct teller *teller);

/* ---- answers */

/* Of a ledger that was made anew: what the log has of them. */
void teller_restore_answers(
    struct teller *teller, struct ledger_watch *watch, uint64_t now_ms);
/* An answer that no longer speaks for whoever holds the seat runs out. */
void teller_check_answer(
    struct teller *teller, struct ledger_watch *watch, uint64_t now_ms);

#endif
