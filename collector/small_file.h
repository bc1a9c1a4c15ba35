/* SPDX-License-Identifier: Apache-2.0 */
/* Small texts that the enrolment leaves and finds: in DIR, and those that are
 * carried by hand. Told by the caller, with errno. */
#ifndef COLLECTOR_SMALL_FILE_H
#define COLLECTOR_SMALL_FILE_H

#include "core/bytes.h"
#include "core/err.h"

#include <sys/types.h>

/* DIR/name; false: too long. */
bool small_file_path(char *path, size_t cap, const char *dir, const char *name);
/* Synced. ERR_DUP: there is one already; ERR_IO. */
enum err small_file_write(
    const char *path, const char *text, mode_t mode) MUST_CHECK;
/* At most cap - 1 bytes, terminated. ERR_NOTFOUND; ERR_IO; ERR_INVALID: longer
 * or no text. */
enum err small_file_read(const char *path, char *text, size_t cap) MUST_CHECK;

#endif
