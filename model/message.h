/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nodes and a region say to each other, as values: proto/wire.proto,
 * bounded. The only file that sees its generated code. Pure. Readers ignore
 * unknown fields. `struct bytes` in a decoded message point into the arena of
 * the codec and live until the next decode.
 */
#ifndef MODEL_MESSAGE_H
#define MODEL_MESSAGE_H

#include "model/event.h"

enum {
	PROTOCOL_MIN = 1,
	PROTOCOL_MAX = 1,
	PUSH_BODY_MAX = 61440,
	PUSH_EVENTS_MAX = 200,
	RECEIPT_REFUSED_MAX = PUSH_EVENTS_MAX,
	PUSH_BLOBS_MAX = 8,
	PAGE_BODY_MAX = 65000,
	PAGE_ENTRIES_MAX = 256,
	JOIN_MAX = 1024,
	JOINED_ENDPOINTS_MAX = 4,
	ENDPOINT_MAX = 128,
	LACKS_MAX = 8, /* campaigns that a Welcome speaks of */
	CHECKPOINT_MAX = 512,
	DETAIL_MAX = 128,
};

enum message_kind {
	MESSAGE_NONE,
	MESSAGE_HELLO,
	MESSAGE_PUSH,
	MESSAGE_READ,
	MESSAGE_FETCH,
	MESSAGE_ENROL,
	MESSAGE_JOIN,
	MESSAGE_CARRY,
	MESSAGE_WELCOME,
	MESSAGE_RECEIPT,
	MESSAGE_REFUSAL,
	MESSAGE_PAGE,
	MESSAGE_SLICE,
	MESSAGE_JOINED,
	MESSAGE_BEAT,
	MESSAGE_CARRIED,
	MESSAGE_RECOVERED,
};

struct hello {
	uint32_t protocol_min, protocol_max;
	uint8_t node[EVENT_ID_SIZE];
	char software[SOFTWARE_MAX];
	uint64_t last_seq, receipted_seq;
	uint64_t seen_epoch, seen_size;
	uint64_t now_ms;
	/* Of that head; only when the region has doubted it. */
	char checkpoint[CHECKPOINT_MAX];
};

/* One campaign in a node's wilayah: units, and those with a pledge. */
struct lack {
	char campaign[CODE_MAX];
	uint32_t expected, pledged;
};

/* A checkpoint comes with the proof that it continues the tree of `from_size`
 * leaves: hashes of 32 bytes, one behind the other. from_size 0: none. */
struct welcome {
	uint32_t protocol, event_version;
	uint64_t have;
	uint8_t head[EVENT_HASH_SIZE];
	uint32_t credit_events, credit_bytes;
	uint64_t now_ms;
	uint64_t roster_version, campaign_version;
	char checkpoint[CHECKPOINT_MAX];
	bool report_wanted;
	uint64_t retry_ms;
	uint64_t from_size;
	struct bytes consistency;
	uint64_t recipients_version;
	uint32_t lack_count;
	struct lack lacks[LACKS_MAX];
	uint32_t endpoint_count; /* 0: it does not say */
	char endpoints[JOINED_ENDPOINTS_MAX][ENDPOINT_MAX];
};

struct push {
	uint8_t node[EVENT_ID_SIZE];
	uint64_t first_seq;
	uint32_t count;
	uint8_t stamp[EVENT_STAMP_SIZE];
	uint32_t blob_count;
};

struct refused_row {
	uint64_t seq;
	enum reject word; /* REJECT_COUNT: a word of a later version */
};

struct receipt {
	uint64_t have;
	uint8_t head[EVENT_HASH_SIZE];
	uint64_t index;
	uint64_t received_at_ms;
	char checkpoint[CHECKPOINT_MAX];
	struct bytes inclusion; /* hashes of 32 bytes, one behind the other */
	struct bytes refusal_event; /* empty: event `have` was taken */
	uint32_t refused_count;
	struct refused_row refused[RECEIPT_REFUSED_MAX];
	bool report_wanted;
	uint64_t from_size;
	struct bytes consistency;
};

struct refusal {
	enum reject word; /* REJECT_COUNT: a word of a later version */
	uint64_t have;
	uint8_t head[EVENT_HASH_SIZE];
	uint64_t retry_ms;
	char detail[DETAIL_MAX];
};

struct feed_read {
	char origin[ORIGIN_MAX];
	uint64_t index;
	bool has_leaf_hash;
	uint8_t leaf_hash[EVENT_HASH_SIZE];
	uint32_t max;
};

struct page {
	uint64_t next;
	uint8_t leaf_hash[EVENT_HASH_SIZE];
	uint32_t count;
	char checkpoint[CHECKPOINT_MAX];
	uint64_t from_size;
	struct bytes consistency;
};

enum what { WHAT_NONE, WHAT_ROSTER, WHAT_CAMPAIGNS, WHAT_RECIPIENTS };

struct fetch {
	enum what what;
	uint64_t version;
	uint32_t part;
};

struct slice {
	enum what what;
	uint64_t version;
	uint32_t part, parts;
};

struct join {
	uint8_t code_sha256[EVENT_HASH_SIZE];
	uint8_t sign_key[32], link_key[32];
	uint8_t proof[64];
	char software[SOFTWARE_MAX];
};

struct joined {
	uint8_t node[EVENT_ID_SIZE];
	uint32_t kind;
	char wilayah[WILAYAH_MAX];
	char origin[ORIGIN_MAX];
	uint8_t log_key[32];
	bool drill, pending;
	uint32_t endpoint_count;
	char endpoints[JOINED_ENDPOINTS_MAX][ENDPOINT_MAX];
	char checkpoint[CHECKPOINT_MAX];
};

struct beat {
	char checkpoint[CHECKPOINT_MAX];
	bool report_wanted;
	uint64_t from_size;
	struct bytes consistency;
};

struct carry {
	struct push push;
	uint64_t seen_epoch, seen_size;
};

/* To a node that knows only an origin from before the log was recovered. */
struct recovered {
	char checkpoint[CHECKPOINT_MAX];
	uint64_t index;
	struct bytes leaf;
	struct bytes inclusion;
	uint64_t from_size;
	struct bytes consistency;
};

struct carried {
	enum message_kind kind; /* RECEIPT, REFUSAL or RECOVERED */
	union {
		struct receipt receipt;
		struct refusal refusal;
		struct recovered recovered;
	};
};

struct message {
	enum message_kind kind;
	union {
		struct hello hello;
		struct push push;
		struct feed_read read;
		struct fetch fetch;
		struct join join, enrol;
		struct welcome welcome;
		struct receipt receipt;
		struct refusal refusal;
		struct page page;
		struct slice slice;
		struct joined joined;
		struct beat beat;
		struct recovered recovered;
		struct carry carry;
		struct carried carried;
	};
};

struct message_codec;
struct message_codec *message_codec_new(void);
void message_codec_free(struct message_codec *codec);

/* What a node says (ToRegion), what a region says (FromRegion). ERR_INVALID:
 * malformed or out of bounds; not logged. */
enum err message_to_region_get(struct message_codec *codec, struct bytes bytes,
    struct message *message) MUST_CHECK;
enum err message_from_region_get(struct message_codec *codec,
    struct bytes bytes, struct message *message) MUST_CHECK;
/* Either direction, by its kind. Returns the length, 0 if it does not fit. */
size_t message_put(const struct message *message, uint8_t *at, size_t cap);

/* The body of a push: count times (u16 length, event bytes), then blob_count
 * times (u16 length, blob). */
size_t push_body_add(uint8_t *at, size_t used, size_t cap,
    struct bytes event); /* the new length; `used` again if it does not fit */
/* Takes the next event off `*body`. ERR_NOTFOUND: none left; ERR_INVALID. */
enum err push_body_next(struct bytes *body, struct bytes *event) MUST_CHECK;
/* The body of a page: count times (u64 index, u32 length, leaf bytes). */
size_t page_body_add(
    uint8_t *at, size_t used, size_t cap, uint64_t index, struct bytes leaf);
enum err page_body_next(
    struct bytes *body, uint64_t *index, struct bytes *leaf) MUST_CHECK;

#endif
