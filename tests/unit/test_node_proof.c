/* SPDX-License-Identifier: Apache-2.0 */
/* The receipt of one record leads from its bytes into the log. */
#include "node/uplink.h"

#include "tests/support/pair.h"

#include <string.h>

#include <criterion/criterion.h>

/* As a stranger does it, who has the log's key and the node's. */
static struct leaf
verify(struct pair *pair, const struct record_proof *proof)
{
	const struct node_region *region = &pair->region.joined;
	struct hash event = hash_event(proof->event);
	struct hash head = hash_head(&proof->head_before, &event);
	struct hash leaf_hash = hash_leaf(proof->leaf);
	struct checkpoint checkpoint;
	struct leaf leaf = {0};

	for (unsigned i = 0; i < proof->hash_count; i++)
		head = hash_head(&head, &proof->hashes[i]);
	cr_assert_eq(
	    checkpoint_open(&checkpoint, proof->checkpoint,
		proof->checkpoint_len, region->origin, region->log_key),
	    OK);
	cr_assert(tlog_inclusion_is_valid(&proof->inclusion, proof->index,
	    checkpoint.size, &leaf_hash, &checkpoint.root));
	cr_assert_eq(leaf_get(&leaf, proof->leaf), OK);
	if (leaf.author == AUTHOR_NODE)
		cr_assert(stamp_is_valid(leaf.stamp.at, proof->node,
		    proof->seq + proof->hash_count, &head,
		    pair->node.keys.sign.public_key));
	return leaf;
}

static void
proves(struct pair *pair, uint64_t seq)
{
	struct record_proof proof;
	struct spool_row row;
	uint8_t *event;

	cr_assert_eq(spool_row(pair->node.spool, seq, &row), OK);
	event = xcalloc(1, row.event.len);
	memcpy(event, row.event.at, row.event.len);
	cr_assert_eq(spool_record_proof(pair->node.spool, seq, &proof), OK);
	cr_assert_eq(proof.seq, seq);
	cr_assert(bytes_equal(proof.event, bytes_of(event, row.event.len)));
	(void)verify(pair, &proof);
	spool_row_done(pair->node.spool);
	free(event);
}

Test(node_proof, of_each_record_of_many_batches)
{
	struct pair *pair = pair_open();

	test_add_pledges(pair->node.spool, 300, 300);
	test_add_pledges(pair->node.spool, 5, 1);
	start(pair);
	wait_for(pair, is_drained, 0);
	restart(pair); /* from the disk */
	for (uint64_t seq = 1; seq <= 305; seq++)
		proves(pair, seq);
	pair_close(pair);
}

Test(node_proof, a_record_whose_receipts_were_lost_has_the_later_one)
{
	struct pair *pair = pair_open();
	struct record_proof proof;

	test_add_pledges(pair->node.spool, 450, 450);
	pair->region.lose_receipts = 3;
	start(pair);
	wait_for(pair, has_pushes, 3);
	restart(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(spool_record_proof(pair->node.spool, 2, &proof), OK);
	cr_assert_eq(proof.hash_count, 448);
	proves(pair, 2);
	pair_close(pair);
}

Test(node_proof, of_a_refused_row_by_the_entry_that_refuses_it)
{
	struct pair *pair = pair_open();
	struct wire *wire = wire_new();
	struct record_proof proof;
	struct spool_row row;
	struct event event;
	struct leaf leaf;

	pair->region.refuse_seq = 4;
	test_add_pledges(pair->node.spool, 4, 4);
	start(pair);
	wait_for(pair, is_drained, 0);
	for (uint64_t seq = 1; seq <= 4; seq++) {
		cr_assert_eq(
		    spool_record_proof(pair->node.spool, seq, &proof), OK);
		leaf = verify(pair, &proof);
		cr_assert_eq(leaf.author, AUTHOR_LOG);
		cr_assert_eq(
		    wire_unpack(wire, leaf.event, &event), REJECT_NONE);
		cr_assert_eq(event.kind, EVENT_REFUSED);
		cr_assert_eq(event.refused.seq, 4);
	}
	cr_assert_eq(spool_row(pair->node.spool, 4, &row), OK);
	cr_assert_eq(
	    memcmp(event.refused.event_hash, row.event_hash.at, 32), 0);
	spool_row_done(pair->node.spool);
	wire_free(wire);
	pair_close(pair);
}

Test(node_proof, there_is_none_before_the_receipt)
{
	struct pair *pair = pair_open();
	struct record_proof proof;

	test_add_pledges(pair->node.spool, 2, 1);
	start(pair);
	wait_for(pair, is_drained, 0);
	test_add_pledges(pair->node.spool, 1, 1);
	for (uint64_t seq = 3; seq <= 5; seq++)
		cr_assert_eq(
		    spool_record_proof(pair->node.spool, seq % 5, &proof),
		    ERR_NOTFOUND);
	pair_close(pair);
}

/* `count` rows are pushed while the region says nothing, on a link that has
 * brought as many before. Returns the number of the first. */
static uint64_t
lose_receipts_of(struct pair *pair, unsigned count)
{
	unsigned before;

	pair->region.credit_events = count;
	test_add_pledges(pair->node.spool, count, 200);
	start(pair);
	wait_for(pair, is_drained, 0);
	before = pair->region.pushes;
	pair->region.lose_receipts = 100;
	test_add_pledges(pair->node.spool, count, 200);
	uplink_wake(pair->uplink);
	wait_for(pair, has_pushes, before + count / 200);
	pair->region.lose_receipts = 0;
	restart(pair);
	wait_for(pair, is_drained, 0);
	return count + 1;
}

/* The region goes down behind a commit of all that a node may have under way:
 * one receipt, of the last row, is all there will ever be. */
Test(node_proof, a_whole_credit_of_lost_receipts_leaves_no_record_without_one)
{
	struct pair *pair = pair_open();
	uint64_t first = lose_receipts_of(pair, pair->region.credit_events);

	proves(pair, first);
	proves(pair, first + 1000);
	pair_close(pair);
}

Test(node_proof, there_is_none_when_the_stamp_is_too_far_off)
{
	struct pair *pair = pair_open();
	struct record_proof proof;
	uint64_t first;

	first = lose_receipts_of(pair, (PROOF_EVENTS_MAX / 200 + 2) * 200);
	cr_assert_eq(
	    spool_record_proof(pair->node.spool, first, &proof), ERR_FULL);
	proves(pair, first + 400);
	pair_close(pair);
}
