/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One unit: its code on the roster, its counts, its head's signature. The
 * rules:
 *
 * - A count is a total so far, not what was added. Of one kind of employment
 *   both numbers are given or none; only where the pledge was read aloud may
 *   the signatures be left out, since there are none.
 * - More people than the roster has is told, not refused: rosters lag.
 */
#include "collector/source.h"

#include "collector/source_inner.h"

#include "model/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ACT_IKRAR = 1, HINTS_MAX = 3, FAR = 4, NEAR_TEXT_MIN = 4 };

static const char *const kind_words[EMPLOYMENT_KINDS] = {
    "pns", "pppk", "non_asn"};
static const char *const kind_names[EMPLOYMENT_KINDS] = {
    "PNS", "PPPK", "non-ASN"};

/* ---- codes that are near */

struct hint {
	struct unit_row row;
	unsigned distance;
};

struct hints {
	const char *text;
	struct hint at[HINTS_MAX];
	unsigned count;
};

/* Edits from one code to the other. */
static unsigned
edit_distance(const char *a, const char *b)
{
	unsigned row[CODE_MAX], before, above;
	size_t len = strlen(b);

	for (unsigned k = 0; k <= len; k++)
		row[k] = k;
	for (unsigned i = 0; a[i] != '\0'; i++) {
		before = row[0];
		row[0] = i + 1;
		for (unsigned k = 0; k < len; k++) {
			unsigned best = before + (a[i] != b[k]);

			above = row[k + 1];
			if (above + 1 < best)
				best = above + 1;
			if (row[k] + 1 < best)
				best = row[k] + 1;
			before = above;
			row[k + 1] = best;
		}
	}
	return row[len];
}

static unsigned
distance(const char *text, const struct unit_row *row)
{
	if (strlen(text) >= NEAR_TEXT_MIN &&
	    (strcasestr(row->name, text) != NULL ||
		strcasestr(row->code, text) != NULL))
		return 0;
	return strlen(text) < CODE_MAX ? edit_distance(text, row->code) : FAR;
}

static void
add_hint(void *context, const struct unit_row *row)
{
	struct hints *hints = context;
	struct hint hint = {.row = *row};
	unsigned at;

	hint.distance = distance(hints->text, row);
	if (hint.distance >= FAR)
		return;
	for (at = hints->count; at > 0; at--) {
		if (hints->at[at - 1].distance <= hint.distance)
			break;
		if (at < HINTS_MAX)
			hints->at[at] = hints->at[at - 1];
	}
	if (at == HINTS_MAX)
		return;
	hints->at[at] = hint;
	if (hints->count < HINTS_MAX)
		hints->count++;
}

static enum err
refuse_unknown(struct source *source, const char *text)
{
	struct home *home = source->home;
	struct hints hints = {.text = text};
	char near[SOURCE_LIST_MAX] = "";
	size_t used = 0;

	/* Beyond the errors that are shown nobody reads it. */
	if (source->error_count < SOURCE_ERRORS_MAX)
		spool_each_unit(home->spool, add_hint, &hints);
	for (unsigned i = 0; i < hints.count && used < sizeof near; i++)
		used += (size_t)snprintf(near + used, sizeof near - used,
		    "%s%s (%s)", i == 0 ? "" : ", ", hints.at[i].row.code,
		    hints.at[i].row.name);
	if (hints.count > 0)
		return REFUSE(source,
		    "Unit %.40s tidak ada di daftar unit %s. Mungkin "
		    "maksudnya: "
		    "%s.",
		    "unit %.40s is not on the roster of %s; perhaps: %s", text,
		    home->region.wilayah, near);
	return REFUSE(source,
	    "Unit %.40s tidak ada di daftar unit %s. Lihat kodenya dengan "
	    "ikrar-collector units, atau minta admin wilayah memperbarui "
	    "daftar unit.",
	    "unit %.40s is not on the roster of %s: see the codes with "
	    "ikrar-collector units, or ask the regional admin",
	    text, home->region.wilayah);
}

enum err
source_unit(struct source *source, const char *text, char code[CODE_MAX],
    struct unit_row *row)
{
	const char *wilayah = source->home->region.wilayah;
	char folded[CODE_MAX];
	bool is_code = source_fold(folded, sizeof folded, text, true) &&
		       code_is_valid(folded);

	*row = (struct unit_row){0};
	if (text[0] == '\0')
		return REFUSE(source, "Kode unit belum diisi.",
		    "the unit's code is missing");
	if (source_no_digits(source, "unit", text) != OK)
		return ERR_INVALID;
	if (source->has_roster &&
	    (!is_code || spool_unit(source->home->spool, folded, row) != OK))
		return refuse_unknown(source, is_code ? folded : text);
	if (!is_code)
		return REFUSE(source,
		    "\"%.40s\" bukan kode unit. Kode terdiri dari huruf, "
		    "angka, "
		    "titik dan garis, misalnya KEL-73.71.04.1008.",
		    "\"%.40s\" is not a unit's code, such as KEL-73.71.04.1008",
		    text);
	if (source->has_roster && !wilayah_is_within(row->wilayah, wilayah))
		return REFUSE(source,
		    "Unit %s (%s) ada di %s, di luar wilayah simpul ini (%s). "
		    "Catat di simpul wilayah itu.",
		    "unit %s (%s) is in %s, outside this node's wilayah (%s)",
		    folded, row->name, row->wilayah, wilayah);
	if (!source->has_roster && !source->noted_roster) {
		source->noted_roster = true;
		sentence_set(source_note(source),
		    "Daftar unit belum datang dari wilayah: kode unit belum "
		    "diperiksa.",
		    "the roster has not arrived yet: codes are not checked");
	}
	memcpy(code, folded, sizeof folded);
	return OK;
}

/* ---- counts */

enum err
source_count(struct source *source, unsigned kind, const char *const texts[2],
    struct pledge *pledge)
{
	struct count *count = &pledge->counts[kind];
	const char *name = kind_names[kind];
	uint64_t numbers[2] = {0};

	if (texts[0][0] == '\0' && texts[1][0] == '\0')
		return OK;
	for (unsigned i = 0; i < 2; i++) {
		bool is_empty = texts[i][0] == '\0';

		if (is_empty && (i == 0 || pledge->act != ACT_IKRAR))
			return REFUSE(source,
			    "%s: jumlah hadir dan jumlah tanda tangan harus "
			    "diisi keduanya (0 bila tidak ada), atau "
			    "dikosongkan keduanya.",
			    "%s: give both present and signed (0 if none), or "
			    "neither",
			    name);
		if (!is_empty &&
		    u64_get(&numbers[i], texts[i], 0, COUNT_MAX) != OK)
			return REFUSE(source,
			    "%s: \"%.40s\" bukan jumlah orang. Tulis bilangan "
			    "bulat 0 sampai %u, tanpa titik.",
			    "%s: \"%.40s\" is not a number of people (0 to %u)",
			    name, texts[i], COUNT_MAX);
	}
	*count = (struct count){.is_set = true,
	    .present = (uint32_t)numbers[0],
	    .signatures = (uint32_t)numbers[1]};
	return OK;
}

enum err
source_flag(
    struct source *source, const char *what, const char *text, bool *flag)
{
	static const char *const words[2][5] = {
	    {"0", "tidak", "t", "no", "n"}, {"1", "ya", "y", "yes", "v"}};

	if (text[0] == '\0')
		return OK;
	for (unsigned value = 0; value < 2; value++)
		for (unsigned i = 0; i < 5; i++)
			if (strcasecmp(text, words[value][i]) == 0) {
				*flag = value == 1;
				return OK;
			}
	return REFUSE(source,
	    "%s: \"%.40s\" bukan ya atau tidak. Tulis 1 atau ya bila kepala "
	    "unit sudah menandatangani, 0 atau tidak bila belum.",
	    "%s: \"%.40s\" is neither yes nor no: write 1 or 0", what, text);
}

/* ---- CODE[=pns:P/S,...][,head] */

static enum err
refuse_piece(struct source *source, const char *piece)
{
	return REFUSE(source,
	    "--unit: \"%.40s\" tidak dimengerti. Tulis "
	    "KODE=pns:HADIR/TANDA_TANGAN,pppk:H/T,non_asn:H/T,head, misalnya "
	    "KEL-73.71.04.1008=pns:12/11,head.",
	    "--unit: \"%.40s\" is not understood; write "
	    "CODE=pns:PRESENT/SIGNED,pppk:P/S,non_asn:P/S,head",
	    piece);
}

/* head, head:ya, head:tidak, pns:12/11; `piece` is taken apart. */
static enum err
take_piece(struct source *source, char *piece, struct pledge *pledge)
{
	char shown[SOURCE_WORD_MAX];
	char *value = strchr(piece, ':');
	char *slash;

	(void)text_copy(shown, sizeof shown, piece);
	if (value != NULL)
		*value++ = '\0';
	if (strcasecmp(piece, "head") == 0 || strcasecmp(piece, "kepala") == 0)
		return source_flag(source, "--unit head",
		    value == NULL ? "1" : value, &pledge->head_signed);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		if (strcasecmp(piece, kind_words[i]) != 0)
			continue;
		slash = value == NULL ? NULL : strchr(value, '/');
		if (slash == NULL)
			return refuse_piece(source, shown);
		*slash = '\0';
		return source_count(
		    source, i, (const char *const[]){value, slash + 1}, pledge);
	}
	return refuse_piece(source, shown);
}

enum err
source_unit_words(
    struct source *source, const char *text, struct pledge *pledge)
{
	size_t len = strcspn(text, "=,");
	char *copy = xstrdup(text);
	char *rest = copy + len;
	struct unit_row row;
	enum err err;

	if (*rest != '\0')
		*rest++ = '\0';
	err = source_unit(source, copy, pledge->unit, &row);
	while (err == OK && *rest != '\0') {
		char *piece = rest;

		rest += strcspn(rest, ",");
		if (*rest != '\0')
			*rest++ = '\0';
		err = take_piece(source, piece, pledge);
	}
	free(copy);
	return err;
}

/* ---- last looks */

static void
note_counts(struct source *source, const struct pledge *pledge,
    const struct unit_row *row)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		const struct count *count = &pledge->counts[i];

		if (!count->is_set)
			continue;
		if (count->present > row->heads[i] ||
		    count->signatures > row->heads[i])
			sentence_set(source_note(source),
			    "%s: %s %u/%u melebihi %u orang di daftar unit. "
			    "Periksa; tetap dapat disimpan.",
			    "%s: %s %u/%u is more than the %u people on the "
			    "roster",
			    pledge->unit, kind_names[i], count->present,
			    count->signatures, row->heads[i]);
		else if (count->signatures > count->present)
			sentence_set(source_note(source),
			    "%s: %s menandatangani (%u) lebih banyak dari yang "
			    "hadir (%u). Periksa.",
			    "%s: more %s signed (%u) than were present (%u)",
			    pledge->unit, kind_names[i], count->signatures,
			    count->present);
	}
}

static bool
has_signature(const struct pledge *pledge)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		if (pledge->counts[i].signatures > 0)
			return true;
	return pledge->head_signed;
}

static bool
has_anything(const struct pledge *pledge)
{
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		if (pledge->counts[i].is_set)
			return true;
	return pledge->head_signed;
}

enum err
source_unit_done(struct source *source, const struct pledge *pledge)
{
	struct unit_row row;

	if (pledge->act != ACT_IKRAR && !has_anything(pledge))
		return REFUSE(source,
		    "Unit %s: pakta tanpa tanda tangan. Sebut jumlahnya "
		    "(misalnya =pns:12/11), atau head bila kepala unit sudah "
		    "menandatangani.",
		    "unit %s: a pact that nobody signed; give counts, or head "
		    "if its head has signed",
		    pledge->unit);
	if (pledge->act == ACT_IKRAR && has_signature(pledge))
		sentence_set(source_note(source),
		    "%s: ikrar dibacakan, tidak ditandatangani. Bila ada tanda "
		    "tangan, catat juga --act pakta.",
		    "%s: an ikrar is read, not signed; record signatures as "
		    "--act pakta",
		    pledge->unit);
	if (source->has_roster &&
	    spool_unit(source->home->spool, pledge->unit, &row) == OK)
		note_counts(source, pledge, &row);
	return OK;
}
