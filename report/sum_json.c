/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sum_json.h"

#include "model/catalog.h"
#include "report/group.h"

#include <stdlib.h>
#include <string.h>

static const char *const employment_names[EMPLOYMENT_KINDS] = {
    [EMPLOYMENT_PNS] = "pns",
    [EMPLOYMENT_PPPK] = "pppk",
    [EMPLOYMENT_NON_ASN] = "non_asn"};

const char *
sum_node_word(uint32_t state)
{
	static const char *const words[] = {[NODE_PENDING] = "pending",
	    [NODE_ENROLLED] = "enrolled",
	    [NODE_REVOKED] = "revoked"};

	return state <= NODE_REVOKED ? words[state] : "";
}

const char *
sum_alert_word(uint32_t state)
{
	static const char *const words[] = {[ALERT_OPEN] = "open",
	    [ALERT_RESOLVED] = "resolved",
	    [ALERT_WITHDRAWN] = "withdrawn"};

	return state <= ALERT_WITHDRAWN ? words[state] : "";
}

int64_t
sum_last_verdict(const struct view *view)
{
	int64_t last = -1;

	for (unsigned i = 0; i < view_alert_count(view); i++)
		if ((int64_t)view_alert(view, i)->last_index > last)
			last = (int64_t)view_alert(view, i)->last_index;
	return last;
}

void
sum_statuses(const struct view *view, const struct view_campaign *campaign,
    unsigned counts[SUM_STATUSES])
{
	struct unit_progress progress;

	memset(counts, 0, SUM_STATUSES * sizeof *counts);
	for (unsigned i = 0; i < view_unit_count(view); i++) {
		const struct view_unit *unit = view_unit(view, i);

		if (!unit->is_active)
			continue;
		view_unit_progress(view, unit, campaign, &progress);
		counts[progress.status]++;
	}
}

/* ---- campaigns */

static void
put_counts(struct json *json, const char *name,
    const uint64_t counts[EMPLOYMENT_KINDS])
{
	json_object_begin(json, name);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		json_u64(json, employment_names[i], counts[i]);
	json_end(json);
}

static void
put_coverage(struct json *json, const struct coverage *coverage)
{
	json_u64(json, "expected", coverage->expected);
	json_u64(json, "actual", coverage->actual);
	json_u64(json, "on_time", coverage->on_time);
	json_u64(json, "late", coverage->late);
	json_u64(json, "excused", coverage->excused);
	json_u64(json, "extended", coverage->extended);
	json_u64(json, "unsigned", coverage->unsigned_known);
	json_u64(json, "unheard", coverage->unheard);
	put_counts(json, "heads", coverage->heads);
	put_counts(json, "signatures", coverage->signatures);
}

static void
put_groups(struct json *json, const struct view *view, const char *campaign,
    enum group_by by)
{
	static const char *const names[GROUP_BYS] = {
	    [GROUP_KECAMATAN] = "by_kecamatan",
	    [GROUP_OPD] = "by_opd",
	    [GROUP_KIND] = "by_kind"};
	struct group_list groups;
	struct coverage *coverages;

	group_list_make(&groups, view, by);
	coverages = group_coverages(view, &groups, campaign);
	json_array_begin(json, names[by]);
	for (unsigned i = 0; i < groups.count; i++) {
		const struct group *group = &groups.at[i];

		json_object_begin(json, NULL);
		json_text(json, "code", group->code);
		json_text(json, "name",
		    group->name != NULL ? group->name : group->code);
		put_coverage(json, &coverages[i]);
		json_end(json);
	}
	json_end(json);
	free(coverages);
	group_list_clear(&groups);
}

static void
put_numbers(struct json *json, const char *name,
    const uint32_t numbers[EMPLOYMENT_KINDS])
{
	uint64_t counts[EMPLOYMENT_KINDS];

	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++)
		counts[i] = numbers[i];
	put_counts(json, name, counts);
}

static void
put_unit(struct json *json, const struct view *view,
    const struct view_unit *unit, const struct view_campaign *campaign)
{
	const struct unit_row *row = &unit->row;
	struct unit_progress progress;

	view_unit_progress(view, unit, campaign, &progress);
	json_object_begin(json, NULL);
	json_text(json, "code", row->code);
	json_text(json, "name", row->name);
	json_text(json, "kind", catalog_word(CATALOG_UNIT_KIND, row->kind));
	json_text(json, "wilayah", row->wilayah);
	json_text(json, "parent", row->parent);
	json_text(json, "status", unit_status_word(progress.status));
	json_text(
	    json, "on_time_status", unit_status_word(progress.on_time_status));
	json_bool(json, "heard", progress.is_heard);
	json_bool(json, "excused", progress.is_excused);
	json_bool(json, "extended", progress.is_extended);
	json_u64(json, "due_ms", progress.due_ms);
	json_bool(json, "read", progress.is_read);
	json_bool(json, "head_signed", progress.is_head_signed);
	put_numbers(json, "heads", progress.heads);
	put_numbers(json, "present", progress.present);
	put_numbers(json, "signatures", progress.signatures);
	json_end(json);
}

static void
put_units(struct json *json, const struct view *view,
    const struct view_campaign *campaign)
{
	json_array_begin(json, "units");
	for (unsigned i = 0; i < view_unit_count(view); i++)
		if (view_unit(view, i)->is_active)
			put_unit(json, view, view_unit(view, i), campaign);
	json_end(json);
}

static void
put_statuses(struct json *json, const struct view *view,
    const struct view_campaign *campaign)
{
	unsigned counts[SUM_STATUSES];

	sum_statuses(view, campaign, counts);
	json_object_begin(json, "statuses");
	for (unsigned i = 0; i < SUM_STATUSES; i++)
		json_u64(
		    json, unit_status_word((enum unit_status)i), counts[i]);
	json_end(json);
}

static void
put_extensions(struct json *json, const struct view *view, const char *campaign)
{
	struct view_extension extension;

	json_array_begin(json, "extensions");
	for (unsigned i = 0; i < view_extension_count(view); i++) {
		view_extension(view, i, &extension);
		if (strcmp(extension.campaign, campaign) != 0)
			continue;
		json_object_begin(json, NULL);
		if (extension.unit != NULL)
			json_text(json, "unit", extension.unit->row.code);
		else
			json_text(json, "wilayah", extension.wilayah);
		json_u64(json, "until_ms", extension.until_ms);
		json_text(json, "reason", extension.reason);
		json_u64(json, "index", extension.index);
		json_bool(json, "over", extension.is_over);
		json_end(json);
	}
	json_end(json);
}

static void
put_excuses(struct json *json, const struct view *view, const char *campaign)
{
	struct view_excuse excuse;

	json_array_begin(json, "excuses");
	for (unsigned i = 0; i < view_excuse_count(view); i++) {
		view_excuse(view, i, &excuse);
		if (strcmp(excuse.campaign, campaign) != 0)
			continue;
		json_object_begin(json, NULL);
		json_text(json, "unit", excuse.unit->row.code);
		json_text(json, "reason", excuse.reason);
		json_u64(json, "index", excuse.index);
		json_bool(json, "lifted", excuse.is_lifted);
		json_end(json);
	}
	json_end(json);
}

static void
put_campaign(struct json *json, const struct view *view,
    const struct view_campaign *campaign, bool has_units)
{
	const struct campaign_row *row = &campaign->row;
	struct coverage coverage;

	view_coverage(
	    view, &(struct coverage_query){.campaign = row->id}, &coverage);
	json_object_begin(json, NULL);
	json_text(json, "id", row->id);
	json_text(json, "name", row->name);
	json_u64(json, "due_ms", row->due_ms);
	json_u64(json, "grace_end_ms", row->grace_end_ms);
	json_u64(json, "lock_ms", row->lock_ms);
	if (campaign->closed_index == UINT64_MAX)
		json_null_put(json, "closed_index");
	else
		json_u64(json, "closed_index", campaign->closed_index);
	json_object_begin(json, "coverage");
	put_coverage(json, &coverage);
	json_end(json);
	put_statuses(json, view, campaign);
	for (unsigned by = 0; by < GROUP_BYS; by++)
		put_groups(json, view, row->id, (enum group_by)by);
	put_extensions(json, view, row->id);
	put_excuses(json, view, row->id);
	if (has_units)
		put_units(json, view, campaign);
	json_end(json);
}

void
sum_json_campaigns(
    struct json *json, const struct view *view, const struct sum_asked *asked)
{
	json_array_begin(json, "campaigns");
	for (unsigned i = 0; i < view_campaign_count(view); i++) {
		const struct view_campaign *campaign = view_campaign(view, i);

		if (asked->campaign == NULL ||
		    strcmp(asked->campaign, campaign->row.id) == 0)
			put_campaign(json, view, campaign, asked->units);
	}
	json_end(json);
}

/* ---- incidents, alerts */

void
sum_json_incidents(struct json *json, const struct view *view)
{
	unsigned count = view_incident_count(view), standing = 0;
	struct view_incident incident;

	for (unsigned i = 0; i < count; i++)
		standing += view_incident(view, i, &incident);
	json_object_begin(json, "incidents");
	json_u64(json, "reported", standing);
	json_u64(json, "withdrawn", count - standing);
	json_end(json);
}

void
sum_json_figures(struct json *json, const struct figures *figures)
{
	json_object_begin(json, "figures");
	json_u64(json, "expected", figures->expected);
	json_u64(json, "on_time", figures->on_time);
	json_u64(json, "late", figures->late);
	json_u64(json, "unsigned", figures->unsigned_known);
	json_u64(json, "unheard", figures->unheard);
	json_u64(json, "reported", figures->reported);
	json_u64(json, "verified", figures->verified);
	json_u64(json, "sources", figures->sources);
	json_u64(json, "threshold", figures->threshold);
	json_u64(json, "threshold_bp", figures->threshold_bp);
	json_u64(json, "excused", figures->excused);
	json_u64(json, "extended", figures->extended);
	json_u64(json, "nodes", figures->nodes);
	json_u64(json, "days", figures->days);
	json_end(json);
}

void
sum_json_alerts(struct json *json, const struct view *view)
{
	json_array_begin(json, "alerts");
	for (unsigned i = 0; i < view_alert_count(view); i++) {
		const struct view_alert *alert = view_alert(view, i);

		json_object_begin(json, NULL);
		json_hex(json, "id", alert->id, sizeof alert->id);
		json_text(json, "rule", alert->rule);
		json_text(
		    json, "scope", catalog_word(CATALOG_SCOPE, alert->scope));
		json_text(json, "object", alert->object);
		json_text(
		    json, "tell", catalog_word(CATALOG_ROLE, alert->tell));
		json_text(json, "severity",
		    catalog_word(CATALOG_SEVERITY, alert->severity));
		json_text(json, "state", sum_alert_word(alert->state));
		if (alert->closed_index != 0) {
			json_u64(json, "closed_index", alert->closed_index);
			json_text(json, "closed_reason", alert->closed_reason);
		}
		json_u64(json, "opening", alert->opening);
		json_u64(json, "opened_index", alert->opened_index);
		json_u64(json, "last_index", alert->last_index);
		json_u64(json, "units", alert->unit_count);
		sum_json_figures(json, &alert->figures);
		json_end(json);
	}
	json_end(json);
}

/* ---- the region and its nodes */

void
sum_json_region(struct json *json, const struct view *view)
{
	const struct view_region *region = view_region(view);

	json_text(json, "origin", region->origin);
	json_text(json, "wilayah", region->wilayah);
	json_bool(json, "drill", region->drill);
	json_u64(json, "size", view_size(view));
	json_u64(json, "last_received_ms", region->last_received_ms);
	json_i64(json, "last_verdict", sum_last_verdict(view));
	json_u64(json, "roster_version", region->roster_version);
	json_u64(json, "campaign_version", region->campaign_version);
	json_u64(json, "calendar_version", region->calendar_version);
	json_u64(json, "rules_version", region->rules_version);
	json_u64(json, "office_version", region->office_version);
	if (view_next_due_ms(view) == UINT64_MAX)
		json_null_put(json, "next_due_ms");
	else
		json_u64(json, "next_due_ms", view_next_due_ms(view));
}

void
sum_json_node(
    struct json *json, const struct view *view, const struct view_node *node)
{
	json_hex(json, "id", node->id, sizeof node->id);
	json_text(json, "kind", catalog_word(CATALOG_NODE_KIND, node->kind));
	json_text(json, "wilayah", node->wilayah);
	json_text(json, "state", sum_node_word(node->state));
	json_u64(json, "mark", node->mark);
	json_u64(json, "seen_size", node->seen_size);
	json_u64(json, "enrolled_index", node->enrolled_index);
	json_u64(json, "last_logged_ms", node->last_logged_ms);
	json_bool(json, "report_wanted",
	    node->state == NODE_ENROLLED && view_report_wanted(view, node));
}
