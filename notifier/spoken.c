/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/spoken.h"

#include "core/loop.h"
#include "model/calendar.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { REFERENCE_MIN = 8, HEX_MAX = 2 * EVENT_ID_SIZE + 1 };

enum err
spoken_open(
    struct spoken *spoken, const struct settings *settings, bool for_reading)
{
	struct inbox_options inbox = {0};
	struct teller_options teller = {0};

	*spoken = (struct spoken){0};
	if (home_routes(&spoken->routes, settings) != OK ||
	    home_open(&spoken->home, settings, for_reading) != OK ||
	    loop_clock_ms(settings->clock, &spoken->now_ms) != OK)
		return ERR_INVALID;
	if (spoken->home.ledger == NULL) {
		tell("Pemberitahu ini belum pernah berjalan. Jalankan dulu: "
		     "ikrar-notifier run --dir %s",
		    "this notifier has never run; run it first: "
		    "ikrar-notifier run --dir %s",
		    settings->dir);
		return ERR_NOTFOUND;
	}
	teller = (struct teller_options){.ledger = spoken->home.ledger,
	    .routes = &spoken->routes,
	    .region = spoken->home.region.wilayah,
	    .zone = spoken->home.zone,
	    .now_ms = spoken->now_ms};
	if (spoken->routes.count > 0)
		spoken->teller = teller_new(&teller);
	inbox = (struct inbox_options){.node = spoken->home.keys.id,
	    .origin = spoken->home.region.origin,
	    .log_key = spoken->home.region.log_key,
	    .ledger = spoken->home.ledger,
	    .teller = spoken->teller};
	spoken->inbox = inbox_new(&inbox);
	return OK;
}

void
spoken_close(struct spoken *spoken)
{
	inbox_free(spoken->inbox);
	teller_free(spoken->teller);
	routes_clear(&spoken->routes);
	home_close(&spoken->home);
}

struct search {
	struct spoken *spoken;
	const char *reference;
	unsigned found;
};

static void
match(void *context, const uint8_t alert[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	struct search *search = context;
	char hex[HEX_MAX];

	hex_put(hex, alert, EVENT_ID_SIZE);
	if (strncmp(hex, search->reference, strlen(search->reference)) != 0)
		return;
	search->found++;
	search->spoken->row = *row;
	memcpy(search->spoken->alert, alert, EVENT_ID_SIZE);
}

enum err
spoken_find(struct spoken *spoken, const char *reference)
{
	struct search search = {.spoken = spoken, .reference = reference};
	size_t len = strlen(reference);

	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)reference[i]))
			len = 0;
	if (len >= REFERENCE_MIN)
		ledger_each_alert(spoken->home.ledger, match, &search);
	if (search.found == 1)
		return OK;
	tell("Peringatan \"%.40s\" %s. Pakai rujukan di surat, delapan angka "
	     "heksadesimal atau lebih.%.0s",
	    "alert \"%.40s\" %.0s%s; use the reference of its letter, eight "
	    "hexadecimal digits or more",
	    reference, search.found == 0 ? "tidak dikenal" : "tidak tunggal",
	    search.found == 0 ? "is not known" : "is not unique");
	return ERR_NOTFOUND;
}

const struct seat_row *
spoken_seat(const struct spoken *spoken, const char *id)
{
	const struct seat_row *seat =
	    id != NULL ? seats_by_id(inbox_seats(spoken->inbox), id) : NULL;

	if (seat == NULL)
		tell("Kursi \"%.24s\" tidak ada di log wilayah; tulis id dari "
		     "offices.yaml.",
		    "there is no seat \"%.24s\" in the region's log; write an "
		    "id of offices.yaml",
		    id != NULL ? id : "");
	return seat;
}

enum err
spoken_time(const struct spoken *spoken, const char *text, uint64_t *ms)
{
	if (calendar_ms_get(ms, text, wilayah_zone_hours(spoken->home.zone)) ==
	    OK)
		return OK;
	tell("\"%.40s\" bukan waktu; tulis seperti \"2024-11-20 08:00\" (%s).",
	    "\"%.40s\" is not a time; write it as \"2024-11-20 08:00\" (%s)",
	    text, spoken->home.zone);
	return ERR_INVALID;
}

enum err
spoken_add(
    struct spoken *spoken, const struct settings *settings, struct event *event)
{
	enum reject why = REJECT_NONE;
	enum err err =
	    spool_add(spoken->home.spool, event, 1, spoken->now_ms, &why);

	if (err == OK) {
		spool_wake_daemon(settings->dir);
		return OK;
	}
	tell("Tidak dicatat: %s.%.0s", "not recorded: %.0s%s",
	    why != REJECT_NONE ? reject_text_id(why) : "tidak ada ruang",
	    why != REJECT_NONE ? reject_text_en(why) : "there is no room");
	return err;
}
