/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/hash.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

struct hasher {
	EVP_MD_CTX *context; /* always started */
};

/*
 * To set up a digest costs libcrypto more than to hash a whole event, so one
 * context is made at first use and only wound back afterwards. Programs have
 * one thread, and nothing stays in it between two calls.
 */
static struct hasher shared;

static void
hasher_open(struct hasher *hasher)
{
	EVP_MD *sha256;

	/* No file of the machine has a say in what SHA-256 is. */
	CHECK(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	CHECK(sha256 != NULL);
	hasher->context = EVP_MD_CTX_new();
	CHECK(hasher->context != NULL);
	CHECK(EVP_DigestInit_ex2(hasher->context, sha256, NULL) == 1);
	EVP_MD_free(sha256);
}

static struct hasher *
shared_hasher(void)
{
	if (shared.context == NULL)
		hasher_open(&shared);
	return &shared;
}

bool
hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

struct hash
hash_parts(const struct bytes *parts, unsigned count)
{
	struct hasher *hasher = shared_hasher();

	for (unsigned i = 0; i < count; i++)
		hasher_add(hasher, parts[i]);
	return hasher_end(hasher);
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

	hasher_open(hasher);
	return hasher;
}

void
hasher_free(struct hasher *hasher)
{
	if (hasher == NULL)
		return;
	EVP_MD_CTX_free(hasher->context);
	free(hasher);
}

void
hasher_add(struct hasher *hasher, struct bytes bytes)
{
	CHECK(EVP_DigestUpdate(hasher->context, bytes.at, bytes.len) == 1);
}

struct hash
hasher_end(struct hasher *hasher)
{
	struct hash hash;
	unsigned len = HASH_SIZE;

	CHECK(EVP_DigestFinal_ex(hasher->context, hash.at, &len) == 1);
	CHECK(len == HASH_SIZE);
	CHECK(EVP_DigestInit_ex2(hasher->context, NULL, NULL) == 1);
	return hash;
}
