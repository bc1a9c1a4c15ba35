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

enum { LOG_PATH_MAX = 4096 };

struct log_dir;

/* ERR_NOTFOUND: no checkpoint there (logged). ERR_INVALID: it cannot be read
 * as one (logged). */
enum err log_dir_open(struct log_dir **log, const char *dir) MUST_CHECK;
void log_dir_close(struct log_dir *log);

/* The checkpoint's text, not yet verified: its key stands in entry 0. */
const char *log_dir_checkpoint(const struct log_dir *log, size_t *len);
/* Begins again at the first entry. */
void log_dir_rewind(struct log_dir *log);
/* The same, now knowing how many entries there must be: each bundle is
 * the one file that a log of this size has, with that number of entries; a
 * missing one is damage. */
void log_dir_expect(struct log_dir *log, uint64_t size);
/* The next entry; lives until the next call. ERR_NOTFOUND: none left.
 * ERR_INVALID, ERR_IO (logged): a bundle is damaged. */
enum err log_dir_next(struct log_dir *log, struct bytes *leaf) MUST_CHECK;
/* The bundle that was read last, below the directory. */
const char *log_dir_bundle(const struct log_dir *log);

/* Reads a whole file DIR/NAME (`dir` NULL: NAME) of at most `cap` bytes.
 * ERR_NOTFOUND is not logged. ERR_INVALID (logged): too large, or no ordinary
 * file. */
enum err log_file_read(const char *dir, const char *name, uint8_t *at,
    size_t cap, size_t *len) MUST_CHECK;

#endif
