/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/daemon.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "core/log.h"
#include "core/loop.h"
#include "tests/unit/test_collector_place.h"

enum { DEADLINE_MS = 10000, STOP_MS = 2000 };

static struct place place;

static void
open_place(void)
{
	place_make(&place);
}

static void
close_place(void)
{
	place_remove(&place);
}

TestSuite(daemon, .init = open_place, .fini = close_place, .timeout = 60);

struct child {
	pid_t pid;
	int log;
};

static void
start(struct child *child)
{
	struct run_words words = {.home = place.words};
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	child->pid = fork();
	cr_assert_neq(child->pid, -1);
	if (child->pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		log_open("ikrar-collector", LOG_LEVEL_INFO);
		_exit(daemon_run(&words));
	}
	close(ends[1]);
	child->log = ends[0];
}

/* Until the log says `text`; false: it ended, or took too long. */
static bool
wait_for(struct child *child, const char *text)
{
	uint64_t until_ms = loop_monotonic_ms() + DEADLINE_MS;
	struct pollfd fd = {.fd = child->log, .events = POLLIN};
	char all[8192] = "";
	size_t used = 0;

	while (strstr(all, text) == NULL) {
		uint64_t now_ms = loop_monotonic_ms();
		ssize_t len;

		if (now_ms >= until_ms || used + 1 >= sizeof all ||
		    poll(&fd, 1, (int)(until_ms - now_ms)) != 1)
			return false;
		len = read(child->log, all + used, sizeof all - 1 - used);
		if (len <= 0)
			return false;
		used += (size_t)len;
		all[used] = '\0';
	}
	return true;
}

/* The exit code; -1: a signal ended it. */
static int
stop(struct child *child)
{
	int status;

	kill(child->pid, SIGTERM);
	cr_assert_eq(waitpid(child->pid, &status, 0), child->pid);
	close(child->log);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
is_there(const char *name)
{
	char *path = temp_dir_path(place.dir, name);
	bool is_it = access(path, F_OK) == 0;

	free(path);
	return is_it;
}

Test(daemon, runs_alone_on_its_directory_and_leaves_within_two_seconds)
{
	struct run_words words = {.home = place.words};
	struct child child;
	uint64_t asked_ms;
	char *text;

	place_capture(&place, "");
	cr_expect_not(daemon_is_running(place.dir));
	start(&child);
	cr_assert(wait_for(&child, " ready node="));
	cr_expect(daemon_is_running(place.dir));
	cr_expect(is_there("wake"));
	cr_expect_eq(daemon_health(&place.words), 0);
	cr_expect_eq(daemon_run(&words), 1, "a second one was let in");
	text = place_read(&place, "err");
	cr_expect(strstr(text, "sudah berjalan") != NULL, "%s", text);
	free(text);
	cr_expect(is_there("wake"), "the second one took it away");
	asked_ms = loop_monotonic_ms();
	cr_expect_eq(stop(&child), 0);
	cr_expect_lt(loop_monotonic_ms() - asked_ms, STOP_MS);
	cr_expect_not(is_there("wake"));
	cr_expect_not(daemon_is_running(place.dir));
	cr_expect_eq(daemon_health(&place.words), 1);
}

Test(daemon, can_start_again_after_it_was_killed)
{
	struct child child;
	int status;

	start(&child);
	cr_assert(wait_for(&child, " ready node="));
	kill(child.pid, SIGKILL);
	cr_assert_eq(waitpid(child.pid, &status, 0), child.pid);
	close(child.log);
	start(&child);
	cr_assert(wait_for(&child, " ready node="));
	cr_expect_eq(stop(&child), 0);
}

Test(daemon, refuses_an_endpoint_that_is_no_address)
{
	struct run_words words = {
	    .home = place.words, .endpoint = word_of("wilayah:7700")};
	char *text;

	place_capture(&place, "");
	cr_expect_eq(daemon_run(&words), 1);
	text = place_read(&place, "err");
	cr_expect(strstr(text, "tcp://KOMPUTER:PORT") != NULL, "%s", text);
	free(text);
}
