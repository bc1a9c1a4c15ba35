/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "aggregator/log_json.h"
#include "aggregator/reading.h"
#include "core/tell.h"
#include "model/calendar.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	FAILED_EXIT = 1,
	DONE_EVERY = 1024, /* entries that one look at the log may last */
	SHORT_ID = 4,      /* bytes of a node's id, for people */
};

struct settings {
	struct reading_words words;
	uint64_t from, max;
	bool json;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "from",
	.type = CONF_U64,
	.offset = offsetof(struct settings, from),
	.argument = "N",
	.help_id = "Mulai dari entri ini.",
	.help_en = "Begin at this entry."},
    {.name = "max",
	.type = CONF_U64,
	.offset = offsetof(struct settings, max),
	.argument = "N",
	.help_id = "Paling banyak sekian entri; bawaan: semua.",
	.help_en = "At most so many entries; default: all."},
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Satu objek JSON sebaris, dengan isinya.",
	.help_en = "A JSON object a line, with all that is in it."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "log read",
    .help_id = "Membaca log wilayah, satu entri sebaris.",
    .help_en = "Reads the region's log, an entry a line.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static void
say_json(const struct stored *stored)
{
	struct json json = {0};

	log_put_entry(&json, stored);
	printf("%s\n", json.text.at);
	json_clear(&json);
}

static void
say_line(const struct reading *reading, const struct stored *stored)
{
	const struct event *event = &stored->event;
	char at[CALENDAR_TEXT_MAX], id[2 * SHORT_ID + 1];

	calendar_ms_put(at, stored->leaf.received_at_ms, reading->zone);
	if (stored->leaf.author == AUTHOR_LOG) {
		printf("%" PRIu64 "  %s  log  %s\n", stored->index, at,
		    event_kind_name(event->kind));
		return;
	}
	hex_put(id, event->node, SHORT_ID);
	printf("%" PRIu64 "  %s  %s %s %" PRIu64 "  %s\n", stored->index, at,
	    event->wilayah, id, event->seq, event_kind_name(event->kind));
}

static enum err
read_log(struct reading *reading, const struct settings *settings)
{
	uint64_t size = store_size(reading->store);
	uint64_t end = size;
	struct stored stored;

	if (settings->max != 0 && settings->from < size &&
	    settings->max < size - settings->from)
		end = settings->from + settings->max;
	for (uint64_t i = settings->from; i < end; i++) {
		if (store_entry(reading->store, i, &stored) != OK) {
			tell("Entri %" PRIu64 " tidak dapat dibaca.",
			    "The entry %" PRIu64 " cannot be read.", i);
			return ERR_INVALID;
		}
		if (settings->json)
			say_json(&stored);
		else
			say_line(reading, &stored);
		if (i % DONE_EVERY == 0)
			store_done(reading->store);
	}
	return OK;
}

static int
verb_read(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK && !settings.json)
		reading_say_drill(&reading);
	if (err == OK)
		err = read_log(&reading, &settings);
	reading_close(&reading);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

int
verb_log(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"read", verb_read, "membaca log", "read the log"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator log", verbs, argc, argv);
}
