/* SPDX-License-Identifier: Apache-2.0 */
#include "node/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

static const char *
source_dir(void)
{
	const char *dir = getenv("IKRAR_SOURCE_DIR");

	return dir == NULL ? "." : dir;
}

Test(words, stand_in_the_file_as_in_the_table)
{
	char path[4096], line[64];
	unsigned count = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/data/words", source_dir());
	file = fopen(path, "r");
	cr_assert_not_null(file, "%s", path);
	for (; fgets(line, sizeof line, file) != NULL; count++) {
		line[strcspn(line, "\n")] = '\0';
		cr_assert_lt(count, WORDS_COUNT);
		cr_assert_str_eq(words_all[count], line);
	}
	fclose(file);
	cr_assert_eq(count, WORDS_COUNT);
}

Test(words, are_sorted_and_short_and_of_plain_letters)
{
	for (unsigned i = 0; i < WORDS_COUNT; i++) {
		size_t len = strlen(words_all[i]);

		cr_expect(i == 0 || strcmp(words_all[i - 1], words_all[i]) < 0,
		    "%s", words_all[i]);
		cr_expect(
		    len >= 4 && len <= WORD_SPOKEN_MAX, "%s", words_all[i]);
		cr_expect_eq(strspn(words_all[i], "abcdefghijklmnopqrstuvwxyz"),
		    len, "%s", words_all[i]);
	}
}

/* One letter changed, added or left out. */
static bool
is_near(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i = 0;

	if (la > lb)
		return is_near(b, a);
	if (lb - la > 1)
		return false;
	while (i < la && a[i] == b[i])
		i++;
	return strcmp(a + i + (la == lb && i < la), b + i + (i < lb)) == 0;
}

Test(words, differ_in_more_than_one_letter)
{
	cr_assert(is_near("bola", "bolu") && is_near("ola", "bola") &&
		  is_near("bola", "bolak") && !is_near("bola", "balu"));
	for (unsigned i = 0; i < WORDS_COUNT; i++)
		for (unsigned k = i + 1; k < WORDS_COUNT; k++)
			cr_assert_not(is_near(words_all[i], words_all[k]),
			    "%s %s", words_all[i], words_all[k]);
}

static struct enrolment
made_up(void)
{
	struct enrolment enrolment;

	memset(enrolment.code_sha256, 1, sizeof enrolment.code_sha256);
	memset(enrolment.sign_key, 2, sizeof enrolment.sign_key);
	memset(enrolment.link_key, 3, sizeof enrolment.link_key);
	memset(enrolment.server_key, 4, sizeof enrolment.server_key);
	memset(enrolment.recipients_pin, 5, sizeof enrolment.recipients_pin);
	return enrolment;
}

/* As Python's hashlib and the lines of data/words give them. */
Test(words, are_the_golden_ones)
{
	struct enrolment enrolment = made_up();
	char text[WORDS_TEXT_MAX];

	words_put(text, &enrolment);
	cr_assert_str_eq(text, "moderat adegan tangguh ibunda pagi bank");
}

Test(words, change_with_any_bit_of_what_they_speak_of)
{
	struct enrolment enrolment = made_up();
	uint8_t *at = (uint8_t *)&enrolment;
	char text[WORDS_TEXT_MAX], other[WORDS_TEXT_MAX];

	words_put(text, &enrolment);
	for (size_t i = 0; i < sizeof enrolment; i++) {
		at[i] ^= 0x80;
		words_put(other, &enrolment);
		cr_expect_str_neq(other, text, "%zu", i);
		at[i] ^= 0x80;
	}
}

Test(words, come_with_a_fingerprint_of_the_server_key)
{
	struct enrolment enrolment = made_up();
	char text[SERVER_TEXT_MAX];

	server_fingerprint_put(text, enrolment.server_key);
	cr_assert_str_eq(text, "3804 1cfe 62e0 7229 fc35 aae7 10e2 ac55");
}
