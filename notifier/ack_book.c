/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_book.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct ack_book {
	struct spool *spool;
	struct wire *wire;
	uint64_t next_seq; /* of the spool, not read yet */
	struct ack_stand *stands;
	unsigned count, room;
};

static void
note(struct ack_book *book, const struct event *event)
{
	if (book->count == book->room) {
		book->room = book->room * 2 + 16;
		book->stands =
		    xrealloc(book->stands, book->room, sizeof *book->stands);
	}
	book->stands[book->count++] = (struct ack_stand){
	    .what = event->acknowledged, .at_ms = event->recorded_at_ms};
}

/* A row that is damaged (logged) must not hide those behind it. */
static void
read_on(struct ack_book *book)
{
	struct spool_row row;
	struct event event;

	for (;; book->next_seq++) {
		enum err err = spool_row(book->spool, book->next_seq, &row);

		if (err != OK && err != ERR_INVALID)
			return;
		if (err == OK &&
		    wire_unpack(book->wire, row.event, &event) == REJECT_NONE &&
		    event.kind == EVENT_ALERT_ACKNOWLEDGED)
			note(book, &event);
		spool_row_done(book->spool);
	}
}

struct ack_book *
ack_book_new(struct spool *spool)
{
	struct ack_book *book = xcalloc(1, sizeof *book);

	book->spool = spool;
	book->wire = wire_new();
	book->next_seq = 1;
	read_on(book); /* the long part, before anybody waits for a page */
	return book;
}

void
ack_book_free(struct ack_book *book)
{
	if (book == NULL)
		return;
	wire_free(book->wire);
	free(book->stands);
	free(book);
}

static bool
holds(const struct ack_stand *stand, const struct ack_asked *asked)
{
	return stand->what.until_ms > asked->now_ms &&
	       stand->what.verdict == asked->verdict &&
	       memcmp(stand->what.alert, asked->alert, EVENT_ID_SIZE) == 0;
}

static bool
is_own(const struct ack_stand *stand, const struct ack_asked *asked)
{
	return strcmp(stand->what.seat, asked->seat) == 0 &&
	       strcmp(stand->what.term, asked->term) == 0;
}

const struct ack_stand *
ack_book_find(struct ack_book *book, const struct ack_asked *asked)
{
	read_on(book);
	for (unsigned i = book->count; i > 0; i--)
		if (holds(&book->stands[i - 1], asked) &&
		    is_own(&book->stands[i - 1], asked))
			return &book->stands[i - 1];
	return NULL;
}

unsigned
ack_book_others(struct ack_book *book, const struct ack_asked *asked,
    struct ack_stand *others, unsigned cap)
{
	unsigned count = 0;

	read_on(book);
	for (unsigned i = 0; i < book->count && count < cap; i++)
		if (holds(&book->stands[i], asked) &&
		    !is_own(&book->stands[i], asked))
			others[count++] = book->stands[i];
	return count;
}

enum err
ack_book_add(struct ack_book *book, const struct alert_acknowledged *what,
    uint64_t now_ms)
{
	struct event event = {
	    .kind = EVENT_ALERT_ACKNOWLEDGED, .acknowledged = *what};
	enum reject why = REJECT_NONE;
	enum err err = spool_add(book->spool, &event, 1, now_ms, &why);

	if (err == ERR_INVALID)
		log_warnx("acknowledgement-not-recorded entry=%" PRIu64
			  " word=%s",
		    what->verdict, reject_word(why));
	return err;
}
