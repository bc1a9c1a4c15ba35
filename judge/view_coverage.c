/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far units are. Signatures are those of the pakta: an ikrar is read by
 * one for all and signs for nobody. A unit without any head count is complete
 * when its head signed or the ikrar was read.
 */
#include "judge/view_parts.h"

#include <inttypes.h>
#include <string.h>

enum { BP = 10000 };

/* What a unit has shown, by timely pledges or by all. */
struct shown {
	bool is_read, is_head_signed;
	uint32_t signatures[EMPLOYMENT_KINDS];
};

static void
show(const struct view *view, uint32_t tally, bool timely, struct shown *shown)
{
	const struct tally_row *row;
	struct totals totals;

	*shown = (struct shown){0};
	if (tally == NO_ROW)
		return;
	row = tally_at(view, tally);
	if (timely) {
		shown->is_read = (row->flags & TIMELY_READ) != 0;
		shown->is_head_signed = (row->flags & TIMELY_HEAD) != 0;
		memcpy(shown->signatures, row->timely_signatures,
		    sizeof shown->signatures);
		return;
	}
	shown->is_read = (row->flags & ANY_READ) != 0;
	shown->is_head_signed = (row->flags & ANY_HEAD) != 0;
	tally_totals(view, tally, ACT_PAKTA, &totals);
	memcpy(shown->signatures, totals.signatures, sizeof shown->signatures);
}

static bool
share_is_reached(
    const struct unit_row *unit, const struct shown *shown, uint32_t signed_bp)
{
	uint64_t heads = 0, signatures = 0;

	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		if (unit->heads[i] == 0)
			continue;
		heads += unit->heads[i];
		signatures += shown->signatures[i];
	}
	if (heads == 0)
		return shown->is_head_signed || shown->is_read;
	return signatures * BP >= signed_bp * heads;
}

bool
unit_fulfils(const struct view *view, const struct rule_row *rule,
    uint32_t unit, bool timely)
{
	const struct unsigned_units *body = &rule->unsigned_units;
	uint32_t campaign = campaign_find(view, body->campaign);
	struct shown shown;

	if (campaign == NO_ROW)
		return false;
	show(view, tally_find(view, unit, campaign), timely, &shown);
	if (body->counts == SIGNED_READ)
		return shown.is_read;
	if (body->counts == SIGNED_HEAD)
		return shown.is_head_signed;
	return share_is_reached(
	    &unit_at(view, unit)->row, &shown, body->signed_bp);
}

/* ---- progress */

const char *
unit_status_word(enum unit_status status)
{
	static const char *const words[] = {[UNIT_NONE] = "BELUM",
	    [UNIT_READ] = "DIBACAKAN",
	    [UNIT_HEAD_SIGNED] = "DITANDATANGANI_KEPALA",
	    [UNIT_PARTIAL] = "SEBAGIAN",
	    [UNIT_COMPLETE] = "LENGKAP"};

	return words[status];
}

static enum unit_status
status_of(const struct unit_row *unit, const struct shown *shown)
{
	uint64_t heads = 0, signatures = 0;
	bool is_complete = true;

	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		heads += unit->heads[i];
		signatures += shown->signatures[i];
		is_complete =
		    is_complete && shown->signatures[i] >= unit->heads[i];
	}
	if (heads == 0)
		is_complete = shown->is_head_signed || shown->is_read;
	if (is_complete)
		return UNIT_COMPLETE;
	/* One signature may be the head's own. */
	if (signatures > (shown->is_head_signed ? 1 : 0))
		return UNIT_PARTIAL;
	if (shown->is_head_signed)
		return UNIT_HEAD_SIGNED;
	return shown->is_read ? UNIT_READ : UNIT_NONE;
}

/* Heard past the newest date of the campaign, and of the unit's own time;
 * before the first of them it is enough that there is a collector. */
static bool
is_heard(const struct view *view, uint32_t unit,
    const struct view_campaign *campaign, const struct terms *terms)
{
	if (terms->is_own && !unit_is_heard(view, unit, terms->line))
		return false;
	const uint64_t dates[] = {
	    campaign->lock_index, campaign->grace_index, campaign->due_index};

	for (unsigned i = 0; i < sizeof dates / sizeof *dates; i++)
		if (dates[i] != NEVER)
			return unit_is_heard(view, unit, dates[i]);
	return unit_is_heard(view, unit, 0);
}

void
view_unit_progress(const struct view *view, const struct view_unit *unit,
    const struct view_campaign *campaign, struct unit_progress *progress)
{
	uint32_t number = (uint32_t)(unit - unit_at(view, 0));
	uint32_t campaign_number =
	    (uint32_t)((const struct campaign_state *)(const void *)campaign -
		       campaign_at(view, 0));
	uint32_t tally = tally_find(view, number, campaign_number);
	struct totals ikrar = {0}, pakta = {0};
	struct shown shown;
	struct terms terms;

	terms_of(view, number, campaign_number, &terms);
	*progress = (struct unit_progress){.is_extended = terms.is_extended,
	    .due_ms = terms.due_ms,
	    .is_excused = unit_is_excused(view, number, campaign_number)};
	show(view, tally, true, &shown);
	progress->on_time_status = status_of(&unit->row, &shown);
	show(view, tally, false, &shown);
	progress->status = status_of(&unit->row, &shown);
	progress->is_read = shown.is_read;
	progress->is_head_signed = shown.is_head_signed;
	progress->is_heard = is_heard(view, number, campaign, &terms);
	if (tally != NO_ROW) {
		tally_totals(view, tally, ACT_IKRAR, &ikrar);
		tally_totals(view, tally, ACT_PAKTA, &pakta);
	}
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		progress->heads[i] = unit->row.heads[i];
		progress->signatures[i] = pakta.signatures[i];
		progress->present[i] = ikrar.present[i] > pakta.present[i]
					   ? ikrar.present[i]
					   : pakta.present[i];
	}
}

/* ---- coverage */

static bool
is_below(const struct view *view, uint32_t unit, uint32_t opd)
{
	for (unsigned i = 0; unit != NO_ROW && i < PARENTS_MAX; i++) {
		if (unit == opd)
			return true;
		unit = extra_at(view, unit)->parent;
	}
	return false;
}

static bool
is_asked_for(
    const struct view *view, uint32_t unit, const struct coverage_query *query)
{
	const struct view_unit *row = unit_at(view, unit);

	if (!row->is_active ||
	    (query->unit_kind != 0 && row->row.kind != query->unit_kind) ||
	    (query->wilayah != NULL &&
		!wilayah_is_within(row->row.wilayah, query->wilayah)))
		return false;
	return query->opd == NULL ||
	       is_below(view, unit, unit_find(view, query->opd));
}

void
coverage_add(struct coverage *coverage, const struct view_campaign *campaign,
    const struct unit_progress *progress)
{
	bool is_complete = progress->status == UNIT_COMPLETE;
	bool is_due = campaign->due_index != NEVER;

	coverage->expected++;
	if (progress->on_time_status == UNIT_COMPLETE ||
	    (is_complete && !is_due))
		coverage->on_time++;
	else if (progress->is_excused)
		coverage->excused++;
	else if (progress->is_extended)
		coverage->extended++;
	else if (!progress->is_heard)
		coverage->unheard++;
	else if (is_complete)
		coverage->late++;
	else
		coverage->unsigned_known++;
	coverage->actual = coverage->on_time + coverage->late;
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		coverage->heads[i] += progress->heads[i];
		coverage->signatures[i] += progress->signatures[i];
	}
}

void
view_coverage(const struct view *view, const struct coverage_query *query,
    struct coverage *coverage)
{
	const struct view_campaign *campaign =
	    view_campaign_by_id(view, query->campaign);
	struct unit_progress progress;

	*coverage = (struct coverage){0};
	if (campaign == NULL)
		return;
	if (campaign->closed_index != NEVER && query->wilayah == NULL &&
	    query->opd == NULL && query->unit_kind == 0) {
		*coverage =
		    ((const struct campaign_state *)(const void *)campaign)
			->frozen;
		return;
	}
	for (uint32_t i = 0; i < row_count(view, TABLE_UNITS); i++) {
		if (!is_asked_for(view, i, query))
			continue;
		view_unit_progress(view, unit_at(view, i), campaign, &progress);
		coverage_add(coverage, campaign, &progress);
	}
}

void
coverage_put(struct text_buf *text, const struct coverage *coverage)
{
	static const char *const names[EMPLOYMENT_KINDS] = {
	    [EMPLOYMENT_PNS] = "PNS",
	    [EMPLOYMENT_PPPK] = "PPPK",
	    [EMPLOYMENT_NON_ASN] = "non-ASN"};

	text_buf_add(text,
	    "unit diharapkan/expected:        %6" PRIu32 "\n"
	    "unit lengkap/actual:             %6" PRIu32 "\n"
	    "  tepat waktu/on time:           %6" PRIu32 "\n"
	    "  terlambat/late:                %6" PRIu32 "\n"
	    "unit dikecualikan/excused:       %6" PRIu32 "\n"
	    "unit diperpanjang/extended:      %6" PRIu32 "\n"
	    "belum lengkap/incomplete:        %6" PRIu32 "\n"
	    "belum terdengar/unheard:         %6" PRIu32 "\n",
	    coverage->expected, coverage->actual, coverage->on_time,
	    coverage->late, coverage->excused, coverage->extended,
	    coverage->unsigned_known, coverage->unheard);
	text_buf_add(text, "tanda tangan/signatures:");
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		text_buf_add(text, "%s %s %" PRIu64 "/%" PRIu64,
		    i == 0 ? "" : ",", names[i], coverage->signatures[i],
		    coverage->heads[i]);
	text_buf_add(text, "\n");
}
