/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small region for one node: it follows docs/protocol.md over a real
 * socket with its own chain fold, tree and checkpoints, keeps everything in
 * memory, and lies when it is told to.
 */
#ifndef TESTS_SUPPORT_REGION_H
#define TESTS_SUPPORT_REGION_H

#include "core/link.h"
#include "model/message.h"
#include "model/wire.h"
#include "node/keys.h"
#include "trust/note.h"
#include "trust/tlog.h"

/* What it does wrong with each receipt. */
enum region_lie {
	LIE_NONE,
	LIE_CHECKPOINT, /* signed with another key */
	LIE_INCLUSION,  /* one bit of the proof */
	LIE_HEAD,       /* another chain's head */
	LIE_INDEX,      /* another entry */
	LIE_TIME,       /* received_at_ms */
	LIE_ROOT,       /* signed, but another root at the same size */
	LIE_REFUSED,    /* calls event `have` refused without a proof */
	LIE_PROOF,      /* one bit of the consistency proof */
};

enum {
	REGION_TILES_MAX = 256,
	REGION_TURN_MAX = 64,
	REGION_BLOBS_MAX = 64,
	REGION_SETS_MAX = 4,
};

struct region_tile {
	unsigned level;
	uint64_t n;
	struct hash hashes[TLOG_TILE_WIDTH];
};

struct region_answer {
	struct link_route route;
	uint64_t have, index, received_at_ms;
	struct hash head;
	struct bytes refusal_event;
	uint32_t refused_count;
	struct refused_row refused[8];
};

struct region {
	struct loop *loop;
	struct link_server *server;
	struct link_keys server_keys;
	struct sign_keys log_key, other_key;
	struct node_region joined; /* what the node has in DIR/region */
	const struct node_keys *node;

	/* What it does. */
	enum region_lie lie;
	unsigned lose_receipts; /* so many more */
	unsigned ignore_pushes;
	enum reject refuse_pushes; /* with this batch word; REJECT_NONE: no */
	uint64_t refuse_seq;       /* this event, as unknown_unit; 0: none */
	uint64_t retry_ms;
	bool report_wanted;
	bool welcome_forks;
	bool no_proofs;      /* says nothing of any head before */
	bool beats_first;    /* before each Welcome, with a new head */
	bool forgets_always; /* what it told */
	bool refuses_hello;  /* as diverged */
	enum reject refuse_reads;
	unsigned ignore_reads; /* so many more */
	uint32_t credit_events, credit_bytes;
	uint64_t roster_version, campaign_version;
	const struct unit_row *units; /* one a part */
	unsigned unit_count;
	uint64_t recipients_version; /* of `sets`, from 1 */
	struct recipients_changed sets[REGION_SETS_MAX];

	/* What it has. */
	struct tlog *tlog;
	struct region_tile *tiles;
	unsigned tile_count;
	struct bytes *leaves; /* copies */
	size_t leaf_count, leaf_cap;
	uint64_t mark, mark_index, mark_received_ms;
	struct hash head;
	struct bytes mark_refusal;
	uint64_t told; /* the node, of the log's size; 0: nothing */
	struct tlog_proof proof, beat_proof;

	/* What it saw. */
	struct link_route route; /* of the last Hello */
	bool has_route;
	unsigned hellos, pushes, receipts, reads, fetches;
	unsigned blob_count;
	struct hash blob_hashes[REGION_BLOBS_MAX]; /* as they came */
	uint64_t hello_size;                       /* seen_size of the last */
	uint64_t seen_size;                        /* of the last event taken */
	enum event_kind last_kind;
	uint32_t unanswered, unanswered_max; /* events in one turn */

	struct message beat; /* the last */
	struct region_answer answers[REGION_TURN_MAX];
	unsigned answer_count;
	struct message_codec *codec;
	struct wire *wire;
};

void region_open(struct region *region, struct loop *loop, struct link *link,
    const struct node_keys *node);
void region_close(struct region *region);
/* Forgets all but the first entry and the node's mark, as an old backup. */
void region_roll_back(struct region *region);
/* Another entry stands at `index`, as if it had always been so. */
void region_rewrite(struct region *region, uint64_t index);
/* Appends one own entry, so that the head grows. */
void region_tick(struct region *region);
void region_beat(struct region *region);
/* The last one once more, with the head of then. */
void region_beat_again(struct region *region);

#endif
