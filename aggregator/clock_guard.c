/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/clock_guard.h"

static const uint64_t day_ms = 24 * 3600 * 1000;

static void
set(struct clock_guard *guard, uint64_t now_ms, uint64_t boot_ms)
{
	guard->has_looked = true;
	guard->offset_ms = (int64_t)(now_ms - boot_ms);
	guard->boot_ms = boot_ms;
}

enum clock_word
clock_guard_start(struct clock_guard *guard, uint64_t last_ms, uint64_t now_ms,
    uint64_t boot_ms)
{
	set(guard, now_ms, boot_ms);
	if (now_ms + CLOCK_JUMP_MS < last_ms)
		return CLOCK_EARLY;
	if (now_ms > last_ms && now_ms - last_ms > CLOCK_AWAY_DAYS * day_ms)
		return CLOCK_LATE;
	return CLOCK_FINE;
}

/* The offset follows slowly, so that many small steps make a jump too. */
enum clock_word
clock_guard_look(struct clock_guard *guard, uint64_t now_ms, uint64_t boot_ms)
{
	int64_t offset_ms = (int64_t)(now_ms - boot_ms);
	int64_t drift_ms = offset_ms - guard->offset_ms;
	int64_t may_ms =
	    (int64_t)((boot_ms - guard->boot_ms) / CLOCK_DRIFT_DIVISOR);

	if (!guard->has_looked) {
		set(guard, now_ms, boot_ms);
		return CLOCK_FINE;
	}
	if (drift_ms > CLOCK_JUMP_MS || drift_ms < -CLOCK_JUMP_MS)
		return CLOCK_JUMPED;
	if (boot_ms - guard->boot_ms < CLOCK_DRIFT_DIVISOR)
		return CLOCK_FINE;
	guard->boot_ms = boot_ms;
	if (drift_ms > may_ms)
		drift_ms = may_ms;
	else if (drift_ms < -may_ms)
		drift_ms = -may_ms;
	guard->offset_ms += drift_ms;
	return CLOCK_FINE;
}
