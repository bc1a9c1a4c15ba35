/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clocks and chance, apart from the loop: a program without one (ikrar-verify)
 * needs no library of events.
 */
#include "core/loop.h"

#include "core/bytes.h"
#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { CLOCK_FILE_MAX = 32 };

enum err
loop_clock_read(const char *path, uint64_t *now_ms)
{
	char text[CLOCK_FILE_MAX + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return ERR_INVALID;
	len = read(fd, text, sizeof text - 1);
	close(fd);
	if (len < 0)
		return ERR_INVALID;
	while (len > 0 && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return u64_get(now_ms, text, 0, INT64_MAX);
}

enum err
loop_clock_ms(const char *clock_file, uint64_t *now_ms)
{
	struct timespec now;

	if (clock_file == NULL) {
		clock_gettime(CLOCK_REALTIME, &now);
		*now_ms = (uint64_t)now.tv_sec * 1000 +
			  (uint64_t)now.tv_nsec / 1000000;
		return OK;
	}
	if (loop_clock_read(clock_file, now_ms) == OK)
		return OK;
	log_warnx("clock-file-unreadable path=%s want=\"decimal milliseconds "
		  "since 1970\"",
	    clock_file);
	return ERR_INVALID;
}

uint64_t
loop_monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t
loop_monotonic_ms(void)
{
	return loop_monotonic_ns() / 1000000;
}

uint64_t
loop_boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void
loop_random(void *at, size_t len)
{
	uint8_t *next = at;

	while (len > 0) {
		ssize_t got = getrandom(next, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			fatal("random-failed");
		next += got;
		len -= (size_t)got;
	}
}
