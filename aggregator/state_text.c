/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/state_text.h"

#include "aggregator/recipients_file.h"
#include "aggregator/state_json.h"
#include "aggregator/state_standing.h"
#include "model/calendar.h"
#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Columns of a name, in characters: a coverage row fits in 80. */
enum { NAME_COLUMNS = 30, CLOCK_FAR_MS = 60 * 1000 };

static void
say_time(const struct reading *reading, const char *before, uint64_t ms)
{
	char text[CALENDAR_TEXT_MAX];

	if (ms == 0)
		(void)text_copy(text, sizeof text, "-");
	else
		calendar_ms_put(text, ms, reading->zone);
	printf("%s%s", before, text);
}

/* printf pads by bytes; a name may hold longer characters. What does not fit is
 * cut, so that the figures behind it stay in their columns. */
static void
say_padded(const char *text)
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
		printf("%.*s\xe2\x80\xa6", (int)cut, text);
	else
		printf("%s%*s", text, (int)(NAME_COLUMNS - columns), "");
}

/* ---- coverage */

static void
say_coverage_row(const struct state_group *group,
    const struct coverage *coverage, const char *indent)
{
	char label[CODE_MAX + NAME_MAX_BYTES];

	snprintf(label, sizeof label, "%s %s", group->code,
	    group->name != NULL ? group->name : "");
	printf("%s", indent);
	say_padded(label);
	printf(" %5" PRIu32 " %5" PRIu32 " %5" PRIu32 " %5" PRIu32 " %5" PRIu32
	       " %5" PRIu32 " %5" PRIu32 " %5" PRIu32 "\n",
	    coverage->expected, coverage->actual, coverage->on_time,
	    coverage->late, coverage->excused, coverage->extended,
	    coverage->unsigned_known, coverage->unheard);
}

static void
say_coverage_heading(const char *what)
{
	printf("\n  ");
	say_padded(what);
	printf(" %5s %5s %5s %5s %5s %5s %5s %5s\n", "unit", "lngkp", "tepat",
	    "lmbat", "kcual", "prpjg", "belum", "sunyi");
}

static void
say_groups(const struct view *view, const char *campaign, bool is_opd)
{
	struct state_groups groups;

	if (is_opd)
		state_opd(&groups, view);
	else
		state_kecamatan(&groups, view);
	say_coverage_heading(
	    is_opd ? "Perangkat daerah / OPD" : "Kecamatan / sub-district");
	for (unsigned i = 0; i < groups.count; i++) {
		const struct state_group *group = &groups.at[i];
		struct coverage coverage;

		view_coverage(view,
		    &(struct coverage_query){.campaign = campaign,
			.opd = is_opd ? group->code : NULL,
			.wilayah = is_opd ? NULL : group->code},
		    &coverage);
		say_coverage_row(group, &coverage, "  ");
	}
	state_groups_clear(&groups);
}

static void
say_people(const struct coverage *coverage)
{
	static const char *const names[EMPLOYMENT_KINDS] = {
	    [EMPLOYMENT_PNS] = "PNS",
	    [EMPLOYMENT_PPPK] = "PPPK",
	    [EMPLOYMENT_NON_ASN] = "non-ASN"};

	printf("  tanda tangan/signatures:");
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		printf("%s %s %" PRIu64 "/%" PRIu64, i == 0 ? "" : ",",
		    names[i], coverage->signatures[i], coverage->heads[i]);
	printf("\n");
}

static void
say_statuses(const struct view *view, const struct view_campaign *campaign)
{
	unsigned counts[STATE_STATUSES];

	state_statuses(view, campaign, counts);
	printf("  keadaan/status:");
	for (unsigned i = 0; i < STATE_STATUSES; i++)
		printf("%s %s %u", i == 0 ? "" : ",",
		    unit_status_word((enum unit_status)i), counts[i]);
	printf("\n");
}

static void
say_closed(const struct view_campaign *campaign)
{
	if (campaign->closed_index != UINT64_MAX)
		printf("  ditutup/closed: indeks %" PRIu64
		       "; angka wilayah tetap/figures of the region stand\n",
		    campaign->closed_index);
}

static void
say_extensions(const struct reading *reading, const char *campaign)
{
	struct view_extension extension;

	for (unsigned i = 0; i < view_extension_count(reading->view); i++) {
		view_extension(reading->view, i, &extension);
		if (strcmp(extension.campaign, campaign) != 0)
			continue;
		printf("  diperpanjang/extended: %s %s",
		    extension.unit != NULL ? "unit" : "wilayah",
		    extension.unit != NULL ? extension.unit->row.code
					   : extension.wilayah);
		say_time(reading, " sampai/until ", extension.until_ms);
		printf(" (%s)%s, indeks %" PRIu64 "\n", extension.reason,
		    extension.is_over ? ", habis/over" : "", extension.index);
	}
}

static void
say_excuses(const struct view *view, const char *campaign)
{
	struct view_excuse excuse;

	for (unsigned i = 0; i < view_excuse_count(view); i++) {
		view_excuse(view, i, &excuse);
		if (excuse.is_lifted || strcmp(excuse.campaign, campaign) != 0)
			continue;
		printf("  dikecualikan/excused: unit %s (%s), indeks %" PRIu64
		       "\n",
		    excuse.unit->row.code, excuse.reason, excuse.index);
	}
}

static void
say_campaign(
    const struct reading *reading, const struct view_campaign *campaign)
{
	const struct campaign_row *row = &campaign->row;
	struct coverage coverage;

	view_coverage(reading->view,
	    &(struct coverage_query){.campaign = row->id}, &coverage);
	printf("\n%s  %s\n", row->id, row->name);
	say_time(reading, "  tenggat/due ", row->due_ms);
	say_time(reading, ", akhir tenggang/grace end ", row->grace_end_ms);
	say_time(reading, ", dikunci/lock ", row->lock_ms);
	printf("\n");
	say_closed(campaign);
	printf("  unit %" PRIu32 ", lengkap/complete %" PRIu32
	       ": tepat waktu/on time %" PRIu32 ", terlambat/late %" PRIu32
	       "; dikecualikan/excused %" PRIu32 "\n",
	    coverage.expected, coverage.actual, coverage.on_time, coverage.late,
	    coverage.excused);
	printf("  diperpanjang/extended %" PRIu32
	       ", belum lengkap/incomplete %" PRIu32
	       ", belum terdengar/unheard %" PRIu32 "\n",
	    coverage.extended, coverage.unsigned_known, coverage.unheard);
	say_extensions(reading, row->id);
	say_excuses(reading->view, row->id);
	say_statuses(reading->view, campaign);
	say_people(&coverage);
	say_groups(reading->view, row->id, false);
	say_groups(reading->view, row->id, true);
	printf("  (lngkp, tepat, lmbat: lengkap, tepat waktu, terlambat; "
	       "kcual: dikecualikan;\n"
	       "  prpjg: diperpanjang; sunyi: simpulnya belum terdengar, jadi "
	       "belum diketahui\n"
	       "  / complete, on time, late, excused, extended, not heard)\n");
}

/* ---- nodes, incidents, alerts */

static const char *
node_state_text(uint32_t state)
{
	static const char *const texts[] = {[NODE_PENDING] = "menunggu",
	    [NODE_ENROLLED] = "terdaftar",
	    [NODE_REVOKED] = "dicabut"};

	return state <= NODE_REVOKED ? texts[state] : "";
}

/* What is to be known of a node besides its row. */
static void
say_node_remarks(const struct reading *reading, const struct view_node *node,
    const struct live_node *live)
{
	int64_t offset = live->clock_offset_ms;

	if (node->state != NODE_ENROLLED)
		return;
	if (view_report_wanted(reading->view, node))
		printf("%16sbelum terdengar/unheard\n", "");
	if (offset > CLOCK_FAR_MS || offset < -CLOCK_FAR_MS)
		printf("%16sjamnya selisih/its clock is off: %+" PRId64 " s\n",
		    "", offset / 1000);
}

static void
say_node(const struct reading *reading, const struct view_node *node)
{
	char id[2 * EVENT_ID_SIZE + 1], depth[24] = "?";
	struct live_node live = {0};
	bool is_known = store_live_node(reading->store, node->id, &live) == OK;

	hex_put(id, node->id, EVENT_ID_SIZE);
	if (is_known)
		snprintf(depth, sizeof depth, "%" PRIu64,
		    live.last_seq > node->mark ? live.last_seq - node->mark
					       : 0);
	printf("  %-13s %-9s %-9s %9" PRIu64 " %6s", node->wilayah,
	    catalog_word(CATALOG_NODE_KIND, node->kind),
	    node_state_text(node->state), node->mark, depth);
	say_time(reading, "  ",
	    live.last_contact_ms > node->last_logged_ms ? live.last_contact_ms
							: node->last_logged_ms);
	printf("  %-12s  %s\n", live.software[0] != '\0' ? live.software : "-",
	    id);
	say_node_remarks(reading, node, &live);
}

void
state_say_nodes(const struct reading *reading)
{
	printf("Simpul/nodes: %u. Sisa: yang menurut simpul sendiri belum "
	       "sampai.\n"
	       "(left: what each node itself last said is still to come)\n",
	    view_node_count(reading->view));
	printf("  %-13s %-9s %-9s %9s %6s  %-21s  %-12s  %s\n", "wilayah",
	    "jenis", "keadaan", "dalam log", "sisa", "kontak terakhir",
	    "program", "id");
	for (unsigned i = 0; i < view_node_count(reading->view); i++)
		say_node(reading, view_node(reading->view, i));
	store_done(reading->store);
}

static void
say_incidents(const struct view *view)
{
	unsigned count = view_incident_count(view), standing = 0;
	struct view_incident incident;

	for (unsigned i = 0; i < count; i++)
		standing += view_incident(view, i, &incident);
	printf("Insiden/incidents: dilaporkan/reported %u, ditarik/withdrawn "
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

/* A repeat rule counts incidents, and has no units. An alert may outlive its
 * rule. */
static bool
is_of_repeat(const struct view *view, const struct view_alert *alert)
{
	for (unsigned i = 0; i < view_rule_count(view); i++) {
		const struct rule_row *rule = view_rule(view, i);

		if (strcmp(rule->id, alert->rule) == 0)
			return rule->kind == RULE_REPEAT_INCIDENTS_1;
	}
	return alert->figures.reported > 0;
}

static void
say_alert_size(const struct view *view, const struct view_alert *alert)
{
	if (is_of_repeat(view, alert))
		printf("%" PRIu32 " laporan/reports (ambang/threshold %" PRIu32
		       ")",
		    alert->figures.reported, alert->figures.threshold);
	else
		printf("%" PRIu32 " unit", alert->unit_count);
}

static void
say_alerts(const struct view *view)
{
	printf("Peringatan/alerts: %u\n", view_alert_count(view));
	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);

		printf("  %s %s %s: %s, untuk %s, ", alert->rule,
		    catalog_word(CATALOG_SCOPE, alert->scope), alert->object,
		    alert_state_text(alert->state),
		    catalog_word(CATALOG_ROLE, alert->tell));
		say_alert_size(view, alert);
		if (alert->closed_index != 0)
			printf(", ditutup/closed (%s)", alert->closed_reason);
		printf(", indeks %" PRIu64 " sampai %" PRIu64 "\n",
		    alert->opened_index, alert->last_index);
	}
}

static void
say_recipients(const struct view *view)
{
	uint64_t version = view_region(view)->recipients_version;
	const struct recipients_changed *set = view_recipients(view, version);
	char text[FINGERPRINT_TEXT];

	if (set == NULL) {
		printf("Penerima bagian tersegel/recipients: belum ada/none\n");
		return;
	}
	recipients_fingerprint(text, set);
	printf(
	    "Penerima bagian tersegel/recipients: sidik/fingerprint %s:", text);
	for (uint32_t i = 0; i < set->row_count; i++)
		printf(" %s", set->rows[i].id);
	printf("\n");
}

void
state_say(const struct reading *reading, const char *campaign)
{
	const struct view *view = reading->view;
	const struct view_region *region = view_region(view);

	reading_say_drill(reading);
	state_say_standing(reading);
	printf("Wilayah %s, log %s: %" PRIu64 " entri/entries", region->wilayah,
	    region->origin, view_size(view));
	say_time(reading, ", terakhir/last ", region->last_received_ms);
	printf("\nversi: unit %" PRIu64 ", kegiatan %" PRIu64
	       ", kalender %" PRIu64 ", aturan %" PRIu64 ", jabatan %" PRIu64
	       ", penerima %" PRIu64 "\n",
	    region->roster_version, region->campaign_version,
	    region->calendar_version, region->rules_version,
	    region->office_version, region->recipients_version);
	for (unsigned i = 0; i < view_campaign_count(view); i++) {
		const struct view_campaign *one = view_campaign(view, i);

		if (campaign == NULL || strcmp(campaign, one->row.id) == 0)
			say_campaign(reading, one);
	}
	printf("\n");
	state_say_nodes(reading);
	printf("\n");
	say_recipients(view);
	say_incidents(view);
	say_alerts(view);
}
