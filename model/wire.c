/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table a message of proto/event.proto, and the gate. The tables stand in
 * the order of that file.
 */
#include "model/wire.h"

#include <stdlib.h>

#include "model/shape.h"
#include "proto/event.pb-c.h"

/* The largest event that is not hostile needs less than half of this. */
enum { ARENA_MAX = 1 << 20 };

static uint32_t
rule_number(const char *word)
{
	enum rule_kind kind = rule_kind_by_name(word);

	return kind == RULE_NONE ? UINT32_MAX : (uint32_t)kind;
}

static const char *
rule_word(uint32_t number)
{
	return rule_kind_name((enum rule_kind)number);
}

static uint32_t
reject_number(const char *word)
{
	return (uint32_t)reject_by_word(word);
}

static const char *
word_of_reject(uint32_t number)
{
	return reject_word((enum reject)number);
}

static const struct shape_words rule_words = {rule_number, rule_word};
static const struct shape_words reject_words = {reject_number, word_of_reject};

/* ---- what a kecamatan records */

#define M Ikrar__V1__Count
#define S struct count
static const struct shape_field count_fields[] = {
    U32(M, present, S, present),
    U32(M, signed_, S, signatures),
};
#undef M
#undef S
static const struct shape count_shape =
    SHAPE(&ikrar__v1__count__descriptor, sizeof(struct count), count_fields);

#define M Ikrar__V1__PledgeMade
#define S struct pledge
static const struct shape_field pledge_fields[] = {
    TEXT(M, unit, S, unit),
    TEXT(M, campaign, S, campaign),
    BLOB(M, ceremony, S, ceremony),
    ENUM(Ikrar__V1__Act, M, act, S, act),
    ENUM(Ikrar__V1__Form, M, form, S, form),
    U32(M, points, S, points),
    TEXT(M, template_, S, template),
    BLOB(M, template_sha256, S, template_sha256),
    U64(M, made_at_ms, S, made_at_ms),
    U32(M, witnesses, S, witnesses),
    BOOL(M, head_signed, S, head_signed),
    MAYBE(M, pns, S, counts[EMPLOYMENT_PNS], counts[EMPLOYMENT_PNS].is_set,
	&count_shape),
    MAYBE(M, pppk, S, counts[EMPLOYMENT_PPPK], counts[EMPLOYMENT_PPPK].is_set,
	&count_shape),
    MAYBE(M, non_asn, S, counts[EMPLOYMENT_NON_ASN],
	counts[EMPLOYMENT_NON_ASN].is_set, &count_shape),
    BLOB_OR_NO(M, sheet_sha256, S, sheet_sha256, has_sheet),
};
#undef M
#undef S
static const struct shape pledge_shape = SHAPE(
    &ikrar__v1__pledge_made__descriptor, sizeof(struct pledge), pledge_fields);

/* Values of one field need no struct. */
static const struct shape_field evidence_fields[] = {
    {.type = SHAPE_BLOB,
	.pb = SHAPE_AT(ProtobufCBinaryData, Ikrar__V1__Evidence, sha256),
	.size = EVENT_HASH_SIZE},
};
static const struct shape evidence_shape =
    SHAPE(&ikrar__v1__evidence__descriptor, EVENT_HASH_SIZE, evidence_fields);

#define M Ikrar__V1__IncidentReported
#define S struct incident
static const struct shape_field incident_fields[] = {
    TEXT(M, unit, S, unit),
    TEXT(M, act, S, act),
    U32(M, happened_from_day, S, happened_from_day),
    U32(M, happened_to_day, S, happened_to_day),
    U32(M, known_day, S, known_day),
    U32(M, reported_day, S, reported_day),
    ENUM(Ikrar__V1__Source, M, source, S, source),
    ENUM(Ikrar__V1__Subject, M, subject, S, subject),
    ARRAY(M, evidence, S, evidence, evidence_count, &evidence_shape),
    BLOB_OR_NO(M, commit, S, commit, is_sealed),
    BLOB_OR_NO(M, blob_hash, S, blob_hash, is_sealed),
    U32(M, blob_size, S, blob_size),
    BLOB_OR_NO(M, subject_tag, S, subject_tag, has_subject_tag),
};
#undef M
#undef S
static const struct shape incident_shape =
    SHAPE(&ikrar__v1__incident_reported__descriptor, sizeof(struct incident),
	incident_fields);

static const struct shape_case corrected_cases[] = {
    {IKRAR__V1__CORRECTED__BODY_PLEDGE, EVENT_PLEDGE_MADE, &pledge_shape,
	offsetof(struct corrected, pledge)},
    {IKRAR__V1__CORRECTED__BODY_INCIDENT, EVENT_INCIDENT_REPORTED,
	&incident_shape, offsetof(struct corrected, incident)},
    {0},
};
#define M Ikrar__V1__Corrected
#define S struct corrected
static const struct shape_field corrected_fields[] = {
    BLOB_ZERO(M, node, S, target.node),
    U64(M, seq, S, target.seq),
    ONEOF(M, pledge, body_case, S, kind, enum event_kind, corrected_cases),
};
#undef M
#undef S
static const struct shape corrected_shape =
    SHAPE(&ikrar__v1__corrected__descriptor, sizeof(struct corrected),
	corrected_fields);

#define M Ikrar__V1__Withdrawn
#define S struct withdrawn
static const struct shape_field withdrawn_fields[] = {
    BLOB_ZERO(M, node, S, target.node),
    U64(M, seq, S, target.seq),
    TEXT(M, reason, S, reason),
    TEXT(M, reference, S, reference),
};
#undef M
#undef S
static const struct shape withdrawn_shape =
    SHAPE(&ikrar__v1__withdrawn__descriptor, sizeof(struct withdrawn),
	withdrawn_fields);

#define M Ikrar__V1__IncidentReviewed
#define S struct reviewed
static const struct shape_field reviewed_fields[] = {
    BLOB_ZERO(M, node, S, target.node),
    U64(M, seq, S, target.seq),
    ENUM(Ikrar__V1__Step, M, step, S, step),
    TEXT(M, reason, S, reason),
    TEXT(M, reference, S, reference),
    TEXT(M, decision, S, decision),
    BLOB_ZERO(M, duplicate_node, S, duplicate_of.node),
    U64(M, duplicate_seq, S, duplicate_of.seq),
};
#undef M
#undef S
static const struct shape reviewed_shape =
    SHAPE(&ikrar__v1__incident_reviewed__descriptor, sizeof(struct reviewed),
	reviewed_fields);

static const struct shape_field reported_fields[] = {
    {.type = SHAPE_TEXT,
	.pb = SHAPE_AT(char *, Ikrar__V1__NodeReported, software),
	.size = SOFTWARE_MAX},
};
static const struct shape reported_shape =
    SHAPE(&ikrar__v1__node_reported__descriptor, SOFTWARE_MAX, reported_fields);

/* ---- what an admin records */

#define M Ikrar__V1__Part
#define S struct part
static const struct shape_field part_fields[] = {
    U32(M, version, S, version),
    U32(M, part, S, part),
    U32(M, parts, S, parts),
    BLOB(M, sha256, S, sha256),
};
#undef M
#undef S
static const struct shape part_shape =
    SHAPE(&ikrar__v1__part__descriptor, sizeof(struct part), part_fields);

#define M Ikrar__V1__UnitRow
#define S struct unit_row
static const struct shape_field unit_row_fields[] = {
    TEXT(M, code, S, code),
    TEXT(M, name, S, name),
    ENUM(Ikrar__V1__UnitKind, M, kind, S, kind),
    TEXT(M, wilayah, S, wilayah),
    TEXT(M, parent, S, parent),
    U32(M, pns, S, heads[EMPLOYMENT_PNS]),
    U32(M, pppk, S, heads[EMPLOYMENT_PPPK]),
    U32(M, non_asn, S, heads[EMPLOYMENT_NON_ASN]),
};
#undef M
#undef S
static const struct shape unit_row_shape = SHAPE(
    &ikrar__v1__unit_row__descriptor, sizeof(struct unit_row), unit_row_fields);

#define M Ikrar__V1__RosterChanged
#define S struct roster_changed
static const struct shape_field roster_fields[] = {
    ONE(M, part, S, part, &part_shape),
    ROWS(M, rows, S, rows, row_count, EVENT_ROWS_MAX, &unit_row_shape),
};
#undef M
#undef S
static const struct shape roster_shape =
    SHAPE(&ikrar__v1__roster_changed__descriptor, sizeof(struct roster_changed),
	roster_fields);

#define M Ikrar__V1__CampaignRow
#define S struct campaign_row
static const struct shape_field campaign_row_fields[] = {
    TEXT(M, id, S, id),
    TEXT(M, name, S, name),
    U64(M, due_ms, S, due_ms),
    U64(M, grace_end_ms, S, grace_end_ms),
    U64(M, lock_ms, S, lock_ms),
};
#undef M
#undef S
static const struct shape campaign_row_shape =
    SHAPE(&ikrar__v1__campaign_row__descriptor, sizeof(struct campaign_row),
	campaign_row_fields);

#define M Ikrar__V1__CampaignChanged
#define S struct campaign_changed
static const struct shape_field campaigns_fields[] = {
    ONE(M, part, S, part, &part_shape),
    ROWS(M, rows, S, rows, row_count, EVENT_ROWS_MAX, &campaign_row_shape),
};
#undef M
#undef S
static const struct shape campaigns_shape =
    SHAPE(&ikrar__v1__campaign_changed__descriptor,
	sizeof(struct campaign_changed), campaigns_fields);

#define M Ikrar__V1__Mark
#define S struct mark
static const struct shape_field mark_fields[] = {
    ENUM(Ikrar__V1__Anchor, M, anchor, S, anchor),
    I64(M, offset_ms, S, offset_ms),
};
#undef M
#undef S
static const struct shape mark_shape =
    SHAPE(&ikrar__v1__mark__descriptor, sizeof(struct mark), mark_fields);

#define M Ikrar__V1__UnsignedUnits
#define S struct unsigned_units
static const struct shape_field unsigned_units_fields[] = {
    TEXT(M, campaign, S, campaign),
    ENUM(Ikrar__V1__Scope, M, scope, S, scope),
    U32(M, unit_kinds, S, unit_kinds),
    U32(M, min_units, S, min_units),
    U32(M, min_bp, S, min_bp),
    ENUM(Ikrar__V1__Signed, M, counts, S, counts),
    U32(M, signed_bp, S, signed_bp),
    ARRAY(M, at, S, at, mark_count, &mark_shape),
    U64(M, settle_ms, S, settle_ms),
};
#undef M
#undef S
static const struct shape unsigned_units_shape =
    SHAPE(&ikrar__v1__unsigned_units__descriptor, sizeof(struct unsigned_units),
	unsigned_units_fields);

static const struct shape_field act_code_fields[] = {
    {.type = SHAPE_TEXT,
	.pb = SHAPE_AT(char *, Ikrar__V1__ActCode, code),
	.size = ACT_CODE_MAX},
};
static const struct shape act_code_shape =
    SHAPE(&ikrar__v1__act_code__descriptor, ACT_CODE_MAX, act_code_fields);

#define M Ikrar__V1__RepeatIncidents
#define S struct repeat_incidents
static const struct shape_field repeat_incidents_fields[] = {
    U32(M, count, S, count),
    U32(M, within_days, S, within_days),
    ENUM(Ikrar__V1__Scope, M, scope, S, scope),
    U32(M, min_sources, S, min_sources),
    ARRAY(M, acts, S, acts, act_count, &act_code_shape),
    U32(M, states, S, states),
};
#undef M
#undef S
static const struct shape repeat_incidents_shape =
    SHAPE(&ikrar__v1__repeat_incidents__descriptor,
	sizeof(struct repeat_incidents), repeat_incidents_fields);

static const struct shape_case rule_cases[] = {
    {IKRAR__V1__RULE_ROW__BODY_UNSIGNED_UNITS, RULE_UNSIGNED_UNITS_1,
	&unsigned_units_shape, offsetof(struct rule_row, unsigned_units)},
    {IKRAR__V1__RULE_ROW__BODY_REPEAT_INCIDENTS, RULE_REPEAT_INCIDENTS_1,
	&repeat_incidents_shape, offsetof(struct rule_row, repeat_incidents)},
    {0},
};
#define M Ikrar__V1__RuleRow
#define S struct rule_row
static const struct shape_field rule_row_fields[] = {
    TEXT(M, id, S, id),
    WORD(M, kind, S, kind, enum rule_kind, &rule_words),
    ENUM(Ikrar__V1__Role, M, tell, S, tell),
    ONEOF(M, unsigned_units, body_case, S, kind, enum rule_kind, rule_cases),
};
#undef M
#undef S
static const struct shape rule_row_shape = SHAPE(
    &ikrar__v1__rule_row__descriptor, sizeof(struct rule_row), rule_row_fields);

#define M Ikrar__V1__RulesChanged
#define S struct rules_changed
static const struct shape_field rules_fields[] = {
    ONE(M, part, S, part, &part_shape),
    ROWS(M, rows, S, rows, row_count, EVENT_ROWS_MAX, &rule_row_shape),
};
#undef M
#undef S
static const struct shape rules_shape =
    SHAPE(&ikrar__v1__rules_changed__descriptor, sizeof(struct rules_changed),
	rules_fields);

#define M Ikrar__V1__Term
#define S struct term
static const struct shape_field term_fields[] = {
    TEXT(M, id, S, id),
    ENUM(Ikrar__V1__TermKind, M, kind, S, kind),
    U64(M, from_ms, S, from_ms),
    U64(M, to_ms, S, to_ms),
};
#undef M
#undef S
static const struct shape term_shape =
    SHAPE(&ikrar__v1__term__descriptor, sizeof(struct term), term_fields);

static const struct shape_field channel_fields[] = {
    {.type = SHAPE_TEXT,
	.pb = SHAPE_AT(char *, Ikrar__V1__ChannelName, name),
	.size = WORD_MAX},
};
static const struct shape channel_shape =
    SHAPE(&ikrar__v1__channel_name__descriptor, WORD_MAX, channel_fields);

#define M Ikrar__V1__SeatRow
#define S struct seat_row
static const struct shape_field seat_row_fields[] = {
    TEXT(M, id, S, id),
    TEXT(M, wilayah, S, wilayah),
    ENUM(Ikrar__V1__Role, M, role, S, role),
    TEXT(M, title, S, title),
    TEXT(M, zone, S, zone),
    TEXT(M, language, S, language),
    ARRAY(M, channels, S, channels, channel_count, &channel_shape),
    ARRAY(M, terms, S, terms, term_count, &term_shape),
};
#undef M
#undef S
static const struct shape seat_row_shape = SHAPE(
    &ikrar__v1__seat_row__descriptor, sizeof(struct seat_row), seat_row_fields);

#define M Ikrar__V1__OfficeChanged
#define S struct office_changed
static const struct shape_field office_fields[] = {
    ONE(M, part, S, part, &part_shape),
    ROWS(M, rows, S, rows, row_count, EVENT_ROWS_MAX, &seat_row_shape),
};
#undef M
#undef S
static const struct shape office_shape =
    SHAPE(&ikrar__v1__office_changed__descriptor, sizeof(struct office_changed),
	office_fields);

#define M Ikrar__V1__NodeInvited
#define S struct node_invited
static const struct shape_field invited_fields[] = {
    BLOB(M, code_sha256, S, code_sha256),
    ENUM(Ikrar__V1__NodeKind, M, kind, S, kind),
    TEXT(M, wilayah, S, wilayah),
    U64(M, expires_ms, S, expires_ms),
    BOOL(M, confirm, S, confirm),
};
#undef M
#undef S
static const struct shape invited_shape =
    SHAPE(&ikrar__v1__node_invited__descriptor, sizeof(struct node_invited),
	invited_fields);

#define M Ikrar__V1__NodeConfirmed
#define S struct node_named
static const struct shape_field confirmed_fields[] = {
    BLOB(M, node, S, node),
};
#undef M
#undef S
static const struct shape confirmed_shape =
    SHAPE(&ikrar__v1__node_confirmed__descriptor, sizeof(struct node_named),
	confirmed_fields);

#define M Ikrar__V1__NodeRevoked
#define S struct node_named
static const struct shape_field revoked_fields[] = {
    BLOB(M, node, S, node),
    U64(M, accept_up_to, S, accept_up_to),
    TEXT(M, reason, S, reason),
};
#undef M
#undef S
static const struct shape revoked_shape =
    SHAPE(&ikrar__v1__node_revoked__descriptor, sizeof(struct node_named),
	revoked_fields);

#define M Ikrar__V1__NodeVouched
#define S struct node_named
static const struct shape_field vouched_fields[] = {
    BLOB(M, node, S, node),
    TEXT(M, reason, S, reason),
    TEXT(M, reference, S, reference),
};
#undef M
#undef S
static const struct shape vouched_shape =
    SHAPE(&ikrar__v1__node_vouched__descriptor, sizeof(struct node_named),
	vouched_fields);

/* ---- what the notifier records */

#define M Ikrar__V1__AlertDelivered
#define S struct alert_told
static const struct shape_field delivered_fields[] = {
    BLOB(M, alert, S, alert),
    U64(M, verdict, S, verdict),
    TEXT(M, seat, S, seat),
    TEXT(M, term, S, term),
    TEXT(M, channel, S, channel),
    U32(M, attempts, S, attempts),
};
#undef M
#undef S
static const struct shape delivered_shape =
    SHAPE(&ikrar__v1__alert_delivered__descriptor, sizeof(struct alert_told),
	delivered_fields);

#define M Ikrar__V1__AlertFailed
#define S struct alert_told
static const struct shape_field failed_fields[] = {
    BLOB(M, alert, S, alert),
    U64(M, verdict, S, verdict),
    TEXT(M, seat, S, seat),
    TEXT(M, term, S, term),
    TEXT(M, channel, S, channel),
    U32(M, attempts, S, attempts),
    TEXT(M, word, S, word),
};
#undef M
#undef S
static const struct shape failed_shape =
    SHAPE(&ikrar__v1__alert_failed__descriptor, sizeof(struct alert_told),
	failed_fields);

/* ---- what the log itself records */

#define M Ikrar__V1__LogStarted
#define S struct log_started
static const struct shape_field started_fields[] = {
    TEXT(M, origin, S, origin),
    TEXT(M, wilayah, S, wilayah),
    BLOB(M, log_key, S, log_key),
    BLOB(M, admin_sign_key, S, admin_sign_key),
    BLOB(M, admin_link_key, S, admin_link_key),
    BOOL(M, drill, S, drill),
};
#undef M
#undef S
static const struct shape started_shape =
    SHAPE(&ikrar__v1__log_started__descriptor, sizeof(struct log_started),
	started_fields);

static const struct shape_field ticked_fields[] = {
    {.type = SHAPE_U64, .pb = SHAPE_AT(uint64_t, Ikrar__V1__Ticked, until_ms)},
};
static const struct shape ticked_shape =
    SHAPE(&ikrar__v1__ticked__descriptor, sizeof(uint64_t), ticked_fields);

#define M Ikrar__V1__EventRefused
#define S struct event_refused
static const struct shape_field refused_fields[] = {
    BLOB(M, node, S, node),
    U64(M, seq, S, seq),
    BLOB(M, event_hash, S, event_hash),
    WORD(M, word, S, word, enum reject, &reject_words),
    BLOB_OR_NO(M, stamp, S, stamp, has_stamp),
};
#undef M
#undef S
static const struct shape refused_shape =
    SHAPE(&ikrar__v1__event_refused__descriptor, sizeof(struct event_refused),
	refused_fields);

#define M Ikrar__V1__NodeEnrolled
#define S struct node_enrolled
static const struct shape_field enrolled_fields[] = {
    BLOB(M, node, S, node),
    ENUM(Ikrar__V1__NodeKind, M, kind, S, kind),
    TEXT(M, wilayah, S, wilayah),
    BLOB(M, sign_key, S, sign_key),
    BLOB(M, link_key, S, link_key),
    BLOB_ZERO(M, code_sha256, S, code_sha256),
    BOOL(M, pending, S, pending),
};
#undef M
#undef S
static const struct shape enrolled_shape =
    SHAPE(&ikrar__v1__node_enrolled__descriptor, sizeof(struct node_enrolled),
	enrolled_fields);

#define M Ikrar__V1__NodeFaulted
#define S struct node_faulted
static const struct shape_field faulted_fields[] = {
    BLOB(M, node, S, node),
    WORD(M, word, S, word, enum reject, &reject_words),
    U64(M, seq, S, seq),
};
#undef M
#undef S
static const struct shape faulted_shape =
    SHAPE(&ikrar__v1__node_faulted__descriptor, sizeof(struct node_faulted),
	faulted_fields);

#define M Ikrar__V1__Figures
#define S struct figures
static const struct shape_field figures_fields[] = {
    U32(M, expected, S, expected),
    U32(M, on_time, S, on_time),
    U32(M, late, S, late),
    U32(M, unsigned_, S, unsigned_known),
    U32(M, unheard, S, unheard),
    U32(M, reported, S, reported),
    U32(M, verified, S, verified),
    U32(M, sources, S, sources),
    U32(M, threshold, S, threshold),
    U32(M, threshold_bp, S, threshold_bp),
};
#undef M
#undef S
static const struct shape figures_shape = SHAPE(
    &ikrar__v1__figures__descriptor, sizeof(struct figures), figures_fields);

#define M Ikrar__V1__AlertUnit
#define S struct alert_unit
static const struct shape_field alert_unit_fields[] = {
    TEXT(M, code, S, code),
    TEXT(M, name, S, name),
    TEXT(M, wilayah, S, wilayah),
    TEXT(M, why, S, why),
};
#undef M
#undef S
static const struct shape alert_unit_shape =
    SHAPE(&ikrar__v1__alert_unit__descriptor, sizeof(struct alert_unit),
	alert_unit_fields);

static const struct shape_field entry_index_fields[] = {
    {.type = SHAPE_U64, .pb = SHAPE_AT(uint64_t, Ikrar__V1__EntryIndex, index)},
};
static const struct shape entry_index_shape = SHAPE(
    &ikrar__v1__entry_index__descriptor, sizeof(uint64_t), entry_index_fields);

#define M Ikrar__V1__Verdict
#define S struct verdict
static const struct shape_field verdict_fields[] = {
    BLOB(M, alert, S, alert),
    TEXT(M, rule, S, rule),
    WORD(M, kind, S, kind, enum rule_kind, &rule_words),
    U32(M, rules_version, S, rules_version),
    ENUM(Ikrar__V1__Role, M, tell, S, tell),
    TEXT(M, campaign, S, campaign),
    ENUM(Ikrar__V1__Scope, M, scope, S, scope),
    TEXT(M, object, S, object),
    TEXT(M, object_name, S, object_name),
    TEXT(M, occasion, S, occasion),
    U32(M, opening, S, opening),
    U64(M, judged_at_ms, S, judged_at_ms),
    U64(M, mark, S, mark),
    ONE(M, figures, S, figures, &figures_shape),
    ROWS(M, units, S, units, unit_count, VERDICT_UNITS_MAX, &alert_unit_shape),
    ROWS(M, removed, S, removed, removed_count, VERDICT_UNITS_MAX,
	&alert_unit_shape),
    ROWS(M, evidence, S, evidence, evidence_count, VERDICT_EVIDENCE_MAX,
	&entry_index_shape),
    TEXT(M, reason, S, reason),
    U32(M, window_from_day, S, window_from_day),
    U32(M, window_to_day, S, window_to_day),
};
#undef M
#undef S
static const struct shape verdict_shape = SHAPE(
    &ikrar__v1__verdict__descriptor, sizeof(struct verdict), verdict_fields);

/* ---- the event */

/* The kind of an event is the number of its arm. */
#define BODY(number, name, field)                                            \
	{                                                                    \
		number, number, &name##_shape, offsetof(struct event, field) \
	}
static const struct shape_case bodies[] = {
    BODY(EVENT_PLEDGE_MADE, pledge, pledge),
    BODY(EVENT_INCIDENT_REPORTED, incident, incident),
    BODY(EVENT_CORRECTED, corrected, corrected),
    BODY(EVENT_WITHDRAWN, withdrawn, withdrawn),
    BODY(EVENT_INCIDENT_REVIEWED, reviewed, reviewed),
    BODY(EVENT_ROSTER_CHANGED, roster, roster),
    BODY(EVENT_CAMPAIGN_CHANGED, campaigns, campaign),
    BODY(EVENT_RULES_CHANGED, rules, rules),
    BODY(EVENT_OFFICE_CHANGED, office, office),
    BODY(EVENT_NODE_INVITED, invited, invited),
    BODY(EVENT_NODE_CONFIRMED, confirmed, named),
    BODY(EVENT_NODE_REVOKED, revoked, named),
    BODY(EVENT_NODE_VOUCHED, vouched, named),
    BODY(EVENT_NODE_REPORTED, reported, software),
    BODY(EVENT_ALERT_DELIVERED, delivered, told),
    BODY(EVENT_ALERT_FAILED, failed, told),
    BODY(EVENT_LOG_STARTED, started, started),
    BODY(EVENT_TICKED, ticked, until_ms),
    BODY(EVENT_REFUSED, refused, refused),
    BODY(EVENT_NODE_ENROLLED, enrolled, enrolled),
    BODY(EVENT_NODE_FAULTED, faulted, faulted),
    BODY(EVENT_ALERT_OPENED, verdict, verdict),
    BODY(EVENT_ALERT_RAISED, verdict, verdict),
    BODY(EVENT_ALERT_CORRECTED, verdict, verdict),
    BODY(EVENT_ALERT_WITHDRAWN, verdict, verdict),
    BODY(EVENT_ALERT_RESOLVED, verdict, verdict),
    {0},
};
#define M Ikrar__V1__Event
#define S struct event
static const struct shape_field event_fields[] = {
    U32(M, version, S, version),
    BLOB_ZERO(M, node, S, node),
    U64(M, seq, S, seq),
    U64(M, recorded_at_ms, S, recorded_at_ms),
    TEXT(M, wilayah, S, wilayah),
    U64(M, seen_epoch, S, seen_epoch),
    U64(M, seen_size, S, seen_size),
    ONEOF(M, pledge_made, body_case, S, kind, enum event_kind, bodies),
};
#undef M
#undef S
static const struct shape event_shape =
    SHAPE(&ikrar__v1__event__descriptor, sizeof(struct event), event_fields);

struct wire {
	struct shape_reader *reader;
};

struct wire *
wire_new(void)
{
	struct wire *wire = xcalloc(1, sizeof *wire);

	wire->reader = shape_reader_new(ARENA_MAX, EVENT_MAX, true);
	return wire;
}

void
wire_free(struct wire *wire)
{
	if (wire == NULL)
		return;
	shape_reader_free(wire->reader);
	free(wire);
}

enum reject
wire_unpack(struct wire *wire, struct bytes bytes, struct event *event)
{
	const Ikrar__V1__Event *message;
	enum reject word;

	if (bytes.len > EVENT_MAX)
		return REJECT_OVERSIZE;
	message = shape_unpack(wire->reader, &event_shape, bytes);
	if (message == NULL)
		return REJECT_NON_CANONICAL;
	/* What a later version looks like is not for us to judge. */
	if (message->version > EVENT_VERSION)
		return REJECT_VERSION;
	word = shape_read(wire->reader, &event_shape, bytes, message, event);
	return word == REJECT_NONE ? event_check(event) : word;
}

size_t
wire_pack(const struct event *event, uint8_t *at, size_t cap)
{
	return shape_write(&event_shape, event, at, cap);
}

size_t
wire_pack_unit_row(const struct unit_row *row, uint8_t *at, size_t cap)
{
	return shape_write(&unit_row_shape, row, at, cap);
}

size_t
wire_pack_campaign_row(const struct campaign_row *row, uint8_t *at, size_t cap)
{
	return shape_write(&campaign_row_shape, row, at, cap);
}

size_t
wire_pack_rule_row(const struct rule_row *row, uint8_t *at, size_t cap)
{
	return shape_write(&rule_row_shape, row, at, cap);
}

size_t
wire_pack_seat_row(const struct seat_row *row, uint8_t *at, size_t cap)
{
	return shape_write(&seat_row_shape, row, at, cap);
}
