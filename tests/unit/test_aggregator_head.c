/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/head.h"

#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include "tests/support/temp_dir.h"

static char *dir;
static struct sign_keys keys;
static struct tlog *tree;
static const char origin[] = "ikrar/73.04/1";

static void
no_tile(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	(void)context;
	(void)level;
	(void)n;
	(void)hashes;
}

static enum err
no_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	(void)context;
	(void)level;
	(void)n;
	(void)hashes;
	return ERR_NOTFOUND;
}

static struct tlog *
tree_of(unsigned count, uint8_t salt)
{
	const struct tlog_tiles tiles = {no_tile, no_read, NULL};
	struct tlog *made = tlog_new(&tiles);

	for (unsigned i = 0; i < count; i++) {
		uint8_t leaf[2] = {(uint8_t)i, salt};
		struct hash hash = hash_leaf(bytes_of(leaf, 2));

		tlog_append(made, &hash);
	}
	return made;
}

static void
set_up(void)
{
	uint8_t seed[SIGN_SEED_SIZE] = {3};

	dir = temp_dir_make();
	sign_keys_make(&keys, seed);
	tree = tree_of(5, 0);
}

static void
tear_down(void)
{
	tlog_free(tree);
	temp_dir_remove(dir);
}

TestSuite(head, .init = set_up, .fini = tear_down);

static void
sign(void)
{
	struct head *head;

	cr_assert_eq(head_open(&head, dir, origin, &keys, tree), OK);
	head_sign(head);
	head_close(head);
}

Test(head, signs_what_the_tree_holds_and_keeps_it)
{
	char text[NOTE_CHECKPOINT_MAX];
	struct checkpoint read;
	struct hash root = tlog_root(tree);

	cr_assert_eq(head_read(dir, text), ERR_NOTFOUND);
	sign();
	cr_assert_eq(head_read(dir, text), OK);
	cr_assert_eq(
	    checkpoint_open(&read, text, strlen(text), origin, keys.public_key),
	    OK);
	cr_assert_eq(read.size, 5);
	cr_assert(hash_equal(&read.root, &root));
}

Test(head, goes_on_with_a_larger_tree)
{
	struct head *head;

	sign();
	tlog_free(tree);
	tree = tree_of(9, 0);
	cr_assert_eq(head_open(&head, dir, origin, &keys, tree), OK);
	head_sign(head);
	cr_assert_eq(head_size(head), 9);
	head_close(head);
}

Test(head, refuses_a_tree_that_was_rolled_back)
{
	struct head *head;

	sign();
	tlog_free(tree);
	tree = tree_of(4, 0);
	cr_assert_eq(head_open(&head, dir, origin, &keys, tree), ERR_INVALID);
}

Test(head, refuses_a_tree_with_another_past)
{
	struct head *head;

	sign();
	tlog_free(tree);
	tree = tree_of(9, 1);
	cr_assert_eq(head_open(&head, dir, origin, &keys, tree), ERR_INVALID);
}

/* The store of an old backup is put back; head and key are not in it. */
Test(head, tells_a_person_that_the_store_is_not_what_was_signed)
{
	char said[4096];
	struct head *head;
	FILE *in;
	size_t len;

	sign();
	tlog_free(tree);
	tree = tree_of(4, 0);
	cr_redirect_stderr();
	cr_assert_eq(head_open(&head, dir, origin, &keys, tree), ERR_INVALID);
	fflush(stderr);
	in = cr_get_redirected_stderr();
	len = fread(said, 1, sizeof said - 1, in);
	said[len] = '\0';
	cr_assert_not_null(strstr(said, "tidak melanjutkan kepala log"));
	cr_assert_not_null(strstr(said, "5 entries"));
}

Test(head, refuses_a_text_of_another_key_or_origin)
{
	uint8_t seed[SIGN_SEED_SIZE] = {4};
	struct sign_keys other;
	struct head *head;

	sign();
	sign_keys_make(&other, seed);
	cr_assert_eq(head_open(&head, dir, origin, &other, tree), ERR_INVALID);
	cr_assert_eq(
	    head_open(&head, dir, "ikrar/73.05/1", &keys, tree), ERR_INVALID);
}

Test(head, writes_nothing_for_a_tree_that_has_not_grown)
{
	struct head *head;
	char *path = temp_dir_path(dir, "head");
	char text[NOTE_CHECKPOINT_MAX];

	cr_assert_eq(head_open(&head, dir, origin, &keys, tree), OK);
	head_sign(head);
	cr_assert_eq(truncate(path, 0), 0);
	head_sign(head);
	cr_assert_eq(head_read(dir, text), ERR_NOTFOUND);
	head_close(head);
	free(path);
}
