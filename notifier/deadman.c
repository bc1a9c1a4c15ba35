/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/deadman.h"

#include "core/json.h"
#include "core/link.h"
#include "core/log.h"
#include "model/calendar.h"

#include <stdlib.h>
#include <string.h>

enum { HOLDS_FACTOR = 3 }; /* so many signs may be missed */
static const char alertmanager_path[] = "/api/v2/alerts";

struct deadman {
	struct deadman_options options;
	struct loop_timer *timer;
	bool was_well;
};

static bool
is_well(struct deadman *deadman)
{
	struct ledger *ledger = deadman->options.ledger;
	struct spool_status status;
	struct ledger_cursor cursor;

	spool_status(deadman->options.spool, &status);
	ledger_cursor(ledger, &cursor);
	if (status.link_state != LINK_READY || status.halted != REJECT_NONE ||
	    !cursor.is_caught_up)
		return false;
	/* A ledger that takes no commit ends the process. */
	ledger_begin(ledger);
	ledger_set_cursor(ledger, &cursor);
	ledger_commit(ledger);
	return true;
}

static void
put_alert(struct json *json, const struct deadman *deadman, uint64_t now_ms)
{
	char time[CALENDAR_TEXT_MAX];

	json_object_begin(json, NULL);
	json_text(json, "status", "firing");
	json_object_begin(json, "labels");
	json_text(json, "alertname", "IkrarPemberitahuHidup");
	json_text(json, "origin", deadman->options.origin);
	json_end(json);
	json_object_begin(json, "annotations");
	json_text(json, "summary", "pemberitahu hidup dan mengikuti log");
	json_text(
	    json, "summary_en", "the notifier is alive and follows the log");
	json_end(json);
	calendar_ms_put_utc(time, now_ms);
	json_text(json, "startsAt", time);
	calendar_ms_put_utc(
	    time, now_ms + HOLDS_FACTOR * deadman->options.every_ms);
	json_text(json, "endsAt", time);
	json_end(json);
}

static void
put_body(struct json *json, const struct deadman *deadman, uint64_t now_ms)
{
	size_t len = strlen(deadman->options.url);
	size_t tail = sizeof alertmanager_path - 1;

	if (len >= tail &&
	    strcmp(deadman->options.url + len - tail, alertmanager_path) == 0) {
		json_array_begin(json, NULL);
		put_alert(json, deadman, now_ms);
		json_end(json);
		return;
	}
	json_object_begin(json, NULL);
	json_text(json, "version", "4");
	json_text(json, "status", "firing");
	json_text(json, "receiver", "deadman");
	json_array_begin(json, "alerts");
	put_alert(json, deadman, now_ms);
	json_end(json);
	json_end(json);
}

static void
on_done(void *context, const struct answer *answer)
{
	(void)context;
	if (answer->outcome != ANSWER_TAKEN)
		log_warnx("deadman-not-sent answer=%s", answer->word);
}

static void
on_timer(void *context)
{
	struct deadman *deadman = context;
	struct json json = {0};
	struct curl_post post = {.url = deadman->options.url,
	    .headers = {"content-type: application/json"},
	    .allow_private = true};
	bool well = is_well(deadman);
	uint64_t now_ms;

	loop_timer_set(deadman->timer, deadman->options.every_ms);
	if (well != deadman->was_well)
		log_info("deadman well=%d", well);
	deadman->was_well = well;
	if (!well || loop_clock_ms(NULL, &now_ms) != OK)
		return;
	put_body(&json, deadman, now_ms);
	post.body = bytes_of(json.text.at, json.text.len);
	if (curl_post_start(deadman->options.curl, &post, on_done, deadman) !=
	    OK)
		log_warnx("deadman-not-sent answer=not-set-up");
	json_clear(&json);
}

enum { FIRST_MS = 5000 }; /* time to link and read */

struct deadman *
deadman_new(const struct deadman_options *options)
{
	struct deadman *deadman = xcalloc(1, sizeof *deadman);

	deadman->options = *options;
	deadman->timer = loop_timer_new(options->loop, on_timer, deadman);
	loop_timer_set(deadman->timer, FIRST_MS);
	return deadman;
}

void
deadman_free(struct deadman *deadman)
{
	if (deadman == NULL)
		return;
	loop_timer_free(deadman->timer);
	free(deadman);
}
