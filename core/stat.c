/* SPDX-License-Identifier: Apache-2.0 */
#include "core/stat.h"

#include <inttypes.h>
#include <stdlib.h>

struct stat {
	const char *const *names;
	unsigned count;
	uint64_t values[];
};

struct stat *
stat_new(const char *const *names)
{
	struct stat *stat;
	unsigned count = 0;

	while (names[count] != NULL)
		count++;
	stat = xcalloc(1, sizeof *stat + count * sizeof stat->values[0]);
	stat->names = names;
	stat->count = count;
	return stat;
}

void
stat_free(struct stat *stat)
{
	free(stat);
}

void
stat_add(struct stat *stat, unsigned counter, uint64_t by)
{
	CHECK(counter < stat->count);
	stat->values[counter] += by;
}

void
stat_set(struct stat *stat, unsigned counter, uint64_t value)
{
	CHECK(counter < stat->count);
	stat->values[counter] = value;
}

uint64_t
stat_get(const struct stat *stat, unsigned counter)
{
	CHECK(counter < stat->count);
	return stat->values[counter];
}

unsigned
stat_count(const struct stat *stat)
{
	return stat->count;
}

const char *
stat_name(const struct stat *stat, unsigned counter)
{
	CHECK(counter < stat->count);
	return stat->names[counter];
}

void
stat_write(const struct stat *stat, struct text_buf *out)
{
	for (unsigned i = 0; i < stat->count; i++) {
		text_buf_add(out, "# TYPE ikrar_%s counter\n", stat->names[i]);
		text_buf_add(out, "ikrar_%s_total %" PRIu64 "\n",
		    stat->names[i], stat->values[i]);
	}
	text_buf_add(out, "# EOF\n");
}
