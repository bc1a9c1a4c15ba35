/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/region.h"

#include "trust/seal.h"

#include <stdlib.h>
#include <string.h>

enum { FRAME_MAX = 65535, RECEIVED_MS = 1700000100 };

/* ---- the log */

static void
tile_full(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	struct region *region = context;
	struct region_tile *tile = &region->tiles[region->tile_count++];

	CHECK(region->tile_count < REGION_TILES_MAX);
	tile->level = level;
	tile->n = n;
	memcpy(tile->hashes, hashes, sizeof tile->hashes);
}

static enum err
tile_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	const struct region *region = context;

	for (unsigned i = 0; i < region->tile_count; i++) {
		const struct region_tile *tile = &region->tiles[i];

		if (tile->level != level || tile->n != n)
			continue;
		memcpy(hashes, tile->hashes, sizeof tile->hashes);
		return OK;
	}
	return ERR_NOTFOUND;
}

static void
make_tree(struct region *region)
{
	const struct tlog_tiles tiles = {tile_full, tile_read, region};

	tlog_free(region->tlog);
	region->tile_count = 0;
	region->tlog = tlog_new(&tiles);
}

static uint64_t
append(struct region *region, const struct leaf *leaf)
{
	size_t len = leaf_size(leaf);
	uint8_t *at = xcalloc(1, len);
	struct hash hash;

	leaf_put(at, leaf);
	if (region->leaf_count == region->leaf_cap) {
		region->leaf_cap = region->leaf_cap * 2 + 64;
		region->leaves = xrealloc(
		    region->leaves, region->leaf_cap, sizeof *region->leaves);
	}
	region->leaves[region->leaf_count++] = bytes_of(at, len);
	hash = hash_leaf(bytes_of(at, len));
	tlog_append(region->tlog, &hash);
	return region->leaf_count - 1;
}

static struct bytes
leaf_event(const struct region *region, uint64_t index)
{
	struct leaf leaf = {0};

	CHECK(leaf_get(&leaf, region->leaves[index]) == OK);
	return leaf.event;
}

static uint64_t
append_own(struct region *region, const struct event *event)
{
	uint8_t packed[1024];
	size_t len = wire_pack(event, packed, sizeof packed);
	struct leaf leaf = {.author = AUTHOR_LOG,
	    .received_at_ms = RECEIVED_MS,
	    .event = bytes_of(packed, len)};

	CHECK(len > 0);
	return append(region, &leaf);
}

void
region_tick(struct region *region)
{
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_TICKED,
	    .recorded_at_ms = RECEIVED_MS,
	    .wilayah = "73.04",
	    .until_ms = RECEIVED_MS};

	(void)append_own(region, &event);
}

/* What goes with a checkpoint: where it comes from, with the proof. */
struct from {
	uint64_t *size;
	struct bytes *proof;
};

static void
put_from(struct region *region, uint64_t size, const struct from *from)
{
	uint64_t told = region->told;

	region->told = region->forgets_always ? 1 : size;
	if (told == 0 || told > size || region->no_proofs)
		return;
	*from->size = told;
	region->proof.count = 0;
	if (told < size)
		CHECK(tlog_prove_consistency(
			  region->tlog, told, size, &region->proof) == OK);
	if (region->lie == LIE_PROOF)
		region->proof.at[0].at[9] ^= 1;
	*from->proof =
	    bytes_of(region->proof.at, (size_t)region->proof.count * HASH_SIZE);
}

static void
put_checkpoint(
    struct region *region, char text[CHECKPOINT_MAX], const struct from *from)
{
	struct checkpoint head = {
	    .size = tlog_size(region->tlog), .root = tlog_root(region->tlog)};
	char signed_text[NOTE_CHECKPOINT_MAX];

	CHECK(
	    text_copy(head.origin, sizeof head.origin, region->joined.origin));
	if (region->lie == LIE_ROOT)
		head.root.at[5] ^= 1;
	checkpoint_sign(signed_text, &head,
	    region->lie == LIE_CHECKPOINT ? &region->other_key
					  : &region->log_key);
	CHECK(text_copy(text, CHECKPOINT_MAX, signed_text));
	put_from(region, head.size, from);
}

/* ---- out */

static void
say(struct region *region, const struct link_route *route,
    const struct message *message, const struct bytes *body)
{
	uint8_t *header = xcalloc(1, FRAME_MAX);
	size_t len = message_put(message, header, FRAME_MAX);
	struct bytes frames[2] = {bytes_of(header, len)};

	CHECK(len > 0);
	if (body != NULL)
		frames[1] = *body;
	if (link_server_send(
		region->server, route, frames, body == NULL ? 1 : 2) != OK)
		region->has_route = false;
	free(header);
}

static void
refuse(struct region *region, const struct link_route *route, enum reject word)
{
	struct message message = {.kind = MESSAGE_REFUSAL,
	    .refusal = {.word = word,
		.have = region->mark,
		.retry_ms = region->retry_ms}};

	memcpy(message.refusal.head, region->head.at, HASH_SIZE);
	say(region, route, &message, NULL);
}

static void
welcome(struct region *region)
{
	struct message message = {.kind = MESSAGE_WELCOME};
	struct welcome *said = &message.welcome;

	if (region->beats_first) {
		region_tick(region);
		region_beat(region);
	}
	said->protocol = PROTOCOL_MAX;
	said->event_version = EVENT_VERSION;
	said->have = region->mark;
	memcpy(said->head, region->head.at, HASH_SIZE);
	if (region->welcome_forks)
		said->head[0] ^= 1;
	said->credit_events = region->credit_events;
	said->credit_bytes = region->credit_bytes;
	said->now_ms = RECEIVED_MS;
	said->roster_version = region->roster_version;
	said->campaign_version = region->campaign_version;
	said->report_wanted = region->report_wanted;
	said->recipients_version = region->recipients_version;
	put_checkpoint(region, said->checkpoint,
	    &(struct from){&said->from_size, &said->consistency});
	say(region, &region->route, &message, NULL);
}

void
region_beat_again(struct region *region)
{
	say(region, &region->route, &region->beat, NULL);
}

void
region_beat(struct region *region)
{
	struct beat *beat = &region->beat.beat;

	region->beat = (struct message){
	    .kind = MESSAGE_BEAT, .beat.report_wanted = region->report_wanted};
	put_checkpoint(region, beat->checkpoint,
	    &(struct from){&beat->from_size, &beat->consistency});
	region->beat_proof = region->proof;
	beat->consistency.at = region->beat_proof.at[0].at;
	region_beat_again(region);
}

static void
lie_about(struct region *region, struct receipt *receipt, uint8_t *proof)
{
	switch (region->lie) {
	case LIE_NONE:
	case LIE_CHECKPOINT:
	case LIE_ROOT:
	case LIE_PROOF:
		return;
	case LIE_INCLUSION:
		proof[3] ^= 1;
		return;
	case LIE_HEAD:
		receipt->head[7] ^= 1;
		return;
	case LIE_INDEX:
		receipt->index--;
		return;
	case LIE_TIME:
		receipt->received_at_ms++;
		return;
	case LIE_REFUSED:
		receipt->refused[receipt->refused_count++] =
		    (struct refused_row){receipt->have, REJECT_TIME};
		return;
	}
}

static void
send_receipt(struct region *region, const struct region_answer *answer)
{
	struct message message = {.kind = MESSAGE_RECEIPT};
	struct receipt *receipt = &message.receipt;
	struct tlog_proof proof;

	if (region->lose_receipts > 0) {
		region->lose_receipts--;
		return;
	}
	CHECK(tlog_prove_inclusion(region->tlog, answer->index,
		  tlog_size(region->tlog), &proof) == OK);
	receipt->have = answer->have;
	memcpy(receipt->head, answer->head.at, HASH_SIZE);
	receipt->index = answer->index;
	receipt->report_wanted = region->report_wanted;
	receipt->received_at_ms = answer->received_at_ms;
	receipt->inclusion =
	    bytes_of(proof.at, (size_t)proof.count * HASH_SIZE);
	receipt->refusal_event = answer->refusal_event;
	receipt->refused_count = answer->refused_count;
	memcpy(receipt->refused, answer->refused, sizeof answer->refused);
	put_checkpoint(region, receipt->checkpoint,
	    &(struct from){&receipt->from_size, &receipt->consistency});
	lie_about(region, receipt, proof.at[0].at);
	say(region, &answer->route, &message, NULL);
	region->receipts++;
}

static void
on_turn_end(void *context)
{
	struct region *region = context;

	for (unsigned i = 0; i < region->answer_count; i++)
		send_receipt(region, &region->answers[i]);
	region->answer_count = region->unanswered = 0;
}

/* ---- pushes */

/* Takes or refuses one event; its index. */
static uint64_t
take_event(struct region *region, uint64_t seq, struct bytes bytes,
    struct bytes stamp, struct region_answer *answer)
{
	struct leaf leaf = {AUTHOR_NODE, RECEIVED_MS, bytes, stamp};
	struct event event = {0}, own = {.version = EVENT_VERSION,
				      .kind = EVENT_REFUSED,
				      .recorded_at_ms = RECEIVED_MS,
				      .wilayah = "73.04"};
	struct hash hash = hash_event(bytes);
	uint64_t index;

	CHECK(wire_unpack(region->wire, bytes, &event) == REJECT_NONE);
	CHECK(event.seq == seq && event.seen_size >= region->seen_size);
	region->seen_size = event.seen_size;
	region->last_kind = event.kind;
	region->mark_refusal = bytes_of(NULL, 0);
	if (seq != region->refuse_seq)
		return append(region, &leaf);
	memcpy(own.refused.node, region->node->id, NODE_ID_SIZE);
	own.refused.seq = seq;
	memcpy(own.refused.event_hash, hash.at, HASH_SIZE);
	own.refused.word = REJECT_UNKNOWN_UNIT;
	own.refused.has_stamp = stamp.len > 0;
	if (stamp.len > 0)
		memcpy(own.refused.stamp, stamp.at, stamp.len);
	index = append_own(region, &own);
	region->mark_refusal = leaf_event(region, index);
	answer->refused[answer->refused_count++] =
	    (struct refused_row){seq, REJECT_UNKNOWN_UNIT};
	return index;
}

static void
take_blobs(struct region *region, const struct push *push, struct bytes body)
{
	struct bytes blob;

	for (uint32_t i = 0; i < push->blob_count; i++) {
		CHECK(push_body_next(&body, &blob) == OK);
		CHECK(region->blob_count < REGION_BLOBS_MAX);
		region->blob_hashes[region->blob_count++] =
		    seal_blob_hash(blob);
	}
	CHECK(body.len == 0);
}

/* Folds what is new; false: the stamp is not the node's. */
static bool
fold(struct region *region, const struct push *push, struct bytes body,
    struct hash *head)
{
	uint64_t last = push->first_seq + push->count - 1;
	struct bytes event = {0};

	*head = region->head;
	for (uint64_t seq = push->first_seq; seq <= last; seq++) {
		struct hash hash;

		CHECK(push_body_next(&body, &event) == OK);
		hash = hash_event(event);
		if (seq > region->mark)
			*head = hash_head(head, &hash);
	}
	take_blobs(region, push, body);
	return stamp_is_valid(push->stamp, region->node->id, last, head,
	    region->node->sign.public_key);
}

static void
take_push(struct region *region, const struct push *push, struct bytes body,
    struct region_answer *answer)
{
	uint64_t last = push->first_seq + push->count - 1;
	struct bytes event = {0};

	for (uint64_t seq = push->first_seq; seq <= last; seq++) {
		struct bytes stamp =
		    bytes_of(push->stamp, seq == last ? EVENT_STAMP_SIZE : 0);

		CHECK(push_body_next(&body, &event) == OK);
		if (seq <= region->mark)
			continue;
		region->mark_index =
		    take_event(region, seq, event, stamp, answer);
		region->mark_received_ms = RECEIVED_MS;
	}
	region->mark = last;
}

static void
on_push(struct region *region, const struct link_route *route,
    const struct push *push, struct bytes body)
{
	struct region_answer *answer = &region->answers[region->answer_count];
	uint64_t last = push->first_seq + push->count - 1;
	struct hash head;

	region->pushes++;
	region->unanswered += push->count;
	if (region->unanswered > region->unanswered_max)
		region->unanswered_max = region->unanswered;
	if (region->ignore_pushes > 0) {
		region->ignore_pushes--;
		return;
	}
	if (region->refuse_pushes != REJECT_NONE) {
		refuse(region, route, region->refuse_pushes);
		return;
	}
	if (last < region->mark || push->first_seq > region->mark + 1) {
		refuse(region, route,
		    last < region->mark ? REJECT_NONE : REJECT_GAP);
		return;
	}
	if (!fold(region, push, body, &head)) {
		refuse(region, route, REJECT_BAD_SIGNATURE);
		return;
	}
	*answer = (struct region_answer){.route = *route};
	take_push(region, push, body, answer);
	region->head = head;
	answer->have = last;
	answer->head = head;
	answer->index = region->mark_index;
	answer->received_at_ms = region->mark_received_ms;
	answer->refusal_event = region->mark_refusal;
	region->answer_count++;
	CHECK(region->answer_count < REGION_TURN_MAX);
}

/* ---- feed and slices */

static void
on_read(struct region *region, const struct link_route *route,
    const struct feed_read *read)
{
	struct message message = {.kind = MESSAGE_PAGE};
	struct page *page = &message.page;
	uint8_t *body = xcalloc(1, PAGE_BODY_MAX);
	struct bytes frame;
	struct hash hash;
	size_t used = 0;

	region->reads++;
	if (region->ignore_reads > 0 || region->refuse_reads != REJECT_NONE) {
		if (region->ignore_reads > 0)
			region->ignore_reads--;
		else
			refuse(region, route, region->refuse_reads);
		free(body);
		return;
	}
	for (page->next = read->index;
	     page->next < region->leaf_count && page->count < read->max;
	     page->next++) {
		size_t more = page_body_add(body, used, PAGE_BODY_MAX,
		    page->next, region->leaves[page->next]);

		if (more == used)
			break;
		used = more;
		page->count++;
	}
	hash = hash_leaf(region->leaves[page->next - 1]);
	if (region->lie == LIE_INDEX)
		hash.at[0] ^= 1;
	memcpy(page->leaf_hash, hash.at, HASH_SIZE);
	put_checkpoint(region, page->checkpoint,
	    &(struct from){&page->from_size, &page->consistency});
	frame = bytes_of(body, used);
	say(region, route, &message, &frame);
	free(body);
}

static uint64_t
take_varint(struct bytes *rest)
{
	uint64_t value = 0;
	unsigned shift = 0;

	do {
		CHECK(rest->len > 0 && shift < 64);
		value |= (uint64_t)(rest->at[0] & 0x7f) << shift;
		shift += 7;
		*rest = bytes_of(rest->at + 1, rest->len - 1);
	} while (rest->at[-1] >= 0x80);
	return value;
}

/* The body of a packed event. */
static struct bytes
body_of(struct bytes rest)
{
	for (;;) {
		uint64_t tag = take_varint(&rest);
		uint64_t len = take_varint(&rest);

		if (tag >> 3 >= EVENT_PLEDGE_MADE)
			return bytes_of(rest.at, len);
		if ((tag & 7) == 2)
			rest = bytes_of(rest.at + len, rest.len - len);
	}
}

static void
on_fetch(struct region *region, const struct link_route *route,
    const struct fetch *fetch)
{
	static const struct campaign_row campaign = {
	    "IKRAR24", "Ikrar 2024", 1, 2, 3};
	bool is_roster = fetch->what == WHAT_ROSTER;
	bool is_recipients = fetch->what == WHAT_RECIPIENTS;
	uint32_t parts = is_roster ? region->unit_count : 1;
	struct message message = {.kind = MESSAGE_SLICE,
	    .slice = {fetch->what, fetch->version, fetch->part, parts}};
	struct event event = {.version = EVENT_VERSION,
	    .seq = 1,
	    .recorded_at_ms = 1,
	    .wilayah = "73.04",
	    .node = {1}};
	struct part part = {(uint32_t)fetch->version, fetch->part, parts, {1}};
	uint8_t packed[2048];
	struct bytes body;

	region->fetches++;
	if (is_recipients) {
		CHECK(fetch->version <= region->recipients_version);
		event.kind = EVENT_RECIPIENTS_CHANGED;
		event.recipients = region->sets[fetch->version - 1];
	} else if (is_roster) {
		event.kind = EVENT_ROSTER_CHANGED;
		event.roster = (struct roster_changed){
		    part, 1, &region->units[fetch->part - 1]};
	} else {
		event.kind = EVENT_CAMPAIGN_CHANGED;
		event.campaign = (struct campaign_changed){part, 1, &campaign};
	}
	body =
	    body_of(bytes_of(packed, wire_pack(&event, packed, sizeof packed)));
	say(region, route, &message, &body);
}

/* ---- in */

static bool
admit(void *context, const uint8_t key[LINK_KEY_SIZE], const char *address)
{
	const struct region *region = context;

	(void)address;
	return memcmp(key, region->node->link.public_key, LINK_KEY_SIZE) == 0;
}

static void
on_message(void *context, const uint8_t key[LINK_KEY_SIZE],
    const struct link_route *route, const struct bytes frames[LINK_FRAMES_MAX],
    unsigned frame_count)
{
	struct region *region = context;
	struct message message = {0};

	(void)key;
	CHECK(message_to_region_get(region->codec, frames[0], &message) == OK);
	CHECK((frame_count == 2) == (message.kind == MESSAGE_PUSH));
	if (message.kind == MESSAGE_HELLO) {
		region->hellos++;
		region->hello_size = message.hello.seen_size;
		region->told = message.hello.seen_size;
		region->route = *route;
		region->has_route = true;
		if (region->refuses_hello)
			refuse(region, route, REJECT_DIVERGED);
		else
			welcome(region);
	} else if (message.kind == MESSAGE_PUSH) {
		on_push(region, route, &message.push, frames[1]);
	} else if (message.kind == MESSAGE_READ) {
		on_read(region, route, &message.read);
	} else if (message.kind == MESSAGE_FETCH) {
		on_fetch(region, route, &message.fetch);
	}
}

/* ---- life */

void
region_open(struct region *region, struct loop *loop, struct link *link,
    const struct node_keys *node)
{
	const struct link_server_options options = {
	    .endpoint = "tcp://127.0.0.1:*",
	    .domain = "region",
	    .keys = &region->server_keys,
	    .admit = admit,
	    .message = on_message,
	    .turn_end = on_turn_end,
	    .context = region,
	    .turn_messages = REGION_TURN_MAX - 1,
	    .connections_max = 16,
	};
	uint8_t seed[SIGN_SEED_SIZE] = {1};

	*region = (struct region){.loop = loop,
	    .node = node,
	    .credit_events = 3200,
	    .credit_bytes = 1 << 20,
	    .joined = {.origin = "ikrar/73.04/1/latihan",
		.wilayah = "73.04.01",
		.kind = 1,
		.drill = true,
		.endpoint_count = 1}};
	link_keys_make(&region->server_keys);
	sign_keys_make(&region->log_key, seed);
	seed[0] = 2;
	sign_keys_make(&region->other_key, seed);
	region->tiles = xcalloc(REGION_TILES_MAX, sizeof *region->tiles);
	region->codec = message_codec_new();
	region->wire = wire_new();
	region->head = hash_node(node->sign.public_key);
	make_tree(region);
	region_tick(region);
	CHECK(link_server_open(&region->server, link, &options) == OK);
	memcpy(region->joined.log_key, region->log_key.public_key, 32);
	memcpy(region->joined.server_key, region->server_keys.public_key, 32);
	CHECK(text_copy(region->joined.endpoints[0], ENDPOINT_MAX,
	    link_server_endpoint(region->server)));
}

static void
forget_leaves(struct region *region, size_t keep)
{
	while (region->leaf_count > keep) {
		region->leaf_count--;
		free((void *)(uintptr_t)region->leaves[region->leaf_count].at);
	}
}

void
region_roll_back(struct region *region)
{
	forget_leaves(region, 0);
	make_tree(region);
	region_tick(region);
	region->mark = 0;
	region->seen_size = 0;
	region->head = hash_node(region->node->sign.public_key);
}

void
region_rewrite(struct region *region, uint64_t index)
{
	struct bytes leaf = region->leaves[index];
	uint8_t *at = xcalloc(1, leaf.len);

	memcpy(at, leaf.at, leaf.len);
	at[9]++; /* received a little later */
	free((void *)(uintptr_t)leaf.at);
	region->leaves[index] = bytes_of(at, leaf.len);
	make_tree(region);
	for (size_t i = 0; i < region->leaf_count; i++) {
		struct hash hash = hash_leaf(region->leaves[i]);

		tlog_append(region->tlog, &hash);
	}
}

void
region_close(struct region *region)
{
	link_server_close(region->server);
	tlog_free(region->tlog);
	forget_leaves(region, 0);
	free(region->leaves);
	free(region->tiles);
	message_codec_free(region->codec);
	wire_free(region->wire);
}
