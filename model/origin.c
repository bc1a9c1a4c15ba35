/* SPDX-License-Identifier: Apache-2.0 */
#include "model/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where the epoch's digits stand; 0 digits: nowhere. */
static size_t
find_epoch(const char *origin, const char **at)
{
	const char *found = strchr(origin, '/');

	if (found != NULL)
		found = strchr(found + 1, '/');
	if (found == NULL)
		return 0;
	*at = found + 1;
	return strcspn(*at, "/");
}

enum err
origin_epoch(const char *origin, uint64_t *epoch)
{
	const char *at = NULL;
	size_t len = find_epoch(origin, &at);
	char number[24];

	if (len == 0 || len >= sizeof number)
		return ERR_INVALID;
	memcpy(number, at, len);
	number[len] = '\0';
	return u64_get(epoch, number, 1, UINT32_MAX);
}

bool
origin_at(char to[ORIGIN_MAX], const char *origin, uint64_t epoch)
{
	const char *at = NULL;
	size_t len = find_epoch(origin, &at);
	int written;

	if (len == 0)
		return false;
	written = snprintf(to, ORIGIN_MAX, "%.*s%" PRIu64 "%s",
	    (int)(at - origin), origin, epoch, at + len);
	return written > 0 && written < ORIGIN_MAX;
}
