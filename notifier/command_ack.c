/* SPDX-License-Identifier: Apache-2.0 */
/* What an office says of an alert by command: it knows, or it is silenced. */
#include "notifier/spoken.h"

#include "model/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const uint64_t hold_ms = UINT64_C(3) * 86400000;

static int
acknowledge(struct spoken *spoken, const struct settings *settings)
{
	const struct seat_row *seat = spoken_seat(spoken, settings->seat);
	const struct term *term;
	struct event event = {.kind = EVENT_ALERT_ACKNOWLEDGED};
	struct alert_acknowledged *body = &event.acknowledged;
	char until[CALENDAR_TEXT_MAX];

	if (seat == NULL)
		return 1;
	if (!spoken->row.is_open) {
		tell("Peringatan ini sudah berakhir.",
		    "this alert has ended already");
		return 1;
	}
	body->verdict = spoken->row.last_index;
	body->until_ms = spoken->now_ms + hold_ms;
	if (settings->until != NULL &&
	    spoken_time(spoken, settings->until, &body->until_ms) != OK)
		return 1;
	term = route_term(seat, spoken->now_ms);
	memcpy(body->alert, spoken->alert, EVENT_ID_SIZE);
	(void)text_copy(body->seat, WORD_MAX, seat->id);
	(void)text_copy(body->term, WORD_MAX, term != NULL ? term->id : "");
	(void)text_copy(body->channel, WORD_MAX, "command");
	if (spoken_add(spoken, settings, &event) != OK)
		return 1;
	calendar_ms_put(until, body->until_ms, seat->zone);
	printf("dicatat: %s tahu, berlaku sampai %s / recorded: %s knows, "
	       "until %s\n",
	    seat->id, until, seat->id, until);
	return 0;
}

int
verb_ack(const struct settings *settings, const char *alert)
{
	struct spoken spoken;
	int exit_code = 1;

	if (spoken_open(&spoken, settings, false) == OK &&
	    spoken_find(&spoken, alert) == OK)
		exit_code = acknowledge(&spoken, settings);
	spoken_close(&spoken);
	return exit_code;
}

/* ---- silences */

static enum err
take_words(const struct settings *settings, struct alert_silenced *body)
{
	const struct {
		const char *from;
		char *to;
		size_t size;
	} words[] = {{settings->rule, body->rule, sizeof body->rule},
	    {settings->wilayah, body->wilayah, sizeof body->wilayah},
	    {settings->seat, body->seat, sizeof body->seat},
	    {settings->reason, body->reason, sizeof body->reason},
	    {settings->reference, body->reference, sizeof body->reference},
	    {settings->author, body->author, sizeof body->author}};

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].from != NULL &&
		    !text_copy(words[i].to, words[i].size, words[i].from)) {
			tell("\"%.40s\" terlalu panjang.",
			    "\"%.40s\" is too long", words[i].from);
			return ERR_INVALID;
		}
	if (settings->alert != NULL || settings->rule != NULL ||
	    settings->wilayah != NULL)
		return OK;
	tell("Tulis apa yang didiamkan: --alert, --rule, atau --wilayah.",
	    "say what is silenced: --alert, --rule or --wilayah");
	return ERR_INVALID;
}

static int
add_silence(struct spoken *spoken, const struct settings *settings, bool lifted)
{
	struct event event = {.kind = EVENT_ALERT_SILENCED};
	struct alert_silenced *body = &event.silenced;

	body->lifted = lifted;
	if (take_words(settings, body) != OK ||
	    spoken_seat(spoken, settings->author) == NULL ||
	    (settings->alert != NULL &&
		spoken_find(spoken, settings->alert) != OK))
		return 1;
	if (settings->alert != NULL)
		memcpy(body->alert, spoken->alert, EVENT_ID_SIZE);
	if (settings->reason == NULL || (!lifted && settings->until == NULL)) {
		tell("--reason dan (untuk add) --until wajib diisi.",
		    "--reason and, to add, --until must be given");
		return 1;
	}
	body->until_ms = spoken->now_ms;
	if (settings->until != NULL &&
	    spoken_time(spoken, settings->until, &body->until_ms) != OK)
		return 1;
	if (!lifted && body->until_ms <= spoken->now_ms) {
		tell("--until sudah lewat.", "--until has passed");
		return 1;
	}
	if (spoken_add(spoken, settings, &event) != OK)
		return 1;
	printf("dicatat / recorded\n");
	return 0;
}

struct listing {
	const struct spoken *spoken;
	struct wire *wire;
	unsigned count;
};

static void
list_one(void *context, struct bytes name, struct bytes value)
{
	struct listing *listing = context;
	char until[CALENDAR_TEXT_MAX], alert[2 * EVENT_ID_SIZE + 1];
	const struct alert_silenced *body;
	struct event event;

	(void)name;
	if (wire_unpack(listing->wire, value, &event) != REJECT_NONE ||
	    event.silenced.until_ms <= listing->spoken->now_ms)
		return;
	body = &event.silenced;
	hex_put(alert, body->alert, EVENT_ID_SIZE);
	calendar_ms_put(until, body->until_ms, listing->spoken->home.zone);
	printf("alert=%s rule=%s wilayah=%s seat=%s sampai / until %s, %s, "
	       "oleh / by %s %s\n",
	    strspn(alert, "0") == strlen(alert) ? "-" : alert,
	    body->rule[0] != '\0' ? body->rule : "-",
	    body->wilayah[0] != '\0' ? body->wilayah : "-",
	    body->seat[0] != '\0' ? body->seat : "-", until, body->reason,
	    body->author, body->reference);
	listing->count++;
}

static int
list_silences(struct spoken *spoken)
{
	struct listing listing = {.spoken = spoken, .wire = wire_new()};

	ledger_each_kept(
	    spoken->home.ledger, LEDGER_KEPT_SILENCE, list_one, &listing);
	wire_free(listing.wire);
	if (listing.count == 0)
		printf("tidak ada / none\n");
	return 0;
}

int
verb_silence(const struct settings *settings, const char *what)
{
	bool is_list = strcmp(what, "list") == 0;
	bool is_lift = strcmp(what, "lift") == 0;
	struct spoken spoken;
	int exit_code = 1;

	if (!is_list && !is_lift && strcmp(what, "add") != 0) {
		tell("silence: add, list, atau lift, bukan \"%.40s\".",
		    "silence: add, list or lift, not \"%.40s\"", what);
		return 1;
	}
	if (spoken_open(&spoken, settings, is_list) == OK)
		exit_code = is_list ? list_silences(&spoken)
				    : add_silence(&spoken, settings, is_lift);
	spoken_close(&spoken);
	return exit_code;
}
