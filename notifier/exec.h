/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A local program that takes one message: for SMS modems and gateways. It runs
 * in a process group of its own, with an empty environment but for PATH and
 * LC_ALL, reads the message on its standard input, and what it prints is
 * thrown away. Exit 0: taken; 75 (EX_TEMPFAIL): try again; anything else: a
 * lasting no. At the time limit it and all that it started are killed, which
 * counts as "try again". No shell. Every start is answered exactly once, later,
 * from the loop.
 */
#ifndef NOTIFIER_EXEC_H
#define NOTIFIER_EXEC_H

#include "core/loop.h"
#include "notifier/answer.h"

enum { EXEC_INPUT_MAX = 4096 }; /* what any pipe holds */

struct exec;
struct exec *exec_open(struct loop *loop, uint64_t total_ms);
/* Kills what is under way, unanswered. */
void exec_close(struct exec *exec);
/* `argv` ends at NULL and is not kept. ERR_INVALID: the input is too long, or
 * the program cannot be started (logged without its name); `done` is not
 * called. */
enum err exec_start(struct exec *exec, char *const *argv, struct bytes input,
    answer_fn done, void *context) MUST_CHECK;

#endif
