/* SPDX-License-Identifier: Apache-2.0 */
/* A person decides that an alert has ended; and which are open. */
#include "aggregator/verbs.h"

#include "aggregator/verb_admin.h"
#include "core/tell.h"
#include "model/catalog.h"
#include "report/sum_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1, ID_HEX = 2 * EVENT_ID_SIZE, ID_HEX_LEAST = 6 };

struct settings {
	struct reading_words words;
	struct decided decided;
	bool all;
};

/* ---- which alert */

static const struct view_alert *
find_alert(const struct view *view, const char *text)
{
	const struct view_alert *found = NULL;
	size_t len = strlen(text);
	unsigned count = 0;
	char hex[ID_HEX + 1];

	for (unsigned i = 0; i < view_alert_count(view); i++) {
		hex_put(hex, view_alert(view, i)->id, EVENT_ID_SIZE);
		if (strncmp(hex, text, len) != 0)
			continue;
		found = view_alert(view, i);
		count++;
	}
	if (count == 1 && len >= ID_HEX_LEAST)
		return found;
	tell("Peringatan \"%.40s\" tidak ditemukan, atau tidak hanya satu; "
	     "lihat: ikrar-aggregator alert list",
	    "There is no alert \"%.40s\", or more than one: see "
	    "ikrar-aggregator alert list",
	    text);
	return NULL;
}

/* ---- close */

/* Real and made up are words for the reports that a burst holds. */
static enum err
closing_reason(char reason[REASON_MAX], const struct settings *settings,
    const struct view *view, const struct view_alert *alert)
{
	enum err err = decided_reason(reason, &settings->decided, "closing");
	bool is_of_burst =
	    strcmp(reason, "NYATA") == 0 || strcmp(reason, "BUATAN") == 0;

	if (err != OK || !is_of_burst ||
	    view_alert_kind(view, alert) == RULE_BURST_1)
		return err;
	tell("--reason %s hanya untuk peringatan lonjakan laporan (burst/1): "
	     "ia memutuskan laporan yang ditahan. Peringatan ini dari aturan "
	     "%s; pakai SELESAI atau KELIRU.",
	    "--reason %s is for alerts on a rush of reports (burst/1) only: it "
	    "decides on the reports held. This alert is of the rule %s; use "
	    "SELESAI or KELIRU.",
	    reason, alert->rule);
	return ERR_INVALID;
}

static enum err
close_alert(
    struct admin *admin, const void *given, const struct conf_texts *rest)
{
	const struct settings *settings = given;
	const struct view_alert *alert =
	    find_alert(admin_view(admin), rest->at[0]);
	struct event event = {.kind = EVENT_ALERT_CLOSED};
	struct alert_closed *body = &event.alert_closed;
	char hex[ID_HEX + 1], what[160];
	enum err err;

	if (alert == NULL)
		return ERR_INVALID;
	hex_put(hex, alert->id, EVENT_ID_SIZE);
	if (alert->state != ALERT_OPEN) {
		tell("Peringatan %s tidak terbuka lagi.",
		    "The alert %s is not open any more.", hex);
		return ERR_INVALID;
	}
	err = closing_reason(body->reason, settings, admin_view(admin), alert);
	if (err == OK)
		err = decided_reference(body->reference, &settings->decided);
	if (err != OK)
		return err;
	memcpy(body->alert, alert->id, EVENT_ID_SIZE);
	snprintf(what, sizeof what, "%s %s: ditutup/closed (%s)", alert->rule,
	    alert->object, body->reason);
	return decided_record(admin, &event, what);
}

static int
verb_alert_close(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct settings),
	    REASON_OPTION(struct settings, decided,
		"Alasan: SELESAI (ditangani), KELIRU (peringatannya "
		"keliru); lonjakan laporan saja: NYATA (laporannya benar dan "
		"dihitung), BUATAN (dibuat-buat, tidak pernah dihitung).",
		"Why: SELESAI (dealt with), KELIRU (the alert is mistaken); of "
		"a rush of reports only: NYATA (they are real and count), "
		"BUATAN (made up, they never count)."),
	    REFERENCE_OPTION(struct settings, decided),
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "alert close",
	    .arguments = "ID",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .help_id = "Menutup peringatan yang terbuka; terbuka lagi hanya "
		       "karena hal yang baru. ID dari alert list, atau enam "
		       "huruf pertamanya.",
	    .help_en = "Closes an open alert; only something new opens it "
		       "again. ID as alert list says it, or its first six "
		       "letters.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};

	return admin_run(
	    &(struct admin_line){&command, &settings, argc, argv}, close_alert);
}

/* ---- list */

static void
say_alert(const struct view_alert *alert)
{
	char hex[ID_HEX + 1];

	hex_put(hex, alert->id, EVENT_ID_SIZE);
	printf("%s  %s  %s %s  %s%s%s\n", hex, alert->rule,
	    catalog_word(CATALOG_SCOPE, alert->scope), alert->object,
	    sum_alert_word(alert->state),
	    alert->closed_reason[0] != '\0' ? " " : "", alert->closed_reason);
}

static void
list_alerts(const struct view *view, bool all)
{
	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);

		if (all || alert->state == ALERT_OPEN)
			say_alert(alert);
	}
}

static int
verb_alert_list(int argc, char **argv)
{
	static const struct conf_option options[] = {
	    READING_OPTIONS(struct settings),
	    {.name = "all",
		.letter = 'a',
		.type = CONF_FLAG,
		.offset = offsetof(struct settings, all),
		.help_id = "Juga yang sudah selesai atau ditarik.",
		.help_en = "Those that are over too."},
	    {0},
	};
	static const struct conf_command command = {
	    .program = "ikrar-aggregator",
	    .name = "alert list",
	    .help_id = "Peringatan yang terbuka, satu baris satu: nomor, "
		       "aturan, tentang apa, keadaan.",
	    .help_en = "The open alerts, a line each: id, rule, what about, "
		       "state.",
	    .options = options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	if (err == OK) {
		reading_say_drill(&reading);
		list_alerts(reading.view, settings.all);
	}
	reading_close(&reading);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

int
verb_alert(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"list", verb_alert_list, "peringatan yang terbuka",
		"the open alerts"},
	    {"close", verb_alert_close, "menutup peringatan", "close an alert"},
	    {0},
	};

	return conf_dispatch("ikrar-aggregator alert", verbs, argc, argv);
}
