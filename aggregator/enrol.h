/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The join socket: anyone may knock while an invitation is open, with one
 * small message, a few a second. A code is good for one pair of keys: the same
 * keys may ask again and hear the same. A Join that came by letter is handed in
 * by an admin, on the region's socket.
 */
#ifndef AGGREGATOR_ENROL_H
#define AGGREGATOR_ENROL_H

#include "aggregator/home.h"
#include "aggregator/post.h"
#include "aggregator/turn.h"

struct enrol;

/* `endpoints` are told to whoever joins; they outlive it. */
struct enrol *enrol_new(struct turn *turn, struct post *post,
    const struct home_endpoints *endpoints);
void enrol_free(struct enrol *enrol);

/* May this key knock? Only while invitations are open, or if it has joined. */
bool enrol_admits(
    const struct enrol *enrol, const uint8_t *key, uint64_t now_ms);
void enrol_message(struct enrol *enrol, const struct request *request,
    const struct moment *moment);
/* By letter: answered on `post`, to the admin. */
void enrol_letter(struct enrol *enrol, struct post *post,
    const struct request *request, const struct join *join,
    const struct moment *moment);
/* After the commit. */
void enrol_answer(struct enrol *enrol);

#endif
