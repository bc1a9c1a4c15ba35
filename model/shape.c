/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical gate: what was unpacked, packed again, gives the same bytes,
 * and no message holds an unknown field. This refuses in one stroke tags out
 * of order, fields sent twice, defaults written out, long varints, two arms of
 * a oneof, and NUL inside a string (which protobuf-c cuts off).
 */
#include "model/shape.h"

#include <stdlib.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

enum {
	ARENA_ALIGN = 8,
	WRITE_SMALL = 8192,    /* enough for all but long texts */
	WRITE_LARGE = 1 << 20, /* and for those */
};

struct arena {
	uint8_t *at;
	size_t used, cap;
};

struct shape_reader {
	ProtobufCAllocator allocator;
	struct arena arena;
	size_t bytes_max;
	bool is_strict;
	uint8_t *again; /* packed again, for the gate */
};

/* NULL when the arena is full. */
static void *
arena_take(struct arena *arena, size_t size)
{
	size_t from = (arena->used + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1ul);

	if (from > arena->cap || size > arena->cap - from)
		return NULL;
	arena->used = from + size;
	return arena->at + from;
}

static void *
allocator_take(void *data, size_t size)
{
	return arena_take(data, size);
}

static void
allocator_release(void *data, void *at)
{
	(void)data;
	(void)at;
}

/* A packed enum of a hostile message can be longer than it came, but no
 * message can be more than twice as long. */
static size_t
again_max(size_t bytes_max)
{
	return 2 * bytes_max + ARENA_ALIGN;
}

struct shape_reader *
shape_reader_new(size_t arena_max, size_t bytes_max, bool is_strict)
{
	struct shape_reader *reader = xcalloc(1, sizeof *reader);

	reader->arena.at = xcalloc(1, arena_max);
	reader->arena.cap = arena_max;
	reader->allocator = (ProtobufCAllocator){
	    .alloc = allocator_take,
	    .free = allocator_release,
	    .allocator_data = &reader->arena,
	};
	reader->bytes_max = bytes_max;
	reader->is_strict = is_strict;
	if (is_strict)
		reader->again = xcalloc(1, again_max(bytes_max));
	return reader;
}

void
shape_reader_free(struct shape_reader *reader)
{
	if (reader == NULL)
		return;
	free(reader->arena.at);
	free(reader->again);
	free(reader);
}

const void *
shape_unpack(
    struct shape_reader *reader, const struct shape *shape, struct bytes bytes)
{
	if (bytes.len > reader->bytes_max)
		return NULL;
	reader->arena.used = 0;
	return protobuf_c_message_unpack(
	    shape->pb, &reader->allocator, bytes.len, bytes.at);
}

/* ---- fields: generated message -> value */

static enum reject read_message(struct shape_reader *reader,
    const struct shape *shape, const void *message, void *value);

static bool
is_zero(const uint8_t *at, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= at[i];
	return any == 0;
}

static enum reject
read_text(const struct shape_field *field, const void *from, char *to)
{
	const char *text = *(char *const *)from;
	size_t len = strnlen(text, field->size);

	if (len == field->size)
		return REJECT_FIELD;
	memcpy(to, text, len + 1);
	return REJECT_NONE;
}

/* Zeros written out are another form of none: not canonical. */
static enum reject
read_blob(const struct shape_reader *reader, const struct shape_field *field,
    const void *from, uint8_t *to, bool *has)
{
	const ProtobufCBinaryData *blob = from;

	if (blob->len == 0 && field->type != SHAPE_BLOB)
		return REJECT_NONE;
	if (blob->len != field->size)
		return REJECT_FIELD;
	if (reader->is_strict && field->type == SHAPE_BLOB_ZERO &&
	    is_zero(blob->data, blob->len))
		return REJECT_NON_CANONICAL;
	memcpy(to, blob->data, blob->len);
	if (field->type == SHAPE_BLOB_OR_NO)
		*has = true;
	return REJECT_NONE;
}

static enum reject
read_word(const struct shape_field *field, const void *from, void *to)
{
	uint32_t number = field->words->number(*(char *const *)from);

	if (number == UINT32_MAX)
		return REJECT_FIELD;
	memcpy(to, &number, sizeof number);
	return REJECT_NONE;
}

static enum reject
read_one(struct shape_reader *reader, const struct shape_field *field,
    const void *from, void *to, bool *has)
{
	const void *message = *(void *const *)from;

	if (message == NULL)
		return field->type == SHAPE_ONE ? REJECT_FIELD : REJECT_NONE;
	if (field->type == SHAPE_MAYBE)
		*has = true;
	return read_message(reader, field->shape, message, to);
}

static enum reject
read_rows(struct shape_reader *reader, const struct shape_field *field,
    const uint8_t *message, uint8_t *value)
{
	size_t count = *(const size_t *)(const void *)(message + field->pb_n);
	void *const *rows =
	    *(void **const *)(const void *)(message + field->pb);
	uint8_t *to = value + field->at;
	uint32_t count_32 = (uint32_t)count;

	if (count > field->size)
		return REJECT_FIELD;
	if (field->type == SHAPE_ROWS && count > 0) {
		size_t size = count * field->shape->size;
		uint8_t *space = arena_take(&reader->arena, size);

		if (space == NULL)
			return REJECT_FIELD;
		memset(space, 0, size);
		memcpy(to, &space, sizeof space);
		to = space;
	}
	memcpy(value + field->has, &count_32, sizeof count_32);
	for (size_t i = 0; i < count; i++) {
		enum reject word = read_message(
		    reader, field->shape, rows[i], to + i * field->shape->size);

		if (word != REJECT_NONE)
			return word;
	}
	return REJECT_NONE;
}

static enum reject
read_oneof(struct shape_reader *reader, const struct shape_field *field,
    const uint8_t *message, uint8_t *value)
{
	const struct shape_case *arm = field->cases;
	uint32_t number, kind;

	memcpy(&number, message + field->pb_n, sizeof number);
	memcpy(&kind, value + field->has, sizeof kind);
	while (arm->shape != NULL && arm->number != number)
		arm++;
	if (arm->shape == NULL || (kind != 0 && kind != arm->kind))
		return REJECT_FIELD;
	memcpy(value + field->has, &arm->kind, sizeof arm->kind);
	return read_message(reader, arm->shape,
	    *(void *const *)(const void *)(message + field->pb),
	    value + arm->at);
}

static enum reject
read_field(struct shape_reader *reader, const struct shape_field *field,
    const uint8_t *message, uint8_t *value)
{
	const void *from = message + field->pb;
	void *to = value + field->at;
	bool *has = (void *)(value + field->has);

	switch (field->type) {
	case SHAPE_TEXT:
		return read_text(field, from, to);
	case SHAPE_BLOB:
	case SHAPE_BLOB_ZERO:
	case SHAPE_BLOB_OR_NO:
		return read_blob(reader, field, from, to, has);
	case SHAPE_BYTES:
		*(struct bytes *)to =
		    bytes_of(((const ProtobufCBinaryData *)from)->data,
			((const ProtobufCBinaryData *)from)->len);
		return REJECT_NONE;
	case SHAPE_U32:
		memcpy(to, from, sizeof(uint32_t));
		return REJECT_NONE;
	case SHAPE_U64:
		memcpy(to, from, sizeof(uint64_t));
		return REJECT_NONE;
	case SHAPE_BOOL:
		*(bool *)to = *(const protobuf_c_boolean *)from != 0;
		return REJECT_NONE;
	case SHAPE_WORD:
		return read_word(field, from, to);
	case SHAPE_ONE:
	case SHAPE_MAYBE:
		return read_one(reader, field, from, to, has);
	case SHAPE_ROWS:
	case SHAPE_ARRAY:
		return read_rows(reader, field, message, value);
	case SHAPE_ONEOF:
		return read_oneof(reader, field, message, value);
	}
	return REJECT_FIELD;
}

static enum reject
read_message(struct shape_reader *reader, const struct shape *shape,
    const void *message, void *value)
{
	const ProtobufCMessage *base = message;

	if (reader->is_strict && base->n_unknown_fields != 0)
		return REJECT_NON_CANONICAL;
	for (unsigned i = 0; i < shape->count; i++) {
		enum reject word =
		    read_field(reader, &shape->fields[i], message, value);

		if (word != REJECT_NONE)
			return word;
	}
	return REJECT_NONE;
}

enum reject
shape_read(struct shape_reader *reader, const struct shape *shape,
    struct bytes bytes, const void *message, void *value)
{
	if (reader->is_strict) {
		size_t len = protobuf_c_message_pack(message, reader->again);

		CHECK(len <= again_max(reader->bytes_max));
		if (!bytes_equal(bytes, bytes_of(reader->again, len)))
			return REJECT_NON_CANONICAL;
	}
	memset(value, 0, shape->size);
	return read_message(reader, shape, message, value);
}

/* ---- fields: value -> generated message. False: the arena is full. The
 * message borrows texts and blobs from the value. */

static void *write_message(
    struct arena *arena, const struct shape *shape, const void *value);

static void
write_blob(const struct shape_field *field, const uint8_t *value, void *to)
{
	const uint8_t *from = value + field->at;
	ProtobufCBinaryData *blob = to;

	if ((field->type == SHAPE_BLOB_ZERO && is_zero(from, field->size)) ||
	    (field->type == SHAPE_BLOB_OR_NO &&
		!*(const bool *)(value + field->has)))
		return;
	blob->len = field->size;
	memcpy(&blob->data, &from, sizeof from);
}

static bool
write_rows(struct arena *arena, const struct shape_field *field,
    const uint8_t *value, uint8_t *message)
{
	const uint8_t *from = value + field->at;
	uint32_t count;
	void **rows;

	memcpy(&count, value + field->has, sizeof count);
	if (count == 0)
		return true;
	if (field->type == SHAPE_ROWS)
		from = *(const uint8_t *const *)(const void *)from;
	rows = arena_take(arena, count * sizeof *rows);
	if (rows == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		rows[i] = write_message(
		    arena, field->shape, from + i * field->shape->size);
		if (rows[i] == NULL)
			return false;
	}
	memcpy(message + field->pb, &rows, sizeof rows);
	*(size_t *)(void *)(message + field->pb_n) = count;
	return true;
}

static bool
write_one(
    struct arena *arena, const struct shape *shape, const void *from, void *to)
{
	void *message = write_message(arena, shape, from);

	memcpy(to, &message, sizeof message);
	return message != NULL;
}

static bool
write_oneof(struct arena *arena, const struct shape_field *field,
    const uint8_t *value, uint8_t *message)
{
	const struct shape_case *arm = field->cases;
	uint32_t kind;

	memcpy(&kind, value + field->has, sizeof kind);
	while (arm->shape != NULL && arm->kind != kind)
		arm++;
	CHECK(arm->shape != NULL);
	memcpy(message + field->pb_n, &arm->number, sizeof arm->number);
	return write_one(
	    arena, arm->shape, value + arm->at, message + field->pb);
}

static bool
write_field(struct arena *arena, const struct shape_field *field,
    const uint8_t *value, uint8_t *message)
{
	const void *from = value + field->at;
	void *to = message + field->pb;
	uint32_t number;

	switch (field->type) {
	case SHAPE_TEXT:
		memcpy(to, &from, sizeof from);
		return true;
	case SHAPE_BLOB:
	case SHAPE_BLOB_ZERO:
	case SHAPE_BLOB_OR_NO:
		write_blob(field, value, to);
		return true;
	case SHAPE_BYTES:
		((ProtobufCBinaryData *)to)->len =
		    ((const struct bytes *)from)->len;
		memcpy(&((ProtobufCBinaryData *)to)->data,
		    &((const struct bytes *)from)->at, sizeof(uint8_t *));
		return true;
	case SHAPE_U32:
		memcpy(to, from, sizeof(uint32_t));
		return true;
	case SHAPE_U64:
		memcpy(to, from, sizeof(uint64_t));
		return true;
	case SHAPE_BOOL:
		*(protobuf_c_boolean *)to = *(const bool *)from;
		return true;
	case SHAPE_WORD:
		memcpy(&number, from, sizeof number);
		from = field->words->word(number);
		memcpy(to, &from, sizeof from);
		return true;
	case SHAPE_MAYBE:
		if (!*(const bool *)(value + field->has))
			return true;
		return write_one(arena, field->shape, from, to);
	case SHAPE_ONE:
		return write_one(arena, field->shape, from, to);
	case SHAPE_ROWS:
	case SHAPE_ARRAY:
		return write_rows(arena, field, value, message);
	case SHAPE_ONEOF:
		return write_oneof(arena, field, value, message);
	}
	return false;
}

static void *
write_message(struct arena *arena, const struct shape *shape, const void *value)
{
	void *message = arena_take(arena, shape->pb->sizeof_message);

	if (message == NULL)
		return NULL;
	protobuf_c_message_init(shape->pb, message);
	for (unsigned i = 0; i < shape->count; i++)
		if (!write_field(arena, &shape->fields[i], value, message))
			return NULL;
	return message;
}

size_t
shape_write(
    const struct shape *shape, const void *value, uint8_t *at, size_t cap)
{
	_Alignas(ARENA_ALIGN) uint8_t small[WRITE_SMALL];
	struct arena arena = {.at = small, .cap = sizeof small};
	uint8_t *large = NULL;
	size_t len = 0;
	void *message = write_message(&arena, shape, value);

	if (message == NULL) {
		large = xcalloc(1, WRITE_LARGE);
		arena = (struct arena){.at = large, .cap = WRITE_LARGE};
		message = write_message(&arena, shape, value);
	}
	if (message != NULL &&
	    protobuf_c_message_get_packed_size(message) <= cap)
		len = protobuf_c_message_pack(message, at);
	free(large);
	return len;
}
