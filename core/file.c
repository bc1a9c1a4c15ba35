/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
file_path(char *path, size_t cap, const char *dir, const char *name)
{
	return snprintf(path, cap, "%s/%s", dir, name) < (int)cap;
}

bool
file_write(int fd, struct bytes bytes)
{
	while (bytes.len > 0) {
		ssize_t done = write(fd, bytes.at, bytes.len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes = bytes_of(bytes.at + done, bytes.len - (size_t)done);
	}
	return true;
}

enum err
file_write_new(const char *path, struct bytes bytes, mode_t mode)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	bool is_whole;
	int why;

	if (fd < 0)
		return errno == EEXIST ? ERR_DUP : ERR_IO;
	is_whole = file_write(fd, bytes) && fsync(fd) == 0;
	why = errno;
	if (close(fd) == 0 && is_whole)
		return OK;
	if (is_whole)
		why = errno;
	(void)unlink(path);
	errno = why;
	return ERR_IO;
}

enum err
file_read_text(const char *path, char *text, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len;
	int why;

	if (fd < 0)
		return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
	len = read(fd, text, cap);
	why = errno;
	close(fd);
	errno = why;
	if (len < 0)
		return ERR_IO;
	if ((size_t)len == cap || memchr(text, '\0', (size_t)len) != NULL)
		return ERR_INVALID;
	text[len] = '\0';
	return OK;
}

bool
file_sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = fd >= 0 && fsync(fd) == 0;
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	return is_synced;
}

bool
file_sync_dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";

	if (slash != NULL && snprintf(dir, sizeof dir, "%.*s",
				 slash == path ? 1 : (int)(slash - path),
				 path) >= (int)sizeof dir) {
		errno = ENAMETOOLONG;
		return false;
	}
	return file_sync_dir(dir);
}
