/* SPDX-License-Identifier: Apache-2.0 */
#include "node/join_letter.h"

#include "node/join.h"
#include "tests/support/temp_dir.h"
#include "trust/box.h"
#include "trust/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

static char *dir;
static struct node_keys node;
static struct link_keys server;
static struct sign_keys log_key;
static struct invite_code code;
static char letter[LETTER_MAX];
static struct join_result result;

static void
set_up(void)
{
	const uint8_t seed[SIGN_SEED_SIZE] = {9};

	dir = temp_dir_make();
	node_keys_make(&node);
	cr_assert_eq(node_keys_save(&node, dir), OK);
	link_keys_make(&server);
	sign_keys_make(&log_key, seed);
	code = (struct invite_code){.secret = {1, 2, 3},
	    .kind = 1,
	    .wilayah = "73.04.01",
	    .endpoint_count = 1,
	    .endpoints = {"tcp://10.0.0.1:7501"}};
	memcpy(code.server_key, server.public_key, sizeof code.server_key);
}

static void
tear_down(void)
{
	temp_dir_remove(dir);
}

TestSuite(letter, .init = set_up, .fini = tear_down);

static struct joined
answer_of(void)
{
	struct checkpoint head = {.origin = "ikrar/73.04/1", .size = 9};
	struct joined joined = {.kind = 1, .endpoint_count = 1};

	memcpy(joined.node, node.id, sizeof joined.node);
	memcpy(joined.wilayah, "73.04.01", 9);
	memcpy(joined.origin, head.origin, sizeof head.origin);
	memcpy(joined.log_key, log_key.public_key, sizeof joined.log_key);
	memcpy(joined.endpoints[0], "tcp://10.0.0.1:7500", 20);
	checkpoint_sign(joined.checkpoint, &head, &log_key);
	return joined;
}

static void
write_answer(const struct link_keys *by)
{
	struct joined joined = answer_of();

	cr_assert(letter_answer_put(letter, &joined, node.link.public_key, by));
}

Test(letter, brings_the_request_to_the_region)
{
	struct join join;
	uint8_t hash[EVENT_HASH_SIZE];

	cr_assert(letter_request_put(letter, &node, &code));
	cr_assert_eq(letter_request_get(&join, letter, &server), OK);
	invite_code_hash(&code, hash);
	cr_expect_arr_eq(join.code_sha256, hash, sizeof hash);
	cr_expect_arr_eq(join.sign_key, node.sign.public_key, SIGN_KEY_SIZE);
	cr_expect_arr_eq(join.link_key, node.link.public_key, LINK_KEY_SIZE);
}

Test(letter, is_found_among_other_lines)
{
	char mail[2 * LETTER_MAX];
	struct join join;

	cr_assert(letter_request_put(letter, &node, &code));
	snprintf(mail, sizeof mail, "Yth. admin,\r\nmohon\n%sterima kasih\n",
	    letter);
	cr_assert_eq(letter_request_get(&join, mail, &server), OK);
}

Test(letter, is_read_by_its_own_region_only)
{
	struct link_keys other;
	struct join join;

	link_keys_make(&other);
	cr_assert(letter_request_put(letter, &node, &code));
	cr_assert_eq(letter_request_get(&join, letter, &other), ERR_INVALID);
}

Test(letter, must_be_by_the_link_key_that_it_names)
{
	struct node_keys mixed = node;
	struct join join;

	link_keys_make(&mixed.link);
	memcpy(mixed.link.public_key, node.link.public_key, LINK_KEY_SIZE);
	cr_assert(letter_request_put(letter, &mixed, &code));
	cr_assert_eq(letter_request_get(&join, letter, &server), ERR_INVALID);
}

/* The box is by one key, the Join in it speaks of another. */
Test(letter, must_speak_of_the_link_key_that_wrote_it)
{
	struct message message = {.kind = MESSAGE_JOIN};
	struct node_keys other;
	struct seal_keys from;
	struct join join;
	uint8_t plain[JOIN_MAX], raw[2 * JOIN_MAX], nonce[BOX_NONCE_SIZE] = {1};
	char text[BASE64_SIZE(sizeof raw)];
	size_t len;

	node_keys_make(&other);
	memcpy(from.public_key, other.link.public_key, SEAL_KEY_SIZE);
	memcpy(from.secret_key, other.link.secret_key, SEAL_KEY_SIZE);
	for (unsigned i = 0; i < 2; i++) {
		join_fill(&message.join, i == 0 ? &other : &node, &code);
		len = message_put(&message, plain, sizeof plain);
		memcpy(raw, other.link.public_key, 32);
		cr_assert(box_put(raw + 32, bytes_of(plain, len),
		    server.public_key, &from, nonce));
		base64_put(text, raw, 32 + len + BOX_EXTRA_SIZE);
		snprintf(letter, sizeof letter, "ikrar-permohonan-1 %s", text);
		cr_expect_eq(letter_request_get(&join, letter, &server),
		    i == 0 ? OK : ERR_INVALID);
	}
}

Test(letter, is_refused_when_any_character_of_it_changed_or_it_is_cut)
{
	size_t len, start;
	struct join join;

	cr_assert(letter_request_put(letter, &node, &code));
	len = strlen(letter);
	start = (size_t)(strchr(letter, '\n') + 1 - letter);
	for (size_t i = start; i < len - 1; i++) {
		char was = letter[i];

		letter[i] = was == 'A' ? 'B' : 'A';
		cr_expect_eq(letter_request_get(&join, letter, &server),
		    ERR_INVALID, "%zu", i);
		letter[i] = '\0';
		cr_expect_eq(letter_request_get(&join, letter, &server),
		    ERR_INVALID, "%zu", i);
		letter[i] = was;
	}
	cr_expect_eq(letter_request_get(&join, letter, &server), OK);
}

Test(letter, brings_the_answer_back_and_makes_a_member)
{
	struct node_region region;

	write_answer(&server);
	cr_assert_eq(letter_answer_take(dir, &code, letter, &result), OK);
	cr_assert_eq(node_region_load(&region, dir), OK);
	cr_expect_str_eq(region.origin, "ikrar/73.04/1");
	cr_expect_str_eq(region.endpoints[0], "tcp://10.0.0.1:7500");
	cr_expect_arr_eq(
	    region.server_key, server.public_key, sizeof region.server_key);
}

Test(letter, of_another_region_makes_no_member)
{
	struct link_keys other;
	struct node_region region;

	link_keys_make(&other);
	write_answer(&other);
	cr_assert_eq(
	    letter_answer_take(dir, &code, letter, &result), ERR_DENIED);
	cr_assert_eq(node_region_load(&region, dir), ERR_NOTFOUND);
}

Test(letter, to_another_node_makes_no_member)
{
	struct joined joined = answer_of();
	struct node_keys other;

	node_keys_make(&other);
	cr_assert(
	    letter_answer_put(letter, &joined, other.link.public_key, &server));
	cr_assert_eq(
	    letter_answer_take(dir, &code, letter, &result), ERR_DENIED);
}

Test(letter, with_another_wilayah_than_the_codes_makes_no_member)
{
	memcpy(code.wilayah, "73.04.02", 9);
	write_answer(&server);
	cr_assert_eq(
	    letter_answer_take(dir, &code, letter, &result), ERR_INVALID);
}

Test(letter, that_is_a_request_is_no_answer)
{
	cr_assert(letter_request_put(letter, &node, &code));
	cr_assert_eq(
	    letter_answer_take(dir, &code, letter, &result), ERR_NOTFOUND);
}
