/* SPDX-License-Identifier: Apache-2.0 */
/* A real spool and a real socket to a small region (tests/support/region). */
#include "node/uplink.h"

#include "tests/support/pair.h"

#include <string.h>

#include <criterion/criterion.h>

enum { MANY = 20000, BEFORE_LOOK_MS = 4000 };

/* The message that the spool keeps proves what it says. */
static void
receipt_covers(struct pair *pair, uint64_t seq)
{
	struct message_codec *codec = message_codec_new();
	struct message message;
	struct bytes raw;

	cr_assert_eq(spool_receipt(pair->node.spool, seq, &raw), OK);
	cr_assert_eq(message_from_region_get(codec, raw, &message), OK);
	cr_assert_eq(message.kind, MESSAGE_RECEIPT);
	cr_assert_geq(message.receipt.have, seq);
	spool_row_done(pair->node.spool);
	message_codec_free(codec);
}

Test(node_uplink, pushes_what_is_in_the_spool_and_keeps_the_receipts)
{
	struct pair *pair = pair_open();
	struct spool_status status;

	test_add_pledges(pair->node.spool, 300, 300);
	cr_assert_eq(pair->region.mark, 0);
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 300);
	for (uint64_t seq = 1; seq <= 300; seq += 13)
		receipt_covers(pair, seq);
	cr_assert_gt(pair->changes, 0);
	cr_assert_eq(uplink_link_state(pair->uplink), LINK_READY);
	cr_assert_gt(uplink_bytes(pair->uplink), 300 * 100);
	restart(pair); /* what is on the disk */
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.receipted_seq, 300);
	cr_assert_gt(status.last_contact_ms, 0);
	cr_assert_gt(status.seen_size, 300);
	pair_close(pair);
}

Test(node_uplink, sends_what_is_added_later_at_once_and_by_the_datagram)
{
	struct pair *pair = pair_open();

	start(pair);
	wait_for(pair, has_hellos, 1);
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 1);
	test_add_pledges(pair->node.spool, 1, 1);
	spool_wake_daemon(pair->node.dir);
	wait_within(pair, has_last_row, 2, BEFORE_LOOK_MS);
	pair_close(pair);
}

Test(node_uplink, keeps_many_pushes_under_way_within_the_credit)
{
	struct pair *pair = pair_open();

	pair->region.credit_events = 1000;
	test_add_pledges(pair->node.spool, MANY, 1000);
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, MANY);
	cr_assert_eq(pair->region.hellos, 1);
	cr_assert_leq(pair->region.unanswered_max, 1000);
	cr_assert_gt(pair->region.unanswered_max, PUSH_EVENTS_MAX);
	pair_close(pair);
}

Test(node_uplink, gets_a_fresh_receipt_when_receipts_were_lost)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 450, 450);
	pair->region.lose_receipts = 3;
	start(pair);
	wait_for(pair, has_pushes, 3);
	restart(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 450);
	receipt_covers(pair, 1);
	receipt_covers(pair, 450);
	cr_assert_eq(pair->region.pushes, 4, "one push asked for it");
	pair_close(pair);
}

Test(node_uplink, goes_on_where_the_region_stands_after_a_restart)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 200, 50);
	start(pair);
	wait_for(pair, is_drained, 0);
	uplink_close(pair->uplink);
	test_node_reopen(&pair->node);
	test_add_pledges(pair->node.spool, 200, 50);
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 400);
	pair_close(pair);
}

Test(node_uplink, fills_a_gap_from_what_the_region_has)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 1000, 1000);
	pair->region.ignore_pushes = 1;
	start(pair);
	/* The first push got lost: the others leave a gap. No answer to it
	 * ever comes, so the connection is made anew. */
	wait_for(pair, has_pushes, 3);
	restart(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 1000);
	pair_close(pair);
}

Test(node_uplink, resyncs_within_a_connection_after_a_gap)
{
	struct pair *pair = pair_open();

	pair->region.refuse_pushes = REJECT_GAP;
	test_add_pledges(pair->node.spool, 500, 500);
	start(pair);
	wait_for(pair, has_pushes, 1);
	pair->region.refuse_pushes = REJECT_NONE;
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 500);
	cr_assert_gt(pair->region.hellos, 1);
	pair_close(pair);
}

Test(node_uplink, comes_back_after_the_pause_of_a_busy_region)
{
	struct pair *pair = pair_open();

	pair->region.refuse_pushes = REJECT_BUSY;
	pair->region.retry_ms = 100;
	test_add_pledges(pair->node.spool, 10, 10);
	start(pair);
	wait_for(pair, has_pushes, 2);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair->region.refuse_pushes = REJECT_NONE;
	wait_for(pair, is_drained, 0);
	pair_close(pair);
}

Test(node_uplink, tells_refused_rows_from_taken_ones)
{
	struct pair *pair = pair_open();
	struct spool_row row;

	test_add_pledges(pair->node.spool, 10, 10);
	pair->region.refuse_seq = 4;
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(spool_row(pair->node.spool, 4, &row), OK);
	cr_assert_eq(row.state, RECORD_REFUSED);
	cr_assert_eq(row.word, REJECT_UNKNOWN_UNIT);
	cr_assert_eq(spool_row(pair->node.spool, 5, &row), OK);
	cr_assert_eq(row.state, RECORD_RECEIPTED);
	spool_row_done(pair->node.spool);
	pair_close(pair);
}

Test(node_uplink, believes_a_refused_last_row_only_with_its_proof)
{
	struct pair *pair = pair_open();
	struct spool_row row;

	test_add_pledges(pair->node.spool, 10, 10);
	pair->region.refuse_seq = 10;
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(spool_row(pair->node.spool, 10, &row), OK);
	cr_assert_eq(row.state, RECORD_REFUSED);
	spool_row_done(pair->node.spool);
	test_add_pledges(pair->node.spool, 1, 1);
	pair->region.lie = LIE_REFUSED;
	uplink_wake(pair->uplink);
	wait_for(pair, is_halted, 0);
	pair_close(pair);
}
