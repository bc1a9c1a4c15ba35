/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"

#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "core/bytes.h"

enum { TEXT_CAP = 8192 };

static int pipe_ends[2];

static void
catch_lines(void)
{
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_assert_geq(dup2(pipe_ends[1], STDERR_FILENO), 0);
	close(pipe_ends[1]);
}

static const char *
caught(void)
{
	static char text[TEXT_CAP];
	ssize_t len;

	dup2(STDOUT_FILENO, STDERR_FILENO);
	len = read(pipe_ends[0], text, sizeof text - 1);
	cr_assert_geq(len, 0);
	text[len] = '\0';
	return text;
}

static bool
matches(const char *text, const char *pattern)
{
	regex_t regex;
	bool found;

	cr_assert_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	found = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return found;
}

Test(core_log, writes_time_level_program_and_message_in_one_line)
{
	catch_lines();
	log_open("ikrar-test", LOG_LEVEL_INFO);
	log_info("spool-opened rows=%d", 3);
	cr_assert(matches(caught(),
	    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}"
	    "Z info ikrar-test spool-opened rows=3\n$"));
}

Test(core_log, adds_the_text_of_errno_and_keeps_it)
{
	catch_lines();
	errno = ENOENT;
	log_warn("file-lost");
	cr_assert_eq(errno, ENOENT);
	cr_assert(matches(caught(),
	    "warn ikrar file-lost error=\"No such file or directory\"\n$"));
}

Test(core_log, is_silent_below_its_level)
{
	catch_lines();
	log_open("ikrar", LOG_LEVEL_WARN);
	log_debug("one");
	log_info("two");
	log_warnx("three");
	cr_assert(matches(caught(), "^[^\n]*three\n$"));
}

Test(core_log, lets_nothing_from_outside_fake_a_line)
{
	catch_lines();
	log_info("name-seen name=%s", "a\nb\x1b[31m\x7f");
	cr_assert(matches(caught(), "name=a\\?b\\?\\[31m\\?\n$"));
}

Test(core_log, shows_no_mark_that_a_terminal_obeys_or_hides)
{
	const char *text;

	catch_lines();
	/* A C1 control, a turn of the writing, a hidden space; then letters
	 * that stay and bytes that are no letter. */
	log_info("name-seen name=%s", "a\xc2\x9b"
				      "31mb\xe2\x80\xae"
				      "c"
				      "\xe2\x80\x8b"
				      "d \xc3\xa9 \x9b \xff");
	text = caught();
	cr_assert(strstr(text, "name=a??31mb???c???d \xc3\xa9 ? ?\n") != NULL,
	    "%s", text);
}

Test(core_log, cuts_a_line_that_is_too_long)
{
	char longer[4000];
	const char *text;

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	catch_lines();
	errno = EIO;
	log_warn("long text=%s", longer);
	text = caught();
	cr_assert_leq(strlen(text), 2048);
	cr_assert_eq(text[strlen(text) - 1], '\n');
}

Test(core_log, ends_the_process_with_1_when_fatal, .exit_code = 1)
{
	fatalx("store-commit-failed");
}

Test(core_log, aborts_on_a_failed_check, .signal = SIGABRT)
{
	CHECK(1 + 1 == 3);
}

Test(core_log, has_words_for_every_error)
{
	cr_assert_str_eq(err_text(OK), "ok");
	cr_assert_str_eq(err_text(ERR_IO), "input or output failed");
	cr_assert_str_eq(err_text((enum err)99), "unknown error");
}
