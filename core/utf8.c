/* SPDX-License-Identifier: Apache-2.0 */
#include "core/utf8.h"

#include <stddef.h>
#include <string.h>

/* None is a stray or missing continuation, an overlong form, a surrogate. */
uint32_t
utf8_next(const uint8_t **text)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const uint8_t *at = *text;
	unsigned more = at[0] < 0x80   ? 0
			: at[0] < 0xc0 ? 4
			: at[0] < 0xe0 ? 1
			: at[0] < 0xf0 ? 2
			: at[0] < 0xf8 ? 3
				       : 4;
	uint32_t point;

	if (more == 4)
		return UINT32_MAX;
	point = more == 0 ? at[0] : at[0] & (0x3fu >> more);
	for (unsigned i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		point = point << 6 | (at[i] & 0x3f);
	}
	if (point < least[more] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return UINT32_MAX;
	*text = at + more + 1;
	return point;
}

/* Not controls, line ends, marks that turn the direction of writing, or what
 * is no character; so a name stands on one line and reads as it is stored. */
bool
utf8_is_printable(uint32_t point)
{
	return point >= 0x20 && !(point >= 0x7f && point < 0xa0) &&
	       !(point >= 0x200b && point <= 0x200f) &&
	       !(point >= 0x2028 && point <= 0x202e) &&
	       !(point >= 0x2060 && point <= 0x206f) && point != 0xfeff &&
	       !(point >= 0xfdd0 && point <= 0xfdef) &&
	       (point & 0xfffe) != 0xfffe;
}

void
utf8_tame(char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	while (*at != '\0') {
		const uint8_t *next = at;
		uint32_t point = utf8_next(&next);
		size_t len = point == UINT32_MAX ? 1 : (size_t)(next - at);

		if (point == UINT32_MAX || !utf8_is_printable(point))
			memset(text + (at - (const uint8_t *)text), '?', len);
		at += len;
	}
}
