/* SPDX-License-Identifier: Apache-2.0 */
/* A node that asks too much is slowed, and it alone. */
#include <criterion/criterion.h>

#include "aggregator/counters.h"
#include "aggregator/credit.h"
#include "tests/support/region_rig.h"

static struct rig *rig;
static struct rig_node greedy, clerk;

static void
setup(void)
{
	rig = rig_make();
	rig_furnish(rig, &clerk);
	rig_enrol(rig, &greedy, 2, RIG_KIND_COLLECTOR);
}

static void
teardown(void)
{
	rig_free(rig);
}

TestSuite(fair, .init = setup, .fini = teardown);

static void
fetch(void)
{
	struct message message = {.kind = MESSAGE_FETCH,
	    .fetch = {.what = WHAT_ROSTER, .version = 1, .part = 1}};

	rig_say(rig, &greedy, &message);
}

/* How many slices until it is told something else. */
static unsigned
fetch_all(void)
{
	unsigned slices = 0;

	for (fetch(); rig_last(rig)->kind == MESSAGE_SLICE; fetch())
		slices++;
	return slices;
}

Test(fair, a_node_that_asks_on_and_on_is_told_when_to_come_back)
{
	cr_assert_eq(fetch_all(), CREDIT_STORE_BYTES / COST_SLICE);
	cr_assert_eq(rig_last_word(rig), REJECT_BUSY);
	cr_assert_gt(rig_last(rig)->refusal.retry_ms, 0);
}

Test(fair, a_node_without_credit_is_told_so_once_a_second)
{
	unsigned answers;

	(void)fetch_all();
	answers = rig->answer_count;
	for (unsigned i = 0; i < 1000; i++)
		fetch();
	cr_assert_eq(rig->answer_count, answers);
	cr_assert_geq(rig_counter(rig, COUNTER_REJECT + REJECT_BUSY), 1000);
}

Test(fair, others_are_taken_as_before)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	(void)fetch_all();
	rig_push_one(rig, &clerk, &event);
	cr_assert(rig_receipt_is_valid(rig, &clerk));
}

Test(fair, credit_comes_back)
{
	(void)fetch_all();
	rig->monotonic_ms += 1000;
	cr_assert_eq(fetch_all(), CREDIT_BYTES_A_SECOND / COST_SLICE);
}

Test(fair, new_events_cost_nothing)
{
	for (unsigned i = 0; i < 2 * CREDIT_STORE_BYTES / COST_WELCOME; i++) {
		struct event event = rig_reported();

		rig_push_one(rig, &greedy, &event);
		cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	}
}

Test(fair, reading_on_costs_nothing_but_reading_again_does)
{
	struct message message = {.kind = MESSAGE_READ};
	unsigned answers = rig->answer_count;

	for (unsigned i = 0; i < 2 * CREDIT_STORE_BYTES / COST_PAGE_AGAIN; i++)
		rig_say(rig, &rig->admin, &message);
	cr_assert_eq(rig_last_word(rig), REJECT_BUSY);
	cr_assert_leq(rig->answer_count - answers,
	    CREDIT_STORE_BYTES / COST_PAGE_AGAIN + 1);
}

/* The disk has room again after a moment: nobody is sent away for long. */
Test(fair, a_busy_region_says_come_back_about_as_late_as_it_has_been_busy)
{
	struct event event = rig_reported();
	uint64_t first;

	region_close(rig->region);
	rig->disk_busy_percent = 1;
	cr_assert_eq(rig_open(rig), OK);
	rig->monotonic_ms += 5000;
	rig_clock(rig);
	rig_push_one(rig, &clerk, &event);
	cr_assert_eq(rig_last_word(rig), REJECT_BUSY);
	first = rig_last(rig)->refusal.retry_ms;
	cr_assert_eq(first, COME_BACK_LEAST_MS);
	rig->monotonic_ms += 30000;
	rig_batch_push(rig, &clerk);
	cr_assert_eq(rig_last(rig)->refusal.retry_ms, 30000);
}
