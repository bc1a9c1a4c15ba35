/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/sentence.h"

#include <stdarg.h>
#include <stdio.h>

static void __attribute__((format(printf, 2, 0)))
put(char text[SENTENCE_MAX], const char *format, va_list arguments)
{
	vsnprintf(text, SENTENCE_MAX, format, arguments);
	for (char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
}

void
sentence_set(struct sentence *sentence, const char *id, const char *en, ...)
{
	va_list arguments, again;

	va_start(arguments, en);
	va_copy(again, arguments);
	put(sentence->id, id, arguments);
	put(sentence->en, en, again);
	va_end(again);
	va_end(arguments);
}

void
sentence_tell(const struct sentence *sentence)
{
	fflush(stdout);
	fprintf(stderr, "ikrar-collector: %s\n    (%s)\n", sentence->id,
	    sentence->en);
}

void
tell(const char *id, const char *en, ...)
{
	struct sentence sentence;
	va_list arguments, again;

	va_start(arguments, en);
	va_copy(again, arguments);
	put(sentence.id, id, arguments);
	put(sentence.en, en, again);
	va_end(again);
	va_end(arguments);
	sentence_tell(&sentence);
}
