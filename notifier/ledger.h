/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the notifier has promised and kept, in DIR/ledger. A row for each
 * (alert, verdict, seat, term, channel): promised in the same commit that
 * moves the feed's cursor, sent when the channel took it, settled when the
 * region's spool holds the outcome. Rows and verdicts are never deleted.
 *
 * Writing goes: ledger_begin, calls, ledger_commit. A commit that fails ends
 * the process: the feed is read again from the old cursor.
 */
#ifndef NOTIFIER_LEDGER_H
#define NOTIFIER_LEDGER_H

#include "core/db.h"
#include "notifier/route.h"
#include "trust/hash.h"

struct ledger;

/* ERR_NOTFOUND: no ledger and not `create`; others are logged. */
struct ledger_options {
	const char *dir; /* the node's DIR */
	bool create, read_only;
};
enum err ledger_open(
    struct ledger **ledger, const struct ledger_options *options) MUST_CHECK;
void ledger_close(struct ledger *ledger);

void ledger_begin(struct ledger *ledger);
void ledger_commit(struct ledger *ledger);

/* ---- how far the feed has been read */

struct ledger_cursor {
	uint64_t next;         /* index to read on from */
	struct hash leaf_hash; /* of entry next-1 */
	/* A new notifier first collects what stands in the log, up to this
	 * size of it, and then owes only what is still open. */
	bool is_caught_up;
	uint64_t catch_up_size; /* 0: not known yet */
	bool is_drill;
	uint64_t row_count; /* rows promised so far */
};
void ledger_cursor(struct ledger *ledger, struct ledger_cursor *cursor);
void ledger_set_cursor(
    struct ledger *ledger, const struct ledger_cursor *cursor);

/* ---- alerts and their verdicts */

struct ledger_alert {
	uint64_t opened_index, last_index;
	uint64_t opened_ms;
	bool is_open;
	/* A verdict for which there was no seat: routed again when the offices
	 * change. */
	bool is_unrouted;
};
enum err ledger_alert(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    struct ledger_alert *row) MUST_CHECK;
void ledger_set_alert(struct ledger *ledger, const uint8_t alert[EVENT_ID_SIZE],
    const struct ledger_alert *row);
typedef void (*ledger_alert_fn)(void *context,
    const uint8_t alert[EVENT_ID_SIZE], const struct ledger_alert *row);
void ledger_each_alert(
    struct ledger *ledger, ledger_alert_fn fn, void *context);

/* The event's bytes and when the log had them; known: nothing changes. */
void ledger_add_verdict(struct ledger *ledger,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index, struct bytes event);
/* The first verdict of the alert at or behind `index`; moves `*index` to it.
 * The bytes live until the next call on the ledger. ERR_NOTFOUND. */
enum err ledger_verdict(struct ledger *ledger,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t *index,
    struct bytes *event) MUST_CHECK;

/* ---- rows */

enum ledger_state {
	LEDGER_PROMISED,
	LEDGER_SENT, /* the channel took it; to be told to the region */
	LEDGER_SETTLED,
};

struct ledger_key {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t index; /* of the verdict */
	struct route_target target;
	uint8_t round; /* 0: told; 1, 2, ...: reminded of the same verdict */
};

struct ledger_row {
	struct ledger_key key;
	uint64_t serial; /* 1, 2, ... in the order of promising */
	enum ledger_state state;
	enum route_note note;
	bool is_first;     /* this target was not told of the opening */
	bool failure_told; /* AlertFailed is in the spool */
	bool is_stopped;   /* not tried again by itself: nobody is there */
	uint32_t attempts;
	/* A person had it delivered again so often, the last time then; the
	 * schedule counts from the attempts made before that. */
	uint32_t restarts, attempts_before;
	uint64_t restarted_ms;
	uint32_t declined; /* attempts that were met with a lasting no */
	uint64_t promised_ms, tried_ms, settled_ms;
	uint64_t next_ms;   /* about when it is tried again */
	uint64_t spool_seq; /* last row of the spool when it was sent */
	enum route_tone tone;
	uint32_t step;   /* of the ladder, if escalated */
	uint64_t bundle; /* serial of the row that carries it; 0: goes alone */
	char answer[WORD_MAX]; /* the last, as a word */
};

/* ERR_DUP: the row is there already, and stays as it is. Fills serial. */
enum err ledger_promise(
    struct ledger *ledger, struct ledger_row *row) MUST_CHECK;
enum err ledger_row(struct ledger *ledger, const struct ledger_key *key,
    struct ledger_row *row) MUST_CHECK;
void ledger_set_row(struct ledger *ledger, const struct ledger_row *row);

typedef void (*ledger_row_fn)(void *context, const struct ledger_row *row);
/* All rows of one alert: whom it was told or promised to. */
void ledger_each_of_alert(struct ledger *ledger,
    const uint8_t alert[EVENT_ID_SIZE], ledger_row_fn fn, void *context);
/* Rows that are not settled, with a serial greater than `after`. */
void ledger_each_owed(
    struct ledger *ledger, uint64_t after, ledger_row_fn fn, void *context);
void ledger_each_row(struct ledger *ledger, ledger_row_fn fn, void *context);

/* Rows that the bundle of that serial carries and that are not settled, or of
 * those the ones whose failure is not told; the first `max` of them; how many
 * there were. */
enum ledger_riders { LEDGER_RIDERS, LEDGER_RIDERS_UNTOLD };
struct ledger_carrier {
	uint64_t bundle;
	enum ledger_riders which;
	unsigned max;
};
unsigned ledger_each_carried(struct ledger *ledger,
    const struct ledger_carrier *carrier, ledger_row_fn fn, void *context);
/* What the row has to go behind: one of the same alert and target, of an
 * earlier verdict and promised earlier, that has not been sent, is not dead and
 * does not ride with it; of one that rides, its bundle. ERR_NOTFOUND. */
enum err ledger_before(struct ledger *ledger, const struct ledger_row *row,
    struct ledger_row *before) MUST_CHECK;
/* A carried row goes alone from now on; within a transaction. */
void ledger_unload(struct ledger *ledger, struct ledger_row *row);
/* The row of that serial while it is owed and goes by itself. ERR_NOTFOUND:
 * settled, carried by a bundle, or never promised. */
enum err ledger_owed_row(
    struct ledger *ledger, uint64_t serial, struct ledger_row *row) MUST_CHECK;

/* Declined for good, or stopped: a person has to look. */
bool ledger_row_is_dead(const struct ledger_row *row);
/* A dead row begins anew; commits. ERR_NOTFOUND: there is none of that serial,
 * or it is not dead. */
enum err ledger_restart(
    struct ledger *ledger, uint64_t serial, uint64_t now_ms) MUST_CHECK;
/* How many rows were ever restarted: the sender looks whether it changes. */
uint64_t ledger_restarts(struct ledger *ledger);

/* ---- templates that are broken: what a person should hear of */

enum { LEDGER_FAULTS_MAX = 256 };
/* The files, one behind the other; empty: none. */
void ledger_set_faults(struct ledger *ledger, const char *files);
void ledger_faults(struct ledger *ledger, char files[LEDGER_FAULTS_MAX]);
/* Messages that went out in the built-in text because of them. */
void ledger_add_built_in(struct ledger *ledger, uint64_t by);
uint64_t ledger_built_in(struct ledger *ledger);

/* ---- long texts in parts: offices and campaigns, as their events came */

enum ledger_text { LEDGER_OFFICES, LEDGER_CAMPAIGNS, LEDGER_CALENDAR };
/* Keeps a part; the last one replaces the version before. true: this was the
 * last. */
bool ledger_add_part(struct ledger *ledger, enum ledger_text text,
    const struct part *part, struct bytes event);
typedef void (*ledger_part_fn)(void *context, struct bytes event);
/* The parts of the version in force, in order. */
void ledger_each_part(struct ledger *ledger, enum ledger_text text,
    ledger_part_fn fn, void *context);

#endif
