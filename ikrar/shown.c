/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/shown.h"

#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

static void
put_byte(struct text_buf *out, uint8_t byte)
{
	if (byte == '\t')
		text_buf_add(out, "\\t");
	else
		text_buf_add(out, "\\x%02x", byte);
}

/* `at` ends with a NUL behind the text. Returns what is behind the character.
 */
static const uint8_t *
put_character(struct text_buf *out, const uint8_t *at)
{
	const uint8_t *next = at;
	uint32_t point = utf8_next(&next);

	if (point == UINT32_MAX || point < 0x80) {
		if (*at == '\\')
			text_buf_add(out, "\\\\");
		else if (*at >= ' ' && *at < 0x7f)
			text_buf_add_bytes(out, at, 1);
		else
			put_byte(out, *at);
		return at + 1;
	}
	if (utf8_is_printable(point))
		text_buf_add_bytes(out, at, (size_t)(next - at));
	else
		text_buf_add(out, "\\u{%x}", (unsigned)point);
	return next;
}

void
shown_put(struct text_buf *out, struct bytes text, const char *before)
{
	uint8_t *copy = xcalloc(text.len + 1, 1);
	const uint8_t *at = copy, *end = copy + text.len;
	bool is_start = true;

	if (text.len > 0)
		memcpy(copy, text.at, text.len);
	while (at < end) {
		if (is_start)
			text_buf_add(out, "%s", before);
		is_start = *at == '\n';
		if (is_start) {
			text_buf_add(out, "\n");
			at++;
		} else {
			at = put_character(out, at);
		}
	}
	if (!is_start)
		text_buf_add(out, "\n");
	explicit_bzero(copy, text.len);
	free(copy);
}
