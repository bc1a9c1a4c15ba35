/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Six words that two people read to each other over the telephone, to be sure
 * that the region enrolled this node and no other: node and region each
 * compute them from what they hold themselves. Of 2,048 words, 66 bits; no two
 * words differ in one letter.
 */
#ifndef NODE_WORDS_H
#define NODE_WORDS_H

#include "node/code.h"
#include "node/keys.h"

enum {
	WORDS_COUNT = 2048, /* 11 bits each */
	WORDS_SPOKEN = 6,
	WORD_SPOKEN_MAX = 8, /* characters of one */
	WORDS_TEXT_MAX = WORDS_SPOKEN * (WORD_SPOKEN_MAX + 1),
};

extern const char *const words_all[WORDS_COUNT];

/* What an enrolment is about. */
struct enrolment {
	uint8_t code_sha256[EVENT_HASH_SIZE];
	uint8_t sign_key[SIGN_KEY_SIZE];
	uint8_t link_key[32];
	uint8_t server_key[32];
	uint8_t recipients_pin[16]; /* as in the code */
};
/* "gelas pintu ..." */
void words_put(char text[WORDS_TEXT_MAX], const struct enrolment *enrolment);
/* The node's own. */
void words_own(char text[WORDS_TEXT_MAX], const struct node_keys *keys,
    const struct invite_code *code);

/* The region's key as people compare it: 16 bytes in groups of four digits. */
enum { SERVER_TEXT_MAX = 40 };
void server_fingerprint_put(
    char text[SERVER_TEXT_MAX], const uint8_t server_key[32]);

#endif
