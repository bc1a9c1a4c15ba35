/* SPDX-License-Identifier: Apache-2.0 */
#include "core/backoff.h"

uint64_t
backoff_ms(uint64_t first_ms, unsigned attempt, uint64_t chance)
{
	uint64_t span = first_ms;

	for (unsigned i = 0; i < attempt && span < BACKOFF_MOST_MS; i++)
		span *= 2;
	if (span > BACKOFF_MOST_MS)
		span = BACKOFF_MOST_MS;
	if (span <= BACKOFF_LEAST_MS)
		return BACKOFF_LEAST_MS;
	return BACKOFF_LEAST_MS + chance % (span - BACKOFF_LEAST_MS + 1);
}
