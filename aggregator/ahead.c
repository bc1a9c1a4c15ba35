/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/ahead.h"

#include <stdlib.h>

enum { LEAVE_LEAST = 8 };

struct held {
	struct ahead_push push;
	int job;
};

struct ahead {
	struct worker *worker;
	struct turn *turn;
	struct peers *peers;
	/* A ring. The last `fresh` came in this turn, all to be received at
	 * `fresh_ms`: leaves are hashed with that time in them. */
	unsigned first, count, fresh;
	uint64_t fresh_ms;
	bool is_used; /* the result that was given out last */
	struct held held[WORKER_JOBS_MAX];
};

struct ahead *
ahead_new(struct worker *worker, struct turn *turn, struct peers *peers)
{
	struct ahead *ahead = xcalloc(1, sizeof *ahead);

	ahead->worker = worker;
	ahead->turn = turn;
	ahead->peers = peers;
	return ahead;
}

void
ahead_free(struct ahead *ahead)
{
	free(ahead);
}

static struct held *
held_at(struct ahead *ahead, unsigned i)
{
	return &ahead->held[(ahead->first + i) % WORKER_JOBS_MAX];
}

static void
drop_used(struct ahead *ahead)
{
	if (ahead->is_used)
		worker_drop(ahead->worker);
	ahead->is_used = false;
}

/* Where the node's chain will be when all that is held has been taken. False:
 * the push does not go on from there. */
static bool
find_chain(struct ahead *ahead, const struct ahead_push *push,
    struct worker_push *work)
{
	const struct store_mark *mark;

	for (unsigned i = ahead->count; i > 0; i--) {
		const struct held *held = held_at(ahead, i - 1);

		if (held->push.number != push->number)
			continue;
		work->after = held->job;
		return push->push.first_seq ==
		       held->push.push.first_seq + held->push.push.count;
	}
	mark = &peers_at(ahead->peers, push->number)->mark;
	work->after = -1;
	work->head = mark->head;
	return push->push.first_seq == mark->mark + 1;
}

bool
ahead_hold(
    struct ahead *ahead, const struct ahead_push *push, struct bytes body)
{
	const struct view_node *node;
	struct worker_push work = {.push = &push->push, .body = body};
	struct held *held;
	int job;

	if (ahead->worker == NULL || !find_chain(ahead, push, &work))
		return false;
	node = view_node(turn_view(ahead->turn), push->number);
	work.node = node->id;
	work.sign_key = node->sign_key;
	work.received_at_ms =
	    turn_would_receive_ms(ahead->turn, push->moment.now_ms);
	if (ahead->fresh > 0 || work.received_at_ms < ahead->fresh_ms)
		work.received_at_ms = ahead->fresh_ms;
	drop_used(ahead);
	job = worker_give(ahead->worker, &work);
	if (job < 0)
		return false;
	held = held_at(ahead, ahead->count++);
	*held = (struct held){.push = *push, .job = job};
	held->push.moment.now_ms = ahead->fresh_ms = work.received_at_ms;
	ahead->fresh++;
	return true;
}

unsigned
ahead_count(const struct ahead *ahead)
{
	return ahead->count;
}

enum err
ahead_next(struct ahead *ahead, unsigned left, struct ahead_push *push,
    struct worker_result *result)
{
	drop_used(ahead);
	if (ahead->count <= left) {
		if (left == 0)
			ahead->fresh = 0;
		return ERR_NOTFOUND;
	}
	*push = held_at(ahead, 0)->push;
	ahead->first = (ahead->first + 1) % WORKER_JOBS_MAX;
	ahead->count--;
	worker_result(ahead->worker, result);
	ahead->is_used = true;
	return OK;
}

unsigned
ahead_leave(struct ahead *ahead)
{
	unsigned fresh = ahead->fresh;

	ahead->fresh = 0;
	if (fresh < LEAVE_LEAST)
		return 0;
	worker_start(ahead->worker);
	return fresh;
}
