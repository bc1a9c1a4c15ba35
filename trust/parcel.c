/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stream's header comes in with the caller's chance, while libsodium's
 * init_push draws it. init_pull sets up the very same state from a header that
 * is given, so both ends begin with it.
 */
#include "trust/parcel.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

enum {
	KEY_SIZE = crypto_secretstream_xchacha20poly1305_KEYBYTES,
	HEADER_SIZE = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	NONCE_SIZE = crypto_box_NONCEBYTES,
	LABEL_SIZE = 24,
	KEY_PART_SIZE = SEAL_SEALED_KEY_SIZE,
	KEY_PART_AT = LABEL_SIZE,
	HEADER_AT = KEY_PART_AT + KEY_PART_SIZE,
};

/* Where each piece lies in the caller's chance. */
enum { CHANCE_KEY = 0, CHANCE_SEED = 32, CHANCE_HEADER = 64 };

_Static_assert(PARCEL_FRONT_SIZE == (int)HEADER_AT + (int)HEADER_SIZE, "front");
_Static_assert(
    PARCEL_SEALED_SIZE ==
	PARCEL_CHUNK_SIZE + (int)crypto_secretstream_xchacha20poly1305_ABYTES,
    "chunk");
_Static_assert((int)KEY_SIZE == SEAL_DATA_KEY_SIZE, "one sealed key");
_Static_assert((int)NONCE_SIZE + (int)crypto_box_MACBYTES + (int)KEY_SIZE <=
		   (int)KEY_PART_SIZE,
    "the box fits");

static const char to_region_label[LABEL_SIZE] = "ikrar/bundle/1\n";
static const char to_node_label[LABEL_SIZE] = "ikrar/answers/1\n";
static const char mark_label[] = "ikrar/parcel/1\n";

struct parcel {
	uint8_t key[KEY_SIZE];
	uint8_t front[PARCEL_FRONT_SIZE];
	crypto_secretstream_xchacha20poly1305_state state;
};

void
parcel_free(struct parcel *parcel)
{
	if (parcel == NULL)
		return;
	sodium_memzero(parcel, sizeof *parcel);
	free(parcel);
}

/* The front is filled, the key known. */
static struct parcel *
start(struct parcel *parcel, const uint8_t front[PARCEL_FRONT_SIZE])
{
	memcpy(parcel->front, front, PARCEL_FRONT_SIZE);
	CHECK(crypto_secretstream_xchacha20poly1305_init_pull(
		  &parcel->state, front + HEADER_AT, parcel->key) == 0);
	return parcel;
}

static struct parcel *
made(uint8_t front[PARCEL_FRONT_SIZE], const char label[LABEL_SIZE],
    const uint8_t chance[PARCEL_CHANCE_SIZE])
{
	struct parcel *parcel = xcalloc(1, sizeof *parcel);

	memset(front, 0, PARCEL_FRONT_SIZE);
	memcpy(front, label, LABEL_SIZE);
	memcpy(front + HEADER_AT, chance + CHANCE_HEADER, HEADER_SIZE);
	memcpy(parcel->key, chance + CHANCE_KEY, KEY_SIZE);
	return parcel;
}

struct parcel *
parcel_to_region(uint8_t front[PARCEL_FRONT_SIZE],
    const uint8_t region_key[SEAL_KEY_SIZE],
    const uint8_t chance[PARCEL_CHANCE_SIZE])
{
	struct parcel *parcel = made(front, to_region_label, chance);

	if (seal_key_put(front + KEY_PART_AT, region_key, parcel->key,
		chance + CHANCE_SEED))
		return start(parcel, front);
	parcel_free(parcel);
	return NULL;
}

struct parcel *
parcel_to_node(uint8_t front[PARCEL_FRONT_SIZE],
    const uint8_t node_key[SEAL_KEY_SIZE], const struct seal_keys *region,
    const uint8_t chance[PARCEL_CHANCE_SIZE])
{
	struct parcel *parcel = made(front, to_node_label, chance);
	uint8_t *part = front + KEY_PART_AT;

	memcpy(part, chance + CHANCE_SEED, NONCE_SIZE);
	if (crypto_box_easy(part + NONCE_SIZE, parcel->key, KEY_SIZE, part,
		node_key, region->secret_key) == 0)
		return start(parcel, front);
	parcel_free(parcel);
	return NULL;
}

struct parcel *
parcel_at_region(
    const uint8_t front[PARCEL_FRONT_SIZE], const struct seal_keys *region)
{
	struct parcel *parcel = xcalloc(1, sizeof *parcel);

	if (memcmp(front, to_region_label, LABEL_SIZE) == 0 &&
	    seal_key_open(parcel->key, front + KEY_PART_AT, region))
		return start(parcel, front);
	parcel_free(parcel);
	return NULL;
}

struct parcel *
parcel_at_node(const uint8_t front[PARCEL_FRONT_SIZE],
    const struct seal_keys *node, const uint8_t region_key[SEAL_KEY_SIZE])
{
	struct parcel *parcel = xcalloc(1, sizeof *parcel);
	const uint8_t *part = front + KEY_PART_AT;

	if (memcmp(front, to_node_label, LABEL_SIZE) == 0 &&
	    crypto_box_open_easy(parcel->key, part + NONCE_SIZE,
		crypto_box_MACBYTES + KEY_SIZE, part, region_key,
		node->secret_key) == 0)
		return start(parcel, front);
	parcel_free(parcel);
	return NULL;
}

struct hash
parcel_mark(const struct parcel *parcel)
{
	struct bytes parts[] = {
	    bytes_of_text(mark_label), bytes_of(parcel->key, KEY_SIZE)};

	return hash_parts(parts, 2);
}

void
parcel_put(struct parcel *parcel, uint8_t sealed[PARCEL_SEALED_SIZE],
    const uint8_t plain[PARCEL_CHUNK_SIZE], bool is_last)
{
	uint8_t tag = is_last
			  ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
			  : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;

	CHECK(crypto_secretstream_xchacha20poly1305_push(&parcel->state, sealed,
		  NULL, plain, PARCEL_CHUNK_SIZE, parcel->front,
		  PARCEL_FRONT_SIZE, tag) == 0);
}

bool
parcel_get(struct parcel *parcel, uint8_t plain[PARCEL_CHUNK_SIZE],
    const uint8_t sealed[PARCEL_SEALED_SIZE], bool *is_last)
{
	uint8_t tag;

	if (crypto_secretstream_xchacha20poly1305_pull(&parcel->state, plain,
		NULL, &tag, sealed, PARCEL_SEALED_SIZE, parcel->front,
		PARCEL_FRONT_SIZE) != 0)
		return false;
	*is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return *is_last ||
	       tag == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
}
