/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand-carried files: a bundle, in which a node's pushes go to its region, and
 * the answers that come back. Both are parcels (trust/parcel.h) of records, one
 * in each chunk: the front, then pushes, or answers and slices, as they would
 * go over the wire, then the end. Layout: docs/protocol.md, "Bundles".
 *
 * Nothing is believed for having been carried: pushes are checked by the region
 * like any other, receipts by the node. The front of a bundle is signed by its
 * node over the parcel's mark, so that nobody can make one in another's name.
 */
#ifndef NODE_BUNDLE_H
#define NODE_BUNDLE_H

#include "node/keys.h"
#include "trust/parcel.h"

enum {
	BUNDLE_RECORDS_MAX = 20000, /* some 1.3 GB; a million events and more */
	BUNDLE_FRONT_MAX = 96,
};

enum bundle_kind {
	BUNDLE_FRONT = 1,
	BUNDLE_PUSH,   /* head: ToRegion; body: that of the push */
	BUNDLE_ANSWER, /* head: FromRegion, a receipt or a refusal */
	BUNDLE_SLICE,  /* head: FromRegion, a slice; body: that of the slice */
	BUNDLE_END,
};

struct bundle_record {
	enum bundle_kind kind;
	struct bytes head, body;
};

/* Whose it is. In answers: of the bundle that they are for. */
struct bundle_front {
	uint8_t node[NODE_ID_SIZE];
	uint64_t seen_epoch, seen_size; /* the node's largest verified head */
	uint64_t first_seq, last_seq;
	uint64_t made_ms;
	/* What the node has of the region's texts. */
	uint64_t roster_version, campaign_version, recipients_version;
};

/* Pure. A record's bytes point into the chunk. ERR_INVALID: not logged. */
void bundle_record_put(
    uint8_t chunk[PARCEL_CHUNK_SIZE], const struct bundle_record *record);
enum err bundle_record_get(struct bundle_record *record,
    const uint8_t chunk[PARCEL_CHUNK_SIZE]) MUST_CHECK;
size_t bundle_front_put(
    uint8_t at[BUNDLE_FRONT_MAX], const struct bundle_front *front);
enum err bundle_front_get(
    struct bundle_front *front, struct bytes bytes) MUST_CHECK;
void bundle_front_sign(uint8_t signature[SIGNATURE_SIZE],
    const struct bundle_front *front, const struct hash *mark,
    const struct sign_keys *keys);
bool bundle_front_is_signed(const struct bytes *signature,
    const struct bundle_front *front, const struct hash *mark,
    const uint8_t sign_key[SIGN_KEY_SIZE]);

/* ---- as files */

struct bundle_writer;
/* Takes the parcel over. Never over a file that is there: ERR_DUP; ERR_IO,
 * with errno. Nothing is logged: the caller tells a person. */
enum err bundle_writer_open(struct bundle_writer **writer, const char *path,
    struct parcel *parcel, const uint8_t front[PARCEL_FRONT_SIZE]) MUST_CHECK;
/* A failure is remembered until the end. */
void bundle_write(
    struct bundle_writer *writer, const struct bundle_record *record);
/* The file is whole and synced, or it is gone again: ERR_IO, with errno;
 * ERR_FULL: it would have too many records. */
enum err bundle_writer_end(struct bundle_writer *writer) MUST_CHECK;
/* Leaves no file behind. */
void bundle_writer_drop(struct bundle_writer *writer);

/* Makes a parcel from the front of a file; NULL: it is not for this key. */
typedef struct parcel *(*bundle_open_fn)(
    void *context, const uint8_t front[PARCEL_FRONT_SIZE]);

struct bundle_reader;
/* ERR_IO, with errno: it cannot be read; ERR_INVALID: it is no such file;
 * ERR_DENIED: it is not for this key. Not logged. */
enum err bundle_reader_open(struct bundle_reader **reader, const char *path,
    bundle_open_fn open, void *context) MUST_CHECK;
void bundle_reader_close(struct bundle_reader *reader);
const struct parcel *bundle_reader_parcel(const struct bundle_reader *reader);
/* The next record, until the next call. ERR_NOTFOUND: that was all, and the
 * file is whole; ERR_INVALID: damaged, cut, too long or not in order; not
 * logged. */
enum err bundle_read(
    struct bundle_reader *reader, struct bundle_record *record) MUST_CHECK;

#endif
