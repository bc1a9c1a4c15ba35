/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/enter.h"

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/test_collector_place.h"
#include "trust/sign.h"

static struct place place;
static char *units[3];

static void
open_place(void)
{
	place_make(&place);
	place_take_slices(&place);
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(enter, .init = open_place, .fini = close_place);

static struct enter_words
pledge_words(void)
{
	units[0] = word_of("KEL-73.71.04.1008=pns:12/11,head");
	units[1] = word_of("KEL-73.71.04.1009=pns:9/9");
	return (struct enter_words){.home = place.words,
	    .yes = true,
	    .pledge = {.campaign = word_of("PILKADA2024"),
		.act = word_of("pakta"),
		.form = word_of("APEL"),
		.made = word_of("2024-10-01 08:00"),
		.template = word_of("IKRAR-4-POIN"),
		.units = {units, 2}}};
}

static struct enter_words
incident_words(void)
{
	return (struct enter_words){.home = place.words,
	    .yes = true,
	    .incident = {.unit = word_of("KEL-73.71.04.1008"),
		.act = word_of("APK"),
		.happened = word_of("2024-09-30"),
		.source = word_of("WARGA"),
		.subject = word_of("PNS")}};
}

/* Only what a correction or a withdrawal is given. */
static struct enter_words
bare_words(void)
{
	return (struct enter_words){.home = place.words, .yes = true};
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

static struct event
event_at(uint64_t seq)
{
	struct spool_row row;
	struct event event;

	place_open(&place);
	cr_assert_eq(home_event(&place.home, seq, &row, &event), OK);
	place_close(&place);
	return event;
}

static void
expect_text(const char *name, const char *text)
{
	char *all = place_read(&place, name);

	cr_expect(
	    strstr(all, text) != NULL, "no \"%s\" in %s:\n%s", text, name, all);
	free(all);
}

static void
expect_last_line(const char *line)
{
	char *all = place_read(&place, "out");
	size_t len = strlen(all), line_len = strlen(line);

	cr_expect(len > line_len + 1 && all[len - 1] == '\n' &&
		      strncmp(all + len - 1 - line_len, line, line_len) == 0 &&
		      all[len - 2 - line_len] == '\n',
	    "the last line is not \"%s\":\n%s", line, all);
	free(all);
}

Test(enter, stores_a_ceremony_signed_and_numbered_before_it_says_so)
{
	struct enter_words words = pledge_words();
	struct spool_row row;
	struct event first, second;

	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 0);
	expect_last_line("tersimpan 1-2");
	first = event_at(1);
	second = event_at(2);
	cr_expect_eq(first.kind, EVENT_PLEDGE_MADE);
	cr_expect_str_eq(first.wilayah, PLACE_WILAYAH);
	cr_expect_eq(first.recorded_at_ms, local_ms(PLACE_NOW));
	cr_expect_str_eq(second.pledge.unit, "KEL-73.71.04.1009");
	cr_expect_eq(second.pledge.counts[0].signatures, 9);
	cr_expect_arr_eq(
	    first.pledge.ceremony, second.pledge.ceremony, EVENT_ID_SIZE);
	place_open(&place);
	cr_assert_eq(spool_row(place.home.spool, 2, &row), OK);
	cr_assert_eq(row.stamp.len, STAMP_SIZE);
	cr_expect(stamp_is_valid(row.stamp.at, place.home.keys.id, 2, &row.head,
	    place.home.keys.sign.public_key));
	spool_row_done(place.home.spool);
	place_close(&place);
}

Test(enter, stands_in_a_drill_under_a_line_that_says_so)
{
	struct enter_words words = pledge_words();
	char *all;

	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 0);
	all = place_read(&place, "out");
	cr_expect_eq(strncmp(all, "LATIHAN", 7), 0);
	free(all);
}

Test(enter, stores_after_a_yes)
{
	struct enter_words words = incident_words();

	words.yes = false;
	place_capture(&place, "apa?\nya\n");
	cr_assert_eq(enter_incident(&words), 0);
	expect_text("out", "Simpan? [y/t]");
	expect_text("out", "Jawab y (ya) atau t (tidak)");
	expect_last_line("tersimpan 1");
	cr_expect_eq(last_seq(), 1);
}

Test(enter, stores_nothing_after_a_no)
{
	struct enter_words words = pledge_words();

	words.yes = false;
	place_capture(&place, "t\n");
	cr_assert_eq(enter_pledge(&words), 1);
	expect_text("err", "Tidak disimpan.");
	cr_expect_eq(last_seq(), 0);
}

Test(enter, stores_nothing_when_nobody_answers)
{
	struct enter_words words = pledge_words();

	words.yes = false;
	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 1);
	expect_text("err", "tidak ada jawaban");
	cr_expect_eq(last_seq(), 0);
}

Test(enter, stores_nothing_of_a_command_that_has_one_mistake)
{
	struct enter_words words = pledge_words();

	units[1] = word_of("KEL-73.71.04.1088,head");
	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 1);
	expect_text("err", "Mungkin maksudnya: KEL-73.71.04.1008");
	cr_expect_eq(last_seq(), 0);
}

Test(enter, rounds_the_time_of_an_incident_to_the_hour)
{
	struct enter_words words = incident_words();
	struct event event;

	place_set_clock(&place, "2024-10-02 10:59");
	place_capture(&place, "");
	cr_assert_eq(enter_incident(&words), 0);
	event = event_at(1);
	cr_expect_eq(event.recorded_at_ms, local_ms("2024-10-02 10:00"));
	cr_expect_str_eq(event.incident.act, "APK");
}

Test(enter, asks_a_node_that_has_not_joined_to_join_first)
{
	struct enter_words words = pledge_words();
	char *empty = temp_dir_path(place.dir, "lain");

	words.home.dir = empty;
	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 1);
	expect_text("err", "belum bergabung");
	expect_text("err", "ikrar-collector join KODE");
	free(empty);
}

Test(enter, refuses_a_clock_outside_a_drill)
{
	struct enter_words words = pledge_words();
	struct node_region region;

	cr_assert_eq(node_region_load(&region, place.dir), OK);
	region.drill = false;
	cr_assert_eq(node_region_save(&region, place.dir), OK);
	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 1);
	expect_text("err", "--clock hanya untuk wilayah latihan");
}

Test(enter, wakes_the_daemon_that_runs_beside_it)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct enter_words words = incident_words();
	char byte;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(
	    address.sun_path, sizeof address.sun_path, "%s/wake", place.dir);
	cr_assert_eq(
	    bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	place_capture(&place, "");
	cr_assert_eq(enter_incident(&words), 0);
	cr_expect_eq(recv(fd, &byte, 1, MSG_DONTWAIT), 1);
	close(fd);
}

/* ---- corrections */

static void
correct(const char *seq, const char *unit, int exit_code)
{
	struct enter_words words = bare_words();
	char *given[] = {word_of(unit)};

	words.pledge.units = (struct conf_texts){given, 1};
	cr_assert_eq(enter_correction(&words, seq), exit_code);
}

Test(enter, corrects_what_is_given_and_keeps_the_rest)
{
	struct enter_words words = pledge_words();
	uint8_t wanted[EVENT_COLLECTOR_MAX], found[EVENT_COLLECTOR_MAX];
	struct event old, new;
	size_t len;

	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 0);
	correct("1", "KEL-73.71.04.1008=pppk:3/3", 0);
	expect_last_line("tersimpan 3");
	expect_text("out", "tidak diubah -> hadir 3, tanda tangan 3");
	old = event_at(1);
	new = event_at(3);
	cr_expect_eq(new.kind, EVENT_CORRECTED);
	cr_expect_eq(new.corrected.kind, EVENT_PLEDGE_MADE);
	cr_expect_eq(new.corrected.target.seq, 1);
	cr_expect_eq(new.corrected.target.node[0], 0);
	/* As bytes: the old record with the one new count. */
	old.pledge.counts[EMPLOYMENT_PPPK] =
	    (struct count){.is_set = true, .present = 3, .signatures = 3};
	len = wire_pack(&old, wanted, sizeof wanted);
	old.pledge = new.corrected.pledge;
	cr_assert_eq(wire_pack(&old, found, sizeof found), len);
	cr_expect_arr_eq(found, wanted, len);
}

Test(enter, corrects_the_newest_version_and_names_the_first)
{
	struct enter_words words = pledge_words();
	const struct pledge *pledge;
	struct event event;

	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 0);
	correct("1", "KEL-73.71.04.1008=pppk:3/3", 0);
	correct("1", "KEL-73.71.04.1008=non_asn:4/4", 0);
	correct("3", "KEL-73.71.04.1008=pns:12/12,head:tidak", 0);
	event = event_at(5);
	pledge = &event.corrected.pledge;
	cr_expect_eq(event.corrected.target.seq, 1);
	cr_expect_eq(pledge->counts[EMPLOYMENT_PNS].signatures, 12);
	cr_expect_eq(pledge->counts[EMPLOYMENT_PPPK].signatures, 3);
	cr_expect_eq(pledge->counts[EMPLOYMENT_NON_ASN].signatures, 4);
	cr_expect_not(pledge->head_signed);
}

Test(enter, passes_over_a_correction_that_was_refused)
{
	struct enter_words words = pledge_words();
	struct event event;

	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 0);
	correct("1", "KEL-73.71.04.1008=pppk:3/3", 0);
	place_take_receipt(&place, 3, 3);
	correct("1", "KEL-73.71.04.1008=pns:12/12", 0);
	event = event_at(4);
	cr_expect_not(event.corrected.pledge.counts[EMPLOYMENT_PPPK].is_set);
}

Test(enter, refuses_corrections_that_cannot_be)
{
	struct enter_words words = pledge_words();
	struct enter_words wrong = bare_words();

	place_capture(&place, "");
	cr_assert_eq(enter_pledge(&words), 0);
	cr_expect_eq(enter_correction(&wrong, "1"), 1);
	expect_text("err", "Tidak ada yang berubah pada catatan 1");
	cr_expect_eq(enter_correction(&wrong, "9"), 1);
	expect_text("err", "Tidak ada catatan nomor 9. Yang ada: 1 sampai 2");
	cr_expect_eq(enter_correction(&wrong, "satu"), 1);
	expect_text("err", "bukan nomor catatan");
	wrong.incident.happened = word_of("2024-10-01");
	cr_expect_eq(enter_correction(&wrong, "1"), 1);
	expect_text("err", "--happened tidak berlaku di sini");
	place_take_receipt(&place, 2, 2);
	cr_expect_eq(enter_correction(&wrong, "2"), 1);
	expect_text("err", "Catatan 2 ditolak wilayah");
	cr_expect_eq(last_seq(), 2);
}

Test(enter, corrects_an_incident)
{
	struct enter_words words = incident_words();
	struct enter_words new = bare_words();
	struct event event;

	place_capture(&place, "");
	cr_assert_eq(enter_incident(&words), 0);
	new.pledge.act = word_of("SOS");
	new.incident.source = word_of("RT_RW");
	cr_assert_eq(enter_correction(&new, "1"), 0);
	event = event_at(2);
	cr_expect_str_eq(event.corrected.incident.act, "SOS");
	cr_expect_eq(event.corrected.incident.source, 2);
	cr_expect_eq(event.corrected.incident.subject, 1);
	new.pledge.form = word_of("APEL");
	cr_assert_eq(enter_correction(&new, "1"), 1);
	expect_text("err", "--form tidak berlaku di sini");
}

Test(enter, withdraws_once_and_for_all)
{
	struct enter_words words = incident_words();
	struct enter_words gone = bare_words();
	struct event event;

	place_capture(&place, "");
	cr_assert_eq(enter_incident(&words), 0);
	gone.reason = word_of("salah_input");
	gone.reference = word_of("800/12-A");
	cr_assert_eq(enter_withdrawal(&gone, "1"), 0);
	expect_last_line("tersimpan 2");
	event = event_at(2);
	cr_expect_eq(event.kind, EVENT_WITHDRAWN);
	cr_expect_eq(event.withdrawn.target.seq, 1);
	cr_expect_str_eq(event.withdrawn.reason, "SALAH_INPUT");
	cr_expect_str_eq(event.withdrawn.reference, "800/12-A");
	cr_expect_eq(enter_withdrawal(&gone, "1"), 1);
	expect_text("err", "Catatan 1 sudah dicabut (catatan 2)");
	gone.incident.source = word_of("RT_RW");
	cr_expect_eq(enter_correction(&gone, "1"), 1);
	cr_expect_eq(enter_withdrawal(&gone, "2"), 1);
	expect_text("err", "Catatan 2 adalah pencabutan");
	cr_expect_eq(last_seq(), 2);
}
