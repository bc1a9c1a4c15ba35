/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a CURVE link keeps between two keys, for a letter that is carried by
 * hand: only the two can read it, and either knows that the other wrote it.
 * Pure: chance is an argument.
 *
 *     box = nonce(24) | crypto_box of the text (text and 16 bytes)
 */
#ifndef TRUST_BOX_H
#define TRUST_BOX_H

#include "trust/seal.h"

enum {
	BOX_NONCE_SIZE = 24,
	BOX_EXTRA_SIZE = BOX_NONCE_SIZE + 16,
};

/* `box` holds text.len + BOX_EXTRA_SIZE. False: nothing can be written to that
 * key. */
bool box_put(uint8_t *box, struct bytes text, const uint8_t to[SEAL_KEY_SIZE],
    const struct seal_keys *from, const uint8_t nonce[BOX_NONCE_SIZE]);
/* `text` holds box.len. False: damaged, or not between these two. */
bool box_get(uint8_t *text, size_t *len, struct bytes box,
    const uint8_t from[SEAL_KEY_SIZE], const struct seal_keys *to);

#endif
