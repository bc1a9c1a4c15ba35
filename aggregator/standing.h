/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two things make a region stop logging until a person has acted: a node that
 * has seen more of the log than there is (rollback: the store is an older
 * copy), and a clock that cannot be right. While it stands so, nothing is
 * appended, no timer fires and nobody gets a receipt; nodes are told why and
 * keep what they have. DIR/standing says so to commands and to the next start.
 *
 * A node's word alone does not stop a region: it shows the head it has seen,
 * and that is signed by the region's own key.
 *
 * Drill regions are exempt from the clock's guard: their time is what the file
 * says, and the driver of the drill moves it by weeks.
 */
#ifndef AGGREGATOR_STANDING_H
#define AGGREGATOR_STANDING_H

#include "aggregator/clock_guard.h"
#include "aggregator/post.h"
#include "judge/view.h"
#include "trust/note.h"

enum standing_word { STANDING_FINE, STANDING_ROLLBACK, STANDING_CLOCK };

/* What DIR/standing says. */
struct standing_note {
	enum standing_word word;
	uint64_t since_ms;
	/* Rollback: what the log had when the daemon opened it, and the largest
	 * head that a node has shown. */
	uint64_t entries;
	char checkpoint[CHECKPOINT_MAX];
	/* Clock: what it said, and when the last entry was. */
	enum clock_word clock;
	uint64_t clock_ms, last_ms;
};
/* ERR_NOTFOUND: all is well. ERR_INVALID, ERR_IO: logged. */
enum err standing_load(struct standing_note *note, const char *dir) MUST_CHECK;
/* Would the running region take an admin's event of this kind? If not it is
 * told why, in words. */
bool standing_takes(const char *dir, enum event_kind kind);
/* From now on a daemon that is started does not log: `note` is a rollback. */
enum err standing_keep(
    const struct standing_note *note, const char *dir) MUST_CHECK;
/* A person has acted. */
enum err standing_forget(const char *dir) MUST_CHECK;
const char *standing_word(enum standing_word word); /* fine, rollback, clock */

/* A head that was signed for this log, of any of its epochs: the larger of two
 * comes after. ERR_INVALID. */
struct standing_head {
	struct checkpoint checkpoint;
	uint64_t epoch;
};
enum err standing_head_open(struct standing_head *head, const char *text,
    const struct view_region *region) MUST_CHECK;
bool standing_head_is_larger(
    const struct standing_head *head, uint64_t epoch, uint64_t size);

/* ---- the daemon's */

struct standing;
/* `view` outlives it. Takes up what DIR/standing says. */
enum err standing_open(struct standing **standing, const char *dir,
    const struct view *view) MUST_CHECK;
void standing_close(struct standing *standing);

/* REJECT_NONE: it logs. Else what everyone is answered. */
enum reject standing_refusal(const struct standing *standing);
/* Before anything else is done in a turn. */
void standing_look(struct standing *standing, const struct moment *moment);
/* A Hello that has seen more than there is. True: it is shown to be so. */
bool standing_hear(struct standing *standing, const struct hello *hello,
    const struct moment *moment);
/* The log was recovered. */
void standing_settle(struct standing *standing);
/* An admin has accepted the clock as it is now. */
void standing_accept_clock(struct standing *standing, uint64_t now_ms);

#endif
