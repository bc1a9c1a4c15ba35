/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/file.h"

#include "trust/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536, MIB = 1024 * 1024 };

static enum err
close_refused(int fd)
{
	if (fd >= 0)
		close(fd);
	return ERR_INVALID;
}

/* O_NONBLOCK: a pipe without a writer must not hold the command up. */
static enum err
open_regular(
    int *fd, const char *option, const char *path, struct sentence *why)
{
	int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;

	if (opened < 0 || fstat(opened, &about) != 0) {
		sentence_set(why,
		    "%s: berkas %s tidak dapat dibuka (%s). Periksa nama dan "
		    "foldernya.",
		    "%s: file %s cannot be opened (%s)", option, path,
		    strerror(errno));
		return close_refused(opened);
	}
	if (!S_ISREG(about.st_mode)) {
		sentence_set(why,
		    "%s: %s bukan berkas biasa. Beri nama sebuah berkas.",
		    "%s: %s is not a regular file", option, path);
		return close_refused(opened);
	}
	if (about.st_size == 0) {
		sentence_set(why, "%s: berkas %s kosong. Periksa berkasnya.",
		    "%s: file %s is empty", option, path);
		return close_refused(opened);
	}
	*fd = opened;
	return OK;
}

static ssize_t
read_piece(int fd, void *at, size_t cap)
{
	ssize_t len;

	do
		len = read(fd, at, cap);
	while (len < 0 && errno == EINTR);
	return len;
}

/* Hands out all bytes; ERR_INVALID: more than `max`, or it cannot be read. */
static enum err
each_piece(int fd, uint64_t max, void (*take)(void *, struct bytes), void *to)
{
	uint8_t piece[PIECE];
	uint64_t all = 0;
	ssize_t len;

	for (;;) {
		len = read_piece(fd, piece, sizeof piece);
		if (len == 0)
			return OK;
		if (len < 0)
			return ERR_INVALID;
		all += (uint64_t)len;
		if (all > max) {
			errno = EFBIG;
			return ERR_INVALID;
		}
		take(to, bytes_of(piece, (size_t)len));
	}
}

static void
set_unreadable(
    struct sentence *why, const char *option, const char *path, uint64_t max)
{
	if (errno == EFBIG)
		sentence_set(why,
		    "%s: berkas %s terlalu besar (paling banyak %u MiB).",
		    "%s: file %s is too large (at most %u MiB)", option, path,
		    (unsigned)(max / MIB));
	else
		sentence_set(why, "%s: berkas %s tidak dapat dibaca (%s).",
		    "%s: file %s cannot be read (%s)", option, path,
		    strerror(errno));
}

static void
take_text(void *to, struct bytes piece)
{
	text_buf_add_bytes(to, piece.at, piece.len);
}

static void
take_hash(void *to, struct bytes piece)
{
	hasher_add(to, piece);
}

enum err
file_read(struct text_buf *text, const char *option, const char *path,
    struct sentence *why)
{
	enum err err;
	int fd;

	err = open_regular(&fd, option, path, why);
	if (err != OK)
		return err;
	err = each_piece(fd, FILE_READ_MAX, take_text, text);
	if (err != OK)
		set_unreadable(why, option, path, FILE_READ_MAX);
	close(fd);
	return err;
}

enum err
file_sha256(uint8_t sha256[EVENT_HASH_SIZE], const char *option,
    const char *path, struct sentence *why)
{
	uint64_t max = (uint64_t)FILE_HASH_MAX_MIB * MIB;
	struct hasher *hasher;
	struct hash hash;
	enum err err;
	int fd;

	err = open_regular(&fd, option, path, why);
	if (err != OK)
		return err;
	hasher = hasher_new();
	err = each_piece(fd, max, take_hash, hasher);
	if (err != OK)
		set_unreadable(why, option, path, max);
	hash = hasher_end(hasher);
	hasher_free(hasher);
	close(fd);
	if (err == OK)
		memcpy(sha256, hash.at, EVENT_HASH_SIZE);
	return err;
}

/* Straight into the caller's buffer: no copy that nobody wipes. */
static enum err
read_whole(int fd, char *at, size_t cap, size_t *len)
{
	size_t used = 0;
	ssize_t more;

	while ((more = read_piece(fd, at + used, cap - used)) > 0) {
		used += (size_t)more;
		if (used == cap) {
			errno = EFBIG;
			return ERR_INVALID;
		}
	}
	if (more < 0)
		return ERR_INVALID;
	at[used] = '\0';
	*len = used;
	return OK;
}

static void
set_no_secret(struct sentence *why, const char *path, size_t cap)
{
	if (errno == EFBIG)
		sentence_set(why,
		    "--sealed: isi %s terlalu besar (paling banyak %zu byte).",
		    "--sealed: %s is too large (at most %zu bytes)", path,
		    cap - 1);
	else
		sentence_set(why, "--sealed: %s tidak dapat dibaca (%s).",
		    "--sealed: %s cannot be read (%s)", path, strerror(errno));
}

enum err
file_read_secret(
    char *at, size_t cap, size_t *len, const char *path, struct sentence *why)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;
	enum err err;

	if (!is_input && open_regular(&fd, "--sealed", path, why) != OK)
		return ERR_INVALID;
	err = read_whole(fd, at, cap, len);
	if (err != OK) {
		set_no_secret(why, is_input ? "masukan baku" : path, cap);
		explicit_bzero(at, cap);
	}
	if (!is_input)
		close(fd);
	return err;
}
