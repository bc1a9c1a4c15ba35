/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/told.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PROOFS = 64 };

struct told {
	struct turn *turn;
	struct peers *peers;
	uint64_t to; /* the size that all kept proofs lead to */
	struct {
		uint64_t from; /* 0: none */
		struct tlog_proof proof;
	} kept[PROOFS]; /* by from, the last of those that share a place */
};

struct told *
told_new(struct turn *turn, struct peers *peers)
{
	struct told *told = xcalloc(1, sizeof *told);

	told->turn = turn;
	told->peers = peers;
	return told;
}

void
told_free(struct told *told)
{
	free(told);
}

void
told_hello(struct told *told, unsigned number, const struct hello *hello)
{
	uint64_t epoch = view_region(turn_view(told->turn))->epoch;

	peers_at(told->peers, number)->told_size =
	    hello->seen_epoch == epoch ? hello->seen_size : 0;
}

static const struct tlog_proof *
proof_from(struct told *told, uint64_t from)
{
	struct tlog *tree = store_tlog(turn_store(told->turn));
	uint64_t to = turn_head_size(told->turn);
	unsigned place = (unsigned)(from % PROOFS);

	if (told->to != to) {
		for (unsigned i = 0; i < PROOFS; i++)
			told->kept[i].from = 0;
		told->to = to;
	}
	if (told->kept[place].from == from)
		return &told->kept[place].proof;
	told->kept[place].from = 0;
	if (tlog_prove_consistency(tree, from, to, &told->kept[place].proof) !=
	    OK) {
		log_warnx("consistency-unprovable from=%" PRIu64 " to=%" PRIu64,
		    from, to);
		return NULL;
	}
	told->kept[place].from = from;
	return &told->kept[place].proof;
}

struct told_head
told_head_from(struct told *told, uint64_t from)
{
	struct told_head head = {.checkpoint = turn_checkpoint(told->turn)};
	const struct tlog_proof *proof;

	if (from == 0 || from > turn_head_size(told->turn))
		return head;
	if (from < turn_head_size(told->turn)) {
		proof = proof_from(told, from);
		if (proof == NULL)
			return head;
		head.consistency =
		    bytes_of(proof->at, (size_t)proof->count * HASH_SIZE);
	}
	head.from_size = from;
	return head;
}

struct told_head
told_head(struct told *told, unsigned number)
{
	return told_head_from(told, peers_at(told->peers, number)->told_size);
}

void
told_sent(struct told *told, unsigned number)
{
	peers_at(told->peers, number)->told_size = turn_head_size(told->turn);
}
