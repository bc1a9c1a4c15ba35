/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quick way through the gate against protobuf-c: valid events, and events
 * with one or a few faults, planted at any depth with the lengths around them
 * made right again. SEED=n and ROUNDS=n.
 */
#include "model/wire.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "tests/unit/test_model_events.h"

enum { BYTES_MAX = 1 << 16, ROUNDS = 20000, DEPTH_MAX = 4, FAULTS = 9 };

struct text {
	uint8_t at[BYTES_MAX];
	size_t len;
};

static struct wire *wire, *slow;
static struct sample sample;
static struct event event, expected;
static uint8_t packed[2 * EVENT_MAX];

static void
setup(void)
{
	wire = wire_new();
	slow = wire_new();
}

static void
teardown(void)
{
	wire_free(wire);
	wire_free(slow);
}

TestSuite(quick, .init = setup, .fini = teardown);

static bool
has_rows(enum event_kind kind)
{
	return event_is_verdict(kind) ||
	       (kind >= EVENT_ROSTER_CHANGED && kind <= EVENT_OFFICE_CHANGED);
}

static void
expect_agreement(struct bytes bytes, const char *what)
{
	enum reject word = wire_unpack_slowly(slow, bytes, &expected);
	char hex[2 * 1024 + 1] = "";

	if (bytes.len <= 1024)
		hex_put(hex, bytes.at, bytes.len);
	cr_assert_eq(wire_unpack(wire, bytes, &event), word, "%s: %s, not %s",
	    what, hex, reject_word(word));
	if (word != REJECT_NONE)
		return;
	cr_assert_eq(wire_pack(&event, packed, sizeof packed), bytes.len,
	    "%s: %s", what, hex);
	cr_assert_eq(
	    memcmp(packed, bytes.at, bytes.len), 0, "%s: %s", what, hex);
	if (!has_rows(event.kind))
		cr_assert_eq(memcmp(&event, &expected, sizeof event), 0,
		    "%s: %s", what, hex);
}

/* ---- faults */

static void
add(struct text *text, const void *at, size_t len)
{
	cr_assert_leq(len, sizeof text->at - text->len);
	memcpy(text->at + text->len, at, len);
	text->len += len;
}

static void
add_varint(struct text *text, uint64_t value, bool is_long)
{
	uint8_t byte;

	for (; value >= 0x80; value >>= 7) {
		byte = (uint8_t)(value | 0x80);
		add(text, &byte, 1);
	}
	byte = (uint8_t)(value | (is_long ? 0x80 : 0));
	add(text, &byte, 1);
	if (is_long)
		add(text, "", 1);
}

/* One field of a message that is well-formed. */
struct field {
	const uint8_t *from, *value; /* with its tag; behind tag and length */
	size_t len;                  /* of the value */
	uint64_t tag;
	bool is_piece;
};

static bool
take_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
		uint8_t byte = *(*at)++;

		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool
field_next(const uint8_t **at, const uint8_t *end, struct field *field)
{
	uint64_t number;

	field->from = *at;
	if (!take_varint(at, end, &field->tag) || field->tag >> 3 == 0)
		return false;
	field->value = *at;
	field->is_piece = (field->tag & 7) == 2;
	if ((field->tag & 7) != 0 && !field->is_piece)
		return false;
	if (!take_varint(at, end, &number))
		return false;
	if (!field->is_piece) {
		field->len = (size_t)(*at - field->value);
		return true;
	}
	if (number > (size_t)(end - *at))
		return false;
	field->value = *at;
	field->len = (size_t)number;
	*at += number;
	return true;
}

static unsigned
field_count(struct bytes bytes)
{
	const uint8_t *at = bytes.at, *end = at + bytes.len;
	struct field field;
	unsigned count = 0;

	while (at < end) {
		if (!field_next(&at, end, &field))
			return 0;
		count++;
	}
	return count;
}

static void
add_value(struct text *out, uint64_t tag, bool is_piece, struct bytes value)
{
	add_varint(out, tag, false);
	if (is_piece)
		add_varint(out, value.len, false);
	add(out, value.at, value.len);
}

static void
add_bent(struct text *out, struct bytes value, struct chance *chance)
{
	size_t from = out->len;
	uint8_t *at = out->at + from;

	add(out, value.at, value.len);
	if (value.len > 0)
		at[chance_within(chance, 0, value.len - 1)] ^=
		    (uint8_t)(1u << chance_within(chance, 0, 7));
}

/* The field again, wrong in one way. */
static void
add_faulty(struct text *out, const struct field *field, struct chance *chance)
{
	static struct text value;
	struct bytes whole =
	    bytes_of(field->from, field->value + field->len - field->from);
	struct bytes inner = bytes_of(field->value, field->len);
	uint64_t number = chance_next(chance) >> chance_within(chance, 0, 63);

	value.len = 0;
	switch (chance_within(chance, 0, FAULTS)) {
	case 0: /* twice */
		add(out, whole.at, whole.len);
		add(out, whole.at, whole.len);
		break;
	case 1: /* left out */
		break;
	case 2: /* any number, also the default */
		add_varint(&value, chance_is(chance) ? number : 0,
		    chance_within(chance, 0, 7) == 0);
		add_value(out, field->tag & ~7ull, false,
		    bytes_of(value.at, value.len));
		break;
	case 3: /* empty, or longer */
		if (chance_is(chance))
			add(&value, inner.at, inner.len);
		if (value.len > 0)
			add(&value, &number, chance_within(chance, 1, 8));
		add_value(out, (field->tag & ~7ull) | 2, true,
		    bytes_of(value.at, value.len));
		break;
	case 4: /* a long tag or length */
		add_varint(out, field->tag, chance_is(chance));
		if (field->is_piece)
			add_varint(out, field->len, true);
		add(out, inner.at, inner.len);
		break;
	case 5: /* another number or wire type */
		add_value(out, field->tag ^ (1u << chance_within(chance, 0, 9)),
		    field->is_piece, inner);
		break;
	case 6: /* zeros */
		memset(value.at, 0, inner.len);
		add_value(out, field->tag, field->is_piece,
		    bytes_of(value.at, inner.len));
		break;
	case 7: /* a bit turned in the value */
		add_bent(&value, inner, chance);
		add_value(out, field->tag, field->is_piece,
		    bytes_of(value.at, value.len));
		break;
	case 8: /* something unknown behind it */
		add(out, whole.at, whole.len);
		add_value(out, chance_within(chance, 1, 1000) << 3, false,
		    bytes_of("\x01", 1));
		break;
	case 9: /* a bit turned anywhere */
		add_bent(out, whole, chance);
		break;
	}
}

/* The message with one field of it, or of a message in it, made faulty. */
static void
add_spoilt(
    struct text *out, struct bytes bytes, struct chance *chance, unsigned depth)
{
	static struct text inner[DEPTH_MAX];
	const uint8_t *at = bytes.at, *end = at + bytes.len;
	unsigned count = field_count(bytes);
	unsigned which =
	    count == 0 ? 0 : (unsigned)chance_within(chance, 0, count - 1);
	struct field field;

	/* Bodies are last: half of the faults are in there. */
	if (depth == 0 && chance_is(chance))
		which = count - 1;
	if (count == 0)
		add(out, bytes.at, bytes.len);
	for (unsigned i = 0; i < count; i++) {
		cr_assert(field_next(&at, end, &field));
		if (i != which) {
			add(out, field.from,
			    (size_t)(field.value + field.len - field.from));
			continue;
		}
		if (!field.is_piece || depth + 1 == DEPTH_MAX ||
		    field_count(bytes_of(field.value, field.len)) == 0 ||
		    chance_within(chance, 0, 3) == 0) {
			add_faulty(out, &field, chance);
			continue;
		}
		inner[depth].len = 0;
		add_spoilt(&inner[depth], bytes_of(field.value, field.len),
		    chance, depth + 1);
		add_value(out, field.tag, true,
		    bytes_of(inner[depth].at, inner[depth].len));
	}
}

static unsigned
rounds(void)
{
	const char *text = getenv("ROUNDS");

	return text == NULL ? ROUNDS : (unsigned)strtoul(text, NULL, 10);
}

Test(quick, makes_of_every_kind_what_protobuf_c_makes_of_it)
{
	struct chance chance = {seed_of_environment()};

	for (unsigned i = 0; i < 100 * ALL_KINDS; i++) {
		size_t len;

		chance_event(&chance, all_kinds[i % ALL_KINDS], &sample);
		len = wire_pack(&sample.event, packed, sizeof packed);
		cr_assert_gt(len, 0);
		expect_agreement(bytes_of(packed, len), "valid");
		cr_assert_eq(wire_unpack(wire, bytes_of(packed, len), &event),
		    REJECT_NONE);
	}
}

Test(quick, agrees_with_protobuf_c_on_faults_at_any_depth)
{
	static struct text first, second;
	struct chance chance = {seed_of_environment()};
	unsigned taken = 0;

	for (unsigned i = 0; i < rounds(); i++) {
		/* Short ones, and long texts now and then. */
		unsigned kind = i % ALL_KINDS;
		size_t len;

		if (has_rows(all_kinds[kind]) && i / ALL_KINDS % 16 != 0)
			kind = i / ALL_KINDS % 3;
		chance_event(&chance, all_kinds[kind], &sample);
		len = wire_pack(&sample.event, packed, sizeof packed);
		first.len = second.len = 0;
		add_spoilt(&first, bytes_of(packed, len), &chance, 0);
		expect_agreement(bytes_of(first.at, first.len), "one fault");
		taken += wire_unpack(wire, bytes_of(first.at, first.len),
			     &event) == REJECT_NONE;
		add_spoilt(&second, bytes_of(first.at, first.len), &chance, 0);
		expect_agreement(bytes_of(second.at, second.len), "two faults");
	}
	/* Both outcomes must be there, else nothing was compared. */
	cr_expect_gt(taken, rounds() / 20);
	cr_expect_lt(taken, rounds() / 2);
}

Test(quick, agrees_with_protobuf_c_on_cut_off_events)
{
	struct chance chance = {seed_of_environment()};

	for (unsigned i = 0; i < ALL_KINDS; i++) {
		static uint8_t bytes[2 * EVENT_MAX];
		size_t len;

		chance_event(&chance, all_kinds[i], &sample);
		len = wire_pack(&sample.event, bytes, sizeof bytes);
		if (len > 1024)
			len = 1024;
		for (size_t cut = 0; cut <= len; cut++)
			expect_agreement(bytes_of(bytes, cut), "cut off");
	}
}

Test(quick, takes_no_more_pieces_of_evidence_than_there_is_room_for)
{
	static const uint8_t one[2 + 2 + EVENT_HASH_SIZE] = {
	    0x4a, 2 + EVENT_HASH_SIZE, 0x0a, EVENT_HASH_SIZE, 1};
	static struct text body, whole;
	static struct guarded {
		struct event event;
		uint8_t guard[1 << 14];
	} guarded;

	add(&whole, "\x08\x01", 2);
	add(&body, "\x0a\x01U", 3);
	for (unsigned i = 0; i < 256; i++)
		add(&body, one, sizeof one);
	add_value(&whole, EVENT_INCIDENT_REPORTED << 3 | 2, true,
	    bytes_of(body.at, body.len));
	cr_expect_eq(
	    wire_unpack(wire, bytes_of(whole.at, whole.len), &guarded.event),
	    REJECT_FIELD);
	for (size_t i = 0; i < sizeof guarded.guard; i++)
		cr_assert_eq(guarded.guard[i], 0);
}
