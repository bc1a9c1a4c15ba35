/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_replay.h"

#include "core/conf.h"
#include "core/loop.h"
#include "core/tell.h"
#include "ikrar/log_play.h"
#include "ikrar/moment.h"
#include "ikrar/progress.h"
#include "model/calendar.h"
#include "report/sum_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SPEED_MAX = 1000000000, LOOK_MS = 1000 };

struct settings {
	char *speed, *until;
	bool quiet;
};

static const struct conf_option options[] = {
    {.name = "speed",
	.letter = 's',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, speed),
	.argument = "N",
	.help_id = "sekian kali waktu sebenarnya; max (bawaan): secepatnya",
	.help_en = "so many times real time; max (the default): at once"},
    {.name = "until",
	.letter = 'u',
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, until),
	.argument = "WAKTU|INDEKS",
	.help_id = "berhenti di sana dan tampilkan keadaan peringatan",
	.help_en = "stop there and print the state of the alerts"},
    {.name = "quiet",
	.letter = 'q',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, quiet),
	.help_id = "hanya perbedaan dan baris penutup",
	.help_en = "differences and the closing line alone"},
    {0},
};

static const struct conf_command command = {
    .program = "ikrar",
    .name = "replay",
    .arguments = "LOG",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "memutar ulang log dan membandingkan setiap peringatan",
    .help_en = "plays a log again and compares each alert",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

struct playing {
	bool quiet, is_cut;
	uint64_t differences;
	struct progress progress;
	struct loop *loop; /* NULL: at once */
	const char *zone;
	uint64_t speed, began_ms, first_ms;
};

static const char *
what_text(const struct finding *finding)
{
	if (!finding)
		return "sama/equal";
	switch ((int)finding->kind) {
	case FINDING_ALERT_ALTERED:
		return "DIUBAH/altered alert";
	case FINDING_ALERT_REMOVED:
		return "DIHAPUS/removed alert";
	case FINDING_ALERT_ADDED:
		return "DITAMBAH/added alert";
	case FINDING_START:
	case FINDING_SHORT:
	case FINDING_UNKNOWN_NODE:
	case FINDING_GAP:
	case FINDING_UNCOVERED:
		return "HILANG/dropped input";
	}
	return finding_who(finding->kind) == 0 ? "catatan/note"
					       : "TIDAK SAH/invalid entry";
}

static bool
is_of_alerts(const struct finding *finding)
{
	return finding->kind == FINDING_ALERT_ALTERED ||
	       finding->kind == FINDING_ALERT_REMOVED ||
	       finding->kind == FINDING_ALERT_ADDED;
}

static void
print_verdict(void *context, uint64_t index, const struct finding *finding,
    const struct event *verdict)
{
	struct playing *playing = context;
	char when[CALENDAR_TEXT_MAX];

	if (playing->quiet && !finding)
		return;
	progress_wipe(&playing->progress);
	printf("%8" PRIu64 "  %s", index, what_text(finding));
	if (verdict) {
		calendar_ms_put_utc(when, verdict->verdict.judged_at_ms);
		printf("  %s %s %s %s %s units=%" PRIu32, when,
		    event_kind_name(verdict->kind), verdict->verdict.rule,
		    verdict->verdict.object, verdict->verdict.occasion,
		    verdict->verdict.unit_count);
	}
	printf("\n");
}

/* Alerts are printed with their verdict. */
static void
print_finding(void *context, const struct finding *finding)
{
	struct playing *playing = context;
	char node[2 * NODE_ID_SIZE + 1];

	playing->differences += finding_who(finding->kind) != 0;
	if (is_of_alerts(finding))
		return;
	progress_wipe(&playing->progress);
	printf("%8" PRIu64 "  %s", finding->index, what_text(finding));
	if (finding->node) {
		hex_put(node, finding->node, NODE_ID_SIZE);
		printf(": node %s seq %" PRIu64, node, finding->seq);
	}
	printf(": %s (%s)%s%s\n", finding_text_id(finding->kind),
	    finding_text_en(finding->kind), finding->detail ? ": " : "",
	    finding->detail ? finding->detail : "");
}

static void
say_where(struct playing *playing, uint64_t index, uint64_t ms)
{
	char when[CALENDAR_TEXT_MAX];

	calendar_ms_put(when, ms, playing->zone);
	progress_at(&playing->progress, index, when);
}

static int
sum_up(const struct replay *replay, const struct playing *playing)
{
	bool is_equal = playing->differences == 0;

	printf("%" PRIu64 " entri/entries, %" PRIu64
	       " putusan/verdicts, %" PRIu64 " perbedaan/differences: %s\n",
	    replay_entries(replay), replay_verdicts(replay),
	    playing->differences,
	    is_equal ? "semua sama/all equal" : "TIDAK SAMA/NOT EQUAL");
	return is_equal ? 0 : 1;
}

/* ---- at N times the speed it had */

static uint64_t
passed_ms(const struct playing *playing)
{
	return (loop_monotonic_ms() - playing->began_ms) * playing->speed;
}

/* Waits until the log's time has come to this entry, and says each second how
 * far it is. */
static void
wait_for(void *context, uint64_t index, const struct leaf *leaf)
{
	struct playing *playing = context;
	const bool is_never = false;
	uint64_t due;

	if (index == 0)
		playing->first_ms = leaf->received_at_ms;
	due = leaf->received_at_ms < playing->first_ms
		  ? 0
		  : leaf->received_at_ms - playing->first_ms;
	for (uint64_t passed = passed_ms(playing); passed < due;
	     passed = passed_ms(playing)) {
		uint64_t rest = (due - passed - 1) / playing->speed + 1;
		enum err err;

		say_where(playing, index, playing->first_ms + passed);
		(void)fflush(stdout);
		err = loop_run_until(
		    playing->loop, &is_never, rest < LOOK_MS ? rest : LOOK_MS);
		CHECK(err == ERR_TIMEOUT);
	}
}

static enum err
set_speed(struct playing *playing, struct log_play *play, const char *speed)
{
	if (speed == NULL || strcmp(speed, "max") == 0)
		return OK;
	if (u64_get(&playing->speed, speed, 1, SPEED_MAX) != OK) {
		tell("ikrar: --speed %.40s: tulis max, atau 1 sampai %d.",
		    "    (--speed %.40s: write max, or 1 to %d)", speed,
		    SPEED_MAX);
		return ERR_INVALID;
	}
	if (loop_open(&playing->loop, NULL) != OK)
		return ERR_IO;
	playing->began_ms = loop_monotonic_ms();
	play->before = wait_for;
	play->is_live = true;
	return OK;
}

/* ---- all */

static enum err
prepare(struct playing *playing, struct log_play *play,
    const struct settings *settings)
{
	struct moment until = {UINT64_MAX, UINT64_MAX};
	struct log_started started;

	progress_open(&playing->progress, log_play_size(play->dir));
	playing->is_cut = settings->until != NULL;
	if (settings->until != NULL || settings->speed != NULL) {
		if (log_play_first(&started, play->dir) != OK ||
		    moment_get(&until, settings->until, started.wilayah,
			"until") != OK)
			return ERR_INVALID;
		playing->zone = moment_zone(started.wilayah);
	}
	play->until_index = until.index;
	play->until_ms = until.ms;
	return set_speed(playing, play, settings->speed);
}

static void
print_alerts(const struct view *view)
{
	struct text_buf out = {0};
	const struct sum_text sum = {
	    &out, view, moment_zone(view_region(view)->wilayah)};

	sum_text_region(&sum);
	sum_text_alerts(&sum, false);
	printf("%s", out.at);
	text_buf_clear(&out);
}

static int
run(struct playing *playing, const struct log_play *play)
{
	struct replay *replay;
	int code;

	if (log_play(play, &replay) != OK) {
		progress_wipe(&playing->progress);
		log_play_unreadable(play->dir);
		return 1;
	}
	progress_wipe(&playing->progress);
	if (playing->is_cut)
		print_alerts(replay_view(replay));
	code = sum_up(replay, playing);
	replay_free(replay);
	return code;
}

int
cmd_replay(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct playing playing = {0};
	const struct findings findings = {print_finding, &playing};
	const struct replay_fns fns = {
	    .context = &playing, .verdict = print_verdict};
	struct log_play play = {
	    .findings = &findings, .fns = &fns, .context = &playing};
	int code = 1;

	conf_load(&command, &settings, argc, argv, &rest);
	play.dir = rest.at[0];
	playing.quiet = settings.quiet;
	if (prepare(&playing, &play, &settings) == OK)
		code = run(&playing, &play);
	loop_close(playing.loop);
	conf_clear(&command, &settings);
	return code;
}
