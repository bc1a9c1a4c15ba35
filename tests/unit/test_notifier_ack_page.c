/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack_page.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "trust/hash.h"

static struct ack_view
a_view(enum ack_say say)
{
	static const struct ack_stand own = {
	    .what = {.seat = "kepala-73.04", .term = "pj-1"},
	    .at_ms = 1727740800000};

	return (struct ack_view){.say = say,
	    .zone = "WITA",
	    .headline_id = "Peringatan: <b>\"a\" & 'b'</b>",
	    .headline_en = "Alert",
	    .rule = "R",
	    .reference = "3f2a9c1b",
	    .index = 7,
	    .title = "<script>alert(1)</script>",
	    .term = "",
	    .own = say == ACK_RECORDED ? &own : NULL};
}

static bool
says(const struct text_buf *page, const char *text)
{
	return strstr(page->at, text) != NULL;
}

Test(notifier_ack_page, names_from_the_regions_files_are_text_and_never_markup)
{
	struct ack_view view = a_view(ACK_ASK);
	struct text_buf page = {0};

	ack_page_put(&page, &view);
	cr_assert_not(says(&page, "<script"));
	cr_assert_not(says(&page, "<b>"));
	cr_assert(says(&page, "&#60;b&#62;&#34;a&#34; &#38; &#39;b&#39;"));
	text_buf_clear(&page);
}

Test(notifier_ack_page, speaks_indonesian_first_and_english_in_every_case)
{
	for (unsigned say = 0; say < ACK_SAY_COUNT; say++) {
		struct ack_view view = a_view((enum ack_say)say);
		struct text_buf page = {0};
		const char *en;

		ack_page_put(&page, &view);
		en = strstr(page.at, "lang=\"en\"");
		cr_assert_not_null(en);
		cr_assert_lt(strstr(page.at, "<h1>"), en);
		cr_assert_not_null(strstr(en, "<h1>"), "%u", say);
		cr_assert_eq(says(&page, "<form"), say == ACK_ASK, "%u", say);
		cr_assert_not(says(&page, "LATIHAN"));
		cr_assert_geq(ack_say_status((enum ack_say)say), 200);
		text_buf_clear(&page);
	}
}

Test(notifier_ack_page, a_drill_says_so_before_all_else)
{
	struct ack_view view = a_view(ACK_VOID);
	struct text_buf page = {0};

	view.is_drill = true;
	ack_page_put(&page, &view);
	cr_assert(says(&page, "<title>LATIHAN: "));
	cr_assert(says(&page, "<body>\n<p class=\"drill\"><strong>LATIHAN"));
	text_buf_clear(&page);
}

Test(notifier_ack_page, the_law_is_cited_where_a_breach_is_alleged)
{
	struct ack_view view = a_view(ACK_ASK);
	struct text_buf page = {0};

	ack_page_put(&page, &view);
	cr_assert_not(says(&page, "PP 94/2021"));
	text_buf_clear(&page);
	view.is_allegation = true;
	ack_page_put(&page, &view);
	cr_assert(says(&page, "PP 94/2021 Pasal 26 dan 28"));
	text_buf_clear(&page);
}

Test(notifier_ack_page, loads_nothing_and_its_style_has_the_hash_that_it_says)
{
	struct ack_view view = a_view(ACK_ASK);
	struct text_buf page = {0};
	char hash[ACK_STYLE_HASH_MAX], want[ACK_STYLE_HASH_MAX];
	const char *at, *end;
	struct hash sum;

	ack_page_put(&page, &view);
	cr_assert_not(says(&page, "http"));
	cr_assert_not(says(&page, "src="));
	cr_assert_not(says(&page, "url("));
	cr_assert_not(says(&page, " style="));
	at = strstr(page.at, "<style>") + strlen("<style>");
	end = strstr(at, "</style>");
	sum = hash_bytes(bytes_of(at, (size_t)(end - at)));
	cr_assert(text_copy(want, sizeof want, "sha256-"));
	base64_put(want + strlen(want), sum.at, HASH_SIZE);
	ack_page_style_hash(hash);
	cr_assert_str_eq(hash, want);
	text_buf_clear(&page);
}
