/* SPDX-License-Identifier: Apache-2.0 */
/* What joining over a link and joining by letter have in common: for
 * node/join.c and node/join_letter.c. */
#ifndef NODE_JOIN_H
#define NODE_JOIN_H

#include "node/code.h"
#include "node/uplink.h"

void join_fill(struct join *join, const struct node_keys *keys,
    const struct invite_code *code);
/* A Joined that was promised by the code makes the node in `dir` a member. */
enum err join_take(const struct message *answer, const char *dir,
    const struct invite_code *code, struct join_result *result) MUST_CHECK;

#endif
