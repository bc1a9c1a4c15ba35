/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/home.h"

#include "collector/rejoin.h"
#include "collector/sentence.h"
#include "core/log.h"
#include "core/loop.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static enum err
load_region(struct home *home, const char *dir)
{
	enum err err = node_region_load(&home->region, dir);
	const char *kind;

	if (err == ERR_NOTFOUND) {
		tell("Simpul ini belum bergabung dengan wilayah, jadi belum "
		     "dapat dipakai. Minta kode undangan kepada admin wilayah, "
		     "lalu jalankan: ikrar-collector join KODE --dir %s",
		    "this node has not joined a region yet: ask the regional "
		    "admin for an invitation, then run: ikrar-collector join "
		    "CODE --dir %s",
		    dir);
		return ERR_INVALID;
	}
	if (err != OK) {
		tell("Berkas %s/region tidak dapat dibaca; lihat baris di "
		     "atas.",
		    "%s/region cannot be read: see the line above", dir);
		return ERR_INVALID;
	}
	kind = catalog_word(CATALOG_NODE_KIND, home->region.kind);
	if (kind != NULL && strcmp(kind, "collector") == 0)
		return OK;
	tell("%s bukan milik pengumpul, tetapi simpul jenis %s. Pakai --dir "
	     "yang lain.",
	    "%s belongs to a node of another kind: %s", dir,
	    kind == NULL ? "?" : kind);
	return ERR_INVALID;
}

static enum err
load_keys(struct home *home, const char *dir)
{
	enum err err = node_keys_load(&home->keys, dir);

	if (err == OK)
		return OK;
	tell("Kunci simpul di %s/keys tidak ada atau tidak dapat dipakai. "
	     "Kembalikan dari cadangan, atau minta kode undangan baru dan "
	     "bergabung dengan --dir yang baru.",
	    "the keys in %s/keys are missing or damaged: bring them back, or "
	    "join anew with a new directory",
	    dir);
	return ERR_INVALID;
}

static enum err
find_zone(struct home *home)
{
	home->zone = wilayah_zone(home->region.wilayah);
	if (home->zone == NULL) {
		tell("Zona waktu wilayah %s tidak dikenal; perbarui program "
		     "ini.",
		    "the time zone of wilayah %s is not known: update this "
		    "program",
		    home->region.wilayah);
		return ERR_INVALID;
	}
	home->hours = wilayah_zone_hours(home->zone);
	return OK;
}

enum err
home_read_clock(struct home *home)
{
	if (home->words->clock != NULL && !home->region.drill) {
		tell("--clock hanya untuk wilayah latihan, sedangkan %s bukan "
		     "wilayah latihan. Jalankan tanpa --clock.",
		    "--clock is for drills only, and %s is not a drill region",
		    home->region.origin);
		return ERR_INVALID;
	}
	if (loop_clock_ms(home->words->clock, &home->now_ms) == OK)
		return OK;
	tell("Berkas jam %s tidak dapat dibaca: isinya harus milidetik sejak "
	     "1970.",
	    "the clock file %s cannot be read: it holds milliseconds since "
	    "1970",
	    home->words->clock);
	return ERR_INVALID;
}

static enum err
open_spool(struct home *home, const char *dir)
{
	struct spool_options options = {
	    .dir = dir, .keys = &home->keys, .wilayah = home->region.wilayah};
	enum err err = spool_open(&home->spool, &options);

	if (err == OK) {
		spool_status(home->spool, &home->status);
		return OK;
	}
	if (err == ERR_NOTFOUND)
		tell("Catatan di %s/spool hilang. Jangan membuat yang baru di "
		     "sini: minta kode undangan baru kepada admin wilayah, "
		     "lalu ikrar-collector rejoin KODE.",
		    "the records in %s/spool are gone: ask the regional admin "
		    "for a new code, then ikrar-collector rejoin CODE",
		    dir);
	else
		tell("Catatan di %s/spool tidak dapat dibuka; lihat baris di "
		     "atas.",
		    "%s/spool cannot be opened: see the line above", dir);
	return ERR_INVALID;
}

enum err
home_open(struct home *home, const struct home_words *words)
{
	*home = (struct home){.words = words};
	if (rejoin_check(words->dir) == OK &&
	    load_region(home, words->dir) == OK &&
	    load_keys(home, words->dir) == OK && find_zone(home) == OK &&
	    home_read_clock(home) == OK && open_spool(home, words->dir) == OK)
		return OK;
	home_close(home);
	return ERR_INVALID;
}

void
home_close(struct home *home)
{
	wire_free(home->wire);
	spool_close(home->spool);
	explicit_bzero(&home->keys, sizeof home->keys);
	home->wire = NULL;
	home->spool = NULL;
}

void
home_say_drill(bool is_drill)
{
	if (is_drill)
		printf("LATIHAN: ini bukan data sungguhan. / DRILL: not real "
		       "data.\n");
}

enum err
home_event(
    struct home *home, uint64_t seq, struct spool_row *row, struct event *event)
{
	enum err err = spool_row(home->spool, seq, row);
	enum reject word;

	if (err != OK)
		return err;
	if (home->wire == NULL)
		home->wire = wire_new();
	word = wire_unpack(home->wire, row->event, event);
	if (word == REJECT_NONE)
		return OK;
	log_warnx("record-unreadable seq=%" PRIu64 " word=%s", seq,
	    reject_word(word));
	spool_row_done(home->spool);
	return ERR_INVALID;
}

void
home_time(const struct home *home, char text[CALENDAR_TEXT_MAX], uint64_t ms)
{
	calendar_ms_put_long(text, ms, home->zone, false);
}

uint32_t
home_today(const struct home *home)
{
	return calendar_day_of_ms(home->now_ms, home->hours);
}
