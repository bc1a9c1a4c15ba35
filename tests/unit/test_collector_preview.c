/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/preview.h"

#include <criterion/criterion.h>

#include "tests/unit/test_collector_place.h"

static struct place place;
static struct text_buf out;

static void
open_place(void)
{
	place_make(&place);
	place_take_slices(&place);
	place_open(&place);
}

static void
close_place(void)
{
	text_buf_clear(&out);
	place_close(&place);
	place_remove(&place);
}

TestSuite(preview, .init = open_place, .fini = close_place);

static struct pledge
pledge_of(const char *unit)
{
	struct pledge pledge = {.campaign = "PILKADA2024",
	    .act = 2,
	    .form = 2,
	    .points = 15,
	    .template = "IKRAR-4-POIN",
	    .made_at_ms = local_ms("2024-10-01 08:00"),
	    .witnesses = 1u << 6,
	    .counts = {{true, 12, 11}}};

	cr_assert(text_copy(pledge.unit, sizeof pledge.unit, unit));
	return pledge;
}

static void
expect(const char *text)
{
	cr_expect(
	    strstr(out.at, text) != NULL, "no \"%s\" in:\n%s", text, out.at);
}

Test(preview, names_units_campaign_act_form_points_and_time)
{
	struct event event = {.kind = EVENT_PLEDGE_MADE};

	event.pledge = pledge_of("KEL-73.71.04.1008");
	preview_pledges(&out, &place.home, &event, 1);
	expect("PILKADA2024 (Ikrar netralitas; tenggat 4 Oktober 2024 16.00 "
	       "WITA)");
	expect("pakta integritas ditandatangani (pakta)");
	expect("APEL");
	expect("1 Oktober 2024 08.00 WITA");
	expect("I1, I2, I3, I4");
	expect("CAMAT");
	expect("KEL-73.71.04.1008 (Kelurahan Melati); PNS 12/11 dari 12\n");
}

Test(preview, adds_up_each_kind_of_employment_and_the_heads)
{
	struct event events[2] = {
	    {.kind = EVENT_PLEDGE_MADE}, {.kind = EVENT_PLEDGE_MADE}};

	events[0].pledge = pledge_of("KEL-73.71.04.1008");
	events[1].pledge = pledge_of("KEL-73.71.04.1009");
	events[1].pledge.counts[EMPLOYMENT_NON_ASN] =
	    (struct count){true, 4, 2};
	events[1].pledge.head_signed = true;
	preview_pledges(&out, &place.home, events, 2);
	expect("PNS      hadir 24, tanda tangan 22 (2 unit)");
	expect("PPPK     tidak diubah");
	expect("non-ASN  hadir 4, tanda tangan 2 (1 unit)");
	expect("kepala   1 dari 2 unit");
}

Test(preview, cuts_a_long_list_and_says_how_much)
{
	struct event *events = xcalloc(PREVIEW_UNITS_MAX + 7, sizeof *events);

	for (unsigned i = 0; i < PREVIEW_UNITS_MAX + 7; i++)
		events[i].pledge = pledge_of("SD-1");
	preview_pledges(&out, &place.home, events, PREVIEW_UNITS_MAX + 7);
	expect("dan 7 unit lagi");
	expect("Unit (107)");
	free(events);
}

Test(preview, calls_an_incident_an_allegation)
{
	struct incident incident = {.unit = "KEL-73.71.04.1008",
	    .act = "APK",
	    .happened_from_day = 19996,
	    .happened_to_day = 19997,
	    .known_day = 19997,
	    .reported_day = 19998,
	    .source = 1,
	    .subject = 1};

	preview_incident(&out, &place.home, &incident);
	expect("dugaan pelanggaran netralitas, belum terbukti");
	expect("APK: Memasang spanduk/baliho/alat peraga");
	expect("2024-09-30 sampai 2024-10-01");
	expect("KEL-73.71.04.1008 (Kelurahan Melati)");
	expect("tidak ada");
}

Test(preview, shows_of_a_correction_only_what_changes)
{
	struct record old = {.seq = 5, .kind = EVENT_PLEDGE_MADE};
	struct corrected new = {.kind = EVENT_PLEDGE_MADE};

	old.pledge = pledge_of("KEL-73.71.04.1008");
	new.pledge = old.pledge;
	cr_expect_eq(preview_correction(&out, &place.home, &old, &new), 0);
	new.pledge.counts[EMPLOYMENT_PNS].signatures = 12;
	new.pledge.form = 6;
	text_buf_clear(&out);
	cr_expect_eq(preview_correction(&out, &place.home, &old, &new), 2);
	expect("koreksi catatan 5, KEL-73.71.04.1008 (Kelurahan Melati)");
	expect("hadir 12, tanda tangan 11 -> hadir 12, tanda tangan 12");
	expect("APEL -> di unit sendiri (MANDIRI)");
	cr_expect_null(strstr(out.at, "WITA"));
}

Test(preview, says_a_withdrawals_reason_in_words)
{
	struct record old = {.seq = 5, .kind = EVENT_PLEDGE_MADE};
	struct withdrawn withdrawn = {.reason = "BATAL", .reference = "800/1"};

	old.pledge = pledge_of("KEL-73.71.04.1008");
	preview_withdrawal(&out, &place.home, &old, &withdrawn);
	expect("pencabutan catatan 5");
	expect("kegiatan batal (BATAL), surat 800/1");
}
