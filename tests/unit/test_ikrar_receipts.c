/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts and sealed parts against a log; and how findings are printed. */
#include "ikrar/receipts.h"

#include "ikrar/verify_report.h"
#include "tests/unit/test_ikrar_story.h"
#include "trust/proof.h"
#include "trust/seal.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

TestSuite(receipts, .init = open_story, .fini = close_story, .timeout = 60);

/* ---- receipts */

/* Bytes of the event that the region refused: the log has its hash alone. */
static struct bytes refused;

/* What leaf i says of this node's chain; false: nothing. */
struct step {
	uint64_t seq;
	struct hash hash;
	struct bytes event;
};
static bool
step_of(unsigned i, const struct maker_node *node, struct step *step)
{
	struct event event;
	struct leaf leaf;

	(void)kind_at(i, &event);
	cr_assert_eq(leaf_get(&leaf, leaves[i]), OK);
	if (event.kind == EVENT_REFUSED &&
	    memcmp(event.refused.node, node->id, NODE_ID_SIZE) == 0) {
		*step =
		    (struct step){.seq = event.refused.seq, .event = refused};
		memcpy(step->hash.at, event.refused.event_hash, HASH_SIZE);
		return true;
	}
	*step = (struct step){event.seq, hash_event(leaf.event), leaf.event};
	return memcmp(event.node, node->id, NODE_ID_SIZE) == 0;
}

static char *
receipt_put(struct record_proof *proof, const struct checkpoint *head)
{
	char text[NOTE_CHECKPOINT_MAX];
	struct text_buf file = {0};

	checkpoint_sign(text, head, &maker->log_keys);
	proof->checkpoint = text;
	proof->checkpoint_len = strlen(text);
	record_proof_put(&file, proof);
	log_writer_put(root, "receipt", file.at, file.len);
	text_buf_clear(&file);
	return temp_dir_path(root, "receipt");
}

/* The receipt of record (node, seq), whose stamped event stands at `index`,
 * for the log as it was with `size` entries. */
static char *
receipt(unsigned node, uint64_t seq, uint64_t index, uint64_t size)
{
	static struct hash hashes[8];
	struct tlog_tiles none = {maker_forget_tile, NULL, NULL};
	struct tlog *tlog = tlog_new(&none);
	struct record_proof proof = {.seq = seq,
	    .index = index,
	    .leaf = leaves[index],
	    .hashes = hashes,
	    .head_before = hash_node(maker->nodes[node].keys.public_key)};
	struct checkpoint head = {.size = size};
	struct step step;

	memcpy(proof.node, maker->nodes[node].id, NODE_ID_SIZE);
	for (unsigned i = 0; i < size; i++) {
		struct hash hash = hash_leaf(leaves[i]);

		tlog_append(tlog, &hash);
		if (i > index || !step_of(i, &maker->nodes[node], &step))
			continue;
		if (step.seq < seq)
			proof.head_before =
			    hash_head(&proof.head_before, &step.hash);
		else if (step.seq == seq)
			proof.event = step.event;
		else
			hashes[proof.hash_count++] = step.hash;
	}
	cr_assert_eq(
	    tlog_prove_inclusion(tlog, index, size, &proof.inclusion), OK);
	head.root = tlog_root(tlog);
	(void)text_copy(head.origin, sizeof head.origin, maker->origin);
	tlog_free(tlog);
	return receipt_put(&proof, &head);
}

static uint64_t
failures_with(char *path)
{
	const char *paths[] = {path};
	uint64_t sum;

	job.receipts = paths;
	job.receipt_count = 1;
	sum = failures();
	job.receipts = NULL;
	job.receipt_count = 0;
	free(path);
	return sum;
}

/* Pledge 0 is unstamped; the ikrar behind it is the stamped one. */
static char *
receipt_of_first(uint64_t size)
{
	return receipt(east, 1, find(EVENT_PLEDGE_MADE, 1), size);
}

Test(receipts, takes_receipts_of_any_age)
{
	unsigned stamped = find(EVENT_PLEDGE_MADE, 1);

	publish();
	for (uint64_t size = stamped + 1; size <= leaf_count; size++) {
		cr_assert_eq(
		    failures_with(receipt_of_first(size)), 0, "%zu", size);
		cr_assert_eq(result.receipts_good, 1);
	}
	job.hashes_only = true;
	cr_assert_eq(failures_with(receipt_of_first(leaf_count)), 0);
	cr_assert_eq(result.receipts_good, 1);
}

Test(receipts, names_a_receipt_that_is_larger_than_the_log)
{
	char *path = receipt_of_first(leaf_count);

	drop(leaf_count - 1);
	publish();
	cr_assert_eq(failures_with(path), 1);
	cr_assert_eq(counts[FINDING_ROLLED_BACK], 1);
	cr_assert_eq(result.receipts_good, 0);
}

/* The tail that no node has seen: here only the receipt can tell. */
Test(receipts, names_a_receipt_of_another_history)
{
	struct event event = an_ikrar("BARAT-1", maker->now_ms);
	char *path;

	maker_take(maker, west, &event, true);
	path =
	    receipt(west, maker->nodes[west].seq, leaf_count - 1, leaf_count);
	drop(leaf_count - 1);
	event = an_ikrar("TIMUR-1", maker->now_ms);
	maker_take(maker, east, &event, true);
	publish();
	cr_assert_eq(failures(), 0);
	cr_assert_eq(failures_with(path), 1);
	cr_assert_eq(counts[FINDING_HISTORY], 1);
	cr_assert_eq(first[FINDING_HISTORY].seq, maker->nodes[west].seq);
}

Test(receipts, names_a_receipt_that_is_damaged_or_not_of_this_log)
{
	struct sign_keys was = maker->log_keys;
	char *path;

	publish();
	maker_keys(&maker->log_keys, 77);
	path = receipt_of_first(leaf_count);
	maker->log_keys = was;
	cr_assert_eq(failures_with(path), 1);
	cr_assert_eq(counts[FINDING_RECEIPT_KEY], 1);
	log_writer_put(root, "receipt", "no proof\n", 9);
	cr_assert_eq(failures_with(temp_dir_path(root, "receipt")), 1);
	cr_assert_eq(counts[FINDING_RECEIPT], 1);
	cr_assert_eq(failures_with(temp_dir_path(root, "nowhere")), 1);
	cr_assert_eq(counts[FINDING_RECEIPT], 1);
	cr_assert_eq(result.receipts_good, 0);
}

/* The leaf is in the log; but the record does not lead to it. */
enum spoil {
	SPOIL_NOTHING,
	SPOIL_EVENT,
	SPOIL_HEAD,
	SPOIL_SEQ,
	SPOIL_INCLUSION,
};

static void
spoil(struct record_proof *proof, enum spoil what)
{
	switch (what) {
	case SPOIL_NOTHING:
		break;
	case SPOIL_EVENT:
		proof->event = leaves[0];
		break;
	case SPOIL_HEAD:
		proof->head_before.at[0] ^= 1;
		break;
	case SPOIL_SEQ:
		proof->seq++;
		break;
	case SPOIL_INCLUSION:
		proof->inclusion.at[0].at[0] ^= 1;
		break;
	}
}

static uint64_t
failures_spoilt(enum spoil what)
{
	static char text[PROOF_TEXT_MAX];
	char *path = receipt_of_first(leaf_count);
	struct record_proof proof;
	struct proof_space *space = NULL;
	struct text_buf again = {0};
	FILE *file = fopen(path, "rb");
	size_t len = fread(text, 1, sizeof text, file);

	fclose(file);
	cr_assert_eq(record_proof_get(&proof, &space, bytes_of(text, len)), OK);
	spoil(&proof, what);
	record_proof_put(&again, &proof);
	log_writer_put(root, "receipt", again.at, again.len);
	text_buf_clear(&again);
	record_proof_clear(space);
	return failures_with(path);
}

Test(receipts, names_a_record_that_does_not_lead_to_the_stamp)
{
	publish();
	cr_assert_eq(failures_spoilt(SPOIL_NOTHING), 0);
	cr_assert_eq(failures_spoilt(SPOIL_EVENT), 1);
	cr_assert_eq(counts[FINDING_RECEIPT_RECORD], 1);
	cr_assert_eq(failures_spoilt(SPOIL_HEAD), 1);
	cr_assert_eq(counts[FINDING_RECEIPT_RECORD], 1);
	cr_assert_eq(failures_spoilt(SPOIL_SEQ), 1);
	cr_assert_eq(counts[FINDING_RECEIPT_PROOF], 1);
	cr_assert_eq(failures_spoilt(SPOIL_INCLUSION), 1);
	cr_assert_eq(counts[FINDING_RECEIPT_PROOF], 1);
}

/* Its own entry stands; what was changed came between it and the head. */
Test(receipts, names_another_history_behind_its_entry)
{
	char *path = receipt_of_first(leaf_count);
	struct event event = an_ikrar("TIMUR-1", maker->now_ms);

	drop(leaf_count - 1);
	maker_take(maker, east, &event, true);
	publish();
	cr_assert_eq(failures_with(path), 1);
	cr_assert_eq(counts[FINDING_HISTORY], 1);
}

Test(receipts, says_that_the_record_of_a_receipt_was_refused)
{
	struct event event = a_pakta("TIDAK-ADA", maker->now_ms, 1);
	static uint8_t packed[EVENT_MAX];

	maker_refuse(maker, east, &event, REJECT_UNKNOWN_UNIT);
	refused = bytes_of(packed, wire_pack(&event, packed, sizeof packed));
	publish();
	cr_assert_eq(failures_with(receipt(east, maker->nodes[east].seq,
			 leaf_count - 1, leaf_count)),
	    0);
	cr_assert_eq(counts[NOTE_REFUSED], 1);
	cr_assert_eq(result.receipts_good, 1);
}

/* ---- sealed parts */

static const uint8_t *
record_sealed(const struct sealed *sealed)
{
	struct event event = an_incident("BARAT-1", "APK", 1, 1);
	static uint8_t hash[HASH_SIZE];

	event.incident.is_sealed = true;
	memcpy(event.incident.commit, sealed->commit.at, HASH_SIZE);
	memcpy(event.incident.blob_hash, sealed->blob_hash.at, HASH_SIZE);
	event.incident.blob_size = (uint32_t)sealed->blob_len;
	maker_take(maker, west, &event, true);
	memcpy(hash, sealed->blob_hash.at, HASH_SIZE);
	return hash;
}

Test(receipts, holds_sealed_parts_against_their_entries)
{
	static struct sealed sealed;
	uint8_t chance[SEAL_CHANCE_SIZE] = {1}, seed[SEAL_SEED_SIZE] = {2};
	char name[5 + 2 * HASH_SIZE + 1] = "blob/";
	struct seal_keys keys;

	seal_keys_make(&keys, seed);
	seal_put(&sealed, bytes_of_text("uraian:\nada\n"),
	    (const uint8_t(*)[SEAL_KEY_SIZE])keys.public_key, 1, chance);
	hex_put(name + 5, record_sealed(&sealed), HASH_SIZE);
	publish();
	cr_assert_eq(failures(), 0);
	cr_assert_eq(result.blobs, 1);
	cr_assert_eq(result.blobs_good, 0);
	log_writer_put(dir, name, sealed.blob, sealed.blob_len);
	cr_assert_eq(failures(), 0);
	cr_assert_eq(result.blobs_good, 1);
	flip(name, 3);
	cr_assert_eq(failures(), 1);
	cr_assert_eq(counts[FINDING_BLOB], 1);
	log_writer_put(dir, "blob/x", "x", 1);
	name[7] ^= 1;
	log_writer_put(dir, name, sealed.blob, sealed.blob_len);
	cr_assert_eq(failures(), 3);
	cr_assert_eq(counts[FINDING_BLOB_STRAY], 2);
}

/* ---- what is printed */

Test(receipts, prints_names_so_that_a_terminal_does_nothing)
{
	cr_redirect_stdout();
	report_put_text("x\xc2\x9b"
			"31m\x1b[0m \xc3\xa9");
	(void)fflush(stdout);
	cr_assert_stdout_eq_str("x??31m?[0m \xc3\xa9");
}

Test(receipts, prints_no_more_than_so_many_lines_of_a_kind)
{
	struct report report;
	struct finding finding = {.kind = FINDING_GAP, .detail = "\n\033x"};

	report_open(&report, true, &result);
	for (int i = 0; i < 3 * REPORT_LINES; i++) {
		finding.index = (uint64_t)i;
		report_finding(&report, &finding);
	}
	cr_assert_eq(report.failures, 3 * REPORT_LINES);
	cr_assert_not_null(strstr(report.json.text.at, "\"index\":19"));
	cr_assert_null(strstr(report.json.text.at, "\"index\":20"));
	cr_assert_null(strchr(report.json.text.at, '\n'));
	report_close(&report, &job, 0);
}
