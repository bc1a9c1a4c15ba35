/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/leftovers.h"

#include "aggregator/home.h"
#include "trust/tlog.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH_MAX = 12,   /* the level, six groups, the last and its .p */
	GROUP_DIGITS = 3, /* of a tile's number */
	KEPT_MAX = TLOG_LEVELS + 1,
};

static const char aside[] = ".new";

struct sweep {
	char kept[KEPT_MAX][TLOG_PATH_MAX]; /* partial tiles of this size */
	unsigned kept_count;
	char path[HOME_PATH_MAX]; /* as a tile's name: from "tile" on */
};

static void
keep_partials(struct sweep *sweep, uint64_t size)
{
	for (int level = TLOG_LEVEL_ENTRIES; level < TLOG_LEVELS; level++) {
		unsigned shift =
		    level > 0 ? TLOG_TILE_HEIGHT * (unsigned)level : 0;
		uint64_t count = size >> shift;

		if (count % TLOG_TILE_WIDTH != 0)
			tlog_path(sweep->kept[sweep->kept_count++], level,
			    count / TLOG_TILE_WIDTH,
			    (unsigned)(count % TLOG_TILE_WIDTH));
	}
}

static bool
is_kept(const struct sweep *sweep)
{
	for (unsigned i = 0; i < sweep->kept_count; i++)
		if (strcmp(sweep->kept[i], sweep->path) == 0)
			return true;
	return false;
}

static bool
is_group(const char *text, size_t len)
{
	return len == GROUP_DIGITS && strspn(text, "0123456789") >= len;
}

/* Of a directory that holds partial tiles: "067.p". */
static bool
is_partial_dir(const char *name)
{
	return is_group(name, strnlen(name, GROUP_DIGITS)) &&
	       strcmp(name + GROUP_DIGITS, ".p") == 0;
}

static bool
is_width(const char *text, size_t len)
{
	char digits[GROUP_DIGITS + 1] = {0};
	uint64_t width;

	if (len > GROUP_DIGITS)
		return false;
	memcpy(digits, text, len);
	return u64_get(&width, digits, 1, TLOG_TILE_WIDTH - 1) == OK;
}

/* Is the file at `path`, of this name in a directory of that one, one that an
 * export wrote and that does not belong to its log any more? */
static bool
is_left(const struct sweep *sweep, const char *dir, const char *name)
{
	size_t len = strlen(name), end = sizeof aside - 1;
	bool is_aside = len > end && strcmp(name + len - end, aside) == 0;

	if (is_aside)
		len -= end;
	if (is_partial_dir(dir))
		return is_width(name, len) && (is_aside || !is_kept(sweep));
	return is_aside && is_group(name, len);
}

static void
sweep_dir(struct sweep *sweep, int fd, const char *name, unsigned depth)
{
	size_t len = strlen(sweep->path);
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	struct stat is;
	int below;

	if (dir == NULL) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		const char *file = entry->d_name;

		if (strcmp(file, ".") == 0 || strcmp(file, "..") == 0 ||
		    snprintf(sweep->path + len, sizeof sweep->path - len, "/%s",
			file) >= (int)(sizeof sweep->path - len) ||
		    fstatat(fd, file, &is, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (S_ISREG(is.st_mode) && is_left(sweep, name, file)) {
			(void)unlinkat(fd, file, 0);
		} else if (S_ISDIR(is.st_mode) && depth < DEPTH_MAX) {
			below = openat(fd, file,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (below >= 0)
				sweep_dir(sweep, below, file, depth + 1);
			if (is_partial_dir(file)) /* not with one in it */
				(void)unlinkat(fd, file, AT_REMOVEDIR);
		}
	}
	sweep->path[len] = '\0';
	closedir(dir);
}

void
leftovers_remove(const char *out, uint64_t size)
{
	struct sweep sweep = {.path = "tile"};
	char path[HOME_PATH_MAX];
	int fd;

	if (home_path(path, out, sweep.path) != OK)
		return;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	keep_partials(&sweep, size);
	sweep_dir(&sweep, fd, sweep.path, 0);
}
