/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A region in a temporary directory, driven by hand: real store, view and
 * judge, no sockets, time as the test says. Nodes are pairs of keys with a
 * chain; what they push is packed, stamped and handed over as it would come
 * from the wire, and every answer is kept. Header only.
 *     struct rig *rig = rig_make();
 *     rig_push_one(rig, &rig->admin, &event);
 *     ... rig_last(rig)->kind == MESSAGE_RECEIPT ...
 *     rig_free(rig);
 */
#ifndef TESTS_SUPPORT_REGION_RIG_H
#define TESTS_SUPPORT_REGION_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/region.h"
#include "aggregator/store.h"
#include "aggregator/verbs.h"
#include "model/wire.h"
#include "node/keys.h"
#include "tests/support/temp_dir.h"
#include "trust/note.h"

#define RIG_WILAYAH "73.04"
#define RIG_DISTRICT "73.04.01"
#define RIG_UNIT "U001"
#define RIG_CAMPAIGN "IKRAR-2024"

enum {
	RIG_ANSWERS_MAX = 256,
	RIG_KIND_COLLECTOR = 1,
	RIG_KIND_ADMIN = 2,
	RIG_KIND_NOTIFIER = 4,
	RIG_KIND_FOLLOWER = 5,
};

/* 2024-09-22 00:00 UTC; due, grace end and lock of the campaign. */
static const uint64_t rig_start_ms = 1726963200000;
static const uint64_t rig_day_ms = 86400000;

struct rig_node {
	struct node_keys keys;
	char wilayah[WILAYAH_MAX];
	uint64_t seq; /* of the last event */
	struct hash head;
	uint64_t seen_size;
	struct link_route route;
};

/* What is being pushed. */
struct rig_batch {
	struct push push;
	size_t len;
	uint8_t body[LINK_FRAME_MAX];
	size_t last_len;
	uint8_t last[EVENT_MAX];
};

struct rig_answer {
	struct link_route route;
	bool is_join;
	size_t len, body_len;
	bool has_body;
	uint8_t frame[LINK_FRAME_MAX];
	uint8_t body[LINK_FRAME_MAX];
};

struct rig {
	char *dir;
	struct home_keys keys;
	struct region *region;
	struct rig_node admin;
	uint64_t now_ms, monotonic_ms;
	unsigned disk_busy_percent;
	bool guards_clock;
	uint64_t boot_ms;
	struct worker *worker; /* NULL: none */
	struct message_codec *codec;
	struct message message;
	uint8_t next_route;
	unsigned answer_count;
	struct rig_answer answers[RIG_ANSWERS_MAX];
	struct rig_batch batch;
};

static inline bool
rig_keep(struct rig *rig, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	struct rig_answer *answer =
	    &rig->answers[rig->answer_count++ % RIG_ANSWERS_MAX];

	answer->route = *route;
	answer->len = frames[0].len;
	memcpy(answer->frame, frames[0].at, frames[0].len);
	answer->has_body = frame_count == 2;
	answer->body_len = answer->has_body ? frames[1].len : 0;
	if (answer->body_len > 0)
		memcpy(answer->body, frames[1].at, answer->body_len);
	return true;
}

static inline bool
rig_on_send(void *context, const struct link_route *route,
    const struct bytes *frames, unsigned frame_count)
{
	return rig_keep(context, route, frames, frame_count);
}

static inline struct moment
rig_moment(const struct rig *rig)
{
	return (struct moment){.now_ms = rig->now_ms,
	    .monotonic_ms = rig->monotonic_ms,
	    .boot_ms = rig->boot_ms};
}

static inline uint64_t
rig_counter(const struct rig *rig, unsigned counter)
{
	return stat_get(region_stat(rig->region), counter);
}

/* Opens the region in rig->dir, as a start of the daemon does. */
static inline enum err
rig_open(struct rig *rig)
{
	return region_open(
	    &rig->region, &(struct region_options){.dir = rig->dir,
			      .log_key = &rig->keys.log,
			      .send = rig_on_send,
			      .send_join = rig_on_send,
			      .context = rig,
			      .worker = rig->worker,
			      .guards_clock = rig->guards_clock,
			      .disk_busy_percent = rig->disk_busy_percent,
			      .disk_stop_percent = 101});
}

static inline void
rig_restart(struct rig *rig)
{
	region_close(rig->region);
	CHECK(rig_open(rig) == OK);
}

static inline void
rig_node_init(struct rig *rig, struct rig_node *node, const char *wilayah)
{
	*node = (struct rig_node){.route = {.len = 1}};
	node->route.at[0] = rig->next_route++;
	(void)text_copy(node->wilayah, sizeof node->wilayah, wilayah);
}

static inline void
rig_run_init(const char *dir)
{
	char verb[] = "init", dir_option[] = "--dir", way[] = "--wilayah";
	char code[] = RIG_WILAYAH;
	char *path = xstrdup(dir);
	char *argv[] = {verb, dir_option, path, way, code, NULL};

	CHECK(verb_init(5, argv) == 0);
	free(path);
}

static inline struct rig *
rig_make(void)
{
	struct rig *rig = xcalloc(1, sizeof *rig);
	uint64_t wall_ms;
	char *admin;

	rig->dir = temp_dir_make();
	/* The genesis carries the wall clock; the log's time goes on from
	 * there or from rig_start_ms, whichever is later. */
	CHECK(loop_clock_ms(NULL, &wall_ms) == OK);
	rig->now_ms = wall_ms > rig_start_ms ? wall_ms : rig_start_ms;
	rig->monotonic_ms = 1000000;
	rig->disk_busy_percent = 101;
	rig->codec = message_codec_new();
	rig_run_init(rig->dir);
	CHECK(home_keys_load(&rig->keys, rig->dir) == OK);
	rig_node_init(rig, &rig->admin, RIG_WILAYAH);
	admin = temp_dir_path(rig->dir, "admin");
	CHECK(node_keys_load(&rig->admin.keys, admin) == OK);
	rig->admin.head = hash_node(rig->admin.keys.sign.public_key);
	free(admin);
	CHECK(rig_open(rig) == OK);
	rig->now_ms += 1000;
	return rig;
}

static inline void
rig_free(struct rig *rig)
{
	region_close(rig->region);
	message_codec_free(rig->codec);
	temp_dir_remove(rig->dir);
	free(rig);
}

/* ---- answers */

static inline struct rig_answer *
rig_answer(struct rig *rig, unsigned n)
{
	CHECK(
	    n < rig->answer_count && rig->answer_count - n <= RIG_ANSWERS_MAX);
	return &rig->answers[n % RIG_ANSWERS_MAX];
}

/* Decoded; lives until the next. */
static inline const struct message *
rig_message(struct rig *rig, unsigned n)
{
	const struct rig_answer *answer = rig_answer(rig, n);

	CHECK(message_from_region_get(rig->codec,
		  bytes_of(answer->frame, answer->len), &rig->message) == OK);
	return &rig->message;
}

static inline const struct message *
rig_last(struct rig *rig)
{
	return rig_message(rig, rig->answer_count - 1);
}

/* The word of the last answer, or REJECT_COUNT if it is no refusal. */
static inline enum reject
rig_last_word(struct rig *rig)
{
	const struct message *message = rig_last(rig);

	return message->kind == MESSAGE_REFUSAL ? message->refusal.word
						: REJECT_COUNT;
}

/* ---- messages in */

static inline void
rig_turn_end(struct rig *rig)
{
	struct moment moment = rig_moment(rig);

	region_turn_end(rig->region, &moment);
}

static inline void
rig_hand_over(struct rig *rig, const struct rig_node *node,
    const struct bytes *frames, unsigned frame_count)
{
	struct moment moment = rig_moment(rig);

	region_message(rig->region,
	    &(struct request){.key = node->keys.link.public_key,
		.route = &node->route,
		.frames = frames,
		.frame_count = frame_count},
	    &moment);
}

/* One message in a turn of its own. */
static inline void
rig_say(
    struct rig *rig, const struct rig_node *node, const struct message *message)
{
	uint8_t at[4096];
	size_t len = message_put(message, at, sizeof at);
	struct bytes frame = bytes_of(at, len);

	CHECK(len > 0);
	rig_hand_over(rig, node, &frame, 1);
	rig_turn_end(rig);
}

static inline void
rig_clock(struct rig *rig)
{
	struct moment moment = rig_moment(rig);

	region_clock(rig->region, &moment);
}

/* ---- batches */

static inline void
rig_batch_start(struct rig_batch *batch, const struct rig_node *node)
{
	batch->push = (struct push){.first_seq = node->seq + 1};
	memcpy(batch->push.node, node->keys.id, NODE_ID_SIZE);
	batch->len = 0;
	batch->last_len = 0;
}

/* Any bytes as the next event of the chain. */
static inline void
rig_batch_add_bytes(
    struct rig_batch *batch, struct rig_node *node, struct bytes bytes)
{
	struct hash hash = hash_event(bytes);

	batch->len =
	    push_body_add(batch->body, batch->len, sizeof batch->body, bytes);
	batch->push.count++;
	node->seq++;
	node->head = hash_head(&node->head, &hash);
	CHECK(bytes.len <= sizeof batch->last);
	memcpy(batch->last, bytes.at, bytes.len);
	batch->last_len = bytes.len;
}

/* Fills the envelope of the next event of the node. */
static inline void
rig_envelope(
    const struct rig *rig, const struct rig_node *node, struct event *event)
{
	event->version = EVENT_VERSION;
	memcpy(event->node, node->keys.id, NODE_ID_SIZE);
	event->seq = node->seq + 1;
	event->recorded_at_ms = rig->now_ms;
	memcpy(event->wilayah, node->wilayah, sizeof event->wilayah);
	event->seen_epoch = node->seen_size > 0 ? 1 : 0;
	event->seen_size = node->seen_size;
}

static inline void
rig_batch_add(struct rig *rig, struct rig_node *node, struct event *event)
{
	uint8_t at[EVENT_MAX];
	size_t len;

	rig_envelope(rig, node, event);
	len = wire_pack(event, at, sizeof at);
	CHECK(len > 0);
	rig_batch_add_bytes(&rig->batch, node, bytes_of(at, len));
}

static inline void
rig_batch_stamp(struct rig_batch *batch, const struct rig_node *node)
{
	struct hash seen_root = {0};

	stamp_make(batch->push.stamp, node->keys.id, node->seq, &node->head,
	    &seen_root, &node->keys.sign);
}

/* Hands the batch over as it is; the turn stays open. */
static inline void
rig_batch_hand_over(struct rig *rig, const struct rig_node *node)
{
	struct message message = {
	    .kind = MESSAGE_PUSH, .push = rig->batch.push};
	uint8_t at[1024];
	size_t len = message_put(&message, at, sizeof at);
	struct bytes frames[2] = {
	    bytes_of(at, len), bytes_of(rig->batch.body, rig->batch.len)};

	CHECK(len > 0);
	rig_hand_over(rig, node, frames, 2);
}

static inline void
rig_batch_push(struct rig *rig, const struct rig_node *node)
{
	rig_batch_hand_over(rig, node);
	rig_turn_end(rig);
}

/* One event, stamped and pushed in a turn of its own. */
static inline void
rig_push_one(struct rig *rig, struct rig_node *node, struct event *event)
{
	rig_batch_start(&rig->batch, node);
	rig_batch_add(rig, node, event);
	rig_batch_stamp(&rig->batch, node);
	rig_batch_push(rig, node);
}

/* The same for bytes as they are. */
static inline void
rig_push_bytes(struct rig *rig, struct rig_node *node, struct bytes bytes)
{
	rig_batch_start(&rig->batch, node);
	rig_batch_add_bytes(&rig->batch, node, bytes);
	rig_batch_stamp(&rig->batch, node);
	rig_batch_push(rig, node);
}

/* The word for the last event of the last receipt; REJECT_NONE: taken. */
static inline enum reject
rig_event_word(struct rig *rig)
{
	const struct message *message = rig_last(rig);
	const struct receipt *receipt = &message->receipt;

	CHECK(message->kind == MESSAGE_RECEIPT);
	for (uint32_t i = 0; i < receipt->refused_count; i++)
		if (receipt->refused[i].seq == receipt->have)
			return receipt->refused[i].word;
	return REJECT_NONE;
}

/* As docs/protocol.md tells a node to check it: the last batch's receipt. */
static inline bool
rig_receipt_is_valid(struct rig *rig, const struct rig_node *node)
{
	const struct receipt *receipt = &rig_last(rig)->receipt;
	const char *origin = view_region(region_view(rig->region))->origin;
	struct leaf leaf = {.author = AUTHOR_NODE,
	    .received_at_ms = receipt->received_at_ms,
	    .event = bytes_of(rig->batch.last, rig->batch.last_len),
	    .stamp = bytes_of(rig->batch.push.stamp, EVENT_STAMP_SIZE)};
	uint8_t at[ENTRY_MAX];
	struct checkpoint head;
	struct tlog_proof proof = {0};
	struct hash hash;

	if (rig->message.kind != MESSAGE_RECEIPT ||
	    checkpoint_open(&head, receipt->checkpoint,
		strlen(receipt->checkpoint), origin,
		rig->keys.log.public_key) != OK ||
	    receipt->have != node->seq ||
	    memcmp(receipt->head, node->head.at, HASH_SIZE) != 0)
		return false;
	if (receipt->refusal_event.len > 0)
		leaf = (struct leaf){.author = AUTHOR_LOG,
		    .received_at_ms = receipt->received_at_ms,
		    .event = receipt->refusal_event};
	leaf_put(at, &leaf);
	hash = hash_leaf(bytes_of(at, leaf_size(&leaf)));
	proof.count = (unsigned)(receipt->inclusion.len / HASH_SIZE);
	memcpy(proof.at, receipt->inclusion.at, receipt->inclusion.len);
	return tlog_inclusion_is_valid(
	    &proof, receipt->index, head.size, &hash, &head.root);
}

/* ---- events */

static inline struct hash
rig_rows_hash(const uint8_t *rows, size_t len)
{
	return hash_bytes(bytes_of(rows, len));
}

static inline void
rig_push_units(struct rig *rig, uint32_t version, const struct unit_row *rows,
    unsigned count)
{
	static uint8_t packed[EVENT_MAX];
	struct event event = {.kind = EVENT_ROSTER_CHANGED,
	    .roster = {.part = {.version = version, .part = 1, .parts = 1},
		.row_count = count,
		.rows = rows}};
	size_t len = 0;
	struct hash hash;

	for (unsigned i = 0; i < count; i++)
		len += wire_pack_unit_row(
		    &rows[i], packed + len, sizeof packed - len);
	hash = rig_rows_hash(packed, len);
	memcpy(event.roster.part.sha256, hash.at, HASH_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	CHECK(rig_event_word(rig) == REJECT_NONE);
}

/* Units U001.. in RIG_DISTRICT, one event. */
static inline void
rig_push_roster(struct rig *rig, uint32_t version, unsigned count)
{
	static struct unit_row rows[EVENT_ROWS_MAX];

	for (unsigned i = 0; i < count; i++) {
		rows[i] = (struct unit_row){
		    .kind = 9, .wilayah = RIG_DISTRICT, .heads = {10, 2, 1}};
		snprintf(rows[i].code, sizeof rows[i].code, "U%03u", i + 1);
		snprintf(rows[i].name, sizeof rows[i].name, "Desa %u", i + 1);
	}
	rig_push_units(rig, version, rows, count);
}

/* Due in one day, grace end in two, lock in ten. */
static inline void
rig_push_campaign(struct rig *rig)
{
	struct campaign_row row = {.id = RIG_CAMPAIGN,
	    .name = "Ikrar Netralitas",
	    .due_ms = rig->now_ms + rig_day_ms,
	    .grace_end_ms = rig->now_ms + 2 * rig_day_ms,
	    .lock_ms = rig->now_ms + 10 * rig_day_ms};
	struct event event = {.kind = EVENT_CAMPAIGN_CHANGED,
	    .campaign = {.part = {.version = 1, .part = 1, .parts = 1},
		.row_count = 1,
		.rows = &row}};
	uint8_t packed[512];
	struct hash hash = rig_rows_hash(
	    packed, wire_pack_campaign_row(&row, packed, sizeof packed));

	memcpy(event.campaign.part.sha256, hash.at, HASH_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	CHECK(rig_event_word(rig) == REJECT_NONE);
}

/* One unsigned_units rule: any unit unsigned at grace end. */
static inline void
rig_push_rules(struct rig *rig)
{
	struct rule_row row = {.id = "BELUM-IKRAR",
	    .kind = RULE_UNSIGNED_UNITS_1,
	    .tell = 2,
	    .unsigned_units = {.campaign = RIG_CAMPAIGN,
		.scope = 2,
		.min_units = 1,
		.counts = 1,
		.mark_count = 1,
		.at = {{.anchor = 2}},
		.settle_ms = 7200000}};
	struct event event = {.kind = EVENT_RULES_CHANGED,
	    .rules = {.part = {.version = 1, .part = 1, .parts = 1},
		.row_count = 1,
		.rows = &row}};
	uint8_t packed[512];
	struct hash hash = rig_rows_hash(
	    packed, wire_pack_rule_row(&row, packed, sizeof packed));

	memcpy(event.rules.part.sha256, hash.at, HASH_SIZE);
	rig_push_one(rig, &rig->admin, &event);
	CHECK(rig_event_word(rig) == REJECT_NONE);
}

static inline struct event
rig_pledge(const struct rig *rig, const char *unit)
{
	struct event event = {.kind = EVENT_PLEDGE_MADE,
	    .pledge = {.campaign = RIG_CAMPAIGN,
		.act = 1,
		.form = 2,
		.points = 15,
		.template = "SKB-2022",
		.made_at_ms = rig->now_ms,
		.counts = {{.is_set = true, .present = 10, .signatures = 10}}}};

	(void)text_copy(event.pledge.unit, sizeof event.pledge.unit, unit);
	memset(event.pledge.ceremony, 7, sizeof event.pledge.ceremony);
	memset(event.pledge.template_sha256, 9,
	    sizeof event.pledge.template_sha256);
	return event;
}

static inline struct event
rig_reported(void)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};

	(void)text_copy(event.software, sizeof event.software, "rig/1");
	return event;
}

/* ---- joining */

static inline void
rig_code(uint8_t code[EVENT_HASH_SIZE], uint8_t n)
{
	memset(code, n, EVENT_HASH_SIZE);
}

static inline void
rig_invite(struct rig *rig, uint8_t code, uint32_t kind, const char *wilayah,
    bool confirm)
{
	struct event event = {.kind = EVENT_NODE_INVITED,
	    .invited = {.kind = kind,
		.expires_ms = rig->now_ms + rig_day_ms,
		.confirm = confirm}};

	rig_code(event.invited.code_sha256, code);
	(void)text_copy(
	    event.invited.wilayah, sizeof event.invited.wilayah, wilayah);
	rig_push_one(rig, &rig->admin, &event);
	CHECK(rig_event_word(rig) == REJECT_NONE);
}

static inline struct join
rig_join_of(const struct rig_node *node, uint8_t code)
{
	struct join join = {.software = "rig/1"};
	struct bytes parts[] = {bytes_of_text("ikrar/join/1\n"),
	    bytes_of(join.code_sha256, sizeof join.code_sha256),
	    bytes_of(join.link_key, sizeof join.link_key)};

	rig_code(join.code_sha256, code);
	memcpy(join.sign_key, node->keys.sign.public_key, SIGN_KEY_SIZE);
	memcpy(join.link_key, node->keys.link.public_key, LINK_KEY_SIZE);
	sign_parts(join.proof, parts, 3, &node->keys.sign);
	return join;
}

static inline void
rig_knock(struct rig *rig, const struct rig_node *node, const struct join *join)
{
	struct message message = {.kind = MESSAGE_JOIN, .join = *join};
	struct moment moment = rig_moment(rig);
	uint8_t at[JOIN_MAX];
	struct bytes frame = bytes_of(at, message_put(&message, at, JOIN_MAX));

	region_join(rig->region,
	    &(struct request){.key = node->keys.link.public_key,
		.route = &node->route,
		.frames = &frame,
		.frame_count = 1},
	    &moment);
	region_turn_end(rig->region, &moment);
}

/* Invited, with new keys, joined. The clock of joins moves on a second. */
static inline void
rig_enrol(struct rig *rig, struct rig_node *node, uint8_t code, uint32_t kind)
{
	struct join join;
	const char *wilayah =
	    kind == RIG_KIND_COLLECTOR ? RIG_DISTRICT : RIG_WILAYAH;

	rig_node_init(rig, node, wilayah);
	node_keys_make(&node->keys);
	node->head = hash_node(node->keys.sign.public_key);
	rig_invite(rig, code, kind, wilayah, false);
	join = rig_join_of(node, code);
	rig->monotonic_ms += 1000;
	rig_knock(rig, node, &join);
	CHECK(rig_last(rig)->kind == MESSAGE_JOINED);
}

/* Roster, campaign and one collector. */
static inline void
rig_furnish(struct rig *rig, struct rig_node *collector)
{
	rig_push_roster(rig, 1, 20);
	rig_push_campaign(rig);
	rig_enrol(rig, collector, 1, RIG_KIND_COLLECTOR);
}

/* Has seen all that there is. */
static inline void
rig_see(struct rig *rig, struct rig_node *node)
{
	node->seen_size = view_size(region_view(rig->region));
}

/* ---- the log */

static inline void
rig_entry(struct rig *rig, uint64_t index, struct stored *stored)
{
	CHECK(store_entry(region_store(rig->region), index, stored) == OK);
}

static inline uint64_t
rig_size(const struct rig *rig)
{
	return view_size(region_view(rig->region));
}

#endif
