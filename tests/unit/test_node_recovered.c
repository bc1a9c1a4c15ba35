/* SPDX-License-Identifier: Apache-2.0 */
/* A node follows a log under another name only if the log says so itself and
 * continues what this node knows to stand. */
#include "node/check.h"

#include "model/origin.h"
#include "tests/support/node.h"
#include "trust/tlog.h"

#include <criterion/criterion.h>

#define OLD "ikrar/73.04/1"
#define NEW "ikrar/73.04/2"

enum { STANDS = 20, LOST = 33, NOW = 30, HEAD_MAX = 40 };

static struct test_node node;
static struct node_region region;
static struct sign_keys log_keys;
static struct check *check;
static struct tlog *tree; /* of the log that goes on */
static uint8_t leaf[ENTRY_MAX];
static struct tlog_proof inclusion, consistency;
static struct recovered said;
static struct spool_recovery recovery;

/* Entry n of the old log, or of what came instead. */
static struct hash
entry(unsigned n, bool is_new)
{
	uint8_t at[2] = {(uint8_t)n, is_new};

	return hash_leaf(bytes_of(at, sizeof at));
}

static void
keep_head(unsigned size)
{
	struct tlog_tiles none = {0};
	struct tlog *old = tlog_new(&none);
	struct checkpoint head = {.size = size};
	char text[NOTE_CHECKPOINT_MAX];

	for (unsigned n = 0; n < size; n++) {
		struct hash hash = entry(n, false);

		tlog_append(old, &hash);
	}
	head.root = tlog_root(old);
	(void)text_copy(head.origin, sizeof head.origin, OLD);
	checkpoint_sign(text, &head, &log_keys);
	spool_take_head(node.spool, &head, 1, text);
	cr_assert_eq(spool_flush(node.spool), OK);
	tlog_free(old);
}

static struct bytes
recovered_leaf(const struct log_recovered *body)
{
	static uint8_t packed[EVENT_MAX];
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_LOG_RECOVERED,
	    .recorded_at_ms = TEST_NOW_MS,
	    .recovered = *body};
	struct leaf made = {.author = AUTHOR_LOG,
	    .received_at_ms = TEST_NOW_MS,
	    .event =
		bytes_of(packed, wire_pack(&event, packed, sizeof packed))};

	leaf_put(leaf, &made);
	return bytes_of(leaf, leaf_size(&made));
}

static void
sign_new(const struct sign_keys *keys)
{
	struct checkpoint head = {
	    .size = tlog_size(tree), .root = tlog_root(tree)};

	(void)text_copy(head.origin, sizeof head.origin, NEW);
	checkpoint_sign(said.checkpoint, &head, keys);
}

/* The log of today: `same` entries as before, then LogRecovered, then others;
 * and what the region says of it to one that has seen `from`. */
static void
go_on(unsigned same, uint64_t from)
{
	static const struct tlog_tiles none;
	struct log_recovered body = {.entries = STANDS, .root = {1}};
	struct hash hash;

	(void)text_copy(body.old_origin, sizeof body.old_origin, OLD);
	(void)text_copy(body.origin, sizeof body.origin, NEW);
	said = (struct recovered){
	    .index = STANDS, .leaf = recovered_leaf(&body), .from_size = from};
	tree = tlog_new(&none);
	for (unsigned n = 0; n < STANDS; n++) {
		hash = entry(n, n >= same);
		tlog_append(tree, &hash);
	}
	hash = hash_leaf(said.leaf);
	tlog_append(tree, &hash);
	for (unsigned n = STANDS + 1; n < NOW; n++) {
		hash = entry(n, true);
		tlog_append(tree, &hash);
	}
	cr_assert_eq(tlog_prove_inclusion(tree, STANDS, NOW, &inclusion), OK);
	said.inclusion =
	    bytes_of(inclusion.at, (size_t)inclusion.count * HASH_SIZE);
	if (from > 0) {
		cr_assert_eq(
		    tlog_prove_consistency(tree, from, NOW, &consistency), OK);
		said.consistency = bytes_of(
		    consistency.at, (size_t)consistency.count * HASH_SIZE);
	}
	sign_new(&log_keys);
}

static void
set_up(void)
{
	uint8_t seed[SIGN_SEED_SIZE] = {5};

	sign_keys_make(&log_keys, seed);
	test_node_open(&node);
	(void)text_copy(region.origin, sizeof region.origin, OLD);
	memcpy(region.log_key, log_keys.public_key, sizeof region.log_key);
	keep_head(12);
	keep_head(17);
	keep_head(25);
	keep_head(LOST);
	check = check_new(node.spool, &node.keys, &region);
}

static void
tear_down(void)
{
	tlog_free(tree);
	check_free(check);
	test_node_close(&node);
}

TestSuite(node_recovered, .init = set_up, .fini = tear_down);

Test(node_recovered, follows_a_log_that_continues_what_stands)
{
	go_on(STANDS, 17);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_BELIEVED);
	cr_assert_eq(recovery.epoch, 2);
	cr_assert_eq(recovery.entries, STANDS);
	cr_assert_eq(recovery.kept_size, 17);
	cr_assert_eq(recovery.head.size, NOW);
}

Test(node_recovered, asks_with_the_largest_head_that_may_stand)
{
	struct hello hello = {0};

	go_on(STANDS, 0);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_UNLINKED);
	check_greet(check, &hello);
	cr_assert_eq(hello.seen_epoch, 1);
	cr_assert_eq(hello.seen_size, 17);
	check_greet(check, &hello);
	cr_assert_eq(hello.seen_size, LOST, "only once");
}

Test(node_recovered, does_not_follow_where_an_entry_was_changed)
{
	go_on(16, 17);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_DIVERGED);
}

Test(node_recovered, a_smaller_head_is_not_enough)
{
	go_on(16, 12);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_UNLINKED);
}

Test(node_recovered, believes_only_the_key_of_the_log)
{
	struct sign_keys other;
	uint8_t seed[SIGN_SEED_SIZE] = {6};

	sign_keys_make(&other, seed);
	go_on(STANDS, 17);
	sign_new(&other);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_UNSIGNED);
}

Test(node_recovered, wants_the_entry_in_the_log_at_its_place)
{
	go_on(STANDS, 17);
	said.index++;
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_DIVERGED);
	said.index--;
	leaf[5] ^= 1;
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_DIVERGED);
}

/* ---- what then counts no more */

static void
take_receipt(uint64_t have, uint64_t index)
{
	static struct message message;
	static uint8_t raw[4096];
	size_t len;

	message = (struct message){.kind = MESSAGE_RECEIPT,
	    .receipt = {.have = have, .index = index, .received_at_ms = 1}};
	len = message_put(&message, raw, sizeof raw);
	cr_assert_gt(len, 0);
	spool_take_receipt(
	    node.spool, &message.receipt, bytes_of(raw, len), TEST_NOW_MS);
	cr_assert_eq(spool_flush(node.spool), OK);
}

static enum record_state
state_of(uint64_t seq)
{
	struct spool_row row;

	cr_assert_eq(spool_row(node.spool, seq, &row), OK);
	spool_row_done(node.spool);
	return row.state;
}

Test(node_recovered, sends_again_what_is_not_known_to_stand)
{
	struct spool_status status;
	struct checkpoint head;
	struct bytes raw;

	test_add_pledges(node.spool, 6, 1);
	spool_note_sent(node.spool, 6);
	take_receipt(2, 10);
	take_receipt(3, 16);
	take_receipt(4, 18);
	take_receipt(6, 31);
	go_on(STANDS, 17);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_BELIEVED);
	cr_assert_eq(spool_recover(node.spool, &recovery), OK);
	cr_assert(check_refresh(check));
	cr_assert_str_eq(check_origin(check), NEW);
	test_node_reopen(&node);
	cr_assert_eq(state_of(3), RECORD_RECEIPTED);
	cr_assert_eq(state_of(4), RECORD_SENT);
	cr_assert_eq(state_of(6), RECORD_SENT);
	cr_assert_eq(spool_receipt(node.spool, 4, &raw), ERR_NOTFOUND);
	spool_status(node.spool, &status);
	cr_assert_eq(status.receipted_seq, 3);
	cr_assert_eq(status.again_seq, 6);
	cr_assert_eq(status.epoch, 2);
	cr_assert_eq(status.seen_epoch, 2);
	cr_assert_eq(status.seen_size, NOW);
	cr_assert_eq(
	    spool_largest_head_within(node.spool, 1, UINT64_MAX, &head), OK);
	cr_assert_eq(head.size, LOST, "the old heads stay, as evidence");
	check_free(check);
	check = check_new(node.spool, &node.keys, &region);
	cr_assert_eq(check_epoch(check), 2);
	cr_assert_eq(check_recovered(check, &said, &recovery), HEAD_DIVERGED,
	    "only ever a later one");
}
