/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HMAC-SHA-256 (RFC 2104): a shared secret's word for some bytes. Pure.
 */
#ifndef TRUST_HMAC_H
#define TRUST_HMAC_H

#include "trust/hash.h"

enum { HMAC_PARTS_MAX = 8 };

/* Over the parts, one behind the other; at most HMAC_PARTS_MAX. */
struct hash hmac_parts(
    struct bytes key, const struct bytes *parts, unsigned count);

#endif
