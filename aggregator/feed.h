/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries out, from an index, to those with a right to them: admins,
 * reviewers, followers and auditors read all, a notifier the verdicts, the
 * offices and campaigns and its own deliveries, a collector nothing. Pull
 * only: a read waits until there is something, and only one a connection.
 */
#ifndef AGGREGATOR_FEED_H
#define AGGREGATOR_FEED_H

#include "aggregator/post.h"
#include "aggregator/told.h"
#include "aggregator/turn.h"

struct feed;

struct feed *feed_new(struct turn *turn, struct told *told, struct post *post);
void feed_free(struct feed *feed);

bool feed_is_open_to(uint32_t node_kind);
/* Remembers the read of node `number`; answered by feed_answer. */
void feed_read(struct feed *feed, unsigned number,
    const struct link_route *route, const struct feed_read *read,
    const struct moment *moment);
/* Outside a turn. `news` of the turn that was just committed, or NULL. */
void feed_answer(struct feed *feed, const struct turn_news *news,
    const struct moment *moment);

#endif
