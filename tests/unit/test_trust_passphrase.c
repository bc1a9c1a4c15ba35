/* SPDX-License-Identifier: Apache-2.0 */
/* Golden bytes: computed with libsodium from Python, not with this code. */
#include "trust/passphrase.h"

#include <string.h>

#include <criterion/criterion.h>

static const char golden_hex[] =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "202122232425262720e832d7b4da33e96c533c3e521e1986cb406b4ec47e2f23"
    "9af43c5564b68bbeb51f6fc4f5e001aaf04ed1373d745773";
static const char golden_words[] = "kata sandi yang panjang";

static void
secret_make(uint8_t secret[PASSPHRASE_SECRET_SIZE])
{
	for (int i = 0; i < PASSPHRASE_SECRET_SIZE; i++)
		secret[i] = (uint8_t)(100 + i);
}

Test(passphrase, locks_into_the_golden_bytes)
{
	uint8_t locked[PASSPHRASE_LOCKED_SIZE], chance[PASSPHRASE_CHANCE_SIZE];
	uint8_t secret[PASSPHRASE_SECRET_SIZE];
	char hex[2 * PASSPHRASE_LOCKED_SIZE + 1];

	for (int i = 0; i < PASSPHRASE_CHANCE_SIZE; i++)
		chance[i] = (uint8_t)i;
	secret_make(secret);
	cr_assert_eq(passphrase_lock(
			 locked, secret, bytes_of_text(golden_words), chance),
	    OK);
	hex_put(hex, locked, sizeof locked);
	cr_assert_str_eq(hex, golden_hex);
}

Test(passphrase, unlocks_with_its_own_words_alone)
{
	uint8_t locked[PASSPHRASE_LOCKED_SIZE];
	uint8_t secret[PASSPHRASE_SECRET_SIZE], wanted[PASSPHRASE_SECRET_SIZE];

	secret_make(wanted);
	cr_assert_eq(hex_get(locked, sizeof locked, golden_hex), OK);
	cr_assert_eq(
	    passphrase_unlock(secret, locked, bytes_of_text(golden_words)), OK);
	cr_assert_arr_eq(secret, wanted, sizeof secret);
	cr_assert_eq(passphrase_unlock(secret, locked,
			 bytes_of_text("kata sandi yang Panjang")),
	    ERR_DENIED);
	cr_assert_eq(
	    passphrase_unlock(secret, locked, bytes_of_text("")), ERR_DENIED);
}

Test(passphrase, notices_damage_in_salt_nonce_and_box)
{
	static const size_t at[] = {0, 16, 40, 87};
	uint8_t locked[PASSPHRASE_LOCKED_SIZE];
	uint8_t secret[PASSPHRASE_SECRET_SIZE];

	cr_assert_eq(hex_get(locked, sizeof locked, golden_hex), OK);
	for (unsigned i = 0; i < sizeof at / sizeof *at; i++) {
		locked[at[i]] ^= 1;
		cr_assert_eq(passphrase_unlock(
				 secret, locked, bytes_of_text(golden_words)),
		    ERR_DENIED);
		locked[at[i]] ^= 1;
	}
}
