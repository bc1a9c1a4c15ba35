/* SPDX-License-Identifier: Apache-2.0 */
#include "collector/facts.h"

#include "model/catalog.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LABEL_WIDTH = 24, HEX_SHOWN = 8 };

static const char *const kind_names[EMPLOYMENT_KINDS][2] = {
    {"PNS", "PNS"}, {"PPPK", "PPPK"}, {"Non-ASN", "non-ASN"}};

static void __attribute__((format(printf, 4, 5))) add(struct facts *facts,
    const char *id, const char *en, const char *format, ...)
{
	struct fact *fact = &facts->at[facts->count];
	va_list arguments;

	CHECK(facts->count < FACTS_MAX);
	fact->id = id;
	fact->en = en;
	va_start(arguments, format);
	vsnprintf(fact->value, sizeof fact->value, format, arguments);
	va_end(arguments);
	facts->count++;
}

/* "deklarasi (DEKLARASI)" */
static const char *
in_words(enum catalog catalog, uint32_t number, char text[FACT_MAX])
{
	const struct catalog_row *rows;
	unsigned count;

	rows = catalog_rows(catalog, &count);
	if (number == 0 || number > count)
		snprintf(text, FACT_MAX, "?");
	else if (strcasecmp(rows[number - 1].id, rows[number - 1].word) == 0)
		snprintf(text, FACT_MAX, "%s", rows[number - 1].word);
	else
		snprintf(text, FACT_MAX, "%s (%s)", rows[number - 1].id,
		    rows[number - 1].word);
	return text;
}

static const char *
mask_in_words(enum catalog catalog, uint32_t mask, char text[FACT_MAX])
{
	const struct catalog_row *rows;
	size_t used = 0;
	unsigned count;

	rows = catalog_rows(catalog, &count);
	snprintf(text, FACT_MAX, "-");
	for (unsigned i = 0; i < count && used < FACT_MAX; i++)
		if ((mask >> i & 1) != 0)
			used += (size_t)snprintf(text + used, FACT_MAX - used,
			    "%s%s", used == 0 ? "" : ", ", rows[i].word);
	return text;
}

static const char *
hex_head(const uint8_t *at, char text[FACT_MAX])
{
	hex_put(text, at, HEX_SHOWN);
	return text;
}

void
facts_unit_name(struct home *home, const char *code, char text[FACT_MAX])
{
	struct unit_row row;

	if (spool_unit(home->spool, code, &row) == OK)
		snprintf(text, FACT_MAX, "%s (%s)", code, row.name);
	else
		snprintf(text, FACT_MAX, "%s", code);
}

static void
add_campaign(struct facts *facts, struct home *home, const char *id)
{
	char due[CALENDAR_TEXT_MAX];
	struct campaign_row row;

	if (spool_campaign(home->spool, id, &row) != OK) {
		add(facts, "Kegiatan", "campaign", "%s", id);
		return;
	}
	home_time(home, due, row.due_ms);
	add(facts, "Kegiatan", "campaign", "%s (%s; tenggat %s)", id, row.name,
	    due);
}

void
facts_of_ceremony(
    struct facts *facts, struct home *home, const struct pledge *pledge)
{
	char text[FACT_MAX], made[CALENDAR_TEXT_MAX];

	home_time(home, made, pledge->made_at_ms);
	add_campaign(facts, home, pledge->campaign);
	add(facts, "Jenis", "act", "%s",
	    in_words(CATALOG_ACT, pledge->act, text));
	add(facts, "Bentuk", "form", "%s",
	    in_words(CATALOG_FORM, pledge->form, text));
	add(facts, "Waktu", "made", "%s", made);
	add(facts, "Butir ikrar", "points", "%s",
	    mask_in_words(CATALOG_POINT, pledge->points, text));
	add(facts, "Naskah", "text", "%s (sidik %s...)", pledge->template,
	    hex_head(pledge->template_sha256, text));
	add(facts, "Saksi", "witnesses", "%s",
	    mask_in_words(CATALOG_WITNESS, pledge->witnesses, text));
	if (pledge->has_sheet)
		add(facts, "Lembar tanda tangan", "sheet", "sidik %s...",
		    hex_head(pledge->sheet_sha256, text));
}

static void
add_count(struct facts *facts, unsigned kind, const struct count *count)
{
	const char *id = kind_names[kind][0];
	const char *en = kind_names[kind][1];

	if (count->is_set)
		add(facts, id, en, "hadir %u, tanda tangan %u", count->present,
		    count->signatures);
	else
		add(facts, id, en, "tidak diubah");
}

void
facts_of_unit(
    struct facts *facts, struct home *home, const struct pledge *pledge)
{
	char text[FACT_MAX];

	facts_unit_name(home, pledge->unit, text);
	add(facts, "Unit", "unit", "%s", text);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		add_count(facts, i, &pledge->counts[i]);
	add(facts, "Kepala unit", "head", "%s",
	    pledge->head_signed ? "menandatangani" : "belum menandatangani");
}

static void
add_happened(struct facts *facts, const struct incident *incident)
{
	char from[CALENDAR_TEXT_MAX], to[CALENDAR_TEXT_MAX];

	calendar_day_put(from, incident->happened_from_day);
	calendar_day_put(to, incident->happened_to_day);
	if (incident->happened_from_day == incident->happened_to_day)
		add(facts, "Terjadi", "happened", "%s", from);
	else
		add(facts, "Terjadi", "happened", "%s sampai %s", from, to);
}

static void
add_evidence(struct facts *facts, const struct incident *incident)
{
	char text[FACT_MAX] = "tidak ada", hex[FACT_MAX];
	size_t used = 0;

	for (uint32_t i = 0; i < incident->evidence_count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		    "%ssidik %s...", i == 0 ? "" : ", ",
		    hex_head(incident->evidence[i], hex));
	add(facts, "Bukti", "evidence", "%s", text);
}

static void
add_sealed(struct facts *facts, const struct incident *incident)
{
	char hex[FACT_MAX];

	if (incident->is_sealed)
		add(facts, "Tersegel", "sealed part", "%u byte, sidik %s...",
		    incident->blob_size, hex_head(incident->blob_hash, hex));
	else
		add(facts, "Tersegel", "sealed part", "tidak ada");
}

void
facts_of_incident(
    struct facts *facts, struct home *home, const struct incident *incident)
{
	const struct act_row *act = act_by_code(incident->act);
	char text[FACT_MAX], day[CALENDAR_TEXT_MAX];

	facts_unit_name(home, incident->unit, text);
	add(facts, "Unit", "unit", "%s", text);
	add(facts, "Dugaan", "alleged act", "%s: %s", incident->act,
	    act == NULL ? "?" : act->id);
	add_happened(facts, incident);
	calendar_day_put(day, incident->known_day);
	add(facts, "Diketahui", "known", "%s", day);
	calendar_day_put(day, incident->reported_day);
	add(facts, "Dilaporkan", "reported", "%s", day);
	add(facts, "Sumber", "source", "%s",
	    in_words(CATALOG_SOURCE, incident->source, text));
	add(facts, "Yang diduga", "subject", "%s",
	    in_words(CATALOG_SUBJECT, incident->subject, text));
	add_evidence(facts, incident);
	add_sealed(facts, incident);
}

static void
put_label(struct text_buf *out, const struct fact *fact)
{
	char label[FACT_MAX];

	if (strcasecmp(fact->id, fact->en) == 0)
		snprintf(label, sizeof label, "%s", fact->id);
	else
		snprintf(label, sizeof label, "%s / %s", fact->id, fact->en);
	text_buf_add(out, "  %-*s ", LABEL_WIDTH + 4, label);
}

void
facts_put(struct text_buf *out, const struct facts *facts)
{
	for (unsigned i = 0; i < facts->count; i++) {
		put_label(out, &facts->at[i]);
		text_buf_add(out, "%s\n", facts->at[i].value);
	}
}

/* What only one of them has is shown too. */
unsigned
facts_put_changes(
    struct text_buf *out, const struct facts *old, const struct facts *new)
{
	unsigned changed = 0;

	for (unsigned i = 0; i < new->count; i++) {
		const struct fact *to = &new->at[i];
		const char *from = "-";

		for (unsigned k = 0; k < old->count; k++)
			if (strcmp(old->at[k].id, to->id) == 0)
				from = old->at[k].value;
		if (strcmp(from, to->value) == 0)
			continue;
		put_label(out, to);
		text_buf_add(out, "%s -> %s\n", from, to->value);
		changed++;
	}
	return changed;
}

const char *
facts_kind(const struct event *event)
{
	static const struct {
		enum event_kind kind;
		const char *text;
	} texts[] = {
	    {EVENT_INCIDENT_REPORTED, "dugaan pelanggaran"},
	    {EVENT_CORRECTED, "koreksi"},
	    {EVENT_WITHDRAWN, "pencabutan"},
	    {EVENT_NODE_REPORTED, "kabar simpul"},
	};

	if (event->kind == EVENT_PLEDGE_MADE)
		return event->pledge.act == 1 ? "ikrar" : "pakta integritas";
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].kind == event->kind)
			return texts[i].text;
	return event_kind_name(event->kind);
}

void
facts_about(const struct event *event, char text[FACT_MAX])
{
	const struct corrected *corrected = &event->corrected;

	text[0] = '\0';
	if (event->kind == EVENT_PLEDGE_MADE)
		snprintf(text, FACT_MAX, "%s %s", event->pledge.unit,
		    event->pledge.campaign);
	else if (event->kind == EVENT_INCIDENT_REPORTED)
		snprintf(text, FACT_MAX, "%s %s", event->incident.unit,
		    event->incident.act);
	else if (event->kind == EVENT_CORRECTED)
		snprintf(text, FACT_MAX, "%s, catatan %" PRIu64,
		    corrected->kind == EVENT_PLEDGE_MADE
			? corrected->pledge.unit
			: corrected->incident.unit,
		    corrected->target.seq);
	else if (event->kind == EVENT_WITHDRAWN)
		snprintf(text, FACT_MAX, "catatan %" PRIu64 ", %s",
		    event->withdrawn.target.seq, event->withdrawn.reason);
}
