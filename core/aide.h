/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second process that does a part of a program's computing. It sees the
 * memory of its jobs and nothing else: it opens no file, decides nothing, and
 * ends with the program.
 *
 * A job that it has not begun when its result is wanted is done by the caller
 * itself, so neither waits for the other while there is work.
 */
#ifndef CORE_AIDE_H
#define CORE_AIDE_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

struct aide;

struct aide_kind {
	unsigned places; /* for jobs that are given and not yet dropped */
	size_t job_bytes;
	/* Does a job, in either process. */
	void (*work)(const struct aide *aide, void *job);
	/* May the second process begin it? If not, it is left to the caller.
	 * NULL: always. */
	bool (*can_begin)(const struct aide *aide, const void *job);
};

/* Forks: call it before any database, socket or thread is open. Keeps `kind`.
 * ERR_IO (logged). */
enum err aide_open(struct aide **aide, const struct aide_kind *kind) MUST_CHECK;
/* The same without a process: the caller does all. */
struct aide *aide_alone(const struct aide_kind *kind);
void aide_close(struct aide *aide);

/* Where the next job is to be written. NULL: there is no place. */
void *aide_place(struct aide *aide);
/* What was written there is a job now; returns the number of its place. */
unsigned aide_give(struct aide *aide);
/* Lets it begin; aide_result does that too. */
void aide_start(struct aide *aide);
/* Does the job that was given last in the caller if more than `few` wait for
 * the second process and this is one of them. */
void aide_help(struct aide *aide, unsigned few);

/* The result of the job that is next in the order in which they were given.
 * ERR_IO (logged): the process died, or hung over this job and was ended. Ask
 * again, and it and all others are done by the caller. */
enum err aide_result(struct aide *aide, void **job) MUST_CHECK;
/* The result that was taken last is no longer needed. */
void aide_drop(struct aide *aide);

/* For `work` and `can_begin`: another job, by its place. */
void *aide_job(const struct aide *aide, unsigned place);
bool aide_is_done(const struct aide *aide, unsigned place);

#endif
