/* SPDX-License-Identifier: Apache-2.0 */
/* What the ways into a region share (enrol.c, enrol_letter.c, rejoin.c). All
 * tell what is wrong. Nobody else includes it. */
#ifndef COLLECTOR_ENROL_INNER_H
#define COLLECTOR_ENROL_INNER_H

#include "collector/home.h"
#include "node/code.h"
#include "node/uplink.h"

/* `given`: the code, "-" for standard input, NULL to ask. */
enum err enrol_take_code(
    char text[CODE_TEXT_MAX], const char *given) MUST_CHECK;
/* For a collector; with a clock only for a drill. */
enum err enrol_read_code(
    struct invite_code *code, const char *text, const char *clock) MUST_CHECK;
/* Those that are there, or new ones. */
enum err enrol_have_keys(
    struct node_keys *keys, const char *dir, bool *made) MUST_CHECK;
void enrol_say_keys(const struct node_keys *keys, const char *dir, bool made);
/* Before the region is there: a region without a spool has lost its records. */
enum err enrol_have_spool(const struct node_keys *keys,
    const struct invite_code *code, const char *dir) MUST_CHECK;
/* The same invitation once more is no mistake: *joined. */
enum err enrol_check_not_joined(
    const struct invite_code *code, const char *dir, bool *joined) MUST_CHECK;
/* The region answered, and did not know this node any more: its log was put
 * back from a copy that is older than the node. */
bool enrol_is_forgotten(const struct home_words *words);
/* Such a node joins again under its own keys, so that its records keep their
 * numbers; the daemon pushes all of them once more. */
enum err enrol_again(
    const struct home_words *words, const struct invite_code *code) MUST_CHECK;
/* Joins the node in `dir` over the link. */
enum err enrol_turn_in(const char *dir, const char *clock,
    const struct invite_code *code, struct join_result *result) MUST_CHECK;
/* The six words, and what to do with them. Kept in DIR/words when the node
 * joins, for another code would give others. */
void enrol_say_words(
    const struct node_keys *keys, const struct invite_code *code);
void enrol_keep_words(const struct node_keys *keys,
    const struct invite_code *code, const char *dir);
void enrol_say_kept_words(const char *dir);
void enrol_say_joined(const struct joined *joined,
    const struct invite_code *code, const char *dir);

#endif
