/* SPDX-License-Identifier: Apache-2.0 */
#include "core/aide.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

enum { PLACES = 8 };

struct job {
	unsigned n, twice;
	pid_t by;
	unsigned files; /* that the one who did it has open */
};

/* What the two processes of a test agree on. */
static struct shared {
	pid_t program;
	atomic_uint dies_at; /* the second process, over this job */
	atomic_uint done_there;
} * shared;

TestSuite(aide, .timeout = 30);

static unsigned
open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	cr_assert_not_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count - 3; /* ".", ".." and the directory itself */
}

static void
work(const struct aide *aide, void *at)
{
	struct job *job = at;

	(void)aide;
	job->by = getpid();
	if (job->by != shared->program && job->n == shared->dies_at)
		raise(SIGKILL);
	job->twice = 2 * job->n;
	job->files = open_files();
	if (job->by != shared->program)
		shared->done_there++;
}

static bool
is_odd(const struct aide *aide, const void *at)
{
	const struct job *job = at;

	(void)aide;
	return job->n % 2 == 1;
}

static const struct aide_kind any = {
    .places = PLACES, .job_bytes = sizeof(struct job), .work = work};
static const struct aide_kind only_odd = {.places = PLACES,
    .job_bytes = sizeof(struct job),
    .work = work,
    .can_begin = is_odd};

static struct aide *
open_aide(const struct aide_kind *kind)
{
	struct aide *aide;

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(shared, MAP_FAILED);
	shared->program = getpid();
	cr_assert_eq(aide_open(&aide, kind), OK);
	return aide;
}

static bool
give(struct aide *aide, unsigned n)
{
	struct job *job = aide_place(aide);

	if (job == NULL)
		return false;
	*job = (struct job){.n = n};
	(void)aide_give(aide);
	return true;
}

static const struct job *
result(struct aide *aide)
{
	void *job;

	cr_assert_eq(aide_result(aide, &job), OK);
	return job;
}

/* Many times round, each asked for as late as can be. */
static void
go_round(struct aide *aide)
{
	unsigned given = 1, taken = 1;

	while (taken < 100 * PLACES) {
		while (give(aide, given)) {
			aide_help(aide, PLACES / 2);
			if (++given % 3 == 0)
				aide_start(aide);
		}
		cr_assert_eq(given - taken, PLACES, "no place is left");
		for (unsigned i = 0; i < 1 + taken % PLACES; i++) {
			const struct job *job = result(aide);

			cr_assert_eq(job->n, taken);
			cr_assert_eq(job->twice, 2 * taken++);
			aide_drop(aide);
		}
	}
	while (taken < given) {
		cr_assert_eq(result(aide)->n, taken++);
		aide_drop(aide);
	}
}

Test(aide, every_job_is_done_and_comes_back_in_order)
{
	struct aide *aide = open_aide(&any);

	go_round(aide);
	aide_close(aide);
	cr_assert_lt(waitpid(-1, NULL, WNOHANG), 0, "no process is left");
}

Test(aide, without_a_process_the_caller_does_all)
{
	struct aide *aide;

	aide_close(open_aide(&any));
	shared->done_there = 0;
	aide = aide_alone(&any);
	go_round(aide);
	aide_close(aide);
	cr_assert_eq(shared->done_there, 0);
}

/* Waits for the process to have done so many; poll: the suite's deadline. */
static void
wait_until_there_are_done(unsigned count)
{
	while (shared->done_there < count)
		(void)sched_yield(); /* poll: done_there, the suite's time */
}

Test(aide, the_process_works_by_itself_and_has_no_file_but_its_own)
{
	struct aide *aide;
	const struct job *job;
	int file = open("/dev/null", O_RDONLY);

	aide = open_aide(&any);
	cr_assert_geq(file, 0);
	for (unsigned n = 1; n <= PLACES; n++)
		cr_assert(give(aide, n));
	aide_start(aide);
	wait_until_there_are_done(PLACES);
	for (unsigned n = 1; n <= PLACES; n++) {
		job = result(aide);
		cr_assert_eq(job->n, n);
		cr_assert_neq(job->by, getpid());
		cr_assert_eq(job->files, 3, "two eventfds and stderr");
		aide_drop(aide);
	}
	aide_close(aide);
	close(file);
}

Test(aide, leaves_to_the_caller_what_it_may_not_begin)
{
	struct aide *aide = open_aide(&only_odd);

	for (unsigned n = 1; n <= PLACES; n++)
		cr_assert(give(aide, n));
	aide_start(aide);
	wait_until_there_are_done(PLACES / 2);
	for (unsigned n = 1; n <= PLACES; n++) {
		cr_assert_eq(result(aide)->by == getpid(), n % 2 == 0, "%u", n);
		aide_drop(aide);
	}
	aide_close(aide);
}

/* It is dead, and over that job, before its result is asked for. */
Test(aide, a_process_that_dies_over_a_job_is_told_and_all_is_done_here)
{
	struct aide *aide;
	siginfo_t ended;
	void *job;

	aide = open_aide(&any);
	shared->dies_at = 3;
	for (unsigned n = 1; n <= PLACES; n++)
		cr_assert(give(aide, n));
	aide_start(aide);
	cr_assert_eq(waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT), 0);
	cr_assert_eq(result(aide)->n, 1);
	cr_assert_eq(result(aide)->n, 2);
	cr_assert_eq(aide_result(aide, &job), ERR_IO);
	for (unsigned n = 3; n <= PLACES; n++) {
		const struct job *done = result(aide);

		cr_assert_eq(done->n, n);
		cr_assert_eq(done->by, getpid());
		cr_assert_eq(done->twice, 2 * n);
	}
	for (unsigned n = 1; n <= PLACES; n++)
		aide_drop(aide);
	go_round(aide);
	aide_close(aide);
}
