/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is put together in one buffer and leaves in one write, so that lines
 * of several processes on one pipe do not mix. What does not fit is cut;
 * controls of every kind and marks that nobody sees become question marks, so
 * that nothing from outside can fake a line or turn what stands on it.
 */
#include "core/log.h"

#include "core/loop.h"
#include "core/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 };

static const char *log_program = "ikrar";
static enum log_level log_level = LOG_LEVEL_INFO;

void
log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_level = level;
}

/* Always the wall clock: a drill moves its own time, not that of the log. */
static size_t
put_head(char *line, size_t cap, const char *level)
{
	uint64_t now_ms = 0;
	struct tm tm = {0};
	char day[32];
	time_t seconds;
	int len;

	if (loop_clock_ms(NULL, &now_ms) != OK)
		now_ms = 0;
	seconds = (time_t)(now_ms / 1000);
	gmtime_r(&seconds, &tm);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
	len = snprintf(line, cap, "%s.%03uZ %s %s ", day,
	    (unsigned)(now_ms % 1000), level, log_program);
	return len > 0 && (size_t)len < cap ? (size_t)len : 0;
}

static void __attribute__((format(printf, 3, 0)))
put_line(const char *level, int number, const char *format, va_list arguments)
{
	char line[LINE_MAX_BYTES];
	size_t cap = sizeof line - 1; /* the last is for the line's end */
	size_t len = put_head(line, cap, level);
	int more = vsnprintf(line + len, cap - len, format, arguments);

	if (more > 0)
		len += (size_t)more;
	if (len > cap - 1)
		len = cap - 1;
	if (number != 0) {
		more = snprintf(
		    line + len, cap - len, " error=\"%s\"", strerror(number));
		if (more > 0)
			len += (size_t)more;
		if (len > cap - 1)
			len = cap - 1;
	}
	line[len] = '\0';
	utf8_tame(line);
	line[len++] = '\n';
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
}

#define PUT_LINE(level, number, format)                     \
	do {                                                \
		va_list arguments;                          \
		int kept = errno;                           \
                                                            \
		va_start(arguments, format);                \
		put_line(level, number, format, arguments); \
		va_end(arguments);                          \
		errno = kept;                               \
	} while (0)

void
log_debug(const char *format, ...)
{
	if (log_level >= LOG_LEVEL_DEBUG)
		PUT_LINE("debug", 0, format);
}

void
log_info(const char *format, ...)
{
	if (log_level >= LOG_LEVEL_INFO)
		PUT_LINE("info", 0, format);
}

void
log_warn(const char *format, ...)
{
	PUT_LINE("warn", errno, format);
}

void
log_warnx(const char *format, ...)
{
	PUT_LINE("warn", 0, format);
}

/* Nothing of ours may run behind a fatal line: it equals a kill. */
static void __attribute__((noreturn)) leave(void)
{
	fflush(stdout);
	_exit(1);
}

void
fatal(const char *format, ...)
{
	PUT_LINE("fatal", errno, format);
	leave();
}

void
fatalx(const char *format, ...)
{
	PUT_LINE("fatal", 0, format);
	leave();
}
