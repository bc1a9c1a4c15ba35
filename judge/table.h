/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in one growing array, named by their number, and a way from a hash to
 * the numbers of rows. Rows hold no pointers and are zeroed before they are
 * filled, so a table's bytes say all of it. The way from a hash is never
 * walked, only asked: its order depends on nothing that anybody sees.
 */
#ifndef JUDGE_TABLE_H
#define JUDGE_TABLE_H

#include "core/bytes.h"

#define NO_ROW UINT32_MAX

struct table {
	uint8_t *at;
	uint32_t count, cap, row_size;
};

void table_init(struct table *table, size_t row_size);
void table_clear(struct table *table); /* frees; the row size stays */
/* A zeroed row at the end; pointers to rows are void after it. */
void *table_add(struct table *table);
/* `count` rows; those that are new are zeroed. */
void table_resize(struct table *table, uint32_t count);

static inline void *
table_at(const struct table *table, uint32_t n)
{
	return table->at + (size_t)n * table->row_size;
}

/* For tables of plain numbers. */
static inline uint32_t
number_at(const struct table *table, uint32_t n)
{
	return *(const uint32_t *)table_at(table, n);
}
void number_add(struct table *table, uint32_t number);
void number_insert(struct table *table, uint32_t at, uint32_t number);
void number_remove(struct table *table, uint32_t at);

struct slot {
	uint32_t hash;
	uint32_t after; /* number + 1; 0: free */
};

struct lookup {
	struct slot *slots;
	uint32_t mask, count;
};

void lookup_clear(struct lookup *lookup);
void lookup_add(struct lookup *lookup, uint32_t hash, uint32_t number);
/* Puts another number where lookup_next, at `at`, has just found one. */
void lookup_replace(struct lookup *lookup, uint32_t at, uint32_t number);
/* The next number under this hash; *at starts as the hash itself. false: no
 * more. */
static inline bool
lookup_next(
    const struct lookup *lookup, uint32_t hash, uint32_t *at, uint32_t *number)
{
	if (lookup->slots == NULL)
		return false;
	for (;;) {
		const struct slot *slot =
		    &lookup->slots[(*at)++ & lookup->mask];

		if (slot->after == 0)
			return false;
		if (slot->hash == hash) {
			*number = slot->after - 1;
			return true;
		}
	}
}

uint32_t hash_of_text(const char *text, uint32_t before);

#endif
