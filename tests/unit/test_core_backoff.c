/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "core/backoff.h"

enum { FIRST_MS = 200, MANY = 100000 };

static uint64_t
span_of(unsigned attempt)
{
	uint64_t most = 0;

	for (uint64_t chance = 0; chance < BACKOFF_MOST_MS * 2; chance++) {
		uint64_t ms = backoff_ms(FIRST_MS, attempt, chance);

		most = ms > most ? ms : most;
	}
	return most;
}

Test(backoff, begins_with_the_first_span)
{
	cr_assert_eq(span_of(0), FIRST_MS);
}

Test(backoff, doubles_with_each_attempt)
{
	for (unsigned attempt = 1; attempt < 8; attempt++)
		cr_assert_eq(span_of(attempt), 2 * span_of(attempt - 1));
}

Test(backoff, never_waits_longer_than_five_minutes)
{
	cr_assert_eq(span_of(11), BACKOFF_MOST_MS);
	cr_assert_eq(span_of(40), BACKOFF_MOST_MS);
	cr_assert_leq(
	    backoff_ms(UINT64_MAX, UINT32_MAX, UINT64_MAX), BACKOFF_MOST_MS);
}

Test(backoff, never_waits_less_than_the_least)
{
	cr_assert_eq(backoff_ms(0, 0, 12345), BACKOFF_LEAST_MS);
	cr_assert_eq(backoff_ms(FIRST_MS, 3, 0), BACKOFF_LEAST_MS);
	cr_assert_eq(backoff_ms(1, 2, UINT64_MAX), BACKOFF_LEAST_MS);
}

/* Of a thousand that lost the region together no tenth of the span gets more
 * than its share, within a fifth. */
Test(backoff, spreads_evenly_over_the_span)
{
	unsigned tenths[10] = {0};
	uint64_t state = 1;

	for (unsigned i = 0; i < MANY; i++) {
		uint64_t ms;

		state = state * UINT64_C(6364136223846793005) +
			UINT64_C(1442695040888963407);
		ms = backoff_ms(60000, 0, state >> 20);
		tenths[(ms - BACKOFF_LEAST_MS) * 10 / 60000]++;
	}
	for (unsigned i = 0; i < 10; i++)
		cr_assert_float_eq((double)tenths[i], MANY / 10, MANY / 50);
}
