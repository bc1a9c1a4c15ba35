/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/template.h"

#include "tests/unit/test_notifier_rig.h"

#include <criterion/criterion.h>

struct rig {
	char *dir;
	struct templates *templates;
	struct event event;
	struct seat_row seat;
	struct letter_input input;
	struct letter letter;
	struct text_buf out;
};

static void
rig_open(struct rig *rig, const char *file, const char *text)
{
	*rig = (struct rig){.dir = temp_dir_make(),
	    .event = a_verdict(EVENT_ALERT_OPENED, 0x3f, ROLE_HEAD),
	    .seat = a_seat("kepala-73.04", "73.04", ROLE_HEAD)};
	if (file != NULL)
		temp_dir_write(rig->dir, file, text);
	rig->templates = templates_open(rig->dir);
	rig->input = (struct letter_input){.kind = EVENT_ALERT_OPENED,
	    .verdict = &rig->event.verdict,
	    .index = 1234,
	    .seat = &rig->seat,
	    .term = "pj-1",
	    .channel = "mail"};
	letter_write(&rig->letter, &rig->input);
}

static void
rig_close(struct rig *rig)
{
	text_buf_clear(&rig->out);
	letter_clear(&rig->letter);
	templates_close(rig->templates);
	temp_dir_remove(rig->dir);
}

static const char *
put(struct rig *rig, enum contact_kind kind)
{
	text_buf_clear(&rig->out);
	templates_put(
	    rig->templates, &rig->out, kind, &rig->input, &rig->letter);
	return rig->out.at;
}

Test(notifier_template, puts_the_offices_words_around_the_text)
{
	struct rig rig;
	const char *got;

	rig_open(&rig, "mail.id.txt",
	    "Yth. {{title}}\nPerihal {{rule}} di {{object}} <{{entry}}>\n\n"
	    "{{text}}\n-- \nSekretariat {{seat}}, {{kind}}\n");
	got = put(&rig, CONTACT_MAIL);
	cr_assert_eq(strncmp(got,
			 "Yth. Kantor Pj Bupati\nPerihal BELUM-IKRAR di "
			 "Kabupaten Jeneponto <1234>\n\nKepada: ",
			 80),
	    0, "%s", got);
	cr_assert_not_null(
	    strstr(got, "\n-- \nSekretariat kepala-73.04, opened\n"));
	cr_assert_not_null(strstr(got, rig.letter.body.at));
	cr_assert_eq(templates_fallbacks(rig.templates), 0);
	/* The HTML says the same, without becoming other HTML. */
	text_buf_clear(&rig.out);
	templates_put_html(rig.templates, &rig.out, &rig.input, &rig.letter);
	cr_assert_not_null(strstr(rig.out.at,
	    "pre-line\">Yth. Kantor Pj Bupati\nPerihal BELUM-IKRAR di "
	    "Kabupaten Jeneponto &lt;1234>"));
	cr_assert_lt(strstr(rig.out.at, "Yth."), strstr(rig.out.at, "Kepada:"));
	cr_assert_lt(
	    strstr(rig.out.at, "Reference"), strstr(rig.out.at, "Sekretariat"));
	/* Other channels and the other language have none. */
	cr_assert_str_eq(put(&rig, CONTACT_EXEC), rig.letter.brief);
	CHECK(text_copy(rig.seat.language, sizeof rig.seat.language, "en"));
	cr_assert_str_eq(put(&rig, CONTACT_MAIL), rig.letter.body.at);
	rig_close(&rig);
}

Test(notifier_template, loses_no_message_to_a_broken_one_and_reports_it)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"{{text}} {{nama}}", "line 1: an unknown or unclosed"},
	    {"{{text}}\n\n{{title", "line 3: an unknown or unclosed"},
	    {"{{text}}\n{{ title }}", "line 2: an unknown or unclosed"},
	    {"{{}} {{text}}", "line 1: an unknown"},
	    {"halo", "exactly once, not 0 times"},
	    {"", "exactly once, not 0 times"},
	    {"{{text}}{{text}}", "exactly once, not 2 times"},
	    {"{{text}}\n\xff\xfe", "line 2: is no plain UTF-8"},
	    {"{{text}}\n\n\x1b[31m", "line 3: is no plain UTF-8"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rig rig;
		unsigned count;
		const struct template_fault *faults;

		rig_open(&rig, "mail.id.txt", cases[i].text);
		faults = templates_faults(rig.templates, &count);
		cr_assert_eq(count, 1, "case %u", i);
		cr_expect_str_eq(faults[0].file, "mail.id.txt");
		cr_expect_not_null(strstr(faults[0].en, cases[i].why),
		    "case %u: %s", i, faults[0].en);
		cr_expect_str_neq(faults[0].id, faults[0].en);
		cr_expect_str_eq(put(&rig, CONTACT_MAIL), rig.letter.body.at);
		cr_expect_eq(templates_fallbacks(rig.templates), 1);
		(void)put(&rig, CONTACT_TELEGRAM); /* has no template */
		cr_expect_eq(templates_fallbacks(rig.templates), 1);
		rig_close(&rig);
	}
}

Test(notifier_template, takes_no_file_beyond_its_limit)
{
	static char big[TEMPLATE_BYTES_MAX + 16];
	struct rig rig;
	unsigned count;

	memset(big, 'a', TEMPLATE_BYTES_MAX + 8);
	memcpy(big, "{{text}}", 8);
	rig_open(&rig, "telegram.id.txt", big);
	cr_assert_not_null(strstr(
	    templates_faults(rig.templates, &count)[0].en, "longer than"));
	cr_assert_eq(count, 1);
	rig_close(&rig);
}

Test(notifier_template,
    sends_the_built_in_text_when_160_characters_are_not_enough)
{
	struct rig rig;

	rig_open(&rig, "exec.id.txt", "Setda:\n{{text}}\n");
	cr_assert_eq(strncmp(put(&rig, CONTACT_EXEC), "Setda: PERING", 13), 0,
	    "%s", rig.out.at);
	cr_assert_null(strchr(rig.out.at, '\n'));
	cr_assert_eq(templates_fallbacks(rig.templates), 0);
	rig_close(&rig);
	rig_open(&rig, "exec.id.txt",
	    "Dengan hormat, kami dari Sekretariat Daerah menyampaikan yang "
	    "berikut ini: {{text}}");
	cr_assert_str_eq(put(&rig, CONTACT_EXEC), rig.letter.brief);
	cr_assert_eq(templates_fallbacks(rig.templates), 1);
	rig_close(&rig);
}

Test(
    notifier_template, says_what_kind_of_message_it_is_before_the_offices_words)
{
	struct rig rig;

	rig_open(&rig, "mail.id.txt", "Yth. Bupati\n{{text}}");
	rig.input.is_drill = true;
	cr_assert_eq(
	    strncmp(put(&rig, CONTACT_MAIL), "LATIHAN\n\nYth. ", 14), 0);
	rig.input.is_drill = false;
	rig.input.is_test = true;
	cr_assert_eq(
	    strncmp(put(&rig, CONTACT_MAIL), "UJI COBA\n\nYth. ", 15), 0);
	rig_close(&rig);
}

/* Characters beyond the 16-bit plane count twice there. */
static unsigned
units(const char *text)
{
	unsigned count = 0;

	for (; *text != '\0'; text++)
		count += (((uint8_t)*text & 0xc0) != 0x80) +
			 ((uint8_t)*text >= 0xf0);
	return count;
}

Test(notifier_template, cuts_a_message_to_what_telegram_takes_at_a_lines_end)
{
	static struct alert_unit many[VERDICT_UNITS_MAX];
	struct rig rig;

	rig_open(&rig, "telegram.id.txt", "Yth. Bupati\n\n{{text}}\n-- Setda");
	for (unsigned i = 0; i < VERDICT_UNITS_MAX; i++)
		many[i] = a_unit(
		    "U", "Puskesmas \xf0\x9f\x8f\xa5 Pa’biring", "73.04.01");
	rig.event.verdict.units = many;
	rig.event.verdict.unit_count = VERDICT_UNITS_MAX;
	letter_clear(&rig.letter);
	letter_write(&rig.letter, &rig.input);
	cr_assert_gt(units(rig.letter.body.at), TELEGRAM_UNITS_MAX);
	(void)put(&rig, CONTACT_TELEGRAM);
	cr_assert_leq(units(rig.out.at), TELEGRAM_UNITS_MAX);
	cr_assert_gt(units(rig.out.at), TELEGRAM_UNITS_MAX - 200);
	cr_assert_not_null(strstr(rig.out.at,
	    "73.04.01\n\n(dipotong di sini: pesan ini terlalu panjang untuk "
	    "saluran ini)\n\n-- Setda"));
	rig_close(&rig);
	/* And without words of the office. */
	rig_open(&rig, NULL, NULL);
	rig.event.verdict.units = many;
	rig.event.verdict.unit_count = VERDICT_UNITS_MAX;
	letter_clear(&rig.letter);
	letter_write(&rig.letter, &rig.input);
	cr_assert_leq(units(put(&rig, CONTACT_TELEGRAM)), TELEGRAM_UNITS_MAX);
	rig_close(&rig);
}

Test(notifier_template, is_the_built_in_text_without_a_directory)
{
	struct rig rig;
	unsigned count;

	rig_open(&rig, NULL, NULL);
	(void)templates_faults(rig.templates, &count);
	cr_assert_eq(count, 0);
	cr_assert_str_eq(put(&rig, CONTACT_MAIL), rig.letter.body.at);
	templates_close(rig.templates);
	rig.templates = templates_open(NULL);
	cr_assert_null(rig.templates);
	cr_assert_str_eq(put(&rig, CONTACT_MAIL), rig.letter.body.at);
	cr_assert_eq(templates_fallbacks(rig.templates), 0);
	rig_close(&rig);
}
