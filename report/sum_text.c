/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sum_text.h"

#include "model/calendar.h"
#include "model/catalog.h"
#include "report/group.h"
#include "report/sum_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a name, in characters: a coverage row fits in 80. */
enum { NAME_COLUMNS = 30 };

void
sum_text_time(const struct sum_text *sum, const char *before, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	if (ms == 0)
		(void)text_copy(text, sizeof text, "-");
	else
		calendar_ms_put(text, ms, sum->zone);
	text_buf_add(sum->out, "%s%s", before, text);
}

/* A format pads by bytes; a name may hold longer characters. What does not fit
 * is cut, so that the figures behind it stay in their columns. */
static void
say_padded(const struct sum_text *sum, const char *text)
{
	size_t cut = 0, at = 0;
	unsigned columns = 0;

	for (; text[at] != '\0'; at++) {
		bool is_first = ((unsigned char)text[at] & 0xc0) != 0x80;

		if (is_first && columns == NAME_COLUMNS - 1)
			cut = at;
		columns += is_first;
	}
	if (columns > NAME_COLUMNS)
		text_buf_add(sum->out, "%.*s\xe2\x80\xa6", (int)cut, text);
	else
		text_buf_add(
		    sum->out, "%s%*s", text, (int)(NAME_COLUMNS - columns), "");
}

/* ---- coverage */

static void
say_coverage_row(const struct sum_text *sum, const struct group *group,
    const struct coverage *coverage)
{
	char label[CODE_MAX + NAME_MAX_BYTES];

	snprintf(label, sizeof label, "%s %s", group->code,
	    group->name != NULL ? group->name : "");
	text_buf_add(sum->out, "  ");
	say_padded(sum, label);
	text_buf_add(sum->out,
	    " %5" PRIu32 " %5" PRIu32 " %5" PRIu32 " %5" PRIu32 " %5" PRIu32
	    " %5" PRIu32 " %5" PRIu32 " %5" PRIu32 "\n",
	    coverage->expected, coverage->actual, coverage->on_time,
	    coverage->late, coverage->excused, coverage->extended,
	    coverage->unsigned_known, coverage->unheard);
}

static void
say_coverage_heading(const struct sum_text *sum, const char *what)
{
	text_buf_add(sum->out, "\n  ");
	say_padded(sum, what);
	text_buf_add(sum->out, " %5s %5s %5s %5s %5s %5s %5s %5s\n", "unit",
	    "lngkp", "tepat", "lmbat", "kcual", "prpjg", "belum", "sunyi");
}

static void
say_groups(const struct sum_text *sum, const char *campaign, enum group_by by)
{
	static const char *const headings[GROUP_BYS] = {
	    [GROUP_KECAMATAN] = "Kecamatan / sub-district",
	    [GROUP_OPD] = "Perangkat daerah / OPD",
	    [GROUP_KIND] = "Jenis unit / kind of unit"};
	struct group_list groups;
	struct coverage *coverages;

	group_list_make(&groups, sum->view, by);
	coverages = group_coverages(sum->view, &groups, campaign);
	say_coverage_heading(sum, headings[by]);
	for (unsigned i = 0; i < groups.count; i++)
		say_coverage_row(sum, &groups.at[i], &coverages[i]);
	free(coverages);
	group_list_clear(&groups);
}

static void
say_people(const struct sum_text *sum, const struct coverage *coverage)
{
	static const char *const names[EMPLOYMENT_KINDS] = {
	    [EMPLOYMENT_PNS] = "PNS",
	    [EMPLOYMENT_PPPK] = "PPPK",
	    [EMPLOYMENT_NON_ASN] = "non-ASN"};

	text_buf_add(sum->out, "  tanda tangan/signatures:");
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		text_buf_add(sum->out, "%s %s %" PRIu64 "/%" PRIu64,
		    i == 0 ? "" : ",", names[i], coverage->signatures[i],
		    coverage->heads[i]);
	text_buf_add(sum->out, "\n");
}

static void
say_statuses(const struct sum_text *sum, const struct view_campaign *campaign)
{
	unsigned counts[SUM_STATUSES];

	sum_statuses(sum->view, campaign, counts);
	text_buf_add(sum->out, "  keadaan/status:");
	for (unsigned i = 0; i < SUM_STATUSES; i++)
		text_buf_add(sum->out, "%s %s %u", i == 0 ? "" : ",",
		    unit_status_word((enum unit_status)i), counts[i]);
	text_buf_add(sum->out, "\n");
}

static void
say_closed(const struct sum_text *sum, const struct view_campaign *campaign)
{
	if (campaign->closed_index != UINT64_MAX)
		text_buf_add(sum->out,
		    "  ditutup/closed: indeks %" PRIu64
		    "; angka wilayah tetap/figures of the region stand\n",
		    campaign->closed_index);
}

static void
say_extensions(const struct sum_text *sum, const char *campaign)
{
	struct view_extension extension;

	for (unsigned i = 0; i < view_extension_count(sum->view); i++) {
		view_extension(sum->view, i, &extension);
		if (strcmp(extension.campaign, campaign) != 0)
			continue;
		text_buf_add(sum->out, "  diperpanjang/extended: %s %s",
		    extension.unit != NULL ? "unit" : "wilayah",
		    extension.unit != NULL ? extension.unit->row.code
					   : extension.wilayah);
		sum_text_time(sum, " sampai/until ", extension.until_ms);
		text_buf_add(sum->out, " (%s)%s, indeks %" PRIu64 "\n",
		    extension.reason, extension.is_over ? ", habis/over" : "",
		    extension.index);
	}
}

static void
say_excuses(const struct sum_text *sum, const char *campaign)
{
	struct view_excuse excuse;

	for (unsigned i = 0; i < view_excuse_count(sum->view); i++) {
		view_excuse(sum->view, i, &excuse);
		if (excuse.is_lifted || strcmp(excuse.campaign, campaign) != 0)
			continue;
		text_buf_add(sum->out,
		    "  dikecualikan/excused: unit %s (%s), indeks %" PRIu64
		    "\n",
		    excuse.unit->row.code, excuse.reason, excuse.index);
	}
}

static void
say_campaign(const struct sum_text *sum, const struct view_campaign *campaign)
{
	const struct campaign_row *row = &campaign->row;
	struct coverage coverage;

	view_coverage(sum->view, &(struct coverage_query){.campaign = row->id},
	    &coverage);
	text_buf_add(sum->out, "\n%s  %s\n", row->id, row->name);
	sum_text_time(sum, "  tenggat/due ", row->due_ms);
	sum_text_time(sum, ", akhir tenggang/grace end ", row->grace_end_ms);
	sum_text_time(sum, ", dikunci/lock ", row->lock_ms);
	text_buf_add(sum->out, "\n");
	say_closed(sum, campaign);
	text_buf_add(sum->out,
	    "  unit %" PRIu32 ", lengkap/complete %" PRIu32
	    ": tepat waktu/on time %" PRIu32 ", terlambat/late %" PRIu32
	    "; dikecualikan/excused %" PRIu32 "\n",
	    coverage.expected, coverage.actual, coverage.on_time, coverage.late,
	    coverage.excused);
	text_buf_add(sum->out,
	    "  diperpanjang/extended %" PRIu32
	    ", belum lengkap/incomplete %" PRIu32
	    ", belum terdengar/unheard %" PRIu32 "\n",
	    coverage.extended, coverage.unsigned_known, coverage.unheard);
	say_extensions(sum, row->id);
	say_excuses(sum, row->id);
	say_statuses(sum, campaign);
	say_people(sum, &coverage);
	for (unsigned by = 0; by < GROUP_BYS; by++)
		say_groups(sum, row->id, (enum group_by)by);
	text_buf_add(sum->out,
	    "  (lngkp, tepat, lmbat: lengkap, tepat waktu, terlambat; "
	    "kcual: dikecualikan;\n"
	    "  prpjg: diperpanjang; sunyi: simpulnya belum terdengar, jadi "
	    "belum diketahui\n"
	    "  / complete, on time, late, excused, extended, not heard)\n");
}

void
sum_text_campaigns(const struct sum_text *sum, const char *campaign)
{
	for (unsigned i = 0; i < view_campaign_count(sum->view); i++) {
		const struct view_campaign *one = view_campaign(sum->view, i);

		if (campaign == NULL || strcmp(campaign, one->row.id) == 0)
			say_campaign(sum, one);
	}
}

/* ---- incidents, alerts */

void
sum_text_incidents(const struct sum_text *sum)
{
	const struct view *view = sum->view;
	unsigned count = view_incident_count(view), standing = 0;
	struct view_incident incident;

	for (unsigned i = 0; i < count; i++)
		standing += view_incident(view, i, &incident);
	text_buf_add(sum->out,
	    "Insiden/incidents: dilaporkan/reported %u, ditarik/withdrawn "
	    "%u\n",
	    standing, count - standing);
}

static const char *
alert_state_text(uint32_t state)
{
	static const char *const texts[] = {[ALERT_OPEN] = "terbuka",
	    [ALERT_RESOLVED] = "selesai",
	    [ALERT_WITHDRAWN] = "ditarik"};

	return state <= ALERT_WITHDRAWN ? texts[state] : "";
}

/* An alert may outlive its rule; then its figures say what it counts. */
static enum rule_kind
kind_of(const struct view *view, const struct view_alert *alert)
{
	for (unsigned i = 0; i < view_rule_count(view); i++)
		if (strcmp(view_rule(view, i)->id, alert->rule) == 0)
			return view_rule(view, i)->kind;
	return alert->figures.reported > 0 ? RULE_REPEAT_INCIDENTS_1
					   : RULE_UNSIGNED_UNITS_1;
}

static void
say_alert_size(const struct sum_text *sum, const struct view_alert *alert)
{
	const struct figures *figures = &alert->figures;

	switch (kind_of(sum->view, alert)) {
	case RULE_REPEAT_INCIDENTS_1:
	case RULE_BURST_1:
		text_buf_add(sum->out,
		    "%" PRIu32 " laporan/reports (ambang/threshold %" PRIu32
		    ")",
		    figures->reported, figures->threshold);
		return;
	case RULE_NODE_SILENT_1:
	case RULE_CHAIN_BROKEN_1:
		text_buf_add(
		    sum->out, "%" PRIu32 " simpul/nodes", figures->nodes);
		return;
	case RULE_CASE_DEADLINE_1:
		text_buf_add(sum->out, "%" PRIu32 " hari/days", figures->days);
		return;
	case RULE_UNSIGNED_UNITS_1:
	case RULE_NONE:
	case RULE_KINDS:
		break;
	}
	text_buf_add(sum->out, "%" PRIu32 " unit", alert->unit_count);
}

static void
say_alert(const struct sum_text *sum, const struct view_alert *alert)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, alert->id, EVENT_ID_SIZE);
	text_buf_add(sum->out, "  %.8s %s %s %s: %s, untuk %s, ", id,
	    alert->rule, catalog_word(CATALOG_SCOPE, alert->scope),
	    alert->object, alert_state_text(alert->state),
	    catalog_word(CATALOG_ROLE, alert->tell));
	say_alert_size(sum, alert);
	if (alert->closed_index != 0)
		text_buf_add(
		    sum->out, ", ditutup/closed (%s)", alert->closed_reason);
	text_buf_add(sum->out, ", indeks %" PRIu64 " sampai %" PRIu64 "\n",
	    alert->opened_index, alert->last_index);
}

void
sum_text_alerts(const struct sum_text *sum, bool open_only)
{
	unsigned count = view_alert_count(sum->view), open = 0;

	for (unsigned i = 0; i < count; i++)
		open += view_alert(sum->view, i)->state == ALERT_OPEN;
	text_buf_add(
	    sum->out, "Peringatan/alerts: %u, terbuka/open %u\n", count, open);
	for (unsigned i = 0; i < count; i++) {
		const struct view_alert *alert = view_alert(sum->view, i);

		if (!open_only || alert->state == ALERT_OPEN)
			say_alert(sum, alert);
	}
}

/* ---- nodes */

const char *
sum_node_text(uint32_t state)
{
	static const char *const texts[] = {[NODE_PENDING] = "menunggu",
	    [NODE_ENROLLED] = "terdaftar",
	    [NODE_REVOKED] = "dicabut"};

	return state <= NODE_REVOKED ? texts[state] : "";
}

static void
say_node(const struct sum_text *sum, const struct view_node *node)
{
	char id[2 * EVENT_ID_SIZE + 1];

	hex_put(id, node->id, EVENT_ID_SIZE);
	text_buf_add(sum->out, "  %.8s  %-13s %-9s %-9s %9" PRIu64, id,
	    node->wilayah, catalog_word(CATALOG_NODE_KIND, node->kind),
	    sum_node_text(node->state), node->mark);
	sum_text_time(sum, "  ", node->last_logged_ms);
	if (node->state == NODE_ENROLLED && view_report_wanted(sum->view, node))
		text_buf_add(sum->out, "  belum terdengar/unheard");
	text_buf_add(sum->out, "\n");
}

void
sum_text_nodes(const struct sum_text *sum)
{
	text_buf_add(
	    sum->out, "Simpul/nodes: %u\n", view_node_count(sum->view));
	text_buf_add(sum->out, "  %-8s  %-13s %-9s %-9s %9s  %s\n", "id",
	    "wilayah", "jenis", "keadaan", "dalam log",
	    "terakhir dicatat/last logged");
	for (unsigned i = 0; i < view_node_count(sum->view); i++)
		say_node(sum, view_node(sum->view, i));
}

void
sum_text_region(const struct sum_text *sum)
{
	const struct view_region *region = view_region(sum->view);

	text_buf_add(sum->out, "Wilayah %s, log %s: %" PRIu64 " entri/entries",
	    region->wilayah, region->origin, view_size(sum->view));
	sum_text_time(sum, ", terakhir/last ", region->last_received_ms);
	text_buf_add(sum->out,
	    "\nversi: unit %" PRIu64 ", kegiatan %" PRIu64 ", kalender %" PRIu64
	    ", aturan %" PRIu64 ", jabatan %" PRIu64 ", penerima %" PRIu64 "\n",
	    region->roster_version, region->campaign_version,
	    region->calendar_version, region->rules_version,
	    region->office_version, region->recipients_version);
}
