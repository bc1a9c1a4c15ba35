/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_replay.h"

#include "core/conf.h"
#include "core/log.h"
#include "ikrar/log_dir.h"
#include "ikrar/replay.h"
#include "model/calendar.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>

struct settings {
	bool quiet;
};

static const struct conf_option options[] = {
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

static const char *
what_text(enum replay_what what)
{
	switch (what) {
	case REPLAY_EQUAL:
		return "sama/equal";
	case REPLAY_ALTERED:
		return "DIUBAH/altered alert";
	case REPLAY_REMOVED:
		return "DIHAPUS/removed alert";
	case REPLAY_ADDED:
		return "DITAMBAH/added alert";
	case REPLAY_DROPPED:
		return "HILANG/dropped input";
	case REPLAY_INVALID:
		return "TIDAK SAH/invalid entry";
	}
	return NULL;
}

static void
print_line(void *context, const struct replay_line *line)
{
	const struct settings *settings = context;
	const struct event *verdict = line->verdict;
	char when[CALENDAR_TEXT_MAX];

	if (settings->quiet && line->what == REPLAY_EQUAL)
		return;
	printf("%8" PRIu64 "  %s", line->index, what_text(line->what));
	if (verdict) {
		calendar_ms_put_utc(when, verdict->verdict.judged_at_ms);
		printf("  %s %s %s %s %s units=%" PRIu32, when,
		    event_kind_name(verdict->kind), verdict->verdict.rule,
		    verdict->verdict.object, verdict->verdict.occasion,
		    verdict->verdict.unit_count);
	}
	printf("%s%s\n", line->why ? ": " : "", line->why ? line->why : "");
}

/* What the log lines above say in short, for the person who gave the command.
 */
static int
unreadable(const char *dir)
{
	fprintf(stderr,
	    "ikrar: Log di %s tidak ada atau rusak; lihat baris di atas. "
	    "Sebut folder yang ditulis ikrar-aggregator export.\n"
	    "    (the log in %s is missing or damaged, see the line above; "
	    "name a directory that ikrar-aggregator export wrote)\n",
	    dir, dir);
	return 1;
}

/* Reads all of the log; how many lines say a difference. */
static enum err
play(struct replay *replay, struct log_dir *log)
{
	const char *checkpoint;
	struct bytes leaf;
	size_t len;
	enum err err;

	while ((err = log_dir_next(log, &leaf)) == OK)
		replay_take(replay, leaf);
	if (err != ERR_NOTFOUND)
		return err;
	checkpoint = log_dir_checkpoint(log, &len);
	replay_end(replay, checkpoint, len);
	return OK;
}

int
cmd_replay(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct log_dir *log;
	struct replay *replay;
	int code = 1;

	conf_load(&command, &settings, argc, argv, &rest);
	if (log_dir_open(&log, rest.at[0]) != OK)
		return unreadable(rest.at[0]);
	replay = replay_new(print_line, &settings);
	if (play(replay, log) == OK) {
		code = replay_differences(replay) == 0 ? 0 : 1;
		printf("%" PRIu64 " entri/entries, %" PRIu64
		       " putusan/verdicts, %" PRIu64
		       " perbedaan/differences: %s\n",
		    replay_entries(replay), replay_verdicts(replay),
		    replay_differences(replay),
		    code == 0 ? "semua sama/all equal"
			      : "TIDAK SAMA/NOT EQUAL");
	} else {
		code = unreadable(rest.at[0]);
	}
	replay_free(replay);
	log_dir_close(log);
	conf_clear(&command, &settings);
	return code;
}
