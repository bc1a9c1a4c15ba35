/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/table.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_CAP_MIN = 16, LOOKUP_SLOTS_MIN = 64 };

void
table_init(struct table *table, size_t row_size)
{
	*table = (struct table){.row_size = (uint32_t)row_size};
}

void
table_clear(struct table *table)
{
	free(table->at);
	table_init(table, table->row_size);
}

static void
table_reserve(struct table *table, uint32_t count)
{
	uint32_t cap = table->cap == 0 ? TABLE_CAP_MIN : table->cap;

	if (count <= table->cap)
		return;
	CHECK(count < NO_ROW / 2);
	while (cap < count)
		cap *= 2;
	table->at = xrealloc(table->at, cap, table->row_size);
	table->cap = cap;
}

void *
table_add(struct table *table)
{
	table_resize(table, table->count + 1);
	return table_at(table, table->count - 1);
}

void
table_resize(struct table *table, uint32_t count)
{
	table_reserve(table, count);
	if (count > table->count)
		memset(table_at(table, table->count), 0,
		    (size_t)(count - table->count) * table->row_size);
	table->count = count;
}

void
number_add(struct table *table, uint32_t number)
{
	*(uint32_t *)table_add(table) = number;
}

void
number_insert(struct table *table, uint32_t at, uint32_t number)
{
	uint32_t *place;

	(void)table_add(table);
	place = table_at(table, at);
	memmove(place + 1, place, (table->count - 1 - at) * sizeof *place);
	*place = number;
}

void
number_remove(struct table *table, uint32_t at)
{
	uint32_t *place = table_at(table, at);

	memmove(place, place + 1, (table->count - 1 - at) * sizeof *place);
	table->count--;
}

void
lookup_clear(struct lookup *lookup)
{
	free(lookup->slots);
	*lookup = (struct lookup){0};
}

static void
lookup_put(struct lookup *lookup, struct slot slot)
{
	uint32_t at = slot.hash & lookup->mask;

	while (lookup->slots[at].after != 0)
		at = (at + 1) & lookup->mask;
	lookup->slots[at] = slot;
	lookup->count++;
}

static void
lookup_grow(struct lookup *lookup)
{
	struct lookup old = *lookup;
	size_t slots = old.slots == NULL ? 0 : (size_t)old.mask + 1;
	size_t more = slots == 0 ? LOOKUP_SLOTS_MIN : slots * 2;

	*lookup = (struct lookup){.slots = xcalloc(more, sizeof *old.slots),
	    .mask = (uint32_t)(more - 1)};
	for (size_t i = 0; i < slots; i++)
		if (old.slots[i].after != 0)
			lookup_put(lookup, old.slots[i]);
	free(old.slots);
}

void
lookup_add(struct lookup *lookup, uint32_t hash, uint32_t number)
{
	if (lookup->slots == NULL || lookup->count >= lookup->mask / 2)
		lookup_grow(lookup);
	lookup_put(lookup, (struct slot){.hash = hash, .after = number + 1});
}

void
lookup_replace(struct lookup *lookup, uint32_t at, uint32_t number)
{
	lookup->slots[(at - 1) & lookup->mask].after = number + 1;
}

/* FNV-1a. */
uint32_t
hash_of_text(const char *text, uint32_t before)
{
	uint32_t hash = before ^ 2166136261u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash;
}
