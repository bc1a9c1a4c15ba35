/* SPDX-License-Identifier: Apache-2.0 */
#include "core/tell.h"

#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_MAX = 1024 };

static void
put(char *sentence)
{
	utf8_tame(sentence);
	fprintf(stderr, "%s\n", sentence);
}

void
tell(const char *id, const char *en, ...)
{
	char sentence[SENTENCE_MAX];
	va_list arguments, again;

	va_start(arguments, en);
	va_copy(again, arguments);
	vsnprintf(sentence, sizeof sentence, id, arguments);
	put(sentence);
	vsnprintf(sentence, sizeof sentence, en, again);
	put(sentence);
	va_end(again);
	va_end(arguments);
}
