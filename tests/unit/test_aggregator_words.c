/* SPDX-License-Identifier: Apache-2.0 */
/* Every word of REJECT_TABLE that a push can earn, once each. */
#include "aggregator/push.h"

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

TestSuite(words, .init = set_up, .fini = tear_down);

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

Test(words, refuses_a_bad_signature_and_notes_it_once_a_minute)
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

Test(words, refuses_an_event_changed_under_its_stamp)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.body[rig->batch.len - 1] ^= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_BAD_SIGNATURE, size + 1);
}

Test(words, refuses_a_gap)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.push.first_seq = 2;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_GAP, size);
}

Test(words, refuses_a_fork_and_notes_it)
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

Test(words, does_not_know_a_strange_key)
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

Test(words, does_not_take_events_of_another_node)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.push.node[0] ^= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_UNKNOWN_NODE, size);
}

Test(words, refuses_a_body_that_is_too_large)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.len = PUSH_BODY_MAX + 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_TOO_LARGE, size);
}

Test(words, refuses_a_body_cut_short)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.len -= 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(words, refuses_more_than_was_announced)
{
	uint64_t size = rig_size(rig);

	start_good_batch();
	rig->batch.body[rig->batch.len++] = 0;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(words, refuses_bytes_that_are_no_message)
{
	uint64_t size = rig_size(rig);
	struct bytes frame = bytes_of_text("\xff\xff\xff");

	rig_hand_over(rig, &collector, &frame, 1);
	rig_turn_end(rig);
	expect_batch_word(REJECT_MALFORMED, size);
	cr_assert_eq(rig_counter(rig, COUNTER_MALFORMED), 1);
}

Test(words, refuses_a_push_without_its_body)
{
	struct message message = {.kind = MESSAGE_PUSH};
	uint64_t size = rig_size(rig);
	uint8_t at[1024];
	struct bytes frame;

	start_good_batch();
	message.push = rig->batch.push;
	frame = bytes_of(at, message_put(&message, at, sizeof at));
	rig_hand_over(rig, &collector, &frame, 1);
	rig_turn_end(rig);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(words, refuses_a_second_frame_where_none_belongs)
{
	struct message message = {
	    .kind = MESSAGE_FETCH, .fetch = {.what = WHAT_ROSTER, .part = 1}};
	uint64_t size = rig_size(rig);
	uint8_t at[1024];
	struct bytes frames[2] = {
	    bytes_of(at, message_put(&message, at, sizeof at)),
	    bytes_of_text("more")};

	rig_hand_over(rig, &collector, frames, 2);
	rig_turn_end(rig);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(words, a_later_version_anywhere_consumes_nothing)
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

Test(words, a_node_that_has_seen_more_than_there_is_has_diverged)
{
	uint64_t size = rig_size(rig);

	collector.seen_size = size + 1;
	start_good_batch();
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_DIVERGED, size);
}

Test(words, a_hello_that_has_seen_more_has_diverged)
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

Test(words, a_hello_of_another_protocol_is_refused)
{
	struct message hello = {.kind = MESSAGE_HELLO,
	    .hello = {.protocol_min = 2, .protocol_max = 3}};

	memcpy(hello.hello.node, collector.keys.id, NODE_ID_SIZE);
	rig_say(rig, &collector, &hello);
	cr_assert_eq(rig_last_word(rig), REJECT_VERSION);
}

Test(words, is_busy_when_the_disk_fills)
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

Test(words, a_revoked_node_is_told_so_once_a_second_and_not_read)
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

/* In one batch: the log must hold nothing that it cannot read again. */
Test(words, an_admin_that_revokes_itself_and_goes_on_is_refused_readably)
{
	struct rig_node *admin = &rig->admin;
	struct event event = {
	    .kind = EVENT_NODE_REVOKED, .named = {.reason = "DICURI"}};
	struct stored stored;

	memcpy(event.named.node, admin->keys.id, NODE_ID_SIZE);
	event.named.accept_up_to = admin->seq + 1;
	rig_batch_start(&rig->batch, admin);
	rig_batch_add(rig, admin, &event);
	event = rig_pledge(rig, RIG_UNIT);
	rig_batch_add(rig, admin, &event);
	rig_batch_stamp(&rig->batch, admin);
	rig_batch_push(rig, admin);
	cr_assert_eq(rig_last(rig)->kind, MESSAGE_RECEIPT);
	rig_entry(rig, rig_size(rig) - 1, &stored);
	cr_assert_eq(stored.event.kind, EVENT_REFUSED);
	cr_expect_eq(stored.event.refused.word, REJECT_KIND);
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

Test(words, refuses_a_unit_outside_the_prefix)
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

Test(words, refuses_a_kind_that_the_node_may_not_write)
{
	struct event event = {.kind = EVENT_NODE_CONFIRMED};

	memcpy(event.named.node, collector.keys.id, NODE_ID_SIZE);
	expect_refused(&event, REJECT_KIND);
}

Test(words, refuses_an_event_that_only_the_log_may_write)
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

Test(words, refuses_bytes_not_in_canonical_form)
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

Test(words, refuses_an_event_too_long_for_a_collector)
{
	static const uint8_t at[EVENT_COLLECTOR_MAX + 1] = {0x08, 0x01};
	uint64_t size = rig_size(rig);

	rig_push_bytes(rig, &collector, bytes_of(at, sizeof at));
	expect_event_word(REJECT_OVERSIZE, size);
}

/* What the push before it has said is nothing to it. */
Test(words, reads_no_body_with_an_event_too_long_for_anyone)
{
	struct rig_node before = collector;
	uint64_t size = rig_size(rig);

	collector.seen_size = size + 1;
	start_good_batch();
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_DIVERGED, size);
	collector = before;
	start_good_batch();
	be16_put(rig->batch.body, EVENT_MAX + 1);
	rig->batch.len = 2 + EVENT_MAX + 1;
	rig_batch_push(rig, &collector);
	expect_batch_word(REJECT_MALFORMED, size);
}

Test(words, refuses_a_field_that_is_not_valid)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	event.pledge.points = 99;
	expect_refused(&event, REJECT_FIELD);
}

Test(words, refuses_a_number_that_does_not_fit_the_chain)
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

Test(words, refuses_a_unit_that_is_not_on_the_roster)
{
	struct event event = rig_pledge(rig, "NOWHERE");

	expect_refused(&event, REJECT_UNKNOWN_UNIT);
}

Test(words, refuses_a_campaign_that_is_not_known)
{
	struct event event = rig_pledge(rig, RIG_UNIT);

	(void)text_copy(
	    event.pledge.campaign, sizeof event.pledge.campaign, "OTHER");
	expect_refused(&event, REJECT_UNKNOWN_CAMPAIGN);
}

Test(words, refuses_to_withdraw_what_is_not_there)
{
	struct event event = {.kind = EVENT_WITHDRAWN,
	    .withdrawn = {.target = {.seq = 99}, .reason = "SALAH_INPUT"}};

	expect_refused(&event, REJECT_UNKNOWN_RECORD);
}

Test(words, refuses_a_pledge_of_the_day_after_tomorrow)
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

Test(words, refuses_what_would_need_sealing)
{
	struct event event = incident("LLN");

	expect_refused(&event, REJECT_NOT_SEALED);
}

Test(words, refuses_a_run_of_digits)
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

Test(words, refuses_a_pledge_after_the_lock)
{
	struct event event;

	rig->now_ms += 11 * rig_day_ms;
	rig_clock(rig);
	rig_see(rig, &collector);
	event = rig_pledge(rig, RIG_UNIT);
	expect_refused(&event, REJECT_LOCKED);
}

Test(words, refuses_a_version_out_of_order)
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

Test(words, refuses_recipients_that_no_recipient_has_signed)
{
	struct event first = recipients_of(1, 1, 1);
	struct event second = recipients_of(2, 2, 1);
	uint64_t size;

	rig_push_one(rig, &rig->admin, &first);
	cr_assert_eq(rig_event_word(rig), REJECT_NONE);
	size = rig_size(rig);
	recipients_signed(
	    &second, view_region(region_view(rig->region))->origin, 2);
	rig_push_one(rig, &rig->admin, &second);
	expect_event_word(REJECT_NOT_RECIPIENT, size);
}

Test(words, a_refused_event_does_not_stop_those_behind_it)
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
