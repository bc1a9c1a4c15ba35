/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool
small_file_path(char *path, size_t cap, const char *dir, const char *name)
{
	return snprintf(path, cap, "%s/%s", dir, name) < (int)cap;
}

enum err
small_file_write(const char *path, const char *text, mode_t mode)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	size_t len = strlen(text);
	int why;

	if (fd < 0)
		return errno == EEXIST ? ERR_DUP : ERR_IO;
	if (write(fd, text, len) == (ssize_t)len && fsync(fd) == 0) {
		close(fd);
		return OK;
	}
	why = errno;
	close(fd);
	(void)unlink(path);
	errno = why;
	return ERR_IO;
}

enum err
small_file_read(const char *path, char *text, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len;

	if (fd < 0)
		return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
	len = read(fd, text, cap);
	close(fd);
	if (len < 0)
		return ERR_IO;
	if ((size_t)len == cap || memchr(text, '\0', (size_t)len) != NULL)
		return ERR_INVALID;
	text[len] = '\0';
	return OK;
}
