/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of LMDB that this file keeps: plain tables only (no duplicate
 * keys), no nested transactions, always synced, readers not tied to threads,
 * stale readers cleared at the start and each minute, the directory synced
 * after the files are made, no network file system, no version with known
 * corruption. A device that fails a write or a sync ends the process: the
 * kernel marks such pages clean, so trying again would lie.
 */
#include "core/db.h"

#include "core/db_dir.h"
#include "core/db_map.h"
#include "core/log.h"
#include "core/loop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <lmdb.h>

enum {
	FILE_MODE = 0600,
	READER_CHECK_MS = 60000,
	KEY_MAX = 511,
};

struct db {
	MDB_env *env;
	char *dir;
	bool read_only;
	int table_count;
	MDB_dbi tables[DB_TABLES_MAX];
	unsigned open_txns;
	uint64_t readers_checked_ms;
	struct db_map map;
};

struct db_txn {
	struct db *db;
	MDB_txn *mdb;
	bool read_only;
	enum err failed;
	struct db_cursor *cursors;
};

struct db_cursor {
	struct db_txn *txn; /* NULL: its transaction has ended */
	MDB_cursor *mdb;
	struct db_cursor *next;
};

static MDB_val
val_of(struct bytes bytes)
{
	union {
		const void *in;
		void *out;
	} at = {.in = bytes.at}; /* LMDB does not write through it */

	return (MDB_val){.mv_size = bytes.len, .mv_data = at.out};
}

static struct bytes
bytes_of_val(const MDB_val *val)
{
	return bytes_of(val->mv_data, val->mv_size);
}

static bool
is_full(int rc)
{
	return rc == MDB_MAP_FULL || rc == MDB_TXN_FULL || rc == ENOSPC ||
	       rc == EDQUOT;
}

/* LMDB calls a write that a full disk cut short EIO. Nothing of it is in force
 * then; check_still_sound sees to that. */
static bool
is_cut_short(const struct db *db, int rc)
{
	return rc == EIO && db_dir_is_full(db->dir);
}

__attribute__((noreturn)) static void
device_failed(const struct db *db, const char *step, int rc)
{
	fatalx("db-failed dir=%s step=%s error=\"%s\" disk_used=%u%%", db->dir,
	    step, mdb_strerror(rc), db_dir_used_percent(db->dir));
}

/* The versions in between could lose pages of the free list. */
static enum err
check_version(void)
{
	int major, minor, patch;
	const char *text = mdb_version(&major, &minor, &patch);

	if (major == 0 && minor == 9 && (patch < 26 || patch > 31))
		return OK;
	log_warnx("db-library-refused version=\"%s\" want=\"0.9, not 0.9.26 "
		  "to 0.9.31\"",
	    text);
	return ERR_INVALID;
}

/* OK: something is to be opened or made there. */
static enum err
prepare_dir(const struct db_options *options)
{
	bool may_make = options->create && !options->read_only;
	enum err err = check_version();

	if (err == OK && !db_dir_has_database(options->dir))
		err = may_make ? db_dir_make(options->dir) : ERR_NOTFOUND;
	return err == OK ? db_dir_check(options->dir) : err;
}

static enum err
open_refused(const struct db *db, const char *step, int rc)
{
	log_warnx("db-open-failed dir=%s step=%s error=\"%s\"", db->dir, step,
	    mdb_strerror(rc));
	if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH ||
	    rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE ||
	    rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND)
		return ERR_INVALID;
	return ERR_IO;
}

static enum err
open_env(struct db *db, const struct db_options *options)
{
	unsigned flags = MDB_NOTLS | (db->read_only ? MDB_RDONLY : 0);
	int rc = mdb_env_create(&db->env);
	int fd;

	if (rc != 0)
		return open_refused(db, "create", rc);
	/* A reader takes the size that the writer has chosen. */
	if (!db->read_only)
		rc = mdb_env_set_mapsize(db->env, options->map_bytes);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(db->env, DB_TABLES_MAX);
	if (rc != 0)
		return open_refused(db, "set", rc);
	rc = mdb_env_open(db->env, options->dir, flags, FILE_MODE);
	/* Its maker has just begun. */
	if (rc == ENOENT && db->read_only)
		return ERR_NOTFOUND;
	if (rc != 0)
		return open_refused(db, "open", rc);
	if (mdb_env_get_fd(db->env, &fd) == 0)
		db_map_find(&db->map, fd);
	return OK;
}

/* All are made at once: so its maker has just begun. */
static bool
has_no_tables(MDB_txn *txn)
{
	MDB_stat stat;
	MDB_dbi all;

	return mdb_dbi_open(txn, NULL, 0, &all) == 0 &&
	       mdb_stat(txn, all, &stat) == 0 && stat.ms_entries == 0;
}

static enum err
open_tables(struct db *db, const struct db_options *options)
{
	unsigned begin_flags = db->read_only ? MDB_RDONLY : 0;
	unsigned flags = db->read_only ? 0 : MDB_CREATE;
	MDB_txn *txn;
	int rc = mdb_txn_begin(db->env, NULL, begin_flags, &txn);
	bool is_bare;

	if (rc != 0)
		return open_refused(db, "begin", rc);
	is_bare = has_no_tables(txn);
	for (int i = 0; options->tables[i] != NULL && rc == 0; i++) {
		CHECK(i < DB_TABLES_MAX);
		rc = mdb_dbi_open(
		    txn, options->tables[i], flags, &db->tables[i]);
		db->table_count = i + 1;
	}
	if (rc != 0) {
		mdb_txn_abort(txn);
		if (rc == MDB_NOTFOUND && db->read_only && is_bare)
			return ERR_NOTFOUND;
		return open_refused(db, "table", rc);
	}
	rc = mdb_txn_commit(txn);
	return rc == 0 ? OK : open_refused(db, "commit", rc);
}

/* At each start: the last one may have been cut short after it had made the
 * files. */
static enum err
sync_all(struct db *db)
{
	int rc = mdb_env_sync(db->env, 1);

	if (rc != 0)
		return open_refused(db, "sync", rc);
	return db_dir_sync(db->dir);
}

static void
clear_readers(struct db *db)
{
	int dead = 0;

	db->readers_checked_ms = loop_monotonic_ms();
	if (mdb_reader_check(db->env, &dead) == 0 && dead > 0)
		log_info("db-readers-cleared dir=%s dead=%d", db->dir, dead);
}

enum err
db_open(struct db **db, const struct db_options *options)
{
	struct db *made;
	enum err err = prepare_dir(options);

	if (err != OK)
		return err;
	made = xcalloc(1, sizeof *made);
	made->dir = xstrdup(options->dir);
	made->read_only = options->read_only;
	err = open_env(made, options);
	if (err == OK)
		err = open_tables(made, options);
	if (err == OK && !made->read_only)
		err = sync_all(made);
	if (err != OK) {
		db_close(made);
		return err;
	}
	clear_readers(made);
	*db = made;
	return OK;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	CHECK(db->open_txns == 0);
	if (db->env != NULL)
		mdb_env_close(db->env);
	free(db->dir);
	free(db);
}

static struct db_txn *
begin(struct db *db, bool read_only)
{
	struct db_txn *txn = xcalloc(1, sizeof *txn);
	unsigned flags = read_only ? MDB_RDONLY : 0;
	int rc = mdb_txn_begin(db->env, NULL, flags, &txn->mdb);

	/* Another process has a larger map: take its size. */
	if (rc == MDB_MAP_RESIZED && db->open_txns == 0) {
		rc = mdb_env_set_mapsize(db->env, 0);
		if (rc == 0)
			rc = mdb_txn_begin(db->env, NULL, flags, &txn->mdb);
	}
	if (rc != 0)
		device_failed(db, "begin", rc);
	txn->db = db;
	txn->read_only = read_only;
	db->open_txns++;
	return txn;
}

struct db_txn *
db_begin(struct db *db)
{
	CHECK(!db->read_only);
	if (loop_monotonic_ms() - db->readers_checked_ms > READER_CHECK_MS)
		clear_readers(db);
	return begin(db, false);
}

struct db_txn *
db_begin_read(struct db *db)
{
	return begin(db, true);
}

/* LMDB frees the cursors of a write transaction with it; those of a read
 * transaction it leaves to us. */
static void
detach_cursors(struct db_txn *txn)
{
	for (struct db_cursor *it = txn->cursors; it != NULL; it = it->next) {
		mdb_cursor_close(it->mdb);
		it->txn = NULL;
	}
	txn->cursors = NULL;
}

static void
forget(struct db_txn *txn)
{
	txn->db->open_txns--;
	free(txn);
}

void
db_abort(struct db_txn *txn)
{
	if (txn == NULL)
		return;
	detach_cursors(txn);
	mdb_txn_abort(txn->mdb);
	forget(txn);
}

/* After a commit that found no room: LMDB has dropped the transaction, unless
 * it failed while it wrote the meta page; then it refuses to begin again. */
static void
check_still_sound(struct db *db)
{
	MDB_txn *probe;
	int rc = mdb_txn_begin(db->env, NULL, 0, &probe);

	if (rc != 0)
		device_failed(db, "commit", rc);
	mdb_txn_abort(probe);
}

enum err
db_commit(struct db_txn *txn)
{
	struct db *db = txn->db;
	enum err failed = txn->failed;
	int rc;

	CHECK(!txn->read_only);
	if (failed != OK) {
		db_abort(txn);
		return failed;
	}
	detach_cursors(txn);
	rc = mdb_txn_commit(txn->mdb);
	forget(txn);
	if (rc == 0) {
		db_map_grown(&db->map);
		return OK;
	}
	if (!is_full(rc) && !is_cut_short(db, rc))
		device_failed(db, "commit", rc);
	check_still_sound(db);
	log_warnx("db-full dir=%s step=commit error=\"%s\"", db->dir,
	    mdb_strerror(rc));
	return ERR_FULL;
}

enum err
db_failed(const struct db_txn *txn)
{
	return txn->failed;
}

/* Remembers that there is no room; all else that LMDB says here is a broken
 * device or database. */
static void
write_failed(struct db_txn *txn, const char *step, int rc)
{
	if (!is_full(rc) && !is_cut_short(txn->db, rc))
		device_failed(txn->db, step, rc);
	log_warnx("db-full dir=%s step=%s error=\"%s\"", txn->db->dir, step,
	    mdb_strerror(rc));
	txn->failed = ERR_FULL;
}

static MDB_dbi
table_of(const struct db_txn *txn, int table)
{
	CHECK(table >= 0 && table < txn->db->table_count);
	return txn->db->tables[table];
}

enum err
db_get(struct db_txn *txn, int table, struct bytes key, struct bytes *value)
{
	MDB_val mdb_key = val_of(key);
	MDB_val found;
	int rc;

	if (txn->failed != OK)
		return txn->failed;
	if (key.len == 0 || key.len > KEY_MAX)
		return ERR_NOTFOUND;
	rc = mdb_get(txn->mdb, table_of(txn, table), &mdb_key, &found);
	if (rc == MDB_NOTFOUND)
		return ERR_NOTFOUND;
	if (rc != 0)
		device_failed(txn->db, "get", rc);
	*value = bytes_of_val(&found);
	return OK;
}

static int
put(struct db_txn *txn, int table, struct bytes key, MDB_val *value,
    unsigned flags)
{
	MDB_val mdb_key = val_of(key);
	int rc;

	CHECK(!txn->read_only);
	CHECK(key.len > 0 && key.len <= KEY_MAX);
	if (txn->failed != OK)
		return MDB_BAD_TXN;
	rc = mdb_put(txn->mdb, table_of(txn, table), &mdb_key, value, flags);
	CHECK(rc != MDB_KEYEXIST); /* db_append: a key out of order */
	if (rc != 0)
		write_failed(txn, "put", rc);
	return rc;
}

void
db_put(struct db_txn *txn, int table, struct bytes key, struct bytes value)
{
	MDB_val mdb_value = val_of(value);

	(void)put(txn, table, key, &mdb_value, 0);
}

void
db_append(struct db_txn *txn, int table, struct bytes key, struct bytes value)
{
	MDB_val mdb_value = val_of(value);

	(void)put(txn, table, key, &mdb_value, MDB_APPEND);
}

uint8_t *
db_reserve(
    struct db_txn *txn, int table, struct bytes key, size_t len, bool append)
{
	MDB_val room = {.mv_size = len};
	unsigned flags = MDB_RESERVE | (append ? MDB_APPEND : 0);

	return put(txn, table, key, &room, flags) == 0 ? room.mv_data : NULL;
}

void
db_delete(struct db_txn *txn, int table, struct bytes key)
{
	MDB_val mdb_key = val_of(key);
	int rc;

	CHECK(!txn->read_only);
	if (txn->failed != OK || key.len == 0 || key.len > KEY_MAX)
		return;
	rc = mdb_del(txn->mdb, table_of(txn, table), &mdb_key, NULL);
	if (rc != 0 && rc != MDB_NOTFOUND)
		write_failed(txn, "delete", rc);
}

void
db_clear(struct db_txn *txn, int table)
{
	int rc;

	CHECK(!txn->read_only);
	if (txn->failed != OK)
		return;
	rc = mdb_drop(txn->mdb, table_of(txn, table), 0);
	if (rc != 0)
		write_failed(txn, "clear", rc);
}

static void
table_stat(struct db_txn *txn, MDB_dbi table, MDB_stat *stat)
{
	int rc = mdb_stat(txn->mdb, table, stat);

	if (rc != 0)
		device_failed(txn->db, "stat", rc);
}

uint64_t
db_count(struct db_txn *txn, int table)
{
	MDB_stat stat;

	if (txn->failed != OK)
		return 0;
	table_stat(txn, table_of(txn, table), &stat);
	return stat.ms_entries;
}

struct db_cursor *
db_cursor_open(struct db_txn *txn, int table)
{
	struct db_cursor *cursor = xcalloc(1, sizeof *cursor);
	int rc;

	if (txn->failed != OK)
		return cursor; /* finds nothing */
	rc = mdb_cursor_open(txn->mdb, table_of(txn, table), &cursor->mdb);
	if (rc != 0)
		device_failed(txn->db, "cursor", rc);
	cursor->txn = txn;
	cursor->next = txn->cursors;
	txn->cursors = cursor;
	return cursor;
}

void
db_cursor_close(struct db_cursor *cursor)
{
	struct db_cursor **it;

	if (cursor == NULL)
		return;
	if (cursor->txn != NULL) {
		it = &cursor->txn->cursors;
		while (*it != cursor)
			it = &(*it)->next;
		*it = cursor->next;
		mdb_cursor_close(cursor->mdb);
	}
	free(cursor);
}

static enum err
move(struct db_cursor *cursor, MDB_cursor_op op, MDB_val *key,
    struct bytes *found_key, struct bytes *value)
{
	MDB_val found;
	int rc;

	if (cursor->txn == NULL || cursor->txn->failed != OK)
		return ERR_NOTFOUND;
	rc = mdb_cursor_get(cursor->mdb, key, &found, op);
	if (rc == MDB_NOTFOUND)
		return ERR_NOTFOUND;
	if (rc != 0)
		device_failed(cursor->txn->db, "cursor", rc);
	*found_key = bytes_of_val(key);
	*value = bytes_of_val(&found);
	return OK;
}

enum err
db_seek(struct db_cursor *cursor, struct bytes key, struct bytes *found_key,
    struct bytes *value)
{
	MDB_val at = val_of(key);

	CHECK(key.len <= KEY_MAX);
	return move(cursor, key.len == 0 ? MDB_FIRST : MDB_SET_RANGE, &at,
	    found_key, value);
}

enum err
db_next(struct db_cursor *cursor, struct bytes *found_key, struct bytes *value)
{
	MDB_val at = {0};

	return move(cursor, MDB_NEXT, &at, found_key, value);
}

enum err
db_last(struct db_cursor *cursor, struct bytes *found_key, struct bytes *value)
{
	MDB_val at = {0};

	return move(cursor, MDB_LAST, &at, found_key, value);
}

uint64_t
db_used_bytes(struct db *db)
{
	struct db_txn *txn = db_begin_read(db);
	uint64_t used = 0;
	MDB_stat stat;

	for (int i = 0; i < db->table_count; i++) {
		table_stat(txn, db->tables[i], &stat);
		used += stat.ms_psize *
			((uint64_t)stat.ms_branch_pages + stat.ms_leaf_pages +
			    stat.ms_overflow_pages);
	}
	db_abort(txn);
	return used;
}

unsigned
db_disk_used_percent(struct db *db)
{
	return db_dir_used_percent(db->dir);
}
