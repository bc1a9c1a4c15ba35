/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/export.h"

#include "aggregator/blob.h"
#include "aggregator/head.h"
#include "aggregator/home.h"
#include "aggregator/leftovers.h"
#include "aggregator/standing.h"
#include "aggregator/verbs.h"
#include "core/file.h"
#include "core/tell.h"
#include "trust/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FAILED_EXIT = 1,
	ENTRY_LENGTH = 2, /* bytes before each leaf of a bundle */
	FILE_MODE = 0600,
	DIR_MODE = 0700,
	DONE_EVERY = 1024, /* entries that one look at the log may last */
	BLOB_NAME_MAX = 5 + 2 * HASH_SIZE + 1,
};

static const char checkpoint_name[] = "checkpoint";

struct exporting {
	struct reading *reading;
	const char *out;
	struct checkpoint head;
	char text[NOTE_CHECKPOINT_MAX];
	struct checkpoint former; /* size 0: none */
	struct export_done done;
};

/* ---- files */

static enum err
failed(const char *path)
{
	tell("%s tidak dapat ditulis: %s.", "%s cannot be written: %s.", path,
	    strerror(errno));
	return ERR_IO;
}

/* Each directory on the way to the file. */
static enum err
make_dirs(const char *path)
{
	char part[HOME_PATH_MAX];

	(void)text_copy(part, sizeof part, path);
	for (char *at = strchr(part + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(part, DIR_MODE) != 0 && errno != EEXIST)
			return failed(part);
		*at = '/';
	}
	return OK;
}

static bool
aside_path(char aside[HOME_PATH_MAX], const char *path)
{
	return snprintf(aside, HOME_PATH_MAX, "%s.new", path) < HOME_PATH_MAX;
}

static enum err
write_aside(const char *path, struct bytes bytes)
{
	char aside[HOME_PATH_MAX];
	bool is_good;
	int fd;

	if (!aside_path(aside, path))
		return ERR_INVALID;
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return failed(aside);
	is_good = file_write(fd, bytes);
	is_good = close(fd) == 0 && is_good;
	if (!is_good || rename(aside, path) != 0)
		return failed(path);
	return OK;
}

static bool
file_is(const char *path, struct bytes bytes)
{
	uint8_t part[16384];
	size_t at = 0;
	ssize_t len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while ((len = read(fd, part, sizeof part)) > 0) {
		if ((size_t)len > bytes.len - at ||
		    memcmp(part, bytes.at + at, (size_t)len) != 0)
			break;
		at += (size_t)len;
	}
	close(fd);
	return len == 0 && at == bytes.len;
}

static enum err
put_file(struct exporting *exporting, const char *name, struct bytes bytes)
{
	char path[HOME_PATH_MAX], aside[HOME_PATH_MAX];
	enum err err = home_path(path, exporting->out, name);

	if (err != OK)
		return err;
	if (file_is(path, bytes)) {
		exporting->done.kept++;
		if (aside_path(aside, path))
			(void)unlink(aside); /* of one that was ended */
		return OK;
	}
	err = make_dirs(path);
	if (err == OK)
		err = write_aside(path, bytes);
	exporting->done.written += err == OK;
	return err;
}

/* ---- tiles */

static enum err
damaged(uint64_t index)
{
	tell("Log rusak pada entri %" PRIu64 "; lihat baris di atas.",
	    "The log is damaged at entry %" PRIu64 ": see the line above.",
	    index);
	return ERR_INVALID;
}

/* What a full tile below hashes to. */
static enum err
subtree_hash(struct store *store, unsigned level, uint64_t n, struct hash *hash)
{
	struct hash hashes[TLOG_TILE_WIDTH];

	if (store_tile(store, level, n, hashes) != OK)
		return ERR_INVALID;
	for (unsigned width = TLOG_TILE_WIDTH; width > 1; width /= 2)
		for (unsigned i = 0; i < width / 2; i++)
			hashes[i] =
			    hash_pair(&hashes[2 * i], &hashes[2 * i + 1]);
	*hash = hashes[0];
	return OK;
}

static enum err
node_hash(struct store *store, unsigned level, uint64_t n, struct hash *hash)
{
	struct bytes leaf;

	if (level > 0)
		return subtree_hash(store, level - 1, n, hash);
	if (store_leaf(store, n, &leaf) != OK)
		return ERR_INVALID;
	*hash = hash_leaf(leaf);
	return OK;
}

/* `width` hashes of tile (level, n), as the tree of the exported size has
 * it. */
static enum err
read_tile(struct exporting *exporting, unsigned level, uint64_t n,
    struct hash hashes[TLOG_TILE_WIDTH], unsigned width)
{
	struct store *store = exporting->reading->store;

	if (width == TLOG_TILE_WIDTH)
		return store_tile(store, level, n, hashes);
	for (unsigned i = 0; i < width; i++)
		if (node_hash(store, level, n * TLOG_TILE_WIDTH + i,
			&hashes[i]) != OK)
			return ERR_INVALID;
	return OK;
}

static enum err
put_tile(
    struct exporting *exporting, unsigned level, uint64_t n, unsigned width)
{
	struct hash hashes[TLOG_TILE_WIDTH];
	char name[TLOG_PATH_MAX];

	if (read_tile(exporting, level, n, hashes, width) != OK)
		return damaged(n);
	tlog_path(name, (int)level, n, width);
	return put_file(
	    exporting, name, bytes_of(hashes, width * sizeof *hashes));
}

static enum err
put_bundle(struct exporting *exporting, uint64_t n, unsigned width)
{
	struct store *store = exporting->reading->store;
	struct text_buf bundle = {0};
	char name[TLOG_PATH_MAX];
	enum err err = OK;

	for (unsigned i = 0; i < width && err == OK; i++) {
		uint64_t index = n * TLOG_TILE_WIDTH + i;
		uint8_t length[ENTRY_LENGTH];
		struct bytes leaf;

		if (store_leaf(store, index, &leaf) != OK) {
			err = damaged(index);
			break;
		}
		be16_put(length, (uint16_t)leaf.len);
		text_buf_add_bytes(&bundle, length, sizeof length);
		text_buf_add_bytes(&bundle, leaf.at, leaf.len);
	}
	tlog_path(name, TLOG_LEVEL_ENTRIES, n, width);
	if (err == OK)
		err =
		    put_file(exporting, name, bytes_of(bundle.at, bundle.len));
	text_buf_clear(&bundle);
	return err;
}

/* Tiles of one level, the last of them perhaps partial. */
static enum err
put_level(struct exporting *exporting, int level)
{
	unsigned shift = level > 0 ? TLOG_TILE_HEIGHT * (unsigned)level : 0;
	uint64_t count = exporting->head.size >> shift;

	for (uint64_t n = 0; n * TLOG_TILE_WIDTH < count; n++) {
		uint64_t rest = count - n * TLOG_TILE_WIDTH;
		unsigned width =
		    rest < TLOG_TILE_WIDTH ? (unsigned)rest : TLOG_TILE_WIDTH;
		enum err err =
		    level == TLOG_LEVEL_ENTRIES
			? put_bundle(exporting, n, width)
			: put_tile(exporting, (unsigned)level, n, width);

		store_done(exporting->reading->store);
		if (err != OK)
			return err;
	}
	return OK;
}

/* ---- blobs */

static void
tell_erased(struct exporting *exporting, uint64_t index)
{
	exporting->done.erased++;
	tell("Bagian tersegel entri %" PRIu64 " tidak ada lagi di %s/blob "
	     "(dihapus?); ekspor berlanjut tanpa itu. Bila bukan dihapus "
	     "dengan sengaja, kembalikan dari cadangan.",
	    "The sealed part of entry %" PRIu64 " is no longer in %s/blob "
	    "(erased?); the export goes on without it. If nobody meant to "
	    "erase it, bring it back from a backup.",
	    index, exporting->reading->dir);
}

static void
tell_spoilt(struct exporting *exporting, uint64_t index)
{
	exporting->done.spoilt++;
	tell("Bagian tersegel entri %" PRIu64 " rusak di %s/blob dan tidak "
	     "diekspor; kembalikan dari cadangan, lalu ekspor lagi.",
	    "The sealed part of entry %" PRIu64 " is spoilt in %s/blob and "
	    "was left out: bring it back from a backup, then export again.",
	    index, exporting->reading->dir);
}

/* One case that cannot be read keeps no other from its reader. */
static enum err
put_blob(struct exporting *exporting, struct blob *blob, uint64_t index,
    const struct incident *incident)
{
	char name[BLOB_NAME_MAX] = "blob/";
	struct bytes bytes;
	struct hash hash;
	enum err err = blob_get(blob, incident->blob_hash, &bytes);

	if (err == ERR_NOTFOUND) {
		tell_erased(exporting, index);
		return OK;
	}
	if (err == OK)
		hash = seal_blob_hash(bytes);
	if (err != OK || memcmp(hash.at, incident->blob_hash, HASH_SIZE) != 0) {
		tell_spoilt(exporting, index);
		return OK;
	}
	hex_put(name + strlen(name), hash.at, sizeof hash.at);
	err = put_file(exporting, name, bytes);
	exporting->done.blobs += err == OK;
	return err;
}

static enum err
put_blob_of(struct exporting *exporting, struct blob **blob, uint64_t index)
{
	struct reading *reading = exporting->reading;
	const struct incident *incident;
	struct stored stored;
	enum err err = OK;

	if (store_entry(reading->store, index, &stored) != OK)
		return damaged(index);
	incident = event_sealed(&stored.event);
	if (incident == NULL)
		return OK;
	if (*blob == NULL)
		err = blob_open(blob, reading->dir, BLOB_READ);
	if (err == ERR_NOTFOUND) {
		tell_erased(exporting, index);
		return OK;
	}
	if (err != OK) {
		tell("%s/blob tidak dapat dibuka; entri %" PRIu64
		     " menyebut bagian tersegel.",
		    "%s/blob cannot be opened; entry %" PRIu64
		    " names a sealed part.",
		    reading->dir, index);
		return ERR_INVALID;
	}
	err = put_blob(exporting, *blob, index, incident);
	blob_done(*blob);
	return err;
}

/* Those that the log names, of events that were taken. A blob's entry is
 * committed after it, so that of a signed entry is there. */
static enum err
put_blobs(struct exporting *exporting)
{
	struct blob *blob = NULL;
	enum err err = OK;

	for (uint64_t i = 0; i < exporting->head.size && err == OK; i++) {
		err = put_blob_of(exporting, &blob, i);
		if (i % DONE_EVERY == 0)
			store_done(exporting->reading->store);
	}
	store_done(exporting->reading->store);
	blob_close(blob);
	return err;
}

/* ---- checkpoints */

/* Under whichever name: the log may have been recovered. */
static enum err
open_head(struct checkpoint *head, const char *text,
    const struct log_started *started)
{
	struct view_region region = {0};
	struct standing_head found;
	enum err err;

	memcpy(
	    region.first_origin, started->origin, sizeof region.first_origin);
	memcpy(region.log_key, started->log_key, sizeof region.log_key);
	err = standing_head_open(&found, text, &region);
	if (err == OK)
		*head = found.checkpoint;
	return err;
}

static enum err
read_head(struct exporting *exporting)
{
	struct reading *reading = exporting->reading;

	if (head_read(reading->dir, exporting->text) == OK &&
	    open_head(&exporting->head, exporting->text, &reading->started) ==
		OK)
		return OK;
	tell("Di %s belum ada kepala log yang ditandatangani, atau rusak.",
	    "There is no signed head of the log in %s, or it is damaged.",
	    reading->dir);
	return ERR_INVALID;
}

/* The store is looked at after the head: it holds at least as much. */
static enum err
check_head(struct exporting *exporting)
{
	struct reading *reading = exporting->reading;
	struct tlog *tree = NULL;
	struct hash root;
	enum err err = store_tree(reading->store, &tree);
	bool is_good = err == OK &&
		       tlog_root_at(tree, exporting->head.size, &root) == OK &&
		       hash_equal(&root, &exporting->head.root);

	if (err == OK)
		tlog_free(tree);
	store_done(reading->store);
	if (is_good)
		return OK;
	tell("Kepala log di %s (%" PRIu64 " entri) tidak cocok dengan isinya; "
	     "jangan dipakai sebelum diperiksa.",
	    "The signed head in %s (%" PRIu64 " entries) does not match the "
	    "log: look into it before anything else.",
	    reading->dir, exporting->head.size);
	return ERR_INVALID;
}

/* What an earlier export left: it must be an earlier state of this log. */
static enum err
read_former(struct exporting *exporting)
{
	const struct log_started *started = &exporting->reading->started;
	char path[HOME_PATH_MAX], text[NOTE_CHECKPOINT_MAX];
	enum err err = home_path(path, exporting->out, checkpoint_name);
	ssize_t len = -1;
	int fd;

	if (err != OK)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return OK;
	if (fd >= 0) {
		len = read(fd, text, sizeof text - 1);
		close(fd);
	}
	if (len > 0)
		text[len] = '\0';
	if (len > 0 && open_head(&exporting->former, text, started) == OK &&
	    exporting->former.size <= exporting->head.size)
		return OK;
	tell("%s berisi log lain atau yang lebih panjang; pilih direktori "
	     "kosong.",
	    "%s holds another log, or a longer one: choose an empty "
	    "directory.",
	    exporting->out);
	return ERR_INVALID;
}

static enum err
sync_all(const struct exporting *exporting)
{
	int fd = open(exporting->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_good = fd >= 0 && syncfs(fd) == 0;

	if (!is_good)
		(void)failed(exporting->out);
	if (fd >= 0)
		close(fd);
	return is_good ? OK : ERR_IO;
}

enum err
export_write(struct reading *reading, const struct export_options *options,
    struct export_done *done)
{
	struct exporting exporting = {.reading = reading, .out = options->out};
	enum err err = read_head(&exporting);

	if (err == OK)
		err = check_head(&exporting);
	if (err == OK)
		err = read_former(&exporting);
	for (int level = TLOG_LEVEL_ENTRIES; level < TLOG_LEVELS && err == OK;
	     level++)
		err = put_level(&exporting, level);
	if (err == OK && options->blobs)
		err = put_blobs(&exporting);
	if (err == OK)
		err = sync_all(&exporting);
	if (err == OK)
		err = put_file(
		    &exporting, checkpoint_name, bytes_of_text(exporting.text));
	if (err == OK)
		err = sync_all(&exporting);
	if (err != OK)
		return err;
	/* Only now: the former checkpoint spoke of other partial tiles. */
	leftovers_remove(exporting.out, exporting.head.size);
	exporting.done.size = exporting.head.size;
	*done = exporting.done;
	return OK;
}

/* ---- the verb */

struct settings {
	struct reading_words words;
	bool blobs;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "blobs",
	.letter = 'b',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, blobs),
	.help_id = "Juga bagian tersegel insiden, ke OUT/blob.",
	.help_en = "The sealed parts of incidents too, into OUT/blob."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "export",
    .arguments = "OUT",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Menulis log yang ditandatangani ke direktori OUT (susunan "
	       "tlog-tiles). Isinya rahasia: simpan seperti log itu sendiri.",
    .help_en = "Writes the signed log into the directory OUT (layout "
	       "tlog-tiles). It is confidential, as the log is.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

int
verb_export(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	struct export_done done;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = export_write(&reading,
		    &(struct export_options){
			.out = rest.at[0], .blobs = settings.blobs},
		    &done);
	if (err == OK) {
		reading_say_drill(&reading);
		printf("%s: %" PRIu64 " entri/entries; berkas/files: %" PRIu64
		       " ditulis/written, %" PRIu64 " tetap/kept\n",
		    rest.at[0], done.size, done.written, done.kept);
		if (settings.blobs)
			printf("bagian tersegel/sealed parts: %" PRIu64
			       "; tidak ada lagi/no longer there: %" PRIu64
			       "; rusak/spoilt: %" PRIu64 "\n",
			    done.blobs, done.erased, done.spoilt);
		if (done.spoilt > 0)
			err = ERR_INVALID;
	}
	reading_close(&reading);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
