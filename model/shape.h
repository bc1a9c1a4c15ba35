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

/* One table a message: M names the generated struct and S ours while it is
 * filled. FIELD(f) is for a field of one name in both, FIELD_AS(p, f) for p
 * there and f here. A field of another type does not compile. */
#define SHAPE_AT(type, s, f) \
	(offsetof(s, f) + 0 * sizeof(1 ? &((s *)0)->f : (type *)0))
#define SHAPE_BOTH(t, type_p, p, type_f, f) \
	.type = (t), .pb = SHAPE_AT(type_p, M, p), .at = SHAPE_AT(type_f, S, f)
#define SHAPE_RUN(t, type_p, p, type_f, f) \
	SHAPE_BOTH(t, type_p, p, type_f, f[0]), .size = sizeof(((S *)0)->f)
#define TEXT_AS(p, f)                                     \
	{                                                 \
		SHAPE_RUN(SHAPE_TEXT, char *, p, char, f) \
	}
#define TEXT(f) TEXT_AS(f, f)
#define BLOB(f)                                                           \
	{                                                                 \
		SHAPE_RUN(SHAPE_BLOB, ProtobufCBinaryData, f, uint8_t, f) \
	}
#define BLOB_ZERO_AS(p, f)                                                     \
	{                                                                      \
		SHAPE_RUN(SHAPE_BLOB_ZERO, ProtobufCBinaryData, p, uint8_t, f) \
	}
#define BLOB_ZERO(f) BLOB_ZERO_AS(f, f)
#define BLOB_OR_NO(f, flag)                                                \
	{                                                                  \
		SHAPE_RUN(                                                 \
		    SHAPE_BLOB_OR_NO, ProtobufCBinaryData, f, uint8_t, f), \
		    .has = SHAPE_AT(bool, S, flag)                         \
	}
#define BYTES(f)                                                          \
	{                                                                 \
		SHAPE_BOTH(                                               \
		    SHAPE_BYTES, ProtobufCBinaryData, f, struct bytes, f) \
	}
#define U32_AS(p, f)                                            \
	{                                                       \
		SHAPE_BOTH(SHAPE_U32, uint32_t, p, uint32_t, f) \
	}
#define U32(f) U32_AS(f, f)
#define U64_AS(p, f)                                            \
	{                                                       \
		SHAPE_BOTH(SHAPE_U64, uint64_t, p, uint64_t, f) \
	}
#define U64(f) U64_AS(f, f)
#define I64(f)                                                \
	{                                                     \
		SHAPE_BOTH(SHAPE_U64, int64_t, f, int64_t, f) \
	}
#define BOOL(f)                                                        \
	{                                                              \
		SHAPE_BOTH(SHAPE_BOOL, protobuf_c_boolean, f, bool, f) \
	}
#define ENUM(type_p, f)                                       \
	{                                                     \
		SHAPE_BOTH(SHAPE_U32, type_p, f, uint32_t, f) \
	}
#define WORD(type_f, f, table)                                                 \
	{                                                                      \
		SHAPE_BOTH(SHAPE_WORD, char *, f, type_f, f), .words = (table) \
	}
#define ONE(f, sub)                                                            \
	{                                                                      \
		.type = SHAPE_ONE, .pb = offsetof(M, f), .at = offsetof(S, f), \
		.shape = (sub)                                                 \
	}
#define MAYBE_AS(p, f, flag, sub)                                     \
	{                                                             \
		.type = SHAPE_MAYBE, .pb = offsetof(M, p),            \
		.at = offsetof(S, f), .has = SHAPE_AT(bool, S, flag), \
		.shape = (sub)                                        \
	}
#define SHAPE_MANY(t, p, f, n, max, sub)                                       \
	{                                                                      \
		.type = (t), .pb = offsetof(M, p),                             \
		.pb_n = SHAPE_AT(size_t, M, n_##p), .at = offsetof(S, f),      \
		.has = SHAPE_AT(uint32_t, S, n), .size = (max), .shape = (sub) \
	}
#define ROWS(f, n, max, sub) SHAPE_MANY(SHAPE_ROWS, f, f, n, max, sub)
#define ARRAY(f, n, sub)                 \
	SHAPE_MANY(SHAPE_ARRAY, f, f, n, \
	    sizeof(((S *)0)->f) / sizeof(((S *)0)->f[0]), sub)
#define ONEOF(arm, arm_case, type_f, f, table)                                \
	{                                                                     \
		.type = SHAPE_ONEOF, .pb = offsetof(M, arm),                  \
		.pb_n = offsetof(M, arm_case), .has = SHAPE_AT(type_f, S, f), \
		.cases = (table)                                              \
	}

/* The shape that a table makes. */
#define SHAPE(name, descriptor, type) \
	static SHAPE_SHARED(name, descriptor, type)
/* The same for other files too. */
#define SHAPE_SHARED(name, descriptor, type)              \
	const struct shape name##_shape = {               \
	    .pb = &ikrar__v1__##descriptor##__descriptor, \
	    .size = sizeof(type),                         \
	    .fields = name##_fields,                      \
	    .count = sizeof name##_fields / sizeof name##_fields[0]}
/* A message of one field, whose value needs no struct. */
#define SHAPE_LONE(name, message, descriptor, t, type_p, p, len)         \
	static const struct shape_field name##_fields[] = {{.type = (t), \
	    .pb = SHAPE_AT(type_p, Ikrar__V1__##message, p),             \
	    .size = (len)}};                                             \
	static const struct shape name##_shape = {                       \
	    .pb = &ikrar__v1__##descriptor##__descriptor,                \
	    .size = (len),                                               \
	    .fields = name##_fields,                                     \
	    .count = 1}

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

/* The way of most events. True: `bytes` are canonical, and `value` is what
 * shape_unpack and shape_read of a strict reader make of them. False says
 * nothing yet: ask those; `value` is then undefined. */
bool shape_read_quick(
    const struct shape *shape, struct bytes bytes, void *value);

/* Returns the length; 0 if it does not fit. */
size_t shape_write(
    const struct shape *shape, const void *value, uint8_t *at, size_t cap);

#endif
