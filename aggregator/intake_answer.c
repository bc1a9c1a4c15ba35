/* SPDX-License-Identifier: Apache-2.0 */
/* What goes, once the turn is committed. */
#include "aggregator/intake.h"

#include "aggregator/carried.h"
#include "aggregator/counters.h"
#include "aggregator/intake_inner.h"
#include "aggregator/receipt.h"
#include "aggregator/recovered.h"

#include <string.h>

static bool
is_report_wanted(struct intake *intake, unsigned number)
{
	const struct view *view = turn_view(intake->options.turn);

	return view_report_wanted(view, view_node(view, number));
}

static void
make_welcome(
    struct intake *intake, const struct owed *owed, const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);
	const struct view_node *node = view_node(view, owed->number);
	const struct view_region *region = view_region(view);
	const struct store_mark *mark =
	    &peers_at(intake->options.peers, owed->number)->mark;
	struct told_head head = told_head(intake->options.told, owed->number);
	struct welcome *welcome = &intake->message.welcome;

	*welcome = (struct welcome){.protocol = PROTOCOL_MAX,
	    .event_version = EVENT_VERSION,
	    .have = mark->mark,
	    .credit_events = CREDIT_EVENTS,
	    .credit_bytes = CREDIT_BYTES,
	    .now_ms = moment->now_ms,
	    .roster_version = region->roster_version,
	    .campaign_version = region->campaign_version,
	    .report_wanted = is_report_wanted(intake, owed->number),
	    .retry_ms = intake->is_busy ? intake_retry_ms(intake, moment) : 0,
	    .from_size = head.from_size,
	    .consistency = head.consistency,
	    .recipients_version = region->recipients_version};
	memcpy(welcome->head, mark->head.at, HASH_SIZE);
	welcome->endpoint_count = intake->options.endpoints->region_count;
	memcpy(welcome->endpoints, intake->options.endpoints->region,
	    sizeof welcome->endpoints);
	(void)text_copy(welcome->checkpoint, CHECKPOINT_MAX, head.checkpoint);
	if (node->kind == PEER_COLLECTOR)
		welcome->lack_count = lacks_of(intake->lacks, view,
		    node->wilayah, moment->monotonic_ms, welcome->lacks);
}

static struct told_head
head_for(struct intake *intake, const struct owed *owed)
{
	struct told *told = intake->options.told;

	return owed->is_carried ? told_head_from(told, owed->from_size)
				: told_head(told, owed->number);
}

/* From which row on the refused are to be told. */
static uint64_t
told_from(struct intake *intake, const struct owed *owed)
{
	struct peer *peer = peers_at(intake->options.peers, owed->number);
	uint64_t from = owed->push.first_seq;

	if (owed->is_carried)
		return from; /* its link knows nothing of it */
	if (peer->has_said && peer->receipted_seq + 1 < from)
		from = peer->receipted_seq + 1; /* receipts were lost */
	if (peer->receipted_seq < owed->push.at.mark)
		peer->receipted_seq = owed->push.at.mark;
	return from;
}

/* Nothing is wrong; there is no receipt either. */
static void
make_known(struct intake *intake, const struct owed *owed)
{
	intake->message.kind = MESSAGE_REFUSAL;
	refusal_fill(&intake->message.refusal, REJECT_NONE, 0, &owed->push.at);
}

static void
make_receipt(
    struct intake *intake, const struct owed *owed, struct tlog_proof *proof)
{
	struct turn *turn = intake->options.turn;
	struct receipt *receipt = &intake->message.receipt;
	struct told_head head = head_for(intake, owed);
	struct receipt_of of = {
	    .node = view_node(turn_view(turn), owed->number)->id,
	    .at = owed->push.at,
	    .from_seq = told_from(intake, owed)};

	of.may_have_refused =
	    owed->push.may_have_refused || of.from_seq < owed->push.first_seq;
	receipt_fill(receipt, turn_store(turn), &of, proof);
	if (owed->is_carried && receipt->refused_count == RECEIPT_REFUSED_MAX &&
	    of.at.mark - of.from_seq >= RECEIPT_REFUSED_MAX) {
		make_known(intake, owed); /* there may be more of them */
		return;
	}
	receipt->report_wanted = is_report_wanted(intake, owed->number);
	receipt->from_size = head.from_size;
	receipt->consistency = head.consistency;
	(void)text_copy(receipt->checkpoint, CHECKPOINT_MAX, head.checkpoint);
	stat_add(turn_stat(turn), COUNTER_RECEIPTS, 1);
}

static void
make_refusal(struct intake *intake, const struct owed *owed)
{
	const struct store_mark *mark = NULL;

	if (owed->number != NOBODY)
		mark = &peers_at(intake->options.peers, owed->number)->mark;
	refusal_fill(
	    &intake->message.refusal, owed->word, owed->retry_ms, mark);
}

static struct bytes
make_slice(struct intake *intake, const struct owed *owed)
{
	const struct view *view = turn_view(intake->options.turn);
	struct owed refusal = {
	    .number = owed->number, .word = REJECT_VERSION_ORDER};

	if (slice_pack(view, view_node(view, owed->number)->wilayah,
		&owed->fetch, &intake->message.slice, &intake->slice))
		return bytes_of(intake->slice.at, intake->slice.len);
	intake->message.kind = MESSAGE_REFUSAL;
	intake_count_reject(intake, REJECT_VERSION_ORDER);
	make_refusal(intake, &refusal);
	return bytes_of(NULL, 0);
}

static void
answer(
    struct intake *intake, const struct owed *owed, const struct moment *moment)
{
	struct bytes body = {0};
	struct recovered_proofs proofs;
	struct tlog_proof proof;

	intake->message.kind = owed->kind;
	if (owed->kind == MESSAGE_WELCOME)
		make_welcome(intake, owed, moment);
	else if (owed->kind == MESSAGE_RECEIPT)
		make_receipt(intake, owed, &proof);
	else if (owed->kind == MESSAGE_RECOVERED)
		recovered_make(intake->options.turn, &owed->hello,
		    &intake->message.recovered, &proofs);
	else if (owed->kind == MESSAGE_SLICE)
		body = make_slice(intake, owed);
	else
		make_refusal(intake, owed);
	if (owed->is_carried)
		carried_wrap(&intake->message);
	if (post_message(
		intake->options.post, &owed->route, &intake->message, body) &&
	    !owed->is_carried &&
	    (owed->kind == MESSAGE_WELCOME || owed->kind == MESSAGE_RECEIPT))
		told_sent(intake->options.told, owed->number);
}

void
intake_answer(struct intake *intake, const struct moment *moment)
{
	for (unsigned i = 0; i < intake->owed_count; i++)
		answer(intake, &intake->owed[i], moment);
	intake->owed_count = 0;
	store_done(turn_store(intake->options.turn));
}
