/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory under a database: is it fit for LMDB, made durable, and how
 * full is its disk. Part of core/db.h; nobody else includes it.
 */
#ifndef CORE_DB_DIR_H
#define CORE_DB_DIR_H

#include <stdbool.h>

#include "core/err.h"

bool db_dir_has_database(const char *dir);
/* Makes it (0700) if missing. */
enum err db_dir_make(const char *dir) MUST_CHECK;
/* ERR_INVALID: a network file system. */
enum err db_dir_check(const char *dir) MUST_CHECK;
/* By the number that statfs gives. */
bool db_dir_is_network(long type);
/* Makes the names of its files, and its own name, durable. */
enum err db_dir_sync(const char *dir) MUST_CHECK;
/* Share of the file system in use, percent; 100 if it cannot be learnt. */
unsigned db_dir_used_percent(const char *dir);
/* Less than a MiB is left. */
bool db_dir_is_full(const char *dir);

#endif
