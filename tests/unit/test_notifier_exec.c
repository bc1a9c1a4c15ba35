/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/exec.h"

#include "tests/support/temp_dir.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

enum { WITHIN_MS = 20000, LIMIT_MS = 10000, SHORT_MS = 300 };

struct rig {
	char *dir, *program;
	struct loop *loop;
	struct exec *exec;
	struct answer answer;
	bool done;
};

static void
rig_open(struct rig *rig, const char *script, uint64_t limit_ms)
{
	*rig = (struct rig){.dir = temp_dir_make()};
	temp_dir_write(rig->dir, "program", script);
	rig->program = temp_dir_path(rig->dir, "program");
	CHECK(chmod(rig->program, 0700) == 0);
	CHECK(loop_open(&rig->loop, NULL) == OK);
	rig->exec = exec_open(rig->loop, limit_ms);
}

static void
rig_close(struct rig *rig)
{
	exec_close(rig->exec);
	loop_close(rig->loop);
	temp_dir_remove(rig->dir);
	free(rig->program);
}

static void
on_answer(void *context, const struct answer *answer)
{
	struct rig *rig = context;

	rig->answer = *answer;
	rig->done = true;
}

static void
run(struct rig *rig, const char *input)
{
	char odd[] = "$(reboot); 'x";
	char *argv[] = {rig->program, rig->dir, odd, NULL};

	cr_assert_eq(
	    exec_start(rig->exec, argv, bytes_of_text(input), on_answer, rig),
	    OK);
	cr_assert_eq(loop_run_until(rig->loop, &rig->done, WITHIN_MS), OK);
}

static char *
made(struct rig *rig, const char *name)
{
	static char text[4096];
	char *path = temp_dir_path(rig->dir, name);
	FILE *file = fopen(path, "r");
	size_t len;

	cr_assert_not_null(file, "%s", name);
	len = fread(text, 1, sizeof text - 1, file);
	text[len] = '\0';
	fclose(file);
	free(path);
	return text;
}

Test(notifier_exec, takes_0_for_taken_and_hands_over_input_and_arguments)
{
	struct rig rig;
	char *group;
	long own;

	rig_open(&rig,
	    "#!/bin/sh\ncat >$1/input\nprintf '%s' \"$2\" >$1/argument\n"
	    "/usr/bin/env >$1/environment\nls /proc/self/fd >$1/open\n"
	    "cut -d' ' -f5 /proc/$$/stat >$1/group; echo $$ >>$1/group\n",
	    LIMIT_MS);
	CHECK(setenv("RAHASIA", "x", 1) == 0);
	run(&rig, "satu\ndua\n");
	cr_assert_eq(rig.answer.outcome, ANSWER_TAKEN);
	cr_assert_str_eq(rig.answer.word, "exit-0");
	cr_assert_str_eq(made(&rig, "input"), "satu\ndua\n");
	/* No shell has looked at it. */
	cr_assert_str_eq(made(&rig, "argument"), "$(reboot); 'x");
	cr_assert_null(strstr(made(&rig, "environment"), "RAHASIA"));
	cr_assert_not_null(strstr(made(&rig, "environment"), "PATH="));
	/* Its own three, and the one that ls reads with. */
	cr_assert_str_eq(made(&rig, "open"), "0\n1\n2\n3\n");
	/* A group of its own. */
	group = made(&rig, "group");
	own = strtol(group, &group, 10);
	cr_assert_eq(own, strtol(group, NULL, 10));
	rig_close(&rig);
}

Test(notifier_exec, tells_try_again_from_a_lasting_no)
{
	static const struct {
		const char *script;
		enum answer_outcome outcome;
		const char *word;
	} cases[] = {
	    {"#!/bin/sh\nexit 75\n", ANSWER_LATER, "exit-75"},
	    {"#!/bin/sh\nexit 1\n", ANSWER_DECLINED, "exit-1"},
	    {"#!/bin/sh\nexit 255\n", ANSWER_DECLINED, "exit-255"},
	    {"#!/bin/sh\nkill -SEGV $$\n", ANSWER_LATER, "signal-11"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rig rig;

		rig_open(&rig, cases[i].script, LIMIT_MS);
		run(&rig, "x\n");
		cr_expect_eq(rig.answer.outcome, cases[i].outcome, "%u", i);
		cr_expect_str_eq(rig.answer.word, cases[i].word);
		rig_close(&rig);
	}
}

/* As an orphan the grandchild comes to this process, so that it can be waited
 * for; an orphan from the start, since a shell that waits may take its dead
 * child with it even while it is killed itself. */
Test(notifier_exec, kills_it_and_all_that_it_started_when_time_is_up)
{
	struct rig rig;
	pid_t grandchild;
	int status;

	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	rig_open(&rig,
	    "#!/bin/sh\ntrap '' TERM INT HUP\n"
	    "(tail -f /dev/null &\necho $! >$1/grandchild)\n"
	    "tail -f /dev/null\n",
	    SHORT_MS);
	run(&rig, "x\n");
	cr_assert_eq(rig.answer.outcome, ANSWER_LATER);
	cr_assert_str_eq(rig.answer.word, "timeout");
	grandchild = (pid_t)strtol(made(&rig, "grandchild"), NULL, 10);
	cr_assert_gt(grandchild, 1);
	cr_assert_eq(waitpid(grandchild, &status, 0), grandchild);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	rig_close(&rig);
}

Test(notifier_exec, leaves_nothing_running_behind_a_program_that_has_ended)
{
	struct rig rig;
	pid_t grandchild;
	int status;

	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	rig_open(&rig,
	    "#!/bin/sh\ntail -f /dev/null &\necho $! >$1/grandchild\n",
	    LIMIT_MS);
	run(&rig, "x\n");
	cr_assert_eq(rig.answer.outcome, ANSWER_TAKEN);
	grandchild = (pid_t)strtol(made(&rig, "grandchild"), NULL, 10);
	cr_assert_eq(waitpid(grandchild, &status, 0), grandchild);
	cr_assert(WIFSIGNALED(status));
	rig_close(&rig);
}

Test(notifier_exec, is_not_held_up_by_what_it_prints)
{
	struct rig rig;

	rig_open(&rig,
	    "#!/bin/sh\nhead -c 20000000 /dev/zero\n"
	    "head -c 20000000 /dev/zero >&2\n",
	    LIMIT_MS);
	run(&rig, "x\n");
	cr_assert_str_eq(rig.answer.word, "exit-0");
	rig_close(&rig);
}

Test(notifier_exec, starts_nothing_that_is_not_there_or_too_long)
{
	static char long_input[EXEC_INPUT_MAX + 1];
	struct rig rig;
	char nowhere[] = "/tidak/ada";
	char *missing[] = {nowhere, NULL};
	char *there[] = {NULL, NULL};

	rig_open(&rig, "#!/bin/sh\n", LIMIT_MS);
	cr_assert_eq(
	    exec_start(rig.exec, missing, bytes_of_text("x"), on_answer, &rig),
	    ERR_INVALID);
	there[0] = rig.program;
	cr_assert_eq(
	    exec_start(rig.exec, there, bytes_of(long_input, sizeof long_input),
		on_answer, &rig),
	    ERR_INVALID);
	rig_close(&rig);
}

Test(notifier_exec, takes_what_is_under_way_with_it_when_it_is_closed)
{
	struct rig rig;
	char *argv[] = {NULL, NULL, NULL};

	rig_open(&rig, "#!/bin/sh\ntail -f /dev/null\n", LIMIT_MS);
	argv[0] = rig.program;
	argv[1] = rig.dir;
	cr_assert_eq(
	    exec_start(rig.exec, argv, bytes_of_text("x"), on_answer, &rig),
	    OK);
	rig_close(&rig);
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}
