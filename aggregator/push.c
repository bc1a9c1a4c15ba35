/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/push.h"

#include "aggregator/blob.h"
#include "aggregator/counters.h"
#include "aggregator/limits.h"
#include "aggregator/lost.h"
#include "core/log.h"
#include "trust/seal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NODE_TEXT = 2 * NODE_ID_SIZE + 1 };

/* Tags of canonical bytes, each in one byte: an event's version, and the commit
 * of an incident's sealed part, which is followed by its length. */
enum { TAG_VERSION = 0x08, TAG_COMMIT = 0x52 };

struct push_desk {
	struct turn *turn;
	struct peers *peers;
	struct wire *wire;
	struct batch batch;
	struct hash blob_hashes[PUSH_BLOBS_MAX];
	struct event event;                /* the one that is being looked at */
	struct event own;                  /* EventRefused, NodeFaulted */
	const struct worker_result *ahead; /* holds for this batch; or NULL */
	/* The node that pushes; view_node lives only until view_apply. */
	unsigned number;
	uint32_t kind;
	uint64_t now_ms;
	uint8_t node[NODE_ID_SIZE];
	uint8_t sign_key[SIGN_KEY_SIZE];
};

struct push_desk *
push_desk_new(struct turn *turn, struct peers *peers)
{
	struct push_desk *desk = xcalloc(1, sizeof *desk);

	desk->turn = turn;
	desk->peers = peers;
	desk->wire = wire_new();
	return desk;
}

void
push_desk_free(struct push_desk *desk)
{
	if (desk == NULL)
		return;
	wire_free(desk->wire);
	free(desk);
}

static void
remember_node(struct push_desk *desk, unsigned number)
{
	const struct view_node *node = view_node(turn_view(desk->turn), number);

	desk->number = number;
	desk->kind = node->kind;
	memcpy(desk->node, node->id, NODE_ID_SIZE);
	memcpy(desk->sign_key, node->sign_key, SIGN_KEY_SIZE);
}

/* The hash of the event at the mark, as the log has it. */
static struct hash
hash_at_mark(struct push_desk *desk, const struct store_mark *mark)
{
	struct store *store = turn_store(desk->turn);
	struct stored stored;
	struct hash hash;

	if (store_entry(store, mark->last_index, &stored) != OK)
		fatalx("log-unreadable index=%" PRIu64, mark->last_index);
	if (stored.leaf.author == AUTHOR_NODE)
		return hash_event(stored.leaf.event);
	CHECK(stored.event.kind == EVENT_REFUSED);
	memcpy(hash.at, stored.event.refused.event_hash, HASH_SIZE);
	return hash;
}

/* A head larger than the log: the region's disk was rolled back, or the node
 * follows another log. */
static bool
has_seen_more(const struct push_desk *desk, const struct event *event)
{
	const struct view *view = turn_view(desk->turn);
	uint64_t epoch = view_region(view)->epoch;

	return event->seen_epoch > epoch ||
	       (event->seen_epoch == epoch &&
		   event->seen_size > view_size(view));
}

/* Could this be an event with a sealed part? Only such bytes are unpacked to
 * see. */
static bool
may_be_sealed(struct bytes event)
{
	const uint8_t *end = event.at + event.len;

	for (const uint8_t *at = event.at; at != NULL && at + 1 < end; at++) {
		at = memchr(at, TAG_COMMIT, (size_t)(end - at - 1));
		if (at == NULL)
			return false;
		if (at[1] == HASH_SIZE)
			return true;
	}
	return false;
}

static const struct bytes *
find_blob(const struct push_desk *desk, const struct incident *incident)
{
	for (unsigned i = 0; i < desk->batch.blob_count; i++)
		if (desk->batch.blobs[i].len == incident->blob_size &&
		    memcmp(desk->blob_hashes[i].at, incident->blob_hash,
			HASH_SIZE) == 0)
			return &desk->batch.blobs[i];
	return NULL;
}

/* Is the sealed part of desk->event, if it has one, in the same push? */
static bool
has_its_blob(const struct push_desk *desk)
{
	const struct incident *incident = event_sealed(&desk->event);
	const struct bytes *blob;

	if (incident == NULL)
		return true;
	blob = find_blob(desk, incident);
	return blob != NULL && seal_blob_is_valid(*blob);
}

/* The admin's own rows come back before all others, in one go; they wait for
 * nobody. */
static bool
may_mean_the_lost(const struct push_desk *desk)
{
	return desk->kind != PEER_ADMIN &&
	       lost_are_awaited(turn_view(desk->turn), desk->now_ms);
}

/*
 * What consumes nothing but shows only in the events. Canonical bytes of this
 * version begin with field 1 (08) and its number, so only others are unpacked
 * here, and those that may want a blob or a record that was lost, besides the
 * last, whose seen_size is the largest of an honest batch. None is longer than
 * EVENT_MAX: the body has been read. So desk->event is the last one afterwards,
 * if it can be read.
 */
static enum reject
check_ahead(struct push_desk *desk)
{
	const struct batch *batch = &desk->batch;
	bool may_wait = may_mean_the_lost(desk);
	enum reject reject = REJECT_NONE;

	for (unsigned i = 0; i < batch->blob_count; i++)
		desk->blob_hashes[i] = seal_blob_hash(batch->blobs[i]);
	for (unsigned i = batch->known; i < batch->count; i++) {
		const struct bytes *event = &batch->events[i];

		if (event->len >= 2 && event->at[0] == TAG_VERSION &&
		    event->at[1] == EVENT_VERSION && i + 1 < batch->count &&
		    !may_wait && !may_be_sealed(*event))
			continue;
		reject = wire_unpack(desk->wire, *event, &desk->event);
		if (reject == REJECT_VERSION)
			return REJECT_VERSION;
		if (reject == REJECT_NONE && !has_its_blob(desk))
			return REJECT_BLOB_MISSING;
		if (reject == REJECT_NONE && may_wait &&
		    lost_is_meant(turn_view(desk->turn), &desk->event))
			return REJECT_BUSY;
	}
	if (batch->known < batch->count && reject == REJECT_NONE &&
	    has_seen_more(desk, &desk->event))
		return REJECT_DIVERGED;
	return REJECT_NONE;
}

/* A fork or a false signature stands in the log, once a minute and node. */
static void
note_fault(struct push_desk *desk, enum reject word, uint64_t now_ms)
{
	struct peer *peer = peers_at(desk->peers, desk->number);
	uint64_t received_ms;
	char text[NODE_TEXT];

	hex_put(text, desk->node, NODE_ID_SIZE);
	log_warnx("node-faulted node=%s word=%s mark=%" PRIu64, text,
	    reject_word(word), peer->mark.mark);
	turn_begin(desk->turn, now_ms);
	received_ms = turn_received_ms(desk->turn);
	if (peer->has_faulted &&
	    received_ms - peer->faulted_ms < FAULT_EVERY_MS)
		return;
	peer->has_faulted = true;
	peer->faulted_ms = received_ms;
	desk->own = (struct event){.kind = EVENT_NODE_FAULTED,
	    .faulted = {.word = word, .seq = desk->batch.last_seq}};
	memcpy(desk->own.faulted.node, desk->node, NODE_ID_SIZE);
	(void)turn_own(desk->turn, &desk->own);
	stat_add(turn_stat(desk->turn), COUNTER_FAULTS, 1);
}

/* One event on its own, into desk->event. */
static enum reject
check_event(struct push_desk *desk, struct bytes bytes, uint64_t seq)
{
	const struct event *event = &desk->event;
	size_t max =
	    desk->kind == PEER_COLLECTOR ? EVENT_COLLECTOR_MAX : EVENT_MAX;
	enum reject reject;

	if (bytes.len > max)
		return REJECT_OVERSIZE;
	reject = wire_unpack(desk->wire, bytes, &desk->event);
	if (reject != REJECT_NONE)
		return reject_is_batch(reject) ? REJECT_NON_CANONICAL : reject;
	if (event->seq != seq ||
	    memcmp(event->node, desk->node, NODE_ID_SIZE) != 0)
		return REJECT_IDENTITY;
	if (event_is_own(event->kind))
		return REJECT_KIND;
	if (has_seen_more(desk, event))
		return REJECT_FIELD;
	reject = view_check(
	    turn_view(desk->turn), event, turn_received_ms(desk->turn));
	/* Revoked by a row before this one, or trusted only up to there: the
	 * log holds no batch word. */
	return reject == REJECT_REVOKED || reject == REJECT_UNKNOWN_NODE
		   ? REJECT_KIND
		   : reject;
}

static uint64_t
refuse_event(
    struct push_desk *desk, unsigned i, enum reject word, struct bytes stamp)
{
	uint64_t seq = desk->batch.first_seq + i;
	struct event_refused *refused = &desk->own.refused;

	desk->own = (struct event){.kind = EVENT_REFUSED};
	memcpy(refused->node, desk->node, NODE_ID_SIZE);
	memcpy(refused->event_hash, desk->batch.hashes[i].at, HASH_SIZE);
	refused->seq = seq;
	refused->word = word;
	refused->has_stamp = stamp.len > 0;
	if (refused->has_stamp)
		memcpy(refused->stamp, stamp.at, EVENT_STAMP_SIZE);
	store_put_refused(turn_store(desk->turn), desk->node, seq, word);
	stat_add(turn_stat(desk->turn), COUNTER_REFUSED, 1);
	stat_add(turn_stat(desk->turn), COUNTER_REJECT + word, 1);
	return turn_own(desk->turn, &desk->own);
}

static void
keep_blob(struct push_desk *desk)
{
	const struct incident *incident = event_sealed(&desk->event);
	const struct bytes *blob;

	if (incident == NULL)
		return;
	blob = find_blob(desk, incident);
	CHECK(blob != NULL);
	turn_put_blob(desk->turn, incident->blob_hash, *blob);
	stat_add(turn_stat(desk->turn), COUNTER_BLOBS, 1);
}

/* NULL: hashed for another time of receipt, or not at all. */
static const struct hash *
known_leaves(const struct push_desk *desk)
{
	const struct worker_result *ahead = desk->ahead;

	if (ahead == NULL ||
	    ahead->received_at_ms != turn_received_ms(desk->turn))
		return NULL;
	return ahead->leaves;
}

/* Every event behind the mark, in order; the chain is proven. */
static bool
apply(struct push_desk *desk, const struct push *push)
{
	const struct batch *batch = &desk->batch;
	const struct hash *leaves = known_leaves(desk);
	uint64_t index = 0;
	bool has_refused = false;
	struct peer *peer;

	for (unsigned i = batch->known; i < batch->count; i++) {
		struct bytes stamp = {0};
		enum reject word =
		    check_event(desk, batch->events[i], batch->first_seq + i);

		if (i + 1 == batch->count)
			stamp = bytes_of(push->stamp, EVENT_STAMP_SIZE);
		if (word == REJECT_NONE) {
			if (batch->blob_count > 0)
				keep_blob(desk);
			index = turn_take(desk->turn, batch->events[i],
			    &desk->event, stamp,
			    leaves != NULL ? &leaves[i] : NULL);
			continue;
		}
		index = refuse_event(desk, i, word, stamp);
		has_refused = true;
	}
	peer = peers_at(desk->peers, desk->number);
	peer->mark = (struct store_mark){
	    .mark = batch->last_seq, .head = batch->head, .last_index = index};
	peer->is_marked = true;
	return has_refused;
}

/* What batch_check would find, found by the worker. */
static enum reject
believe(struct batch *batch, const struct worker_result *ahead)
{
	batch->known = 0;
	batch->head = ahead->head;
	memcpy(
	    batch->hashes, ahead->hashes, batch->count * sizeof *batch->hashes);
	return ahead->stamp_is_valid ? REJECT_NONE : REJECT_BAD_SIGNATURE;
}

static enum reject
check_batch(struct push_desk *desk, const struct push *push)
{
	const struct store_mark *mark =
	    &peers_at(desk->peers, desk->number)->mark;
	struct batch_chain chain = {.node = desk->node,
	    .sign_key = desk->sign_key,
	    .mark = mark->mark,
	    .head = mark->head};
	enum reject reject;

	if (desk->ahead != NULL &&
	    (desk->batch.first_seq != mark->mark + 1 ||
		!hash_equal(&desk->ahead->before, &mark->head)))
		desk->ahead = NULL; /* it started from something else */
	if (batch_overlaps(&desk->batch, mark->mark))
		chain.mark_hash = hash_at_mark(desk, mark);
	reject = desk->ahead != NULL ? believe(&desk->batch, desk->ahead)
				     : batch_check(&desk->batch, push, &chain);
	return reject != REJECT_NONE ? reject : check_ahead(desk);
}

static void
take_checked(struct push_desk *desk, const struct push *push, uint64_t now_ms,
    struct push_result *result)
{
	struct stat *stat = turn_stat(desk->turn);
	const struct batch *batch = &desk->batch;

	result->may_have_refused = batch->known > 0;
	if (batch->known < batch->count) {
		standing_accept_clock(turn_standing(desk->turn), now_ms);
		turn_begin(desk->turn, now_ms);
		if (apply(desk, push))
			result->may_have_refused = true;
		stat_add(stat, COUNTER_BATCHES, 1);
		stat_add(stat, COUNTER_EVENTS, batch->count - batch->known);
	}
	result->at = peers_at(desk->peers, desk->number)->mark;
}

/* While the clock is in doubt: does an admin of the whole region say in here
 * that it is right, as it is now? */
static bool
accepts_clock(struct push_desk *desk, const struct push_input *input)
{
	const struct view_region *region = view_region(turn_view(desk->turn));
	const char *wilayah =
	    view_node(turn_view(desk->turn), desk->number)->wilayah;
	uint64_t now_ms = input->now_ms;
	struct bytes body = input->body, event;

	if (desk->kind != PEER_ADMIN || strcmp(wilayah, region->wilayah) != 0 ||
	    now_ms + CLOCK_JUMP_MS < region->last_received_ms)
		return false;
	for (uint32_t i = 0; i < input->push->count; i++) {
		if (push_body_next(&body, &event) != OK)
			return false;
		if (wire_unpack(desk->wire, event, &desk->event) ==
			REJECT_NONE &&
		    desk->event.kind == EVENT_CLOCK_ACCEPTED &&
		    desk->event.clock_ms <= now_ms + CLOCK_JUMP_MS &&
		    desk->event.clock_ms + CLOCK_JUMP_MS >= now_ms)
			return true;
	}
	return false;
}

/* REJECT_NONE: it may be logged. */
static enum reject
check_standing(struct push_desk *desk, const struct push_input *input)
{
	enum reject word = standing_refusal(turn_standing(desk->turn));

	return word == REJECT_CLOCK && accepts_clock(desk, input) ? REJECT_NONE
								  : word;
}

void
push_take(struct push_desk *desk, const struct push_input *input,
    struct push_result *result)
{
	const struct push *push = input->push;
	struct stat *stat = turn_stat(desk->turn);
	enum reject word;

	remember_node(desk, input->number);
	*result = (struct push_result){.first_seq = push->first_seq};
	desk->now_ms = input->now_ms;
	desk->ahead = input->ahead;
	word = check_standing(desk, input);
	if (word == REJECT_NONE)
		word = batch_open(&desk->batch, push, input->body);
	if (word == REJECT_NONE &&
	    desk->batch.last_seq <
		peers_at(desk->peers, desk->number)->mark.mark) {
		result->is_known = result->may_have_refused = true;
		result->at = peers_at(desk->peers, input->number)->mark;
		stat_add(stat, COUNTER_REJECT + REJECT_NONE, 1);
		return;
	}
	if (word == REJECT_NONE)
		word = check_batch(desk, push);
	result->word = word;
	if (word == REJECT_NONE) {
		take_checked(desk, push, input->now_ms, result);
		return;
	}
	stat_add(stat, COUNTER_REJECT + word, 1);
	if (word == REJECT_FORK || word == REJECT_BAD_SIGNATURE)
		note_fault(desk, word, input->now_ms);
}
