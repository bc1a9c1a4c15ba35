/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/credit.h"

enum { SECOND_MS = 1000 };

bool
credit_is_left(struct credit *credit, uint64_t monotonic_ms)
{
	uint64_t ms = 0, back = CREDIT_STORE_BYTES;

	if (monotonic_ms > credit->at_ms)
		ms = monotonic_ms - credit->at_ms;
	credit->at_ms += ms;
	if (ms <
	    (uint64_t)SECOND_MS * CREDIT_STORE_BYTES / CREDIT_BYTES_A_SECOND)
		back = ms * CREDIT_BYTES_A_SECOND / SECOND_MS;
	credit->spent = credit->spent > back ? credit->spent - back : 0;
	return credit->spent < CREDIT_STORE_BYTES;
}

void
credit_spend(struct credit *credit, uint64_t bytes)
{
	credit->spent += bytes;
}

uint64_t
come_back_ms(uint64_t busy_for_ms)
{
	if (busy_for_ms < COME_BACK_LEAST_MS)
		return COME_BACK_LEAST_MS;
	return busy_for_ms < COME_BACK_MOST_MS ? busy_for_ms
					       : COME_BACK_MOST_MS;
}
