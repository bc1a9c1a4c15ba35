/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DIR/head is the signer's own memory of what it has said. It may be older
 * than the store after a crash (it is synced once a second), never newer: then
 * the store is not the one that was signed. That is why DIR/head and DIR/keys
 * are no part of what a backup of DIR/store takes: whoever puts back an old
 * store with its old head would be believed here, and caught only by the nodes.
 */
#include "aggregator/head.h"

#include "aggregator/home.h"
#include "core/log.h"
#include "core/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SYNC_EVERY_MS = 1000 };

struct head {
	struct tlog *tree;
	struct sign_keys keys;
	struct checkpoint last; /* size 0: none yet */
	char text[NOTE_CHECKPOINT_MAX];
	int fd;
	bool is_unsynced;
	uint64_t synced_ms;
};

static enum err
read_text(int fd, char text[NOTE_CHECKPOINT_MAX])
{
	ssize_t len = pread(fd, text, NOTE_CHECKPOINT_MAX - 1, 0);

	if (len < 0) {
		log_warn("head-read-failed");
		return ERR_IO;
	}
	text[len] = '\0';
	return text[0] != '\0' ? OK : ERR_NOTFOUND;
}

enum err
head_read(const char *dir, char text[NOTE_CHECKPOINT_MAX])
{
	char path[HOME_PATH_MAX];
	enum err err = home_path(path, dir, "head");
	int fd;

	if (err != OK)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_NOTFOUND;
	err = read_text(fd, text);
	close(fd);
	return err;
}

/* Is what was signed last a prefix of the tree? */
static enum err
check_last(struct head *head, const char *origin, const char *dir)
{
	struct checkpoint *last = &head->last;
	struct hash root;

	if (checkpoint_open(last, head->text, strlen(head->text), origin,
		head->keys.public_key) != OK) {
		log_warnx("head-damaged origin=%s", origin);
		tell("%s/head rusak, atau milik wilayah atau kunci lain; "
		     "kembalikan berkas yang asli.",
		    "%s/head is damaged, or of another region or key: bring "
		    "back the true file.",
		    dir);
		return ERR_INVALID;
	}
	if (last->size > tlog_size(head->tree) || last->size == 0 ||
	    tlog_root_at(head->tree, last->size, &root) != OK ||
	    !hash_equal(&root, &last->root)) {
		log_warnx("head-contradicts-store signed=%" PRIu64
			  " store=%" PRIu64,
		    last->size, tlog_size(head->tree));
		tell("Isi %s/store tidak melanjutkan kepala log yang terakhir "
		     "ditandatangani (%" PRIu64 " entri, di %s/head); wilayah "
		     "tidak dijalankan sebelum diperiksa. Bila store memang "
		     "dipulihkan dari cadangan: ikrar-aggregator recover --dir "
		     "%s",
		    "What is in %s/store does not continue the head that was "
		    "signed last (%" PRIu64 " entries, in %s/head): the region "
		    "does not start until a person has looked into it. If "
		    "the store was restored from a backup: ikrar-aggregator "
		    "recover --dir %s",
		    dir, last->size, dir, dir);
		return ERR_INVALID;
	}
	return OK;
}

enum err
head_open(struct head **head, const char *dir, const char *origin,
    const struct sign_keys *keys, struct tlog *tree)
{
	char path[HOME_PATH_MAX];
	struct head *made;
	enum err err = home_path(path, dir, "head");

	if (err != OK)
		return err;
	made = xcalloc(1, sizeof *made);
	made->tree = tree;
	made->keys = *keys;
	made->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (made->fd < 0) {
		log_warn("head-open-failed path=%s", path);
		head_close(made);
		return ERR_IO;
	}
	err = read_text(made->fd, made->text);
	if (err == OK)
		err = check_last(made, origin, dir);
	else if (err == ERR_NOTFOUND)
		err = OK;
	if (err != OK) {
		head_close(made);
		return err;
	}
	(void)text_copy(made->last.origin, sizeof made->last.origin, origin);
	*head = made;
	return OK;
}

void
head_close(struct head *head)
{
	if (head == NULL)
		return;
	if (head->fd >= 0) {
		if (head->is_unsynced && fdatasync(head->fd) != 0)
			log_warn("head-sync-failed");
		close(head->fd);
	}
	explicit_bzero(&head->keys, sizeof head->keys);
	free(head);
}

/* Always the same length, filled up with zeros, within one sector: a reader,
 * and a start after a power cut, find the old or the new text. */
static void
write_text(struct head *head)
{
	char room[NOTE_CHECKPOINT_MAX] = {0};

	(void)text_copy(room, sizeof room, head->text);
	if (pwrite(head->fd, room, sizeof room, 0) != sizeof room)
		fatal("head-write-failed");
	head->is_unsynced = true;
}

void
head_sign(struct head *head)
{
	uint64_t size = tlog_size(head->tree);

	if (size == head->last.size)
		return;
	if (size < head->last.size)
		fatalx("head-would-shrink signed=%" PRIu64 " tree=%" PRIu64,
		    head->last.size, size);
	head->last.size = size;
	head->last.root = tlog_root(head->tree);
	checkpoint_sign(head->text, &head->last, &head->keys);
	write_text(head);
}

void
head_rename(struct head *head, const char *origin)
{
	head->last = (struct checkpoint){0};
	CHECK(text_copy(head->last.origin, sizeof head->last.origin, origin));
}

const char *
head_text(const struct head *head)
{
	return head->text;
}

uint64_t
head_size(const struct head *head)
{
	return head->last.size;
}

void
head_sync(struct head *head, uint64_t monotonic_ms)
{
	if (!head->is_unsynced ||
	    monotonic_ms - head->synced_ms < SYNC_EVERY_MS)
		return;
	if (fdatasync(head->fd) != 0)
		fatal("head-sync-failed");
	head->is_unsynced = false;
	head->synced_ms = monotonic_ms;
}
