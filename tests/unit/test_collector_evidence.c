/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/evidence.h"

#include <criterion/criterion.h>

#include "tests/unit/test_collector_place.h"

static struct place place;

static void
open_place(void)
{
	place_make(&place);
	place_capture(&place, "");
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(evidence, .init = open_place, .fini = close_place);

/* A head of the region's log as its key signs it. */
static struct checkpoint
sign_head(char text[CHECKPOINT_MAX], uint64_t size, const char *root)
{
	struct sign_keys keys = place_log_keys();
	struct checkpoint head = {
	    .size = size, .root = hash_bytes(bytes_of_text(root))};

	CHECK(text_copy(
	    head.origin, sizeof head.origin, place.home.region.origin));
	checkpoint_sign(text, &head, &keys);
	return head;
}

static void
see(uint64_t size, const char *root)
{
	char text[CHECKPOINT_MAX];
	struct checkpoint head = sign_head(text, size, root);

	spool_take_head(place.home.spool, &head, 1, text);
	cr_assert_eq(spool_flush(place.home.spool), OK);
}

static void
keep(uint64_t size, const char *root, uint64_t from_size)
{
	uint8_t proof[2 * HASH_SIZE];
	struct spool_evidence evidence = {
	    .noted_ms = local_ms("2024-10-02 09:30"),
	    .from_size = from_size,
	    .consistency = bytes_of(proof, sizeof proof)};

	memset(proof, 0xab, HASH_SIZE);
	memset(proof + HASH_SIZE, 0xcd, HASH_SIZE);
	(void)sign_head(evidence.text, size, root);
	spool_keep_evidence(place.home.spool, &evidence);
}

static int
print(const char *out)
{
	struct evidence_words words = {
	    .home = place.words, .out = out == NULL ? NULL : word_of(out)};

	return evidence_print(&words);
}

static void
expect_text(const char *name, const char *text, bool is_there)
{
	char *all = place_read(&place, name);

	cr_expect_eq(strstr(all, text) != NULL, is_there, "\"%s\" in %s:\n%s",
	    text, name, all);
	free(all);
}

Test(evidence, says_that_there_is_none_and_writes_no_file)
{
	char *path = temp_dir_path(place.dir, "bukti.txt");

	cr_assert_eq(print(path), 0);
	expect_text("out", "Tidak ada bukti", true);
	expect_text("out", "LATIHAN", true);
	cr_expect_neq(access(path, F_OK), 0);
	free(path);
}

Test(evidence, holds_both_signed_heads_and_the_proof_that_was_given)
{
	char refused[CHECKPOINT_MAX], same[CHECKPOINT_MAX],
	    from[CHECKPOINT_MAX], largest[CHECKPOINT_MAX];

	place_open(&place);
	see(3, "tiga");
	see(5, "lima");
	see(9, "sembilan");
	keep(5, "lima yang lain", 3);
	(void)sign_head(refused, 5, "lima yang lain");
	(void)sign_head(same, 5, "lima");
	(void)sign_head(from, 3, "tiga");
	(void)sign_head(largest, 9, "sembilan");
	place_close(&place);
	cr_assert_eq(print(NULL), 0);
	expect_text("out", "refused, 5 entri\n-----\nikrar/73.71/1", true);
	expect_text("out", refused, true);
	expect_text("out", same, true);
	expect_text("out", from, true);
	expect_text("out", largest, true);
	expect_text("out", "go on from: 3 entri", true);
	expect_text("out", "consistency proof (2)\n  abababab", true);
	expect_text("out", "\n  cdcdcdcd", true);
	expect_text("out", "EVIDENCE 1, dicatat / noted 2 Oktober 2024", true);
	expect_text("out", "EVIDENCE 2", false);
	expect_text(
	    "out", "Kunci log / log key\n  ikrar/73.71/1/latihan+", true);
}

Test(evidence, is_written_once_to_a_file_that_can_be_handed_over)
{
	char *path = temp_dir_path(place.dir, "bukti.txt");
	char refused[CHECKPOINT_MAX];

	place_open(&place);
	see(3, "tiga");
	keep(4, "palsu", 3);
	keep(7, "palsu juga", 3);
	(void)sign_head(refused, 7, "palsu juga");
	place_close(&place);
	cr_assert_eq(print(path), 0);
	expect_text("out", "Ditulis / written", true);
	expect_text("bukti.txt", "EVIDENCE 2", true);
	expect_text("bukti.txt", refused, true);
	cr_expect_eq(print(path), 1, "it is not written over");
	expect_text("err", "sudah ada", true);
	free(path);
}
