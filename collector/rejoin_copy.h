/* SPDX-License-Identifier: Apache-2.0 */
/* The rows without receipt of one spool, recorded anew in another. */
#ifndef COLLECTOR_REJOIN_COPY_H
#define COLLECTOR_REJOIN_COPY_H

#include "node/spool.h"

struct copy {
	struct spool *from, *to;
	uint8_t old_id[NODE_ID_SIZE], new_id[NODE_ID_SIZE];
	uint64_t now_ms;
	uint64_t copied, failed; /* filled */
};

/* Says each on standard output. Rows that are there already, from a time that
 * was cut short, are not copied again. ERR_FULL, ERR_IO: what was copied is
 * there (told). */
enum err copy_rows(struct copy *copy) MUST_CHECK;

#endif
