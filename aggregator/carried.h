/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A push that an admin brings from another node's bundle (Carry): whose it is,
 * and the answer to it. It then passes exactly the checks of a push that comes
 * over that node's own link.
 */
#ifndef AGGREGATOR_CARRIED_H
#define AGGREGATOR_CARRIED_H

#include "judge/view.h"
#include "model/message.h"

/* `bearer` is the number of the node that brings it, `*number` then that of
 * the one that it is from. A word: it is refused unread; `*number` is untouched
 * if nobody is known by that id. */
enum reject carried_check(const struct view *view, unsigned bearer,
    const struct carry *carry, unsigned *number);
/* The size of the head that the receipt must continue; 0: it knows none of
 * this log. */
uint64_t carried_size(const struct view *view, const struct carry *carry);
/* Does the node know the log only from before it was recovered? Then it is told
 * that first, and nothing is taken. */
bool carried_is_behind(const struct view *view, const struct carry *carry);
/* Makes the answer to a push into the answer to a Carry. */
void carried_wrap(struct message *message);

#endif
