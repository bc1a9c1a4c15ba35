/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushing. Batches go out one behind the other while the region's credit for
 * unanswered events and bytes lasts; one push may always be under way. The
 * region answers in order, so an answer settles the oldest push, and a receipt
 * all pushes up to its mark.
 *
 * Many small batches in flight would only cost both sides: a batch that could
 * still grow waits while some are unanswered.
 */
#include "node/uplink_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <string.h>

enum {
	SMALL_BATCH = 64,
	SMALL_WAITS_BEHIND = 8,
	REPORT_EVERY_MS = 1000,
	QUIET_REPORT_MS = 6 * 3600 * 1000,
	BUSY_MS = 60000,
	GAP_SPAN_MS = 1000,
};

void
uplink_push_reset(struct uplink *uplink)
{
	uplink->sent_count = uplink->sent_at = 0;
	uplink->sent_events = uplink->sent_bytes = 0;
	uplink->push.count = 0;
	uplink->repeat_seq = 0;
	uplink->is_dry = false;
}

void
uplink_push_start(struct uplink *uplink)
{
	uint64_t have = uplink->welcome.have;

	uplink->next_seq = have + 1;
	if (have > uplink->receipted_seq)
		uplink->repeat_seq = have; /* its receipt was lost */
	uplink_look_at_quiet(uplink);
	uplink_pump(uplink);
}

/* ---- out */

/* False: nothing to send. */
static bool
prepare(struct uplink *uplink)
{
	struct spool *spool = uplink->options.spool;
	const struct spool_span lost = {
	    uplink->receipted_seq + 1, uplink->repeat_seq};
	enum err err = ERR_NOTFOUND;

	if (uplink->push.count > 0)
		return true;
	if (uplink->repeat_seq != 0)
		err = spool_batch_back(spool, lost, &uplink->push, uplink->body,
		    &uplink->body_len);
	uplink->repeat_seq = 0;
	if (err != OK)
		err = spool_batch(spool, uplink->next_seq, &uplink->push,
		    uplink->body, &uplink->body_len);
	uplink->is_dry = err != OK;
	return err == OK;
}

static bool
may_send(struct uplink *uplink)
{
	const struct push *push = &uplink->push;

	if (uplink->sent_count == 0)
		return true;
	if (push->count < SMALL_BATCH &&
	    uplink->sent_count >= SMALL_WAITS_BEHIND) {
		uplink->push.count = 0; /* read again, with what came since */
		return false;
	}
	return uplink->sent_count < UPLINK_SENT_MAX &&
	       uplink->sent_bytes + uplink->body_len <=
		   UPLINK_WINDOW_FIRST + uplink->brought_bytes &&
	       uplink->sent_events + push->count <=
		   uplink->welcome.credit_events &&
	       uplink->sent_bytes + uplink->body_len <=
		   uplink->welcome.credit_bytes;
}

static bool
send_push(struct uplink *uplink)
{
	struct message message = {.kind = MESSAGE_PUSH, .push = uplink->push};
	struct bytes body = bytes_of(uplink->body, uplink->body_len);
	unsigned end = (uplink->sent_at + uplink->sent_count) % UPLINK_SENT_MAX;
	uint64_t last = uplink->push.first_seq + uplink->push.count - 1;

	if (uplink_say(uplink, &message, &body) != OK)
		return false;
	uplink->sent[end] =
	    (struct uplink_sent){last, uplink->push.count, uplink->body_len};
	uplink->sent_count++;
	uplink->sent_events += uplink->push.count;
	uplink->sent_bytes += uplink->body_len;
	uplink->push.count = 0;
	if (last >= uplink->next_seq)
		uplink->next_seq = last + 1;
	spool_note_sent(uplink->options.spool, uplink->next_seq - 1);
	return true;
}

void
uplink_pump(struct uplink *uplink)
{
	unsigned before = uplink->sent_count;

	while (uplink->phase == UPLINK_OPEN && !uplink->is_full &&
	       prepare(uplink) && may_send(uplink))
		if (!send_push(uplink))
			break; /* an answer or the look tries again */
	if (uplink->sent_count > before)
		uplink_expect(uplink);
}

/* ---- answers */

static void
settle_oldest(struct uplink *uplink)
{
	const struct uplink_sent *sent = &uplink->sent[uplink->sent_at];

	if (uplink->sent_count == 0)
		return;
	uplink->sent_events -= sent->count;
	uplink->sent_bytes -= sent->bytes;
	uplink->brought_bytes += sent->bytes;
	uplink->sent_at = (uplink->sent_at + 1) % UPLINK_SENT_MAX;
	uplink->sent_count--;
}

static void
settle_up_to(struct uplink *uplink, uint64_t have)
{
	while (uplink->sent_count > 0 &&
	       uplink->sent[uplink->sent_at].last <= have)
		settle_oldest(uplink);
}

/* After a gap nothing is sent until all answers are there. */
static void
go_on_after_gap(struct uplink *uplink)
{
	if (uplink->phase != UPLINK_DRAINING || uplink->sent_count > 0)
		return;
	if (uplink->gaps == 1)
		uplink_greet(uplink);
	else
		uplink_back_off(uplink, GAP_SPAN_MS, uplink->gaps - 2);
}

void
uplink_on_receipt(struct uplink *uplink, struct receipt *receipt,
    const struct checkpoint *head, struct bytes raw)
{
	enum reject word = check_receipt(uplink->check, receipt, head);

	if (word != REJECT_NONE) {
		log_warnx("receipt-refused have=%" PRIu64 " index=%" PRIu64
			  " word=%s",
		    receipt->have, receipt->index, reject_word(word));
		uplink_fault(uplink, word, false);
		return;
	}
	spool_take_receipt(
	    uplink->options.spool, receipt, raw, uplink->contact_ms);
	if (receipt->have > uplink->receipted_seq)
		uplink->receipted_seq = receipt->have;
	if (uplink->options.verified != NULL)
		uplink->options.verified(
		    uplink->options.context, receipt->have);
	uplink->has_news = true;
	uplink->is_lacking_less = uplink_is_collector(uplink);
	uplink->gaps = uplink->busies = 0;
	uplink->is_doubted = false;
	settle_up_to(uplink, receipt->have);
	go_on_after_gap(uplink);
}

/* The region knows these rows already. */
static void
on_known(struct uplink *uplink, const struct refusal *refusal)
{
	enum reject word =
	    check_mark(uplink->check, refusal->have, refusal->head);

	if (word != REJECT_NONE) {
		uplink_fault(uplink, word, false);
		return;
	}
	settle_up_to(uplink, refusal->have);
	go_on_after_gap(uplink);
}

static void
on_gap(struct uplink *uplink)
{
	settle_oldest(uplink);
	if (uplink->phase == UPLINK_OPEN) {
		uplink->phase = UPLINK_DRAINING;
		uplink->gaps++;
	}
	go_on_after_gap(uplink);
}

static void
on_busy(struct uplink *uplink, const struct refusal *refusal)
{
	uint64_t after_ms = refusal->retry_ms > 0 ? refusal->retry_ms : BUSY_MS;

	if (uplink->phase == UPLINK_PAUSED)
		return;
	spool_note_busy(uplink->options.spool, uplink->contact_ms + after_ms,
	    refusal->word);
	uplink_come_back(uplink, after_ms);
}

/* Our rows or our Hello have seen more than its log has; or a Read asks for
 * what it does not have. */
static void
on_diverged(struct uplink *uplink)
{
	if (uplink->phase == UPLINK_OPEN && uplink->read_sent)
		uplink_feed_refused(uplink, REJECT_DIVERGED);
	else if (!uplink_show_head(uplink))
		uplink_fault(uplink, REJECT_DIVERGED, true);
}

void
uplink_on_refusal(struct uplink *uplink, const struct refusal *refusal)
{
	switch (refusal->word) {
	case REJECT_NONE:
		on_known(uplink, refusal);
		return;
	case REJECT_GAP:
		on_gap(uplink);
		return;
	case REJECT_BUSY:
	case REJECT_CLOCK:
		on_busy(uplink, refusal);
		return;
	case REJECT_BAD_SIGNATURE:
	case REJECT_FORK:
		uplink_refused(uplink, refusal->word, false);
		return;
	case REJECT_REVOKED:
	case REJECT_UNKNOWN_NODE:
	case REJECT_TOO_LARGE:
	case REJECT_MALFORMED:
	case REJECT_VERSION:
	case REJECT_BLOB_MISSING:
	case REJECT_ROLLBACK:
		uplink_refused(uplink, refusal->word, true);
		return;
	case REJECT_DIVERGED:
		on_diverged(uplink);
		return;
	case REJECT_PREFIX:
	case REJECT_KIND:
	case REJECT_NON_CANONICAL:
	case REJECT_OVERSIZE:
	case REJECT_FIELD:
	case REJECT_IDENTITY:
	case REJECT_UNKNOWN_UNIT:
	case REJECT_UNKNOWN_CAMPAIGN:
	case REJECT_UNKNOWN_RECORD:
	case REJECT_TIME:
	case REJECT_LOCKED:
	case REJECT_DIGITS:
	case REJECT_NOT_SEALED:
	case REJECT_NOT_RECIPIENT:
	case REJECT_NO_EVIDENCE:
	case REJECT_NO_DECISION:
	case REJECT_VERSION_ORDER:
	case REJECT_CODE:
	case REJECT_COUNT:
		/* No word for a batch: a Read or Fetch is meant. */
		uplink_feed_refused(uplink, refusal->word);
		return;
	}
}

/* ---- NodeReported */

static bool
is_told(struct uplink *uplink)
{
	uint64_t epoch = check_epoch(uplink->check);
	struct spool_status status;

	spool_status(uplink->options.spool, &status);
	if (status.told_epoch != epoch)
		return status.told_epoch > epoch;
	return status.told_size >= uplink->report_size;
}

static void
record_report(struct uplink *uplink)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};
	uint64_t now_ms = loop_now_ms(uplink->options.loop);
	enum reject why = REJECT_NONE;
	enum err err;

	(void)text_copy(
	    event.software, sizeof event.software, "ikrar/" IKRAR_VERSION);
	err = spool_add(uplink->options.spool, &event, 1, now_ms, &why);
	if (err != OK)
		log_warnx("node-report-not-stored error=\"%s\" word=%s",
		    err_text(err), reject_word(why));
	uplink->report_due = uplink->report_forced = false;
	uplink->reported_ms = loop_monotonic_ms();
	uplink->is_dry = false;
}

void
uplink_look_at_quiet(struct uplink *uplink)
{
	uint64_t now_ms = loop_now_ms(uplink->options.loop);
	struct spool_status status;
	uint64_t since;

	if (uplink->phase != UPLINK_OPEN || !uplink_is_collector(uplink))
		return;
	spool_status(uplink->options.spool, &status);
	since = status.last_recorded_ms;
	if (since == 0)
		since = uplink->opened_ms;
	if (now_ms > since && now_ms - since >= QUIET_REPORT_MS)
		uplink->report_forced = true;
}

/* Says that this node lives and has seen the head, if that is wanted and no
 * row has said so already; not more often than once a second. */
void
uplink_report(struct uplink *uplink)
{
	uint64_t since = loop_monotonic_ms() - uplink->reported_ms;

	if (uplink->phase != UPLINK_OPEN)
		return;
	if (uplink->report_due && is_told(uplink))
		uplink->report_due = false;
	if (!uplink->report_due && !uplink->report_forced)
		return;
	if (uplink->reported_ms != 0 && since < REPORT_EVERY_MS)
		loop_timer_set(uplink->report, REPORT_EVERY_MS - since);
	else
		record_report(uplink);
}
