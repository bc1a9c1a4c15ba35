/* SPDX-License-Identifier: Apache-2.0 */
/* Which heads are believed, one by one. */
#include "node/check.h"

#include "tests/support/node.h"
#include "trust/tlog.h"

#include <stdlib.h>

#include <criterion/criterion.h>

enum { LEAVES = 40 };
#define ORIGIN "ikrar/73.04/1"

/* Two logs that are the same up to leaf 10. */
struct rig {
	struct test_node node;
	struct node_region region;
	struct sign_keys log_key;
	struct check *check;
	struct tlog *logs[2];
	struct tlog_proof proof;
	char text[CHECKPOINT_MAX];
	struct head_said said;
};

static struct rig *
rig_open(void)
{
	static const struct tlog_tiles none = {0};
	struct rig *rig = xcalloc(1, sizeof *rig);
	uint8_t seed[SIGN_SEED_SIZE] = {3};

	test_node_open(&rig->node);
	sign_keys_make(&rig->log_key, seed);
	cr_assert(
	    text_copy(rig->region.origin, sizeof rig->region.origin, ORIGIN));
	memcpy(rig->region.log_key, rig->log_key.public_key, 32);
	rig->check = check_new(rig->node.spool, &rig->node.keys, &rig->region);
	for (unsigned log = 0; log < 2; log++) {
		rig->logs[log] = tlog_new(&none);
		for (unsigned i = 0; i < LEAVES; i++) {
			uint8_t leaf[2] = {
			    (uint8_t)i, (uint8_t)(i >= 10 ? log : 0)};
			struct hash hash = hash_leaf(bytes_of(leaf, 2));

			tlog_append(rig->logs[log], &hash);
		}
	}
	return rig;
}

static void
rig_close(struct rig *rig)
{
	check_free(rig->check);
	tlog_free(rig->logs[0]);
	tlog_free(rig->logs[1]);
	test_node_close(&rig->node);
	free(rig);
}

/* Log 1 is the forged one. from 0: without a proof. */
static const struct head_said *
say(struct rig *rig, unsigned log, uint64_t from, uint64_t size)
{
	struct checkpoint head = {.origin = ORIGIN, .size = size};

	cr_assert_eq(tlog_root_at(rig->logs[log], size, &head.root), OK);
	checkpoint_sign(rig->text, &head, &rig->log_key);
	rig->said = (struct head_said){.text = rig->text, .from_size = from};
	if (from > 0 && from < size) {
		cr_assert_eq(tlog_prove_consistency(
				 rig->logs[log], from, size, &rig->proof),
		    OK);
		rig->said.consistency = bytes_of(
		    rig->proof.at, (size_t)rig->proof.count * HASH_SIZE);
	}
	return &rig->said;
}

/* As the uplink does: what is believed is kept. */
static enum head_trust
hear(struct rig *rig, unsigned log, uint64_t from, uint64_t size)
{
	const struct head_said *said = say(rig, log, from, size);
	struct checkpoint head;
	enum head_trust trust = check_head(rig->check, said, &head);

	if (trust == HEAD_BELIEVED)
		spool_take_head(rig->node.spool, &head, 1, said->text);
	return trust;
}

/* Another process of this node has heard it. */
static void
keep(struct rig *rig, uint64_t size)
{
	struct checkpoint head = {.origin = ORIGIN, .size = size};

	cr_assert_eq(tlog_root_at(rig->logs[0], size, &head.root), OK);
	spool_take_head(rig->node.spool, &head, 1, "text");
	cr_assert_eq(spool_flush(rig->node.spool), OK);
}

static uint64_t
greet(struct rig *rig)
{
	struct hello hello = {0};

	check_greet(rig->check, &hello);
	return hello.seen_size;
}

Test(node_check, believes_what_continues_the_largest_head)
{
	struct rig *rig = rig_open();

	cr_assert_eq(greet(rig), 0);
	cr_expect_eq(hear(rig, 0, 0, 4), HEAD_BELIEVED, "the first");
	cr_expect_eq(hear(rig, 0, 4, 9), HEAD_BELIEVED);
	cr_expect_eq(hear(rig, 0, 9, 9), HEAD_BELIEVED, "again");
	cr_expect_eq(hear(rig, 0, 0, 4), HEAD_BELIEVED, "an old one");
	cr_expect_eq(hear(rig, 0, 9, 33), HEAD_BELIEVED);
	cr_assert_eq(greet(rig), 33);
	rig_close(rig);
}

Test(node_check, believes_nothing_that_continues_another_head)
{
	struct rig *rig = rig_open();

	cr_assert_eq(hear(rig, 0, 0, 4), HEAD_BELIEVED);
	cr_assert_eq(hear(rig, 0, 4, 9), HEAD_BELIEVED);
	cr_expect_eq(hear(rig, 0, 4, 20), HEAD_UNLINKED, "an older one");
	cr_expect_eq(hear(rig, 0, 0, 20), HEAD_UNLINKED, "none");
	cr_expect_eq(hear(rig, 0, 12, 20), HEAD_UNLINKED, "unheard of");
	cr_expect_eq(hear(rig, 1, 4, 20), HEAD_UNLINKED, "nor is it judged");
	cr_assert_eq(greet(rig), 9);
	rig_close(rig);
}

Test(node_check, tells_a_contradiction)
{
	struct rig *rig = rig_open();

	cr_assert_eq(hear(rig, 0, 0, 4), HEAD_BELIEVED);
	cr_assert_eq(hear(rig, 0, 4, 20), HEAD_BELIEVED);
	cr_assert_eq(greet(rig), 20);
	cr_expect_eq(hear(rig, 1, 20, 30), HEAD_DIVERGED, "a false proof");
	cr_expect_eq(hear(rig, 1, 20, 20), HEAD_DIVERGED, "another root");
	cr_expect_eq(hear(rig, 0, 4, 12), HEAD_DIVERGED, "a shorter log");
	rig->log_key.secret_key[0] ^= 1;
	cr_expect_eq(hear(rig, 0, 20, 30), HEAD_UNSIGNED);
	rig_close(rig);
}

Test(node_check, another_process_of_the_node_is_no_contradiction)
{
	struct rig *rig = rig_open();

	cr_assert_eq(hear(rig, 0, 0, 4), HEAD_BELIEVED);
	cr_assert_eq(greet(rig), 4);
	keep(rig, 20);
	cr_expect_eq(hear(rig, 0, 4, 12), HEAD_UNLINKED, "under way then");
	cr_expect_eq(hear(rig, 0, 4, 25), HEAD_UNLINKED);
	cr_expect_eq(hear(rig, 0, 4, 20), HEAD_BELIEVED, "the very head");
	cr_assert_eq(greet(rig), 20);
	cr_expect_eq(hear(rig, 0, 20, 25), HEAD_BELIEVED);
	rig_close(rig);
}

Test(node_check, a_head_before_the_welcome_is_believed_with_it_only)
{
	struct rig *rig = rig_open();

	cr_assert_eq(hear(rig, 0, 0, 4), HEAD_BELIEVED);
	cr_assert_eq(greet(rig), 4);
	cr_expect_eq(
	    check_head_early(rig->check, say(rig, 0, 4, 12)), HEAD_BELIEVED);
	cr_expect_eq(
	    check_head_early(rig->check, say(rig, 0, 12, 15)), HEAD_BELIEVED);
	cr_expect_eq(hear(rig, 0, 15, 30), HEAD_BELIEVED, "sent after it");
	cr_assert_eq(greet(rig), 30);
	cr_expect_eq(
	    check_head_early(rig->check, say(rig, 0, 30, 33)), HEAD_BELIEVED);
	cr_expect_eq(hear(rig, 0, 30, 36), HEAD_BELIEVED, "under way before");
	rig_close(rig);
}

Test(node_check, an_early_head_that_contradicts_is_told)
{
	struct rig *rig = rig_open();

	cr_assert_eq(hear(rig, 0, 0, 20), HEAD_BELIEVED);
	cr_assert_eq(greet(rig), 20);
	cr_expect_eq(
	    check_head_early(rig->check, say(rig, 0, 4, 12)), HEAD_UNLINKED);
	cr_expect_eq(
	    check_head_early(rig->check, say(rig, 1, 20, 30)), HEAD_DIVERGED);
	cr_expect_eq(
	    check_head_early(rig->check, say(rig, 0, 20, 25)), HEAD_BELIEVED);
	cr_expect_eq(hear(rig, 1, 25, 30), HEAD_DIVERGED);
	cr_expect_eq(hear(rig, 1, 20, 25), HEAD_DIVERGED);
	rig_close(rig);
}
