/* SPDX-License-Identifier: Apache-2.0 */
#include "core/db.h"

#include "core/db_dir.h"

#include <errno.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "tests/support/temp_dir.h"

enum { LOG, INDEX, MAP_BYTES = 1 << 20, BIG = 64 * 1024 };

static const char *const tables[] = {"log", "index", NULL};
static const char *const other_tables[] = {"other", NULL};

/* The device fails on demand: LMDB calls these instead of those of libc. */
static bool sync_fails;

int fdatasync(int fd);

int
fdatasync(int fd)
{
	if (!sync_fails)
		return fsync(fd);
	errno = EIO;
	return -1;
}

/* The first two pages are the meta pages. */
static bool pages_are_full, meta_is_full;

ssize_t pwrite(int fd, const void *at, size_t len, off_t where);
ssize_t writev(int fd, const struct iovec *at, int count);

ssize_t
pwrite(int fd, const void *at, size_t len, off_t where)
{
	bool is_meta = where < 2 * sysconf(_SC_PAGESIZE);

	if (is_meta ? !meta_is_full : !pages_are_full)
		return syscall(SYS_pwrite64, fd, at, len, where);
	errno = ENOSPC;
	return -1;
}

ssize_t
writev(int fd, const struct iovec *at, int count)
{
	if (!pages_are_full)
		return syscall(SYS_writev, fd, at, count);
	errno = ENOSPC;
	return -1;
}

static struct db_options
options_of(const char *dir)
{
	return (struct db_options){.dir = dir,
	    .map_bytes = MAP_BYTES,
	    .tables = tables,
	    .create = true};
}

static struct db *
open_db(const char *dir)
{
	struct db_options options = options_of(dir);
	struct db *db;

	cr_assert_eq(db_open(&db, &options), OK);
	return db;
}

static void
put_one(struct db *db, const char *key, const char *value)
{
	struct db_txn *txn = db_begin(db);

	db_put(txn, INDEX, bytes_of_text(key), bytes_of_text(value));
	cr_assert_eq(db_commit(txn), OK);
}

static bool
has_one(struct db *db, const char *key, const char *value)
{
	struct db_txn *txn = db_begin_read(db);
	struct bytes found;
	bool has = db_get(txn, INDEX, bytes_of_text(key), &found) == OK &&
		   bytes_equal(found, bytes_of_text(value));

	db_abort(txn);
	return has;
}

Test(core_db, remembers_what_was_committed_across_a_reopen)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);

	put_one(db, "unit", "DINKES");
	db_close(db);
	db = open_db(dir);
	cr_assert(has_one(db, "unit", "DINKES"));
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, makes_its_directory_for_its_owner_alone)
{
	char *root = temp_dir_make();
	char *dir = temp_dir_path(root, "store");
	char *file = temp_dir_path(root, "store/data.mdb");
	struct stat st;

	db_close(open_db(dir));
	cr_assert_eq(stat(dir, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0700);
	cr_assert_eq(stat(file, &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0600);
	free(file);
	free(dir);
	temp_dir_remove(root);
}

Test(core_db, makes_nothing_unless_told_to)
{
	char *root = temp_dir_make();
	char *dir = temp_dir_path(root, "store");
	struct db_options options = options_of(dir);
	struct db *db = NULL;
	struct stat st;

	options.create = false;
	cr_assert_eq(db_open(&db, &options), ERR_NOTFOUND);
	options.create = true;
	options.read_only = true;
	cr_assert_eq(db_open(&db, &options), ERR_NOTFOUND);
	cr_assert_neq(stat(dir, &st), 0);
	cr_assert_null(db);
	free(dir);
	temp_dir_remove(root);
}

Test(core_db, refuses_a_file_that_is_no_database)
{
	char *dir = temp_dir_make();
	char page[8193];
	struct db_options options = options_of(dir);
	struct db *db;

	memset(page, 'x', sizeof page - 1);
	page[sizeof page - 1] = '\0';
	temp_dir_write(dir, "data.mdb", page);
	cr_assert_eq(db_open(&db, &options), ERR_INVALID);
	temp_dir_remove(dir);
}

Test(core_db, refuses_to_read_a_database_with_other_tables)
{
	char *dir = temp_dir_make();
	struct db_options options = options_of(dir);
	struct db *db = open_db(dir);

	db_close(db);
	options.tables = other_tables;
	options.read_only = true;
	cr_assert_eq(db_open(&db, &options), ERR_INVALID);
	temp_dir_remove(dir);
}

/* As a command sees it that looks while a daemon starts for the first time. */
Test(core_db, finds_nothing_to_read_in_a_database_that_is_being_made)
{
	static const char *const none[] = {NULL};
	char *dir = temp_dir_make();
	struct db_options options = options_of(dir);
	struct db *db;

	options.tables = none;
	options.create = true;
	cr_assert_eq(db_open(&db, &options), OK);
	db_close(db);
	options = options_of(dir);
	options.read_only = true;
	cr_assert_eq(db_open(&db, &options), ERR_NOTFOUND);
	temp_dir_write(dir, "data.mdb", "");
	cr_assert_eq(db_open(&db, &options), ERR_NOTFOUND);
	temp_dir_remove(dir);
}

Test(core_db, knows_network_file_systems)
{
	cr_assert(db_dir_is_network(NFS_SUPER_MAGIC));
	cr_assert(db_dir_is_network(SMB2_SUPER_MAGIC));
	cr_assert(db_dir_is_network((int)SMB2_SUPER_MAGIC), "sign-extended");
	cr_assert_not(db_dir_is_network(EXT4_SUPER_MAGIC));
	cr_assert_not(db_dir_is_network(TMPFS_MAGIC));
}

Test(core_db, keeps_nothing_of_an_aborted_transaction)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn = db_begin(db);

	db_put(txn, INDEX, bytes_of_text("a"), bytes_of_text("1"));
	db_abort(txn);
	db_abort(NULL);
	cr_assert_not(has_one(db, "a", "1"));
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, shows_a_read_transaction_the_state_of_its_begin)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *before = db_begin_read(db);
	struct bytes value;

	put_one(db, "a", "1");
	cr_assert_eq(
	    db_get(before, INDEX, bytes_of_text("a"), &value), ERR_NOTFOUND);
	db_abort(before);
	cr_assert(has_one(db, "a", "1"));
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, allows_two_read_transactions_at_once)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *one = db_begin_read(db);
	struct db_txn *two = db_begin_read(db);

	cr_assert_eq(db_count(one, LOG) + db_count(two, LOG), 0);
	db_abort(one);
	db_abort(two);
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, walks_rows_in_the_order_of_their_bytes)
{
	static const char *const keys[] = {"b", "a", "\xff", "ab", "A"};
	static const char *const sorted[] = {"A", "a", "ab", "b", "\xff"};
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn = db_begin(db);
	struct db_cursor *cursor;
	struct bytes key, value;
	enum err err;
	size_t i = 0;

	for (; i < 5; i++)
		db_put(txn, LOG, bytes_of_text(keys[i]), bytes_of_text("v"));
	cr_assert_eq(db_count(txn, LOG), 5);
	cr_assert_eq(db_commit(txn), OK);
	txn = db_begin_read(db);
	cursor = db_cursor_open(txn, LOG);
	err = db_seek(cursor, bytes_of(NULL, 0), &key, &value);
	for (i = 0; err == OK; i++) {
		cr_assert(bytes_equal(key, bytes_of_text(sorted[i])));
		err = db_next(cursor, &key, &value);
	}
	cr_assert_eq(i, 5);
	cr_assert_eq(db_seek(cursor, bytes_of_text("aa"), &key, &value), OK);
	cr_assert(bytes_equal(key, bytes_of_text("ab")));
	cr_assert_eq(db_last(cursor, &key, &value), OK);
	cr_assert(bytes_equal(key, bytes_of_text("\xff")));
	cr_assert_eq(db_seek(cursor, bytes_of_text("\xff\x01"), &key, &value),
	    ERR_NOTFOUND);
	db_cursor_close(cursor);
	db_abort(txn);
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, appends_and_reserves_in_rising_order)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn = db_begin(db);
	struct bytes value;
	uint8_t key[8];
	uint8_t *room;

	for (uint64_t i = 0; i < 300; i++) {
		be64_put(key, i);
		if (i % 2 == 0) {
			db_append(txn, LOG, bytes_of(key, 8), bytes_of(key, 8));
			continue;
		}
		room = db_reserve(txn, LOG, bytes_of(key, 8), 8, true);
		cr_assert_not_null(room);
		memcpy(room, key, 8);
	}
	cr_assert_eq(db_commit(txn), OK);
	txn = db_begin_read(db);
	cr_assert_eq(db_count(txn, LOG), 300);
	be64_put(key, 255);
	cr_assert_eq(db_get(txn, LOG, bytes_of(key, 8), &value), OK);
	cr_assert_eq(be64_get(value.at), 255);
	db_abort(txn);
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, aborts_on_an_append_out_of_order, .signal = SIGABRT)
{
	struct db_txn *txn = db_begin(open_db(temp_dir_make()));

	db_append(txn, LOG, bytes_of_text("b"), bytes_of_text("1"));
	db_append(txn, LOG, bytes_of_text("a"), bytes_of_text("2"));
}

Test(core_db, deletes_and_clears)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn;

	put_one(db, "a", "1");
	put_one(db, "b", "2");
	txn = db_begin(db);
	db_delete(txn, INDEX, bytes_of_text("a"));
	db_delete(txn, INDEX, bytes_of_text("never there"));
	cr_assert_eq(db_commit(txn), OK);
	cr_assert_not(has_one(db, "a", "1"));
	cr_assert(has_one(db, "b", "2"));
	txn = db_begin(db);
	db_clear(txn, INDEX);
	cr_assert_eq(db_commit(txn), OK);
	cr_assert_not(has_one(db, "b", "2"));
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, says_full_and_stores_nothing_when_the_map_is_full)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	uint8_t *big = xcalloc(BIG, 1);
	struct db_txn *txn;
	struct bytes value;
	uint8_t key[8];

	put_one(db, "kept", "yes");
	txn = db_begin(db);
	for (uint64_t i = 0; i < 40; i++) {
		be64_put(key, i);
		db_put(txn, LOG, bytes_of(key, 8), bytes_of(big, BIG));
	}
	cr_assert_eq(db_failed(txn), ERR_FULL);
	cr_assert_null(db_reserve(txn, LOG, bytes_of_text("x"), 1, false));
	cr_assert_eq(
	    db_get(txn, INDEX, bytes_of_text("kept"), &value), ERR_FULL);
	cr_assert_eq(db_commit(txn), ERR_FULL);
	txn = db_begin_read(db);
	cr_assert_eq(db_count(txn, LOG), 0);
	db_abort(txn);
	put_one(db, "after", "too");
	cr_assert(has_one(db, "kept", "yes"));
	db_close(db);
	free(big);
	temp_dir_remove(dir);
}

Test(core_db, says_full_and_stores_nothing_when_the_disk_is_full)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn = db_begin(db);

	db_put(txn, INDEX, bytes_of_text("a"), bytes_of_text("1"));
	pages_are_full = true;
	cr_assert_eq(db_commit(txn), ERR_FULL);
	pages_are_full = false;
	cr_assert_not(has_one(db, "a", "1"));
	put_one(db, "b", "2");
	db_close(db);
	db = open_db(dir);
	cr_assert_not(has_one(db, "a", "1"));
	cr_assert(has_one(db, "b", "2"));
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, ends_the_process_when_the_meta_page_fails, .exit_code = 1)
{
	struct db *db = open_db(temp_dir_make());
	struct db_txn *txn = db_begin(db);

	db_put(txn, INDEX, bytes_of_text("a"), bytes_of_text("1"));
	meta_is_full = true;
	(void)!db_commit(txn);
	_exit(0);
}

Test(core_db, ends_the_process_when_a_sync_fails, .exit_code = 1)
{
	struct db *db = open_db(temp_dir_make());
	struct db_txn *txn = db_begin(db);

	db_put(txn, INDEX, bytes_of_text("a"), bytes_of_text("1"));
	sync_fails = true;
	(void)!db_commit(txn);
	_exit(0);
}

Test(core_db, may_close_a_cursor_after_its_transaction)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn = db_begin(db);
	struct db_cursor *first, *second;
	struct bytes key, value;

	db_put(txn, LOG, bytes_of_text("a"), bytes_of_text("1"));
	first = db_cursor_open(txn, LOG);
	second = db_cursor_open(txn, INDEX);
	cr_assert_eq(db_seek(first, bytes_of(NULL, 0), &key, &value), OK);
	db_cursor_close(first);
	cr_assert_eq(db_commit(txn), OK);
	cr_assert_eq(db_next(second, &key, &value), ERR_NOTFOUND);
	db_cursor_close(second);
	db_cursor_close(NULL);
	db_close(db);
	temp_dir_remove(dir);
}

/* Runs `part` in a process of its own, as another command would. */
static int
in_child(int (*part)(const char *dir), const char *dir)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(part(dir));
	cr_assert_gt(pid, 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
child_writes(const char *dir)
{
	struct db_options options = options_of(dir);
	struct db_txn *txn;
	struct db *db;

	if (db_open(&db, &options) != OK)
		return 2;
	txn = db_begin(db);
	db_put(txn, INDEX, bytes_of_text("from"), bytes_of_text("child"));
	return db_commit(txn) == OK ? 0 : 3; /* and no close: a kill */
}

static int
child_grows(const char *dir)
{
	struct db_options options = options_of(dir);
	uint8_t *big = xcalloc(BIG, 1);
	struct db_txn *txn;
	struct db *db;
	uint8_t key[8];

	options.map_bytes = 64 * MAP_BYTES;
	if (db_open(&db, &options) != OK)
		return 2;
	txn = db_begin(db);
	for (uint64_t i = 0; i < 40; i++) {
		be64_put(key, i);
		db_append(txn, LOG, bytes_of(key, 8), bytes_of(big, BIG));
	}
	return db_commit(txn) == OK ? 0 : 3;
}

Test(core_db, shows_a_read_only_process_the_commits_of_another)
{
	char *dir = temp_dir_make();
	struct db_options options = options_of(dir);
	struct db *db;

	db_close(open_db(dir));
	options.read_only = true;
	options.create = false;
	cr_assert_eq(db_open(&db, &options), OK);
	cr_assert_not(has_one(db, "from", "child"));
	cr_assert_eq(in_child(child_writes, dir), 0);
	cr_assert(has_one(db, "from", "child"));
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, follows_another_process_that_made_the_map_larger)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	struct db_txn *txn;

	cr_assert_eq(in_child(child_grows, dir), 0);
	txn = db_begin_read(db);
	cr_assert_eq(db_count(txn, LOG), 40);
	db_abort(txn);
	cr_assert_geq(db_used_bytes(db), 40 * BIG);
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, counts_its_own_bytes_and_the_share_of_the_disk)
{
	char *dir = temp_dir_make();
	struct db *db = open_db(dir);
	uint64_t before = db_used_bytes(db);

	put_one(db, "a", "1");
	cr_assert_gt(db_used_bytes(db), before);
	cr_assert_leq(db_disk_used_percent(db), 100);
	db_close(db);
	temp_dir_remove(dir);
}

Test(core_db, aborts_on_a_write_in_a_read_transaction, .signal = SIGABRT)
{
	struct db_txn *txn = db_begin_read(open_db(temp_dir_make()));

	db_put(txn, INDEX, bytes_of_text("a"), bytes_of_text("1"));
}
