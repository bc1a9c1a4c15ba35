/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of bytes that somebody else owns, big-endian numbers, and their text
 * forms. Also the one place that allocates: xcalloc ends the process when
 * there is no memory, so nobody tests for it.
 */
#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

struct bytes {
	const uint8_t *at;
	size_t len;
};

static inline struct bytes
bytes_of(const void *at, size_t len)
{
	return (struct bytes){.at = (const uint8_t *)at, .len = len};
}

struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);

uint16_t be16_get(const uint8_t *at);
uint32_t be32_get(const uint8_t *at);
uint64_t be64_get(const uint8_t *at);
void be16_put(uint8_t *at, uint16_t value);
void be32_put(uint8_t *at, uint32_t value);
void be64_put(uint8_t *at, uint64_t value);

/* `text` gets 2 * len + 1 characters, lower case. */
void hex_put(char *text, const uint8_t *at, size_t len);
/* Exactly len bytes from 2 * len digits, or ERR_INVALID (not logged). */
enum err hex_get(uint8_t *at, size_t len, const char *text) MUST_CHECK;

/* Standard base64 with padding; `text` holds BASE64_SIZE(len). */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
void base64_put(char *text, const uint8_t *at, size_t len);
/* At most `cap` bytes; the strict alphabet; ERR_INVALID is not logged. */
enum err base64_get(uint8_t *at, size_t cap, size_t *len, const char *text,
    size_t text_len) MUST_CHECK;

/* A whole decimal number within [min, max], digits only, without leading
 * zeros; ERR_INVALID is not logged. */
enum err u64_get(
    uint64_t *value, const char *text, uint64_t min, uint64_t max) MUST_CHECK;

void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);

/* Copies and terminates; returns false (copying what fits) if too long. */
bool text_copy(char *to, size_t cap, const char *from);

/* Text that grows; `at` is always terminated. text_buf_clear frees. */
struct text_buf {
	char *at;
	size_t len, cap;
};
void text_buf_add(struct text_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_buf_add_bytes(struct text_buf *buf, const void *at, size_t len);
void text_buf_clear(struct text_buf *buf);

#endif
