/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/told.h"

#include <string.h>

#include <criterion/criterion.h>

#include "tests/support/region_rig.h"

static struct rig *rig;
static struct rig_node collector, follower;

/* The largest head that a node has kept. */
struct kept {
	struct checkpoint head;
};
static struct kept kept;

static void
set_up(void)
{
	rig = rig_make();
	rig_furnish(rig, &collector);
	rig_enrol(rig, &follower, 2, RIG_KIND_FOLLOWER);
}

static void
tear_down(void)
{
	rig_free(rig);
}

TestSuite(told, .init = set_up, .fini = tear_down);

static void
say_hello(const struct rig_node *node, uint64_t epoch, uint64_t size)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 1,
		.protocol_max = 1,
		.seen_epoch = epoch,
		.seen_size = size}};

	memcpy(hello.hello.node, node->keys.id, NODE_ID_SIZE);
	rig_say(rig, node, &hello);
}

/* What a message says of the head. */
struct said {
	const char *checkpoint;
	uint64_t from_size;
	struct bytes consistency;
};

static struct said
said_by(const struct message *message)
{
	switch ((int)message->kind) {
	case MESSAGE_WELCOME:
		return (struct said){message->welcome.checkpoint,
		    message->welcome.from_size, message->welcome.consistency};
	case MESSAGE_RECEIPT:
		return (struct said){message->receipt.checkpoint,
		    message->receipt.from_size, message->receipt.consistency};
	case MESSAGE_PAGE:
		return (struct said){message->page.checkpoint,
		    message->page.from_size, message->page.consistency};
	}
	cr_assert_eq(message->kind, MESSAGE_BEAT);
	return (struct said){message->beat.checkpoint, message->beat.from_size,
	    message->beat.consistency};
}

static struct checkpoint
head_of(const struct message *message)
{
	const char *text = said_by(message).checkpoint;
	const char *origin = view_region(region_view(rig->region))->origin;
	struct checkpoint head;

	cr_assert_eq(checkpoint_open(&head, text, strlen(text), origin,
			 rig->keys.log.public_key),
	    OK);
	return head;
}

/* As a node believes it: from the head that it has kept. */
static bool
continues(const struct message *message)
{
	struct said said = said_by(message);
	struct checkpoint head = head_of(message);
	struct tlog_proof proof = {
	    .count = (unsigned)(said.consistency.len / 32)};

	if (said.from_size != kept.head.size)
		return false;
	if (said.consistency.len > 0)
		memcpy(proof.at, said.consistency.at, said.consistency.len);
	if (!tlog_consistency_is_valid(
		&proof, kept.head.size, head.size, &kept.head.root, &head.root))
		return false;
	kept.head = head;
	return true;
}

static void
report(void)
{
	struct event event = rig_reported();

	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
}

Test(told, a_node_that_knows_no_head_gets_no_proof)
{
	say_hello(&collector, 0, 0);
	cr_assert_eq(said_by(rig_last(rig)).from_size, 0);
	cr_assert_eq(said_by(&rig->message).consistency.len, 0);
	cr_assert_eq(head_of(&rig->message).size, rig_size(rig));
}

Test(told, a_node_of_another_epoch_gets_no_proof)
{
	say_hello(&collector, 0, 3);
	cr_assert_eq(said_by(rig_last(rig)).from_size, 0);
	cr_assert_eq(said_by(&rig->message).consistency.len, 0);
}

Test(told, each_message_continues_the_one_before)
{
	say_hello(&collector, 0, 0);
	kept.head = head_of(rig_last(rig));
	for (unsigned i = 0; i < 300; i++) {
		report();
		cr_assert(continues(rig_last(rig)), "receipt %u", i);
	}
	say_hello(&collector, 1, kept.head.size);
	cr_assert(continues(rig_last(rig)));
	cr_assert_eq(said_by(&rig->message).consistency.len, 0);
}

Test(told, a_hello_is_answered_from_the_head_that_it_names)
{
	struct checkpoint early;

	say_hello(&collector, 0, 0);
	early = head_of(rig_last(rig));
	for (unsigned i = 0; i < 20; i++)
		report();
	kept.head = early;
	say_hello(&collector, 1, early.size);
	cr_assert(continues(rig_last(rig)));
	cr_assert_gt(said_by(&rig->message).consistency.len, 0);
	rig_restart(rig);
	kept.head = early;
	say_hello(&collector, 1, early.size);
	cr_assert(continues(rig_last(rig)));
}

Test(told, of_two_receipts_of_one_turn_the_second_needs_no_hashes)
{
	struct event event = rig_reported();
	unsigned first = rig->answer_count + 1;

	say_hello(&collector, 0, 0);
	kept.head = head_of(rig_last(rig));
	for (unsigned i = 0; i < 2; i++) {
		rig_batch_start(&rig->batch, &collector);
		rig_batch_add(rig, &collector, &event);
		rig_batch_stamp(&rig->batch, &collector);
		rig_batch_hand_over(rig, &collector);
	}
	rig_turn_end(rig);
	cr_assert(continues(rig_message(rig, first)));
	cr_assert(continues(rig_message(rig, first + 1)));
	cr_assert_eq(said_by(&rig->message).consistency.len, 0);
}

Test(told, nodes_that_come_from_different_heads_each_get_their_own)
{
	struct checkpoint collectors, followers;
	struct message read = {.kind = MESSAGE_READ};

	(void)text_copy(read.read.origin, sizeof read.read.origin,
	    view_region(region_view(rig->region))->origin);
	say_hello(&collector, 0, 0);
	collectors = head_of(rig_last(rig));
	report();
	kept.head = collectors;
	cr_assert(continues(rig_last(rig)));
	collectors = kept.head;
	say_hello(&follower, 0, 0);
	followers = head_of(rig_last(rig));
	report();
	kept.head = collectors;
	cr_assert(continues(rig_last(rig)));
	rig_say(rig, &follower, &read);
	kept.head = followers;
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_PAGE);
	cr_assert(continues(rig_last(rig)));
}

Test(told, a_beat_continues_too)
{
	rig_see(rig, &collector);
	say_hello(&collector, 1, collector.seen_size);
	kept.head = head_of(rig_last(rig));
	rig->now_ms += rig_day_ms + 1;
	rig_clock(rig);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_BEAT);
	cr_assert(continues(rig_last(rig)));
}

/* Sends nothing while it is deaf. */
static bool is_deaf;

static bool
may_send(void *context, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	return !is_deaf && rig_on_send(context, route, frames, frame_count);
}

Test(told, what_did_not_go_out_was_not_told)
{
	struct event event = rig_reported();
	struct region_options options = {.dir = rig->dir,
	    .log_key = &rig->keys.log,
	    .send = may_send,
	    .send_join = may_send,
	    .context = rig,
	    .disk_busy_percent = 101,
	    .disk_stop_percent = 101};

	region_close(rig->region);
	cr_assert_eq(region_open(&rig->region, &options), OK);
	say_hello(&collector, 0, 0);
	kept.head = head_of(rig_last(rig));
	is_deaf = true;
	rig_push_one(rig, &collector, &event);
	is_deaf = false;
	report();
	cr_assert(continues(rig_last(rig)));
}
