/* SPDX-License-Identifier: Apache-2.0 */
/* When a region stops logging, who can make it, and who can end it. */
#include "aggregator/standing.h"

#include <criterion/criterion.h>

#include "tests/support/region_rig.h"

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

TestSuite(standing, .init = set_up, .fini = tear_down);

static void
push_one(struct rig_node *node)
{
	struct event event = rig_reported();

	rig_push_one(rig, node, &event);
}

/* A Hello that has seen `size` entries, with a head signed by `keys` or none.
 */
static void
greet(uint64_t size, const struct sign_keys *keys)
{
	struct message message = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = PROTOCOL_MIN,
		.protocol_max = PROTOCOL_MAX,
		.seen_epoch = 1,
		.seen_size = size,
		.now_ms = rig->now_ms}};
	struct checkpoint head = {.size = size, .root = {{7}}};

	memcpy(message.hello.node, collector.keys.id, NODE_ID_SIZE);
	(void)text_copy(head.origin, sizeof head.origin,
	    view_region(region_view(rig->region))->origin);
	if (keys != NULL)
		checkpoint_sign(message.hello.checkpoint, &head, keys);
	rig_say(rig, &collector, &message);
}

static enum standing_word
word_in_dir(void)
{
	struct standing_note note = {0};

	return standing_load(&note, rig->dir) == OK ? note.word : STANDING_FINE;
}

Test(standing, a_word_without_the_head_stops_nobody_else)
{
	struct sign_keys other;
	uint8_t seed[SIGN_SEED_SIZE] = {9};

	greet(rig_size(rig) + 5, NULL);
	cr_assert_eq(rig_last_word(rig), REJECT_DIVERGED);
	sign_keys_make(&other, seed);
	greet(rig_size(rig) + 5, &other);
	cr_assert_eq(rig_last_word(rig), REJECT_DIVERGED);
	greet(rig_size(rig), &rig->keys.log);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_WELCOME);
	cr_assert_eq(word_in_dir(), STANDING_FINE);
	push_one(&collector);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
}

Test(standing, a_head_that_it_has_signed_and_lost_stops_it_for_everyone)
{
	uint64_t size = rig_size(rig);

	greet(size + 5, &rig->keys.log);
	cr_assert_eq(rig_last_word(rig), REJECT_ROLLBACK);
	cr_assert_gt(rig_last(rig)->refusal.retry_ms, 0);
	push_one(&collector);
	cr_assert_eq(rig_last_word(rig), REJECT_ROLLBACK);
	cr_assert_eq(rig_last(rig)->refusal.have, 0, "nothing was consumed");
	push_one(&rig->admin);
	cr_assert_eq(rig_last_word(rig), REJECT_ROLLBACK);
	greet(1, NULL);
	cr_assert_eq(rig_last_word(rig), REJECT_ROLLBACK);
	rig->now_ms += 400 * rig_day_ms;
	rig_clock(rig);
	cr_assert_eq(rig_size(rig), size, "no timer either");
}

Test(standing, outlives_a_restart_and_keeps_the_largest_head)
{
	struct standing_note note;
	uint64_t size = rig_size(rig);

	greet(size + 9, &rig->keys.log);
	greet(size + 5, &rig->keys.log);
	rig_restart(rig);
	cr_assert_eq(standing_load(&note, rig->dir), OK);
	cr_assert_eq(note.word, STANDING_ROLLBACK);
	cr_assert_leq(note.entries, size);
	cr_assert_not_null(strstr(note.checkpoint, "\n"));
	cr_assert_eq(
	    strtoull(strstr(note.checkpoint, "\n"), NULL, 10), size + 9);
	collector.seq = 0;
	collector.head = hash_node(collector.keys.sign.public_key);
	push_one(&collector);
	cr_assert_eq(rig_last_word(rig), REJECT_ROLLBACK);
}

/* ---- the clock */

static void
guard(void)
{
	rig->guards_clock = true;
	rig->boot_ms = 1000;
	rig_restart(rig);
	rig_clock(rig);
}

static void
jump(uint64_t ms)
{
	rig->now_ms += ms;
	rig->boot_ms += 1000;
}

static void
accept(struct rig_node *node, uint64_t clock_ms)
{
	struct event event = {
	    .kind = EVENT_CLOCK_ACCEPTED, .clock_ms = clock_ms};

	rig_push_one(rig, node, &event);
}

/* What was turned away is not in the chain. */
static void
take_back(struct rig_node *node, const struct rig_node *before)
{
	node->seq = before->seq;
	node->head = before->head;
}

Test(standing, a_clock_that_jumps_logs_nothing_until_an_admin_accepts_it)
{
	struct rig_node before = collector, admin = rig->admin;
	uint64_t size;

	guard();
	cr_assert_eq(word_in_dir(), STANDING_FINE);
	size = rig_size(rig);
	jump(3600000);
	push_one(&collector);
	cr_assert_eq(rig_last_word(rig), REJECT_CLOCK);
	cr_assert_eq(word_in_dir(), STANDING_CLOCK);
	take_back(&collector, &before);
	accept(&collector, rig->now_ms);
	cr_assert_eq(rig_last_word(rig), REJECT_CLOCK, "no right to it");
	take_back(&collector, &before);
	accept(&rig->admin, rig->now_ms - 61000);
	cr_assert_eq(rig_last_word(rig), REJECT_CLOCK, "another time");
	take_back(&rig->admin, &admin);
	rig_clock(rig);
	cr_assert_eq(rig_size(rig), size);
	accept(&rig->admin, rig->now_ms);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	cr_assert_eq(word_in_dir(), STANDING_FINE);
	push_one(&collector);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
}

Test(standing, an_earlier_time_than_the_log_has_is_not_accepted)
{
	guard();
	rig->now_ms = 86400000; /* 1970 */
	rig->boot_ms += 1000;
	rig_restart(rig);
	rig_clock(rig);
	cr_assert_eq(word_in_dir(), STANDING_CLOCK);
	accept(&rig->admin, rig->now_ms);
	cr_assert_eq(rig_last_word(rig), REJECT_CLOCK);
	cr_assert_eq(word_in_dir(), STANDING_CLOCK);
}

Test(standing, small_steps_back_hold_the_last_value)
{
	uint64_t size;

	guard();
	push_one(&collector);
	size = rig_size(rig);
	rig->now_ms -= 30000;
	push_one(&collector);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	cr_assert_eq(rig_size(rig), size + 1);
	cr_assert_eq(word_in_dir(), STANDING_FINE);
}
