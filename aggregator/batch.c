/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/batch.h"

#include <string.h>

enum reject
batch_open(struct batch *batch, const struct push *push, struct bytes body)
{
	enum err err = OK;

	if (body.len > PUSH_BODY_MAX || push->count > PUSH_EVENTS_MAX ||
	    push->blob_count > PUSH_BLOBS_MAX)
		return REJECT_TOO_LARGE;
	if (push->count == 0 || push->first_seq == 0 ||
	    push->first_seq > UINT64_MAX - push->count)
		return REJECT_MALFORMED;
	batch->count = 0;
	batch->blob_count = 0;
	batch->known = 0;
	batch->first_seq = push->first_seq;
	batch->last_seq = push->first_seq + push->count - 1;
	while (err == OK && batch->count < push->count) {
		err = push_body_next(&body, &batch->events[batch->count]);
		if (err == OK)
			batch->count++;
	}
	while (err == OK && batch->blob_count < push->blob_count) {
		err = push_body_next(&body, &batch->blobs[batch->blob_count]);
		if (err == OK)
			batch->blob_count++;
	}
	if (err != OK || body.len > 0)
		return REJECT_MALFORMED;
	return REJECT_NONE;
}

bool
batch_overlaps(const struct batch *batch, uint64_t mark)
{
	return mark >= batch->first_seq && mark <= batch->last_seq;
}

enum reject
batch_check(struct batch *batch, const struct push *push,
    const struct batch_chain *chain)
{
	if (batch->first_seq > chain->mark + 1)
		return REJECT_GAP;
	CHECK(batch->last_seq >= chain->mark);
	batch->known = (unsigned)(chain->mark + 1 - batch->first_seq);
	batch->head = chain->head;
	if (batch->known > 0) {
		struct hash hash = hash_event(batch->events[batch->known - 1]);

		if (!hash_equal(&hash, &chain->mark_hash))
			return REJECT_FORK;
	}
	for (unsigned i = batch->known; i < batch->count; i++) {
		batch->hashes[i] = hash_event(batch->events[i]);
		batch->head = hash_head(&batch->head, &batch->hashes[i]);
	}
	if (!stamp_is_valid(push->stamp, chain->node, batch->last_seq,
		&batch->head, chain->sign_key))
		return REJECT_BAD_SIGNATURE;
	return REJECT_NONE;
}
