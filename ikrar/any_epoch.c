/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/any_epoch.h"

#include "model/origin.h"

#include <string.h>

bool
any_epoch_is_same(const char *name, const char *other)
{
	char first[2][ORIGIN_MAX];

	return strcmp(name, other) == 0 ||
	       (origin_at(first[0], name, 1) && origin_at(first[1], other, 1) &&
		   strcmp(first[0], first[1]) == 0);
}

bool
any_epoch_is_later(const char *name, const char *other)
{
	uint64_t epochs[2];

	return origin_epoch(name, &epochs[0]) == OK &&
	       origin_epoch(other, &epochs[1]) == OK && epochs[0] > epochs[1];
}

enum err
any_epoch_open(struct checkpoint *head, struct bytes text, const char *name,
    const uint8_t key[SIGN_KEY_SIZE])
{
	const uint8_t *end = memchr(text.at, '\n', text.len);
	size_t len = end == NULL ? 0 : (size_t)(end - text.at);
	char said[ORIGIN_MAX];

	if (len == 0 || len >= sizeof said)
		return ERR_INVALID;
	memcpy(said, text.at, len);
	said[len] = '\0';
	if (!any_epoch_is_same(said, name))
		return ERR_INVALID;
	return checkpoint_open(
	    head, (const char *)text.at, text.len, said, key);
}
