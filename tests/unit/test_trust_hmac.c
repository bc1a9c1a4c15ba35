/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/hmac.h"

#include <string.h>

#include <criterion/criterion.h>

static void
is(const char *key, size_t key_len, const char *text, const char *want)
{
	/* In two parts: where they meet must not matter. */
	struct bytes parts[] = {
	    bytes_of(text, 3), bytes_of(text + 3, strlen(text) - 3)};
	struct hash mac = hmac_parts(bytes_of(key, key_len), parts, 2);
	char hex[2 * HASH_SIZE + 1];

	hex_put(hex, mac.at, HASH_SIZE);
	cr_assert_str_eq(hex, want);
}

Test(trust_hmac, gives_the_values_of_rfc_4231)
{
	char key[131];

	memset(key, 0x0b, 20);
	is(key, 20, "Hi There",
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	is("Jefe", 4, "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key); /* longer than a block */
	is(key, sizeof key,
	    "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}
