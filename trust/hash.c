/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/hash.h"

#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

struct hasher {
	struct sha256_ctx context;
};

bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

struct hash
hash_parts(const struct bytes *parts, unsigned count)
{
	struct hasher hasher;

	sha256_init(&hasher.context);
	for (unsigned i = 0; i < count; i++)
		hasher_add(&hasher, parts[i]);
	return hasher_end(&hasher);
}

struct hash
hash_bytes(struct bytes bytes)
{
	return hash_parts(&bytes, 1);
}

struct hash
hash_event(struct bytes event)
{
	static const char label[] = "ikrar/event/1\n";
	struct bytes parts[] = {bytes_of(label, sizeof label - 1), event};

	return hash_parts(parts, 2);
}

struct hash
hash_head(const struct hash *before, const struct hash *event)
{
	static const char label[] = "ikrar/head/1\n";
	struct bytes parts[] = {bytes_of(label, sizeof label - 1),
	    bytes_of(before->at, HASH_SIZE), bytes_of(event->at, HASH_SIZE)};

	return hash_parts(parts, 3);
}

struct hash
hash_node(const uint8_t sign_key[32])
{
	static const char label[] = "ikrar/node/1\n";
	struct bytes parts[] = {
	    bytes_of(label, sizeof label - 1), bytes_of(sign_key, 32)};

	return hash_parts(parts, 2);
}

struct hash
hash_leaf(struct bytes leaf)
{
	static const uint8_t label = 0x00;
	struct bytes parts[] = {bytes_of(&label, 1), leaf};

	return hash_parts(parts, 2);
}

struct hash
hash_pair(const struct hash *left, const struct hash *right)
{
	uint8_t text[1 + 2 * HASH_SIZE];

	text[0] = 0x01;
	memcpy(text + 1, left->at, HASH_SIZE);
	memcpy(text + 1 + HASH_SIZE, right->at, HASH_SIZE);
	return hash_bytes(bytes_of(text, sizeof text));
}

struct hasher *
hasher_new(void)
{
	struct hasher *hasher = xcalloc(1, sizeof *hasher);

	sha256_init(&hasher->context);
	return hasher;
}

void
hasher_free(struct hasher *hasher)
{
	free(hasher);
}

void
hasher_add(struct hasher *hasher, struct bytes bytes)
{
	sha256_update(&hasher->context, bytes.len, bytes.at);
}

struct hash
hasher_end(struct hasher *hasher)
{
	struct hash hash;

	sha256_digest(&hasher->context, HASH_SIZE, hash.at);
	return hash;
}
