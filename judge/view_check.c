/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this event be taken? In this order: is the writer one of ours, may its
 * kind write this kind, is the wilayah its own, has it seen no more of the log
 * than there is, and then what the body speaks of: units, campaigns, records,
 * dates. Also the bounds: what would grow without end is refused as
 * REJECT_OVERSIZE, so that no node can make the region slow.
 */
#include "judge/check_parts.h"

#include <string.h>

#include "model/calendar.h"

/* ---- what admins say of nodes and texts */

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

static void
take_zone(struct writer *writer, uint64_t received_at_ms)
{
	const char *zone = wilayah_zone(writer->event->wilayah);

	writer->zone_hours = zone == NULL ? 0 : wilayah_zone_hours(zone);
	writer->received_day =
	    calendar_day_of_ms(received_at_ms, writer->zone_hours);
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
