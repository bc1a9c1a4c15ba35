/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/feed.h"

#include <string.h>

#include <criterion/criterion.h>

#include "aggregator/limits.h"
#include "tests/support/region_rig.h"

static struct rig *rig;
static struct rig_node collector, notifier, follower;

static void
set_up(void)
{
	rig = rig_make();
	rig_furnish(rig, &collector);
	rig_enrol(rig, &notifier, 2, RIG_KIND_NOTIFIER);
	rig_enrol(rig, &follower, 3, RIG_KIND_FOLLOWER);
}

static void
tear_down(void)
{
	rig_free(rig);
}

TestSuite(feed, .init = set_up, .fini = tear_down);

static struct hash
hash_at(uint64_t index)
{
	struct stored stored;

	rig_entry(rig, index, &stored);
	return hash_leaf(stored.bytes);
}

static void
read_from(const struct rig_node *node, uint64_t index)
{
	struct message message = {
	    .kind = MESSAGE_READ, .read = {.index = index}};
	struct hash hash;

	(void)text_copy(message.read.origin, sizeof message.read.origin,
	    view_region(region_view(rig->region))->origin);
	if (index > 0) {
		hash = hash_at(index - 1);
		message.read.has_leaf_hash = true;
		memcpy(message.read.leaf_hash, hash.at, HASH_SIZE);
	}
	rig_say(rig, node, &message);
}

static struct bytes
page_body(void)
{
	struct rig_answer *answer = rig_answer(rig, rig->answer_count - 1);

	return bytes_of(answer->body, answer->body_len);
}

Test(feed, gives_a_follower_every_entry_in_order)
{
	struct bytes body, leaf;
	uint64_t index, expected = 0;
	struct hash hash;

	read_from(&follower, 0);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_PAGE);
	cr_assert_eq(rig->message.page.next, rig_size(rig));
	cr_assert_eq(rig->message.page.count, rig_size(rig));
	body = page_body();
	while (page_body_next(&body, &index, &leaf) == OK) {
		cr_assert_eq(index, expected++);
		hash = hash_at(index);
		cr_assert_arr_eq(hash.at, hash_leaf(leaf).at, HASH_SIZE);
	}
	cr_assert_eq(expected, rig_size(rig));
	hash = hash_at(expected - 1);
	cr_assert_arr_eq(rig_last(rig)->page.leaf_hash, hash.at, HASH_SIZE);
}

Test(feed, parks_a_read_until_something_comes)
{
	struct event event = rig_reported();
	unsigned answers;

	read_from(&follower, rig_size(rig));
	answers = rig->answer_count;
	rig_clock(rig);
	cr_assert_eq(rig->answer_count, answers);
	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig->answer_count, answers + 2);
	cr_assert_eq(rig_message(rig, answers + 1)->kind, MESSAGE_PAGE);
	cr_assert_eq(rig->message.page.count, 1);
}

Test(feed, gives_a_notifier_only_what_it_may_read)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	struct bytes body, leaf;
	uint64_t index;
	struct stored stored;

	rig_push_one(rig, &collector, &event);
	read_from(&notifier, 0);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_PAGE);
	cr_assert_eq(rig->message.page.next, rig_size(rig));
	cr_assert_eq(rig->message.page.count, 2);
	body = page_body();
	cr_assert_eq(page_body_next(&body, &index, &leaf), OK);
	rig_entry(rig, index, &stored);
	cr_assert_eq(stored.event.kind, EVENT_LOG_STARTED);
	cr_assert_eq(page_body_next(&body, &index, &leaf), OK);
	rig_entry(rig, index, &stored);
	cr_assert_eq(stored.event.kind, EVENT_CAMPAIGN_CHANGED);
}

Test(feed, does_not_wake_a_notifier_for_what_it_may_not_read)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	unsigned answers;

	read_from(&notifier, rig_size(rig));
	answers = rig->answer_count;
	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig->answer_count, answers + 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
}

Test(feed, moves_a_waiting_notifier_on_after_half_a_minute)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	unsigned answers;

	read_from(&notifier, rig_size(rig));
	rig_push_one(rig, &collector, &event);
	answers = rig->answer_count;
	rig->monotonic_ms += FEED_EMPTY_PAGE_MS;
	rig_clock(rig);
	cr_assert_eq(rig->answer_count, answers + 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_PAGE);
	cr_assert_eq(rig->message.page.count, 0);
	cr_assert_eq(rig->message.page.next, rig_size(rig));
}

Test(feed, brings_a_verdict_to_a_waiting_notifier)
{
	struct event event = rig_reported();
	struct bytes body, leaf;
	struct stored stored;
	uint64_t index;

	rig_push_rules(rig);
	rig->now_ms += 2 * rig_day_ms + 1;
	rig_clock(rig);
	read_from(&notifier, rig_size(rig));
	rig_see(rig, &collector);
	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_PAGE);
	cr_assert_eq(rig->message.page.count, 1);
	body = page_body();
	cr_assert_eq(page_body_next(&body, &index, &leaf), OK);
	rig_entry(rig, index, &stored);
	cr_assert_eq(stored.event.kind, EVENT_ALERT_OPENED);
}

Test(feed, gives_a_collector_nothing)
{
	read_from(&collector, 0);
	cr_assert_eq(rig_last_word(rig), REJECT_KIND);
}

Test(feed, says_diverged_for_another_origin)
{
	struct message message = {
	    .kind = MESSAGE_READ, .read = {.origin = "ikrar/73.05/1"}};

	rig_say(rig, &follower, &message);
	cr_assert_eq(rig_last_word(rig), REJECT_DIVERGED);
}

Test(feed, says_diverged_for_another_past)
{
	struct message message = {
	    .kind = MESSAGE_READ, .read = {.index = 2, .has_leaf_hash = true}};

	(void)text_copy(message.read.origin, sizeof message.read.origin,
	    view_region(region_view(rig->region))->origin);
	rig_say(rig, &follower, &message);
	cr_assert_eq(rig_last_word(rig), REJECT_DIVERGED);
}

Test(feed, says_diverged_to_a_reader_ahead_of_the_log)
{
	struct message message = {.kind = MESSAGE_READ,
	    .read = {.index = rig_size(rig) + 1, .has_leaf_hash = true}};

	(void)text_copy(message.read.origin, sizeof message.read.origin,
	    view_region(region_view(rig->region))->origin);
	rig_say(rig, &follower, &message);
	cr_assert_eq(rig_last_word(rig), REJECT_DIVERGED);
}

Test(feed, gives_long_logs_in_pages)
{
	struct event event = rig_reported();
	uint64_t next;

	rig_batch_start(&rig->batch, &collector);
	for (unsigned i = 0; i < PUSH_EVENTS_MAX; i++)
		rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	rig_batch_start(&rig->batch, &collector);
	for (unsigned i = 0; i < PUSH_EVENTS_MAX; i++)
		rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	read_from(&follower, 0);
	cr_assert_eq(rig_last(rig)->page.count, PAGE_ENTRIES_MAX);
	next = rig->message.page.next;
	cr_assert_eq(next, PAGE_ENTRIES_MAX);
	read_from(&follower, next);
	cr_assert_eq(rig_last(rig)->page.next, rig_size(rig));
}
