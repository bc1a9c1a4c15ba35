/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page behind a link: what the alert is, what it means to acknowledge it,
 * and a button; or, in one sentence, why there is none. Indonesian first, then
 * English; no script; readable without its style. Pure.
 */
#ifndef NOTIFIER_ACK_PAGE_H
#define NOTIFIER_ACK_PAGE_H

#include "notifier/ack_book.h"

enum { ACK_STYLE_HASH_MAX = 64 };

enum ack_say {
	ACK_ASK,      /* the button */
	ACK_RECORDED, /* just now, by this request */
	ACK_ALREADY,
	ACK_MALFORMED, /* no token: cut off, or mistyped */
	ACK_VOID,      /* under no key of ours: altered, or revoked */
	ACK_EXPIRED,
	ACK_UNKNOWN,    /* an alert that this notifier does not know */
	ACK_ENDED,      /* nothing is asked any more */
	ACK_MOVED,      /* another holds the seat by now */
	ACK_NOT_STORED, /* no room; nothing was recorded */
	ACK_SAY_COUNT,
};
unsigned ack_say_status(enum ack_say say);
/* For counting and the log: asked, recorded, ... */
const char *ack_say_word(enum ack_say say);

/* Of what is not known all is zero: the page leaves it out. */
struct ack_view {
	enum ack_say say;
	bool is_drill;
	const char *zone; /* for times */
	const char *headline_id, *headline_en;
	const char *rule, *reference; /* its short id */
	uint64_t index;               /* of the verdict's entry */
	uint64_t judged_at_ms;
	bool is_allegation; /* to know of it obliges by law */
	bool has_newer;     /* there is a later message about the alert */
	const char *title, *term;
	const struct ack_stand *own; /* recorded, already */
	const struct ack_stand *others;
	unsigned other_count;
};
void ack_page_put(struct text_buf *out, const struct ack_view *view);
/* As CSP wants it. */
void ack_page_style_hash(char hash[ACK_STYLE_HASH_MAX]);

#endif
