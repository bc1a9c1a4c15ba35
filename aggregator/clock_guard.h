/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the wall clock to be believed? It is held against the clock that counts
 * since the machine was started, which nobody sets: their difference may
 * drift, as when the time is adjusted slowly, but not jump by more than a
 * minute. At a start it is held against the last entry: not more than 30 days
 * later, not more than a minute earlier.
 */
#ifndef AGGREGATOR_CLOCK_GUARD_H
#define AGGREGATOR_CLOCK_GUARD_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CLOCK_JUMP_MS = 60 * 1000,
	CLOCK_AWAY_DAYS = 30,
	CLOCK_DRIFT_DIVISOR = 1000, /* a millisecond a second */
};

enum clock_word {
	CLOCK_FINE,
	CLOCK_JUMPED, /* while the daemon ran */
	CLOCK_EARLY,  /* at the start: before the last entry */
	CLOCK_LATE,   /* at the start: long after it */
};

struct clock_guard {
	bool has_looked;
	int64_t offset_ms; /* wall minus boot */
	uint64_t boot_ms;  /* of the last look */
};

/* At the start; `last_ms` is the last entry's. */
enum clock_word clock_guard_start(struct clock_guard *guard, uint64_t last_ms,
    uint64_t now_ms, uint64_t boot_ms);
/* Each turn. */
enum clock_word clock_guard_look(
    struct clock_guard *guard, uint64_t now_ms, uint64_t boot_ms);

#endif
