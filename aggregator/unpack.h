/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node's bundle on the region's machine: opened with the region's key, looked
 * at from end to end before anything of it is believed, then brought to the
 * running region push by push; the answers go into a file for the way back.
 */
#ifndef AGGREGATOR_UNPACK_H
#define AGGREGATOR_UNPACK_H

#include "aggregator/bearer.h"
#include "aggregator/reading.h"
#include "node/bundle.h"

struct unpack {
	const struct reading *reading; /* with its view */
	const struct home_keys *keys;
	struct bearer *bearer;
	struct bundle_writer *answers; /* NULL: none are wanted, or not yet */
	struct bundle_front answered;  /* then: of the bundle */
	/* The head of the last receipt; the next one continues it. */
	uint64_t told_epoch, told_size;
};

/* A file that can be read, is for this region, and whole: its front. Otherwise
 * ERR_INVALID (told). */
enum err unpack_look(const struct unpack *unpack, const char *path,
    struct bundle_front *front) MUST_CHECK;

/* Opens the file for the way back to the node of `front`. ERR_INVALID
 * (told). */
enum err unpack_answer_to(struct unpack *unpack,
    const struct bundle_front *front, const char *path) MUST_CHECK;

/* Behind the answers: what the node lacks of roster, campaigns and
 * recipients. */
void unpack_answer_slices(struct unpack *unpack);

struct unpacked {
	unsigned receipts;
	unsigned refused; /* rows */
	uint64_t have;    /* the region's mark behind it */
	uint64_t gap_to;  /* of a gap: the first row that is here */
	enum reject word; /* what ended it; REJECT_NONE: all is in */
};
/* After unpack_look. ERR_TIMEOUT, ERR_INVALID (told): it ended early; what was
 * answered before counts. */
enum err unpack_carry(struct unpack *unpack, const char *path,
    const struct bundle_front *front, struct unpacked *result) MUST_CHECK;

#endif
