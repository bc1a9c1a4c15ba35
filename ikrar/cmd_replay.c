/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_replay.h"

#include "core/conf.h"
#include "core/log.h"
#include "ikrar/log_dir.h"
#include "ikrar/log_tree.h"
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

struct playing {
	bool quiet;
	uint64_t differences;
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
	const struct playing *playing = context;
	char when[CALENDAR_TEXT_MAX];

	if (playing->quiet && !finding)
		return;
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
	printf("%8" PRIu64 "  %s", finding->index, what_text(finding));
	if (finding->node) {
		hex_put(node, finding->node, NODE_ID_SIZE);
		printf(": node %s seq %" PRIu64, node, finding->seq);
	}
	printf(": %s (%s)%s%s\n", finding_text_id(finding->kind),
	    finding_text_en(finding->kind), finding->detail ? ": " : "",
	    finding->detail ? finding->detail : "");
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

/* The name and the key that entry 0 gives open the checkpoint. */
static bool
head_open(struct checkpoint *head, struct log_dir *log, const struct view *view)
{
	const struct view_region *region = view_region(view);
	size_t len;
	const char *text = log_dir_checkpoint(log, &len);

	return region->origin[0] != '\0' &&
	       checkpoint_open(
		   head, text, len, region->origin, region->log_key) == OK;
}

/* Reads all of the log. */
static enum err
play(
    struct replay *replay, struct log_dir *log, const struct findings *findings)
{
	struct log_tree *tree = log_tree_new(findings, NULL);
	struct finding unsigned_head = {.kind = FINDING_CHECKPOINT};
	struct checkpoint head;
	struct bytes leaf;
	enum err err;

	while ((err = log_dir_next(log, &leaf)) == OK) {
		struct hash hash = hash_leaf(leaf);

		log_tree_take(tree, &hash);
		replay_take(replay, leaf);
	}
	if (err == ERR_NOTFOUND) {
		replay_end(replay);
		if (head_open(&head, log, replay_view(replay)))
			log_tree_compare(tree, &head);
		else
			findings_tell(findings, &unsigned_head);
	}
	log_tree_free(tree);
	return err == ERR_NOTFOUND ? OK : err;
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

int
cmd_replay(int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct playing playing = {0};
	struct findings findings = {print_finding, &playing};
	struct replay_fns fns = {.context = &playing, .verdict = print_verdict};
	struct log_dir *log;
	struct replay *replay;
	int code;

	conf_load(&command, &settings, argc, argv, &rest);
	playing.quiet = settings.quiet;
	if (log_dir_open(&log, rest.at[0]) != OK)
		return unreadable(rest.at[0]);
	replay = replay_new(&findings, &fns);
	if (play(replay, log, &findings) == OK)
		code = sum_up(replay, &playing);
	else
		code = unreadable(rest.at[0]);
	replay_free(replay);
	log_dir_close(log);
	conf_clear(&command, &settings);
	return code;
}
