/* SPDX-License-Identifier: Apache-2.0 */
/* A region that shows a node two histories, and one that merely lost track of
 * what it told. */
#include "node/uplink.h"

#include "tests/support/pair.h"

#include <string.h>

#include <criterion/criterion.h>

static bool
has_seen_all(struct pair *pair)
{
	struct spool_status status;

	spool_status(pair->node.spool, &status);
	return status.seen_size == pair->region.leaf_count;
}

/* The head may have come by another way than the page. */
static bool
has_read_all(struct pair *pair)
{
	return pair->entries == pair->region.leaf_count && has_seen_all(pair);
}

/* Rows and a few heads are known on both sides. */
static struct pair *
pair_with_history(void)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_drained, 0);
	for (int i = 0; i < 3; i++) {
		region_tick(&pair->region);
		region_beat(&pair->region);
	}
	wait_for(pair, has_seen_all, 0);
	return pair;
}

/* Another past, and something new behind it. */
static void
rewrite(struct pair *pair)
{
	region_rewrite(&pair->region, 2);
	region_tick(&pair->region);
}

static void
is_caught(struct pair *pair, const char *what)
{
	uint64_t seen = pair->region.leaf_count;
	struct spool_evidence evidence;
	struct spool_status status;
	struct checkpoint head;

	wait_for(pair, is_halted, 0);
	cr_expect_eq(uplink_halted(pair->uplink), REJECT_DIVERGED, "%s: %s",
	    what, reject_word(uplink_halted(pair->uplink)));
	uplink_close(pair->uplink);
	pair->uplink = NULL;
	test_node_reopen(&pair->node);
	spool_status(pair->node.spool, &status);
	cr_expect_eq(status.halted, REJECT_DIVERGED, "%s", what);
	cr_expect_eq(status.evidence_count, 1, "%s", what);
	cr_expect_lt(status.seen_size, seen, "%s: it was believed", what);
	cr_assert_eq(spool_evidence(pair->node.spool, 0, &evidence), OK);
	cr_expect_eq(
	    checkpoint_open(&head, evidence.text, strlen(evidence.text),
		pair->region.joined.origin, pair->region.joined.log_key),
	    OK, "%s: the region signed it", what);
	cr_expect_gt(evidence.noted_ms, 0);
	spool_row_done(pair->node.spool);
	cr_expect_eq(spool_evidence(pair->node.spool, 1, &evidence),
	    ERR_NOTFOUND, "%s", what);
	test_add_pledges(pair->node.spool, 1, 1); /* it goes on taking */
	pair_close(pair);
}

Test(node_heads, a_second_history_is_caught_in_a_beat)
{
	struct pair *pair = pair_with_history();

	rewrite(pair);
	region_beat(&pair->region);
	is_caught(pair, "beat");
}

Test(node_heads, a_second_history_is_caught_in_a_welcome)
{
	struct pair *pair = pair_with_history();

	uplink_close(pair->uplink);
	test_node_reopen(&pair->node);
	rewrite(pair);
	start(pair);
	is_caught(pair, "welcome");
}

Test(node_heads, a_second_history_is_caught_in_a_receipt)
{
	struct pair *pair = pair_with_history();
	struct bytes raw;

	rewrite(pair);
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(spool_receipt(pair->node.spool, 6, &raw), ERR_NOTFOUND);
	is_caught(pair, "receipt");
}

Test(node_heads, a_second_history_is_caught_in_a_page)
{
	struct pair *pair = pair_with_history();

	rewrite(pair);
	uplink_read(pair->uplink, 0, NULL);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(pair->entries, 0);
	is_caught(pair, "page");
}

Test(node_heads, a_shorter_history_is_caught)
{
	struct pair *pair = pair_open();

	for (int i = 0; i < 7; i++)
		region_tick(&pair->region);
	start(pair);
	wait_for(pair, has_seen_all, 0);
	region_roll_back(&pair->region);
	region_tick(&pair->region);
	region_beat(&pair->region);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_DIVERGED);
	pair_close(pair);
}

Test(node_heads, a_false_proof_is_caught_and_kept_with_the_head)
{
	struct pair *pair = pair_with_history();
	struct spool_evidence evidence;

	pair->region.lie = LIE_PROOF;
	region_tick(&pair->region);
	region_beat(&pair->region);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(spool_evidence(pair->node.spool, 0, &evidence), OK);
	cr_assert_str_eq(evidence.text, pair->region.beat.beat.checkpoint);
	cr_assert_eq(evidence.from_size, pair->region.leaf_count - 1);
	cr_assert(bytes_equal(
	    evidence.consistency, pair->region.beat.beat.consistency));
	spool_row_done(pair->node.spool);
	is_caught(pair, "proof");
}

Test(node_heads, the_same_evidence_is_kept_once)
{
	struct pair *pair = pair_with_history();

	uplink_close(pair->uplink);
	rewrite(pair);
	for (int i = 0; i < 2; i++) {
		start(pair);
		wait_for(pair, is_halted, 0);
		uplink_close(pair->uplink);
	}
	start(pair);
	is_caught(pair, "three times");
}

/* The region continues from something else than we keep: nothing is believed
 * and nothing is wrong. */
Test(node_heads, a_region_that_lost_track_is_greeted_again)
{
	struct pair *pair = pair_with_history();
	uint64_t kept = pair->region.leaf_count;
	struct spool_status status;

	pair->region.told = 1;
	region_tick(&pair->region);
	region_beat(&pair->region);
	wait_for(pair, has_hellos, 2);
	cr_assert_eq(pair->region.hello_size, kept, "it was not believed");
	wait_for(pair, has_seen_all, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.evidence_count, 0);
	pair_close(pair);
}

Test(node_heads, a_receipt_that_came_with_such_a_head_is_asked_for_again)
{
	struct pair *pair = pair_with_history();
	unsigned pushes;

	pair->region.told = 1;
	pushes = pair->region.pushes;
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, has_last_row, 6);
	cr_assert_eq(pair->region.hellos, 2);
	cr_assert_eq(pair->region.pushes, pushes + 2);
	pair_close(pair);
}

Test(node_heads, a_page_that_came_with_such_a_head_is_asked_for_again)
{
	struct pair *pair = pair_with_history();

	pair->region.told = 1;
	region_tick(&pair->region);
	uplink_read(pair->uplink, 0, NULL);
	wait_for(pair, has_read_all, 0);
	cr_assert_eq(pair->region.reads, 2);
	cr_assert_eq(pair->entries, pair->region.leaf_count);
	pair_close(pair);
}

Test(node_heads, a_region_without_proofs_for_a_while_is_no_alarm)
{
	struct pair *pair = pair_with_history();
	uint64_t kept = pair->region.leaf_count;
	struct spool_status status;

	pair->region.no_proofs = true;
	region_tick(&pair->region);
	region_beat(&pair->region);
	wait_for(pair, has_hellos, 4);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	cr_assert_eq(pair->region.hello_size, kept);
	spool_status(pair->node.spool, &status);
	cr_assert_eq(status.seen_size, kept);
	cr_assert_eq(status.evidence_count, 0);
	pair->region.no_proofs = false;
	wait_for(pair, has_seen_all, 0);
	pair_close(pair);
}

/* The Hello names what is verified, whether it is on the disk yet or not. */
Test(node_heads, a_head_of_this_moment_is_in_the_next_hello)
{
	struct pair *pair = pair_open();

	pair->greet_again_ms = 50;
	start(pair);
	for (unsigned i = 1; i < 6; i++) {
		region_tick(&pair->region);
		region_beat(&pair->region);
		wait_for(pair, has_hellos, 1 + i);
	}
	wait_for(pair, has_seen_all, 0);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair_close(pair);
}

/* What was said between our Hello and the Welcome is the Welcome's past. */
Test(node_heads, a_beat_before_the_welcome_costs_no_second_hello)
{
	struct pair *pair = pair_with_history();

	pair->region.hellos = 0;
	pair->region.beats_first = true;
	restart(pair);
	wait_for(pair, has_hellos, 1);
	wait_for(pair, has_seen_all, 0);
	cr_assert_eq(pair->region.hellos, 1);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair_close(pair);
}

/* Its Welcome is believed each time, so that alone must not end the pauses. */
Test(node_heads, a_region_that_always_forgets_is_greeted_less_and_less)
{
	struct pair *pair = pair_with_history();
	uint64_t begun_ms = loop_monotonic_ms();

	pair->region.forgets_always = true;
	pair->region.told = 1;
	for (unsigned i = 0; i < 4; i++) {
		test_add_pledges(pair->node.spool, 1, 1);
		uplink_wake(pair->uplink);
		wait_for(pair, has_hellos, 2 + i);
	}
	cr_assert_geq(loop_monotonic_ms() - begun_ms, 300);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair_close(pair);
}

static void
start_eager(struct pair *pair)
{
	uplink_close(pair->uplink);
	test_node_reopen(&pair->node);
	pair->greet_again_ms = 10;
	start(pair);
	wait_for(pair, has_seen_all, 0);
}

/* Each Hello names the head that is kept here; an honest region proves from
 * it. One that never does keeps the node from seeing what it would refuse. */
Test(node_heads, a_region_that_never_proves_its_heads_is_an_alarm)
{
	struct pair *pair = pair_with_history();
	uint64_t kept = pair->region.leaf_count;
	unsigned hellos;

	start_eager(pair);
	hellos = pair->region.hellos;
	pair->region.no_proofs = true;
	region_tick(&pair->region);
	wait_for(pair, is_halted, 0);
	cr_expect_geq(pair->region.hellos, hellos + 8);
	cr_expect_eq(pair->region.hello_size, kept);
	is_caught(pair, "no proof");
}

Test(node_heads, one_proof_is_enough_to_begin_counting_anew)
{
	struct pair *pair = pair_with_history();

	start_eager(pair);
	for (int i = 0; i < 2; i++) {
		pair->region.no_proofs = true;
		region_tick(&pair->region);
		wait_for(pair, has_hellos, pair->region.hellos + 5);
		pair->region.no_proofs = false;
		wait_for(pair, has_seen_all, 0);
	}
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	pair_close(pair);
}

static enum reject
halted_on_disk(struct pair *pair)
{
	struct spool_status status;

	uplink_close(pair->uplink);
	pair->uplink = NULL;
	test_node_reopen(&pair->node);
	spool_status(pair->node.spool, &status);
	return status.halted;
}

Test(node_heads, a_restart_without_an_answer_forgets_no_alarm)
{
	struct pair *pair = pair_with_history();
	struct spool_status status;

	rewrite(pair);
	region_beat(&pair->region);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(halted_on_disk(pair), REJECT_DIVERGED);
	start(pair);
	cr_expect_eq(halted_on_disk(pair), REJECT_DIVERGED);
	start(pair);
	spool_status(pair->node.spool, &status);
	cr_expect_eq(status.halted, REJECT_DIVERGED, "while it runs: %s",
	    reject_word(status.halted));
	cr_expect_eq(status.evidence_count, 1);
	pair_close(pair);
}

Test(node_heads, a_verified_region_ends_an_alarm_of_the_run_before)
{
	struct pair *pair = pair_with_history();

	pair->region.lie = LIE_CHECKPOINT;
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, is_halted, 0);
	cr_assert_eq(halted_on_disk(pair), REJECT_BAD_SIGNATURE);
	pair->region.lie = LIE_NONE;
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(halted_on_disk(pair), REJECT_NONE);
	pair_close(pair);
}
