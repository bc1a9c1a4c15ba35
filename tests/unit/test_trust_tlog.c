/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree against RFC 6962 written down as it stands there, and against
 * roots computed with Python's hashlib. Leaf i is the number i, 8 bytes.
 * Random choices follow SEED from the environment, or 1.
 */
#include "trust/tlog.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

enum { SMALL = 600, LARGE = 70000, RANDOM_TRIES = 25 };

/* Where finished tiles go: each must come once and in its turn. */
struct shelf {
	struct hash *tiles[TLOG_LEVELS];
	uint64_t count[TLOG_LEVELS];
	unsigned reads;
	enum err refuses; /* what a read gives, when not OK */
};

struct tree {
	struct shelf shelf;
	struct tlog *tlog;
	struct hash *leaves;
	uint64_t size;
};

static uint64_t random_state;

static uint64_t
random_below(uint64_t limit)
{
	uint64_t mixed;

	random_state += 0x9e3779b97f4a7c15;
	mixed = random_state;
	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return (mixed ^ mixed >> 31) % limit;
}

static void
random_start(void)
{
	const char *seed = getenv("SEED");

	random_state = seed != NULL ? strtoull(seed, NULL, 10) : 1;
	cr_log_info("SEED=%llu", (unsigned long long)random_state);
}

static void
shelf_full(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	struct shelf *shelf = context;

	cr_assert_eq(n, shelf->count[level]);
	shelf->tiles[level] = xrealloc(shelf->tiles[level],
	    (n + 1) * TLOG_TILE_WIDTH, sizeof *shelf->tiles[level]);
	memcpy(shelf->tiles[level] + n * TLOG_TILE_WIDTH, hashes,
	    TLOG_TILE_WIDTH * sizeof *hashes);
	shelf->count[level]++;
}

static enum err
shelf_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	struct shelf *shelf = context;

	shelf->reads++;
	if (shelf->refuses != OK)
		return shelf->refuses;
	if (n >= shelf->count[level])
		return ERR_NOTFOUND;
	memcpy(hashes, shelf->tiles[level] + n * TLOG_TILE_WIDTH,
	    TLOG_TILE_WIDTH * sizeof *hashes);
	return OK;
}

static struct tlog *
tree_tlog_new(struct tree *tree)
{
	struct tlog_tiles tiles = {
	    .full = shelf_full, .read = shelf_read, .context = &tree->shelf};

	return tlog_new(&tiles);
}

static void
tree_grow(struct tree *tree, uint64_t size)
{
	tree->leaves = xrealloc(tree->leaves, size, sizeof *tree->leaves);
	for (; tree->size < size; tree->size++) {
		uint8_t number[8];

		be64_put(number, tree->size);
		tree->leaves[tree->size] =
		    hash_leaf(bytes_of(number, sizeof number));
		tlog_append(tree->tlog, &tree->leaves[tree->size]);
	}
}

static void
tree_init(struct tree *tree, uint64_t size)
{
	*tree = (struct tree){.size = 0};
	tree->tlog = tree_tlog_new(tree);
	random_start();
	if (size > 0)
		tree_grow(tree, size);
}

/* As after a restart: finished tiles, then the leaves behind them. */
static void
tree_reload(struct tree *tree)
{
	uint64_t whole = tree->size / TLOG_TILE_WIDTH * TLOG_TILE_WIDTH;

	tlog_free(tree->tlog);
	tree->tlog = tree_tlog_new(tree);
	cr_assert_eq(tlog_load(tree->tlog, whole), OK);
	cr_assert_eq(tlog_size(tree->tlog), whole);
	for (uint64_t i = whole; i < tree->size; i++)
		tlog_append(tree->tlog, &tree->leaves[i]);
}

static void
tree_clear(struct tree *tree)
{
	tlog_free(tree->tlog);
	free(tree->leaves);
	for (unsigned i = 0; i < TLOG_LEVELS; i++)
		free(tree->shelf.tiles[i]);
}

/* RFC 6962, 2.1 to 2.1.2. */
static uint64_t
part_of(uint64_t count)
{
	uint64_t k = 1;

	while (2 * k < count)
		k *= 2;
	return k;
}

static struct hash
plain_root(const struct hash *leaves, uint64_t count)
{
	uint64_t k = part_of(count);
	struct hash left, right;

	if (count == 0)
		return hash_parts(NULL, 0);
	if (count == 1)
		return leaves[0];
	left = plain_root(leaves, k);
	right = plain_root(leaves + k, count - k);
	return hash_pair(&left, &right);
}

static void
plain_path(struct tlog_proof *proof, uint64_t index, const struct hash *leaves,
    uint64_t count)
{
	uint64_t k = part_of(count);

	if (count == 1)
		return;
	if (index < k) {
		plain_path(proof, index, leaves, k);
		proof->at[proof->count++] = plain_root(leaves + k, count - k);
	} else {
		plain_path(proof, index - k, leaves + k, count - k);
		proof->at[proof->count++] = plain_root(leaves, k);
	}
}

static void
plain_subproof(struct tlog_proof *proof, uint64_t from,
    const struct hash *leaves, uint64_t count, bool is_known)
{
	uint64_t k = part_of(count);

	if (from == count) {
		if (!is_known)
			proof->at[proof->count++] = plain_root(leaves, count);
	} else if (from <= k) {
		plain_subproof(proof, from, leaves, k, is_known);
		proof->at[proof->count++] = plain_root(leaves + k, count - k);
	} else {
		plain_subproof(proof, from - k, leaves + k, count - k, false);
		proof->at[proof->count++] = plain_root(leaves, k);
	}
}

static struct hash
root_at(struct tree *tree, uint64_t size)
{
	struct hash root;

	cr_assert_eq(tlog_root_at(tree->tlog, size, &root), OK);
	return root;
}

static void
roots_are_equal(struct hash a, struct hash b)
{
	cr_assert(hash_equal(&a, &b));
}

static void
proofs_are_equal(const struct tlog_proof *a, const struct tlog_proof *b)
{
	cr_assert_eq(a->count, b->count);
	for (unsigned i = 0; i < a->count; i++)
		cr_assert(hash_equal(&a->at[i], &b->at[i]));
}

static void
inclusion_is_right(struct tree *tree, uint64_t index, uint64_t size)
{
	struct tlog_proof proof, plain = {.count = 0};
	struct hash root = root_at(tree, size);

	cr_assert_eq(tlog_prove_inclusion(tree->tlog, index, size, &proof), OK);
	plain_path(&plain, index, tree->leaves, size);
	proofs_are_equal(&proof, &plain);
	cr_assert(tlog_inclusion_is_valid(
	    &proof, index, size, &tree->leaves[index], &root));
}

static void
consistency_is_right(struct tree *tree, uint64_t from, uint64_t to)
{
	struct tlog_proof proof, plain = {.count = 0};
	struct hash from_root = root_at(tree, from);
	struct hash to_root = root_at(tree, to);

	cr_assert_eq(tlog_prove_consistency(tree->tlog, from, to, &proof), OK);
	plain_subproof(&plain, from, tree->leaves, to, true);
	proofs_are_equal(&proof, &plain);
	cr_assert(
	    tlog_consistency_is_valid(&proof, from, to, &from_root, &to_root));
}

static void
random_proofs_are_right(struct tree *tree)
{
	for (int i = 0; i < RANDOM_TRIES; i++) {
		uint64_t size = 1 + random_below(tree->size);

		roots_are_equal(
		    root_at(tree, size), plain_root(tree->leaves, size));
		inclusion_is_right(tree, random_below(size), size);
		consistency_is_right(tree, 1 + random_below(size), size);
	}
}

Test(tlog, has_the_golden_roots)
{
	static const struct {
		uint64_t size;
		const char *root;
	} golden[] = {
	    {0, "e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855"},
	    {1, "3e7077fd2f66d689e0cee6a7cf5b37bf"
		"2dca7c979af356d0a31cbc5c85605c7d"},
	    {2, "a7d91894b61fbf46378d88e3e1b1f7ae"
		"f39532c504b484bd31551d15e0a09dff"},
	    {3, "9b4965f8b220ba42f7039ad0781c966c"
		"f90bb1aea15a80586d634b322ab1f4ce"},
	    {255, "bb3b9743e08118ea583ae77df04a1449"
		  "a0601cde6f75146d79c2cab6366ce210"},
	    {256, "15e2dd4973ae44de8c8cf3048fd98d17"
		  "adaaea6287f4e0606a55a643617408c0"},
	    {257, "d418c0873259bce7d0561ab004486112"
		  "416c1c4490865415342bfe06e673146c"},
	    {65536, "bc9bca909516d5bf148c2bf2dea0a0d9"
		    "f717ce4987d2fe7504d6694363b41598"},
	    {70000, "0759167a0f98e35e802d46ff7c7d29d2"
		    "c3f03a63a256deb6abbff357a91b63b1"},
	};
	struct tree tree;

	tree_init(&tree, 0);
	for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
		struct hash root;

		cr_assert_eq(hex_get(root.at, HASH_SIZE, golden[i].root), OK);
		if (golden[i].size > 0)
			tree_grow(&tree, golden[i].size);
		roots_are_equal(tlog_root(tree.tlog), root);
	}
	tree_clear(&tree);
}

Test(tlog, has_at_every_size_the_root_of_the_plain_tree)
{
	struct tree tree;

	tree_init(&tree, 0);
	roots_are_equal(tlog_root(tree.tlog), plain_root(NULL, 0));
	for (uint64_t size = 1; size <= SMALL; size++) {
		tree_grow(&tree, size);
		cr_assert_eq(tlog_size(tree.tlog), size);
		roots_are_equal(
		    tlog_root(tree.tlog), plain_root(tree.leaves, size));
	}
	for (uint64_t size = 0; size <= SMALL; size++)
		roots_are_equal(
		    root_at(&tree, size), plain_root(tree.leaves, size));
	tree_clear(&tree);
}

Test(tlog, proves_every_leaf_at_the_sizes_where_tiles_end)
{
	static const uint64_t sizes[] = {
	    1, 2, 3, 5, 8, 255, 256, 257, 384, 511, 512, 513, SMALL};
	struct tree tree;

	tree_init(&tree, SMALL);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		for (uint64_t index = 0; index < sizes[i]; index++)
			inclusion_is_right(&tree, index, sizes[i]);
	tree_clear(&tree);
}

Test(tlog, proves_every_pair_of_small_sizes_consistent)
{
	struct tree tree;

	tree_init(&tree, 130);
	for (uint64_t to = 1; to <= tree.size; to++)
		for (uint64_t from = 1; from <= to; from++)
			consistency_is_right(&tree, from, to);
	tree_clear(&tree);
}

Test(tlog, proves_what_random_large_trees_hold)
{
	struct tree tree;

	tree_init(&tree, LARGE);
	random_proofs_are_right(&tree);
	tree_clear(&tree);
	for (int i = 0; i < 4; i++) {
		tree_init(&tree, 1 + random_below(LARGE));
		roots_are_equal(
		    tlog_root(tree.tlog), plain_root(tree.leaves, tree.size));
		random_proofs_are_right(&tree);
		tree_clear(&tree);
	}
}

static void
partials_are_equal(const struct tlog *a, const struct tlog *b)
{
	for (unsigned level = 0; level < TLOG_LEVELS; level++) {
		unsigned a_count, b_count;
		const struct hash *a_at = tlog_partial(a, level, &a_count);
		const struct hash *b_at = tlog_partial(b, level, &b_count);

		cr_assert_eq(a_count, b_count);
		cr_assert_eq(memcmp(a_at, b_at, a_count * sizeof *a_at), 0);
	}
}

Test(tlog, is_the_same_after_a_reload_at_every_small_size)
{
	struct tree tree;

	tree_init(&tree, 0);
	tree_reload(&tree);
	for (uint64_t size = 1; size <= SMALL; size++) {
		tree_grow(&tree, size);
		tree_reload(&tree);
		roots_are_equal(
		    tlog_root(tree.tlog), plain_root(tree.leaves, size));
	}
	tree_clear(&tree);
}

Test(tlog, is_the_same_after_a_reload_of_a_large_tree_and_grows_on)
{
	static const uint64_t sizes[] = {65535, 65536, 65537, 66000, LARGE};
	struct tree tree, straight;

	tree_init(&tree, 0);
	tree_init(&straight, 0);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		tree_grow(&tree, sizes[i]);
		tree_grow(&straight, sizes[i]);
		tree_reload(&tree);
		partials_are_equal(tree.tlog, straight.tlog);
		random_proofs_are_right(&tree);
	}
	tree_clear(&tree);
	tree_clear(&straight);
}

Test(tlog, has_the_tiles_of_the_specification)
{
	static const unsigned full[] = {273, 1, 0, 0, 0, 0, 0, 0};
	static const unsigned partial[] = {112, 17, 1, 0, 0, 0, 0, 0};
	struct tree tree;
	unsigned count;

	tree_init(&tree, LARGE);
	for (unsigned level = 0; level < TLOG_LEVELS; level++) {
		cr_assert_eq(tree.shelf.count[level], full[level]);
		tlog_partial(tree.tlog, level, &count);
		cr_assert_eq(count, partial[level]);
	}
	roots_are_equal(
	    tlog_partial(tree.tlog, 0, &count)[0], tree.leaves[273 * 256]);
	roots_are_equal(tree.shelf.tiles[1][7],
	    plain_root(tree.leaves + 7 * 256, TLOG_TILE_WIDTH));
	roots_are_equal(tlog_partial(tree.tlog, 2, &count)[0],
	    plain_root(tree.leaves, 65536));
	tree_clear(&tree);
}

Test(tlog, proves_what_is_new_without_reading_a_tile)
{
	struct tree tree;
	struct tlog_proof proof;

	tree_init(&tree, 0);
	for (uint64_t size = 1; size <= SMALL; size++) {
		tree_grow(&tree, size);
		cr_assert_eq(
		    tlog_prove_inclusion(tree.tlog, size - 1, size, &proof),
		    OK);
		cr_assert_eq(tlog_prove_consistency(tree.tlog,
				 size > 64 ? size - 64 : 1, size, &proof),
		    OK);
	}
	cr_assert_eq(tree.shelf.reads, 0);
	tree_clear(&tree);
}

Test(tlog, proves_what_a_large_turn_brought_without_reading_a_tile)
{
	struct tree tree;
	struct tlog_proof proof;

	tree_init(&tree, LARGE);
	for (uint64_t back = 1; back <= 64 * TLOG_TILE_WIDTH; back += 100)
		cr_assert_eq(tlog_prove_inclusion(
				 tree.tlog, LARGE - back, LARGE, &proof),
		    OK);
	cr_assert_eq(tree.shelf.reads, 0);
	tree_clear(&tree);
}

Test(tlog, refuses_what_it_does_not_have)
{
	struct tree tree;
	struct tlog_proof proof = {.count = 99};
	struct hash root = {{1}}, same = root;

	tree_init(&tree, 300);
	cr_assert_eq(tlog_root_at(tree.tlog, 301, &root), ERR_INVALID);
	cr_assert_eq(
	    tlog_prove_inclusion(tree.tlog, 5, 5, &proof), ERR_INVALID);
	cr_assert_eq(
	    tlog_prove_inclusion(tree.tlog, 0, 0, &proof), ERR_INVALID);
	cr_assert_eq(
	    tlog_prove_inclusion(tree.tlog, 0, 301, &proof), ERR_INVALID);
	cr_assert_eq(
	    tlog_prove_consistency(tree.tlog, 0, 9, &proof), ERR_INVALID);
	cr_assert_eq(
	    tlog_prove_consistency(tree.tlog, 9, 8, &proof), ERR_INVALID);
	cr_assert_eq(
	    tlog_prove_consistency(tree.tlog, 9, 301, &proof), ERR_INVALID);
	cr_assert_eq(proof.count, 99);
	cr_assert(hash_equal(&root, &same));
	tree_clear(&tree);
}

Test(tlog, gives_an_error_and_no_proof_when_its_store_is_damaged)
{
	struct tree tree;
	struct tlog_proof proof = {.count = 99};

	tree_init(&tree, LARGE);
	tree_reload(&tree);
	tree.shelf.refuses = ERR_IO;
	cr_assert_eq(tlog_prove_inclusion(tree.tlog, 3, LARGE, &proof), ERR_IO);
	tree.shelf.refuses = OK;
	tree.shelf.tiles[0][200].at[31] ^= 1;
	cr_assert_eq(
	    tlog_prove_inclusion(tree.tlog, 3, LARGE, &proof), ERR_INVALID);
	cr_assert_eq(proof.count, 99);
	tree.shelf.tiles[0][200].at[31] ^= 1;
	inclusion_is_right(&tree, 3, LARGE);
	tree_clear(&tree);
}

Test(tlog, is_empty_after_a_load_that_failed)
{
	struct tree tree;

	tree_init(&tree, LARGE);
	tree.shelf.refuses = ERR_NOTFOUND;
	cr_assert_eq(tlog_load(tree.tlog, 69888), ERR_NOTFOUND);
	cr_assert_eq(tlog_size(tree.tlog), 0);
	roots_are_equal(tlog_root(tree.tlog), plain_root(NULL, 0));
	tree_clear(&tree);
}

Test(tlog, names_tiles_as_the_specification_does)
{
	static const struct {
		int level;
		uint64_t n;
		unsigned width;
		const char *path;
	} golden[] = {
	    {0, 0, 256, "tile/0/000"},
	    {0, 1067, 256, "tile/0/x001/067"},
	    {0, 1234067, 256, "tile/0/x001/x234/067"},
	    {2, 273, 112, "tile/2/273.p/112"},
	    {1, 1000, 1, "tile/1/x001/000.p/1"},
	    {TLOG_LEVEL_ENTRIES, 0, 17, "tile/entries/000.p/17"},
	    {TLOG_LEVEL_ENTRIES, UINT64_MAX, 255,
		"tile/entries/x018/x446/x744/x073/x709/x551/615.p/255"},
	};
	char path[TLOG_PATH_MAX];

	for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
		tlog_path(path, golden[i].level, golden[i].n, golden[i].width);
		cr_assert_str_eq(path, golden[i].path);
	}
}
