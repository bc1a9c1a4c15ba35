/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregator/log_json.h"

#include "aggregator/log_field.h"
#include "aggregator/log_rule.h"
#include "aggregator/recipients_file.h"

/* 1 January 2020: no clock that was ever set says less. */
static const uint64_t clock_sane_ms = 1577836800000;

/* ---- what a kecamatan records */

#define S struct pledge
static const struct field pledge_fields[] = {TEXT(unit), TEXT(campaign),
    HEX(ceremony), CHOICE(act, CATALOG_ACT), CHOICE(form, CATALOG_FORM),
    MASK(points, CATALOG_POINT), TEXT(template), HEX(template_sha256),
    U64(made_at_ms), MASK(witnesses, CATALOG_WITNESS), BOOL(head_signed),
    HEX_OR_NO(sheet_sha256), {0}};
#undef S

#define S struct incident
static const struct field incident_fields[] = {TEXT(unit), TEXT(act),
    U32(happened_from_day), U32(happened_to_day), U32(known_day),
    U32(reported_day), CHOICE(source, CATALOG_SOURCE),
    CHOICE(subject, CATALOG_SUBJECT), {0}};
static const struct field sealed_fields[] = {
    HEX(commit), HEX(blob_hash), U32(blob_size), {0}};
#undef S

#define S struct record_id
static const struct field target_fields[] = {HEX_OR_NO(node), U64(seq), {0}};
#undef S

static void
put_pledge(struct json *json, const struct pledge *pledge)
{
	static const char *const names[EMPLOYMENT_KINDS] = {
	    [EMPLOYMENT_PNS] = "pns",
	    [EMPLOYMENT_PPPK] = "pppk",
	    [EMPLOYMENT_NON_ASN] = "non_asn"};

	log_put_fields(json, pledge_fields, pledge);
	for (unsigned i = 0; i < EMPLOYMENT_KINDS; i++) {
		const struct count *count = &pledge->counts[i];

		if (!count->is_set)
			continue;
		json_object_begin(json, names[i]);
		json_u64(json, "present", count->present);
		json_u64(json, "signed", count->signatures);
		json_end(json);
	}
}

static void
put_incident(struct json *json, const struct incident *incident)
{
	log_put_fields(json, incident_fields, incident);
	json_array_begin(json, "evidence");
	for (uint32_t i = 0; i < incident->evidence_count; i++)
		json_hex(json, NULL, incident->evidence[i], EVENT_HASH_SIZE);
	json_end(json);
	if (incident->is_sealed)
		log_put_fields(json, sealed_fields, incident);
	if (incident->has_subject_tag)
		json_hex(json, "subject_tag", incident->subject_tag,
		    sizeof incident->subject_tag);
}

static void
put_corrected(struct json *json, const struct corrected *corrected)
{
	log_put_fields(json, target_fields, &corrected->target);
	if (corrected->kind == EVENT_PLEDGE_MADE) {
		json_object_begin(json, "pledge");
		put_pledge(json, &corrected->pledge);
	} else {
		json_object_begin(json, "incident");
		put_incident(json, &corrected->incident);
	}
	json_end(json);
}

#define S struct withdrawn
static const struct field withdrawn_fields[] = {
    TEXT(reason), TEXT(reference), {0}};
#undef S

static void
put_withdrawn(struct json *json, const struct withdrawn *withdrawn)
{
	log_put_fields(json, target_fields, &withdrawn->target);
	log_put_fields(json, withdrawn_fields, withdrawn);
}

#define S struct reviewed
static const struct field reviewed_fields[] = {CHOICE(step, CATALOG_STEP),
    TEXT(reason), TEXT(reference), TEXT(decision),
    FIELD(FIELD_HEX_OR_NO, S, duplicate_of.node, "duplicate_node"),
    FIELD(FIELD_U64_OR_NO, S, duplicate_of.seq, "duplicate_seq"), {0}};
#undef S

static void
put_reviewed(struct json *json, const struct reviewed *reviewed)
{
	log_put_fields(json, target_fields, &reviewed->target);
	log_put_fields(json, reviewed_fields, reviewed);
}

/* ---- what an admin records */

#define S struct part
static const struct field part_fields[] = {
    U32(version), U32(part), U32(parts), HEX(sha256), {0}};
#undef S

#define S struct unit_row
static const struct field unit_fields[] = {TEXT(code), TEXT(name),
    CHOICE(kind, CATALOG_UNIT_KIND), TEXT(wilayah), TEXT(parent),
    U32_AS(heads[EMPLOYMENT_PNS], "pns"),
    U32_AS(heads[EMPLOYMENT_PPPK], "pppk"),
    U32_AS(heads[EMPLOYMENT_NON_ASN], "non_asn"), {0}};
#undef S

#define S struct campaign_row
static const struct field campaign_fields[] = {
    TEXT(id), TEXT(name), U64(due_ms), U64(grace_end_ms), U64(lock_ms), {0}};
#undef S

#define S struct seat_row
static const struct field seat_fields[] = {TEXT(id), TEXT(wilayah),
    CHOICE(role, CATALOG_ROLE), TEXT(title), TEXT(zone), TEXT(language), {0}};
#undef S

#define S struct term
static const struct field term_fields[] = {
    TEXT(id), CHOICE(kind, CATALOG_TERM_KIND), U64(from_ms), U64(to_ms), {0}};
#undef S

static void
put_seat(struct json *json, const struct seat_row *seat)
{
	json_object_begin(json, NULL);
	log_put_fields(json, seat_fields, seat);
	json_array_begin(json, "channels");
	for (uint32_t i = 0; i < seat->channel_count; i++)
		json_text(json, NULL, seat->channels[i]);
	json_end(json);
	json_array_begin(json, "terms");
	for (uint32_t i = 0; i < seat->term_count; i++)
		log_put_object(json, NULL, term_fields, &seat->terms[i]);
	json_end(json);
	json_end(json);
}

static void
put_roster(struct json *json, const struct roster_changed *changed)
{
	log_put_object(json, "part", part_fields, &changed->part);
	json_array_begin(json, "rows");
	for (uint32_t i = 0; i < changed->row_count; i++)
		log_put_object(json, NULL, unit_fields, &changed->rows[i]);
	json_end(json);
}

static void
put_campaigns(struct json *json, const struct campaign_changed *changed)
{
	log_put_object(json, "part", part_fields, &changed->part);
	json_array_begin(json, "rows");
	for (uint32_t i = 0; i < changed->row_count; i++)
		log_put_object(json, NULL, campaign_fields, &changed->rows[i]);
	json_end(json);
}

#define S struct holiday
static const struct field holiday_fields[] = {
    U32(day), BOOL(collective_leave), {0}};
#undef S

#define S struct calendar_stage
static const struct field stage_fields[] = {TEXT(id), U32(from_day),
    U32(to_day), CHOICE(phase, CATALOG_PHASE), BOOL(sensitive), {0}};
#undef S

static void
put_calendar(struct json *json, const struct calendar_changed *changed)
{
	log_put_object(json, "part", part_fields, &changed->part);
	json_array_begin(json, "rows");
	for (uint32_t i = 0; i < changed->row_count; i++) {
		const struct calendar_row *row = &changed->rows[i];

		json_object_begin(json, NULL);
		if (row->kind == CALENDAR_HOLIDAY)
			log_put_object(
			    json, "holiday", holiday_fields, &row->holiday);
		else
			log_put_object(
			    json, "stage", stage_fields, &row->stage);
		json_end(json);
	}
	json_end(json);
}

static void
put_rules(struct json *json, const struct rules_changed *changed)
{
	log_put_object(json, "part", part_fields, &changed->part);
	json_array_begin(json, "rows");
	for (uint32_t i = 0; i < changed->row_count; i++)
		log_put_rule(json, &changed->rows[i]);
	json_end(json);
}

static void
put_offices(struct json *json, const struct office_changed *changed)
{
	log_put_object(json, "part", part_fields, &changed->part);
	json_array_begin(json, "rows");
	for (uint32_t i = 0; i < changed->row_count; i++)
		put_seat(json, &changed->rows[i]);
	json_end(json);
}

/* Keys are long and nobody compares them: ids and fingerprints. */
static void
put_recipients(struct json *json, const struct recipients_changed *changed)
{
	char text[FINGERPRINT_TEXT];

	log_put_object(json, "part", part_fields, &changed->part);
	json_array_begin(json, "rows");
	for (uint32_t i = 0; i < changed->row_count; i++) {
		recipient_fingerprint(text, &changed->rows[i]);
		json_object_begin(json, NULL);
		json_text(json, "id", changed->rows[i].id);
		json_text(json, "fingerprint", text);
		json_end(json);
	}
	json_end(json);
	json_bool(json, "signed", changed->is_signed);
}

#define S struct node_invited
static const struct field invited_fields[] = {HEX(code_sha256),
    CHOICE(kind, CATALOG_NODE_KIND), TEXT(wilayah), U64(expires_ms),
    BOOL(confirm), {0}};
#undef S

#define S struct node_named
static const struct field confirmed_fields[] = {HEX(node), {0}};
static const struct field revoked_fields[] = {
    HEX(node), U64(accept_up_to), TEXT(reason), {0}};
static const struct field vouched_fields[] = {
    HEX(node), TEXT(reason), TEXT(reference), {0}};
#undef S

#define S struct deadline_extended
static const struct field extended_fields[] = {TEXT(campaign), TEXT_OR_NO(unit),
    TEXT_OR_NO(wilayah), U64(until_ms), TEXT(reason), TEXT(reference), {0}};
#undef S

#define S struct unit_excused
static const struct field excused_fields[] = {TEXT(campaign), TEXT(unit),
    BOOL(lifted), TEXT(reason), TEXT(reference), {0}};
#undef S

#define S struct campaign_closed
static const struct field campaign_closed_fields[] = {
    TEXT(campaign), TEXT(reference), {0}};
#undef S

#define S struct alert_closed
static const struct field alert_closed_fields[] = {
    HEX(alert), TEXT(reason), TEXT(reference), {0}};
#undef S

/* ---- what the notifier and the log itself record */

#define S struct alert_told
static const struct field told_fields[] = {HEX(alert), U64(verdict), TEXT(seat),
    TEXT(term), TEXT(channel), U32(attempts), TEXT_OR_NO(word), {0}};
#undef S

#define S struct alert_acknowledged
static const struct field acknowledged_fields[] = {HEX(alert), U64(verdict),
    TEXT(seat), TEXT(term), TEXT(channel), U64(until_ms), {0}};
#undef S

#define S struct alert_silenced
static const struct field silenced_fields[] = {HEX_OR_NO(alert),
    TEXT_OR_NO(rule), TEXT_OR_NO(wilayah), TEXT_OR_NO(seat), U64(until_ms),
    TEXT(reason), TEXT(reference), TEXT(author), BOOL(lifted), {0}};
#undef S

#define S struct alert_escalated
static const struct field escalated_fields[] = {
    HEX(alert), U64(verdict), TEXT(seat), TEXT(term), U32(step), {0}};
#undef S

#define S struct log_started
static const struct field started_fields[] = {TEXT(origin), TEXT(wilayah),
    HEX(log_key), HEX(admin_sign_key), HEX(admin_link_key), BOOL(drill), {0}};
#undef S

#define S struct event
static const struct field ticked_fields[] = {U64(until_ms), {0}};
static const struct field reported_fields[] = {TEXT(software), {0}};
#undef S

#define S struct event_refused
static const struct field refused_fields[] = {
    HEX(node), U64(seq), HEX(event_hash), REJECT(word), HEX_OR_NO(stamp), {0}};
#undef S

#define S struct node_enrolled
static const struct field enrolled_fields[] = {HEX(node),
    CHOICE(kind, CATALOG_NODE_KIND), TEXT(wilayah), HEX(sign_key),
    HEX(link_key), HEX(code_sha256), BOOL(pending), {0}};
#undef S

#define S struct node_faulted
static const struct field faulted_fields[] = {
    HEX(node), REJECT(word), U64(seq), {0}};
#undef S

#define S struct event
static const struct field clock_fields[] = {
    FIELD(FIELD_U64, S, clock_ms, "now_ms"), {0}};
#undef S

#define S struct log_recovered
static const struct field recovered_fields[] = {TEXT(old_origin), TEXT(origin),
    U64(entries), HEX(root), TEXT(lost_origin), U64(lost_size),
    HEX_OR_NO(lost_root), {0}};
#undef S

/* ---- verdicts */

#define S struct verdict
static const struct field verdict_fields[] = {HEX(alert), TEXT(rule),
    RULE_KIND(kind), U32(rules_version), CHOICE(tell, CATALOG_ROLE),
    TEXT(campaign), CHOICE(scope, CATALOG_SCOPE), TEXT(object),
    TEXT(object_name), TEXT(occasion), U32(opening), U64(judged_at_ms),
    U64(mark), TEXT(reason), U32(window_from_day), U32(window_to_day),
    CHOICE(counts, CATALOG_SIGNED), U32(signed_bp),
    CHOICE(severity, CATALOG_SEVERITY), HEX_OR_NO(node), TEXT_OR_NO(place),
    FIELD(FIELD_U64_OR_NO, S, since_ms, "since_ms"), CHOICE(step, CATALOG_STEP),
    {0}};
#undef S

#define S struct figures
static const struct field figures_fields[] = {U32(expected), U32(on_time),
    U32(late), U32_AS(unsigned_known, "unsigned"), U32(unheard), U32(reported),
    U32(verified), U32(sources), U32(threshold), U32(threshold_bp),
    U32(excused), U32(extended), U32(nodes), U32(days), {0}};
#undef S

#define S struct alert_unit
static const struct field alert_unit_fields[] = {
    TEXT(code), TEXT(name), TEXT(wilayah), TEXT_OR_NO(why), {0}};
#undef S

static void
put_alert_units(struct json *json, const char *name,
    const struct alert_unit *units, uint32_t count)
{
	json_array_begin(json, name);
	for (uint32_t i = 0; i < count; i++)
		log_put_object(json, NULL, alert_unit_fields, &units[i]);
	json_end(json);
}

static void
put_verdict(struct json *json, const struct verdict *verdict)
{
	log_put_fields(json, verdict_fields, verdict);
	log_put_object(json, "figures", figures_fields, &verdict->figures);
	put_alert_units(json, "units", verdict->units, verdict->unit_count);
	put_alert_units(
	    json, "removed", verdict->removed, verdict->removed_count);
	json_array_begin(json, "evidence");
	for (uint32_t i = 0; i < verdict->evidence_count; i++)
		json_u64(json, NULL, verdict->evidence[i]);
	json_end(json);
}

/* ---- all */

/* Bodies that a table says alone. */
static const struct {
	enum event_kind kind;
	const struct field *fields;
	size_t offset; /* of the body in an event */
} plain_bodies[] = {
    {EVENT_NODE_INVITED, invited_fields, offsetof(struct event, invited)},
    {EVENT_NODE_CONFIRMED, confirmed_fields, offsetof(struct event, named)},
    {EVENT_NODE_REVOKED, revoked_fields, offsetof(struct event, named)},
    {EVENT_NODE_VOUCHED, vouched_fields, offsetof(struct event, named)},
    {EVENT_NODE_REPORTED, reported_fields, 0},
    {EVENT_ALERT_DELIVERED, told_fields, offsetof(struct event, told)},
    {EVENT_ALERT_FAILED, told_fields, offsetof(struct event, told)},
    {EVENT_ALERT_ACKNOWLEDGED, acknowledged_fields,
	offsetof(struct event, acknowledged)},
    {EVENT_ALERT_SILENCED, silenced_fields, offsetof(struct event, silenced)},
    {EVENT_ALERT_ESCALATED, escalated_fields,
	offsetof(struct event, escalated)},
    {EVENT_DEADLINE_EXTENDED, extended_fields,
	offsetof(struct event, extended)},
    {EVENT_UNIT_EXCUSED, excused_fields, offsetof(struct event, excused)},
    {EVENT_ALERT_CLOSED, alert_closed_fields,
	offsetof(struct event, alert_closed)},
    {EVENT_CAMPAIGN_CLOSED, campaign_closed_fields,
	offsetof(struct event, campaign_closed)},
    {EVENT_LOG_STARTED, started_fields, offsetof(struct event, started)},
    {EVENT_TICKED, ticked_fields, 0},
    {EVENT_REFUSED, refused_fields, offsetof(struct event, refused)},
    {EVENT_NODE_ENROLLED, enrolled_fields, offsetof(struct event, enrolled)},
    {EVENT_NODE_FAULTED, faulted_fields, offsetof(struct event, faulted)},
    {EVENT_CLOCK_ACCEPTED, clock_fields, 0},
    {EVENT_LOG_RECOVERED, recovered_fields, offsetof(struct event, recovered)},
};

static void
put_plain(struct json *json, const struct event *event)
{
	for (size_t i = 0; i < sizeof plain_bodies / sizeof *plain_bodies; i++)
		if (plain_bodies[i].kind == event->kind)
			log_put_fields(json, plain_bodies[i].fields,
			    (const uint8_t *)event + plain_bodies[i].offset);
}

static void
put_body(struct json *json, const struct event *event)
{
	switch ((int)event->kind) {
	case EVENT_PLEDGE_MADE:
		put_pledge(json, &event->pledge);
		return;
	case EVENT_INCIDENT_REPORTED:
		put_incident(json, &event->incident);
		return;
	case EVENT_CORRECTED:
		put_corrected(json, &event->corrected);
		return;
	case EVENT_WITHDRAWN:
		put_withdrawn(json, &event->withdrawn);
		return;
	case EVENT_INCIDENT_REVIEWED:
		put_reviewed(json, &event->reviewed);
		return;
	case EVENT_ROSTER_CHANGED:
		put_roster(json, &event->roster);
		return;
	case EVENT_CAMPAIGN_CHANGED:
		put_campaigns(json, &event->campaign);
		return;
	case EVENT_CALENDAR_CHANGED:
		put_calendar(json, &event->calendar);
		return;
	case EVENT_RULES_CHANGED:
		put_rules(json, &event->rules);
		return;
	case EVENT_OFFICE_CHANGED:
		put_offices(json, &event->office);
		return;
	case EVENT_RECIPIENTS_CHANGED:
		put_recipients(json, &event->recipients);
		return;
	}
	if (event_is_verdict(event->kind))
		put_verdict(json, &event->verdict);
	else
		put_plain(json, event);
}

void
log_put_entry(struct json *json, const struct stored *stored)
{
	const struct event *event = &stored->event;
	bool is_own = stored->leaf.author == AUTHOR_LOG;

	json_object_begin(json, NULL);
	json_u64(json, "index", stored->index);
	json_u64(json, "author", stored->leaf.author);
	json_u64(json, "received_at_ms", stored->leaf.received_at_ms);
	json_text(json, "kind", event_kind_name(event->kind));
	if (!is_own) {
		json_hex(json, "node", event->node, sizeof event->node);
		json_u64(json, "seq", event->seq);
	}
	json_u64(json, "recorded_at_ms", event->recorded_at_ms);
	if (event->recorded_at_ms < clock_sane_ms)
		json_bool(json, "no_clock", true);
	json_text(json, "wilayah", event->wilayah);
	if (!is_own) {
		json_u64(json, "seen_epoch", event->seen_epoch);
		json_u64(json, "seen_size", event->seen_size);
	}
	json_object_begin(json, "body");
	put_body(json, event);
	json_end(json);
	json_end(json);
}
