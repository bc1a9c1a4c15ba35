/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of node/uplink.h, for its files: uplink.c (connection and
 * timers), uplink_talk.c (the conversation), uplink_head.c (what is believed of
 * the log), uplink_push.c (what goes out and its answers), uplink_feed.c (pages
 * and slices). Nobody else includes it.
 *
 * The phases of a connection:
 *     AWAY      not connected
 *     GREETING  Hello is out; Welcome leads on
 *     OPEN      pushes flow
 *     DRAINING  a gap: the answers that are still to come, then Hello
 *     PAUSED    the region is busy, or continues another head than the one
 *               kept here: a pause, then Hello
 *     HALTED    what it said is not believed, or it does not want us; Hello
 *               again after five minutes where that may mend itself
 */
#ifndef NODE_UPLINK_INNER_H
#define NODE_UPLINK_INNER_H

#include "node/check.h"
#include "node/slice.h"
#include "node/uplink.h"

enum uplink_phase {
	UPLINK_AWAY,
	UPLINK_GREETING,
	UPLINK_OPEN,
	UPLINK_DRAINING,
	UPLINK_PAUSED,
	UPLINK_HALTED,
};

enum {
	UPLINK_SENT_MAX = 256, /* unanswered pushes */
	UPLINK_HEADER_MAX = 1024,
	UPLINK_SLICE_MAX = LINK_FRAME_MAX,
	UPLINK_SILENCE_MS = 60000, /* then the connection is made anew */
	UPLINK_PAUSE_LEAST_MS = 50,
	/* Unanswered bytes: so many, and as many as this connection has brought
	 * so far; so what a cut link wastes is in proportion. */
	UPLINK_WINDOW_FIRST = 2 * 65536,
};

struct uplink {
	struct uplink_options options;
	struct link_client *client;
	uint32_t endpoint; /* which of these */
	uint32_t endpoint_count;
	char endpoints[JOINED_ENDPOINTS_MAX][ENDPOINT_MAX];
	uint64_t bytes_before; /* of clients that are closed */
	enum link_state link_state;
	struct loop_timer *look, *flush, *pause, *silence, *rotate, *report;
	int wake;
	struct loop_fd *wake_fd;
	struct check *check;
	struct message_codec *codec;
	struct wire *wire;

	enum uplink_phase phase;
	enum reject halted, told;
	/* Of the run before this one: the alarm that status shows until a
	 * Welcome is believed. */
	enum reject halted_before;
	bool may_mend; /* the halt */
	bool told_malformed;
	struct welcome welcome;
	uint64_t opened_ms, contact_ms;
	uint64_t greeted_ms;  /* monotonic */
	bool is_lacking_less; /* receipts came since: ask again what it lacks */
	int64_t clock_offset_ms;
	unsigned rotations, gaps;
	bool is_doubted;    /* the region asks for the head itself */
	bool was_asked;     /* for the head that still stands */
	unsigned unlinked;  /* heads, since one other than a Welcome's grew */
	unsigned unproven;  /* Welcomes in a row */
	uint64_t head_size; /* of the largest believed */

	/* Pushing: the next row to send, and what is unanswered. */
	uint64_t next_seq;
	uint64_t repeat_seq; /* a fresh receipt is wanted; 0: none */
	uint64_t receipted_seq;
	struct uplink_sent {
		uint64_t last;
		uint32_t count;
		size_t bytes;
	} sent[UPLINK_SENT_MAX];
	unsigned sent_at, sent_count;
	uint64_t sent_events, sent_bytes;
	uint64_t brought_bytes; /* answered, since it connected */
	unsigned busies;        /* in a row */
	struct push push;       /* ready to go; count 0: nothing */
	uint8_t body[PUSH_BODY_MAX];
	size_t body_len;
	bool is_dry;   /* all rows were sent */
	bool is_full;  /* the disk: nothing can be kept */
	bool has_news; /* for `changed`, after the next flush */
	uint64_t flushed_ms;

	bool report_due, report_forced;
	uint64_t report_size; /* of the head that is to be seen */
	uint64_t reported_ms; /* monotonic; 0: never */

	/* Reading the feed. */
	bool read_wanted, read_sent;
	struct feed_read read;

	/* Fetching slices. */
	struct fetch fetch; /* what = WHAT_NONE: nothing under way */
	bool fetch_refused;
	/* With that pin nothing that it named as that version is believed. */
	uint64_t unbelieved_version;
	uint8_t unbelieved_pin[RECIPIENTS_PIN_SIZE];
	struct campaign_row *campaigns;
	unsigned campaign_count;
	uint8_t slice[UPLINK_SLICE_MAX + SLICE_ENVELOPE_MAX];
};

/* uplink_talk.c. ERR_AGAIN: not connected, or the queue is full. */
enum err uplink_say(struct uplink *uplink, const struct message *message,
    const struct bytes *body) MUST_CHECK;
/* How long before attempt 0, 1, ... at what is first tried within first_ms. */
uint64_t uplink_backoff_ms(uint64_t first_ms, unsigned attempt);
bool uplink_is_collector(const struct uplink *uplink);
void uplink_note_link(struct uplink *uplink);
/* Something is expected, or is so no longer. */
void uplink_expect(struct uplink *uplink);
/* Ends what was under way. */
void uplink_leave(struct uplink *uplink, enum uplink_phase phase);
/* Halts: the region refuses us; or what it says is not believed. */
void uplink_refused(struct uplink *uplink, enum reject word, bool may_mend);
void uplink_fault(struct uplink *uplink, enum reject word, bool may_mend);
void uplink_pause(struct uplink *uplink, uint64_t up_to_ms);
void uplink_back_off(
    struct uplink *uplink, uint64_t first_ms, unsigned attempt);
/* The region is busy: within that time, more when it is so again. */
void uplink_come_back(struct uplink *uplink, uint64_t within_ms);
void uplink_on_pause_end(void *uplink);
void uplink_greet(struct uplink *uplink);
void uplink_on_answer(void *uplink, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count);

/* uplink_where.c. At the start; and what a Welcome says of it. */
void uplink_set_where(struct uplink *uplink, uint32_t count,
    const char (*endpoints)[ENDPOINT_MAX]);
void uplink_take_where(struct uplink *uplink, const struct welcome *welcome);

/* uplink_head.c. True: it is believed and goes to the spool. Otherwise halts,
 * or a Hello follows, and what came with it is not looked at. */
bool uplink_take_head(struct uplink *uplink, const struct head_said *said,
    struct checkpoint *head);
/* Any but the Welcome's, while that is awaited. */
void uplink_take_head_early(
    struct uplink *uplink, const struct head_said *said);

/* The log goes on under another name: a Hello follows, or a halt. */
void uplink_on_recovered(
    struct uplink *uplink, const struct recovered *recovered);
/* The region says that we have seen more than there is. True: a Hello with
 * the head goes out. */
bool uplink_show_head(struct uplink *uplink);

/* uplink_push.c */
void uplink_push_reset(struct uplink *uplink);
void uplink_push_start(struct uplink *uplink);
void uplink_pump(struct uplink *uplink);
/* Receipt or page, and its head. */
void uplink_on_receipt(struct uplink *uplink, struct receipt *receipt,
    const struct checkpoint *head, struct bytes raw);
void uplink_on_refusal(struct uplink *uplink, const struct refusal *refusal);
void uplink_report(struct uplink *uplink);
/* Nothing recorded for six hours: a report is due. */
void uplink_look_at_quiet(struct uplink *uplink);

/* uplink_feed.c */
void uplink_feed_reset(struct uplink *uplink);
void uplink_feed_start(struct uplink *uplink);
void uplink_feed_clear(struct uplink *uplink);
/* What the Welcome named and is not here yet is asked for. */
void uplink_fetch(struct uplink *uplink);
void uplink_on_page(struct uplink *uplink, const struct page *page,
    const struct checkpoint *head, struct bytes body);
void uplink_on_slice(
    struct uplink *uplink, const struct slice *slice, struct bytes body);
void uplink_feed_refused(struct uplink *uplink, enum reject word);

#endif
