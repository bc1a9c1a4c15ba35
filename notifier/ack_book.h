/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has acknowledged what through this notifier: read out of its own spool,
 * which is the only place where it is kept. Another process may add to the
 * spool; each question is asked of all that stands there by then.
 */
#ifndef NOTIFIER_ACK_BOOK_H
#define NOTIFIER_ACK_BOOK_H

#include "node/spool.h"

struct ack_book;

struct ack_stand {
	struct alert_acknowledged what;
	uint64_t at_ms;
};

struct ack_book *ack_book_new(struct spool *spool);
void ack_book_free(struct ack_book *book);

/* The latest of that seat and term on that verdict that holds at `now_ms`;
 * NULL: none. A predecessor's does not speak for who holds the seat now. Lives
 * until the next call. */
struct ack_asked {
	const uint8_t *alert; /* EVENT_ID_SIZE bytes */
	uint64_t verdict;
	const char *seat, *term;
	uint64_t now_ms;
};
const struct ack_stand *ack_book_find(
    struct ack_book *book, const struct ack_asked *asked);
/* Those of other seats and terms that hold, the first `cap` of them; how many.
 */
unsigned ack_book_others(struct ack_book *book, const struct ack_asked *asked,
    struct ack_stand *others, unsigned cap);

/* Into the spool, on disk when it returns. ERR_FULL: no room; ERR_INVALID:
 * logged. */
enum err ack_book_add(struct ack_book *book,
    const struct alert_acknowledged *what, uint64_t now_ms) MUST_CHECK;

#endif
