/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What nodes say to the region: each message is checked and taken into the
 * open turn at once, or, if it is a long push, handed to the worker and taken
 * at the turn's end; what there is to answer waits until the turn is committed.
 *
 * The rules of a push (docs/protocol.md): a node that may not speak is not
 * read. A batch is judged whole before anything of it is applied (gap, fork,
 * stamp, version): a batch word consumes nothing. Then each event on its own:
 * a refused one is proven by EventRefused and its number is consumed.
 */
#ifndef AGGREGATOR_INTAKE_H
#define AGGREGATOR_INTAKE_H

#include "aggregator/enrol.h"
#include "aggregator/feed.h"
#include "aggregator/peers.h"
#include "aggregator/post.h"
#include "aggregator/told.h"
#include "aggregator/turn.h"

struct intake;

struct intake_options {
	struct turn *turn;
	struct peers *peers;
	struct feed *feed;
	struct told *told;
	struct post *post;
	struct worker *worker; /* or NULL */
	struct enrol *enrol;
	const struct home_endpoints *endpoints; /* where nodes reach us */
};

struct intake *intake_new(const struct intake_options *options);
void intake_free(struct intake *intake);

/* While set, pushes are answered `busy`. */
void intake_set_busy(
    struct intake *intake, bool is_busy, uint64_t monotonic_ms);
void intake_message(struct intake *intake, const struct request *request,
    const struct moment *moment);
/* Before the commit: takes into the turn what the worker has. Of many pushes
 * it leaves those that came since the last call for the next one. */
void intake_settle(struct intake *intake);
/* Something was left: end another turn soon. */
bool intake_is_holding(const struct intake *intake);
/* Something was left, and so little is owed that one commit may serve both. */
bool intake_may_wait(const struct intake *intake);
/* After the commit: all answers that are owed. */
void intake_answer(struct intake *intake, const struct moment *moment);
/* After a turn that ticked: to each connected collector that should report. */
void intake_beat(struct intake *intake);

#endif
