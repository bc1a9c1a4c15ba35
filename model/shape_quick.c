/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical bytes straight into a value, in one pass: fields in the order of
 * their numbers and none twice, lengths and numbers in their shortest form,
 * nothing written out that is the default, nothing unknown. By the same
 * tables, so it takes no more than the gate of model/shape.c and makes the
 * same of it; what it does not take at once that gate looks at again.
 *
 * Left to the gate for good: rows of long texts, words, sint64, numbers above
 * INT32_MAX in 32 bits (an enum is written differently there).
 */
#include "model/shape.h"

#include <string.h>

#include <protobuf-c/protobuf-c.h>

enum {
	WIRE_VARINT = 0,
	WIRE_PIECE = 2, /* length, bytes */
	WIRE_BITS = 3,
	END = 0, /* no tag: field numbers begin at 1 */
};

struct scan {
	const uint8_t *at, *end;
	uint64_t tag; /* of the field at `at` */
};

static bool take_message(
    const struct shape *shape, struct bytes bytes, uint8_t *value);

static bool
take_long_varint(struct scan *scan, uint64_t *number)
{
	*number = 0;
	for (unsigned shift = 0; shift < 64 && scan->at < scan->end;
	     shift += 7) {
		uint8_t byte = *scan->at++;

		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return byte != 0 && (shift < 63 || byte == 1);
	}
	return false;
}

/* Nearly all are one byte. */
static inline bool
take_varint(struct scan *scan, uint64_t *number)
{
	if (scan->at == scan->end || *scan->at >= 0x80)
		return take_long_varint(scan, number);
	*number = *scan->at++;
	return true;
}

static inline bool
next_tag(struct scan *scan)
{
	scan->tag = END;
	return scan->at == scan->end ||
	       (take_varint(scan, &scan->tag) && scan->tag >> WIRE_BITS != 0);
}

static inline bool
take_piece(struct scan *scan, struct bytes *piece)
{
	uint64_t len;

	if (!take_varint(scan, &len) || len > (size_t)(scan->end - scan->at))
		return false;
	*piece = bytes_of(scan->at, (size_t)len);
	scan->at += len;
	return true;
}

/* ---- one field that is there */

/* The value is zeroed, so the text is terminated. */
static bool
take_text(const struct shape_field *field, struct bytes piece, uint8_t *value)
{
	if (piece.len == 0 || piece.len >= field->size ||
	    memchr(piece.at, '\0', piece.len) != NULL)
		return false;
	memcpy(value + field->at, piece.at, piece.len);
	return true;
}

static bool
take_blob(const struct shape_field *field, struct bytes piece, uint8_t *value)
{
	uint8_t any = 0;

	if (piece.len != field->size)
		return false;
	if (field->type == SHAPE_BLOB_ZERO) {
		for (size_t i = 0; i < piece.len; i++)
			any |= piece.at[i];
		if (any == 0)
			return false;
	}
	memcpy(value + field->at, piece.at, piece.len);
	if (field->type == SHAPE_BLOB_OR_NO)
		*(bool *)(value + field->has) = true;
	return true;
}

static bool
take_maybe(const struct shape_field *field, struct bytes piece, uint8_t *value)
{
	*(bool *)(value + field->has) = true;
	return take_message(field->shape, piece, value + field->at);
}

static bool
take_element(
    const struct shape_field *field, struct bytes piece, uint8_t *value)
{
	uint8_t *count_at = value + field->has;
	uint32_t count;

	memcpy(&count, count_at, sizeof count);
	if (count == field->size)
		return false;
	value += field->at + count * field->shape->size;
	count++;
	memcpy(count_at, &count, sizeof count);
	return take_message(field->shape, piece, value);
}

static bool
take_number(const struct shape_field *field,
    const ProtobufCFieldDescriptor *there, struct scan *scan, uint8_t *value)
{
	uint64_t number;
	uint32_t number_32;

	if (!take_varint(scan, &number) || number == 0)
		return false;
	if (field->type == SHAPE_U64) {
		memcpy(value + field->at, &number, sizeof number);
		return there->type == PROTOBUF_C_TYPE_UINT64;
	}
	if (field->type == SHAPE_BOOL) {
		*(bool *)(value + field->at) = true;
		return number == 1;
	}
	number_32 = (uint32_t)number;
	memcpy(value + field->at, &number_32, sizeof number_32);
	return number <= INT32_MAX;
}

/* A second arm is then left over. Only a word could have set the kind before,
 * and those are not taken here. */
static bool
take_oneof(struct scan *scan, const struct shape_field *field, uint8_t *value)
{
	const struct shape_case *arm = field->cases;
	struct bytes piece;

	while (arm->shape != NULL &&
	       scan->tag != ((uint64_t)arm->number << WIRE_BITS | WIRE_PIECE))
		arm++;
	if (arm->shape == NULL || !take_piece(scan, &piece))
		return false;
	memcpy(value + field->has, &arm->kind, sizeof arm->kind);
	return take_message(arm->shape, piece, value + arm->at) &&
	       next_tag(scan);
}

/* ---- fields in their order */

static bool
take_pieces(struct scan *scan, const struct shape_field *field, uint8_t *value)
{
	uint64_t tag = scan->tag;
	bool is_taken = true;
	struct bytes piece;

	do {
		if (!take_piece(scan, &piece) || !next_tag(scan))
			return false;
		if (field->type == SHAPE_TEXT)
			is_taken = take_text(field, piece, value);
		else if (field->type == SHAPE_ARRAY)
			is_taken = take_element(field, piece, value);
		else if (field->type == SHAPE_MAYBE)
			is_taken = take_maybe(field, piece, value);
		else
			is_taken = take_blob(field, piece, value);
	} while (is_taken && field->type == SHAPE_ARRAY && scan->tag == tag);
	return is_taken;
}

static bool
take_field(struct scan *scan, const struct shape_field *field,
    const ProtobufCFieldDescriptor *there, uint8_t *value)
{
	uint64_t tag = (uint64_t)there->id << WIRE_BITS;

	switch (field->type) {
	case SHAPE_TEXT:
	case SHAPE_BLOB:
	case SHAPE_BLOB_ZERO:
	case SHAPE_BLOB_OR_NO:
	case SHAPE_MAYBE:
	case SHAPE_ARRAY:
		if (scan->tag != (tag | WIRE_PIECE))
			return field->type != SHAPE_BLOB;
		return take_pieces(scan, field, value);
	case SHAPE_U32:
	case SHAPE_U64:
	case SHAPE_BOOL:
		if (scan->tag != (tag | WIRE_VARINT))
			return true;
		return take_number(field, there, scan, value) && next_tag(scan);
	case SHAPE_ONEOF:
		return take_oneof(scan, field, value);
	case SHAPE_BYTES:
	case SHAPE_WORD:
	case SHAPE_ONE:
	case SHAPE_ROWS:
		return false;
	}
	return false;
}

/* The table has the fields in the order of their numbers; a oneof stands
 * behind the others and begins with its first arm. */
static bool
take_message(const struct shape *shape, struct bytes bytes, uint8_t *value)
{
	struct scan scan = {.at = bytes.at, .end = bytes.at + bytes.len};

	if (!next_tag(&scan))
		return false;
	for (unsigned i = 0; i < shape->count; i++) {
		const ProtobufCFieldDescriptor *there = &shape->pb->fields[i];

		if (there->offset != shape->fields[i].pb ||
		    !take_field(&scan, &shape->fields[i], there, value))
			return false;
	}
	return scan.tag == END;
}

bool
shape_read_quick(const struct shape *shape, struct bytes bytes, void *value)
{
	memset(value, 0, shape->size);
	return take_message(shape, bytes, value);
}
