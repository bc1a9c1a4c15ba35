/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recipients with keys made of a number, and the events that set and change
 * them. Header only.
 */
#ifndef TESTS_SUPPORT_RECIPIENTS_H
#define TESTS_SUPPORT_RECIPIENTS_H

#include <stdio.h>
#include <string.h>

#include "model/event.h"
#include "model/wire.h"
#include "trust/seal.h"

static inline struct sign_keys
recipient_sign_keys(uint8_t n)
{
	uint8_t seed[SIGN_SEED_SIZE] = {0x50, n};
	struct sign_keys keys;

	sign_keys_make(&keys, seed);
	return keys;
}

static inline struct seal_keys
recipient_seal_keys(uint8_t n)
{
	uint8_t seed[SEAL_SEED_SIZE] = {0x60, n};
	struct seal_keys keys;

	seal_keys_make(&keys, seed);
	return keys;
}

static inline struct recipient_row
recipient_row(uint8_t n)
{
	struct recipient_row row = {0};
	struct sign_keys sign = recipient_sign_keys(n);
	struct seal_keys seal = recipient_seal_keys(n);

	snprintf(row.id, sizeof row.id, "inspektorat-%u", n);
	memcpy(row.sign_key, sign.public_key, sizeof row.sign_key);
	memcpy(row.seal_key, seal.public_key, sizeof row.seal_key);
	return row;
}

static inline void
recipients_rehash(struct recipients_changed *changed)
{
	uint8_t packed[RECIPIENTS_MAX * 256];
	struct hash hash;
	size_t len = 0;

	for (uint32_t i = 0; i < changed->row_count; i++)
		len += wire_pack_recipient_row(
		    &changed->rows[i], packed + len, sizeof packed - len);
	hash = hash_bytes(bytes_of(packed, len));
	memcpy(changed->part.sha256, hash.at, HASH_SIZE);
}

/* Recipients first, first + 1, ... as version 1, or a later one that still
 * wants its signature. */
static inline struct event
recipients_of(uint32_t version, uint8_t first, uint32_t count)
{
	struct event event = {.kind = EVENT_RECIPIENTS_CHANGED,
	    .recipients = {.part = {.version = version, .part = 1, .parts = 1},
		.row_count = count}};

	for (uint32_t i = 0; i < count; i++)
		event.recipients.rows[i] = recipient_row((uint8_t)(first + i));
	recipients_rehash(&event.recipients);
	return event;
}

static inline void
recipients_signed(struct event *event, const char *origin, uint8_t by)
{
	struct recipients_changed *changed = &event->recipients;
	const struct recipients_word word = {.origin = origin,
	    .version = changed->part.version,
	    .rows_sha256 = changed->part.sha256};
	struct sign_keys keys = recipient_sign_keys(by);

	changed->is_signed = true;
	memcpy(changed->signer, keys.public_key, sizeof changed->signer);
	recipients_sign(changed->signature, &word, &keys);
}

#endif
