/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/preview.h"

#include "collector/facts.h"
#include "collector/recipients.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[EMPLOYMENT_KINDS] = {
    "PNS", "PPPK", "non-ASN"};

static void
put_title(struct text_buf *out, const struct home *home, const char *id,
    const char *en)
{
	text_buf_add(out, "Yang akan disimpan / to be stored (%s): %s / %s\n",
	    home->region.wilayah, id, en);
}

/* Counts of one unit on one line: "PNS 5/5 (dari 6)". */
static void
put_counts(struct text_buf *out, struct home *home, const struct pledge *pledge)
{
	struct unit_row row;
	bool is_known = spool_unit(home->spool, pledge->unit, &row) == OK;

	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		const struct count *count = &pledge->counts[i];

		if (!count->is_set)
			continue;
		text_buf_add(out, "; %s %u/%u", kind_names[i], count->present,
		    count->signatures);
		if (is_known)
			text_buf_add(out, " dari %u", row.heads[i]);
	}
	text_buf_add(out, "%s\n", pledge->head_signed ? "; kepala" : "");
}

struct totals {
	uint64_t present[EMPLOYMENT_KINDS], signatures[EMPLOYMENT_KINDS];
	unsigned units[EMPLOYMENT_KINDS];
	unsigned heads;
};

static struct totals
totals_of(const struct event *events, unsigned count)
{
	struct totals totals = {0};

	for (unsigned i = 0; i < count; i++) {
		const struct pledge *pledge = &events[i].pledge;

		totals.heads += pledge->head_signed;
		for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
			totals.present[k] += pledge->counts[k].present;
			totals.signatures[k] += pledge->counts[k].signatures;
			totals.units[k] += pledge->counts[k].is_set;
		}
	}
	return totals;
}

static void
put_totals(struct text_buf *out, const struct event *events, unsigned count)
{
	struct totals totals = totals_of(events, count);

	text_buf_add(out, "Jumlah / totals\n");
	for (unsigned k = 0; k < EMPLOYMENT_KINDS; k++) {
		if (totals.units[k] == 0)
			text_buf_add(out, "  %-8s tidak diubah / unchanged\n",
			    kind_names[k]);
		else
			text_buf_add(out,
			    "  %-8s hadir %" PRIu64 ", tanda tangan %" PRIu64
			    " (%u unit)\n",
			    kind_names[k], totals.present[k],
			    totals.signatures[k], totals.units[k]);
	}
	text_buf_add(out, "  %-8s %u dari %u unit menandatangani\n", "kepala",
	    totals.heads, count);
}

void
preview_pledges(struct text_buf *out, struct home *home,
    const struct event *events, unsigned count)
{
	struct facts facts = {0};
	const struct catalog_row *acts;
	char name[FACT_MAX];
	unsigned act_count;

	CHECK(count > 0);
	acts = catalog_rows(CATALOG_ACT, &act_count);
	CHECK(events[0].pledge.act >= 1 && events[0].pledge.act <= act_count);
	acts += events[0].pledge.act - 1;
	put_title(out, home, acts->id, acts->en);
	facts_of_ceremony(&facts, home, &events[0].pledge);
	facts_put(out, &facts);
	text_buf_add(
	    out, "Unit (%u), hadir/tanda tangan / present/signed\n", count);
	for (unsigned i = 0; i < count && i < PREVIEW_UNITS_MAX; i++) {
		const struct pledge *pledge = &events[i].pledge;

		facts_unit_name(home, pledge->unit, name);
		text_buf_add(out, "  %s", name);
		put_counts(out, home, pledge);
	}
	if (count > PREVIEW_UNITS_MAX)
		text_buf_add(out, "  ... dan %u unit lagi / and %u more\n",
		    count - PREVIEW_UNITS_MAX, count - PREVIEW_UNITS_MAX);
	put_totals(out, events, count);
}

void
preview_incident(
    struct text_buf *out, struct home *home, const struct incident *incident)
{
	struct facts facts = {0};

	put_title(out, home, "dugaan pelanggaran netralitas, belum terbukti",
	    "alleged breach, not proven");
	facts_of_incident(&facts, home, incident);
	facts_put(out, &facts);
}

void
preview_sealed(struct text_buf *out, const struct sealing *sealing)
{
	uint8_t fingerprint[RECIPIENTS_PIN_SIZE];
	char names[RECIPIENTS_NAMES_MAX], pin[RECIPIENTS_PIN_TEXT];

	recipients_names(names, &sealing->set);
	recipients_fingerprint(fingerprint, &sealing->set);
	recipients_pin_put(pin, fingerprint);
	text_buf_add(out,
	    "Bagian tersegel, %zu byte; sesudah disimpan tidak dapat dibaca "
	    "lagi di sini\n(sealed part; once stored it cannot be read here "
	    "any more)\n",
	    sealing->text_len);
	for (unsigned i = 0; i < SEALED_KEYS; i++)
		text_buf_add(out, "  %-8s %s\n",
		    sealed_key_word((enum sealed_key)i),
		    (sealing->keys >> i & 1) != 0 ? "ada" : "-");
	text_buf_add(out,
	    "  disegel kepada / sealed to: %s (versi %" PRIu64
	    ")\n  sidik / fingerprint: %s\n",
	    names, sealing->set.version, pin);
}

unsigned
preview_correction(struct text_buf *out, struct home *home,
    const struct record *old, const struct corrected *new)
{
	struct facts before = {0}, after = {0};
	char title[FACT_MAX], name[FACT_MAX];
	bool is_pledge = old->kind == EVENT_PLEDGE_MADE;

	facts_unit_name(
	    home, is_pledge ? old->pledge.unit : old->incident.unit, name);
	snprintf(title, sizeof title, "koreksi catatan %" PRIu64 ", %.400s",
	    old->seq, name);
	put_title(out, home, title, "correction");
	if (is_pledge) {
		facts_of_ceremony(&before, home, &old->pledge);
		facts_of_unit(&before, home, &old->pledge);
		facts_of_ceremony(&after, home, &new->pledge);
		facts_of_unit(&after, home, &new->pledge);
	} else {
		facts_of_incident(&before, home, &old->incident);
		facts_of_incident(&after, home, &new->incident);
	}
	return facts_put_changes(out, &before, &after);
}

void
preview_withdrawal(struct text_buf *out, struct home *home,
    const struct record *record, const struct withdrawn *withdrawn)
{
	struct facts facts = {0};
	const struct reason_row *rows;
	char title[FACT_MAX];
	unsigned count;

	snprintf(
	    title, sizeof title, "pencabutan catatan %" PRIu64, record->seq);
	put_title(out, home, title, "withdrawal");
	if (record->kind == EVENT_PLEDGE_MADE) {
		facts_of_ceremony(&facts, home, &record->pledge);
		facts_of_unit(&facts, home, &record->pledge);
	} else {
		facts_of_incident(&facts, home, &record->incident);
	}
	facts_put(out, &facts);
	rows = reason_rows(&count);
	for (unsigned i = 0; i < count; i++)
		if (strcmp(rows[i].word, withdrawn->reason) == 0)
			text_buf_add(out, "Alasan / reason: %s (%s)%s%s\n",
			    rows[i].id, rows[i].word,
			    withdrawn->reference[0] == '\0' ? "" : ", surat ",
			    withdrawn->reference);
}

void
preview_notes(struct text_buf *out, const struct source *source)
{
	if (source->note_count == 0)
		return;
	text_buf_add(out, "Perhatikan / please note\n");
	for (size_t i = 0; i < source->note_count && i < SOURCE_NOTES_MAX; i++)
		text_buf_add(out, "  - %s\n    (%s)\n", source->notes[i].id,
		    source->notes[i].en);
	if (source->note_count > SOURCE_NOTES_MAX)
		text_buf_add(out, "  - ... dan %zu lagi / and %zu more\n",
		    source->note_count - SOURCE_NOTES_MAX,
		    source->note_count - SOURCE_NOTES_MAX);
}
