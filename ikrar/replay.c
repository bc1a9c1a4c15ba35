/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts stand directly behind their cause, so both lists, recorded and
 * decided, are gathered until the next input and then laid side by side. A
 * decided verdict is applied to the view whether or not it was recorded: so
 * one removed alert does not make all that follows it look wrong.
 */
#include "ikrar/replay.h"

#include "model/wire.h"
#include "trust/sign.h"
#include "trust/tlog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MAX = 256, NODES_START = 64 };

/* What the log has shown of a node's chain. */
struct chain {
	uint8_t node[NODE_ID_SIZE];
	uint64_t mark;
	struct hash head;
	bool is_broken; /* a gap was told: its stamps cannot be checked */
	bool is_open;   /* rows behind the last stamp */
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
	replay_line_fn fn;
	void *context;
	struct view *view;
	struct judge *judge;
	struct wire *wire;
	struct tlog *tree;
	struct chain *chains;
	unsigned chain_count, chain_cap;
	struct heap recorded, decided;
	uint64_t entries, verdicts, differences;
	uint64_t last_received_ms;
	bool has_region;
	char origin[ORIGIN_MAX];
	uint8_t log_key[SIGN_KEY_SIZE];
	struct { /* full tiles, in memory */
		struct hash (*at)[TLOG_TILE_WIDTH];
		uint64_t count, cap;
	} tiles[TLOG_LEVELS];
};

static void
tile_full(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	struct replay *replay = context;

	CHECK(n == replay->tiles[level].count);
	if (n == replay->tiles[level].cap) {
		replay->tiles[level].cap = n ? 2 * n : 4;
		replay->tiles[level].at = xrealloc(replay->tiles[level].at,
		    replay->tiles[level].cap, sizeof *replay->tiles[level].at);
	}
	memcpy(replay->tiles[level].at[n], hashes,
	    sizeof *replay->tiles[level].at);
	replay->tiles[level].count++;
}

static enum err
tile_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	struct replay *replay = context;

	if (n >= replay->tiles[level].count)
		return ERR_NOTFOUND;
	memcpy(hashes, replay->tiles[level].at[n],
	    sizeof *replay->tiles[level].at);
	return OK;
}

struct replay *
replay_new(replay_line_fn fn, void *context)
{
	struct replay *replay = xcalloc(1, sizeof *replay);
	struct tlog_tiles tiles = {tile_full, tile_read, replay};

	replay->fn = fn;
	replay->context = context;
	replay->view = view_new();
	replay->judge = judge_new();
	replay->wire = wire_new();
	replay->tree = tlog_new(&tiles);
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
	for (unsigned level = 0; level < TLOG_LEVELS; level++)
		free(replay->tiles[level].at);
	free(replay->chains);
	tlog_free(replay->tree);
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

static void
tell(struct replay *replay, enum replay_what what, uint64_t index,
    const char *why)
{
	struct replay_line line = {what, index, NULL, why};

	replay->differences++;
	replay->fn(replay->context, &line);
}

static void
tell_verdict(struct replay *replay, enum replay_what what, uint64_t index,
    const struct packed *row)
{
	struct replay_line line = {what, index, NULL, NULL};
	struct event event;

	if (wire_unpack(replay->wire, bytes_of(row->at, row->len), &event) ==
	    REJECT_NONE)
		line.verdict = &event;
	if (what != REPLAY_EQUAL)
		replay->differences++;
	replay->fn(replay->context, &line);
}

static bool
is_equal(const struct packed *a, const struct packed *b)
{
	return bytes_equal(bytes_of(a->at, a->len), bytes_of(b->at, b->len));
}

/* The first of `heap` from `from` on that is equal; heap->count: none. */
static unsigned
find_equal(const struct heap *heap, unsigned from, const struct packed *row)
{
	while (from < heap->count && !is_equal(&heap->rows[from], row))
		from++;
	return from;
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
			tell_verdict(replay, REPLAY_EQUAL, was->index, is);
			r++, d++;
		} else if (find_equal(decided, d, was) < decided->count) {
			tell_verdict(replay, REPLAY_REMOVED, is->index, is);
			d++;
		} else if (find_equal(recorded, r, is) < recorded->count) {
			tell_verdict(replay, REPLAY_ADDED, was->index, was);
			r++;
		} else {
			tell_verdict(replay, REPLAY_ALTERED, was->index, is);
			r++, d++;
		}
	}
	for (; d < decided->count; d++)
		tell_verdict(replay, REPLAY_REMOVED, decided->rows[d].index,
		    &decided->rows[d]);
	for (; r < recorded->count; r++)
		tell_verdict(replay, REPLAY_ADDED, recorded->rows[r].index,
		    &recorded->rows[r]);
	heap_clear(&replay->recorded);
	heap_clear(&replay->decided);
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

/* ---- chains of the nodes */

static struct chain *
chain_of(struct replay *replay, const struct view_node *node)
{
	struct chain *chain;

	for (unsigned i = 0; i < replay->chain_count; i++)
		if (memcmp(replay->chains[i].node, node->id, NODE_ID_SIZE) == 0)
			return &replay->chains[i];
	if (replay->chain_count == replay->chain_cap) {
		replay->chain_cap =
		    replay->chain_cap ? 2 * replay->chain_cap : NODES_START;
		replay->chains = xrealloc(
		    replay->chains, replay->chain_cap, sizeof *replay->chains);
	}
	chain = &replay->chains[replay->chain_count++];
	memset(chain, 0, sizeof *chain);
	memcpy(chain->node, node->id, NODE_ID_SIZE);
	chain->head = hash_node(node->sign_key);
	return chain;
}

static void
tell_of_node(struct replay *replay, enum replay_what what,
    const uint8_t node[NODE_ID_SIZE], uint64_t seq, const char *said)
{
	char why[WHY_MAX], id[2 * NODE_ID_SIZE + 1];

	hex_put(id, node, NODE_ID_SIZE);
	snprintf(why, sizeof why, "node %s seq %" PRIu64 ": %s", id, seq, said);
	tell(replay, what, replay->entries, why);
}

struct link_in_chain {
	const uint8_t *node;
	uint64_t seq;
	const struct hash *event_hash;
	struct bytes stamp;
};

/* Folds one event of a node into its chain. false: it was told, skip it. */
static bool
chain_take(struct replay *replay, const struct link_in_chain *link)
{
	const struct view_node *node =
	    view_node_by_id(replay->view, link->node);
	struct chain *chain;

	if (!node) {
		tell_of_node(replay, REPLAY_DROPPED, link->node, link->seq,
		    "the entry that enrolled this node is missing");
		return false;
	}
	chain = chain_of(replay, node);
	if (link->seq <= chain->mark) {
		tell_of_node(replay, REPLAY_INVALID, link->node, link->seq,
		    "this number was there before");
		return false;
	}
	if (link->seq != chain->mark + 1) {
		tell_of_node(replay, REPLAY_DROPPED, link->node,
		    chain->mark + 1, "this event is missing");
		chain->is_broken = true;
	}
	chain->mark = link->seq;
	chain->head = hash_head(&chain->head, link->event_hash);
	chain->is_open = link->stamp.len == 0;
	if (link->stamp.len > 0 && !chain->is_broken &&
	    !stamp_is_valid(link->stamp.at, node->id, link->seq, &chain->head,
		node->sign_key)) {
		tell_of_node(replay, REPLAY_INVALID, link->node, link->seq,
		    "the stamp is not valid");
		chain->is_broken = true;
	}
	return true;
}

static bool
node_event_is_fine(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	struct hash hash = hash_event(leaf->event);
	struct link_in_chain link = {
	    event->node, event->seq, &hash, leaf->stamp};
	enum reject reject;

	if (!chain_take(replay, &link))
		return false;
	reject = view_check(replay->view, event, leaf->received_at_ms);
	if (reject == REJECT_NONE)
		return true;
	tell_of_node(replay, REPLAY_INVALID, event->node, event->seq,
	    reject_word(reject));
	return false;
}

static bool
refusal_is_fine(struct replay *replay, const struct event_refused *refused)
{
	struct hash hash;
	struct link_in_chain link = {refused->node, refused->seq, &hash, {0}};

	memcpy(hash.at, refused->event_hash, sizeof hash.at);
	if (refused->has_stamp)
		link.stamp = bytes_of(refused->stamp, sizeof refused->stamp);
	return chain_take(replay, &link);
}

static bool
input_is_fine(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	if ((leaf->author == AUTHOR_LOG) != event_is_own(event->kind)) {
		tell(replay, REPLAY_INVALID, replay->entries,
		    "this kind does not fit its author");
		return false;
	}
	if ((event->kind == EVENT_LOG_STARTED) != (replay->entries == 0)) {
		tell(replay, REPLAY_DROPPED, replay->entries,
		    "a log begins with its one LogStarted");
		return false;
	}
	if (leaf->received_at_ms < replay->last_received_ms) {
		tell(replay, REPLAY_INVALID, replay->entries,
		    "received before the entry ahead of it");
		return false;
	}
	if (leaf->author == AUTHOR_NODE)
		return node_event_is_fine(replay, leaf, event);
	if (event->kind == EVENT_REFUSED)
		return refusal_is_fine(replay, &event->refused);
	return true;
}

static void
remember_region(struct replay *replay, const struct log_started *started)
{
	replay->has_region = true;
	text_copy(replay->origin, sizeof replay->origin, started->origin);
	memcpy(replay->log_key, started->log_key, sizeof replay->log_key);
}

static void
take_input(
    struct replay *replay, const struct leaf *leaf, const struct event *event)
{
	struct entry entry;

	compare(replay);
	if (!input_is_fine(replay, leaf, event))
		return;
	if (event->kind == EVENT_LOG_STARTED)
		remember_region(replay, &event->started);
	replay->last_received_ms = leaf->received_at_ms;
	apply(replay, leaf->author, event, &entry);
	decide(replay, &entry);
}

void
replay_take(struct replay *replay, struct bytes bytes)
{
	struct leaf leaf;
	struct event event;
	struct hash hash = hash_leaf(bytes);
	enum reject reject;

	tlog_append(replay->tree, &hash);
	if (leaf_get(&leaf, bytes) != OK) {
		tell(replay, REPLAY_INVALID, replay->entries,
		    "these bytes are no entry");
	} else if ((reject = wire_unpack(replay->wire, leaf.event, &event)) !=
		   REJECT_NONE) {
		tell(replay, REPLAY_INVALID, replay->entries,
		    reject_word(reject));
	} else if (leaf.author == AUTHOR_LOG && event_is_verdict(event.kind)) {
		heap_add(&replay->recorded, leaf.event, replay->entries);
	} else {
		take_input(replay, &leaf, &event);
	}
	replay->entries++;
}

static void
check_size(struct replay *replay, const struct checkpoint *head)
{
	char why[WHY_MAX];

	snprintf(why, sizeof why,
	    "the checkpoint is of %" PRIu64 " entries, here are %" PRIu64,
	    head->size, replay->entries);
	if (replay->entries < head->size)
		tell(replay, REPLAY_DROPPED, replay->entries, why);
	else if (replay->entries > head->size)
		tell(replay, REPLAY_INVALID, head->size, why);
}

void
replay_end(struct replay *replay, const char *checkpoint, size_t checkpoint_len)
{
	struct checkpoint head;
	struct hash root = tlog_root(replay->tree);

	compare(replay);
	for (unsigned i = 0; i < replay->chain_count; i++)
		if (replay->chains[i].is_open)
			tell_of_node(replay, REPLAY_DROPPED,
			    replay->chains[i].node, replay->chains[i].mark + 1,
			    "the stamped end of this batch is missing");
	if (!replay->has_region ||
	    checkpoint_open(&head, checkpoint, checkpoint_len, replay->origin,
		replay->log_key) != OK) {
		tell(replay, REPLAY_INVALID, replay->entries,
		    "the checkpoint is not signed by the key of entry 0");
		return;
	}
	check_size(replay, &head);
	if (replay->entries == head.size && !hash_equal(&root, &head.root))
		tell(replay, REPLAY_INVALID, replay->entries,
		    "the entries do not give the root of the checkpoint");
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
replay_differences(const struct replay *replay)
{
	return replay->differences;
}
