/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory for one test, in TMPDIR or /tmp, removed with all that is in it.
 * Header only, so that each unit program can have it.
 *     char *dir = temp_dir_make(); ... temp_dir_remove(dir);
 *     char *path = temp_dir_path(dir, "keys"); ... free(path);
 */
#ifndef TESTS_SUPPORT_TEMP_DIR_H
#define TESTS_SUPPORT_TEMP_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/bytes.h"

static inline char *
temp_dir_path(const char *dir, const char *name)
{
	struct text_buf path = {0};

	text_buf_add(&path, "%s/%s", dir, name);
	return path.at;
}

static inline char *
temp_dir_make(void)
{
	const char *root = getenv("TMPDIR");
	char *dir =
	    temp_dir_path(root != NULL ? root : "/tmp", "ikrar-test-XXXXXX");

	CHECK(mkdtemp(dir) != NULL);
	return dir;
}

static inline int
temp_dir_remove_one(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Frees `dir` as well. */
static inline void
temp_dir_remove(char *dir)
{
	CHECK(nftw(dir, temp_dir_remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	free(dir);
}

/* Writes a whole file of text. */
static inline void
temp_dir_write(const char *dir, const char *name, const char *text)
{
	char *path = temp_dir_path(dir, name);
	FILE *file = fopen(path, "w");

	CHECK(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
	free(path);
}

#endif
