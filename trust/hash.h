/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256, and the labelled hashes that everything is named and chained by
 * (docs/protocol.md, "Hashes"). Pure. The only file that sees libnettle.
 */
#ifndef TRUST_HASH_H
#define TRUST_HASH_H

#include "core/bytes.h"

enum { HASH_SIZE = 32, NODE_ID_SIZE = 16 };

/* An ordinary value; compare with hash_equal. */
struct hash {
	uint8_t at[HASH_SIZE];
};

bool hash_equal(const struct hash *a, const struct hash *b);

/* SHA-256 of the parts, one behind the other. */
struct hash hash_parts(const struct bytes *parts, unsigned count);
struct hash hash_bytes(struct bytes bytes);

/* SHA-256("ikrar/event/1\n" | event). */
struct hash hash_event(struct bytes event);
/* SHA-256("ikrar/head/1\n" | before | event_hash). */
struct hash hash_head(const struct hash *before, const struct hash *event);
/* SHA-256("ikrar/node/1\n" | key): head 0; its first 16 bytes are the id. */
struct hash hash_node(const uint8_t sign_key[32]);
/* RFC 6962: SHA-256(0x00 | leaf), SHA-256(0x01 | left | right). */
struct hash hash_leaf(struct bytes leaf);
struct hash hash_pair(const struct hash *left, const struct hash *right);

/* For texts that come in pieces. */
struct hasher;
struct hasher *hasher_new(void);
void hasher_free(struct hasher *hasher);
void hasher_add(struct hasher *hasher, struct bytes bytes);
struct hash hasher_end(struct hasher *hasher); /* and starts again */

#endif
