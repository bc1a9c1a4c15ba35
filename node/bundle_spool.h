/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node's end of hand-carried files: what is not receipted goes out of the
 * spool, the region's answers come in, each verified like one that came over
 * the wire.
 */
#ifndef NODE_BUNDLE_SPOOL_H
#define NODE_BUNDLE_SPOOL_H

#include "node/bundle.h"
#include "node/spool.h"

struct bundle_node {
	struct spool *spool;
	const struct node_keys *keys;
	const struct node_region *region;
	uint64_t now_ms;
};

/* From behind the last verified receipt to the last row. ERR_NOTFOUND: there
 * is nothing to carry. ERR_DUP, ERR_IO (errno), ERR_FULL: as of the writer;
 * ERR_DENIED: the region's key is none; ERR_INVALID: a damaged row (logged). */
enum err bundle_export(const struct bundle_node *node, const char *path,
    struct bundle_front *front) MUST_CHECK;

struct bundle_answers {
	struct bundle_front front; /* of the bundle that is answered */
	unsigned receipts;         /* verified; they are kept */
	unsigned unlinked;  /* not shown to continue the heads kept here */
	enum reject fault;  /* what was not believed; REJECT_NONE: nothing */
	enum reject word;   /* the region's refusal; REJECT_NONE: none */
	uint64_t have;      /* its mark then */
	bool has_recovered; /* the log goes on from an older copy */
	bool is_asked;      /* that was not shown yet: the next bundle asks */
	bool has_reported; /* it wants to hear more: a NodeReported was added */
};
/* OK: all was read; what is verified is on disk. ERR_IO (errno), ERR_DENIED,
 * ERR_INVALID: as of the reader, nothing was taken but receipts verified
 * before; ERR_FULL: the disk. */
enum err bundle_import(const struct bundle_node *node, const char *path,
    struct bundle_answers *answers) MUST_CHECK;

#endif
