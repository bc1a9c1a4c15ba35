/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows that are not settled, in the order of their promising, with those of one
 * alert and target found at once.
 */
#ifndef NOTIFIER_QUEUE_H
#define NOTIFIER_QUEUE_H

#include "notifier/contacts.h"
#include "notifier/ledger.h"

enum { QUEUE_LANES = 1 << 12 }; /* a power of two */
static const uint64_t queue_never_ms = UINT64_MAX;

struct sender;

struct pending {
	struct pending *next, *before;
	struct pending *lane_next; /* of the same alert and target, or nearly */
	struct sender *sender;
	struct ledger_row row;
	uint64_t due_ms; /* monotonic; queue_never_ms: not by itself */
	bool is_under_way;
	bool is_waiting; /* for the channel that it stands in for to die */
	bool was_away;   /* the last attempt found nobody */
	uint64_t behind; /* serial of the bundle that it waits for; 0: none */
	/* Of a bundle: its riders were asked about conflict when the ledger's
	 * cursor stood one before that. */
	uint64_t asked;
	const struct contact *contact; /* of the last attempt */
};

struct queue { /* zeroed: empty */
	struct pending *first, *last, *dropped;
	struct pending *lanes[QUEUE_LANES];
};

void queue_clear(struct queue *queue);
struct pending *queue_add(struct queue *queue, const struct ledger_row *row);
/* Whoever walks the queue may stand on one that is dropped: it is freed by
 * queue_free_dropped alone. */
void queue_drop(struct queue *queue, struct pending *pending);
void queue_free_dropped(struct queue *queue);

/* The list, by lane_next, in which all of that alert are. */
struct pending **queue_lane(struct queue *queue, const struct ledger_key *key);
/* An earlier message of the same alert to the same target goes first, unless
 * that one is declined for good and would hold up its own correction, or is
 * there already and only not yet told to the region. */
bool queue_must_wait(struct queue *queue, const struct pending *pending);

#endif
