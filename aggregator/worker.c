/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs lie in a ring that both processes have mapped. Whoever takes a job first
 * does it: the worker goes through them in order, the daemon takes the one
 * whose result it needs. A side that has to wait says so, looks once more, and
 * sleeps on its eventfd; the other wakes it only then.
 *
 * A job that goes on from another's head is left to the daemon if that other is
 * not done: the daemon asks in order, so then it is.
 */
#include "aggregator/worker.h"

#include "core/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT_WITHIN_MS = 30000 };

struct job {
	atomic_bool is_taken, is_done;
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

/* Mapped by both. */
struct ring {
	atomic_uint given;
	atomic_bool worker_sleeps, daemon_waits;
	struct job jobs[WORKER_JOBS_MAX];
};

struct worker {
	struct ring *ring;
	int given, done; /* eventfds: there are jobs, one is done */
	int process;     /* pidfd */
	pid_t pid;
	unsigned next;  /* job to be given */
	unsigned taken; /* job whose result comes next */
	unsigned kept;  /* given and not yet dropped */
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
work(const struct ring *ring, struct job *job)
{
	if (job->after >= 0)
		job->before = ring->jobs[job->after].head;
	job->head = job->before;
	for (unsigned i = 0; i < job->count; i++) {
		job->hashes[i] = hash_event(event_of(job, i));
		job->head = hash_head(&job->head, &job->hashes[i]);
		job->leaves[i] = leaf_hash(job, i);
	}
	job->stamp_is_valid = stamp_is_valid(
	    job->stamp, job->node, job->last_seq, &job->head, job->sign_key);
	atomic_store(&job->is_done, true);
}

static bool
take(struct job *job)
{
	return !atomic_exchange(&job->is_taken, true);
}

static bool
wake(int eventfd)
{
	const uint64_t one = 1;

	return write(eventfd, &one, sizeof one) == sizeof one;
}

/* ---- the process */

static void
wait_for_job(const struct worker *worker, unsigned number)
{
	struct ring *ring = worker->ring;
	uint64_t any;

	while (atomic_load(&ring->given) == number) {
		atomic_store(&ring->worker_sleeps, true);
		if (atomic_load(&ring->given) == number &&
		    read(worker->given, &any, sizeof any) != sizeof any)
			_exit(1);
	}
	atomic_store(&ring->worker_sleeps, false);
}

static bool
can_begin(const struct ring *ring, const struct job *job)
{
	return job->after < 0 || atomic_load(&ring->jobs[job->after].is_done);
}

/* Ends with the daemon, and not before it: signals of a terminal go to both. */
static void
work_for_ever(const struct worker *worker, pid_t daemon)
{
	struct ring *ring = worker->ring;

	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != daemon)
		_exit(1);
	for (unsigned number = 0;; number++) {
		struct job *job = &ring->jobs[number % WORKER_JOBS_MAX];

		wait_for_job(worker, number);
		if (!can_begin(ring, job) || !take(job))
			continue;
		work(ring, job);
		if (atomic_exchange(&ring->daemon_waits, false) &&
		    !wake(worker->done))
			_exit(1);
	}
}

/* ---- the daemon's side */

static enum err
start(struct worker *worker)
{
	pid_t daemon = getpid();

	worker->ring = mmap(NULL, sizeof *worker->ring, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (worker->ring == MAP_FAILED)
		return ERR_IO;
	worker->given = eventfd(0, EFD_CLOEXEC);
	worker->done = eventfd(0, EFD_CLOEXEC);
	if (worker->given < 0 || worker->done < 0)
		return ERR_IO;
	worker->pid = fork();
	if (worker->pid == 0)
		work_for_ever(worker, daemon);
	if (worker->pid > 0)
		worker->process = pidfd_open(worker->pid, 0);
	return worker->process < 0 ? ERR_IO : OK;
}

enum err
worker_open(struct worker **worker)
{
	struct worker *made = xcalloc(1, sizeof *made);

	made->given = made->done = made->process = made->pid = -1;
	if (start(made) != OK) {
		log_warn("worker-not-started");
		worker_close(made);
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
	if (worker->pid > 0) {
		(void)kill(worker->pid, SIGKILL);
		(void)waitpid(worker->pid, NULL, 0);
	}
	if (worker->process >= 0)
		(void)close(worker->process);
	if (worker->given >= 0)
		(void)close(worker->given);
	if (worker->done >= 0)
		(void)close(worker->done);
	if (worker->ring != MAP_FAILED)
		(void)munmap(worker->ring, sizeof *worker->ring);
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
	unsigned at = worker->next % WORKER_JOBS_MAX;
	struct job *job = &worker->ring->jobs[at];

	if (worker->kept == WORKER_JOBS_MAX ||
	    push->push->count < WORKER_EVENTS_LEAST ||
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
	atomic_store(&job->is_done, false);
	atomic_store(&job->is_taken, false);
	atomic_store(&worker->ring->given, ++worker->next);
	worker->kept++;
	return (int)at;
}

void
worker_start(struct worker *worker)
{
	if (atomic_exchange(&worker->ring->worker_sleeps, false) &&
	    !wake(worker->given))
		fatal("worker-unreachable");
}

static void
sleep_until_one_is_done(const struct worker *worker)
{
	struct pollfd fds[] = {{.fd = worker->done, .events = POLLIN},
	    {.fd = worker->process, .events = POLLIN}};
	uint64_t any;
	int count;

	do
		count = poll(fds, 2, RESULT_WITHIN_MS);
	while (count < 0 && errno == EINTR);
	if ((fds[0].revents & POLLIN) == 0)
		fatalx("worker-ended why=%s", count == 0 ? "hangs" : "died");
	if (read(worker->done, &any, sizeof any) != sizeof any)
		fatal("worker-unreachable");
}

/* The worker has it. A wake-up may be of another job. */
static void
wait_for_result(const struct worker *worker, const struct job *job)
{
	while (!atomic_load(&job->is_done)) {
		atomic_store(&worker->ring->daemon_waits, true);
		if (!atomic_load(&job->is_done))
			sleep_until_one_is_done(worker);
	}
}

void
worker_result(struct worker *worker, struct worker_result *result)
{
	struct ring *ring = worker->ring;
	struct job *job = &ring->jobs[worker->taken % WORKER_JOBS_MAX];

	CHECK(worker->taken != worker->next);
	worker_start(worker);
	if (take(job))
		work(ring, job);
	else
		wait_for_result(worker, job);
	worker->taken++;
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
	CHECK(worker->kept > 0);
	worker->kept--;
}
