/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes: computed with Python's hashlib and libsodium's primitives by
 * hand, not with this code. */
#include "trust/seal.h"

#include <string.h>

#include <criterion/criterion.h>
#include <sodium.h>

enum { SLOT_SIZE = 88, FRONT_SIZE = 2, TAIL_SIZE = 24 + 16 };

static const char golden_text[] =
    "nama: Planted Name\nuraian:\nHadir di rapat akbar.\n";
static const char key_hex[] =
    "4701d08488451f545a409fb58ae3e58581ca40ac3f7f114698cd71deac73ca01";
static const char other_key_hex[] =
    "5730800ab340fcb18ce5111eda9d705f91388b41e4544cbd103ba5942db2233e";
static const char commit_hex[] =
    "0eda5a22d7f5be08894cae68f26cc2812add898b16a1678fd574aceac5ca5091";
static const char blob_hex[] =
    "01026fd0260a596d14ef4c176f8994958781222d8ce9378f142e21e8ae5c3c39"
    "7fb1a485d5c7513b6f5804c70733e2a21ad09576230690099aaebca720d5034a"
    "4902862164b2783da0837c74fc26f919426eec7400ff1e845c8508b321c18b39"
    "bf0dfb819a325427858e5a2d8ace070668237d925c0b971bcd5b396f2f745efa"
    "f25c5655473217bec87e2e5ce123250860a1d90ec63ea23aa43c75afffb691eb"
    "01dc0db542234c57fe161bfa386d14a470fcc3cad1d8dfe6edf4fb020910171e"
    "252c333a41484f565d647d227356b930671221d3aacc6a92dabb2fdcf21deca8"
    "8036ead2173daf784280588ca262646e2991c64536fd30f44d9a7c009d2ac32a"
    "fe3e7833fc2e34e26f0568ccbea1ab0f4714c4afe8cbf8c0d0cf2bf1cc74fafa"
    "94da20e3d0fa26c284bebb017ee7ec25da3e775d820ed750111fa831a49cf59b"
    "42acdab3eeccb4e15f276d27b367b7bc62b6d304b57b3bfb12e82eb79e6833de"
    "68e5e430595135e1899d43a2e8c8ef2717d6db6b773bb93893881c04b50d2c6e"
    "e2dd657fd4ceb231d9ad2a06d2ec33ed6a19e3d0f32ada39d710b47931e49bd9"
    "a63c454ba636da1fc2f421779ba2fb79af0922f15dce526edac375c9663d6808"
    "5cc00cb0c893463b27aa8d429b2eea9c202cac3980cb563c698a";
static const char blob_hash_hex[] =
    "667be4908f7f7b60e365e99d7a77406af1203f77786b317b25dd09811b815379";
static const char word_hex[] =
    "ec877be554b5bfdc310ef3e114ee7fc99ea985e5cbf0820ac982f7f392a2c4e4"
    "4e9c7603d26fb9197b4ca0db687c9914e5b786880b30dad7c6991ad4f4ad450e";

static void
bytes_are(const uint8_t *at, size_t len, const char *hex)
{
	char text[2 * 1024 + 1];

	cr_assert_leq(len, sizeof text / 2);
	hex_put(text, at, len);
	cr_assert_str_eq(text, hex);
}

static void
keys_make(struct seal_keys *keys, unsigned first)
{
	uint8_t seed[SEAL_SEED_SIZE];

	for (unsigned i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)(first + i);
	seal_keys_make(keys, seed);
}

static void
chance_make(uint8_t chance[SEAL_CHANCE_SIZE])
{
	for (unsigned i = 0; i < SEAL_CHANCE_SIZE; i++)
		chance[i] = (uint8_t)(7 * i + 3);
}

/* Sealed to `count` keys, of which keys_make(.., 0) is the last. */
static void
put(struct sealed *sealed, struct bytes text, unsigned count)
{
	uint8_t chance[SEAL_CHANCE_SIZE];
	uint8_t keys[SEAL_RECIPIENTS_MAX][SEAL_KEY_SIZE];
	struct seal_keys pair;

	for (unsigned i = 0; i < count; i++) {
		keys_make(&pair, 32 * (count - 1 - i));
		memcpy(keys[i], pair.public_key, SEAL_KEY_SIZE);
	}
	chance_make(chance);
	seal_put(
	    sealed, text, (const uint8_t(*)[SEAL_KEY_SIZE])keys, count, chance);
}

static struct bytes
blob_of(const struct sealed *sealed)
{
	return bytes_of(sealed->blob, sealed->blob_len);
}

/* By the holder of keys_make(.., first); the text must come back. */
static void
opens(const struct sealed *sealed, struct bytes text, unsigned first)
{
	static uint8_t opened[SEAL_BLOB_MAX];
	struct seal_keys keys;
	size_t len = 0;

	keys_make(&keys, first);
	cr_assert_eq(
	    seal_open(opened, &len, blob_of(sealed), &sealed->commit, &keys),
	    OK);
	cr_assert(bytes_equal(bytes_of(opened, len), text));
}

static enum err
try_open(struct bytes blob, const struct hash *commit, unsigned first)
{
	static uint8_t opened[SEAL_BLOB_MAX];
	struct seal_keys keys;
	size_t len = 77;
	enum err err;

	keys_make(&keys, first);
	opened[0] = 0xa5;
	err = seal_open(opened, &len, blob, commit, &keys);
	if (err != OK) {
		cr_assert_eq(len, 77);
		cr_assert_eq(opened[0], 0xa5);
	}
	return err;
}

Test(seal, has_the_golden_bytes)
{
	uint8_t keys[2][SEAL_KEY_SIZE], chance[SEAL_CHANCE_SIZE];
	struct seal_keys pair;
	struct sealed sealed;

	keys_make(&pair, 0);
	bytes_are(pair.public_key, SEAL_KEY_SIZE, key_hex);
	memcpy(keys[0], pair.public_key, SEAL_KEY_SIZE);
	keys_make(&pair, 32);
	bytes_are(pair.public_key, SEAL_KEY_SIZE, other_key_hex);
	memcpy(keys[1], pair.public_key, SEAL_KEY_SIZE);
	chance_make(chance);
	seal_put(&sealed, bytes_of_text(golden_text),
	    (const uint8_t(*)[SEAL_KEY_SIZE])keys, 2, chance);
	bytes_are(sealed.commit.at, HASH_SIZE, commit_hex);
	bytes_are(sealed.blob, sealed.blob_len, blob_hex);
	bytes_are(sealed.blob_hash.at, HASH_SIZE, blob_hash_hex);
	opens(&sealed, bytes_of_text(golden_text), 0);
	opens(&sealed, bytes_of_text(golden_text), 32);
}

Test(seal, gives_each_recipient_a_box_that_the_library_itself_opens)
{
	uint8_t data_key[32], chance[SEAL_CHANCE_SIZE];
	struct sealed sealed;
	struct seal_keys keys;

	chance_make(chance);
	put(&sealed, bytes_of_text("x"), SEAL_RECIPIENTS_MAX);
	for (unsigned i = 0; i < SEAL_RECIPIENTS_MAX; i++) {
		keys_make(&keys, 32 * (SEAL_RECIPIENTS_MAX - 1 - i));
		cr_assert_eq(
		    crypto_box_seal_open(data_key,
			sealed.blob + FRONT_SIZE + i * SLOT_SIZE + 8,
			SLOT_SIZE - 8, keys.public_key, keys.secret_key),
		    0);
		cr_assert_arr_eq(data_key, chance + 32, sizeof data_key);
	}
}

Test(seal, brings_texts_of_every_length_around_a_block_back)
{
	static uint8_t text[3 * 256];
	struct sealed sealed;

	memset(text, 0x80, sizeof text); /* as the padding begins */
	for (size_t len = 0; len <= sizeof text; len++) {
		size_t blocks = (32 + len) / 256 + 1;

		put(&sealed, bytes_of(text, len), 1);
		cr_assert_eq(sealed.blob_len,
		    FRONT_SIZE + SLOT_SIZE + TAIL_SIZE + blocks * 256);
		cr_assert(seal_blob_is_valid(blob_of(&sealed)));
		opens(&sealed, bytes_of(text, len), 0);
	}
}

Test(seal, takes_the_longest_text_for_all_recipients)
{
	static uint8_t text[SEAL_TEXT_MAX];
	struct sealed sealed;

	memset(text, 'a', sizeof text);
	put(&sealed, bytes_of(text, sizeof text), SEAL_RECIPIENTS_MAX);
	cr_assert(seal_blob_is_valid(blob_of(&sealed)));
	for (unsigned i = 0; i < SEAL_RECIPIENTS_MAX; i++)
		opens(&sealed, bytes_of(text, sizeof text), 32 * i);
}

/* Of the second of two recipients. */
static bool
is_in_id(size_t at)
{
	return at >= FRONT_SIZE + SLOT_SIZE && at < FRONT_SIZE + SLOT_SIZE + 8;
}

Test(seal, notices_every_changed_bit_of_a_blob)
{
	struct sealed sealed;

	put(&sealed, bytes_of_text(golden_text), 2);
	for (size_t bit = 0; bit < 8 * sealed.blob_len; bit++) {
		sealed.blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
		cr_assert_eq(try_open(blob_of(&sealed), &sealed.commit, 0),
		    is_in_id(bit / 8) ? ERR_DENIED : ERR_INVALID, "bit %zu",
		    bit);
		sealed.blob[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	opens(&sealed, bytes_of_text(golden_text), 0);
}

Test(seal, is_denied_to_a_stranger)
{
	struct sealed sealed;

	put(&sealed, bytes_of_text(golden_text), 2);
	cr_assert_eq(
	    try_open(blob_of(&sealed), &sealed.commit, 64), ERR_DENIED);
}

Test(seal, is_not_taken_for_another_text)
{
	struct sealed sealed, other;

	put(&sealed, bytes_of_text("nama: A\n"), 1);
	put(&other, bytes_of_text("nama: B\n"), 1);
	cr_assert_eq(try_open(blob_of(&sealed), &other.commit, 0), ERR_INVALID);
}

/* The writer seals `plain` with a commit of his choice. */
static size_t
forge(uint8_t *blob, struct bytes plain, const struct hash *commit)
{
	uint8_t aad[512];
	unsigned long long cipher_len = 0;
	size_t front_len = FRONT_SIZE + SLOT_SIZE + 24;
	uint8_t chance[SEAL_CHANCE_SIZE];
	struct sealed honest;

	put(&honest, bytes_of_text(""), 1);
	chance_make(chance);
	memcpy(blob, honest.blob, front_len);
	memcpy(aad, "ikrar/blob/1\n", 13);
	memcpy(aad + 13, blob, front_len);
	memcpy(aad + 13 + front_len, commit->at, HASH_SIZE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(blob + front_len,
	    &cipher_len, plain.at, plain.len, aad, 13 + front_len + HASH_SIZE,
	    NULL, chance + 64, chance + 32);
	return front_len + cipher_len;
}

static struct hash
commit_of(struct bytes plain)
{
	struct bytes parts[] = {bytes_of_text("ikrar/commit/1\n"), plain};

	return hash_parts(parts, 2);
}

Test(seal, believes_no_commit_that_the_writer_only_claims)
{
	static uint8_t blob[SEAL_BLOB_MAX], plain[256];
	struct hash commit;
	size_t len;

	plain[40] = 0x80;
	commit = commit_of(bytes_of(plain, sizeof plain));
	len = forge(blob, bytes_of(plain, sizeof plain), &commit);
	cr_assert_eq(try_open(bytes_of(blob, len), &commit, 0), OK);
	commit.at[0] ^= 1;
	len = forge(blob, bytes_of(plain, sizeof plain), &commit);
	cr_assert_eq(try_open(bytes_of(blob, len), &commit, 0), ERR_INVALID);
}

Test(seal, refuses_padding_that_ends_in_the_salt_or_nowhere)
{
	static uint8_t blob[SEAL_BLOB_MAX], plain[256];
	struct hash commit;
	size_t len;

	commit = commit_of(bytes_of(plain, sizeof plain));
	len = forge(blob, bytes_of(plain, sizeof plain), &commit);
	cr_assert_eq(try_open(bytes_of(blob, len), &commit, 0), ERR_INVALID);
	plain[31] = 0x80;
	commit = commit_of(bytes_of(plain, sizeof plain));
	len = forge(blob, bytes_of(plain, sizeof plain), &commit);
	cr_assert_eq(try_open(bytes_of(blob, len), &commit, 0), ERR_INVALID);
	plain[32] = 0x80;
	plain[31] = 0;
	commit = commit_of(bytes_of(plain, sizeof plain));
	len = forge(blob, bytes_of(plain, sizeof plain), &commit);
	cr_assert_eq(try_open(bytes_of(blob, len), &commit, 0), OK);
}

Test(seal, seals_past_a_key_of_small_order_to_the_others)
{
	uint8_t keys[2][SEAL_KEY_SIZE], chance[SEAL_CHANCE_SIZE];
	static const uint8_t zeros[SLOT_SIZE];
	struct sealed sealed;
	struct seal_keys pair;

	memset(keys[0], 0, SEAL_KEY_SIZE);
	keys[0][0] = 1;
	keys_make(&pair, 0);
	memcpy(keys[1], pair.public_key, SEAL_KEY_SIZE);
	cr_assert_not(seal_key_is_usable(keys[0]));
	cr_assert_not(seal_key_is_usable(zeros));
	cr_assert(seal_key_is_usable(keys[1]));
	chance_make(chance);
	seal_put(&sealed, bytes_of_text("x"),
	    (const uint8_t(*)[SEAL_KEY_SIZE])keys, 2, chance);
	cr_assert_arr_eq(sealed.blob + FRONT_SIZE + 8, zeros, SLOT_SIZE - 8);
	opens(&sealed, bytes_of_text("x"), 0);
}

Test(blob, is_valid_whole_and_never_cut_or_lengthened)
{
	static uint8_t longer[SEAL_BLOB_MAX + 256];
	struct sealed sealed;

	put(&sealed, bytes_of_text(golden_text), 3);
	memcpy(longer, sealed.blob, sealed.blob_len);
	for (size_t len = 0; len <= sizeof longer; len++) {
		size_t over = len - sealed.blob_len;
		bool fits = len <= SEAL_BLOB_MAX;
		bool is_more = len + 256 > sealed.blob_len && over % 256 == 0;

		cr_assert_eq(seal_blob_is_valid(bytes_of(longer, len)),
		    is_more && fits, "%zu", len);
	}
}

Test(blob, is_not_valid_of_another_version_or_count)
{
	struct sealed sealed;

	put(&sealed, bytes_of_text(golden_text), 1);
	for (unsigned value = 0; value < 256; value++) {
		sealed.blob[0] = (uint8_t)value;
		cr_assert_eq(seal_blob_is_valid(blob_of(&sealed)), value == 1);
	}
	sealed.blob[0] = 1;
	for (unsigned value = 0; value < 256; value++) {
		sealed.blob[1] = (uint8_t)value;
		cr_assert_eq(seal_blob_is_valid(blob_of(&sealed)), value == 1);
	}
}

Test(recipients, word_has_the_golden_bytes_and_is_for_that_set_only)
{
	struct hash rows = hash_bytes(bytes_of_text("rows"));
	struct recipients_word word = {"ikrar/73.71/1", 2, rows.at};
	uint8_t signature[SIGNATURE_SIZE], seed[SIGN_SEED_SIZE];
	struct sign_keys keys;

	for (unsigned i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)i;
	sign_keys_make(&keys, seed);
	recipients_sign(signature, &word, &keys);
	bytes_are(signature, SIGNATURE_SIZE, word_hex);
	cr_assert(recipients_sign_is_valid(signature, &word, keys.public_key));
	word.version = 3;
	cr_assert_not(
	    recipients_sign_is_valid(signature, &word, keys.public_key));
	word.version = 2;
	word.origin = "ikrar/73.71/2";
	cr_assert_not(
	    recipients_sign_is_valid(signature, &word, keys.public_key));
	word.origin = "ikrar/73.71/1";
	rows.at[31] ^= 1;
	cr_assert_not(
	    recipients_sign_is_valid(signature, &word, keys.public_key));
	rows.at[31] ^= 1;
	keys.public_key[3] ^= 1;
	cr_assert_not(
	    recipients_sign_is_valid(signature, &word, keys.public_key));
}
