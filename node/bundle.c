/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chunk: u8 kind | u8 0 | u32 n | head(n) | u32 m | body(m) | zeros. One
 * record fills a whole chunk, so that a file's length tells the number of its
 * pushes and nothing of what is in them.
 */
#include "node/bundle.h"

#include "core/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FRONT_VERSION = 1,
	FRONT_SIZE = 1 + NODE_ID_SIZE + 8 * 8,
	HEAD_AT = 6, /* behind kind, zero and length */
	RECORD_FIXED = HEAD_AT + 4,
};

static const char label[] = "ikrar/bundle/1\n";

_Static_assert((int)FRONT_SIZE <= (int)BUNDLE_FRONT_MAX, "front");
_Static_assert(
    (int)RECORD_FIXED + (int)LINK_FRAME_MAX <= (int)PARCEL_CHUNK_SIZE,
    "a chunk holds any answer");
_Static_assert(
    (int)RECORD_FIXED + 1024 + (int)PUSH_BODY_MAX <= (int)PARCEL_CHUNK_SIZE,
    "a chunk holds any push");

/* ---- records */

void
bundle_record_put(
    uint8_t chunk[PARCEL_CHUNK_SIZE], const struct bundle_record *record)
{
	size_t head = record->head.len, body = record->body.len;

	CHECK(head <= PARCEL_CHUNK_SIZE && body <= PARCEL_CHUNK_SIZE &&
	      RECORD_FIXED + head + body <= PARCEL_CHUNK_SIZE);
	memset(chunk, 0, PARCEL_CHUNK_SIZE);
	chunk[0] = (uint8_t)record->kind;
	be32_put(chunk + 2, (uint32_t)head);
	if (head > 0)
		memcpy(chunk + HEAD_AT, record->head.at, head);
	be32_put(chunk + HEAD_AT + head, (uint32_t)body);
	if (body > 0)
		memcpy(chunk + RECORD_FIXED + head, record->body.at, body);
}

enum err
bundle_record_get(
    struct bundle_record *record, const uint8_t chunk[PARCEL_CHUNK_SIZE])
{
	size_t head = be32_get(chunk + 2), body;

	if (chunk[0] < BUNDLE_FRONT || chunk[0] > BUNDLE_END || chunk[1] != 0 ||
	    head > PARCEL_CHUNK_SIZE - RECORD_FIXED)
		return ERR_INVALID;
	body = be32_get(chunk + HEAD_AT + head);
	if (body > PARCEL_CHUNK_SIZE - RECORD_FIXED - head)
		return ERR_INVALID;
	*record = (struct bundle_record){.kind = (enum bundle_kind)chunk[0],
	    .head = bytes_of(chunk + HEAD_AT, head),
	    .body = bytes_of(chunk + RECORD_FIXED + head, body)};
	return OK;
}

size_t
bundle_front_put(uint8_t at[BUNDLE_FRONT_MAX], const struct bundle_front *front)
{
	at[0] = FRONT_VERSION;
	memcpy(at + 1, front->node, NODE_ID_SIZE);
	at += 1 + NODE_ID_SIZE;
	be64_put(at, front->seen_epoch);
	be64_put(at + 8, front->seen_size);
	be64_put(at + 16, front->first_seq);
	be64_put(at + 24, front->last_seq);
	be64_put(at + 32, front->made_ms);
	be64_put(at + 40, front->roster_version);
	be64_put(at + 48, front->campaign_version);
	be64_put(at + 56, front->recipients_version);
	return FRONT_SIZE;
}

enum err
bundle_front_get(struct bundle_front *front, struct bytes bytes)
{
	const uint8_t *at = bytes.at;
	struct bundle_front read;

	if (bytes.len != FRONT_SIZE || at[0] != FRONT_VERSION)
		return ERR_INVALID;
	memcpy(read.node, at + 1, NODE_ID_SIZE);
	at += 1 + NODE_ID_SIZE;
	read.seen_epoch = be64_get(at);
	read.seen_size = be64_get(at + 8);
	read.first_seq = be64_get(at + 16);
	read.last_seq = be64_get(at + 24);
	read.made_ms = be64_get(at + 32);
	read.roster_version = be64_get(at + 40);
	read.campaign_version = be64_get(at + 48);
	read.recipients_version = be64_get(at + 56);
	if (read.first_seq == 0 || read.last_seq < read.first_seq)
		return ERR_INVALID;
	*front = read;
	return OK;
}

static void
signed_parts(struct bytes parts[3], uint8_t at[BUNDLE_FRONT_MAX],
    const struct bundle_front *front, const struct hash *mark)
{
	parts[0] = bytes_of_text(label);
	parts[1] = bytes_of(at, bundle_front_put(at, front));
	parts[2] = bytes_of(mark->at, sizeof mark->at);
}

void
bundle_front_sign(uint8_t signature[SIGNATURE_SIZE],
    const struct bundle_front *front, const struct hash *mark,
    const struct sign_keys *keys)
{
	uint8_t at[BUNDLE_FRONT_MAX];
	struct bytes parts[3];

	signed_parts(parts, at, front, mark);
	sign_parts(signature, parts, 3, keys);
}

bool
bundle_front_is_signed(const struct bytes *signature,
    const struct bundle_front *front, const struct hash *mark,
    const uint8_t sign_key[SIGN_KEY_SIZE])
{
	uint8_t at[BUNDLE_FRONT_MAX];
	struct bytes parts[3];

	signed_parts(parts, at, front, mark);
	return signature->len == SIGNATURE_SIZE &&
	       sign_is_valid(signature->at, parts, 3, sign_key);
}

/* ---- writing */

struct bundle_writer {
	char *path;
	int fd;
	struct parcel *parcel;
	unsigned records;
	enum err err;
	int error; /* errno of the failure */
	uint8_t chunk[PARCEL_CHUNK_SIZE];
	uint8_t sealed[PARCEL_SEALED_SIZE];
};

static void
write_all(struct bundle_writer *writer, const uint8_t *at, size_t len)
{
	if (writer->err != OK || file_write(writer->fd, bytes_of(at, len)))
		return;
	writer->err = ERR_IO;
	writer->error = errno;
}

enum err
bundle_writer_open(struct bundle_writer **writer, const char *path,
    struct parcel *parcel, const uint8_t front[PARCEL_FRONT_SIZE])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct bundle_writer *made;

	if (fd < 0) {
		parcel_free(parcel);
		return errno == EEXIST ? ERR_DUP : ERR_IO;
	}
	made = xcalloc(1, sizeof *made);
	made->path = xstrdup(path);
	made->fd = fd;
	made->parcel = parcel;
	write_all(made, front, PARCEL_FRONT_SIZE);
	*writer = made;
	return OK;
}

static void
write_chunk(struct bundle_writer *writer, const struct bundle_record *record)
{
	if (writer->err == OK && writer->records == BUNDLE_RECORDS_MAX)
		writer->err = ERR_FULL;
	if (writer->err != OK)
		return;
	writer->records++;
	bundle_record_put(writer->chunk, record);
	parcel_put(writer->parcel, writer->sealed, writer->chunk,
	    record->kind == BUNDLE_END);
	write_all(writer, writer->sealed, sizeof writer->sealed);
}

void
bundle_write(struct bundle_writer *writer, const struct bundle_record *record)
{
	CHECK(record->kind != BUNDLE_END);
	write_chunk(writer, record);
}

static void
free_writer(struct bundle_writer *writer)
{
	close(writer->fd);
	parcel_free(writer->parcel);
	explicit_bzero(writer->chunk, sizeof writer->chunk);
	free(writer->path);
	free(writer);
}

enum err
bundle_writer_end(struct bundle_writer *writer)
{
	const struct bundle_record end = {.kind = BUNDLE_END};
	enum err err;
	int error;

	write_chunk(writer, &end);
	if (writer->err == OK && fsync(writer->fd) != 0) {
		writer->err = ERR_IO;
		writer->error = errno;
	}
	err = writer->err;
	error = writer->error;
	if (err != OK)
		(void)unlink(writer->path);
	free_writer(writer);
	errno = error;
	return err;
}

void
bundle_writer_drop(struct bundle_writer *writer)
{
	if (writer == NULL)
		return;
	(void)unlink(writer->path);
	free_writer(writer);
}

/* ---- reading */

struct bundle_reader {
	int fd;
	struct parcel *parcel;
	unsigned records;
	bool is_over;
	uint8_t sealed[PARCEL_SEALED_SIZE];
	uint8_t chunk[PARCEL_CHUNK_SIZE];
};

/* Fewer only at the file's end, or when it cannot be read. */
static size_t
read_all(int fd, uint8_t *at, size_t len)
{
	size_t used = 0;

	while (used < len) {
		ssize_t got = read(fd, at + used, len - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return used;
}

/* A pipe or a device could go on for ever. */
static int
open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;

	if (fd < 0 || (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

enum err
bundle_reader_open(struct bundle_reader **reader, const char *path,
    bundle_open_fn open_parcel, void *context)
{
	static const char prefix[] = "ikrar/";
	uint8_t front[PARCEL_FRONT_SIZE];
	struct parcel *parcel;
	int fd = open_file(path);

	if (fd < 0)
		return ERR_IO;
	if (read_all(fd, front, sizeof front) != sizeof front ||
	    memcmp(front, prefix, sizeof prefix - 1) != 0) {
		close(fd);
		return ERR_INVALID;
	}
	parcel = open_parcel(context, front);
	if (parcel == NULL) {
		close(fd);
		return ERR_DENIED;
	}
	*reader = xcalloc(1, sizeof **reader);
	(*reader)->fd = fd;
	(*reader)->parcel = parcel;
	return OK;
}

void
bundle_reader_close(struct bundle_reader *reader)
{
	if (reader == NULL)
		return;
	close(reader->fd);
	parcel_free(reader->parcel);
	explicit_bzero(reader->chunk, sizeof reader->chunk);
	free(reader);
}

const struct parcel *
bundle_reader_parcel(const struct bundle_reader *reader)
{
	return reader->parcel;
}

/* The front first and only there; the end last and nothing behind it. */
static bool
is_in_order(struct bundle_reader *reader, const struct bundle_record *record,
    bool is_last)
{
	uint8_t more;

	if ((record->kind == BUNDLE_FRONT) != (reader->records == 1) ||
	    (record->kind == BUNDLE_END) != is_last)
		return false;
	return !is_last || read_all(reader->fd, &more, 1) == 0;
}

enum err
bundle_read(struct bundle_reader *reader, struct bundle_record *record)
{
	struct bundle_record read;
	bool is_last = false;

	if (reader->is_over)
		return ERR_NOTFOUND;
	if (reader->records++ == BUNDLE_RECORDS_MAX ||
	    read_all(reader->fd, reader->sealed, sizeof reader->sealed) !=
		sizeof reader->sealed ||
	    !parcel_get(
		reader->parcel, reader->chunk, reader->sealed, &is_last) ||
	    bundle_record_get(&read, reader->chunk) != OK ||
	    !is_in_order(reader, &read, is_last))
		return ERR_INVALID;
	reader->is_over = is_last;
	if (is_last)
		return ERR_NOTFOUND;
	*record = read;
	return OK;
}
