/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the head of an HTTP request must look like before anybody acts on it.
 * Pure, and stricter than the protocol: what two readers could read in two
 * ways (a proxy and this program) is refused, not repaired.
 *
 * A line ends with CR LF; there is no control byte in it and none begins with
 * a blank. One Host, and it is on the list: a page of another site that was
 * led to this address (DNS rebinding) is turned away. At most one
 * Content-Length, of digits alone, and a POST has one; no Transfer-Encoding,
 * no Expect. The target is a path, decoded once, with no control byte in it
 * then either.
 */
#ifndef CORE_HTTP_GUARD_H
#define CORE_HTTP_GUARD_H

#include "core/bytes.h"

enum {
	HTTP_HEAD_MAX = 8192, /* bytes, with the empty line */
	HTTP_LINES_MAX = 64,
	HTTP_PATH_MAX = 1024,
	HTTP_FIELDS_MAX = 8,
	HTTP_NAME_MAX = 33,
	HTTP_VALUE_MAX = 257,
};

enum http_method { HTTP_GET = 1, HTTP_HEAD = 2, HTTP_POST = 4, HTTP_ELSE = 8 };

/* Of the query, or of a form in the body. */
struct http_fields {
	unsigned count;
	struct {
		char name[HTTP_NAME_MAX];
		char value[HTTP_VALUE_MAX];
	} at[HTTP_FIELDS_MAX];
};

struct http_head {
	enum http_method method;
	char path[HTTP_PATH_MAX]; /* begins with a slash */
	struct http_fields query;
	uint64_t body_len;
	bool is_form; /* Content-Type: application/x-www-form-urlencoded */
};

/* How long the head is that `raw` begins with; 0: its end is not there yet. */
size_t http_head_len(struct bytes raw);
/* 0, or the status to refuse it with; then `head` is untouched. `hosts` ends
 * with NULL. */
unsigned http_guard(
    struct http_head *head, struct bytes raw, const char *const *hosts);

/* name=value&...; false: malformed, or beyond the bounds above. */
bool http_fields_get(struct http_fields *fields, struct bytes text);
/* NULL: not there. */
const char *http_field(const struct http_fields *fields, const char *name);

#endif
