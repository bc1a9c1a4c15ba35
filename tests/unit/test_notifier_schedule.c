/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/schedule.h"

#include <criterion/criterion.h>

static const uint64_t day_ms = 86400000;

Test(notifier_schedule, is_that_of_standard_webhooks_and_then_daily)
{
	static const uint64_t want_s[] = {0, 5, 300, 1800, 7200, 18000, 36000,
	    50400, 72000, 86400, 86400, 86400};

	for (uint32_t i = 0; i < sizeof want_s / sizeof want_s[0]; i++)
		cr_expect_eq(schedule_pause_ms(i, day_ms), want_s[i] * 1000,
		    "attempt %u", i);
	cr_expect_eq(schedule_pause_ms(UINT32_MAX, day_ms), day_ms);
	cr_expect_eq(schedule_pause_ms(9, 60000), 60000);
	cr_expect_eq(schedule_pause_ms(1, 60000), 5000);
}

Test(notifier_schedule, comes_at_most_a_quarter_early_and_never_late)
{
	static const uint64_t pauses[] = {0, 1, 3, 5000, 86400000};

	for (unsigned i = 0; i < sizeof pauses / sizeof pauses[0]; i++)
		for (uint32_t chance = 1; chance < 4000000000U;
		     chance = chance * 3 + 7) {
			uint64_t got = schedule_jitter_ms(pauses[i], chance);

			cr_assert_leq(got, pauses[i]);
			cr_assert_geq(got, pauses[i] - pauses[i] / 4);
			if (chance > 1300000000U)
				break;
		}
}

Test(notifier_schedule, gives_a_burst_and_then_one_token_at_a_time)
{
	struct bucket bucket = {0};
	struct bucket_rate rate = {.per_minute = 60, .burst = 3};
	uint64_t now_ms = 1000000;

	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(bucket_take(&bucket, &rate, now_ms), 0);
	cr_assert_eq(bucket_take(&bucket, &rate, now_ms), 1000);
	cr_assert_eq(bucket_take(&bucket, &rate, now_ms + 400), 600);
	cr_assert_eq(bucket_take(&bucket, &rate, now_ms + 1000), 0);
	cr_assert_gt(bucket_take(&bucket, &rate, now_ms + 1000), 0);
	/* An idle hour fills it, and no more than that. */
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(bucket_take(&bucket, &rate, now_ms + 3600000), 0);
	cr_assert_gt(bucket_take(&bucket, &rate, now_ms + 3600000), 0);
}

Test(notifier_schedule, keeps_the_rate_over_an_hour_whatever_is_asked)
{
	struct bucket bucket = {0};
	struct bucket_rate rate = {.per_minute = 7, .burst = 2};
	unsigned taken = 0;

	for (uint64_t now_ms = 5000; now_ms < 5000 + 3600000; now_ms += 13)
		taken += bucket_take(&bucket, &rate, now_ms) == 0;
	cr_assert_leq(taken, 60 * 7 + 2);
	cr_assert_geq(taken, 60 * 7 - 1);
}
