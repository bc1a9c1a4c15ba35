/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/bundle_cmd.h"

#include "collector/sentence.h"
#include "node/bundle_spool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct bundle_node
node_of(struct home *home)
{
	return (struct bundle_node){.spool = home->spool,
	    .keys = &home->keys,
	    .region = &home->region,
	    .now_ms = home->now_ms};
}

/* ---- out */

static int
tell_not_written(const char *path, enum err err)
{
	int error = errno;

	if (err == ERR_DUP)
		tell("Berkas %s sudah ada. Pilih nama yang belum ada.",
		    "file %s is there already: choose a new name", path);
	else if (err == ERR_IO)
		tell("Berkas %s tidak dapat ditulis (%s).",
		    "file %s cannot be written (%s)", path, strerror(error));
	else if (err == ERR_FULL)
		tell("Catatan terlalu banyak untuk satu bundel. Hubungi admin "
		     "wilayah.",
		    "there are too many records for one bundle: tell the "
		    "regional admin");
	else if (err == ERR_DENIED)
		tell("Kunci wilayah di folder ini rusak. Hubungi admin "
		     "wilayah.",
		    "the region's key in this directory is damaged: tell the "
		    "regional admin");
	else
		tell("Catatan di disk ini rusak; lihat baris di atas.",
		    "the records on this disk are damaged: see the line above");
	return 1;
}

static void
say_written(
    const struct home *home, const struct bundle_front *front, const char *path)
{
	home_say_drill(home->region.drill);
	printf("Ditulis / written: %s\ncatatan/records %" PRIu64 "-%" PRIu64
	       "\n",
	    path, front->first_seq, front->last_seq);
	printf("Bawa berkas ini ke admin wilayah; isinya hanya terbaca di "
	       "sana. Catatan baru *diterima* bila berkas tanda terima sudah "
	       "kembali: ikrar-collector import BERKAS.\n(Carry it to the "
	       "regional admin; only the region can read it. Records are "
	       "received once the receipts' file has come back.)\n");
}

int
bundle_cmd_export(const struct home_words *words, const char *path)
{
	struct bundle_front front;
	struct bundle_node node;
	struct home home;
	enum err err;

	if (home_open(&home, words) != OK)
		return 1;
	node = node_of(&home);
	err = bundle_export(&node, path, &front);
	if (err == OK)
		say_written(&home, &front, path);
	else if (err == ERR_NOTFOUND)
		printf("Semua catatan sudah diterima; tidak ada yang perlu "
		       "dibawa. / All records are received: there is nothing "
		       "to carry.\n");
	home_close(&home);
	return err == OK || err == ERR_NOTFOUND ? 0
						: tell_not_written(path, err);
}

/* ---- back */

static int
tell_not_read(const char *path, enum err err)
{
	int error = errno;

	if (err == ERR_IO)
		tell("Berkas %s tidak dapat dibaca (%s).",
		    "file %s cannot be read (%s)", path, strerror(error));
	else if (err == ERR_DENIED)
		tell("Berkas %s bukan tanda terima wilayah untuk simpul ini.",
		    "file %s holds no receipts of the region for this node",
		    path);
	else if (err == ERR_FULL)
		tell("Disk penuh; kosongkan ruang, lalu ulangi.",
		    "the disk is full: make room, then try again");
	else
		tell("Berkas %s bukan berkas tanda terima, rusak, atau "
		     "terpotong. Salin lagi dari admin wilayah.",
		    "file %s is no receipts' file, is damaged or cut short: "
		    "copy it again",
		    path);
	return 1;
}

/* As the uplink would say it. */
static int
tell_fault(const struct bundle_answers *answers)
{
	if (answers->fault == REJECT_DIVERGED)
		tell("Log wilayah dalam berkas ini bukan log yang pernah "
		     "dilihat simpul ini. Ini disimpan sebagai bukti; hubungi "
		     "inspektorat.",
		    "the region's log in this file is not the one that this "
		    "node has seen before: kept as evidence, tell the "
		    "inspectorate");
	else
		tell("Jawaban wilayah tidak cocok dengan catatan di sini (%s). "
		     "Hubungi admin wilayah.",
		    "the region's answer does not fit the records here (%s): "
		    "tell the regional admin",
		    reject_word(answers->fault));
	return 1;
}

static int
tell_refused(const struct bundle_answers *answers)
{
	if (answers->word == REJECT_GAP)
		tell("Bundel diparkir di wilayah: di sana baru ada sampai "
		     "catatan %" PRIu64 ". Buat bundel baru dengan export.",
		    "the bundle is parked at the region, which has up to "
		    "record %" PRIu64 ": make a new one by export",
		    answers->have);
	else
		tell("Wilayah menolak bundel ini (%s): %s. Catatan tetap "
		     "tersimpan di sini.",
		    "the region refused this bundle (%s: %s); the records "
		    "stay stored here",
		    reject_word(answers->word), reject_text_id(answers->word));
	return 1;
}

static int
say_taken(struct home *home, const struct bundle_answers *answers)
{
	uint64_t before = home->status.refused_count, refused = 0;

	spool_status(home->spool, &home->status);
	if (home->status.refused_count > before)
		refused = home->status.refused_count - before;
	home_say_drill(home->region.drill);
	printf("diterima sampai catatan/received up to %" PRIu64
	       "; ditolak/refused %" PRIu64 "\n",
	    home->status.receipted_seq, refused);
	if (answers->unlinked > 0)
		printf("%u tanda terima lebih tua dari yang sudah dikenal "
		       "simpul ini dan dilewati; bila masih ada catatan yang "
		       "belum diterima, bawa bundel baru. / %u receipts are "
		       "older than what this node knows and were passed "
		       "over.\n",
		    answers->unlinked, answers->unlinked);
	if (answers->is_asked)
		printf("Log wilayah dipulihkan dari cadangan; bawa bundel "
		       "baru (export), yang meminta buktinya. / The region's "
		       "log was recovered from a backup: carry another bundle, "
		       "which asks for the proof.\n");
	if (answers->has_recovered)
		printf("Log wilayah dipulihkan dari cadangan; catatan yang "
		       "tanda terimanya tidak berlaku lagi dibawa sekali lagi "
		       "dengan export. / The region's log was recovered from a "
		       "backup: what lost its receipt goes with the next "
		       "export.\n");
	if (answers->has_reported)
		printf("Wilayah ingin mendengar simpul ini sekali lagi: bawa "
		       "bundel baru (export). / The region wants to hear this "
		       "node once more: carry another bundle.\n");
	if (answers->fault != REJECT_NONE)
		return tell_fault(answers);
	return answers->word != REJECT_NONE ? tell_refused(answers) : 0;
}

int
bundle_cmd_import(const struct home_words *words, const char *path)
{
	struct bundle_answers answers;
	struct bundle_node node;
	struct home home;
	int exit_code;
	enum err err;

	if (home_open(&home, words) != OK)
		return 1;
	node = node_of(&home);
	err = bundle_import(&node, path, &answers);
	if (err == OK) {
		exit_code = say_taken(&home, &answers);
		spool_wake_daemon(words->dir);
	} else {
		exit_code = tell_not_read(path, err);
	}
	home_close(&home);
	return exit_code;
}
