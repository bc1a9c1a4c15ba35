/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/intake.h"

#include "aggregator/ahead.h"
#include "aggregator/counters.h"
#include "aggregator/limits.h"
#include "aggregator/push.h"
#include "aggregator/slice.h"
#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NOBODY = UINT32_MAX };

/* One answer that is owed. */
struct owed {
	enum message_kind kind;
	unsigned number; /* of the node, or NOBODY */
	struct link_route route;
	union {
		struct push_result push; /* a receipt */
		struct fetch fetch;
		struct {
			enum reject word;
			uint64_t retry_ms;
		};
	};
};

struct intake {
	struct intake_options options;
	struct message_codec *codec;
	struct push_desk *desk;
	struct ahead *ahead;
	bool is_busy;
	struct message message; /* what came, then what goes */
	struct slice_body slice;
	unsigned owed_count;
	struct owed owed[TURN_MESSAGES_MAX];
};

struct intake *
intake_new(const struct intake_options *options)
{
	struct intake *intake = xcalloc(1, sizeof *intake);

	intake->options = *options;
	intake->codec = message_codec_new();
	intake->desk = push_desk_new(options->turn, options->peers);
	intake->ahead =
	    ahead_new(options->worker, options->turn, options->peers);
	return intake;
}

void
intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	ahead_free(intake->ahead);
	push_desk_free(intake->desk);
	message_codec_free(intake->codec);
	free(intake);
}

void
intake_set_busy(struct intake *intake, bool is_busy)
{
	intake->is_busy = is_busy;
}

static void
count_reject(struct intake *intake, enum reject word)
{
	stat_add(turn_stat(intake->options.turn), COUNTER_REJECT + word, 1);
}

/* A place for one more answer; NULL: the turn has no more (its sender asks
 * again). */
static struct owed *
owe(struct intake *intake, enum message_kind kind, unsigned number,
    const struct request *request)
{
	struct owed *owed;

	if (intake->owed_count == TURN_MESSAGES_MAX) {
		intake->options.post->unsent++;
		return NULL;
	}
	owed = &intake->owed[intake->owed_count++];
	owed->kind = kind;
	owed->number = number;
	owed->route = *request->route;
	return owed;
}

static void
owe_refusal(struct intake *intake, unsigned number,
    const struct request *request, enum reject word)
{
	struct owed *owed = owe(intake, MESSAGE_REFUSAL, number, request);

	if (owed == NULL)
		return;
	owed->word = word;
	owed->retry_ms = word == REJECT_BUSY ? BUSY_RETRY_MS : 0;
}

static void
refuse(struct intake *intake, unsigned number, const struct request *request,
    enum reject word)
{
	count_reject(intake, word);
	owe_refusal(intake, number, request, word);
}

/* ---- what came */

/* A node that may not speak is told so once a second and not read. */
static bool
may_speak(struct intake *intake, const struct view_node *node,
    const struct request *request, const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);
	unsigned number = view_node_number(view, node);
	enum reject word =
	    node->state == NODE_REVOKED ? REJECT_REVOKED : REJECT_UNKNOWN_NODE;
	struct peer *peer;

	if (node->state == NODE_ENROLLED)
		return true;
	count_reject(intake, word);
	peer = peers_at(intake->options.peers, number);
	if (peer->was_told &&
	    moment->monotonic_ms - peer->told_ms < REFUSED_ANSWER_EVERY_MS)
		return false;
	peer->was_told = true;
	peer->told_ms = moment->monotonic_ms;
	owe_refusal(intake, number, request, word);
	return false;
}

static void
take_hello(struct intake *intake, unsigned number,
    const struct request *request, const struct moment *moment)
{
	const struct hello *hello = &intake->message.hello;
	const struct view *view = turn_view(intake->options.turn);
	struct peer *peer = peers_at(intake->options.peers, number);
	uint64_t epoch = view_region(view)->epoch;

	peer->live.last_seq = hello->last_seq;
	peer->has_said = true;
	peer->receipted_seq = hello->receipted_seq;
	peer->live.clock_offset_ms = (int64_t)(hello->now_ms - moment->now_ms);
	(void)text_copy(
	    peer->live.software, sizeof peer->live.software, hello->software);
	if (memcmp(hello->node, view_node(view, number)->id, NODE_ID_SIZE) != 0)
		refuse(intake, number, request, REJECT_UNKNOWN_NODE);
	else if (hello->protocol_min > PROTOCOL_MAX ||
		 hello->protocol_max < PROTOCOL_MIN)
		refuse(intake, number, request, REJECT_VERSION);
	else if (hello->seen_epoch > epoch ||
		 (hello->seen_epoch == epoch &&
		     hello->seen_size > view_size(view)))
		refuse(intake, number, request, REJECT_DIVERGED);
	else if (owe(intake, MESSAGE_WELCOME, number, request) != NULL)
		told_hello(intake->options.told, number, hello);
}

static void
take_push(struct intake *intake, const struct request *request,
    const struct push_input *input)
{
	struct push_result result;
	struct owed *owed;
	struct peer *peer;

	push_take(intake->desk, input, &result);
	if (result.word != REJECT_NONE || result.is_known) {
		owe_refusal(intake, input->number, request, result.word);
		return;
	}
	peer = peers_at(intake->options.peers, input->number);
	if (peer->live.last_seq < result.at.mark)
		peer->live.last_seq = result.at.mark;
	owed = owe(intake, MESSAGE_RECEIPT, input->number, request);
	if (owed != NULL)
		owed->push = result;
}

/* What came before it in this turn may have revoked the node. */
static void
settle(struct intake *intake, const struct ahead_push *held,
    const struct worker_result *result)
{
	const struct view *view = turn_view(intake->options.turn);
	const struct request request = {.route = &held->route};
	const struct push_input input = {.number = held->number,
	    .push = &held->push,
	    .body = result->body,
	    .now_ms = held->moment.now_ms,
	    .ahead = result};

	if (may_speak(
		intake, view_node(view, held->number), &request, &held->moment))
		take_push(intake, &request, &input);
}

static void
settle_all_but(struct intake *intake, unsigned left)
{
	struct worker_result result;
	struct ahead_push held;

	while (ahead_next(intake->ahead, left, &held, &result) == OK)
		settle(intake, &held, &result);
}

void
intake_settle(struct intake *intake)
{
	settle_all_but(intake, ahead_leave(intake->ahead));
}

bool
intake_is_holding(const struct intake *intake)
{
	return ahead_count(intake->ahead) > 0;
}

static void
take_or_hold(struct intake *intake, unsigned number,
    const struct request *request, const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);
	const struct push *push = &intake->message.push;
	const struct ahead_push held = {.route = *request->route,
	    .number = number,
	    .push = *push,
	    .moment = *moment};
	const struct push_input input = {.number = number,
	    .push = push,
	    .body = request->frames[1],
	    .now_ms = moment->now_ms};

	if (memcmp(push->node, view_node(view, number)->id, NODE_ID_SIZE) !=
	    0) {
		refuse(intake, number, request, REJECT_UNKNOWN_NODE);
		return;
	}
	if (intake->is_busy) {
		refuse(intake, number, request, REJECT_BUSY);
		return;
	}
	if (ahead_hold(intake->ahead, &held, input.body))
		return;
	settle_all_but(intake, 0);
	take_push(intake, request, &input);
}

static void
take_read(struct intake *intake, unsigned number, const struct request *request,
    const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);

	if (!feed_is_open_to(view_node(view, number)->kind)) {
		refuse(intake, number, request, REJECT_KIND);
		return;
	}
	feed_read(intake->options.feed, number, request->route,
	    &intake->message.read, moment);
}

static void
take_fetch(
    struct intake *intake, unsigned number, const struct request *request)
{
	struct owed *owed = owe(intake, MESSAGE_SLICE, number, request);

	if (owed != NULL)
		owed->fetch = intake->message.fetch;
}

static void
take_malformed(
    struct intake *intake, unsigned number, const struct request *request)
{
	stat_add(turn_stat(intake->options.turn), COUNTER_MALFORMED, 1);
	refuse(intake, number, request, REJECT_MALFORMED);
}

static void
take_message(struct intake *intake, unsigned number,
    const struct request *request, const struct moment *moment)
{
	switch (intake->message.kind) {
	case MESSAGE_HELLO:
		take_hello(intake, number, request, moment);
		return;
	case MESSAGE_PUSH:
		take_or_hold(intake, number, request, moment);
		return;
	case MESSAGE_READ:
		take_read(intake, number, request, moment);
		return;
	case MESSAGE_FETCH:
		take_fetch(intake, number, request);
		return;
	case MESSAGE_JOIN: /* has its own socket */
	case MESSAGE_NONE:
	case MESSAGE_WELCOME:
	case MESSAGE_RECEIPT:
	case MESSAGE_REFUSAL:
	case MESSAGE_PAGE:
	case MESSAGE_SLICE:
	case MESSAGE_JOINED:
	case MESSAGE_BEAT:
		take_malformed(intake, number, request);
		return;
	}
}

void
intake_message(struct intake *intake, const struct request *request,
    const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);
	const struct view_node *node =
	    view_node_by_link_key(view, request->key);
	unsigned number;

	stat_add(turn_stat(intake->options.turn), COUNTER_MESSAGES, 1);
	if (node == NULL) {
		refuse(intake, NOBODY, request, REJECT_UNKNOWN_NODE);
		return;
	}
	if (!may_speak(intake, node, request, moment))
		return;
	number = view_node_number(view, node);
	peers_note_contact(
	    intake->options.peers, number, request, moment->now_ms);
	if (message_to_region_get(
		intake->codec, request->frames[0], &intake->message) != OK ||
	    (intake->message.kind == MESSAGE_PUSH) !=
		(request->frame_count == 2)) {
		settle_all_but(intake, 0);
		take_malformed(intake, number, request);
		return;
	}
	if (intake->message.kind != MESSAGE_PUSH)
		settle_all_but(intake, 0); /* answers stay in order */
	take_message(intake, number, request, moment);
}

/* ---- what goes */

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
	const struct view_region *region =
	    view_region(turn_view(intake->options.turn));
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
	    .retry_ms = intake->is_busy ? BUSY_RETRY_MS : 0,
	    .from_size = head.from_size,
	    .consistency = head.consistency,
	    .recipients_version = region->recipients_version};
	memcpy(welcome->head, mark->head.at, HASH_SIZE);
	(void)text_copy(welcome->checkpoint, CHECKPOINT_MAX, head.checkpoint);
}

/* The receipt of the entry at `at`, whenever it was taken. */
static void
make_receipt(
    struct intake *intake, const struct owed *owed, struct tlog_proof *proof)
{
	struct turn *turn = intake->options.turn;
	struct store *store = turn_store(turn);
	struct tlog *tree = store_tlog(store);
	const struct store_mark *at = &owed->push.at;
	struct receipt *receipt = &intake->message.receipt;
	struct told_head head = told_head(intake->options.told, owed->number);
	struct peer *peer = peers_at(intake->options.peers, owed->number);
	struct bytes bytes;
	struct leaf leaf;
	uint64_t from;

	if (store_leaf(store, at->last_index, &bytes) != OK ||
	    leaf_get(&leaf, bytes) != OK ||
	    tlog_prove_inclusion(
		tree, at->last_index, tlog_size(tree), proof) != OK)
		fatalx("receipt-impossible index=%" PRIu64, at->last_index);
	receipt->have = at->mark;
	memcpy(receipt->head, at->head.at, HASH_SIZE);
	receipt->index = at->last_index;
	receipt->received_at_ms = leaf.received_at_ms;
	receipt->inclusion =
	    bytes_of(proof->at, (size_t)proof->count * HASH_SIZE);
	receipt->refusal_event =
	    leaf.author == AUTHOR_LOG ? leaf.event : bytes_of(NULL, 0);
	receipt->refused_count = 0;
	from = owed->push.first_seq;
	if (peer->has_said && peer->receipted_seq + 1 < from)
		from = peer->receipted_seq + 1; /* receipts were lost */
	if (owed->push.may_have_refused || from < owed->push.first_seq)
		receipt->refused_count = store_refused(store,
		    view_node(turn_view(turn), owed->number)->id, from,
		    at->mark, receipt->refused, RECEIPT_REFUSED_MAX);
	if (peer->receipted_seq < at->mark)
		peer->receipted_seq = at->mark;
	receipt->report_wanted = is_report_wanted(intake, owed->number);
	receipt->from_size = head.from_size;
	receipt->consistency = head.consistency;
	(void)text_copy(receipt->checkpoint, CHECKPOINT_MAX, head.checkpoint);
	stat_add(turn_stat(turn), COUNTER_RECEIPTS, 1);
}

static void
make_refusal(struct intake *intake, const struct owed *owed)
{
	struct refusal *refusal = &intake->message.refusal;

	*refusal =
	    (struct refusal){.word = owed->word, .retry_ms = owed->retry_ms};
	(void)text_copy(refusal->detail, sizeof refusal->detail,
	    reject_text_en(owed->word));
	if (owed->number == NOBODY)
		return;
	refusal->have =
	    peers_at(intake->options.peers, owed->number)->mark.mark;
	memcpy(refusal->head,
	    peers_at(intake->options.peers, owed->number)->mark.head.at,
	    HASH_SIZE);
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
	count_reject(intake, REJECT_VERSION_ORDER);
	make_refusal(intake, &refusal);
	return bytes_of(NULL, 0);
}

static void
answer(
    struct intake *intake, const struct owed *owed, const struct moment *moment)
{
	struct bytes body = {0};
	struct tlog_proof proof;

	intake->message.kind = owed->kind;
	if (owed->kind == MESSAGE_WELCOME)
		make_welcome(intake, owed, moment);
	else if (owed->kind == MESSAGE_RECEIPT)
		make_receipt(intake, owed, &proof);
	else if (owed->kind == MESSAGE_SLICE)
		body = make_slice(intake, owed);
	else
		make_refusal(intake, owed);
	if (post_message(
		intake->options.post, &owed->route, &intake->message, body) &&
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

static void
send_beat(
    struct intake *intake, unsigned number, const struct link_route *route)
{
	struct told_head head = told_head(intake->options.told, number);
	struct message *message = &intake->message;

	*message = (struct message){.kind = MESSAGE_BEAT,
	    .beat = {.report_wanted = true,
		.from_size = head.from_size,
		.consistency = head.consistency}};
	(void)text_copy(
	    message->beat.checkpoint, CHECKPOINT_MAX, head.checkpoint);
	if (post_message(
		intake->options.post, route, message, bytes_of(NULL, 0)))
		told_sent(intake->options.told, number);
}

void
intake_beat(struct intake *intake)
{
	const struct view *view = turn_view(intake->options.turn);

	for (unsigned i = 0; i < view_node_count(view); i++) {
		const struct view_node *node = view_node(view, i);
		struct peer *peer = peers_at(intake->options.peers, i);

		if (node->state == NODE_ENROLLED &&
		    node->kind == PEER_COLLECTOR && peer->has_route &&
		    view_report_wanted(view, node))
			send_beat(intake, i, &peer->route);
	}
}
