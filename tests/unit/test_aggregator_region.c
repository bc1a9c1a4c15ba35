/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/region.h"

#include <string.h>

#include <criterion/criterion.h>

#include "aggregator/counters.h"
#include "tests/support/recipients.h"
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

TestSuite(region, .init = set_up, .fini = tear_down);

static enum event_kind
kind_at(uint64_t index)
{
	struct stored stored;

	rig_entry(rig, index, &stored);
	return stored.event.kind;
}

/* ---- receipts */

Test(region, receipts_a_pledge_and_the_receipt_verifies)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	cr_assert_eq(kind_at(rig_last(rig)->receipt.index), EVENT_PLEDGE_MADE);
}

Test(region, a_changed_leaf_does_not_verify)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	rig_push_one(rig, &collector, &event);
	rig->batch.last[rig->batch.last_len - 1] ^= 1;
	cr_assert_not(rig_receipt_is_valid(rig, &collector));
}

Test(region, says_nothing_before_the_turn_has_ended)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	unsigned before = rig->answer_count;

	rig_batch_start(&rig->batch, &collector);
	rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_hand_over(rig, &collector);
	cr_assert_eq(rig->answer_count, before);
	rig_turn_end(rig);
	cr_assert_eq(rig->answer_count, before + 1);
	cr_assert(rig_receipt_is_valid(rig, &collector));
}

Test(region, receipts_each_of_many_pushes_of_one_turn)
{
	unsigned before = rig->answer_count;
	uint64_t commits = rig_counter(rig, COUNTER_COMMITS);

	for (unsigned n = 0; n < 5; n++) {
		struct event event = rig_reported();

		rig_batch_start(&rig->batch, &collector);
		for (unsigned i = 0; i < 100; i++)
			rig_batch_add(rig, &collector, &event);
		rig_batch_stamp(&rig->batch, &collector);
		rig_batch_hand_over(rig, &collector);
	}
	rig_turn_end(rig);
	cr_assert_eq(rig->answer_count, before + 5);
	cr_assert_eq(rig_counter(rig, COUNTER_COMMITS), commits + 1);
	cr_assert_eq(rig_message(rig, before)->receipt.have, 100);
	cr_assert_eq(rig_message(rig, before + 4)->receipt.have, 500);
	cr_assert(rig_receipt_is_valid(rig, &collector));
}

Test(region, receipts_a_repeat_anew_for_the_same_entry)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	uint64_t index, size;

	rig_push_one(rig, &collector, &event);
	index = rig_last(rig)->receipt.index;
	rig_push_roster(rig, 2, 21);
	size = rig_size(rig);
	rig_batch_start(&rig->batch, &collector);
	rig->batch.push.first_seq = collector.seq;
	collector.seq--;
	collector.head = hash_node(collector.keys.sign.public_key);
	rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	cr_assert_eq(rig_last(rig)->receipt.index, index);
	cr_assert_eq(rig_size(rig), size);
}

Test(region, a_repeat_repeats_what_was_refused)
{
	struct event wrong = rig_pledge(rig, "NOWHERE");
	struct rig_batch sent;

	rig_push_one(rig, &collector, &wrong);
	sent = rig->batch;
	rig_restart(rig);
	rig->batch = sent;
	rig_batch_push(rig, &collector);
	cr_assert_eq(rig_event_word(rig), REJECT_UNKNOWN_UNIT);
	cr_assert(rig_receipt_is_valid(rig, &collector));
}

Test(region, an_overlap_takes_only_what_is_new)
{
	struct event event = rig_reported();
	struct rig_node before;
	uint64_t size;

	rig_push_one(rig, &collector, &event);
	before = collector;
	rig_push_one(rig, &collector, &event);
	size = rig_size(rig);
	collector = before;
	rig_batch_start(&rig->batch, &collector);
	for (unsigned i = 0; i < 3; i++)
		rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	cr_assert_eq(rig_last(rig)->receipt.have, 4);
	cr_assert_eq(rig_size(rig), size + 2);
}

Test(region, a_push_below_the_mark_is_known_already)
{
	struct event event = rig_reported();
	struct rig_batch first;
	uint64_t size;

	rig_push_one(rig, &collector, &event);
	first = rig->batch;
	rig_push_one(rig, &collector, &event);
	size = rig_size(rig);
	rig->batch = first;
	rig_batch_push(rig, &collector);
	cr_assert_eq(rig_last_word(rig), REJECT_NONE);
	cr_assert_eq(rig_last(rig)->refusal.have, 2);
	cr_assert_eq(rig_counter(rig, COUNTER_REJECT + REJECT_NONE), 1);
	cr_assert_eq(rig_size(rig), size);
}

Test(region, goes_on_after_a_restart_where_it_was)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	rig_push_one(rig, &collector, &event);
	rig_restart(rig);
	rig_push_one(rig, &collector, &event);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	cr_assert_eq(rig_last(rig)->receipt.have, 2);
}

Test(region, welcomes_with_the_mark_and_the_head)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 1,
		.protocol_max = 9,
		.last_seq = 7,
		.now_ms = rig->now_ms}};
	struct event event = rig_reported();
	struct live_node live;

	rig_push_one(rig, &collector, &event);
	memcpy(hello.hello.node, collector.keys.id, NODE_ID_SIZE);
	rig_say(rig, &collector, &hello);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_WELCOME);
	cr_assert_eq(rig->message.welcome.have, 1);
	cr_assert_arr_eq(
	    rig->message.welcome.head, collector.head.at, HASH_SIZE);
	cr_assert_eq(rig->message.welcome.roster_version, 1);
	cr_assert_eq(rig->message.welcome.campaign_version, 1);
	cr_assert_eq(rig->message.welcome.recipients_version, 0);
	cr_assert_gt(rig->message.welcome.lack_count, 0);
	cr_assert_gt(rig->message.welcome.lacks[0].expected, 0);
	cr_assert_eq(rig->message.welcome.lacks[0].pledged, 0);
	rig->monotonic_ms += 5000;
	rig_clock(rig);
	cr_assert_eq(store_live_node(
			 region_store(rig->region), collector.keys.id, &live),
	    OK);
	cr_assert_eq(live.last_seq, 7);
	cr_assert_eq(live.last_contact_ms, rig->now_ms);
}

/* ---- time and verdicts */

Test(region, ticks_first_after_it_was_down_over_a_date)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	struct stored stored;
	uint64_t size;

	region_close(rig->region);
	rig->now_ms += rig_day_ms + 1;
	cr_assert_eq(rig_open(rig), OK);
	size = rig_size(rig);
	rig_push_one(rig, &collector, &event);
	rig_entry(rig, size, &stored);
	cr_assert_eq(stored.event.kind, EVENT_TICKED);
	cr_assert_eq(stored.event.until_ms, rig->now_ms);
	cr_assert_eq(stored.leaf.author, AUTHOR_LOG);
	cr_assert_eq(kind_at(size + 1), EVENT_PLEDGE_MADE);
	cr_assert_eq(rig_size(rig), size + 2);
}

Test(region, ticks_by_itself_when_a_date_comes)
{
	uint64_t size = rig_size(rig);

	rig_clock(rig);
	cr_assert_eq(rig_size(rig), size);
	rig->now_ms += rig_day_ms + 1;
	rig_clock(rig);
	cr_assert_eq(rig_size(rig), size + 1);
	rig_clock(rig);
	cr_assert_eq(rig_size(rig), size + 1);
}

Test(region, received_times_never_decrease)
{
	struct event event = rig_reported();
	uint64_t first;

	rig_push_one(rig, &collector, &event);
	first = rig_last(rig)->receipt.received_at_ms;
	rig->now_ms -= 30000;
	rig_push_one(rig, &collector, &event);
	cr_assert_eq(rig_last(rig)->receipt.received_at_ms, first);
}

Test(region, puts_a_verdict_right_behind_what_caused_it)
{
	struct event event = rig_reported();
	struct stored stored;
	uint64_t size;

	rig_push_rules(rig);
	rig->now_ms += 2 * rig_day_ms + 1;
	rig_clock(rig);
	rig_see(rig, &collector);
	size = rig_size(rig);
	rig_push_one(rig, &collector, &event);
	cr_assert_eq(kind_at(size), EVENT_NODE_REPORTED);
	rig_entry(rig, size + 1, &stored);
	cr_assert_eq(stored.event.kind, EVENT_ALERT_OPENED);
	cr_assert_eq(stored.leaf.author, AUTHOR_LOG);
	cr_assert_eq(stored.event.verdict.unit_count, 20);
	cr_assert_eq(rig_counter(rig, COUNTER_ALERTS), 1);
	cr_assert(rig_receipt_is_valid(rig, &collector));
}

Test(region, asks_connected_collectors_to_report_after_a_mark)
{
	struct event event = rig_reported();
	unsigned answers;

	rig_push_rules(rig);
	rig_push_one(rig, &collector, &event);
	answers = rig->answer_count;
	rig->now_ms += 2 * rig_day_ms + 1;
	rig_clock(rig);
	cr_assert_eq(rig->answer_count, answers + 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_BEAT);
	cr_assert(rig->message.beat.report_wanted);
	cr_assert(post_route_equal(
	    &rig_answer(rig, answers)->route, &collector.route));
	rig_see(rig, &collector);
	rig_push_one(rig, &collector, &event);
	cr_assert_not(rig_last(rig)->receipt.report_wanted);
}

/* ---- slices */

static void
fetch(enum what what, uint32_t part)
{
	struct message message = {.kind = MESSAGE_FETCH,
	    .fetch = {.what = what, .version = 1, .part = part}};

	rig_say(rig, &collector, &message);
}

static bool
slice_says(const char *text)
{
	const struct rig_answer *answer =
	    rig_answer(rig, rig->answer_count - 1);

	return memmem(answer->body, answer->body_len, text, strlen(text)) !=
	       NULL;
}

Test(region, gives_a_collector_its_own_units_and_no_others)
{
	const struct unit_row rows[] = {
	    {.code = "A-IN", .name = "Desa", .kind = 9, .wilayah = "73.04.01"},
	    {.code = "B-OUT", .name = "Desa", .kind = 9, .wilayah = "73.04.02"},
	    {.code = "C-ABOVE", .name = "Dinas", .kind = 4, .wilayah = "73.04"},
	    {.code = "D-BELOW",
		.name = "Desa",
		.kind = 9,
		.wilayah = "73.04.01.2001"}};

	rig_push_units(rig, 2, rows, 4);
	fetch(WHAT_ROSTER, 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_SLICE);
	cr_assert_eq(rig->message.slice.parts, 1);
	cr_assert_eq(rig->message.slice.version, 2);
	cr_assert(slice_says("A-IN"));
	cr_assert(slice_says("D-BELOW"));
	cr_assert_not(slice_says("B-OUT"));
	cr_assert_not(slice_says("C-ABOVE"));
	cr_assert_not(slice_says("U001"));
}

Test(region, gives_a_collector_the_campaigns)
{
	fetch(WHAT_CAMPAIGNS, 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_SLICE);
	cr_assert(slice_says(RIG_CAMPAIGN));
}

Test(region, has_no_second_part_of_a_small_slice)
{
	fetch(WHAT_ROSTER, 2);
	cr_assert_eq(rig_last_word(rig), REJECT_VERSION_ORDER);
}

static void
change_recipients(uint32_t version)
{
	struct event event = recipients_of(version, (uint8_t)version, 2);

	if (version > 1)
		recipients_signed(&event,
		    view_region(region_view(rig->region))->origin,
		    (uint8_t)(version - 1));
	rig_push_one(rig, &rig->admin, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
}

/* The slice's body as the node reads it: the body of an event. */
static void
expect_recipients(uint32_t version)
{
	struct message message = {.kind = MESSAGE_FETCH,
	    .fetch = {.what = WHAT_RECIPIENTS, .version = version, .part = 1}};
	const struct recipients_changed *set =
	    view_recipients(region_view(rig->region), version);
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_RECIPIENTS_CHANGED,
	    .wilayah = RIG_WILAYAH,
	    .seq = 1,
	    .node = {1},
	    .recipients = *set};
	const struct rig_answer *answer;
	uint8_t packed[EVENT_MAX];
	size_t len = wire_pack(&event, packed, sizeof packed);

	rig_say(rig, &collector, &message);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_SLICE);
	cr_assert_eq(rig->message.slice.version, version);
	cr_assert_eq(rig->message.slice.parts, 1);
	answer = rig_answer(rig, rig->answer_count - 1);
	cr_assert_gt(answer->body_len, 0);
	cr_assert_gt(len, answer->body_len);
	cr_assert_arr_eq(
	    answer->body, packed + len - answer->body_len, answer->body_len);
}

static void
welcome_says(uint64_t version)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 1, .protocol_max = 1}};

	memcpy(hello.hello.node, collector.keys.id, NODE_ID_SIZE);
	rig_say(rig, &collector, &hello);
	cr_assert_eq(rig_last(rig)->welcome.recipients_version, version);
}

Test(region, gives_every_version_of_the_recipients_as_it_was_signed)
{
	change_recipients(1);
	change_recipients(2);
	change_recipients(3);
	rig_restart(rig);
	for (uint32_t version = 1; version <= 3; version++)
		expect_recipients(version);
	welcome_says(3);
}

Test(region, has_no_recipients_but_those_that_were_recorded)
{
	fetch(WHAT_RECIPIENTS, 1);
	cr_assert_eq(rig_last_word(rig), REJECT_VERSION_ORDER);
	change_recipients(1);
	fetch(WHAT_RECIPIENTS, 2);
	cr_assert_eq(rig_last_word(rig), REJECT_VERSION_ORDER);
}

/* ---- rebuilding */

static void
view_bytes(struct view *view, struct text_buf *out)
{
	view_save(view, out);
	view_free(view);
}

Test(region, a_view_folded_anew_equals_the_live_one)
{
	struct text_buf live = {0}, folded = {0};
	struct event event = rig_pledge(rig, RIG_UNIT);
	struct event bad = rig_pledge(rig, "NOWHERE");
	struct view *view;

	rig_push_rules(rig);
	rig_push_one(rig, &collector, &event);
	rig_push_one(rig, &collector, &bad);
	rig->now_ms += 3 * rig_day_ms;
	rig_clock(rig);
	rig_see(rig, &collector);
	event = rig_reported();
	rig_push_one(rig, &collector, &event);
	cr_assert_geq(rig_counter(rig, COUNTER_ALERTS), 1);
	view_save(region_view(rig->region), &live);
	cr_assert_eq(
	    store_fold(region_store(rig->region), rig_size(rig), &view), OK);
	view_bytes(view, &folded);
	cr_assert_eq(live.len, folded.len);
	cr_assert_arr_eq(live.at, folded.at, live.len);
	/* A start from the snapshot comes to the same. */
	rig_restart(rig);
	text_buf_clear(&folded);
	view_save(region_view(rig->region), &folded);
	cr_assert_eq(live.len, folded.len);
	cr_assert_arr_eq(live.at, folded.at, live.len);
	text_buf_clear(&live);
	text_buf_clear(&folded);
}

static void
on_counter(void *context, const char *name, uint64_t value)
{
	if (strcmp(name, "events") == 0)
		*(uint64_t *)context = value;
}

Test(region, counters_stand_in_the_store_within_a_second_or_so)
{
	struct event event = rig_reported();
	uint64_t seen = 0;

	rig_push_one(rig, &collector, &event);
	rig->monotonic_ms += 1000;
	rig_clock(rig);
	store_each_counter(region_store(rig->region), on_counter, &seen);
	cr_assert_gt(seen, 0);
	cr_assert_eq(seen, rig_counter(rig, COUNTER_EVENTS));
}
