/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts stand directly behind their cause, so both lists, recorded and
 * decided, are gathered until the next input and then laid side by side. A
 * decided verdict is applied to the view whether or not it was recorded: so
 * one removed alert does not make all that follows it look wrong.
 *
 * A cause that has many more verdicts than were decided is a forgery: the rest
 * is counted and not looked at, so that no log makes this long or large.
 *
 * An entry that is not as it should be is told and left out; the view gets an
 * entry without meaning in its place, so that what follows keeps its index.
 */
#include "ikrar/replay.h"

#include "model/origin.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DETAIL_MAX = 256,
	EXPIRY_SLACK_MS = 60 * 1000,
	FORGED_MAX = 64,  /* more than decided, that are looked at */
	LOOK_AHEAD = 512, /* rows, for the one that a row is equal to */
};

/* Packed verdicts of one cause. */
struct heap {
	struct packed {
		uint8_t *at;
		size_t len;
		uint64_t index;
	} * rows;
	unsigned count, cap;
};

struct replay {
	const struct replay_fns *fns;
	const struct findings *findings;
	struct chain_fns chain_fns;
	struct view *view;
	struct judge *judge;
	struct wire *wire;
	struct wire *verdict_wire; /* rows of an input outlive a comparison */
	struct chains *chains;
	struct heap recorded, decided;
	uint64_t beyond, beyond_index; /* recorded, and not looked at */
	uint64_t entries, verdicts;
	uint64_t last_received_ms;
};

struct replay *
replay_new(const struct findings *findings, const struct replay_fns *fns)
{
	struct replay *replay = xcalloc(1, sizeof *replay);

	replay->findings = findings;
	replay->fns = fns;
	replay->view = view_new();
	replay->judge = judge_new();
	replay->wire = wire_new();
	replay->verdict_wire = wire_new();
	replay->chain_fns =
	    (struct chain_fns){findings, fns->context, fns->record};
	replay->chains = chains_new(&replay->chain_fns, replay->view);
	return replay;
}

static void
heap_clear(struct heap *heap)
{
	for (unsigned i = 0; i < heap->count; i++)
		free(heap->rows[i].at);
	heap->count = 0;
}

void
replay_free(struct replay *replay)
{
	if (!replay)
		return;
	heap_clear(&replay->recorded);
	heap_clear(&replay->decided);
	free(replay->recorded.rows);
	free(replay->decided.rows);
	chains_free(replay->chains);
	wire_free(replay->verdict_wire);
	wire_free(replay->wire);
	judge_free(replay->judge);
	view_free(replay->view);
	free(replay);
}

static void
heap_add(struct heap *heap, struct bytes event, uint64_t index)
{
	struct packed *row;

	if (heap->count == heap->cap) {
		heap->cap = heap->cap ? 2 * heap->cap : 16;
		heap->rows =
		    xrealloc(heap->rows, heap->cap, sizeof *heap->rows);
	}
	row = &heap->rows[heap->count++];
	row->at = xcalloc(event.len, 1);
	memcpy(row->at, event.at, event.len);
	row->len = event.len;
	row->index = index;
}

/* What still waits for its stamp comes first. */
static void
tell_finding(struct replay *replay, const struct finding *finding)
{
	chains_settle(replay->chains);
	findings_tell(replay->findings, finding);
}

static void
tell(struct replay *replay, enum finding_kind kind, const char *detail)
{
	struct finding finding = {
	    .kind = kind, .index = replay->entries, .detail = detail};

	tell_finding(replay, &finding);
}

static void
tell_of_node(struct replay *replay, enum finding_kind kind,
    const struct event *event, const char *detail)
{
	const struct view_node *node =
	    view_node_by_id(replay->view, event->node);
	struct finding finding = {.kind = kind,
	    .index = replay->entries,
	    .node = event->node,
	    .wilayah = node ? node->wilayah : NULL,
	    .seq = event->seq,
	    .detail = detail};

	tell_finding(replay, &finding);
}

/* ---- verdicts */

/* FINDING_COUNT: they are equal. */
static void
tell_verdict(struct replay *replay, enum finding_kind kind, uint64_t index,
    const struct packed *row)
{
	char detail[DETAIL_MAX] = "";
	struct finding finding = {
	    .kind = kind, .index = index, .detail = detail};
	struct event event;
	bool is_readable;

	if (kind == FINDING_COUNT && !replay->fns->verdict)
		return;
	is_readable = wire_unpack(replay->verdict_wire,
			  bytes_of(row->at, row->len), &event) == REJECT_NONE;

	if (is_readable)
		snprintf(detail, sizeof detail, "%s %s %s %s",
		    event_kind_name(event.kind), event.verdict.rule,
		    event.verdict.object, event.verdict.occasion);
	if (kind != FINDING_COUNT)
		tell_finding(replay, &finding);
	if (replay->fns->verdict)
		replay->fns->verdict(replay->fns->context, index,
		    kind == FINDING_COUNT ? NULL : &finding,
		    is_readable ? &event : NULL);
}

static bool
is_equal(const struct packed *a, const struct packed *b)
{
	return bytes_equal(bytes_of(a->at, a->len), bytes_of(b->at, b->len));
}

/* Is one of `heap` equal, from `from` on and not far behind it? */
static bool
has_equal(const struct heap *heap, unsigned from, const struct packed *row)
{
	for (unsigned i = from; i < heap->count && i - from < LOOK_AHEAD; i++)
		if (is_equal(&heap->rows[i], row))
			return true;
	return false;
}

static void
apply(struct replay *replay, enum author author, const struct event *event,
    struct entry *entry)
{
	*entry = (struct entry){
	    .index = view_size(replay->view),
	    .author = author,
	    .received_at_ms = replay->last_received_ms,
	    .event = event,
	};
	view_apply(replay->view, entry);
}

/* The fault of no node: means nothing to the view but its place. */
static void
apply_nothing(struct replay *replay)
{
	static const struct event nothing = {
	    .version = EVENT_VERSION, .kind = EVENT_NODE_FAULTED};
	struct entry entry;

	apply(replay, AUTHOR_LOG, &nothing, &entry);
}

static void
tell_beyond(struct replay *replay)
{
	char detail[DETAIL_MAX];
	struct finding finding = {.kind = FINDING_ALERT_ADDED,
	    .index = replay->beyond_index,
	    .detail = detail};

	snprintf(detail, sizeof detail,
	    "dan %" PRIu64 " lagi / and %" PRIu64 " more", replay->beyond,
	    replay->beyond);
	tell_finding(replay, &finding);
	if (replay->fns->verdict)
		replay->fns->verdict(
		    replay->fns->context, finding.index, &finding, NULL);
	replay->beyond = 0;
}

/* Lays the verdicts of one cause side by side. */
static void
compare(struct replay *replay)
{
	const struct heap *recorded = &replay->recorded;
	const struct heap *decided = &replay->decided;
	unsigned r = 0, d = 0;

	while (r < recorded->count && d < decided->count) {
		const struct packed *was = &recorded->rows[r];
		const struct packed *is = &decided->rows[d];

		if (is_equal(was, is)) {
			tell_verdict(replay, FINDING_COUNT, was->index, is);
			r++, d++;
		} else if (has_equal(decided, d, was)) {
			tell_verdict(
			    replay, FINDING_ALERT_REMOVED, was->index, is);
			d++;
		} else if (has_equal(recorded, r, is)) {
			tell_verdict(
			    replay, FINDING_ALERT_ADDED, was->index, was);
			r++;
		} else {
			tell_verdict(
			    replay, FINDING_ALERT_ALTERED, was->index, is);
			r++, d++;
		}
	}
	for (; d < decided->count; d++)
		tell_verdict(replay, FINDING_ALERT_REMOVED, replay->entries,
		    &decided->rows[d]);
	for (; r < recorded->count; r++)
		tell_verdict(replay, FINDING_ALERT_ADDED,
		    recorded->rows[r].index, &recorded->rows[r]);
	if (replay->beyond > 0)
		tell_beyond(replay);
	heap_clear(&replay->recorded);
	heap_clear(&replay->decided);
	while (view_size(replay->view) < replay->entries)
		apply_nothing(replay);
}

static void
decide(struct replay *replay, const struct entry *input)
{
	static uint8_t packed[EVENT_MAX];
	struct event verdict;
	struct entry entry;
	size_t len;

	judge_start(replay->judge, replay->view, input);
	while (judge_next(replay->judge, replay->view, &verdict)) {
		len = wire_pack(&verdict, packed, sizeof packed);
		CHECK(len > 0);
		heap_add(&replay->decided, bytes_of(packed, len),
		    view_size(replay->view));
		apply(replay, AUTHOR_LOG, &verdict, &entry);
		replay->verdicts++;
	}
}

/* ---- entries of nodes */

/* What the stamp says of the region's log is what this log was. */
static void
check_seen(
    struct replay *replay, const struct event *event, const uint8_t *seen_root)
{
	static const struct hash none;
	struct hash root;

	if (!replay->fns->root_at || event->seen_size == 0 ||
	    event->seen_size > replay->entries ||
	    view_seen(replay->view, event->seen_epoch, event->seen_size) !=
		event->seen_size ||
	    memcmp(seen_root, none.at, HASH_SIZE) == 0 ||
	    replay->fns->root_at(
		replay->fns->context, event->seen_size, &root) != OK)
		return;
	if (memcmp(seen_root, root.at, HASH_SIZE) != 0)
		tell_of_node(replay, FINDING_SEEN, event, NULL);
}

static enum finding_kind
kind_of_reject(enum reject reject)
{
	switch ((int)reject) {
	case REJECT_REVOKED:
		return FINDING_REVOKED;
	case REJECT_UNKNOWN_NODE:
		return FINDING_UNKNOWN_NODE;
	case REJECT_IDENTITY:
		return FINDING_SEEN;
	}
	return FINDING_NOT_ALLOWED;
}

static bool
node_event_is_fine(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	struct hash hash = hash_event(leaf->event);
	struct chain_link link = {.index = replay->entries,
	    .node = event->node,
	    .seq = event->seq,
	    .event_hash = &hash,
	    .stamp = leaf->stamp};
	enum reject reject;

	if (!chains_take(replay->chains, &link))
		return false;
	reject = view_check(replay->view, event, leaf->received_at_ms);
	if (reject != REJECT_NONE) {
		tell_of_node(
		    replay, kind_of_reject(reject), event, reject_word(reject));
		return false;
	}
	if (leaf->stamp.len > 0)
		check_seen(replay, event, leaf->stamp.at);
	return true;
}

static bool
refusal_is_fine(struct replay *replay, const struct event_refused *refused)
{
	const struct view_node *node =
	    view_node_by_id(replay->view, refused->node);
	struct hash hash;
	struct chain_link link = {.index = replay->entries,
	    .node = refused->node,
	    .seq = refused->seq,
	    .event_hash = &hash,
	    .word = refused->word};

	memcpy(hash.at, refused->event_hash, sizeof hash.at);
	if (refused->has_stamp)
		link.stamp = bytes_of(refused->stamp, sizeof refused->stamp);
	/* Nothing is heard of a revoked node, not even to refuse it; but one
	 * batch may revoke its writer and go on, or end behind what it is
	 * trusted for. */
	if (node && node->state == NODE_REVOKED &&
	    refused->seq > node->accept_up_to && refused->word != REJECT_KIND) {
		struct event event = {.seq = refused->seq};

		memcpy(event.node, refused->node, sizeof event.node);
		tell_of_node(replay, FINDING_REVOKED, &event, NULL);
	}
	return chains_take(replay->chains, &link);
}

/* ---- own entries */

static bool
enrolment_is_fine(struct replay *replay, const struct leaf *leaf,
    const struct node_enrolled *enrolled)
{
	const struct view_invite *invite =
	    view_invite(replay->view, enrolled->code_sha256);
	struct hash id = hash_node(enrolled->sign_key);
	struct event event = {0};

	if (invite && !invite->is_used &&
	    invite->invited.kind == enrolled->kind &&
	    invite->invited.confirm == enrolled->pending &&
	    strcmp(invite->invited.wilayah, enrolled->wilayah) == 0 &&
	    invite->invited.expires_ms + EXPIRY_SLACK_MS >
		leaf->received_at_ms &&
	    memcmp(id.at, enrolled->node, NODE_ID_SIZE) == 0 &&
	    !view_node_by_id(replay->view, enrolled->node))
		return true;
	memcpy(event.node, enrolled->node, sizeof event.node);
	tell_of_node(replay, FINDING_ENROLMENT, &event, NULL);
	/* Its events are judged nevertheless: this one line says it all. */
	return !view_node_by_id(replay->view, enrolled->node);
}

static void
note_fault(struct replay *replay, const struct node_faulted *faulted)
{
	struct event event = {.seq = faulted->seq};

	memcpy(event.node, faulted->node, sizeof event.node);
	tell_of_node(replay, NOTE_FAULT, &event, reject_word(faulted->word));
}

/* It says what stands, and the log's next name. */
static void
check_recovered(struct replay *replay, const struct log_recovered *recovered)
{
	const struct view_region *region = view_region(replay->view);
	uint64_t epoch = 0;
	char said[64];
	struct hash root;

	if (strcmp(recovered->old_origin, region->origin) != 0 ||
	    origin_epoch(recovered->origin, &epoch) != OK ||
	    epoch <= region->epoch || recovered->entries > replay->entries ||
	    (replay->fns->root_at &&
		(replay->fns->root_at(
		     replay->fns->context, recovered->entries, &root) != OK ||
		    memcmp(root.at, recovered->root, HASH_SIZE) != 0)))
		tell(replay, FINDING_OWN, event_kind_name(EVENT_LOG_RECOVERED));
	snprintf(said, sizeof said, "%" PRIu64 " (%" PRIu64 ")",
	    recovered->entries, recovered->lost_size);
	tell(replay, NOTE_RECOVERED, said);
}

/* A turn that finds a timer due begins with a Ticked of its time. */
static bool
tick_is_fine(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	bool is_tick = event->kind == EVENT_TICKED;
	bool is_due = view_next_due_ms(replay->view) <= leaf->received_at_ms;
	bool is_new_turn = leaf->received_at_ms > replay->last_received_ms;

	if (is_tick && (!is_due || event->until_ms != leaf->received_at_ms)) {
		tell(replay, FINDING_TICK, NULL);
		return false;
	}
	if (!is_tick && is_due && is_new_turn && replay->entries > 0 &&
	    event->kind != EVENT_LOG_RECOVERED)
		tell(replay, FINDING_TICK, NULL);
	return true;
}

static bool
own_is_fine(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	if (event->recorded_at_ms != leaf->received_at_ms ||
	    event->seen_size != 0 || event->seen_epoch != 0)
		tell(replay, FINDING_OWN, event_kind_name(event->kind));
	if (event->kind == EVENT_REFUSED)
		return refusal_is_fine(replay, &event->refused);
	if (event->kind == EVENT_NODE_ENROLLED)
		return enrolment_is_fine(replay, leaf, &event->enrolled);
	if (event->kind == EVENT_NODE_FAULTED)
		note_fault(replay, &event->faulted);
	if (event->kind == EVENT_LOG_RECOVERED)
		check_recovered(replay, &event->recovered);
	return true;
}

static bool
input_is_fine(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	if ((leaf->author == AUTHOR_LOG) != event_is_own(event->kind)) {
		tell(replay, FINDING_AUTHOR, event_kind_name(event->kind));
		return false;
	}
	if ((event->kind == EVENT_LOG_STARTED) != (replay->entries == 0)) {
		tell(replay, FINDING_START, NULL);
		return false;
	}
	if (leaf->received_at_ms < replay->last_received_ms) {
		tell(replay, FINDING_RECEIVED, NULL);
		return false;
	}
	if (!tick_is_fine(replay, leaf, event))
		return false;
	if (leaf->author == AUTHOR_NODE)
		return node_event_is_fine(replay, leaf, event);
	return own_is_fine(replay, leaf, event);
}

static void
take_verdict(struct replay *replay, struct bytes event)
{
	if (replay->recorded.count < replay->decided.count + FORGED_MAX)
		heap_add(&replay->recorded, event, replay->entries);
	else if (replay->beyond++ == 0)
		replay->beyond_index = replay->entries;
}

static void
take_input(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	struct entry entry;

	compare(replay);
	if (replay->fns->input)
		replay->fns->input(
		    replay->fns->context, replay->entries, event);
	if (!input_is_fine(replay, leaf, event))
		return;
	replay->last_received_ms = leaf->received_at_ms;
	apply(replay, leaf->author, event, &entry);
	decide(replay, &entry);
}

void
replay_take(struct replay *replay, struct bytes bytes)
{
	struct leaf leaf;
	struct event event;
	enum reject reject;

	if (leaf_get(&leaf, bytes) != OK) {
		tell(replay, FINDING_ENTRY, NULL);
	} else if ((reject = wire_unpack(replay->wire, leaf.event, &event)) !=
		   REJECT_NONE) {
		tell(replay, FINDING_EVENT, reject_word(reject));
	} else if (leaf.author == AUTHOR_LOG && event_is_verdict(event.kind)) {
		if (leaf.received_at_ms != replay->last_received_ms)
			tell(replay, FINDING_RECEIVED, NULL);
		take_verdict(replay, leaf.event);
	} else {
		take_input(replay, &leaf, &event);
	}
	replay->entries++;
}

void
replay_end(struct replay *replay)
{
	compare(replay);
	chains_end(replay->chains);
}

void
replay_cut(struct replay *replay)
{
	compare(replay);
	chains_settle(replay->chains);
}

void
replay_settle(struct replay *replay)
{
	chains_settle(replay->chains);
}

uint64_t
replay_entries(const struct replay *replay)
{
	return replay->entries;
}

uint64_t
replay_verdicts(const struct replay *replay)
{
	return replay->verdicts;
}

uint64_t
replay_stamps(const struct replay *replay)
{
	return chains_stamps(replay->chains);
}

const struct view *
replay_view(const struct replay *replay)
{
	return replay->view;
}
