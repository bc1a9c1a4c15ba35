/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_state.h"

#include "core/conf.h"
#include "core/tell.h"
#include "ikrar/log_play.h"
#include "ikrar/moment.h"
#include "report/sum_json.h"
#include "report/sum_text.h"

#include <stdio.h>

struct settings {
	char *at, *until, *campaign;
	bool json, units;
};

static const struct conf_option options[] = {
    {.name = "at",
	.letter = 'a',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, at),
	.argument = "INDEKS",
	.help_id = "Keadaan sesudah entri ini dan putusannya.",
	.help_en = "As it was after this entry and its verdicts."},
    {.name = "until",
	.letter = 'u',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, until),
	.argument = "WAKTU",
	.help_id =
	    "Keadaan pada waktu ini, zona wilayah: \"2024-10-04 16:00\".",
	.help_en = "As it was at this time in the region's zone."},
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
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, units),
	.help_id = "Dengan --json: juga setiap unit.",
	.help_en = "With --json: each unit too."},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar",
    .name = "state",
    .arguments = "LOG",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Keadaan wilayah menurut log: cakupan, simpul, peringatan.",
    .help_en = "What a log adds up to: coverage, nodes, alerts.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

static void
print_json(const struct view *view, const struct settings *settings)
{
	struct json json = {0};

	json_object_begin(&json, NULL);
	sum_json_region(&json, view);
	json_array_begin(&json, "nodes");
	for (unsigned i = 0; i < view_node_count(view); i++) {
		json_object_begin(&json, NULL);
		sum_json_node(&json, view, view_node(view, i));
		json_end(&json);
	}
	json_end(&json);
	sum_json_campaigns(&json, view,
	    &(struct sum_asked){settings->campaign, settings->units});
	sum_json_incidents(&json, view);
	sum_json_alerts(&json, view);
	json_end(&json);
	printf("%s\n", json.text.at);
	json_clear(&json);
}

static void
print_text(const struct view *view, const char *campaign)
{
	const struct view_region *region = view_region(view);
	struct text_buf out = {0};
	const struct sum_text sum = {&out, view, moment_zone(region->wilayah)};

	if (region->drill)
		printf("LATIHAN: ini bukan data sungguhan. / DRILL: not real "
		       "data.\n");
	sum_text_region(&sum);
	sum_text_campaigns(&sum, campaign);
	text_buf_add(&out, "\n");
	sum_text_nodes(&sum);
	text_buf_add(&out, "\n");
	sum_text_incidents(&sum);
	sum_text_alerts(&sum, true);
	printf("%s", out.at);
	text_buf_clear(&out);
}

static enum err
check_campaign(const struct view *view, const char *campaign)
{
	if (campaign == NULL || view_campaign_by_id(view, campaign) != NULL)
		return OK;
	tell("ikrar: Tidak ada kegiatan %.40s di log ini.",
	    "    (there is no campaign %.40s in this log)", campaign);
	return ERR_INVALID;
}

static enum err
bound(struct log_play *play, const struct settings *settings)
{
	struct log_started started;
	struct moment at, until;

	if (log_play_first(&started, play->dir) != OK ||
	    moment_get(&at, settings->at, started.wilayah, "at") != OK ||
	    moment_get(&until, settings->until, started.wilayah, "until") != OK)
		return ERR_INVALID;
	play->until_index = at.index < until.index ? at.index : until.index;
	play->until_ms = at.ms < until.ms ? at.ms : until.ms;
	return OK;
}

int
cmd_state(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct log_play play = {0};
	struct replay *replay = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	play.dir = rest.at[0];
	err = bound(&play, &settings);
	if (err == OK)
		err = log_play_sound(&play, &replay);
	if (err == OK)
		err = check_campaign(replay_view(replay), settings.campaign);
	if (err == OK && settings.json)
		print_json(replay_view(replay), &settings);
	else if (err == OK)
		print_text(replay_view(replay), settings.campaign);
	replay_free(replay);
	conf_clear(&command, &settings);
	return err == OK ? 0 : 1;
}
