/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to seal to: which sets are believed, and how they come. */
#include "node/uplink.h"

#include "tests/support/pair.h"
#include "trust/seal.h"

#include <string.h>

#include <criterion/criterion.h>

#define ORIGIN "ikrar/73.04/1/latihan"

/* Recipient n of the test: its keys are made of its number. */
static struct sign_keys
sign_keys_of(unsigned n)
{
	uint8_t seed[SIGN_SEED_SIZE] = {(uint8_t)n, 8};
	struct sign_keys keys;

	sign_keys_make(&keys, seed);
	return keys;
}

static struct recipient_row
row_of(unsigned n)
{
	uint8_t seed[SEAL_SEED_SIZE] = {(uint8_t)n, 9};
	struct sign_keys sign = sign_keys_of(n);
	struct recipient_row row = {0};
	struct seal_keys keys;

	seal_keys_make(&keys, seed);
	snprintf(row.id, sizeof row.id, "insp-%u", n);
	memcpy(row.seal_key, keys.public_key, 32);
	memcpy(row.sign_key, sign.public_key, 32);
	return row;
}

/* Recipients first and second; signed by `signer` from version 2 on. */
static struct recipients_changed
a_set(uint32_t version, unsigned first, unsigned second, unsigned signer)
{
	struct recipients_changed set = {
	    .part = {.version = version, .part = 1, .parts = 1},
	    .row_count = 2,
	    .rows = {row_of(first), row_of(second)}};
	struct sign_keys keys = sign_keys_of(signer);
	struct hasher *hasher = hasher_new();
	struct recipients_word word = {ORIGIN, version, set.part.sha256};
	struct hash hash;

	for (unsigned i = 0; i < 2; i++) {
		uint8_t at[256];

		hasher_add(hasher,
		    bytes_of(at,
			wire_pack_recipient_row(&set.rows[i], at, sizeof at)));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	memcpy(set.part.sha256, hash.at, HASH_SIZE);
	set.is_signed = version > 1;
	if (set.is_signed) {
		memcpy(set.signer, keys.public_key, 32);
		recipients_sign(set.signature, &word, &keys);
	}
	return set;
}

static void
in_force(
    struct spool *spool, uint64_t version, const char *id, uint64_t refused)
{
	struct spool_recipients set;
	struct spool_status status;

	spool_recipients(spool, &set);
	cr_expect_eq(set.version, version, "version %" PRIu64, set.version);
	cr_expect_eq(set.count, version == 0 ? 0 : 2);
	cr_expect_str_eq(set.rows[0].id, id);
	cr_expect_eq(set.refused_version, refused, "refused %" PRIu64,
	    set.refused_version);
	spool_status(spool, &status);
	cr_expect_eq(status.recipients_version, version);
	cr_expect_eq(status.recipients_refused, refused);
}

Test(node_recipients, nothing_is_believed_without_a_pin)
{
	struct test_node node = {0};
	struct recipients_changed one = a_set(1, 1, 2, 0);
	struct spool_recipients set;

	test_node_open(&node);
	spool_recipients(node.spool, &set);
	cr_assert_not(set.is_pinned);
	cr_assert_not(spool_take_recipients(node.spool, ORIGIN, &one));
	in_force(node.spool, 0, "", 1);
	test_node_close(&node);
}

Test(node_recipients, the_first_set_is_the_one_that_has_the_pin)
{
	struct test_node node = {0};
	struct recipients_changed one = a_set(1, 1, 2, 0);
	struct recipients_changed other = a_set(1, 1, 3, 0);
	struct recipients_changed third = a_set(3, 5, 6, 4);
	struct recipients_changed forged = one;
	struct spool_recipients set;

	test_node_open(&node);
	cr_assert_eq(spool_pin_recipients(node.spool, one.part.sha256), OK);
	cr_assert_not(spool_take_recipients(node.spool, ORIGIN, &other));
	in_force(node.spool, 0, "", 1);
	forged.rows[1] = row_of(3); /* under the hash of the right rows */
	cr_assert_not(spool_take_recipients(node.spool, ORIGIN, &forged));
	cr_assert(spool_take_recipients(node.spool, ORIGIN, &one));
	in_force(node.spool, 1, "insp-1", 0);
	cr_assert_eq(spool_pin_recipients(node.spool, third.part.sha256), OK);
	in_force(node.spool, 0, "", 0);
	cr_assert(spool_take_recipients(node.spool, ORIGIN, &third));
	test_node_reopen(&node);
	in_force(node.spool, 3, "insp-5", 0);
	spool_recipients(node.spool, &set);
	for (unsigned i = 0; i < 2; i++)
		cr_assert_eq(
		    memcmp(&set.rows[i], &third.rows[i], sizeof set.rows[i]),
		    0);
	test_node_close(&node);
}

static void
is_refused(
    struct spool *spool, const struct recipients_changed *set, const char *what)
{
	cr_expect_not(spool_take_recipients(spool, ORIGIN, set), "%s", what);
	in_force(spool, 1, "insp-1", set->part.version);
}

Test(node_recipients, a_set_follows_only_signed_by_one_of_those_before)
{
	struct test_node node = {0};
	struct recipients_changed one = a_set(1, 1, 2, 0), set;

	test_node_open(&node);
	cr_assert_eq(spool_pin_recipients(node.spool, one.part.sha256), OK);
	cr_assert(spool_take_recipients(node.spool, ORIGIN, &one));
	set = a_set(2, 3, 4, 3);
	is_refused(node.spool, &set, "signed by a new one");
	set = a_set(3, 3, 4, 2);
	is_refused(node.spool, &set, "one version left out");
	set = a_set(2, 3, 4, 2);
	set.is_signed = false;
	is_refused(node.spool, &set, "not signed");
	set = a_set(2, 3, 4, 2);
	set.signature[5] ^= 1;
	is_refused(node.spool, &set, "a false signature");
	set = a_set(2, 3, 4, 2);
	set.rows[0] = row_of(9);
	is_refused(node.spool, &set, "other rows");
	set = (struct recipients_changed){.part.version = 2};
	is_refused(node.spool, &set, "no rows");
	set = a_set(2, 3, 4, 2);
	cr_expect_not(spool_take_recipients(node.spool, "ikrar/73.05/1", &set));
	cr_assert(spool_take_recipients(node.spool, ORIGIN, &set));
	in_force(node.spool, 2, "insp-3", 0);
	set = a_set(3, 5, 6, 1); /* no recipient any more */
	cr_expect_not(spool_take_recipients(node.spool, ORIGIN, &set));
	in_force(node.spool, 2, "insp-3", 3);
	test_node_close(&node);
}

/* ---- how they come */

static bool
has_version(struct pair *pair)
{
	struct spool_recipients set;

	spool_recipients(pair->node.spool, &set);
	return set.version == pair->number;
}

static bool
has_refused(struct pair *pair)
{
	struct spool_recipients set;

	spool_recipients(pair->node.spool, &set);
	return set.refused_version == pair->number;
}

/* Three sets, each signed by one of those before. */
static struct pair *
pair_with_sets(void)
{
	struct pair *pair = pair_open();

	pair->region.sets[0] = a_set(1, 1, 2, 0);
	pair->region.sets[1] = a_set(2, 3, 4, 2);
	pair->region.sets[2] = a_set(3, 5, 6, 3);
	pair->region.recipients_version = 3;
	return pair;
}

static void
pin(struct pair *pair, unsigned version)
{
	cr_assert_eq(spool_pin_recipients(pair->node.spool,
			 pair->region.sets[version - 1].part.sha256),
	    OK);
}

Test(node_recipients, come_version_by_version_from_the_pinned_one)
{
	struct pair *pair = pair_with_sets();

	pin(pair, 2);
	start(pair);
	wait_for(pair, has_version, 3);
	in_force(pair->node.spool, 3, "insp-5", 0);
	cr_assert_eq(pair->region.fetches, 3);
	restart(pair);
	wait_for(pair, has_hellos, 2);
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.fetches, 3, "they are here already");
	pair_close(pair);
}

Test(node_recipients, are_not_asked_for_without_a_pin_or_by_another_kind)
{
	for (uint32_t kind = 1; kind <= 4; kind += 3) {
		struct pair *pair = pair_with_sets();

		pair->region.joined.kind = kind;
		if (kind != 1)
			pin(pair, 1);
		test_add_pledges(pair->node.spool, 1, 1);
		start(pair);
		wait_for(pair, is_drained, 0);
		cr_expect_eq(pair->region.fetches, 0, "kind %u", kind);
		in_force(pair->node.spool, 0, "", 0);
		pair_close(pair);
	}
}

Test(node_recipients, a_pin_is_acted_on_when_the_daemon_is_woken)
{
	struct pair *pair = pair_with_sets();

	start(pair);
	wait_for(pair, has_hellos, 1);
	test_add_pledges(pair->node.spool, 1, 1);
	uplink_wake(pair->uplink);
	wait_for(pair, is_drained, 0);
	pin(pair, 1);
	spool_wake_daemon(pair->node.dir);
	wait_within(pair, has_version, 3, 4000);
	pair_close(pair);
}

/* An admin alone: the set in force stays, and that is told once. */
Test(node_recipients, a_change_without_a_recipient_changes_nothing)
{
	struct pair *pair = pair_with_sets();
	struct spool_recipients set;

	pair->region.sets[1] = a_set(2, 7, 8, 7);
	pair->region.sets[2] = a_set(3, 7, 8, 7);
	pair->region.recipients_version = 2;
	pair->greet_again_ms = 50;
	pin(pair, 1);
	start(pair);
	wait_for(pair, has_refused, 2);
	in_force(pair->node.spool, 1, "insp-1", 2);
	cr_assert_eq(uplink_halted(pair->uplink), REJECT_NONE);
	wait_for(pair, has_hellos, pair->region.hellos + 3);
	cr_assert_eq(pair->region.fetches, 2, "not again");
	pair->region.recipients_version = 3;
	wait_for(pair, has_hellos, pair->region.hellos + 3);
	cr_assert_eq(pair->region.fetches, 3, "once for another version");
	spool_recipients(pair->node.spool, &set);
	cr_assert_eq(set.version, 1);
	pair_close(pair);
}

Test(node_recipients, what_is_no_set_at_all_is_refused_too)
{
	struct pair *pair = pair_with_sets();

	pair->region.sets[1].is_signed = false;
	pin(pair, 1);
	test_add_pledges(pair->node.spool, 1, 1);
	start(pair);
	wait_for(pair, has_refused, 2);
	in_force(pair->node.spool, 1, "insp-1", 2);
	wait_for(pair, is_drained, 0);
	pair_close(pair);
}

Test(node_recipients, a_wrong_pin_is_told_and_the_right_one_mends_it)
{
	struct pair *pair = pair_with_sets();
	uint8_t wrong[RECIPIENTS_PIN_SIZE] = {1};

	cr_assert_eq(spool_pin_recipients(pair->node.spool, wrong), OK);
	start(pair);
	wait_for(pair, has_refused, 3);
	in_force(pair->node.spool, 0, "", 3);
	cr_assert_eq(pair->region.fetches, 3);
	pin(pair, 3);
	uplink_wake(pair->uplink);
	wait_for(pair, has_version, 3);
	pair_close(pair);
}
