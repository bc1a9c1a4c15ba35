/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small whole files: keys, letters, receipts, marks in a directory. Nothing is
 * logged or told here; where an error leaves errno, the caller says it.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "core/bytes.h"
#include "core/err.h"

#include <sys/types.h>

/* DIR/name; false: too long. */
bool file_path(char *path, size_t cap, const char *dir, const char *name);
/* All of it, however often a call is interrupted. False: errno. */
bool file_write(int fd, struct bytes bytes);
/* A whole new file, its bytes on the disk, or none. ERR_DUP: there is one
 * already; ERR_IO: errno. */
enum err file_write_new(
    const char *path, struct bytes bytes, mode_t mode) MUST_CHECK;
/* At most cap - 1 bytes, terminated. ERR_NOTFOUND; ERR_IO: errno; ERR_INVALID:
 * longer, or no text. */
enum err file_read_text(const char *path, char *text, size_t cap) MUST_CHECK;
/* Makes the names in a directory, or in that of a file, durable. False: errno.
 */
bool file_sync_dir(const char *dir);
bool file_sync_dir_of(const char *path);

#endif
