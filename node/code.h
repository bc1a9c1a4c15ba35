/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one-use invitation that an admin gives on paper: a secret, what it is
 * good for, where the region is and which key it must have. As text:
 * "IKRAR1-" and base32 in groups of five, with a check, read without regard to
 * case, spaces and dashes.
 */
#ifndef NODE_CODE_H
#define NODE_CODE_H

#include "model/message.h"

enum {
	CODE_SECRET_SIZE = 16,
	CODE_TEXT_MAX = 960, /* one endpoint: about 150 */
	CODE_ENDPOINTS_MAX = 3,
};

struct invite_code {
	uint8_t secret[CODE_SECRET_SIZE];
	uint32_t kind;
	char wilayah[WILAYAH_MAX];
	uint64_t expires_ms;
	bool drill;
	uint8_t server_key[32]; /* CURVE, of the region */
	/* Of the recipients' set in force (head of its part.sha256); zeros:
	 * the region has none yet. */
	uint8_t recipients_pin[16];
	uint32_t endpoint_count; /* where to join */
	char endpoints[CODE_ENDPOINTS_MAX][ENDPOINT_MAX];
};

void invite_code_put(char text[CODE_TEXT_MAX], const struct invite_code *code);
/* ERR_INVALID: mistyped or not a code; not logged. */
enum err invite_code_get(struct invite_code *code, const char *text) MUST_CHECK;
/* What NodeInvited and Join carry: SHA-256 of the secret. */
void invite_code_hash(
    const struct invite_code *code, uint8_t sha256[EVENT_HASH_SIZE]);

#endif
