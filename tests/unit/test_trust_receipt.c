/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts as files: the text, and what must not be taken for one. */
#include "trust/proof.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

enum { HASHES = 2 };

static const char checkpoint[] = "ikrar/73.71/1\n7\n"
				 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
				 "\n\n\xe2\x80\x94 ikrar/73.71/1 AAAAAAA=\n";

static const char golden[] =
    "c2sp.org/tlog-proof@v1\n"
    "extra AQICAgICAgICAgICAgICAgIAAAAAAAAABwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD"
    "AwMDAwMDAwMDAARwbGVhAAIEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAUFBQUF"
    "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFAAVsZWFmIQ==\n"
    "index 4\n"
    "BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=\n"
    "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n"
    "\n"
    "ikrar/73.71/1\n7\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n\n"
    "\xe2\x80\x94 ikrar/73.71/1 AAAAAAA=\n";

static struct hash hashes[HASHES];

static struct record_proof
example(void)
{
	struct record_proof proof = {.seq = 7,
	    .event = bytes_of_text("plea"),
	    .hash_count = HASHES,
	    .hashes = hashes,
	    .leaf = bytes_of_text("leaf!"),
	    .index = 4,
	    .checkpoint = checkpoint,
	    .checkpoint_len = sizeof checkpoint - 1};

	memset(proof.node, 2, sizeof proof.node);
	memset(proof.head_before.at, 3, HASH_SIZE);
	memset(hashes[0].at, 4, HASH_SIZE);
	memset(hashes[1].at, 5, HASH_SIZE);
	proof.inclusion.count = 2;
	memset(proof.inclusion.at[0].at, 6, HASH_SIZE);
	memset(proof.inclusion.at[1].at, 7, HASH_SIZE);
	return proof;
}

static bool
is_taken(const char *text, size_t len)
{
	struct record_proof proof;
	struct proof_space *space = NULL;

	if (record_proof_get(&proof, &space, bytes_of(text, len)) != OK)
		return false;
	record_proof_clear(space);
	return true;
}

Test(receipt, has_this_text)
{
	struct record_proof proof = example();
	struct text_buf text = {0};

	record_proof_put(&text, &proof);
	cr_assert_str_eq(text.at, golden);
	text_buf_clear(&text);
}

Test(receipt, comes_back_as_it_was_put)
{
	struct record_proof was = example(), is;
	struct proof_space *space = NULL;

	cr_assert_eq(record_proof_get(&is, &space, bytes_of_text(golden)), OK);
	cr_assert_arr_eq(is.node, was.node, sizeof was.node);
	cr_assert_eq(is.seq, was.seq);
	cr_assert(hash_equal(&is.head_before, &was.head_before));
	cr_assert(bytes_equal(is.event, was.event));
	cr_assert_eq(is.hash_count, HASHES);
	cr_assert_arr_eq(is.hashes, hashes, sizeof hashes);
	cr_assert(bytes_equal(is.leaf, was.leaf));
	cr_assert_eq(is.index, was.index);
	cr_assert_eq(is.inclusion.count, 2);
	cr_assert_arr_eq(is.inclusion.at, was.inclusion.at, 2 * HASH_SIZE);
	cr_assert_eq(is.checkpoint_len, was.checkpoint_len);
	cr_assert_arr_eq(is.checkpoint, checkpoint, is.checkpoint_len);
	record_proof_clear(space);
}

Test(receipt, folds_from_the_head_before_to_the_stamp)
{
	struct record_proof proof = example();
	struct hash head = proof.head_before;
	struct hash event = hash_event(proof.event), found;

	head = hash_head(&head, &event);
	head = hash_head(&head, &hashes[0]);
	head = hash_head(&head, &hashes[1]);
	found = record_proof_head(&proof);
	cr_assert(hash_equal(&found, &head));
}

Test(receipt, holds_the_largest_that_a_node_can_need)
{
	struct record_proof proof = example();
	uint8_t *bytes = xcalloc(UINT16_MAX, 1);
	struct hash *many = xcalloc(PROOF_EVENTS_MAX, sizeof *many);
	struct text_buf text = {0};

	proof.event = bytes_of(bytes, UINT16_MAX);
	proof.leaf = bytes_of(bytes, UINT16_MAX);
	proof.hashes = many;
	proof.hash_count = PROOF_EVENTS_MAX;
	proof.inclusion.count = TLOG_PROOF_MAX;
	record_proof_put(&text, &proof);
	cr_assert_leq(text.len, PROOF_TEXT_MAX);
	cr_assert(is_taken(text.at, text.len));
	text_buf_clear(&text);
	free(many);
	free(bytes);
}

Test(receipt, is_refused_cut_short_anywhere_before_the_checkpoint)
{
	size_t whole = sizeof golden - 1;
	size_t proof = whole - (sizeof checkpoint - 1);

	for (size_t len = 0; len <= proof; len++) {
		char *copy = xcalloc(len, 1);

		memcpy(copy, golden, len);
		cr_assert_not(is_taken(copy, len), "%zu", len);
		free(copy);
	}
	cr_assert(is_taken(golden, whole));
}

/* One proof has one text: what is taken is what would be written. */
Test(receipt, is_refused_or_comes_out_the_same_with_any_byte_changed)
{
	static const char others[] = {'\0', '\n', '\r', ' ', '=', '0', 'A'};
	size_t len = sizeof golden - 1;

	for (size_t i = 0; i < len * sizeof others; i++) {
		char copy[sizeof golden];
		struct record_proof proof;
		struct proof_space *space = NULL;
		struct text_buf text = {0};

		memcpy(copy, golden, sizeof golden);
		copy[i % len] = others[i / len];
		if (record_proof_get(&proof, &space, bytes_of(copy, len)) != OK)
			continue;
		record_proof_put(&text, &proof);
		cr_assert_eq(text.len, len);
		cr_assert_arr_eq(text.at, copy, len, "byte %zu", i % len);
		text_buf_clear(&text);
		record_proof_clear(space);
	}
}

/* The text with `from` once replaced by `to`. */
static bool
is_taken_with(const char *from, const char *to)
{
	const char *at = strstr(golden, from);
	struct text_buf text = {0};
	bool taken;

	cr_assert_not_null(at);
	text_buf_add_bytes(&text, golden, (size_t)(at - golden));
	text_buf_add(&text, "%s%s", to, at + strlen(from));
	taken = is_taken(text.at, text.len);
	text_buf_clear(&text);
	return taken;
}

Test(receipt, is_refused_when_a_line_is_not_as_the_format_says)
{
	cr_assert_not(is_taken_with("@v1", "@v2"));
	cr_assert_not(is_taken_with("\nindex 4", ""));
	cr_assert_not(is_taken_with("index 4", "index 04"));
	cr_assert_not(is_taken_with("index 4", "index +4"));
	cr_assert_not(is_taken_with("index 4", "index 18446744073709551616"));
	cr_assert_not(is_taken_with("index 4", "index 4\r"));
	cr_assert_not(is_taken_with("BgYG", "BgY"));
	cr_assert_not(is_taken_with("BgY=", "BgY"));
	cr_assert_not(is_taken_with("extra AQIC", "extra AgIC"));
	cr_assert_not(is_taken_with("extra AQIC", "AQIC"));
	cr_assert_not(is_taken_with("\nextra ", "\nextra A\nextra "));
	cr_assert(is_taken_with("index 4", "index 18446744073709551615"));
	cr_assert(is_taken_with(
	    "BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=\n", ""));
}

Test(receipt, is_refused_with_a_nul_behind_its_index)
{
	const char *at = strstr(golden, "index 4") + strlen("index 4");
	struct text_buf text = {0};

	text_buf_add_bytes(&text, golden, (size_t)(at - golden));
	text_buf_add_bytes(&text, "", 1);
	text_buf_add_bytes(&text, at, strlen(at));
	cr_assert_not(is_taken(text.at, text.len));
	text_buf_clear(&text);
}

Test(receipt, is_refused_when_its_lengths_do_not_come_out)
{
	struct record_proof proof;
	struct text_buf text = {0};

	proof = example();
	proof.event.len = 0;
	record_proof_put(&text, &proof);
	cr_assert_not(is_taken(text.at, text.len), "no event");
	text_buf_clear(&text);
	proof = example();
	proof.leaf.len = 0;
	record_proof_put(&text, &proof);
	cr_assert_not(is_taken(text.at, text.len), "no leaf");
	text_buf_clear(&text);
	proof = example();
	proof.seq = 0;
	record_proof_put(&text, &proof);
	cr_assert_not(is_taken(text.at, text.len), "no number");
	text_buf_clear(&text);
	proof = example();
	proof.seq = UINT64_MAX - 1;
	record_proof_put(&text, &proof);
	cr_assert_not(is_taken(text.at, text.len), "numbers run over");
	text_buf_clear(&text);
	/* A hash more than there is: what follows is no leaf any more. */
	cr_assert_not(is_taken_with("bGVhAAIE", "bGVhAAME"));
}
