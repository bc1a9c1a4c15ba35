/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/log_dir.h"

#include "core/log.h"
#include "model/event.h"
#include "trust/tlog.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 4096,
	BUNDLE_MAX = TLOG_TILE_WIDTH * (2 + ENTRY_MAX),
	LENGTH_SIZE = 2,
};

struct log_dir {
	char dir[PATH_MAX_BYTES];
	char checkpoint[NOTE_OPEN_MAX + 1];
	size_t checkpoint_len;
	uint64_t bundle; /* the next one */
	bool is_partial; /* the last one was: nothing follows it */
	uint8_t *at;     /* BUNDLE_MAX bytes */
	struct bytes rest;
};

/* Reads a whole file of at most `cap` bytes. ERR_NOTFOUND is not logged. */
static enum err
file_read(const char *path, uint8_t *at, size_t cap, size_t *len)
{
	FILE *file = fopen(path, "rb");
	bool is_whole;

	if (!file && errno == ENOENT)
		return ERR_NOTFOUND;
	if (!file) {
		log_warn("log-unreadable file=%s", path);
		return ERR_IO;
	}
	*len = fread(at, 1, cap, file);
	is_whole = !ferror(file) && fgetc(file) == EOF;
	fclose(file);
	if (!is_whole) {
		log_warnx("log-file-too-large file=%s max=%zu", path, cap);
		return ERR_INVALID;
	}
	return OK;
}

enum err
log_dir_open(struct log_dir **log, const char *dir)
{
	struct log_dir *new = xcalloc(1, sizeof *new);
	char path[PATH_MAX_BYTES + TLOG_PATH_MAX];
	enum err err;

	new->at = xcalloc(1, BUNDLE_MAX);
	if (!text_copy(new->dir, sizeof new->dir, dir)) {
		log_dir_close(new);
		log_warnx("log-path-too-long");
		return ERR_INVALID;
	}
	snprintf(path, sizeof path, "%s/checkpoint", dir);
	err = file_read(path, (uint8_t *)new->checkpoint,
	    sizeof new->checkpoint - 1, &new->checkpoint_len);
	if (err != OK) {
		if (err == ERR_NOTFOUND)
			log_warnx("log-no-checkpoint file=%s", path);
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

static enum err
bundle_read(struct log_dir *log)
{
	char tile[TLOG_PATH_MAX], path[PATH_MAX_BYTES + TLOG_PATH_MAX + 3];
	unsigned width;
	size_t len;
	enum err err;

	if (log->is_partial)
		return ERR_NOTFOUND;
	tlog_path(tile, TLOG_LEVEL_ENTRIES, log->bundle, TLOG_TILE_WIDTH);
	snprintf(path, sizeof path, "%s/%s", log->dir, tile);
	err = file_read(path, log->at, BUNDLE_MAX, &len);
	if (err == ERR_NOTFOUND) {
		snprintf(path, sizeof path, "%s/%s.p", log->dir, tile);
		width = widest_partial(path);
		if (width == 0)
			return ERR_NOTFOUND;
		log->is_partial = true;
		tlog_path(tile, TLOG_LEVEL_ENTRIES, log->bundle, width);
		snprintf(path, sizeof path, "%s/%s", log->dir, tile);
		err = file_read(path, log->at, BUNDLE_MAX, &len);
	}
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
		log_warnx("log-bundle-cut-short dir=%s", log->dir);
		return ERR_INVALID;
	}
	*leaf = bytes_of(log->rest.at + LENGTH_SIZE, len);
	log->rest = bytes_of(leaf->at + len, log->rest.len - LENGTH_SIZE - len);
	return OK;
}
