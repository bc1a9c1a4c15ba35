/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table a message of proto/wire.proto, in the order of that file, and
 * what the tables cannot say: texts that are printable, counts that make
 * sense. Also the bodies that travel behind a Push and a Page.
 */
#include "model/message.h"

#include <stdlib.h>
#include <string.h>

#include "model/catalog.h"
#include "model/row.h"
#include "model/shape.h"
#include "proto/wire.pb-c.h"

enum {
	MESSAGE_MAX = 65535,
	ARENA_MAX = 1 << 18,
	HASHES_MAX = 64, /* of a proof: a tree of 2^64 leaves */
	PAGE_ROW_HEAD = 8 + 4,
};

#define WHAT(f)                                                         \
	{                                                               \
		SHAPE_BOTH(SHAPE_U32, Ikrar__V1__What, f, enum what, f) \
	}

static uint32_t
reject_number(const char *word)
{
	return (uint32_t)reject_by_word(word);
}

static const char *
word_of_reject(uint32_t number)
{
	return reject_word((enum reject)number);
}

static const struct shape_words reject_words = {reject_number, word_of_reject};

/* ---- what a node says */

#define M Ikrar__V1__Hello
#define S struct hello
static const struct shape_field hello_fields[] = {U32(protocol_min),
    U32(protocol_max), BLOB(node), TEXT(software), U64(last_seq),
    U64(receipted_seq), U64(seen_epoch), U64(seen_size), U64(now_ms),
    TEXT(checkpoint)};
#undef M
#undef S
SHAPE(hello, hello, struct hello);

#define M Ikrar__V1__Push
#define S struct push
static const struct shape_field push_fields[] = {
    BLOB(node), U64(first_seq), U32(count), BLOB(stamp), U32(blob_count)};
#undef M
#undef S
SHAPE(push, push, struct push);

#define M Ikrar__V1__Read
#define S struct feed_read
static const struct shape_field read_fields[] = {
    TEXT(origin), U64(index), BLOB_OR_NO(leaf_hash, has_leaf_hash), U32(max)};
#undef M
#undef S
SHAPE(read, read, struct feed_read);

#define M Ikrar__V1__Fetch
#define S struct fetch
static const struct shape_field fetch_fields[] = {
    WHAT(what), U64(version), U32(part)};
#undef M
#undef S
SHAPE(fetch, fetch, struct fetch);

#define M Ikrar__V1__Join
#define S struct join
static const struct shape_field join_fields[] = {BLOB(code_sha256),
    BLOB(sign_key), BLOB(link_key), BLOB(proof), TEXT(software)};
#undef M
#undef S
SHAPE(join, join, struct join);

#define M Ikrar__V1__Carry
#define S struct carry
static const struct shape_field carry_fields[] = {
    ONE(push, &push_shape), U64(seen_epoch), U64(seen_size)};
#undef M
#undef S
SHAPE(carry, carry, struct carry);

/* ---- what a region says */

#define M Ikrar__V1__Lack
#define S struct lack
static const struct shape_field lack_fields[] = {
    TEXT(campaign), U32(expected), U32(pledged)};
#undef M
#undef S
SHAPE(lack, lack, struct lack);

SHAPE_LONE(
    endpoint, Endpoint, endpoint, SHAPE_TEXT, char *, address, ENDPOINT_MAX);

#define M Ikrar__V1__Welcome
#define S struct welcome
static const struct shape_field welcome_fields[] = {U32(protocol),
    U32(event_version), U64(have), BLOB(head), U32(credit_events),
    U32(credit_bytes), U64(now_ms), U64(roster_version), U64(campaign_version),
    TEXT(checkpoint), BOOL(report_wanted), U64(retry_ms), U64(from_size),
    BYTES(consistency), U64(recipients_version),
    ARRAY(lacks, lack_count, &lack_shape),
    ARRAY(endpoints, endpoint_count, &endpoint_shape)};
#undef M
#undef S
SHAPE(welcome, welcome, struct welcome);

#define M Ikrar__V1__RefusedRow
#define S struct refused_row
static const struct shape_field refused_fields[] = {
    U64(seq), WORD(enum reject, word, &reject_words)};
#undef M
#undef S
SHAPE(refused, refused_row, struct refused_row);

#define M Ikrar__V1__Receipt
#define S struct receipt
static const struct shape_field receipt_fields[] = {U64(have), BLOB(head),
    U64(index), U64(received_at_ms), TEXT(checkpoint), BYTES(inclusion),
    BYTES(refusal_event), ARRAY(refused, refused_count, &refused_shape),
    BOOL(report_wanted), U64(from_size), BYTES(consistency)};
#undef M
#undef S
SHAPE(receipt, receipt, struct receipt);

#define M Ikrar__V1__Refusal
#define S struct refusal
static const struct shape_field refusal_fields[] = {
    WORD(enum reject, word, &reject_words), U64(have), BLOB_ZERO(head),
    U64(retry_ms), TEXT(detail)};
#undef M
#undef S
SHAPE(refusal, refusal, struct refusal);

#define M Ikrar__V1__Page
#define S struct page
static const struct shape_field page_fields[] = {U64(next),
    BLOB_ZERO(leaf_hash), U32(count), TEXT(checkpoint), U64(from_size),
    BYTES(consistency)};
#undef M
#undef S
SHAPE(page, page, struct page);

#define M Ikrar__V1__Slice
#define S struct slice
static const struct shape_field slice_fields[] = {
    WHAT(what), U64(version), U32(part), U32(parts)};
#undef M
#undef S
SHAPE(slice, slice, struct slice);

#define M Ikrar__V1__Joined
#define S struct joined
static const struct shape_field joined_fields[] = {BLOB(node), U32(kind),
    TEXT(wilayah), TEXT(origin), BLOB(log_key), BOOL(drill), BOOL(pending),
    ARRAY(endpoints, endpoint_count, &endpoint_shape), TEXT(checkpoint)};
#undef M
#undef S
SHAPE(joined, joined, struct joined);

#define M Ikrar__V1__Beat
#define S struct beat
static const struct shape_field beat_fields[] = {
    TEXT(checkpoint), BOOL(report_wanted), U64(from_size), BYTES(consistency)};
#undef M
#undef S
SHAPE(beat, beat, struct beat);

#define M Ikrar__V1__Recovered
#define S struct recovered
static const struct shape_field recovered_fields[] = {TEXT(checkpoint),
    U64(index), BYTES(leaf), BYTES(inclusion), U64(from_size),
    BYTES(consistency)};
#undef M
#undef S
SHAPE(recovered, recovered, struct recovered);

static const struct shape_case carried_cases[] = {
    {IKRAR__V1__CARRIED__ANSWER_RECEIPT, MESSAGE_RECEIPT, &receipt_shape,
	offsetof(struct carried, receipt)},
    {IKRAR__V1__CARRIED__ANSWER_REFUSAL, MESSAGE_REFUSAL, &refusal_shape,
	offsetof(struct carried, refusal)},
    {IKRAR__V1__CARRIED__ANSWER_RECOVERED, MESSAGE_RECOVERED, &recovered_shape,
	offsetof(struct carried, recovered)},
    {0},
};
#define M Ikrar__V1__Carried
#define S struct carried
static const struct shape_field carried_fields[] = {
    ONEOF(receipt, answer_case, enum message_kind, kind, carried_cases)};
#undef M
#undef S
SHAPE(carried, carried, struct carried);

/* ---- either direction */

static const struct shape_case to_cases[] = {
    {IKRAR__V1__TO_REGION__SAY_HELLO, MESSAGE_HELLO, &hello_shape,
	offsetof(struct message, hello)},
    {IKRAR__V1__TO_REGION__SAY_PUSH, MESSAGE_PUSH, &push_shape,
	offsetof(struct message, push)},
    {IKRAR__V1__TO_REGION__SAY_READ, MESSAGE_READ, &read_shape,
	offsetof(struct message, read)},
    {IKRAR__V1__TO_REGION__SAY_FETCH, MESSAGE_FETCH, &fetch_shape,
	offsetof(struct message, fetch)},
    {IKRAR__V1__TO_REGION__SAY_JOIN, MESSAGE_JOIN, &join_shape,
	offsetof(struct message, join)},
    {IKRAR__V1__TO_REGION__SAY_CARRY, MESSAGE_CARRY, &carry_shape,
	offsetof(struct message, carry)},
    {IKRAR__V1__TO_REGION__SAY_ENROL, MESSAGE_ENROL, &join_shape,
	offsetof(struct message, enrol)},
    {0},
};
#define M Ikrar__V1__ToRegion
#define S struct message
static const struct shape_field to_region_fields[] = {
    ONEOF(hello, say_case, enum message_kind, kind, to_cases)};
#undef M
#undef S
SHAPE(to_region, to_region, struct message);

static const struct shape_case from_cases[] = {
    {IKRAR__V1__FROM_REGION__SAY_WELCOME, MESSAGE_WELCOME, &welcome_shape,
	offsetof(struct message, welcome)},
    {IKRAR__V1__FROM_REGION__SAY_RECEIPT, MESSAGE_RECEIPT, &receipt_shape,
	offsetof(struct message, receipt)},
    {IKRAR__V1__FROM_REGION__SAY_REFUSAL, MESSAGE_REFUSAL, &refusal_shape,
	offsetof(struct message, refusal)},
    {IKRAR__V1__FROM_REGION__SAY_PAGE, MESSAGE_PAGE, &page_shape,
	offsetof(struct message, page)},
    {IKRAR__V1__FROM_REGION__SAY_SLICE, MESSAGE_SLICE, &slice_shape,
	offsetof(struct message, slice)},
    {IKRAR__V1__FROM_REGION__SAY_JOINED, MESSAGE_JOINED, &joined_shape,
	offsetof(struct message, joined)},
    {IKRAR__V1__FROM_REGION__SAY_BEAT, MESSAGE_BEAT, &beat_shape,
	offsetof(struct message, beat)},
    {IKRAR__V1__FROM_REGION__SAY_CARRIED, MESSAGE_CARRIED, &carried_shape,
	offsetof(struct message, carried)},
    {IKRAR__V1__FROM_REGION__SAY_RECOVERED, MESSAGE_RECOVERED, &recovered_shape,
	offsetof(struct message, recovered)},
    {0},
};
#define M Ikrar__V1__FromRegion
#define S struct message
static const struct shape_field from_region_fields[] = {
    ONEOF(welcome, say_case, enum message_kind, kind, from_cases)};
#undef M
#undef S
SHAPE(from_region, from_region, struct message);

/* ---- what the tables cannot say */

/* One line of ASCII, also none. */
static bool
is_line(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* A signed note: lines of UTF-8 in which only the dash before a signature is
 * not ASCII. The note itself is read by trust/note. */
static bool
is_note(const char *text)
{
	static const char dash[] = "\xe2\x80\x94";

	while (*text != '\0') {
		if (strncmp(text, dash, sizeof dash - 1) == 0)
			text += sizeof dash - 1;
		else if (*text == '\n' || (*text >= ' ' && *text <= '~'))
			text++;
		else
			return false;
	}
	return true;
}

static bool
is_hashes(struct bytes bytes)
{
	return bytes.len % EVENT_HASH_SIZE == 0 &&
	       bytes.len <= HASHES_MAX * EVENT_HASH_SIZE;
}

static bool
receipt_is_valid(const struct receipt *receipt)
{
	return is_note(receipt->checkpoint) && is_hashes(receipt->inclusion) &&
	       is_hashes(receipt->consistency) &&
	       receipt->refusal_event.len <= EVENT_MAX;
}

static bool
endpoints_are_valid(const char (*endpoints)[ENDPOINT_MAX], uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (!is_line(endpoints[i]))
			return false;
	return true;
}

static bool
push_is_valid(const struct push *push)
{
	return push->first_seq >= 1 && push->count >= 1 &&
	       push->count <= PUSH_EVENTS_MAX &&
	       push->blob_count <= PUSH_BLOBS_MAX;
}

static bool
recovered_is_valid(const struct recovered *recovered)
{
	return is_note(recovered->checkpoint) &&
	       is_hashes(recovered->inclusion) &&
	       is_hashes(recovered->consistency) &&
	       recovered->leaf.len <= ENTRY_MAX;
}

static bool
carried_is_valid(const struct carried *carried)
{
	if (carried->kind == MESSAGE_RECOVERED)
		return recovered_is_valid(&carried->recovered);
	if (carried->kind == MESSAGE_RECEIPT)
		return receipt_is_valid(&carried->receipt);
	return carried->kind == MESSAGE_REFUSAL &&
	       is_line(carried->refusal.detail);
}

static bool
joined_is_valid(const struct joined *joined)
{
	return endpoints_are_valid(joined->endpoints, joined->endpoint_count) &&
	       catalog_word(CATALOG_NODE_KIND, joined->kind) != NULL &&
	       wilayah_level(joined->wilayah) != WILAYAH_NONE &&
	       is_line(joined->origin) && is_note(joined->checkpoint);
}

static bool
lacks_are_valid(const struct welcome *welcome)
{
	for (uint32_t i = 0; i < welcome->lack_count; i++)
		if (code_check(welcome->lacks[i].campaign) != REJECT_NONE ||
		    welcome->lacks[i].pledged > welcome->lacks[i].expected)
			return false;
	return true;
}

static bool
what_is_valid(enum what what)
{
	return what == WHAT_ROSTER || what == WHAT_CAMPAIGNS ||
	       what == WHAT_RECIPIENTS;
}

static bool
message_is_valid(const struct message *message)
{
	switch (message->kind) {
	case MESSAGE_NONE:
		return false;
	case MESSAGE_HELLO:
		return is_line(message->hello.software) &&
		       is_note(message->hello.checkpoint) &&
		       message->hello.protocol_min <=
			   message->hello.protocol_max;
	case MESSAGE_PUSH:
		return push_is_valid(&message->push);
	case MESSAGE_READ:
		return is_line(message->read.origin);
	case MESSAGE_FETCH:
		return what_is_valid(message->fetch.what) &&
		       message->fetch.part >= 1;
	case MESSAGE_ENROL:
		return is_line(message->enrol.software);
	case MESSAGE_JOIN:
		return is_line(message->join.software);
	case MESSAGE_CARRY:
		return push_is_valid(&message->carry.push);
	case MESSAGE_WELCOME:
		return is_note(message->welcome.checkpoint) &&
		       is_hashes(message->welcome.consistency) &&
		       lacks_are_valid(&message->welcome) &&
		       endpoints_are_valid(message->welcome.endpoints,
			   message->welcome.endpoint_count);
	case MESSAGE_RECEIPT:
		return receipt_is_valid(&message->receipt);
	case MESSAGE_REFUSAL:
		return is_line(message->refusal.detail);
	case MESSAGE_PAGE:
		return is_note(message->page.checkpoint) &&
		       is_hashes(message->page.consistency) &&
		       message->page.count <= PAGE_ENTRIES_MAX;
	case MESSAGE_SLICE:
		return what_is_valid(message->slice.what) &&
		       message->slice.part >= 1 &&
		       message->slice.part <= message->slice.parts;
	case MESSAGE_JOINED:
		return joined_is_valid(&message->joined);
	case MESSAGE_RECOVERED:
		return recovered_is_valid(&message->recovered);
	case MESSAGE_BEAT:
		return is_note(message->beat.checkpoint) &&
		       is_hashes(message->beat.consistency);
	case MESSAGE_CARRIED:
		return carried_is_valid(&message->carried);
	}
	return false;
}

/* ---- the codec */

struct message_codec {
	struct shape_reader *reader;
};

struct message_codec *
message_codec_new(void)
{
	struct message_codec *codec = xcalloc(1, sizeof *codec);

	codec->reader = shape_reader_new(ARENA_MAX, MESSAGE_MAX, false);
	return codec;
}

void
message_codec_free(struct message_codec *codec)
{
	if (codec == NULL)
		return;
	shape_reader_free(codec->reader);
	free(codec);
}

/* `message` stays untouched unless all is well, so the value is read into one
 * of its own first. */
static enum err
get(struct message_codec *codec, const struct shape *shape, struct bytes bytes,
    struct message *message)
{
	const void *unpacked = shape_unpack(codec->reader, shape, bytes);
	struct message read;

	if (unpacked == NULL || shape_read(codec->reader, shape, bytes,
				    unpacked, &read) != REJECT_NONE)
		return ERR_INVALID;
	if (read.kind == MESSAGE_JOIN && bytes.len > JOIN_MAX)
		return ERR_INVALID;
	if (!message_is_valid(&read))
		return ERR_INVALID;
	*message = read;
	return OK;
}

enum err
message_to_region_get(
    struct message_codec *codec, struct bytes bytes, struct message *message)
{
	return get(codec, &to_region_shape, bytes, message);
}

enum err
message_from_region_get(
    struct message_codec *codec, struct bytes bytes, struct message *message)
{
	return get(codec, &from_region_shape, bytes, message);
}

size_t
message_put(const struct message *message, uint8_t *at, size_t cap)
{
	bool is_to_region =
	    message->kind >= MESSAGE_HELLO && message->kind <= MESSAGE_CARRY;

	return shape_write(is_to_region ? &to_region_shape : &from_region_shape,
	    message, at, cap);
}

/* ---- bodies */

size_t
push_body_add(uint8_t *at, size_t used, size_t cap, struct bytes event)
{
	CHECK(event.len > 0 && event.len <= EVENT_MAX);
	if (used + 2 > cap || event.len > cap - used - 2)
		return used;
	be16_put(at + used, (uint16_t)event.len);
	memcpy(at + used + 2, event.at, event.len);
	return used + 2 + event.len;
}

enum err
push_body_next(struct bytes *body, struct bytes *event)
{
	size_t len;

	if (body->len == 0)
		return ERR_NOTFOUND;
	if (body->len < 2)
		return ERR_INVALID;
	len = be16_get(body->at);
	if (len == 0 || len > EVENT_MAX || len > body->len - 2)
		return ERR_INVALID;
	*event = bytes_of(body->at + 2, len);
	*body = bytes_of(body->at + 2 + len, body->len - 2 - len);
	return OK;
}

size_t
page_body_add(
    uint8_t *at, size_t used, size_t cap, uint64_t index, struct bytes leaf)
{
	CHECK(leaf.len > 0 && leaf.len <= ENTRY_MAX);
	if (used + PAGE_ROW_HEAD > cap || leaf.len > cap - used - PAGE_ROW_HEAD)
		return used;
	be64_put(at + used, index);
	be32_put(at + used + 8, (uint32_t)leaf.len);
	memcpy(at + used + PAGE_ROW_HEAD, leaf.at, leaf.len);
	return used + PAGE_ROW_HEAD + leaf.len;
}

enum err
page_body_next(struct bytes *body, uint64_t *index, struct bytes *leaf)
{
	size_t len;

	if (body->len == 0)
		return ERR_NOTFOUND;
	if (body->len < PAGE_ROW_HEAD)
		return ERR_INVALID;
	len = be32_get(body->at + 8);
	if (len == 0 || len > ENTRY_MAX || len > body->len - PAGE_ROW_HEAD)
		return ERR_INVALID;
	*index = be64_get(body->at);
	*leaf = bytes_of(body->at + PAGE_ROW_HEAD, len);
	*body = bytes_of(
	    body->at + PAGE_ROW_HEAD + len, body->len - PAGE_ROW_HEAD - len);
	return OK;
}
