/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden bytes: written by Python's protobuf from proto/event.proto. Hostile
 * bytes are made by hand, field by field.
 */
#include "model/wire.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/unit/test_model_events.h"

static const char pledge_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018072080b5ddaca4322a0837332e"
    "30342e3031300138ac0282019b010a0c504b4d2d42414e474b414c41120b50494c4b"
    "414441323032341a10404142434445464748494a4b4c4d4e4f20022804300f3a0a49"
    "4b5241522d3230323442205cde0f1298f41f7d1c8b907a36992a7a513225a2615bd6"
    "e307bf1a9149b06b404880d881aba432504858016204082810266a00720310c8017a"
    "2078af7bdb5626eb0a046772b3edda705ca9e60ba7af0960eea89f7fa201d685a8";
static const char incident_hex[] =
    "080112100102030405060708090a0b0c0d0e0f1018082080b5ddaca4322a0837332e"
    "30342e3031300138ad028a01710a0e4b454c2d424f4e544f52414e4e551203534f53"
    "18969c0120979c0128989c01309d9c01380240024a220a2055c64d0fcd6f9d5f7c82"
    "8093857e3fdfda68478bb4e9bd24d481ef391c7804e84a220a2072231043bc1807e6"
    "f740b235eb7511ecb33255a6a375435631196de8a9750d4b";

enum { BYTES_MAX = 1 << 17 };

static struct wire *wire;
static struct sample sample;
static struct event event;
static uint8_t packed[BYTES_MAX];

static void
setup(void)
{
	wire = wire_new();
}

static void
teardown(void)
{
	wire_free(wire);
}

TestSuite(wire, .init = setup, .fini = teardown);
TestSuite(gate, .init = setup, .fini = teardown);

static struct bytes
bytes_of_hex(const char *hex)
{
	static uint8_t bytes[1024];
	size_t len = strlen(hex) / 2;

	cr_assert_eq(hex_get(bytes, len, hex), OK);
	return bytes_of(bytes, len);
}

/* 0x01, 0x02, ... or 0x40, 0x41, ... */
static void
count_up(uint8_t *at, size_t len, uint8_t from)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(from + i);
}

static struct event golden;

static void
make_frame(enum event_kind kind, uint64_t seq, uint64_t seen)
{
	memset(&golden, 0, sizeof golden);
	golden.version = 1;
	golden.seq = seq;
	golden.recorded_at_ms = 1727744400000;
	text_copy(golden.wilayah, sizeof golden.wilayah, "73.04.01");
	golden.seen_epoch = 1;
	golden.seen_size = seen;
	golden.kind = kind;
	count_up(golden.node, sizeof golden.node, 1);
}

static void
set_hash(uint8_t hash[EVENT_HASH_SIZE], const char *hex)
{
	cr_assert_eq(hex_get(hash, EVENT_HASH_SIZE, hex), OK);
}

static void
make_pledge(void)
{
	struct pledge *pledge = &golden.pledge;

	make_frame(EVENT_PLEDGE_MADE, 7, 300);
	text_copy(pledge->unit, sizeof pledge->unit, "PKM-BANGKALA");
	text_copy(pledge->campaign, sizeof pledge->campaign, "PILKADA2024");
	count_up(pledge->ceremony, EVENT_ID_SIZE, 0x40);
	pledge->act = 2;
	pledge->form = 4;
	pledge->points = 15;
	text_copy(pledge->template, sizeof pledge->template, "IKRAR-2024");
	set_hash(pledge->template_sha256, "5cde0f1298f41f7d1c8b907a36992a7a"
					  "513225a2615bd6e307bf1a9149b06b40");
	pledge->made_at_ms = 1727740800000;
	pledge->witnesses = 0x48;
	pledge->head_signed = true;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		pledge->counts[i].is_set = true;
	pledge->counts[EMPLOYMENT_PNS].present = 40;
	pledge->counts[EMPLOYMENT_PNS].signatures = 38;
	pledge->counts[EMPLOYMENT_NON_ASN].signatures = 200;
	pledge->has_sheet = true;
	set_hash(pledge->sheet_sha256, "78af7bdb5626eb0a046772b3edda705c"
				       "a9e60ba7af0960eea89f7fa201d685a8");
}

static void
make_incident(void)
{
	struct incident *incident = &golden.incident;

	make_frame(EVENT_INCIDENT_REPORTED, 8, 301);
	text_copy(incident->unit, sizeof incident->unit, "KEL-BONTORANNU");
	text_copy(incident->act, sizeof incident->act, "SOS");
	incident->happened_from_day = 19990;
	incident->happened_to_day = 19991;
	incident->known_day = 19992;
	incident->reported_day = 19997;
	incident->source = 2;
	incident->subject = 2;
	incident->evidence_count = 2;
	set_hash(incident->evidence[0], "55c64d0fcd6f9d5f7c828093857e3fdf"
					"da68478bb4e9bd24d481ef391c7804e8");
	set_hash(incident->evidence[1], "72231043bc1807e6f740b235eb7511ec"
					"b33255a6a375435631196de8a9750d4b");
}

static void
expect_hex(const char *expected)
{
	char hex[1024];
	size_t len = wire_pack(&golden, packed, sizeof packed);

	cr_assert_lt(2 * len, sizeof hex);
	hex_put(hex, packed, len);
	cr_expect_str_eq(hex, expected);
}

Test(wire, packs_a_pledge_into_the_golden_bytes)
{
	make_pledge();
	expect_hex(pledge_hex);
}

Test(wire, packs_an_incident_into_the_golden_bytes)
{
	make_incident();
	expect_hex(incident_hex);
}

Test(wire, unpacks_the_golden_bytes)
{
	make_pledge();
	cr_assert_eq(
	    wire_unpack(wire, bytes_of_hex(pledge_hex), &event), REJECT_NONE);
	cr_expect_eq(memcmp(&event, &golden, sizeof event), 0);
	make_incident();
	cr_assert_eq(
	    wire_unpack(wire, bytes_of_hex(incident_hex), &event), REJECT_NONE);
	cr_expect_eq(memcmp(&event, &golden, sizeof event), 0);
}

Test(wire, makes_the_golden_leaf_of_the_golden_pledge)
{
	uint8_t stamp[EVENT_STAMP_SIZE];
	char hex[1024], expected[1024], stamp_hex[2 * EVENT_STAMP_SIZE + 1];
	struct leaf leaf = {.author = AUTHOR_NODE,
	    .received_at_ms = 1727744401000,
	    .event = bytes_of_hex(pledge_hex),
	    .stamp = bytes_of(stamp, sizeof stamp)};

	count_up(stamp, sizeof stamp, 0);
	hex_put(stamp_hex, stamp, sizeof stamp);
	leaf_put(packed, &leaf);
	hex_put(hex, packed, leaf_size(&leaf));
	snprintf(expected, sizeof expected, "0101%s00cb%s60%s",
	    "0000019245975e68", pledge_hex, stamp_hex);
	cr_expect_str_eq(hex, expected);
}

/* What the rows hold must be the same; where they lie, not. */
static void
expect_rows(const void *a, const void *b, size_t size)
{
	if (size > 0)
		cr_expect_eq(memcmp(a, b, size), 0, "rows, SEED=%lu",
		    (unsigned long)seed_of_environment());
}

#define SAME_ROWS(body, field, count)                                  \
	do {                                                           \
		expect_rows(event.body.field, sample.event.body.field, \
		    event.body.count * sizeof *event.body.field);      \
		event.body.field = sample.event.body.field = NULL;     \
	} while (0)

static void
expect_same(void)
{
	if (event_is_verdict(event.kind)) {
		SAME_ROWS(verdict, units, unit_count);
		SAME_ROWS(verdict, removed, removed_count);
		SAME_ROWS(verdict, evidence, evidence_count);
	} else if (event.kind == EVENT_ROSTER_CHANGED) {
		SAME_ROWS(roster, rows, row_count);
	} else if (event.kind == EVENT_CAMPAIGN_CHANGED) {
		SAME_ROWS(campaign, rows, row_count);
	} else if (event.kind == EVENT_CALENDAR_CHANGED) {
		SAME_ROWS(calendar, rows, row_count);
	} else if (event.kind == EVENT_RULES_CHANGED) {
		SAME_ROWS(rules, rows, row_count);
	} else if (event.kind == EVENT_OFFICE_CHANGED) {
		SAME_ROWS(office, rows, row_count);
	}
	cr_expect_eq(memcmp(&event, &sample.event, sizeof event), 0,
	    "%s, SEED=%lu", event_kind_name(event.kind),
	    (unsigned long)seed_of_environment());
}

Test(wire, brings_every_field_of_every_kind_back)
{
	struct chance chance = {seed_of_environment()};

	for (unsigned i = 0; i < 100 * ALL_KINDS; i++) {
		enum reject word;
		size_t len;

		chance_event(&chance, all_kinds[i % ALL_KINDS], &sample);
		len = wire_pack(&sample.event, packed, sizeof packed);
		cr_assert_gt(len, 0);
		word = wire_unpack(wire, bytes_of(packed, len), &event);
		cr_assert_eq(word, REJECT_NONE, "%s: %s, SEED=%lu",
		    event_kind_name(sample.event.kind), reject_word(word),
		    (unsigned long)seed_of_environment());
		expect_same();
	}
}

Test(wire, packs_the_longest_text_it_takes_and_says_when_it_does_not_fit)
{
	struct chance chance = {seed_of_environment()};
	size_t len;

	chance_event(&chance, EVENT_ROSTER_CHANGED, &sample);
	for (unsigned i = 0; i < EVENT_ROWS_MAX; i++)
		chance_unit(&chance, &sample.units[i]);
	sample.event.roster.row_count = EVENT_ROWS_MAX;
	len = wire_pack(&sample.event, packed, EVENT_MAX);
	cr_assert_gt(len, 10000);
	cr_expect_eq(
	    wire_unpack(wire, bytes_of(packed, len), &event), REJECT_NONE);
	cr_expect_eq(wire_pack(&sample.event, packed, len), len);
	cr_expect_eq(wire_pack(&sample.event, packed, len - 1), 0);
	cr_expect_eq(wire_pack(&sample.event, packed, 0), 0);
}

Test(wire, packs_rows_alone_as_they_stand_in_the_whole)
{
	struct chance chance = {seed_of_environment()};
	uint8_t row[1024];
	size_t len, all;

#define STANDS_IN(kind, pack, row_of_sample)                   \
	chance_event(&chance, kind, &sample);                  \
	sample.event.roster.row_count = 1;                     \
	all = wire_pack(&sample.event, packed, sizeof packed); \
	len = pack(&row_of_sample, row, sizeof row);           \
	cr_assert(len > 0 && len < all);                       \
	cr_expect_arr_eq(packed + all - len, row, len)

	STANDS_IN(EVENT_ROSTER_CHANGED, wire_pack_unit_row, sample.units[0]);
	STANDS_IN(EVENT_CAMPAIGN_CHANGED, wire_pack_campaign_row,
	    sample.campaigns[0]);
	STANDS_IN(
	    EVENT_CALENDAR_CHANGED, wire_pack_calendar_row, sample.calendar[0]);
	STANDS_IN(EVENT_RULES_CHANGED, wire_pack_rule_row, sample.rules[0]);
	STANDS_IN(EVENT_OFFICE_CHANGED, wire_pack_seat_row, sample.seats[0]);
}

/* ---- hostile bytes */

struct text {
	uint8_t at[BYTES_MAX];
	size_t len;
};

static struct text body, whole;

static void
add(struct text *text, const void *at, size_t len)
{
	cr_assert_leq(len, sizeof text->at - text->len);
	memcpy(text->at + text->len, at, len);
	text->len += len;
}

static void
add_varint(struct text *text, uint64_t value)
{
	while (value >= 0x80) {
		text->at[text->len++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	text->at[text->len++] = (uint8_t)value;
}

static void
add_number(struct text *text, unsigned tag, uint64_t value)
{
	add_varint(text, tag << 3);
	add_varint(text, value);
}

static void
add_run(struct text *text, unsigned tag, const void *at, size_t len)
{
	add_varint(text, tag << 3 | 2);
	add_varint(text, len);
	add(text, at, len);
}

static void
add_string(struct text *text, unsigned tag, const char *string)
{
	add_run(text, tag, string, strlen(string));
}

static const uint8_t ones[EVENT_HASH_SIZE] = {1, 1, 1};
static const char part_bytes[] = "\x08\x01\x10\x01\x18\x01\x22\x20"
				 "aaaaaaaabbbbbbbbccccccccdddddddd";

static void
start(void)
{
	body.len = whole.len = 0;
	add_number(&whole, 1, 1);
	add_run(&whole, 2, ones, EVENT_ID_SIZE);
	add_number(&whole, 3, 9);
	add_string(&whole, 5, "73.04.01");
}

static enum reject
verdict_on(const struct text *text)
{
	return wire_unpack(wire, bytes_of(text->at, text->len), &event);
}

static enum reject
finish(unsigned tag)
{
	add_run(&whole, tag, body.at, body.len);
	return verdict_on(&whole);
}

/* A withdrawal is the shortest event; `spoil` is a place in it. */
enum place { NOWHERE, NODE, SEQ, REASON, REFERENCE, BEHIND };

static enum reject
withdrawal_with(enum place place, const void *at, size_t len)
{
	start();
	if (place == NODE)
		add(&body, at, len);
	if (place == SEQ)
		add(&body, at, len);
	else
		add_number(&body, 2, 5);
	if (place == REASON)
		add(&body, at, len);
	else
		add_string(&body, 3, "BATAL");
	if (place == REFERENCE || place == BEHIND)
		add(&body, at, len);
	return finish(EVENT_WITHDRAWN);
}

#define WITH(place, bytes) withdrawal_with(place, bytes, sizeof(bytes) - 1)

Test(gate, lets_the_shortest_event_through)
{
	cr_expect_eq(withdrawal_with(NOWHERE, NULL, 0), REJECT_NONE);
	cr_expect_eq(event.withdrawn.target.seq, 5);
}

Test(gate, refuses_an_unknown_field_anywhere)
{
	static const uint8_t tail[] = {0xa0, 0x06, 1}; /* 100: 1 */

	cr_expect_eq(WITH(BEHIND, "\xa0\x06\x01"), REJECT_NON_CANONICAL);
	start();
	add_number(&body, 2, 5);
	add_string(&body, 3, "BATAL");
	add_run(&whole, EVENT_WITHDRAWN, body.at, body.len);
	add(&whole, tail, sizeof tail);
	cr_expect_eq(verdict_on(&whole), REJECT_NON_CANONICAL, "the frame");
	start();
	add_run(&body, 1, "\x08\x01\x10\x01\x18\x01\xa0\x06\x01", 9);
	cr_expect_eq(finish(EVENT_ROSTER_CHANGED), REJECT_NON_CANONICAL);
}

/* A roster of `count` rows like `row`. */
static enum reject
roster_of(const struct text *row, unsigned count)
{
	start();
	add_run(&body, 1, part_bytes, sizeof part_bytes - 1);
	for (unsigned i = 0; i < count; i++)
		add_run(&body, 2, row->at, row->len);
	return finish(EVENT_ROSTER_CHANGED);
}

static void
make_row(struct text *row, const char *name)
{
	row->len = 0;
	add_string(row, 1, "A");
	add_string(row, 2, name);
	add_number(row, 3, 1);
	add_string(row, 4, "73");
}

Test(gate, refuses_an_unknown_field_of_a_row)
{
	static struct text row;

	make_row(&row, "A");
	cr_expect_eq(roster_of(&row, 1), REJECT_NONE);
	add_number(&row, 99, 1);
	cr_expect_eq(roster_of(&row, 1), REJECT_NON_CANONICAL);
}

Test(gate, refuses_a_whole_without_its_part)
{
	start();
	cr_expect_eq(finish(EVENT_ROSTER_CHANGED), REJECT_FIELD);
}

Test(gate, refuses_tags_out_of_order)
{
	cr_expect_eq(WITH(BEHIND, "\x0a\x10"
				  "aaaabbbbccccdddd"),
	    REJECT_NON_CANONICAL, "node behind reason");
	start();
	add_number(&whole, 4, 1);
	add_number(&body, 2, 5);
	add_string(&body, 3, "BATAL");
	cr_expect_eq(finish(EVENT_WITHDRAWN), REJECT_NON_CANONICAL);
}

Test(gate, refuses_a_default_that_is_written_out)
{
	cr_expect_eq(WITH(BEHIND, "\x22\x00"), REJECT_NON_CANONICAL, "text");
	cr_expect_eq(WITH(NODE, "\x0a\x00"), REJECT_NON_CANONICAL, "bytes");
	cr_expect_eq(WITH(SEQ, "\x10\x00"), REJECT_NON_CANONICAL, "number");
	start();
	add_number(&whole, 6, 0);
	add_number(&body, 2, 5);
	add_string(&body, 3, "BATAL");
	cr_expect_eq(finish(EVENT_WITHDRAWN), REJECT_NON_CANONICAL, "epoch");
}

Test(gate, refuses_zeros_that_stand_for_no_node)
{
	cr_expect_eq(WITH(NODE, "\x0a\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	    REJECT_NON_CANONICAL);
}

Test(gate, refuses_a_field_sent_twice)
{
	cr_expect_eq(WITH(SEQ, "\x10\x05\x10\x05"), REJECT_NON_CANONICAL);
	cr_expect_eq(WITH(REASON, "\x1a\x05"
				  "BATAL\x1a\x05"
				  "BATAL"),
	    REJECT_NON_CANONICAL);
	start();
	add_number(&body, 2, 5);
	add_string(&body, 3, "BATAL");
	add_run(&whole, EVENT_WITHDRAWN, body.at, body.len);
	cr_expect_eq(finish(EVENT_WITHDRAWN), REJECT_NON_CANONICAL, "body");
}

Test(gate, refuses_two_bodies)
{
	start();
	add_number(&body, 2, 5);
	add_string(&body, 3, "BATAL");
	add_run(&whole, EVENT_WITHDRAWN, body.at, body.len);
	body.len = 0;
	cr_expect_eq(finish(EVENT_NODE_REPORTED), REJECT_NON_CANONICAL);
}

Test(gate, refuses_long_varints)
{
	cr_expect_eq(WITH(SEQ, "\x10\x85\x00"), REJECT_NON_CANONICAL);
	cr_expect_eq(WITH(SEQ, "\x90\x00\x05"), REJECT_NON_CANONICAL, "tag");
	cr_expect_eq(WITH(SEQ, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
	    REJECT_NON_CANONICAL);
	cr_expect_eq(
	    WITH(SEQ, "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	    REJECT_NON_CANONICAL);
}

Test(gate, refuses_a_string_with_nul_inside)
{
	cr_expect_eq(WITH(REASON, "\x1a\x06"
				  "BATAL\0"),
	    REJECT_NON_CANONICAL);
	cr_expect_eq(WITH(BEHIND, "\x22\x03\x41\0\x41"), REJECT_NON_CANONICAL);
}

Test(gate, refuses_a_wrong_wire_type)
{
	cr_expect_eq(WITH(SEQ, "\x11\x05\0\0\0\0\0\0\0"), REJECT_NON_CANONICAL);
	cr_expect_eq(WITH(SEQ, "\x12\x01\x05"), REJECT_NON_CANONICAL);
	cr_expect_eq(WITH(REASON, "\x18\x05"), REJECT_NON_CANONICAL);
	cr_expect_eq(
	    WITH(BEHIND, "\xa3\x06\xa4\x06"), REJECT_NON_CANONICAL, "a group");
}

Test(gate, refuses_a_length_that_is_not_the_fields)
{
	cr_expect_eq(WITH(NODE, "\x0a\x0f"
				"aaaabbbbccccddd"),
	    REJECT_FIELD);
	cr_expect_eq(WITH(NODE, "\x0a\x11"
				"aaaabbbbccccdddde"),
	    REJECT_FIELD);
	cr_expect_eq(WITH(REASON, "\x1a\x19"
				  "BATALBATALBATALBATALBATAL"),
	    REJECT_FIELD);
}

Test(gate, refuses_an_enumeration_that_is_not_declared)
{
	start();
	add_number(&body, 2, 5);
	add_number(&body, 3, 13);
	cr_expect_eq(finish(EVENT_INCIDENT_REVIEWED), REJECT_FIELD);
	start();
	add_number(&body, 2, 5);
	add_number(&body, 3, UINT64_MAX); /* -1 */
	cr_expect_eq(finish(EVENT_INCIDENT_REVIEWED), REJECT_FIELD);
	start();
	add_number(&body, 2, 5);
	add_number(&body, 3, 0xffffffff); /* -1, cut short */
	cr_expect_eq(finish(EVENT_INCIDENT_REVIEWED), REJECT_NON_CANONICAL);
}

static enum reject
roster_with(const char *name)
{
	static struct text row;

	make_row(&row, name);
	return roster_of(&row, 1);
}

Test(gate, refuses_what_is_not_utf_8)
{
	cr_expect_eq(roster_with("Dinas"), REJECT_NONE);
	cr_expect_eq(roster_with("Din\xe4s"), REJECT_FIELD);
	cr_expect_eq(roster_with("Din\xc0\xafs"), REJECT_FIELD);
	cr_expect_eq(roster_with("198001012005011001"), REJECT_DIGITS);
}

Test(gate, refuses_a_bool_that_is_neither)
{
	start();
	add_run(&body, 1, ones, EVENT_HASH_SIZE);
	add_number(&body, 2, 1);
	add_string(&body, 3, "73");
	add_number(&body, 4, 1);
	add_number(&body, 5, 2);
	cr_expect_eq(finish(EVENT_NODE_INVITED), REJECT_NON_CANONICAL);
}

Test(gate, refuses_a_rule_whose_kind_is_not_its_body)
{
	static const char repeat[] = "\x08\x02\x10\x1e\x18\x01\x30\x01";
	static const struct {
		const char *kind;
		enum reject word;
	} rows[] = {{"repeat_incidents/1", REJECT_NONE},
	    {"unsigned_units/1", REJECT_FIELD},
	    {"repeat_incidents/2", REJECT_FIELD}, {"", REJECT_FIELD}};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		static struct text row;

		row.len = 0;
		start();
		add_run(&body, 1, part_bytes, sizeof part_bytes - 1);
		add_string(&row, 1, "A");
		if (rows[i].kind[0] != '\0')
			add_string(&row, 2, rows[i].kind);
		add_number(&row, 3, 1);
		add_run(&row, 5, repeat, sizeof repeat - 1);
		add_run(&body, 2, row.at, row.len);
		cr_expect_eq(finish(EVENT_RULES_CHANGED), rows[i].word, "%s",
		    rows[i].kind);
	}
}

Test(gate, refuses_a_later_version_by_its_own_word)
{
	whole.len = 0;
	add_number(&whole, 1, 2);
	add_number(&whole, 99, 2);
	cr_expect_eq(verdict_on(&whole), REJECT_VERSION);
	whole.len = 0;
	cr_expect_eq(verdict_on(&whole), REJECT_FIELD, "nothing at all");
}

Test(gate, refuses_every_event_that_is_cut_short)
{
	struct bytes good = bytes_of_hex(pledge_hex);

	for (size_t i = 0; i < good.len; i++)
		cr_expect_neq(wire_unpack(wire, bytes_of(good.at, i), &event),
		    REJECT_NONE, "%zu", i);
}

Test(gate, refuses_bytes_behind_an_event)
{
	struct bytes good = bytes_of_hex(incident_hex);

	for (unsigned c = 0; c < 256; c++) {
		whole.len = 0;
		add(&whole, good.at, good.len);
		whole.at[whole.len++] = (uint8_t)c;
		cr_expect_eq(verdict_on(&whole), REJECT_NON_CANONICAL, "%u", c);
	}
}

Test(gate, refuses_an_event_that_is_too_long)
{
	static char software[EVENT_MAX];

	memset(software, 'A', sizeof software);
	start();
	add_run(&body, 1, software, EVENT_MAX - 100);
	cr_expect_eq(finish(EVENT_NODE_REPORTED), REJECT_FIELD);
	start();
	add_run(&body, 1, software, EVENT_MAX);
	cr_expect_eq(finish(EVENT_NODE_REPORTED), REJECT_OVERSIZE);
}

Test(gate, refuses_one_row_too_many)
{
	static struct text row;

	make_row(&row, "A");
	cr_expect_eq(roster_of(&row, EVENT_ROWS_MAX), REJECT_NONE);
	cr_expect_eq(roster_of(&row, EVENT_ROWS_MAX + 1), REJECT_FIELD);
}

/* 24,000 fields of two bytes cost protobuf-c more than the arena holds. */
Test(gate, refuses_what_would_need_much_memory)
{
	start();
	while (whole.len + 3 < EVENT_MAX)
		add(&whole, "\xa0\x06\x01", 3);
	cr_expect_eq(verdict_on(&whole), REJECT_NON_CANONICAL);
	start();
	while (body.len + 2 < EVENT_MAX - 100)
		add(&body, "\x12\x00", 2);
	cr_expect_eq(finish(EVENT_ROSTER_CHANGED), REJECT_NON_CANONICAL);
}

/* What is let through with one bit turned is that event and no other. */
Test(gate, lets_no_turned_bit_through_in_another_form)
{
	struct bytes good = bytes_of_hex(pledge_hex);
	unsigned taken = 0;

	for (size_t i = 0; i < 8 * good.len; i++) {
		whole.len = 0;
		add(&whole, good.at, good.len);
		whole.at[i / 8] ^= (uint8_t)(1 << i % 8);
		if (verdict_on(&whole) != REJECT_NONE)
			continue;
		taken++;
		cr_expect_eq(
		    wire_pack(&event, packed, sizeof packed), whole.len);
		cr_expect_arr_eq(packed, whole.at, whole.len);
	}
	cr_expect(taken > 100 && taken < 8 * good.len);
}
