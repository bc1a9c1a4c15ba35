/* SPDX-License-Identifier: Apache-2.0 */
/* Golden texts: computed with Python's hashlib and PyNaCl. */
#include "trust/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#define ORIGIN "ikrar/73.04/1"
#define ROOT "cgh5TJhOocddE4d8dCczb+mHIsQaBW7u5PNzYOw2cSM="
#define TEXT ORIGIN "\n20852163\n" ROOT "\n"
#define DASH "\xe2\x80\x94 "
#define SIGNATURE                                                              \
	"BUpMfIR9HrGgXUI1+aBFsp6jwdvg28bEWSYeWraSsGrbU3H/GjecJPKOeHKlKMdcRgtC" \
	"yy6hn7YscbZ6oyn0gkkvOQE="
#define LINE DASH ORIGIN " " SIGNATURE "\n"
#define EXTENDED_LINE                                                      \
	DASH ORIGIN " "                                                    \
		    "BUpMfMfA8tX8dhaUuKiaOKumRgZAnNMQf5iKSreEEPEJ+bdryqyZ" \
		    "x/BBLBLyRJNU6RcAwXAMyyQdHhk1Uopg1SVVpwA=\n"
#define OTHER_LINE DASH "witness.example/w1 AAAAAAE=\n"
#define VKEY ORIGIN "+054a4c7c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

static const char golden[] = TEXT "\n" LINE;

static void
keys_make(struct sign_keys *keys)
{
	uint8_t seed[SIGN_SEED_SIZE];

	for (int i = 0; i < SIGN_SEED_SIZE; i++)
		seed[i] = (uint8_t)i;
	sign_keys_make(keys, seed);
}

static struct checkpoint
checkpoint_make(void)
{
	struct checkpoint checkpoint = {.origin = ORIGIN, .size = 20852163};

	checkpoint.root = hash_bytes(bytes_of_text("seen"));
	return checkpoint;
}

static bool
opens_len(const char *text, size_t len)
{
	struct checkpoint checkpoint, untouched;
	struct sign_keys keys;
	enum err err;

	keys_make(&keys);
	memset(&checkpoint, 0xa5, sizeof checkpoint);
	memset(&untouched, 0xa5, sizeof untouched);
	err = checkpoint_open(&checkpoint, text, len, ORIGIN, keys.public_key);
	if (err == OK)
		return true;
	cr_assert_eq(err, ERR_INVALID);
	cr_assert_eq(memcmp(&checkpoint, &untouched, sizeof checkpoint), 0);
	return false;
}

static bool
opens(const char *text)
{
	return opens_len(text, strlen(text));
}

/* Any text, truly signed by the key. */
static bool
opens_signed(const char *text)
{
	struct bytes id_parts[] = {bytes_of_text(ORIGIN "\n\x01"), {0}};
	struct bytes whole = bytes_of_text(text);
	uint8_t signature[4 + SIGNATURE_SIZE];
	char line[BASE64_SIZE(sizeof signature)];
	struct text_buf note = {0};
	struct sign_keys keys;
	struct hash id;
	bool is_open;

	keys_make(&keys);
	id_parts[1] = bytes_of(keys.public_key, SIGN_KEY_SIZE);
	id = hash_parts(id_parts, 2);
	memcpy(signature, id.at, 4);
	sign_parts(signature + 4, &whole, 1, &keys);
	base64_put(line, signature, sizeof signature);
	text_buf_add(&note, "%s\n" DASH ORIGIN " %s\n", text, line);
	is_open = opens(note.at);
	text_buf_clear(&note);
	return is_open;
}

Test(checkpoint, has_the_golden_text)
{
	struct checkpoint checkpoint = checkpoint_make();
	char text[NOTE_CHECKPOINT_MAX];
	struct sign_keys keys;

	keys_make(&keys);
	checkpoint_sign(text, &checkpoint, &keys);
	cr_assert_str_eq(text, golden);
}

Test(checkpoint, that_was_signed_opens_as_it_was)
{
	struct checkpoint made = checkpoint_make(), opened;
	char text[NOTE_CHECKPOINT_MAX];
	struct sign_keys keys;

	keys_make(&keys);
	memset(made.origin, 'o', NOTE_ORIGIN_MAX - 1);
	made.size = UINT64_MAX;
	checkpoint_sign(text, &made, &keys);
	cr_assert_eq(checkpoint_open(&opened, text, strlen(text), made.origin,
			 keys.public_key),
	    OK);
	cr_assert_str_eq(opened.origin, made.origin);
	cr_assert_eq(opened.size, made.size);
	cr_assert(hash_equal(&opened.root, &made.root));
}

Test(checkpoint, opens_under_its_own_origin_and_key_only)
{
	struct checkpoint checkpoint;
	struct sign_keys keys;
	size_t len = strlen(golden);

	keys_make(&keys);
	cr_assert_eq(checkpoint_open(&checkpoint, golden, len, "ikrar/73.04/2",
			 keys.public_key),
	    ERR_INVALID);
	cr_assert_eq(checkpoint_open(&checkpoint, golden, len, "ikrar/73.04/",
			 keys.public_key),
	    ERR_INVALID);
	keys.public_key[31] ^= 1;
	cr_assert_eq(
	    checkpoint_open(&checkpoint, golden, len, ORIGIN, keys.public_key),
	    ERR_INVALID);
}

Test(checkpoint, is_void_when_any_byte_is_changed)
{
	char text[sizeof golden];
	size_t len = strlen(golden);

	cr_assert(opens(golden));
	for (size_t i = 0; i < 8 * len; i++) {
		memcpy(text, golden, sizeof text);
		text[i / 8] ^= (char)(1 << i % 8);
		cr_assert_not(opens_len(text, len), "at %zu", i / 8);
	}
}

/* In blocks of just that size, so that a sanitizer sees a look behind. */
Test(checkpoint, is_void_when_it_is_cut_anywhere)
{
	for (size_t len = 1; len < strlen(golden); len++) {
		char *text = xcalloc(1, len);

		memcpy(text, golden, len);
		cr_assert_not(opens_len(text, len), "at %zu", len);
		free(text);
	}
}

Test(checkpoint, may_carry_extensions_and_the_signatures_of_others)
{
	cr_assert(opens(TEXT "ekstensi satu\n\n" EXTENDED_LINE));
	cr_assert(opens(TEXT "\n" OTHER_LINE LINE));
	cr_assert(opens(TEXT "\n" LINE OTHER_LINE));
	cr_assert(opens(TEXT "\n" DASH ORIGIN " AAAAAAE=\n" LINE));
	cr_assert(opens(TEXT "\n" DASH "saksi.\xc3\xa9 AAAAAAE=\n" LINE));
	cr_assert(opens_signed(TEXT "+ \xf0\x9f\x98\x80\nb\n"));
}

Test(checkpoint, with_16_signatures_opens_and_with_one_more_does_not)
{
	struct text_buf note = {0};

	text_buf_add(&note, "%s", TEXT "\n");
	for (int i = 1; i < NOTE_SIGNATURES_MAX; i++)
		text_buf_add(&note, "%s", OTHER_LINE);
	text_buf_add(&note, "%s", LINE);
	cr_assert(opens(note.at));
	text_buf_add(&note, "%s", OTHER_LINE);
	cr_assert_not(opens(note.at));
	text_buf_clear(&note);
}

/* base64 of `zeros` times three zero bytes as another's signature. */
static bool
opens_with_zeros(unsigned zeros)
{
	struct text_buf note = {0};
	bool is_open;

	text_buf_add(&note, "%s", TEXT "\n" LINE DASH "w ");
	for (unsigned i = 0; i < zeros; i++)
		text_buf_add(&note, "AAAA");
	text_buf_add(&note, "\n");
	is_open = opens(note.at);
	text_buf_clear(&note);
	return is_open;
}

Test(checkpoint, opens_with_a_long_signature_of_another_up_to_its_limit)
{
	cr_assert_not(opens_with_zeros(1));
	cr_assert(opens_with_zeros(2));
	cr_assert(opens_with_zeros(NOTE_OPEN_MAX / 4 - 100));
	cr_assert_not(opens_with_zeros(NOTE_OPEN_MAX / 4));
}

Test(checkpoint, without_a_valid_signature_by_the_key_does_not_open)
{
	cr_assert_not(opens(""));
	cr_assert_not(opens("\n"));
	cr_assert_not(opens("\n\n"));
	cr_assert_not(opens(TEXT));
	cr_assert_not(opens(TEXT "\n"));
	cr_assert_not(opens(TEXT "\n" OTHER_LINE));
	cr_assert_not(opens(TEXT "\n" EXTENDED_LINE));
	cr_assert_not(opens(TEXT "\n" EXTENDED_LINE LINE));
	cr_assert_not(opens(TEXT LINE));
	cr_assert_not(opens("\n" LINE));
	cr_assert_not(opens("\n" TEXT "\n" LINE));
	cr_assert_not(opens(TEXT "\n\n" LINE));
}

Test(checkpoint, with_a_malformed_signature_line_does_not_open)
{
	static const char *const lines[] = {
	    "witness.example/w1 AAAAAAE=\n",
	    "- witness.example/w1 AAAAAAE=\n",
	    DASH "AAAAAAE=\n",
	    DASH " AAAAAAE=\n",
	    DASH "w  AAAAAAE=\n",
	    DASH "w AAAAAAE= \n",
	    DASH "w AAAAAAE\n",
	    DASH "w AAAAAAF=\n",
	    DASH "w AAAAAA==\n",
	    DASH "w AAAA_AE=\n",
	    DASH "w \n",
	    DASH "w\n",
	    DASH "a+b AAAAAAE=\n",
	    DASH "a\xc2\xa0"
		 "b AAAAAAE=\n",
	    DASH "a\xe3\x80\x80"
		 "b AAAAAAE=\n",
	    DASH "w AAAAAAE=",
	    DASH "w AAAAAAE=\r\n",
	    DASH "w AAAA\x01"
		 "AAE=\n",
	};
	char text[sizeof golden + 64];

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		snprintf(text, sizeof text, "%s%s", golden, lines[i]);
		cr_assert_not(opens(text), "behind: line %zu", i);
		snprintf(text, sizeof text, TEXT "\n%s" LINE, lines[i]);
		cr_assert_not(opens(text), "before: line %zu", i);
	}
}

Test(checkpoint, with_a_malformed_text_does_not_open_though_signed)
{
	static const char *const texts[] = {
	    ORIGIN "\n",
	    ORIGIN "\n1\n",
	    ORIGIN "\n\n" ROOT "\n",
	    ORIGIN "\n01\n" ROOT "\n",
	    ORIGIN "\n00\n" ROOT "\n",
	    ORIGIN "\n-1\n" ROOT "\n",
	    ORIGIN "\n+1\n" ROOT "\n",
	    ORIGIN "\n1 \n" ROOT "\n",
	    ORIGIN "\n 1\n" ROOT "\n",
	    ORIGIN "\n0x1\n" ROOT "\n",
	    ORIGIN "\n18446744073709551616\n" ROOT "\n",
	    ORIGIN "\n000000000000000000001\n" ROOT "\n",
	    ORIGIN "\n1\n" ROOT " \n",
	    ORIGIN "\n1\n" ROOT "AAAA\n",
	    ORIGIN "\n1\ncgh5TJhOocddE4d8dCczb+mHIsQaBW7u5PNzYOw2cSN=\n",
	    ORIGIN "\n1\ncgh5TJhOocddE4d8dCczb+mHIsQaBW7u5PNzYOw2cSM\n",
	    ORIGIN "\n1\ncgh5TJhOocddE4d8dCczb-mHIsQaBW7u5PNzYOw2cSM=\n",
	    ORIGIN "\n1\nAAAA\n",
	    ORIGIN " \n1\n" ROOT "\n",
	    "x" ORIGIN "\n1\n" ROOT "\n",
	    ORIGIN "\n1\n" ROOT "\nx\n\ny\n",
	    ORIGIN "\n1\n" ROOT "\n\ny\n",
	    ORIGIN "\n1\n" ROOT "\nx\ty\n",
	    ORIGIN "\n1\n" ROOT "\r\n",
	    ORIGIN "\n1\n" ROOT "\nx\xffy\n",
	    ORIGIN "\n1\n" ROOT "\nx\xc0\xafy\n",
	    ORIGIN "\n1\n" ROOT "\nx\x82\x80y\n",
	    ORIGIN "\n1\n" ROOT "\nx\xe0\x80\xafy\n",
	    ORIGIN "\n1\n" ROOT "\nx\xed\xa0\x80y\n",
	    ORIGIN "\n1\n" ROOT "\nx\xf4\x90\x80\x80y\n",
	    ORIGIN "\n1\n" ROOT "\nx\xf5\x80\x80\x80y\n",
	    ORIGIN "\n1\n" ROOT "\nx\xf9\x80\x80\x80y\n",
	    ORIGIN "\n1\n" ROOT "\nx\xe2\x80\n",
	};

	cr_assert(opens_signed(ORIGIN "\n0\n" ROOT "\n"));
	cr_assert(opens_signed(ORIGIN "\n18446744073709551615\n" ROOT "\n"));
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		cr_assert_not(opens_signed(texts[i]), "text %zu", i);
}

Test(vkey, has_the_golden_text_and_opens_again)
{
	struct sign_keys keys;
	char text[NOTE_VKEY_MAX], name[NOTE_ORIGIN_MAX];
	uint8_t key[SIGN_KEY_SIZE];

	keys_make(&keys);
	note_vkey(text, ORIGIN, keys.public_key);
	cr_assert_str_eq(text, VKEY);
	cr_assert_eq(note_vkey_open(text, name, key), OK);
	cr_assert_str_eq(name, ORIGIN);
	cr_assert_arr_eq(key, keys.public_key, SIGN_KEY_SIZE);
}

Test(vkey, that_was_altered_or_cut_does_not_open)
{
	char text[sizeof VKEY + 1], name[NOTE_ORIGIN_MAX];
	uint8_t key[SIGN_KEY_SIZE];

	for (size_t i = 0; i < strlen(VKEY); i++) {
		memcpy(text, VKEY, sizeof VKEY);
		text[i] ^= 1;
		cr_assert_eq(
		    note_vkey_open(text, name, key), ERR_INVALID, "%zu", i);
		text[i] = '\0';
		cr_assert_eq(
		    note_vkey_open(text, name, key), ERR_INVALID, "%zu", i);
	}
	snprintf(text, sizeof text, "%sA", VKEY);
	cr_assert_eq(note_vkey_open(text, name, key), ERR_INVALID);
}

/* Of the key of zeros; its id is right for `id_type`. */
static enum err
vkey_opens(const char *name, uint8_t type, uint8_t id_type)
{
	static const uint8_t zeros[SIGN_KEY_SIZE];
	struct bytes id_parts[] = {bytes_of_text(name), bytes_of_text("\n"),
	    bytes_of(&id_type, 1), bytes_of(zeros, sizeof zeros)};
	struct hash id = hash_parts(id_parts, 4);
	uint8_t typed[1 + SIGN_KEY_SIZE] = {type}, key[SIGN_KEY_SIZE];
	char id_text[9], base64[BASE64_SIZE(sizeof typed)];
	char text[2 * NOTE_VKEY_MAX], opened[NOTE_ORIGIN_MAX];

	hex_put(id_text, id.at, 4);
	base64_put(base64, typed, sizeof typed);
	snprintf(text, sizeof text, "%s+%s+%s", name, id_text, base64);
	return note_vkey_open(text, opened, key);
}

Test(vkey, with_a_bad_name_or_of_another_kind_does_not_open)
{
	char name[NOTE_ORIGIN_MAX + 1] = {0};

	memset(name, 'a', NOTE_ORIGIN_MAX - 1);
	cr_assert_eq(vkey_opens(name, 1, 1), OK);
	cr_assert_eq(vkey_opens(name, 2, 2), ERR_INVALID);
	cr_assert_eq(vkey_opens(name, 2, 1), ERR_INVALID);
	cr_assert_eq(vkey_opens("", 1, 1), ERR_INVALID);
	cr_assert_eq(vkey_opens("a b", 1, 1), ERR_INVALID);
	cr_assert_eq(vkey_opens("a\x01", 1, 1), ERR_INVALID);
	cr_assert_eq(vkey_opens("a\xff", 1, 1), ERR_INVALID);
	name[NOTE_ORIGIN_MAX - 1] = 'a';
	cr_assert_eq(vkey_opens(name, 1, 1), ERR_INVALID);
}

/* ---- other notes */

#define NAME ORIGIN "/admin"

/* A text with empty lines and a checkpoint in it. */
static void
note_make(struct text_buf *note, size_t lines)
{
	struct sign_keys keys;

	keys_make(&keys);
	text_buf_add(note, "laporan/1\n\n%s", golden);
	for (size_t i = 0; i < lines; i++)
		text_buf_add(note, "unit %zu\n", i);
	note_sign(note, NAME, &keys);
}

static bool
note_opens(const struct text_buf *note, size_t *len)
{
	struct sign_keys keys;

	keys_make(&keys);
	return note_open(len, note->at, note->len, NAME, keys.public_key) == OK;
}

Test(note, of_any_length_opens_as_it_was_signed)
{
	static const size_t lines[] = {0, 1, 2000};

	for (unsigned i = 0; i < 3; i++) {
		struct text_buf note = {0};
		size_t len = 0;

		note_make(&note, lines[i]);
		cr_assert(note_opens(&note, &len));
		cr_expect_eq(note.at[len - 1], '\n');
		cr_expect_eq(memcmp(note.at + len, "\n" DASH NAME " ", 5), 0);
		text_buf_clear(&note);
	}
}

Test(note, is_void_when_any_byte_of_it_is_changed)
{
	struct text_buf note = {0};
	size_t len;

	note_make(&note, 3);
	for (size_t i = 0; i < note.len; i++) {
		note.at[i] ^= 1;
		cr_assert_not(note_opens(&note, &len), "byte %zu", i);
		note.at[i] ^= 1;
	}
	cr_expect(note_opens(&note, &len));
	text_buf_clear(&note);
}

Test(note, opens_under_its_own_name_only)
{
	struct text_buf note = {0};
	struct sign_keys keys;
	size_t len;

	keys_make(&keys);
	note_make(&note, 1);
	cr_expect_eq(
	    note_open(&len, note.at, note.len, ORIGIN, keys.public_key),
	    ERR_INVALID);
	text_buf_clear(&note);
}
