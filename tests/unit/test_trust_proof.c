/* SPDX-License-Identifier: Apache-2.0 */
/* What must not pass for a proof. */
#include "trust/tlog.h"

#include <string.h>

#include <criterion/criterion.h>

/* No tile of these trees is ever finished. */
enum { SMALL = 40, LARGE = 230 };

struct tree {
	struct tlog *tlog;
	struct hash leaves[LARGE];
};

static void
tree_init(struct tree *tree)
{
	struct tlog_tiles none = {0};

	tree->tlog = tlog_new(&none);
	for (unsigned i = 0; i < LARGE; i++) {
		tree->leaves[i] = hash_leaf(bytes_of(&i, sizeof i));
		tlog_append(tree->tlog, &tree->leaves[i]);
	}
}

static struct hash
root_at(struct tree *tree, uint64_t size)
{
	struct hash root;

	cr_assert_eq(tlog_root_at(tree->tlog, size, &root), OK);
	return root;
}

/* A proof with one thing wrong: a bit of a hash, a hash dropped or one too
 * many. `n` counts through all of them; false behind the last. */
static bool
proof_spoil(struct tlog_proof *proof, unsigned n)
{
	unsigned place = n / 3;
	size_t behind;

	if (place > proof->count || (place == proof->count && n % 3 != 2))
		return false;
	behind = (proof->count - place) * sizeof proof->at[0];
	if (n % 3 == 0) {
		proof->at[place].at[n % HASH_SIZE] ^= 1;
	} else if (n % 3 == 1) {
		memmove(&proof->at[place], &proof->at[place + 1],
		    behind - sizeof proof->at[0]);
		proof->count--;
	} else {
		memmove(&proof->at[place + 1], &proof->at[place], behind);
		proof->count++;
	}
	return true;
}

static void
inclusion_is_strict(struct tree *tree, uint64_t index, uint64_t size)
{
	struct hash root = root_at(tree, size), leaf = tree->leaves[index];
	struct tlog_proof proof, spoilt;

	cr_assert_eq(tlog_prove_inclusion(tree->tlog, index, size, &proof), OK);
	spoilt = proof;
	for (unsigned n = 0; proof_spoil(&spoilt, n); n++, spoilt = proof)
		cr_assert_not(tlog_inclusion_is_valid(
		    &spoilt, index, size, &leaf, &root));
	for (uint64_t other = 0; other <= size; other++)
		cr_assert_eq(
		    tlog_inclusion_is_valid(&proof, other, size, &leaf, &root),
		    other == index);
	cr_assert_not(
	    tlog_inclusion_is_valid(&proof, index, 2 * size, &leaf, &root));
	cr_assert_not(tlog_inclusion_is_valid(&proof, index, 0, &leaf, &root));
	leaf.at[7] ^= 1;
	cr_assert_not(
	    tlog_inclusion_is_valid(&proof, index, size, &leaf, &root));
	leaf.at[7] ^= 1;
	root.at[7] ^= 1;
	cr_assert_not(
	    tlog_inclusion_is_valid(&proof, index, size, &leaf, &root));
}

Test(inclusion, that_was_tampered_with_is_not_valid)
{
	struct tree tree;

	tree_init(&tree);
	for (uint64_t size = 1; size <= SMALL; size++)
		for (uint64_t index = 0; index < size; index++)
			inclusion_is_strict(&tree, index, size);
	for (uint64_t index = 0; index < LARGE; index += 7)
		inclusion_is_strict(&tree, index, LARGE);
	tlog_free(tree.tlog);
}

static void
consistency_is_strict(struct tree *tree, uint64_t from, uint64_t to)
{
	struct hash old = root_at(tree, from), new = root_at(tree, to);
	struct tlog_proof proof, spoilt;

	cr_assert_eq(tlog_prove_consistency(tree->tlog, from, to, &proof), OK);
	spoilt = proof;
	for (unsigned n = 0; proof_spoil(&spoilt, n); n++, spoilt = proof)
		cr_assert_not(
		    tlog_consistency_is_valid(&spoilt, from, to, &old, &new));
	for (uint64_t other = 0; other <= to + 1; other++)
		cr_assert_eq(
		    tlog_consistency_is_valid(&proof, other, to, &old, &new),
		    other == from);
	cr_assert_not(
	    tlog_consistency_is_valid(&proof, from, 2 * to, &old, &new));
	cr_assert_not(from != to &&
		      tlog_consistency_is_valid(&proof, from, to, &new, &old));
	old.at[0] ^= 1;
	cr_assert_not(tlog_consistency_is_valid(&proof, from, to, &old, &new));
	old.at[0] ^= 1;
	new.at[0] ^= 1;
	cr_assert_not(tlog_consistency_is_valid(&proof, from, to, &old, &new));
}

Test(consistency, that_was_tampered_with_is_not_valid)
{
	struct tree tree;

	tree_init(&tree);
	for (uint64_t to = 1; to <= SMALL; to++)
		for (uint64_t from = 1; from <= to; from++)
			consistency_is_strict(&tree, from, to);
	for (uint64_t from = 1; from <= LARGE; from += 7)
		consistency_is_strict(&tree, from, LARGE);
	tlog_free(tree.tlog);
}

Test(proof, that_claims_too_many_hashes_is_not_valid)
{
	struct tlog_proof proof = {.count = TLOG_PROOF_MAX + 1};
	struct hash hash = {{0}};

	cr_assert_not(
	    tlog_inclusion_is_valid(&proof, 0, UINT64_MAX, &hash, &hash));
	cr_assert_not(
	    tlog_consistency_is_valid(&proof, 3, UINT64_MAX, &hash, &hash));
	proof.count = TLOG_PROOF_MAX;
	cr_assert_not(
	    tlog_inclusion_is_valid(&proof, 0, UINT64_MAX, &hash, &hash));
	cr_assert_not(
	    tlog_consistency_is_valid(&proof, 3, UINT64_MAX, &hash, &hash));
}
