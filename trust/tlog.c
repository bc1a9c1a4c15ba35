/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tile keeps its 256 hashes and all hashes above them in one binary heap:
 * place 1 is the root of the tile, place k hashes places 2k and 2k + 1, and
 * the hashes of the tile itself stand from place 256. In an unfinished tile a
 * place is filled as soon as all below it is there. So any subtree of a power
 * of two that lies on its own boundary is one look-up, and a proof hashes
 * anew only where the right edge of the tree is ragged.
 *
 * A finished tile that is read back must hash to what the tree above it has,
 * up to the tiles in memory: storage that rots gives an error, not a proof
 * that nobody accepts.
 */
#include "trust/tlog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TILE_ROOT = 1,
	TILE_PLACES = 2 * TLOG_TILE_WIDTH,
	CACHED_TILES = 4, /* per level: the ends of two proofs, twice */
	/* Of leaves as many as a turn may finish: each of its receipts proves
	 * an entry in another one, and to fill a tile is 255 hashes. */
	CACHED_LEAF_TILES = 64,
	CACHED_ALL = CACHED_LEAF_TILES + (TLOG_LEVELS - 1) * CACHED_TILES,
	PATH_BASE = 1000,
	PATH_GROUPS = 7, /* of UINT64_MAX */
};

struct tile {
	uint64_t n;
	uint64_t used; /* when last asked for; 0: holds nothing */
	struct hash at[TILE_PLACES];
};

struct level {
	unsigned count; /* hashes of the unfinished tile */
	struct hash edge[TILE_PLACES];
};

struct tlog {
	struct tlog_tiles tiles;
	uint64_t size;
	uint64_t uses;
	struct level levels[TLOG_LEVELS];
	struct tile cached[CACHED_ALL]; /* by level */
};

static enum err node_get(struct tlog *tlog, unsigned height, uint64_t index,
    struct hash *hash) MUST_CHECK;

struct tlog *
tlog_new(const struct tlog_tiles *tiles)
{
	struct tlog *tlog = xcalloc(1, sizeof *tlog);

	tlog->tiles = *tiles;
	return tlog;
}

void
tlog_free(struct tlog *tlog)
{
	free(tlog);
}

/* Finished tiles of a level. The topmost is never finished. */
static uint64_t
tiles_full(const struct tlog *tlog, unsigned level)
{
	if (level + 1 >= TLOG_LEVELS)
		return 0;
	return tlog->size >> (TLOG_TILE_HEIGHT * (level + 1));
}

static void
tile_fill(struct hash at[TILE_PLACES])
{
	for (unsigned k = TLOG_TILE_WIDTH - 1; k >= TILE_ROOT; k--)
		at[k] = hash_pair(&at[2 * k], &at[2 * k + 1]);
}

/* Tile n of the level, or else the place for it: that which was not asked for
 * the longest. */
static struct tile *
tile_slot(struct tlog *tlog, unsigned level, uint64_t n)
{
	unsigned count = level == 0 ? CACHED_LEAF_TILES : CACHED_TILES;
	struct tile *cached = tlog->cached;
	struct tile *slot;

	if (level > 0)
		cached += CACHED_LEAF_TILES + (level - 1) * CACHED_TILES;
	slot = &cached[0];
	for (unsigned i = 0; i < count; i++) {
		if (cached[i].used != 0 && cached[i].n == n)
			return &cached[i];
		if (cached[i].used < slot->used)
			slot = &cached[i];
	}
	slot->used = 0;
	slot->n = n;
	return slot;
}

static enum err
tile_read(struct tlog *tlog, unsigned level, uint64_t n, struct tile **tile)
{
	struct tile *slot = tile_slot(tlog, level, n);
	enum err err;

	if (slot->used == 0) {
		err = tlog->tiles.read(
		    tlog->tiles.context, level, n, slot->at + TLOG_TILE_WIDTH);
		if (err != OK)
			return err;
		tile_fill(slot->at);
	}
	*tile = slot;
	return OK;
}

static enum err
tile_get(struct tlog *tlog, unsigned level, uint64_t n, struct tile **tile)
{
	struct tile *slot = NULL;
	struct hash above;
	enum err err = tile_read(tlog, level, n, &slot);

	if (err == OK && slot->used == 0) {
		err = node_get(tlog, TLOG_TILE_HEIGHT * (level + 1), n, &above);
		if (err == OK && !hash_equal(&above, &slot->at[TILE_ROOT]))
			err = ERR_INVALID;
	}
	if (err != OK)
		return err;
	slot->used = ++tlog->uses;
	*tile = slot;
	return OK;
}

/* The hash of the leaves from index << height, 1 << height of them: all must
 * be in the tree. */
static enum err
node_get(struct tlog *tlog, unsigned height, uint64_t index, struct hash *hash)
{
	unsigned level = height / TLOG_TILE_HEIGHT;
	unsigned depth = TLOG_TILE_HEIGHT - height % TLOG_TILE_HEIGHT;
	uint64_t n = index >> depth;
	uint64_t row = (uint64_t)1 << depth;
	uint64_t place = row + (index & (row - 1));
	struct tile *tile = NULL;
	enum err err;

	if (n == tiles_full(tlog, level)) {
		*hash = tlog->levels[level].edge[place];
		return OK;
	}
	err = tile_get(tlog, level, n, &tile);
	if (err == OK)
		*hash = tile->at[place];
	return err;
}

/* One more hash on the unfinished tile, and all that is complete by it. */
static void
edge_add(struct level *level, const struct hash *hash)
{
	unsigned place = TLOG_TILE_WIDTH + level->count++;

	level->edge[place] = *hash;
	while (place > TILE_ROOT && place % 2 == 1) {
		place /= 2;
		level->edge[place] = hash_pair(
		    &level->edge[2 * place], &level->edge[2 * place + 1]);
	}
}

/* The finished tile is what the next proofs ask for: it stays at hand. */
static void
tile_finish(struct tlog *tlog, unsigned level, uint64_t n)
{
	struct level *full = &tlog->levels[level];
	struct tile *slot = tile_slot(tlog, level, n);

	memcpy(slot->at, full->edge, sizeof slot->at);
	slot->used = ++tlog->uses;
	full->count = 0;
	tlog->tiles.full(
	    tlog->tiles.context, level, n, slot->at + TLOG_TILE_WIDTH);
}

void
tlog_append(struct tlog *tlog, const struct hash *leaf_hash)
{
	struct hash hash = *leaf_hash;
	unsigned level = 0;

	tlog->size++;
	edge_add(&tlog->levels[0], &hash);
	while (tlog->levels[level].count == TLOG_TILE_WIDTH) {
		hash = tlog->levels[level].edge[TILE_ROOT];
		tile_finish(tlog, level, tiles_full(tlog, level) - 1);
		level++;
		edge_add(&tlog->levels[level], &hash);
	}
}

/* Memory that no tile has used yet stays untouched. */
static void
tlog_reset(struct tlog *tlog)
{
	tlog->size = 0;
	for (unsigned i = 0; i < TLOG_LEVELS; i++)
		tlog->levels[i].count = 0;
	for (unsigned i = 0; i < CACHED_ALL; i++)
		if (tlog->cached[i].used != 0)
			tlog->cached[i].used = 0;
}

/* The unfinished tile of a level is the roots of the tiles below it that
 * belong to no finished one. What stands above these is not there yet, so
 * they are taken as read: the caller compares the root. */
static enum err
edge_load(struct tlog *tlog, unsigned level)
{
	unsigned shift = TLOG_TILE_HEIGHT * level;
	unsigned count = tlog->size >> shift & (TLOG_TILE_WIDTH - 1);
	uint64_t first = tiles_full(tlog, level) * TLOG_TILE_WIDTH;
	struct tile *tile = NULL;

	for (unsigned i = 0; i < count; i++) {
		enum err err = tile_read(tlog, level - 1, first + i, &tile);

		if (err != OK)
			return err;
		tile->used = ++tlog->uses;
		edge_add(&tlog->levels[level], &tile->at[TILE_ROOT]);
	}
	return OK;
}

enum err
tlog_load(struct tlog *tlog, uint64_t size)
{
	CHECK(size % TLOG_TILE_WIDTH == 0);
	tlog_reset(tlog);
	tlog->size = size;
	for (unsigned level = 1; level < TLOG_LEVELS; level++) {
		enum err err = edge_load(tlog, level);

		if (err != OK) {
			tlog_reset(tlog);
			return err;
		}
	}
	return OK;
}

uint64_t
tlog_size(const struct tlog *tlog)
{
	return tlog->size;
}

/*
 * RFC 6962's hash of the leaves from `begin` to before `end`. `begin` is a
 * multiple of the greatest power of two that fits in: so the range is whole
 * subtrees, largest first, and is hashed together from the smallest.
 */
static enum err
range_hash(struct tlog *tlog, uint64_t begin, uint64_t end, struct hash *result)
{
	struct hash hash, left;
	bool started = false;

	for (unsigned height = 0; begin < end; height++) {
		enum err err;

		if (((end - begin) >> height & 1) == 0)
			continue;
		err = node_get(tlog, height, (end >> height) - 1, &left);
		if (err != OK)
			return err;
		hash = started ? hash_pair(&left, &hash) : left;
		started = true;
		end -= (uint64_t)1 << height;
	}
	CHECK(started);
	*result = hash;
	return OK;
}

/* The whole subtrees of the tree's right edge that end in this level. */
static void
edge_fold(const struct level *level, struct hash *hash, bool *started)
{
	for (unsigned height = 0; height < TLOG_TILE_HEIGHT; height++) {
		unsigned row = TLOG_TILE_WIDTH >> height;
		const struct hash *left;

		if ((level->count >> height & 1) == 0)
			continue;
		left = &level->edge[row + (level->count >> height) - 1];
		*hash = *started ? hash_pair(left, hash) : *left;
		*started = true;
	}
}

struct hash
tlog_root(const struct tlog *tlog)
{
	struct hash root = {{0}};
	bool started = false;

	if (tlog->size == 0)
		return hash_parts(NULL, 0);
	for (unsigned i = 0; i < TLOG_LEVELS; i++)
		edge_fold(&tlog->levels[i], &root, &started);
	return root;
}

enum err
tlog_root_at(struct tlog *tlog, uint64_t size, struct hash *root)
{
	if (size > tlog->size)
		return ERR_INVALID;
	if (size == 0) {
		*root = hash_parts(NULL, 0);
		return OK;
	}
	return range_hash(tlog, 0, size, root);
}

const struct hash *
tlog_partial(const struct tlog *tlog, unsigned level, unsigned *count)
{
	CHECK(level < TLOG_LEVELS);
	*count = tlog->levels[level].count;
	return tlog->levels[level].edge + TLOG_TILE_WIDTH;
}

/* Proofs are found from the root down and written from the leaf up. */
static void
proof_turn(struct tlog_proof *proof)
{
	for (unsigned i = 0; i < proof->count / 2; i++) {
		struct hash *a = &proof->at[i];
		struct hash *b = &proof->at[proof->count - 1 - i];
		struct hash hash = *a;

		*a = *b;
		*b = hash;
	}
}

static enum err
proof_add(
    struct tlog *tlog, struct tlog_proof *proof, uint64_t begin, uint64_t end)
{
	enum err err;

	CHECK(proof->count < TLOG_PROOF_MAX);
	err = range_hash(tlog, begin, end, &proof->at[proof->count]);
	if (err == OK)
		proof->count++;
	return err;
}

/* Where a range of two leaves or more parts: its greatest power of two that
 * is less than the whole. */
static uint64_t
range_middle(uint64_t begin, uint64_t end)
{
	uint64_t last = end - begin - 1;

	return begin + ((uint64_t)1 << (63 - __builtin_clzll(last)));
}

enum err
tlog_prove_inclusion(
    struct tlog *tlog, uint64_t index, uint64_t size, struct tlog_proof *proof)
{
	struct tlog_proof found;
	uint64_t begin = 0, end = size;
	enum err err = OK;

	if (index >= size || size > tlog->size)
		return ERR_INVALID;
	found.count = 0;
	while (err == OK && end - begin > 1) {
		uint64_t middle = range_middle(begin, end);

		if (index < middle) {
			err = proof_add(tlog, &found, middle, end);
			end = middle;
		} else {
			err = proof_add(tlog, &found, begin, middle);
			begin = middle;
		}
	}
	if (err != OK)
		return err;
	proof_turn(&found);
	*proof = found;
	return OK;
}

enum err
tlog_prove_consistency(
    struct tlog *tlog, uint64_t from, uint64_t to, struct tlog_proof *proof)
{
	struct tlog_proof found;
	uint64_t begin = 0, end = to;
	enum err err = OK;

	if (from == 0 || from > to || to > tlog->size)
		return ERR_INVALID;
	found.count = 0;
	while (err == OK && from != end) {
		uint64_t middle = range_middle(begin, end);

		if (from <= middle) {
			err = proof_add(tlog, &found, middle, end);
			end = middle;
		} else {
			err = proof_add(tlog, &found, begin, middle);
			begin = middle;
		}
	}
	/* From the left edge the rest is the old root, known to the reader. */
	if (err == OK && begin != 0)
		err = proof_add(tlog, &found, begin, end);
	if (err != OK)
		return err;
	proof_turn(&found);
	*proof = found;
	return OK;
}

/* RFC 9162, 2.1.3.2 and 2.1.4.2: up one level, or, at a right edge that was
 * just joined from the left, up to where the next hash belongs. */
static void
path_climb(uint64_t *index, uint64_t *last, bool joined_left)
{
	while (joined_left && (*index & 1) == 0 && *index != 0) {
		*index >>= 1;
		*last >>= 1;
	}
	*index >>= 1;
	*last >>= 1;
}

bool
tlog_inclusion_is_valid(const struct tlog_proof *proof, uint64_t index,
    uint64_t size, const struct hash *leaf_hash, const struct hash *root)
{
	struct hash hash = *leaf_hash;
	uint64_t last = size - 1;

	if (index >= size || proof->count > TLOG_PROOF_MAX)
		return false;
	for (unsigned i = 0; i < proof->count; i++) {
		bool left = (index & 1) == 1 || index == last;

		if (last == 0)
			return false;
		hash = left ? hash_pair(&proof->at[i], &hash)
			    : hash_pair(&hash, &proof->at[i]);
		path_climb(&index, &last, left);
	}
	return last == 0 && hash_equal(&hash, root);
}

/* The path from the subtree that both trees have to both of their roots. */
static bool
consistency_walk(const struct tlog_proof *proof, uint64_t from, uint64_t to,
    struct hash *from_root, struct hash *to_root)
{
	uint64_t index = from - 1, last = to - 1;
	unsigned used = 0;

	while ((index & 1) == 1) {
		index >>= 1;
		last >>= 1;
	}
	/* A whole tree is that subtree itself, and is not told again. */
	if (index != 0)
		*from_root = proof->at[used++];
	*to_root = *from_root;
	for (; used < proof->count; used++) {
		const struct hash *hash = &proof->at[used];
		bool left = (index & 1) == 1 || index == last;

		if (last == 0)
			return false;
		if (left)
			*from_root = hash_pair(hash, from_root);
		*to_root =
		    left ? hash_pair(hash, to_root) : hash_pair(to_root, hash);
		path_climb(&index, &last, left);
	}
	return last == 0;
}

bool
tlog_consistency_is_valid(const struct tlog_proof *proof, uint64_t from,
    uint64_t to, const struct hash *from_root, const struct hash *to_root)
{
	struct hash old_root = *from_root, new_root;

	if (from == 0 || from > to || proof->count > TLOG_PROOF_MAX)
		return false;
	if (from == to)
		return proof->count == 0 && hash_equal(from_root, to_root);
	if (proof->count == 0)
		return false;
	return consistency_walk(proof, from, to, &old_root, &new_root) &&
	       hash_equal(&old_root, from_root) &&
	       hash_equal(&new_root, to_root);
}

void
tlog_path(char path[TLOG_PATH_MAX], int level, uint64_t n, unsigned width)
{
	unsigned groups[PATH_GROUPS];
	unsigned count = 0;
	int len = level == TLOG_LEVEL_ENTRIES
		      ? snprintf(path, TLOG_PATH_MAX, "tile/entries/")
		      : snprintf(path, TLOG_PATH_MAX, "tile/%d/", level);

	CHECK(width > 0 && width <= TLOG_TILE_WIDTH);
	do {
		groups[count++] = n % PATH_BASE;
		n /= PATH_BASE;
	} while (n > 0);
	while (count > 0) {
		count--;
		len += snprintf(path + len, TLOG_PATH_MAX - len, "%s%03u%s",
		    count > 0 ? "x" : "", groups[count], count > 0 ? "/" : "");
	}
	if (width < TLOG_TILE_WIDTH)
		snprintf(path + len, TLOG_PATH_MAX - len, ".p/%u", width);
}
