/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/exec.h"

#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <spawn.h>

enum { TRY_AGAIN = 75 }; /* EX_TEMPFAIL */

struct run {
	struct run *next;
	struct exec *exec;
	pid_t pid;
	int watch; /* becomes readable when the program ends */
	struct loop_fd *watch_fd;
	struct loop_timer *timer;
	bool is_late;
	answer_fn done;
	void *context;
};

struct exec {
	struct loop *loop;
	uint64_t total_ms;
	struct run *first;
};

struct exec *
exec_open(struct loop *loop, uint64_t total_ms)
{
	struct exec *exec = xcalloc(1, sizeof *exec);

	exec->loop = loop;
	exec->total_ms = total_ms;
	return exec;
}

/* The number of a process group stays taken as long as its first process has
 * not been waited for, so this never meets a stranger. */
static void
kill_group(const struct run *run)
{
	(void)kill(-run->pid, SIGKILL);
}

static int
reap(struct run *run)
{
	int status = 0;

	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void
run_free(struct run *run)
{
	struct run **at = &run->exec->first;

	while (*at != run)
		at = &(*at)->next;
	*at = run->next;
	if (run->watch_fd != NULL)
		loop_fd_remove(run->watch_fd);
	if (run->watch >= 0)
		close(run->watch);
	loop_timer_free(run->timer);
	free(run);
}

void
exec_close(struct exec *exec)
{
	if (exec == NULL)
		return;
	while (exec->first != NULL) {
		kill_group(exec->first);
		(void)reap(exec->first);
		run_free(exec->first);
	}
	free(exec);
}

static void
answer_of(struct answer *answer, const struct run *run, int status)
{
	*answer = (struct answer){.outcome = ANSWER_LATER};
	if (run->is_late) {
		(void)text_copy(answer->word, sizeof answer->word, "timeout");
		return;
	}
	if (!WIFEXITED(status)) {
		snprintf(answer->word, sizeof answer->word, "signal-%d",
		    WTERMSIG(status));
		return;
	}
	snprintf(
	    answer->word, sizeof answer->word, "exit-%d", WEXITSTATUS(status));
	if (WEXITSTATUS(status) == 0)
		answer->outcome = ANSWER_TAKEN;
	else if (WEXITSTATUS(status) != TRY_AGAIN)
		answer->outcome = ANSWER_DECLINED;
}

/* What the program has left behind ends with it. */
static void
on_end(void *context)
{
	struct run *run = context;
	answer_fn done = run->done;
	void *done_context = run->context;
	struct answer answer;

	kill_group(run);
	answer_of(&answer, run, reap(run));
	run_free(run);
	done(done_context, &answer);
}

static void
on_late(void *context)
{
	struct run *run = context;

	run->is_late = true;
	kill_group(run);
}

/* Everything at its default, nothing blocked, no descriptor but the three. */
static int
spawn(struct run *run, char *const *argv, int input)
{
	char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		      "/sbin:/bin";
	char locale[] = "LC_ALL=C.UTF-8";
	char *const environment[] = {path, locale, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	int failed;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_addopen(
	    &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(
	    &actions, STDOUT_FILENO, STDERR_FILENO);
	posix_spawn_file_actions_addchdir_np(&actions, "/");
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
						  POSIX_SPAWN_SETSIGDEF |
						  POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	failed = posix_spawn(
	    &run->pid, argv[0], &actions, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* The whole input is in the pipe before anybody reads it: it fits. */
static bool
fill_pipe(int ends[2], struct bytes input)
{
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	if (fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 &&
	    write(ends[1], input.at, input.len) == (ssize_t)input.len) {
		close(ends[1]);
		return true;
	}
	close(ends[0]);
	close(ends[1]);
	return false;
}

enum err
exec_start(struct exec *exec, char *const *argv, struct bytes input,
    answer_fn done, void *context)
{
	struct run *run;
	int ends[2], failed;

	if (input.len > EXEC_INPUT_MAX || !fill_pipe(ends, input)) {
		log_warnx("exec-no-input bytes=%zu", input.len);
		return ERR_INVALID;
	}
	run = xcalloc(1, sizeof *run);
	run->exec = exec;
	run->watch = -1;
	failed = spawn(run, argv, ends[0]);
	close(ends[0]);
	if (failed != 0) {
		log_warnx("exec-not-started reason=\"%s\"", strerror(failed));
		free(run);
		return ERR_INVALID;
	}
	run->done = done;
	run->context = context;
	run->timer = loop_timer_new(exec->loop, on_late, run);
	run->next = exec->first;
	exec->first = run;
	run->watch = pidfd_open(run->pid, 0);
	if (run->watch < 0)
		fatal("exec-no-pidfd");
	run->watch_fd =
	    loop_fd_add(exec->loop, run->watch, LOOP_READABLE, on_end, run);
	loop_timer_set(run->timer, exec->total_ms);
	return OK;
}
