/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/letter.h"
#include "notifier/routes.h"
#include "notifier/sentence.h"

#include "tests/unit/test_notifier_rig.h"

#include <stdio.h>

#include <criterion/criterion.h>

static const uint64_t day_ms = 86400000;

/* An alert about three units, as the head's office reads it. */
struct sample {
	struct event event;
	struct alert_unit units[VERDICT_UNITS_MAX];
	struct alert_unit removed[2];
	struct campaign_row campaign;
	struct seat_row seat;
	struct letter_input input;
	struct letter letter;
};

static void
sample_make(struct sample *sample, enum event_kind kind, uint32_t role)
{
	*sample = (struct sample){.event = a_verdict(kind, 0x3f, role),
	    .campaign = {.id = "PILKADA2024",
		.name = "Ikrar netralitas Pilkada 2024",
		.due_ms = feed_start_ms - 7 * day_ms,
		.grace_end_ms = feed_start_ms,
		.lock_ms = feed_start_ms + 14 * day_ms},
	    .seat = a_seat(role == ROLE_HEAD ? "kepala-73.04" : "admin-73.04",
		"73.04", role)};
	sample->units[0] = a_unit("PKM-01", "Puskesmas Bangkala", "73.04.01");
	sample->units[1] = a_unit("KEL-02", "Kelurahan Pa’biring", "73.04.02");
	sample->units[2] = a_unit("KWL-03", "", "73.04.03");
	sample->event.verdict.units = sample->units;
	sample->event.verdict.unit_count = 3;
	sample->event.verdict.figures = (struct figures){.expected = 450,
	    .on_time = 430,
	    .late = 12,
	    .unsigned_known = 3,
	    .unheard = 5,
	    .threshold = 1,
	    .threshold_bp = 250};
	sample->input = (struct letter_input){.kind = kind,
	    .verdict = &sample->event.verdict,
	    .index = 1234,
	    .seat = &sample->seat,
	    .term = role == ROLE_HEAD ? "pj-1" : "",
	    .campaign = &sample->campaign};
}

static const char *
written(struct sample *sample)
{
	letter_clear(&sample->letter);
	letter_write(&sample->letter, &sample->input);
	return sample->letter.body.at;
}

static const char golden[] =
    "LATIHAN: pesan ini bagian dari latihan, bukan kejadian nyata.\n"
    "\n"
    "Kepada: Kantor Pj Bupati (masa jabatan pj-1)\n"
    "\n"
    "PERINGATAN. Ambang aturan di bawah ini tercapai.\n"
    "\n"
    "Aturan: BELUM-IKRAR, versi 3\n"
    "Tentang: Kabupaten Jeneponto (73.04), lingkup wilayah\n"
    "Kegiatan: Ikrar netralitas Pilkada 2024 (PILKADA2024); tenggat 24\n"
    "September 2024 08.00 WITA; akhir masa tenggang 1 Oktober 2024 08.00 "
    "WITA\n"
    "Ukuran: pakta integritas sudah ditandatangani pimpinan unit\n"
    "Saat penilaian: akhir masa tenggang\n"
    "Keadaan data: 1 Oktober 2024 08.00 WITA\n"
    "\n"
    "Angka:\n"
    "  unit yang wajib                                   450\n"
    "  tepat waktu                                       430\n"
    "  terlambat                                          12\n"
    "  belum memenuhi (sudah pasti)                        3\n"
    "  belum ada kabar (bukan berarti belum)               5\n"
    "  ambang aturan (unit)                                1\n"
    "  ambang aturan (persen)                           2,50\n"
    "\n"
    "Unit yang belum memenuhi:\n"
    "- Puskesmas Bangkala (PKM-01), 73.04.01\n"
    "- Kelurahan Pa’biring (KEL-02), 73.04.02\n"
    "- KWL-03, 73.04.03\n"
    "\n"
    "Yang diminta:\n"
    "Kantor Pj Bupati: mohon minta pimpinan unit di atas melengkapi yang\n"
    "kurang dan kecamatannya mencatatnya, sebelum 15 Oktober 2024 08.00 WITA.\n"
    "Unit yang belum ada kabarnya ditangani admin wilayah.\n"
    "\n"
    "Mengapa Anda menerima ini: kursi kepala-73.04 menerima peringatan aturan\n"
    "BELUM-IKRAR di Kabupaten Jeneponto.\n"
    "Rujukan: peringatan 3f3f3f3f, entri log 1234\n"
    "\n"
    "----------------------------------------\n"
    "\n"
    "LATIHAN: this message is part of a drill; nothing of it is real.\n"
    "\n"
    "To: Kantor Pj Bupati (term pj-1)\n"
    "\n"
    "ALERT. The threshold of the rule below has been reached.\n"
    "\n"
    "Rule: BELUM-IKRAR, version 3\n"
    "About: Kabupaten Jeneponto (73.04), scope region\n"
    "Campaign: Ikrar netralitas Pilkada 2024 (PILKADA2024); due 24 September\n"
    "2024 08:00 WITA; end of grace 1 October 2024 08:00 WITA\n"
    "Measure: the head of the unit has signed the integrity pact\n"
    "Point of judgement: end of grace\n"
    "Data as of: 1 October 2024 08:00 WITA\n"
    "\n"
    "Figures:\n"
    "  units expected                                    450\n"
    "  on time                                           430\n"
    "  late                                               12\n"
    "  not fulfilled (known)                               3\n"
    "  not heard from (which is not \"not fulfilled\")       5\n"
    "  threshold (units)                                   1\n"
    "  threshold (percent)                              2.50\n"
    "\n"
    "Units that have not fulfilled it:\n"
    "The list of units is in the part above.\n"
    "\n"
    "What is asked:\n"
    "Kantor Pj Bupati: please ask the heads of the units above to complete\n"
    "what is missing and their kecamatan to record it, before 15 October 2024\n"
    "08:00 WITA. Those not heard from are with the regional admin.\n"
    "\n"
    "Why you receive this: seat kepala-73.04 is told of rule BELUM-IKRAR in\n"
    "Kabupaten Jeneponto.\n"
    "Reference: alert 3f3f3f3f, log entry 1234\n";

Test(notifier_letter, writes_the_golden_text_of_a_drill)
{
	static struct sample sample;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	sample.input.is_drill = true;
	cr_assert_str_eq(written(&sample), golden);
	cr_assert_str_eq(sample.letter.subject,
	    "LATIHAN - Peringatan: pakta belum ditandatangani pimpinan: 3 "
	    "unit di Kabupaten Jeneponto / Alert");
	cr_assert_str_eq(sample.letter.summary_en,
	    "LATIHAN - Alert: pact not signed by the head: 3 units in "
	    "Kabupaten Jeneponto");
	letter_clear(&sample.letter);
}

Test(notifier_letter, begins_with_the_language_of_the_seat)
{
	static struct sample sample;
	const char *body;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	CHECK(
	    text_copy(sample.seat.language, sizeof sample.seat.language, "en"));
	body = written(&sample);
	cr_assert_eq(strncmp(body, "To: Kantor", 10), 0, "%s", body);
	cr_assert(strstr(body, "Kepada:") > strstr(body, "Reference:"));
	/* The units are named once, in the part that is read first. */
	cr_assert(strstr(body, "Puskesmas Bangkala") < strstr(body, "Kepada:"));
	cr_assert_null(strstr(strstr(body, "Kepada:"), "Puskesmas Bangkala"));
	cr_assert_str_eq(sample.letter.subject,
	    "Alert: pact not signed by the head: 3 units in Kabupaten "
	    "Jeneponto / "
	    "Peringatan");
	letter_clear(&sample.letter);
}

Test(notifier_letter, calls_an_object_without_a_name_by_its_code)
{
	static struct sample sample;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	sample.event.verdict.object_name[0] = '\0';
	cr_assert_not_null(strstr(written(&sample),
	    "\nTentang: wilayah 73.04 (73.04), lingkup wilayah\n"));
	CHECK(text_copy(sample.event.verdict.object, CODE_MAX, "DINKES"));
	cr_assert_not_null(strstr(written(&sample), "\nTentang: DINKES, "));
	letter_clear(&sample.letter);
}

/* What is unheard is a number, never a name; nothing in a verdict could give
 * one, and the count must not be added to those without pledge. */
Test(notifier_letter, tells_unheard_units_only_as_a_number_apart)
{
	static struct sample sample;
	const char *body;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	sample.event.verdict.unit_count = 0;
	sample.event.verdict.figures.unsigned_known = 0;
	body = written(&sample);
	cr_assert_not_null(strstr(
	    body, "belum ada kabar (bukan berarti belum)               5\n"));
	cr_assert_null(strstr(body, "\n- "));
	cr_assert_null(strstr(body, "unit lain"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, asks_each_reader_for_what_is_theirs)
{
	static struct sample sample;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_ADMIN);
	cr_assert_not_null(strstr(written(&sample), "mohon hubungi unit"));
	sample.event.verdict.judged_at_ms -= day_ms; /* a reminder */
	cr_assert_not_null(strstr(written(&sample), "mohon ingatkan unit"));
	sample.seat.role = ROLE_HEAD;
	cr_assert_not_null(strstr(written(&sample), "mohon minta pimpinan"));
	sample.input.kind = EVENT_ALERT_WITHDRAWN;
	cr_assert_not_null(strstr(written(&sample), "Mohon abaikan pesan"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, says_plainly_what_was_wrong_and_what_is_withdrawn)
{
	static struct sample sample;
	const char *body;

	sample_make(&sample, EVENT_ALERT_CORRECTED, ROLE_HEAD);
	sample.removed[0] = a_unit("KEC-09", "Kecamatan Kelara", "73.04.09");
	CHECK(text_copy(sample.removed[0].why, WORD_MAX, "on_time"));
	sample.event.verdict.removed = sample.removed;
	sample.event.verdict.removed_count = 1;
	CHECK(text_copy(sample.event.verdict.reason, WORD_MAX, "on_time"));
	body = written(&sample);
	cr_assert_not_null(strstr(body, "\nRALAT. "));
	cr_assert_not_null(strstr(body, "\nCORRECTION. "));
	cr_assert_not_null(strstr(body, "- Kecamatan Kelara (KEC-09), "
					"73.04.09: ternyata tepat waktu\n"));
	cr_assert_not_null(strstr(body, "Kecamatan Kelara (KEC-09), 73.04.09: "
					"was on time after all\n"));
	cr_assert_eq(strncmp(sample.letter.subject, "Ralat: ", 7), 0);
	cr_assert_null(strstr(body, "pesan pertama"));
	sample.input.is_first = true;
	cr_assert_not_null(strstr(written(&sample), "Ini pesan pertama"));
	sample.input.kind = EVENT_ALERT_WITHDRAWN;
	body = written(&sample);
	cr_assert_not_null(strstr(body, "\nDICABUT. "));
	cr_assert_str_eq(sample.letter.subject,
	    "Dicabut: peringatan pakta belum ditandatangani pimpinan di "
	    "Kabupaten Jeneponto / Withdrawn");
	letter_clear(&sample.letter);
}

/* A unit whose ikrar was read must not be told as one without. */
Test(notifier_letter, says_what_the_rule_measures)
{
	static struct sample sample;
	struct verdict *verdict = &sample.event.verdict;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	verdict->counts = 1;
	cr_expect_not_null(
	    strstr(written(&sample), "Ukuran: ikrar sudah dibacakan"));
	cr_expect_not_null(
	    strstr(sample.letter.subject, "ikrar belum dibacakan: 3 unit"));
	verdict->counts = 3;
	verdict->signed_bp = 8000;
	cr_expect_not_null(strstr(written(&sample), "mencapai 80 persen"));
	cr_expect_null(strstr(written(&sample), "sudah dibacakan"));
	verdict->signed_bp = 3333;
	cr_expect_not_null(strstr(written(&sample), "mencapai 33,33 persen"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, keeps_reported_and_verified_apart_and_accuses_nobody)
{
	static struct sample sample;
	struct verdict *verdict = &sample.event.verdict;
	const char *body;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	verdict->kind = RULE_REPEAT_INCIDENTS_1;
	verdict->figures = (struct figures){
	    .reported = 3, .verified = 1, .sources = 2, .threshold = 3};
	verdict->unit_count = 1;
	verdict->campaign[0] = '\0';
	verdict->window_from_day = 19967;
	verdict->window_to_day = 19997;
	body = written(&sample);
	cr_assert_not_null(strstr(body, "Ini dugaan, bukan putusan bersalah."));
	cr_assert_not_null(strstr(body,
	    "  dilaporkan                                          3\n"
	    "  terverifikasi                                       1\n"
	    "  sumber berbeda                                      2\n"));
	cr_assert_not_null(strstr(
	    body, "Dihitung dari 1 September 2024 sampai 1 Oktober 2024\n"));
	cr_assert_null(strstr(body, "wajib ikrar"));
	cr_assert_null(strstr(body, "Kegiatan"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, takes_no_old_figures_for_new_ones_when_an_alert_ends)
{
	static struct sample sample;
	struct verdict *verdict = &sample.event.verdict;
	const char *body;

	sample_make(&sample, EVENT_ALERT_WITHDRAWN, ROLE_HEAD);
	verdict->kind = RULE_REPEAT_INCIDENTS_1;
	verdict->figures =
	    (struct figures){.reported = 3, .sources = 2, .threshold = 3};
	verdict->window_from_day = verdict->window_to_day = 0;
	body = written(&sample);
	cr_assert_not_null(
	    strstr(body, "Angka pesan sebelumnya, yang tidak berlaku lagi:\n"));
	cr_assert_null(strstr(body, "1970"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, says_why_the_admin_gets_a_letter_for_the_head)
{
	static struct sample sample;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_ADMIN);
	cr_assert_null(strstr(written(&sample), "Catatan: "));
	sample.input.note = ROUTE_NO_TERM;
	cr_assert_not_null(strstr(written(&sample), "but nobody holds"));
	sample.input.note = ROUTE_NO_HEAD_SEAT;
	cr_assert_not_null(strstr(written(&sample), "but no such seat"));
	cr_assert_not_null(strstr(sample.letter.body.at, "\nCatatan: "));
	letter_clear(&sample.letter);
}

Test(notifier_letter, names_no_unit_that_newer_news_has_taken_out)
{
	static struct sample sample;
	static const char struck[][CODE_MAX] = {"KEL-02", "ELSE-1"};
	const char *body;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	sample.input.struck = struck;
	sample.input.struck_count = 2;
	body = written(&sample);
	cr_assert_null(strstr(body, "KEL-02"));
	cr_assert_not_null(strstr(body, "PKM-01"));
	cr_assert_not_null(strstr(body, "(1 unit tidak disebut:"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, lists_at_most_256_units_and_counts_the_others)
{
	static struct sample sample;
	unsigned lines = 0;
	const char *body;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	for (unsigned i = 0; i < VERDICT_UNITS_MAX; i++) {
		char code[CODE_MAX];

		snprintf(code, sizeof code, "U%u", i);
		sample.units[i] = a_unit(code, "Unit", "73.04.01");
	}
	sample.event.verdict.unit_count = VERDICT_UNITS_MAX;
	sample.event.verdict.figures.unsigned_known = 300;
	body = written(&sample);
	cr_assert_not_null(strstr(body, "dan 44 unit lain\n"));
	for (const char *at = body; (at = strstr(at, "\n- ")) != NULL; at++)
		lines++;
	cr_assert_eq(lines, VERDICT_UNITS_MAX);
	cr_assert_lt(sample.letter.body.len, 64 * 1024);
	letter_clear(&sample.letter);
}

Test(notifier_letter, says_what_alerts_about_nodes_cases_and_bursts_mean)
{
	static const struct {
		enum rule_kind kind;
		uint32_t scope;
		const char *object, *want_id, *want_en;
	} rows[] = {
	    {RULE_NODE_SILENT_1, 7, "SIMPUL-4", "SIMPUL-4 tidak terdengar",
		"SIMPUL-4 is not heard"},
	    {RULE_CASE_DEADLINE_1, 8, "KASUS-4-17", "KASUS-4-17 tidak bergerak",
		"KASUS-4-17 has not moved"},
	    {RULE_BURST_1, 1, "KEL-02", "banyak laporan sekaligus",
		"many reports at once"},
	    {RULE_CHAIN_BROKEN_1, 7, "SIMPUL-4", "rantai catatan SIMPUL-4",
		"the chain of SIMPUL-4"},
	};
	static const enum event_kind kinds[] = {EVENT_ALERT_OPENED,
	    EVENT_ALERT_RAISED, EVENT_ALERT_CORRECTED, EVENT_ALERT_RESOLVED,
	    EVENT_ALERT_WITHDRAWN};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (unsigned k = 0; k < 5; k++) {
			struct sample sample;
			struct verdict *verdict = &sample.event.verdict;

			sample_make(&sample, kinds[k], ROLE_ADMIN);
			verdict->kind = rows[i].kind;
			verdict->scope = rows[i].scope;
			verdict->counts = 0;
			verdict->unit_count = 0;
			verdict->since_ms = feed_start_ms - 2 * day_ms;
			verdict->figures = (struct figures){.nodes = 1};
			verdict->object_name[0] = verdict->campaign[0] = '\0';
			(void)text_copy(
			    verdict->object, CODE_MAX, rows[i].object);
			(void)text_copy(
			    verdict->place, WILAYAH_MAX, "73.04.02");
			sample.input.campaign = NULL;
			(void)written(&sample);
			if (k < 2) {
				cr_expect_not_null(
				    strstr(sample.letter.summary_id,
					rows[i].want_id),
				    "%s", sample.letter.summary_id);
				cr_expect_not_null(
				    strstr(sample.letter.summary_en,
					rows[i].want_en),
				    "%s", sample.letter.summary_en);
			}
			cr_expect_not_null(strstr(sample.letter.body.at,
			    "29 September 2024 08.00 WITA"));
			letter_clear(&sample.letter);
		}
}

Test(notifier_letter, carries_the_link_whole_on_a_line_of_its_own)
{
	static const char link[] = "\nhttps://ikrar.example/ack/"
				   "AQAqzhPQnKOIZVgzMbkWPIYAAAAAAAAACwGxA-"
				   "AJd2FsaS1rb3RhDmRlZmluaXRpZi0y"
				   "\n";
	static struct sample sample;
	char url[sizeof link];
	const char *first;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	cr_assert_null(strstr(written(&sample), "buka tautan"));
	snprintf(url, sizeof url, "%.*s", (int)sizeof link - 3, link + 1);
	sample.input.ack_url = url;
	first = strstr(written(&sample), link);
	cr_assert_not_null(first);
	cr_assert_not_null(strstr(first + 1, link), "in both languages");
	letter_clear(&sample.letter);
}

Test(notifier_letter, one_about_the_readers_own_office_has_no_figures)
{
	struct routes_own own = {.seat = "kepala-73.04", .unit = "SETDA"};
	struct routes routes = {.owns = &own, .own_count = 1};
	struct sample sample;

	sample_make(&sample, EVENT_ALERT_CORRECTED, ROLE_HEAD);
	sample.units[0] = a_unit("SETDA", "Sekretariat Daerah", "73.04.01");
	sample.event.verdict.unit_count = 1;
	sample.event.verdict.figures.unsigned_known = 171;
	sample.removed[0] = a_unit("PKM-01", "Puskesmas", "73.04.01");
	sample.event.verdict.removed = sample.removed;
	sample.event.verdict.removed_count = 1;
	sample.input.routes = &routes;
	sample.input.is_past = true;
	(void)written(&sample);
	cr_expect_not_null(strstr(sample.letter.body.at, "PKM-01"));
	cr_expect_not_null(strstr(sample.letter.body.at, "your own office"));
	cr_expect_null(strstr(sample.letter.body.at, "SETDA"));
	cr_expect_null(strstr(sample.letter.body.at, "171"));
	cr_expect_null(strstr(sample.letter.html.at, "171"));
	cr_expect_null(strstr(sample.letter.subject, "171"));
	cr_expect_null(strstr(sample.letter.brief_id, "171"));
	/* Its own unit leaves: not even a heading of such a list. */
	sample.removed[0] = sample.units[0];
	(void)written(&sample);
	cr_expect_null(strstr(sample.letter.body.at, "No longer among"));
	letter_clear(&sample.letter);
}

Test(notifier_letter, counts_one_unit_as_one_and_says_every_reason_of_the_judge)
{
	static const char *const reasons[] = {"on_time", "late", "excused",
	    "extended", "withdrawn", "roster_changed", "reviewed", "held",
	    "contact", "moved", "revoked", "closed", "campaign_closed",
	    "rule_changed", "campaign_changed"};
	struct sample sample;

	sample_make(&sample, EVENT_ALERT_OPENED, ROLE_HEAD);
	sample.event.verdict.figures.unsigned_known = 1;
	(void)written(&sample);
	cr_expect_str_eq(sample.letter.summary_en,
	    "Alert: pact not signed by the head: 1 unit in Kabupaten "
	    "Jeneponto");
	letter_clear(&sample.letter);
	for (unsigned i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		cr_expect_null(strstr(sentence_reason(LANGUAGE_EN, reasons[i]),
				   "another reason"),
		    "%s", reasons[i]);
}
