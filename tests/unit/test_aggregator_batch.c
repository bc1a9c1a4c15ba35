/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/batch.h"

#include <string.h>

#include <criterion/criterion.h>

enum { EVENTS = 3 };

/* A chain of small "events", of which the first `mark` are known. */
struct chain {
	struct sign_keys keys;
	uint8_t node[NODE_ID_SIZE];
	struct hash heads[EVENTS + 1];
	struct hash hashes[EVENTS + 1];
	struct push push;
	uint8_t body[PUSH_BODY_MAX + 1];
	size_t len;
};

static struct chain chain;
static struct batch batch;

static void
set_up(void)
{
	uint8_t seed[SIGN_SEED_SIZE] = {1};
	const uint8_t *events[EVENTS] = {(const uint8_t *)"one",
	    (const uint8_t *)"two", (const uint8_t *)"six"};
	struct hash seen_root = {0};

	sign_keys_make(&chain.keys, seed);
	chain.heads[0] = hash_node(chain.keys.public_key);
	memcpy(chain.node, chain.heads[0].at, NODE_ID_SIZE);
	chain.push = (struct push){.first_seq = 1, .count = EVENTS};
	for (unsigned i = 0; i < EVENTS; i++) {
		struct bytes event = bytes_of(events[i], 3);

		chain.len =
		    push_body_add(chain.body, chain.len, PUSH_BODY_MAX, event);
		chain.hashes[i + 1] = hash_event(event);
		chain.heads[i + 1] =
		    hash_head(&chain.heads[i], &chain.hashes[i + 1]);
	}
	stamp_make(chain.push.stamp, chain.node, EVENTS, &chain.heads[EVENTS],
	    &seen_root, &chain.keys);
}

TestSuite(batch, .init = set_up);

static enum reject
open_chain(void)
{
	return batch_open(&batch, &chain.push, bytes_of(chain.body, chain.len));
}

static enum reject
check_at(uint64_t mark)
{
	struct batch_chain known = {.node = chain.node,
	    .sign_key = chain.keys.public_key,
	    .mark = mark,
	    .head = chain.heads[mark],
	    .mark_hash = chain.hashes[mark]};

	cr_assert_eq(open_chain(), REJECT_NONE);
	return batch_check(&batch, &chain.push, &known);
}

Test(batch, folds_a_new_chain_to_its_stamped_head)
{
	cr_assert_eq(check_at(0), REJECT_NONE);
	cr_assert(hash_equal(&batch.head, &chain.heads[EVENTS]));
	cr_assert_eq(batch.known, 0);
	cr_assert_eq(batch.last_seq, EVENTS);
}

Test(batch, skips_what_is_known)
{
	for (uint64_t mark = 1; mark <= EVENTS; mark++) {
		cr_assert_eq(check_at(mark), REJECT_NONE);
		cr_assert_eq(batch.known, mark);
		cr_assert(hash_equal(&batch.head, &chain.heads[EVENTS]));
	}
}

Test(batch, tells_a_fork_by_the_event_at_the_mark)
{
	struct batch_chain known = {.node = chain.node,
	    .sign_key = chain.keys.public_key,
	    .mark = 2,
	    .head = chain.heads[2],
	    .mark_hash = chain.hashes[1]};

	cr_assert_eq(open_chain(), REJECT_NONE);
	cr_assert(batch_overlaps(&batch, 2));
	cr_assert_eq(batch_check(&batch, &chain.push, &known), REJECT_FORK);
}

Test(batch, tells_a_gap)
{
	struct batch_chain known = {.node = chain.node,
	    .sign_key = chain.keys.public_key,
	    .head = chain.heads[0]};

	chain.push.first_seq = 2;
	cr_assert_eq(open_chain(), REJECT_NONE);
	cr_assert_not(batch_overlaps(&batch, 0));
	cr_assert_eq(batch_check(&batch, &chain.push, &known), REJECT_GAP);
}

Test(batch, refuses_another_key_another_head_and_another_number)
{
	uint8_t seed[SIGN_SEED_SIZE] = {2};
	struct hash seen_root = {0};
	struct sign_keys other;

	sign_keys_make(&other, seed);
	stamp_make(chain.push.stamp, chain.node, EVENTS + 1,
	    &chain.heads[EVENTS], &seen_root, &chain.keys);
	cr_assert_eq(check_at(0), REJECT_BAD_SIGNATURE);
	stamp_make(chain.push.stamp, chain.node, EVENTS, &chain.heads[EVENTS],
	    &seen_root, &chain.keys);
	cr_assert_eq(check_at(0), REJECT_NONE);
	chain.body[4] ^= 1;
	cr_assert_eq(check_at(0), REJECT_BAD_SIGNATURE);
	chain.body[4] ^= 1;
	memcpy(chain.keys.public_key, other.public_key, SIGN_KEY_SIZE);
	cr_assert_eq(check_at(0), REJECT_BAD_SIGNATURE);
}

Test(batch, parts_events_from_blobs)
{
	struct bytes blob = bytes_of("blob", 4);

	for (unsigned i = 0; i < 2; i++)
		chain.len =
		    push_body_add(chain.body, chain.len, PUSH_BODY_MAX, blob);
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.blob_count = 2;
	cr_assert_eq(check_at(0), REJECT_NONE);
	cr_assert_eq(batch.count, EVENTS);
	cr_assert_eq(batch.blob_count, 2);
	cr_assert(bytes_equal(batch.blobs[1], blob));
	chain.push.blob_count = 3;
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.blob_count = PUSH_BLOBS_MAX + 1;
	cr_assert_eq(open_chain(), REJECT_TOO_LARGE);
}

Test(batch, refuses_sizes_and_counts_that_do_not_fit)
{
	chain.push.count = EVENTS + 1;
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.count = EVENTS - 1;
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.count = 0;
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.count = PUSH_EVENTS_MAX + 1;
	cr_assert_eq(open_chain(), REJECT_TOO_LARGE);
	chain.push.count = EVENTS;
	chain.push.first_seq = 0;
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.first_seq = UINT64_MAX - 1;
	cr_assert_eq(open_chain(), REJECT_MALFORMED);
	chain.push.first_seq = 1;
	chain.len = PUSH_BODY_MAX + 1;
	cr_assert_eq(open_chain(), REJECT_TOO_LARGE);
}
