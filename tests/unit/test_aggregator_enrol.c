/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/enrol.h"

#include <string.h>

#include <criterion/criterion.h>

#include "aggregator/counters.h"
#include "tests/support/region_rig.h"

static struct rig *rig;
static struct rig_node node;

static void
set_up(void)
{
	rig = rig_make();
	rig_node_init(rig, &node, RIG_DISTRICT);
	node_keys_make(&node.keys);
	node.head = hash_node(node.keys.sign.public_key);
}

static void
tear_down(void)
{
	rig_free(rig);
}

TestSuite(enrol, .init = set_up, .fini = tear_down);

static void
knock(uint8_t code)
{
	struct join join = rig_join_of(&node, code);

	rig->monotonic_ms += 1000;
	rig_knock(rig, &node, &join);
}

Test(enrol, takes_an_invited_node_and_lets_it_push)
{
	struct event event = rig_reported();
	const char *origin = view_region(region_view(rig->region))->origin;

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	knock(1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	cr_assert_arr_eq(rig->message.joined.node, node.keys.id, NODE_ID_SIZE);
	cr_assert_str_eq(rig->message.joined.wilayah, RIG_DISTRICT);
	cr_assert_str_eq(rig->message.joined.origin, origin);
	cr_assert_eq(rig->message.joined.kind, RIG_KIND_COLLECTOR);
	cr_assert_arr_eq(rig->message.joined.log_key, rig->keys.log.public_key,
	    SIGN_KEY_SIZE);
	cr_assert_eq(rig_counter(rig, COUNTER_JOINS), 1);
	cr_assert(region_admits(rig->region, node.keys.link.public_key));
	rig_push_one(rig, &node, &event);
	cr_assert(rig_receipt_is_valid(rig, &node));
}

Test(enrol, stands_in_the_log_as_an_own_event)
{
	struct stored stored;

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	knock(1);
	rig_entry(rig, rig_size(rig) - 1, &stored);
	cr_assert_eq(stored.event.kind, EVENT_NODE_ENROLLED);
	cr_assert_eq(stored.leaf.author, AUTHOR_LOG);
	cr_assert_arr_eq(stored.event.enrolled.link_key,
	    node.keys.link.public_key, LINK_KEY_SIZE);
}

Test(enrol, refuses_a_code_that_nobody_gave)
{
	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	knock(2);
	cr_assert_eq(rig_last_word(rig), REJECT_CODE);
	cr_assert_eq(rig_counter(rig, COUNTER_REJECT + REJECT_CODE), 1);
}

Test(enrol, refuses_a_code_that_has_expired)
{
	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	rig->now_ms += rig_day_ms;
	knock(1);
	cr_assert_eq(rig_last_word(rig), REJECT_CODE);
	cr_assert_not(region_admits_join(
	    rig->region, node.keys.link.public_key, rig->now_ms));
}

Test(enrol, answers_the_same_keys_again_and_writes_nothing)
{
	uint64_t size;

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	knock(1);
	size = rig_size(rig);
	cr_assert(region_admits_join(
	    rig->region, node.keys.link.public_key, rig->now_ms));
	knock(1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	cr_assert_eq(rig_size(rig), size);
}

Test(enrol, refuses_a_used_code_to_other_keys)
{
	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	knock(1);
	node_keys_make(&node.keys);
	knock(1);
	cr_assert_eq(rig_last_word(rig), REJECT_CODE);
}

Test(enrol, refuses_a_proof_by_another_key)
{
	struct join join;

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	join = rig_join_of(&node, 1);
	join.proof[0] ^= 1;
	rig_knock(rig, &node, &join);
	cr_assert_eq(rig_last_word(rig), REJECT_BAD_SIGNATURE);
}

Test(enrol, refuses_a_link_key_that_is_not_the_connections)
{
	struct join join;
	struct rig_node other = node;

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	node_keys_make(&other.keys);
	join = rig_join_of(&other, 1);
	rig_knock(rig, &node, &join);
	cr_assert_eq(rig_last_word(rig), REJECT_BAD_SIGNATURE);
}

Test(enrol, takes_five_a_second)
{
	struct join join = rig_join_of(&node, 9);

	for (unsigned i = 0; i < 5; i++) {
		rig_knock(rig, &node, &join);
		cr_assert_eq(rig_last_word(rig), REJECT_CODE);
	}
	rig_knock(rig, &node, &join);
	cr_assert_eq(rig_last_word(rig), REJECT_BUSY);
	rig->monotonic_ms += 1000;
	rig_knock(rig, &node, &join);
	cr_assert_eq(rig_last_word(rig), REJECT_CODE);
}

Test(enrol, refuses_a_frame_that_is_too_large)
{
	static const uint8_t at[JOIN_MAX + 1];
	struct bytes frame = bytes_of(at, sizeof at);
	struct moment moment = rig_moment(rig);

	region_join(rig->region,
	    &(struct request){.key = node.keys.link.public_key,
		.route = &node.route,
		.frames = &frame,
		.frame_count = 1},
	    &moment);
	rig_turn_end(rig);
	cr_assert_eq(rig_last_word(rig), REJECT_TOO_LARGE);
}

Test(enrol, admits_nobody_while_no_invitation_is_open)
{
	cr_assert_not(region_admits_join(
	    rig->region, node.keys.link.public_key, rig->now_ms));
	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	cr_assert(region_admits_join(
	    rig->region, node.keys.link.public_key, rig->now_ms));
}

Test(enrol, a_pending_node_is_unknown_until_it_is_confirmed)
{
	struct event event = rig_reported();
	struct event confirmed = {.kind = EVENT_NODE_CONFIRMED};

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, true);
	knock(1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	cr_assert(rig->message.joined.pending);
	rig_push_one(rig, &node, &event);
	cr_assert_eq(rig_last_word(rig), REJECT_UNKNOWN_NODE);
	memcpy(confirmed.named.node, node.keys.id, NODE_ID_SIZE);
	rig_push_one(rig, &rig->admin, &confirmed);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	rig_batch_start(&rig->batch, &node);
	node.seq = 0;
	node.head = hash_node(node.keys.sign.public_key);
	rig_push_one(rig, &node, &event);
	cr_assert(rig_receipt_is_valid(rig, &node));
}

Test(enrol, a_revoked_node_does_not_come_back_with_its_old_code)
{
	struct event event = {
	    .kind = EVENT_NODE_REVOKED, .named = {.reason = "HILANG"}};

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	knock(1);
	memcpy(event.named.node, node.keys.id, NODE_ID_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	knock(1);
	cr_assert_eq(rig_last_word(rig), REJECT_REVOKED);
}

/* ---- by letter */

static void
hand_in(struct rig_node *by, uint8_t code)
{
	struct message message = {
	    .kind = MESSAGE_ENROL, .enrol = rig_join_of(&node, code)};

	rig_say(rig, by, &message);
}

Test(enrol, by_letter_takes_a_node_that_an_admin_hands_in)
{
	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	hand_in(&rig->admin, 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	cr_assert_not(rig_answer(rig, rig->answer_count - 1)->is_join);
	cr_assert_arr_eq(rig->message.joined.node, node.keys.id, NODE_ID_SIZE);
	cr_assert(region_admits(rig->region, node.keys.link.public_key));
	cr_assert_eq(rig_counter(rig, COUNTER_JOINS), 1);
}

Test(enrol, by_letter_is_an_admins_to_hand_in)
{
	struct rig_node clerk;

	rig_enrol(rig, &clerk, 7, RIG_KIND_COLLECTOR);
	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	hand_in(&clerk, 1);
	cr_assert_eq(rig_last_word(rig), REJECT_KIND);
	cr_assert_not(region_admits(rig->region, node.keys.link.public_key));
}

Test(enrol, by_letter_wants_the_same_proof_and_code)
{
	struct message message = {.kind = MESSAGE_ENROL};

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	hand_in(&rig->admin, 2);
	cr_assert_eq(rig_last_word(rig), REJECT_CODE);
	message.enrol = rig_join_of(&node, 1);
	message.enrol.link_key[0] ^= 1;
	rig_say(rig, &rig->admin, &message);
	cr_assert_eq(rig_last_word(rig), REJECT_BAD_SIGNATURE);
	cr_assert_not(region_admits(rig->region, node.keys.link.public_key));
}

Test(enrol, by_letter_gives_the_same_answer_again)
{
	uint64_t size;

	rig_invite(rig, 1, RIG_KIND_COLLECTOR, RIG_DISTRICT, false);
	hand_in(&rig->admin, 1);
	size = rig_size(rig);
	hand_in(&rig->admin, 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_JOINED);
	cr_assert_eq(rig_size(rig), size);
}
