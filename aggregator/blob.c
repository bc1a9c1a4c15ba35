/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/blob.h"

#include "aggregator/home.h"
#include "core/db.h"

#include <stdlib.h>

enum { TABLE_BLOB };

static const char *const table_names[] = {"blob", NULL};

/* Sparse: only what is written takes room. */
static const uint64_t map_bytes =
    sizeof(size_t) >= 8 ? (uint64_t)64 << 30 : (uint64_t)256 << 20;

struct blob {
	struct db *db;
	struct db_txn *writing; /* begun by the first put */
	struct db_txn *reading; /* begun by the first look */
};

enum err
blob_open(struct blob **blob, const char *dir, enum blob_mode mode)
{
	char path[HOME_PATH_MAX];
	struct db_options options = {.dir = path,
	    .map_bytes = map_bytes,
	    .tables = table_names,
	    .read_only = mode == BLOB_READ,
	    .create = mode == BLOB_WRITE};
	struct db *db;
	enum err err = home_path(path, dir, "blob");

	if (err == OK)
		err = db_open(&db, &options);
	if (err != OK)
		return err;
	*blob = xcalloc(1, sizeof **blob);
	(*blob)->db = db;
	return OK;
}

void
blob_close(struct blob *blob)
{
	if (blob == NULL)
		return;
	db_abort(blob->writing);
	blob_done(blob);
	db_close(blob->db);
	free(blob);
}

void
blob_put(struct blob *blob, const uint8_t hash[HASH_SIZE], struct bytes bytes)
{
	if (blob->writing == NULL)
		blob->writing = db_begin(blob->db);
	db_put(blob->writing, TABLE_BLOB, bytes_of(hash, HASH_SIZE), bytes);
}

enum err
blob_commit(struct blob *blob)
{
	struct db_txn *writing = blob->writing;

	blob->writing = NULL;
	return writing == NULL ? OK : db_commit(writing);
}

enum err
blob_get(struct blob *blob, const uint8_t hash[HASH_SIZE], struct bytes *bytes)
{
	if (blob->reading == NULL)
		blob->reading = db_begin_read(blob->db);
	return db_get(
	    blob->reading, TABLE_BLOB, bytes_of(hash, HASH_SIZE), bytes);
}

void
blob_done(struct blob *blob)
{
	db_abort(blob->reading);
	blob->reading = NULL;
}
