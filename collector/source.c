/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that all units of a ceremony share, and what the other files of this
 * room build on. The rules:
 *
 * - A date is judged by the computer's clock only if that can be true at all:
 *   a clock that says 1970 has lost its battery, and the record counts more.
 * - Made in the future by more than a day, or more than five years ago, is a
 *   typing error: the region would refuse it too.
 */
#include "collector/source.h"

#include "collector/source_inner.h"

#include "collector/file.h"
#include "core/loop.h"
#include "trust/hash.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_ALL = 15, AGE_MAX_DAYS = 5 * 365 };

static const uint64_t clock_sane_ms = 1577836800000; /* 2020-01-01 */

void
source_init(struct source *source, struct home *home)
{
	*source = (struct source){.home = home,
	    .has_roster = home->status.roster_version > 0,
	    .has_campaigns = home->status.campaign_version > 0};
	source->errors = xcalloc(SOURCE_ERRORS_MAX, sizeof *source->errors);
	/* The one behind the last takes what is only counted. */
	source->notes = xcalloc(SOURCE_NOTES_MAX + 1, sizeof *source->notes);
}

void
source_clear(struct source *source)
{
	free(source->errors);
	free(source->notes);
	source->errors = NULL;
	source->notes = NULL;
}

struct sentence *
source_note(struct source *source)
{
	size_t at = source->note_count++;

	return &source->notes[at < SOURCE_NOTES_MAX ? at : SOURCE_NOTES_MAX];
}

bool
source_fold(char *to, size_t cap, const char *from, bool upper)
{
	if (!text_copy(to, cap, from))
		return false;
	for (; *to != '\0'; to++)
		*to = (char)(upper ? toupper((unsigned char)*to)
				   : tolower((unsigned char)*to));
	return true;
}

bool
source_has_clock(const struct source *source)
{
	return source->home->now_ms >= clock_sane_ms;
}

static void
list_words(enum catalog catalog, char text[SOURCE_LIST_MAX])
{
	size_t used = 0;
	unsigned count;
	const struct catalog_row *rows = catalog_rows(catalog, &count);

	text[0] = '\0';
	for (unsigned i = 0; i < count && used < SOURCE_LIST_MAX; i++)
		used += (size_t)snprintf(text + used, SOURCE_LIST_MAX - used,
		    "%s%s", i == 0 ? "" : ", ", rows[i].word);
}

enum err
source_no_digits(struct source *source, const char *option, const char *text)
{
	if (!has_digit_run(text))
		return OK;
	return REFUSE(source,
	    "%s: ada deret angka mirip NIP atau NIK. Hapus dari sini; nomor "
	    "dan nama orang hanya boleh ditulis di bagian tersegel sebuah "
	    "insiden (--sealed).",
	    "%s: a run of digits looks like an NIP or NIK; remove it: numbers "
	    "and names of people belong in the sealed part of an incident "
	    "(--sealed)",
	    option);
}

enum err
source_pick(struct source *source, enum catalog catalog, const char *option,
    const char *word, uint32_t *number)
{
	char folded[SOURCE_WORD_MAX], all[SOURCE_LIST_MAX];
	uint32_t found = 0;

	if (source_no_digits(source, option, word) != OK)
		return ERR_INVALID;
	if (source_fold(folded, sizeof folded, word, catalog != CATALOG_ACT))
		found = catalog_number(catalog, folded);
	if (found != 0) {
		*number = found;
		return OK;
	}
	list_words(catalog, all);
	return REFUSE(source, "%s: \"%.40s\" tidak dikenal. Pilih: %s.",
	    "%s: \"%.40s\" is not known; choose from: %s", option, word, all);
}

/* ---- words of a pledge */

static enum err
pick_points(struct source *source, const char *text, uint32_t *points)
{
	uint32_t mask = 0, number;
	char word[SOURCE_WORD_MAX];

	for (const char *at = text; at != NULL;) {
		const char *comma = strchr(at, ',');
		size_t len = comma == NULL ? strlen(at) : (size_t)(comma - at);

		snprintf(
		    word, sizeof word, "%.*s", (int)(len < 40 ? len : 40), at);
		if (source_pick(
			source, CATALOG_POINT, "--points", word, &number) != OK)
			return ERR_INVALID;
		mask |= 1u << (number - 1);
		at = comma == NULL ? NULL : comma + 1;
	}
	*points = mask;
	return OK;
}

static enum err
pick_witnesses(
    struct source *source, const struct conf_texts *texts, uint32_t *witnesses)
{
	uint32_t mask = 0, number;

	for (size_t i = 0; i < texts->count; i++) {
		if (source_pick(source, CATALOG_WITNESS, "--witness",
			texts->at[i], &number) != OK)
			return ERR_INVALID;
		mask |= 1u << (number - 1);
	}
	*witnesses = mask;
	return OK;
}

static enum err
check_made(struct source *source, const char *text, uint64_t ms)
{
	uint64_t now_ms = source->home->now_ms;
	char now[CALENDAR_TEXT_MAX];

	if (!source_has_clock(source))
		return OK;
	calendar_ms_put(now, now_ms, source->home->zone);
	if (ms > now_ms + SOURCE_DAY_MS)
		return REFUSE(source,
		    "--made: %s belum terjadi (jam komputer ini: %s). Periksa "
		    "tanggalnya, atau jam komputernya.",
		    "--made: %s lies in the future (this computer's clock: "
		    "%s)",
		    text, now);
	if (ms + AGE_MAX_DAYS * SOURCE_DAY_MS < now_ms)
		return REFUSE(source,
		    "--made: %s sudah lebih dari lima tahun yang lalu (jam "
		    "komputer ini: %s). Periksa tahunnya.",
		    "--made: %s is more than five years ago (this computer's "
		    "clock: %s)",
		    text, now);
	return OK;
}

static enum err
pick_made(struct source *source, const char *text, uint64_t *made_at_ms)
{
	const struct home *home = source->home;
	uint64_t ms;

	/* A date alone would stand for midnight. */
	if (strlen(text) <= sizeof "2024-10-01" - 1 ||
	    calendar_ms_get(&ms, text, home->hours) != OK || ms == 0)
		return REFUSE(source,
		    "--made: \"%.40s\" bukan waktu. Tulis TAHUN-BULAN-TANGGAL "
		    "JAM:MENIT, misalnya \"2024-10-01 08:00\" (%s).",
		    "--made: \"%.40s\" is not a time; write it as "
		    "\"2024-10-01 08:00\" (%s)",
		    text, home->zone);
	if (check_made(source, text, ms) != OK)
		return ERR_INVALID;
	*made_at_ms = ms;
	return OK;
}

static void
add_campaign(void *context, const struct campaign_row *row)
{
	char *text = context;
	size_t used = strlen(text);

	snprintf(text + used, SOURCE_LIST_MAX - used, "%s%s",
	    used == 0 ? "" : ", ", row->id);
}

static enum err
pick_campaign(struct source *source, const char *text, char id[CODE_MAX])
{
	char code[CODE_MAX], all[SOURCE_LIST_MAX] = "";
	struct campaign_row row;

	if (source_no_digits(source, "--campaign", text) != OK)
		return ERR_INVALID;
	if (!source_fold(code, sizeof code, text, true) || !code_is_valid(code))
		return REFUSE(source,
		    "--campaign: \"%.40s\" bukan kode kegiatan. Kode terdiri "
		    "dari huruf, angka, titik dan garis, misalnya PILKADA2024.",
		    "--campaign: \"%.40s\" is not a campaign's code, such as "
		    "PILKADA2024",
		    text);
	if (!source->has_campaigns) {
		sentence_set(source_note(source),
		    "Daftar kegiatan belum datang dari wilayah: kode %s belum "
		    "diperiksa.",
		    "the list of campaigns has not arrived yet: %s is not "
		    "checked",
		    code);
	} else if (spool_campaign(source->home->spool, code, &row) != OK) {
		spool_each_campaign(source->home->spool, add_campaign, all);
		return REFUSE(source,
		    "--campaign: kegiatan %s tidak ada di daftar wilayah. Yang "
		    "ada: %s.",
		    "--campaign: the region has no campaign %s; it has: %s",
		    code, all[0] == '\0' ? "-" : all);
	}
	memcpy(id, code, sizeof code);
	return OK;
}

static enum err
pick_template(struct source *source, const char *text, char id[CODE_MAX])
{
	char code[CODE_MAX];

	if (source_no_digits(source, "--template", text) != OK)
		return ERR_INVALID;
	if (!source_fold(code, sizeof code, text, true) || !code_is_valid(code))
		return REFUSE(source,
		    "--template: \"%.40s\" bukan kode naskah. Kode terdiri "
		    "dari "
		    "huruf, angka, titik dan garis, misalnya IKRAR-4-POIN.",
		    "--template: \"%.40s\" is not a text's code, such as "
		    "IKRAR-4-POIN",
		    text);
	memcpy(id, code, sizeof code);
	return OK;
}

static enum err
pick_files(struct source *source, const struct pledge_words *words,
    struct pledge *pledge)
{
	if (words->text != NULL &&
	    file_sha256(pledge->template_sha256, "--text", words->text,
		&source->why) != OK)
		return ERR_INVALID;
	if (words->sheet == NULL)
		return OK;
	if (file_sha256(pledge->sheet_sha256, "--sheet", words->sheet,
		&source->why) != OK)
		return ERR_INVALID;
	pledge->has_sheet = true;
	return OK;
}

/* What is not given stays. */
static enum err
take_common(struct source *source, const struct pledge_words *words,
    struct pledge *pledge)
{
	if ((words->campaign != NULL && pick_campaign(source, words->campaign,
					    pledge->campaign) != OK) ||
	    (words->act != NULL && source_pick(source, CATALOG_ACT, "--act",
				       words->act, &pledge->act) != OK) ||
	    (words->form != NULL && source_pick(source, CATALOG_FORM, "--form",
					words->form, &pledge->form) != OK) ||
	    (words->made != NULL &&
		pick_made(source, words->made, &pledge->made_at_ms) != OK) ||
	    (words->points != NULL &&
		pick_points(source, words->points, &pledge->points) != OK) ||
	    (words->template != NULL && pick_template(source, words->template,
					    pledge->template) != OK) ||
	    (words->witnesses.count > 0 &&
		pick_witnesses(source, &words->witnesses, &pledge->witnesses) !=
		    OK))
		return ERR_INVALID;
	return pick_files(source, words, pledge);
}

void
source_canonical_text(uint8_t sha256[EVENT_HASH_SIZE])
{
	struct hasher *hasher = hasher_new();
	struct hash hash;

	for (unsigned i = 1; i <= catalog_max(CATALOG_POINT); i++) {
		hasher_add(hasher, bytes_of_text(point_text(i)));
		hasher_add(hasher, bytes_of_text("\n"));
	}
	hash = hasher_end(hasher);
	hasher_free(hasher);
	memcpy(sha256, hash.at, EVENT_HASH_SIZE);
}

/* ---- what time says of a pledge */

static void
note_times(struct source *source, const struct pledge *pledge)
{
	const struct home *home = source->home;
	char due[CALENDAR_TEXT_MAX];
	struct campaign_row row;

	if (!source_has_clock(source))
		sentence_set(source_note(source),
		    "Jam komputer ini pasti salah; perbaiki. Tanggal tidak "
		    "dapat diperiksa.",
		    "this computer's clock is wrong: dates are not checked");
	if (!source->has_campaigns ||
	    spool_campaign(home->spool, pledge->campaign, &row) != OK)
		return;
	home_time(home, due, row.due_ms);
	if (row.due_ms != 0 && pledge->made_at_ms > row.due_ms)
		sentence_set(source_note(source),
		    "Dilaksanakan sesudah tenggat (%s): dihitung terlambat.",
		    "made after the deadline (%s): it counts as late", due);
	if (row.lock_ms != 0 && home->now_ms > row.lock_ms)
		sentence_set(source_note(source),
		    "Masa pencatatan %s sudah ditutup: wilayah mungkin "
		    "menolak catatan ini.",
		    "campaign %s is locked: the region may refuse this record",
		    pledge->campaign);
	else if (row.grace_end_ms != 0 && home->now_ms > row.grace_end_ms)
		sentence_set(source_note(source),
		    "Masa tenggang %s sudah lewat: catatan ini dapat dihitung "
		    "terlambat.",
		    "the grace period of %s is over: this may count as late",
		    pledge->campaign);
}

/* ---- a ceremony */

static enum err
check_distinct(
    struct source *source, const struct event *events, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(events[i].pledge.unit,
				events[k].pledge.unit) == 0)
				return REFUSE(source,
				    "Unit %s disebut dua kali dalam satu "
				    "kegiatan. Sebut satu kali saja.",
				    "unit %s is named twice in one ceremony",
				    events[i].pledge.unit);
		}
	}
	return OK;
}

static enum err
take_units(struct source *source, const struct pledge_words *words,
    const struct pledge *common, struct event *events, unsigned *count)
{
	if (words->units_file != NULL)
		return source_csv(
		    source, words->units_file, common, events, count);
	if (words->units.count > SOURCE_UNITS_MAX)
		return REFUSE(source,
		    "Terlalu banyak unit: paling banyak %u sekali catat.",
		    "too many units: at most %u at a time", SOURCE_UNITS_MAX);
	for (size_t i = 0; i < words->units.count; i++) {
		struct pledge *pledge = &events[i].pledge;

		events[i].kind = EVENT_PLEDGE_MADE;
		*pledge = *common;
		if (source_unit_words(source, words->units.at[i], pledge) !=
			OK ||
		    source_unit_done(source, pledge) != OK)
			return ERR_INVALID;
	}
	*count = (unsigned)words->units.count;
	return check_distinct(source, events, *count);
}

static enum err
check_given(struct source *source, const struct pledge_words *words)
{
	bool has_file = words->units_file != NULL;

	if (has_file != (words->units.count > 0))
		return OK;
	return REFUSE(source,
	    "Sebut unitnya: --unit KODE (boleh berulang) atau --units "
	    "BERKAS.csv, salah satu saja.",
	    "name the units: --unit CODE (any number) or --units FILE.csv, not "
	    "both");
}

enum err
source_pledges(struct source *source, const struct pledge_words *words,
    struct event **events, unsigned *count)
{
	struct pledge common = {.points = POINTS_ALL};
	struct event *made;

	source_canonical_text(common.template_sha256);
	loop_random(common.ceremony, sizeof common.ceremony);
	if (check_given(source, words) != OK ||
	    take_common(source, words, &common) != OK)
		return ERR_INVALID;
	note_times(source, &common);
	made = xcalloc(SOURCE_UNITS_MAX, sizeof *made);
	if (take_units(source, words, &common, made, count) != OK) {
		free(made);
		return ERR_INVALID;
	}
	*events = made;
	return OK;
}

enum err
source_correct_pledge(struct source *source, const struct pledge_words *words,
    struct pledge *pledge)
{
	if (words->units.count > 1)
		return REFUSE(source,
		    "Satu koreksi hanya untuk satu unit: sebut --unit satu "
		    "kali.",
		    "a correction is of one unit: give --unit once");
	if (take_common(source, words, pledge) != OK ||
	    (words->units.count == 1 &&
		source_unit_words(source, words->units.at[0], pledge) != OK) ||
	    source_unit_done(source, pledge) != OK)
		return ERR_INVALID;
	note_times(source, pledge);
	return OK;
}
