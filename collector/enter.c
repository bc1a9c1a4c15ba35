/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/enter.h"

#include "collector/preview.h"
#include "collector/quarantine.h"
#include "collector/record.h"
#include "collector/retire.h"
#include "collector/room.h"
#include "collector/sealing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { ANSWER_MAX = 64, ASK_TIMES = 3 };

/* One command at work. */
struct entering {
	const struct enter_words *words;
	struct home home;
	struct source source;
	struct text_buf preview;
	bool has_seal;
	struct sealing sealing; /* of the incident, if so */
	uint64_t retry_of;      /* the refused row that is repeated; 0: none */
};

static enum err
begin(struct entering *entering, const struct enter_words *words)
{
	*entering = (struct entering){.words = words};
	if (home_open(&entering->home, &words->home) != OK)
		return ERR_INVALID;
	if (retire_check(words->home.dir) != OK) {
		home_close(&entering->home);
		return ERR_INVALID;
	}
	source_init(&entering->source, &entering->home);
	home_say_drill(entering->home.region.drill);
	return OK;
}

static int
end(struct entering *entering, int exit_code)
{
	source_clear(&entering->source);
	text_buf_clear(&entering->preview);
	home_close(&entering->home);
	return exit_code;
}

static int
refused(struct entering *entering)
{
	const struct source *source = &entering->source;
	size_t shown = source->error_count;

	if (shown > SOURCE_ERRORS_MAX)
		shown = SOURCE_ERRORS_MAX;
	fflush(stdout);
	for (size_t i = 0; i < shown; i++) {
		const struct source_error *error = &source->errors[i];

		fprintf(stderr, "baris %u", error->row);
		if (error->column != 0)
			fprintf(stderr, ", kolom %u", error->column);
		fprintf(
		    stderr, ": %s\n    (%s)\n", error->why.id, error->why.en);
	}
	if (source->error_count > shown)
		fprintf(stderr, "... dan %zu kesalahan lagi / and %zu more\n",
		    source->error_count - shown, source->error_count - shown);
	sentence_tell(&source->why);
	return end(entering, 1);
}

/* ---- asking */

static bool
is_one_of(const char *answer, const char *const words[4])
{
	for (unsigned i = 0; i < 4; i++)
		if (strcasecmp(answer, words[i]) == 0)
			return true;
	return false;
}

/* Only a yes is a yes. */
static enum err
ask(void)
{
	static const char *const yes[] = {"y", "ya", "yes", "simpan"};
	static const char *const no[] = {"t", "tidak", "n", "no"};
	char answer[ANSWER_MAX];

	for (unsigned i = 0; i < ASK_TIMES; i++) {
		printf("Simpan? [y/t] ");
		fflush(stdout);
		if (fgets(answer, sizeof answer, stdin) == NULL)
			break;
		if (isatty(STDIN_FILENO) == 0)
			printf("\n"); /* nobody pressed Enter here */
		answer[strcspn(answer, "\r\n")] = '\0';
		if (is_one_of(answer, yes))
			return OK;
		if (is_one_of(answer, no)) {
			tell("Tidak disimpan.", "not stored");
			return ERR_DENIED;
		}
		printf("Jawab y (ya) atau t (tidak). / Answer y or t.\n");
	}
	printf("\n");
	tell("Tidak disimpan, karena tidak ada jawaban. Jawab y, atau pakai "
	     "--yes.",
	    "not stored, for there was no answer; answer y, or give --yes");
	return ERR_DENIED;
}

/* ---- storing */

static void
tell_not_stored(enum err err, enum reject why)
{
	if (err == ERR_FULL)
		tell("Tidak ada yang disimpan: disk penuh. Hapus berkas yang "
		     "tidak perlu, lalu ulangi perintah ini.",
		    "nothing was stored, for the disk is full: delete what is "
		    "not needed, then give this command again");
	else if (err == ERR_DUP)
		tell("Tidak disimpan: catatan itu baru saja ditangani orang "
		     "lain; lihat ikrar-collector quarantine list.",
		    "not stored: somebody has just dealt with that record");
	else if (err == ERR_INVALID)
		tell("Tidak disimpan: %s. Periksa isian lalu ulangi.",
		    "not stored: %s", reject_text_id(why));
	else
		tell("Tidak disimpan: disk tidak dapat ditulis; lihat baris di "
		     "atas.",
		    "not stored: the disk cannot be written, see the line "
		    "above");
}

static enum err
add(struct entering *entering, struct event *events, unsigned count,
    enum reject *why)
{
	const struct sealed *sealed = &entering->sealing.sealed;
	struct home *home = &entering->home;

	if (entering->retry_of != 0)
		return spool_retry(
		    home->spool, entering->retry_of, events, home->now_ms, why);
	if (entering->has_seal)
		return spool_add_sealed(home->spool, events,
		    bytes_of(sealed->blob, sealed->blob_len), home->now_ms,
		    why);
	return spool_add(home->spool, events, count, home->now_ms, why);
}

static int
store(struct entering *entering, struct event *events, unsigned count)
{
	struct home *home = &entering->home;
	enum reject why = REJECT_NONE;
	enum err err;

	if (room_check(home, events) != OK)
		return end(entering, 1);
	preview_notes(&entering->preview, &entering->source);
	fputs(entering->preview.at, stdout);
	if (!entering->words->yes && ask() != OK)
		return end(entering, 1);
	/* The answer may have taken an hour. */
	if (home_read_clock(home) != OK)
		return end(entering, 1);
	err = add(entering, events, count, &why);
	if (err != OK) {
		tell_not_stored(err, why);
		return end(entering, 1);
	}
	spool_wake_daemon(home->words->dir);
	if (count == 1)
		printf("tersimpan %" PRIu64 "\n", events[0].seq);
	else
		printf("tersimpan %" PRIu64 "-%" PRIu64 "\n", events[0].seq,
		    events[count - 1].seq);
	return end(entering, 0);
}

int
enter_pledge(const struct enter_words *words)
{
	struct entering entering;
	struct event *events;
	unsigned count;
	int exit_code;

	if (begin(&entering, words) != OK)
		return 1;
	if (source_pledges(&entering.source, &words->pledge, &events, &count) !=
	    OK)
		return refused(&entering);
	preview_pledges(&entering.preview, &entering.home, events, count);
	exit_code = store(&entering, events, count);
	free(events);
	return exit_code;
}

/* ---- the sealed part */

static void
note_refused_recipients(struct entering *entering)
{
	uint64_t version = entering->home.status.recipients_refused;

	if (version == 0)
		return;
	sentence_set(source_note(&entering->source),
	    "Daftar penerima versi %" PRIu64
	    " dari wilayah tidak dipercaya; bagian tersegel tetap disegel "
	    "kepada penerima yang lama. Telepon inspektorat.",
	    "the region's recipients of version %" PRIu64
	    " are not believed; sealing goes on to the former ones; phone the "
	    "inspectorate",
	    version);
}

/* Standard input cannot hold both the text and the answer, but a terminal
 * can. */
static enum err
check_input(struct entering *entering)
{
	if (strcmp(entering->words->incident.sealed, "-") != 0 ||
	    entering->words->yes || isatty(STDIN_FILENO) != 0)
		return OK;
	sentence_set(&entering->source.why,
	    "--sealed - membaca masukan baku, jadi pertanyaan \"Simpan?\" "
	    "tidak dapat dijawab. Pakai --yes, atau sebut sebuah berkas.",
	    "--sealed - reads standard input, so that the question cannot be "
	    "answered: give --yes, or name a file");
	return ERR_INVALID;
}

/* An act without a code needs words, and those only fit in here. `is_new`: the
 * act was given now. */
static enum err
check_other_act(
    struct entering *entering, const struct incident *incident, bool is_new)
{
	bool is_given = entering->words->incident.sealed != NULL;

	if (strcmp(incident->act, "LLN") != 0 ||
	    (is_given ? sealing_has_narrative(&entering->sealing) : !is_new))
		return OK;
	sentence_set(&entering->source.why,
	    "Perbuatan LLN (lainnya) perlu diceritakan di bagian tersegel: "
	    "tulis \"uraian: ...\" dalam sebuah berkas, lalu sebut --sealed "
	    "BERKAS.",
	    "act LLN (other) must be told in the sealed part: write \"uraian: "
	    "...\" into a file and give --sealed FILE");
	return ERR_INVALID;
}

/* What --sealed names, into the incident; without it nothing. */
static enum err
seal(struct entering *entering, struct incident *incident)
{
	const char *path = entering->words->incident.sealed;

	note_refused_recipients(entering);
	if (path == NULL)
		return OK;
	if (check_input(entering) != OK ||
	    sealing_make(&entering->sealing, &entering->home, path,
		&entering->source.why) != OK)
		return ERR_INVALID;
	entering->has_seal = true;
	sealing_refer(&entering->sealing, incident);
	return OK;
}

int
enter_incident(const struct enter_words *words)
{
	struct event event = {.kind = EVENT_INCIDENT_REPORTED};
	struct entering entering;

	if (begin(&entering, words) != OK)
		return 1;
	if (source_incident(
		&entering.source, &words->incident, &event.incident) != OK ||
	    seal(&entering, &event.incident) != OK ||
	    check_other_act(&entering, &event.incident, true) != OK)
		return refused(&entering);
	preview_incident(&entering.preview, &entering.home, &event.incident);
	if (entering.has_seal)
		preview_sealed(&entering.preview, &entering.sealing);
	return store(&entering, &event, 1);
}

/* ---- corrections and withdrawals */

enum err
enter_seq(uint64_t *seq, const char *text)
{
	if (u64_get(seq, text, 1, INT64_MAX) == OK)
		return OK;
	tell("\"%.40s\" bukan nomor catatan. Lihat nomornya dengan "
	     "ikrar-collector list.",
	    "\"%.40s\" is not a record's number: see ikrar-collector list",
	    text);
	return ERR_INVALID;
}

/* An option that the other kind of record has. */
static const char *
stray_option(const struct enter_words *words, enum event_kind kind)
{
	const struct pledge_words *pledge = &words->pledge;
	const struct incident_words *incident = &words->incident;
	const struct {
		bool is_given;
		enum event_kind kind;
		const char *name;
	} options[] = {
	    {pledge->campaign != NULL, EVENT_PLEDGE_MADE, "--campaign"},
	    {pledge->form != NULL, EVENT_PLEDGE_MADE, "--form"},
	    {pledge->made != NULL, EVENT_PLEDGE_MADE, "--made"},
	    {pledge->points != NULL, EVENT_PLEDGE_MADE, "--points"},
	    {pledge->template != NULL, EVENT_PLEDGE_MADE, "--template"},
	    {pledge->text != NULL, EVENT_PLEDGE_MADE, "--text"},
	    {pledge->sheet != NULL, EVENT_PLEDGE_MADE, "--sheet"},
	    {pledge->witnesses.count > 0, EVENT_PLEDGE_MADE, "--witness"},
	    {incident->happened != NULL, EVENT_INCIDENT_REPORTED, "--happened"},
	    {incident->known != NULL, EVENT_INCIDENT_REPORTED, "--known"},
	    {incident->reported != NULL, EVENT_INCIDENT_REPORTED, "--reported"},
	    {incident->source != NULL, EVENT_INCIDENT_REPORTED, "--source"},
	    {incident->subject != NULL, EVENT_INCIDENT_REPORTED, "--subject"},
	    {incident->evidence.count > 0, EVENT_INCIDENT_REPORTED,
		"--evidence"},
	    {incident->sealed != NULL, EVENT_INCIDENT_REPORTED, "--sealed"},
	};

	for (unsigned i = 0; i < sizeof options / sizeof options[0]; i++)
		if (options[i].is_given && options[i].kind != kind)
			return options[i].name;
	return NULL;
}

static enum err
apply_pledge(struct entering *entering, struct pledge *pledge)
{
	return source_correct_pledge(
	    &entering->source, &entering->words->pledge, pledge);
}

static enum err
apply_incident(struct entering *entering, struct incident *incident)
{
	struct source *source = &entering->source;
	const struct pledge_words *shared = &entering->words->pledge;
	struct incident_words words = entering->words->incident;

	if (shared->units.count > 1) {
		sentence_set(&source->why,
		    "Satu koreksi hanya untuk satu unit: sebut --unit satu "
		    "kali.",
		    "a correction is of one unit: give --unit once");
		return ERR_INVALID;
	}
	words.unit = shared->units.count == 1 ? shared->units.at[0] : NULL;
	words.act = shared->act;
	return source_correct_incident(source, &words, incident);
}

/* The former sealed part stays unless there is a new one. */
static enum err
keep_sealed(struct entering *entering, const struct record *old)
{
	if (!old->incident.is_sealed || entering->has_seal)
		return OK;
	if (sealing_keep(&entering->sealing, &entering->home, old->newest) ==
	    OK) {
		entering->has_seal = true;
		return OK;
	}
	sentence_set(&entering->source.why,
	    "Bagian tersegel catatan %" PRIu64
	    " tidak ada di disk ini. Sertakan lagi dengan --sealed BERKAS.",
	    "the sealed part of record %" PRIu64
	    " is not on this disk: give it again with --sealed FILE",
	    old->newest);
	return ERR_INVALID;
}

static enum err
correct_incident(struct entering *entering, const struct record *old,
    struct incident *incident)
{
	bool is_other = strcmp(old->incident.act, "LLN") == 0;

	*incident = old->incident;
	if (apply_incident(entering, incident) != OK ||
	    seal(entering, incident) != OK)
		return ERR_INVALID;
	if (check_other_act(entering, incident, !is_other) != OK)
		return ERR_INVALID;
	return keep_sealed(entering, old);
}

static enum err
correct(
    struct entering *entering, const struct record *old, struct corrected *new)
{
	struct source *source = &entering->source;
	bool is_pledge = old->kind == EVENT_PLEDGE_MADE;
	const char *stray = stray_option(entering->words, old->kind);

	new->kind = old->kind;
	new->target.seq = old->seq;
	if (stray != NULL) {
		sentence_set(&source->why,
		    "%s tidak berlaku di sini: catatan %" PRIu64
		    " adalah %s. Hapus pilihan itu.",
		    "%s does not fit: record %" PRIu64 " is of kind %s", stray,
		    old->seq, is_pledge ? "ikrar/pakta" : "insiden");
		return ERR_INVALID;
	}
	if (is_pledge) {
		new->pledge = old->pledge;
		return apply_pledge(entering, &new->pledge);
	}
	return correct_incident(entering, old, &new->incident);
}

int
enter_correction(const struct enter_words *words, const char *seq)
{
	struct event event = {.kind = EVENT_CORRECTED};
	struct entering entering;
	struct record old;
	uint64_t number;

	if (enter_seq(&number, seq) != OK || begin(&entering, words) != OK)
		return 1;
	if (record_find_standing(
		&entering.home, number, &old, &entering.source.why) != OK ||
	    correct(&entering, &old, &event.corrected) != OK)
		return refused(&entering);
	if (preview_correction(&entering.preview, &entering.home, &old,
		&event.corrected) == 0) {
		sentence_set(&entering.source.why,
		    "Tidak ada yang berubah pada catatan %" PRIu64
		    ". Sebut pilihan dengan nilai yang baru.",
		    "nothing changes in record %" PRIu64
		    ": give an option with its new value",
		    old.seq);
		return refused(&entering);
	}
	if (words->incident.sealed != NULL)
		preview_sealed(&entering.preview, &entering.sealing);
	return store(&entering, &event, 1);
}

int
enter_withdrawal(const struct enter_words *words, const char *seq)
{
	struct event event = {.kind = EVENT_WITHDRAWN};
	struct entering entering;
	struct record old;
	uint64_t number;

	if (enter_seq(&number, seq) != OK || begin(&entering, words) != OK)
		return 1;
	if (record_find_standing(
		&entering.home, number, &old, &entering.source.why) != OK ||
	    source_withdrawal(&entering.source, words->reason, words->reference,
		&event.withdrawn) != OK)
		return refused(&entering);
	event.withdrawn.target.seq = old.seq;
	preview_withdrawal(
	    &entering.preview, &entering.home, &old, &event.withdrawn);
	return store(&entering, &event, 1);
}

/* ---- again */

/* Why it may well be refused a second time. */
static void
note_refusal(struct entering *entering, const struct spool_row *row)
{
	bool is_known = row->word < REJECT_COUNT;
	bool is_final = row->word == REJECT_LOCKED || row->word == REJECT_KIND;
	struct sentence *note = source_note(&entering->source);

	sentence_set(note, "Catatan %" PRIu64 " ditolak: %s%.0s. %s%.0s",
	    "record %" PRIu64 " was refused: %.0s%s. %.0s%s", row->seq,
	    is_known ? reject_text_id(row->word) : "?",
	    is_known ? reject_text_en(row->word) : "?",
	    is_final ? "Tanya admin wilayah dahulu: tanpa perubahan di sana, "
		       "yang baru ini akan ditolak juga."
		     : "Bila penyebabnya belum dibereskan, yang baru ini akan "
		       "ditolak juga.",
	    is_final ? "Ask the regional admin first"
		     : "Unless the cause is gone, so will this one be");
}

/* What it is about, as for a new record of its kind. */
static enum err
preview_again(struct entering *entering, const struct event *event)
{
	const struct record_id *target = &event->corrected.target;
	struct text_buf *out = &entering->preview;
	struct home *home = &entering->home;
	struct record old;

	if (event->kind == EVENT_PLEDGE_MADE) {
		preview_pledges(out, home, event, 1);
		return OK;
	}
	if (event->kind == EVENT_INCIDENT_REPORTED) {
		preview_incident(out, home, &event->incident);
		return OK;
	}
	if (event->kind == EVENT_WITHDRAWN)
		target = &event->withdrawn.target;
	else if (event->kind != EVENT_CORRECTED) {
		sentence_set(&entering->source.why,
		    "Itu kabar otomatis simpul: tidak perlu dicatat lagi. "
		    "Sisihkan dengan quarantine drop.",
		    "that is the node's own report and needs no second one: "
		    "quarantine drop it");
		return ERR_INVALID;
	}
	if (record_find_standing(
		home, target->seq, &old, &entering->source.why) != OK)
		return ERR_INVALID;
	if (event->kind == EVENT_WITHDRAWN)
		preview_withdrawal(out, home, &old, &event->withdrawn);
	else
		(void)preview_correction(out, home, &old, &event->corrected);
	return OK;
}

int
enter_again(const struct enter_words *words, const char *seq)
{
	struct entering entering;
	struct spool_row row;
	struct event event;
	uint64_t number;

	if (enter_seq(&number, seq) != OK || begin(&entering, words) != OK)
		return 1;
	if (quarantine_find(&entering.home, number) != OK ||
	    home_event(&entering.home, number, &row, &event) != OK)
		return end(&entering, 1);
	spool_row_done(entering.home.spool);
	entering.retry_of = number;
	if (preview_again(&entering, &event) != OK)
		return refused(&entering);
	note_refusal(&entering, &row);
	return store(&entering, &event, 1);
}
