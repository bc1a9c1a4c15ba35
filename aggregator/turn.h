/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writer of the log. A turn takes any number of inputs and ends in one
 * commit; then the head is signed. Only after turn_commit may anything be said
 * of what was taken.
 *
 * Each input is appended, folded into the view and judged; the verdicts stand
 * directly behind it. When a timer is due, the turn begins with a Ticked. All
 * entries of a turn carry one received time, which never decreases.
 */
#ifndef AGGREGATOR_TURN_H
#define AGGREGATOR_TURN_H

#include "aggregator/standing.h"
#include "aggregator/store.h"
#include "core/stat.h"
#include "trust/sign.h"

struct turn;

/* Opens DIR/store and DIR/head. ERR_NOTFOUND: no region in DIR; ERR_INVALID,
 * ERR_IO: logged. */
enum err turn_open(struct turn **turn, const char *dir,
    const struct sign_keys *log_key) MUST_CHECK;
/* Drops an open turn. Call turn_snapshot before, for a clean stop. */
void turn_close(struct turn *turn);

const struct view *turn_view(const struct turn *turn);
struct store *turn_store(struct turn *turn);
struct stat *turn_stat(struct turn *turn);
/* The last signed checkpoint; its size is the committed log's. */
const char *turn_checkpoint(const struct turn *turn);
uint64_t turn_head_size(const struct turn *turn);

/* Whether it logs at all: while standing_refusal is not REJECT_NONE no turn
 * may be begun. */
struct standing *turn_standing(const struct turn *turn);

/* Opens the turn if none is open, at `now_ms` or, if that is earlier, at the
 * time of the last entry; ticks if a timer is due. */
void turn_begin(struct turn *turn, uint64_t now_ms);
/* Is a timer due? */
bool turn_is_due(const struct turn *turn, uint64_t now_ms);
/* Of the open turn; of the one that would be opened at `now_ms`. */
uint64_t turn_received_ms(const struct turn *turn);
uint64_t turn_would_receive_ms(const struct turn *turn, uint64_t now_ms);

/* A node's event that has passed all checks; its index. `leaf_hash` is that of
 * its leaf in this turn, or NULL: not known yet. */
uint64_t turn_take(struct turn *turn, struct bytes bytes,
    const struct event *event, struct bytes stamp,
    const struct hash *leaf_hash);
/* The sealed part of an event that was taken in this turn: on disk before it
 * is. */
void turn_put_blob(
    struct turn *turn, const uint8_t hash[HASH_SIZE], struct bytes bytes);
/* An own event: its kind and body are filled; its index. */
uint64_t turn_own(struct turn *turn, struct event *event);

/* A turn of its own, before anything else: LogRecovered, and from then on its
 * origin is signed for. Committed on return. */
void turn_recover(struct turn *turn, struct event *event, uint64_t now_ms);

/* Commits and signs; a failure ends the process. Does nothing when no turn is
 * open. */
void turn_commit(struct turn *turn, uint64_t monotonic_ms);

/* What the last committed turn brought. */
struct turn_news {
	uint64_t from, to; /* entries */
	bool has_ticked;
	bool has_notices; /* something that notifiers read */
};
const struct turn_news *turn_news(const struct turn *turn);
/* Do notifiers read entries of this kind? */
bool turn_is_notice(enum event_kind kind);

/* Stores a snapshot of the view if entries came since the last, in a turn of
 * its own. */
void turn_snapshot(struct turn *turn);
/* The same, when nothing came for a minute; syncs the head too. */
void turn_idle(struct turn *turn, uint64_t monotonic_ms);

#endif
