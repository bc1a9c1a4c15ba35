/* SPDX-License-Identifier: Apache-2.0 */
/* What a clerk hands over to be sealed: refused, or made into a text that
 * makes itself again. */
#include "collector/sealed_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static enum err
get(struct sealed_text *text, const void *at, size_t len)
{
	char *file = xcalloc(len + 1, 1);
	struct sentence why;
	enum err err;

	if (len > 0)
		memcpy(file, at, len);
	err = sealed_text_get(text, file, len, &why);
	free(file);
	return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct sealed_text first, second;

	if (len >= SEALED_FILE_MAX || get(&first, at, len) != OK)
		return 0;
	CHECK(first.len > 0 && first.keys != 0);
	CHECK(get(&second, first.at, first.len) == OK);
	CHECK(first.keys == second.keys && first.len == second.len &&
	      memcmp(first.at, second.at, first.len) == 0);
	return 0;
}
