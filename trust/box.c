/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/box.h"

#include <string.h>

#include <sodium.h>

_Static_assert(
    BOX_NONCE_SIZE == crypto_box_NONCEBYTES &&
	BOX_EXTRA_SIZE == crypto_box_NONCEBYTES + crypto_box_MACBYTES,
    "the bytes of docs/protocol.md");

bool
box_put(uint8_t *box, struct bytes text, const uint8_t to[SEAL_KEY_SIZE],
    const struct seal_keys *from, const uint8_t nonce[BOX_NONCE_SIZE])
{
	memcpy(box, nonce, BOX_NONCE_SIZE);
	return crypto_box_easy(box + BOX_NONCE_SIZE, text.at, text.len, nonce,
		   to, from->secret_key) == 0;
}

bool
box_get(uint8_t *text, size_t *len, struct bytes box,
    const uint8_t from[SEAL_KEY_SIZE], const struct seal_keys *to)
{
	if (box.len < BOX_EXTRA_SIZE ||
	    crypto_box_open_easy(text, box.at + BOX_NONCE_SIZE,
		box.len - BOX_NONCE_SIZE, box.at, from, to->secret_key) != 0)
		return false;
	*len = box.len - BOX_EXTRA_SIZE;
	return true;
}
