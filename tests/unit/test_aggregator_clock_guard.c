/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/clock_guard.h"

#include <criterion/criterion.h>

static const uint64_t last_ms = 1700000000000, day_ms = 86400000;
static struct clock_guard guard;

static enum clock_word
start(uint64_t now_ms)
{
	guard = (struct clock_guard){0};
	return clock_guard_start(&guard, last_ms, now_ms, 5000);
}

Test(clock_guard, believes_a_start_from_a_minute_before_to_a_month_after)
{
	cr_assert_eq(start(last_ms), CLOCK_FINE);
	cr_assert_eq(start(last_ms - 60000), CLOCK_FINE);
	cr_assert_eq(start(last_ms - 60001), CLOCK_EARLY);
	cr_assert_eq(start(last_ms + 30 * day_ms), CLOCK_FINE);
	cr_assert_eq(start(last_ms + 30 * day_ms + 1), CLOCK_LATE);
	cr_assert_eq(start(0), CLOCK_EARLY);
}

Test(clock_guard, notices_a_jump_of_more_than_a_minute_either_way)
{
	cr_assert_eq(start(last_ms), CLOCK_FINE);
	cr_assert_eq(
	    clock_guard_look(&guard, last_ms + 61000, 6000), CLOCK_FINE);
	cr_assert_eq(start(last_ms), CLOCK_FINE);
	cr_assert_eq(
	    clock_guard_look(&guard, last_ms + 61001, 6000), CLOCK_JUMPED);
	cr_assert_eq(start(last_ms), CLOCK_FINE);
	cr_assert_eq(
	    clock_guard_look(&guard, last_ms - 59001, 6000), CLOCK_JUMPED);
}

Test(clock_guard, does_not_mind_time_passing_or_sleep)
{
	cr_assert_eq(start(last_ms), CLOCK_FINE);
	cr_assert_eq(clock_guard_look(
			 &guard, last_ms + 400 * day_ms, 5000 + 400 * day_ms),
	    CLOCK_FINE);
}

Test(clock_guard, follows_a_drift_but_not_a_staircase)
{
	uint64_t boot_ms = 5000, now_ms = last_ms;
	enum clock_word word = start(now_ms);

	/* Half a millisecond a second, for a year. */
	for (unsigned n = 0; n < 365 * 24 && word == CLOCK_FINE; n++) {
		boot_ms += 3600000;
		now_ms += 3600000 + 1800;
		word = clock_guard_look(&guard, now_ms, boot_ms);
	}
	cr_assert_eq(word, CLOCK_FINE);
	for (unsigned n = 0; n < 10 && word == CLOCK_FINE; n++) {
		boot_ms += 1000;
		now_ms += 1000 + 30000;
		word = clock_guard_look(&guard, now_ms, boot_ms);
	}
	cr_assert_eq(word, CLOCK_JUMPED);
}
