/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/retire.h"

#include "collector/sentence.h"
#include "core/file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LISTED_MAX = 20 };

static const char mark_name[] = "retired";

enum err
retire_check(const char *dir)
{
	char path[PATH_MAX];

	if (!file_path(path, sizeof path, dir, mark_name) ||
	    access(path, F_OK) != 0)
		return OK;
	tell("Simpul ini sudah dipensiunkan dan tidak menerima catatan baru. "
	     "Bila keliru: ikrar-collector retire --undo --dir %s",
	    "this node is retired and takes no records; if that was a slip: "
	    "ikrar-collector retire --undo --dir %s",
	    dir);
	return ERR_DENIED;
}

static enum err
mark(const struct home *home, const char *path)
{
	char text[32];
	enum err err;

	snprintf(text, sizeof text, "%" PRIu64 "\n", home->now_ms);
	err = file_write_new(path, bytes_of_text(text), 0600);
	if (err == OK || err == ERR_DUP)
		return OK;
	tell("%s tidak dapat ditulis: %s.", "%s cannot be written: %s", path,
	    strerror(errno));
	return err;
}

static const char *
kind_text(enum event_kind kind)
{
	if (kind == EVENT_PLEDGE_MADE)
		return "ikrar/pakta, pledge";
	if (kind == EVENT_INCIDENT_REPORTED)
		return "insiden, incident";
	if (kind == EVENT_CORRECTED)
		return "koreksi, correction";
	if (kind == EVENT_WITHDRAWN)
		return "pencabutan, withdrawal";
	return "kabar simpul, the node's own report";
}

static void
say_left(struct home *home)
{
	const struct spool_status *status = &home->status;
	uint64_t last = status->last_seq;
	struct spool_row row;
	struct event event;

	printf("Belum diterima / not received yet: %" PRIu64 "\n",
	    last - status->receipted_seq);
	if (last - status->receipted_seq > LISTED_MAX)
		last = status->receipted_seq + LISTED_MAX;
	for (uint64_t seq = status->receipted_seq + 1; seq <= last; seq++) {
		if (home_event(home, seq, &row, &event) != OK)
			continue;
		printf("  %" PRIu64 "  %s  %s\n", seq,
		    record_state_word(row.state), kind_text(event.kind));
		spool_row_done(home->spool);
	}
	if (last < status->last_seq)
		printf("  ... sampai / to %" PRIu64 "\n", status->last_seq);
}

static void
say_how(const char *dir)
{
	printf("Cara menyelesaikan / how to finish:\n"
	       "  ada jaringan / with a link:    ikrar-collector run --dir %s, "
	       "sampai retire berkata selesai\n"
	       "  tanpa jaringan / without one:  ikrar-collector export BERKAS "
	       "--dir %s\n"
	       "  petugas atau PC baru / a new clerk or PC: ikrar-collector "
	       "rejoin KODE --dir %s\n",
	    dir, dir, dir);
}

static void
say_done(const struct home *home)
{
	char hex[NODE_HEX_SIZE];

	hex_put(hex, home->keys.id, sizeof home->keys.id);
	printf("Selesai: semua %" PRIu64 " catatan diterima. / Finished: all "
	       "are received.\nHentikan penghubung, lalu minta admin wilayah "
	       "mencabut simpul ini, supaya wilayah\ntidak menunggunya lagi: "
	       "ikrar-aggregator node revoke %s --reason PENSIUN\n",
	    home->status.last_seq, hex);
}

static int
undo(const char *path)
{
	if (unlink(path) == 0 || errno == ENOENT) {
		printf("Simpul ini menerima catatan lagi. / It takes records "
		       "again.\n");
		return 0;
	}
	tell("%s tidak dapat dihapus: %s.", "%s cannot be removed: %s", path,
	    strerror(errno));
	return 1;
}

int
retire_run(const struct retire_words *words)
{
	const char *dir = words->home.dir;
	char path[PATH_MAX];
	struct home home;

	if (home_open(&home, &words->home) != OK)
		return 1;
	home_say_drill(home.region.drill);
	if (!file_path(path, sizeof path, dir, mark_name) ||
	    (!words->undo && mark(&home, path) != OK)) {
		home_close(&home);
		return 1;
	}
	if (words->undo) {
		home_close(&home);
		return undo(path);
	}
	printf("Simpul dipensiunkan: tidak ada catatan baru di %s. / Retired: "
	       "no new records.\n",
	    dir);
	if (home.status.receipted_seq < home.status.last_seq) {
		say_left(&home);
		say_how(dir);
	} else {
		say_done(&home);
	}
	home_close(&home);
	return 0;
}
