/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases, by the reviewers of the inspectorate. Each step is recorded by the
 * reviewer's own node. What the log would take but what would change nothing
 * is refused here, in a sentence that says what is possible instead.
 */
#include "aggregator/verbs.h"

#include "aggregator/admin.h"
#include "aggregator/case_shown.h"
#include "core/tell.h"
#include "model/catalog.h"
#include "node/join_command.h"

#include <stdio.h>
#include <string.h>

enum { FAILED_EXIT = 1, LIST_MAX = 256 };

struct settings {
	struct reading_words words;
	char *node, *reason, *reference, *decision, *of;
	bool json;
};

#define OPTION_NODE                                                           \
	{                                                                     \
		.name = "node", .type = CONF_TEXT,                            \
		.offset = offsetof(struct settings, node), .argument = "DIR", \
		.required = true, .help_id = "Direktori simpul penelaah.",    \
		.help_en = "The directory of the reviewer's node."            \
	}

/* ---- steps */

static const struct step_verb {
	const char *verb, *step;
	const char *id, *en;
} step_verbs[] = {
    {"receive", "DITERIMA", "menerima laporan (syarat formal lengkap)",
	"receive a report: its form is complete"},
    {"reject", "TIDAK_MEMENUHI_SYARAT", "menyatakan syarat tidak terpenuhi",
	"say that its form is not met"},
    {"verify", "DIVERIFIKASI", "memverifikasi; perlu kunci dua penelaah",
	"verify; it takes two reviewers' keys"},
    {"forward", "DITERUSKAN", "meneruskan ke lembaga yang berwenang",
	"forward it to the body that decides"},
    {"decide", NULL,
	"mencatat putusan lembaga lain: TERBUKTI atau "
	"TIDAK_TERBUKTI, dengan --decision NOMOR",
	"note another body's decision: TERBUKTI (proven) or TIDAK_TERBUKTI "
	"(not), with --decision NUMBER"},
    {"stop", "DIHENTIKAN", "menghentikan", "stop it"},
    {"follow", "TINDAK_LANJUT", "mencatat tindak lanjut", "note the follow-up"},
    {"finish", "SELESAI", "menutup", "close it"},
    {"object", "KEBERATAN", "mencatat keberatan", "note an objection"},
    {"duplicate", "GANDA", "laporan ganda dari --of KASUS",
	"told twice: the same as --of CASE"},
    {"distinct", "BEDA", "kasus tersendiri, bukan laporan ganda",
	"a case of its own"},
};
enum { STEP_VERBS = sizeof step_verbs / sizeof *step_verbs };

static const struct conf_option step_options[] = {
    READING_OPTIONS(struct settings),
    OPTION_NODE,
    {.name = "reason",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, reason),
	.argument = "KODE",
	.help_id = "Kode alasan, huruf besar; tanpa nama.",
	.help_en = "A reason code in capitals; no names."},
    {.name = "reference",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, reference),
	.argument = "NOMOR",
	.help_id = "Nomor surat rujukan.",
	.help_en = "The number of a letter."},
    {.name = "decision",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, decision),
	.argument = "NOMOR",
	.help_id = "Nomor putusan lembaga yang berwenang (decide).",
	.help_en = "The number of the decision (decide)."},
    {.name = "of",
	.type = CONF_TEXT,
	.offset = offsetof(struct settings, of),
	.argument = "KASUS",
	.help_id = "Kasus yang sama (duplicate).",
	.help_en = "The case that it is the same as (duplicate)."},
    {0},
};

static enum err
find_case(const struct view *view, const char *name, unsigned *n)
{
	*n = view_case_by_name(view, name);
	if (*n != VIEW_NO_CASE)
		return OK;
	tell("Tidak ada kasus %.40s. Lihat: ikrar-aggregator case list",
	    "There is no case %.40s; see ikrar-aggregator case list", name);
	return ERR_INVALID;
}

/* The verbs of all steps that are possible from where a case stands. */
static void
list_possible(uint32_t stands, char text[LIST_MAX])
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < STEP_VERBS; i++) {
		const struct step_verb *verb = &step_verbs[i];
		uint32_t step = catalog_number(
		    CATALOG_STEP, verb->step == NULL ? "TERBUKTI" : verb->step);
		int more;

		if (!view_step_is_allowed(stands, step))
			continue;
		more = snprintf(text + len, LIST_MAX - len, "%s%s",
		    len == 0 ? "" : ", ", verb->verb);
		len += more > 0 ? (size_t)more : 0;
	}
}

static enum err
tell_impossible(
    const struct admin *admin, unsigned n, const struct event *event)
{
	uint32_t step = event->reviewed.step;
	char name[CODE_MAX], possible[LIST_MAX];
	struct view_case at;

	view_case(admin_view(admin), n, &at);
	view_case_name(admin_view(admin), n, name);
	list_possible(at.step, possible);
	if (!view_step_is_allowed(at.step, step))
		tell("%s sekarang %s; %s tidak mungkin dari sana. Yang "
		     "mungkin: %s.",
		    "%s stands at %s now, and %s is not possible from there. "
		    "Possible: %s.",
		    name, case_step_word(at.step), case_step_word(step),
		    possible);
	else if (strcmp(case_step_word(step), "DIVERIFIKASI") == 0)
		tell("Kunci penelaah ini sudah tercatat pada %s; verifikasi "
		     "perlu kunci penelaah kedua. Yang mungkin: %s.",
		    "This reviewer's key is noted on %s already: it takes "
		    "another reviewer's. Possible: %s.",
		    name, possible);
	else
		tell("Simpul penelaah ini belum melihat keadaan %s sekarang, "
		     "jadi langkahnya tidak akan berpengaruh. Jalankan "
		     "wilayah, lalu ulangi.",
		    "This reviewer's node has not seen yet how %s stands now, "
		    "so the step would change nothing. Start the region and "
		    "try again.",
		    name);
	return ERR_INVALID;
}

/* Has somebody moved this case since the node last heard of the log? */
static bool
is_behind(const struct admin *admin, unsigned n, const struct event *event)
{
	struct view_review reviews[REVIEWS_MAX];
	unsigned count = view_reviews(admin_view(admin), n, reviews);

	for (unsigned i = 0; i < count; i++)
		if (reviews[i].index >= event->seen_size)
			return true;
	return false;
}

/* Nothing new to say, but a receipt comes back with the newest head. */
static enum err
catch_up(struct admin *admin)
{
	struct event event = {.kind = EVENT_NODE_REPORTED};
	struct admin_result result;

	(void)text_copy(
	    event.software, sizeof event.software, "ikrar/" IKRAR_VERSION);
	return admin_record(admin, &event, 1, &result);
}

/* Steps count in the order of what their writers knew. So that this one counts
 * behind those that the reviewer sees on the screen, the node first hears of
 * them. */
static enum err
check_counts(struct admin *admin, unsigned n, struct event *event)
{
	char endpoint[ENDPOINT_MAX];

	admin_frame(admin, event);
	if (is_behind(admin, n, event) &&
	    admin_endpoint(admin_reading(admin)->dir, endpoint)) {
		if (catch_up(admin) != OK)
			return ERR_INVALID;
		admin_frame(admin, event);
	}
	return view_review_counts(admin_view(admin), event)
		   ? OK
		   : tell_impossible(admin, n, event);
}

static enum err
fill_twin(
    const struct view *view, const struct settings *settings, struct event *to)
{
	struct view_case twin;
	unsigned n;

	if (settings->of == NULL) {
		tell("Sebutkan kasus yang sama: --of KASUS-...",
		    "Say which case it is the same as: --of KASUS-...");
		return ERR_INVALID;
	}
	if (find_case(view, settings->of, &n) != OK)
		return ERR_INVALID;
	view_case(view, n, &twin);
	if (twin.twin == VIEW_NO_CASE && !twin.is_withdrawn &&
	    view_case_by_id(view, &to->reviewed.target) != n) {
		to->reviewed.duplicate_of = twin.id;
		return OK;
	}
	tell("%s dicabut, laporan ganda juga, atau kasus itu sendiri; sebutkan "
	     "kasus yang dihitung.",
	    "%s is withdrawn, told twice itself, or this very case: name the "
	    "one that counts.",
	    settings->of);
	return ERR_INVALID;
}

static enum err
fill_texts(const struct settings *settings, struct reviewed *to)
{
	const char *const given[] = {
	    settings->reason, settings->reference, settings->decision};
	char *const fields[] = {to->reason, to->reference, to->decision};
	const size_t caps[] = {REASON_MAX, REFERENCE_MAX, REFERENCE_MAX};

	for (unsigned i = 0; i < 3; i++) {
		bool is_valid = given[i] == NULL ||
				(text_copy(fields[i], caps[i], given[i]) &&
				    (i == 0 ? reason_is_valid(given[i])
					    : reference_is_valid(given[i])));

		if (is_valid)
			continue;
		tell("\"%.64s\" tidak sah: %s.", "\"%.64s\" is not valid (%s).",
		    given[i], i == 0 ? "A-Z, _" : "A-Z, 0-9, titik/dot, /, -");
		return ERR_INVALID;
	}
	return OK;
}

static enum err
fill_step(const struct step_verb *verb, const struct conf_texts *rest,
    const struct settings *settings, struct reviewed *to)
{
	const char *word = verb->step;

	if (word == NULL && rest->count == 2)
		word = rest->at[1];
	if (word != NULL)
		to->step = catalog_number(CATALOG_STEP, word);
	if (verb->step == NULL &&
	    (word == NULL || (strcmp(word, "TERBUKTI") != 0 &&
				 strcmp(word, "TIDAK_TERBUKTI") != 0))) {
		tell("Tulis putusannya: case decide KASUS TERBUKTI atau "
		     "TIDAK_TERBUKTI, dengan --decision NOMOR.",
		    "Say what was decided: case decide CASE TERBUKTI or "
		    "TIDAK_TERBUKTI, with --decision NUMBER.");
		return ERR_INVALID;
	}
	if (verb->step == NULL && settings->decision == NULL) {
		tell("Putusan perlu nomornya: --decision NOMOR. Sistem ini "
		     "tidak pernah menyatakan seseorang bersalah.",
		    "A decision needs its number: --decision NUMBER. This "
		    "system finds nobody guilty.");
		return ERR_INVALID;
	}
	return fill_texts(settings, to);
}

static enum err
take_step(struct admin *admin, const struct step_verb *verb,
    const struct conf_texts *rest, const struct settings *settings)
{
	struct event event = {.kind = EVENT_INCIDENT_REVIEWED};
	struct admin_result result;
	struct view_case at;
	unsigned n;
	enum err err = find_case(admin_view(admin), rest->at[0], &n);

	if (err != OK)
		return err;
	view_case(admin_view(admin), n, &at);
	event.reviewed.target = at.id;
	err = fill_step(verb, rest, settings, &event.reviewed);
	if (err == OK && strcmp(verb->verb, "duplicate") == 0)
		err = fill_twin(admin_view(admin), settings, &event);
	if (err == OK)
		err = check_counts(admin, n, &event);
	if (err == OK)
		err = admin_record(admin, &event, 1, &result);
	if (err != OK)
		return err;
	view_case(admin_view(admin), n, &at);
	printf("%s: %s, kunci/keys %u\n", rest->at[0], case_step_word(at.step),
	    at.key_count);
	admin_say(&result);
	return OK;
}

/* One function for all steps: argv[0] is the verb. */
static int
verb_case_step(int argc, char **argv)
{
	const struct step_verb *verb = step_verbs;
	struct conf_command command = {.program = "ikrar-aggregator",
	    .arguments = "KASUS",
	    .arguments_min = 1,
	    .arguments_max = 1,
	    .options = step_options,
	    .settings_bytes = sizeof(struct settings)};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct admin *admin = NULL;
	char name[32];
	enum err err;

	while (strcmp(verb->verb, argv[0]) != 0)
		verb++;
	(void)snprintf(name, sizeof name, "case %s", verb->verb);
	command.name = name;
	command.help_id = verb->id;
	command.help_en = verb->en;
	if (verb->step == NULL) {
		command.arguments = "KASUS TERBUKTI|TIDAK_TERBUKTI";
		command.arguments_max = 2;
	}
	conf_load(&command, &settings, argc, argv, &rest);
	err = admin_open_reviewer(&admin, &settings.words, settings.node);
	if (err == OK)
		err = take_step(admin, verb, &rest, &settings);
	admin_close(admin);
	conf_clear(&command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

/* ---- list, show */

static const struct conf_option look_options[] = {
    READING_OPTIONS(struct settings),
    {.name = "json",
	.letter = 'j',
	.type = CONF_FLAG,
	.offset = offsetof(struct settings, json),
	.help_id = "Sebagai JSON.",
	.help_en = "As JSON."},
    {0},
};

static const struct conf_command list_command = {.program = "ikrar-aggregator",
    .name = "case list",
    .help_id = "Semua kasus: di mana posisinya, terhitung sebagai apa, "
	       "tenggatnya, dan laporan yang mungkin sama.",
    .help_en = "All cases: where they stand, what they count as, deadlines, "
	       "and reports that may be the same.",
    .options = look_options,
    .settings_bytes = sizeof(struct settings)};

static const struct conf_command show_command = {.program = "ikrar-aggregator",
    .name = "case show",
    .arguments = "KASUS",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Satu kasus dengan seluruh riwayatnya.",
    .help_en = "One case with its whole history.",
    .options = look_options,
    .settings_bytes = sizeof(struct settings)};

/* `n` is VIEW_NO_CASE for all. */
static void
show(const struct reading *reading, unsigned n, bool as_json)
{
	struct json json = {0};

	if (!as_json) {
		if (n == VIEW_NO_CASE)
			case_say_all(reading);
		else
			case_say(reading, n);
		return;
	}
	if (n == VIEW_NO_CASE)
		case_put_all(&json, reading);
	else
		case_put(&json, reading, n);
	printf("%s\n", json.text.at);
	json_clear(&json);
}

static int
look(const struct conf_command *command, int argc, char **argv)
{
	struct settings settings = {0};
	struct conf_texts rest = {0};
	struct reading reading;
	unsigned n = VIEW_NO_CASE;
	enum err err;

	conf_load(command, &settings, argc, argv, &rest);
	err = reading_open(&reading, &settings.words);
	if (err == OK)
		err = reading_view(&reading);
	if (err == OK && rest.count > 0)
		err = find_case(reading.view, rest.at[0], &n);
	if (err == OK)
		show(&reading, n, settings.json);
	reading_close(&reading);
	conf_clear(command, &settings);
	return err == OK ? 0 : FAILED_EXIT;
}

static int
verb_case_list(int argc, char **argv)
{
	return look(&list_command, argc, argv);
}

static int
verb_case_show(int argc, char **argv)
{
	return look(&show_command, argc, argv);
}

/* ---- join */

static const struct conf_option join_options[] = {OPTION_NODE, {0}};

static const struct conf_command join_of_reviewer = {
    .program = "ikrar-aggregator",
    .name = "case join",
    .arguments = "KODE",
    .arguments_min = 1,
    .arguments_max = 1,
    .help_id = "Mendaftarkan simpul penelaah dengan kode undangan.",
    .help_en = "Enrols a reviewer's node with an invitation code.",
    .options = join_options,
    .settings_bytes = sizeof(struct settings)};

static int
verb_case_join(int argc, char **argv)
{
	struct join_command command = {.kind = "reviewer",
	    .id = "penelaah",
	    .en = "a reviewer",
	    .next = "ikrar-aggregator case list --dir WILAYAH; case verify "
		    "KASUS --dir WILAYAH --node",
	    .next_more = ""};
	struct settings settings = {0};
	struct conf_texts rest = {0};
	int exit_code;

	conf_load(&join_of_reviewer, &settings, argc, argv, &rest);
	command.dir = settings.node;
	exit_code = join_command(&command, rest.at[0]);
	conf_clear(&join_of_reviewer, &settings);
	return exit_code;
}

int
verb_case(int argc, char **argv)
{
	struct conf_verb verbs[STEP_VERBS + 4] = {
	    {"list", verb_case_list, "semua kasus", "all cases"},
	    {"show", verb_case_show, "satu kasus dan riwayatnya",
		"one case and its history"},
	    {"join", verb_case_join, "mendaftarkan simpul penelaah",
		"enrol a reviewer's node"},
	};

	for (unsigned i = 0; i < STEP_VERBS; i++)
		verbs[3 + i] = (struct conf_verb){step_verbs[i].verb,
		    verb_case_step, step_verbs[i].id, step_verbs[i].en};
	return conf_dispatch("ikrar-aggregator case", verbs, argc, argv);
}
