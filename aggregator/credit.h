/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a node may ask of the region beyond what brings something new, pure:
 * bytes that flow back at a steady rate up to a store of them. New events cost
 * nothing; a refusal, a Welcome, a slice, a page read again do. So a node that
 * floods is slowed alone, and one that asks and never reads fills no memory:
 * what it was sent in the minute until its link is given up is bounded.
 */
#ifndef AGGREGATOR_CREDIT_H
#define AGGREGATOR_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CREDIT_STORE_BYTES = 4 << 20,
	CREDIT_BYTES_A_SECOND = 256 << 10,

	COME_BACK_LEAST_MS = 1000,
	COME_BACK_MOST_MS = 60000,

	COST_REFUSAL = 512,
	COST_WELCOME = 2048,
	COST_SLICE = 65536,
	COST_PAGE_AGAIN = 65536,
};

struct credit {
	uint64_t spent; /* of the store, at at_ms */
	uint64_t at_ms; /* monotonic */
};

/* All zeros: a full store. Is anything left? */
bool credit_is_left(struct credit *credit, uint64_t monotonic_ms);
/* Also below nothing, so that one may always end what it was let begin. */
void credit_spend(struct credit *credit, uint64_t bytes);

/* "Come back within": about as long as the region has been busy so far, so
 * that a short time costs nobody much and a long one brings no crowd. */
uint64_t come_back_ms(uint64_t busy_for_ms);

#endif
