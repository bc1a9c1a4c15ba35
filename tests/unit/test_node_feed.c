/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that the region asks for, pages and slices. */
#include "node/uplink.h"

#include "tests/support/pair.h"

#include <string.h>

#include <criterion/criterion.h>

static bool
has_seen(struct pair *pair)
{
	return pair->region.seen_size >= pair->number;
}

/* Reports come at most once a second: later than that nothing can follow. */
static bool
is_past_a_second(struct pair *pair)
{
	return loop_monotonic_ms() >= pair->number + 1200;
}

Test(node_feed, reports_once_when_beats_ask_for_it)
{
	struct pair *pair = pair_open();
	struct spool_status status;

	start(pair);
	wait_for(pair, has_hellos, 1);
	for (int i = 0; i < 5; i++)
		region_tick(&pair->region);
	pair->region.report_wanted = true;
	region_beat(&pair->region);
	pair->region.report_wanted = false;
	wait_for(pair, has_seen, 6);
	region_beat_again(&pair->region); /* that head was told of */
	cr_assert_eq(pair->region.last_kind, EVENT_NODE_REPORTED);
	wait_for(pair, is_past_a_second, loop_monotonic_ms());
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.last_seq, 1);
	cr_assert(uplink_is_drained(pair->uplink));
	pair_close(pair);
}

Test(node_feed, reports_at_most_once_a_second)
{
	struct pair *pair = pair_open();
	struct spool_status status;

	pair->region.report_wanted = true; /* in each receipt */
	start(pair);
	wait_for(pair, has_last_row, 1);
	wait_for(pair, is_past_a_second, loop_monotonic_ms());
	spool_status(pair->node.spool, &status);
	cr_assert_leq(status.last_seq, 3);
	pair_close(pair);
}

Test(node_feed, does_not_report_from_a_node_that_is_no_collector)
{
	struct pair *pair = pair_open();
	struct spool_status status;

	pair->region.joined.kind = 4;
	start(pair);
	wait_for(pair, has_hellos, 1);
	region_tick(&pair->region);
	pair->region.report_wanted = true;
	region_beat(&pair->region);
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, has_last_row, 1);
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.last_seq, 1);
	pair_close(pair);
}

Test(node_feed, reports_after_an_hour_without_contact)
{
	struct pair *pair = pair_open();

	spool_note_contact(
	    pair->node.spool, loop_now_ms(pair->loop) - 3700 * 1000, 0);
	cr_assert_eq(spool_flush(pair->node.spool), OK);
	start(pair);
	wait_for(pair, has_last_row, 1);
	cr_assert_eq(pair->region.last_kind, EVENT_NODE_REPORTED);
	pair_close(pair);
}

Test(node_feed, reports_after_six_hours_without_an_event)
{
	struct pair *pair = pair_open();
	struct spool_status status;

	test_add_pledges_at(pair->node.spool, 1, 1, TEST_NOW_MS);
	start(pair);
	wait_for(pair, has_last_row, 2);
	cr_assert_eq(pair->region.last_kind, EVENT_NODE_REPORTED);
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.last_seq, 2);
	pair_close(pair);
}

static bool
has_slices(struct pair *pair)
{
	return uplink_has_slices(pair->uplink);
}

Test(node_feed, fetches_all_parts_of_its_slices)
{
	static const struct unit_row units[2] = {
	    {"A1", "Dinas A", 4, "73.04.01", "", {1, 2, 3}},
	    {"B1", "Dinas B", 5, "73.04.01", "A1", {4, 5, 6}}};
	struct pair *pair = pair_open();
	struct campaign_row campaign;
	struct unit_row row;

	pair->region.units = units;
	pair->region.unit_count = 2;
	pair->region.roster_version = 3;
	pair->region.campaign_version = 2;
	start(pair);
	cr_assert_not(uplink_has_slices(pair->uplink));
	wait_for(pair, has_slices, 0);
	cr_assert_eq(pair->region.fetches, 3);
	cr_assert_eq(spool_unit(pair->node.spool, "B1", &row), OK);
	cr_assert_str_eq(row.parent, "A1");
	cr_assert_eq(
	    spool_campaign(pair->node.spool, "IKRAR24", &campaign), OK);
	restart(pair);
	wait_for(pair, has_slices, 0);
	cr_assert_eq(pair->region.fetches, 3, "they are here already");
	pair_close(pair);
}

static bool
has_entries(struct pair *pair)
{
	return pair->entries >= pair->number;
}

Test(node_feed, reads_the_feed_from_an_index)
{
	struct pair *pair = pair_open();

	for (int i = 0; i < 9; i++)
		region_tick(&pair->region);
	start(pair);
	pair->next = 2;
	uplink_read(pair->uplink, 2, (const uint8_t[HASH_SIZE]){0});
	wait_for(pair, has_entries, 8);
	cr_assert_eq(pair->next, 10);
	cr_assert_eq(pair->region.reads, 1);
	pair_close(pair);
}

Test(node_feed, asks_again_for_a_page_that_never_came)
{
	struct pair *pair = pair_open();

	region_tick(&pair->region);
	pair->region.joined.kind = 4; /* a notifier */
	pair->region.ignore_reads = 1;
	pair->greet_again_ms = 100;
	start(pair);
	uplink_read(pair->uplink, 0, NULL);
	wait_for(pair, has_entries, 2);
	cr_assert_eq(pair->next, 2);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair_close(pair);
}

Test(node_feed, halts_on_a_page_that_is_not_what_it_says)
{
	struct pair *pair = pair_open();

	pair->region.lie = LIE_INDEX;
	start(pair);
	uplink_read(pair->uplink, 0, NULL);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(pair->entries, 0);
	pair_close(pair);
}

static bool
is_refused(struct pair *pair)
{
	return pair->refused != REJECT_NONE;
}

Test(node_feed, tells_when_a_read_is_refused_and_pushes_on)
{
	struct pair *pair = pair_open();

	pair->region.refuse_reads = REJECT_DIVERGED;
	start(pair);
	uplink_read(pair->uplink, 0, NULL);
	wait_for(pair, is_refused, 0);
	cr_assert_eq(pair->refused, REJECT_DIVERGED);
	test_add_pledges(pair->node.spool, 3, 3);
	uplink_wake(pair->uplink);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair_close(pair);
}
