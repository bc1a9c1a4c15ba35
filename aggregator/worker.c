/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job that goes on from another's head is left to the daemon if that other is
 * not done: the daemon asks in order, so then it is.
 */
#include "aggregator/worker.h"

#include "core/aide.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>

struct job {
	uint8_t node[NODE_ID_SIZE];
	uint8_t sign_key[SIGN_KEY_SIZE];
	uint8_t stamp[STAMP_SIZE];
	uint64_t last_seq, received_at_ms;
	int after;
	unsigned count;
	struct {
		uint32_t at, len; /* in body */
	} events[PUSH_EVENTS_MAX];
	struct hash before, head;
	bool stamp_is_valid;
	struct hash hashes[PUSH_EVENTS_MAX], leaves[PUSH_EVENTS_MAX];
	size_t body_len;
	uint8_t body[PUSH_BODY_MAX];
};

struct worker {
	struct aide *aide;
};

/* ---- a job */

static struct bytes
event_of(const struct job *job, unsigned i)
{
	return bytes_of(job->body + job->events[i].at, job->events[i].len);
}

static struct hash
leaf_hash(const struct job *job, unsigned i)
{
	uint8_t bytes[PUSH_BODY_MAX + ENTRY_HEAD + 1 + STAMP_SIZE];
	struct leaf leaf = {.author = AUTHOR_NODE,
	    .received_at_ms = job->received_at_ms,
	    .event = event_of(job, i)};

	if (i + 1 == job->count)
		leaf.stamp = bytes_of(job->stamp, STAMP_SIZE);
	leaf_put(bytes, &leaf);
	return hash_leaf(bytes_of(bytes, leaf_size(&leaf)));
}

static void
work(const struct aide *aide, void *at)
{
	struct job *job = at;

	if (job->after >= 0) {
		const struct job *other = aide_job(aide, (unsigned)job->after);

		job->before = other->head;
	}
	job->head = job->before;
	for (unsigned i = 0; i < job->count; i++) {
		job->hashes[i] = hash_event(event_of(job, i));
		job->head = hash_head(&job->head, &job->hashes[i]);
		job->leaves[i] = leaf_hash(job, i);
	}
	job->stamp_is_valid = stamp_is_valid(
	    job->stamp, job->node, job->last_seq, &job->head, job->sign_key);
}

static bool
can_begin(const struct aide *aide, const void *at)
{
	const struct job *job = at;

	return job->after < 0 || aide_is_done(aide, (unsigned)job->after);
}

static const struct aide_kind kind = {
    .places = WORKER_JOBS_MAX,
    .job_bytes = sizeof(struct job),
    .work = work,
    .can_begin = can_begin,
};

/* ---- the daemon's side */

enum err
worker_open(struct worker **worker)
{
	struct worker *made = xcalloc(1, sizeof *made);

	if (aide_open(&made->aide, &kind) != OK) {
		free(made);
		return ERR_IO;
	}
	*worker = made;
	return OK;
}

void
worker_close(struct worker *worker)
{
	if (worker == NULL)
		return;
	aide_close(worker->aide);
	free(worker);
}

/* Into the job; false: the events cannot be told apart. */
static bool
put_events(struct job *job, const struct worker_push *push)
{
	struct bytes rest = bytes_of(job->body, push->body.len);

	memcpy(job->body, push->body.at, push->body.len);
	job->body_len = push->body.len;
	for (job->count = 0; job->count < push->push->count; job->count++) {
		struct bytes event;

		if (push_body_next(&rest, &event) != OK)
			return false;
		job->events[job->count].at = (uint32_t)(event.at - job->body);
		job->events[job->count].len = (uint32_t)event.len;
	}
	return true;
}

int
worker_give(struct worker *worker, const struct worker_push *push)
{
	struct job *job = aide_place(worker->aide);

	if (job == NULL || push->push->count < WORKER_EVENTS_LEAST ||
	    push->push->count > PUSH_EVENTS_MAX ||
	    push->body.len > PUSH_BODY_MAX || !put_events(job, push))
		return -1;
	memcpy(job->node, push->node, NODE_ID_SIZE);
	memcpy(job->sign_key, push->sign_key, SIGN_KEY_SIZE);
	memcpy(job->stamp, push->push->stamp, STAMP_SIZE);
	job->last_seq = push->push->first_seq + push->push->count - 1;
	job->received_at_ms = push->received_at_ms;
	job->after = push->after;
	job->before = push->head;
	return (int)aide_give(worker->aide);
}

void
worker_start(struct worker *worker)
{
	aide_start(worker->aide);
}

void
worker_result(struct worker *worker, struct worker_result *result)
{
	const struct job *job;
	void *at;

	if (aide_result(worker->aide, &at) != OK)
		fatalx("worker-ended");
	job = at;
	*result =
	    (struct worker_result){.body = bytes_of(job->body, job->body_len),
		.before = job->before,
		.head = job->head,
		.hashes = job->hashes,
		.leaves = job->leaves,
		.received_at_ms = job->received_at_ms,
		.stamp_is_valid = job->stamp_is_valid};
}

void
worker_drop(struct worker *worker)
{
	aide_drop(worker->aide);
}
