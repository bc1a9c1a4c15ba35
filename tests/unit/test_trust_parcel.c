/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes: computed in Python with libsodium's primitives (box, HChaCha20,
 * ChaCha20, Poly1305) by hand, not with this code nor with secretstream. */
#include "trust/parcel.h"

#include <string.h>

#include <criterion/criterion.h>
#include <sodium.h>

enum { CHUNKS = 2 };

static const char there_hex[] =
    "696b7261722f62756e646c652f310a0000000000000000001e601cfa37f25792"
    "1a92f724849a40b5bd09241c10a797973a5dfbe3920c7a6a2c1e810c3d9574f2"
    "564e98e760d48a4e10f509824f2140db1f54ad6e97db38e9cefd3afe6c279f52"
    "4017c59fb18b816ac3cad1d8dfe6edf4fb020910171e252c333a41484f565d64";
static const char back_hex[] =
    "696b7261722f616e73776572732f310a0000000000000000e3eaf1f8ff060d14"
    "1b222930373e454c535a61686f767d84a254fd10bb4c7bdd6d9ff1b807bdd33f"
    "d8477ef6ab4a5d71af201b85f49c05309cf6bf4a4726be54e5d92a211201922b"
    "0000000000000000c3cad1d8dfe6edf4fb020910171e252c333a41484f565d64";
static const char mark_hex[] =
    "b4f672f9daff7ebd1e215a8b78f23747df295e2b7699ac9c248221bcc863c2bd";
/* SHA-256 of each sealed chunk. */
static const char there_chunks_hex[CHUNKS][65] = {
    "82621a72d9ef772d9cb6637f002895c49395e523441a80e7eba5cd58f62bdfd3",
    "ef5ab1dd314da08b5289edf521d16c925b4ced807511370cbb3dd0db71099f8c"};
static const char back_chunks_hex[CHUNKS][65] = {
    "e1fe176d413fe0a1aae00e3b0ffbf7b17cf904f2afc799429a055645ae0734e4",
    "a04c734506b0254e8826865f00d7fb5b4f7db957dfd6059efa1837f4b2eb9048"};

static struct seal_keys region, node;
static uint8_t chance[PARCEL_CHANCE_SIZE];
static uint8_t front[PARCEL_FRONT_SIZE];
static uint8_t plain[CHUNKS][PARCEL_CHUNK_SIZE];
static uint8_t sealed[CHUNKS][PARCEL_SEALED_SIZE];
static uint8_t back[PARCEL_CHUNK_SIZE];

static void
keys_make(struct seal_keys *keys, unsigned first)
{
	uint8_t seed[SEAL_SEED_SIZE];

	for (unsigned i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)(first + i);
	seal_keys_make(keys, seed);
}

static void
setup(void)
{
	keys_make(&region, 0);
	keys_make(&node, 32);
	for (unsigned i = 0; i < sizeof chance; i++)
		chance[i] = (uint8_t)(7 * i + 3);
	for (unsigned n = 0; n < CHUNKS; n++)
		for (unsigned i = 0; i < PARCEL_CHUNK_SIZE; i++)
			plain[n][i] = (uint8_t)(5 * i + n + 1);
}

TestSuite(parcel, .init = setup);

static void
write_all(struct parcel *parcel)
{
	cr_assert_not_null(parcel);
	for (unsigned n = 0; n < CHUNKS; n++)
		parcel_put(parcel, sealed[n], plain[n], n + 1 == CHUNKS);
	parcel_free(parcel);
}

static void
put_there(void)
{
	write_all(parcel_to_region(front, region.public_key, chance));
}

static void
put_back(void)
{
	write_all(parcel_to_node(front, node.public_key, &region, chance));
}

static void
are(const char *front_hex, const char hexes[CHUNKS][65])
{
	char hex[2 * PARCEL_FRONT_SIZE + 1];

	hex_put(hex, front, sizeof front);
	cr_expect_str_eq(hex, front_hex);
	for (unsigned n = 0; n < CHUNKS; n++) {
		uint8_t hash[crypto_hash_sha256_BYTES];

		crypto_hash_sha256(hash, sealed[n], sizeof sealed[n]);
		hex_put(hex, hash, sizeof hash);
		cr_expect_str_eq(hex, hexes[n], "%u", n);
	}
}

static void
comes_back(struct parcel *parcel)
{
	cr_assert_not_null(parcel);
	for (unsigned n = 0; n < CHUNKS; n++) {
		bool is_last = false;

		cr_assert(parcel_get(parcel, back, sealed[n], &is_last));
		cr_expect_eq(memcmp(back, plain[n], sizeof back), 0);
		cr_expect_eq(is_last, n + 1 == CHUNKS);
	}
	parcel_free(parcel);
}

Test(parcel, to_the_region_has_the_golden_bytes)
{
	put_there();
	are(there_hex, there_chunks_hex);
}

Test(parcel, to_a_node_has_the_golden_bytes)
{
	put_back();
	are(back_hex, back_chunks_hex);
}

Test(parcel, comes_back_at_its_end)
{
	put_there();
	comes_back(parcel_at_region(front, &region));
	put_back();
	comes_back(parcel_at_node(front, &node, region.public_key));
}

Test(parcel, has_the_golden_mark_at_both_ends)
{
	struct parcel *parcel =
	    parcel_to_region(front, region.public_key, chance);
	struct hash there = parcel_mark(parcel), here;
	char hex[2 * HASH_SIZE + 1];

	parcel_free(parcel);
	parcel = parcel_at_region(front, &region);
	here = parcel_mark(parcel);
	parcel_free(parcel);
	hex_put(hex, there.at, HASH_SIZE);
	cr_expect_str_eq(hex, mark_hex);
	cr_expect(hash_equal(&there, &here));
}

/* libsodium's own reader and sealed box take it. */
Test(parcel, is_a_sealed_key_and_a_secretstream)
{
	uint8_t key[32], tag;
	crypto_secretstream_xchacha20poly1305_state state;

	put_there();
	cr_assert_eq(crypto_box_seal_open(key, front + 24, 80,
			 region.public_key, region.secret_key),
	    0);
	cr_assert_eq(crypto_secretstream_xchacha20poly1305_init_pull(
			 &state, front + 104, key),
	    0);
	cr_expect_eq(
	    crypto_secretstream_xchacha20poly1305_pull(&state, back, NULL, &tag,
		sealed[0], sizeof sealed[0], front, sizeof front),
	    0);
	cr_expect_eq(memcmp(back, plain[0], sizeof back), 0);
}

Test(parcel, tells_nothing_to_another_key)
{
	put_there();
	cr_expect_null(parcel_at_region(front, &node));
	put_back();
	cr_expect_null(parcel_at_node(front, &region, region.public_key));
	cr_expect_null(
	    parcel_at_node(front, &node, node.public_key), "another sender");
	cr_expect_null(parcel_at_region(front, &node), "another way");
}

Test(parcel, cannot_be_sealed_to_a_key_of_small_order)
{
	static const uint8_t zeros[SEAL_KEY_SIZE];

	cr_expect_null(parcel_to_region(front, zeros, chance));
	cr_expect_null(parcel_to_node(front, zeros, &region, chance));
}

/* Every bit of the front is either part of the key or bound to each chunk. */
Test(parcel, is_refused_with_any_bit_of_its_front_flipped)
{
	bool is_last;

	put_there();
	for (unsigned i = 0; i < 8 * PARCEL_FRONT_SIZE; i++) {
		struct parcel *parcel;

		front[i / 8] ^= (uint8_t)(1 << i % 8);
		parcel = parcel_at_region(front, &region);
		cr_expect(parcel == NULL ||
			      !parcel_get(parcel, back, sealed[0], &is_last),
		    "%u", i);
		parcel_free(parcel);
		front[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

Test(parcel, is_refused_with_a_chunk_changed_or_out_of_its_place)
{
	struct parcel *parcel;
	bool is_last;

	put_there();
	parcel = parcel_at_region(front, &region);
	cr_expect_not(parcel_get(parcel, back, sealed[1], &is_last));
	parcel_free(parcel);
	sealed[0][40000] ^= 1;
	parcel = parcel_at_region(front, &region);
	cr_expect_not(parcel_get(parcel, back, sealed[0], &is_last));
	parcel_free(parcel);
}
