/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps an alert from being told: silences, and silent nodes above it. */
#include "notifier/teller_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t no_alert[EVENT_ID_SIZE];

/* ---- silences */

enum { ENDED_AT_ONCE = 64 };

struct loading {
	struct teller *teller;
	uint64_t now_ms;
};

static bool
is_silence(struct teller *teller, struct bytes value, struct event *event)
{
	return wire_unpack(teller->other, value, event) == REJECT_NONE &&
	       event->kind == EVENT_ALERT_SILENCED;
}

static void
load_silence(void *context, struct bytes name, struct bytes value)
{
	const struct loading *loading = context;
	struct teller *teller = loading->teller;
	struct event event;

	(void)name;
	if (!is_silence(teller, value, &event) ||
	    event.silenced.until_ms <= loading->now_ms)
		return;
	if (teller->silence_count == TELLER_SILENCES_MAX) {
		log_warnx("too-many-silences most=%d", TELLER_SILENCES_MAX);
		return;
	}
	teller->silences[teller->silence_count++] = event.silenced;
}

void
teller_load_silences(struct teller *teller, uint64_t now_ms)
{
	struct loading loading = {.teller = teller, .now_ms = now_ms};

	teller->silence_count = 0;
	ledger_each_kept(teller->options.ledger, LEDGER_KEPT_SILENCE,
	    load_silence, &loading);
}

/* Names of silences that have run out. */
struct ended {
	struct loading loading;
	uint8_t names[ENDED_AT_ONCE][LEDGER_NAME_MAX];
	size_t lens[ENDED_AT_ONCE];
	unsigned count;
};

static void
note_ended(void *context, struct bytes name, struct bytes value)
{
	struct ended *ended = context;
	struct event event;

	if (ended->count == ENDED_AT_ONCE ||
	    !is_silence(ended->loading.teller, value, &event) ||
	    event.silenced.until_ms > ended->loading.now_ms)
		return;
	memcpy(ended->names[ended->count], name.at, name.len);
	ended->lens[ended->count++] = name.len;
}

static void
drop_ended(struct teller *teller, uint64_t now_ms)
{
	struct ledger *ledger = teller->options.ledger;
	struct ended *ended = xcalloc(1, sizeof *ended);

	ended->loading = (struct loading){.teller = teller, .now_ms = now_ms};
	do {
		ended->count = 0;
		ledger_each_kept(
		    ledger, LEDGER_KEPT_SILENCE, note_ended, ended);
		for (unsigned i = 0; i < ended->count; i++)
			ledger_unkeep(ledger, LEDGER_KEPT_SILENCE,
			    bytes_of(ended->names[i], ended->lens[i]));
	} while (ended->count == ENDED_AT_ONCE);
	free(ended);
}

static bool
is_about(const struct alert_silenced *silence, const struct verdict *verdict,
    const char *place, const char *seat)
{
	return (memcmp(silence->alert, no_alert, EVENT_ID_SIZE) == 0 ||
		   memcmp(silence->alert, verdict->alert, EVENT_ID_SIZE) ==
		       0) &&
	       (silence->rule[0] == '\0' ||
		   strcmp(silence->rule, verdict->rule) == 0) &&
	       (silence->wilayah[0] == '\0' ||
		   wilayah_is_within(place, silence->wilayah)) &&
	       (silence->seat[0] == '\0' || strcmp(silence->seat, seat) == 0);
}

uint64_t
teller_silenced_until(const struct teller *teller,
    const struct verdict *verdict, const char *seat, uint64_t now_ms)
{
	char place[WILAYAH_MAX];
	uint64_t until_ms = 0;

	routes_place(verdict, teller->options.region, place);
	for (unsigned i = 0; i < teller->silence_count; i++) {
		const struct alert_silenced *silence = &teller->silences[i];

		if (silence->until_ms > now_ms &&
		    silence->until_ms > until_ms &&
		    is_about(silence, verdict, place, seat))
			until_ms = silence->until_ms;
	}
	return until_ms;
}

/* What is about the same replaces what was said before. */
void
teller_take_silenced(struct teller *teller, const struct event *event,
    struct bytes bytes, uint64_t now_ms)
{
	const struct alert_silenced *body = &event->silenced;
	struct text_buf name = {0};

	text_buf_add_bytes(&name, body->alert, EVENT_ID_SIZE);
	text_buf_add_bytes(&name, body->rule, strlen(body->rule) + 1);
	text_buf_add_bytes(&name, body->wilayah, strlen(body->wilayah) + 1);
	text_buf_add_bytes(&name, body->seat, strlen(body->seat));
	if (body->lifted)
		ledger_unkeep(teller->options.ledger, LEDGER_KEPT_SILENCE,
		    bytes_of(name.at, name.len));
	else
		ledger_keep(teller->options.ledger, LEDGER_KEPT_SILENCE,
		    bytes_of(name.at, name.len), bytes);
	text_buf_clear(&name);
	drop_ended(teller, now_ms);
	teller_load_silences(teller, now_ms);
	teller_look_again(teller, now_ms);
	log_info("silence lifted=%d rule=%s wilayah=%s seat=%s author=%s",
	    body->lifted, body->rule, body->wilayah, body->seat, body->author);
}

/* ---- silent nodes */

static void
add_silent(struct teller *teller, const struct verdict *verdict)
{
	struct silent_node *made;

	if (verdict->place[0] == '\0')
		return;
	for (unsigned i = 0; i < teller->silent_count; i++)
		if (memcmp(teller->silent[i].alert, verdict->alert,
			EVENT_ID_SIZE) == 0)
			return;
	teller->silent = xrealloc(
	    teller->silent, teller->silent_count + 1, sizeof *teller->silent);
	made = &teller->silent[teller->silent_count++];
	memcpy(made->alert, verdict->alert, EVENT_ID_SIZE);
	(void)text_copy(made->place, sizeof made->place, verdict->place);
}

static void
load_alert(void *context, const uint8_t alert[EVENT_ID_SIZE],
    const struct ledger_alert *row)
{
	struct teller *teller = context;
	uint64_t index = row->last_index;
	struct bytes bytes;
	struct event event;

	if (row->is_open &&
	    ledger_verdict(teller->options.ledger, alert, &index, &bytes) ==
		OK &&
	    wire_unpack(teller->wire, bytes, &event) == REJECT_NONE &&
	    event.verdict.kind == RULE_NODE_SILENT_1)
		add_silent(teller, &event.verdict);
}

void
teller_load_silent(struct teller *teller)
{
	ledger_each_alert(teller->options.ledger, load_alert, teller);
}

void
teller_note_silent(
    struct teller *teller, const struct event *event, uint64_t now_ms)
{
	const struct verdict *verdict = &event->verdict;
	bool is_end = event->kind == EVENT_ALERT_RESOLVED ||
		      event->kind == EVENT_ALERT_WITHDRAWN;

	if (verdict->kind != RULE_NODE_SILENT_1)
		return;
	if (!is_end) {
		add_silent(teller, verdict);
		return;
	}
	for (unsigned i = 0; i < teller->silent_count; i++)
		if (memcmp(teller->silent[i].alert, verdict->alert,
			EVENT_ID_SIZE) == 0)
			teller->silent[i] =
			    teller->silent[--teller->silent_count];
	teller_look_again(teller, now_ms);
}

bool
teller_is_inhibited(const struct teller *teller, const struct verdict *verdict)
{
	char place[WILAYAH_MAX];

	if (verdict->kind != RULE_UNSIGNED_UNITS_1)
		return false;
	routes_place(verdict, teller->options.region, place);
	for (unsigned i = 0; i < teller->silent_count; i++)
		if (wilayah_is_within(place, teller->silent[i].place))
			return true;
	return false;
}
