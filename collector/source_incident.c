/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents and withdrawals, the part that stands in clear: there is no field
 * for a name or for a narrative, and none may be smuggled into a code. An
 * incident is an alleged one, in every sentence.
 */
#include "collector/source.h"

#include "collector/source_inner.h"

#include "collector/file.h"

#include <stdio.h>
#include <string.h>

enum { AGE_MAX_DAYS = 5 * 365, DATE_LEN = 10 };

static enum err
pick_act(struct source *source, const char *text, char code[ACT_CODE_MAX])
{
	char folded[SOURCE_WORD_MAX], all[SOURCE_LIST_MAX] = "";
	const struct act_row *rows;
	size_t used = 0;
	unsigned count;

	if (source_no_digits(source, "--act", text) != OK)
		return ERR_INVALID;
	if (source_fold(folded, sizeof folded, text, true) &&
	    act_by_code(folded) != NULL) {
		memcpy(code, act_by_code(folded)->code, ACT_CODE_MAX);
		return OK;
	}
	rows = act_rows(&count);
	for (unsigned i = 0; i < count; i++)
		used += (size_t)snprintf(all + used, sizeof all - used, "%s%s",
		    i == 0 ? "" : ", ", rows[i].code);
	return REFUSE(source,
	    "--act: \"%.40s\" bukan kode perbuatan. Pilih: %s.",
	    "--act: \"%.40s\" is not an act's code; choose from: %s", text,
	    all);
}

static enum err
pick_day(
    struct source *source, const char *option, const char *text, uint32_t *day)
{
	if (calendar_day_get(day, text) == OK && *day > 0)
		return OK;
	return REFUSE(source,
	    "%s: \"%.40s\" bukan tanggal. Tulis TAHUN-BULAN-TANGGAL, misalnya "
	    "2024-10-01.",
	    "%s: \"%.40s\" is not a date; write it as 2024-10-01", option,
	    text);
}

/* DATE or DATE..DATE */
static enum err
pick_happened(
    struct source *source, const char *text, struct incident *incident)
{
	char first[DATE_LEN + 1];
	const char *dots = strstr(text, "..");
	const char *last = dots == NULL ? text : dots + 2;

	if (dots != NULL && dots - text != DATE_LEN)
		dots = NULL;
	snprintf(first, sizeof first, "%.*s", DATE_LEN, text);
	if (pick_day(source, "--happened", dots == NULL ? text : first,
		&incident->happened_from_day) != OK ||
	    pick_day(source, "--happened", dots == NULL ? text : last,
		&incident->happened_to_day) != OK)
		return ERR_INVALID;
	return OK;
}

static enum err
pick_evidence(struct source *source, const struct conf_texts *paths,
    struct incident *incident)
{
	if (paths->count > EVIDENCE_MAX)
		return REFUSE(source,
		    "--evidence: paling banyak %u berkas bukti untuk satu "
		    "catatan.",
		    "--evidence: at most %u files for one record",
		    EVIDENCE_MAX);
	memset(incident->evidence, 0, sizeof incident->evidence);
	for (size_t i = 0; i < paths->count; i++) {
		if (file_sha256(incident->evidence[i], "--evidence",
			paths->at[i], &source->why) != OK)
			return ERR_INVALID;
		for (size_t k = 0; k < i; k++)
			if (memcmp(incident->evidence[i], incident->evidence[k],
				EVENT_HASH_SIZE) == 0)
				return REFUSE(source,
				    "--evidence: isi %s sama dengan %s. Sebut "
				    "satu kali saja.",
				    "--evidence: %s and %s hold the same bytes",
				    paths->at[i], paths->at[k]);
	}
	incident->evidence_count = (uint32_t)paths->count;
	return OK;
}

static enum err
take_words(struct source *source, const struct incident_words *words,
    struct incident *incident)
{
	struct unit_row row;

	if ((words->unit != NULL &&
		source_unit(source, words->unit, incident->unit, &row) != OK) ||
	    (words->act != NULL &&
		pick_act(source, words->act, incident->act) != OK) ||
	    (words->happened != NULL &&
		pick_happened(source, words->happened, incident) != OK) ||
	    (words->known != NULL && pick_day(source, "--known", words->known,
					 &incident->known_day) != OK) ||
	    (words->reported != NULL &&
		pick_day(source, "--reported", words->reported,
		    &incident->reported_day) != OK) ||
	    (words->source != NULL &&
		source_pick(source, CATALOG_SOURCE, "--source", words->source,
		    &incident->source) != OK) ||
	    (words->subject != NULL &&
		source_pick(source, CATALOG_SUBJECT, "--subject",
		    words->subject, &incident->subject) != OK))
		return ERR_INVALID;
	if (words->evidence.count == 0)
		return OK;
	return pick_evidence(source, &words->evidence, incident);
}

static enum err
check_against_clock(struct source *source, const struct incident *incident)
{
	uint32_t today = home_today(source->home);
	char day[CALENDAR_TEXT_MAX];

	if (!source_has_clock(source)) {
		sentence_set(source_note(source),
		    "Jam komputer ini pasti salah; perbaiki. Tanggal tidak "
		    "dapat diperiksa.",
		    "this computer's clock is wrong: dates are not checked");
		return OK;
	}
	calendar_day_put(day, today);
	if (incident->reported_day > today + 1)
		return REFUSE(source,
		    "--reported: tanggal laporan belum tiba (hari ini %s "
		    "menurut jam komputer ini). Periksa tanggalnya.",
		    "--reported lies in the future (today is %s by this "
		    "computer's clock)",
		    day);
	if (incident->happened_from_day + AGE_MAX_DAYS < today)
		return REFUSE(source,
		    "--happened: sudah lebih dari lima tahun yang lalu (hari "
		    "ini %s menurut jam komputer ini). Periksa tahunnya.",
		    "--happened is more than five years ago (today is %s by "
		    "this computer's clock)",
		    day);
	return OK;
}

static enum err
check_days(struct source *source, const struct incident *incident)
{
	if (incident->happened_from_day > incident->happened_to_day)
		return REFUSE(source,
		    "--happened: tanggal awal sesudah tanggal akhir. Tulis "
		    "AWAL..AKHIR, misalnya 2024-10-01..2024-10-03.",
		    "--happened ends before it begins; write FIRST..LAST");
	if (incident->happened_to_day > incident->reported_day)
		return REFUSE(source,
		    "--happened: terjadi sesudah dilaporkan. Periksa kedua "
		    "tanggalnya.",
		    "it happened after it was reported: check both dates");
	if (incident->known_day > incident->reported_day)
		return REFUSE(source,
		    "--known: diketahui sesudah dilaporkan. Periksa kedua "
		    "tanggalnya.",
		    "it was known after it was reported: check both dates");
	if (incident->known_day < incident->happened_from_day)
		return REFUSE(source,
		    "--known: diketahui sebelum terjadi. Periksa kedua "
		    "tanggalnya.",
		    "it was known before it happened: check both dates");
	return check_against_clock(source, incident);
}

enum err
source_incident(struct source *source, const struct incident_words *words,
    struct incident *incident)
{
	struct incident made = {0};

	if (take_words(source, words, &made) != OK)
		return ERR_INVALID;
	if (words->known == NULL)
		made.known_day = made.happened_to_day;
	if (words->reported == NULL)
		made.reported_day = home_today(source->home);
	if (check_days(source, &made) != OK)
		return ERR_INVALID;
	*incident = made;
	return OK;
}

enum err
source_correct_incident(struct source *source,
    const struct incident_words *words, struct incident *incident)
{
	if (take_words(source, words, incident) != OK)
		return ERR_INVALID;
	return check_days(source, incident);
}

static void
list_reasons(char text[SOURCE_LIST_MAX])
{
	const struct reason_row *rows;
	size_t used = 0;
	unsigned count;

	rows = reason_rows(&count);
	text[0] = '\0';
	for (unsigned i = 0; i < count; i++)
		if (strcmp(rows[i].use, "withdrawal") == 0)
			used += (size_t)snprintf(text + used,
			    SOURCE_LIST_MAX - used, "%s%s (%s)",
			    used == 0 ? "" : ", ", rows[i].word, rows[i].id);
}

enum err
source_withdrawal(struct source *source, const char *reason,
    const char *reference, struct withdrawn *withdrawn)
{
	char all[SOURCE_LIST_MAX];

	if (source_no_digits(source, "--reason", reason) != OK)
		return ERR_INVALID;
	if (!source_fold(
		withdrawn->reason, sizeof withdrawn->reason, reason, true) ||
	    !reason_has_use(withdrawn->reason, "withdrawal")) {
		list_reasons(all);
		return REFUSE(source,
		    "--reason: \"%.40s\" bukan alasan pencabutan. Pilih: %s.",
		    "--reason: \"%.40s\" is not a reason for a withdrawal; "
		    "choose from: %s",
		    reason, all);
	}
	if (reference == NULL)
		reference = "";
	if (source_no_digits(source, "--reference", reference) != OK)
		return ERR_INVALID;
	if (!source_fold(withdrawn->reference, sizeof withdrawn->reference,
		reference, true) ||
	    !reference_is_valid(withdrawn->reference))
		return REFUSE(source,
		    "--reference: tulis nomor surat dengan huruf, angka, "
		    "titik, "
		    "garis dan garis miring saja, paling banyak %u huruf. "
		    "Jangan menulis nama, NIP atau NIK.",
		    "--reference: letters, digits, dots, dashes and slashes "
		    "only, at most %u; no name and no NIP or NIK",
		    REFERENCE_MAX - 1);
	return OK;
}
