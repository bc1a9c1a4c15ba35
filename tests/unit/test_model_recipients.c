/* SPDX-License-Identifier: Apache-2.0 */
#include "model/recipients.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

static const char golden_line[] =
    "ikrar-penerima-1 inspektorat "
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE= "
    "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n";
static const char golden_change[] =
    "ikrar-perubahan-penerima-1 ikrar/73.71/1 2\n"
    "ikrar-penerima-1 inspektorat "
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE= "
    "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"
    "ikrar-penerima-1 kasn.1 "
    "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM= "
    "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=\n"
    "signed AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI= "
    "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUF"
    "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQ==\n";

static struct recipient_row
row_make(const char *id, int seal, int sign)
{
	struct recipient_row row = {0};

	(void)text_copy(row.id, sizeof row.id, id);
	memset(row.seal_key, seal, sizeof row.seal_key);
	memset(row.sign_key, sign, sizeof row.sign_key);
	return row;
}

static void
change_make(struct recipients_change *change)
{
	struct recipients_changed *body = &change->body;

	memset(change, 0, sizeof *change);
	(void)text_copy(change->origin, ORIGIN_MAX, "ikrar/73.71/1");
	body->part = (struct part){.version = 2, .part = 1, .parts = 1};
	body->rows[0] = row_make("inspektorat", 1, 2);
	body->rows[1] = row_make("kasn.1", 3, 4);
	body->row_count = 2;
	body->is_signed = true;
	memset(body->signer, 2, sizeof body->signer);
	memset(body->signature, 5, sizeof body->signature);
}

static bool
line_is_taken(const char *text)
{
	struct recipient_row row;

	return recipient_line_get(&row, bytes_of_text(text)) == OK;
}

static bool
change_is_taken(const char *text)
{
	struct recipients_change change;

	return recipients_change_get(&change, bytes_of_text(text)) == OK;
}

/* The golden text with `from`, once there, written as `to`. */
static const char *
with(const char *text, const char *from, const char *to)
{
	static char made[RECIPIENTS_TEXT_MAX];
	const char *at = strstr(text, from);

	cr_assert_not_null(at);
	snprintf(made, sizeof made, "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from));
	return made;
}

Test(recipients, line_is_written_and_read)
{
	struct recipient_row row = row_make("inspektorat", 1, 2), again;
	char line[RECIPIENT_LINE_MAX];

	recipient_line_put(line, &row);
	cr_assert_str_eq(line, golden_line);
	cr_assert_eq(recipient_line_get(&again, bytes_of_text(line)), OK);
	cr_assert_eq(memcmp(&again, &row, sizeof row), 0);
}

Test(recipients, line_with_the_longest_name_fits)
{
	struct recipient_row row =
	    row_make("abcdefghijklmnopqrstuvwx", 255, 255);
	char line[RECIPIENT_LINE_MAX];

	recipient_line_put(line, &row);
	cr_assert_eq(line[strlen(line) - 1], '\n');
	cr_assert(line_is_taken(line));
}

Test(recipients, line_may_have_gone_through_another_system)
{
	cr_assert(line_is_taken(with(golden_line, "\n", "")));
	cr_assert(line_is_taken(with(golden_line, "\n", "\r\n")));
}

Test(recipients, line_is_refused_when_anything_else_is_there)
{
	cr_assert_not(line_is_taken(""));
	cr_assert_not(line_is_taken("\n"));
	cr_assert_not(line_is_taken(with(golden_line, "penerima-1", "x-1")));
	cr_assert_not(line_is_taken(with(golden_line, "-1 ", "-2 ")));
	cr_assert_not(line_is_taken(with(golden_line, "insp", "Insp")));
	cr_assert_not(line_is_taken(with(golden_line, " insp", "  insp")));
	cr_assert_not(line_is_taken(with(golden_line, "\n", " x\n")));
	cr_assert_not(line_is_taken(with(golden_line, "\n", "\n\n")));
	cr_assert_not(line_is_taken(with(golden_line, "AQE=", "AQF=")));
	cr_assert_not(line_is_taken(with(golden_line, "AQE=", "")));
	cr_assert_not(line_is_taken(
	    with(golden_line, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
}

Test(recipients, change_is_written_and_read)
{
	struct recipients_change change, again;
	struct text_buf text = {0};

	change_make(&change);
	recipients_change_put(&text, &change);
	cr_assert_str_eq(text.at, golden_change);
	cr_assert_eq(
	    recipients_change_get(&again, bytes_of(text.at, text.len)), OK);
	cr_assert_eq(memcmp(&again, &change, sizeof change), 0);
	text_buf_clear(&text);
}

Test(recipients, change_holds_eight_rows_and_no_ninth)
{
	struct recipients_change change, again;
	struct text_buf text = {0};
	char ninth[RECIPIENT_LINE_MAX + 8];

	change_make(&change);
	change.body.row_count = RECIPIENTS_MAX;
	for (int i = 0; i < RECIPIENTS_MAX; i++)
		change.body.rows[i] =
		    row_make("abcdefghijklmnopqrstuvwx", 1 + i, 9 + i);
	recipients_change_put(&text, &change);
	cr_assert_leq(text.len, RECIPIENTS_TEXT_MAX);
	cr_assert(change_is_taken(text.at));
	cr_assert_eq(
	    recipients_change_get(&again, bytes_of(text.at, text.len)), OK);
	cr_assert_eq(again.body.row_count, RECIPIENTS_MAX);
	snprintf(ninth, sizeof ninth, "\n%ssigned", golden_line);
	cr_assert_not(change_is_taken(with(text.at, "\nsigned", ninth)));
	text_buf_clear(&text);
}

Test(recipients, change_is_refused_when_a_line_is_missing_or_too_much)
{
	static const char row[] =
	    "ikrar-penerima-1 kasn.1 "
	    "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM= "
	    "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=\n";
	const char *signature = strstr(golden_change, "signed");
	size_t len = strlen(golden_change);

	cr_assert(change_is_taken(golden_change));
	cr_assert(change_is_taken(with(golden_change, row, "")));
	for (size_t cut = 0; cut + 1 < len; cut++) {
		struct recipients_change change;

		cr_assert_eq(recipients_change_get(
				 &change, bytes_of(golden_change, cut)),
		    ERR_INVALID);
	}
	cr_assert_not(change_is_taken(with(golden_change, signature, "")));
	cr_assert_not(change_is_taken(with(golden_change, "==\n", "==\nx")));
	cr_assert_not(change_is_taken(with(golden_change, "/1 2\n", "/1 1\n")));
	cr_assert_not(
	    change_is_taken(with(golden_change, "/1 2\n", "/1 02\n")));
	cr_assert_not(change_is_taken(with(golden_change, "/1 2\n", "\n")));
	cr_assert_not(change_is_taken(with(golden_change, "ikrar/7", "\x1b")));
}
