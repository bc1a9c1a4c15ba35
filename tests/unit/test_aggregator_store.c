/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/store.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "aggregator/counters.h"
#include "core/stat.h"
#include "tests/support/temp_dir.h"

static char *dir;
static struct store *store;

static void
set_up(void)
{
	dir = temp_dir_make();
	cr_assert_eq(store_open(&store, dir, STORE_CREATE), OK);
}

static void
tear_down(void)
{
	store_close(store);
	temp_dir_remove(dir);
}

TestSuite(store, .init = set_up, .fini = tear_down);

static void
reopen(void)
{
	store_close(store);
	store = NULL;
	cr_assert_eq(store_open(&store, dir, STORE_WRITE), OK);
}

static struct bytes
ticked(uint64_t until_ms)
{
	static uint8_t at[128];
	struct event event = {.version = EVENT_VERSION,
	    .kind = EVENT_TICKED,
	    .recorded_at_ms = until_ms,
	    .wilayah = "73.04",
	    .until_ms = until_ms};

	return bytes_of(at, wire_pack(&event, at, sizeof at));
}

static void
append(unsigned count)
{
	store_begin(store, 1726963200000);
	for (unsigned i = 0; i < count; i++)
		(void)store_append(store, AUTHOR_LOG, ticked(1726963200000 + i),
		    bytes_of(NULL, 0), NULL);
	cr_assert_eq(store_commit(store), OK);
}

Test(store, remembers_entries_across_a_restart)
{
	struct stored stored;

	append(3);
	reopen();
	cr_assert_eq(store_size(store), 3);
	cr_assert_eq(store_entry(store, 2, &stored), OK);
	cr_assert_eq(stored.index, 2);
	cr_assert_eq(stored.leaf.author, AUTHOR_LOG);
	cr_assert_eq(stored.leaf.received_at_ms, 1726963200000);
	cr_assert_eq(stored.event.kind, EVENT_TICKED);
	cr_assert_eq(stored.event.until_ms, 1726963200002);
	cr_assert_eq(store_entry(store, 3, &stored), ERR_NOTFOUND);
}

Test(store, a_dropped_turn_leaves_nothing)
{
	append(1);
	store_begin(store, 1726963200000);
	(void)store_append(
	    store, AUTHOR_LOG, ticked(1726963200000), bytes_of(NULL, 0), NULL);
	reopen();
	cr_assert_eq(store_size(store), 1);
	cr_assert_eq(tlog_size(store_tlog(store)), 1);
}

Test(store, the_tree_is_the_same_after_a_restart)
{
	struct tlog *tree;
	struct hash before, after, read;

	append(70000);
	before = tlog_root(store_tlog(store));
	reopen();
	after = tlog_root(store_tlog(store));
	cr_assert(hash_equal(&before, &after));
	cr_assert_eq(tlog_size(store_tlog(store)), 70000);
	cr_assert_eq(store_tree(store, &tree), OK);
	read = tlog_root(tree);
	cr_assert(hash_equal(&before, &read));
	tlog_free(tree);
}

Test(store, gives_full_tiles_only)
{
	struct hash tile[TLOG_TILE_WIDTH];
	struct bytes leaf;
	struct hash hash;

	append(300);
	cr_assert_eq(store_tile(store, 0, 0, tile), OK);
	cr_assert_eq(store_leaf(store, 255, &leaf), OK);
	hash = hash_leaf(leaf);
	cr_assert(hash_equal(&hash, &tile[255]));
	cr_assert_eq(store_tile(store, 0, 1, tile), ERR_NOTFOUND);
	cr_assert_eq(store_tile(store, 1, 0, tile), ERR_NOTFOUND);
}

Test(store, proves_an_old_entry_from_its_tiles)
{
	struct tlog *tree = store_tlog(store);
	struct tlog_proof proof;
	struct bytes leaf;
	struct hash hash, root;

	append(1000);
	cr_assert_eq(tlog_prove_inclusion(tree, 17, 1000, &proof), OK);
	cr_assert_eq(store_leaf(store, 17, &leaf), OK);
	hash = hash_leaf(leaf);
	root = tlog_root(tree);
	cr_assert(tlog_inclusion_is_valid(&proof, 17, 1000, &hash, &root));
	cr_assert_not(tlog_inclusion_is_valid(&proof, 18, 1000, &hash, &root));
}

Test(store, remembers_marks_and_refused_numbers)
{
	uint8_t node[NODE_ID_SIZE] = {1}, other[NODE_ID_SIZE] = {2};
	struct store_mark mark = {.mark = 9, .head = {{5}}, .last_index = 77};
	struct store_mark read;
	struct refused_row rows[4];

	store_begin(store, 0);
	store_put_mark(store, node, &mark);
	store_put_refused(store, node, 3, REJECT_PREFIX);
	store_put_refused(store, node, 8, REJECT_TIME);
	store_put_refused(store, other, 4, REJECT_KIND);
	cr_assert_eq(store_commit(store), OK);
	reopen();
	cr_assert_eq(store_mark(store, node, &read), OK);
	cr_assert_arr_eq(&read, &mark, sizeof mark);
	cr_assert_eq(store_mark(store, other, &read), ERR_NOTFOUND);
	cr_assert_eq(store_refused(store, node, 1, 8, rows, 4), 2);
	cr_assert_eq(rows[0].seq, 3);
	cr_assert_eq(rows[0].word, REJECT_PREFIX);
	cr_assert_eq(rows[1].seq, 8);
	cr_assert_eq(store_refused(store, node, 4, 7, rows, 4), 0);
	cr_assert_eq(store_refused(store, node, 1, 8, rows, 1), 1);
	store_done(store);
}

Test(store, keeps_a_snapshot_of_many_parts)
{
	size_t len = 3 * (1 << 20) + 5;
	uint8_t *at = xcalloc(len, 1);
	struct text_buf saved = {0};
	uint64_t entries;

	at[len - 1] = 7;
	cr_assert_eq(store_snapshot(store, &saved, &entries), ERR_NOTFOUND);
	store_begin(store, 0);
	store_put_snapshot(store, bytes_of(at, len), 12);
	cr_assert_eq(store_commit(store), OK);
	reopen();
	cr_assert_eq(store_snapshot(store, &saved, &entries), OK);
	cr_assert_eq(entries, 12);
	cr_assert_eq(saved.len, len);
	cr_assert_arr_eq(saved.at, at, len);
	text_buf_clear(&saved);
	store_done(store);
	free(at);
}

Test(store, a_shorter_snapshot_replaces_a_longer_one)
{
	size_t len = 2 * (1 << 20);
	uint8_t *at = xcalloc(len, 1);
	struct text_buf saved = {0};
	uint64_t entries;

	store_begin(store, 0);
	store_put_snapshot(store, bytes_of(at, len), 12);
	store_put_snapshot(store, bytes_of(at, 100), 13);
	cr_assert_eq(store_commit(store), OK);
	cr_assert_eq(store_snapshot(store, &saved, &entries), OK);
	cr_assert_eq(entries, 13);
	cr_assert_eq(saved.len, 100);
	text_buf_clear(&saved);
	store_done(store);
	free(at);
}

static void
on_counter(void *context, const char *name, uint64_t value)
{
	if (strcmp(name, "reject_gap") == 0)
		*(uint64_t *)context = value;
}

Test(store, notes_counters_and_contacts)
{
	struct stat *stat = stat_new(counter_names);
	uint8_t node[NODE_ID_SIZE] = {1};
	struct live_node live = {.last_contact_ms = 5,
	    .last_seq = 6,
	    .clock_offset_ms = -7,
	    .software = "collector/1"};
	struct live_node read;
	uint64_t gaps = 0;

	stat_add(stat, COUNTER_REJECT + REJECT_GAP, 3);
	store_begin(store, 0);
	store_put_counters(store, stat);
	store_put_live_node(store, node, &live);
	cr_assert_eq(store_commit(store), OK);
	store_each_counter(store, on_counter, &gaps);
	cr_assert_eq(gaps, 3);
	cr_assert_eq(store_live_node(store, node, &read), OK);
	cr_assert_eq(read.clock_offset_ms, -7);
	cr_assert_eq(read.last_seq, 6);
	cr_assert_str_eq(read.software, "collector/1");
	store_done(store);
	stat_free(stat);
}

Test(store, is_made_once)
{
	struct store *second;

	append(1);
	store_close(store);
	store = NULL;
	cr_assert_eq(store_open(&second, dir, STORE_CREATE), ERR_DUP);
	cr_assert_eq(store_open(&store, dir, STORE_WRITE), OK);
}

Test(store, is_not_there_before_it_is_made)
{
	char *empty = temp_dir_path(dir, "empty");
	struct store *second;

	cr_assert_eq(store_open(&second, empty, STORE_WRITE), ERR_NOTFOUND);
	cr_assert_eq(store_open(&second, empty, STORE_READ), ERR_NOTFOUND);
	free(empty);
}

/* Reads in a process of its own once a byte comes through the pipe. */
static void
read_beside(int pipe_end, uint64_t expected)
{
	struct store *reader;
	struct stored stored;
	char byte;
	bool is_good = read(pipe_end, &byte, 1) == 1 &&
		       store_open(&reader, dir, STORE_READ) == OK &&
		       store_size(reader) == expected &&
		       store_entry(reader, expected - 1, &stored) == OK;

	_exit(is_good ? 0 : 1);
}

/* Another process sees what is committed, not what is under way. */
Test(store, is_read_beside_its_writer)
{
	int status, ends[2];
	pid_t child;

	append(5);
	store_close(store);
	store = NULL;
	cr_assert_eq(pipe(ends), 0);
	child = fork();
	if (child == 0)
		read_beside(ends[0], 5);
	cr_assert_eq(store_open(&store, dir, STORE_WRITE), OK);
	store_begin(store, 1726963200000);
	(void)store_append(
	    store, AUTHOR_LOG, ticked(1726963200000), bytes_of(NULL, 0), NULL);
	cr_assert_eq(write(ends[1], "x", 1), 1);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0);
	cr_assert_eq(store_commit(store), OK);
	cr_assert_eq(store_size(store), 6);
}
