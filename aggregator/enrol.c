/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/enrol.h"

#include "aggregator/counters.h"
#include "aggregator/limits.h"
#include "core/log.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct owed {
	struct post *post;
	struct link_route route;
	enum reject word; /* REJECT_NONE: joined */
	uint8_t node[NODE_ID_SIZE];
};

struct enrol {
	struct turn *turn;
	struct post *post;
	const struct home_endpoints *endpoints;
	struct message_codec *codec;
	struct message message;
	uint64_t second; /* monotonic: the one that `joins` counts */
	unsigned joins;
	unsigned owed_count;
	struct owed owed[TURN_MESSAGES_MAX];
};

struct enrol *
enrol_new(struct turn *turn, struct post *post,
    const struct home_endpoints *endpoints)
{
	struct enrol *enrol = xcalloc(1, sizeof *enrol);

	enrol->turn = turn;
	enrol->post = post;
	enrol->endpoints = endpoints;
	enrol->codec = message_codec_new();
	return enrol;
}

void
enrol_free(struct enrol *enrol)
{
	if (enrol == NULL)
		return;
	message_codec_free(enrol->codec);
	free(enrol);
}

bool
enrol_admits(const struct enrol *enrol, const uint8_t *key, uint64_t now_ms)
{
	const struct view *view = turn_view(enrol->turn);

	return view_has_open_invites(view, now_ms) ||
	       view_node_by_link_key(view, key) != NULL;
}

static bool
is_proven(const struct join *join)
{
	const struct bytes parts[] = {bytes_of_text("ikrar/join/1\n"),
	    bytes_of(join->code_sha256, sizeof join->code_sha256),
	    bytes_of(join->link_key, sizeof join->link_key)};

	return sign_is_valid(join->proof, parts, 3, join->sign_key);
}

/* The keys that used the code ask again. */
static bool
has_joined(const struct enrol *enrol, const struct join *join,
    const struct view_invite *invite, const uint8_t *node_id)
{
	const struct view_node *node =
	    view_node_by_id(turn_view(enrol->turn), node_id);

	return node != NULL && invite->is_used &&
	       memcmp(invite->used_by, node_id, NODE_ID_SIZE) == 0 &&
	       memcmp(node->link_key, join->link_key, LINK_KEY_SIZE) == 0;
}

static void
append(struct enrol *enrol, const struct join *join,
    const struct node_invited *invited, uint64_t now_ms)
{
	struct event event = {.kind = EVENT_NODE_ENROLLED};
	struct node_enrolled *enrolled = &event.enrolled;
	struct hash id = hash_node(join->sign_key);
	char text[2 * NODE_ID_SIZE + 1];

	memcpy(enrolled->node, id.at, NODE_ID_SIZE);
	memcpy(enrolled->sign_key, join->sign_key, SIGN_KEY_SIZE);
	memcpy(enrolled->link_key, join->link_key, LINK_KEY_SIZE);
	memcpy(enrolled->code_sha256, join->code_sha256, HASH_SIZE);
	memcpy(enrolled->wilayah, invited->wilayah, sizeof enrolled->wilayah);
	enrolled->kind = invited->kind;
	enrolled->pending = invited->confirm;
	turn_begin(enrol->turn, now_ms);
	(void)turn_own(enrol->turn, &event);
	stat_add(turn_stat(enrol->turn), COUNTER_JOINS, 1);
	hex_put(text, id.at, NODE_ID_SIZE);
	log_info("node-enrolled node=%s kind=%s wilayah=%s pending=%d", text,
	    catalog_word(CATALOG_NODE_KIND, enrolled->kind), enrolled->wilayah,
	    enrolled->pending);
}

static enum reject
take(struct enrol *enrol, const struct join *join, const struct moment *moment,
    uint8_t node_id[NODE_ID_SIZE])
{
	const struct view *view = turn_view(enrol->turn);
	const struct view_invite *invite = view_invite(view, join->code_sha256);
	struct hash id = hash_node(join->sign_key);
	struct node_invited invited;

	memcpy(node_id, id.at, NODE_ID_SIZE);
	if (standing_refusal(turn_standing(enrol->turn)) != REJECT_NONE)
		return standing_refusal(turn_standing(enrol->turn));
	if (!is_proven(join))
		return REJECT_BAD_SIGNATURE;
	if (invite == NULL)
		return REJECT_CODE;
	if (has_joined(enrol, join, invite, node_id))
		return view_node_by_id(view, node_id)->state == NODE_REVOKED
			   ? REJECT_REVOKED
			   : REJECT_NONE;
	if (invite->is_used || invite->invited.expires_ms <= moment->now_ms ||
	    view_node_by_id(view, node_id) != NULL ||
	    view_node_by_link_key(view, join->link_key) != NULL)
		return REJECT_CODE;
	invited = invite->invited;
	append(enrol, join, &invited, moment->now_ms);
	return REJECT_NONE;
}

/* NULL: the turn has no more; its sender asks again. */
static struct owed *
owe(struct enrol *enrol, struct post *post, const struct request *request)
{
	struct owed *owed;

	if (enrol->owed_count == TURN_MESSAGES_MAX) {
		post->unsent++;
		return NULL;
	}
	owed = &enrol->owed[enrol->owed_count++];
	*owed = (struct owed){.post = post, .route = *request->route};
	return owed;
}

static void
count_refused(struct enrol *enrol, enum reject word)
{
	if (word != REJECT_NONE)
		stat_add(turn_stat(enrol->turn), COUNTER_REJECT + word, 1);
	if (word == REJECT_MALFORMED)
		stat_add(turn_stat(enrol->turn), COUNTER_MALFORMED, 1);
}

static enum reject
check(struct enrol *enrol, const struct request *request,
    const struct moment *moment)
{
	const struct join *join = &enrol->message.join;
	uint64_t second = moment->monotonic_ms / 1000;

	if (request->frame_count != 1 || request->frames[0].len > JOIN_MAX)
		return REJECT_TOO_LARGE;
	if (second != enrol->second)
		enrol->joins = 0;
	enrol->second = second;
	if (enrol->joins >= JOINS_A_SECOND)
		return REJECT_BUSY;
	enrol->joins++;
	if (message_to_region_get(
		enrol->codec, request->frames[0], &enrol->message) != OK ||
	    enrol->message.kind != MESSAGE_JOIN)
		return REJECT_MALFORMED;
	if (memcmp(join->link_key, request->key, LINK_KEY_SIZE) != 0)
		return REJECT_BAD_SIGNATURE;
	return REJECT_NONE;
}

void
enrol_message(struct enrol *enrol, const struct request *request,
    const struct moment *moment)
{
	struct owed *owed;

	stat_add(turn_stat(enrol->turn), COUNTER_MESSAGES, 1);
	owed = owe(enrol, enrol->post, request);
	if (owed == NULL)
		return;
	owed->word = check(enrol, request, moment);
	if (owed->word == REJECT_NONE)
		owed->word =
		    take(enrol, &enrol->message.join, moment, owed->node);
	count_refused(enrol, owed->word);
}

void
enrol_letter(struct enrol *enrol, struct post *post,
    const struct request *request, const struct join *join,
    const struct moment *moment)
{
	struct owed *owed = owe(enrol, post, request);

	if (owed == NULL)
		return;
	owed->word = take(enrol, join, moment, owed->node);
	count_refused(enrol, owed->word);
}

static void
make_joined(struct enrol *enrol, const uint8_t *node_id)
{
	const struct view *view = turn_view(enrol->turn);
	const struct view_region *region = view_region(view);
	const struct view_node *node = view_node_by_id(view, node_id);
	struct joined *joined = &enrol->message.joined;

	CHECK(node != NULL);
	*joined = (struct joined){.kind = node->kind,
	    .drill = region->drill,
	    .pending = node->state == NODE_PENDING,
	    .endpoint_count = enrol->endpoints->region_count};
	memcpy(joined->node, node->id, NODE_ID_SIZE);
	memcpy(joined->wilayah, node->wilayah, sizeof joined->wilayah);
	memcpy(joined->origin, region->origin, sizeof joined->origin);
	memcpy(joined->log_key, region->log_key, SIGN_KEY_SIZE);
	memcpy(joined->endpoints, enrol->endpoints->region,
	    sizeof joined->endpoints);
	(void)text_copy(joined->checkpoint, sizeof joined->checkpoint,
	    turn_checkpoint(enrol->turn));
}

void
enrol_answer(struct enrol *enrol)
{
	struct message *message = &enrol->message;

	for (unsigned i = 0; i < enrol->owed_count; i++) {
		const struct owed *owed = &enrol->owed[i];

		if (owed->word == REJECT_NONE) {
			message->kind = MESSAGE_JOINED;
			make_joined(enrol, owed->node);
		} else {
			*message = (struct message){.kind = MESSAGE_REFUSAL,
			    .refusal = {.word = owed->word}};
			if (owed->word == REJECT_BUSY)
				message->refusal.retry_ms = JOIN_RETRY_MS;
			(void)text_copy(message->refusal.detail,
			    sizeof message->refusal.detail,
			    reject_text_en(owed->word));
		}
		post_message(
		    owed->post, &owed->route, message, bytes_of(NULL, 0));
	}
	enrol->owed_count = 0;
}
