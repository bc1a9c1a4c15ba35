/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/verbs.h"

#include "aggregator/parked.h"
#include "aggregator/state_json.h"
#include "aggregator/state_text.h"
#include "core/tell.h"

#include <stdio.h>

enum { FAILED_EXIT = 1 };

struct settings {
	struct reading_words words;
	char *campaign;
	bool json, units;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {.name = "campaign",
	.letter = 'c',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, campaign),
	.argument = "ID",
	.help_id = "Hanya kegiatan ini.",
	.help_en = "This campaign only."},
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Sebagai JSON.",
	.help_en = "As JSON."},
    {.name = "units",
	.letter = 'u',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, units),
	.help_id = "Dengan --json: juga setiap unit.",
	.help_en = "With --json: each unit too."},
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "state",
    .help_id = "Keadaan wilayah: cakupan menurut kecamatan dan OPD, simpul, "
	       "insiden, peringatan.",
    .help_en = "What the region adds up to: coverage by kecamatan and OPD, "
	       "nodes, incidents, alerts.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

static void
print_json(const struct reading *reading, const struct settings *settings)
{
	struct json json = {0};

	state_put(&json, reading,
	    &(struct sum_asked){
		.campaign = settings->campaign, .units = settings->units});
	printf("%s\n", json.text.at);
	json_clear(&json);
}

static void
say_text(const struct reading *reading, const char *campaign)
{
	state_say(reading, campaign);
	parked_say(reading);
}

static enum err
check_campaign(const struct reading *reading, const char *campaign)
{
	if (campaign == NULL ||
	    view_campaign_by_id(reading->view, campaign) != NULL)
		return OK;
	tell("Tidak ada kegiatan %.40s di wilayah ini.",
	    "There is no campaign %.40s in this region.", campaign);
	return ERR_INVALID;
}

int
verb_state(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	if (err == OK)
		err = check_campaign(&reading, settings.campaign);
	if (err == OK && settings.json)
		print_json(&reading, &settings);
	else if (err == OK)
		say_text(&reading, settings.campaign);
	reading_close(&reading);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}
