/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bytes.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

Test(core_bytes, puts_numbers_with_the_greatest_byte_first)
{
	uint8_t at[8];
	const uint8_t wanted[8] = {1, 2, 3, 4, 5, 6, 7, 0xff};

	be64_put(at, 0x01020304050607ff);
	cr_assert_arr_eq(at, wanted, 8);
	cr_assert_eq(be64_get(at), 0x01020304050607ff);
	cr_assert_eq(be32_get(at + 4), 0x050607ff);
	cr_assert_eq(be16_get(at + 6), 0x07ff);
	be32_put(at, UINT32_MAX);
	cr_assert_eq(be32_get(at), UINT32_MAX);
	be16_put(at, 0x8001);
	cr_assert_eq(be16_get(at), 0x8001);
}

Test(core_bytes, compares_runs_of_bytes_by_length_and_content)
{
	cr_assert(bytes_equal(bytes_of_text("ab"), bytes_of("abc", 2)));
	cr_assert(bytes_equal(bytes_of(NULL, 0), bytes_of_text("")));
	cr_assert_not(bytes_equal(bytes_of_text("ab"), bytes_of_text("abc")));
	cr_assert_not(bytes_equal(bytes_of_text("ab"), bytes_of_text("ac")));
}

Test(core_bytes, reads_hex_of_the_exact_length_only)
{
	const uint8_t from[3] = {0, 0xa5, 0xff};
	uint8_t at[3] = {9, 9, 9};
	char text[7];

	hex_put(text, from, 3);
	cr_assert_str_eq(text, "00a5ff");
	cr_assert_eq(hex_get(at, 3, "00A5fF"), OK);
	cr_assert_arr_eq(at, from, 3);
	memset(at, 9, 3);
	cr_assert_eq(hex_get(at, 3, "00a5f"), ERR_INVALID);
	cr_assert_eq(hex_get(at, 3, "00a5ff0"), ERR_INVALID);
	cr_assert_eq(hex_get(at, 3, "00a5fg"), ERR_INVALID);
	cr_assert_eq(hex_get(at, 3, "0x00a5"), ERR_INVALID);
	cr_assert_eq(at[0], 9, "untouched");
}

Test(core_bytes, writes_the_base64_of_rfc_4648)
{
	static const char *const rows[][2] = {{"", ""}, {"f", "Zg=="},
	    {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	    {"\xff\xfe\xfd", "//79"}, {"\xfb\xef\xbe", "++++"}};
	char text[BASE64_SIZE(6)];
	uint8_t at[6];
	size_t len;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bytes from = bytes_of_text(rows[i][0]);

		base64_put(text, from.at, from.len);
		cr_assert_str_eq(text, rows[i][1]);
		cr_assert_eq(base64_get(at, 6, &len, text, strlen(text)), OK);
		cr_assert(bytes_equal(bytes_of(at, len), from));
	}
}

Test(core_bytes, takes_no_base64_but_the_strict_form)
{
	static const char *const bad[] = {"Zg",
	    "Zg=", "Zg===", "Zh==", "Zm9=", "=m9v", "Z===", "Zm9v\n", "Zm-_",
	    "Zg==Zm9v", "Zm 9"};
	uint8_t at[16];
	size_t len = 77;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_eq(
		    base64_get(at, sizeof at, &len, bad[i], strlen(bad[i])),
		    ERR_INVALID, "%s", bad[i]);
	cr_assert_eq(base64_get(at, 16, &len, "Zm\0v", 4), ERR_INVALID);
	cr_assert_eq(base64_get(at, 2, &len, "Zm9v", 4), ERR_INVALID);
	cr_assert_eq(len, 77);
	cr_assert_eq(base64_get(at, 2, &len, "Zm8=", 4), OK);
	cr_assert_eq(len, 2);
}

Test(core_bytes, reads_whole_decimal_numbers_within_their_range_only)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "01",
	    "00", "0x1", "1.0", "1e3", "18446744073709551616",
	    "99999999999999999999", "a"};
	uint64_t value = 77;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_eq(u64_get(&value, bad[i], 0, UINT64_MAX),
		    ERR_INVALID, "%s", bad[i]);
	cr_assert_eq(u64_get(&value, "4", 5, 9), ERR_INVALID);
	cr_assert_eq(u64_get(&value, "10", 5, 9), ERR_INVALID);
	cr_assert_eq(value, 77);
	cr_assert_eq(u64_get(&value, "5", 5, 9), OK);
	cr_assert_eq(u64_get(&value, "9", 5, 9), OK);
	cr_assert_eq(u64_get(&value, "0", 0, 0), OK);
	cr_assert_eq(
	    u64_get(&value, "18446744073709551615", 0, UINT64_MAX), OK);
	cr_assert_eq(value, UINT64_MAX);
}

Test(core_bytes, cuts_and_ends_a_text_that_does_not_fit)
{
	char to[4];

	cr_assert(text_copy(to, sizeof to, "abc"));
	cr_assert_str_eq(to, "abc");
	cr_assert_not(text_copy(to, sizeof to, "defg"));
	cr_assert_str_eq(to, "def");
}

Test(core_bytes, grows_a_text_as_long_as_needed)
{
	struct text_buf buf = {0};

	for (int i = 0; i < 1000; i++)
		text_buf_add(&buf, "%d,", i % 10);
	cr_assert_eq(buf.len, 2000);
	cr_assert_eq(strlen(buf.at), 2000);
	text_buf_add_bytes(&buf, "a\0b", 3);
	cr_assert_eq(buf.len, 2003);
	cr_assert_eq(buf.at[2002], 'b');
	cr_assert_eq(buf.at[2003], '\0');
	text_buf_clear(&buf);
	text_buf_add(&buf, "%s", "");
	cr_assert_str_eq(buf.at, "");
	text_buf_clear(&buf);
}

Test(core_bytes, gives_zeroed_memory_even_of_no_size)
{
	uint8_t *at = xcalloc(3, 1);
	void *none = xcalloc(0, 8);

	cr_assert_eq(at[0] | at[1] | at[2], 0);
	cr_assert_not_null(none);
	free(at);
	free(none);
}

Test(core_bytes, aborts_when_there_is_no_memory, .signal = SIGABRT)
{
	volatile size_t huge = SIZE_MAX / 2;

	free(xrealloc(NULL, huge, 4));
}
