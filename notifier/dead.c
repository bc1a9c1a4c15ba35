/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dead letters: messages that were declined again and again, or whose target
 * is gone. A person looks, mends the contact or the other side, and has them
 * delivered again; the daemon notices within seconds.
 */
#include "notifier/home.h"

#include "core/conf.h"
#include "core/json.h"
#include "core/log.h"
#include "core/loop.h"
#include "model/calendar.h"
#include "notifier/attempt.h"
#include "model/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
	const struct settings *settings;
	const struct home *home;
	struct json *json; /* NULL: in words */
	uint64_t *serials;
	unsigned count;
	struct ledger_row last;
	uint64_t only; /* this serial; 0: all */
};

static void
row_to_json(struct json *json, const struct ledger_row *row)
{
	json_object_begin(json, NULL);
	json_u64(json, "number", row->serial);
	json_hex(json, "alert", row->key.alert, EVENT_ID_SIZE);
	json_u64(json, "entry", row->key.index);
	json_text(json, "seat", row->key.target.seat);
	json_text(json, "term", row->key.target.term);
	json_text(json, "channel", row->key.target.channel);
	json_text(json, "answer", row->answer);
	json_bool(json, "stopped", row->is_stopped);
	json_u64(json, "attempts", row->attempts);
	json_u64(json, "restarts", row->restarts);
	json_u64(json, "restarted_ms", row->restarted_ms);
	json_u64(json, "tried_ms", row->tried_ms);
	json_u64(json, "next_ms", row->next_ms);
	json_end(json);
}

static void
row_in_words(const struct home *home, const struct ledger_row *row)
{
	char tried[CALENDAR_TEXT_MAX], next[CALENDAR_TEXT_MAX] = "-";

	calendar_ms_put(tried, row->tried_ms, home->zone);
	if (row->next_ms > 0)
		calendar_ms_put(next, row->next_ms, home->zone);
	printf("%" PRIu64 "  entri %" PRIu64
	       " -> %s %s %s: %s %s, %u percobaan "
	       "/ attempts, terakhir / last %s, berikutnya / next %s\n",
	    row->serial, row->key.index, row->key.target.seat,
	    row->key.target.term[0] != '\0' ? row->key.target.term : "-",
	    row->key.target.channel, row->answer,
	    row->is_stopped ? "(berhenti / stopped)" : "(ditolak / declined)",
	    row->attempts, tried, next);
}

static void
on_row(void *context, const struct ledger_row *row)
{
	struct listing *listing = context;
	const char *seat = listing->settings->seat;

	if (!ledger_row_is_dead(row) ||
	    (seat != NULL && strcmp(seat, row->key.target.seat) != 0) ||
	    (listing->only > 0 && listing->only != row->serial))
		return;
	listing->serials = xrealloc(
	    listing->serials, listing->count + 1, sizeof *listing->serials);
	listing->serials[listing->count++] = row->serial;
	listing->last = *row;
	if (listing->json != NULL)
		row_to_json(listing->json, row);
}

static void
print_row(void *context, const struct ledger_row *row)
{
	struct listing *listing = context;
	unsigned before = listing->count;

	on_row(listing, row);
	if (listing->count > before && listing->json == NULL)
		row_in_words(listing->home, row);
}

static int
list(struct listing *listing)
{
	struct json json = {0};

	if (listing->settings->is_json) {
		listing->json = &json;
		json_array_begin(&json, NULL);
	}
	ledger_each_owed(listing->home->ledger, 0, print_row, listing);
	if (listing->settings->is_json) {
		json_end(&json);
		puts(json.text.at);
		json_clear(&json);
	} else if (listing->count == 0) {
		printf("tidak ada surat mati / no dead letters\n");
	}
	return 0;
}

/* The text as it would go out now, without where it would go. */
static void
print_letter(const struct home *home, const struct ledger_row *row)
{
	struct inbox_options options = {.ledger = home->ledger,
	    .node = home->keys.id,
	    .origin = home->region.origin,
	    .log_key = home->region.log_key};
	struct attempt_source source = {.ledger = home->ledger,
	    .inbox = inbox_new(&options),
	    .wire = wire_new(),
	    .later_wire = wire_new(),
	    .region = home->region.wilayah,
	    .zone = home->zone,
	    .is_drill = home->is_drill};
	struct letter letter = {0};
	struct attempt attempt;

	if (attempt_make(&attempt, &source, row) == OK) {
		attempt_write(&letter, &attempt, &source, row->promised_ms);
		printf("\n%s\n\n%s", letter.subject, letter.body.at);
		letter_clear(&letter);
	}
	attempt_clear(&attempt);
	inbox_free(source.inbox);
	wire_free(source.wire);
	wire_free(source.later_wire);
}

static int
no_such(uint64_t number)
{
	tell("Tidak ada surat mati nomor %" PRIu64
	     ". Lihat: ikrar-notifier dead list",
	    "there is no dead letter %" PRIu64
	    "; see: ikrar-notifier dead list",
	    number);
	return 1;
}

static int
show(struct listing *listing)
{
	const struct home *home = listing->home;
	char at[CALENDAR_TEXT_MAX];

	ledger_each_owed(home->ledger, listing->only - 1, on_row, listing);
	if (listing->count == 0)
		return no_such(listing->only);
	row_in_words(home, &listing->last);
	calendar_ms_put(at, listing->last.promised_ms, home->zone);
	printf("dijanjikan / promised: %s\n", at);
	if (listing->last.restarts > 0) {
		calendar_ms_put(at, listing->last.restarted_ms, home->zone);
		printf(
		    "dikirim lagi / redelivered: %u kali / times, terakhir / "
		    "last %s\n",
		    listing->last.restarts, at);
	}
	print_letter(home, &listing->last);
	return 0;
}

static int
redeliver(struct listing *listing, struct home *home)
{
	unsigned restarted = 0;
	uint64_t now_ms;

	if (home_open_ledger(home, listing->settings) != OK ||
	    loop_clock_ms(NULL, &now_ms) != OK)
		return 1;
	ledger_each_owed(home->ledger,
	    listing->only > 0 ? listing->only - 1 : 0, on_row, listing);
	if (listing->only > 0 && listing->count == 0)
		return no_such(listing->only);
	for (unsigned i = 0; i < listing->count; i++) {
		if (ledger_restart(home->ledger, listing->serials[i], now_ms) !=
		    OK)
			continue; /* delivered meanwhile */
		log_info("dead-letter-restarted number=%" PRIu64,
		    listing->serials[i]);
		restarted++;
	}
	printf("dijadwalkan lagi / scheduled again: %u\n", restarted);
	return 0;
}

static int
usage(void)
{
	tell("Pakai: ikrar-notifier dead list | dead show NOMOR | dead "
	     "redeliver NOMOR, atau redeliver --seat KURSI, atau redeliver "
	     "--all.",
	    "use: ikrar-notifier dead list | dead show NUMBER | dead redeliver "
	    "NUMBER, or redeliver --seat SEAT, or redeliver --all");
	return CONF_USAGE_EXIT;
}

static int
run_on(struct home *home, struct listing *listing, const char *what)
{
	if (home->ledger == NULL)
		return home_open_ledger(home, listing->settings) == OK ? 0 : 1;
	if (strcmp(what, "list") == 0)
		return list(listing);
	return strcmp(what, "show") == 0 ? show(listing)
					 : redeliver(listing, home);
}

int
verb_dead(const struct settings *settings, const char *what, const char *number)
{
	struct home home;
	struct listing listing = {.settings = settings, .home = &home};
	bool wants_number = strcmp(what, "list") != 0 &&
			    settings->seat == NULL && !settings->is_all;
	int exit_code;

	if ((strcmp(what, "list") != 0 && strcmp(what, "show") != 0 &&
		strcmp(what, "redeliver") != 0) ||
	    (strcmp(what, "show") == 0 && !wants_number) ||
	    wants_number != (number != NULL) ||
	    (number != NULL &&
		u64_get(&listing.only, number, 1, INT64_MAX) != OK))
		return usage();
	if (home_open(&home, settings, true) != OK)
		return 1;
	exit_code = run_on(&home, &listing, what);
	home_close(&home);
	free(listing.serials);
	return exit_code;
}
