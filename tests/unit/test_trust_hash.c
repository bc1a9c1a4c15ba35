/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes: computed with Python's hashlib, not with this code. */
#include "trust/hash.h"

#include <string.h>

#include <criterion/criterion.h>

enum { EVENT_SIZE = 301 };

static const char event_hex[] =
    "3af891d61d92708451e299d1c5baaf468c2239e52a4c6000decc9c85b3d41e59";
static const char node_hex[] =
    "4045a588d8d8cbeb56a6b3dbc987bd14f8b848884c863cba1a28e93760b882bf";
static const char head_hex[] =
    "63f7edc864ee181a75543acb9d568f19dbd9e93cb1f6a3d702f7148021b848eb";
static const char leaf_hex[] =
    "74c38a1e1fd620efb96903c3855be6c69325524a4c4d42e6e68a1a98d24636a7";
static const char pair_hex[] =
    "f59836e4ad606d42be4d90fd892c34e4db2193382686c5211f494896c3d98437";
static const char empty_hex[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char key_hex[] =
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";

static void
hash_is(struct hash hash, const char *hex)
{
	char text[2 * HASH_SIZE + 1];

	hex_put(text, hash.at, HASH_SIZE);
	cr_assert_str_eq(text, hex);
}

static struct hash
hash_of_hex(const char *hex)
{
	struct hash hash;

	cr_assert_eq(hex_get(hash.at, HASH_SIZE, hex), OK);
	return hash;
}

/* 0, 1 .. 255 and nine times "ikrar". */
static struct bytes
event_make(uint8_t event[EVENT_SIZE])
{
	for (int i = 0; i < 256; i++)
		event[i] = (uint8_t)i;
	for (int i = 256; i < EVENT_SIZE; i++)
		event[i] = (uint8_t) "ikrar"[(i - 256) % 5];
	return bytes_of(event, EVENT_SIZE);
}

Test(hash, of_an_event_has_the_golden_bytes)
{
	uint8_t event[EVENT_SIZE];

	hash_is(hash_event(event_make(event)), event_hex);
}

Test(hash, of_a_node_and_the_head_behind_it_have_the_golden_bytes)
{
	struct hash key = hash_of_hex(key_hex);
	struct hash event = hash_of_hex(event_hex);
	struct hash node = hash_node(key.at);

	hash_is(node, node_hex);
	hash_is(hash_head(&node, &event), head_hex);
}

Test(hash, of_a_leaf_and_a_pair_have_the_golden_bytes)
{
	uint8_t event[EVENT_SIZE];
	struct hash left = hash_of_hex(event_hex);
	struct hash right = hash_of_hex(head_hex);

	hash_is(hash_leaf(event_make(event)), leaf_hex);
	hash_is(hash_pair(&left, &right), pair_hex);
}

Test(hash, of_nothing_is_that_of_the_empty_text)
{
	hash_is(hash_parts(NULL, 0), empty_hex);
	hash_is(hash_bytes(bytes_of(NULL, 0)), empty_hex);
}

Test(hash, does_not_depend_on_how_the_text_is_parted)
{
	uint8_t event[EVENT_SIZE];
	struct bytes all = event_make(event);

	for (size_t at = 0; at <= all.len; at++) {
		struct bytes parts[] = {
		    bytes_of(all.at, at), bytes_of(all.at + at, all.len - at)};
		struct hash whole = hash_bytes(all);
		struct hash parted = hash_parts(parts, 2);

		cr_assert(hash_equal(&whole, &parted));
	}
}

Test(hash, keeps_a_hasher_apart_from_all_other_hashing)
{
	uint8_t event[EVENT_SIZE];
	struct bytes all = event_make(event);
	struct hasher *hasher = hasher_new();

	hasher_add(hasher, bytes_of_text("ikrar/event/1\n"));
	hash_is(hash_event(all), event_hex);
	hasher_add(hasher, all);
	hash_is(hasher_end(hasher), event_hex);
	hash_is(hasher_end(hasher), empty_hex);
	hasher_free(hasher);
	hasher_free(NULL);
}

Test(hash, differs_when_one_bit_differs)
{
	struct hash a = hash_of_hex(event_hex), b = a;

	cr_assert(hash_equal(&a, &b));
	for (int bit = 0; bit < 8 * HASH_SIZE; bit++) {
		b = a;
		b.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		cr_assert_not(hash_equal(&a, &b));
	}
}
