/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token of a link by which an office says that it knows of an alert: what
 * is acknowledged, for which seat, until when the link holds, and a MAC over
 * that. Pure. Who has the token may acknowledge, so it goes to the office
 * alone, stands in no log, and is bound to the log's origin.
 */
#ifndef NOTIFIER_ACK_H
#define NOTIFIER_ACK_H

#include "model/event.h"

enum {
	ACK_KEY_SIZE = 32,
	ACK_TOKEN_MAX = 192, /* characters, with the end */
};

struct ack_claim {
	uint8_t alert[EVENT_ID_SIZE];
	uint64_t verdict; /* its log index */
	char seat[WORD_MAX];
	char term[WORD_MAX];
	char channel[WORD_MAX]; /* that the link was sent by */
	uint64_t expires_ms;    /* to the minute */
};

struct ack_keys {
	uint8_t now[ACK_KEY_SIZE];    /* makes and reads */
	uint8_t before[ACK_KEY_SIZE]; /* only reads */
	bool has_before;
};

struct ack_seal {
	struct ack_keys keys;
	char origin[ORIGIN_MAX];
};

/* A to Z, a to z, 0 to 9, - and _ alone. */
void ack_token_put(char token[ACK_TOKEN_MAX], const struct ack_seal *seal,
    const struct ack_claim *claim);
/* ERR_INVALID: no token; ERR_DENIED: under none of the keys; ERR_TIMEOUT: it
 * was one, but no longer at `now_ms` (`claim` is filled then too). Takes the
 * same time whichever byte of the MAC is wrong. */
enum err ack_token_get(struct ack_claim *claim, const struct ack_seal *seal,
    const char *token, uint64_t now_ms) MUST_CHECK;

#endif
