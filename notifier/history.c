/* SPDX-License-Identifier: Apache-2.0 */
/* All that the ledger knows of one alert, and a ledger made anew. */
#include "notifier/spoken.h"

#include "core/log.h"
#include "model/calendar.h"
#include "notifier/attempt.h"
#include "notifier/letter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES_MAX = 4096 };

static const char *const tones[] = {"diberi tahu / told",
    "diingatkan / reminded", "diingatkan lagi / reminded again",
    "dinaikkan / escalated", "kelompok / group", "rangkuman / digest"};
static const char *const phases[] = {
    "menunggu / waiting", "diberi tahu / told", "selesai / over"};

static const char *
time_of(const struct spoken *spoken, uint64_t ms, char text[CALENDAR_TEXT_MAX])
{
	if (ms == 0 || ms == plan_never_ms)
		return "-";
	calendar_ms_put(text, ms, spoken->home.zone);
	return text;
}

static void
put_row(void *context, const struct ledger_row *row)
{
	const struct spoken *spoken = context;
	char promised[CALENDAR_TEXT_MAX], settled[CALENDAR_TEXT_MAX];

	printf("  %s, entri / entry %" PRIu64 ": %s %s %s, %s",
	    time_of(spoken, row->promised_ms, promised), row->key.index,
	    row->key.target.seat,
	    row->key.target.term[0] != '\0' ? row->key.target.term : "-",
	    row->key.target.channel, tones[row->tone]);
	if (row->tone == ROUTE_ESCALATED)
		printf(" %u", row->step);
	if (row->bundle != 0)
		printf(", dalam pesan / in message %" PRIu64, row->bundle);
	printf("; sampai / delivered %s, %u percobaan / attempts%s%s\n",
	    row->state == LEDGER_SETTLED && attempt_went_out(row)
		? time_of(spoken, row->settled_ms, settled)
		: "-",
	    row->attempts, row->answer[0] != '\0' ? ", " : "", row->answer);
}

static void
put_watch(void *context, const struct ledger_watch *watch)
{
	const struct spoken *spoken = context;
	char due[CALENDAR_TEXT_MAX], acked[CALENDAR_TEXT_MAX];

	printf("  %s: %s, langkah / step %u, pengingat / reminders %u, "
	       "berikutnya / next %s, dijawab sampai / acknowledged until %s\n",
	    watch->seat, phases[watch->state.phase], watch->state.step,
	    watch->state.reminders, time_of(spoken, watch->due_ms, due),
	    time_of(spoken, watch->state.acked_until_ms, acked));
}

static void
put_verdicts(const struct spoken *spoken)
{
	struct wire *wire = wire_new();
	uint64_t index = 0;
	struct bytes bytes;
	struct event event;

	while (ledger_verdict(
		   spoken->home.ledger, spoken->alert, &index, &bytes) == OK) {
		char time[CALENDAR_TEXT_MAX];

		if (wire_unpack(wire, bytes, &event) == REJECT_NONE)
			printf("  %s, entri / entry %" PRIu64 ": %s %s %s\n",
			    time_of(spoken, event.verdict.judged_at_ms, time),
			    index, letter_kind_word(event.kind),
			    event.verdict.rule, event.verdict.reason);
		index++;
	}
	wire_free(wire);
}

int
verb_history(const struct settings *settings, const char *alert)
{
	struct spoken spoken;
	int exit_code = 1;

	if (spoken_open(&spoken, settings, true) == OK &&
	    spoken_find(&spoken, alert) == OK) {
		printf("putusan / verdicts\n");
		put_verdicts(&spoken);
		printf("pesan / messages\n");
		ledger_each_of_alert(
		    spoken.home.ledger, spoken.alert, put_row, &spoken);
		printf("rencana / plan\n");
		ledger_each_watch(
		    spoken.home.ledger, spoken.alert, put_watch, &spoken);
		exit_code = 0;
	}
	spoken_close(&spoken);
	return exit_code;
}

/* ---- rebuild */

struct copying {
	struct ledger *to;
};

/* Numbers of digests must not begin again: a gap, or a number that comes
 * twice, would tell a reader that something is wrong. */
static void
copy_digest(void *context, struct bytes name, struct bytes value)
{
	struct copying *copying = context;

	ledger_keep(copying->to, LEDGER_KEPT_DIGEST, name, value);
}

static enum err
begin_anew(struct ledger *old, const char *dir)
{
	struct ledger_options options = {.dir = dir, .create = true};
	struct copying copying;
	enum err err = ledger_open(&copying.to, &options);

	if (err != OK)
		return err;
	ledger_begin(copying.to);
	ledger_each_kept(old, LEDGER_KEPT_DIGEST, copy_digest, &copying);
	ledger_commit(copying.to);
	ledger_close(copying.to);
	return OK;
}

int
verb_rebuild(const struct settings *settings)
{
	char from[PATH_BYTES_MAX], to[PATH_BYTES_MAX];
	struct spoken spoken;
	int exit_code = 1;

	if (home_daemon_runs(settings->dir)) {
		tell("Hentikan dulu pemberitahu yang berjalan di %s.",
		    "stop the notifier that runs on %s first", settings->dir);
		return 1;
	}
	if (spoken_open(&spoken, settings, false) == OK) {
		snprintf(from, sizeof from, "%.4000s/ledger", settings->dir);
		snprintf(to, sizeof to, "%.4000s/ledger-%" PRIu64,
		    settings->dir, spoken.now_ms);
		if (rename(from, to) != 0)
			log_warn("rebuild-rename path=%s", from);
		else if (begin_anew(spoken.home.ledger, settings->dir) == OK)
			exit_code = 0;
	}
	spoken_close(&spoken);
	if (exit_code == 0)
		printf("buku lama: %s; jalankan lagi pemberitahu: log dibaca "
		       "dari entri 0, yang sudah sampai tidak dikirim lagi\n"
		       "the old ledger: %s; run the notifier again: the log "
		       "is read from entry 0, what was delivered is not sent "
		       "again\n",
		    to, to);
	return exit_code;
}
