/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the links, in DIR/ack-keys (0600): the one that makes them, and
 * the one before it, which is still accepted. They leave this directory in no
 * way. Failures are logged.
 */
#ifndef NOTIFIER_ACK_KEYS_H
#define NOTIFIER_ACK_KEYS_H

#include "notifier/ack.h"

/* ERR_NOTFOUND: there are none yet; ERR_INVALID: damaged, or others may read
 * them. */
enum err ack_keys_load(struct ack_keys *keys, const char *dir) MUST_CHECK;
/* A first key, if there is none. */
enum err ack_keys_make(const char *dir) MUST_CHECK;
/* A new key; the present one becomes the one before, and what was that is gone:
 * twice makes every link void that was sent up to then. */
enum err ack_keys_rotate(const char *dir) MUST_CHECK;

#endif
