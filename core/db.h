/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only file that sees LMDB: ordered tables of bytes in one directory,
 * transactions, cursors. Keys compare as bytes; numbers in keys are
 * big-endian.
 *
 * A write transaction remembers its first failure: later calls on it do
 * nothing and db_commit returns it, so code that writes needs one check. A
 * commit that fails on the device ends the process (fatal): it is never tried
 * again, and nothing that depended on it has been said.
 */
#ifndef CORE_DB_H
#define CORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/err.h"

struct db;
struct db_txn;
struct db_cursor;

enum { DB_TABLES_MAX = 12 };

struct db_options {
	const char *dir; /* made (0700) if missing and not read_only */
	uint64_t map_bytes;
	const char *const *tables; /* NULL-terminated; index = table number */
	bool read_only;
	/* false: ERR_NOTFOUND if there is no database; read_only also if it
	 * is being made at this moment */
	bool create;
};

/* ERR_INVALID: another format, a network file system, a bad library version;
 * ERR_IO. All logged. Clears stale readers. */
enum err db_open(struct db **db, const struct db_options *options) MUST_CHECK;
void db_close(struct db *db);

/* One write transaction at a time over all processes: blocks for it. A read
 * transaction sees the database as of its begin; keep it short. */
struct db_txn *db_begin(struct db *db);
struct db_txn *db_begin_read(struct db *db);
/* Synced on OK. ERR_FULL: the map or the disk is full, nothing was stored
 * (logged). Any other failure of the device ends the process. */
enum err db_commit(struct db_txn *txn) MUST_CHECK;
/* Ends a read transaction, or drops a write transaction. NULL is fine. */
void db_abort(struct db_txn *txn);
/* What db_commit would return now. */
enum err db_failed(const struct db_txn *txn);

/* `*value` lives until the transaction ends or, in a write transaction, until
 * the next write on it. ERR_NOTFOUND is an outcome. */
enum err db_get(struct db_txn *txn, int table, struct bytes key,
    struct bytes *value) MUST_CHECK;
void db_put(
    struct db_txn *txn, int table, struct bytes key, struct bytes value);
/* Faster; `key` must be greater than all in the table. */
void db_append(
    struct db_txn *txn, int table, struct bytes key, struct bytes value);
/* Room for a value of `len` bytes, to be filled before the next call on the
 * transaction; NULL after a failure. `append` as db_append. */
uint8_t *db_reserve(
    struct db_txn *txn, int table, struct bytes key, size_t len, bool append);
/* Removing what is not there is fine. */
void db_delete(struct db_txn *txn, int table, struct bytes key);
void db_clear(struct db_txn *txn, int table);
uint64_t db_count(struct db_txn *txn, int table);

/* Finds nothing more once its transaction has ended. */
struct db_cursor *db_cursor_open(struct db_txn *txn, int table);
void db_cursor_close(struct db_cursor *cursor);
/* The first row with key >= `key` (an empty key: the first of all), the next,
 * the last. ERR_NOTFOUND: none. */
enum err db_seek(struct db_cursor *cursor, struct bytes key,
    struct bytes *found_key, struct bytes *value) MUST_CHECK;
enum err db_next(struct db_cursor *cursor, struct bytes *found_key,
    struct bytes *value) MUST_CHECK;
enum err db_last(struct db_cursor *cursor, struct bytes *found_key,
    struct bytes *value) MUST_CHECK;

/* Bytes of the data file in use (pages that hold something). */
uint64_t db_used_bytes(struct db *db);
/* Share of the file system that holds the directory in use, percent. */
unsigned db_disk_used_percent(struct db *db);

#endif
