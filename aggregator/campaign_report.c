/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/campaign_report.h"

#include "aggregator/head.h"
#include "core/tell.h"
#include "model/calendar.h"
#include "model/catalog.h"
#include "report/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Unheard units that are named: one page. */
enum { UNHEARD_NAMED_MAX = 60, NAME_ROOM = 2 * NOTE_ORIGIN_MAX };

/* What a report is made of. */
struct report {
	struct text_buf *text;
	const struct admin *admin;
	const struct view *view; /* behind the closing entry */
	const struct view_campaign *campaign;
	uint64_t index;
	struct coverage all;
	char reference[REFERENCE_MAX];
	char head[NOTE_CHECKPOINT_MAX];
};

static void
add_time(const struct report *report, const char *before, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	calendar_ms_put(text, ms, admin_reading(report->admin)->zone);
	text_buf_add(report->text, "%s%s", before, text);
}

/* ---- what it says */

static void
add_title(const struct report *report)
{
	const struct view_region *region = view_region(report->view);
	const struct campaign_row *row = &report->campaign->row;

	/* Like no checkpoint begins, and no other text that keys sign. */
	text_buf_add(report->text, "%s\n", REPORT_FIRST_LINE);
	if (region->drill)
		text_buf_add(report->text,
		    "LATIHAN: ini bukan data sungguhan. / DRILL: not real "
		    "data.\n");
	text_buf_add(report->text,
	    "Laporan penutupan kegiatan / report of a closed campaign\n"
	    "kegiatan/campaign: %s  %s\n"
	    "wilayah: %s\n",
	    row->id, row->name, region->wilayah);
	add_time(report, "tenggat/due: ", row->due_ms);
	add_time(report, ", akhir tenggang/grace end: ", row->grace_end_ms);
	add_time(report, "\nditutup/closed: ", region->last_received_ms);
	text_buf_add(report->text,
	    ", entri/entry %" PRIu64 ", surat/reference: %s\n", report->index,
	    report->reference[0] != '\0' ? report->reference : "-");
}

static void
add_heading(const struct report *report, const char *what)
{
	text_buf_add(report->text, "\n%s\n%7s %7s %7s %7s %7s %7s %7s %7s\n",
	    what, "unit", "lengkap", "tepat", "lambat", "dikecl", "perpjg",
	    "belum", "sunyi");
}

static void
add_row(const struct report *report, const struct coverage_query *query,
    const char *code, const char *name)
{
	struct coverage sum;

	view_coverage(report->view, query, &sum);
	if (sum.expected == 0)
		return;
	text_buf_add(report->text,
	    "%7" PRIu32 " %7" PRIu32 " %7" PRIu32 " %7" PRIu32 " %7" PRIu32
	    " %7" PRIu32 " %7" PRIu32 " %7" PRIu32 "  %s%s%s\n",
	    sum.expected, sum.actual, sum.on_time, sum.late, sum.excused,
	    sum.extended, sum.unsigned_known, sum.unheard, code,
	    name == NULL ? "" : " ", name == NULL ? "" : name);
}

static void
add_kecamatan(const struct report *report)
{
	struct group_list groups;

	add_heading(report, "Kecamatan / sub-districts");
	group_list_make(&groups, report->view, GROUP_KECAMATAN);
	for (unsigned i = 0; i < groups.count; i++)
		add_row(report,
		    &(struct coverage_query){
			.campaign = report->campaign->row.id,
			.wilayah = groups.at[i].code},
		    groups.at[i].code, groups.at[i].name);
	group_list_clear(&groups);
}

static void
add_kinds(const struct report *report)
{
	add_heading(report, "Jenis unit / kinds of unit");
	for (uint32_t kind = 1; kind <= catalog_max(CATALOG_UNIT_KIND); kind++)
		add_row(report,
		    &(struct coverage_query){
			.campaign = report->campaign->row.id,
			.unit_kind = kind},
		    catalog_word(CATALOG_UNIT_KIND, kind), NULL);
}

static bool
is_unheard(const struct report *report, const struct view_unit *unit)
{
	struct unit_progress progress;

	if (!unit->is_active)
		return false;
	view_unit_progress(report->view, unit, report->campaign, &progress);
	return !progress.is_heard && !progress.is_excused &&
	       !progress.is_extended &&
	       progress.on_time_status != UNIT_COMPLETE &&
	       !(progress.status == UNIT_COMPLETE &&
		   report->campaign->due_index == UINT64_MAX);
}

static void
add_unheard(const struct report *report)
{
	unsigned named = 0, more = 0;

	text_buf_add(report->text,
	    "\nBelum terdengar, jadi belum diketahui / unheard, so not "
	    "known:\n");
	for (unsigned i = 0; i < view_unit_count(report->view); i++) {
		const struct view_unit *unit = view_unit(report->view, i);

		if (!is_unheard(report, unit))
			continue;
		if (named == UNHEARD_NAMED_MAX) {
			more++;
			continue;
		}
		named++;
		text_buf_add(
		    report->text, "  %s  %s\n", unit->row.code, unit->row.name);
	}
	if (named == 0)
		text_buf_add(report->text, "  tidak ada/none\n");
	if (more > 0)
		text_buf_add(report->text,
		    "  dan %u unit lagi / and %u more: ikrar-aggregator state "
		    "--json --units\n",
		    more, more);
}

static void
add_head(const struct report *report)
{
	text_buf_add(report->text,
	    "\nKepala log yang memuat penutupan ini / head of the log that "
	    "holds this:\n\n%s",
	    report->head);
}

/* ---- what it is made of */

/* The newest head, which holds the closing entry. */
static enum err
read_head(struct report *report)
{
	const struct reading *reading = admin_reading(report->admin);
	const struct view_region *region = view_region(report->view);
	struct checkpoint head;

	if (head_read(reading->dir, report->head) == OK &&
	    checkpoint_open(&head, report->head, strlen(report->head),
		region->origin, region->log_key) == OK &&
	    head.size > report->index)
		return OK;
	tell("%s/head tidak memuat entri %" PRIu64
	     "; jalankan wilayah, lalu ulangi perintah ini.",
	    "%s/head does not hold entry %" PRIu64
	    ": run the region, then try again.",
	    reading->dir, report->index);
	return ERR_INVALID;
}

static enum err
read_closing(struct report *report)
{
	struct store *store = admin_reading(report->admin)->store;
	struct stored stored;
	enum err err = store_entry(store, report->index, &stored);

	if (err == OK && stored.event.kind == EVENT_CAMPAIGN_CLOSED)
		(void)text_copy(report->reference, REFERENCE_MAX,
		    stored.event.campaign_closed.reference);
	else
		err = ERR_INVALID;
	store_done(store);
	if (err == OK)
		return OK;
	tell("Entri %" PRIu64 " bukan penutupan kegiatan.",
	    "Entry %" PRIu64 " closes no campaign.", report->index);
	return ERR_INVALID;
}

static void
add_all(struct report *report)
{
	char name[NAME_ROOM];

	view_coverage(report->view,
	    &(struct coverage_query){.campaign = report->campaign->row.id},
	    &report->all);
	add_title(report);
	text_buf_add(report->text, "\n");
	coverage_put(report->text, &report->all);
	add_kecamatan(report);
	add_kinds(report);
	add_unheard(report);
	add_head(report);
	snprintf(
	    name, sizeof name, "%s/admin", view_region(report->view)->origin);
	admin_sign_note(report->admin, report->text, name);
}

enum err
campaign_report(struct text_buf *text, const struct admin *admin,
    const char *campaign, uint64_t index)
{
	struct report report = {.text = text, .admin = admin, .index = index};
	struct store *store = admin_reading(admin)->store;
	struct view *view = NULL;
	enum err err;

	store_done(store);
	err = store_fold(store, index + 1, &view);
	store_done(store);
	if (err != OK) {
		tell("Log tidak terbaca sampai entri %" PRIu64 ".",
		    "The log cannot be read up to entry %" PRIu64 ".", index);
		return ERR_INVALID;
	}
	report.view = view;
	report.campaign = view_campaign_by_id(view, campaign);
	err = read_closing(&report);
	if (err == OK)
		err = read_head(&report);
	if (err == OK && report.campaign != NULL)
		add_all(&report);
	view_free(view);
	return err;
}
