/* SPDX-License-Identifier: Apache-2.0 */
#include "ikrar/explain_page.h"

#include "model/catalog.h"
#include "report/rule_text.h"
#include "report/sum_json.h"

#include <string.h>

static void
put_rule(struct json *json, const struct explain *explain)
{
	const struct dossier *dossier = explain->dossier;
	struct text_buf id = {0}, en = {0};

	json_object_begin(json, "rule");
	json_text(json, "id", explain->alert->rule);
	if (dossier->has_rule) {
		rule_text_add(&id, TONGUE_ID, &dossier->rule);
		rule_text_add(&en, TONGUE_EN, &dossier->rule);
		json_text(json, "kind", rule_kind_name(dossier->rule.kind));
		json_u64(json, "version", dossier->rule_version);
		json_u64(json, "since_version", dossier->rule_since_version);
		json_u64(json, "since_index", dossier->rule_since_index);
		json_u64(json, "since_ms", dossier->rule_since_ms);
		json_text(json, "text_id", id.at);
		json_text(json, "text_en", en.at);
	}
	json_end(json);
	text_buf_clear(&id);
	text_buf_clear(&en);
}

static void
put_units(struct json *json, const char *name, const struct alert_unit *units,
    uint32_t count)
{
	json_array_begin(json, name);
	for (uint32_t i = 0; i < count; i++) {
		json_object_begin(json, NULL);
		json_text(json, "code", units[i].code);
		json_text(json, "name", units[i].name);
		json_text(json, "wilayah", units[i].wilayah);
		if (units[i].why[0] != '\0')
			json_text(json, "why", units[i].why);
		json_end(json);
	}
	json_end(json);
}

static void
put_verdict(struct json *json, const struct dossier_verdict *row)
{
	const struct verdict *verdict = &row->verdict;

	json_object_begin(json, NULL);
	json_u64(json, "index", row->index);
	json_u64(json, "received_at_ms", row->received_at_ms);
	json_text(json, "kind", event_kind_name(row->kind));
	json_u64(json, "judged_at_ms", verdict->judged_at_ms);
	json_text(json, "reason", verdict->reason);
	json_u64(json, "mark", verdict->mark);
	sum_json_figures(json, &verdict->figures);
	put_units(json, "units", verdict->units, verdict->unit_count);
	put_units(json, "removed", verdict->removed, verdict->removed_count);
	json_array_begin(json, "evidence");
	for (uint32_t i = 0; i < verdict->evidence_count; i++)
		json_u64(json, NULL, verdict->evidence[i]);
	json_end(json);
	json_end(json);
}

static void
put_basis(struct json *json, const struct explain *explain,
    const struct dossier_basis *basis)
{
	struct explain_row row;

	explain_row(explain, basis, &row);
	json_object_begin(json, NULL);
	json_u64(json, "index", basis->index);
	json_u64(json, "received_at_ms", basis->received_at_ms);
	json_text(json, "kind", row.kind);
	if (row.node != NULL) {
		json_hex(json, "node", row.node, EVENT_ID_SIZE);
		json_u64(json, "seq", basis->event.seq);
	}
	if (row.unit[0] != '\0') {
		json_text(
		    json, "scope", catalog_word(CATALOG_SCOPE, row.scope));
		json_text(json, "object", row.unit);
	}
	if (row.day[0] != '\0')
		json_text(json, "date", row.day);
	if (row.act[0] != '\0')
		json_text(json, "act", row.act);
	if (row.subject != 0)
		json_text(json, "subject",
		    catalog_word(CATALOG_SUBJECT, row.subject));
	if (row.step != 0)
		json_text(json, "step", catalog_word(CATALOG_STEP, row.step));
	json_end(json);
}

static void
put_seat(struct json *json, const char *seat, const char *term)
{
	json_text(json, "seat", seat);
	json_text(json, "term", term);
}

static void
put_told(struct json *json, const struct alert_told *told)
{
	json_u64(json, "verdict", told->verdict);
	put_seat(json, told->seat, told->term);
	json_text(json, "channel", told->channel);
	json_u64(json, "attempts", told->attempts);
	json_text(json, "word", told->word);
}

static void
put_acknowledged(
    struct json *json, const struct alert_acknowledged *acknowledged)
{
	json_u64(json, "verdict", acknowledged->verdict);
	put_seat(json, acknowledged->seat, acknowledged->term);
	json_text(json, "channel", acknowledged->channel);
	json_u64(json, "until_ms", acknowledged->until_ms);
}

static void
put_silenced(struct json *json, const struct alert_silenced *silenced)
{
	json_text(json, "rule", silenced->rule);
	json_text(json, "wilayah", silenced->wilayah);
	json_text(json, "seat", silenced->seat);
	json_text(json, "author", silenced->author);
	json_text(json, "reason", silenced->reason);
	json_text(json, "reference", silenced->reference);
	json_u64(json, "until_ms", silenced->until_ms);
	json_bool(json, "lifted", silenced->lifted);
}

static void
put_closed(struct json *json, const struct alert_closed *closed)
{
	json_text(json, "reason", closed->reason);
	json_text(json, "reference", closed->reference);
}

static void
put_telling(struct json *json, const struct dossier_telling *row)
{
	const struct event *event = &row->event;

	json_object_begin(json, NULL);
	json_u64(json, "index", row->index);
	json_u64(json, "received_at_ms", row->received_at_ms);
	json_text(json, "kind", event_kind_name(event->kind));
	if (event->kind == EVENT_ALERT_ACKNOWLEDGED) {
		put_acknowledged(json, &event->acknowledged);
	} else if (event->kind == EVENT_ALERT_SILENCED) {
		put_silenced(json, &event->silenced);
	} else if (event->kind == EVENT_ALERT_ESCALATED) {
		json_u64(json, "verdict", event->escalated.verdict);
		put_seat(json, event->escalated.seat, event->escalated.term);
		json_u64(json, "step", event->escalated.step);
	} else if (event->kind == EVENT_ALERT_CLOSED) {
		put_closed(json, &event->alert_closed);
	} else {
		put_told(json, &event->told);
	}
	json_end(json);
}

static void
put_collectors(struct json *json, const struct explain *explain)
{
	json_array_begin(json, "collectors");
	for (unsigned i = 0; i < view_node_count(explain->view); i++) {
		const struct view_node *node = view_node(explain->view, i);

		if (!explain_concerns(explain, node))
			continue;
		json_object_begin(json, NULL);
		sum_json_node(json, explain->view, node);
		json_end(json);
	}
	json_end(json);
}

/* An answer as in the text, in both languages. */
static void
put_answer(struct json *json, const struct explain *explain, const char *name,
    void (*say)(const struct page *page))
{
	struct text_buf id = {0}, en = {0};
	const struct page indonesian = {&id, explain, TONGUE_ID};
	const struct page english = {&en, explain, TONGUE_EN};

	say(&indonesian);
	say(&english);
	json_object_begin(json, name);
	json_text(json, "id", id.at);
	json_text(json, "en", en.at);
	json_end(json);
	text_buf_clear(&id);
	text_buf_clear(&en);
}

/* What only alerts on nodes and on cases have. */
static void
put_object(struct json *json, const struct explain *explain)
{
	static const uint8_t none[EVENT_ID_SIZE];
	const struct view_alert *alert = explain->alert;
	uint64_t since_ms =
	    explain_since_ms(explain, &dossier_last(explain->dossier)->verdict);

	if (alert->place[0] != '\0')
		json_text(json, "place", alert->place);
	if (memcmp(alert->node, none, sizeof none) != 0)
		json_hex(json, "node", alert->node, EVENT_ID_SIZE);
	if (since_ms != 0)
		json_u64(json, "since_ms", since_ms);
	if (alert->step != 0)
		json_text(
		    json, "step", catalog_word(CATALOG_STEP, alert->step));
}

static void
put_history(struct json *json, const struct explain *explain)
{
	const struct dossier *dossier = explain->dossier;

	json_array_begin(json, "verdicts");
	for (unsigned i = 0; i < dossier->verdict_count; i++)
		put_verdict(json, &dossier->verdicts[i]);
	json_end(json);
	json_array_begin(json, "basis");
	for (unsigned i = 0; i < dossier->basis_count; i++)
		put_basis(json, explain, &dossier->basis[i]);
	json_end(json);
	json_u64(json, "basis_beyond", dossier->basis_beyond);
	json_array_begin(json, "telling");
	for (unsigned i = 0; i < dossier->telling_count; i++)
		put_telling(json, &dossier->telling[i]);
	json_end(json);
	json_u64(json, "telling_beyond", dossier->telling_beyond);
}

void
explain_json(struct json *json, const struct explain *explain)
{
	const struct view_region *region = view_region(explain->view);
	const struct view_alert *alert = explain->alert;
	const struct verdict *last = &dossier_last(explain->dossier)->verdict;

	json_object_begin(json, NULL);
	json_text(json, "origin", region->origin);
	json_bool(json, "drill", region->drill);
	json_u64(json, "size", view_size(explain->view));
	json_hex(json, "alert", alert->id, sizeof alert->id);
	json_text(json, "state", sum_alert_word(alert->state));
	json_text(json, "scope", catalog_word(CATALOG_SCOPE, alert->scope));
	json_text(json, "object", alert->object);
	json_text(json, "object_name", last->object_name);
	json_text(json, "tell", catalog_word(CATALOG_ROLE, alert->tell));
	json_u64(json, "opening", alert->opening);
	json_text(json, "campaign", last->campaign);
	put_object(json, explain);
	put_rule(json, explain);
	sum_json_figures(json, &alert->figures);
	json_u64(json, "judged_at_ms", last->judged_at_ms);
	put_collectors(json, explain);
	put_answer(json, explain, "figures_told", page_say_figures);
	put_answer(json, explain, "asked", page_say_asked);
	put_answer(json, explain, "objection", page_say_objection);
	put_history(json, explain);
	json_end(json);
}
