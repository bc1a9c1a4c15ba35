/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/hmac.h"

#include <string.h>

enum { BLOCK_SIZE = 64, INNER = 0x36, OUTER = 0x5c };

struct hash
hmac_parts(struct bytes key, const struct bytes *parts, unsigned count)
{
	uint8_t inner[BLOCK_SIZE], outer[BLOCK_SIZE], block[BLOCK_SIZE] = {0};
	struct bytes all[HMAC_PARTS_MAX + 1];
	struct hash short_key, hash;

	CHECK(count <= HMAC_PARTS_MAX);
	if (key.len > BLOCK_SIZE) {
		short_key = hash_bytes(key);
		key = bytes_of(short_key.at, HASH_SIZE);
	}
	if (key.len > 0)
		memcpy(block, key.at, key.len);
	for (unsigned i = 0; i < BLOCK_SIZE; i++) {
		inner[i] = block[i] ^ INNER;
		outer[i] = block[i] ^ OUTER;
	}
	all[0] = bytes_of(inner, BLOCK_SIZE);
	for (unsigned i = 0; i < count; i++)
		all[i + 1] = parts[i];
	hash = hash_parts(all, count + 1);
	all[0] = bytes_of(outer, BLOCK_SIZE);
	all[1] = bytes_of(hash.at, HASH_SIZE);
	return hash_parts(all, 2);
}
