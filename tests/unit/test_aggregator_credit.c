/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "aggregator/credit.h"

enum { NOW_MS = 1000000 };

/* How many at that cost until nothing is left. */
static unsigned
spend_all(struct credit *credit, uint64_t cost, uint64_t now_ms)
{
	unsigned count = 0;

	while (credit_is_left(credit, now_ms)) {
		credit_spend(credit, cost);
		count++;
	}
	return count;
}

Test(credit, begins_with_a_full_store)
{
	struct credit credit = {0};

	cr_assert_eq(spend_all(&credit, COST_SLICE, NOW_MS),
	    CREDIT_STORE_BYTES / COST_SLICE);
}

Test(credit, flows_back_at_its_rate)
{
	struct credit credit = {0};

	(void)spend_all(&credit, COST_SLICE, NOW_MS);
	cr_assert_not(credit_is_left(&credit, NOW_MS));
	cr_assert_eq(spend_all(&credit, COST_SLICE, NOW_MS + 1000),
	    CREDIT_BYTES_A_SECOND / COST_SLICE);
}

Test(credit, is_never_more_than_the_store)
{
	struct credit credit = {0};

	(void)spend_all(&credit, COST_REFUSAL, NOW_MS);
	cr_assert_eq(spend_all(&credit, COST_REFUSAL, UINT64_MAX / 2),
	    CREDIT_STORE_BYTES / COST_REFUSAL);
}

/* Small looks in between must not round the flow away. */
Test(credit, flows_back_however_often_one_looks)
{
	struct credit credit = {0};
	uint64_t before;

	(void)spend_all(&credit, COST_SLICE, NOW_MS);
	before = credit.spent;
	for (uint64_t ms = 1; ms <= 1000; ms++)
		(void)credit_is_left(&credit, NOW_MS + ms);
	cr_assert_leq(credit.spent, before - CREDIT_BYTES_A_SECOND + 1000);
}

Test(credit, does_not_mind_a_clock_that_stands_still_or_goes_back)
{
	struct credit credit = {0};

	(void)spend_all(&credit, COST_SLICE, NOW_MS);
	cr_assert_not(credit_is_left(&credit, NOW_MS - 500));
	cr_assert_not(credit_is_left(&credit, NOW_MS));
}

/* What a node that asks and never reads can pile up until its link is given
 * up, a minute after it stopped: docs/protocol.md promises less than 64 MiB. */
Test(credit, bounds_what_a_silent_reader_is_sent)
{
	struct credit credit = {0};
	uint64_t sent = 0;

	for (uint64_t ms = 0; ms <= 120000; ms++)
		sent += (uint64_t)COST_SLICE *
			spend_all(&credit, COST_SLICE, NOW_MS + ms);
	cr_assert_lt(sent, 64 << 20);
}

Test(credit, says_come_back_about_as_late_as_it_has_been_busy)
{
	cr_assert_eq(come_back_ms(0), COME_BACK_LEAST_MS);
	cr_assert_eq(come_back_ms(20000), 20000);
	cr_assert_eq(come_back_ms(UINT64_MAX), COME_BACK_MOST_MS);
}
