/* SPDX-License-Identifier: Apache-2.0 */
/* What reached the region while its answers were lost, and who may amend what
 * others recorded. */
#include "aggregator/intake.h"

#include "aggregator/limits.h"
#include "tests/support/region_rig.h"

#include <string.h>

#include <criterion/criterion.h>

static struct rig *rig;
static struct rig_node collector;

static void
set_up(void)
{
	rig = rig_make();
	rig_furnish(rig, &collector);
}

static void
tear_down(void)
{
	rig_free(rig);
}

TestSuite(aggregator_amends, .init = set_up, .fini = tear_down);

/* 200 rows in one push; the row at `refused`, if any, names no unit. */
static void
push_rows(int refused)
{
	struct event event;

	rig_batch_start(&rig->batch, &collector);
	for (int i = 0; i < PUSH_EVENTS_MAX; i++) {
		event =
		    i == refused ? rig_pledge(rig, "NOWHERE") : rig_reported();
		rig_batch_add(rig, &collector, &event);
	}
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
}

static void
say_hello(uint64_t last_seq, uint64_t receipted_seq)
{
	struct message message = {.kind = MESSAGE_HELLO};
	struct hello *hello = &message.hello;

	hello->protocol_min = PROTOCOL_MIN;
	hello->protocol_max = PROTOCOL_MAX;
	memcpy(hello->node, collector.keys.id, NODE_ID_SIZE);
	hello->last_seq = last_seq;
	hello->receipted_seq = receipted_seq;
	rig_say(rig, &collector, &message);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_WELCOME);
}

static bool
tells_refused(uint64_t seq)
{
	const struct receipt *receipt = &rig_last(rig)->receipt;

	for (unsigned i = 0; i < receipt->refused_count; i++)
		if (receipt->refused[i].seq == seq)
			return true;
	return false;
}

Test(aggregator_amends, tells_refusals_of_batches_whose_receipts_were_lost)
{
	struct rig_batch second;

	push_rows(4);
	push_rows(-1);
	second = rig->batch;
	say_hello(2 * PUSH_EVENTS_MAX, 0);
	rig->batch = second;
	rig_batch_push(rig, &collector);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	cr_assert_eq(rig_last(rig)->receipt.have, 2 * PUSH_EVENTS_MAX);
	cr_expect(tells_refused(5));
}

Test(aggregator_amends, keeps_an_admin_to_its_own_wilayah)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	struct rig_node admin;
	struct join join;

	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	rig_node_init(rig, &admin, "73.04.02");
	node_keys_make(&admin.keys);
	admin.head = hash_node(admin.keys.sign.public_key);
	rig_invite(rig, 9, RIG_KIND_ADMIN, "73.04.02", false);
	join = rig_join_of(&admin, 9);
	rig->monotonic_ms += 1000;
	rig_knock(rig, &admin, &join);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	event = (struct event){.kind = EVENT_WITHDRAWN,
	    .withdrawn = {.target = {.seq = 1}, .reason = "SALAH_INPUT"}};
	memcpy(event.withdrawn.target.node, collector.keys.id, EVENT_ID_SIZE);
	rig_push_one(rig, &admin, &event);
	cr_expect_eq(rig_event_word(rig), REJECT_UNKNOWN_RECORD);
}

Test(aggregator_amends, takes_no_free_text_as_a_node_s_software)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	(void)text_copy(event.software, sizeof event.software, "seorang camat");
	rig_push_one(rig, &collector, &event);
	cr_expect_eq(rig_event_word(rig), REJECT_FIELD);
}
