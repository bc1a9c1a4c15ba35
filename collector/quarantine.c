/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/quarantine.h"

#include "collector/enter.h"
#include "collector/facts.h"
#include "collector/sentence.h"
#include "collector/show.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { USAGE_EXIT = 64, REASONS_MAX = 256 };

static const char *const mark_words[] = {
    [QUARANTINE_OPEN] = "open",
    [QUARANTINE_RETRIED] = "retried",
    [QUARANTINE_DROPPED] = "dropped",
};

void
quarantine_text(struct home *home, uint64_t seq, char text[QUARANTINE_TEXT_MAX])
{
	char when[CALENDAR_TEXT_MAX];
	struct spool_mark mark;

	spool_mark_of(home->spool, seq, &mark);
	home_time(home, when, mark.at_ms);
	text[0] = '\0';
	if (mark.kind == QUARANTINE_DROPPED)
		snprintf(text, QUARANTINE_TEXT_MAX,
		    "disisihkan / dropped %s (%s)", when, mark.reason);
	else if (mark.kind == QUARANTINE_RETRIED)
		snprintf(text, QUARANTINE_TEXT_MAX,
		    "dicatat lagi / retried sebagai catatan %" PRIu64 ", %s",
		    mark.retried_as, when);
}

void
quarantine_brief(
    struct home *home, uint64_t seq, char text[QUARANTINE_TEXT_MAX])
{
	struct spool_mark mark;

	spool_mark_of(home->spool, seq, &mark);
	text[0] = '\0';
	if (mark.kind == QUARANTINE_DROPPED)
		snprintf(text, QUARANTINE_TEXT_MAX,
		    "; disisihkan / dropped: %s", mark.reason);
	else if (mark.kind == QUARANTINE_RETRIED)
		snprintf(text, QUARANTINE_TEXT_MAX,
		    "; dicatat lagi / retried: %" PRIu64, mark.retried_as);
}

void
quarantine_json(struct json *json, struct home *home, uint64_t seq)
{
	struct spool_mark mark;

	spool_mark_of(home->spool, seq, &mark);
	json_object_begin(json, "quarantine");
	json_text(json, "state", mark_words[mark.kind]);
	if (mark.kind != QUARANTINE_OPEN)
		json_u64(json, "at_ms", mark.at_ms);
	if (mark.kind == QUARANTINE_RETRIED)
		json_u64(json, "retried_as", mark.retried_as);
	if (mark.kind == QUARANTINE_DROPPED)
		json_text(json, "reason", mark.reason);
	json_end(json);
}

/* ---- list */

struct listing {
	struct home *home;
	struct json *json; /* NULL: in words */
	unsigned open, done;
};

static void
list_row_json(struct listing *listing, const struct spool_row *row,
    const struct event *event)
{
	struct json *json = listing->json;
	char text[FACT_MAX];

	facts_about(event, text);
	json_object_begin(json, NULL);
	json_u64(json, "seq", row->seq);
	json_text(json, "kind", event_kind_name(event->kind));
	json_text(json, "about", text);
	json_text(json, "word",
	    row->word < REJECT_COUNT ? reject_word(row->word) : "?");
	json_u64(json, "recorded_at_ms", event->recorded_at_ms);
	quarantine_json(json, listing->home, row->seq);
	json_end(json);
}

static void
list_row_text(struct listing *listing, const struct spool_row *row,
    const struct event *event)
{
	char when[CALENDAR_TEXT_MAX], about[FACT_MAX];
	char mark[QUARANTINE_TEXT_MAX];

	calendar_ms_put(when, event->recorded_at_ms, listing->home->zone);
	facts_about(event, about);
	quarantine_text(listing->home, row->seq, mark);
	printf("%6" PRIu64 "  %s  %s %s\n", row->seq, when, facts_kind(event),
	    about);
	printf("        ditolak / refused: %s (%s)\n",
	    row->word < REJECT_COUNT ? reject_text_id(row->word)
				     : "alasan dari program yang lebih baru",
	    row->word < REJECT_COUNT ? reject_word(row->word) : "?");
	printf("        %s\n",
	    mark[0] != '\0' ? mark : "belum ditangani / nothing done yet");
}

static void
list_row(struct listing *listing, uint64_t seq)
{
	struct spool_mark mark;
	struct spool_row row;
	struct event event;

	if (spool_row(listing->home->spool, seq, &row) != OK ||
	    row.state != RECORD_REFUSED ||
	    home_event(listing->home, seq, &row, &event) != OK)
		return;
	spool_row_done(listing->home->spool);
	spool_mark_of(listing->home->spool, seq, &mark);
	listing->open += mark.kind == QUARANTINE_OPEN;
	listing->done += mark.kind != QUARANTINE_OPEN;
	if (listing->json != NULL)
		list_row_json(listing, &row, &event);
	else
		list_row_text(listing, &row, &event);
}

static void
say_what_next(const struct listing *listing)
{
	const char *dir = listing->home->words->dir;

	if (listing->open + listing->done == 0)
		printf("Tidak ada catatan yang ditolak. / Nothing was "
		       "refused.\n");
	if (listing->open == 0)
		return;
	printf("\n%u belum ditangani / to be dealt with:\n"
	       "  lihat / look         ikrar-collector quarantine show NOMOR "
	       "--dir %s\n"
	       "  catat lagi / retry   ikrar-collector quarantine retry NOMOR "
	       "--dir %s\n"
	       "  sisihkan / drop      ikrar-collector quarantine drop NOMOR "
	       "--reason KODE --dir %s\n",
	    listing->open, dir, dir, dir);
}

static int
list(const struct quarantine_words *words)
{
	struct json json = {0};
	struct listing listing = {.json = words->json ? &json : NULL};
	struct home home;

	if (home_open(&home, &words->home) != OK)
		return 1;
	listing.home = &home;
	if (words->json)
		json_array_begin(&json, NULL);
	else
		home_say_drill(home.region.drill);
	for (uint64_t seq = 1;
	     home.status.refused_count > 0 && seq <= home.status.receipted_seq;
	     seq++)
		list_row(&listing, seq);
	spool_row_done(home.spool);
	if (words->json) {
		json_end(&json);
		printf("%s\n", json.text.at);
	} else {
		say_what_next(&listing);
	}
	json_clear(&json);
	home_close(&home);
	return 0;
}

/* ---- drop */

/* "SALAH_INPUT (salah input), ..."; or in English. */
static void
list_reasons(char text[REASONS_MAX], bool is_english)
{
	const struct reason_row *rows;
	size_t used = 0;
	unsigned count;

	rows = reason_rows(&count);
	text[0] = '\0';
	for (unsigned i = 0; i < count && used < REASONS_MAX; i++)
		if (strcmp(rows[i].use, "withdrawal") == 0)
			used += (size_t)snprintf(text + used,
			    REASONS_MAX - used, "%s%s (%s)",
			    used == 0 ? "" : ", ", rows[i].word,
			    is_english ? rows[i].en : rows[i].id);
}

static enum err
check_reason(const char *reason)
{
	char all_id[REASONS_MAX], all_en[REASONS_MAX];

	if (reason != NULL && reason_has_use(reason, "withdrawal"))
		return OK;
	list_reasons(all_id, false);
	list_reasons(all_en, true);
	tell("Sebut alasannya dengan --reason: %s%.0s.",
	    "say why with --reason: %.0s%s", all_id, all_en);
	return ERR_INVALID;
}

enum err
quarantine_find(struct home *home, uint64_t seq)
{
	char mark[QUARANTINE_TEXT_MAX];
	struct spool_row row;
	enum err err = spool_row(home->spool, seq, &row);

	spool_row_done(home->spool);
	if (err != OK) {
		tell("Tidak ada catatan nomor %" PRIu64 ".",
		    "there is no record %" PRIu64, seq);
		return ERR_INVALID;
	}
	if (row.state != RECORD_REFUSED) {
		tell("Catatan %" PRIu64 " tidak ditolak (keadaannya: %s), jadi "
		     "tidak ada di karantina. Yang ada di situ: "
		     "ikrar-collector quarantine list.",
		    "record %" PRIu64 " was not refused (it is: %s)", seq,
		    record_state_word(row.state));
		return ERR_INVALID;
	}
	quarantine_text(home, seq, mark);
	if (mark[0] == '\0')
		return OK;
	tell("Catatan %" PRIu64 " sudah ditangani: %s.",
	    "record %" PRIu64 " has been dealt with: %s", seq, mark);
	return ERR_DUP;
}

static int
drop_row(struct home *home, const struct quarantine_words *words, uint64_t seq)
{
	enum err err = quarantine_find(home, seq);

	if (err != OK)
		return 1;
	err = spool_drop(home->spool, seq, words->reason, home->now_ms);
	if (err != OK) {
		tell("Tidak dicatat: disk penuh atau tidak dapat ditulis; "
		     "lihat baris di atas.",
		    "not recorded: the disk is full or cannot be written, see "
		    "the line above");
		return 1;
	}
	home_say_drill(home->region.drill);
	printf("disisihkan / dropped %" PRIu64 " (%s)\n"
	       "Catatannya tetap ada di sini dan tetap terlihat di daftar. / "
	       "The record stays here.\n",
	    seq, words->reason);
	return 0;
}

static int
drop(const struct quarantine_words *words, const char *text)
{
	struct home home;
	uint64_t seq;
	int exit_code;

	if (check_reason(words->reason) != OK || enter_seq(&seq, text) != OK ||
	    home_open(&home, &words->home) != OK)
		return 1;
	exit_code = drop_row(&home, words, seq);
	home_close(&home);
	return exit_code;
}

/* ---- all */

static int
retry(const struct quarantine_words *words, const char *text)
{
	const struct enter_words enter = {
	    .home = words->home, .yes = words->yes};

	return enter_again(&enter, text);
}

static int
show(const struct quarantine_words *words, const char *text)
{
	const struct show_words asked = {
	    .home = words->home, .json = words->json};

	return show_record(&asked, text);
}

int
quarantine_run(
    const struct quarantine_words *words, const struct conf_texts *rest)
{
	const char *verb = rest->count > 0 ? rest->at[0] : "list";
	const char *seq = rest->count > 1 ? rest->at[1] : NULL;

	if (strcmp(verb, "list") == 0 && seq == NULL)
		return list(words);
	if (strcmp(verb, "show") == 0 && seq != NULL)
		return show(words, seq);
	if (strcmp(verb, "retry") == 0 && seq != NULL)
		return retry(words, seq);
	if (strcmp(verb, "drop") == 0 && seq != NULL)
		return drop(words, seq);
	tell("Tulis: quarantine list, show NOMOR, retry NOMOR, atau drop NOMOR "
	     "--reason KODE.",
	    "write: quarantine list, show SEQ, retry SEQ, or drop SEQ "
	    "--reason CODE");
	return USAGE_EXIT;
}
