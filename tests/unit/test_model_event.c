/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event.h"

#include <string.h>

#include <criterion/criterion.h>

#include "tests/unit/test_model_events.h"

Test(event, names_each_kind_differently)
{
	for (unsigned i = 0; i < ALL_KINDS; i++) {
		cr_expect_str_neq(event_kind_name(all_kinds[i]), "None");
		for (unsigned k = 0; k < i; k++)
			cr_expect_str_neq(event_kind_name(all_kinds[i]),
			    event_kind_name(all_kinds[k]));
	}
	cr_expect_str_eq(event_kind_name(EVENT_REFUSED), "EventRefused");
	cr_expect_str_eq(event_kind_name(EVENT_NONE), "None");
}

Test(event, knows_what_the_log_itself_writes)
{
	cr_expect(event_is_own(EVENT_LOG_STARTED));
	cr_expect(event_is_own(EVENT_ALERT_RESOLVED));
	cr_expect_not(event_is_own(EVENT_ALERT_FAILED));
	cr_expect_not(event_is_own(EVENT_NONE));
	cr_expect(event_is_verdict(EVENT_ALERT_OPENED));
	cr_expect(event_is_verdict(EVENT_ALERT_RESOLVED));
	cr_expect_not(event_is_verdict(EVENT_NODE_FAULTED));
	cr_expect_not(event_is_verdict(EVENT_PLEDGE_MADE));
}

Test(event, finds_a_rule_kind_by_its_name)
{
	cr_expect_eq(rule_kind_by_name(rule_kind_name(RULE_UNSIGNED_UNITS_1)),
	    RULE_UNSIGNED_UNITS_1);
	cr_expect_eq(
	    rule_kind_by_name("repeat_incidents/1"), RULE_REPEAT_INCIDENTS_1);
	cr_expect_eq(rule_kind_by_name("repeat_incidents/2"), RULE_NONE);
	cr_expect_eq(rule_kind_by_name(""), RULE_NONE);
	cr_expect_str_eq(rule_kind_name((enum rule_kind)9), "");
}

Test(reject, has_one_word_a_reason)
{
	for (unsigned i = 0; i < REJECT_COUNT; i++) {
		const char *word = reject_word((enum reject)i);

		cr_expect_eq(reject_by_word(word), i, "%s", word);
		cr_expect(reject_text_id((enum reject)i)[0] != '\0');
		cr_expect(reject_text_en((enum reject)i)[0] != '\0');
	}
	cr_expect_eq(reject_by_word("no such word"), REJECT_COUNT);
	cr_expect_str_eq(reject_word(REJECT_COUNT), "unknown");
	cr_expect_eq(reject_by_word("unknown"), REJECT_COUNT);
	cr_expect(reject_text_id(REJECT_COUNT)[0] != '\0');
	cr_expect(reject_text_en(REJECT_COUNT)[0] != '\0');
}

Test(reject, tells_batch_words_from_event_words)
{
	cr_expect(reject_is_batch(REJECT_FORK));
	cr_expect(reject_is_batch(REJECT_DIVERGED));
	cr_expect_not(reject_is_batch(REJECT_PREFIX));
	cr_expect_not(reject_is_batch(REJECT_VERSION_ORDER));
	cr_expect_not(reject_is_batch(REJECT_COUNT));
}

Test(grammar, takes_codes_as_they_are_written)
{
	cr_expect(code_is_valid("A"));
	cr_expect(code_is_valid("73.71.01"));
	cr_expect(code_is_valid("PKM-BANGKALA_1.2"));
	cr_expect(code_is_valid("ABCDEFGHIJKLMNOPQRSTUVWX"));
	cr_expect_not(code_is_valid("ABCDEFGHIJKLMNOPQRSTUVWXY"));
	cr_expect_not(code_is_valid(""));
	cr_expect_not(code_is_valid(".A"));
	cr_expect_not(code_is_valid("a"));
	cr_expect_not(code_is_valid("A B"));
	cr_expect_not(code_is_valid("A/B"));
	cr_expect_not(code_is_valid("A\xc3\x89"));
}

Test(grammar, takes_words_reasons_and_references_as_they_are_written)
{
	cr_expect(word_is_valid("due-7d"));
	cr_expect(word_is_valid("0_./+-"));
	cr_expect(word_is_valid("abcdefghijklmnopqrstuvwx"));
	cr_expect_not(word_is_valid("abcdefghijklmnopqrstuvwxy"));
	cr_expect_not(word_is_valid(""));
	cr_expect_not(word_is_valid("-a"));
	cr_expect_not(word_is_valid("A"));
	cr_expect(reason_is_valid("SALAH_INPUT"));
	cr_expect(reason_is_valid("_"));
	cr_expect_not(reason_is_valid(""));
	cr_expect_not(reason_is_valid("A1"));
	cr_expect_not(reason_is_valid("ABCDEFGHIJKLMNOPQRSTUVWXY"));
	cr_expect(reference_is_valid(""));
	cr_expect(reference_is_valid("B-1234/KASN/11.2023"));
	cr_expect_not(reference_is_valid("a"));
	cr_expect_not(reference_is_valid("A_B"));
	cr_expect(reference_is_valid("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB"
				     "CCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"));
	cr_expect_not(reference_is_valid("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB"
					 "CCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDDE"));
}

Test(grammar, finds_digits_that_hide_between_other_signs)
{
	cr_expect(has_digit_run("198001012005011001"));
	cr_expect(has_digit_run("a 1980-0101.2005 0110-01 b"));
	cr_expect(has_digit_run("1234567890123456"));
	cr_expect_not(has_digit_run("123456789012345"));
	cr_expect(has_digit_run("73710/1010/199000/01"));
	cr_expect(has_digit_run("12345678/90123456"));
	cr_expect(has_digit_run("7371_0101_0199_0001"));
	cr_expect(has_digit_run("B/19800101/200501-1.001"));
	cr_expect_not(has_digit_run("800/123/BKPSDM/2024"));
	cr_expect_not(has_digit_run("12345678/A/90123456"));
	cr_expect_not(has_digit_run("800/1234/2024/10/01"));
	cr_expect_not(has_digit_run(""));
	cr_expect_not(has_digit_run("no digits"));
}

Test(grammar, takes_names_that_print_on_one_line)
{
	cr_expect(name_is_valid("Puskesmas Soka\"an\", Barat"));
	cr_expect(name_is_valid("Ma\xe2\x80\x99rang"));
	cr_expect(name_is_valid("\xf0\x9f\x8c\xbf"));
	cr_expect(name_is_valid("\xed\x9f\xbf\xee\x80\x80"));
	cr_expect_not(name_is_valid(""));
	cr_expect_not(name_is_valid(" A"));
	cr_expect_not(name_is_valid("A "));
	cr_expect_not(name_is_valid("A\nB"));
	cr_expect_not(name_is_valid("A\x7f"));
	cr_expect_not(name_is_valid("A\xc2\x85"), "next line");
	cr_expect_not(name_is_valid("A\xe2\x80\xa8"), "line separator");
	cr_expect_not(name_is_valid("A\xe2\x80\xae"), "right to left");
	cr_expect_not(name_is_valid("A\xef\xbb\xbf"), "byte order mark");
	cr_expect_not(name_is_valid("A\xef\xbf\xbf"), "no character");
	cr_expect_not(name_is_valid("198001012005011001"));
}

Test(grammar, takes_no_name_that_is_not_utf_8)
{
	static const char *const bad[] = {"\x80", "\xc3", "\xc3(", "\xe2\x80",
	    "\xe2(\xa0", "\xf0\x9f\x8c", "\xff", "\xfe", "\xc0\xaf", "\xc1\x81",
	    "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
	    "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"};

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_not(name_is_valid(bad[i]), "number %u", i);
}

Test(grammar, takes_the_neighbours_of_what_does_not_print)
{
	static const char *const good[] = {"\xc2\xa0", "\xdf\xbf",
	    "\xe0\xa0\x80", "\xe2\x80\x8a", "\xe2\x80\x90", "\xe2\x80\xa7",
	    "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe2\x81\xb0", "\xef\xb7\x8f",
	    "\xef\xb7\xb0", "\xef\xbf\xbd", "\xf0\x90\x80\x80",
	    "\xf4\x8f\xbf\xbd", "\xee\x80\x80", "\xe1\x80\x80", "~ ~"};
	static const char *const bad[] = {"\x1f", "\xc2\x80", "\xc2\x9f",
	    "\xe2\x80\x8b", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xae",
	    "\xe2\x81\xa0", "\xe2\x81\xaf", "\xef\xb7\x90", "\xef\xb7\xaf",
	    "\xef\xbf\xbe", "\xf4\x8f\xbf\xbf"};

	for (unsigned i = 0; i < sizeof good / sizeof good[0]; i++)
		cr_expect(name_is_valid(good[i]), "number %u", i);
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_expect_not(name_is_valid(bad[i]), "number %u", i);
}

Test(grammar, bounds_the_length_of_a_name)
{
	char name[NAME_MAX_BYTES + 1];

	memset(name, 'a', sizeof name);
	name[NAME_MAX_BYTES - 1] = '\0';
	cr_expect(name_is_valid(name));
	name[NAME_MAX_BYTES - 1] = 'a';
	name[NAME_MAX_BYTES] = '\0';
	cr_expect_not(name_is_valid(name));
}

static const uint8_t stamp[EVENT_STAMP_SIZE] = {1, 2, 3};

/* Made by hand from the table in docs/protocol.md. */
Test(leaf, has_these_bytes)
{
	static const uint8_t golden[] = {1, 1, 0, 0, 1, 0x92, 0x45, 0x4f, 0xbc,
	    0x40, 0, 3, 'a', 'b', 'c', 0};
	const struct leaf leaf = {.author = AUTHOR_NODE,
	    .received_at_ms = 0x192454fbc40,
	    .event = bytes_of("abc", 3)};
	uint8_t bytes[sizeof golden];

	cr_assert_eq(leaf_size(&leaf), sizeof golden);
	leaf_put(bytes, &leaf);
	cr_expect_arr_eq(bytes, golden, sizeof golden);
}

Test(leaf, comes_back_with_its_stamp)
{
	const struct leaf leaf = {.author = AUTHOR_NODE,
	    .received_at_ms = UINT64_MAX,
	    .event = bytes_of("event", 5),
	    .stamp = bytes_of(stamp, sizeof stamp)};
	struct leaf back;
	uint8_t bytes[256];

	leaf_put(bytes, &leaf);
	cr_assert_eq(leaf_get(&back, bytes_of(bytes, leaf_size(&leaf))), OK);
	cr_expect_eq(back.author, AUTHOR_NODE);
	cr_expect_eq(back.received_at_ms, UINT64_MAX);
	cr_expect(bytes_equal(back.event, leaf.event));
	cr_expect(bytes_equal(back.stamp, leaf.stamp));
}

Test(leaf, is_refused_when_cut_or_longer_than_it_says)
{
	const struct leaf leaf = {.author = AUTHOR_NODE,
	    .event = bytes_of("event", 5),
	    .stamp = bytes_of(stamp, sizeof stamp)};
	struct leaf back;
	uint8_t bytes[256] = {0};
	size_t len = leaf_size(&leaf);

	leaf_put(bytes, &leaf);
	for (size_t i = 0; i < len; i++)
		cr_expect_eq(
		    leaf_get(&back, bytes_of(bytes, i)), ERR_INVALID, "%zu", i);
	cr_expect_eq(leaf_get(&back, bytes_of(bytes, len + 1)), ERR_INVALID);
}

static enum err
get_changed(size_t at, uint8_t to)
{
	const struct leaf leaf = {.author = AUTHOR_NODE,
	    .event = bytes_of("event", 5),
	    .stamp = bytes_of(stamp, sizeof stamp)};
	struct leaf back;
	uint8_t bytes[256];

	leaf_put(bytes, &leaf);
	bytes[at] = to;
	return leaf_get(&back, bytes_of(bytes, leaf_size(&leaf)));
}

Test(leaf, is_refused_with_a_wrong_byte_in_its_frame)
{
	cr_expect_eq(get_changed(0, 1), OK);
	cr_expect_eq(get_changed(0, 0), ERR_INVALID);
	cr_expect_eq(get_changed(0, 2), ERR_INVALID);
	cr_expect_eq(get_changed(1, 2), ERR_INVALID);
	cr_expect_eq(get_changed(1, 0), ERR_INVALID, "the log has no stamp");
	cr_expect_eq(get_changed(11, 4), ERR_INVALID);
	cr_expect_eq(get_changed(11, 0), ERR_INVALID);
	cr_expect_eq(get_changed(10, 0xff), ERR_INVALID);
	cr_expect_eq(get_changed(17, 0), ERR_INVALID);
	cr_expect_eq(get_changed(17, 95), ERR_INVALID);
}

/* All but the length is as it should be. */
static enum err
get_of_length(size_t event_len)
{
	static uint8_t bytes[ENTRY_MAX];
	struct leaf leaf;

	memset(bytes, 0, sizeof bytes);
	bytes[0] = ENTRY_VERSION;
	be16_put(bytes + 10, (uint16_t)event_len);
	return leaf_get(&leaf, bytes_of(bytes, ENTRY_HEAD + event_len + 1));
}

Test(leaf, holds_an_event_of_one_byte_to_the_most)
{
	cr_expect_eq(get_of_length(0), ERR_INVALID);
	cr_expect_eq(get_of_length(1), OK);
	cr_expect_eq(get_of_length(EVENT_MAX), OK);
	cr_expect_eq(get_of_length(EVENT_MAX + 1), ERR_INVALID);
}
