/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an export that was ended half way leaves in its directory: partial
 * tiles and bundles of another size, and files that were not yet renamed. A
 * reader who checks the directory would find them for ever.
 */
#ifndef AGGREGATOR_LEFTOVERS_H
#define AGGREGATOR_LEFTOVERS_H

#include <stdint.h>

/* Removes below `out`/tile the partial tiles and bundles that a log of this
 * size does not have, and tiles of any name that still end in ".new"; nothing
 * else, and nothing that a link leads to. What cannot be removed stays: it
 * does no harm to the log, and whoever verifies it is told. */
void leftovers_remove(const char *out, uint64_t size);

#endif
