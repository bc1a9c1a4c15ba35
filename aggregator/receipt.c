/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/receipt.h"

#include "core/log.h"

#include <inttypes.h>
#include <string.h>

void
receipt_fill(struct receipt *receipt, struct store *store,
    const struct receipt_of *of, struct tlog_proof *proof)
{
	struct tlog *tree = store_tlog(store);
	const struct store_mark *at = &of->at;
	struct bytes bytes;
	struct leaf leaf;

	if (store_leaf(store, at->last_index, &bytes) != OK ||
	    leaf_get(&leaf, bytes) != OK ||
	    tlog_prove_inclusion(
		tree, at->last_index, tlog_size(tree), proof) != OK)
		fatalx("receipt-impossible index=%" PRIu64, at->last_index);
	receipt->have = at->mark;
	memcpy(receipt->head, at->head.at, HASH_SIZE);
	receipt->index = at->last_index;
	receipt->received_at_ms = leaf.received_at_ms;
	receipt->inclusion =
	    bytes_of(proof->at, (size_t)proof->count * HASH_SIZE);
	receipt->refusal_event =
	    leaf.author == AUTHOR_LOG ? leaf.event : bytes_of(NULL, 0);
	receipt->refused_count = 0;
	if (of->may_have_refused)
		receipt->refused_count =
		    store_refused(store, of->node, of->from_seq, at->mark,
			receipt->refused, RECEIPT_REFUSED_MAX);
}

void
refusal_fill(struct refusal *refusal, enum reject word, uint64_t retry_ms,
    const struct store_mark *mark)
{
	*refusal = (struct refusal){.word = word, .retry_ms = retry_ms};
	(void)text_copy(
	    refusal->detail, sizeof refusal->detail, reject_text_en(word));
	if (mark == NULL)
		return;
	refusal->have = mark->mark;
	memcpy(refusal->head, mark->head.at, HASH_SIZE);
}
