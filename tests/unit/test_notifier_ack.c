/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/ack.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

static const uint64_t expires_ms = 1730000040000; /* a whole minute */
static const uint64_t now_ms = 1729000000000;

static struct ack_seal
a_seal(uint8_t key)
{
	struct ack_seal seal = {.origin = "ikrar/73.04/1"};

	memset(seal.keys.now, key, ACK_KEY_SIZE);
	return seal;
}

static struct ack_claim
a_claim(void)
{
	return (struct ack_claim){.alert = {1, 2, 3},
	    .verdict = 1234,
	    .seat = "kepala-73.04",
	    .term = "pj-1",
	    .channel = "mail",
	    .expires_ms = expires_ms};
}

Test(notifier_ack, reads_what_it_wrote)
{
	struct ack_seal seal = a_seal(7);
	struct ack_claim claim = a_claim(), read = {0};
	char token[ACK_TOKEN_MAX];

	ack_token_put(token, &seal, &claim);
	cr_assert_eq(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_"),
	    strlen(token));
	cr_assert_eq(ack_token_get(&read, &seal, token, now_ms), OK);
	cr_assert_eq(memcmp(read.alert, claim.alert, EVENT_ID_SIZE), 0);
	cr_assert_eq(read.verdict, 1234);
	cr_assert_str_eq(read.seat, "kepala-73.04");
	cr_assert_str_eq(read.term, "pj-1");
	cr_assert_str_eq(read.channel, "mail");
	cr_assert_eq(read.expires_ms, expires_ms);
}

Test(notifier_ack, takes_the_longest_words_and_the_empty_term)
{
	static const char longest[] = "abcdefghijklmnopqrstuvwx";
	struct ack_seal seal = a_seal(7);
	struct ack_claim claim = a_claim(), read;
	char token[ACK_TOKEN_MAX];

	cr_assert_eq(strlen(longest), WORD_MAX - 1);
	cr_assert(text_copy(claim.seat, WORD_MAX, longest));
	cr_assert(text_copy(claim.term, WORD_MAX, longest));
	cr_assert(text_copy(claim.channel, WORD_MAX, longest));
	ack_token_put(token, &seal, &claim);
	cr_assert_eq(ack_token_get(&read, &seal, token, now_ms), OK);
	cr_assert_str_eq(read.channel, longest);
	claim.term[0] = '\0';
	ack_token_put(token, &seal, &claim);
	cr_assert_eq(ack_token_get(&read, &seal, token, now_ms), OK);
	cr_assert_str_eq(read.term, "");
}

/* Each letter, changed to each other one that a token may have. */
Test(notifier_ack, refuses_a_token_that_was_altered_anywhere)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789-_";
	struct ack_seal seal = a_seal(7);
	struct ack_claim claim = a_claim(), read = {.verdict = 9};
	char token[ACK_TOKEN_MAX];
	unsigned tried = 0;

	ack_token_put(token, &seal, &claim);
	for (char *at = token; *at != '\0'; at++) {
		char was = *at;

		for (const char *c = letters; *c != '\0'; c++) {
			enum err err;

			if (*c == was)
				continue;
			*at = *c;
			err = ack_token_get(&read, &seal, token, now_ms);
			cr_expect(err == ERR_INVALID || err == ERR_DENIED,
			    "letter %zu: %s", (size_t)(at - token),
			    err_text(err));
			tried++;
		}
		*at = was;
	}
	cr_assert_eq(tried, strlen(token) * 63);
	cr_assert_eq(read.verdict, 9, "nothing was written");
}

Test(notifier_ack, refuses_a_token_that_was_cut_or_made_longer)
{
	struct ack_seal seal = a_seal(7);
	struct ack_claim claim = a_claim(), read;
	char token[ACK_TOKEN_MAX], bad[2 * ACK_TOKEN_MAX];
	static const char *const tails[] = {
	    "A", "AA", "=", "==", ".", " ", "+", "/", "%3D", "?x=1"};

	ack_token_put(token, &seal, &claim);
	for (size_t len = 0; len < strlen(token); len++) {
		snprintf(bad, sizeof bad, "%.*s", (int)len, token);
		cr_expect_neq(ack_token_get(&read, &seal, bad, now_ms), OK);
	}
	for (unsigned i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		snprintf(bad, sizeof bad, "%s%s", token, tails[i]);
		cr_expect_neq(ack_token_get(&read, &seal, bad, now_ms), OK,
		    "%s", tails[i]);
	}
	memset(bad, 'A', sizeof bad - 1);
	bad[sizeof bad - 1] = '\0';
	cr_assert_eq(ack_token_get(&read, &seal, bad, now_ms), ERR_INVALID);
}

Test(notifier_ack, refuses_the_token_of_another_key_and_of_another_log)
{
	struct ack_seal seal = a_seal(7), other = a_seal(8);
	struct ack_claim claim = a_claim(), read;
	char token[ACK_TOKEN_MAX];

	ack_token_put(token, &seal, &claim);
	cr_assert_eq(ack_token_get(&read, &other, token, now_ms), ERR_DENIED);
	other = seal;
	cr_assert(text_copy(other.origin, ORIGIN_MAX, "ikrar/73.05/1"));
	cr_assert_eq(ack_token_get(&read, &other, token, now_ms), ERR_DENIED);
}

Test(notifier_ack, still_takes_the_key_before_and_no_older_one)
{
	struct ack_seal old = a_seal(7), seal = a_seal(8);
	struct ack_claim claim = a_claim(), read;
	char token[ACK_TOKEN_MAX];

	ack_token_put(token, &old, &claim);
	memset(seal.keys.before, 7, ACK_KEY_SIZE);
	cr_assert_eq(ack_token_get(&read, &seal, token, now_ms), ERR_DENIED,
	    "there is none before");
	seal.keys.has_before = true;
	cr_assert_eq(ack_token_get(&read, &seal, token, now_ms), OK);
	memset(seal.keys.before, 8, ACK_KEY_SIZE);
	memset(seal.keys.now, 9, ACK_KEY_SIZE);
	cr_assert_eq(ack_token_get(&read, &seal, token, now_ms), ERR_DENIED);
}

Test(notifier_ack, knows_when_a_token_has_expired)
{
	struct ack_seal seal = a_seal(7), other = a_seal(8);
	struct ack_claim claim = a_claim(), read = {0};
	char token[ACK_TOKEN_MAX];

	ack_token_put(token, &seal, &claim);
	cr_assert_eq(ack_token_get(&read, &seal, token, expires_ms - 1), OK);
	cr_assert_eq(
	    ack_token_get(&read, &seal, token, expires_ms), ERR_TIMEOUT);
	cr_assert_str_eq(read.seat, "kepala-73.04");
	cr_assert_eq(ack_token_get(&read, &other, token, expires_ms),
	    ERR_DENIED, "of a stranger's token nothing is said");
}
