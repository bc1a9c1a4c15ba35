/* SPDX-License-Identifier: Apache-2.0 */
#include "core/db_map.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { LINE_MAX_BYTES = 4352, GIVE_BACK_BYTES = 4 << 20 };

void
db_map_find(struct db_map *map, int fd)
{
	char line[LINE_MAX_BYTES];
	FILE *maps = fopen("/proc/self/maps", "re");
	struct stat file;

	*map = (struct db_map){.fd = fd};
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (maps == NULL)
		return;
	while (fstat(fd, &file) == 0 && map->start == 0 &&
	       fgets(line, sizeof line, maps) != NULL) {
		uintptr_t start;
		uint64_t inode;

		/* start-end rights offset device inode path */
		if (sscanf(line, "%" SCNxPTR "-%*s %*s %*s %*s %" SCNu64,
			&start, &inode) == 2 &&
		    inode == file.st_ino)
			map->start = start;
	}
	(void)fclose(maps);
}

void
db_map_grown(struct db_map *map)
{
	union {
		uintptr_t number;
		void *at;
	} start = {map->start};
	struct stat file;

	if (map->start == 0 || fstat(map->fd, &file) != 0 ||
	    (uint64_t)file.st_size < map->given_bytes + GIVE_BACK_BYTES)
		return;
	map->given_bytes = (uint64_t)file.st_size;
	/* Advice: if it fails only memory is lost. */
	(void)madvise(start.at, map->given_bytes, MADV_DONTNEED);
}
