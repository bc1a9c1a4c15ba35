/* SPDX-License-Identifier: Apache-2.0 */
#include "core/db_map.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/bytes.h"
#include "tests/support/temp_dir.h"

enum { FILE_BYTES = 16 << 20, MIB_IN_KIB = 1024 };

static uint64_t
resident_file_kib(void)
{
	char line[256];
	FILE *status = fopen("/proc/self/status", "re");
	uint64_t kib = 0;

	cr_assert_not_null(status);
	while (fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "RssFile: %lu kB", &kib) == 1)
			break;
	(void)fclose(status);
	return kib;
}

Test(db_map, gives_back_what_is_mapped_of_a_file_that_grew)
{
	char *dir = temp_dir_make(), *path = temp_dir_path(dir, "data");
	uint8_t *filled = xcalloc(1, FILE_BYTES);
	uint64_t mapped;
	unsigned sum = 0;
	struct db_map map;
	const uint8_t *at;
	void *mapping;
	int fd;

	fd = open(path, O_RDWR | O_CREAT, 0600);
	memset(filled, 7, FILE_BYTES);
	cr_assert_eq(write(fd, filled, FILE_BYTES), FILE_BYTES);
	mapping = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	cr_assert(mapping != MAP_FAILED);
	at = mapping;
	db_map_find(&map, fd);
	cr_assert_eq(map.start, (uintptr_t)at);
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	for (size_t i = 0; i < FILE_BYTES; i += 4096)
		sum += at[i];
	mapped = resident_file_kib();
	cr_assert(mapped > 16 * MIB_IN_KIB);
	db_map_grown(&map);
	cr_assert(resident_file_kib() + 12 * MIB_IN_KIB < mapped);
	cr_assert_eq(sum, 7 * FILE_BYTES / 4096);
	cr_assert_eq(at[FILE_BYTES - 1], 7, "what is read is mapped again");
	(void)munmap(mapping, FILE_BYTES);
	(void)close(fd);
	temp_dir_remove(dir);
	free(path);
	free(filled);
}

Test(db_map, of_a_file_that_is_not_mapped_nothing_is_given_back)
{
	char *dir = temp_dir_make(), *path = temp_dir_path(dir, "data");
	struct db_map map;
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	db_map_find(&map, fd);
	cr_assert_eq(map.start, 0);
	db_map_grown(&map);
	(void)close(fd);
	temp_dir_remove(dir);
	free(path);
}
