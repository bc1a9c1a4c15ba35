/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second process that hashes long pushes and checks their stamps while the
 * loop does all else: about two fifths of the work of a push. It sees the
 * memory of its jobs and nothing else; it opens no file and decides nothing.
 * What it finds holds only for what it started from: the caller compares.
 *
 * A job that the worker has not begun when its result is wanted is done by the
 * caller itself, so neither waits for the other while there is work. If the
 * process dies or hangs over a job, the daemon ends: nothing was said of the
 * turn, and all send again.
 */
#ifndef AGGREGATOR_WORKER_H
#define AGGREGATOR_WORKER_H

#include "aggregator/batch.h"

enum {
	WORKER_JOBS_MAX = 128, /* given and not yet dropped */
	/* A shorter batch is done sooner than it is handed over. */
	WORKER_EVENTS_LEAST = 32,
};

struct worker;

/* Forks: call it before any database, socket or thread is open. ERR_IO
 * (logged). */
enum err worker_open(struct worker **worker) MUST_CHECK;
void worker_close(struct worker *worker);

struct worker_push {
	const struct push *push;
	struct bytes body;
	const uint8_t *node;     /* NODE_ID_SIZE bytes */
	const uint8_t *sign_key; /* SIGN_KEY_SIZE bytes */
	/* The chain's head before the batch; or, if `after` is not -1, what
	 * that job finds. */
	struct hash head;
	int after;
	uint64_t received_at_ms; /* of the entries */
};

/* Hands a push over and returns the job's number. -1: there is no place, or it
 * is too short, or malformed. */
int worker_give(struct worker *worker, const struct worker_push *push);
/* Lets it begin; worker_result does that too. */
void worker_start(struct worker *worker);

struct worker_result {
	struct bytes body;  /* as given; all here lives until worker_drop */
	struct hash before; /* the head that it started from */
	struct hash head;
	const struct hash *hashes; /* of the events */
	const struct hash *leaves; /* author 1, the last one with the stamp */
	uint64_t received_at_ms;
	bool stamp_is_valid;
};
/* The result of the job that is next in the order in which they were given. */
void worker_result(struct worker *worker, struct worker_result *result);
/* The result that was taken last is no longer needed. */
void worker_drop(struct worker *worker);

#endif
