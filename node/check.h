/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a region says of its log, held against its log key, the heads seen
 * before and the own chain. Nothing here changes the spool.
 */
#ifndef NODE_CHECK_H
#define NODE_CHECK_H

#include "node/spool.h"

struct check;

/* All three stay the caller's and outlive it. */
struct check *check_new(struct spool *spool, const struct node_keys *keys,
    const struct node_region *region);
void check_free(struct check *check);
/* Takes up the epoch that the spool is in: another process of this node may
 * have followed the log there. True: it is another. */
bool check_refresh(struct check *check);
uint64_t check_epoch(const struct check *check);

/* The log's name in that epoch. */
const char *check_origin(const struct check *check);
/* A head of this log under any of its names. ERR_INVALID: it is none. */
enum err check_open_head(struct checkpoint *head, uint64_t *epoch,
    const struct node_region *region, const char *text) MUST_CHECK;

/* What a message says of the log's head. */
struct head_said {
	const char *text;
	uint64_t from_size; /* the head continues the tree of that size */
	struct bytes consistency;
	bool report_wanted;
};
/* False: the message has no head. Points into it. */
bool check_head_of(const struct message *message, struct head_said *said);

enum head_trust {
	HEAD_BELIEVED,
	HEAD_UNSIGNED, /* not by the log's key for this origin */
	HEAD_UNLINKED, /* not shown to continue the largest head kept here, but
			* no contradiction either: greet again */
	HEAD_DIVERGED, /* it contradicts a head kept here */
};

/*
 * A head is believed if it is one of those kept; or if it is proven to continue
 * the largest one kept; or if none is kept. check_greet fills in the head that
 * the region is to continue from, and forgets what came early. Until the
 * Welcome is here, a head may have been on its way already, and so continue
 * another one: it is only remembered, in case the Welcome continues it.
 */
void check_greet(struct check *check, struct hello *hello);
enum head_trust check_head(
    struct check *check, const struct head_said *said, struct checkpoint *head);
enum head_trust check_head_early(
    struct check *check, const struct head_said *said);

/* The log goes on under another name. HEAD_BELIEVED: `recovery` is filled but
 * for the time, and points into `said`; HEAD_UNLINKED: the next Hello, to be
 * said at once, names the head that is to be continued. */
enum head_trust check_recovered(struct check *check,
    const struct recovered *said, struct spool_recovery *recovery);

/* The region's mark against the own chain. REJECT_GAP: it has more than this
 * spool, whose disk was rolled back; REJECT_FORK: another chain. */
enum reject check_mark(
    struct check *check, uint64_t have, const uint8_t head[EVENT_HASH_SIZE]);

/*
 * The proof in a receipt, as docs/protocol.md has it, against its head, which
 * is believed already; if event `have` was refused it is among receipt->refused
 * afterwards. Besides the words above: REJECT_DIVERGED: the entry is not in the
 * log at that place; REJECT_MALFORMED, REJECT_IDENTITY: it speaks of something
 * else.
 */
enum reject check_receipt(struct check *check, struct receipt *receipt,
    const struct checkpoint *head);

#endif
