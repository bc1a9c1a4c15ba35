/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/case_shown.h"

#include "judge/cell.h"
#include "judge/view_calendar.h"
#include "model/catalog.h"
#include "model/sanction.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { REPORTED = 1, VERIFIED = 2, ID_SHORT = 8 };

const char *
case_step_word(uint32_t step)
{
	const char *word = catalog_word(CATALOG_STEP, step);

	return word == NULL ? "DILAPORKAN" : word;
}

/* ---- what may be shown */

struct shown {
	char name[CODE_MAX];
	struct view_case at;
	struct cell cell; /* where it may be told of */
	char from[CALENDAR_TEXT_MAX], to[CALENDAR_TEXT_MAX];
	enum sanction sanction;
};

static void
shown_make(const struct view *view, unsigned n, struct shown *shown)
{
	const struct incident *incident = &shown->at.incident;

	memset(shown, 0, sizeof *shown);
	view_case(view, n, &shown->at);
	view_case_name(view, n, shown->name);
	cell_of(view, incident->unit, incident->subject, &shown->cell);
	cell_put_day(&shown->cell, incident->happened_from_day, shown->from);
	cell_put_day(&shown->cell, incident->happened_to_day, shown->to);
	shown->sanction = sanction_of(incident->act,
	    view_phase(view, incident->happened_from_day), incident->subject);
}

/* Where it counts: the two are never added. */
static const char *
counts_word(const struct view_case *at)
{
	if (at->is_held)
		return "held";
	if (at->counts_as == VERIFIED)
		return "verified";
	return at->counts_as == REPORTED ? "reported" : "none";
}

/* ---- text */

static const char *
counts_text(const struct view_case *at)
{
	if (at->is_held)
		return "ditahan / held";
	if (at->counts_as == VERIFIED)
		return "terverifikasi / verified";
	return at->counts_as == REPORTED ? "dilaporkan / reported"
					 : "tidak dihitung / not counted";
}

static void
say_names(const struct view *view, const char *what, const unsigned *cases,
    unsigned count)
{
	char name[CODE_MAX];

	if (count == 0)
		return;
	printf("    %s:", what);
	for (unsigned i = 0; i < count; i++) {
		view_case_name(view, cases[i], name);
		printf(" %s", name);
	}
	printf("\n");
}

static void
say_deadlines(const struct reading *reading, unsigned n)
{
	char due[CALENDAR_TEXT_MAX];

	for (unsigned i = 0; i < view_rule_count(reading->view); i++) {
		uint64_t ms = view_case_due_ms(reading->view, i, n);

		if (ms == UINT64_MAX)
			continue;
		calendar_ms_put(due, ms, reading->zone);
		printf("    tenggat/deadline %s: %s\n",
		    view_rule(reading->view, i)->id, due);
	}
}

static void
say_flags(const struct view_case *at)
{
	static const char *const texts[] = {"keberatan dicatat / objection",
	    "kasus tersendiri / a case of its own",
	    "laporan buatan / found made up", "dicabut / withdrawn",
	    "dikoreksi / corrected"};
	const bool flags[] = {at->has_objection, at->is_own_case,
	    at->is_made_up, at->is_withdrawn, at->is_corrected};

	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
		if (flags[i])
			printf("    %s\n", texts[i]);
}

static void
say_place(const struct shown *shown)
{
	const struct incident *incident = &shown->at.incident;

	printf("  %s%s%s%s", shown->cell.object,
	    shown->cell.name[0] == '\0' ? "" : " ", shown->cell.name,
	    shown->cell.is_small ? " (unit kecil / a small unit)" : "");
	printf(", %s, %s, %s", incident->act,
	    catalog_word(CATALOG_SUBJECT, incident->subject), shown->from);
	if (strcmp(shown->from, shown->to) != 0)
		printf("..%s", shown->to);
	printf("\n");
}

static void
say_one(const struct reading *reading, unsigned n)
{
	unsigned twins[CASE_TWINS_MAX];
	char since[CALENDAR_TEXT_MAX];
	struct shown shown;

	shown_make(reading->view, n, &shown);
	calendar_ms_put(since, shown.at.step_since_ms, reading->zone);
	printf("%s\n", shown.name);
	say_place(&shown);
	printf("    %s sejak/since %s; %s; kunci/keys %u\n",
	    case_step_word(shown.at.step), since, counts_text(&shown.at),
	    shown.at.key_count);
	say_flags(&shown.at);
	if (shown.at.twin != VIEW_NO_CASE)
		say_names(reading->view, "laporan ganda dari/told twice of",
		    &shown.at.twin, 1);
	say_names(reading->view, "mungkin sama/may be the same", twins,
	    view_case_twins(reading->view, n, twins));
	say_deadlines(reading, n);
	printf("    potensi/potential: %s (%s / %s, tabel/table %d)\n",
	    sanction_word(shown.sanction), sanction_text_id(shown.sanction),
	    sanction_text_en(shown.sanction), SANCTION_VERSION);
}

static void
count_all(const struct view *view, unsigned counts[3])
{
	struct view_case at;

	for (unsigned i = 0; i < view_incident_count(view); i++) {
		view_case(view, i, &at);
		if (at.is_held)
			counts[0]++;
		else
			counts[at.counts_as]++;
	}
}

void
case_say_all(const struct reading *reading)
{
	unsigned counts[3] = {0};

	reading_say_drill(reading);
	count_all(reading->view, counts);
	printf("Kasus/cases: dilaporkan/reported %u; terverifikasi/verified "
	       "%u; tidak dihitung/not counted %u\n"
	       "Dugaan bukan kesalahan. / An allegation is not guilt.\n",
	    counts[REPORTED], counts[VERIFIED], counts[0]);
	for (unsigned i = 0; i < view_incident_count(reading->view); i++)
		say_one(reading, i);
}

/* ---- history */

static void
say_reviewed(const struct reviewed *body, const struct view *view)
{
	unsigned twin = view_case_by_id(view, &body->duplicate_of);

	if (body->reason[0] != '\0')
		printf(", alasan/reason %s", body->reason);
	if (body->reference[0] != '\0')
		printf(", rujukan/reference %s", body->reference);
	if (body->decision[0] != '\0')
		printf(", putusan/decision %s", body->decision);
	if (body->duplicate_of.seq != 0)
		say_names(
		    view, " dari/of", &twin, twin == VIEW_NO_CASE ? 0 : 1);
}

static void
say_review(const struct reading *reading, const struct view_review *review)
{
	char at[CALENDAR_TEXT_MAX], who[2 * EVENT_ID_SIZE + 1];
	struct stored stored;

	calendar_ms_put(at, review->received_ms, reading->zone);
	hex_put(who, view_node(reading->view, review->node)->id, EVENT_ID_SIZE);
	printf("  %s  %-21s  penelaah/reviewer %.*s  indeks %" PRIu64, at,
	    case_step_word(review->step), ID_SHORT, who, review->index);
	if (store_entry(reading->store, review->index, &stored) == OK)
		say_reviewed(&stored.event.reviewed, reading->view);
	store_done(reading->store);
	printf("%s\n", review->has_effect
			   ? ""
			   : " (tanpa pengaruh: tidak mungkin dari sana / no "
			     "effect)");
}

void
case_say(const struct reading *reading, unsigned n)
{
	struct view_review reviews[REVIEWS_MAX];
	unsigned count = view_reviews(reading->view, n, reviews);
	char at[CALENDAR_TEXT_MAX];
	struct view_case found;

	reading_say_drill(reading);
	say_one(reading, n);
	view_case(reading->view, n, &found);
	calendar_ms_put(at, found.received_ms, reading->zone);
	printf("Riwayat / history:\n  %s  %-21s  indeks %" PRIu64
	       ", sumber/source %s, bukti/evidence %" PRIu32 "%s\n",
	    at, "DILAPORKAN", found.index,
	    catalog_word(CATALOG_SOURCE, found.incident.source),
	    found.incident.evidence_count,
	    found.incident.is_sealed ? ", tersegel/sealed" : "");
	for (unsigned i = 0; i < count; i++)
		say_review(reading, &reviews[i]);
}

/* ---- JSON */

static void
put_name(
    struct json *json, const struct view *view, const char *member, unsigned n)
{
	char name[CODE_MAX];

	if (n == VIEW_NO_CASE) {
		json_null_put(json, member);
		return;
	}
	view_case_name(view, n, name);
	json_text(json, member, name);
}

static void
put_deadlines(struct json *json, const struct view *view, unsigned n)
{
	json_array_begin(json, "deadlines");
	for (unsigned i = 0; i < view_rule_count(view); i++) {
		uint64_t ms = view_case_due_ms(view, i, n);

		if (ms == UINT64_MAX)
			continue;
		json_object_begin(json, NULL);
		json_text(json, "rule", view_rule(view, i)->id);
		json_u64(json, "due_ms", ms);
		json_end(json);
	}
	json_end(json);
}

static void
put_what(struct json *json, const struct shown *shown)
{
	const struct incident *incident = &shown->at.incident;

	json_bool(json, "small", shown->cell.is_small);
	if (shown->cell.is_small)
		json_null_put(json, "unit");
	else
		json_text(json, "unit", shown->cell.object);
	json_text(json, "place", shown->cell.object);
	json_text(
	    json, "place_is", catalog_word(CATALOG_SCOPE, shown->cell.scope));
	json_text(json, "act", incident->act);
	json_text(
	    json, "subject", catalog_word(CATALOG_SUBJECT, incident->subject));
	json_text(json, "happened_from", shown->from);
	json_text(json, "happened_to", shown->to);
	json_object_begin(json, "potential_sanction");
	json_text(json, "class", sanction_word(shown->sanction));
	json_u64(json, "table", SANCTION_VERSION);
	json_end(json);
}

static void
put_members(struct json *json, const struct view *view, unsigned n)
{
	unsigned twins[CASE_TWINS_MAX], count;
	struct shown shown;

	shown_make(view, n, &shown);
	json_text(json, "case", shown.name);
	json_hex(json, "node", shown.at.id.node, EVENT_ID_SIZE);
	json_u64(json, "seq", shown.at.id.seq);
	json_u64(json, "index", shown.at.index);
	json_text(json, "step", case_step_word(shown.at.step));
	json_u64(json, "step_since_ms", shown.at.step_since_ms);
	json_text(json, "counts_as", counts_word(&shown.at));
	json_u64(json, "keys", shown.at.key_count);
	json_bool(json, "objection", shown.at.has_objection);
	json_bool(json, "own_case", shown.at.is_own_case);
	json_bool(json, "made_up", shown.at.is_made_up);
	json_bool(json, "withdrawn", shown.at.is_withdrawn);
	json_bool(json, "corrected", shown.at.is_corrected);
	put_name(json, view, "duplicate_of", shown.at.twin);
	put_what(json, &shown);
	json_array_begin(json, "duplicate_candidates");
	count = view_case_twins(view, n, twins);
	for (unsigned i = 0; i < count; i++)
		put_name(json, view, NULL, twins[i]);
	json_end(json);
	put_deadlines(json, view, n);
}

void
case_put_all(struct json *json, const struct reading *reading)
{
	unsigned counts[3] = {0};

	count_all(reading->view, counts);
	json_object_begin(json, NULL);
	json_bool(json, "drill", reading->started.drill);
	json_u64(json, "reported", counts[REPORTED]);
	json_u64(json, "verified", counts[VERIFIED]);
	json_u64(json, "not_counted", counts[0]);
	json_array_begin(json, "cases");
	for (unsigned i = 0; i < view_incident_count(reading->view); i++) {
		json_object_begin(json, NULL);
		put_members(json, reading->view, i);
		json_end(json);
	}
	json_end(json);
	json_end(json);
}

static void
put_review(struct json *json, const struct reading *reading,
    const struct view_review *review)
{
	struct stored stored;

	json_object_begin(json, NULL);
	json_u64(json, "index", review->index);
	json_u64(json, "received_ms", review->received_ms);
	json_hex(json, "node", view_node(reading->view, review->node)->id,
	    EVENT_ID_SIZE);
	json_text(json, "step", case_step_word(review->step));
	json_bool(json, "has_effect", review->has_effect);
	if (store_entry(reading->store, review->index, &stored) == OK) {
		const struct reviewed *body = &stored.event.reviewed;

		json_text(json, "reason", body->reason);
		json_text(json, "reference", body->reference);
		json_text(json, "decision", body->decision);
		put_name(json, reading->view, "duplicate_of",
		    view_case_by_id(reading->view, &body->duplicate_of));
	}
	store_done(reading->store);
	json_end(json);
}

void
case_put(struct json *json, const struct reading *reading, unsigned n)
{
	struct view_review reviews[REVIEWS_MAX];
	unsigned count = view_reviews(reading->view, n, reviews);

	json_object_begin(json, NULL);
	put_members(json, reading->view, n);
	json_array_begin(json, "reviews");
	for (unsigned i = 0; i < count; i++)
		put_review(json, reading, &reviews[i]);
	json_end(json);
	json_end(json);
}
