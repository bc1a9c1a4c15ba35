/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes: computed with Python's hashlib and PyNaCl. */
#include "trust/sign.h"

#include <string.h>

#include <criterion/criterion.h>

static const char key_hex[] =
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
static const char node_hex[] = "4045a588d8d8cbeb56a6b3dbc987bd14";
static const char head_hex[] =
    "63f7edc864ee181a75543acb9d568f19dbd9e93cb1f6a3d702f7148021b848eb";
static const char seen_hex[] =
    "7208794c984ea1c75d13877c7427336fe98722c41a056eeee4f37360ec367123";
static const char stamp_hex[] =
    "7208794c984ea1c75d13877c7427336fe98722c41a056eeee4f37360ec367123"
    "5993d46de39c0d10bac9e7348a431bdb69d040a9982f579640c0a73654b4c399"
    "3d5a64044ccb9a2cd0aaae20a91823bc6620da6eca13cfa1e7ae513973f1bc06";
static const char unseen_hex[] =
    "0000000000000000000000000000000000000000000000000000000000000000"
    "b2af0c7df52d90b91445bb0ac90decc57e73c08e703463bbca954fd942c95b00"
    "676777e956b01dd4f53ce6c1aae11bed4d39496eed5d4d43dfdaabac70cfcb01";
static const char words_hex[] =
    "da43f2b79f2a66a3a3da7321cf610c482c7e0d08bbb1dceeca6b658429d0fdfe"
    "ea198c705d72dbe09c41aff60d4971a82b446904f01224055248df4d2679d40a";
static const uint64_t golden_seq = 0x0102030405060708;

struct golden {
	struct sign_keys keys;
	uint8_t node[NODE_ID_SIZE];
	struct hash head, seen;
	uint8_t stamp[STAMP_SIZE];
};

static void
keys_make(struct sign_keys *keys)
{
	uint8_t seed[SIGN_SEED_SIZE];

	for (int i = 0; i < SIGN_SEED_SIZE; i++)
		seed[i] = (uint8_t)i;
	sign_keys_make(keys, seed);
}

static void
golden_make(struct golden *golden)
{
	keys_make(&golden->keys);
	cr_assert_eq(hex_get(golden->node, NODE_ID_SIZE, node_hex), OK);
	cr_assert_eq(hex_get(golden->head.at, HASH_SIZE, head_hex), OK);
	cr_assert_eq(hex_get(golden->seen.at, HASH_SIZE, seen_hex), OK);
	cr_assert_eq(hex_get(golden->stamp, STAMP_SIZE, stamp_hex), OK);
}

static void
bytes_are(const uint8_t *at, size_t len, const char *hex)
{
	char text[2 * STAMP_SIZE + 1];

	hex_put(text, at, len);
	cr_assert_str_eq(text, hex);
}

static bool
golden_holds(const struct golden *golden, uint64_t seq)
{
	return stamp_is_valid(golden->stamp, golden->node, seq, &golden->head,
	    golden->keys.public_key);
}

Test(sign, makes_the_golden_key_from_its_seed_and_gives_the_seed_back)
{
	struct sign_keys keys;
	uint8_t seed[SIGN_SEED_SIZE];

	keys_make(&keys);
	bytes_are(keys.public_key, SIGN_KEY_SIZE, key_hex);
	sign_seed_of(&keys, seed);
	for (int i = 0; i < SIGN_SEED_SIZE; i++)
		cr_assert_eq(seed[i], i);
}

Test(sign, signs_parts_as_one_text)
{
	struct bytes parts[] = {bytes_of_text("one"), bytes_of_text(""),
	    bytes_of_text("two"), bytes_of_text("three")};
	struct bytes whole = bytes_of_text("onetwothree");
	struct bytes other = bytes_of_text("onetwothreE");
	struct sign_keys keys;
	uint8_t signature[SIGNATURE_SIZE];

	keys_make(&keys);
	sign_parts(signature, parts, 4, &keys);
	bytes_are(signature, SIGNATURE_SIZE, words_hex);
	cr_assert(sign_is_valid(signature, &whole, 1, keys.public_key));
	cr_assert_not(sign_is_valid(signature, &other, 1, keys.public_key));
}

Test(sign, takes_the_longest_message_and_refuses_a_longer)
{
	static uint8_t text[SIGN_MESSAGE_MAX];
	struct bytes parts[] = {
	    bytes_of(text, sizeof text - 1), bytes_of(text, 1)};
	struct bytes longer[] = {
	    bytes_of(text, sizeof text), bytes_of(text, 1)};
	struct sign_keys keys;
	uint8_t signature[SIGNATURE_SIZE];

	keys_make(&keys);
	sign_parts(signature, parts, 2, &keys);
	cr_assert(sign_is_valid(signature, parts, 2, keys.public_key));
	cr_assert_not(sign_is_valid(signature, longer, 2, keys.public_key));
}

Test(stamp, has_the_golden_bytes)
{
	struct golden golden;
	struct hash none = {{0}};
	uint8_t stamp[STAMP_SIZE];

	golden_make(&golden);
	stamp_make(stamp, golden.node, golden_seq, &golden.head, &golden.seen,
	    &golden.keys);
	bytes_are(stamp, STAMP_SIZE, stamp_hex);
	stamp_make(stamp, golden.node, 1, &golden.head, &none, &golden.keys);
	bytes_are(stamp, STAMP_SIZE, unseen_hex);
}

Test(stamp, is_valid_for_its_own_chain_only)
{
	struct golden golden;

	golden_make(&golden);
	cr_assert(golden_holds(&golden, golden_seq));
	cr_assert_not(golden_holds(&golden, golden_seq + 1));
	golden.node[NODE_ID_SIZE - 1] ^= 1;
	cr_assert_not(golden_holds(&golden, golden_seq));
	golden_make(&golden);
	golden.head.at[0] ^= 1;
	cr_assert_not(golden_holds(&golden, golden_seq));
	golden_make(&golden);
	golden.keys.public_key[0] ^= 1;
	cr_assert_not(golden_holds(&golden, golden_seq));
}

Test(stamp, is_void_when_any_bit_of_it_is_changed)
{
	struct golden golden;

	golden_make(&golden);
	for (int bit = 0; bit < 8 * STAMP_SIZE; bit++) {
		golden.stamp[bit / 8] ^= (uint8_t)(1 << bit % 8);
		cr_assert_not(golden_holds(&golden, golden_seq));
		golden.stamp[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	cr_assert(golden_holds(&golden, golden_seq));
}
