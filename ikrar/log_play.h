/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exported log, played from its first entry and held against its signed
 * checkpoint. Played up to a bound, what follows is hashed only, so that the
 * checkpoint still speaks for all that was played.
 */
#ifndef IKRAR_LOG_PLAY_H
#define IKRAR_LOG_PLAY_H

#include "ikrar/replay.h"

struct log_play {
	const char *dir;
	uint64_t until_index; /* the last input; UINT64_MAX: to the end */
	uint64_t until_ms;    /* nothing received later; UINT64_MAX: all */
	bool is_live;         /* somebody watches: each finding at its entry */
	const struct findings *findings;
	const struct replay_fns *fns; /* may be NULL */
	void *context;
	/* Each entry before it is taken; may be NULL. */
	void (*before)(void *context, uint64_t index, const struct leaf *leaf);
};

/* `*replay` is the caller's to free. Verdicts of the last input are in it.
 * ERR_NOTFOUND, ERR_INVALID, ERR_IO (logged): the log cannot be read to its
 * end. */
enum err log_play(
    const struct log_play *play, struct replay **replay) MUST_CHECK;
/* For who wants a sound log or none: `findings` is not looked at. ERR_INVALID
 * (told in one sentence, with the first thing found). */
enum err log_play_sound(
    const struct log_play *play, struct replay **replay) MUST_CHECK;

/* What entry 0 says, unchecked. ERR_INVALID (told): it cannot be read. */
enum err log_play_first(
    struct log_started *started, const char *dir) MUST_CHECK;
/* What the checkpoint says, unchecked, for a progress bar; 0: nothing. */
uint64_t log_play_size(const char *dir);
/* Says that the log is missing or damaged, and what to name instead. */
void log_play_unreadable(const char *dir);

#endif
