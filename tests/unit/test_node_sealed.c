/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed parts: into the spool with their event, and out with it. */
#include "node/uplink.h"

#include "tests/support/pair.h"
#include "trust/seal.h"

#include <string.h>

#include <criterion/criterion.h>

enum { SMALL = 100, LARGE = SEAL_TEXT_MAX, MANY = 20 };

/* `len` bytes of text, and the incident that refers to it. */
static struct event
seal(struct sealed *sealed, size_t len, uint8_t n)
{
	uint8_t chance[SEAL_CHANCE_SIZE] = {n, 1}, seed[SEAL_SEED_SIZE] = {7};
	uint8_t keys[1][SEAL_KEY_SIZE];
	uint8_t *text = xcalloc(1, len);
	struct event event = test_incident();
	struct incident *incident = &event.incident;
	struct seal_keys recipient;

	memset(text, 'x', len);
	seal_keys_make(&recipient, seed);
	memcpy(keys[0], recipient.public_key, SEAL_KEY_SIZE);
	seal_put(sealed, bytes_of(text, len), keys, 1, chance);
	free(text);
	incident->is_sealed = true;
	memcpy(incident->commit, sealed->commit.at, HASH_SIZE);
	memcpy(incident->blob_hash, sealed->blob_hash.at, HASH_SIZE);
	incident->blob_size = (uint32_t)sealed->blob_len;
	return event;
}

static struct hash
add_sealed(struct spool *spool, size_t len, uint8_t n)
{
	struct sealed *sealed = xcalloc(1, sizeof *sealed);
	struct event event = seal(sealed, len, n);
	enum reject why = REJECT_NONE;
	struct hash hash = sealed->blob_hash;

	cr_assert_eq(
	    spool_add_sealed(spool, &event,
		bytes_of(sealed->blob, sealed->blob_len), TEST_NOW_MS, &why),
	    OK, "%s", reject_word(why));
	free(sealed);
	return hash;
}

static void
is_not_taken(struct spool *spool, struct event event, struct bytes blob,
    const char *what)
{
	enum reject why = REJECT_NONE;
	struct spool_status status;

	cr_expect_eq(spool_add_sealed(spool, &event, blob, TEST_NOW_MS, &why),
	    ERR_INVALID, "%s", what);
	cr_expect_eq(why, REJECT_NOT_SEALED, "%s: %s", what, reject_word(why));
	spool_status(spool, &status);
	cr_expect_eq(status.last_seq, 0, "%s", what);
}

Test(node_sealed, takes_an_event_only_with_its_own_blob)
{
	struct test_node node = {0};
	struct sealed *sealed = xcalloc(2, sizeof *sealed);
	struct event event = seal(&sealed[0], SMALL, 1);
	struct bytes blob = bytes_of(sealed[0].blob, sealed[0].blob_len);
	struct event changed = event;

	test_node_open(&node);
	(void)seal(&sealed[1], SMALL, 2);
	is_not_taken(node.spool, event, bytes_of(NULL, 0), "no blob");
	is_not_taken(node.spool, event,
	    bytes_of(sealed[1].blob, sealed[1].blob_len), "another blob");
	is_not_taken(
	    node.spool, event, bytes_of(blob.at, blob.len - 1), "cut off");
	changed.incident.blob_size++;
	is_not_taken(node.spool, changed, blob, "another size");
	is_not_taken(node.spool, test_incident(), blob, "not sealed");
	is_not_taken(node.spool, test_pledge(1), blob, "no incident");
	memset(sealed[0].blob, 0, 2);
	changed = event;
	sealed[0].blob_hash = seal_blob_hash(blob);
	memcpy(changed.incident.blob_hash, sealed[0].blob_hash.at, HASH_SIZE);
	is_not_taken(node.spool, changed, blob, "not built like a blob");
	free(sealed);
	test_node_close(&node);
}

Test(node_sealed, spool_add_refuses_an_event_without_its_blob)
{
	struct test_node node = {0};
	struct sealed *sealed = xcalloc(1, sizeof *sealed);
	struct event events[2] = {test_pledge(1), seal(sealed, SMALL, 1)};
	struct event corrected = {.kind = EVENT_CORRECTED};
	enum reject why = REJECT_NONE;
	struct spool_status status;

	test_node_open(&node);
	cr_assert_eq(
	    spool_add(node.spool, events, 2, TEST_NOW_MS, &why), ERR_INVALID);
	cr_assert_eq(why, REJECT_NOT_SEALED);
	corrected.corrected.target.seq = 1;
	corrected.corrected.kind = EVENT_INCIDENT_REPORTED;
	corrected.corrected.incident = events[1].incident;
	why = REJECT_NONE;
	cr_assert_eq(spool_add(node.spool, &corrected, 1, TEST_NOW_MS, &why),
	    ERR_INVALID);
	cr_assert_eq(why, REJECT_NOT_SEALED);
	spool_status(node.spool, &status);
	cr_assert_eq(status.last_seq, 0);
	cr_assert_eq(
	    spool_add_sealed(node.spool, &corrected,
		bytes_of(sealed->blob, sealed->blob_len), TEST_NOW_MS, &why),
	    OK, "%s", reject_word(why));
	free(sealed);
	test_node_close(&node);
}

/* Events and blobs of a push, and that it is within all limits. */
static unsigned
check_push(struct spool *spool, const struct push *push, struct bytes body,
    const struct hash *hashes)
{
	unsigned blobs = 0;
	struct spool_row row;
	struct bytes part;

	cr_assert_leq(body.len, PUSH_BODY_MAX);
	cr_assert_leq(push->blob_count, PUSH_BLOBS_MAX);
	for (uint32_t i = 0; i < push->count; i++) {
		cr_assert_eq(push_body_next(&body, &part), OK);
		cr_assert_eq(spool_row(spool, push->first_seq + i, &row), OK);
		cr_assert(bytes_equal(part, row.event));
	}
	cr_assert(
	    bytes_equal(row.stamp, bytes_of(push->stamp, sizeof push->stamp)));
	spool_row_done(spool);
	for (; push_body_next(&body, &part) == OK; blobs++) {
		struct hash hash = seal_blob_hash(part);

		cr_assert(hash_equal(&hash, &hashes[blobs]));
	}
	cr_assert_eq(body.len, 0);
	cr_assert_eq(blobs, push->blob_count);
	return blobs;
}

/* Each third row is sealed; how many pushes it takes. */
static unsigned
walk(struct test_node *node, size_t text_len)
{
	uint8_t *body = xcalloc(1, PUSH_BODY_MAX);
	struct hash hashes[MANY];
	uint64_t next = 1, last = 0;
	unsigned blobs = 0, pushes = 0;
	struct push push;
	size_t len;

	for (unsigned i = 0; i < MANY; i++) {
		hashes[i] = add_sealed(node->spool, text_len, (uint8_t)i);
		last = test_add_pledges(node->spool, 2, 2);
	}
	for (; next <= last; next += push.count, pushes++) {
		cr_assert_eq(
		    spool_batch(node->spool, next, &push, body, &len), OK);
		cr_assert_eq(push.first_seq, next);
		blobs += check_push(
		    node->spool, &push, bytes_of(body, len), hashes + blobs);
	}
	cr_assert_eq(blobs, MANY);
	free(body);
	return pushes;
}

Test(node_sealed, a_push_holds_eight_blobs_at_most)
{
	struct test_node node = {0};

	test_node_open(&node);
	cr_assert_eq(walk(&node, SMALL), (MANY + 7) / 8);
	test_node_close(&node);
}

Test(node_sealed, a_push_holds_as_many_large_blobs_as_fit)
{
	struct test_node node = {0};

	test_node_open(&node);
	cr_assert_eq(walk(&node, LARGE), (MANY + 2) / 3);
	test_node_close(&node);
}

Test(node_sealed, a_batch_back_has_its_blobs_and_the_same_limits)
{
	struct test_node node = {0};
	uint8_t *body = xcalloc(1, PUSH_BODY_MAX);
	struct hash hashes[MANY];
	struct push push;
	size_t len;

	test_node_open(&node);
	for (unsigned i = 0; i < MANY; i++)
		hashes[i] = add_sealed(
		    node.spool, i < MANY / 2 ? LARGE : SMALL, (uint8_t)i);
	cr_assert_eq(spool_batch_back(node.spool, (struct spool_span){1, MANY},
			 &push, body, &len),
	    OK);
	cr_assert_eq(push.first_seq, MANY - 8 + 1);
	cr_assert_eq(check_push(node.spool, &push, bytes_of(body, len),
			 hashes + MANY - 8),
	    8);
	cr_assert_eq(spool_batch_back(node.spool,
			 (struct spool_span){1, MANY / 2}, &push, body, &len),
	    OK);
	cr_assert_eq(push.first_seq, MANY / 2 - 3 + 1);
	cr_assert_eq(check_push(node.spool, &push, bytes_of(body, len),
			 hashes + MANY / 2 - 3),
	    3);
	free(body);
	test_node_close(&node);
}

Test(node_sealed, blobs_travel_with_their_events_and_survive_a_restart)
{
	struct pair *pair = pair_open();
	struct hash hashes[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		hashes[i] = add_sealed(
		    pair->node.spool, i % 2 == 0 ? LARGE : SMALL, (uint8_t)i);
		test_add_pledges(pair->node.spool, 1, 1);
	}
	test_node_reopen(&pair->node);
	start(pair);
	wait_for(pair, is_drained, 0);
	cr_assert_eq(pair->region.mark, 2 * MANY);
	cr_assert_eq(pair->region.blob_count, MANY);
	for (unsigned i = 0; i < MANY; i++)
		cr_assert(hash_equal(&hashes[i], &pair->region.blob_hashes[i]));
	pair_close(pair);
}
