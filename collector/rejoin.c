/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node that the region has forgotten joins again as it is: nothing of it is
 * in the log, and other nodes may speak of its records by their numbers.
 *
 * Otherwise the new node is made in DIR/rejoin, an ordinary node's directory:
 * keys, join, copies. Only then the two change places, name by name, the old
 * one's going to DIR/old-<head of its id>. DIR/rejoin/switching (the old id) is
 * there meanwhile; who finds it goes on with the change, whatever was done
 * before.
 */
#include "collector/rejoin.h"

#include "collector/daemon.h"
#include "collector/enrol_inner.h"
#include "collector/rejoin_copy.h"
#include "collector/sentence.h"
#include "core/file.h"
#include "core/loop.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID_SHOWN = 16, DIR_MODE = 0700 };

static const char fresh_name[] = "rejoin";
static const char switching_name[] = "rejoin/switching";

struct rejoining {
	const char *dir;
	char fresh[PATH_MAX], switching[PATH_MAX], aside[PATH_MAX];
	char old_hex[NODE_HEX_SIZE];
	struct node_keys old_keys, keys;
	struct node_region old_region;
	uint64_t now_ms;
	bool is_again; /* the old node went on, under its own keys */
};

enum err
rejoin_check(const char *dir)
{
	char path[PATH_MAX];

	if (!file_path(path, sizeof path, dir, switching_name) ||
	    access(path, F_OK) != 0)
		return OK;
	tell("Pergantian simpul di %s belum selesai. Ulangi: ikrar-collector "
	     "rejoin KODE --dir %s",
	    "the change of nodes in %s was cut short; give it again: "
	    "ikrar-collector rejoin CODE --dir %s",
	    dir, dir);
	return ERR_DENIED;
}

static enum err
io_failed(const char *path)
{
	tell("%s tidak dapat dibuat atau dipindah: %s. Perbaiki, lalu ulangi "
	     "rejoin.",
	    "%s cannot be made or moved: %s; mend it, then rejoin again", path,
	    strerror(errno));
	return ERR_IO;
}

/* ---- the change of places */

static enum err
set_aside(struct rejoining *rejoining)
{
	char name[sizeof "old-" + ID_SHOWN];

	snprintf(name, sizeof name, "old-%.*s", ID_SHOWN, rejoining->old_hex);
	if (file_path(rejoining->aside, sizeof rejoining->aside, rejoining->dir,
		name))
		return OK;
	errno = ENAMETOOLONG;
	return io_failed(rejoining->dir);
}

/* True: there was one and it is over there now, or there was none. */
static bool
move(const char *from_dir, const char *to_dir, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (!file_path(from, sizeof from, from_dir, name) ||
	    !file_path(to, sizeof to, to_dir, name)) {
		errno = ENAMETOOLONG;
		return false;
	}
	return rename(from, to) == 0 || errno == ENOENT;
}

static bool
has(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return file_path(path, sizeof path, dir, name) &&
	       access(path, F_OK) == 0;
}

/* Whatever is not in DIR/rejoin any more has changed places already. */
static enum err
change_places(struct rejoining *rejoining)
{
	static const char *const names[] = {"keys", "region", "spool", "words"};
	const char *dir = rejoining->dir;

	if (set_aside(rejoining) != OK)
		return ERR_IO;
	if (mkdir(rejoining->aside, DIR_MODE) != 0 && errno != EEXIST)
		return io_failed(rejoining->aside);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (has(rejoining->fresh, names[i]) &&
		    (!move(dir, rejoining->aside, names[i]) ||
			!move(rejoining->fresh, dir, names[i])))
			return io_failed(dir);
	if (!move(dir, rejoining->aside, "retired") ||
	    !move(dir, rejoining->aside, "request") ||
	    !file_sync_dir(rejoining->aside) || !file_sync_dir(dir) ||
	    unlink(rejoining->switching) != 0)
		return io_failed(dir);
	if (rmdir(rejoining->fresh) != 0)
		return io_failed(rejoining->fresh);
	return OK;
}

static enum err
begin_change(struct rejoining *rejoining)
{
	enum err err = file_write_new(
	    rejoining->switching, bytes_of_text(rejoining->old_hex), 0600);

	if (err != OK)
		return io_failed(rejoining->switching);
	if (!file_sync_dir(rejoining->fresh))
		return io_failed(rejoining->fresh);
	return change_places(rejoining);
}

static void
say_changed(const struct rejoining *rejoining)
{
	printf("Simpul baru sudah menggantikan yang lama; milik yang lama "
	       "disimpan di %s.\n"
	       "Minta admin wilayah mencabut simpul lama, supaya wilayah tidak "
	       "menunggunya lagi:\n"
	       "  ikrar-aggregator node revoke %s --reason GANTI_PETUGAS\n"
	       "(The new node is in place; the old one is kept there and is to "
	       "be revoked.)\n"
	       "Berikutnya / next: ikrar-collector run --dir %s\n",
	    rejoining->aside, rejoining->old_hex, rejoining->dir);
}

/* ---- the new node */

static enum err
load_old(struct rejoining *rejoining, const struct invite_code *code)
{
	const char *dir = rejoining->dir;
	enum err err = node_region_load(&rejoining->old_region, dir);

	if (err == OK)
		err = node_keys_load(&rejoining->old_keys, dir);
	if (err != OK) {
		tell("Di %s tidak ada simpul yang sudah bergabung dan terbaca. "
		     "Pakai: ikrar-collector join KODE --dir %s",
		    "there is no node in %s that has joined and can be read; "
		    "use: ikrar-collector join CODE --dir %s",
		    dir, dir);
		return ERR_INVALID;
	}
	hex_put(rejoining->old_hex, rejoining->old_keys.id,
	    sizeof rejoining->old_keys.id);
	if (strcmp(rejoining->old_region.wilayah, code->wilayah) == 0 &&
	    memcmp(rejoining->old_region.server_key, code->server_key,
		sizeof code->server_key) == 0)
		return OK;
	tell("Undangan ini untuk %s atau wilayah lain, sedangkan simpul di %s "
	     "menulis untuk %s. Minta undangan untuk %s, atau pakai join "
	     "dengan --dir yang lain.",
	    "the invitation is for %s or another region, the node in %s writes "
	    "for %s; ask for one for %s, or use join with another --dir",
	    code->wilayah, dir, rejoining->old_region.wilayah,
	    rejoining->old_region.wilayah);
	return ERR_INVALID;
}

/* A time before may have come so far already. */
static enum err
join_anew(struct rejoining *rejoining, const struct invite_code *code,
    const char *clock)
{
	struct join_result result = {0};
	struct node_region region;
	bool made;
	enum err err;

	if (mkdir(rejoining->fresh, DIR_MODE) != 0 && errno != EEXIST)
		return io_failed(rejoining->fresh);
	err = enrol_have_keys(&rejoining->keys, rejoining->fresh, &made);
	if (err != OK ||
	    node_region_load(&region, rejoining->fresh) != ERR_NOTFOUND)
		return err;
	err = enrol_have_spool(&rejoining->keys, code, rejoining->fresh);
	if (err == OK)
		err = enrol_turn_in(rejoining->fresh, clock, code, &result);
	if (err != OK)
		return err;
	enrol_keep_words(&rejoining->keys, code, rejoining->fresh);
	if (result.joined.pending)
		printf("Menunggu persetujuan admin wilayah; catatan sudah "
		       "dapat dibuat. / Waiting for the admin's "
		       "confirmation.\n");
	return OK;
}

/* A person's word for the recipients, if the code does not bring one. */
static void
copy_pin(struct spool *from, struct spool *to)
{
	struct spool_recipients old, fresh;

	spool_recipients(from, &old);
	spool_recipients(to, &fresh);
	if (old.is_pinned && !fresh.is_pinned &&
	    spool_pin_recipients(to, old.pin) != OK)
		tell("Sidik penerima tidak tersimpan; pastikan lagi dengan "
		     "ikrar-collector recipients.",
		    "the recipients' fingerprint was not kept: confirm it "
		    "again with ikrar-collector recipients");
}

static enum err
copy_into(struct rejoining *rejoining, struct spool *from)
{
	struct spool_options options = {.dir = rejoining->fresh,
	    .keys = &rejoining->keys,
	    .wilayah = rejoining->old_region.wilayah};
	struct copy copy = {.from = from, .now_ms = rejoining->now_ms};
	enum err err = spool_open(&copy.to, &options);

	if (err != OK)
		return io_failed(rejoining->fresh);
	memcpy(copy.old_id, rejoining->old_keys.id, NODE_ID_SIZE);
	memcpy(copy.new_id, rejoining->keys.id, NODE_ID_SIZE);
	copy_pin(from, copy.to);
	err = copy_rows(&copy);
	spool_close(copy.to);
	if (err == OK && copy.copied + copy.failed == 0)
		printf("Semua catatan lama sudah diterima; tidak ada yang "
		       "disalin. / All old records were received.\n");
	else if (err == OK)
		printf("%" PRIu64 " catatan tanpa tanda terima disalin sebagai "
		       "catatan baru, %" PRIu64 " tidak.\nBila salah satunya "
		       "ternyata sudah sampai, ia terhitung sekali. / Records "
		       "without receipt were copied.\n",
		    copy.copied, copy.failed);
	return err;
}

static enum err
copy_old(struct rejoining *rejoining)
{
	struct spool_options options = {.dir = rejoining->dir,
	    .keys = &rejoining->old_keys,
	    .wilayah = rejoining->old_region.wilayah};
	struct spool *from;
	enum err err;

	if (spool_open(&from, &options) != OK) {
		tell("Catatan lama di %s/spool tidak ada atau tidak terbaca: "
		     "tidak ada yang dapat disalin.",
		    "the old records in %s/spool are gone or damaged: none "
		    "could be copied",
		    rejoining->dir);
		return OK;
	}
	err = copy_into(rejoining, from);
	spool_close(from);
	return err;
}

/* ---- */

static enum err
set_paths(struct rejoining *rejoining, const struct home_words *words)
{
	rejoining->dir = words->dir;
	if (daemon_is_running(words->dir)) {
		tell("Penghubung masih berjalan di %s. Hentikan dahulu, lalu "
		     "ulangi.",
		    "the daemon still runs on %s: stop it, then try again",
		    words->dir);
		return ERR_INVALID;
	}
	if (file_path(rejoining->fresh, sizeof rejoining->fresh, words->dir,
		fresh_name) &&
	    file_path(rejoining->switching, sizeof rejoining->switching,
		words->dir, switching_name))
		return OK;
	errno = ENAMETOOLONG;
	return io_failed(words->dir);
}

static enum err
make_new(struct rejoining *rejoining, const struct invite_code *code,
    const struct home_words *words)
{
	enum err err = load_old(rejoining, code);

	if (err == OK && enrol_is_forgotten(words)) {
		rejoining->is_again = true;
		return enrol_again(words, code);
	}
	if (err == OK && loop_clock_ms(words->clock, &rejoining->now_ms) != OK)
		err = ERR_INVALID;
	if (err == OK)
		err = join_anew(rejoining, code, words->clock);
	if (err == OK)
		err = copy_old(rejoining);
	if (err == OK)
		err = begin_change(rejoining);
	return err;
}

static enum err
rejoin(struct rejoining *rejoining, const struct home_words *words,
    const char *code)
{
	char text[CODE_TEXT_MAX];
	struct invite_code invite;
	enum err err = set_paths(rejoining, words);

	if (err != OK)
		return err;
	if (file_read_text(rejoining->switching, rejoining->old_hex,
		sizeof rejoining->old_hex) == OK)
		return change_places(rejoining);
	err = enrol_take_code(text, code);
	if (err == OK)
		err = enrol_read_code(&invite, text, words->clock);
	explicit_bzero(text, sizeof text);
	if (err != OK)
		return err;
	home_say_drill(invite.drill);
	return make_new(rejoining, &invite, words);
}

int
rejoin_run(const struct home_words *words, const char *code)
{
	struct rejoining rejoining = {0};
	enum err err = rejoin(&rejoining, words, code);

	explicit_bzero(&rejoining.keys, sizeof rejoining.keys);
	explicit_bzero(&rejoining.old_keys, sizeof rejoining.old_keys);
	if (err != OK)
		return 1;
	if (!rejoining.is_again)
		say_changed(&rejoining);
	enrol_say_kept_words(words->dir);
	return 0;
}
