/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/recovered.h"

#include "core/log.h"

#include <inttypes.h>
#include <string.h>

/* Of all recoveries since that epoch the one that left the least. */
static const struct view_recovery *
find(const struct view *view, uint64_t epoch)
{
	const struct view_recovery *found = NULL;

	for (unsigned i = 0; i < view_recovery_count(view); i++) {
		const struct view_recovery *it = view_recovery(view, i);

		if (it->epoch > epoch &&
		    (found == NULL || it->entries < found->entries))
			found = it;
	}
	return found;
}

void
recovered_make(struct turn *turn, const struct hello *hello,
    struct recovered *recovered, struct recovered_proofs *proofs)
{
	struct store *store = turn_store(turn);
	struct tlog *tree = store_tlog(store);
	const struct view_recovery *recovery =
	    find(turn_view(turn), hello->seen_epoch);
	uint64_t size = turn_head_size(turn), from = hello->seen_size;

	CHECK(recovery != NULL);
	*recovered = (struct recovered){.index = recovery->index};
	if (store_leaf(store, recovery->index, &recovered->leaf) != OK ||
	    tlog_prove_inclusion(
		tree, recovery->index, size, &proofs->inclusion) != OK)
		fatalx("recovery-unprovable index=%" PRIu64, recovery->index);
	recovered->inclusion = bytes_of(
	    proofs->inclusion.at, (size_t)proofs->inclusion.count * HASH_SIZE);
	(void)text_copy(
	    recovered->checkpoint, CHECKPOINT_MAX, turn_checkpoint(turn));
	if (from == 0 || from > recovery->entries ||
	    tlog_prove_consistency(tree, from, size, &proofs->consistency) !=
		OK)
		return;
	recovered->from_size = from;
	recovered->consistency = bytes_of(proofs->consistency.at,
	    (size_t)proofs->consistency.count * HASH_SIZE);
}
