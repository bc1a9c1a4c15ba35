/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/quarantine.h"

#include <criterion/criterion.h>

#include "collector/enter.h"
#include "collector/show.h"
#include "tests/unit/test_collector_place.h"

static struct place place;

/* A sealed incident and a pledge; the region refused the first. */
static void
open_place(void)
{
	char *units[] = {word_of("KEL-73.71.04.1008=pns:12/11,head")};
	char *sealed;
	struct enter_words words;

	place_make(&place);
	place_take_slices(&place);
	place_take_recipients(&place);
	sealed = temp_dir_path(place.dir, "sealed");
	temp_dir_write(place.dir, "sealed", "uraian: contoh\n");
	words = (struct enter_words){.home = place.words,
	    .yes = true,
	    .pledge = {.campaign = word_of("PILKADA2024"),
		.act = word_of("pakta"),
		.form = word_of("APEL"),
		.made = word_of("2024-10-01 08:00"),
		.template = word_of("IKRAR-4-POIN"),
		.units = {units, 1}},
	    .incident = {.unit = word_of("KEL-73.71.04.1008"),
		.act = word_of("APK"),
		.happened = word_of("2024-09-30"),
		.source = word_of("WARGA"),
		.subject = word_of("PNS"),
		.sealed = sealed}};
	place_capture(&place, "");
	CHECK(enter_incident(&words) == 0);
	CHECK(enter_pledge(&words) == 0);
	place_take_receipt(&place, 2, 1);
	place_capture(&place, "");
	free(sealed);
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(quarantine, .init = open_place, .fini = close_place);

static int
quarantine(const char *verb, const char *seq, const char *reason, bool yes)
{
	char *rest[] = {word_of(verb), word_of(seq)};
	struct quarantine_words words = {
	    .home = place.words, .reason = word_of(reason), .yes = yes};

	return quarantine_run(
	    &words, &(struct conf_texts){rest, seq == NULL ? 1 : 2});
}

static void
expect_text(const char *name, const char *text)
{
	char *all = place_read(&place, name);

	cr_expect(
	    strstr(all, text) != NULL, "no \"%s\" in %s:\n%s", text, name, all);
	free(all);
}

static uint64_t
last_seq(void)
{
	uint64_t last;

	place_open(&place);
	last = place.home.status.last_seq;
	place_close(&place);
	return last;
}

Test(quarantine, lists_what_was_refused_why_and_what_can_be_done)
{
	cr_assert_eq(quarantine("list", NULL, NULL, false), 0);
	expect_text("out", "dugaan pelanggaran KEL-73.71.04.1008 APK");
	expect_text("out", "unit tidak ada di daftar (unknown_unit)");
	expect_text("out", "1 belum ditangani");
	expect_text("out", "quarantine retry NOMOR");
}

Test(quarantine, asks_before_it_records_again)
{
	place_capture(&place, "t\n");
	cr_assert_eq(quarantine("retry", "1", NULL, false), 1);
	expect_text("out", "Yang akan disimpan");
	expect_text("out", "Catatan 1 ditolak: unit tidak ada di daftar.");
	expect_text("err", "Tidak disimpan.");
	cr_assert_eq(last_seq(), 2);
	place_capture(&place, "y\n");
	cr_assert_eq(quarantine("retry", "1", NULL, false), 0);
	expect_text("out", "tersimpan 3");
	cr_assert_eq(last_seq(), 3);
}

Test(quarantine, takes_the_sealed_part_along)
{
	struct bytes old, new;
	uint8_t *kept;

	cr_assert_eq(quarantine("retry", "1", NULL, true), 0);
	place_open(&place);
	cr_assert_eq(spool_blob(place.home.spool, 1, &old), OK);
	kept = xcalloc(1, old.len);
	memcpy(kept, old.at, old.len);
	old = bytes_of(kept, old.len);
	cr_assert_eq(spool_blob(place.home.spool, 3, &new), OK);
	cr_assert(bytes_equal(old, new));
	spool_row_done(place.home.spool);
	place_close(&place);
	free(kept);
}

Test(quarantine, shows_a_dropped_row_as_dropped_ever_after)
{
	struct show_words words = {.home = place.words};

	cr_assert_eq(quarantine("drop", "1", "GANDA", false), 0);
	expect_text("out", "disisihkan / dropped 1 (GANDA)");
	cr_assert_eq(show_list(&words), 0);
	expect_text("out", "disisihkan / dropped: GANDA");
	cr_assert_eq(show_record(&words, "1"), 0);
	expect_text("out", "disisihkan / dropped 2 Oktober 2024");
	cr_assert_eq(quarantine("retry", "1", NULL, true), 1);
	expect_text("err", "sudah ditangani");
	cr_assert_eq(last_seq(), 2);
}

Test(quarantine, drops_only_with_a_known_reason)
{
	cr_expect_eq(quarantine("drop", "1", NULL, false), 1);
	expect_text("err", "SALAH_INPUT (salah input)");
	cr_expect_eq(quarantine("drop", "1", "BOSAN", false), 1);
	cr_assert_eq(quarantine("drop", "1", "BATAL", false), 0);
}

Test(quarantine, leaves_what_was_not_refused_alone)
{
	cr_expect_eq(quarantine("drop", "2", "GANDA", false), 1);
	expect_text("err", "Catatan 2 tidak ditolak (keadaannya: diterima)");
	cr_expect_eq(quarantine("retry", "2", NULL, true), 1);
	cr_expect_eq(quarantine("retry", "7", NULL, true), 1);
	expect_text("err", "Tidak ada catatan nomor 7.");
	cr_expect_eq(last_seq(), 2);
}

Test(quarantine, says_how_it_is_asked)
{
	cr_expect_eq(quarantine("hapus", "1", NULL, false), 64);
	cr_expect_eq(quarantine("retry", NULL, NULL, false), 64);
	expect_text("err", "quarantine list, show NOMOR, retry NOMOR");
}
