/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of each file only what identifies it is kept. Three orders of the same rows,
 * by the size of the head, by the leaf's index, and by node and number, are
 * walked once while the log goes by.
 *
 * That the chain from the record to the stamp is the node's own is seen from
 * the log's chain at that place: it was held against the node's stamps.
 */
#include "ikrar/receipts.h"

#include "ikrar/any_epoch.h"
#include "ikrar/log_dir.h"
#include "model/wire.h"
#include "trust/proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_MAX = 512 };

struct receipt_row {
	const char *path;
	uint8_t node[NODE_ID_SIZE];
	uint64_t seq, stamped_seq;
	struct hash event_hash;   /* of the record */
	struct hash stamped_head; /* of the chain, at stamped_seq */
	uint64_t index, size;
	struct hash leaf_hash, root;
	bool is_told; /* something is wrong: said once */
	bool has_leaf, has_record, has_stamp;
	enum reject word;
};

/* Rows in some order, and how far it was walked. */
struct order {
	struct receipt_row **rows;
	unsigned next;
};

struct receipts {
	const struct findings *findings;
	struct checkpoint head;
	struct wire *wire;
	uint8_t *text;
	struct receipt_row *rows;
	unsigned count, cap;
	struct order by_size, by_index, by_record, by_stamp;
	uint64_t good;
};

struct receipts *
receipts_new(const struct findings *findings, const struct checkpoint *head)
{
	struct receipts *receipts = xcalloc(1, sizeof *receipts);

	receipts->findings = findings;
	receipts->head = *head;
	receipts->wire = wire_new();
	receipts->text = xcalloc(PROOF_TEXT_MAX, 1);
	return receipts;
}

void
receipts_free(struct receipts *receipts)
{
	if (!receipts)
		return;
	wire_free(receipts->wire);
	free(receipts->by_size.rows);
	free(receipts->by_index.rows);
	free(receipts->by_record.rows);
	free(receipts->by_stamp.rows);
	free(receipts->rows);
	free(receipts->text);
	free(receipts);
}

static void
tell(struct receipts *receipts, enum finding_kind kind, struct receipt_row *row,
    const char *said)
{
	char detail[DETAIL_MAX];
	struct finding finding = {
	    .kind = kind, .index = row->index, .detail = detail};

	if (row->is_told)
		return;
	snprintf(detail, sizeof detail, "%s%s%s", row->path, said ? ": " : "",
	    said ? said : "");
	if (row->seq > 0) {
		finding.node = row->node;
		finding.seq = row->seq;
	}
	findings_tell(receipts->findings, &finding);
	row->is_told = finding_who(kind) != 0;
}

/* ---- a file */

/* Does the leaf hold the event that the chain leads to? */
static bool
leaf_fits(struct receipts *receipts, const struct record_proof *proof)
{
	uint64_t seq = proof->seq + proof->hash_count;
	struct hash last = proof->hash_count > 0
			       ? proof->hashes[proof->hash_count - 1]
			       : hash_event(proof->event);
	struct leaf leaf;
	struct event event;
	struct hash hash;

	if (leaf_get(&leaf, proof->leaf) != OK ||
	    wire_unpack(receipts->wire, leaf.event, &event) != REJECT_NONE)
		return false;
	if (leaf.author == AUTHOR_NODE) {
		hash = hash_event(leaf.event);
		return leaf.stamp.len > 0 && event.seq == seq &&
		       memcmp(event.node, proof->node, NODE_ID_SIZE) == 0 &&
		       hash_equal(&hash, &last);
	}
	return event.kind == EVENT_REFUSED && event.refused.has_stamp &&
	       event.refused.seq == seq &&
	       memcmp(event.refused.node, proof->node, NODE_ID_SIZE) == 0 &&
	       memcmp(event.refused.event_hash, last.at, HASH_SIZE) == 0;
}

static void
row_fill(struct receipt_row *row, const struct record_proof *proof)
{
	memcpy(row->node, proof->node, NODE_ID_SIZE);
	row->seq = proof->seq;
	row->stamped_seq = proof->seq + proof->hash_count;
	row->event_hash = hash_event(proof->event);
	row->stamped_head = record_proof_head(proof);
	row->index = proof->index;
	row->leaf_hash = hash_leaf(proof->leaf);
}

static void
row_check(struct receipts *receipts, struct receipt_row *row,
    const struct record_proof *proof, const uint8_t log_key[SIGN_KEY_SIZE])
{
	struct checkpoint signed_head;
	char said[DETAIL_MAX];

	if (any_epoch_open(&signed_head,
		bytes_of(proof->checkpoint, proof->checkpoint_len),
		receipts->head.origin, log_key) != OK) {
		tell(receipts, FINDING_RECEIPT_KEY, row, NULL);
		return;
	}
	row->size = signed_head.size;
	row->root = signed_head.root;
	if (!tlog_inclusion_is_valid(&proof->inclusion, row->index, row->size,
		&row->leaf_hash, &row->root)) {
		tell(receipts, FINDING_RECEIPT_PROOF, row, "inclusion");
	} else if (!leaf_fits(receipts, proof)) {
		tell(receipts, FINDING_RECEIPT_PROOF, row, "chain");
	} else if (row->size > receipts->head.size) {
		snprintf(said, sizeof said,
		    "tanda terima/receipt %" PRIu64 ", log %" PRIu64, row->size,
		    receipts->head.size);
		tell(receipts, FINDING_ROLLED_BACK, row, said);
	}
}

static struct receipt_row *
row_add(struct receipts *receipts, const char *path)
{
	struct receipt_row *row;

	if (receipts->count == receipts->cap) {
		receipts->cap = receipts->cap ? 2 * receipts->cap : 16;
		receipts->rows = xrealloc(
		    receipts->rows, receipts->cap, sizeof *receipts->rows);
	}
	row = &receipts->rows[receipts->count++];
	*row = (struct receipt_row){.path = path};
	return row;
}

void
receipts_add(struct receipts *receipts, const char *path,
    const uint8_t log_key[SIGN_KEY_SIZE])
{
	struct receipt_row *row;
	struct record_proof proof;
	struct proof_space *space = NULL;
	size_t len = 0;

	if (receipts->count == RECEIPTS_MAX)
		return;
	row = row_add(receipts, path);
	if (log_file_read(NULL, path, receipts->text, PROOF_TEXT_MAX, &len) !=
		OK ||
	    record_proof_get(&proof, &space, bytes_of(receipts->text, len)) !=
		OK) {
		tell(receipts, FINDING_RECEIPT, row, NULL);
		return;
	}
	row_fill(row, &proof);
	row_check(receipts, row, &proof, log_key);
	record_proof_clear(space);
}

/* ---- orders */

static int
compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_size(const void *a, const void *b)
{
	const struct receipt_row *const *left = a, *const *right = b;

	return compare_u64((*left)->size, (*right)->size);
}

static int
compare_index(const void *a, const void *b)
{
	const struct receipt_row *const *left = a, *const *right = b;

	return compare_u64((*left)->index, (*right)->index);
}

static int
compare_place(
    const uint8_t *node, uint64_t seq, const uint8_t *other, uint64_t other_seq)
{
	int order = memcmp(node, other, NODE_ID_SIZE);

	return order != 0 ? order : compare_u64(seq, other_seq);
}

static int
compare_record(const void *a, const void *b)
{
	const struct receipt_row *const *left = a, *const *right = b;

	return compare_place(
	    (*left)->node, (*left)->seq, (*right)->node, (*right)->seq);
}

static int
compare_stamp(const void *a, const void *b)
{
	const struct receipt_row *const *left = a, *const *right = b;

	return compare_place((*left)->node, (*left)->stamped_seq,
	    (*right)->node, (*right)->stamped_seq);
}

static void
order_make(struct receipts *receipts, struct order *order,
    int (*compare)(const void *, const void *))
{
	order->rows = xcalloc(receipts->count, sizeof *order->rows);
	for (unsigned i = 0; i < receipts->count; i++)
		order->rows[i] = &receipts->rows[i];
	qsort(order->rows, receipts->count, sizeof *order->rows, compare);
}

void
receipts_start(struct receipts *receipts)
{
	order_make(receipts, &receipts->by_size, compare_size);
	order_make(receipts, &receipts->by_index, compare_index);
	order_make(receipts, &receipts->by_record, compare_record);
	order_make(receipts, &receipts->by_stamp, compare_stamp);
}

/* ---- the log goes by */

void
receipts_leaf(struct receipts *receipts, const struct log_tree *tree,
    const struct hash *leaf_hash)
{
	struct order *sizes = &receipts->by_size, *leaves = &receipts->by_index;
	uint64_t size = log_tree_size(tree);
	struct hash root = {{0}};
	bool has_root = false;

	for (; sizes->next < receipts->count &&
	       sizes->rows[sizes->next]->size <= size;
	     sizes->next++) {
		struct receipt_row *row = sizes->rows[sizes->next];

		if (row->size != size)
			continue; /* 0: it was told */
		if (!has_root)
			root = log_tree_root(tree);
		has_root = true;
		if (!hash_equal(&root, &row->root))
			tell(receipts, FINDING_HISTORY, row, NULL);
	}
	for (; leaves->next < receipts->count &&
	       leaves->rows[leaves->next]->index < size;
	     leaves->next++) {
		struct receipt_row *row = leaves->rows[leaves->next];

		if (row->index != size - 1 || row->seq == 0)
			continue;
		/* If not, its root is another one as well. */
		row->has_leaf = hash_equal(leaf_hash, &row->leaf_hash);
	}
}

/* The first row that is not before this place. */
static unsigned
order_first(const struct receipts *receipts, const struct order *order,
    const struct receipt_row *key, int (*compare)(const void *, const void *))
{
	unsigned low = 0, high = receipts->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (compare(&order->rows[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
receipts_record(struct receipts *receipts, const struct chain_record *record)
{
	struct receipt_row key = {
	    .seq = record->seq, .stamped_seq = record->seq};
	const struct receipt_row *at = &key;
	unsigned i;

	if (receipts->count == 0)
		return;
	memcpy(key.node, record->node, NODE_ID_SIZE);
	i = order_first(receipts, &receipts->by_record, at, compare_record);
	for (; i < receipts->count &&
	       compare_record(&receipts->by_record.rows[i], &at) == 0;
	     i++) {
		struct receipt_row *row = receipts->by_record.rows[i];

		row->has_record =
		    hash_equal(&row->event_hash, record->event_hash);
		row->word = record->word;
	}
	i = order_first(receipts, &receipts->by_stamp, at, compare_stamp);
	for (; i < receipts->count &&
	       compare_stamp(&receipts->by_stamp.rows[i], &at) == 0;
	     i++) {
		struct receipt_row *row = receipts->by_stamp.rows[i];

		row->has_stamp = !record->is_head_known ||
				 hash_equal(&row->stamped_head, record->head);
	}
}

void
receipts_end(struct receipts *receipts, bool has_records)
{
	for (unsigned i = 0; i < receipts->count; i++) {
		struct receipt_row *row = &receipts->rows[i];

		if (has_records && (!row->has_record || !row->has_stamp))
			tell(receipts, FINDING_RECEIPT_RECORD, row, NULL);
		else if (!row->is_told && row->word != REJECT_NONE)
			tell(receipts, NOTE_REFUSED, row,
			    reject_word(row->word));
		receipts->good += row->has_leaf && !row->is_told;
	}
}

uint64_t
receipts_good(const struct receipts *receipts)
{
	return receipts->good;
}
