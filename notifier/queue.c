/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/queue.h"

#include <stdlib.h>
#include <string.h>

void
queue_free_dropped(struct queue *queue)
{
	while (queue->dropped != NULL) {
		struct pending *next = queue->dropped->lane_next;

		free(queue->dropped);
		queue->dropped = next;
	}
}

void
queue_clear(struct queue *queue)
{
	queue_free_dropped(queue);
	while (queue->first != NULL) {
		struct pending *next = queue->first->next;

		free(queue->first);
		queue->first = next;
	}
}

/* An alert's id is the beginning of a hash: two of its bytes spread well. */
struct pending **
queue_lane(struct queue *queue, const struct ledger_key *key)
{
	return &queue->lanes[be16_get(key->alert) & (QUEUE_LANES - 1)];
}

struct pending *
queue_add(struct queue *queue, const struct ledger_row *row)
{
	struct pending *made = xcalloc(1, sizeof *made);
	struct pending **lane = queue_lane(queue, &row->key);

	made->row = *row;
	made->due_ms =
	    row->is_stopped && row->failure_told ? queue_never_ms : 0;
	made->before = queue->last;
	if (queue->last != NULL)
		queue->last->next = made;
	else
		queue->first = made;
	queue->last = made;
	made->lane_next = *lane;
	*lane = made;
	return made;
}

void
queue_drop(struct queue *queue, struct pending *pending)
{
	struct pending **lane = queue_lane(queue, &pending->row.key);

	while (*lane != NULL && *lane != pending)
		lane = &(*lane)->lane_next;
	CHECK(*lane == pending);
	*lane = pending->lane_next;
	if (pending->before != NULL)
		pending->before->next = pending->next;
	else
		queue->first = pending->next;
	if (pending->next != NULL)
		pending->next->before = pending->before;
	else
		queue->last = pending->before;
	pending->lane_next = queue->dropped;
	queue->dropped = pending;
}

bool
queue_must_wait(struct queue *queue, const struct pending *pending)
{
	const struct ledger_key *own = &pending->row.key;
	const struct pending *it = *queue_lane(queue, own);

	for (; it != NULL; it = it->lane_next)
		if (it->row.key.index < own->index &&
		    it->row.state == LEDGER_PROMISED &&
		    !ledger_row_is_dead(&it->row) &&
		    memcmp(it->row.key.alert, own->alert, EVENT_ID_SIZE) == 0 &&
		    route_is_same(&it->row.key.target, &own->target))
			return true;
	return false;
}
