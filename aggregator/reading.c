/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/reading.h"

#include "core/tell.h"

#include <stdio.h>

static enum err
open_store(struct reading *reading)
{
	enum err err = store_open(&reading->store, reading->dir, STORE_READ);

	if (err == OK)
		return OK;
	if (err == ERR_NOTFOUND)
		tell("Tidak ada wilayah di %s; buat dengan: ikrar-aggregator "
		     "init --dir %s --wilayah KODE",
		    "There is no region in %s; make one with: "
		    "ikrar-aggregator init --dir %s --wilayah CODE",
		    reading->dir, reading->dir);
	else
		tell("Log wilayah di %s tidak dapat dibuka; lihat baris di "
		     "atas.",
		    "The log in %s cannot be opened: see the line above.",
		    reading->dir);
	return ERR_INVALID;
}

static enum err
read_started(struct reading *reading)
{
	struct stored first;

	if (store_entry(reading->store, 0, &first) != OK ||
	    first.event.kind != EVENT_LOG_STARTED) {
		tell("Log di %s tidak dimulai sebagaimana mestinya.",
		    "The log in %s does not begin as a log does.",
		    reading->dir);
		return ERR_INVALID;
	}
	reading->started = first.event.started;
	reading->zone = wilayah_zone(reading->started.wilayah);
	if (reading->zone == NULL)
		reading->zone = "WIB";
	reading->hours = wilayah_zone_hours(reading->zone);
	return OK;
}

enum err
reading_open(struct reading *reading, const struct reading_words *words)
{
	*reading = (struct reading){.dir = words->dir};
	if (open_store(reading) != OK || read_started(reading) != OK)
		return ERR_INVALID;
	store_done(reading->store);
	if (words->clock == NULL || reading->started.drill)
		return OK;
	tell("%s bukan wilayah latihan: jalankan tanpa --clock.",
	    "%s is no drill region: run this without --clock.", words->dir);
	return ERR_INVALID;
}

void
reading_close(struct reading *reading)
{
	view_free(reading->view);
	store_close(reading->store);
	reading->view = NULL;
	reading->store = NULL;
}

enum err
reading_view(struct reading *reading)
{
	enum err err = store_view(reading->store, &reading->view);

	store_done(reading->store);
	if (err == OK)
		return OK;
	tell("Log di %s rusak; lihat baris di atas.",
	    "The log in %s is damaged: see the line above.", reading->dir);
	return ERR_INVALID;
}

void
reading_say_drill(const struct reading *reading)
{
	if (reading->started.drill)
		printf("LATIHAN: ini bukan data sungguhan. / DRILL: not real "
		       "data.\n");
}
