/* SPDX-License-Identifier: Apache-2.0 */
/* What an admin decides on a campaign and on alerts, by command. */
#include "aggregator/head.h"
#include "aggregator/reading.h"
#include "tests/unit/test_aggregator_json.h"
#include "tests/unit/test_aggregator_verbs.h"

#include <criterion/criterion.h>

#define CAMPAIGN "NETRAL2024"
#define UNIT "FA-G40QSN"
#define DISTRICT "73.71.01"
#define UNTIL "2023-12-01T16:00"

static char unit[CODE_MAX];

/* A region with roster, campaign and rules; its daemon runs. */
static void
set_up(void)
{
	struct reading_words words;
	struct reading reading;

	rig_open();
	rig_start();
	rig_take(
	    verb_unit, "unit", "import", "data/scenes/makassar-2023/units.csv");
	rig_take(verb_campaign, "campaign", "set",
	    "data/scenes/makassar-2023/campaigns.yaml");
	words = (struct reading_words){.dir = rig.dir, .clock = rig.clock};
	CHECK(reading_open(&reading, &words) == OK);
	CHECK(reading_view(&reading) == OK);
	(void)text_copy(
	    unit, sizeof unit, view_unit(reading.view, 0)->row.code);
	reading_close(&reading);
}

TestSuite(decisions, .init = set_up, .fini = rig_close, .timeout = 60);

static const char *
campaign(void)
{
	cr_assert_eq(RIG_RUN(verb_state, WORD("state"), WORD("--json")), 0);
	return json_element(json_member(rig.said, "campaigns"), 0);
}

static long long
covered(const char *name)
{
	return json_number(json_member(campaign(), "coverage"), name);
}

#define EXTEND(...)                                              \
	RIG_RUN(verb_campaign, WORD("campaign"), WORD("extend"), \
	    WORD(CAMPAIGN), __VA_ARGS__)
#define EXCUSE(...)                                              \
	RIG_RUN(verb_campaign, WORD("campaign"), WORD("excuse"), \
	    WORD(CAMPAIGN), __VA_ARGS__)

/* ---- extend, excuse */

Test(decisions, more_time_is_given_to_a_unit)
{
	const char *row;

	cr_assert_eq(EXTEND(WORD("--unit"), unit, WORD("--until"), WORD(UNTIL),
			 WORD("--reason"), WORD("BENCANA"), WORD("--reference"),
			 WORD("800/12/2023")),
	    0, "%s", rig.said);
	cr_expect(rig_said("extended until 2023-12-01 16:00 WITA"));
	cr_expect(rig_said("diterima"));
	cr_expect_eq(covered("extended"), 1);
	row = json_element(json_member(campaign(), "extensions"), 0);
	cr_expect(json_is(json_member(row, "unit"), unit));
	cr_expect(json_is(json_member(row, "reason"), "BENCANA"));
	cr_expect_eq(json_number(row, "until_ms"), 1701417600000);
	cr_assert_eq(RIG_RUN(verb_state, WORD("state")), 0);
	cr_expect(rig_said("diperpanjang/extended: unit "));
}

Test(decisions, more_time_is_given_to_a_wilayah)
{
	cr_assert_eq(EXTEND(WORD("--wilayah"), WORD(DISTRICT), WORD("--until"),
			 WORD(UNTIL), WORD("--reason"), WORD("JARINGAN")),
	    0, "%s", rig.said);
	cr_expect_gt(covered("extended"), 1);
}

Test(decisions, more_time_that_is_none_is_refused_in_words)
{
	cr_expect_eq(EXTEND(WORD("--unit"), unit, WORD("--until"),
			 WORD("2023-01-01"), WORD("--reason"), WORD("LIBUR")),
	    1);
	cr_expect(rig_said("gives no more time"));
	cr_expect_eq(EXTEND(WORD("--unit"), unit, WORD("--until"),
			 WORD("besok"), WORD("--reason"), WORD("LIBUR")),
	    1);
	cr_expect(rig_said("is no time"));
	cr_expect_eq(EXTEND(WORD("--unit"), unit, WORD("--until"), WORD(UNTIL),
			 WORD("--reason"), WORD("MALAS")),
	    1);
	cr_expect(
	    rig_said("BENCANA (") && !rig_said("DILEBUR"), "%s", rig.said);
	cr_expect_eq(
	    EXTEND(WORD("--unit"), unit, WORD("--wilayah"), WORD(DISTRICT),
		WORD("--until"), WORD(UNTIL), WORD("--reason"), WORD("LIBUR")),
	    1);
	cr_expect(rig_said("one of --unit CODE and --wilayah CODE"));
	cr_expect_eq(
	    EXTEND(WORD("--wilayah"), WORD("73.71.99"), WORD("--until"),
		WORD(UNTIL), WORD("--reason"), WORD("LIBUR")),
	    1);
	cr_expect(rig_said("No unit lies in"));
	cr_expect_eq(covered("extended"), 0);
}

Test(decisions, a_unit_is_excused_and_expected_again)
{
	cr_assert_eq(
	    EXCUSE(WORD("--unit"), unit, WORD("--reason"), WORD("DILEBUR")), 0,
	    "%s", rig.said);
	cr_expect_eq(covered("excused"), 1);
	cr_assert_eq(RIG_RUN(verb_state, WORD("state")), 0);
	cr_expect(rig_said("dikecualikan/excused: unit "));
	cr_assert_eq(EXCUSE(WORD("--unit"), unit, WORD("--reason"),
			 WORD("SURAT"), WORD("--lift")),
	    0, "%s", rig.said);
	cr_expect(rig_said("expected again"));
	cr_expect_eq(covered("excused"), 0);
}

Test(decisions, a_unit_or_campaign_that_is_not_there_is_named)
{
	cr_expect_eq(EXCUSE(WORD("--unit"), WORD("TIDAK-ADA"), WORD("--reason"),
			 WORD("KOSONG")),
	    1);
	cr_expect(rig_said("no unit TIDAK-ADA"));
	cr_expect_eq(RIG_RUN(verb_campaign, WORD("campaign"), WORD("excuse"),
			 WORD("LAIN"), WORD("--unit"), unit, WORD("--reason"),
			 WORD("KOSONG")),
	    1);
	cr_expect(rig_said("no campaign LAIN; there are: " CAMPAIGN));
}

/* ---- close */

static int
close_campaign(const char *out)
{
	char *path = temp_dir_path(rig.root, out);
	int code = RIG_RUN(verb_campaign, WORD("campaign"), WORD("close"),
	    WORD(CAMPAIGN), WORD("--reference"), WORD("BA/7/2023"),
	    WORD("--out"), path);

	free(path);
	return code;
}

static char *
read_report(const char *name)
{
	char *path = temp_dir_path(rig.root, name);
	FILE *in = fopen(path, "re");
	char *text = xcalloc(SAID_MAX, 1);
	size_t len;

	cr_assert_not_null(in, "%s", path);
	len = fread(text, 1, SAID_MAX - 1, in);
	text[len] = '\0';
	fclose(in);
	free(path);
	return text;
}

static void
admin_key(uint8_t key[SIGN_KEY_SIZE], struct log_started *started)
{
	struct reading_words words = {.dir = rig.dir, .clock = rig.clock};
	struct reading reading;

	cr_assert_eq(reading_open(&reading, &words), OK);
	*started = reading.started;
	memcpy(key, started->admin_sign_key, SIGN_KEY_SIZE);
	reading_close(&reading);
}

/* The signed part, without what the admin has signed it with. */
static bool
report_opens(const char *text, size_t *len)
{
	struct log_started started;
	uint8_t key[SIGN_KEY_SIZE];
	char name[2 * ORIGIN_MAX];

	admin_key(key, &started);
	snprintf(name, sizeof name, "%s/admin", started.origin);
	return note_open(len, text, strlen(text), name, key) == OK;
}

Test(decisions, a_campaign_is_closed_with_a_signed_report)
{
	char *text;
	size_t len;

	cr_assert_eq(
	    EXCUSE(WORD("--unit"), unit, WORD("--reason"), WORD("DILEBUR")), 0);
	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	cr_expect(rig_said("ditutup/closed"));
	text = read_report("laporan.txt");
	cr_expect(report_opens(text, &len));
	cr_expect(strstr(text, "kegiatan/campaign: " CAMPAIGN) != NULL);
	cr_expect(
	    strstr(text, "expected:           202\n") != NULL, "%s", text);
	cr_expect(strstr(text, "excused:            1\n") != NULL);
	cr_expect(strstr(text, "unheard:            201\n") != NULL);
	cr_expect(strstr(text, "reference: BA/7/2023\n") != NULL);
	cr_expect(strstr(text, "and 141 more") != NULL);
	text[len / 2] ^= 1;
	cr_expect_not(report_opens(text, &len));
	free(text);
}

Test(decisions, the_report_holds_a_head_behind_the_closing)
{
	struct log_started started;
	struct checkpoint head;
	uint8_t key[SIGN_KEY_SIZE];
	const char *at, *end;
	char *text;

	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	text = read_report("laporan.txt");
	admin_key(key, &started);
	at = strstr(text, "\n\nikrar/73.71/");
	cr_assert_not_null(at);
	at += 2;
	end = strstr(strstr(at, "\n\n") + 2, "\n") + 1;
	cr_assert_eq(checkpoint_open(&head, at, (size_t)(end - at),
			 started.origin, started.log_key),
	    OK);
	cr_assert_eq(RIG_RUN(verb_state, WORD("state"), WORD("--json")), 0);
	cr_expect_eq(
	    json_number(json_element(json_member(rig.said, "campaigns"), 0),
		"closed_index") +
		1,
	    (long long)head.size);
	free(text);
}

Test(decisions, the_report_is_written_again_as_it_was)
{
	char *first, *second, *file;

	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	cr_expect_eq(close_campaign("laporan.txt"), 1);
	cr_expect(rig_said("is there already"));
	/* The register changes; what is closed does not. */
	temp_dir_write(rig.root, "units.csv",
	    "kode,nama,jenis,wilayah,induk,pns,pppk,non_asn\n"
	    "A-1,Kelurahan Satu,KELURAHAN,73.71.01.1001,,5,0,0\n");
	file = temp_dir_path(rig.root, "units.csv");
	cr_assert_eq(RIG_RUN(verb_unit, WORD("unit"), WORD("import"), file), 0,
	    "%s", rig.said);
	free(file);
	cr_assert_eq(close_campaign("lagi.txt"), 0, "%s", rig.said);
	first = read_report("laporan.txt");
	second = read_report("lagi.txt");
	*strstr(first, "\nKepala log") = '\0';
	*strstr(second, "\nKepala log") = '\0';
	cr_expect_str_eq(first, second);
	free(first);
	free(second);
}

Test(decisions, a_campaign_closed_without_a_daemon_has_its_report_later)
{
	char *text;
	size_t len;

	rig_stop();
	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	cr_expect(rig_said("tersimpan") && rig_said("once this is in the log"));
	rig_start();
	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	text = read_report("laporan.txt");
	cr_expect(report_opens(text, &len));
	free(text);
}

Test(decisions, nothing_is_decided_on_a_closed_campaign)
{
	cr_assert_eq(close_campaign("laporan.txt"), 0, "%s", rig.said);
	cr_expect_eq(
	    EXCUSE(WORD("--unit"), unit, WORD("--reason"), WORD("DILEBUR")), 1);
	cr_expect(rig_said("ditolak (locked)"), "%s", rig.said);
}

/* ---- alerts */

Test(decisions, an_alert_that_is_not_there_is_named)
{
	cr_expect_eq(
	    RIG_RUN(verb_alert, WORD("alert"), WORD("close"),
		WORD("0123456789ab"), WORD("--reason"), WORD("SELESAI")),
	    1);
	cr_expect(rig_said("no alert \"0123456789ab\""));
	cr_expect_eq(RIG_RUN(verb_alert, WORD("alert"), WORD("list")), 0);
}
