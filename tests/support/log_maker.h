/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region's log with everything that can be proven: nodes with keys of their
 * own that were invited and enrolled, chains, stamps that name the head they
 * have seen, verdicts behind their causes. It is what an honest region would
 * have written; each leaf goes to `sink`.
 */
#ifndef TESTS_SUPPORT_LOG_MAKER_H
#define TESTS_SUPPORT_LOG_MAKER_H

#include "tests/support/log_builder.h"
#include "trust/sign.h"
#include "trust/tlog.h"

enum { MAKER_NODES_MAX = 64, MAKER_EXPIRES_DAYS = 3650 };

struct maker_node {
	struct sign_keys keys;
	uint8_t id[NODE_ID_SIZE];
	char wilayah[WILAYAH_MAX];
	uint64_t seq;
	struct hash head;
	uint64_t seen;
	struct hash seen_root;
};

struct maker {
	struct view *view;
	struct judge *judge;
	struct wire *wire, *verdict_wire;
	uint64_t now_ms;
	char origin[ORIGIN_MAX], wilayah[WILAYAH_MAX];
	struct sign_keys log_keys;
	struct maker_node nodes[MAKER_NODES_MAX]; /* 0: the first admin */
	unsigned node_count;
	uint32_t roster_version, campaign_version, rules_version;
	struct tlog *tlog;
	void (*sink)(void *context, struct bytes leaf);
	void *context;
	uint8_t packed[EVENT_MAX];
	uint8_t leaf[ENTRY_MAX];
};

static inline void
maker_keys(struct sign_keys *keys, unsigned n)
{
	uint8_t seed[SIGN_SEED_SIZE] = {0x5e};

	be32_put(seed + 1, n);
	sign_keys_make(keys, seed);
}

static inline void
maker_forget_tile(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	(void)context, (void)level, (void)n, (void)hashes;
}

/* The leaf of these packed bytes, and the entry to apply. */
static inline void
maker_append(struct maker *maker, const struct leaf *leaf, struct wire *wire)
{
	struct event event;
	struct entry entry = {.index = view_size(maker->view),
	    .author = leaf->author,
	    .received_at_ms = maker->now_ms,
	    .event = &event};
	struct bytes bytes = bytes_of(maker->leaf, leaf_size(leaf));
	enum reject word = wire_unpack(wire, leaf->event, &event);
	struct hash hash;

	story_must(word == REJECT_NONE, __func__, reject_word(word));
	leaf_put(maker->leaf, leaf);
	hash = hash_leaf(bytes);
	tlog_append(maker->tlog, &hash);
	maker->sink(maker->context, bytes);
	view_apply(maker->view, &entry);
	if (event_is_verdict(event.kind))
		return;
	judge_start(maker->judge, maker->view, &entry);
	for (struct event verdict;
	     judge_next(maker->judge, maker->view, &verdict);) {
		static uint8_t packed[EVENT_MAX];
		struct leaf own = {.author = AUTHOR_LOG,
		    .received_at_ms = maker->now_ms,
		    .event = bytes_of(
			packed, wire_pack(&verdict, packed, sizeof packed))};

		maker_append(maker, &own, maker->verdict_wire);
	}
}

static inline void
maker_own(struct maker *maker, struct event *event)
{
	struct leaf leaf = {
	    .author = AUTHOR_LOG, .received_at_ms = maker->now_ms};

	event->version = EVENT_VERSION;
	event->recorded_at_ms = maker->now_ms;
	(void)text_copy(event->wilayah, WILAYAH_MAX, maker->wilayah);
	leaf.event = bytes_of(maker->packed,
	    wire_pack(event, maker->packed, sizeof maker->packed));
	maker_append(maker, &leaf, maker->wire);
}

/* As the aggregator: a turn at this time, with a Ticked if one is due. */
static inline void
maker_turn(struct maker *maker, uint64_t now_ms)
{
	struct event event = {.kind = EVENT_TICKED, .until_ms = now_ms};

	maker->now_ms = now_ms;
	if (view_next_due_ms(maker->view) <= now_ms)
		maker_own(maker, &event);
}

/* The node hears of the head as it is now. */
static inline void
maker_sync(struct maker *maker, unsigned n)
{
	maker->nodes[n].seen = tlog_size(maker->tlog);
	maker->nodes[n].seen_root = tlog_root(maker->tlog);
}

/* Packs the next event of the node and folds it into its chain. */
static inline struct hash
maker_frame(struct maker *maker, unsigned n, struct event *event, size_t *len)
{
	struct maker_node *node = &maker->nodes[n];
	struct hash hash;

	event->version = EVENT_VERSION;
	memcpy(event->node, node->id, NODE_ID_SIZE);
	event->seq = ++node->seq;
	event->recorded_at_ms = maker->now_ms;
	(void)text_copy(event->wilayah, WILAYAH_MAX, node->wilayah);
	event->seen_epoch = node->seen > 0 ? 1 : 0;
	event->seen_size = node->seen;
	*len = wire_pack(event, maker->packed, sizeof maker->packed);
	story_must(*len > 0, event_kind_name(event->kind), "does not fit");
	hash = hash_event(bytes_of(maker->packed, *len));
	node->head = hash_head(&node->head, &hash);
	return hash;
}

static inline void
maker_take(
    struct maker *maker, unsigned n, struct event *event, bool is_stamped)
{
	struct maker_node *node = &maker->nodes[n];
	struct leaf leaf = {
	    .author = AUTHOR_NODE, .received_at_ms = maker->now_ms};
	uint8_t stamp[STAMP_SIZE];
	enum reject word;
	size_t len;

	(void)maker_frame(maker, n, event, &len);
	word = view_check(maker->view, event, maker->now_ms);
	story_must(word == REJECT_NONE, event_kind_name(event->kind),
	    reject_word(word));
	leaf.event = bytes_of(maker->packed, len);
	if (is_stamped) {
		stamp_make(stamp, node->id, node->seq, &node->head,
		    &node->seen_root, &node->keys);
		leaf.stamp = bytes_of(stamp, sizeof stamp);
	}
	maker_append(maker, &leaf, maker->wire);
}

/* An event that the region refuses, stamped. */
static inline void
maker_refuse(
    struct maker *maker, unsigned n, struct event *event, enum reject word)
{
	struct maker_node *node = &maker->nodes[n];
	struct event own = {.kind = EVENT_REFUSED};
	size_t len;
	struct hash hash = maker_frame(maker, n, event, &len);

	memcpy(own.refused.node, node->id, NODE_ID_SIZE);
	memcpy(own.refused.event_hash, hash.at, HASH_SIZE);
	own.refused.seq = node->seq;
	own.refused.word = word;
	own.refused.has_stamp = true;
	stamp_make(own.refused.stamp, node->id, node->seq, &node->head,
	    &node->seen_root, &node->keys);
	maker_own(maker, &own);
}

static inline struct maker_node *
maker_node_add(struct maker *maker, const char *wilayah)
{
	unsigned n = maker->node_count++;
	struct maker_node *node = &maker->nodes[n];

	CHECK(n < MAKER_NODES_MAX);
	maker_keys(&node->keys, n + 1);
	node->head = hash_node(node->keys.public_key);
	memcpy(node->id, node->head.at, NODE_ID_SIZE);
	(void)text_copy(node->wilayah, WILAYAH_MAX, wilayah);
	return node;
}

static inline unsigned
maker_enrol(struct maker *maker, uint32_t kind, const char *wilayah)
{
	unsigned n = maker->node_count;
	struct maker_node *node = maker_node_add(maker, wilayah);
	struct event invited = {.kind = EVENT_NODE_INVITED};
	struct event enrolled = {.kind = EVENT_NODE_ENROLLED};

	memset(invited.invited.code_sha256, (int)n, HASH_SIZE);
	invited.invited.kind = kind;
	(void)text_copy(invited.invited.wilayah, WILAYAH_MAX, wilayah);
	invited.invited.expires_ms =
	    maker->now_ms + (uint64_t)MAKER_EXPIRES_DAYS * STORY_DAY;
	maker_take(maker, 0, &invited, true);
	memcpy(enrolled.enrolled.node, node->id, NODE_ID_SIZE);
	enrolled.enrolled.kind = kind;
	(void)text_copy(enrolled.enrolled.wilayah, WILAYAH_MAX, wilayah);
	memcpy(enrolled.enrolled.sign_key, node->keys.public_key, 32);
	memset(enrolled.enrolled.link_key, 0x80 + (int)n, 32);
	memset(enrolled.enrolled.code_sha256, (int)n, HASH_SIZE);
	maker_own(maker, &enrolled);
	return n;
}

static inline struct maker *
maker_new(const char *wilayah, void (*sink)(void *context, struct bytes leaf),
    void *context)
{
	struct maker *maker = xcalloc(1, sizeof *maker);
	struct event event = {.kind = EVENT_LOG_STARTED};
	struct tlog_tiles tiles = {maker_forget_tile, NULL, NULL};

	maker->view = view_new();
	maker->judge = judge_new();
	maker->wire = wire_new();
	maker->verdict_wire = wire_new();
	maker->tlog = tlog_new(&tiles);
	maker->now_ms = STORY_START;
	maker->sink = sink;
	maker->context = context;
	(void)text_copy(maker->wilayah, WILAYAH_MAX, wilayah);
	(void)snprintf(maker->origin, ORIGIN_MAX, "ikrar/%s/1", wilayah);
	maker_keys(&maker->log_keys, 0);
	(void)maker_node_add(maker, wilayah);
	(void)text_copy(event.started.origin, ORIGIN_MAX, maker->origin);
	(void)text_copy(event.started.wilayah, WILAYAH_MAX, wilayah);
	memcpy(event.started.log_key, maker->log_keys.public_key, 32);
	memcpy(
	    event.started.admin_sign_key, maker->nodes[0].keys.public_key, 32);
	memset(event.started.admin_link_key, 0x80, 32);
	maker_own(maker, &event);
	return maker;
}

static inline void
maker_free(struct maker *maker)
{
	tlog_free(maker->tlog);
	wire_free(maker->verdict_wire);
	wire_free(maker->wire);
	judge_free(maker->judge);
	view_free(maker->view);
	free(maker);
}

/* ---- texts in parts, by the admin */

typedef size_t (*maker_pack_fn)(const void *rows, uint32_t i, uint8_t at[2048]);

static inline size_t
maker_pack_unit(const void *rows, uint32_t i, uint8_t at[2048])
{
	return wire_pack_unit_row((const struct unit_row *)rows + i, at, 2048);
}

static inline size_t
maker_pack_campaign(const void *rows, uint32_t i, uint8_t at[2048])
{
	return wire_pack_campaign_row(
	    (const struct campaign_row *)rows + i, at, 2048);
}

static inline size_t
maker_pack_rule(const void *rows, uint32_t i, uint8_t at[2048])
{
	return wire_pack_rule_row((const struct rule_row *)rows + i, at, 2048);
}

static inline void
maker_sum(
    struct part *part, const void *rows, uint32_t count, maker_pack_fn pack)
{
	struct hasher *hasher = hasher_new();
	struct hash hash;
	uint8_t at[2048];

	for (uint32_t i = 0; i < count; i++)
		hasher_add(hasher, bytes_of(at, pack(rows, i, at)));
	hash = hasher_end(hasher);
	hasher_free(hasher);
	memcpy(part->sha256, hash.at, HASH_SIZE);
}

static inline void
maker_roster(struct maker *maker, const struct unit_row *rows, uint32_t count)
{
	struct event event = {.kind = EVENT_ROSTER_CHANGED};
	struct part *part = &event.roster.part;

	maker_sum(part, rows, count, maker_pack_unit);
	part->version = ++maker->roster_version;
	part->parts = (count + EVENT_ROWS_MAX - 1) / EVENT_ROWS_MAX;
	for (part->part = 1; part->part <= part->parts; part->part++) {
		uint32_t first = (part->part - 1) * EVENT_ROWS_MAX;

		event.roster.rows = rows + first;
		event.roster.row_count = count - first < EVENT_ROWS_MAX
					     ? count - first
					     : EVENT_ROWS_MAX;
		maker_take(maker, 0, &event, true);
	}
}

static inline void
maker_campaign(struct maker *maker, const struct campaign_row *row)
{
	struct event event = {.kind = EVENT_CAMPAIGN_CHANGED};

	event.campaign.part = (struct part){
	    .version = ++maker->campaign_version, .part = 1, .parts = 1};
	maker_sum(&event.campaign.part, row, 1, maker_pack_campaign);
	event.campaign.rows = row;
	event.campaign.row_count = 1;
	maker_take(maker, 0, &event, true);
}

static inline void
maker_rules(struct maker *maker, const struct rule_row *rows, uint32_t count)
{
	struct event event = {.kind = EVENT_RULES_CHANGED};

	event.rules.part = (struct part){
	    .version = ++maker->rules_version, .part = 1, .parts = 1};
	maker_sum(&event.rules.part, rows, count, maker_pack_rule);
	event.rules.rows = rows;
	event.rules.row_count = count;
	maker_take(maker, 0, &event, true);
}

static inline void
maker_report(struct maker *maker, unsigned n)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	maker_sync(maker, n);
	(void)text_copy(event.software, SOFTWARE_MAX, "test");
	maker_take(maker, n, &event, true);
}

#endif
