/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/source.h"

#include <criterion/criterion.h>

#include "tests/unit/test_collector_place.h"
#include "trust/hash.h"

static struct place place;
static struct source source;

static void
open_place(void)
{
	place_make(&place);
	place_take_slices(&place);
	place_open(&place);
	source_init(&source, &place.home);
}

static void
open_bare_place(void)
{
	place_make(&place);
	place_open(&place);
	source_init(&source, &place.home);
}

static void
close_place(void)
{
	source_clear(&source);
	place_close(&place);
	place_remove(&place);
}

TestSuite(source, .init = open_place, .fini = close_place);
TestSuite(source_bare, .init = open_bare_place, .fini = close_place);

static char *units[4];

static struct pledge_words
good_pledge(void)
{
	units[0] = word_of("KEL-73.71.04.1008=pns:12/11,pppk:3/3,head");
	return (struct pledge_words){.campaign = word_of("PILKADA2024"),
	    .act = word_of("pakta"),
	    .form = word_of("APEL"),
	    .made = word_of("2024-10-01 08:00"),
	    .template = word_of("IKRAR-4-POIN"),
	    .units = {units, 1}};
}

static struct incident_words
good_incident(void)
{
	return (struct incident_words){.unit = word_of("KEL-73.71.04.1008"),
	    .act = word_of("APK"),
	    .happened = word_of("2024-09-30"),
	    .source = word_of("WARGA"),
	    .subject = word_of("PNS")};
}

Test(source, makes_a_pledge_of_every_word)
{
	struct pledge_words words = good_pledge();
	char *witnesses[] = {word_of("CAMAT"), word_of("panwascam")};
	uint8_t canonical[EVENT_HASH_SIZE];
	const struct pledge *pledge;
	struct event *events;
	unsigned count;

	words.witnesses = (struct conf_texts){witnesses, 2};
	words.points = word_of("I1,I4");
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK, "%s",
	    source.why.id);
	cr_assert_eq(count, 1);
	pledge = &events[0].pledge;
	source_canonical_text(canonical);
	cr_expect_eq(events[0].kind, EVENT_PLEDGE_MADE);
	cr_expect_str_eq(pledge->unit, "KEL-73.71.04.1008");
	cr_expect_str_eq(pledge->campaign, "PILKADA2024");
	cr_expect_eq(pledge->act, 2);
	cr_expect_eq(pledge->form, 2);
	cr_expect_eq(pledge->points, 9);
	cr_expect_eq(pledge->made_at_ms, local_ms("2024-10-01 08:00"));
	cr_expect_eq(pledge->witnesses, 1u << 6 | 1u << 2);
	cr_expect(pledge->head_signed);
	cr_expect_eq(pledge->counts[EMPLOYMENT_PNS].present, 12);
	cr_expect_eq(pledge->counts[EMPLOYMENT_PNS].signatures, 11);
	cr_expect_eq(pledge->counts[EMPLOYMENT_PPPK].signatures, 3);
	cr_expect_not(pledge->counts[EMPLOYMENT_NON_ASN].is_set);
	cr_expect_arr_eq(pledge->template_sha256, canonical, sizeof canonical);
	cr_expect_eq(source.note_count, 0);
	free(events);
}

Test(source, hashes_the_four_canonical_sentences_with_a_line_feed_each)
{
	struct text_buf all = {0};
	uint8_t canonical[EVENT_HASH_SIZE];
	struct hash hash;

	for (unsigned i = 1; i <= 4; i++)
		text_buf_add(&all, "%s\n", point_text(i));
	hash = hash_bytes(bytes_of(all.at, all.len));
	source_canonical_text(canonical);
	cr_expect_arr_eq(canonical, hash.at, sizeof canonical);
	text_buf_clear(&all);
}

Test(source, takes_words_in_any_case)
{
	struct pledge_words words = good_pledge();
	struct event *events;
	unsigned count;

	words.act = word_of("PAKTA");
	words.form = word_of("apel");
	words.campaign = word_of("pilkada2024");
	units[0] = word_of("kel-73.71.04.1008=PNS:1/1,Head");
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK, "%s",
	    source.why.id);
	cr_expect_str_eq(events[0].pledge.unit, "KEL-73.71.04.1008");
	cr_expect(events[0].pledge.head_signed);
	free(events);
}

Test(source, gives_all_units_of_a_command_one_ceremony_and_the_next_another)
{
	struct pledge_words words = good_pledge();
	struct event *events, *again;
	unsigned count;

	units[1] = word_of("KEL-73.71.04.1009,head");
	words.units.count = 2;
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK);
	cr_assert_eq(source_pledges(&source, &words, &again, &count), OK);
	cr_assert_eq(count, 2);
	cr_expect_eq(events[1].pledge.points, 15, "all four, if none is named");
	cr_expect_arr_eq(events[0].pledge.ceremony, events[1].pledge.ceremony,
	    EVENT_ID_SIZE);
	cr_expect_arr_neq(
	    events[0].pledge.ceremony, again[0].pledge.ceremony, EVENT_ID_SIZE);
	free(events);
	free(again);
}

/* One word of a good pledge replaced, and what the sentence says of it. */
static const struct {
	size_t field;
	const char *value, *says;
} bad_pledges[] = {
#define OF(field) offsetof(struct pledge_words, field)
    {OF(campaign), "PILKADA 2024", "bukan kode kegiatan"},
    {OF(campaign), "PILKADA2025", "Yang ada: PILKADA2024"},
    {OF(act), "janji", "Pilih: ikrar, pakta"},
    {OF(act), "", "Pilih: ikrar, pakta"},
    {OF(form), "RAPAT", "DEKLARASI, APEL, UPACARA"},
    {OF(made), "kemarin", "bukan waktu"},
    {OF(made), "2024-10-01", "bukan waktu"},
    {OF(made), "2024-02-30 08:00", "bukan waktu"},
    {OF(made), "2024-10-03 10:01", "belum terjadi"},
    {OF(made), "2042-10-01 08:00", "belum terjadi"},
    {OF(made), "2019-10-01 08:00", "lima tahun"},
    {OF(made), "1970-01-01 08:00", "bukan waktu"},
    {OF(points), "I1,I5", "\"I5\" tidak dikenal. Pilih: I1, I2, I3, I4"},
    {OF(points), "I1,", "\"\" tidak dikenal"},
    {OF(points), "I1I2I3I4I1I2I3I4I1I2I3I4I1I2I3I4I1I2I3I4I1I2I3I4I1I2I3I4",
	"tidak dikenal"},
    {OF(template), "ikrar 4 poin", "bukan kode naskah"},
    {OF(template), "IKRAR-198503302010011001", "bagian tersegel"},
    {OF(campaign), "7371040101850001", "bagian tersegel"},
    {OF(text), "tidak-ada.txt", "tidak dapat dibuka"},
    {OF(text), "/", "bukan berkas biasa"},
    {OF(sheet), "/dev/null", "bukan berkas biasa"},
    {OF(units_file), "x.csv", "salah satu saja"},
#undef OF
};

Test(source, refuses_each_bad_word_of_a_pledge_in_a_sentence)
{
	for (unsigned i = 0; i < sizeof bad_pledges / sizeof bad_pledges[0];
	     i++) {
		struct pledge_words words = good_pledge();
		struct event *events;
		unsigned count;
		char **field =
		    (char **)(void *)((char *)&words + bad_pledges[i].field);

		*field = word_of(bad_pledges[i].value);
		cr_expect_eq(source_pledges(&source, &words, &events, &count),
		    ERR_INVALID, "\"%s\" was taken", bad_pledges[i].value);
		cr_expect(strstr(source.why.id, bad_pledges[i].says) != NULL,
		    "\"%s\": %s", bad_pledges[i].value, source.why.id);
		cr_expect_neq(source.why.en[0], '\0');
	}
}

static const struct {
	const char *unit, *says;
} bad_units[] = {
    {"KEL-73.71.04.1088", "Mungkin maksudnya: KEL-73.71.04.1008 (Kelurahan"},
    {"kenanga=pns:1/1", "Mungkin maksudnya: KEL-73.71.04.1009"},
    {"SD-99", "ikrar-collector units"},
    {"OPD-DISDIK=pns:1/1", "di luar wilayah simpul ini (73.71.04)"},
    {"=pns:1/1", "belum diisi"},
    {"", "belum diisi"},
    {"KEL-73.71.04.1008", "pakta tanpa tanda tangan"},
    {"KEL-73.71.04.1008,head:tidak", "pakta tanpa tanda tangan"},
    {"KEL-73.71.04.1008=pns:12", "tidak dimengerti"},
    {"KEL-73.71.04.1008=pns", "tidak dimengerti"},
    {"KEL-73.71.04.1008=guru:1/1", "\"guru:1/1\" tidak dimengerti"},
    {"KEL-73.71.04.1008=pns:1/1,lurah", "tidak dimengerti"},
    {"KEL-73.71.04.1008=pns:12/", "harus diisi keduanya"},
    {"KEL-73.71.04.1008=pns:/12", "harus diisi keduanya"},
    {"KEL-73.71.04.1008=pns:a/1", "\"a\" bukan jumlah orang"},
    {"KEL-73.71.04.1008=pns:-1/1", "bukan jumlah orang"},
    {"KEL-73.71.04.1008=pns:1.000/1", "bukan jumlah orang"},
    {"KEL-73.71.04.1008=pns:1/1000001", "bukan jumlah orang"},
    {"KEL-73.71.04.1008=pns:1/1,head:mungkin", "bukan ya atau tidak"},
};

Test(source, refuses_each_bad_unit_in_a_sentence)
{
	for (unsigned i = 0; i < sizeof bad_units / sizeof bad_units[0]; i++) {
		struct pledge_words words = good_pledge();
		struct event *events;
		unsigned count;

		units[0] = word_of(bad_units[i].unit);
		cr_expect_eq(source_pledges(&source, &words, &events, &count),
		    ERR_INVALID, "\"%s\" was taken", bad_units[i].unit);
		cr_expect(strstr(source.why.id, bad_units[i].says) != NULL,
		    "\"%s\": %s", bad_units[i].unit, source.why.id);
	}
}

Test(source, refuses_a_unit_that_is_named_twice_and_a_command_without_units)
{
	struct pledge_words words = good_pledge();
	struct event *events;
	unsigned count;

	units[1] = word_of("kel-73.71.04.1008,head");
	words.units.count = 2;
	cr_assert_eq(
	    source_pledges(&source, &words, &events, &count), ERR_INVALID);
	cr_expect(strstr(source.why.id, "disebut dua kali") != NULL);
	words.units.count = 0;
	cr_assert_eq(
	    source_pledges(&source, &words, &events, &count), ERR_INVALID);
	cr_expect(strstr(source.why.id, "Sebut unitnya") != NULL);
}

static const char *const noted[][2] = {
    {"KEL-73.71.04.1008=pns:13/12", "13/12 melebihi 12 orang"},
    {"KEL-73.71.04.1008=pns:12/13", "melebihi 12 orang"},
    {"KEL-73.71.04.1008=pns:4/5", "lebih banyak dari yang hadir"},
};

Test(source, tells_doubtful_counts_and_takes_them)
{
	for (unsigned i = 0; i < sizeof noted / sizeof noted[0]; i++) {
		struct pledge_words words = good_pledge();
		struct event *events;
		unsigned count;

		units[0] = word_of(noted[i][0]);
		source.note_count = 0;
		cr_assert_eq(
		    source_pledges(&source, &words, &events, &count), OK);
		cr_expect_eq(source.note_count, 1);
		cr_expect(strstr(source.notes[0].id, noted[i][1]) != NULL,
		    "%s: %s", noted[i][0], source.notes[0].id);
		free(events);
	}
}

Test(source, tells_that_a_pledge_read_aloud_has_no_signatures)
{
	struct pledge_words words = good_pledge();
	struct event *events;
	unsigned count;

	words.act = word_of("ikrar");
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK);
	cr_expect(strstr(source.notes[0].id, "tidak ditandatangani") != NULL);
	free(events);
	units[0] = word_of("KEL-73.71.04.1008=pns:12/");
	source.note_count = 0;
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK);
	cr_expect_eq(source.note_count, 0);
	cr_expect_eq(events[0].pledge.counts[EMPLOYMENT_PNS].present, 12);
	free(events);
	units[0] = word_of("KEL-73.71.04.1008");
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK);
	free(events);
}

static const char *const late[][3] = {
    /* the clock, made, what the note says */
    {"2024-10-05 08:00", "2024-10-05 07:00", "sesudah tenggat"},
    {"2024-10-08 08:00", "2024-10-01 07:00", "Masa tenggang"},
    {"2024-10-22 08:00", "2024-10-01 07:00", "sudah ditutup"},
};

Test(source, tells_what_the_campaigns_dates_mean_for_a_pledge)
{
	for (unsigned i = 0; i < sizeof late / sizeof late[0]; i++) {
		struct pledge_words words = good_pledge();
		struct event *events;
		unsigned count;

		place_set_clock(&place, late[i][0]);
		cr_assert_eq(home_read_clock(&place.home), OK);
		words.made = word_of(late[i][1]);
		source.note_count = 0;
		cr_assert_eq(
		    source_pledges(&source, &words, &events, &count), OK);
		cr_expect_eq(source.note_count, 1);
		cr_expect(strstr(source.notes[0].id, late[i][2]) != NULL, "%s",
		    source.notes[0].id);
		free(events);
	}
}

Test(source, takes_a_record_under_a_dead_clock_and_says_so)
{
	struct pledge_words words = good_pledge();
	struct event *events;
	unsigned count;

	place_set_clock(&place, "1999-01-01 08:00");
	cr_assert_eq(home_read_clock(&place.home), OK);
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK);
	cr_expect(strstr(source.notes[0].id, "Jam komputer ini") != NULL);
	free(events);
}

Test(source_bare, takes_units_and_campaigns_unchecked_before_the_slices_came)
{
	struct pledge_words words = good_pledge();
	struct event *events;
	unsigned count;

	units[1] = word_of("SD-BARU,head");
	words.units.count = 2;
	words.campaign = word_of("KELAK");
	cr_assert_eq(source_pledges(&source, &words, &events, &count), OK, "%s",
	    source.why.id);
	cr_expect_eq(source.note_count, 2);
	cr_expect(strstr(source.notes[0].id, "kegiatan belum datang") != NULL);
	cr_expect(strstr(source.notes[1].id, "unit belum datang") != NULL);
	free(events);
	units[0] = word_of("Kelurahan Melati,head");
	cr_assert_eq(
	    source_pledges(&source, &words, &events, &count), ERR_INVALID);
	cr_expect(strstr(source.why.id, "bukan kode unit") != NULL);
}

/* ---- CSV */

static enum err
read_csv(const char *text, struct event **events, unsigned *count)
{
	struct pledge_words words = good_pledge();
	char *path = temp_dir_path(place.dir, "units.csv");
	enum err err;

	temp_dir_write(place.dir, "units.csv", text);
	words.units.count = 0;
	words.units_file = path;
	source.error_count = 0;
	err = source_pledges(&source, &words, events, count);
	free(path);
	return err;
}

Test(source, takes_a_file_of_units_in_any_order_and_separator)
{
	static const char *const texts[] = {
	    "unit,pns_present,pns_signed,pppk_present,pppk_signed,"
	    "non_asn_present,non_asn_signed,head\n"
	    "KEL-73.71.04.1008,12,11,,,4,4,1\n"
	    "KEL-73.71.04.1009,10,10,0,0,,,0\n",
	    "\xef\xbb\xbf"
	    "kepala;PNS_TTD;pns_hadir;nama;kode;non_asn_hadir;"
	    "non_asn_ttd;pppk_hadir;pppk_ttd\r\n"
	    "ya;11;12;Melati;kel-73.71.04.1008;4;4;;\r\n"
	    ";;;;;;;;\r\n"
	    "tidak;10;10;\"Kenanga\"; KEL-73.71.04.1009 ;;;0;0\r\n",
	};

	for (unsigned i = 0; i < 2; i++) {
		struct event *events;
		unsigned count;

		cr_assert_eq(read_csv(texts[i], &events, &count), OK, "%u: %s",
		    i, source.error_count > 0 ? source.errors[0].why.id : "");
		cr_assert_eq(count, 2);
		cr_expect_str_eq(events[0].pledge.unit, "KEL-73.71.04.1008");
		cr_expect_eq(events[0].pledge.counts[0].present, 12);
		cr_expect_eq(events[0].pledge.counts[0].signatures, 11);
		cr_expect_not(events[0].pledge.counts[1].is_set);
		cr_expect_eq(events[0].pledge.counts[2].signatures, 4);
		cr_expect(events[0].pledge.head_signed);
		cr_expect(events[1].pledge.counts[1].is_set);
		cr_expect_not(events[1].pledge.counts[2].is_set);
		cr_expect_not(events[1].pledge.head_signed);
		free(events);
	}
}

#define HEAD "unit,pns_present,pns_signed,head\n"

static const struct {
	const char *text;
	unsigned row, column;
	const char *says;
} bad_files[] = {
    {HEAD "KEL-73.71.04.1008,1,1,1\nKEL-73.71.04.1088,1,1,1\n", 3, 1,
	"Mungkin maksudnya: KEL-73.71.04.1008"},
    {HEAD "OPD-DISDIK,1,1,1\n", 2, 1, "di luar wilayah"},
    {HEAD ",1,1,1\n", 2, 1, "belum diisi"},
    {HEAD "KEL-73.71.04.1008,1,1,1\n\nkel-73.71.04.1008,2,2,1\n", 4, 1,
	"sudah ada di baris 2"},
    {HEAD "KEL-73.71.04.1008,x,1,1\n", 2, 2, "\"x\" bukan jumlah orang"},
    {HEAD "KEL-73.71.04.1008,1,1.5,1\n", 2, 3, "bukan jumlah orang"},
    {HEAD "KEL-73.71.04.1008,1,,1\n", 2, 3, "harus diisi keduanya"},
    {HEAD "KEL-73.71.04.1008,,1,1\n", 2, 2, "harus diisi keduanya"},
    {HEAD "KEL-73.71.04.1008,1,1,sudah\n", 2, 4, "bukan ya atau tidak"},
    {HEAD "KEL-73.71.04.1008,,,0\n", 2, 0, "pakta tanpa tanda tangan"},
    {HEAD "KEL-73.71.04.1008,1,1,1,9\n", 2, 5, "di luar kolom"},
    {HEAD "\"KEL-73.71.04.1008,1,1,1\n", 2, 0, "tanda kutip tidak ditutup"},
    {"unit,pns_signd\nKEL-73.71.04.1008,1\n", 1, 2, "\"pns_signd\" tidak"},
    {"unit,head,unit\nKEL-73.71.04.1008,1,x\n", 1, 3, "ada dua kali"},
    {"head\n1\n", 1, 0, "kolom unit tidak ada"},
};

Test(source, refuses_a_file_by_row_and_column)
{
	for (unsigned i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
		const struct source_error *error = &source.errors[0];
		struct event *events;
		unsigned count;

		cr_expect_eq(read_csv(bad_files[i].text, &events, &count),
		    ERR_INVALID, "%u was taken", i);
		cr_expect_eq(
		    source.error_count, 1, "%u: %zu", i, source.error_count);
		cr_expect_eq(
		    error->row, bad_files[i].row, "%u: row %u", i, error->row);
		cr_expect_eq(error->column, bad_files[i].column,
		    "%u: column %u", i, error->column);
		cr_expect(strstr(error->why.id, bad_files[i].says) != NULL,
		    "%u: %s", i, error->why.id);
		cr_expect(strstr(source.why.id, "1 kesalahan") != NULL);
	}
}

Test(source, counts_all_mistakes_of_a_file_and_shows_the_first)
{
	struct text_buf text = {0};
	struct event *events;
	unsigned count;

	text_buf_add(&text, HEAD);
	for (unsigned i = 0; i < 50; i++)
		text_buf_add(&text, "SD-%u,1,1,1\n", i);
	cr_assert_eq(read_csv(text.at, &events, &count), ERR_INVALID);
	cr_expect_eq(source.error_count, 50);
	cr_expect_eq(
	    source.errors[SOURCE_ERRORS_MAX - 1].row, SOURCE_ERRORS_MAX + 1);
	text_buf_clear(&text);
}

Test(source, refuses_a_file_that_names_no_unit)
{
	struct event *events;
	unsigned count;

	cr_assert_eq(read_csv(HEAD, &events, &count), ERR_INVALID);
	cr_expect(strstr(source.why.id, "tidak ada unit") != NULL);
	cr_assert_eq(read_csv("", &events, &count), ERR_INVALID);
	cr_expect(strstr(source.why.id, "kosong") != NULL);
}

static void
fill_file(struct text_buf *text, unsigned rows)
{
	text_buf_add(text, "unit,head\n");
	for (unsigned i = 0; i < rows; i++)
		text_buf_add(text, "SD-%05u,1\n", i);
}

Test(source_bare, takes_two_thousand_units_at_once_and_no_more)
{
	struct text_buf text = {0};
	struct event *events;
	unsigned count;

	fill_file(&text, SOURCE_UNITS_MAX);
	cr_assert_eq(read_csv(text.at, &events, &count), OK);
	cr_expect_eq(count, SOURCE_UNITS_MAX);
	free(events);
	text_buf_clear(&text);
	fill_file(&text, SOURCE_UNITS_MAX + 1);
	cr_assert_eq(read_csv(text.at, &events, &count), ERR_INVALID);
	cr_expect(
	    strstr(source.errors[0].why.id, "paling banyak 2000") != NULL);
	text_buf_clear(&text);
}

/* ---- incidents */

Test(source, makes_an_incident_and_fills_in_the_dates)
{
	struct incident_words words = good_incident();
	struct incident incident;
	uint32_t day;

	words.happened = word_of("2024-09-29..2024-09-30");
	cr_assert_eq(source_incident(&source, &words, &incident), OK, "%s",
	    source.why.id);
	cr_assert_eq(calendar_day_get(&day, "2024-09-29"), OK);
	cr_expect_str_eq(incident.unit, "KEL-73.71.04.1008");
	cr_expect_str_eq(incident.act, "APK");
	cr_expect_eq(incident.happened_from_day, day);
	cr_expect_eq(incident.happened_to_day, day + 1);
	cr_expect_eq(incident.known_day, day + 1);
	cr_expect_eq(incident.reported_day, day + 3, "today is 2 October");
	cr_expect_eq(incident.source, 1);
	cr_expect_eq(incident.subject, 1);
	cr_expect_eq(incident.evidence_count, 0);
}

Test(source, hashes_evidence_and_keeps_nothing_else_of_it)
{
	struct incident_words words = good_incident();
	char *path = temp_dir_path(place.dir, "foto.jpg");
	char *paths[] = {path, path};
	struct hash hash = hash_bytes(bytes_of_text("isi foto"));
	struct incident incident;

	temp_dir_write(place.dir, "foto.jpg", "isi foto");
	words.evidence = (struct conf_texts){paths, 1};
	cr_assert_eq(source_incident(&source, &words, &incident), OK);
	cr_expect_eq(incident.evidence_count, 1);
	cr_expect_arr_eq(incident.evidence[0], hash.at, EVENT_HASH_SIZE);
	words.evidence.count = 2;
	cr_assert_eq(source_incident(&source, &words, &incident), ERR_INVALID);
	cr_expect(strstr(source.why.id, "Sebut satu kali saja") != NULL);
	free(path);
}

static const struct {
	size_t field;
	const char *value, *says;
} bad_incidents[] = {
#define OF(field) offsetof(struct incident_words, field)
    {OF(unit), "KEL-73.71.04.1088", "Mungkin maksudnya"},
    {OF(unit), "OPD-DISDIK", "di luar wilayah"},
    {OF(unit), "KEL-198503302010011001", "bagian tersegel"},
    {OF(act), "XYZ", "Pilih: APK, SOS"},
    {OF(act), "198503302010011001", "bagian tersegel"},
    {OF(happened), "30-09-2024", "bukan tanggal"},
    {OF(happened), "2024-09-31", "bukan tanggal"},
    {OF(happened), "2024-09-30..", "bukan tanggal"},
    {OF(happened), "2024-09-30..kemarin", "bukan tanggal"},
    {OF(happened), "2024-09-30...2024-10-01", "bukan tanggal"},
    {OF(happened), "2024-09-301..2024-10-01", "bukan tanggal"},
    {OF(happened), "2024-09-30..2024-09-29", "AWAL..AKHIR"},
    {OF(happened), "2024-10-03", "terjadi sesudah dilaporkan"},
    {OF(happened), "2019-09-30", "lima tahun"},
    {OF(known), "2024-10-03", "diketahui sesudah dilaporkan"},
    {OF(known), "2024-09-29", "diketahui sebelum terjadi"},
    {OF(reported), "2024-09-29", "terjadi sesudah dilaporkan"},
    {OF(reported), "2024-10-04", "belum tiba"},
    {OF(source), "TETANGGA", "WARGA, RT_RW"},
    {OF(source), "7371040101850001", "bagian tersegel"},
    {OF(subject), "GURU", "PNS, PPPK, NON_ASN"},
#undef OF
};

Test(source, refuses_each_bad_word_of_an_incident_in_a_sentence)
{
	for (unsigned i = 0; i < sizeof bad_incidents / sizeof bad_incidents[0];
	     i++) {
		struct incident_words words = good_incident();
		struct incident incident;
		char **field =
		    (char **)(void *)((char *)&words + bad_incidents[i].field);

		*field = word_of(bad_incidents[i].value);
		cr_expect_eq(source_incident(&source, &words, &incident),
		    ERR_INVALID, "\"%s\" was taken", bad_incidents[i].value);
		cr_expect(strstr(source.why.id, bad_incidents[i].says) != NULL,
		    "\"%s\": %s", bad_incidents[i].value, source.why.id);
	}
}

Test(source, refuses_a_withdrawal_that_hides_a_person)
{
	static const char *const bad[][3] = {
	    {"SALAH", NULL, "bukan alasan pencabutan"},
	    {"HILANG", NULL, "bukan alasan pencabutan"},
	    {"BATAL", "surat Pak Budi", "Jangan menulis nama"},
	    {"BATAL", "198503302010011001", "mirip NIP atau NIK"},
	    {"BATAL", "7371.0401-0185 0001", "bagian tersegel"},
	    {"198503302010011001", NULL, "bagian tersegel"},
	    {"BATAL", "1985-0330/2010.01-1.001/2", "bagian tersegel"},
	    {"BATAL", "800/1234/2024/5678", NULL},
	    {"batal", "800/123-bkpsdm", NULL},
	};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct withdrawn withdrawn = {0};
		enum err err = source_withdrawal(
		    &source, bad[i][0], bad[i][1], &withdrawn);

		cr_expect_eq(
		    err, bad[i][2] == NULL ? OK : ERR_INVALID, "%u", i);
		if (bad[i][2] != NULL)
			cr_expect(strstr(source.why.id, bad[i][2]) != NULL,
			    "%u: %s", i, source.why.id);
	}
}

Test(source, never_lets_a_control_character_reach_the_terminal)
{
	struct pledge_words words = good_pledge();
	struct event *events;
	unsigned count;

	units[0] = word_of("KEL\x1b[2J\r");
	cr_assert_eq(
	    source_pledges(&source, &words, &events, &count), ERR_INVALID);
	cr_expect(strstr(source.why.id, "KEL?[2J?") != NULL);
}
