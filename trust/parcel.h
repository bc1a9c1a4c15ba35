/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is carried by hand between a node and its region, sealed so that
 * whoever finds it learns nothing but its length. Pure: chance is an argument,
 * reading and writing are the caller's. Bytes: docs/protocol.md, "Bundles".
 *
 *     file  = front(128) | chunks of one size
 *     front = label(24, zeros behind it) | key part(80) | header(24)
 *     chunk = XChaCha20-Poly1305 of PARCEL_CHUNK_SIZE bytes, as libsodium's
 *             secretstream; additional data: the front; the last is tagged
 *
 * To the region ("ikrar/bundle/1\n") the key part is crypto_box_seal of the
 * stream's key: anybody can make one, so what is in it is signed by the node.
 * To a node ("ikrar/answers/1\n") it is nonce(24) | crypto_box(48) of the key
 * | zeros: only the region can have made it.
 */
#ifndef TRUST_PARCEL_H
#define TRUST_PARCEL_H

#include "trust/seal.h"

enum {
	PARCEL_FRONT_SIZE = 128,
	PARCEL_CHUNK_SIZE = 66560,
	PARCEL_SEALED_SIZE = PARCEL_CHUNK_SIZE + 17,
	/* Chance for one: key, seed or nonce, header. */
	PARCEL_CHANCE_SIZE = 32 + 32 + 24,
};

struct parcel;
void parcel_free(struct parcel *parcel); /* and wipes */

/* To be written; fills `front`. NULL: nothing can be sealed to that key. */
struct parcel *parcel_to_region(uint8_t front[PARCEL_FRONT_SIZE],
    const uint8_t region_key[SEAL_KEY_SIZE],
    const uint8_t chance[PARCEL_CHANCE_SIZE]);
struct parcel *parcel_to_node(uint8_t front[PARCEL_FRONT_SIZE],
    const uint8_t node_key[SEAL_KEY_SIZE], const struct seal_keys *region,
    const uint8_t chance[PARCEL_CHANCE_SIZE]);

/* To be read. NULL: it is none, or not for this key. */
struct parcel *parcel_at_region(
    const uint8_t front[PARCEL_FRONT_SIZE], const struct seal_keys *region);
struct parcel *parcel_at_node(const uint8_t front[PARCEL_FRONT_SIZE],
    const struct seal_keys *node, const uint8_t region_key[SEAL_KEY_SIZE]);

/* Stands for the stream's key, which only its two ends know: who signs it
 * vouches for all chunks. */
struct hash parcel_mark(const struct parcel *parcel);

/* Chunks in their order, nothing behind the last. */
void parcel_put(struct parcel *parcel, uint8_t sealed[PARCEL_SEALED_SIZE],
    const uint8_t plain[PARCEL_CHUNK_SIZE], bool is_last);
/* False: it is not the chunk that was written there. */
bool parcel_get(struct parcel *parcel, uint8_t plain[PARCEL_CHUNK_SIZE],
    const uint8_t sealed[PARCEL_SEALED_SIZE], bool *is_last);

#endif
