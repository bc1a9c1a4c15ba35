/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory of a log holds the checkpoint and, below tile/, exactly the
 * tiles and bundles that the tree of that size has. A name is read, and then
 * written again by the rule: only if the same comes out it is a tile's name.
 */
#include "ikrar/log_tree.h"

#include "core/log.h"
#include "ikrar/log_dir.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	DEPTH_MAX = 12, /* tile/LEVEL, six groups, the last and its .p */
};

struct walk {
	const struct findings *findings;
	uint64_t size;
	size_t base; /* length of the directory's name and slash */
};

/* The number that the groups "x001/x234/067" spell; false: none. */
static bool
number_read(const char **at, uint64_t *n)
{
	char digits[3 + 1] = {0};
	uint64_t group;

	*n = 0;
	for (bool is_last = false; !is_last;) {
		is_last = **at != 'x';
		*at += !is_last;
		if (strnlen(*at, 3) != 3)
			return false;
		memcpy(digits, *at, 3);
		if (digits[0] < '0' || digits[0] > '9' || digits[1] < '0' ||
		    digits[1] > '9' || digits[2] < '0' || digits[2] > '9' ||
		    *n > UINT64_MAX / 2000)
			return false;
		group = (uint64_t)(digits[0] - '0') * 100 +
			(uint64_t)(digits[1] - '0') * 10 +
			(uint64_t)(digits[2] - '0');
		*n = *n * 1000 + group;
		*at += 3;
		if (!is_last && *(*at)++ != '/')
			return false;
	}
	return true;
}

/* Level, number and width of a tile by its name below the directory. */
static bool
tile_name_read(const char *name, int *level, uint64_t *n, unsigned *width)
{
	static const char entries[] = "tile/entries/";
	char again[TLOG_PATH_MAX];
	uint64_t part = TLOG_TILE_WIDTH;
	const char *at = name;

	if (strncmp(at, entries, strlen(entries)) == 0) {
		*level = TLOG_LEVEL_ENTRIES;
		at += strlen(entries);
	} else if (strncmp(at, "tile/", 5) == 0 && at[5] >= '0' &&
		   at[5] < '0' + TLOG_LEVELS && at[6] == '/') {
		*level = at[5] - '0';
		at += 7;
	} else {
		return false;
	}
	if (!number_read(&at, n))
		return false;
	if (strncmp(at, ".p/", 3) == 0 &&
	    u64_get(&part, at + 3, 1, TLOG_TILE_WIDTH - 1) != OK)
		return false;
	*width = (unsigned)part;
	tlog_path(again, *level, *n, *width);
	return strcmp(again, name) == 0;
}

static bool
belongs(const struct walk *walk, const char *name)
{
	uint64_t n = 0, hashes;
	unsigned width = 0;
	int level = 0;

	if (strcmp(name, "checkpoint") == 0)
		return true;
	if (!tile_name_read(name, &level, &n, &width))
		return false;
	if (level == TLOG_LEVEL_ENTRIES)
		level = 0;
	hashes = walk->size >> (TLOG_TILE_HEIGHT * (unsigned)level);
	if (width == TLOG_TILE_WIDTH)
		return n < hashes / TLOG_TILE_WIDTH;
	return n == hashes / TLOG_TILE_WIDTH &&
	       width == hashes % TLOG_TILE_WIDTH;
}

static void
stray(const struct walk *walk, const char *path)
{
	struct finding finding = {.kind = FINDING_STRAY,
	    .index = walk->size,
	    .detail = strlen(path) < walk->base ? "." : path + walk->base};

	findings_tell(walk->findings, &finding);
}

static void
look(const struct walk *walk, char *path, unsigned depth)
{
	size_t len = strlen(path);
	DIR *dir = opendir(path);
	struct dirent *entry;
	struct stat is;
	bool is_seen;

	if (!dir) {
		log_warn("log-unreadable dir=%s", path);
		stray(walk, path);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (depth == 0 && strcmp(entry->d_name, "blob") == 0)
			continue;
		is_seen = (size_t)snprintf(path + len, LOG_PATH_MAX - len,
			      "/%s", entry->d_name) < LOG_PATH_MAX - len &&
			  lstat(path, &is) == 0;
		if (is_seen && S_ISDIR(is.st_mode) && depth < DEPTH_MAX)
			look(walk, path, depth + 1);
		else if (!is_seen || !belongs(walk, path + walk->base))
			stray(walk, path);
		path[len] = '\0';
	}
	closedir(dir);
}

void
log_files_walk(const struct findings *findings, const char *dir, uint64_t size)
{
	struct walk walk = {findings, size, strlen(dir) + 1};
	char path[LOG_PATH_MAX];

	if (text_copy(path, sizeof path, dir))
		look(&walk, path, 0);
}
