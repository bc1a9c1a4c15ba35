/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region's LMDB in DIR/store: the log, its tree, the nodes' marks, a
 * snapshot of the view, and `live`: what is not in the log and not rebuilt.
 *
 * The daemon has it open for writing; commands of other processes open it
 * read-only beside it. A reader sees the log as of its first look, until
 * store_done: long loops call store_done now and then.
 *
 *     log       index (u64)                    -> leaf
 *     tree      level (u8), n (u64)            -> full tile: 256 hashes
 *     node      node id                        -> mark, head, last index
 *     refused   node id, seq (u64)             -> word
 *     snapshot  part (u32)                     -> bytes of view_save
 *     meta      name                           -> bytes
 *     live      name                           -> bytes
 */
#ifndef AGGREGATOR_STORE_H
#define AGGREGATOR_STORE_H

#include "judge/view.h"
#include "model/message.h"
#include "model/wire.h"
#include "trust/tlog.h"

struct store;
struct stat;

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };

/* `dir` is the region's DIR. ERR_NOTFOUND: no region there; ERR_DUP: create,
 * but there is one; ERR_INVALID, ERR_IO: logged. */
enum err store_open(
    struct store **store, const char *dir, enum store_mode mode) MUST_CHECK;
void store_close(struct store *store);

/* ---- reading (STORE_READ, and the daemon) */

/* Lets the pointers go; the next look sees what was committed since. */
void store_done(struct store *store);
/* Entries in the log. */
uint64_t store_size(struct store *store);

/* One entry. Pointers live until store_done, `event`'s rows until the next
 * store_entry. */
struct stored {
	uint64_t index;
	struct bytes bytes; /* the leaf, as hashed and exported */
	struct leaf leaf;
	struct event event;
};
/* ERR_NOTFOUND: beyond the end. ERR_INVALID (logged): damaged. */
enum err store_leaf(
    struct store *store, uint64_t index, struct bytes *bytes) MUST_CHECK;
enum err store_entry(
    struct store *store, uint64_t index, struct stored *stored) MUST_CHECK;

/* Snapshot and the tail of the log into a view made by view_new: its size is
 * then store_size. Without or with an unreadable snapshot: the whole log. */
enum err store_view(struct store *store, struct view **view) MUST_CHECK;
/* From the log alone, its first `entries`. ERR_NOTFOUND: it has fewer. */
enum err store_fold(
    struct store *store, uint64_t entries, struct view **view) MUST_CHECK;
/* The stored snapshot as it is; the caller clears it. ERR_NOTFOUND. */
enum err store_snapshot(
    struct store *store, struct text_buf *saved, uint64_t *entries) MUST_CHECK;

/* The tree over all entries, read from the tiles; made anew by each call and
 * freed with tlog_free before the store is closed. */
enum err store_tree(struct store *store, struct tlog **tree) MUST_CHECK;
/* A full tile. ERR_NOTFOUND: it is not full yet. */
enum err store_tile(struct store *store, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH]) MUST_CHECK;

struct store_mark {
	uint64_t mark;       /* last sequence number that was consumed */
	struct hash head;    /* of the node's chain there */
	uint64_t last_index; /* of the entry of that event */
};
/* ERR_NOTFOUND: nothing of this node yet. */
enum err store_mark(struct store *store, const uint8_t node[NODE_ID_SIZE],
    struct store_mark *mark) MUST_CHECK;
/* Refused rows of the node within [from, to], at most `max`; the number. */
unsigned store_refused(struct store *store, const uint8_t node[NODE_ID_SIZE],
    uint64_t from, uint64_t to, struct refused_row *rows, unsigned max);

/* What the daemon last noted of a node, outside the log; written at most once
 * a second. */
struct live_node {
	uint64_t last_contact_ms; /* the region's clock */
	uint64_t last_seq;        /* of its spool, as it last said */
	int64_t clock_offset_ms;  /* node minus region, at its last Hello */
	char software[SOFTWARE_MAX];
};
enum err store_live_node(struct store *store, const uint8_t node[NODE_ID_SIZE],
    struct live_node *live) MUST_CHECK;
/* Each counter of the daemon since its last start, in the order of names. */
typedef void (*store_counter_fn)(
    void *context, const char *name, uint64_t value);
void store_each_counter(
    struct store *store, store_counter_fn fn, void *context);
/* Bytes of the data file in use; share of its disk in use, percent. */
uint64_t store_used_bytes(struct store *store);
unsigned store_disk_percent(struct store *store);

/* ---- writing (the daemon, and `init`) */

/* Starts a turn: one transaction, one received time. Does nothing when a turn
 * is open. */
void store_begin(struct store *store, uint64_t received_at_ms);
bool store_is_open_turn(const struct store *store);
/* Puts an entry behind the last and into the tree; returns its index. A
 * failure shows at store_commit. `leaf_hash` may be NULL: not known yet. */
uint64_t store_append(struct store *store, enum author author,
    struct bytes event, struct bytes stamp, const struct hash *leaf_hash);
/* The tree that the appends go into. */
struct tlog *store_tlog(struct store *store);
void store_put_mark(struct store *store, const uint8_t node[NODE_ID_SIZE],
    const struct store_mark *mark);
void store_put_refused(struct store *store, const uint8_t node[NODE_ID_SIZE],
    uint64_t seq, enum reject word);
/* Synced on OK. ERR_FULL: nothing was stored: the daemon must end. */
enum err store_commit(struct store *store) MUST_CHECK;

/* In the open turn: replaces the snapshot; `saved` is of view_size entries. */
void store_put_snapshot(
    struct store *store, struct bytes saved, uint64_t entries);
void store_put_live_node(struct store *store, const uint8_t node[NODE_ID_SIZE],
    const struct live_node *live);
void store_put_counters(struct store *store, const struct stat *stat);

#endif
