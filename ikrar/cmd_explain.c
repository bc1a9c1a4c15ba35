/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_explain.h"

#include "core/conf.h"
#include "core/tell.h"
#include "ikrar/explain.h"
#include "ikrar/log_play.h"
#include "ikrar/moment.h"

#include <stdio.h>
#include <string.h>

enum { PREFIX_MIN = 4 };

struct settings {
	char *log;
	bool json;
};

static const struct conf_option options[] = {
    {.name = "log",
	.letter = 'l',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, log),
	.argument = "LOG",
	.required = true,
	.help_id = "Log dari ikrar-aggregator export.",
	.help_en = "A log that ikrar-aggregator export wrote."},
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Sebagai JSON.",
	.help_en = "As JSON."},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar",
    .name = "explain",
    .arguments = "PERINGATAN",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Menjelaskan satu peringatan: id (atau awalnya), atau "
	       "ATURAN:OBJEK.",
    .help_en = "Explains an alert: its id (or the beginning), or RULE:OBJECT.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

static bool
is_hex(const char *text)
{
	size_t len = strlen(text);

	return len >= PREFIX_MIN && len <= 2 * (size_t)EVENT_ID_SIZE &&
	       strspn(text, "0123456789abcdef") == len;
}

static bool
is_named(const struct view_alert *alert, const char *asked)
{
	size_t len = strlen(alert->rule);
	char id[2 * EVENT_ID_SIZE + 1];

	if (strncmp(asked, alert->rule, len) == 0 && asked[len] == ':')
		return strcmp(asked + len + 1, alert->object) == 0;
	hex_put(id, alert->id, EVENT_ID_SIZE);
	return is_hex(asked) && strncmp(id, asked, strlen(asked)) == 0;
}

/* Of several openings of one rule on one object the newest. */
static enum err
find_alert(
    const struct view *view, const char *asked, const struct view_alert **found)
{
	bool by_object = strchr(asked, ':') != NULL;
	unsigned count = 0;

	for (unsigned i = 0; i < view_alert_count(view); i++) {
		if (!is_named(view_alert(view, i), asked))
			continue;
		*found = view_alert(view, i);
		count++;
	}
	if (count == 1 || (count > 1 && by_object))
		return OK;
	if (count > 1)
		tell("ikrar: %.40s adalah awal dari %u peringatan; tulis lebih "
		     "banyak angkanya.",
		    "    (%.40s begins %u alerts; write more of its digits)",
		    asked, count);
	else
		tell(
		    "ikrar: Tidak ada peringatan %.60s di log ini; ikrar state "
		    "menyebut yang terbuka, ikrar replay semuanya.",
		    "    (there is no alert %.60s in this log; ikrar state "
		    "lists "
		    "the open ones, ikrar replay all)",
		    asked);
	return ERR_INVALID;
}

static void
print(const struct explain *explain, bool is_json)
{
	struct text_buf out = {0};
	struct json json = {0};

	if (is_json) {
		explain_json(&json, explain);
		printf("%s\n", json.text.at);
	} else {
		explain_text(&out, explain);
		printf("%s", out.at);
	}
	text_buf_clear(&out);
	json_clear(&json);
}

static enum err
explain_alert(
    const struct view *view, const char *asked, const struct settings *settings)
{
	struct explain explain = {
	    .view = view, .zone = moment_zone(view_region(view)->wilayah)};
	struct dossier dossier = {0};
	char place[WILAYAH_MAX];
	enum err err = find_alert(view, asked, &explain.alert);

	if (err != OK)
		return err;
	explain_place(view, explain.alert, place);
	err = dossier_read(&dossier, settings->log, explain.alert, place);
	explain.dossier = &dossier;
	if (err == OK)
		print(&explain, settings->json);
	else
		log_play_unreadable(settings->log);
	dossier_clear(&dossier);
	return err;
}

int
cmd_explain(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct log_play play = {
	    .until_index = UINT64_MAX, .until_ms = UINT64_MAX};
	struct replay *replay = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	play.dir = settings.log;
	err = log_play_sound(&play, &replay);
	if (err == OK)
		err = explain_alert(replay_view(replay), rest.at[0], &settings);
	replay_free(replay);
	conf_clear(&command, &settings);
	return err == OK ? 0 : 1;
}
