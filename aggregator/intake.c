/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/intake.h"

#include "aggregator/beat.h"
#include "aggregator/carried.h"
#include "aggregator/counters.h"
#include "aggregator/intake_inner.h"

#include <stdlib.h>
#include <string.h>

struct intake *
intake_new(const struct intake_options *options)
{
	struct intake *intake = xcalloc(1, sizeof *intake);

	intake->options = *options;
	intake->codec = message_codec_new();
	intake->lacks = lacks_new();
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
	lacks_free(intake->lacks);
	free(intake);
}

void
intake_set_busy(struct intake *intake, bool is_busy, uint64_t monotonic_ms)
{
	intake->is_busy = is_busy;
	intake->busy_since_ms = monotonic_ms;
}

void
intake_count_reject(struct intake *intake, enum reject word)
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
	owed->is_carried = false;
	return owed;
}

static void
spend(struct intake *intake, unsigned number, uint64_t bytes)
{
	credit_spend(&peers_at(intake->options.peers, number)->credit, bytes);
}

static struct owed *
owe_refusal(struct intake *intake, unsigned number,
    const struct request *request, enum reject word)
{
	struct owed *owed = owe(intake, MESSAGE_REFUSAL, number, request);

	if (owed == NULL)
		return NULL;
	if (number != NOBODY)
		spend(intake, number, COST_REFUSAL);
	owed->word = word;
	owed->retry_ms = word == REJECT_BUSY || word == REJECT_CLOCK ||
				 word == REJECT_ROLLBACK
			     ? BUSY_RETRY_MS
			     : 0;
	return owed;
}

static void
refuse(struct intake *intake, unsigned number, const struct request *request,
    enum reject word)
{
	intake_count_reject(intake, word);
	owe_refusal(intake, number, request, word);
}

static void
refuse_busy(struct intake *intake, unsigned number,
    const struct request *request, uint64_t within_ms)
{
	struct owed *owed = owe_refusal(intake, number, request, REJECT_BUSY);

	intake_count_reject(intake, REJECT_BUSY);
	if (owed != NULL)
		owed->retry_ms = within_ms;
}

uint64_t
intake_retry_ms(const struct intake *intake, const struct moment *moment)
{
	return come_back_ms(moment->monotonic_ms - intake->busy_since_ms);
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
	intake_count_reject(intake, word);
	peer = peers_at(intake->options.peers, number);
	if (peer->was_told &&
	    moment->monotonic_ms - peer->told_ms < REFUSED_ANSWER_EVERY_MS)
		return false;
	peer->was_told = true;
	peer->told_ms = moment->monotonic_ms;
	owe_refusal(intake, number, request, word);
	return false;
}

/* A node that has asked too much of late is not read, and told so once a
 * second: it alone is slowed. */
static bool
has_credit(struct intake *intake, unsigned number,
    const struct request *request, const struct moment *moment)
{
	struct peer *peer = peers_at(intake->options.peers, number);

	if (credit_is_left(&peer->credit, moment->monotonic_ms))
		return true;
	if (peer->was_told &&
	    moment->monotonic_ms - peer->told_ms < REFUSED_ANSWER_EVERY_MS) {
		intake_count_reject(intake, REJECT_BUSY);
		return false;
	}
	peer->was_told = true;
	peer->told_ms = moment->monotonic_ms;
	refuse_busy(intake, number, request, SPENT_RETRY_MS);
	return false;
}

/* The log goes on under another name since the node heard of it. */
static void
owe_recovered(
    struct intake *intake, unsigned number, const struct request *request)
{
	const struct hello hello = intake->message.hello;
	struct owed *owed = owe(intake, MESSAGE_RECOVERED, number, request);

	if (owed != NULL)
		owed->hello = hello;
}

/* What keeps this node from being welcome now. While the clock is in doubt an
 * admin is, to say that it is right. */
static enum reject
unwelcome(struct intake *intake, unsigned number, const struct moment *moment)
{
	const struct hello *hello = &intake->message.hello;
	const struct view *view = turn_view(intake->options.turn);
	struct standing *standing = turn_standing(intake->options.turn);
	uint64_t epoch = view_region(view)->epoch;
	enum reject word = standing_refusal(standing);

	if (hello->seen_epoch > epoch ||
	    (hello->seen_epoch == epoch && hello->seen_size > view_size(view)))
		return standing_hear(standing, hello, moment) ? REJECT_ROLLBACK
							      : REJECT_DIVERGED;
	if (word == REJECT_CLOCK && view_node(view, number)->kind == PEER_ADMIN)
		return REJECT_NONE;
	return word;
}

static void
take_hello(struct intake *intake, unsigned number,
    const struct request *request, const struct moment *moment)
{
	const struct hello *hello = &intake->message.hello;
	const struct view *view = turn_view(intake->options.turn);
	struct peer *peer = peers_at(intake->options.peers, number);
	enum reject word;

	credit_spend(&peer->credit, COST_WELCOME);
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
	else if ((word = unwelcome(intake, number, moment)) != REJECT_NONE)
		refuse(intake, number, request, word);
	else if (hello->seen_epoch > 0 &&
		 hello->seen_epoch < view_region(view)->epoch)
		owe_recovered(intake, number, request);
	else if (owe(intake, MESSAGE_WELCOME, number, request) != NULL)
		told_hello(intake->options.told, number, hello);
}

static void
take_push(struct intake *intake, const struct request *request,
    const struct push_input *input)
{
	struct push_result result;
	struct owed *owed;

	push_take(intake->desk, input, &result);
	if (result.word != REJECT_NONE || result.is_known) {
		owe_refusal(intake, input->number, request, result.word);
		return;
	}
	peers_note_depth(intake->options.peers, input->number, result.at.mark);
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

bool
intake_may_wait(const struct intake *intake)
{
	return intake_is_holding(intake) &&
	       intake->owed_count < COMMIT_ANSWERS_LEAST;
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
		refuse_busy(
		    intake, number, request, intake_retry_ms(intake, moment));
		return;
	}
	if (ahead_hold(intake->ahead, &held, input.body))
		return;
	settle_all_but(intake, 0);
	take_push(intake, request, &input);
}

static void
owe_carried_recovered(
    struct intake *intake, unsigned number, const struct request *request)
{
	const struct carry *carry = &intake->message.carry;
	const struct hello hello = {
	    .seen_epoch = carry->seen_epoch, .seen_size = carry->seen_size};
	struct owed *owed = owe(intake, MESSAGE_RECOVERED, number, request);

	if (owed == NULL)
		return;
	owed->is_carried = true;
	owed->hello = hello;
}

/* A push of a node that has no link now, or never had one. One that is known
 * gets a receipt too: the one before may have been lost on its way back. */
static void
take_carry(struct intake *intake, unsigned bearer,
    const struct request *request, const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);
	const struct carry *carry = &intake->message.carry;
	struct push_input input = {.number = NOBODY,
	    .push = &carry->push,
	    .body = request->frames[1],
	    .now_ms = moment->now_ms};
	struct push_result result = {
	    .word = carried_check(view, bearer, carry, &input.number)};
	struct owed *owed;

	if (result.word == REJECT_NONE && intake->is_busy)
		result.word = REJECT_BUSY;
	if (result.word == REJECT_NONE && carried_is_behind(view, carry)) {
		owe_carried_recovered(intake, input.number, request);
		return;
	}
	if (result.word != REJECT_NONE)
		intake_count_reject(intake, result.word);
	else
		push_take(intake->desk, &input, &result);
	if (result.word != REJECT_NONE)
		owed = owe_refusal(intake, input.number, request, result.word);
	else
		owed = owe(intake, MESSAGE_RECEIPT, input.number, request);
	if (owed == NULL)
		return;
	owed->is_carried = true;
	owed->from_size = carried_size(view, carry);
	if (result.word != REJECT_NONE)
		return;
	owed->push = result;
	peers_note_depth(intake->options.peers, input.number, result.at.mark);
}

static void
take_read(struct intake *intake, unsigned number, const struct request *request,
    const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);
	struct peer *peer = peers_at(intake->options.peers, number);

	if (!feed_is_open_to(view_node(view, number)->kind)) {
		refuse(intake, number, request, REJECT_KIND);
		return;
	}
	if (peer->read_index >= intake->message.read.index)
		spend(intake, number, COST_PAGE_AGAIN);
	peer->read_index = intake->message.read.index;
	feed_read(intake->options.feed, number, request->route,
	    &intake->message.read, moment);
}

static void
take_fetch(
    struct intake *intake, unsigned number, const struct request *request)
{
	struct owed *owed = owe(intake, MESSAGE_SLICE, number, request);

	spend(intake, number, COST_SLICE);
	if (owed != NULL)
		owed->fetch = intake->message.fetch;
}

/* A Join that came by letter: what is checked of one on the join socket is
 * checked again. */
static void
take_enrol(struct intake *intake, unsigned number,
    const struct request *request, const struct moment *moment)
{
	const struct view *view = turn_view(intake->options.turn);

	if (view_node(view, number)->kind != PEER_ADMIN)
		refuse(intake, number, request, REJECT_KIND);
	else
		enrol_letter(intake->options.enrol, intake->options.post,
		    request, &intake->message.enrol, moment);
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
	case MESSAGE_CARRY:
		take_carry(intake, number, request, moment);
		return;
	case MESSAGE_ENROL:
		take_enrol(intake, number, request, moment);
		return;
	case MESSAGE_CARRIED:
	case MESSAGE_JOIN: /* has its own socket */
	case MESSAGE_NONE:
	case MESSAGE_WELCOME:
	case MESSAGE_RECEIPT:
	case MESSAGE_REFUSAL:
	case MESSAGE_PAGE:
	case MESSAGE_SLICE:
	case MESSAGE_JOINED:
	case MESSAGE_BEAT:
	case MESSAGE_RECOVERED:
		take_malformed(intake, number, request);
		return;
	}
}

static bool
has_body(enum message_kind kind)
{
	return kind == MESSAGE_PUSH || kind == MESSAGE_CARRY;
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
	if (!has_credit(intake, number, request, moment))
		return;
	if (message_to_region_get(
		intake->codec, request->frames[0], &intake->message) != OK ||
	    has_body(intake->message.kind) != (request->frame_count == 2)) {
		settle_all_but(intake, 0);
		take_malformed(intake, number, request);
		return;
	}
	if (intake->message.kind != MESSAGE_PUSH)
		settle_all_but(intake, 0); /* answers stay in order */
	take_message(intake, number, request, moment);
}

void
intake_beat(struct intake *intake)
{
	const struct intake_options *options = &intake->options;

	beat_send(options->peers, options->told, options->post,
	    turn_view(options->turn));
}
