/* SPDX-License-Identifier: Apache-2.0 */
/* One question of an admin command to the running daemon, beside the spool. */
#ifndef AGGREGATOR_ASK_H
#define AGGREGATOR_ASK_H

#include "aggregator/admin.h"

/* Waits for the answer up to ADMIN_WITHIN_MS. What the answer points to lives
 * until the next call of this function. ERR_NOTFOUND: no daemon runs;
 * ERR_TIMEOUT: it does not answer; both told. */
enum err ask_daemon(struct admin *admin, const struct message *question,
    struct message *answer) MUST_CHECK;

#endif
