/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/recipients_file.h"

#include "aggregator/log_json.h"
#include "aggregator/reading.h"
#include "node/code.h"
#include "tests/support/recipients.h"
#include "tests/unit/test_aggregator_verbs.h"

#include <criterion/criterion.h>

static const char origin[] = "ikrar/73.71/1/latihan";

TestSuite(recipients, .init = rig_open, .fini = rig_close, .timeout = 120);

/* ---- files as the inspectorate's machine writes them */

static void
add_key(struct text_buf *text, const struct recipient_row *row)
{
	char seal[BASE64_SIZE(32)], sign[BASE64_SIZE(32)];

	base64_put(seal, row->seal_key, sizeof row->seal_key);
	base64_put(sign, row->sign_key, sizeof row->sign_key);
	text_buf_add(text, "ikrar-penerima-1 %s %s %s\n", row->id, seal, sign);
}

static char *
file_of(const char *name, const char *text)
{
	temp_dir_write(rig.root, name, text);
	return temp_dir_path(rig.root, name);
}

static char *
key_file(uint8_t n)
{
	struct recipient_row row = recipient_row(n);
	struct text_buf text = {0};
	char name[16], *path;

	add_key(&text, &row);
	snprintf(name, sizeof name, "%u.pub", n);
	path = file_of(name, text.at);
	text_buf_clear(&text);
	return path;
}

static void
add_change(struct text_buf *text, const struct event *event, const char *of)
{
	const struct recipients_changed *changed = &event->recipients;
	char signer[BASE64_SIZE(32)], signature[BASE64_SIZE(64)];

	text_buf_add(text, "ikrar-perubahan-penerima-1 %s %u\n", of,
	    changed->part.version);
	for (uint32_t i = 0; i < changed->row_count; i++)
		add_key(text, &changed->rows[i]);
	base64_put(signer, changed->signer, sizeof changed->signer);
	base64_put(signature, changed->signature, sizeof changed->signature);
	text_buf_add(text, "signed %s %s\n", signer, signature);
}

static char *
change_file(uint32_t version, uint8_t first, uint32_t count, uint8_t by)
{
	struct event event = recipients_of(version, first, count);
	struct text_buf text = {0};
	char *path;

	recipients_signed(&event, origin, by);
	add_change(&text, &event, origin);
	path = file_of("change", text.at);
	text_buf_clear(&text);
	return path;
}

/* ---- what a person does */

static int
set(uint8_t first, uint8_t second)
{
	char *a = key_file(first), *b = key_file(second);
	int code =
	    RIG_RUN(verb_recipients, WORD("recipients"), WORD("set"), a, b);

	free(a);
	free(b);
	return code;
}

static int
change(uint32_t version, uint8_t first, uint32_t count, uint8_t by)
{
	char *path = change_file(version, first, count, by);
	int code =
	    RIG_RUN(verb_recipients, WORD("recipients"), WORD("change"), path);

	free(path);
	return code;
}

static int
show(void)
{
	return RIG_RUN(verb_recipients, WORD("recipients"), WORD("show"));
}

Test(recipients, are_set_changed_and_shown_with_their_fingerprints)
{
	struct event second = recipients_of(2, 2, 2);
	char text[FINGERPRINT_TEXT];

	rig_start();
	cr_assert_eq(show(), 0);
	cr_assert(rig_said("Belum ada penerima"), "%s", rig.said);
	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	cr_assert(rig_said("diterima:"), "%s", rig.said);
	cr_assert_eq(change(2, 2, 2, 1), 0, "%s", rig.said);
	cr_assert(rig_said("diterima:"), "%s", rig.said);
	cr_assert_eq(show(), 0);
	cr_assert(rig_said("versi/version 2, 2 penerima"), "%s", rig.said);
	recipients_fingerprint(text, &second.recipients);
	cr_assert(rig_said(text), "%s", rig.said);
	recipient_fingerprint(text, &second.recipients.rows[1]);
	cr_assert(rig_said(text), "%s", rig.said);
	cr_assert(rig_said("inspektorat-3"), "%s", rig.said);
	cr_assert(
	    rig_said("ditandatangani/signed: inspektorat-1"), "%s", rig.said);
}

Test(recipients, are_set_only_once)
{
	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	cr_assert_eq(set(3, 4), 1);
	cr_assert(rig_said("sudah ditetapkan (versi 1)"), "%s", rig.said);
}

Test(recipients, are_not_the_same_twice)
{
	cr_assert_eq(set(1, 1), 1);
	cr_assert(
	    rig_said("sama dengan penerima inspektorat-1"), "%s", rig.said);
}

Test(recipients, a_change_of_somebody_else_is_refused)
{
	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	cr_assert_eq(change(2, 3, 1, 3), 1);
	cr_assert(rig_said("tidak ditandatangani salah satu penerima"), "%s",
	    rig.said);
}

Test(recipients, a_change_out_of_order_is_refused)
{
	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	cr_assert_eq(change(3, 3, 1, 1), 1);
	cr_assert(rig_said("harus versi berikutnya"), "%s", rig.said);
}

static int
try_change(const char *text)
{
	char *path = file_of("change", text);
	int code =
	    RIG_RUN(verb_recipients, WORD("recipients"), WORD("change"), path);

	free(path);
	return code;
}

Test(recipients, a_change_for_another_log_or_with_other_rows_is_refused)
{
	struct event event = recipients_of(2, 3, 1);
	struct text_buf text = {0};

	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	recipients_signed(&event, "ikrar/73.72/1", 1);
	add_change(&text, &event, "ikrar/73.72/1");
	cr_assert_eq(try_change(text.at), 1);
	cr_assert(rig_said("untuk log ikrar/73.72/1, bukan"), "%s", rig.said);
	text_buf_clear(&text);
	recipients_signed(&event, origin, 1);
	event.recipients.rows[0] = recipient_row(4);
	add_change(&text, &event, origin);
	cr_assert_eq(try_change(text.at), 1);
	cr_assert(
	    rig_said("Tanda tangan penerima inspektorat-1"), "%s", rig.said);
	text_buf_clear(&text);
}

Test(recipients, an_invitation_carries_the_head_of_the_set)
{
	struct event expected = recipients_of(1, 1, 2);
	static const uint8_t zeros[16];
	struct invite_code code;
	char *end;

	for (unsigned round = 0; round < 2; round++) {
		if (round > 0)
			cr_assert_eq(set(1, 2), 0, "%s", rig.said);
		cr_assert_eq(RIG_RUN(verb_node, WORD("node"), WORD("invite"),
				 WORD("73.71.01"), WORD("--endpoint"),
				 WORD("tcp://contoh.id:7302")),
		    0, "%s", rig.said);
		end = rig.said + strlen(rig.said) - 1;
		*end = '\0';
		cr_assert_eq(
		    invite_code_get(&code, strrchr(rig.said, '\n') + 1), OK);
		cr_assert_arr_eq(code.recipients_pin,
		    round == 0 ? zeros : expected.recipients.part.sha256,
		    sizeof code.recipients_pin);
	}
}

Test(recipients, the_state_and_the_log_name_them_without_their_keys)
{
	char text[FINGERPRINT_TEXT], key[2 * 32 + 1], coded[BASE64_SIZE(32)];
	struct recipient_row row = recipient_row(2);

	rig_start();
	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	rig_stop();
	recipient_fingerprint(text, &row);
	hex_put(key, row.seal_key, sizeof row.seal_key);
	base64_put(coded, row.seal_key, sizeof row.seal_key);
	for (unsigned round = 0; round < 2; round++) {
		cr_assert_eq(round == 0 ? RIG_RUN(verb_state, WORD("state"),
					      WORD("--json"))
					: RIG_RUN(verb_log, WORD("log"),
					      WORD("read"), WORD("--json")),
		    0);
		cr_assert(rig_said(text), "%s", rig.said);
		cr_assert(rig_said("inspektorat-2"), "%s", rig.said);
		cr_assert_not(rig_said(key), "%s", rig.said);
		cr_assert_not(rig_said(coded), "%s", rig.said);
	}
	cr_assert(rig_said("RecipientsChanged"), "%s", rig.said);
	cr_assert_eq(RIG_RUN(verb_state, WORD("state")), 0);
	cr_assert(rig_said("penerima 1"), "%s", rig.said);
	cr_assert(rig_said(": inspektorat-1 inspektorat-2\n"), "%s", rig.said);
}

/* ---- hostile files */

#define KEY "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

static enum err
read_key(const char *text)
{
	struct recipient_row row;
	char *path = file_of("hostile", text);
	enum err err = recipients_file_key(&row, path);

	free(path);
	return err;
}

Test(recipients, a_key_file_is_one_line_and_nothing_else)
{
	static const char *const wrong[] = {"", "\n", "ikrar-penerima-1",
	    "ikrar-penerima-1 abc " KEY "\n",
	    "ikrar-penerima-2 abc " KEY " " KEY "\n",
	    "ikrar-penerima-1 abc " KEY " " KEY " \n",
	    "ikrar-penerima-1  abc " KEY " " KEY "\n",
	    "ikrar-penerima-1 abc " KEY " " KEY " x\n",
	    "ikrar-penerima-1 abc " KEY " " KEY "\n\n",
	    "ikrar-penerima-1 abc " KEY " " KEY "\nx\n",
	    "ikrar-penerima-1 ABC " KEY " " KEY "\n",
	    "ikrar-penerima-1 198001012005011001 " KEY " " KEY "\n",
	    "ikrar-penerima-1 abc AAAA " KEY "\n",
	    "ikrar-penerima-1 abc " KEY " !" KEY "\n",
	    "ikrar-penerima-1 abc "
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " KEY "\n",
	    "ikrar-penerima-1 abcdefghijklmnopqrstuvwxyzabcdefg " KEY " " KEY
	    "\n"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_expect_eq(
		    read_key(wrong[i]), ERR_INVALID, "\"%s\"", wrong[i]);
	cr_expect_eq(read_key("ikrar-penerima-1 abc " KEY " " KEY "\n"), OK);
	cr_expect_eq(read_key("ikrar-penerima-1 abc " KEY " " KEY), OK);
	cr_expect_eq(read_key("ikrar-penerima-1 abc " KEY " " KEY "\r\n"), OK);
}

Test(recipients, a_file_that_is_none_is_told)
{
	struct recipient_row row;
	char *long_text = xcalloc(5000, 1);

	cr_expect_eq(recipients_file_key(&row, rig.root), ERR_INVALID);
	cr_expect_eq(recipients_file_key(&row, "/nowhere"), ERR_INVALID);
	memset(long_text, 'a', 4999);
	cr_expect_eq(read_key(long_text), ERR_INVALID);
	free(long_text);
}

/* Cut off anywhere. */
Test(recipients, a_change_that_was_cut_short_is_refused)
{
	struct recipients_change change;
	char *path = change_file(2, 3, 2, 1);
	FILE *in = fopen(path, "re");
	char text[4096];
	size_t len;

	cr_assert_eq(recipients_file_change(&change, path), OK);
	cr_assert_eq(change.body.row_count, 2);
	cr_assert_str_eq(change.origin, origin);
	cr_assert_not_null(in);
	len = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	for (size_t cut = 0; cut + 1 < len; cut += 7) {
		char shorter[4096];

		memcpy(shorter, text, cut);
		shorter[cut] = '\0';
		temp_dir_write(rig.root, "change", shorter);
		cr_expect_eq(recipients_file_change(&change, path), ERR_INVALID,
		    "cut %zu", cut);
	}
	free(path);
}

Test(recipients, a_change_of_nobody_or_of_nine_is_refused)
{
	struct recipients_change change;
	struct event event = recipients_of(2, 1, 1);
	struct recipient_row row;
	struct text_buf text = {0};
	char *path;

	text_buf_add(&text, "ikrar-perubahan-penerima-1 %s 2\n", origin);
	for (uint8_t n = 1; n <= 9; n++) {
		row = recipient_row(n);
		add_key(&text, &row);
	}
	text_buf_add(&text, "signed " KEY " %s\n",
	    "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyABAgMEBQYHCAkKCwwNDg8Q"
	    "ERITFBUWFxgZGhscHR4fIA==");
	path = file_of("change", text.at);
	cr_expect_eq(recipients_file_change(&change, path), ERR_INVALID);
	free(path);
	text_buf_clear(&text);
	event.recipients.row_count = 0;
	add_change(&text, &event, origin);
	path = file_of("change", text.at);
	cr_expect_eq(recipients_file_change(&change, path), ERR_INVALID);
	free(path);
	text_buf_clear(&text);
}

/* So that the clerk and the inspectorate can read it to each other. */
Test(recipients, stand_on_an_invitation_in_groups_of_four)
{
	struct event event = recipients_of(1, 1, 2);
	char plain[FINGERPRINT_TEXT], grouped[2 * FINGERPRINT_TEXT] = "";

	rig_start();
	cr_assert_eq(set(1, 2), 0, "%s", rig.said);
	recipients_fingerprint(plain, &event.recipients);
	for (size_t i = 0; plain[i] != '\0'; i += 4)
		snprintf(grouped + strlen(grouped),
		    sizeof grouped - strlen(grouped), "%s%.4s",
		    i == 0 ? "" : " ", plain + i);
	cr_assert_eq(
	    RIG_RUN(verb_node, WORD("node"), WORD("invite"), WORD("73.71.01")),
	    0, "%s", rig.said);
	cr_assert(rig_said(grouped), "no %s in %s", grouped, rig.said);
	cr_assert(rig_said("bacakan"), "%s", rig.said);
}
