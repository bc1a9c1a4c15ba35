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
/* The number in ikrar/<wilayah>/<epoch>; ERR_INVALID (not logged). */
enum err check_epoch_of(const char *origin, uint64_t *epoch) MUST_CHECK;
uint64_t check_epoch(const struct check *check);

/* REJECT_BAD_SIGNATURE: not signed by the log's key for this origin;
 * REJECT_DIVERGED: another root was seen at this size. */
enum reject check_head(
    struct check *check, const char *text, struct checkpoint *head);

/* The region's mark against the own chain. REJECT_GAP: it has more than this
 * spool, whose disk was rolled back; REJECT_FORK: another chain. */
enum reject check_mark(
    struct check *check, uint64_t have, const uint8_t head[EVENT_HASH_SIZE]);

/*
 * The proof in a receipt, as docs/protocol.md has it; if event `have` was
 * refused it is among receipt->refused afterwards. Besides the words above:
 * REJECT_DIVERGED: the entry is not in the log at that place; REJECT_MALFORMED,
 * REJECT_IDENTITY: it speaks of something else.
 */
enum reject check_receipt(
    struct check *check, struct receipt *receipt, struct checkpoint *head);

#endif
