/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value of ours as the members of a JSON object, by a table of its fields.
 * While a table is filled S is the type of the value; a row of a table is for
 * a member that JSON calls by the same name, or by another (.._AS).
 */
#ifndef AGGREGATOR_LOG_FIELD_H
#define AGGREGATOR_LOG_FIELD_H

#include "core/json.h"
#include "model/catalog.h"

enum field_type {
	FIELD_TEXT,
	FIELD_TEXT_OR_NO, /* left out when empty */
	FIELD_HEX,
	FIELD_HEX_OR_NO, /* left out when all zeros */
	FIELD_U32,
	FIELD_U64,
	FIELD_U64_OR_NO, /* left out when 0 */
	FIELD_I64,
	FIELD_BOOL,
	FIELD_CHOICE, /* a number of a catalog */
	FIELD_MASK,   /* bit n-1 is number n of a catalog */
	FIELD_KINDS,  /* bit n is number n */
	FIELD_REJECT,
	FIELD_RULE_KIND,
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset, size;
	enum catalog catalog;
};

#define FIELD(t, owner, member, as)                                           \
	{                                                                     \
		.name = (as), .type = (t), .offset = offsetof(owner, member), \
		.size = sizeof(((owner *)0)->member)                          \
	}
#define TEXT(member) FIELD(FIELD_TEXT, S, member, #member)
#define TEXT_OR_NO(member) FIELD(FIELD_TEXT_OR_NO, S, member, #member)
#define HEX(member) FIELD(FIELD_HEX, S, member, #member)
#define HEX_OR_NO(member) FIELD(FIELD_HEX_OR_NO, S, member, #member)
#define U32(member) FIELD(FIELD_U32, S, member, #member)
#define U32_AS(member, as) FIELD(FIELD_U32, S, member, as)
#define U64(member) FIELD(FIELD_U64, S, member, #member)
#define I64(member) FIELD(FIELD_I64, S, member, #member)
#define BOOL(member) FIELD(FIELD_BOOL, S, member, #member)
#define REJECT(member) FIELD(FIELD_REJECT, S, member, #member)
#define RULE_KIND(member) FIELD(FIELD_RULE_KIND, S, member, #member)
#define WORDS(t, member, of)                                                 \
	{                                                                    \
		.name = #member, .type = (t), .offset = offsetof(S, member), \
		.size = sizeof(((S *)0)->member), .catalog = (of)            \
	}
#define CHOICE(member, of) WORDS(FIELD_CHOICE, member, of)
#define MASK(member, of) WORDS(FIELD_MASK, member, of)

/* The members of the open object; a table ends with a zero name. */
void log_put_fields(
    struct json *json, const struct field *fields, const void *value);
void log_put_object(struct json *json, const char *name,
    const struct field *fields, const void *value);

#endif
