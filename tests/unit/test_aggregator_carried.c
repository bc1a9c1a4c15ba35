/* SPDX-License-Identifier: Apache-2.0 */
/* Pushes that an admin brings for another node. */
#include "aggregator/carried.h"

#include "tests/support/region_rig.h"

#include <criterion/criterion.h>

static struct rig *rig;
static struct rig_node clerk;

static void
setup(void)
{
	rig = rig_make();
	rig_furnish(rig, &clerk);
}

static void
teardown(void)
{
	rig_free(rig);
}

TestSuite(carried, .init = setup, .fini = teardown, .timeout = 60);

/* The batch as it stands, brought by `bearer`. */
static const struct carried *
carry(const struct rig_node *bearer, uint64_t seen_size)
{
	struct message message = {.kind = MESSAGE_CARRY,
	    .carry = {.push = rig->batch.push,
		.seen_epoch = seen_size > 0 ? 1 : 0,
		.seen_size = seen_size}};
	const struct message *answer;
	uint8_t at[1024];
	size_t len = message_put(&message, at, sizeof at);
	struct bytes frames[2] = {
	    bytes_of(at, len), bytes_of(rig->batch.body, rig->batch.len)};

	cr_assert_gt(len, 0);
	rig_hand_over(rig, bearer, frames, 2);
	rig_turn_end(rig);
	answer = rig_last(rig);
	cr_assert_eq(answer->kind, MESSAGE_CARRIED);
	return &answer->carried;
}

static enum reject
word_of(const struct carried *carried)
{
	cr_assert_eq(carried->kind, MESSAGE_REFUSAL);
	return carried->refusal.word;
}

static void
batch(struct rig_node *node, const char *unit)
{
	struct event event = rig_pledge(rig, unit);

	rig_batch_start(&rig->batch, node);
	rig_batch_add(rig, node, &event);
	rig_batch_stamp(&rig->batch, node);
}

Test(carried, is_taken_and_receipted_as_if_it_came_over_the_nodes_link)
{
	const struct carried *carried;
	uint64_t size = rig_size(rig);

	batch(&clerk, RIG_UNIT);
	carried = carry(&rig->admin, 0);
	cr_assert_eq(carried->kind, MESSAGE_RECEIPT);
	cr_expect_eq(carried->receipt.have, 1);
	cr_expect_eq(memcmp(carried->receipt.head, clerk.head.at, 32), 0);
	cr_expect_eq(carried->receipt.refused_count, 0);
	cr_expect_eq(rig_size(rig), size + 1);
}

Test(carried, continues_the_head_that_the_bundle_names)
{
	const struct carried *carried;
	uint64_t size = rig_size(rig) - 2;

	batch(&clerk, RIG_UNIT);
	carried = carry(&rig->admin, size);
	cr_assert_eq(carried->kind, MESSAGE_RECEIPT);
	cr_expect_eq(carried->receipt.from_size, size);
	cr_expect_gt(carried->receipt.consistency.len, 0);
}

Test(carried, is_for_an_admin_to_bring)
{
	struct rig_node other;

	rig_enrol(rig, &other, 7, RIG_KIND_COLLECTOR);
	batch(&clerk, RIG_UNIT);
	cr_expect_eq(word_of(carry(&other, 0)), REJECT_KIND);
	cr_expect_eq(word_of(carry(&clerk, 0)), REJECT_KIND);
	cr_expect_eq(carry(&rig->admin, 0)->kind, MESSAGE_RECEIPT);
}

Test(carried, of_nobody_known_is_refused)
{
	struct rig_node nobody = clerk;

	nobody.keys.id[3] ^= 1;
	batch(&nobody, RIG_UNIT);
	cr_expect_eq(word_of(carry(&rig->admin, 0)), REJECT_UNKNOWN_NODE);
}

Test(carried, of_a_revoked_node_is_refused)
{
	struct event event = {
	    .kind = EVENT_NODE_REVOKED, .named = {.reason = "HILANG"}};

	memcpy(event.named.node, clerk.keys.id, NODE_ID_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	batch(&clerk, RIG_UNIT);
	cr_expect_eq(word_of(carry(&rig->admin, 0)), REJECT_REVOKED);
}

/* Of three rows the first two are trusted; after a recovery none is there. */
Test(carried, brings_what_a_revoked_node_is_trusted_for_and_no_more)
{
	struct event event = {.kind = EVENT_NODE_REVOKED,
	    .named = {.reason = "HILANG", .accept_up_to = 2}};
	const struct carried *carried;

	memcpy(event.named.node, clerk.keys.id, NODE_ID_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	rig_batch_start(&rig->batch, &clerk);
	for (int i = 0; i < 3; i++) {
		event = rig_pledge(rig, RIG_UNIT);
		rig_batch_add(rig, &clerk, &event);
	}
	rig_batch_stamp(&rig->batch, &clerk);
	carried = carry(&rig->admin, 0);
	cr_assert_eq(carried->kind, MESSAGE_RECEIPT);
	cr_assert_eq(carried->receipt.refused_count, 1);
	cr_expect_eq(carried->receipt.refused[0].seq, 3);
	cr_expect_eq(carried->receipt.refused[0].word, REJECT_KIND);
	batch(&clerk, RIG_UNIT);
	cr_expect_eq(word_of(carry(&rig->admin, 0)), REJECT_REVOKED);
}

Test(carried, passes_the_checks_of_a_push)
{
	const struct carried *carried;
	struct rig_node twin = clerk;

	clerk.seq = 2;
	batch(&clerk, RIG_UNIT);
	cr_expect_eq(word_of(carry(&rig->admin, 0)), REJECT_GAP);
	clerk = twin;
	batch(&clerk, RIG_UNIT);
	rig->batch.push.stamp[40] ^= 1;
	cr_expect_eq(word_of(carry(&rig->admin, 0)), REJECT_BAD_SIGNATURE);
	rig->batch.push.stamp[40] ^= 1;
	cr_assert_eq(carry(&rig->admin, 0)->kind, MESSAGE_RECEIPT);
	batch(&twin, "U002");
	cr_expect_eq(word_of(carry(&rig->admin, 0)), REJECT_FORK);
	batch(&clerk, "NONE");
	carried = carry(&rig->admin, 0);
	cr_assert_eq(carried->kind, MESSAGE_RECEIPT);
	cr_expect_eq(carried->receipt.refused_count, 1);
	cr_expect_eq(carried->receipt.refused[0].word, REJECT_UNKNOWN_UNIT);
}

Test(carried, that_has_seen_more_than_the_log_is_refused)
{
	batch(&clerk, RIG_UNIT);
	cr_expect_eq(
	    word_of(carry(&rig->admin, rig_size(rig) + 1)), REJECT_DIVERGED);
}

/* Lost receipts can always be had anew, also when the live link went on. */
Test(carried, that_is_known_gets_the_receipt_of_the_mark)
{
	const struct carried *carried;
	struct rig_batch *first = xcalloc(1, sizeof *first);
	struct event event = rig_pledge(rig, "NONE");
	uint64_t size;

	batch(&clerk, RIG_UNIT);
	*first = rig->batch;
	cr_assert_eq(carry(&rig->admin, 0)->kind, MESSAGE_RECEIPT);
	rig_push_one(rig, &clerk, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_UNKNOWN_UNIT);
	size = rig_size(rig);
	rig->batch = *first;
	carried = carry(&rig->admin, 0);
	cr_assert_eq(carried->kind, MESSAGE_RECEIPT);
	cr_expect_eq(carried->receipt.have, 2);
	cr_expect_eq(carried->receipt.refused_count, 1, "the later one too");
	cr_expect_eq(rig_size(rig), size);
	free(first);
}

/* Else it would be told nothing of rows that were refused. */
Test(carried, leaves_the_live_link_as_it_was)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 1, .protocol_max = 1}};
	struct event event = rig_pledge(rig, "NONE");

	memcpy(hello.hello.node, clerk.keys.id, NODE_ID_SIZE);
	rig_say(rig, &clerk, &hello);
	batch(&clerk, "NONE");
	cr_assert_eq(carry(&rig->admin, 0)->kind, MESSAGE_RECEIPT);
	rig_push_one(rig, &clerk, &event);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	cr_expect_eq(rig_last(rig)->receipt.refused_count, 2);
	cr_expect(rig_receipt_is_valid(rig, &clerk));
}
