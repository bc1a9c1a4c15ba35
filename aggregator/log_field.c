/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/log_field.h"

#include "model/event.h"

static const char *
word_of(enum catalog catalog, uint32_t number)
{
	const char *word = catalog_word(catalog, number);

	return word != NULL ? word : "";
}

static void
put_mask(struct json *json, const struct field *field, uint32_t mask)
{
	unsigned shift = field->type == FIELD_MASK ? 1 : 0;

	json_array_begin(json, field->name);
	for (uint32_t n = 1; n <= catalog_max(field->catalog); n++)
		if ((mask >> (n - shift) & 1) != 0)
			json_text(json, NULL, word_of(field->catalog, n));
	json_end(json);
}

static bool
is_zero(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static void
put_bytes(struct json *json, const struct field *field, const uint8_t *at)
{
	if (field->type == FIELD_HEX || !is_zero(at, field->size))
		json_hex(json, field->name, at, field->size);
}

static void
put_text(struct json *json, const struct field *field, const char *at)
{
	if (field->type == FIELD_TEXT || at[0] != '\0')
		json_text(json, field->name, at);
}

static void
put_u64(struct json *json, const struct field *field, uint64_t value)
{
	if (field->type == FIELD_U64 || value != 0)
		json_u64(json, field->name, value);
}

static void
put_field(struct json *json, const struct field *field, const void *value)
{
	const void *at = (const uint8_t *)value + field->offset;

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_TEXT_OR_NO:
		put_text(json, field, at);
		return;
	case FIELD_HEX:
	case FIELD_HEX_OR_NO:
		put_bytes(json, field, at);
		return;
	case FIELD_U32:
		json_u64(json, field->name, *(const uint32_t *)at);
		return;
	case FIELD_U64:
	case FIELD_U64_OR_NO:
		put_u64(json, field, *(const uint64_t *)at);
		return;
	case FIELD_I64:
		json_i64(json, field->name, *(const int64_t *)at);
		return;
	case FIELD_BOOL:
		json_bool(json, field->name, *(const bool *)at);
		return;
	case FIELD_CHOICE:
		json_text(json, field->name,
		    word_of(field->catalog, *(const uint32_t *)at));
		return;
	case FIELD_MASK:
	case FIELD_KINDS:
		put_mask(json, field, *(const uint32_t *)at);
		return;
	case FIELD_REJECT:
		json_text(
		    json, field->name, reject_word(*(const enum reject *)at));
		return;
	case FIELD_RULE_KIND:
		json_text(json, field->name,
		    rule_kind_name(*(const enum rule_kind *)at));
		return;
	}
}

void
log_put_fields(struct json *json, const struct field *fields, const void *value)
{
	for (; fields->name != NULL; fields++)
		put_field(json, fields, value);
}

void
log_put_object(struct json *json, const char *name, const struct field *fields,
    const void *value)
{
	json_object_begin(json, name);
	log_put_fields(json, fields, value);
	json_end(json);
}
