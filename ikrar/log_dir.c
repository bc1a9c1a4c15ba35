/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/log_dir.h"

#include "core/log.h"
#include "model/event.h"
#include "trust/tlog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LENGTH_SIZE = 2,
	BUNDLE_MAX = TLOG_TILE_WIDTH * (LENGTH_SIZE + ENTRY_MAX),
};

struct log_dir {
	char dir[LOG_PATH_MAX];
	char checkpoint[NOTE_OPEN_MAX + 1];
	size_t checkpoint_len;
	char name[TLOG_PATH_MAX]; /* of the bundle */
	uint64_t bundle;          /* the next one */
	bool is_partial;          /* the last one was: nothing follows it */
	bool is_expected;         /* `size` entries must be there */
	uint64_t size;
	uint8_t *at; /* BUNDLE_MAX bytes */
	struct bytes rest;
};

static enum err
read_all(int fd, uint8_t *at, size_t cap, size_t *len)
{
	*len = 0;
	for (;;) {
		uint8_t more;
		bool is_full = *len == cap;
		ssize_t got = read(
		    fd, is_full ? &more : at + *len, is_full ? 1 : cap - *len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_IO;
		if (got == 0)
			return OK;
		if (is_full)
			return ERR_INVALID;
		*len += (size_t)got;
	}
}

/* What is no ordinary file (a pipe, a device) could hold a reader up. */
enum err
log_file_read(
    const char *dir, const char *name, uint8_t *at, size_t cap, size_t *len)
{
	char path[LOG_PATH_MAX + TLOG_PATH_MAX];
	struct stat is;
	enum err err;
	int fd;

	if (snprintf(path, sizeof path, "%s%s%s", dir ? dir : "",
		dir ? "/" : "", name) >= (int)sizeof path) {
		log_warnx("log-path-too-long name=%s", name);
		return ERR_INVALID;
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return ERR_NOTFOUND;
	if (fd < 0 || fstat(fd, &is) != 0) {
		log_warn("log-unreadable file=%s", path);
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	err = S_ISREG(is.st_mode) ? read_all(fd, at, cap, len) : ERR_INVALID;
	if (err == ERR_IO)
		log_warn("log-unreadable file=%s", path);
	else if (err != OK)
		log_warnx("log-file-too-large file=%s max=%zu", path, cap);
	close(fd);
	return err;
}

enum err
log_dir_open(struct log_dir **log, const char *dir)
{
	struct log_dir *new = xcalloc(1, sizeof *new);
	enum err err;

	new->at = xcalloc(1, BUNDLE_MAX);
	if (!text_copy(new->dir, sizeof new->dir, dir)) {
		log_dir_close(new);
		log_warnx("log-path-too-long");
		return ERR_INVALID;
	}
	err = log_file_read(dir, "checkpoint", (uint8_t *)new->checkpoint,
	    sizeof new->checkpoint - 1, &new->checkpoint_len);
	if (err != OK) {
		if (err == ERR_NOTFOUND)
			log_warnx("log-no-checkpoint dir=%s", dir);
		log_dir_close(new);
		return err;
	}
	*log = new;
	return OK;
}

void
log_dir_close(struct log_dir *log)
{
	if (!log)
		return;
	free(log->at);
	free(log);
}

const char *
log_dir_checkpoint(const struct log_dir *log, size_t *len)
{
	*len = log->checkpoint_len;
	return log->checkpoint;
}

void
log_dir_rewind(struct log_dir *log)
{
	log->bundle = 0;
	log->is_partial = false;
	log->rest = bytes_of(NULL, 0);
}

void
log_dir_expect(struct log_dir *log, uint64_t size)
{
	log_dir_rewind(log);
	log->is_expected = true;
	log->size = size;
}

const char *
log_dir_bundle(const struct log_dir *log)
{
	return log->name;
}

/* The widest partial bundle in DIR/tile/entries/NNN.p; 0: none. */
static unsigned
widest_partial(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	uint64_t width, widest = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		if (u64_get(&width, entry->d_name, 1, TLOG_TILE_WIDTH - 1) ==
			OK &&
		    width > widest)
			widest = width;
	closedir(dir);
	return (unsigned)widest;
}

/* How many entries the next bundle has that the log must have; 0: none. */
static unsigned
width_expected(const struct log_dir *log)
{
	uint64_t first = log->bundle * TLOG_TILE_WIDTH;

	if (first >= log->size)
		return 0;
	return log->size - first < TLOG_TILE_WIDTH
		   ? (unsigned)(log->size - first)
		   : TLOG_TILE_WIDTH;
}

static enum err
bundle_file(struct log_dir *log, unsigned width, size_t *len)
{
	tlog_path(log->name, TLOG_LEVEL_ENTRIES, log->bundle, width);
	return log_file_read(log->dir, log->name, log->at, BUNDLE_MAX, len);
}

/* Whatever there is: a full bundle, or the widest partial one. */
static enum err
bundle_any(struct log_dir *log, size_t *len)
{
	char path[LOG_PATH_MAX + TLOG_PATH_MAX];
	enum err err = bundle_file(log, TLOG_TILE_WIDTH, len);
	unsigned width;

	if (err != ERR_NOTFOUND)
		return err;
	if (snprintf(path, sizeof path, "%s/%s.p", log->dir, log->name) >=
	    (int)sizeof path)
		return ERR_NOTFOUND;
	width = widest_partial(path);
	if (width == 0)
		return ERR_NOTFOUND;
	log->is_partial = true;
	return bundle_file(log, width, len);
}

/* Does it hold so many entries, to the byte? */
static bool
bundle_holds(struct bytes rest, unsigned count)
{
	for (; rest.len > 0 && count > 0; count--) {
		size_t len = rest.len < LENGTH_SIZE ? 0 : be16_get(rest.at);

		if (len == 0 || len > rest.len - LENGTH_SIZE)
			return false;
		rest = bytes_of(
		    rest.at + LENGTH_SIZE + len, rest.len - LENGTH_SIZE - len);
	}
	return rest.len == 0 && count == 0;
}

static enum err
bundle_expected(struct log_dir *log, size_t *len)
{
	unsigned width = width_expected(log);
	enum err err;

	if (width == 0)
		return ERR_NOTFOUND;
	err = bundle_file(log, width, len);
	if (err == ERR_NOTFOUND)
		log_warnx("log-no-bundle file=%s", log->name);
	if (err == OK && bundle_holds(bytes_of(log->at, *len), width))
		return OK;
	if (err == OK)
		log_warnx("log-bundle-damaged file=%s", log->name);
	return err == ERR_IO ? ERR_IO : ERR_INVALID;
}

static enum err
bundle_read(struct log_dir *log)
{
	size_t len;
	enum err err;

	if (log->is_partial)
		return ERR_NOTFOUND;
	err = log->is_expected ? bundle_expected(log, &len)
			       : bundle_any(log, &len);
	if (err != OK)
		return err;
	log->bundle++;
	log->rest = bytes_of(log->at, len);
	return OK;
}

enum err
log_dir_next(struct log_dir *log, struct bytes *leaf)
{
	size_t len;
	enum err err;

	while (log->rest.len == 0) {
		err = bundle_read(log);
		if (err != OK)
			return err;
	}
	len = log->rest.len < LENGTH_SIZE ? 0 : be16_get(log->rest.at);
	if (len == 0 || len > log->rest.len - LENGTH_SIZE) {
		log_warnx("log-bundle-cut-short file=%s", log->name);
		return ERR_INVALID;
	}
	*leaf = bytes_of(log->rest.at + LENGTH_SIZE, len);
	log->rest = bytes_of(leaf->at + len, log->rest.len - LENGTH_SIZE - len);
	return OK;
}
