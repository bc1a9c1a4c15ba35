/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/enrol.h"

#include <criterion/criterion.h>

#include "collector/enrol_inner.h"
#include "node/code.h"
#include "tests/unit/test_collector_place.h"

static struct place place;
static char code[CODE_TEXT_MAX];

/* A node that has joined, and the invitation it has joined with: giving it
 * once more needs no region. */
static void
open_place(void)
{
	struct invite_code invite = {.secret = {1},
	    .wilayah = PLACE_WILAYAH,
	    .drill = true,
	    .endpoint_count = 1,
	    .endpoints = {"tcp://127.0.0.1:1"}};

	place_make(&place);
	invite.kind = catalog_number(CATALOG_NODE_KIND, "collector");
	invite.expires_ms = local_ms("2024-10-20 10:00");
	memset(invite.server_key, 8, sizeof invite.server_key);
	invite_code_put(code, &invite);
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(enrol, .init = open_place, .fini = close_place);

static void
expect_text(const char *name, const char *text)
{
	char *all = place_read(&place, name);

	cr_expect(
	    strstr(all, text) != NULL, "no \"%s\" in %s:\n%s", text, name, all);
	free(all);
}

Test(enrol, takes_an_invitation_from_the_command_line)
{
	place_capture(&place, "");
	cr_expect_eq(enrol_join(&place.words, code), 0);
	expect_text("out", "Sudah bergabung sebagai 73.71.04");
}

Test(enrol, takes_an_invitation_from_standard_input)
{
	char line[CODE_TEXT_MAX + 2];

	snprintf(line, sizeof line, "%s\r\n", code);
	place_capture(&place, line);
	cr_expect_eq(enrol_join(&place.words, "-"), 0);
	expect_text("out", "Sudah bergabung sebagai 73.71.04");
}

Test(enrol, says_how_to_give_an_invitation_that_is_missing)
{
	place_capture(&place, code);
	cr_expect_eq(enrol_join(&place.words, NULL), 1, "no terminal to ask");
	expect_text("err", "join - untuk membacanya dari masukan baku");
	place_capture(&place, "");
	cr_expect_eq(enrol_join(&place.words, "-"), 1);
	expect_text("err", "tidak terbaca");
}

Test(enrol, refuses_an_invitation_that_is_too_long)
{
	char line[2 * CODE_TEXT_MAX];

	memset(line, 'A', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	place_capture(&place, line);
	cr_expect_eq(enrol_join(&place.words, line), 1);
	expect_text("err", "salah ketik");
	cr_expect_eq(enrol_join(&place.words, "-"), 1);
}

/* An admin who set recipients of its own would show in it. */
Test(enrol, says_the_recipients_fingerprint_to_be_compared)
{
	struct joined joined = {.wilayah = PLACE_WILAYAH};
	struct invite_code invite = {0};

	for (uint8_t i = 0; i < sizeof invite.recipients_pin; i++)
		invite.recipients_pin[i] = i;
	place_capture(&place, "");
	enrol_say_joined(&joined, &invite, place.dir);
	expect_text("out", "0001 0203 0405 0607 0809 0a0b 0c0d 0e0f");
	expect_text("out", "inspektorat");
}
