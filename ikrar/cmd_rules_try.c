/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/cmd_rules.h"

#include "core/conf.h"
#include "core/json.h"
#include "core/loop.h"
#include "core/tell.h"
#include "ikrar/log_play.h"
#include "ikrar/moment.h"
#include "ikrar/progress.h"
#include "ikrar/trial.h"
#include "model/calendar.h"
#include "model/catalog.h"
#include "sheet/rules_file.h"

#include <inttypes.h>
#include <stdio.h>

enum { LOOK_EVERY = 64 /* entries */ };

struct settings {
	char *log, *from, *to;
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
    {.name = "from",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, from),
	.argument = "WAKTU",
	.help_id = "Aturan baru berlaku sejak waktu ini; bawaan: sejak aturan "
		   "pertama dalam log.",
	.help_en = "The new rules hold from this time on; by default from the "
		   "log's first rules on."},
    {.name = "to",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, to),
	.argument = "WAKTU",
	.help_id = "Sampai waktu ini; bawaan: sampai akhir log.",
	.help_en = "Up to this time; by default to the end of the log."},
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
    .name = "rules try",
    .arguments = "BERKAS",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Peringatan mana yang bertambah atau hilang di bawah aturan "
	       "BERKAS, menurut riwayat dalam log.",
    .help_en = "Which alerts are added or removed under the rules of a file, "
	       "by the history in a log.",
    .options = options,
    .settings_bytes = sizeof(struct settings),
};

/* Both histories. */
struct rehearsal {
	struct outcomes recorded;
	struct trial *trial;
	struct progress progress;
	const char *zone;
	unsigned same, changed, added, removed;
	uint64_t took_ms;
};

static void
note_recorded(void *context, uint64_t index, const struct finding *finding,
    const struct event *verdict)
{
	struct rehearsal *rehearsal = context;

	(void)index, (void)finding;
	if (verdict != NULL)
		outcomes_note(&rehearsal->recorded, verdict);
}

static void
take(void *context, uint64_t index, const struct leaf *leaf)
{
	struct rehearsal *rehearsal = context;

	trial_take(rehearsal->trial, leaf);
	if (index % LOOK_EVERY == 0)
		progress_at(&rehearsal->progress, index, "");
}

/* ---- in words */

static void
put_when(const struct rehearsal *rehearsal, const char *before, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_ms_put(text, ms, rehearsal->zone);
	printf("%s%s", before, text);
}

static void
print_figures(const struct outcome *outcome)
{
	const struct figures *figures = &outcome->figures;

	switch (outcome->kind) {
	case RULE_UNSIGNED_UNITS_1:
		printf("; unit %" PRIu32 ": tepat/on time %" PRIu32
		       ", lambat/late %" PRIu32 ", belum/not %" PRIu32
		       ", sunyi/unheard %" PRIu32
		       ", dikecualikan/excused %" PRIu32,
		    figures->expected, figures->on_time, figures->late,
		    figures->unsigned_known, figures->unheard,
		    figures->excused);
		break;
	case RULE_REPEAT_INCIDENTS_1:
	case RULE_BURST_1:
		printf("; dilaporkan/reported %" PRIu32
		       ", diverifikasi/verified %" PRIu32,
		    figures->reported, figures->verified);
		break;
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
	case RULE_CASE_DEADLINE_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
}

static void
print_outcome(const struct rehearsal *rehearsal, const char *what,
    const struct outcome *outcome)
{
	printf("%s  %s %s %s (%s)", what, outcome->rule,
	    catalog_word(CATALOG_SCOPE, outcome->scope), outcome->object,
	    outcome->occasion);
	put_when(rehearsal, "  dibuka/opened ", outcome->opened_ms);
	if (outcome->ended_ms == 0) {
		printf(", masih terbuka/still open");
	} else {
		put_when(rehearsal,
		    outcome->is_withdrawn ? ", ditarik/withdrawn "
					  : ", selesai/resolved ",
		    outcome->ended_ms);
		printf(" (%s)", outcome->reason);
	}
	print_figures(outcome);
	printf("\n");
}

static void
count_pair(struct rehearsal *rehearsal, const struct outcome *before,
    const struct outcome *after)
{
	if (before == NULL)
		rehearsal->added++;
	else if (after == NULL)
		rehearsal->removed++;
	else if (outcome_is_equal(before, after))
		rehearsal->same++;
	else
		rehearsal->changed++;
}

static void
print_pair(
    void *context, const struct outcome *before, const struct outcome *after)
{
	struct rehearsal *rehearsal = context;

	count_pair(rehearsal, before, after);
	if (before == NULL) {
		print_outcome(rehearsal, "+ bertambah/added  ", after);
	} else if (after == NULL) {
		print_outcome(rehearsal, "- hilang/removed   ", before);
	} else if (!outcome_is_equal(before, after)) {
		print_outcome(rehearsal, "< dulu/before      ", before);
		print_outcome(rehearsal, "> menjadi/becomes  ", after);
	}
}

static void
print_text(struct rehearsal *rehearsal, const struct rules_file *rules)
{
	outcomes_pair(&rehearsal->recorded, trial_outcomes(rehearsal->trial),
	    print_pair, rehearsal);
	printf("%" PRIu32 " aturan/rules", rules->count);
	put_when(rehearsal, ", berlaku sejak/in force from ",
	    trial_from_ms(rehearsal->trial));
	printf("\nbertambah/added %u, hilang/removed %u, berubah/changed %u, "
	       "sama/equal %u (%" PRIu64 ".%" PRIu64 " s)\n",
	    rehearsal->added, rehearsal->removed, rehearsal->changed,
	    rehearsal->same, rehearsal->took_ms / 1000,
	    rehearsal->took_ms % 1000 / 100);
}

/* ---- as JSON */

struct json_pairs {
	struct json *json;
	struct rehearsal *rehearsal;
};

static void
json_pair(
    void *context, const struct outcome *before, const struct outcome *after)
{
	const struct json_pairs *pairs = context;

	count_pair(pairs->rehearsal, before, after);
	if (before != NULL && after != NULL && outcome_is_equal(before, after))
		return;
	outcome_put(pairs->json, before, after);
}

static void
print_json(struct rehearsal *rehearsal)
{
	struct json json = {0};
	struct json_pairs pairs = {&json, rehearsal};

	json_object_begin(&json, NULL);
	json_u64(&json, "from_ms", trial_from_ms(rehearsal->trial));
	json_array_begin(&json, "alerts");
	outcomes_pair(&rehearsal->recorded, trial_outcomes(rehearsal->trial),
	    json_pair, &pairs);
	json_end(&json);
	json_u64(&json, "added", rehearsal->added);
	json_u64(&json, "removed", rehearsal->removed);
	json_u64(&json, "changed", rehearsal->changed);
	json_u64(&json, "equal", rehearsal->same);
	json_u64(&json, "took_ms", rehearsal->took_ms);
	json_end(&json);
	printf("%s\n", json.text.at);
	json_clear(&json);
}

/* ---- all */

static enum err
when(uint64_t *ms, const char *text, const char *wilayah, const char *option)
{
	struct moment moment = {0};

	if (moment_get(&moment, text, wilayah, option) != OK)
		return ERR_INVALID;
	if (moment.index != UINT64_MAX) {
		tell("ikrar: --%s %.40s: tulis waktu seperti \"2024-10-04 "
		     "16:00\".",
		    "    (--%s %.40s: write a time such as \"2024-10-04 "
		    "16:00\")",
		    option, text);
		return ERR_INVALID;
	}
	*ms = moment.ms;
	return OK;
}

static enum err
check_in_force(const struct trial *trial)
{
	if (trial_from_ms(trial) != UINT64_MAX)
		return OK;
	tell("ikrar: Aturan itu tidak sempat berlaku dalam log ini: log tidak "
	     "memuat aturan, atau --from sesudah entri terakhir.",
	    "    (those rules never came into force in this log: it holds no "
	    "rules, or --from is after its last entry)");
	return ERR_INVALID;
}

static enum err
rehearse(struct rehearsal *rehearsal, const struct log_play *play)
{
	uint64_t began_ms = loop_monotonic_ms();
	struct replay *replay = NULL;
	enum err err;

	progress_open(&rehearsal->progress, log_play_size(play->dir));
	err = log_play_sound(play, &replay);
	progress_wipe(&rehearsal->progress);
	replay_free(replay);
	rehearsal->took_ms = loop_monotonic_ms() - began_ms;
	return err == OK ? check_in_force(rehearsal->trial) : err;
}

static enum err
run(const struct settings *settings, const struct rules_file *rules)
{
	struct rehearsal rehearsal = {0};
	const struct replay_fns fns = {
	    .context = &rehearsal, .verdict = note_recorded};
	struct log_play play = {.dir = settings->log,
	    .until_index = UINT64_MAX,
	    .fns = &fns,
	    .context = &rehearsal,
	    .before = take};
	struct log_started started;
	uint64_t from_ms = 0;
	enum err err = log_play_first(&started, play.dir);

	if (err == OK && settings->from != NULL)
		err = when(&from_ms, settings->from, started.wilayah, "from");
	if (err == OK)
		err = when(&play.until_ms, settings->to, started.wilayah, "to");
	if (err != OK)
		return err;
	rehearsal.zone = moment_zone(started.wilayah);
	rehearsal.trial = trial_new(rules->rows, rules->count, from_ms);
	err = rehearse(&rehearsal, &play);
	if (err == OK && settings->json)
		print_json(&rehearsal);
	else if (err == OK)
		print_text(&rehearsal, rules);
	trial_free(rehearsal.trial);
	outcomes_clear(&rehearsal.recorded);
	return err;
}

int
cmd_rules_try(int argc, char **argv)
{
	struct yaml_file *file = yaml_file_new();
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct rules_file rules = {0};
	int code = CONF_EXIT;

	conf_load(&command, &settings, argc, argv, &rest);
	if (rules_file_read(&rules, file, rest.at[0]) != OK)
		(void)fprintf(stderr, "%s\n", yaml_file_why(file));
	else
		code = run(&settings, &rules) == OK ? 0 : 1;
	rules_file_clear(&rules);
	yaml_file_free(file);
	conf_clear(&command, &settings);
	return code;
}
