/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log once more: its recorded inputs at their recorded times through the
 * same checks and the same judge, into a view of its own. The recorded
 * verdicts are not used but compared with what is decided here, byte for byte.
 * Everything that differs is told.
 */
#ifndef IKRAR_REPLAY_H
#define IKRAR_REPLAY_H

#include "ikrar/chain.h"
#include "judge/judge.h"

struct replay;

/* Who listens; the functions may be NULL. */
struct replay_fns {
	void *context;
	/* A verdict was decided (or, if only that is there, recorded) at this
	 * index; `finding` NULL: both are equal. The finding is told too. */
	void (*verdict)(void *context, uint64_t index,
	    const struct finding *finding, const struct event *verdict);
	/* Each input that can be read, before it is judged. */
	void (*input)(void *context, uint64_t index, const struct event *event);
	/* As chain.h says. */
	void (*record)(void *context, const struct chain_record *record);
	/* The log's root when it had `size` entries. Not asked for: NULL. */
	enum err (*root_at)(void *context, uint64_t size, struct hash *root);
};

/* Keeps both pointers. Forks: call it before much is in memory. Findings come
 * in the order of the log. */
struct replay *replay_new(
    const struct findings *findings, const struct replay_fns *fns);
void replay_free(struct replay *replay);

/* The entries in their order. */
void replay_take(struct replay *replay, struct bytes leaf);
/* After the last: judges the end. */
void replay_end(struct replay *replay);
/* The same in the middle of a log: rows may still wait for their stamp. */
void replay_cut(struct replay *replay);
/* Tells what the stamps so far show. Asked for before whatever else is told of
 * the log, and where it cannot be read on. */
void replay_settle(struct replay *replay);

uint64_t replay_entries(const struct replay *replay);  /* taken so far */
uint64_t replay_verdicts(const struct replay *replay); /* decided so far */
uint64_t replay_stamps(const struct replay *replay);   /* found valid */
const struct view *replay_view(const struct replay *replay);

#endif
