/* SPDX-License-Identifier: Apache-2.0 */
#include "node/code.h"

#include "trust/hash.h"

#include <ctype.h>
#include <string.h>

#include <criterion/criterion.h>

static struct invite_code
code_make(void)
{
	struct invite_code code = {.kind = 1,
	    .wilayah = "73.04.01",
	    .expires_ms = 1700000000000,
	    .drill = true,
	    .endpoint_count = 2,
	    .endpoints = {"tcp://10.1.2.3:7501", "ipc:///run/ikrar/join"}};

	for (unsigned i = 0; i < sizeof code.secret; i++)
		code.secret[i] = (uint8_t)(200 + i);
	for (unsigned i = 0; i < sizeof code.server_key; i++)
		code.server_key[i] = (uint8_t)(i * 7);
	for (unsigned i = 0; i < sizeof code.recipients_pin; i++)
		code.recipients_pin[i] = (uint8_t)(100 + i);
	return code;
}

static bool
is_same(const struct invite_code *a, const struct invite_code *b)
{
	bool same = a->kind == b->kind && a->expires_ms == b->expires_ms &&
		    a->drill == b->drill &&
		    a->endpoint_count == b->endpoint_count &&
		    strcmp(a->wilayah, b->wilayah) == 0 &&
		    memcmp(a->secret, b->secret, sizeof a->secret) == 0 &&
		    memcmp(a->server_key, b->server_key, 32) == 0 &&
		    memcmp(a->recipients_pin, b->recipients_pin, 16) == 0;

	for (uint32_t i = 0; i < a->endpoint_count && same; i++)
		same = strcmp(a->endpoints[i], b->endpoints[i]) == 0;
	return same;
}

Test(node_code, comes_back_from_its_text)
{
	struct invite_code code = code_make(), read;
	char text[CODE_TEXT_MAX];

	invite_code_put(text, &code);
	cr_assert_eq(strncmp(text, "IKRAR1-", 7), 0);
	cr_assert_eq(strncmp(text + 7, "0B", 2), 0, "version 2 and a bit");
	cr_assert_eq(text[7 + 5], '-');
	cr_assert_eq(invite_code_get(&read, text), OK);
	cr_assert(is_same(&code, &read));
}

/* Made by the program before recipients were pinned: version 1, whole. */
Test(node_code, refuses_a_code_of_the_version_before)
{
	static const char old[] =
	    "IKRAR1-"
	    "074CK-JPBSK-6WXKY-GT79D-7N6NT-VBG20-80000-RQKZ5-D0000-1RE2M-"
	    "E26AH-H70ZM-CKAMB-DH6JW-3QFT2-RS4WT-M6MAZ-DNXRK-5X5P8-86WSJ-"
	    "WC1M5-RR320-8D64R-2WC9E-68Q36-EHQ6M-R3398-79RG0";
	struct invite_code read;

	cr_assert_eq(invite_code_get(&read, old), ERR_INVALID);
}

Test(node_code, holds_the_longest_endpoints)
{
	struct invite_code code = code_make(), read;
	char text[CODE_TEXT_MAX];

	code.endpoint_count = CODE_ENDPOINTS_MAX;
	for (unsigned i = 0; i < CODE_ENDPOINTS_MAX; i++) {
		memset(code.endpoints[i], 'x', ENDPOINT_MAX - 1);
		code.endpoints[i][ENDPOINT_MAX - 1] = '\0';
	}
	memcpy(code.wilayah, "73.71.01.1001", 14);
	invite_code_put(text, &code);
	cr_assert_lt(strlen(text), CODE_TEXT_MAX);
	cr_assert_eq(invite_code_get(&read, text), OK);
	cr_assert(is_same(&code, &read));
}

Test(node_code, is_read_without_regard_to_case_spaces_and_dashes)
{
	struct invite_code code = code_make(), read;
	char text[CODE_TEXT_MAX], loose[2 * CODE_TEXT_MAX];
	size_t len = 0;

	invite_code_put(text, &code);
	for (const char *it = text; *it != '\0'; it++) {
		if (*it == '-')
			continue;
		loose[len] = (char)tolower((unsigned char)*it);
		len++;
		if (len % 7 != 0)
			continue;
		loose[len] = len % 2 == 0 ? ' ' : '\n';
		len++;
	}
	loose[len] = '\0';
	cr_assert_eq(invite_code_get(&read, loose), OK);
	cr_assert(is_same(&code, &read));
}

Test(node_code, takes_the_letters_that_look_like_digits)
{
	struct invite_code code = code_make(), read;
	char text[CODE_TEXT_MAX];
	unsigned changed = 0;

	invite_code_put(text, &code);
	for (char *it = text + 7; *it != '\0'; it++) {
		if (*it == '0')
			*it = 'o';
		else if (*it == '1')
			*it = changed % 2 == 0 ? 'l' : 'I';
		else
			continue;
		changed++;
	}
	cr_assert_gt(changed, 2);
	cr_assert_eq(invite_code_get(&read, text), OK);
	cr_assert(is_same(&code, &read));
}

Test(node_code, refuses_each_single_typo)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*";
	struct invite_code code = code_make(), read;
	char text[CODE_TEXT_MAX];

	invite_code_put(text, &code);
	for (char *it = text; *it != '\0'; it++) {
		char right = *it;

		if (right == '-')
			continue;
		for (const char *wrong = letters; *wrong != '\0'; wrong++) {
			if (*wrong == right || (right == 'I' && *wrong == '1'))
				continue;
			*it = *wrong;
			cr_assert_eq(invite_code_get(&read, text), ERR_INVALID);
		}
		*it = right;
	}
}

Test(node_code, refuses_swapped_neighbours_and_lost_ends)
{
	struct invite_code code = code_make(), read;
	char text[CODE_TEXT_MAX];
	size_t len;

	invite_code_put(text, &code);
	len = strlen(text);
	for (size_t i = 7; i + 1 < len; i++) {
		char a = text[i], b = text[i + 1];

		if (a == b || a == '-' || b == '-')
			continue;
		text[i] = b;
		text[i + 1] = a;
		cr_assert_eq(invite_code_get(&read, text), ERR_INVALID);
		text[i] = a;
		text[i + 1] = b;
	}
	for (size_t i = 0; i < len; i++) {
		char kept = text[i];

		text[i] = '\0';
		cr_assert_eq(invite_code_get(&read, text), ERR_INVALID);
		text[i] = kept;
	}
	cr_assert_eq(invite_code_get(&read, text), OK);
}

Test(node_code, is_known_by_the_hash_of_its_secret_alone)
{
	struct invite_code code = code_make();
	uint8_t hash[EVENT_HASH_SIZE], other[EVENT_HASH_SIZE];
	struct hash wanted =
	    hash_bytes(bytes_of(code.secret, sizeof code.secret));

	invite_code_hash(&code, hash);
	cr_assert_eq(memcmp(hash, wanted.at, sizeof hash), 0);
	code.secret[15] ^= 1;
	invite_code_hash(&code, other);
	cr_assert_neq(memcmp(hash, other, sizeof hash), 0);
}
