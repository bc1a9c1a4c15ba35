/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/receipt.h"

#include <criterion/criterion.h>

#include "collector/enter.h"
#include "tests/unit/test_collector_place.h"

enum { LINE_MAX_COLUMNS = 80 };

static struct place place;

/* Two pledges of one command and an incident. */
static void
open_place(void)
{
	char *units[] = {word_of("KEL-73.71.04.1008=pns:12/11,head"),
	    word_of("KEL-73.71.04.1009=pns:9/9")};
	struct enter_words words;

	place_make(&place);
	place_take_slices(&place);
	words = (struct enter_words){.home = place.words,
	    .yes = true,
	    .pledge = {.campaign = word_of("PILKADA2024"),
		.act = word_of("pakta"),
		.form = word_of("APEL"),
		.made = word_of("2024-10-01 08:00"),
		.template = word_of("IKRAR-4-POIN"),
		.units = {units, 2}},
	    .incident = {.unit = word_of("KEL-73.71.04.1008"),
		.act = word_of("APK"),
		.happened = word_of("2024-09-30"),
		.source = word_of("WARGA"),
		.subject = word_of("PNS")}};
	place_capture(&place, "");
	CHECK(enter_pledge(&words) == 0);
	CHECK(enter_incident(&words) == 0);
	place_capture(&place, "");
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(receipt, .init = open_place, .fini = close_place);

/* ---- a region of two entries: another's, and the one that ends the batch */

static struct hash
leaf_of(const struct receipt *receipt)
{
	struct leaf leaf = {
	    .author = AUTHOR_LOG, .received_at_ms = receipt->received_at_ms};
	uint8_t at[ENTRY_MAX];
	struct spool_row row;

	leaf.event = receipt->refusal_event;
	cr_assert_eq(spool_row(place.home.spool, receipt->have, &row), OK);
	if (leaf.event.len == 0) {
		leaf.author = AUTHOR_NODE;
		leaf.event = row.event;
		leaf.stamp = row.stamp;
	}
	leaf_put(at, &leaf);
	return hash_leaf(bytes_of(at, leaf_size(&leaf)));
}

/* The region's word against row `seq`, the last of its batch. */
static size_t
refuse(uint64_t seq, uint8_t *at, size_t cap)
{
	struct event event = {.version = 1,
	    .recorded_at_ms = local_ms("2024-10-02 10:01"),
	    .kind = EVENT_REFUSED,
	    .refused = {
		.seq = seq, .word = REJECT_UNKNOWN_UNIT, .has_stamp = true}};
	struct spool_row row;

	cr_assert_eq(spool_row(place.home.spool, seq, &row), OK);
	memcpy(event.refused.node, place.home.keys.id, EVENT_ID_SIZE);
	memcpy(event.refused.event_hash, row.event_hash.at, EVENT_HASH_SIZE);
	memcpy(event.refused.stamp, row.stamp.at, EVENT_STAMP_SIZE);
	return wire_pack(&event, at, cap);
}

static void
receive(uint64_t have, uint64_t refused)
{
	struct message message = {.kind = MESSAGE_RECEIPT};
	struct receipt *receipt = &message.receipt;
	struct hash other = hash_leaf(bytes_of_text("lain")), own;
	struct sign_keys keys = place_log_keys();
	struct checkpoint checkpoint = {.size = 2};
	uint8_t refusal[1024], raw[4096];
	size_t len;

	place_open(&place);
	receipt->have = have;
	receipt->index = 1;
	receipt->received_at_ms = local_ms("2024-10-02 10:01");
	if (refused != 0) {
		receipt->refused_count = 1;
		receipt->refused[0] =
		    (struct refused_row){refused, REJECT_UNKNOWN_UNIT};
	}
	if (refused == have)
		receipt->refusal_event =
		    bytes_of(refusal, refuse(refused, refusal, sizeof refusal));
	own = leaf_of(receipt);
	receipt->inclusion = bytes_of(other.at, sizeof other.at);
	cr_assert(text_copy(checkpoint.origin, sizeof checkpoint.origin,
	    place.home.region.origin));
	checkpoint.root = hash_pair(&other, &own);
	checkpoint_sign(receipt->checkpoint, &checkpoint, &keys);
	len = message_put(&message, raw, sizeof raw);
	cr_assert_gt(len, 0);
	spool_take_receipt(place.home.spool, receipt, bytes_of(raw, len),
	    local_ms("2024-10-02 10:01"));
	cr_assert_eq(spool_flush(place.home.spool), OK);
	place_close(&place);
}

/* ---- */

static int
print(const char *seq, const char *out)
{
	struct receipt_words words = {
	    .home = place.words, .out = out == NULL ? NULL : word_of(out)};

	return receipt_print(&words, seq);
}

static void
expect_text(const char *name, const char *text, bool is_there)
{
	char *all = place_read(&place, name);

	cr_expect_eq(strstr(all, text) != NULL, is_there, "\"%s\" in %s:\n%s",
	    text, name, all);
	free(all);
}

static void
expect_hash(const struct hash *hash)
{
	char hex[2 * HASH_SIZE + 1];

	hex_put(hex, hash->at, sizeof hash->at);
	expect_text("out", hex, true);
}

Test(receipt, says_in_words_what_was_received_and_when)
{
	receive(2, 0);
	cr_assert_eq(print("2", NULL), 0);
	expect_text("out", "LATIHAN", true);
	expect_text("out", "tidak dapat dihapus", true);
	expect_text("out", "Catatan / record               2\n", true);
	expect_text("out", "pakta integritas\n", true);
	expect_text("out", "KEL-73.71.04.1009 PILKADA2024\n", true);
	expect_text("out", "recorded             2 Oktober 2024 10.00", true);
	expect_text("out", "received            2 Oktober 2024 10.01", true);
	expect_text("out", "ikrar/73.71/1/latihan\n", true);
	expect_text("out", "Nomor entri / entry index      1\n", true);
	expect_text("out", "Ukuran log / log size          2\n", true);
	expect_text("out", "up to the stamp (0)\n", true);
	expect_text("out", "ikrar verify DIR BERKAS", true);
}

Test(receipt, leads_from_a_record_over_those_behind_it_to_the_stamp)
{
	struct hash other = hash_leaf(bytes_of_text("lain"));
	struct spool_row row;
	struct hash first, second;

	receive(2, 0);
	place_open(&place);
	cr_assert_eq(spool_row(place.home.spool, 1, &row), OK);
	first = row.event_hash;
	cr_assert_eq(spool_row(place.home.spool, 2, &row), OK);
	second = row.event_hash;
	place_close(&place);
	cr_assert_eq(print("1", NULL), 0);
	expect_text("out", "up to the stamp (1)\n", true);
	expect_text("out", "Cap simpul pada catatan 2", true);
	expect_hash(&first);
	expect_hash(&second);
	expect_hash(&other);
}

/* The proof is of the last event; of those before it only their place in the
 * node's own chain. */
Test(receipt, claims_no_more_than_it_proves_of_a_record_within_a_push)
{
	receive(2, 0);
	cr_assert_eq(print("1", NULL), 0);
	expect_text("out", "sampai nomor 2", true);
	expect_text("out", "ialah kata wilayah", true);
	expect_text("out", "the region's word", true);
	expect_text("out", "Catatan ini ada di log wilayah", false);
	place_capture(&place, "");
	cr_assert_eq(print("2", NULL), 0);
	expect_text("out", "Catatan ini ada di log wilayah", true);
	expect_text("out", "kata wilayah", false);
}

Test(receipt, fits_a_page)
{
	char *all, *line, *rest;
	unsigned lines = 0;

	receive(2, 0);
	cr_assert_eq(print("1", NULL), 0);
	all = rest = place_read(&place, "out");
	while ((line = strsep(&rest, "\n")) != NULL) {
		cr_expect_leq(strlen(line), LINE_MAX_COLUMNS, "%s", line);
		lines++;
	}
	cr_expect_lt(lines, 60);
	free(all);
}

Test(receipt, says_that_a_record_waits)
{
	cr_expect_eq(print("1", NULL), RECEIPT_LATER_EXIT);
	expect_text(
	    "err", "Catatan 1 belum diterima wilayah (tersimpan)", true);
	receive(2, 0);
	cr_expect_eq(print("3", NULL), RECEIPT_LATER_EXIT);
	expect_text("err", "Catatan 3 belum diterima", true);
	expect_text("out", "TANDA TERIMA", false);
}

Test(receipt, proves_a_refusal_with_its_word)
{
	receive(2, 2);
	cr_assert_eq(print("2", NULL), 0);
	expect_text("out", "DITOLAK / REFUSED (unknown_unit)", true);
	expect_text("out", "Yang dibuktikan di sini ialah penolakannya", true);
	expect_text("out", "tidak dapat dihapus", false);
	place_capture(&place, "");
	cr_assert_eq(print("1", NULL), 0);
	expect_text("out", "DITOLAK", false);
}

Test(receipt, of_a_refused_record_within_a_batch_does_not_overstate)
{
	receive(2, 1);
	cr_assert_eq(print("1", NULL), 0);
	expect_text("out", "DITOLAK / REFUSED (unknown_unit)", true);
	expect_text("out", "wilayah menerima kiriman", true);
	expect_text("out", "ialah penolakannya", false);
}

Test(receipt, as_a_file_holds_the_whole_proof)
{
	char *path = temp_dir_path(place.dir, "tanda.txt");
	struct proof_space *space;
	struct record_proof proof;
	struct checkpoint checkpoint;
	struct hash leaf_hash;
	char *all;

	receive(2, 0);
	cr_assert_eq(print("1", path), 0);
	expect_text("out", path, true);
	all = place_read(&place, "tanda.txt");
	cr_assert_eq(record_proof_get(&proof, &space, bytes_of_text(all)), OK);
	cr_expect_eq(proof.seq, 1);
	cr_expect_eq(proof.hash_count, 1);
	cr_assert_eq(
	    checkpoint_open(&checkpoint, proof.checkpoint, proof.checkpoint_len,
		"ikrar/73.71/1/latihan", place_log_keys().public_key),
	    OK);
	leaf_hash = hash_leaf(proof.leaf);
	cr_expect(tlog_inclusion_is_valid(
	    &proof.inclusion, 1, 2, &leaf_hash, &checkpoint.root));
	record_proof_clear(space);
	free(all);
	free(path);
}

Test(receipt, never_replaces_a_file)
{
	char *path = temp_dir_path(place.dir, "foto.jpg");
	char *all;

	receive(2, 0);
	temp_dir_write(place.dir, "foto.jpg", "isi foto");
	cr_expect_eq(print("1", path), 1);
	expect_text("err", "Pilih nama yang belum ada", true);
	all = place_read(&place, "foto.jpg");
	cr_expect_str_eq(all, "isi foto");
	free(all);
	free(path);
}

Test(receipt, that_the_regions_key_did_not_sign_is_not_printed)
{
	struct node_region region;

	receive(2, 0);
	cr_assert_eq(node_region_load(&region, place.dir), OK);
	region.log_key[0] ^= 1;
	cr_assert_eq(node_region_save(&region, place.dir), OK);
	cr_expect_eq(print("1", NULL), 1);
	expect_text("err", "Tanda terima catatan 1 di disk ini rusak", true);
	expect_text("out", "TANDA TERIMA", false);
}

Test(receipt, refuses_a_number_that_is_not_there)
{
	cr_expect_eq(print("9", NULL), 1);
	expect_text("err", "Tidak ada catatan nomor 9", true);
	cr_expect_eq(print("satu", NULL), 1);
}
