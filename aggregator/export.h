/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log as files, in the layout of C2SP tlog-tiles, so that other people's
 * tools can check it: tile/<level>/<n>, tile/entries/<n> and checkpoint; if
 * asked for also blob/<hash>, the sealed parts of its incidents. What is
 * written is exactly the log that the last signed checkpoint speaks of.
 *
 * Again into the same directory: full tiles that are there and equal stay,
 * partial ones are replaced. Each file is written aside and renamed, and the
 * checkpoint comes last, so a reader sees the former log or the new one.
 */
#ifndef AGGREGATOR_EXPORT_H
#define AGGREGATOR_EXPORT_H

#include "aggregator/reading.h"

struct export_done {
	uint64_t size;          /* entries */
	uint64_t written, kept; /* files */
	uint64_t blobs;         /* of these */
	uint64_t erased;        /* sealed parts that are no longer there */
	uint64_t spoilt;        /* sealed parts that were left out */
};

struct export_options {
	const char *out; /* made (0700) if missing */
	bool blobs;
};
/* ERR_INVALID, ERR_IO (told): nothing signed, `out` holds another log, or it
 * cannot be written. A blob that was erased or is spoilt is told, by its
 * entry, and left out; all else is written. What an interrupted export left
 * below tile/ is removed. */
enum err export_write(struct reading *reading,
    const struct export_options *options, struct export_done *done) MUST_CHECK;

#endif
