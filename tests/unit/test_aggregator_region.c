/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/region.h"

#include <string.h>

#include <criterion/criterion.h>

#include "aggregator/counters.h"
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

static uint64_t
rejects(enum reject word)
{
	return rig_counter(rig, COUNTER_REJECT + word);
}

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
	cr_assert_eq(rejects(REJECT_NONE), 1);
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
	rig->monotonic_ms += 5000;
	rig_clock(rig);
	cr_assert_eq(store_live_node(
			 region_store(rig->region), collector.keys.id, &live),
	    OK);
	cr_assert_eq(live.last_seq, 7);
	cr_assert_eq(live.last_contact_ms, rig->now_ms);
}

/* ---- batch words: nothing is consumed */

static void
expect_batch_word(enum reject word, uint64_t size)
{
	cr_assert_eq(rig_last_word(rig), word, "said %s, not %s",
	    rig_last_word(rig) == REJECT_COUNT
		? "no refusal"
		: reject_word(rig_last_word(rig)),
	    reject_word(word));
	cr_assert_geq(rejects(word), 1);
	cr_assert_eq(rig_size(rig), size);
	cr_assert_eq(rig_last(rig)->refusal.have, 0);
}

static void
start_good_batch(void)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	rig_batch_start(&rig->batch, &collector);
	rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
}

Test(region, refuses_a_bad_signature_and_notes_it_once_a_minute)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.push.stamp[70] ^= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_BAD_SIGNATURE, size + 1);
	cr_assert_eq(kind_at(size), EVENT_NODE_FAULTED);
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_BAD_SIGNATURE, size + 1);
	rig->now_ms += 60000;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_BAD_SIGNATURE, size + 2);
}

Test(region, refuses_an_event_changed_under_its_stamp)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.body[rig->batch.len - 1] ^= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_BAD_SIGNATURE, size + 1);
}

Test(region, refuses_a_gap)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.push.first_seq = 2;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_GAP, size);
}

Test(region, refuses_a_fork_and_notes_it)
{
	struct rig_node fork = collector;
	struct event event = rig_reported();
	uint64_t size;

	rig_push_one(rig, &collector, &event);
	size = rig_size(rig);
	event = rig_pledge(rig, RIG_UNIT);
	rig_push_one(rig, &fork, &event);
	cr_assert_eq(rig_last_word(rig), REJECT_FORK);
	cr_assert_eq(rejects(REJECT_FORK), 1);
	cr_assert_eq(rig_size(rig), size + 1);
	cr_assert_eq(kind_at(size), EVENT_NODE_FAULTED);
	cr_assert_eq(rig_last(rig)->refusal.have, 1);
}

Test(region, does_not_know_a_strange_key)
{
	struct rig_node stranger;
	uint64_t size = rig_size(rig);

	rig_node_init(rig, &stranger, RIG_DISTRICT);
	node_keys_make(&stranger.keys);
	cr_assert_not(
	    region_admits(rig->region, stranger.keys.link.public_key));
	start_good_batch();
	rig_batch_push(rig, &stranger);
	expect_batch_word(REJECT_UNKNOWN_NODE, size);
}

Test(region, does_not_take_events_of_another_node)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.push.node[0] ^= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_UNKNOWN_NODE, size);
}

Test(region, refuses_a_body_that_is_too_large)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.len = PUSH_BODY_MAX + 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_TOO_LARGE, size);
}

Test(region, refuses_a_body_cut_short)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.len -= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(region, refuses_more_than_was_announced)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.body[rig->batch.len++] = 0;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(region, refuses_bytes_that_are_no_message)
{
	uint64_t size = rig_size(rig);
	struct bytes frame = bytes_of_text("\xff\xff\xff");

	rig_hand_over(rig, &collector, &frame, 1);
	rig_turn_end(rig);
	expect_batch_word(REJECT_MALFORMED, size);
	cr_assert_eq(rig_counter(rig, COUNTER_MALFORMED), 1);
}

Test(region, a_later_version_anywhere_consumes_nothing)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	uint8_t later[EVENT_COLLECTOR_MAX];
	uint64_t size = rig_size(rig);
	size_t len;

	rig_batch_start(&rig->batch, &collector);
	rig_batch_add(rig, &collector, &event);
	rig_envelope(rig, &collector, &event);
	len = wire_pack(&event, later, sizeof later);
	later[1] = EVENT_VERSION + 1;
	rig_batch_add_bytes(&rig->batch, &collector, bytes_of(later, len));
	rig_batch_add(rig, &collector, &event);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_VERSION, size);
}

Test(region, a_node_that_has_seen_more_than_there_is_has_diverged)
{
	uint64_t size = rig_size(rig);

	collector.seen_size = size + 1;
	start_good_batch();
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_DIVERGED, size);
}

Test(region, a_hello_that_has_seen_more_has_diverged)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 1,
		.protocol_max = 1,
		.seen_epoch = 1,
		.seen_size = rig_size(rig) + 1}};

	memcpy(hello.hello.node, collector.keys.id, NODE_ID_SIZE);
	rig_say(rig, &collector, &hello);
	cr_assert_eq(rig_last_word(rig), REJECT_DIVERGED);
}

Test(region, a_hello_of_another_protocol_is_refused)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 2, .protocol_max = 3}};

	memcpy(hello.hello.node, collector.keys.id, NODE_ID_SIZE);
	rig_say(rig, &collector, &hello);
	cr_assert_eq(rig_last_word(rig), REJECT_VERSION);
}

Test(region, is_busy_when_the_disk_fills)
{
	uint64_t size;

	region_close(rig->region);
	rig->disk_busy_percent = 1;
	cr_assert_eq(rig_open(rig), OK);
	rig->monotonic_ms += 5000;
	rig_clock(rig);
	size = rig_size(rig);
	start_good_batch();
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_BUSY, size);
	cr_assert_gt(rig_last(rig)->refusal.retry_ms, 0);
}

static void
revoke(void)
{
	struct event event = {
	    .kind = EVENT_NODE_REVOKED, .named = {.reason = "DICURI"}};

	memcpy(event.named.node, collector.keys.id, NODE_ID_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
}

Test(region, a_revoked_node_is_told_so_once_a_second_and_not_read)
{
	uint64_t size;
	unsigned answers;

	revoke();
	size = rig_size(rig);
	start_good_batch();
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_REVOKED, size);
	answers = rig->answer_count;
	for (unsigned i = 0; i < 50; i++)
		rig_batch_push(rig, &collector);
	cr_assert_eq(rig->answer_count, answers);
	rig->monotonic_ms += 1000;
	rig_batch_push(rig, &collector);
	cr_assert_eq(rig->answer_count, answers + 1);
	cr_assert_eq(rejects(REJECT_REVOKED), 52);
	cr_assert_eq(rig_size(rig), size);
	cr_assert(region_admits(rig->region, collector.keys.link.public_key));
}

/* ---- event words: proven, and the number is consumed */

static void
expect_event_word(enum reject word, uint64_t size)
{
	struct stored stored;

	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	cr_assert_eq(rig_event_word(rig), word, "said %s, not %s",
	    reject_word(rig_event_word(rig)), reject_word(word));
	cr_assert_eq(rejects(word), 1);
	cr_assert_eq(rig_counter(rig, COUNTER_REFUSED), 1);
	cr_assert_eq(rig_size(rig), size + 1);
	rig_entry(rig, size, &stored);
	cr_assert_eq(stored.event.kind, EVENT_REFUSED);
	cr_assert_eq(stored.event.refused.word, word);
	cr_assert(stored.event.refused.has_stamp);
	cr_assert_gt(rig_last(rig)->receipt.refusal_event.len, 0);
}

/* Pushes it and expects the word; then the next one is taken. */
static void
expect_refused(struct event *event, enum reject word)
{
	uint64_t size = rig_size(rig);
	struct event good = rig_reported();

	rig_push_one(rig, &collector, event);
	expect_event_word(word, size);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	rig_push_one(rig, &collector, &good);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
}

Test(region, refuses_a_unit_outside_the_prefix)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	uint8_t at[EVENT_COLLECTOR_MAX];
	uint64_t size = rig_size(rig);
	size_t len;

	rig_envelope(rig, &collector, &event);
	(void)text_copy(event.wilayah, sizeof event.wilayah, "73.05.01");
	len = wire_pack(&event, at, sizeof at);
	rig_push_bytes(rig, &collector, bytes_of(at, len));
	expect_event_word(REJECT_PREFIX, size);
}

Test(region, refuses_a_kind_that_the_node_may_not_write)
{
	struct event event = {.kind = EVENT_NODE_CONFIRMED};

	memcpy(event.named.node, collector.keys.id, NODE_ID_SIZE);
	expect_refused(&event, REJECT_KIND);
}

Test(region, refuses_an_event_that_only_the_log_may_write)
{
	struct event event = {.kind = EVENT_TICKED, .until_ms = rig->now_ms};
	uint8_t at[EVENT_COLLECTOR_MAX];
	size_t len;

	event.version = EVENT_VERSION;
	event.recorded_at_ms = rig->now_ms;
	(void)text_copy(event.wilayah, sizeof event.wilayah, RIG_DISTRICT);
	len = wire_pack(&event, at, sizeof at);
	rig_push_bytes(rig, &collector, bytes_of(at, len));
	cr_assert_neq(rig_event_word(rig), REJECT_NONE);
	cr_assert_eq(rig_counter(rig, COUNTER_REFUSED), 1);
}

Test(region, refuses_bytes_not_in_canonical_form)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	uint8_t at[EVENT_COLLECTOR_MAX];
	uint64_t size = rig_size(rig);
	size_t len;

	rig_envelope(rig, &collector, &event);
	len = wire_pack(&event, at, sizeof at);
	at[len++] = 0xa0; /* field 500, a varint: unknown */
	at[len++] = 0x1f;
	at[len++] = 0x01;
	rig_push_bytes(rig, &collector, bytes_of(at, len));
	expect_event_word(REJECT_NON_CANONICAL, size);
}

Test(region, refuses_an_event_too_long_for_a_collector)
{
	static const uint8_t at[EVENT_COLLECTOR_MAX + 1] = {0x08, 0x01};
	uint64_t size = rig_size(rig);

	rig_push_bytes(rig, &collector, bytes_of(at, sizeof at));
	expect_event_word(REJECT_OVERSIZE, size);
}

Test(region, refuses_a_field_that_is_not_valid)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	event.pledge.points = 99;
	expect_refused(&event, REJECT_FIELD);
}

Test(region, refuses_a_number_that_does_not_fit_the_chain)
{
	struct event event = rig_pledge(rig, RIG_UNIT);
	uint8_t at[EVENT_COLLECTOR_MAX];
	uint64_t size = rig_size(rig);
	size_t len;

	rig_envelope(rig, &collector, &event);
	event.seq = 5;
	len = wire_pack(&event, at, sizeof at);
	rig_push_bytes(rig, &collector, bytes_of(at, len));
	expect_event_word(REJECT_IDENTITY, size);
}

Test(region, refuses_a_unit_that_is_not_on_the_roster)
{
	struct event event = rig_pledge(rig, "NOWHERE");

	expect_refused(&event, REJECT_UNKNOWN_UNIT);
}

Test(region, refuses_a_campaign_that_is_not_known)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	(void)text_copy(
	    event.pledge.campaign, sizeof event.pledge.campaign, "OTHER");
	expect_refused(&event, REJECT_UNKNOWN_CAMPAIGN);
}

Test(region, refuses_to_withdraw_what_is_not_there)
{
	struct event event = {.kind = EVENT_WITHDRAWN,
	    .withdrawn = {.target = {.seq = 99}, .reason = "SALAH_INPUT"}};

	expect_refused(&event, REJECT_UNKNOWN_RECORD);
}

Test(region, refuses_a_pledge_of_the_day_after_tomorrow)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	event.pledge.made_at_ms = rig->now_ms + 3 * rig_day_ms;
	expect_refused(&event, REJECT_TIME);
}

static struct event
incident(const char *act)
{
	uint32_t today = (uint32_t)(rig->now_ms / rig_day_ms);
	struct event event = {.kind = EVENT_INCIDENT_REPORTED,
	    .incident = {.happened_from_day = today - 2,
		.happened_to_day = today - 1,
		.known_day = today - 1,
		.reported_day = today - 1,
		.source = 1,
		.subject = 1}};

	(void)text_copy(event.incident.act, sizeof event.incident.act, act);
	(void)text_copy(
	    event.incident.unit, sizeof event.incident.unit, RIG_UNIT);
	return event;
}

Test(region, refuses_what_would_need_sealing)
{
	struct event event = incident("LLN");

	expect_refused(&event, REJECT_NOT_SEALED);
}

Test(region, refuses_a_run_of_digits)
{
	struct event event = {.kind = EVENT_WITHDRAWN,
	    .withdrawn = {.target = {.seq = 1},
		.reason = "SALAH_INPUT",
		.reference = "198001012005011001"}};
	uint8_t at[EVENT_COLLECTOR_MAX];
	uint64_t size = rig_size(rig);
	size_t len;

	rig_envelope(rig, &collector, &event);
	len = wire_pack(&event, at, sizeof at);
	rig_push_bytes(rig, &collector, bytes_of(at, len));
	expect_event_word(REJECT_DIGITS, size);
}

Test(region, refuses_a_pledge_after_the_lock)
{
	struct event event;

	rig->now_ms += 11 * rig_day_ms;
	rig_clock(rig);
	rig_see(rig, &collector);
	event = rig_pledge(rig, RIG_UNIT);
	expect_refused(&event, REJECT_LOCKED);
}

Test(region, refuses_a_version_out_of_order)
{
	struct unit_row row = {
	    .kind = 9, .code = "U001", .name = "Desa", .wilayah = RIG_DISTRICT};
	struct event event = {.kind = EVENT_ROSTER_CHANGED,
	    .roster = {.part = {.version = 9, .part = 1, .parts = 1},
		.row_count = 1,
		.rows = &row}};
	uint8_t packed[512];
	struct hash hash = rig_rows_hash(
	    packed, wire_pack_unit_row(&row, packed, sizeof packed));
	uint64_t size = rig_size(rig);

	memcpy(event.roster.part.sha256, hash.at, HASH_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	expect_event_word(REJECT_VERSION_ORDER, size);
}

Test(region, a_refused_event_does_not_stop_those_behind_it)
{
	struct event good = rig_pledge(rig, RIG_UNIT);
	struct event bad = rig_pledge(rig, "NOWHERE");

	rig_batch_start(&rig->batch, &collector);
	rig_batch_add(rig, &collector, &good);
	rig_batch_add(rig, &collector, &bad);
	rig_batch_add(rig, &collector, &good);
	rig_batch_stamp(&rig->batch, &collector);
	rig_batch_push(rig, &collector);
	cr_assert(rig_receipt_is_valid(rig, &collector));
	cr_assert_eq(rig_last(rig)->receipt.refused_count, 1);
	cr_assert_eq(rig_last(rig)->receipt.refused[0].seq, 2);
	cr_assert_eq(
	    rig_last(rig)->receipt.refused[0].word, REJECT_UNKNOWN_UNIT);
	cr_assert_eq(rig_last(rig)->receipt.refusal_event.len, 0);
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

Test(region, gives_a_collector_its_units)
{
	fetch(WHAT_ROSTER, 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_SLICE);
	cr_assert_eq(rig->message.slice.parts, 1);
	cr_assert_eq(rig->message.slice.version, 1);
	cr_assert(rig_answer(rig, rig->answer_count - 1)->has_body);
}

Test(region, gives_a_collector_the_campaigns)
{
	fetch(WHAT_CAMPAIGNS, 1);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_SLICE);
	cr_assert_gt(rig_answer(rig, rig->answer_count - 1)->body_len, 20);
}

Test(region, has_no_second_part_of_a_small_slice)
{
	fetch(WHAT_ROSTER, 2);
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
	cr_assert_eq(store_fold(region_store(rig->region), &view), OK);
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
