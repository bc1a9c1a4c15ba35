/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exported log: a directory in the layout of C2SP tlog-tiles. Reads the
 * checkpoint and the entry bundles one after the other; a bundle is in memory
 * at a time. What is missing or cut short ends the log there: the caller
 * compares the number of entries with the checkpoint's.
 */
#ifndef IKRAR_LOG_DIR_H
#define IKRAR_LOG_DIR_H

#include "core/bytes.h"
#include "trust/note.h"

struct log_dir;

/* ERR_NOTFOUND: no checkpoint there (logged). ERR_INVALID: it cannot be read
 * as one (logged). */
enum err log_dir_open(struct log_dir **log, const char *dir) MUST_CHECK;
void log_dir_close(struct log_dir *log);

/* The checkpoint's text, not yet verified: its key stands in entry 0. */
const char *log_dir_checkpoint(const struct log_dir *log, size_t *len);
/* The next entry; lives until the next call. ERR_NOTFOUND: none left.
 * ERR_INVALID (logged): a bundle is damaged. */
enum err log_dir_next(struct log_dir *log, struct bytes *leaf) MUST_CHECK;

#endif
