/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt of one record as a file: a C2SP tlog-proof, whose `extra` holds
 * what leads from the record to the leaf. Pure. Bytes: docs/protocol.md,
 * "Receipt as a file".
 *
 *     extra = u8 1 | node(16) | u64 seq | head before(32) |
 *             u16 len | event | u16 count | count event hashes(32) |
 *             u16 len | leaf
 *
 * The record's event hash, folded with the hashes behind it from the head
 * before it, gives the chain's head at the stamped event (seq + count). The
 * leaf is that event's entry: author 1 with that event and its stamp; or author
 * 0, an EventRefused of it. The proof includes the leaf in the checkpoint.
 */
#ifndef TRUST_PROOF_H
#define TRUST_PROOF_H

#include "trust/note.h"
#include "trust/tlog.h"

enum {
	/* Hashes behind the record: more than a credit of events. */
	PROOF_EVENTS_MAX = 4096,
	PROOF_TEXT_MAX = 1 << 19,
};

struct record_proof {
	uint8_t node[NODE_ID_SIZE];
	uint64_t seq;
	struct hash head_before;
	struct bytes event;
	unsigned hash_count;
	const struct hash *hashes; /* of the events behind it, to the stamp */
	struct bytes leaf;
	uint64_t index;
	struct tlog_proof inclusion;
	const char *checkpoint; /* signed text, not yet verified */
	size_t checkpoint_len;
};

/* Appends the file's text. */
void record_proof_put(struct text_buf *text, const struct record_proof *proof);

/* Takes it apart; what it points to lives in `space` (freed by
 * record_proof_clear). ERR_INVALID: malformed. Nothing is verified. */
struct proof_space;
enum err record_proof_get(struct record_proof *proof,
    struct proof_space **space, struct bytes text) MUST_CHECK;
void record_proof_clear(struct proof_space *space);

/* The chain's head at the stamped event, by folding. */
struct hash record_proof_head(const struct record_proof *proof);

#endif
