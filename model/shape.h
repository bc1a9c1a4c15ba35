/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a value of ours and a generated protobuf message correspond, field by
 * field, as tables; and one reader and one writer for all of them. Shared by
 * model/wire.c (events) and model/message.c (what nodes and a region say).
 *
 * A reader has an arena with a hard limit, emptied by each shape_unpack, so
 * hostile bytes cost bounded memory and a decoded message costs no malloc.
 * Pure.
 */
#ifndef MODEL_SHAPE_H
#define MODEL_SHAPE_H

#include "model/event.h"

struct ProtobufCMessageDescriptor;

enum shape_type {
	SHAPE_TEXT,       /* string - char[size], shorter than size */
	SHAPE_BLOB,       /* bytes - uint8_t[size], exactly so many */
	SHAPE_BLOB_ZERO,  /* the same, or empty for zeros */
	SHAPE_BLOB_OR_NO, /* the same, or empty for none; bool `has` */
	SHAPE_BYTES,      /* bytes - struct bytes into the arena */
	SHAPE_U32,        /* uint32, enums */
	SHAPE_U64,        /* uint64, sint64 */
	SHAPE_BOOL,
	SHAPE_WORD,  /* string - uint32_t through `words` */
	SHAPE_ONE,   /* message that must be there - value at `at` */
	SHAPE_MAYBE, /* message - value; bool `has` */
	SHAPE_ROWS,  /* messages - pointer to rows in the arena; count `has` */
	SHAPE_ARRAY, /* messages - array in the value; count `has` */
	SHAPE_ONEOF, /* oneof - kind `has`, value by `cases` */
};

struct shape_words {
	uint32_t (*number)(const char *word); /* UINT32_MAX: refused */
	const char *(*word)(uint32_t number);
};

/* One arm of a oneof; the last row has no shape. An arm may be met by a kind
 * that an earlier field has set; then both must agree. */
struct shape_case {
	uint32_t number; /* field number of the arm */
	uint32_t kind;
	const struct shape *shape;
	uint16_t at; /* of the value within ours */
};

struct shape_field {
	enum shape_type type;
	uint16_t pb;   /* offset in the generated message */
	uint16_t pb_n; /* of its count or case */
	uint16_t at;   /* offset in our value */
	uint16_t has;  /* of its flag, count or kind */
	uint32_t size; /* bytes, or rows at most */
	union {
		const struct shape *shape;
		const struct shape_words *words;
		const struct shape_case *cases;
	};
};

struct shape {
	const struct ProtobufCMessageDescriptor *pb;
	size_t size; /* of our value */
	const struct shape_field *fields;
	unsigned count;
};

#define SHAPE(descriptor, value_size, table)                                 \
	{                                                                    \
		.pb = (descriptor), .size = (value_size), .fields = (table), \
		.count = sizeof(table) / sizeof(table)[0]                    \
	}

/* Rows of a table; m: generated message, s: our struct, p and f: the field in
 * each. SHAPE_AT does not compile when the field has another type. */
#define SHAPE_AT(type, s, f) \
	(offsetof(s, f) + 0 * sizeof(&((s *)0)->f - (type *)0))
#define SHAPE_SIZE(s, f) sizeof(((s *)0)->f)
#define TEXT(m, p, s, f)                                                \
	{                                                               \
		.type = SHAPE_TEXT, .pb = SHAPE_AT(char *, m, p),       \
		.at = SHAPE_AT(char, s, f[0]), .size = SHAPE_SIZE(s, f) \
	}
#define BLOB_AS(t, m, p, s, f)                                  \
	.type = (t), .pb = SHAPE_AT(ProtobufCBinaryData, m, p), \
	.at = SHAPE_AT(uint8_t, s, f[0]), .size = SHAPE_SIZE(s, f)
#define BLOB(m, p, s, f)                        \
	{                                       \
		BLOB_AS(SHAPE_BLOB, m, p, s, f) \
	}
#define BLOB_ZERO(m, p, s, f)                        \
	{                                            \
		BLOB_AS(SHAPE_BLOB_ZERO, m, p, s, f) \
	}
#define BLOB_OR_NO(m, p, s, f, flag)                   \
	{                                              \
		BLOB_AS(SHAPE_BLOB_OR_NO, m, p, s, f), \
		    .has = SHAPE_AT(bool, s, flag)     \
	}
#define BYTES(m, p, s, f)                                  \
	{                                                  \
		.type = SHAPE_BYTES,                       \
		.pb = SHAPE_AT(ProtobufCBinaryData, m, p), \
		.at = SHAPE_AT(struct bytes, s, f)         \
	}
#define U32(m, p, s, f)                                            \
	{                                                          \
		.type = SHAPE_U32, .pb = SHAPE_AT(uint32_t, m, p), \
		.at = SHAPE_AT(uint32_t, s, f)                     \
	}
#define ENUM(e, m, p, s, f)                                 \
	{                                                   \
		.type = SHAPE_U32, .pb = SHAPE_AT(e, m, p), \
		.at = SHAPE_AT(uint32_t, s, f)              \
	}
#define U64(m, p, s, f)                                            \
	{                                                          \
		.type = SHAPE_U64, .pb = SHAPE_AT(uint64_t, m, p), \
		.at = SHAPE_AT(uint64_t, s, f)                     \
	}
#define I64(m, p, s, f)                                           \
	{                                                         \
		.type = SHAPE_U64, .pb = SHAPE_AT(int64_t, m, p), \
		.at = SHAPE_AT(int64_t, s, f)                     \
	}
#define BOOL(m, p, s, f)                                                      \
	{                                                                     \
		.type = SHAPE_BOOL, .pb = SHAPE_AT(protobuf_c_boolean, m, p), \
		.at = SHAPE_AT(bool, s, f)                                    \
	}
#define WORD(m, p, s, f, e, w)                                    \
	{                                                         \
		.type = SHAPE_WORD, .pb = SHAPE_AT(char *, m, p), \
		.at = SHAPE_AT(e, s, f), .words = (w)             \
	}
#define ONE(m, p, s, f, sub)                                                   \
	{                                                                      \
		.type = SHAPE_ONE, .pb = offsetof(m, p), .at = offsetof(s, f), \
		.shape = (sub)                                                 \
	}
#define MAYBE(m, p, s, f, flag, sub)                                  \
	{                                                             \
		.type = SHAPE_MAYBE, .pb = offsetof(m, p),            \
		.at = offsetof(s, f), .has = SHAPE_AT(bool, s, flag), \
		.shape = (sub)                                        \
	}
#define ROWS_AS(t, m, p, s, f, n, max, sub)                                    \
	{                                                                      \
		.type = (t), .pb = offsetof(m, p),                             \
		.pb_n = SHAPE_AT(size_t, m, n_##p), .at = offsetof(s, f),      \
		.has = SHAPE_AT(uint32_t, s, n), .size = (max), .shape = (sub) \
	}
#define ROWS(m, p, s, f, n, max, sub) \
	ROWS_AS(SHAPE_ROWS, m, p, s, f, n, max, sub)
#define ARRAY(m, p, s, f, n, sub)           \
	ROWS_AS(SHAPE_ARRAY, m, p, s, f, n, \
	    SHAPE_SIZE(s, f) / SHAPE_SIZE(s, f[0]), sub)
#define ONEOF(m, p, p_case, s, kind, e, table)                            \
	{                                                                 \
		.type = SHAPE_ONEOF, .pb = offsetof(m, p),                \
		.pb_n = offsetof(m, p_case), .has = SHAPE_AT(e, s, kind), \
		.cases = (table)                                          \
	}

struct shape_reader;
/* A strict reader takes the canonical form only. */
struct shape_reader *shape_reader_new(
    size_t arena_max, size_t bytes_max, bool is_strict);
void shape_reader_free(struct shape_reader *reader);

/* The generated message, until the next call; NULL: malformed, or larger than
 * the reader's limits. */
const void *shape_unpack(
    struct shape_reader *reader, const struct shape *shape, struct bytes bytes);
/* Into `value`, which is zeroed before; `bytes` and `message` of the last
 * shape_unpack. REJECT_NON_CANONICAL; REJECT_FIELD: a length or a count. */
enum reject shape_read(struct shape_reader *reader, const struct shape *shape,
    struct bytes bytes, const void *message, void *value);

/* Returns the length; 0 if it does not fit. */
size_t shape_write(
    const struct shape *shape, const void *value, uint8_t *at, size_t cap);

#endif
