/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/home.h"

#include "core/file.h"
#include "core/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_BYTES_MAX = 4096,
	SECRET_MODE = 0600,
	PUBLIC_MODE = 0644,
	SERVER_BYTES = 2 * LINK_KEY_SIZE,
};

enum err
home_path(char path[HOME_PATH_MAX], const char *dir, const char *name)
{
	int len = snprintf(path, HOME_PATH_MAX, "%s/%s", dir, name);

	if (len > 0 && len < HOME_PATH_MAX)
		return OK;
	log_warnx("path-too-long name=%s", name);
	return ERR_INVALID;
}

static enum err
make_dir(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return OK;
	log_warn("dir-failed path=%s", path);
	return ERR_IO;
}

static bool
write_synced(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	bool is_good;

	if (fd < 0)
		return false;
	is_good = fchmod(fd, mode) == 0 &&
		  file_write(fd, bytes_of_text(text)) && fsync(fd) == 0;
	return close(fd) == 0 && is_good;
}

static enum err
write_file(const char *dir, const char *name, const char *text, mode_t mode)
{
	char path[HOME_PATH_MAX], aside[HOME_PATH_MAX + 4];
	enum err err = home_path(path, dir, name);

	if (err != OK)
		return err;
	snprintf(aside, sizeof aside, "%s.new", path);
	if (write_synced(aside, text, mode) && rename(aside, path) == 0 &&
	    file_sync_dir_of(path))
		return OK;
	log_warn("file-write-failed path=%s", path);
	return ERR_IO;
}

/* `text` gets FILE_BYTES_MAX bytes, terminated. */
static enum err
read_file(const char *dir, const char *name, char *text, bool is_secret)
{
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, dir, name);
	struct stat about;
	ssize_t len = -1;
	int fd;

	if (err != OK)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return ERR_NOTFOUND;
	if (fd >= 0 && is_secret &&
	    (fstat(fd, &about) != 0 || (about.st_mode & 077) != 0)) {
		log_warnx(
		    "keys-readable-by-others path=%s mend=\"chmod 600\"", path);
		close(fd);
		return ERR_INVALID;
	}
	if (fd >= 0) {
		len = read(fd, text, FILE_BYTES_MAX - 1);
		close(fd);
	}
	if (len < 0) {
		log_warn("file-read-failed path=%s", path);
		return ERR_IO;
	}
	text[len] = '\0';
	return OK;
}

/* ---- keys */

static enum err
save_secret(const char *dir, const char *name, const uint8_t *at, size_t len)
{
	char text[2 * SERVER_BYTES + 2];
	enum err err;

	CHECK(len <= SERVER_BYTES);
	hex_put(text, at, len);
	text[2 * len] = '\n';
	text[2 * len + 1] = '\0';
	err = write_file(dir, name, text, SECRET_MODE);
	explicit_bzero(text, sizeof text);
	return err;
}

static enum err
load_secret(const char *dir, const char *name, uint8_t *at, size_t len)
{
	char text[FILE_BYTES_MAX];
	enum err err = read_file(dir, name, text, true);

	if (err != OK)
		return err;
	if (strlen(text) == 2 * len + 1 && text[2 * len] == '\n')
		text[2 * len] = '\0';
	err = hex_get(at, len, text);
	if (err != OK)
		log_warnx("keys-damaged file=%s", name);
	explicit_bzero(text, sizeof text);
	return err;
}

enum err
home_keys_save(const struct home_keys *keys, const char *dir)
{
	char path[HOME_PATH_MAX];
	uint8_t seed[SIGN_SEED_SIZE], server[SERVER_BYTES];
	enum err err = home_path(path, dir, "keys/log");

	if (err != OK)
		return err;
	if (access(path, F_OK) == 0)
		return ERR_DUP;
	err = home_path(path, dir, "keys");
	if (err == OK)
		err = make_dir(dir);
	if (err == OK)
		err = make_dir(path);
	sign_seed_of(&keys->log, seed);
	memcpy(server, keys->server.public_key, LINK_KEY_SIZE);
	memcpy(server + LINK_KEY_SIZE, keys->server.secret_key, LINK_KEY_SIZE);
	if (err == OK)
		err = save_secret(dir, "keys/server", server, sizeof server);
	if (err == OK)
		err = save_secret(dir, "keys/log", seed, sizeof seed);
	explicit_bzero(seed, sizeof seed);
	explicit_bzero(server, sizeof server);
	return err;
}

enum err
home_keys_load(struct home_keys *keys, const char *dir)
{
	uint8_t seed[SIGN_SEED_SIZE], server[SERVER_BYTES];
	enum err err = load_secret(dir, "keys/log", seed, sizeof seed);

	if (err == OK)
		err = load_secret(dir, "keys/server", server, sizeof server);
	if (err == OK) {
		sign_keys_make(&keys->log, seed);
		memcpy(keys->server.public_key, server, LINK_KEY_SIZE);
		memcpy(keys->server.secret_key, server + LINK_KEY_SIZE,
		    LINK_KEY_SIZE);
	}
	explicit_bzero(seed, sizeof seed);
	explicit_bzero(server, sizeof server);
	return err;
}

/* ---- endpoints: lines of "name address" */

enum err
home_endpoints_save(const struct home_endpoints *endpoints, const char *dir)
{
	struct text_buf text = {0};
	enum err err;

	text_buf_add(&text, "listen %s\njoin-listen %s\n", endpoints->listen,
	    endpoints->join_listen);
	for (unsigned i = 0; i < endpoints->region_count; i++)
		text_buf_add(&text, "region %s\n", endpoints->region[i]);
	for (unsigned i = 0; i < endpoints->join_count; i++)
		text_buf_add(&text, "join %s\n", endpoints->join[i]);
	err = write_file(dir, "endpoints", text.at, PUBLIC_MODE);
	text_buf_clear(&text);
	return err;
}

static bool
take_endpoint(
    struct home_endpoints *endpoints, const char *name, const char *address)
{
	if (strcmp(name, "listen") == 0)
		return text_copy(endpoints->listen, ENDPOINT_MAX, address);
	if (strcmp(name, "join-listen") == 0)
		return text_copy(endpoints->join_listen, ENDPOINT_MAX, address);
	if (strcmp(name, "region") == 0 &&
	    endpoints->region_count < JOINED_ENDPOINTS_MAX)
		return text_copy(endpoints->region[endpoints->region_count++],
		    ENDPOINT_MAX, address);
	if (strcmp(name, "join") == 0 &&
	    endpoints->join_count < CODE_ENDPOINTS_MAX)
		return text_copy(endpoints->join[endpoints->join_count++],
		    ENDPOINT_MAX, address);
	return false;
}

enum err
home_endpoints_load(struct home_endpoints *endpoints, const char *dir)
{
	struct home_endpoints read = {0};
	char text[FILE_BYTES_MAX];
	char *rest = text, *line;
	enum err err = read_file(dir, "endpoints", text, false);

	if (err != OK)
		return err;
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *name = strsep(&line, " ");

		if (*name == '\0')
			continue;
		if (line == NULL || !take_endpoint(&read, name, line)) {
			log_warnx("endpoints-damaged line=%s", name);
			return ERR_INVALID;
		}
	}
	*endpoints = read;
	return OK;
}

/* ---- alive */

/* Locks of the open file, not of the process: asking does not take one. */
static bool
try_lock(int fd, int command, struct flock *lock)
{
	*lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, command, lock) == 0;
}

static enum err
open_alive(int *fd, const char *dir, int flags)
{
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, dir, "alive");

	if (err != OK)
		return err;
	*fd = open(path, flags | O_CLOEXEC, PUBLIC_MODE);
	if (*fd >= 0)
		return OK;
	if (errno == ENOENT)
		return ERR_NOTFOUND;
	log_warn("alive-failed path=%s", path);
	return ERR_IO;
}

enum err
home_alive_open(int *fd, const char *dir)
{
	struct flock lock;
	int made;
	enum err err = open_alive(&made, dir, O_RDWR | O_CREAT);

	if (err != OK)
		return err;
	if (!try_lock(made, F_OFD_SETLK, &lock)) {
		close(made);
		return ERR_DUP;
	}
	/* What an earlier daemon wrote is not our answer. */
	if (ftruncate(made, 0) != 0) {
		log_warn("alive-failed");
		close(made);
		return ERR_IO;
	}
	*fd = made;
	return OK;
}

/* Fixed width, so that a later, shorter text leaves nothing of the former. */
void
home_alive_beat(int fd, uint64_t wall_ms)
{
	char text[64];
	int len = snprintf(text, sizeof text, "%010d %020" PRIu64 "\n",
	    (int)getpid(), wall_ms);

	if (pwrite(fd, text, (size_t)len, 0) != len)
		log_warn("alive-failed");
}

void
home_alive_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* The lock tells whether one runs, the text when it last came round. */
enum err
home_alive_check(const char *dir, uint64_t wall_ms)
{
	char text[FILE_BYTES_MAX];
	unsigned long long beat_ms = 0;
	struct flock lock;
	int fd;
	bool is_held;
	enum err err = open_alive(&fd, dir, O_RDWR);

	if (err != OK)
		return err;
	is_held = try_lock(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
	close(fd);
	if (!is_held)
		return ERR_NOTFOUND;
	err = read_file(dir, "alive", text, false);
	if (err != OK)
		return err;
	if (strlen(text) < 12 || sscanf(text + 11, "%20llu", &beat_ms) != 1)
		return ERR_TIMEOUT;
	if (wall_ms > beat_ms && wall_ms - beat_ms > HOME_ALIVE_MS)
		return ERR_TIMEOUT;
	return OK;
}

/* ---- other texts */

_Static_assert(
    (int)HOME_TEXT_MAX >= (int)FILE_BYTES_MAX, "read_file fills so much");

enum err
home_text_load(const char *dir, const char *name, char text[HOME_TEXT_MAX])
{
	return read_file(dir, name, text, false);
}

enum err
home_text_save(const char *dir, const char *name, const char *text)
{
	return write_file(dir, name, text, 0644);
}

enum err
home_text_drop(const char *dir, const char *name)
{
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, dir, name);

	if (err != OK)
		return err;
	if (unlink(path) != 0 && errno != ENOENT) {
		log_warn("file-remove-failed path=%s", path);
		return ERR_IO;
	}
	return file_sync_dir_of(path) ? OK : ERR_IO;
}
