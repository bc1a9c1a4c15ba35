/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an HTTP answer says besides its page: the headers that all carry, and
 * one sentence for each way to be refused. Pure.
 */
#ifndef CORE_HTTP_SAY_H
#define CORE_HTTP_SAY_H

#include "core/bytes.h"

enum { HTTP_POLICY_MAX = 256 };

/* Without the Content-Security-Policy, which differs; ends with NULL. */
extern const char *const http_headers[][2];
/* `style_hash` NULL: no style either. */
void http_policy(char policy[HTTP_POLICY_MAX], const char *style_hash);

struct http_refusal {
	unsigned status;
	const char *reason; /* of the status line */
	const char *id, *en;
};
/* Of a status that http_guard gives, 404, 405 or 413. */
const struct http_refusal *http_refusal(unsigned status);

/* A whole answer that refuses. `allow`: of 405, else NULL. */
struct http_no {
	unsigned status;
	const char *allow;
	bool is_head; /* without the body */
};
void http_no_put(struct text_buf *out, const struct http_no *no);

#endif
