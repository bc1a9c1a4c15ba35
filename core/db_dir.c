/* SPDX-License-Identifier: Apache-2.0 */
#include "core/db_dir.h"

#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { DIR_MODE = 0700, FULL_BYTES = 1 << 20 };

bool
db_dir_has_database(const char *dir)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	bool has;

	if (at < 0)
		return false;
	has = fstatat(at, "data.mdb", &st, 0) == 0 && st.st_size > 0;
	close(at);
	return has;
}

enum err
db_dir_make(const char *dir)
{
	if (mkdir(dir, DIR_MODE) == 0 || errno == EEXIST)
		return OK;
	log_warn("db-dir-failed dir=%s", dir);
	return ERR_IO;
}

bool
db_dir_is_network(long type)
{
	static const uint32_t types[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,
	    CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, CODA_SUPER_MAGIC,
	    AFS_SUPER_MAGIC, AFS_FS_MAGIC, CEPH_SUPER_MAGIC, V9FS_MAGIC,
	    OCFS2_SUPER_MAGIC};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if ((uint32_t)type == types[i])
			return true;
	return false;
}

enum err
db_dir_check(const char *dir)
{
	struct statfs fs;

	if (statfs(dir, &fs) != 0) {
		log_warn("db-dir-failed dir=%s", dir);
		return ERR_IO;
	}
	if (!db_dir_is_network((long)fs.f_type))
		return OK;
	log_warnx("db-dir-refused dir=%s cause=\"a network file system cannot "
		  "lock and map as LMDB needs\"",
	    dir);
	return ERR_INVALID;
}

static bool
sync_one(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return synced;
}

enum err
db_dir_sync(const char *dir)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = at >= 0 && sync_one(at, ".") && sync_one(at, "..");

	if (!synced)
		log_warn("db-dir-sync-failed dir=%s", dir);
	if (at >= 0)
		close(at);
	return synced ? OK : ERR_IO;
}

unsigned
db_dir_used_percent(const char *dir)
{
	struct statvfs fs;
	uint64_t used;

	if (statvfs(dir, &fs) != 0) {
		log_warn("db-dir-failed dir=%s", dir);
		return 100;
	}
	used = fs.f_blocks - fs.f_bfree;
	if (used + fs.f_bavail == 0)
		return 100;
	return (unsigned)(used * 100 / (used + fs.f_bavail));
}

bool
db_dir_is_full(const char *dir)
{
	struct statvfs fs;

	return statvfs(dir, &fs) == 0 &&
	       (uint64_t)fs.f_bavail * fs.f_frsize < FULL_BYTES;
}
