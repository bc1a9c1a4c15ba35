/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs lie in a ring that both processes have mapped. Whoever takes a job first
 * does it: the second process goes through them in order, the caller takes the
 * one whose result it needs. A side that has to wait says so, looks once more,
 * and sleeps on its eventfd; the other wakes it only then.
 */
#include "core/aide.h"

#include "core/bytes.h"
#include "core/log.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT_WITHIN_MS = 30000, LINE = 64 /* bytes of a cache line */ };

/* The job's bytes follow. */
struct place {
	alignas(LINE) atomic_bool is_taken;
	atomic_bool is_done;
};

/* Mapped by both; the places follow. */
struct ring {
	alignas(LINE) atomic_uint given;
	atomic_bool caller_waits;
	alignas(LINE) atomic_uint passed; /* taken or left by the process */
	atomic_bool process_sleeps;
};

struct aide {
	const struct aide_kind *kind;
	struct ring *ring;
	size_t place_bytes, ring_bytes;
	int given, done; /* eventfds: there are jobs, one is done */
	int process;     /* pidfd */
	pid_t pid;       /* -1: none, or no longer */
	unsigned next;   /* job to be given */
	unsigned taken;  /* job whose result comes next */
	unsigned kept;   /* given and not yet dropped */
};

/* ---- a job */

static struct place *
place_at(const struct aide *aide, unsigned number)
{
	size_t n = number % aide->kind->places;

	return (struct place *)((uint8_t *)(aide->ring + 1) +
				n * aide->place_bytes);
}

void *
aide_job(const struct aide *aide, unsigned place)
{
	return place_at(aide, place) + 1;
}

bool
aide_is_done(const struct aide *aide, unsigned place)
{
	return atomic_load(&place_at(aide, place)->is_done);
}

static void
work(const struct aide *aide, struct place *place)
{
	aide->kind->work(aide, place + 1);
	atomic_store(&place->is_done, true);
}

static bool
take(struct place *place)
{
	return !atomic_exchange(&place->is_taken, true);
}

static bool
wake(int eventfd)
{
	const uint64_t one = 1;

	return write(eventfd, &one, sizeof one) == sizeof one;
}

/* ---- the process */

/* Of what the program has open it needs its two eventfds, and standard error
 * for last words. */
static void
close_the_rest(int a, int b)
{
	unsigned low = (unsigned)(a < b ? a : b);
	unsigned high = (unsigned)(a < b ? b : a);

	if (low > STDERR_FILENO) {
		(void)close_range(STDIN_FILENO, STDOUT_FILENO, 0);
		(void)close_range(STDERR_FILENO + 1, low - 1, 0);
	}
	(void)close_range(low + 1, high - 1, 0);
	(void)close_range(high + 1, ~0U, 0);
}

static void
wait_for_job(const struct aide *aide, unsigned number)
{
	struct ring *ring = aide->ring;
	uint64_t any;

	while (atomic_load(&ring->given) == number) {
		atomic_store(&ring->process_sleeps, true);
		if (atomic_load(&ring->given) == number &&
		    read(aide->given, &any, sizeof any) != sizeof any)
			_exit(1);
	}
	atomic_store(&ring->process_sleeps, false);
}

static bool
can_begin(const struct aide *aide, struct place *place)
{
	return aide->kind->can_begin == NULL ||
	       aide->kind->can_begin(aide, place + 1);
}

/* Ends with the program, and not before it: signals of a terminal go to
 * both. */
static void
work_for_ever(const struct aide *aide, pid_t program)
{
	struct ring *ring = aide->ring;

	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != program)
		_exit(1);
	close_the_rest(aide->given, aide->done);
	for (unsigned number = 0;; number++) {
		struct place *place = place_at(aide, number);

		wait_for_job(aide, number);
		atomic_store(&ring->passed, number + 1);
		if (!can_begin(aide, place) || !take(place))
			continue;
		work(aide, place);
		if (atomic_exchange(&ring->caller_waits, false) &&
		    !wake(aide->done))
			_exit(1);
	}
}

/* ---- the caller's side */

static struct aide *
aide_new(const struct aide_kind *kind)
{
	struct aide *aide = xcalloc(1, sizeof *aide);

	/* So that the places go on where the numbers wrap. */
	CHECK((kind->places & (kind->places - 1)) == 0);
	aide->kind = kind;
	aide->given = aide->done = aide->process = aide->pid = -1;
	aide->place_bytes =
	    sizeof(struct place) + (kind->job_bytes + LINE - 1) / LINE * LINE;
	aide->ring_bytes =
	    sizeof *aide->ring + kind->places * aide->place_bytes;
	aide->ring = mmap(NULL, aide->ring_bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (aide->ring == MAP_FAILED)
		fatal("aide-no-memory bytes=%zu", aide->ring_bytes);
	return aide;
}

static enum err
start(struct aide *aide)
{
	pid_t program = getpid();

	aide->given = eventfd(0, EFD_CLOEXEC);
	aide->done = eventfd(0, EFD_CLOEXEC);
	if (aide->given < 0 || aide->done < 0)
		return ERR_IO;
	aide->pid = fork();
	if (aide->pid == 0)
		work_for_ever(aide, program);
	if (aide->pid > 0)
		aide->process = pidfd_open(aide->pid, 0);
	return aide->process < 0 ? ERR_IO : OK;
}

enum err
aide_open(struct aide **aide, const struct aide_kind *kind)
{
	struct aide *made = aide_new(kind);

	if (start(made) != OK) {
		log_warn("aide-not-started");
		aide_close(made);
		return ERR_IO;
	}
	*aide = made;
	return OK;
}

struct aide *
aide_alone(const struct aide_kind *kind)
{
	return aide_new(kind);
}

static void
end_process(struct aide *aide)
{
	if (aide->pid <= 0)
		return;
	(void)kill(aide->pid, SIGKILL);
	(void)waitpid(aide->pid, NULL, 0);
	aide->pid = -1;
}

void
aide_close(struct aide *aide)
{
	if (aide == NULL)
		return;
	end_process(aide);
	if (aide->process >= 0)
		(void)close(aide->process);
	if (aide->given >= 0)
		(void)close(aide->given);
	if (aide->done >= 0)
		(void)close(aide->done);
	(void)munmap(aide->ring, aide->ring_bytes);
	free(aide);
}

void *
aide_place(struct aide *aide)
{
	if (aide->kept == aide->kind->places)
		return NULL;
	return aide_job(aide, aide->next);
}

unsigned
aide_give(struct aide *aide)
{
	unsigned number = aide->next;
	struct place *place = place_at(aide, number);

	CHECK(aide->kept < aide->kind->places);
	atomic_store(&place->is_done, false);
	atomic_store(&place->is_taken, false);
	atomic_store(&aide->ring->given, ++aide->next);
	aide->kept++;
	return number % aide->kind->places;
}

void
aide_start(struct aide *aide)
{
	if (aide->pid > 0 &&
	    atomic_exchange(&aide->ring->process_sleeps, false) &&
	    !wake(aide->given))
		fatal("aide-unreachable");
}

void
aide_help(struct aide *aide, unsigned few)
{
	struct place *place = place_at(aide, aide->next - 1);

	if (aide->pid > 0 &&
	    aide->next - atomic_load(&aide->ring->passed) > few && take(place))
		work(aide, place);
}

static enum err
sleep_until_one_is_done(const struct aide *aide)
{
	struct pollfd fds[] = {{.fd = aide->done, .events = POLLIN},
	    {.fd = aide->process, .events = POLLIN}};
	uint64_t any;
	int count;

	do
		count = poll(fds, 2, RESULT_WITHIN_MS);
	while (count < 0 && errno == EINTR);
	if ((fds[0].revents & POLLIN) == 0) {
		log_warnx("aide-lost why=%s", count == 0 ? "hangs" : "died");
		return ERR_IO;
	}
	if (read(aide->done, &any, sizeof any) != sizeof any)
		fatal("aide-unreachable");
	return OK;
}

/* The process has it. A wake-up may be of another job. */
static enum err
wait_for_result(struct aide *aide, const struct place *place)
{
	while (!atomic_load(&place->is_done)) {
		atomic_store(&aide->ring->caller_waits, true);
		if (atomic_load(&place->is_done))
			return OK;
		if (sleep_until_one_is_done(aide) != OK) {
			end_process(aide);
			return ERR_IO;
		}
	}
	return OK;
}

enum err
aide_result(struct aide *aide, void **job)
{
	struct place *place = place_at(aide, aide->taken);

	CHECK(aide->taken != aide->next);
	aide_start(aide);
	if (take(place) || (aide->pid < 0 && !atomic_load(&place->is_done)))
		work(aide, place);
	else if (wait_for_result(aide, place) != OK)
		return ERR_IO;
	aide->taken++;
	*job = place + 1;
	return OK;
}

void
aide_drop(struct aide *aide)
{
	CHECK(aide->kept > 0);
	aide->kept--;
}
