/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Merkle tree of RFC 6962 in tiles of 256 hashes (C2SP tlog-tiles). Pure.
 *
 * `struct tlog` holds the unfinished tile of each level; a finished tile is
 * given away through `tile_full` (the caller stores it) and asked back through
 * `tile_read`. So an append costs one leaf hash and about one pair hash, and
 * nothing is written twice.
 */
#ifndef TRUST_TLOG_H
#define TRUST_TLOG_H

#include "trust/hash.h"

enum {
	TLOG_TILE_HEIGHT = 8,
	TLOG_TILE_WIDTH = 256,
	TLOG_LEVELS = 8, /* tile levels: 2^64 leaves */
	TLOG_PROOF_MAX = 64,
};

struct tlog_tiles {
	/* Tile (level, n) is complete: 256 hashes, 32 bytes each. */
	void (*full)(void *context, unsigned level, uint64_t n,
	    const struct hash hashes[TLOG_TILE_WIDTH]);
	/* The same hashes again. ERR_NOTFOUND: the store is damaged. An error
	 * goes to the caller as it is; a tile that does not hash to what the
	 * tree has above it is ERR_INVALID. */
	enum err (*read)(void *context, unsigned level, uint64_t n,
	    struct hash hashes[TLOG_TILE_WIDTH]);
	void *context;
};

struct tlog;

struct tlog *tlog_new(const struct tlog_tiles *tiles);
void tlog_free(struct tlog *tlog);

/* A tree of `size` leaves whose full tiles can be read. The hashes of the
 * leaves behind the last full tile follow by tlog_append. `size` must be the
 * greatest multiple of 256 not above the log's size. The tiles at the right
 * edge are believed: compare the root with the signed one. After an error the
 * tree is empty. */
enum err tlog_load(struct tlog *tlog, uint64_t size) MUST_CHECK;

void tlog_append(struct tlog *tlog, const struct hash *leaf_hash);
uint64_t tlog_size(const struct tlog *tlog);
/* Of no leaf: SHA-256 of nothing. */
struct hash tlog_root(const struct tlog *tlog);
/* The root when the tree had `size` leaves. Here and below ERR_INVALID is also
 * a size or index that this tree does not have. */
enum err tlog_root_at(
    struct tlog *tlog, uint64_t size, struct hash *root) MUST_CHECK;
/* The unfinished tile of a level: `*count` hashes (for an export). */
const struct hash *tlog_partial(
    const struct tlog *tlog, unsigned level, unsigned *count);

struct tlog_proof {
	unsigned count;
	struct hash at[TLOG_PROOF_MAX];
};

/* Leaf `index` in the tree of `size` leaves; index < size <= tlog_size. */
enum err tlog_prove_inclusion(struct tlog *tlog, uint64_t index, uint64_t size,
    struct tlog_proof *proof) MUST_CHECK;
/* The tree of `from` leaves is a prefix of that of `to`; 0 < from <= to. */
enum err tlog_prove_consistency(struct tlog *tlog, uint64_t from, uint64_t to,
    struct tlog_proof *proof) MUST_CHECK;

bool tlog_inclusion_is_valid(const struct tlog_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf_hash, const struct hash *root);
bool tlog_consistency_is_valid(const struct tlog_proof *proof, uint64_t from,
    uint64_t to, const struct hash *from_root, const struct hash *to_root);

/* Path of a tile below the log's directory (C2SP tlog-tiles):
 * tile/0/x001/067, tile/entries/000.p/17. `width` 256 = full. */
enum { TLOG_PATH_MAX = 96, TLOG_LEVEL_ENTRIES = -1 };
void tlog_path(char path[TLOG_PATH_MAX], int level, uint64_t n, unsigned width);

#endif
