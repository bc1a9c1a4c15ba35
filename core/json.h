/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON out, append-only: commas and escapes are kept right, nesting is
 * checked, invalid UTF-8 becomes U+FFFD.
 *     json_object_begin(&out); json_text(&out, "unit", code); json_end(&out);
 * Inside an array pass NULL as the name.
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"

enum { JSON_DEPTH_MAX = 16 };

struct json {
	struct text_buf text; /* the result; free with json_clear */
	unsigned depth;
	bool is_array[JSON_DEPTH_MAX];
	bool has_value[JSON_DEPTH_MAX];
};

void json_object_begin(struct json *json, const char *name);
void json_array_begin(struct json *json, const char *name);
void json_end(struct json *json); /* closes the innermost */
void json_text(struct json *json, const char *name, const char *value);
void json_u64(struct json *json, const char *name, uint64_t value);
void json_i64(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null_put(struct json *json, const char *name);
void json_hex(
    struct json *json, const char *name, const uint8_t *at, size_t len);
void json_clear(struct json *json);

#endif
