/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sealed parts of incidents, by their hash, in an LMDB of their own:
 * DIR/blob. It is made when the first one comes. The log names a blob by its
 * hash only, so a blob that is there without its entry does no harm and the
 * other way round must not be: blob_commit comes before the log's commit.
 */
#ifndef AGGREGATOR_BLOB_H
#define AGGREGATOR_BLOB_H

#include "model/event.h"
#include "trust/hash.h"

struct blob;

enum blob_mode { BLOB_READ, BLOB_WRITE };

/* `dir` is the region's DIR. ERR_NOTFOUND: to be read, but no blob has come
 * yet; ERR_INVALID, ERR_IO: logged. */
enum err blob_open(
    struct blob **blob, const char *dir, enum blob_mode mode) MUST_CHECK;
void blob_close(struct blob *blob); /* drops what was not committed */

/* Into the open transaction; begins one if there is none. */
void blob_put(
    struct blob *blob, const uint8_t hash[HASH_SIZE], struct bytes bytes);
/* OK: synced, or there was nothing. ERR_FULL: nothing was stored. */
enum err blob_commit(struct blob *blob) MUST_CHECK;

/* `*bytes` lives until blob_done. ERR_NOTFOUND. */
enum err blob_get(struct blob *blob, const uint8_t hash[HASH_SIZE],
    struct bytes *bytes) MUST_CHECK;
void blob_done(struct blob *blob);

#endif
