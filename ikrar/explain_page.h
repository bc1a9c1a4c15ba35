/* SPDX-License-Identifier: Apache-2.0 */
/* The six answers of explain.h, in one language each. */
#ifndef IKRAR_EXPLAIN_PAGE_H
#define IKRAR_EXPLAIN_PAGE_H

#include "ikrar/explain.h"
#include "report/rule_text.h"

/* One half, in one language. */
struct page {
	struct text_buf *out;
	const struct explain *explain;
	enum tongue tongue;
};

/* Both of the same arguments. */
void page_say(const struct page *page, const char *id, const char *en, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
void page_say_time(const struct page *page, uint64_t ms);
/* The day that begins then. */
void page_say_day(const struct page *page, uint64_t ms);

enum rule_kind page_kind(const struct page *page);
/* The node that an alert on a node is on; NULL: it is on none. */
const struct view_node *page_node(const struct page *page);
/* Is it the node's clock that is off, of what chain_broken/1 looks at? */
bool page_is_of_clock(const struct page *page);

/* Which figures? Without the question itself. */
void page_say_figures(const struct page *page);
/* What is asked of whom, by when? */
void page_say_asked(const struct page *page);
/* How can one object? */
void page_say_objection(const struct page *page);

#endif
