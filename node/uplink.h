/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Push and resend: what is in the spool goes to the region in batches and is
 * kept until a verified receipt covers it. Also the feed (Read) and the slices
 * (Fetch) for nodes that have a right to them. Runs in the caller's loop.
 *
 * Verified before it is believed: each checkpoint's signature and origin, and
 * that it continues the largest one seen before; each receipt's head against
 * the own chain and its inclusion proof. What fails stops the uplink (status:
 * halted) until a person looks; the spool goes on taking records.
 */
#ifndef NODE_UPLINK_H
#define NODE_UPLINK_H

#include "core/loop.h"
#include "node/spool.h"

struct uplink;

struct feed_entry {
	uint64_t index;
	struct bytes leaf;
};

struct uplink_options {
	struct loop *loop;
	struct link *link;
	struct spool *spool;
	const struct node_keys *keys;
	const struct node_region *region;
	const char *dir;
	uint64_t greet_again_ms; /* in an idle moment; 0: 5 minutes */
	/* What a Welcome says of the region's endpoints goes to DIR/region, and
	 * is tried from now on, unless that of `region` was a person's word. */
	bool keeps_endpoints, has_fixed_endpoint;
	/* A receipt up to `have` is verified; it is kept on disk soon after
	 * that. May be NULL. */
	void (*verified)(void *context, uint64_t have);
	/* Receipts, as kept, state or halt have changed. May be NULL. */
	loop_fn changed;
	/* A page of the feed; only after uplink_read. `next` and `leaf_hash`
	 * are where to read on. May be NULL. */
	void (*page)(void *context, const struct page *page,
	    const struct feed_entry *entries, unsigned count);
	/* The log was recovered and goes on under another name: its entries
	 * are to be read anew. May be NULL. */
	loop_fn recovered;
	/* The region refused a Read or Fetch. May be NULL. */
	void (*refused)(void *context, enum reject word);
	void *context;
};

enum err uplink_open(
    struct uplink **uplink, const struct uplink_options *options) MUST_CHECK;
void uplink_close(struct uplink *uplink);

/* New rows are in the spool (also found by the datagram at DIR/wake and by a
 * look every 5 s). */
void uplink_wake(struct uplink *uplink);
/* Asks for entries from `index`; asked again after each reconnect until a
 * page came. */
void uplink_read(struct uplink *uplink, uint64_t index,
    const uint8_t *leaf_hash /* of index-1; NULL at 0 */);

/* All rows have a receipt (or are refused, proven). */
bool uplink_is_drained(const struct uplink *uplink);
/* All rows have a verified receipt, which may not be on the disk yet. */
bool uplink_is_answered(const struct uplink *uplink);
enum link_state uplink_link_state(const struct uplink *uplink);
enum reject uplink_halted(const struct uplink *uplink);
/* The roster and campaigns of the last Welcome are here. */
bool uplink_has_slices(const struct uplink *uplink);
uint64_t uplink_bytes(const struct uplink *uplink);

/*
 * Joins a region with an invitation: keys must be in `dir` already; on OK
 * DIR/region is there, and DIR/spool (closed) with the first head and pin.
 * Blocks up to `within_ms`. ERR_DENIED: refused (*word); ERR_TIMEOUT: nobody
 * answers (*state says why). Told in words by the caller.
 */
struct join_result {
	enum reject word;
	enum link_state state;
	struct joined joined;
};
struct invite_code;
enum err node_join(struct loop *loop, const char *dir,
    const struct invite_code *code, uint64_t within_ms,
    struct join_result *result) MUST_CHECK;

#endif
