/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log once more: its recorded inputs at their recorded times through the
 * same checks and the same judge, into a view of its own. The recorded
 * verdicts are not used but compared with what is decided here, byte for byte.
 * Everything that differs is told in one line.
 */
#ifndef IKRAR_REPLAY_H
#define IKRAR_REPLAY_H

#include "judge/judge.h"
#include "trust/note.h"

struct replay;

enum replay_what {
	REPLAY_EQUAL,   /* a verdict, decided as recorded */
	REPLAY_ALTERED, /* recorded otherwise than decided */
	REPLAY_REMOVED, /* decided, not recorded */
	REPLAY_ADDED,   /* recorded, not decided */
	REPLAY_DROPPED, /* an input is missing */
	REPLAY_INVALID, /* an entry that the checks refuse */
};

/* `index` is the recorded entry's, or where it should stand. `verdict` is the
 * decided one (or the recorded one, if only that is there), else NULL. `why`
 * is for people. */
struct replay_line {
	enum replay_what what;
	uint64_t index;
	const struct event *verdict;
	const char *why;
};
typedef void (*replay_line_fn)(void *context, const struct replay_line *line);

struct replay *replay_new(replay_line_fn fn, void *context);
void replay_free(struct replay *replay);

/* The entries in their order. */
void replay_take(struct replay *replay, struct bytes leaf);
/* After the last: judges the end and compares with the signed checkpoint. */
void replay_end(
    struct replay *replay, const char *checkpoint, size_t checkpoint_len);

uint64_t replay_entries(const struct replay *replay);  /* taken so far */
uint64_t replay_verdicts(const struct replay *replay); /* decided so far */
uint64_t replay_differences(const struct replay *replay);

#endif
