/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/recipients.h"

#include <criterion/criterion.h>

#include "collector/show.h"
#include "tests/unit/test_collector_place.h"

static struct place place;

static void
open_place(void)
{
	place_make(&place);
	place_capture(&place, "");
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(recipients, .init = open_place, .fini = close_place);

static int
run(const char *confirm)
{
	struct recipients_words words = {.home = place.words,
	    .confirm = confirm == NULL ? NULL : word_of(confirm)};

	place_capture(&place, "");
	return recipients_show(&words);
}

static void
expect_text(const char *name, const char *text)
{
	char *all = place_read(&place, name);

	cr_expect(
	    strstr(all, text) != NULL, "no \"%s\" in %s:\n%s", text, name, all);
	free(all);
}

static struct spool_recipients
set_now(void)
{
	struct spool_recipients set;

	place_open(&place);
	spool_recipients(place.home.spool, &set);
	place_close(&place);
	return set;
}

static bool
take(const struct recipients_changed *changed)
{
	bool is_taken;

	place_open(&place);
	is_taken = spool_take_recipients(
	    place.home.spool, place.home.region.origin, changed);
	place_close(&place);
	return is_taken;
}

Test(recipients, says_what_to_do_before_there_are_any)
{
	cr_assert_eq(run(NULL), 0);
	expect_text("out", "recipients --confirm SIDIK");
	expect_text("out", "pinned    belum ada");
}

Test(recipients, takes_the_set_that_a_person_confirmed_and_shows_it)
{
	struct recipients_changed changed = place_recipients();
	uint8_t fingerprint[RECIPIENTS_PIN_SIZE];
	struct spool_recipients set;
	char pin[RECIPIENTS_PIN_TEXT];

	recipients_pin_put(pin, changed.part.sha256);
	cr_assert_eq(run(pin), 0);
	expect_text("out", pin);
	expect_text("out", "inspektorat");
	cr_assert(take(&changed));
	set = set_now();
	recipients_fingerprint(fingerprint, &set);
	cr_expect_arr_eq(fingerprint, changed.part.sha256, sizeof fingerprint);
	cr_assert_eq(run(NULL), 0);
	expect_text("out", "  insp-makassar\n  insp-sulsel\n");
	expect_text("out", pin);
}

Test(recipients, reads_a_fingerprint_as_people_write_it)
{
	static const char *const good[] = {"000102030405060708090A0b0c0d0e0f",
	    "0001 0203 0405 0607 0809 0a0b 0c0d 0e0f",
	    " 0001-0203-0405-0607-0809-0a0b-0c0d-0e0f "};

	for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct spool_recipients set;

		cr_expect_eq(run(good[i]), 0, "%s", good[i]);
		set = set_now();
		cr_expect(set.is_pinned);
		for (unsigned k = 0; k < RECIPIENTS_PIN_SIZE; k++)
			cr_expect_eq(set.pin[k], k);
	}
}

Test(recipients, refuses_what_is_no_fingerprint)
{
	static const char *const bad[] = {"", "0001",
	    "000102030405060708090a0b0c0d0e0",
	    "000102030405060708090a0b0c0d0e0fa",
	    "000102030405060708090a0b0c0d0e0g",
	    "00000000000000000000000000000000",
	    "0001:0203:0405:0607:0809:0a0b:0c0d:0e0f"};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		cr_expect_eq(run(bad[i]), 1, "%s", bad[i]);
		expect_text("err", "bukan sidik penerima");
	}
	cr_expect_not(set_now().is_pinned);
}

Test(recipients, warns_of_a_set_that_is_not_believed)
{
	struct recipients_changed changed = place_recipients();

	place_take_recipients(&place);
	changed.part.version = 2;
	cr_expect_not(take(&changed));
	cr_assert_eq(run(NULL), 0);
	expect_text("out", "(versi 1)");
	expect_text("out", "daftar penerima versi 2");
	expect_text("out", "Telepon inspektorat");
}

Test(recipients, says_when_the_region_has_others_than_confirmed)
{
	struct recipients_changed changed = place_recipients();
	const struct show_words show = {.home = place.words};

	cr_assert_eq(run("000102030405060708090a0b0c0d0e0f"), 0);
	cr_assert_eq(run(NULL), 0);
	expect_text("out", "belum datang dari wilayah");
	cr_expect_not(take(&changed));
	cr_assert_eq(run(NULL), 0);
	expect_text("out", "tidak cocok dengan sidik");
	cr_assert_eq(show_status(&show), 0);
	expect_text("out", "dan tidak dipakai");
}
