/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/explain_page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_MAX = 1024 };

void
page_say(const struct page *page, const char *id, const char *en, ...)
{
	char text[SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, en);
	if (page->tongue == TONGUE_ID)
		vsnprintf(text, sizeof text, id, arguments);
	else
		vsnprintf(text, sizeof text, en, arguments);
	va_end(arguments);
	text_buf_add(page->out, "%s", text);
}

void
page_say_time(const struct page *page, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_ms_put_long(
	    text, ms, page->explain->zone, page->tongue == TONGUE_EN);
	text_buf_add(page->out, "%s", text);
}

void
page_say_day(const struct page *page, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_day_put(text,
	    calendar_day_of_ms(ms, wilayah_zone_hours(page->explain->zone)));
	text_buf_add(page->out, "%s", text);
}

enum rule_kind
page_kind(const struct page *page)
{
	return dossier_last(page->explain->dossier)->verdict.kind;
}

const struct view_node *
page_node(const struct page *page)
{
	return view_node_by_id(page->explain->view, page->explain->alert->node);
}

bool
page_is_of_clock(const struct page *page)
{
	const char *occasion =
	    page->explain->dossier->verdicts[0].verdict.occasion;

	return strcmp(occasion, "clock_ahead") == 0 ||
	       strcmp(occasion, "clock_behind") == 0;
}
