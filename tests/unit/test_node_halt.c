/* SPDX-License-Identifier: Apache-2.0 */
/* What a node does not believe, and what it does then. */
#include "node/uplink.h"

#include "tests/support/pair.h"

#include <string.h>

#include <criterion/criterion.h>

/* Nothing of a receipt that lies is kept, and the halt is told and stays. */
static void
lie_halts(enum region_lie lie, enum reject word)
{
	struct pair *pair = pair_open();
	struct spool_status status;
	struct bytes raw;

	start(pair);
	wait_for(pair, has_hellos, 1);
	test_add_pledges(pair->node.spool, 100, 100);
	pair->region.lie = lie;
	uplink_wake(pair->uplink);
	wait_for(pair, is_halted, 0);
	cr_expect_eq(uplink_halted(pair->uplink), word, "lie %d: %s", lie,
	    reject_word(uplink_halted(pair->uplink)));
	cr_assert_not(uplink_is_drained(pair->uplink));
	pair->region.lie = LIE_NONE;
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	uplink_close(pair->uplink);
	pair->uplink = NULL;
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.halted, word);
	cr_assert_eq(status.receipted_seq, 0);
	cr_assert_eq(spool_receipt(pair->node.spool, 1, &raw), ERR_NOTFOUND);
	cr_assert_eq(pair->region.mark, 100, "nothing more was sent");
	pair_close(pair);
}

Test(node_halt, halts_on_a_checkpoint_of_another_key)
{
	lie_halts(LIE_CHECKPOINT, REJECT_BAD_SIGNATURE);
}

Test(node_halt, halts_on_a_forged_inclusion_proof)
{
	lie_halts(LIE_INCLUSION, REJECT_DIVERGED);
}

Test(node_halt, halts_on_the_head_of_another_chain)
{
	lie_halts(LIE_HEAD, REJECT_FORK);
}

Test(node_halt, halts_on_another_place_in_the_log)
{
	lie_halts(LIE_INDEX, REJECT_DIVERGED);
}

Test(node_halt, halts_on_another_received_time)
{
	lie_halts(LIE_TIME, REJECT_DIVERGED);
}

Test(node_halt, halts_on_a_second_root_for_the_same_size)
{
	struct pair *pair = pair_open();

	start(pair);
	wait_for(pair, has_hellos, 1);
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, is_drained, 0);
	pair->region.lie = LIE_ROOT;
	region_beat(&pair->region);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_DIVERGED);
	pair_close(pair);
}

Test(node_halt, halts_when_its_chain_has_forked)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_drained, 0);
	uplink_close(pair->uplink);
	pair->region.welcome_forks = true;
	start(pair);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_FORK);
	pair_close(pair);
}

Test(node_halt, halts_when_its_own_disk_was_rolled_back)
{
	struct pair *pair = pair_open();
	struct test_node fresh = {0};

	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_drained, 0);
	uplink_close(pair->uplink);
	fresh.dir = temp_dir_make();
	fresh.keys = pair->node.keys;
	cr_assert_eq(test_spool_open(&fresh, &fresh.spool), OK);
	spool_close(pair->node.spool);
	pair->node.spool = fresh.spool;
	start(pair);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_GAP);
	pair_close(pair);
	temp_dir_remove(fresh.dir);
}

Test(node_halt, halts_when_the_region_was_rolled_back)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_drained, 0);
	region_roll_back(&pair->region);
	pair->region.hellos = 0;
	restart(pair);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_DIVERGED);
	cr_assert_eq(pair->region.mark, 0, "nothing was pushed again");
	pair_close(pair);
}

Test(node_halt, halts_when_the_region_says_that_its_log_is_shorter)
{
	struct pair *pair = pair_open();

	pair->region.refuses_hello = true;
	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_DIVERGED);
	uplink_close(pair->uplink);
	pair->region.refuses_hello = false;
	pair->region.refuse_pushes = REJECT_DIVERGED;
	start(pair);
	wait_for(pair, is_halted, 0);
	/* It shows the head that it has seen, and pushes once more. */
	cr_assert_leq(pair->region.pushes, 2);
	pair_close(pair);
}

Test(node_halt, halts_when_it_is_told_that_it_is_revoked)
{
	struct pair *pair = pair_open();

	pair->region.refuse_pushes = REJECT_REVOKED;
	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_REVOKED);
	test_add_pledges(pair->node.spool, 5, 1);
	pair_close(pair);
}
