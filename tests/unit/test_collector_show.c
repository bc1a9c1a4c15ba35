/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/show.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "collector/enter.h"
#include "core/link.h"
#include "core/log.h"
#include "tests/unit/test_collector_place.h"

static struct place place;

/* Two pledges, an incident and its correction. */
static void
open_place(void)
{
	char *units[] = {word_of("KEL-73.71.04.1008=pns:12/11,head"),
	    word_of("KEL-73.71.04.1009=pns:9/9")};
	struct enter_words words;

	place_make(&place);
	place_take_slices(&place);
	words = (struct enter_words){.home = place.words,
	    .yes = true,
	    .pledge = {.campaign = word_of("PILKADA2024"),
		.act = word_of("pakta"),
		.form = word_of("APEL"),
		.made = word_of("2024-10-01 08:00"),
		.template = word_of("IKRAR-4-POIN"),
		.units = {units, 2}},
	    .incident = {.unit = word_of("KEL-73.71.04.1008"),
		.act = word_of("APK"),
		.happened = word_of("2024-09-30"),
		.source = word_of("WARGA"),
		.subject = word_of("PNS")}};
	place_capture(&place, "");
	CHECK(enter_pledge(&words) == 0);
	CHECK(enter_incident(&words) == 0);
	words.pledge = (struct pledge_words){.act = word_of("SOS")};
	words.incident = (struct incident_words){0};
	CHECK(enter_correction(&words, "3") == 0);
	place_capture(&place, "");
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(show, .init = open_place, .fini = close_place);

static struct show_words
words_of(bool json)
{
	return (struct show_words){.home = place.words, .json = json};
}

/* Each run of blanks and line breaks as one blank: lines are broken where the
 * width ends. */
static void
squeeze(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		bool is_blank = *at == ' ' || *at == '\n';

		if (!is_blank)
			*to++ = *at;
		else if (to == text || to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
}

static void
expect_text(const char *name, const char *text)
{
	char *all = place_read(&place, name);
	char *wanted = xstrdup(text);

	squeeze(all);
	squeeze(wanted);
	cr_expect(strstr(all, wanted) != NULL, "no \"%s\" in %s:\n%s", wanted,
	    name, all);
	free(wanted);
	free(all);
}

static json_t *
read_json(void)
{
	char *all = place_read(&place, "out");
	json_t *json = json_loads(all, JSON_REJECT_DUPLICATES, NULL);

	cr_assert_not_null(json, "no JSON: %s", all);
	free(all);
	return json;
}

static json_int_t
number_of(const json_t *json, const char *name)
{
	const json_t *value = json_object_get(json, name);

	cr_assert(json_is_integer(value), "no number %s", name);
	return json_integer_value(value);
}

static void
expect_word(const json_t *json, const char *name, const char *word)
{
	const char *text = json_string_value(json_object_get(json, name));

	cr_assert_not_null(text, "no text %s", name);
	cr_expect_str_eq(text, word);
}

Test(show, prints_a_record_in_words)
{
	struct show_words words = words_of(false);

	cr_assert_eq(show_record(&words, "1"), 0);
	expect_text("out", "LATIHAN");
	expect_text("out", "Catatan 1: pakta integritas, dicatat 2 Oktober "
			   "2024 10.00 WITA");
	expect_text("out", "KEL-73.71.04.1008 (Kelurahan Melati)");
	expect_text("out", "tersimpan di disk ini, belum dikirim");
}

Test(show, says_the_receipt_and_what_was_refused)
{
	struct show_words words = words_of(false);

	place_take_receipt(&place, 2, 2);
	cr_assert_eq(show_record(&words, "1"), 0);
	expect_text("out", "Keadaan / state: diterima\n");
	expect_text("out", "2 Oktober 2024 10.01 WITA, indeks log 41");
	cr_assert_eq(show_record(&words, "2"), 0);
	expect_text("out", "ditolak: unit tidak ada di daftar (unknown_unit)");
}

Test(show, says_that_a_record_was_corrected)
{
	struct show_words words = words_of(false);

	cr_assert_eq(show_record(&words, "3"), 0);
	expect_text("out", "dugaan pelanggaran");
	expect_text("out", "Sudah diganti oleh catatan 4.");
}

Test(show, prints_a_record_as_json)
{
	struct show_words words = words_of(true);
	json_t *json, *body, *pns;

	place_take_receipt(&place, 2, 0);
	cr_assert_eq(show_record(&words, "1"), 0);
	json = read_json();
	expect_word(json, "kind", "PledgeMade");
	expect_word(json, "state", "diterima");
	body = json_object_get(json, "body");
	expect_word(body, "unit", "KEL-73.71.04.1008");
	expect_word(body, "act", "pakta");
	pns = json_object_get(body, "pns");
	cr_expect_eq(number_of(pns, "signed"), 11);
	cr_expect_null(json_object_get(body, "pppk"));
	cr_expect_eq(number_of(json_object_get(json, "receipt"), "index"), 41);
	json_decref(json);
}

Test(show, refuses_a_number_that_is_not_there)
{
	struct show_words words = words_of(false);

	cr_expect_eq(show_record(&words, "5"), 1);
	expect_text("err", "Tidak ada catatan nomor 5; yang terakhir nomor 4.");
	cr_expect_eq(show_record(&words, "0"), 1);
	cr_expect_eq(show_record(&words, "-1"), 1);
}

Test(show, lists_one_line_a_record_from_where_it_is_asked)
{
	struct show_words words = words_of(true);
	char *all, *line, *rest;
	json_int_t seq = 2;

	words.from = 2;
	cr_assert_eq(show_list(&words), 0);
	all = place_read(&place, "out");
	rest = all;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		json_t *json = json_loads(line, 0, NULL);

		cr_assert_not_null(json, "%s", line);
		cr_expect_eq(number_of(json, "seq"), seq++);
		json_decref(json);
	}
	cr_expect_eq(seq, 5);
	free(all);
}

Test(show, adds_up_the_states_of_all_records)
{
	struct show_words words = words_of(true);
	json_t *json;

	place_take_receipt(&place, 2, 2);
	place_open(&place);
	spool_note_sent(place.home.spool, 3);
	spool_note_link(place.home.spool, LINK_READY, REJECT_FORK);
	spool_note_contact(place.home.spool, local_ms(PLACE_NOW), -1500);
	cr_assert_eq(spool_flush(place.home.spool), OK);
	place_close(&place);
	cr_assert_eq(show_status(&words), 0);
	json = read_json();
	cr_expect_eq(number_of(json, "last_seq"), 4);
	cr_expect_eq(number_of(json, "receipted_seq"), 2);
	cr_expect_eq(number_of(json, "received"), 1);
	cr_expect_eq(number_of(json, "refused"), 1);
	cr_expect_eq(number_of(json, "sent"), 1);
	cr_expect_eq(number_of(json, "stored"), 1);
	cr_expect_eq(number_of(json, "clock_offset_ms"), -1500);
	cr_expect_eq(number_of(json, "roster_version"), 1);
	expect_word(json, "halted", "fork");
	expect_word(json, "link", "closed");
	json_decref(json);
}

Test(show, says_how_long_the_link_is_down_and_what_to_do)
{
	struct show_words words = words_of(false);

	place_open(&place);
	spool_note_link(place.home.spool, LINK_DEAD, REJECT_REVOKED);
	spool_note_contact(
	    place.home.spool, local_ms("2024-10-01 07:00"), 3600 * 1000);
	cr_assert_eq(spool_flush(place.home.spool), OK);
	place_close(&place);
	cr_assert_eq(show_status(&words), 0);
	expect_text("out", "LATIHAN");
	expect_text("out", "4: tersimpan 4, terkirim 0, diterima 0, ditolak 0");
	expect_text("out", "penghubung tidak berjalan");
	expect_text("out", "putus selama 1 hari 3 jam");
	expect_text("out", "komputer ini 1 jam 0 menit terlambat");
	expect_text(
	    "out", "PENGIRIMAN BERHENTI / HALTED: simpul sudah dicabut");
	expect_text("out", "Hubungi admin wilayah.");
}

Test(show, says_what_the_region_lacks_and_how_old_that_is)
{
	const struct spool_lacks lacks = {
	    .said_ms = local_ms("2024-10-02 07:30"),
	    .count = 2,
	    .rows = {{"PILKADA2024", 12, 9}, {"NETRAL2023", 12, 12}}};
	struct show_words words = words_of(false);

	cr_assert_eq(show_status(&words), 0);
	expect_text("out", "wilayah belum mengatakannya");
	place_open(&place);
	spool_note_lacks(place.home.spool, &lacks);
	spool_note_link(place.home.spool, LINK_READY, REJECT_NONE);
	cr_assert_eq(spool_flush(place.home.spool), OK);
	place_close(&place);
	cr_assert_eq(show_status(&words), 0);
	expect_text("out", "menurut wilayah, 2 jam 30 menit yang lalu");
	expect_text("out", "PILKADA2024: 3 dari 12 unit belum ada");
	expect_text("out", "NETRAL2023: 12 unit sudah semua");
}

Test(show, says_that_the_clock_is_off_from_a_minute_on)
{
	static const struct {
		int64_t offset_ms;
		const char *text;
	} cases[] = {
	    {60 * 1000, "cocok dengan wilayah"},
	    {60 * 1000 + 1, "komputer ini 1 menit terlambat dari wilayah"},
	    {-61 * 1000, "komputer ini 1 menit terlalu cepat dari wilayah"},
	};
	struct show_words words = words_of(false);

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		place_open(&place);
		spool_note_contact(
		    place.home.spool, local_ms(PLACE_NOW), cases[i].offset_ms);
		spool_note_link(place.home.spool, i, REJECT_NONE);
		cr_assert_eq(spool_flush(place.home.spool), OK);
		place_close(&place);
		place_capture(&place, "");
		cr_assert_eq(show_status(&words), 0);
		expect_text("out", cases[i].text);
	}
}

Test(show, asks_for_the_date_when_the_clock_was_never_set)
{
	struct show_words words = words_of(false);
	char *out;

	temp_dir_write(place.dir, "clock", "1577836800000");
	cr_assert_eq(show_status(&words), 0);
	out = place_read(&place, "out");
	cr_expect_null(strstr(out, "SALAH"));
	free(out);
	temp_dir_write(place.dir, "clock", "1577836799999");
	cr_assert_eq(show_status(&words), 0);
	expect_text(
	    "out", "SALAH: jam komputer ini menunjukkan 1 Januari 2020");
}

Test(show, says_what_a_log_that_diverged_means_and_whom_to_phone)
{
	struct show_words words = words_of(false);

	place_open(&place);
	spool_note_link(place.home.spool, LINK_READY, REJECT_DIVERGED);
	cr_assert_eq(spool_flush(place.home.spool), OK);
	place_close(&place);
	cr_assert_eq(show_status(&words), 0);
	expect_text("out", "PENGIRIMAN BERHENTI / HALTED");
	expect_text("out", "mungkin dihapus atau diubah di sana");
	expect_text("out", "Telepon inspektorat dahulu");
	expect_text("out", "Catatan tetap aman dan dapat ditambah.");
}

Test(show, lists_the_units_that_may_be_recorded_here)
{
	struct show_words words = words_of(false);
	char *all;

	cr_assert_eq(show_units(&words), 0);
	expect_text("out", "LATIHAN");
	expect_text("out", "KEL-73.71.04.1008         PNS 12, PPPK 3, "
			   "non-ASN 4  Kelurahan Melati\n");
	all = place_read(&place, "out");
	cr_expect_null(strstr(all, "OPD-DISDIK"), "outside 73.71.04:\n%s", all);
	free(all);
}

Test(show, lists_the_units_as_a_sheet_to_be_filled_in)
{
	struct show_words words = words_of(false);

	words.csv = true;
	cr_assert_eq(show_units(&words), 0);
	expect_text("out",
	    "unit,nama,pns_hadir,pns_ttd,pppk_hadir,pppk_ttd,non_asn_hadir,"
	    "non_asn_ttd,kepala\n"
	    "KEC-73.71.04,\"Kantor Kecamatan Contoh\",,,,,,,\n");
}
