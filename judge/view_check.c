/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this event be taken? In this order: is the writer one of ours, may its
 * kind write this kind, is the wilayah its own, has it seen no more of the log
 * than there is, and then what the body speaks of: units, campaigns, records,
 * dates. Also the bounds: what would grow without end is refused as
 * REJECT_OVERSIZE, so that no node can make the region slow.
 */
#include "judge/view_parts.h"

#include <string.h>

#include "model/calendar.h"

enum { YEARS_5_DAYS = 5 * 365 + 1 };

/* Who writes, and with how much knowledge. */
struct writer {
	const struct view *view;
	const struct event *event;
	const struct view_node *node;
	uint32_t number;
	uint64_t seen;
	uint32_t received_day;
	int zone_hours;
};

static enum reject
first_of(enum reject first, enum reject second)
{
	return first != REJECT_NONE ? first : second;
}

/* ---- dates */

static void
take_zone(struct writer *writer, uint64_t received_at_ms)
{
	const char *zone = wilayah_zone(writer->event->wilayah);

	writer->zone_hours = zone == NULL ? 0 : wilayah_zone_hours(zone);
	writer->received_day =
	    calendar_day_of_ms(received_at_ms, writer->zone_hours);
}

static enum reject
check_day(const struct writer *writer, uint32_t day)
{
	if (day > writer->received_day + 1 ||
	    day + YEARS_5_DAYS < writer->received_day)
		return REJECT_TIME;
	return REJECT_NONE;
}

/* ---- bodies of collectors */

static enum reject
check_unit(const struct writer *writer, const char *code)
{
	uint32_t unit = unit_find(writer->view, code);
	const struct view_unit *row;

	if (unit == NO_ROW)
		return REJECT_UNKNOWN_UNIT;
	row = unit_at(writer->view, unit);
	if (!row->is_active)
		return REJECT_UNKNOWN_UNIT;
	if (!wilayah_is_within(row->row.wilayah, writer->node->wilayah))
		return REJECT_PREFIX;
	return REJECT_NONE;
}

/* A unit with more time is locked when that has run out, if the campaign is
 * by then. */
static enum reject
check_lock(const struct writer *writer, uint32_t unit, uint32_t campaign)
{
	const struct view_campaign *pub =
	    &campaign_at(writer->view, campaign)->pub;
	bool is_awaited = writer->node->kind == NODE_COLLECTOR &&
			  writer->node->state == NODE_ENROLLED;
	uint64_t lock = pub->lock_index;
	struct terms terms;

	if (pub->closed_index != NEVER)
		return REJECT_LOCKED;
	if (lock == NEVER)
		return REJECT_NONE;
	terms_of(writer->view, unit, campaign, &terms);
	if (terms.is_own && terms.line > lock)
		lock = terms.line;
	return terms.is_extended || (is_awaited && writer->seen <= lock)
		   ? REJECT_NONE
		   : REJECT_LOCKED;
}

static enum reject
check_pledge(const struct writer *writer, const struct pledge *pledge)
{
	uint32_t campaign = campaign_find(writer->view, pledge->campaign);
	enum reject word = check_unit(writer, pledge->unit);
	uint32_t day =
	    calendar_day_of_ms(pledge->made_at_ms, writer->zone_hours);

	if (word != REJECT_NONE)
		return word;
	if (campaign == NO_ROW)
		return REJECT_UNKNOWN_CAMPAIGN;
	return first_of(
	    check_lock(writer, unit_find(writer->view, pledge->unit), campaign),
	    check_day(writer, day));
}

static enum reject
check_incident(const struct writer *writer, const struct incident *incident)
{
	const uint32_t days[] = {incident->happened_from_day,
	    incident->happened_to_day, incident->known_day,
	    incident->reported_day};
	enum reject word = check_unit(writer, incident->unit);
	const struct node_extra *extra =
	    table_at(&writer->view->derived.node_extras, writer->number);
	uint32_t unit;

	for (unsigned i = 0; i < sizeof days / sizeof *days; i++)
		word = first_of(word, check_day(writer, days[i]));
	if (word != REJECT_NONE)
		return word;
	unit = unit_find(writer->view, incident->unit);
	if (extra_at(writer->view, unit)->incidents >= INCIDENTS_PER_UNIT_MAX ||
	    extra->incidents >= INCIDENTS_PER_NODE_MAX ||
	    row_count(writer->view, TABLE_INCIDENTS) >= INCIDENTS_MAX)
		return REJECT_OVERSIZE;
	return REJECT_NONE;
}

/* ---- corrections */

/* Whoever recorded it; an admin of its wilayah; a node that came later for
 * the same wilayah, because the first one was lost. */
static bool
may_change(const struct writer *writer, uint32_t owner)
{
	const char *wilayah = node_at(writer->view, owner)->wilayah;

	if (writer->node->kind == NODE_ADMIN)
		return wilayah_is_within(wilayah, writer->node->wilayah);
	return owner == writer->number ||
	       (owner < writer->number &&
		   strcmp(wilayah, writer->node->wilayah) == 0);
}

/* NO_ROW: not there, not for this writer, or withdrawn already. */
static uint32_t
find_target(const struct writer *writer, const struct record_id *target)
{
	static const uint8_t none[EVENT_ID_SIZE];
	const struct view *view = writer->view;
	uint32_t owner = writer->number, record, flags;

	if (memcmp(target->node, none, sizeof none) != 0)
		owner = node_find(view, target->node);
	if (owner == NO_ROW || !may_change(writer, owner))
		return NO_ROW;
	record = record_find(view, owner, target->seq);
	if (record == NO_ROW)
		return NO_ROW;
	flags = (record & IS_INCIDENT) != 0
		    ? incident_at(view, record & ~IS_INCIDENT)->flags
		    : pledge_at(view, record)->flags;
	return (flags & IS_WITHDRAWN) != 0 ? NO_ROW : record;
}

/* May something still be done to this pledge? */
static enum reject
check_target_pledge(const struct writer *writer, uint32_t pledge)
{
	const struct pledge_row *row = pledge_at(writer->view, pledge);
	uint32_t tally = tally_find(writer->view, row->unit, row->campaign);

	if (tally_at(writer->view, tally)->op_count >= OPS_PER_TALLY_MAX)
		return REJECT_OVERSIZE;
	return check_lock(writer, row->unit, row->campaign);
}

static enum reject
check_corrected(const struct writer *writer)
{
	const struct corrected *body = &writer->event->corrected;
	bool is_incident = body->kind == EVENT_INCIDENT_REPORTED;
	uint32_t record = find_target(writer, &body->target), tally;
	enum reject word;

	if (record == NO_ROW || is_incident != ((record & IS_INCIDENT) != 0))
		return REJECT_UNKNOWN_RECORD;
	if (is_incident)
		return check_incident(writer, &body->incident);
	word = first_of(check_target_pledge(writer, record),
	    check_pledge(writer, &body->pledge));
	if (word != REJECT_NONE)
		return word;
	tally =
	    tally_find(writer->view, unit_find(writer->view, body->pledge.unit),
		campaign_find(writer->view, body->pledge.campaign));
	if (tally != NO_ROW &&
	    tally_at(writer->view, tally)->op_count >= OPS_PER_TALLY_MAX)
		return REJECT_OVERSIZE;
	return REJECT_NONE;
}

static enum reject
check_withdrawn(const struct writer *writer)
{
	uint32_t record = find_target(writer, &writer->event->withdrawn.target);

	if (record == NO_ROW)
		return REJECT_UNKNOWN_RECORD;
	if ((record & IS_INCIDENT) != 0)
		return REJECT_NONE;
	return check_target_pledge(writer, record);
}

/* What holds whenever it comes: the rest is a matter of the order. */
static enum reject
check_step(const struct writer *writer, const struct incident_row *row)
{
	const struct reviewed *reviewed = &writer->event->reviewed;
	const struct record_id *twin = &reviewed->duplicate_of;
	struct view_record record;

	if (row->review_count >= REVIEWS_MAX)
		return REJECT_OVERSIZE;
	if (reviewed->step == STEP_DIVERIFIKASI &&
	    row->incident.evidence_count == 0 && !row->incident.is_sealed)
		return REJECT_NO_EVIDENCE;
	if (twin->seq != 0 && (!view_record(writer->view, twin, &record) ||
				  record.kind != EVENT_INCIDENT_REPORTED))
		return REJECT_UNKNOWN_RECORD;
	return REJECT_NONE;
}

static enum reject
check_reviewed(const struct writer *writer)
{
	const struct reviewed *reviewed = &writer->event->reviewed;
	const struct view *view = writer->view;
	unsigned found = view_case_by_id(view, &reviewed->target);
	const struct incident_row *row;

	if (found == VIEW_NO_CASE)
		return REJECT_UNKNOWN_RECORD;
	row = incident_at(view, found);
	if ((row->flags & IS_WITHDRAWN) != 0)
		return REJECT_UNKNOWN_RECORD;
	if (!wilayah_is_within(
		unit_at(view, row->unit)->row.wilayah, writer->node->wilayah))
		return REJECT_PREFIX;
	return check_step(writer, row);
}

/* ---- bodies of admins and notifiers */

static enum reject
check_named(const struct writer *writer)
{
	const struct view_node *node =
	    view_node_by_id(writer->view, writer->event->named.node);

	if (node == NULL)
		return REJECT_UNKNOWN_RECORD;
	if (!wilayah_is_within(node->wilayah, writer->node->wilayah))
		return REJECT_PREFIX;
	if (writer->event->kind == EVENT_NODE_CONFIRMED &&
	    node->state != NODE_PENDING)
		return REJECT_UNKNOWN_RECORD;
	if (writer->event->kind == EVENT_NODE_VOUCHED &&
	    node->state != NODE_ENROLLED)
		return REJECT_UNKNOWN_RECORD;
	return REJECT_NONE;
}

static enum reject
check_within(const struct writer *writer, const char *wilayah)
{
	return wilayah_is_within(wilayah, writer->node->wilayah)
		   ? REJECT_NONE
		   : REJECT_PREFIX;
}

static enum reject
check_invited(const struct writer *writer)
{
	const struct node_invited *invited = &writer->event->invited;

	/* Others than collectors read or decide beyond their own wilayah. */
	if (invited->kind != NODE_COLLECTOR &&
	    check_within(writer, writer->view->region.wilayah) != REJECT_NONE)
		return REJECT_PREFIX;
	return wilayah_is_within(invited->wilayah, writer->node->wilayah)
		   ? REJECT_NONE
		   : REJECT_PREFIX;
}

/* What holds for the whole region is for admins of the whole region. */
static enum reject
check_text(const struct writer *writer)
{
	if (!wilayah_is_within(
		writer->view->region.wilayah, writer->node->wilayah))
		return REJECT_PREFIX;
	if (writer->event->kind == EVENT_RECIPIENTS_CHANGED)
		return recipients_check(
		    writer->view, &writer->event->recipients);
	return text_check(writer->view, writer->event);
}

/* ---- what people decide on campaigns and alerts */

/* Of what is closed nothing is decided any more. */
static enum reject
check_campaign(const struct writer *writer, const char *id)
{
	uint32_t campaign = campaign_find(writer->view, id);

	if (campaign == NO_ROW)
		return REJECT_UNKNOWN_CAMPAIGN;
	return campaign_at(writer->view, campaign)->pub.closed_index == NEVER
		   ? REJECT_NONE
		   : REJECT_LOCKED;
}

static enum reject
check_extended(const struct writer *writer)
{
	const struct deadline_extended *body = &writer->event->extended;

	if (row_count(writer->view, TABLE_EXTENSIONS) >= EXTENSIONS_MAX)
		return REJECT_OVERSIZE;
	return first_of(body->unit[0] != '\0'
			    ? check_unit(writer, body->unit)
			    : check_within(writer, body->wilayah),
	    check_campaign(writer, body->campaign));
}

static enum reject
check_excused(const struct writer *writer)
{
	const struct unit_excused *body = &writer->event->excused;

	return first_of(check_unit(writer, body->unit),
	    check_campaign(writer, body->campaign));
}

static enum reject
check_campaign_closed(const struct writer *writer)
{
	return first_of(check_within(writer, writer->view->region.wilayah),
	    check_campaign(writer, writer->event->campaign_closed.campaign));
}

/* Of what a recovery has lost, what was said of it still was: by a node that
 * knows an earlier epoch. Who knows no head at all was there before it: of a
 * log that lost nothing since, it can know nothing that is not there. */
static bool
may_know_of_lost(const struct writer *writer)
{
	uint64_t epoch = writer->event->seen_epoch;

	for (uint32_t i = 0; i < row_count(writer->view, TABLE_RECOVERIES);
	     i++) {
		const struct view_recovery *lost =
		    view_recovery(writer->view, i);

		if (lost->epoch > epoch &&
		    (epoch > 0 || lost->index > writer->node->enrolled_index))
			return true;
	}
	return false;
}

static enum reject
check_alert(const struct writer *writer, const uint8_t id[EVENT_ID_SIZE])
{
	return alert_by_id(writer->view, id) != NO_ROW ||
		       may_know_of_lost(writer)
		   ? REJECT_NONE
		   : REJECT_UNKNOWN_RECORD;
}

/* Real or made up are reports that a burst holds; of any other alert it would
 * be a word without an effect. */
static enum reject
check_closing(const struct alert_row *alert, const char *reason)
{
	bool is_of_burst =
	    strcmp(reason, "NYATA") == 0 || strcmp(reason, "BUATAN") == 0;

	return is_of_burst && alert->kind != RULE_BURST_1 ? REJECT_FIELD
							  : REJECT_NONE;
}

/* Is the writer above where the alert lies? One that is not known passes. */
static enum reject
check_place_of(const struct writer *writer, const uint8_t id[EVENT_ID_SIZE])
{
	uint32_t number = alert_by_id(writer->view, id);
	char wilayah[WILAYAH_MAX];

	if (number == NO_ROW)
		return REJECT_NONE;
	alert_place(writer->view, alert_at(writer->view, number), wilayah);
	return check_within(writer, wilayah);
}

/* Who closes an alert answers for where it lies. */
static enum reject
check_alert_closed(const struct writer *writer)
{
	const struct alert_closed *body = &writer->event->alert_closed;
	uint32_t number = alert_by_id(writer->view, body->alert);

	if (number == NO_ROW)
		return check_alert(writer, body->alert);
	return first_of(check_place_of(writer, body->alert),
	    check_closing(alert_at(writer->view, number), body->reason));
}

/* Something that a notifier says of one verdict. */
static enum reject
check_verdict_of(const struct writer *writer,
    const uint8_t alert[EVENT_ID_SIZE], uint64_t index)
{
	enum reject word = check_alert(writer, alert);

	if (word != REJECT_NONE)
		return word;
	return index < writer->view->size || may_know_of_lost(writer)
		   ? REJECT_NONE
		   : REJECT_UNKNOWN_RECORD;
}

static enum reject
check_acknowledged(const struct writer *writer)
{
	const struct alert_acknowledged *body = &writer->event->acknowledged;

	return first_of(check_verdict_of(writer, body->alert, body->verdict),
	    check_place_of(writer, body->alert));
}

/* What it holds back lies below the writer: the wilayah it names, the alert,
 * or else the whole region. */
static enum reject
check_silenced(const struct writer *writer)
{
	static const uint8_t none[EVENT_ID_SIZE];
	const struct alert_silenced *body = &writer->event->silenced;
	bool has_alert = memcmp(body->alert, none, sizeof none) != 0;

	if (body->wilayah[0] != '\0' &&
	    check_within(writer, body->wilayah) != REJECT_NONE)
		return REJECT_PREFIX;
	if (has_alert)
		return first_of(check_alert(writer, body->alert),
		    check_place_of(writer, body->alert));
	return body->wilayah[0] != '\0'
		   ? REJECT_NONE
		   : check_within(writer, writer->view->region.wilayah);
}

/* ---- rights */

#define RIGHT(kind) (1u << (kind))

/* Which kinds of nodes may write this? */
static uint32_t
rights_to(enum event_kind kind)
{
	switch ((int)kind) {
	case EVENT_PLEDGE_MADE:
	case EVENT_INCIDENT_REPORTED:
		return RIGHT(NODE_COLLECTOR);
	case EVENT_CORRECTED:
	case EVENT_WITHDRAWN:
		return RIGHT(NODE_COLLECTOR) | RIGHT(NODE_ADMIN);
	case EVENT_INCIDENT_REVIEWED:
		return RIGHT(NODE_REVIEWER);
	case EVENT_ROSTER_CHANGED:
	case EVENT_CAMPAIGN_CHANGED:
	case EVENT_CALENDAR_CHANGED:
	case EVENT_RULES_CHANGED:
	case EVENT_OFFICE_CHANGED:
	case EVENT_RECIPIENTS_CHANGED:
	case EVENT_NODE_INVITED:
	case EVENT_NODE_CONFIRMED:
	case EVENT_NODE_REVOKED:
	case EVENT_NODE_VOUCHED:
	case EVENT_CLOCK_ACCEPTED:
	case EVENT_DEADLINE_EXTENDED:
	case EVENT_UNIT_EXCUSED:
	case EVENT_CAMPAIGN_CLOSED:
		return RIGHT(NODE_ADMIN);
	case EVENT_ALERT_CLOSED:
		return RIGHT(NODE_ADMIN) | RIGHT(NODE_REVIEWER);
	case EVENT_ALERT_SILENCED:
		return RIGHT(NODE_NOTIFIER) | RIGHT(NODE_ADMIN);
	case EVENT_ALERT_DELIVERED:
	case EVENT_ALERT_FAILED:
	case EVENT_ALERT_ACKNOWLEDGED:
	case EVENT_ALERT_ESCALATED:
		return RIGHT(NODE_NOTIFIER);
	case EVENT_NODE_REPORTED:
		return UINT32_MAX;
	}
	return 0;
}

static enum reject
check_body(const struct writer *writer)
{
	const struct event *event = writer->event;

	switch ((int)event->kind) {
	case EVENT_PLEDGE_MADE:
		return check_pledge(writer, &event->pledge);
	case EVENT_INCIDENT_REPORTED:
		return check_incident(writer, &event->incident);
	case EVENT_CORRECTED:
		return check_corrected(writer);
	case EVENT_WITHDRAWN:
		return check_withdrawn(writer);
	case EVENT_INCIDENT_REVIEWED:
		return check_reviewed(writer);
	case EVENT_ROSTER_CHANGED:
	case EVENT_CAMPAIGN_CHANGED:
	case EVENT_CALENDAR_CHANGED:
	case EVENT_RULES_CHANGED:
	case EVENT_OFFICE_CHANGED:
	case EVENT_RECIPIENTS_CHANGED:
		return check_text(writer);
	case EVENT_NODE_INVITED:
		return check_invited(writer);
	case EVENT_NODE_CONFIRMED:
	case EVENT_NODE_REVOKED:
	case EVENT_NODE_VOUCHED:
		return check_named(writer);
	case EVENT_CLOCK_ACCEPTED:
		return check_within(writer, writer->view->region.wilayah);
	case EVENT_ALERT_DELIVERED:
	case EVENT_ALERT_FAILED:
		return check_verdict_of(
		    writer, event->told.alert, event->told.verdict);
	case EVENT_ALERT_ACKNOWLEDGED:
		return check_acknowledged(writer);
	case EVENT_ALERT_SILENCED:
		return check_silenced(writer);
	case EVENT_ALERT_ESCALATED:
		return check_verdict_of(
		    writer, event->escalated.alert, event->escalated.verdict);
	case EVENT_DEADLINE_EXTENDED:
		return check_extended(writer);
	case EVENT_UNIT_EXCUSED:
		return check_excused(writer);
	case EVENT_ALERT_CLOSED:
		return check_alert_closed(writer);
	case EVENT_CAMPAIGN_CLOSED:
		return check_campaign_closed(writer);
	}
	return REJECT_NONE;
}

enum reject
view_check(
    const struct view *view, const struct event *event, uint64_t received_at_ms)
{
	struct writer writer = {.view = view, .event = event};

	writer.number = node_find(view, event->node);
	if (writer.number == NO_ROW)
		return REJECT_UNKNOWN_NODE;
	writer.node = node_at(view, writer.number);
	if (writer.node->state == NODE_PENDING)
		return REJECT_UNKNOWN_NODE;
	if (writer.node->state == NODE_REVOKED &&
	    event->seq > writer.node->accept_up_to)
		return REJECT_REVOKED;
	if ((rights_to(event->kind) & RIGHT(writer.node->kind)) == 0)
		return REJECT_KIND;
	if (!wilayah_is_within(event->wilayah, writer.node->wilayah))
		return REJECT_PREFIX;
	if (event->seen_epoch > view->region.epoch ||
	    (event->seen_epoch == view->region.epoch &&
		event->seen_size > view->size))
		return REJECT_IDENTITY;
	if (view->size >= PLACE_MAX || event->seq > PLACE_MAX)
		return REJECT_OVERSIZE;
	writer.seen = node_seen(view, writer.node, event);
	take_zone(&writer, received_at_ms);
	return check_body(&writer);
}
