/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a database's file is resident in this process. Each page that LMDB
 * looks at is mapped, and the kernel maps its neighbours with it: a log that
 * grows would soon be counted whole. Given back, pages stay in the system's
 * cache, and those that are read again are mapped again. Part of core/db.h;
 * nobody else includes it.
 */
#ifndef CORE_DB_MAP_H
#define CORE_DB_MAP_H

#include <stddef.h>
#include <stdint.h>

struct db_map {
	uintptr_t start; /* 0: not found, nothing is ever given back */
	int fd;          /* the file's; the caller's */
	uint64_t given_bytes;
};

/* The mapping of the file behind `fd` in this process. LMDB leaves it open
 * across exec: here it is closed. */
void db_map_find(struct db_map *map, int fd);
/* After a commit: gives back what is mapped when the file has grown by some MiB
 * since the last time. */
void db_map_grown(struct db_map *map);

#endif
