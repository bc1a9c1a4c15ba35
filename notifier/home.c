/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/home.h"

#include "model/catalog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char program[] = "ikrar-notifier";

/* Control characters of an argument must not fake a line. */
static void
say_line(const char *text)
{
	fprintf(stderr, "%s: ", program);
	for (; *text != '\0'; text++)
		fputc((unsigned char)*text < ' ' ? '?' : *text, stderr);
	fputc('\n', stderr);
}

void
tell(const char *id, const char *en, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, en);
	vsnprintf(text, sizeof text, id, arguments);
	va_end(arguments);
	say_line(text);
	va_start(arguments, en);
	vsnprintf(text, sizeof text, en, arguments);
	va_end(arguments);
	say_line(text);
}

static enum err
load_region(struct home *home, const char *dir)
{
	enum err err = node_region_load(&home->region, dir);
	const char *kind;

	if (err == ERR_NOTFOUND) {
		tell("Simpul ini belum bergabung. Minta kode undangan kepada "
		     "admin wilayah, lalu jalankan: ikrar-notifier join KODE "
		     "--dir %s",
		    "this node has not joined yet: ask the regional admin for "
		    "an invitation, then run: ikrar-notifier join CODE --dir "
		    "%s",
		    dir);
		return ERR_INVALID;
	}
	if (err != OK)
		return ERR_INVALID; /* logged */
	kind = catalog_word(CATALOG_NODE_KIND, home->region.kind);
	home->zone = wilayah_zone(home->region.wilayah);
	if (kind != NULL && strcmp(kind, "notifier") == 0 && home->zone != NULL)
		return OK;
	tell("%s bukan milik pemberitahu, tetapi simpul jenis %s. Pakai --dir "
	     "yang lain.",
	    "%s does not belong to a notifier but to a node of kind %s: use "
	    "another --dir",
	    dir, kind == NULL ? "?" : kind);
	return ERR_INVALID;
}

static enum err
open_stores(struct home *home, const char *dir, bool for_reading)
{
	struct spool_options spool = {.dir = dir,
	    .keys = &home->keys,
	    .wilayah = home->region.wilayah,
	    .create = !for_reading};
	struct ledger_options ledger = {
	    .dir = dir, .create = !for_reading, .read_only = for_reading};
	enum err err = spool_open(&home->spool, &spool);

	if (err == ERR_NOTFOUND && for_reading)
		return OK; /* joined, never run */
	if (err != OK)
		return err;
	err = ledger_open(&home->ledger, &ledger);
	return err == ERR_NOTFOUND && for_reading ? OK : err;
}

enum err
home_open(struct home *home, const struct settings *settings, bool for_reading)
{
	const char *dir = settings->dir;

	*home = (struct home){0};
	if (load_region(home, dir) != OK)
		return ERR_INVALID;
	home->is_drill = home->region.drill;
	if (settings->clock != NULL && !home->is_drill) {
		tell("--clock hanya untuk wilayah latihan, sedangkan %s bukan "
		     "wilayah latihan. Jalankan tanpa --clock.",
		    "--clock is for drills only, and %s is not a drill region",
		    home->region.origin);
		return ERR_INVALID;
	}
	if (node_keys_load(&home->keys, dir) != OK) {
		tell("Kunci simpul di %s/keys tidak ada atau tidak dapat "
		     "dipakai: pulihkan dari cadangan, atau bergabung lagi "
		     "dengan --dir yang baru.",
		    "the keys in %s/keys are missing or damaged: bring them "
		    "back, or join anew with a new directory",
		    dir);
		return ERR_INVALID;
	}
	if (open_stores(home, dir, for_reading) == OK)
		return OK;
	tell("Data di %s tidak dapat dibuka; lihat baris di atas.",
	    "the data in %s cannot be opened: see the line above", dir);
	home_close(home);
	return ERR_INVALID;
}

void
home_close(struct home *home)
{
	ledger_close(home->ledger);
	spool_close(home->spool);
	explicit_bzero(&home->keys, sizeof home->keys);
	home->ledger = NULL;
	home->spool = NULL;
}
