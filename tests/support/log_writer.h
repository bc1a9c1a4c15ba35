/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log as files (C2SP tlog-tiles), leaf by leaf, for tests of what reads
 * such a directory. It writes whatever it is given, and signs the rest.
 */
#ifndef TESTS_SUPPORT_LOG_WRITER_H
#define TESTS_SUPPORT_LOG_WRITER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "trust/note.h"
#include "trust/tlog.h"

struct log_writer {
	char dir[1024];
	struct tlog *tlog;
	struct text_buf bundle;
	unsigned bundle_count;
};

static inline void
log_writer_put(const char *dir, const char *name, const void *at, size_t len)
{
	char path[2048];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	for (char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "wb");
	CHECK(file != NULL);
	CHECK(len == 0 || fwrite(at, 1, len, file) == len);
	CHECK(fclose(file) == 0);
}

static inline void
log_writer_tile(void *context, unsigned level, uint64_t n,
    const struct hash hashes[TLOG_TILE_WIDTH])
{
	const struct log_writer *writer = context;
	char name[TLOG_PATH_MAX];

	tlog_path(name, (int)level, n, TLOG_TILE_WIDTH);
	log_writer_put(
	    writer->dir, name, hashes, TLOG_TILE_WIDTH * sizeof *hashes);
}

static inline enum err
log_writer_read(void *context, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH])
{
	(void)context, (void)level, (void)n, (void)hashes;
	return ERR_NOTFOUND;
}

static inline struct log_writer *
log_writer_new(const char *dir)
{
	struct log_writer *writer = xcalloc(1, sizeof *writer);
	struct tlog_tiles tiles = {log_writer_tile, log_writer_read, writer};

	CHECK(text_copy(writer->dir, sizeof writer->dir, dir));
	writer->tlog = tlog_new(&tiles);
	return writer;
}

static inline void
log_writer_free(struct log_writer *writer)
{
	tlog_free(writer->tlog);
	text_buf_clear(&writer->bundle);
	free(writer);
}

/* The bundle as it stands, under its name. */
static inline void
log_writer_flush(struct log_writer *writer)
{
	uint64_t n = (tlog_size(writer->tlog) - 1) / TLOG_TILE_WIDTH;
	char name[TLOG_PATH_MAX];

	tlog_path(name, TLOG_LEVEL_ENTRIES, n, writer->bundle_count);
	log_writer_put(
	    writer->dir, name, writer->bundle.at, writer->bundle.len);
	writer->bundle.len = 0;
	writer->bundle_count = 0;
}

static inline void
log_writer_add(struct log_writer *writer, struct bytes leaf)
{
	struct hash hash = hash_leaf(leaf);
	uint8_t len[2];

	CHECK(leaf.len <= UINT16_MAX);
	be16_put(len, (uint16_t)leaf.len);
	text_buf_add_bytes(&writer->bundle, len, sizeof len);
	text_buf_add_bytes(&writer->bundle, leaf.at, leaf.len);
	tlog_append(writer->tlog, &hash);
	if (++writer->bundle_count == TLOG_TILE_WIDTH)
		log_writer_flush(writer);
}

static inline void
log_writer_sign(const char *dir, const struct checkpoint *head,
    const struct sign_keys *keys)
{
	char text[NOTE_CHECKPOINT_MAX];

	checkpoint_sign(text, head, keys);
	log_writer_put(dir, "checkpoint", text, strlen(text));
}

/* The unfinished tiles and bundle, and the signed head. Nothing may follow. */
static inline void
log_writer_end(
    struct log_writer *writer, const char *origin, const struct sign_keys *keys)
{
	uint64_t size = tlog_size(writer->tlog);
	struct checkpoint head = {
	    .size = size, .root = tlog_root(writer->tlog)};

	if (writer->bundle_count > 0)
		log_writer_flush(writer);
	for (unsigned level = 0; level < TLOG_LEVELS; level++) {
		unsigned count = 0;
		const struct hash *hashes =
		    tlog_partial(writer->tlog, level, &count);
		char name[TLOG_PATH_MAX];

		if (count == 0)
			continue;
		tlog_path(name, (int)level,
		    size >> (TLOG_TILE_HEIGHT * (level + 1)), count);
		log_writer_put(
		    writer->dir, name, hashes, count * sizeof *hashes);
	}
	CHECK(text_copy(head.origin, sizeof head.origin, origin));
	log_writer_sign(writer->dir, &head, keys);
}

#endif
