/* SPDX-License-Identifier: Apache-2.0 */
/* An admin says that the clock is right, after the daemon has doubted it. */
#include "aggregator/verbs.h"

#include "aggregator/admin.h"
#include "aggregator/standing.h"
#include "core/tell.h"
#include "model/calendar.h"

#include <stdio.h>

enum { FAILED_EXIT = 1 };

struct settings {
	struct reading_words words;
};

static const struct conf_option options[] = {
    READING_OPTIONS(struct settings),
    {0},
};

static const struct conf_command command = {.program = "ikrar-aggregator",
    .name = "clock accept",
    .help_id = "Menyatakan bahwa jam wilayah benar; daemon yang berhenti "
	       "mencatat karena jamnya meragukan akan mencatat lagi.",
    .help_en = "Says that the region's clock is right; a daemon that stopped "
	       "logging because it was in doubt goes on.",
    .options = options,
    .settings_bytes = sizeof(struct settings)};

/* Time in the log never goes back: it would stand still until then. */
static enum err
check_after(const struct admin *admin, const char *now)
{
	uint64_t last_ms =
	    view_region(admin_reading(admin)->view)->last_received_ms;
	char last[CALENDAR_TEXT_MAX];

	if (admin_now_ms(admin) + CLOCK_JUMP_MS >= last_ms)
		return OK;
	calendar_ms_put(last, last_ms, admin_reading(admin)->zone);
	tell("Jam komputer ini menunjukkan %s, sebelum entri terakhir dalam "
	     "log (%s). Betulkan dahulu jamnya, lalu ulangi.",
	    "This computer's clock says %s, before the last entry of the log "
	    "(%s). Set it right first, then try again.",
	    now, last);
	return ERR_INVALID;
}

static enum err
check_doubted(const struct admin *admin)
{
	struct standing_note note;

	if (standing_load(&note, admin_reading(admin)->dir) == OK &&
	    note.word == STANDING_CLOCK)
		return OK;
	tell("Jam wilayah tidak diragukan; tidak ada yang perlu dibenarkan.",
	    "The region's clock is not in doubt: there is nothing to accept.");
	return ERR_INVALID;
}

static enum err
accept(struct admin *admin)
{
	struct event event = {.kind = EVENT_CLOCK_ACCEPTED};
	struct admin_result result;
	char now[CALENDAR_TEXT_MAX];
	enum err err;

	calendar_ms_put(now, admin_now_ms(admin), admin_reading(admin)->zone);
	err = check_doubted(admin);
	if (err == OK)
		err = check_after(admin, now);
	if (err != OK)
		return err;
	event.clock_ms = admin_now_ms(admin);
	err = admin_record(admin, &event, 1, &result);
	if (err != OK)
		return err;
	printf("Jam dibenarkan / clock accepted: %s\n", now);
	admin_say(&result);
	return OK;
}

static int
verb_clock_accept(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	enum err err;

	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open(&admin, &settings.words);
	if (err == OK)
		err = accept(admin);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

int
verb_clock(int argc, char **argv)
{
	static const struct conf_verb verbs[] = {
	    {"accept", verb_clock_accept, "jam wilayah benar",
		"the region's clock is right"},
	    {0}};

	return conf_dispatch("ikrar-aggregator clock", verbs, argc, argv);
}
