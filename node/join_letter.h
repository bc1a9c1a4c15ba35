/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining where there is no link: the Join goes as a letter, a line of text
 * that is carried in a file or a chat, and another brings the Joined back. A
 * letter is a box (trust/box.h) between link key and server key, so it says and
 * hides what the CURVE link would.
 */
#ifndef NODE_JOIN_LETTER_H
#define NODE_JOIN_LETTER_H

#include "node/code.h"
#include "node/keys.h"
#include "node/uplink.h"

enum { LETTER_MAX = 4096 }; /* a whole file */

/* Lines of text. False: the code names no usable server key. */
bool letter_request_put(char text[LETTER_MAX], const struct node_keys *keys,
    const struct invite_code *code);
/* At the region; other lines are passed over. ERR_INVALID: there is no
 * request in it, or not to this server key, or by another link key than it
 * says; not logged. */
enum err letter_request_get(struct join *join, const char *text,
    const struct link_keys *server) MUST_CHECK;

/* `to`: the link key that asked. */
bool letter_answer_put(char text[LETTER_MAX], const struct joined *joined,
    const uint8_t to[32], const struct link_keys *server);
/* At the node, like node_join. ERR_NOTFOUND: there is no answer in it;
 * ERR_DENIED: it is not for these keys, or not from the code's server key;
 * not logged. */
enum err letter_answer_take(const char *dir, const struct invite_code *code,
    const char *text, struct join_result *result) MUST_CHECK;

#endif
