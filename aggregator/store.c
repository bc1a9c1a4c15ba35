/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One write transaction a turn; leaves are built where they will lie. What is
 * written at random keys is small: one mark for each node that spoke in the
 * turn, and what `live` holds.
 */
#include "aggregator/store.h"

#include "aggregator/home.h"
#include "core/db.h"
#include "core/log.h"
#include "core/stat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum table {
	TABLE_LOG,
	TABLE_TREE,
	TABLE_NODE,
	TABLE_REFUSED,
	TABLE_SNAPSHOT,
	TABLE_META,
	TABLE_LIVE,
};

static const char *const table_names[] = {
    "log", "tree", "node", "refused", "snapshot", "meta", "live", NULL};

/* Sparse: only what is written takes room. */
static const uint64_t map_bytes =
    sizeof(size_t) >= 8 ? (uint64_t)256 << 30 : (uint64_t)1 << 30;

static const char format_key[] = "format";
static const char format_text[] = "ikrar-store/1";
static const char counters_key[] = "counters";

enum {
	INDEX_KEY = 8,
	TILE_KEY = 1 + 8,
	TILE_BYTES = TLOG_TILE_WIDTH * HASH_SIZE,
	MARK_BYTES = 8 + HASH_SIZE + 8,
	REFUSED_KEY = NODE_ID_SIZE + 8,
	SNAPSHOT_KEY = 4,
	/* Part 0 says what the parts are of: entries and bytes. */
	SNAPSHOT_HEAD = 8 + 8,
	SNAPSHOT_PART = 1 << 20,
	LIVE_KEY = 5 + NODE_ID_SIZE,
	LIVE_BYTES = 3 * 8 + SOFTWARE_MAX,
	COUNTERS_MAX = 8192,
};

struct store {
	struct db *db;
	bool is_writer;
	struct db_txn *turn;    /* the open turn */
	struct db_txn *reading; /* begun by the first look */
	uint64_t received_at_ms;
	uint64_t next; /* the writer's: index of the next entry */
	struct tlog *tree;
	struct wire *wire;
};

static struct db_txn *
look(struct store *store)
{
	if (store->turn != NULL)
		return store->turn;
	if (store->reading == NULL)
		store->reading = db_begin_read(store->db);
	return store->reading;
}

void
store_done(struct store *store)
{
	db_abort(store->reading);
	store->reading = NULL;
}

static struct bytes
index_key(uint8_t key[INDEX_KEY], uint64_t index)
{
	be64_put(key, index);
	return bytes_of(key, INDEX_KEY);
}

static struct bytes
tile_key(uint8_t key[TILE_KEY], unsigned level, uint64_t n)
{
	key[0] = (uint8_t)level;
	be64_put(key + 1, n);
	return bytes_of(key, TILE_KEY);
}

static struct bytes
refused_key(uint8_t key[REFUSED_KEY], const uint8_t *node, uint64_t seq)
{
	memcpy(key, node, NODE_ID_SIZE);
	be64_put(key + NODE_ID_SIZE, seq);
	return bytes_of(key, REFUSED_KEY);
}

static struct bytes
live_key(uint8_t key[LIVE_KEY], const uint8_t *node)
{
	memcpy(key, "node/", 5);
	memcpy(key + 5, node, NODE_ID_SIZE);
	return bytes_of(key, LIVE_KEY);
}

static struct bytes
snapshot_key(uint8_t key[SNAPSHOT_KEY], uint32_t part)
{
	be32_put(key, part);
	return bytes_of(key, SNAPSHOT_KEY);
}

/* ---- opening */

static uint64_t
log_size(struct store *store)
{
	struct db_cursor *cursor = db_cursor_open(look(store), TABLE_LOG);
	struct bytes key, value;
	uint64_t size = 0;

	if (db_last(cursor, &key, &value) == OK && key.len == INDEX_KEY)
		size = be64_get(key.at) + 1;
	db_cursor_close(cursor);
	return size;
}

static void
on_tile_full(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	struct store *store = context;
	uint8_t key[TILE_KEY];

	CHECK(store->turn != NULL);
	db_put(store->turn, TABLE_TREE, tile_key(key, level, n),
	    bytes_of(hashes, TILE_BYTES));
}

static enum err
on_tile_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	return store_tile(context, level, n, hashes);
}

enum err
store_tree(struct store *store, struct tlog **tree)
{
	const struct tlog_tiles tiles = {on_tile_full, on_tile_read, store};
	uint64_t size = store_size(store);
	uint64_t full = size - size % TLOG_TILE_WIDTH;
	struct tlog *made = tlog_new(&tiles);
	enum err err = tlog_load(made, full);
	struct bytes leaf;

	for (uint64_t i = full; i < size && err == OK; i++) {
		struct hash hash;

		err = store_leaf(store, i, &leaf);
		if (err != OK)
			break;
		hash = hash_leaf(leaf);
		tlog_append(made, &hash);
	}
	if (err != OK) {
		log_warnx("tree-damaged size=%" PRIu64, size);
		tlog_free(made);
		return ERR_INVALID;
	}
	*tree = made;
	return OK;
}

static enum err
check_format(struct store *store)
{
	struct bytes found;
	struct bytes key = bytes_of_text(format_key);

	if (db_get(look(store), TABLE_META, key, &found) == OK &&
	    bytes_equal(found, bytes_of_text(format_text)))
		return OK;
	log_warnx("store-format-unknown want=%s", format_text);
	return ERR_INVALID;
}

static enum err
load(struct store *store, enum store_mode mode)
{
	enum err err;

	if (mode == STORE_CREATE) {
		if (log_size(store) > 0)
			return ERR_DUP;
		store_begin(store, 0);
		db_put(store->turn, TABLE_META, bytes_of_text(format_key),
		    bytes_of_text(format_text));
		err = store_commit(store);
	} else {
		err = check_format(store);
	}
	if (err != OK || !store->is_writer)
		return err;
	store->next = log_size(store);
	err = store_tree(store, &store->tree);
	store_done(store);
	return err;
}

enum err
store_open(struct store **store, const char *dir, enum store_mode mode)
{
	struct db_options options = {.map_bytes = map_bytes,
	    .tables = table_names,
	    .read_only = mode == STORE_READ,
	    .create = mode == STORE_CREATE};
	char path[HOME_PATH_MAX];
	struct store *made;
	enum err err = home_path(path, dir, "store");

	if (err != OK)
		return err;
	made = xcalloc(1, sizeof *made);
	made->is_writer = mode != STORE_READ;
	made->wire = wire_new();
	options.dir = path;
	err = db_open(&made->db, &options);
	if (err == OK)
		err = load(made, mode);
	if (err != OK) {
		store_close(made);
		return err;
	}
	*store = made;
	return OK;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	tlog_free(store->tree);
	if (store->db != NULL) {
		db_abort(store->turn);
		store_done(store);
	}
	db_close(store->db);
	wire_free(store->wire);
	free(store);
}

/* ---- reading */

uint64_t
store_size(struct store *store)
{
	return store->tree != NULL ? store->next : log_size(store);
}

enum err
store_leaf(struct store *store, uint64_t index, struct bytes *bytes)
{
	uint8_t key[INDEX_KEY];

	return db_get(look(store), TABLE_LOG, index_key(key, index), bytes);
}

enum err
store_entry(struct store *store, uint64_t index, struct stored *stored)
{
	enum err err = store_leaf(store, index, &stored->bytes);
	enum reject reject = REJECT_NONE;

	if (err != OK)
		return err;
	stored->index = index;
	err = leaf_get(&stored->leaf, stored->bytes);
	if (err == OK)
		reject = wire_unpack(
		    store->wire, stored->leaf.event, &stored->event);
	if (err == OK && reject == REJECT_NONE)
		return OK;
	log_warnx(
	    "log-damaged index=%" PRIu64 " why=%s", index, reject_word(reject));
	return ERR_INVALID;
}

enum err
store_snapshot(struct store *store, struct text_buf *saved, uint64_t *entries)
{
	uint8_t key[SNAPSHOT_KEY];
	struct text_buf parts = {0};
	struct bytes found;
	uint64_t of_entries, total;

	if (db_get(look(store), TABLE_SNAPSHOT, snapshot_key(key, 0), &found) !=
		OK ||
	    found.len != SNAPSHOT_HEAD)
		return ERR_NOTFOUND;
	of_entries = be64_get(found.at);
	total = be64_get(found.at + 8);
	for (uint32_t part = 1; parts.len < total; part++) {
		if (db_get(look(store), TABLE_SNAPSHOT, snapshot_key(key, part),
			&found) != OK)
			break;
		text_buf_add_bytes(&parts, found.at, found.len);
	}
	if (parts.len != total) {
		text_buf_clear(&parts);
		return ERR_NOTFOUND;
	}
	*saved = parts;
	*entries = of_entries;
	return OK;
}

enum err
store_tile(struct store *store, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	uint8_t key[TILE_KEY];
	struct bytes found;
	enum err err =
	    db_get(look(store), TABLE_TREE, tile_key(key, level, n), &found);

	if (err != OK)
		return err;
	if (found.len != TILE_BYTES)
		return ERR_NOTFOUND;
	memcpy(hashes, found.at, TILE_BYTES);
	return OK;
}

enum err
store_mark(struct store *store, const uint8_t node[NODE_ID_SIZE],
    struct store_mark *mark)
{
	struct bytes found;
	enum err err = db_get(
	    look(store), TABLE_NODE, bytes_of(node, NODE_ID_SIZE), &found);

	if (err != OK)
		return err;
	if (found.len != MARK_BYTES) {
		log_warnx("mark-damaged");
		return ERR_INVALID;
	}
	mark->mark = be64_get(found.at);
	memcpy(mark->head.at, found.at + 8, HASH_SIZE);
	mark->last_index = be64_get(found.at + 8 + HASH_SIZE);
	return OK;
}

unsigned
store_refused(/* NOLINT(readability-function-size): a range and a room */
    struct store *store, const uint8_t node[NODE_ID_SIZE], uint64_t from,
    uint64_t to, struct refused_row *rows, unsigned max)
{
	struct db_cursor *cursor = db_cursor_open(look(store), TABLE_REFUSED);
	uint8_t first[REFUSED_KEY];
	struct bytes key, value;
	unsigned count = 0;
	enum err err =
	    db_seek(cursor, refused_key(first, node, from), &key, &value);

	while (err == OK && count < max && key.len == REFUSED_KEY &&
	       value.len == 1 && memcmp(key.at, node, NODE_ID_SIZE) == 0 &&
	       be64_get(key.at + NODE_ID_SIZE) <= to) {
		rows[count++] =
		    (struct refused_row){.seq = be64_get(key.at + NODE_ID_SIZE),
			.word = value.at[0]};
		err = db_next(cursor, &key, &value);
	}
	db_cursor_close(cursor);
	return count;
}

enum err
store_live_node(struct store *store, const uint8_t node[NODE_ID_SIZE],
    struct live_node *live)
{
	uint8_t key[LIVE_KEY];
	struct bytes found;
	enum err err =
	    db_get(look(store), TABLE_LIVE, live_key(key, node), &found);

	if (err != OK)
		return err;
	if (found.len != LIVE_BYTES)
		return ERR_NOTFOUND;
	live->last_contact_ms = be64_get(found.at);
	live->last_seq = be64_get(found.at + 8);
	live->clock_offset_ms = (int64_t)be64_get(found.at + 16);
	memcpy(live->software, found.at + 24, SOFTWARE_MAX);
	live->software[SOFTWARE_MAX - 1] = '\0';
	return OK;
}

void
store_each_counter(struct store *store, store_counter_fn fn, void *context)
{
	struct bytes row;
	char name[256];

	if (db_get(look(store), TABLE_LIVE, bytes_of_text(counters_key),
		&row) != OK)
		return;
	while (row.len > 0 && row.len >= (size_t)1 + row.at[0] + 8) {
		size_t len = row.at[0];

		memcpy(name, row.at + 1, len);
		name[len] = '\0';
		fn(context, name, be64_get(row.at + 1 + len));
		row = bytes_of(row.at + 1 + len + 8, row.len - 1 - len - 8);
	}
}

uint64_t
store_used_bytes(struct store *store)
{
	return db_used_bytes(store->db);
}

unsigned
store_disk_percent(struct store *store)
{
	return db_disk_used_percent(store->db);
}

/* ---- writing */

void
store_begin(struct store *store, uint64_t received_at_ms)
{
	CHECK(store->is_writer);
	if (store->turn != NULL)
		return;
	store_done(store);
	store->turn = db_begin(store->db);
	store->received_at_ms = received_at_ms;
}

bool
store_is_open_turn(const struct store *store)
{
	return store->turn != NULL;
}

uint64_t
store_append(struct store *store, enum author author, struct bytes event,
    struct bytes stamp, const struct hash *leaf_hash)
{
	struct leaf leaf = {.author = author,
	    .received_at_ms = store->received_at_ms,
	    .event = event,
	    .stamp = stamp};
	size_t len = leaf_size(&leaf);
	uint8_t key[INDEX_KEY];
	uint8_t *at;

	CHECK(store->turn != NULL && len <= ENTRY_MAX);
	at = db_reserve(
	    store->turn, TABLE_LOG, index_key(key, store->next), len, true);
	if (at != NULL) {
		struct hash hash;

		leaf_put(at, &leaf);
		if (leaf_hash == NULL)
			hash = hash_leaf(bytes_of(at, len));
		tlog_append(store->tree, leaf_hash != NULL ? leaf_hash : &hash);
	}
	return store->next++;
}

struct tlog *
store_tlog(struct store *store)
{
	return store->tree;
}

void
store_put_mark(struct store *store, const uint8_t node[NODE_ID_SIZE],
    const struct store_mark *mark)
{
	uint8_t row[MARK_BYTES];

	CHECK(store->turn != NULL);
	be64_put(row, mark->mark);
	memcpy(row + 8, mark->head.at, HASH_SIZE);
	be64_put(row + 8 + HASH_SIZE, mark->last_index);
	db_put(store->turn, TABLE_NODE, bytes_of(node, NODE_ID_SIZE),
	    bytes_of(row, sizeof row));
}

void
store_put_refused(struct store *store, const uint8_t node[NODE_ID_SIZE],
    uint64_t seq, enum reject word)
{
	uint8_t key[REFUSED_KEY];
	uint8_t value = (uint8_t)word;

	CHECK(store->turn != NULL);
	db_put(store->turn, TABLE_REFUSED, refused_key(key, node, seq),
	    bytes_of(&value, 1));
}

enum err
store_commit(struct store *store)
{
	struct db_txn *turn = store->turn;

	CHECK(turn != NULL);
	store->turn = NULL;
	return db_commit(turn);
}

void
store_put_snapshot(struct store *store, struct bytes saved, uint64_t entries)
{
	uint8_t key[SNAPSHOT_KEY], head[SNAPSHOT_HEAD];
	uint32_t part = 0;

	CHECK(store->turn != NULL);
	db_clear(store->turn, TABLE_SNAPSHOT);
	be64_put(head, entries);
	be64_put(head + 8, saved.len);
	db_append(store->turn, TABLE_SNAPSHOT, snapshot_key(key, part++),
	    bytes_of(head, sizeof head));
	while (saved.len > 0) {
		size_t len =
		    saved.len < SNAPSHOT_PART ? saved.len : SNAPSHOT_PART;

		db_append(store->turn, TABLE_SNAPSHOT,
		    snapshot_key(key, part++), bytes_of(saved.at, len));
		saved = bytes_of(saved.at + len, saved.len - len);
	}
}

void
store_put_live_node(struct store *store, const uint8_t node[NODE_ID_SIZE],
    const struct live_node *live)
{
	uint8_t key[LIVE_KEY], row[LIVE_BYTES] = {0};

	CHECK(store->turn != NULL);
	be64_put(row, live->last_contact_ms);
	be64_put(row + 8, live->last_seq);
	be64_put(row + 16, (uint64_t)live->clock_offset_ms);
	(void)text_copy((char *)row + 24, SOFTWARE_MAX, live->software);
	db_put(store->turn, TABLE_LIVE, live_key(key, node),
	    bytes_of(row, sizeof row));
}

void
store_put_counters(struct store *store, const struct stat *stat)
{
	uint8_t row[COUNTERS_MAX];
	size_t used = 0;

	CHECK(store->turn != NULL);
	for (unsigned i = 0; i < stat_count(stat); i++) {
		const char *name = stat_name(stat, i);
		size_t len = strlen(name);

		CHECK(len < 256 && used + 1 + len + 8 <= sizeof row);
		row[used++] = (uint8_t)len;
		memcpy(row + used, name, len);
		be64_put(row + used + len, stat_get(stat, i));
		used += len + 8;
	}
	db_put(store->turn, TABLE_LIVE, bytes_of_text(counters_key),
	    bytes_of(row, used));
}
