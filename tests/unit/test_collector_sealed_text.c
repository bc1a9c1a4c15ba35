/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/sealed_text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct sealed_text text;
static struct sentence why;

static enum err
get_bytes(const void *at, size_t len)
{
	char *file = xcalloc(len + 1, 1);
	enum err err;

	memcpy(file, at, len);
	err = sealed_text_get(&text, file, len, &why);
	free(file);
	return err;
}

static enum err
get(const char *file)
{
	return get_bytes(file, strlen(file));
}

static void
expect_text(const char *wanted)
{
	cr_expect_eq(text.len, strlen(wanted), "%.*s", (int)text.len, text.at);
	cr_expect_arr_eq(
	    text.at, wanted, strlen(wanted), "%.*s", (int)text.len, text.at);
}

Test(sealed_text, puts_the_keys_into_one_order)
{
	cr_assert_eq(get("kontak: 0812\nnama: Budi\nnip: 198503302010011001\n"
			 "uraian: Memasang spanduk.\nDua kali.\n"),
	    OK, "%s", why.id);
	expect_text("nama: Budi\nnip: 198503302010011001\nkontak: 0812\n"
		    "uraian:\nMemasang spanduk.\nDua kali.\n");
	cr_expect_eq(text.keys, 1u << SEALED_NAMA | 1u << SEALED_NIP |
				    1u << SEALED_KONTAK | 1u << SEALED_URAIAN);
}

Test(sealed_text, makes_of_the_canonical_text_the_same_again)
{
	struct sealed_text first;

	cr_assert_eq(get("  PELAPOR :  RT 02 \n\nwaktu:08.15\nURAIAN:\n\n a: b "
			 "\n\n c\n\n"),
	    OK, "%s", why.id);
	expect_text("waktu: 08.15\npelapor: RT 02\nuraian:\na: b \n\n c\n");
	first = text;
	cr_assert_eq(get_bytes(first.at, first.len), OK);
	cr_expect_eq(text.len, first.len);
	cr_expect_arr_eq(text.at, first.at, first.len);
}

Test(sealed_text, takes_what_editors_of_windows_write)
{
	cr_assert_eq(get("\xef\xbb\xbf"
			 "nama: S\xc3\xa9nia\r\nuraian: satu\r\n"
			 "dua\r\n"),
	    OK, "%s", why.id);
	expect_text("nama: S\xc3\xa9nia\nuraian:\nsatu\ndua\n");
}

Test(sealed_text, counts_keys_without_a_value_for_nothing)
{
	cr_assert_eq(get("nama:\nnip: \ntempat: Kantor Lurah\nuraian:\n"), OK);
	expect_text("tempat: Kantor Lurah\n");
	cr_expect_eq(text.keys, 1u << SEALED_TEMPAT);
}

Test(sealed_text, keeps_every_line_of_the_narrative)
{
	cr_assert_eq(get("uraian: satu\nnama: bukan kunci di sini\nuraian: "
			 "juga bukan"),
	    OK);
	expect_text("uraian:\nsatu\nnama: bukan kunci di sini\nuraian: juga "
		    "bukan\n");
	cr_expect_eq(text.keys, 1u << SEALED_URAIAN);
}

/* What is refused, in which line, and how the sentence goes on. */
static const struct {
	const char *file, *says;
} bad[] = {
    {"", "tidak ada isinya"},
    {"\n \n\n", "tidak ada isinya"},
    {"uraian:  \n\n", "tidak ada isinya"},
    {"\xef\xbb\xbf", "tidak ada isinya"},
    {"nama: A\nBudi memukul\n", "baris 2 tidak dimulai dengan kunci"},
    {"nama: A\n\nalamat: B\n", "baris 3 tidak dimulai dengan kunci"},
    {": A\n", "baris 1 tidak dimulai dengan kunci"},
    {"namaku: A\n", "baris 1 tidak dimulai dengan kunci"},
    {"nam: A\n", "baris 1 tidak dimulai dengan kunci"},
    {"nama: A\nNAMA: B\n", "baris 2 menyebut nama sekali lagi"},
    {"nama:\nnama: B\n", "baris 2 menyebut nama sekali lagi"},
    {"nama: A\tB\n", "baris 1 berisi tanda yang tidak terlihat"},
    {"uraian: a\nb\x1b[2J\n", "baris 2 berisi tanda yang tidak terlihat"},
    {"uraian: a\rb\n", "baris 1 berisi tanda yang tidak terlihat"},
    {"uraian: a\x7f\n", "baris 1 berisi tanda yang tidak terlihat"},
    {"uraian: a\xc2\x9b"
     "2J\n",
	"baris 1 berisi tanda yang tidak terlihat"},
    {"uraian: a\xe2\x80\xae"
     "b\n",
	"baris 1 berisi tanda yang tidak terlihat"},
    {"nama: A\nuraian: \xff\n", "baris 2 bukan UTF-8"},
    {"uraian: \xc0\xaf\n", "baris 1 bukan UTF-8"},
    {"uraian: \xed\xa0\x80\n", "baris 1 bukan UTF-8"},
    {"uraian: \xe2\x80", "baris 1 bukan UTF-8"},
};

Test(sealed_text, refuses_what_it_does_not_know_by_the_line)
{
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cr_expect_eq(get(bad[i].file), ERR_INVALID, "%u", i);
		cr_expect(
		    strstr(why.id, bad[i].says) != NULL, "%u: %s", i, why.id);
		cr_expect_eq(text.len, 0, "%u", i);
	}
}

Test(sealed_text, refuses_a_nul)
{
	cr_expect_eq(get_bytes("nama: A\0nip: 1\n", 15), ERR_INVALID);
	cr_expect(strstr(why.id, "baris 1") != NULL);
}

Test(sealed_text, quotes_nothing_in_what_it_says)
{
	cr_expect_eq(get("Budi: rahasia\n"), ERR_INVALID);
	cr_expect_null(strstr(why.id, "Budi"));
	cr_expect_null(strstr(why.en, "Budi"));
	cr_expect_eq(get("nama: rahasia\nnama: rahasia\n"), ERR_INVALID);
	cr_expect_null(strstr(why.id, "rahasia"));
}

Test(sealed_text, takes_as_much_as_can_be_sealed_and_no_more)
{
	static const char head[] = "uraian:\n";
	char file[SEAL_TEXT_MAX + 2];
	size_t len = SEAL_TEXT_MAX - 1;

	memset(file, 'x', sizeof file);
	memcpy(file, head, sizeof head - 1);
	cr_assert_eq(get_bytes(file, len), OK);
	cr_expect_eq(text.len, SEAL_TEXT_MAX, "with the last line feed");
	cr_expect_eq(get_bytes(file, len + 1), ERR_INVALID);
	cr_expect(
	    strstr(why.id, "isinya 15001 byte, paling banyak 15000") != NULL,
	    "%s", why.id);
	cr_expect_eq(text.at[sizeof head], 0, "wiped");
}

Test(sealed_text, is_wiped_when_it_is_cleared)
{
	static const struct sealed_text zeros;

	cr_assert_eq(get("nama: Budi\n"), OK);
	sealed_text_clear(&text);
	cr_expect_arr_eq(&text, &zeros, sizeof text);
}
