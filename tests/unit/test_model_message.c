/* SPDX-License-Identifier: Apache-2.0 */
#include "model/message.h"

#include <string.h>

#include <criterion/criterion.h>

static struct message_codec *codec;
static struct message message, back;
static uint8_t packed[1 << 17];

static void
setup(void)
{
	codec = message_codec_new();
}

static void
teardown(void)
{
	message_codec_free(codec);
}

TestSuite(message, .init = setup, .fini = teardown);

static bool
is_to_region(enum message_kind kind)
{
	return kind <= MESSAGE_CARRY;
}

static enum err
get(const uint8_t *at, size_t len)
{
	if (is_to_region(message.kind))
		return message_to_region_get(codec, bytes_of(at, len), &back);
	return message_from_region_get(codec, bytes_of(at, len), &back);
}

static enum err
there_and_back(void)
{
	size_t len = message_put(&message, packed, sizeof packed);

	cr_assert_gt(len, 0);
	return get(packed, len);
}

#define NOTE "ikrar/73.04/1\n12\nAAAA\n\n\xe2\x80\x94 ikrar/73.04/1 Az3g\n"

static void
fill(void *at, size_t len, uint8_t from)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)at)[i] = (uint8_t)(from + i);
}

static void
make_hello(struct hello *hello)
{
	hello->protocol_min = hello->protocol_max = 1;
	hello->node[0] = 1;
	text_copy(hello->software, sizeof hello->software, "ikrar 0.1.0");
	hello->last_seq = 5;
	hello->receipted_seq = 4;
	hello->seen_epoch = 1;
	hello->seen_size = 300;
	hello->now_ms = 1727744400000;
}

static void
make_push(struct push *push)
{
	push->first_seq = 9;
	push->count = 200;
	fill(push->node, EVENT_ID_SIZE, 1);
	fill(push->stamp, EVENT_STAMP_SIZE, 2);
}

static void
make_join(struct join *join)
{
	fill(join->code_sha256, sizeof join->code_sha256, 1);
	fill(join->sign_key, sizeof join->sign_key, 2);
	fill(join->link_key, sizeof join->link_key, 3);
	fill(join->proof, sizeof join->proof, 4);
	text_copy(join->software, sizeof join->software, "ikrar 0.1.0");
}

static void
make_welcome(struct welcome *welcome)
{
	welcome->protocol = 1;
	welcome->event_version = 1;
	welcome->have = 5;
	fill(welcome->head, sizeof welcome->head, 6);
	welcome->credit_events = 200;
	welcome->credit_bytes = 60000;
	welcome->now_ms = 1727744400000;
	welcome->roster_version = 3;
	welcome->campaign_version = 2;
	text_copy(welcome->checkpoint, CHECKPOINT_MAX, NOTE);
	welcome->report_wanted = true;
	welcome->retry_ms = 1000;
	welcome->endpoint_count = 2;
	text_copy(welcome->endpoints[0], ENDPOINT_MAX, "tcp://198.51.100.7:1");
	text_copy(welcome->endpoints[1], ENDPOINT_MAX, "tcp://198.51.100.8:1");
	welcome->lack_count = LACKS_MAX;
	for (uint32_t i = 0; i < LACKS_MAX; i++) {
		text_copy(welcome->lacks[i].campaign, CODE_MAX, "PILKADA2024");
		welcome->lacks[i].expected = 12;
		welcome->lacks[i].pledged = i;
	}
}

static void
make_receipt(struct receipt *receipt)
{
	static uint8_t hashes[64 * EVENT_HASH_SIZE], refusal[300];

	fill(hashes, sizeof hashes, 3);
	fill(refusal, sizeof refusal, 4);
	receipt->have = 9;
	receipt->index = 1234;
	receipt->received_at_ms = 1727744400000;
	text_copy(receipt->checkpoint, CHECKPOINT_MAX, NOTE);
	receipt->inclusion = bytes_of(hashes, sizeof hashes);
	receipt->refusal_event = bytes_of(refusal, sizeof refusal);
	receipt->refused_count = RECEIPT_REFUSED_MAX;
	receipt->report_wanted = true;
	fill(receipt->head, EVENT_HASH_SIZE, 5);
	for (unsigned i = 0; i < RECEIPT_REFUSED_MAX; i++) {
		receipt->refused[i].seq = i + 1;
		receipt->refused[i].word = REJECT_DIGITS;
	}
}

static void
make_refusal(struct refusal *refusal)
{
	refusal->word = REJECT_FORK;
	refusal->have = 5;
	fill(refusal->head, sizeof refusal->head, 6);
	refusal->retry_ms = 1000;
	text_copy(refusal->detail, DETAIL_MAX, "have 5, fork at 4");
}

static void
make_joined(struct joined *joined)
{
	fill(joined->node, sizeof joined->node, 1);
	joined->kind = 1;
	text_copy(joined->wilayah, WILAYAH_MAX, "73.04.01");
	text_copy(joined->origin, ORIGIN_MAX, "ikrar/73.04/1/latihan");
	fill(joined->log_key, sizeof joined->log_key, 2);
	joined->drill = joined->pending = true;
	joined->endpoint_count = 2;
	text_copy(joined->endpoints[0], ENDPOINT_MAX, "tcp://198.51.100.7:1");
	text_copy(joined->endpoints[1], ENDPOINT_MAX, "tcp://[2001:db8::1]:1");
	text_copy(joined->checkpoint, CHECKPOINT_MAX, NOTE);
}

static void
make_read(struct feed_read *read)
{
	text_copy(read->origin, ORIGIN_MAX, "ikrar/73.04/1");
	read->index = 7;
	read->has_leaf_hash = true;
	fill(read->leaf_hash, sizeof read->leaf_hash, 9);
	read->max = 100;
}

static void
make_page(struct page *page)
{
	page->next = 9;
	fill(page->leaf_hash, sizeof page->leaf_hash, 1);
	page->count = 3;
	text_copy(page->checkpoint, CHECKPOINT_MAX, NOTE);
}

/* Field by field in zeroed memory, so that the padding is zero as well. */
static void
make(enum message_kind kind)
{
	memset(&message, 0, sizeof message);
	message.kind = kind;
	switch (kind) {
	case MESSAGE_NONE:
		return;
	case MESSAGE_HELLO:
		make_hello(&message.hello);
		return;
	case MESSAGE_PUSH:
		make_push(&message.push);
		return;
	case MESSAGE_READ:
		make_read(&message.read);
		return;
	case MESSAGE_FETCH:
		message.fetch.what = WHAT_CAMPAIGNS;
		message.fetch.version = 3;
		message.fetch.part = 1;
		return;
	case MESSAGE_JOIN:
		make_join(&message.join);
		return;
	case MESSAGE_ENROL:
		make_join(&message.enrol);
		return;
	case MESSAGE_CARRY:
		make_push(&message.carry.push);
		message.carry.seen_epoch = 2;
		message.carry.seen_size = 77;
		return;
	case MESSAGE_WELCOME:
		make_welcome(&message.welcome);
		return;
	case MESSAGE_RECEIPT:
		make_receipt(&message.receipt);
		return;
	case MESSAGE_REFUSAL:
		make_refusal(&message.refusal);
		return;
	case MESSAGE_PAGE:
		make_page(&message.page);
		return;
	case MESSAGE_SLICE:
		message.slice.what = WHAT_ROSTER;
		message.slice.version = 3;
		message.slice.part = 1;
		message.slice.parts = 2;
		return;
	case MESSAGE_JOINED:
		make_joined(&message.joined);
		return;
	case MESSAGE_BEAT:
		text_copy(message.beat.checkpoint, CHECKPOINT_MAX, NOTE);
		message.beat.report_wanted = true;
		return;
	case MESSAGE_RECOVERED:
		text_copy(message.recovered.checkpoint, CHECKPOINT_MAX, NOTE);
		message.recovered.index = 12;
		message.recovered.from_size = 11;
		return;
	case MESSAGE_CARRIED:
		message.carried.kind = MESSAGE_REFUSAL;
		make_refusal(&message.carried.refusal);
		return;
	}
}

Test(message, brings_every_field_of_every_kind_back)
{
	for (unsigned i = MESSAGE_HELLO; i <= MESSAGE_RECOVERED; i++) {
		make((enum message_kind)i);
		cr_assert_eq(there_and_back(), OK, "%u", i);
		if (i == MESSAGE_RECEIPT) {
			cr_expect(bytes_equal(
			    back.receipt.inclusion, message.receipt.inclusion));
			cr_expect(bytes_equal(back.receipt.refusal_event,
			    message.receipt.refusal_event));
			back.receipt.inclusion = message.receipt.inclusion;
			back.receipt.refusal_event =
			    message.receipt.refusal_event;
		}
		cr_expect_eq(memcmp(&back, &message, sizeof back), 0, "%u", i);
	}
}

Test(message, brings_a_carried_receipt_back)
{
	make(MESSAGE_CARRIED);
	message.carried.kind = MESSAGE_RECEIPT;
	make_receipt(&message.carried.receipt);
	cr_assert_eq(there_and_back(), OK);
	cr_expect_eq(back.carried.kind, MESSAGE_RECEIPT);
	cr_expect_eq(back.carried.receipt.have, message.carried.receipt.have);
	cr_expect(bytes_equal(
	    back.carried.receipt.inclusion, message.carried.receipt.inclusion));
	cr_expect_eq(get((const uint8_t *)"\x42", 2), ERR_INVALID, "neither");
}

/* As Python's protobuf writes it. */
Test(message, packs_a_hello_into_the_golden_bytes)
{
	char hex[256];

	make(MESSAGE_HELLO);
	hex_put(hex, packed, message_put(&message, packed, sizeof packed));
	cr_expect_str_eq(hex, "0a3308011001"
			      "1a1001000000000000000000000000000000"
			      "220b696b72617220302e312e30"
			      "28053004380140ac024880b5ddaca432");
}

Test(message, says_when_it_does_not_fit)
{
	size_t len;

	make(MESSAGE_RECEIPT);
	len = message_put(&message, packed, sizeof packed);
	cr_expect_eq(message_put(&message, packed, len), len);
	cr_expect_eq(message_put(&message, packed, len - 1), 0);
}

Test(message, is_refused_when_cut_short)
{
	for (unsigned i = MESSAGE_HELLO; i <= MESSAGE_RECOVERED; i++) {
		size_t len;

		make((enum message_kind)i);
		len = message_put(&message, packed, sizeof packed);
		for (size_t k = 0; k < len; k++)
			cr_expect_eq(
			    get(packed, k), ERR_INVALID, "%u %zu", i, k);
	}
}

Test(message, ignores_fields_that_it_does_not_know)
{
	size_t len;

	make(MESSAGE_HELLO);
	len = message_put(&message, packed, sizeof packed);
	memcpy(packed + len, "\xa0\x06\x01\xaa\x06\x02hi", 8);
	cr_assert_eq(get(packed, len + 8), OK);
	cr_expect_eq(memcmp(&back, &message, sizeof back), 0);
}

Test(message, leaves_the_callers_value_alone_when_refused)
{
	make(MESSAGE_HELLO);
	memset(&back, 7, sizeof back);
	cr_expect_eq(get((const uint8_t *)"\xff", 1), ERR_INVALID);
	for (size_t i = 0; i < sizeof back; i++)
		cr_assert_eq(((const uint8_t *)&back)[i], 7);
}

static struct bytes
of_zeros(size_t len)
{
	static const uint8_t zeros[65 * EVENT_HASH_SIZE];

	return bytes_of(zeros, len);
}

/* A change, and that it is refused. */
#define BITES(kind, ...)                                                \
	do {                                                            \
		make(kind);                                             \
		__VA_ARGS__;                                            \
		cr_expect_eq(                                           \
		    there_and_back(), ERR_INVALID, "%s", #__VA_ARGS__); \
	} while (0)
#define PASSES(kind, ...)                                               \
	do {                                                            \
		make(kind);                                             \
		__VA_ARGS__;                                            \
		cr_expect_eq(there_and_back(), OK, "%s", #__VA_ARGS__); \
	} while (0)
#define SET(field, text) text_copy(field, sizeof(field), text)

Test(message, of_a_node_is_bounded)
{
	BITES(MESSAGE_HELLO, SET(message.hello.software, "a\nb"));
	BITES(MESSAGE_HELLO, message.hello.protocol_min = 2);
	BITES(MESSAGE_PUSH, message.push.first_seq = 0);
	BITES(MESSAGE_PUSH, message.push.count = 0);
	BITES(MESSAGE_PUSH, message.push.count = 201);
	BITES(MESSAGE_PUSH, message.push.blob_count = PUSH_BLOBS_MAX + 1);
	BITES(MESSAGE_READ, SET(message.read.origin, "\xff"));
	PASSES(MESSAGE_READ, message.read.has_leaf_hash = false);
	BITES(MESSAGE_FETCH, message.fetch.what = WHAT_NONE);
	BITES(MESSAGE_FETCH, message.fetch.what = (enum what)4);
	BITES(MESSAGE_FETCH, message.fetch.part = 0);
	BITES(MESSAGE_JOIN, SET(message.join.software, "\x01"));
}

Test(message, of_a_region_is_bounded)
{
	BITES(MESSAGE_WELCOME, SET(message.welcome.checkpoint, "\xe2\x80\x95"));
	BITES(MESSAGE_WELCOME, message.welcome.lacks[0].pledged = 13);
	BITES(MESSAGE_WELCOME, SET(message.welcome.lacks[7].campaign, "a b"));
	PASSES(MESSAGE_WELCOME, message.welcome.lack_count = 0);
	BITES(MESSAGE_RECEIPT, message.receipt.inclusion.len = 33);
	BITES(MESSAGE_RECEIPT, message.receipt.consistency = of_zeros(31));
	BITES(MESSAGE_WELCOME, message.welcome.consistency = of_zeros(33));
	BITES(MESSAGE_PAGE, message.page.consistency = of_zeros(1));
	BITES(MESSAGE_BEAT, message.beat.consistency = of_zeros(1));
	BITES(MESSAGE_BEAT,
	    message.beat.consistency = of_zeros(65 * EVENT_HASH_SIZE));
	BITES(MESSAGE_RECEIPT, SET(message.receipt.checkpoint, "\t"));
	BITES(MESSAGE_REFUSAL, SET(message.refusal.detail, "\n"));
	PASSES(MESSAGE_REFUSAL, memset(message.refusal.head, 0, 32));
	BITES(MESSAGE_PAGE, message.page.count = 257);
	BITES(MESSAGE_PAGE, SET(message.page.checkpoint, "\x80"));
	PASSES(MESSAGE_PAGE, memset(message.page.leaf_hash, 0, 32));
	BITES(MESSAGE_SLICE, message.slice.what = WHAT_NONE);
	BITES(MESSAGE_SLICE, message.slice.part = 0);
	BITES(MESSAGE_SLICE, message.slice.part = 3);
	BITES(MESSAGE_WELCOME, SET(message.welcome.endpoints[0], "a\nb"));
	BITES(MESSAGE_JOINED, message.joined.kind = 7);
	BITES(MESSAGE_JOINED, message.joined.kind = 0);
	BITES(MESSAGE_JOINED, SET(message.joined.wilayah, "x"));
	BITES(MESSAGE_JOINED, SET(message.joined.origin, "\n"));
	BITES(MESSAGE_JOINED, SET(message.joined.endpoints[1], "\x7f"));
	BITES(MESSAGE_JOINED, SET(message.joined.checkpoint, "\x7f"));
	BITES(MESSAGE_BEAT, SET(message.beat.checkpoint, "\r"));
	BITES(MESSAGE_CARRY, message.carry.push.count = 0);
	BITES(MESSAGE_CARRY, message.carry.push.first_seq = 0);
	BITES(MESSAGE_CARRIED, SET(message.carried.refusal.detail, "\n"));
}

Test(message, names_a_refusal_of_a_later_version)
{
	make(MESSAGE_REFUSAL);
	message.refusal.word = REJECT_COUNT;
	cr_assert_eq(there_and_back(), OK);
	cr_expect_eq(back.refusal.word, REJECT_COUNT);
}

/* A join that an unknown field makes `total` bytes long. */
static enum err
get_join_of(size_t total)
{
	size_t len, filler;

	make(MESSAGE_JOIN);
	len = message_put(&message, packed, sizeof packed);
	filler = total - len - 4;
	packed[len] = 0xaa;
	packed[len + 1] = 0x06;
	packed[len + 2] = (uint8_t)(filler | 0x80);
	packed[len + 3] = (uint8_t)(filler >> 7);
	return get(packed, total);
}

Test(message, to_join_is_short)
{
	cr_expect_eq(get_join_of(JOIN_MAX), OK);
	cr_expect_eq(get_join_of(JOIN_MAX + 1), ERR_INVALID);
}

static enum err
get_receipt_of(size_t count, size_t body_len)
{
	uint8_t *at = packed;

	memset(at, 0, sizeof packed);
	*at++ = 0x12;
	*at++ = (uint8_t)(body_len | 0x80);
	*at++ = (uint8_t)(body_len >> 7 | 0x80);
	*at++ = (uint8_t)(body_len >> 14);
	*at++ = 0x12; /* head */
	*at++ = 32;
	at += 32;
	for (size_t i = 0; i < count; i++) {
		*at++ = 0x42; /* refused, empty */
		*at++ = 0;
	}
	message.kind = MESSAGE_RECEIPT;
	return get(packed, (size_t)(at - packed));
}

Test(message, bounds_rows_and_memory)
{
	cr_expect_eq(get_receipt_of(200, 34 + 400), OK);
	cr_expect_eq(get_receipt_of(201, 34 + 402), ERR_INVALID);
	cr_expect_eq(get_receipt_of(30000, 34 + 60000), ERR_INVALID);
	make(MESSAGE_HELLO);
	memset(packed, 0, sizeof packed);
	cr_expect_eq(get(packed, 65536), ERR_INVALID);
	cr_expect_eq(get(packed, 0), ERR_INVALID);
	for (size_t i = 0; i + 3 <= 65535; i += 3)
		memcpy(packed + i, "\xa0\x06\x01", 3);
	cr_expect_eq(get(packed, 65535), ERR_INVALID, "unknown fields");
}

Test(body, of_a_push_gives_its_events_in_order)
{
	size_t len = push_body_add(packed, 0, 100, bytes_of("one", 3));
	struct bytes body, event;

	len = push_body_add(packed, len, 100, bytes_of("three", 5));
	cr_assert_eq(len, 12);
	body = bytes_of(packed, len);
	cr_assert_eq(push_body_next(&body, &event), OK);
	cr_expect(bytes_equal(event, bytes_of("one", 3)));
	cr_assert_eq(push_body_next(&body, &event), OK);
	cr_expect(bytes_equal(event, bytes_of("three", 5)));
	cr_expect_eq(push_body_next(&body, &event), ERR_NOTFOUND);
}

Test(body, of_a_push_says_when_it_is_full)
{
	cr_expect_eq(push_body_add(packed, 0, 5, bytes_of("one", 3)), 5);
	cr_expect_eq(push_body_add(packed, 1, 5, bytes_of("one", 3)), 1);
	cr_expect_eq(push_body_add(packed, 4, 5, bytes_of("one", 3)), 4);
}

static enum err
push_next_of(const char *at, size_t len)
{
	struct bytes body = bytes_of(at, len), event;

	return push_body_next(&body, &event);
}

Test(body, of_a_push_is_refused_when_malformed)
{
	cr_expect_eq(push_next_of("\0", 1), ERR_INVALID);
	cr_expect_eq(push_next_of("\0\0", 2), ERR_INVALID, "an empty event");
	cr_expect_eq(push_next_of("\0\2a", 3), ERR_INVALID);
	cr_expect_eq(push_next_of("\xff\xff"
				  "a",
			 3),
	    ERR_INVALID);
	cr_expect_eq(push_next_of("\0\1a", 3), OK);
}

Test(body, of_a_page_gives_its_entries_in_order)
{
	size_t len = page_body_add(packed, 0, 100, 7, bytes_of("one", 3));
	struct bytes body, leaf;
	uint64_t index;

	len = page_body_add(packed, len, 100, 1ull << 40, bytes_of("b", 1));
	cr_assert_eq(len, 28);
	body = bytes_of(packed, len);
	cr_assert_eq(page_body_next(&body, &index, &leaf), OK);
	cr_expect_eq(index, 7);
	cr_expect(bytes_equal(leaf, bytes_of("one", 3)));
	cr_assert_eq(page_body_next(&body, &index, &leaf), OK);
	cr_expect_eq(index, 1ull << 40);
	cr_expect_eq(page_body_next(&body, &index, &leaf), ERR_NOTFOUND);
}

Test(body, of_a_page_is_bounded)
{
	struct bytes leaf, body;
	uint64_t index;

	cr_expect_eq(page_body_add(packed, 0, 14, 7, bytes_of("one", 3)), 0);
	cr_expect_eq(page_body_add(packed, 0, 15, 7, bytes_of("one", 3)), 15);
	for (size_t i = 1; i < 15; i++) {
		body = bytes_of(packed, i);
		cr_expect_eq(page_body_next(&body, &index, &leaf), ERR_INVALID);
	}
	memset(packed, 0xff, 15);
	body = bytes_of(packed, 15);
	cr_expect_eq(page_body_next(&body, &index, &leaf), ERR_INVALID);
	memset(packed, 0, 15);
	body = bytes_of(packed, 15);
	cr_expect_eq(page_body_next(&body, &index, &leaf), ERR_INVALID);
}
