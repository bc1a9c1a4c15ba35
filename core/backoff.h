/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long to wait before the next attempt, pure: evenly between a short least
 * and a span that doubles with each attempt, up to five minutes ("full
 * jitter"). So thousands that lost the same thing at the same moment do not
 * come back at the same moment.
 */
#ifndef CORE_BACKOFF_H
#define CORE_BACKOFF_H

#include <stdint.h>

enum {
	BACKOFF_LEAST_MS = 50,
	BACKOFF_MOST_MS = 5 * 60 * 1000,
};

/* `attempt` counts from 0: its span is `first_ms`; `chance` is random. */
uint64_t backoff_ms(uint64_t first_ms, unsigned attempt, uint64_t chance);

#endif
