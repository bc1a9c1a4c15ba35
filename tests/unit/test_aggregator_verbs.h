/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A drill region for tests of its commands: each command runs as its own
 * process, as a person would run it, and what it said is kept. Each test runs
 * in its own process, so this state is its own.
 */
#ifndef TESTS_UNIT_TEST_AGGREGATOR_VERBS_H
#define TESTS_UNIT_TEST_AGGREGATOR_VERBS_H

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aggregator/verbs.h"
#include "tests/support/temp_dir.h"

enum { VERB_WORDS_MAX = 24, SAID_MAX = 1 << 20, READY_WITHIN_MS = 30000 };

/* 13 November 2023: before the dates of the scene of Makassar. */
#define RIG_NOW_MS 1699833600000
#define RIG_CLOCK "1699833600000\n"

struct rig {
	char *root; /* all of it */
	char *dir;  /* the region */
	char *clock;
	pid_t daemon; /* 0: none runs */
	int daemon_says;
	char said[SAID_MAX]; /* by the last command */
};
static struct rig rig;

typedef int (*verb_fn)(int argc, char **argv);

static inline pid_t
rig_fork(verb_fn verb, char **words, int says)
{
	pid_t child;
	int count = 0;

	while (words[count] != NULL)
		count++;
	fflush(NULL);
	child = fork();
	CHECK(child >= 0);
	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(says, STDOUT_FILENO);
	dup2(says, STDERR_FILENO);
	count = verb(count, words);
	fflush(NULL);
	_exit(count);
}

/* Runs to its end; the exit code. Words end with NULL. */
static inline int
rig_run(verb_fn verb, char **words)
{
	char *path = temp_dir_path(rig.root, "said");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int status = 0;
	ssize_t len;
	pid_t child;

	CHECK(fd >= 0);
	child = rig_fork(verb, words, fd);
	CHECK(waitpid(child, &status, 0) == child);
	len = pread(fd, rig.said, sizeof rig.said - 1, 0);
	CHECK(len >= 0);
	rig.said[len] = '\0';
	close(fd);
	free(path);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A command on the drill region: its words, then --dir and --clock. */
#define RIG_RUN(verb, ...)                                                  \
	rig_run((verb), (char *[]){__VA_ARGS__, (char[]){"--dir"}, rig.dir, \
			    (char[]){"--clock"}, rig.clock, NULL})
#define WORD(text) ((char[]){text})

static inline bool
rig_said(const char *words)
{
	return strstr(rig.said, words) != NULL;
}

static inline void
rig_open(void)
{
	rig.root = temp_dir_make();
	rig.dir = temp_dir_path(rig.root, "region");
	rig.clock = temp_dir_path(rig.root, "clock");
	temp_dir_write(rig.root, "clock", RIG_CLOCK);
	CHECK(RIG_RUN(verb_init, WORD("init"), WORD("--wilayah"), WORD("73.71"),
		  WORD("--drill")) == 0);
}

/* Waits until it says that it is ready. */
static inline void
rig_start(void)
{
	char *words[] = {WORD("run"), WORD("--dir"), rig.dir, WORD("--clock"),
	    rig.clock, WORD("--listen"), WORD("tcp://127.0.0.1:*"),
	    WORD("--join-listen"), WORD("tcp://127.0.0.1:*"), NULL};
	char said[16384] = "";
	size_t len = 0;
	int ends[2];

	CHECK(pipe(ends) == 0);
	rig.daemon = rig_fork(verb_run, words, ends[1]);
	close(ends[1]);
	rig.daemon_says = ends[0];
	while (strstr(said, " ready ") == NULL) {
		struct pollfd wait = {.fd = ends[0], .events = POLLIN};
		ssize_t more;

		CHECK(poll(&wait, 1, READY_WITHIN_MS) == 1);
		more = read(ends[0], said + len, sizeof said - 1 - len);
		CHECK(more > 0);
		len += (size_t)more;
		said[len] = '\0';
	}
}

static inline void
rig_stop(void)
{
	if (rig.daemon == 0)
		return;
	kill(rig.daemon, SIGTERM);
	waitpid(rig.daemon, NULL, 0);
	close(rig.daemon_says);
	rig.daemon = 0;
}

static inline void
rig_close(void)
{
	rig_stop();
	free(rig.dir);
	free(rig.clock);
	temp_dir_remove(rig.root);
}

/* A file of the tree, or of the rig; freed by the caller. */
static inline char *
rig_source(const char *name)
{
	const char *root = getenv("IKRAR_SOURCE_DIR");

	return temp_dir_path(root != NULL ? root : ".", name);
}

static inline void
rig_take(
    verb_fn verb, const char *verb_name, const char *sub, const char *source)
{
	char *file = rig_source(source);
	char name[32], word[32];

	snprintf(name, sizeof name, "%s", verb_name);
	snprintf(word, sizeof word, "%s", sub);
	CHECK(RIG_RUN(verb, name, word, file) == 0);
	free(file);
}

#endif
