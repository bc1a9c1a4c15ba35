/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brings pushes of other nodes to the running region, as the admin's node, one
 * after the other: each is answered before the next one goes.
 */
#ifndef AGGREGATOR_BEARER_H
#define AGGREGATOR_BEARER_H

#include "aggregator/home.h"
#include "model/message.h"

struct bearer;

/* ERR_NOTFOUND: no daemon runs on DIR; ERR_TIMEOUT: it does not answer;
 * ERR_INVALID: the admin's keys are missing or damaged. All are told. */
enum err bearer_open(struct bearer **bearer, const char *dir,
    const uint8_t server_key[LINK_KEY_SIZE]) MUST_CHECK;
void bearer_close(struct bearer *bearer);

/* The answer lives until the next call. ERR_TIMEOUT (told). A region that is
 * busy is asked again (told) for a minute in all; `busy` is answered only
 * after that. */
enum err bearer_carry(struct bearer *bearer, const struct carry *carry,
    struct bytes body, const struct carried **answer) MUST_CHECK;

#endif
