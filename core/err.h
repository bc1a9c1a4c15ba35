/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The closed list of errors that functions return, and CHECK for what can
 * only be a mistake in the program. A failure (ERR_IO, ERR_INVALID) has been
 * logged by the first of our functions that learnt of it; an outcome (the
 * others) is acted on by the direct caller.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#define ERR_TABLE(X)                           \
	X(OK, "ok")                            \
	X(ERR_AGAIN, "nothing now, try again") \
	X(ERR_DUP, "already there")            \
	X(ERR_NOTFOUND, "not found")           \
	X(ERR_FULL, "full")                    \
	X(ERR_TIMEOUT, "time is up")           \
	X(ERR_DENIED, "not allowed")           \
	X(ERR_INVALID, "not valid")            \
	X(ERR_IO, "input or output failed")

enum err {
#define ERR_ENUM(name, text) name,
	ERR_TABLE(ERR_ENUM)
#undef ERR_ENUM
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* In words, for a log line. */
const char *err_text(enum err err);

/* Aborts when the program itself is wrong. Never for input. */
#define CHECK(cond)                                                  \
	do {                                                         \
		if (!(cond))                                         \
			err_check_failed(#cond, __FILE__, __LINE__); \
	} while (0)

__attribute__((noreturn)) void err_check_failed(
    const char *cond, const char *file, int line);

#endif
