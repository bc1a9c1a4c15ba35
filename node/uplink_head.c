/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Heads. One that contradicts what was seen before is an alarm: it is kept as
 * evidence, and a person must look. One that merely continues another head than
 * the largest kept here says nothing: another process of this node has been
 * told meanwhile, or a message got lost. A Hello mends that: it names the
 * head that is kept here. A region that answers many of them, one after the
 * other, without a proof from that head is hiding what the proof would show:
 * that is an alarm too.
 */
#include "node/uplink_inner.h"

#include "core/log.h"

#include <inttypes.h>

enum {
	UNLINKED_SPAN_MS = 1000,
	UNLINKED_DOUBLINGS_MAX = 8,
	UNPROVEN_MAX = 8, /* Welcomes in a row, in about a minute */
};

static void
keep_evidence(struct uplink *uplink, const struct head_said *said)
{
	struct spool_evidence evidence = {
	    .noted_ms = loop_now_ms(uplink->options.loop),
	    .from_size = said->from_size,
	    .consistency = said->consistency,
	};

	(void)text_copy(evidence.text, sizeof evidence.text, said->text);
	spool_keep_evidence(uplink->options.spool, &evidence);
}

/* The Hello that follows a pause names the head that is kept here. */
static void
greet_again(struct uplink *uplink, const struct head_said *said)
{
	uint64_t span = 0;

	if (uplink->phase == UPLINK_PAUSED)
		return;
	log_info("uplink-head-unlinked from_size=%" PRIu64, said->from_size);
	if (uplink->unlinked > 0)
		span = uplink->options.greet_again_ms < UNLINKED_SPAN_MS
			   ? uplink->options.greet_again_ms
			   : UNLINKED_SPAN_MS;
	for (unsigned i = 1; i < uplink->unlinked && i < UNLINKED_DOUBLINGS_MAX;
	     i++)
		span *= 2;
	uplink->unlinked++;
	uplink_pause(uplink, span);
}

static void
raise_alarm(struct uplink *uplink, const struct head_said *said)
{
	keep_evidence(uplink, said);
	uplink_fault(uplink, REJECT_DIVERGED, false);
}

/* Does it answer a Hello, and is it one too many? */
static bool
is_hiding(struct uplink *uplink)
{
	return uplink->phase == UPLINK_GREETING &&
	       ++uplink->unproven >= UNPROVEN_MAX;
}

/* False: it is not believed, and what follows from that is under way. */
static bool
act_on(
    struct uplink *uplink, const struct head_said *said, enum head_trust trust)
{
	switch (trust) {
	case HEAD_BELIEVED:
		return true;
	case HEAD_UNSIGNED:
		uplink_fault(uplink, REJECT_BAD_SIGNATURE, false);
		return false;
	case HEAD_DIVERGED:
		raise_alarm(uplink, said);
		return false;
	case HEAD_UNLINKED:
		if (is_hiding(uplink))
			raise_alarm(uplink, said);
		else
			greet_again(uplink, said);
		return false;
	}
	return false;
}

bool
uplink_take_head(struct uplink *uplink, const struct head_said *said,
    struct checkpoint *head)
{
	enum head_trust trust = check_head(uplink->check, said, head);

	if (!act_on(uplink, said, trust))
		return false;
	if (uplink->phase == UPLINK_GREETING)
		uplink->unproven = 0;
	if (head->size > uplink->head_size) {
		uplink->head_size = head->size;
		if (uplink->phase != UPLINK_GREETING)
			uplink->unlinked = 0;
	}
	spool_take_head(uplink->options.spool, head, check_epoch(uplink->check),
	    said->text);
	if (said->report_wanted && uplink_is_collector(uplink)) {
		uplink->report_due = true;
		if (head->size > uplink->report_size)
			uplink->report_size = head->size;
	}
	return true;
}

void
uplink_take_head_early(struct uplink *uplink, const struct head_said *said)
{
	enum head_trust trust = check_head_early(uplink->check, said);

	if (trust == HEAD_UNSIGNED || trust == HEAD_DIVERGED)
		(void)act_on(uplink, said, trust);
}

/* ---- recoveries */

static void
tell_recovery(
    const struct uplink *uplink, const struct spool_recovery *recovery)
{
	struct spool_status status;

	spool_status(uplink->options.spool, &status);
	log_warnx("log-recovered epoch=%" PRIu64 " entries=%" PRIu64
		  " receipted_seq=%" PRIu64 " again_seq=%" PRIu64
		  " why=\"the region's log went on from an older copy; rows "
		  "without a receipt in it are pushed again\"",
	    recovery->epoch, recovery->entries, status.receipted_seq,
	    status.again_seq);
}

static void
follow(struct uplink *uplink, struct spool_recovery *recovery)
{
	struct spool_status status;

	recovery->now_ms = loop_now_ms(uplink->options.loop);
	if (spool_recover(uplink->options.spool, recovery) != OK) {
		log_warnx("log-recovery-not-kept cause=\"the disk is full\"");
		uplink_pause(uplink, UPLINK_PAUSE_LEAST_MS);
		return;
	}
	(void)check_refresh(uplink->check);
	spool_status(uplink->options.spool, &status);
	uplink->receipted_seq = status.receipted_seq;
	uplink->head_size = recovery->head.size;
	uplink->report_size = 0;
	uplink->has_news = true;
	tell_recovery(uplink, recovery);
	if (uplink->options.recovered != NULL)
		uplink->options.recovered(uplink->options.context);
	uplink_greet(uplink);
}

void
uplink_on_recovered(struct uplink *uplink, const struct recovered *recovered)
{
	const struct head_said said = {recovered->checkpoint,
	    recovered->from_size, recovered->consistency, false};
	struct spool_recovery recovery = {0};
	enum head_trust trust;

	if (uplink->phase != UPLINK_GREETING)
		return;
	if (spool_flush(uplink->options.spool) != OK) {
		uplink_pause(uplink, UPLINK_PAUSE_LEAST_MS);
		return;
	}
	trust = check_recovered(uplink->check, recovered, &recovery);
	if (trust == HEAD_BELIEVED) {
		uplink->was_asked = false;
		follow(uplink, &recovery);
	} else if (trust == HEAD_UNLINKED && !uplink->was_asked) {
		uplink->was_asked = true;
		uplink_greet(uplink);
	} else {
		uplink->was_asked = false;
		(void)act_on(uplink, &said, trust);
	}
}

bool
uplink_show_head(struct uplink *uplink)
{
	if (uplink->is_doubted)
		return false;
	uplink->is_doubted = true;
	uplink_greet(uplink);
	return true;
}
