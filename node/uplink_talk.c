/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversation: Hello and Welcome, halts and pauses, and who takes which
 * answer.
 */
#include "node/uplink_inner.h"

#include "core/backoff.h"
#include "core/log.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	HALT_RETRY_MS = 5 * 60 * 1000,
	AWAY_REPORT_MS = 3600 * 1000,
};

static const char software[] = "ikrar/" IKRAR_VERSION;

uint64_t
uplink_backoff_ms(uint64_t first_ms, unsigned attempt)
{
	uint64_t chance;

	loop_random(&chance, sizeof chance);
	return backoff_ms(first_ms, attempt, chance);
}

bool
uplink_is_collector(const struct uplink *uplink)
{
	return uplink->options.region->kind ==
	       catalog_number(CATALOG_NODE_KIND, "collector");
}

void
uplink_note_link(struct uplink *uplink)
{
	enum reject halted = uplink->halted != REJECT_NONE
				 ? uplink->halted
				 : uplink->halted_before;

	spool_note_link(uplink->options.spool, uplink->link_state, halted);
}

enum err
uplink_say(struct uplink *uplink, const struct message *message,
    const struct bytes *body)
{
	uint8_t header[UPLINK_HEADER_MAX];
	struct bytes frames[2];
	size_t len = message_put(message, header, sizeof header);

	CHECK(len > 0);
	frames[0] = bytes_of(header, len);
	if (body != NULL)
		frames[1] = *body;
	return link_client_send(uplink->client, frames, body == NULL ? 1 : 2);
}

void
uplink_expect(struct uplink *uplink)
{
	bool expects = uplink->phase == UPLINK_GREETING ||
		       uplink->sent_count > 0 ||
		       uplink->fetch.what != WHAT_NONE;

	if (expects)
		loop_timer_set(uplink->silence, UPLINK_SILENCE_MS);
	else
		loop_timer_stop(uplink->silence);
}

/* ---- phases */

void
uplink_leave(struct uplink *uplink, enum uplink_phase phase)
{
	uplink->phase = phase;
	uplink_push_reset(uplink);
	uplink_feed_reset(uplink);
	loop_timer_stop(uplink->pause);
	uplink_expect(uplink);
}

/* Once; a halt that comes back after a retry is not told again. */
static void
tell_halt(struct uplink *uplink, enum reject word, const char *why)
{
	struct spool_status status;

	if (uplink->told == word)
		return;
	uplink->told = word;
	spool_status(uplink->options.spool, &status);
	log_warnx("uplink-halted word=%s last_seq=%" PRIu64
		  " receipted_seq=%" PRIu64 " retried=%s why=\"%s\"",
	    reject_word(word), status.last_seq, status.receipted_seq,
	    uplink->may_mend ? "yes" : "no", why);
}

static void
halt(struct uplink *uplink, enum reject word, bool may_mend, const char *why)
{
	uplink->halted = word;
	uplink->may_mend = may_mend;
	uplink_leave(uplink, UPLINK_HALTED);
	tell_halt(uplink, word, why);
	uplink_note_link(uplink);
	if (may_mend)
		loop_timer_set(uplink->pause, HALT_RETRY_MS);
	uplink->has_news = true;
	loop_timer_set(uplink->flush, 0);
}

void
uplink_refused(struct uplink *uplink, enum reject word, bool may_mend)
{
	char why[160];

	snprintf(why, sizeof why, "the region says: %s", reject_text_en(word));
	halt(uplink, word, may_mend, why);
}

static const char *
text_of_fault(enum reject word)
{
	if (word == REJECT_BAD_SIGNATURE)
		return "the head is not signed by the region's log key";
	if (word == REJECT_GAP)
		return "the region has more rows than this disk, which must "
		       "have been rolled back: join anew as another node";
	if (word == REJECT_FORK)
		return "the region has another chain of this node: these keys "
		       "were used on another disk too";
	if (word == REJECT_DIVERGED)
		return "the region's log is not the one that was seen before: "
		       "restored from an old backup, or forged";
	if (word == REJECT_VERSION)
		return "this program and the region's do not go together";
	return "the region's answer does not fit this node's records";
}

void
uplink_fault(struct uplink *uplink, enum reject word, bool may_mend)
{
	halt(uplink, word, may_mend, text_of_fault(word));
}

void
uplink_back_off(struct uplink *uplink, uint64_t first_ms, unsigned attempt)
{
	uplink_leave(uplink, UPLINK_PAUSED);
	loop_timer_set(uplink->pause, uplink_backoff_ms(first_ms, attempt));
}

void
uplink_pause(struct uplink *uplink, uint64_t up_to_ms)
{
	uplink_back_off(uplink, up_to_ms, 0);
}

/* The longer the region stays busy, the rarer each node asks. */
void
uplink_come_back(struct uplink *uplink, uint64_t within_ms)
{
	uplink_back_off(uplink, within_ms, uplink->busies++);
}

void
uplink_greet(struct uplink *uplink)
{
	struct message message = {.kind = MESSAGE_HELLO};
	struct hello *hello = &message.hello;
	struct spool_status status;

	uplink_leave(uplink, UPLINK_GREETING);
	if (check_refresh(uplink->check)) {
		spool_status(uplink->options.spool, &status);
		uplink->receipted_seq = status.receipted_seq;
	}
	spool_status(uplink->options.spool, &status);
	hello->protocol_min = PROTOCOL_MIN;
	hello->protocol_max = PROTOCOL_MAX;
	memcpy(hello->node, uplink->options.keys->id, sizeof hello->node);
	(void)text_copy(hello->software, sizeof hello->software, software);
	hello->last_seq = status.last_seq;
	hello->receipted_seq = status.receipted_seq;
	check_greet(uplink->check, hello);
	if (uplink->is_doubted &&
	    spool_head_text(uplink->options.spool, hello->seen_epoch,
		hello->seen_size, hello->checkpoint) != OK)
		hello->checkpoint[0] = '\0';
	hello->now_ms = loop_now_ms(uplink->options.loop);
	uplink->greeted_ms = loop_monotonic_ms();
	uplink->is_lacking_less = false;
	if (uplink_say(uplink, &message, NULL) != OK)
		uplink_pause(uplink, 0);
}

void
uplink_on_pause_end(void *context)
{
	struct uplink *uplink = context;

	if (uplink->link_state == LINK_READY)
		uplink_greet(uplink);
}

/* ---- answers */

/* What must hold before anything is pushed. */
static enum reject
check_welcome(struct uplink *uplink, const struct welcome *welcome)
{
	if (welcome->protocol < PROTOCOL_MIN ||
	    welcome->protocol > PROTOCOL_MAX ||
	    welcome->event_version < EVENT_VERSION)
		return REJECT_VERSION;
	/* Its log has lost what it had given a receipt for. */
	if (welcome->have < uplink->receipted_seq)
		return REJECT_DIVERGED;
	return check_mark(uplink->check, welcome->have, welcome->head);
}

static void
on_return(struct uplink *uplink, uint64_t now_ms)
{
	uint64_t before = uplink->contact_ms;

	if (uplink_is_collector(uplink) && before != 0 && now_ms > before &&
	    now_ms - before >= AWAY_REPORT_MS)
		uplink->report_forced = true;
}

static void
note_lacks(struct uplink *uplink, const struct welcome *welcome)
{
	struct spool_lacks lacks = {
	    .said_ms = uplink->contact_ms, .count = welcome->lack_count};

	memcpy(lacks.rows, welcome->lacks, sizeof lacks.rows);
	if (uplink_is_collector(uplink))
		spool_note_lacks(uplink->options.spool, &lacks);
}

static void
on_welcome(struct uplink *uplink, const struct welcome *welcome)
{
	enum reject word = check_welcome(uplink, welcome);

	if (word != REJECT_NONE) {
		uplink_fault(uplink, word,
		    word == REJECT_DIVERGED || word == REJECT_VERSION);
		return;
	}
	note_lacks(uplink, welcome);
	if (welcome->retry_ms > 0) {
		spool_note_busy(uplink->options.spool,
		    uplink->contact_ms + welcome->retry_ms, REJECT_BUSY);
		uplink_come_back(uplink, welcome->retry_ms);
		return;
	}
	spool_note_busy(uplink->options.spool, 0, REJECT_NONE);
	uplink->halted = uplink->halted_before = uplink->told = REJECT_NONE;
	uplink->was_asked = false;
	uplink->phase = UPLINK_OPEN;
	uplink->rotations = 0;
	uplink->welcome = *welcome;
	uplink_take_where(uplink, welcome);
	uplink_note_link(uplink);
	uplink->has_news = true;
	uplink_push_start(uplink);
	uplink_feed_start(uplink);
}

/* No Welcome is awaited but after a Hello, and nothing else is believed until
 * then. True: go on with what the message brings. */
static bool
take_head(struct uplink *uplink, const struct message *message,
    struct checkpoint *head)
{
	bool is_greeting = uplink->phase == UPLINK_GREETING;
	struct head_said said;

	if (!check_head_of(message, &said))
		return true;
	if (is_greeting == (message->kind == MESSAGE_WELCOME))
		return uplink_take_head(uplink, &said, head);
	if (is_greeting)
		uplink_take_head_early(uplink, &said);
	return false;
}

static void
note_contact(struct uplink *uplink, const struct message *message)
{
	uint64_t now_ms = loop_now_ms(uplink->options.loop);

	if (message->kind == MESSAGE_WELCOME) {
		on_return(uplink, now_ms);
		uplink->clock_offset_ms =
		    (int64_t)(message->welcome.now_ms - now_ms);
	}
	uplink->contact_ms = now_ms;
	spool_note_contact(
	    uplink->options.spool, now_ms, uplink->clock_offset_ms);
}

static void
dispatch(struct uplink *uplink, struct message *message,
    const struct bytes frames[LINK_FRAMES_MAX])
{
	struct checkpoint head = {0};

	if (!take_head(uplink, message, &head))
		return;
	switch (message->kind) {
	case MESSAGE_WELCOME:
		on_welcome(uplink, &message->welcome);
		return;
	case MESSAGE_RECEIPT:
		uplink_on_receipt(uplink, &message->receipt, &head, frames[0]);
		return;
	case MESSAGE_REFUSAL:
		uplink_on_refusal(uplink, &message->refusal);
		return;
	case MESSAGE_PAGE:
		uplink_on_page(uplink, &message->page, &head, frames[1]);
		return;
	case MESSAGE_SLICE:
		uplink_on_slice(uplink, &message->slice, frames[1]);
		return;
	case MESSAGE_RECOVERED:
		uplink_on_recovered(uplink, &message->recovered);
		return;
	case MESSAGE_BEAT: /* its head is all it brings */
	/* The others are not said to a node on this link. */
	case MESSAGE_JOINED:
	case MESSAGE_NONE:
	case MESSAGE_HELLO:
	case MESSAGE_PUSH:
	case MESSAGE_READ:
	case MESSAGE_FETCH:
	case MESSAGE_ENROL:
	case MESSAGE_JOIN:
	case MESSAGE_CARRY:
	case MESSAGE_CARRIED:
		return;
	}
}

void
uplink_on_answer(void *context, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct uplink *uplink = context;
	struct message message;
	struct bytes two[LINK_FRAMES_MAX] = {frames[0]};

	if (uplink->phase == UPLINK_HALTED || uplink->phase == UPLINK_AWAY)
		return;
	if (frame_count == 2)
		two[1] = frames[1];
	if (message_from_region_get(uplink->codec, frames[0], &message) != OK) {
		if (!uplink->told_malformed)
			log_warnx(
			    "uplink-answer-malformed bytes=%zu", frames[0].len);
		uplink->told_malformed = true;
		return;
	}
	note_contact(uplink, &message);
	dispatch(uplink, &message, two);
	uplink_expect(uplink);
}
