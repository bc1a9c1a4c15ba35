/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request, from anybody, and the fields of a form. */
#include "core/http_guard.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static void
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		CHECK((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void
are_plain(const struct http_fields *fields)
{
	CHECK(fields->count <= HTTP_FIELDS_MAX);
	for (unsigned i = 0; i < fields->count; i++) {
		is_plain(fields->at[i].name);
		is_plain(fields->at[i].value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	static const char *const hosts[] = {"a", NULL};
	struct http_head head = {0};
	struct http_fields fields;
	size_t head_len = http_head_len(bytes_of(at, len));

	CHECK(head_len <= len);
	if (http_guard(&head, bytes_of(at, head_len), hosts) == 0) {
		CHECK(head.path[0] == '/' && head.method != 0);
		is_plain(head.path);
		are_plain(&head.query);
	} else {
		CHECK(head.method == 0);
	}
	if (http_fields_get(&fields, bytes_of(at, len)))
		are_plain(&fields);
	return 0;
}
