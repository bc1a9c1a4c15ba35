/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/box.h"

#include <string.h>

#include <criterion/criterion.h>

static struct seal_keys
keys_of(uint8_t n)
{
	const uint8_t seed[SEAL_SEED_SIZE] = {n};
	struct seal_keys keys;

	seal_keys_make(&keys, seed);
	return keys;
}

static const uint8_t nonce[BOX_NONCE_SIZE] = {1, 2, 3};

Test(box, is_read_by_the_one_it_was_written_to)
{
	struct seal_keys a = keys_of(1), b = keys_of(2);
	uint8_t box[5 + BOX_EXTRA_SIZE], text[sizeof box];
	size_t len = 0;

	cr_assert(
	    box_put(box, bytes_of_text("pesan"), b.public_key, &a, nonce));
	cr_assert(
	    box_get(text, &len, bytes_of(box, sizeof box), a.public_key, &b));
	cr_assert_eq(len, 5);
	cr_assert_arr_eq(text, "pesan", 5);
}

Test(box, is_not_read_by_others_nor_believed_of_others)
{
	struct seal_keys a = keys_of(1), b = keys_of(2), c = keys_of(3);
	uint8_t box[5 + BOX_EXTRA_SIZE], text[sizeof box];
	struct bytes all = bytes_of(box, sizeof box);
	size_t len = 0;

	cr_assert(
	    box_put(box, bytes_of_text("pesan"), b.public_key, &a, nonce));
	cr_expect_not(box_get(text, &len, all, a.public_key, &c));
	cr_expect_not(box_get(text, &len, all, c.public_key, &b));
}

Test(box, is_refused_when_any_bit_of_it_changed_or_it_is_cut)
{
	struct seal_keys a = keys_of(1), b = keys_of(2);
	uint8_t box[5 + BOX_EXTRA_SIZE], text[sizeof box];
	size_t len = 0;

	cr_assert(
	    box_put(box, bytes_of_text("pesan"), b.public_key, &a, nonce));
	for (size_t i = 0; i < 8 * sizeof box; i++) {
		box[i / 8] ^= (uint8_t)(1u << i % 8);
		cr_expect_not(box_get(text, &len, bytes_of(box, sizeof box),
				  a.public_key, &b),
		    "%zu", i);
		box[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t i = 0; i < sizeof box; i++)
		cr_expect_not(
		    box_get(text, &len, bytes_of(box, i), a.public_key, &b));
}

Test(box, is_not_written_to_a_key_of_small_order)
{
	const uint8_t none[SEAL_KEY_SIZE] = {0};
	struct seal_keys a = keys_of(1);
	uint8_t box[5 + BOX_EXTRA_SIZE];

	cr_assert_not(box_put(box, bytes_of_text("pesan"), none, &a, nonce));
}
