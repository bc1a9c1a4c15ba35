/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What proof costs a region for each event, on a log of ENTRIES leaves in LMDB:
 * leaf hash and tree, the signed checkpoint, and for one receipt the proofs of
 * inclusion and of consistency with the head before, all packed. Each turn is
 * one batch and one receipt: the dearest case. Storing and syncing are not
 * counted: they are there without proof too.
 *     bench_proof DIR ENTRIES
 */
#include "aggregator/store.h"
#include "core/log.h"
#include "core/loop.h"
#include "trust/note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	EVENT_BYTES = 295,
	TURNS = 300,
	FILL_TURN = 10000,
	ROUNDS = 5,
	RECEIPT_MAX = 8192,
};

struct bench {
	struct store *store;
	struct tlog *aside; /* a tree of which nothing is kept */
	struct sign_keys keys;
	struct checkpoint last; /* the head that the node has */
	uint8_t event[EVENT_BYTES];
	uint64_t next;
	size_t receipt_bytes; /* the largest */
};

static void
drop_tile(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	(void)context;
	(void)level;
	(void)n;
	(void)hashes;
}

static struct bytes
next_event(struct bench *bench)
{
	be64_put(bench->event + 16, bench->next++);
	return bytes_of(bench->event, sizeof bench->event);
}

static void
store_turn(struct bench *bench, unsigned count)
{
	store_begin(bench->store, 1);
	for (unsigned i = 0; i < count; i++)
		(void)store_append(bench->store, AUTHOR_LOG, next_event(bench),
		    bytes_of(NULL, 0), NULL);
	if (store_commit(bench->store) != OK)
		fatalx("bench-no-commit");
}

static uint64_t
hash_turn(struct bench *bench, unsigned count)
{
	uint8_t bytes[ENTRY_HEAD + EVENT_BYTES + 1];
	uint64_t began = loop_monotonic_ns();

	for (unsigned i = 0; i < count; i++) {
		struct leaf leaf = {.author = AUTHOR_LOG,
		    .event = bytes_of(bench->event, sizeof bench->event)};
		struct hash hash;

		leaf_put(bytes, &leaf);
		hash = hash_leaf(bytes_of(bytes, sizeof bytes));
		tlog_append(bench->aside, &hash);
	}
	return loop_monotonic_ns() - began;
}

static uint64_t
make_receipt(struct bench *bench)
{
	static uint8_t packed[RECEIPT_MAX];
	struct message message = {.kind = MESSAGE_RECEIPT};
	struct receipt *receipt = &message.receipt;
	struct checkpoint head = bench->last;
	struct tlog_proof inclusion, consistency;
	struct tlog *tree = store_tlog(bench->store);
	uint64_t began = loop_monotonic_ns();
	size_t len;

	head.size = tlog_size(tree);
	head.root = tlog_root(tree);
	checkpoint_sign(receipt->checkpoint, &head, &bench->keys);
	if (tlog_prove_inclusion(tree, head.size - 1, head.size, &inclusion) !=
		OK ||
	    tlog_prove_consistency(
		tree, bench->last.size, head.size, &consistency) != OK)
		fatalx("bench-no-proof");
	receipt->have = receipt->index = head.size - 1;
	receipt->received_at_ms = UINT64_C(1) << 40;
	receipt->from_size = bench->last.size;
	receipt->inclusion =
	    bytes_of(inclusion.at, inclusion.count * sizeof *inclusion.at);
	receipt->consistency = bytes_of(
	    consistency.at, consistency.count * sizeof *consistency.at);
	memset(receipt->head, 1, sizeof receipt->head);
	len = message_put(&message, packed, sizeof packed);
	CHECK(len > 0);
	if (len > bench->receipt_bytes)
		bench->receipt_bytes = len;
	bench->last = head;
	store_done(bench->store);
	return loop_monotonic_ns() - began;
}

static void
fill(struct bench *bench, const char *dir, uint64_t entries)
{
	const struct tlog_tiles tiles = {.full = drop_tile};

	if (store_open(&bench->store, dir, STORE_CREATE) != OK)
		fatalx("bench-no-store dir=%s", dir);
	while (bench->next < entries)
		store_turn(bench, FILL_TURN);
	bench->aside = tlog_new(&tiles);
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measure(struct bench *bench, unsigned batch)
{
	double us[ROUNDS];

	bench->receipt_bytes = 0;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t ns = 0;

		for (unsigned i = 0; i < TURNS; i++) {
			store_turn(bench, batch);
			ns += hash_turn(bench, batch) + make_receipt(bench);
		}
		us[round] = (double)ns / 1e3 / ((double)TURNS * batch);
	}
	qsort(us, ROUNDS, sizeof *us, by_size);
	printf("{\"batch\":%u,\"us_per_event\":%.3f,\"receipt_bytes\":%zu,"
	       "\"entries\":%" PRIu64 "}\n",
	    batch, us[ROUNDS / 2], bench->receipt_bytes, bench->last.size);
}

int
main(int argc, char **argv)
{
	static const unsigned batches[] = {1, 64, 200};
	static const uint8_t seed[SIGN_SEED_SIZE] = {1};
	static struct bench bench;

	if (argc != 3)
		return 64;
	log_open("bench_proof", LOG_LEVEL_WARN);
	sign_keys_make(&bench.keys, seed);
	(void)text_copy(
	    bench.last.origin, sizeof bench.last.origin, "ikrar/73.71/1");
	fill(&bench, argv[1], strtoull(argv[2], NULL, 10));
	/* The first receipt goes to a node that was away for long. */
	bench.last.size = bench.next / 3 * 2 + 1;
	for (unsigned i = 0; i < sizeof batches / sizeof *batches; i++)
		measure(&bench, batches[i]);
	tlog_free(bench.aside);
	store_close(bench.store);
	return 0;
}
