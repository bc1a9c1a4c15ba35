/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/worker.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "aggregator/counters.h"
#include "tests/support/region_rig.h"

#include <criterion/criterion.h>

enum { LONG = 40, EVENT_BYTES = 9 };

/* A chain of LONG small "events" behind `before`. */
struct chain {
	struct sign_keys keys;
	uint8_t node[NODE_ID_SIZE];
	struct hash before;
	struct push push;
	struct batch batch;
	uint8_t body[PUSH_BODY_MAX];
	size_t len;
};

static void
chain_make(struct chain *chain, const struct hash *before, uint64_t first)
{
	uint8_t seed[SIGN_SEED_SIZE] = {1};
	struct hash seen_root = {0}, head;

	memset(chain, 0, sizeof *chain);
	sign_keys_make(&chain->keys, seed);
	head = hash_node(chain->keys.public_key);
	memcpy(chain->node, head.at, NODE_ID_SIZE);
	if (before != NULL)
		head = *before;
	chain->before = head;
	chain->push = (struct push){.first_seq = first, .count = LONG};
	for (unsigned i = 0; i < LONG; i++) {
		uint8_t event[EVENT_BYTES] = {(uint8_t)i};
		struct hash hash;

		be64_put(event + 1, first + i);
		hash = hash_event(bytes_of(event, sizeof event));
		head = hash_head(&head, &hash);
		chain->len = push_body_add(chain->body, chain->len,
		    PUSH_BODY_MAX, bytes_of(event, sizeof event));
	}
	stamp_make(chain->push.stamp, chain->node, first + LONG - 1, &head,
	    &seen_root, &chain->keys);
}

static struct worker_push
push_of(struct chain *chain, int after)
{
	return (struct worker_push){.push = &chain->push,
	    .body = bytes_of(chain->body, chain->len),
	    .node = chain->node,
	    .sign_key = chain->keys.public_key,
	    .head = chain->before,
	    .after = after,
	    .received_at_ms = 77};
}

/* What the aggregator finds without a worker. */
static enum reject
check_plainly(struct chain *chain)
{
	struct batch_chain known = {.node = chain->node,
	    .sign_key = chain->keys.public_key,
	    .mark = chain->push.first_seq - 1,
	    .head = chain->before};

	cr_assert_eq(batch_open(&chain->batch, &chain->push,
			 bytes_of(chain->body, chain->len)),
	    REJECT_NONE);
	return batch_check(&chain->batch, &chain->push, &known);
}

static struct worker *
open_worker(void)
{
	struct worker *worker;

	cr_assert_eq(worker_open(&worker), OK);
	return worker;
}

static void
cr_equal(struct chain *chain, const struct worker_result *result)
{
	enum reject word = check_plainly(chain);

	cr_assert_eq(result->stamp_is_valid, word == REJECT_NONE);
	cr_assert(hash_equal(&result->head, &chain->batch.head));
	for (unsigned i = 0; i < LONG; i++) {
		struct leaf leaf = {.author = AUTHOR_NODE,
		    .received_at_ms = 77,
		    .event = chain->batch.events[i]};
		uint8_t bytes[256];
		struct hash hash;

		if (i + 1 == LONG)
			leaf.stamp = bytes_of(chain->push.stamp, STAMP_SIZE);
		leaf_put(bytes, &leaf);
		hash = hash_leaf(bytes_of(bytes, leaf_size(&leaf)));
		cr_assert(
		    hash_equal(&result->hashes[i], &chain->batch.hashes[i]));
		cr_assert(hash_equal(&result->leaves[i], &hash));
	}
}

Test(worker, finds_what_the_aggregator_would_find)
{
	static struct chain chain;
	struct worker *worker = open_worker();
	struct worker_result result;
	struct worker_push push;

	chain_make(&chain, NULL, 1);
	push = push_of(&chain, -1);
	cr_assert_geq(worker_give(worker, &push), 0);
	worker_result(worker, &result);
	cr_equal(&chain, &result);
	cr_assert(result.stamp_is_valid);
	worker_close(worker);
}

Test(worker, goes_on_from_the_job_before)
{
	static struct chain first, second;
	struct worker *worker = open_worker();
	struct worker_result result;
	struct worker_push push;
	int job;

	chain_make(&first, NULL, 1);
	push = push_of(&first, -1);
	job = worker_give(worker, &push);
	cr_assert_eq(check_plainly(&first), REJECT_NONE);
	chain_make(&second, &first.batch.head, 1 + LONG);
	push = push_of(&second, job);
	memset(&push.head, 0, sizeof push.head);
	cr_assert_geq(worker_give(worker, &push), 0);
	worker_start(worker);
	worker_result(worker, &result);
	worker_result(worker, &result);
	cr_assert(hash_equal(&result.before, &first.batch.head));
	cr_equal(&second, &result);
	worker_close(worker);
}

Test(worker, finds_a_false_stamp)
{
	static struct chain chain;
	struct worker *worker = open_worker();
	struct worker_result result;
	struct worker_push push;

	chain_make(&chain, NULL, 1);
	chain.push.stamp[STAMP_SIZE - 1] ^= 1;
	push = push_of(&chain, -1);
	cr_assert_geq(worker_give(worker, &push), 0);
	worker_result(worker, &result);
	cr_assert_not(result.stamp_is_valid);
	worker_close(worker);
}

Test(worker, takes_neither_short_nor_malformed_pushes)
{
	static struct chain chain;
	struct worker *worker = open_worker();
	struct worker_push push;

	chain_make(&chain, NULL, 1);
	push = push_of(&chain, -1);
	push.body.len--;
	cr_assert_lt(worker_give(worker, &push), 0);
	push = push_of(&chain, -1);
	chain.push.count = WORKER_EVENTS_LEAST - 1;
	cr_assert_lt(worker_give(worker, &push), 0);
	worker_close(worker);
}

/* Many times round the ring, results asked for early and late. */
Test(worker, does_every_job_once_in_order, .timeout = 60)
{
	static struct chain chain;
	struct worker *worker = open_worker();
	struct worker_result result;
	unsigned given = 0, taken = 0, dropped = 0;

	chain_make(&chain, NULL, 1);
	while (dropped < 20 * WORKER_JOBS_MAX) {
		struct worker_push push = push_of(&chain, -1);

		push.received_at_ms = given;
		while (given - dropped < WORKER_JOBS_MAX) {
			push.received_at_ms = given++;
			cr_assert_geq(worker_give(worker, &push), 0);
			if (given % 3 == 0)
				worker_start(worker);
		}
		cr_assert_lt(worker_give(worker, &push), 0, "no place");
		for (unsigned i = 0; i < 1 + taken % WORKER_JOBS_MAX; i++) {
			worker_result(worker, &result);
			cr_assert_eq(result.received_at_ms, taken++);
			cr_assert(result.stamp_is_valid);
			worker_drop(worker);
			dropped++;
			if (taken == given)
				break;
		}
	}
	worker_close(worker);
}

/* ---- in a region */

static struct rig *
rig_with_worker(void)
{
	struct rig *rig = rig_make();

	region_close(rig->region);
	rig->worker = open_worker();
	cr_assert_eq(rig_open(rig), OK);
	return rig;
}

static void
end(struct rig *rig)
{
	struct worker *worker = rig->worker;

	rig_free(rig);
	worker_close(worker);
}

static void
add_reports(struct rig *rig, struct rig_node *node)
{
	rig_batch_start(&rig->batch, node);
	for (unsigned i = 0; i < LONG; i++) {
		struct event event = rig_reported();

		rig_batch_add(rig, node, &event);
	}
	rig_batch_stamp(&rig->batch, node);
}

/* The tree of the log is that of its leaves. */
static void
cr_tree_is_true(struct rig *rig)
{
	struct store *store = region_store(rig->region);
	const struct tlog_tiles none = {0};
	struct tlog *tree = tlog_new(&none);
	struct hash kept = tlog_root(store_tlog(store)), root;

	cr_assert_lt(rig_size(rig), TLOG_TILE_WIDTH, "fits one tile");
	for (uint64_t i = 0; i < rig_size(rig); i++) {
		struct bytes bytes;
		struct hash hash;

		cr_assert_eq(store_leaf(store, i, &bytes), OK);
		hash = hash_leaf(bytes);
		tlog_append(tree, &hash);
	}
	root = tlog_root(tree);
	cr_assert(hash_equal(&root, &kept));
	tlog_free(tree);
	store_done(store);
}

Test(worker, a_long_push_is_in_the_log_and_receipted)
{
	struct rig *rig = rig_with_worker();
	struct rig_node node;

	rig_furnish(rig, &node);
	add_reports(rig, &node);
	rig_batch_push(rig, &node);
	cr_assert_not(region_is_holding(rig->region));
	cr_assert(rig_receipt_is_valid(rig, &node));
	cr_tree_is_true(rig);
	end(rig);
}

Test(worker, pushes_of_one_turn_follow_each_other)
{
	struct rig *rig = rig_with_worker();
	struct rig_node node;

	rig_furnish(rig, &node);
	for (unsigned i = 0; i < 3; i++) {
		rig->now_ms += 5; /* one turn has one received time */
		add_reports(rig, &node);
		rig_batch_hand_over(rig, &node);
	}
	rig_turn_end(rig);
	cr_assert_eq(rig_counter(rig, COUNTER_BATCHES) % 3, 0);
	cr_assert(rig_receipt_is_valid(rig, &node));
	cr_tree_is_true(rig);
	end(rig);
}

Test(worker, a_false_stamp_spoils_all_that_follows_it)
{
	struct rig *rig = rig_with_worker();
	struct rig_node node;
	uint64_t size;

	rig_furnish(rig, &node);
	size = rig_size(rig);
	add_reports(rig, &node);
	rig->batch.push.stamp[STAMP_SIZE - 1] ^= 1;
	rig_batch_hand_over(rig, &node);
	add_reports(rig, &node);
	rig_batch_hand_over(rig, &node);
	rig_turn_end(rig);
	cr_assert_eq(rig_last_word(rig), REJECT_GAP);
	cr_assert_eq(rig_size(rig), size + 1, "only the NodeFaulted");
	end(rig);
}

/* Of many it leaves some for the next turn; none is lost. */
Test(worker, many_pushes_are_all_answered)
{
	struct rig *rig = rig_with_worker();
	struct rig_node nodes[3];
	uint64_t receipts;

	rig_furnish(rig, &nodes[0]);
	rig_enrol(rig, &nodes[1], 2, RIG_KIND_COLLECTOR);
	rig_enrol(rig, &nodes[2], 3, RIG_KIND_COLLECTOR);
	receipts = rig_counter(rig, COUNTER_RECEIPTS);
	for (unsigned i = 0; i < 12; i++) {
		add_reports(rig, &nodes[i % 3]);
		rig_batch_hand_over(rig, &nodes[i % 3]);
	}
	rig_turn_end(rig);
	cr_assert(region_is_holding(rig->region));
	rig_turn_end(rig);
	cr_assert_not(region_is_holding(rig->region));
	cr_assert_eq(rig_counter(rig, COUNTER_RECEIPTS), receipts + 12);
	cr_assert(rig_receipt_is_valid(rig, &nodes[2]));
	end(rig);
}

/* One sync serves pushes that keep coming; nothing is said before it. */
Test(worker, pushes_that_keep_coming_share_a_commit)
{
	struct rig *rig = rig_with_worker();
	struct rig_node node;
	uint64_t commits, receipts;

	rig_furnish(rig, &node);
	commits = rig_counter(rig, COUNTER_COMMITS);
	receipts = rig_counter(rig, COUNTER_RECEIPTS);
	for (unsigned i = 0; i < 24; i++) {
		add_reports(rig, &node);
		rig_batch_hand_over(rig, &node);
		if (i == 11 || i == 23)
			rig_turn_end(rig);
	}
	cr_assert_eq(rig_counter(rig, COUNTER_COMMITS), commits);
	cr_assert_eq(rig_counter(rig, COUNTER_RECEIPTS), receipts);
	rig_turn_end(rig);
	cr_assert_eq(rig_counter(rig, COUNTER_COMMITS), commits + 1);
	cr_assert_eq(rig_counter(rig, COUNTER_RECEIPTS), receipts + 24);
	cr_assert(rig_receipt_is_valid(rig, &node));
	end(rig);
}

/* The only child of this process. */
static pid_t
worker_pid(void)
{
	char path[64];
	long pid = 0;
	FILE *file;

	(void)snprintf(
	    path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "r");
	cr_assert_not_null(file);
	cr_assert_eq(fscanf(file, "%ld", &pid), 1);
	fclose(file);
	return (pid_t)pid;
}

Test(worker, is_not_missed_when_it_died_with_nothing_to_do)
{
	static struct chain chain;
	struct worker *worker = open_worker();
	struct worker_result result;
	struct worker_push push;

	cr_assert_eq(kill(worker_pid(), SIGKILL), 0);
	chain_make(&chain, NULL, 1);
	push = push_of(&chain, -1);
	cr_assert_geq(worker_give(worker, &push), 0);
	worker_result(worker, &result);
	cr_equal(&chain, &result);
	worker_close(worker);
}
