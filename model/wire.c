/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table a message of proto/event.proto, and the gate. The tables stand in
 * the order of that file; rules and verdicts have their own (wire_rule.c).
 */
#include "model/wire.h"

#include <stdlib.h>

#include "model/shape.h"
#include "model/wire_rule.h"
#include "proto/event.pb-c.h"

/* The largest event that is not hostile needs less than half of this. */
enum { ARENA_MAX = 1 << 20 };

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

static const struct shape_words reject_words = {reject_number, word_of_reject};

/* ---- what a kecamatan records */

#define M Ikrar__V1__Count
#define S struct count
static const struct shape_field count_fields[] = {
    U32(present), U32_AS(signed_, signatures)};
#undef M
#undef S
SHAPE(count, count, struct count);

#define M Ikrar__V1__PledgeMade
#define S struct pledge
static const struct shape_field pledge_fields[] = {TEXT(unit), TEXT(campaign),
    BLOB(ceremony), ENUM(Ikrar__V1__Act, act), ENUM(Ikrar__V1__Form, form),
    U32(points), TEXT_AS(template_, template), BLOB(template_sha256),
    U64(made_at_ms), U32(witnesses), BOOL(head_signed),
    MAYBE_AS(pns, counts[EMPLOYMENT_PNS], counts[EMPLOYMENT_PNS].is_set,
	&count_shape),
    MAYBE_AS(pppk, counts[EMPLOYMENT_PPPK], counts[EMPLOYMENT_PPPK].is_set,
	&count_shape),
    MAYBE_AS(non_asn, counts[EMPLOYMENT_NON_ASN],
	counts[EMPLOYMENT_NON_ASN].is_set, &count_shape),
    BLOB_OR_NO(sheet_sha256, has_sheet)};
#undef M
#undef S
SHAPE(pledge, pledge_made, struct pledge);

SHAPE_LONE(evidence, Evidence, evidence, SHAPE_BLOB, ProtobufCBinaryData,
    sha256, EVENT_HASH_SIZE);

#define M Ikrar__V1__IncidentReported
#define S struct incident
static const struct shape_field incident_fields[] = {TEXT(unit), TEXT(act),
    U32(happened_from_day), U32(happened_to_day), U32(known_day),
    U32(reported_day), ENUM(Ikrar__V1__Source, source),
    ENUM(Ikrar__V1__Subject, subject),
    ARRAY(evidence, evidence_count, &evidence_shape),
    BLOB_OR_NO(commit, is_sealed), BLOB_OR_NO(blob_hash, is_sealed),
    U32(blob_size), BLOB_OR_NO(subject_tag, has_subject_tag)};
#undef M
#undef S
SHAPE(incident, incident_reported, struct incident);

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
    BLOB_ZERO_AS(node, target.node), U64_AS(seq, target.seq),
    ONEOF(pledge, body_case, enum event_kind, kind, corrected_cases)};
#undef M
#undef S
SHAPE(corrected, corrected, struct corrected);

#define M Ikrar__V1__Withdrawn
#define S struct withdrawn
static const struct shape_field withdrawn_fields[] = {
    BLOB_ZERO_AS(node, target.node), U64_AS(seq, target.seq), TEXT(reason),
    TEXT(reference)};
#undef M
#undef S
SHAPE(withdrawn, withdrawn, struct withdrawn);

#define M Ikrar__V1__IncidentReviewed
#define S struct reviewed
static const struct shape_field reviewed_fields[] = {
    BLOB_ZERO_AS(node, target.node), U64_AS(seq, target.seq),
    ENUM(Ikrar__V1__Step, step), TEXT(reason), TEXT(reference), TEXT(decision),
    BLOB_ZERO_AS(duplicate_node, duplicate_of.node),
    U64_AS(duplicate_seq, duplicate_of.seq)};
#undef M
#undef S
SHAPE(reviewed, incident_reviewed, struct reviewed);

SHAPE_LONE(reported, NodeReported, node_reported, SHAPE_TEXT, char *, software,
    SOFTWARE_MAX);

/* ---- what an admin records */

#define M Ikrar__V1__Part
#define S struct part
static const struct shape_field part_fields[] = {
    U32(version), U32(part), U32(parts), BLOB(sha256)};
#undef M
#undef S
SHAPE(part, part, struct part);

#define M Ikrar__V1__UnitRow
#define S struct unit_row
static const struct shape_field unit_row_fields[] = {TEXT(code), TEXT(name),
    ENUM(Ikrar__V1__UnitKind, kind), TEXT(wilayah), TEXT(parent),
    U32_AS(pns, heads[EMPLOYMENT_PNS]), U32_AS(pppk, heads[EMPLOYMENT_PPPK]),
    U32_AS(non_asn, heads[EMPLOYMENT_NON_ASN])};
#undef M
#undef S
SHAPE(unit_row, unit_row, struct unit_row);

#define M Ikrar__V1__RosterChanged
#define S struct roster_changed
static const struct shape_field roster_fields[] = {ONE(part, &part_shape),
    ROWS(rows, row_count, EVENT_ROWS_MAX, &unit_row_shape)};
#undef M
#undef S
SHAPE(roster, roster_changed, struct roster_changed);

#define M Ikrar__V1__CampaignRow
#define S struct campaign_row
static const struct shape_field campaign_row_fields[] = {
    TEXT(id), TEXT(name), U64(due_ms), U64(grace_end_ms), U64(lock_ms)};
#undef M
#undef S
SHAPE(campaign_row, campaign_row, struct campaign_row);

#define M Ikrar__V1__CampaignChanged
#define S struct campaign_changed
static const struct shape_field campaigns_fields[] = {ONE(part, &part_shape),
    ROWS(rows, row_count, EVENT_ROWS_MAX, &campaign_row_shape)};
#undef M
#undef S
SHAPE(campaigns, campaign_changed, struct campaign_changed);

#define M Ikrar__V1__Holiday
#define S struct holiday
static const struct shape_field holiday_fields[] = {
    U32(day), BOOL(collective_leave)};
#undef M
#undef S
SHAPE(holiday, holiday, struct holiday);

#define M Ikrar__V1__Stage
#define S struct calendar_stage
static const struct shape_field stage_fields[] = {TEXT(id), U32(from_day),
    U32(to_day), ENUM(Ikrar__V1__Phase, phase), BOOL(sensitive)};
#undef M
#undef S
SHAPE(stage, stage, struct calendar_stage);

static const struct shape_case calendar_cases[] = {
    {IKRAR__V1__CALENDAR_ROW__BODY_HOLIDAY, CALENDAR_HOLIDAY, &holiday_shape,
	offsetof(struct calendar_row, holiday)},
    {IKRAR__V1__CALENDAR_ROW__BODY_STAGE, CALENDAR_STAGE, &stage_shape,
	offsetof(struct calendar_row, stage)},
    {0},
};
#define M Ikrar__V1__CalendarRow
#define S struct calendar_row
static const struct shape_field calendar_row_fields[] = {
    ONEOF(holiday, body_case, enum calendar_kind, kind, calendar_cases)};
#undef M
#undef S
SHAPE(calendar_row, calendar_row, struct calendar_row);

#define M Ikrar__V1__CalendarChanged
#define S struct calendar_changed
static const struct shape_field calendar_fields[] = {ONE(part, &part_shape),
    ROWS(rows, row_count, EVENT_ROWS_MAX, &calendar_row_shape)};
#undef M
#undef S
SHAPE(calendar, calendar_changed, struct calendar_changed);

#define M Ikrar__V1__DeadlineExtended
#define S struct deadline_extended
static const struct shape_field extended_fields[] = {TEXT(campaign), TEXT(unit),
    TEXT(wilayah), U64(until_ms), TEXT(reason), TEXT(reference)};
#undef M
#undef S
SHAPE(extended, deadline_extended, struct deadline_extended);

#define M Ikrar__V1__UnitExcused
#define S struct unit_excused
static const struct shape_field excused_fields[] = {
    TEXT(campaign), TEXT(unit), BOOL(lifted), TEXT(reason), TEXT(reference)};
#undef M
#undef S
SHAPE(excused, unit_excused, struct unit_excused);

#define M Ikrar__V1__CampaignClosed
#define S struct campaign_closed
static const struct shape_field campaign_closed_fields[] = {
    TEXT(campaign), TEXT(reference)};
#undef M
#undef S
SHAPE(campaign_closed, campaign_closed, struct campaign_closed);

#define M Ikrar__V1__AlertClosed
#define S struct alert_closed
static const struct shape_field alert_closed_fields[] = {
    BLOB(alert), TEXT(reason), TEXT(reference)};
#undef M
#undef S
SHAPE(alert_closed, alert_closed, struct alert_closed);

#define M Ikrar__V1__RulesChanged
#define S struct rules_changed
static const struct shape_field rules_fields[] = {ONE(part, &part_shape),
    ROWS(rows, row_count, EVENT_ROWS_MAX, &rule_row_shape)};
#undef M
#undef S
SHAPE(rules, rules_changed, struct rules_changed);

#define M Ikrar__V1__Term
#define S struct term
static const struct shape_field term_fields[] = {
    TEXT(id), ENUM(Ikrar__V1__TermKind, kind), U64(from_ms), U64(to_ms)};
#undef M
#undef S
SHAPE(term, term, struct term);

SHAPE_LONE(
    channel, ChannelName, channel_name, SHAPE_TEXT, char *, name, WORD_MAX);

#define M Ikrar__V1__SeatRow
#define S struct seat_row
static const struct shape_field seat_row_fields[] = {TEXT(id), TEXT(wilayah),
    ENUM(Ikrar__V1__Role, role), TEXT(title), TEXT(zone), TEXT(language),
    ARRAY(channels, channel_count, &channel_shape),
    ARRAY(terms, term_count, &term_shape)};
#undef M
#undef S
SHAPE(seat_row, seat_row, struct seat_row);

#define M Ikrar__V1__OfficeChanged
#define S struct office_changed
static const struct shape_field office_fields[] = {ONE(part, &part_shape),
    ROWS(rows, row_count, EVENT_ROWS_MAX, &seat_row_shape)};
#undef M
#undef S
SHAPE(office, office_changed, struct office_changed);

#define M Ikrar__V1__RecipientRow
#define S struct recipient_row
static const struct shape_field recipient_row_fields[] = {
    TEXT(id), BLOB(seal_key), BLOB(sign_key)};
#undef M
#undef S
SHAPE(recipient_row, recipient_row, struct recipient_row);

#define M Ikrar__V1__RecipientsChanged
#define S struct recipients_changed
static const struct shape_field recipients_fields[] = {ONE(part, &part_shape),
    ARRAY(rows, row_count, &recipient_row_shape), BLOB_OR_NO(signer, is_signed),
    BLOB_OR_NO(signature, is_signed)};
#undef M
#undef S
SHAPE(recipients, recipients_changed, struct recipients_changed);

#define M Ikrar__V1__NodeInvited
#define S struct node_invited
static const struct shape_field invited_fields[] = {BLOB(code_sha256),
    ENUM(Ikrar__V1__NodeKind, kind), TEXT(wilayah), U64(expires_ms),
    BOOL(confirm)};
#undef M
#undef S
SHAPE(invited, node_invited, struct node_invited);

#define M Ikrar__V1__NodeConfirmed
#define S struct node_named
static const struct shape_field confirmed_fields[] = {BLOB(node)};
#undef M
#undef S
SHAPE(confirmed, node_confirmed, struct node_named);

#define M Ikrar__V1__NodeRevoked
#define S struct node_named
static const struct shape_field revoked_fields[] = {
    BLOB(node), U64(accept_up_to), TEXT(reason)};
#undef M
#undef S
SHAPE(revoked, node_revoked, struct node_named);

#define M Ikrar__V1__NodeVouched
#define S struct node_named
static const struct shape_field vouched_fields[] = {
    BLOB(node), TEXT(reason), TEXT(reference)};
#undef M
#undef S
SHAPE(vouched, node_vouched, struct node_named);

/* ---- what the notifier records */

#define M Ikrar__V1__AlertDelivered
#define S struct alert_told
static const struct shape_field delivered_fields[] = {BLOB(alert), U64(verdict),
    TEXT(seat), TEXT(term), TEXT(channel), U32(attempts)};
#undef M
#undef S
SHAPE(delivered, alert_delivered, struct alert_told);

#define M Ikrar__V1__AlertFailed
#define S struct alert_told
static const struct shape_field failed_fields[] = {BLOB(alert), U64(verdict),
    TEXT(seat), TEXT(term), TEXT(channel), U32(attempts), TEXT(word)};
#undef M
#undef S
SHAPE(failed, alert_failed, struct alert_told);

#define M Ikrar__V1__AlertAcknowledged
#define S struct alert_acknowledged
static const struct shape_field acknowledged_fields[] = {BLOB(alert),
    U64(verdict), TEXT(seat), TEXT(term), TEXT(channel), U64(until_ms)};
#undef M
#undef S
SHAPE(acknowledged, alert_acknowledged, struct alert_acknowledged);

#define M Ikrar__V1__AlertSilenced
#define S struct alert_silenced
static const struct shape_field silenced_fields[] = {BLOB_ZERO(alert),
    TEXT(rule), TEXT(wilayah), TEXT(seat), U64(until_ms), TEXT(reason),
    TEXT(reference), TEXT(author), BOOL(lifted)};
#undef M
#undef S
SHAPE(silenced, alert_silenced, struct alert_silenced);

#define M Ikrar__V1__AlertEscalated
#define S struct alert_escalated
static const struct shape_field escalated_fields[] = {
    BLOB(alert), U64(verdict), TEXT(seat), TEXT(term), U32(step)};
#undef M
#undef S
SHAPE(escalated, alert_escalated, struct alert_escalated);

/* ---- what the log itself records */

#define M Ikrar__V1__LogStarted
#define S struct log_started
static const struct shape_field started_fields[] = {TEXT(origin), TEXT(wilayah),
    BLOB(log_key), BLOB(admin_sign_key), BLOB(admin_link_key), BOOL(drill)};
#undef M
#undef S
SHAPE(started, log_started, struct log_started);

SHAPE_LONE(
    ticked, Ticked, ticked, SHAPE_U64, uint64_t, until_ms, sizeof(uint64_t));

#define M Ikrar__V1__EventRefused
#define S struct event_refused
static const struct shape_field refused_fields[] = {BLOB(node), U64(seq),
    BLOB(event_hash), WORD(enum reject, word, &reject_words),
    BLOB_OR_NO(stamp, has_stamp)};
#undef M
#undef S
SHAPE(refused, event_refused, struct event_refused);

#define M Ikrar__V1__NodeEnrolled
#define S struct node_enrolled
static const struct shape_field enrolled_fields[] = {BLOB(node),
    ENUM(Ikrar__V1__NodeKind, kind), TEXT(wilayah), BLOB(sign_key),
    BLOB(link_key), BLOB_ZERO(code_sha256), BOOL(pending)};
#undef M
#undef S
SHAPE(enrolled, node_enrolled, struct node_enrolled);

#define M Ikrar__V1__NodeFaulted
#define S struct node_faulted
static const struct shape_field faulted_fields[] = {
    BLOB(node), WORD(enum reject, word, &reject_words), U64(seq)};
#undef M
#undef S
SHAPE(faulted, node_faulted, struct node_faulted);

SHAPE_LONE(clock_accepted, ClockAccepted, clock_accepted, SHAPE_U64, uint64_t,
    now_ms, sizeof(uint64_t));

#define M Ikrar__V1__LogRecovered
#define S struct log_recovered
static const struct shape_field recovered_fields[] = {TEXT(old_origin),
    TEXT(origin), U64(entries), BLOB(root), TEXT(lost_origin), U64(lost_size),
    BLOB_OR_NO(lost_root, has_lost_root)};
#undef M
#undef S
SHAPE(recovered, log_recovered, struct log_recovered);

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
    BODY(EVENT_CALENDAR_CHANGED, calendar, calendar),
    BODY(EVENT_RULES_CHANGED, rules, rules),
    BODY(EVENT_OFFICE_CHANGED, office, office),
    BODY(EVENT_RECIPIENTS_CHANGED, recipients, recipients),
    BODY(EVENT_NODE_INVITED, invited, invited),
    BODY(EVENT_NODE_CONFIRMED, confirmed, named),
    BODY(EVENT_NODE_REVOKED, revoked, named),
    BODY(EVENT_NODE_VOUCHED, vouched, named),
    BODY(EVENT_NODE_REPORTED, reported, software),
    BODY(EVENT_ALERT_DELIVERED, delivered, told),
    BODY(EVENT_ALERT_FAILED, failed, told),
    BODY(EVENT_ALERT_ACKNOWLEDGED, acknowledged, acknowledged),
    BODY(EVENT_ALERT_SILENCED, silenced, silenced),
    BODY(EVENT_ALERT_ESCALATED, escalated, escalated),
    BODY(EVENT_CLOCK_ACCEPTED, clock_accepted, clock_ms),
    BODY(EVENT_DEADLINE_EXTENDED, extended, extended),
    BODY(EVENT_UNIT_EXCUSED, excused, excused),
    BODY(EVENT_ALERT_CLOSED, alert_closed, alert_closed),
    BODY(EVENT_CAMPAIGN_CLOSED, campaign_closed, campaign_closed),
    BODY(EVENT_LOG_STARTED, started, started),
    BODY(EVENT_TICKED, ticked, until_ms),
    BODY(EVENT_REFUSED, refused, refused),
    BODY(EVENT_NODE_ENROLLED, enrolled, enrolled),
    BODY(EVENT_NODE_FAULTED, faulted, faulted),
    BODY(EVENT_LOG_RECOVERED, recovered, recovered),
    BODY(EVENT_ALERT_OPENED, verdict, verdict),
    BODY(EVENT_ALERT_RAISED, verdict, verdict),
    BODY(EVENT_ALERT_CORRECTED, verdict, verdict),
    BODY(EVENT_ALERT_WITHDRAWN, verdict, verdict),
    BODY(EVENT_ALERT_RESOLVED, verdict, verdict),
    {0},
};
#define M Ikrar__V1__Event
#define S struct event
static const struct shape_field event_fields[] = {U32(version), BLOB_ZERO(node),
    U64(seq), U64(recorded_at_ms), TEXT(wilayah), U64(seen_epoch),
    U64(seen_size),
    ONEOF(pledge_made, body_case, enum event_kind, kind, bodies)};
#undef M
#undef S
SHAPE(event, event, struct event);

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
wire_unpack_slowly(struct wire *wire, struct bytes bytes, struct event *event)
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

enum reject
wire_unpack(struct wire *wire, struct bytes bytes, struct event *event)
{
	if (bytes.len > EVENT_MAX ||
	    !shape_read_quick(&event_shape, bytes, event))
		return wire_unpack_slowly(wire, bytes, event);
	return event->version > EVENT_VERSION ? REJECT_VERSION
					      : event_check(event);
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
wire_pack_calendar_row(const struct calendar_row *row, uint8_t *at, size_t cap)
{
	return shape_write(&calendar_row_shape, row, at, cap);
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

size_t
wire_pack_recipient_row(
    const struct recipient_row *row, uint8_t *at, size_t cap)
{
	return shape_write(&recipient_row_shape, row, at, cap);
}
