/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a record be taken, and what is done to one: of the units, campaigns and
 * records that a collector or a reviewer speaks of, of their dates, and of the
 * bounds of each.
 */
#include "judge/check_parts.h"

#include <string.h>

#include "model/calendar.h"

enum { YEARS_5_DAYS = 5 * 365 + 1 };

/* ---- pledges and incidents */

static enum reject
check_day(const struct writer *writer, uint32_t day)
{
	if (day > writer->received_day + 1 ||
	    day + YEARS_5_DAYS < writer->received_day)
		return REJECT_TIME;
	return REJECT_NONE;
}

enum reject
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

enum reject
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

enum reject
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

/* Each may open an alert or end one, so there is an end to them. */
static enum reject
check_target_incident(const struct writer *writer, uint32_t incident)
{
	return incident_at(writer->view, incident)->corrections >=
		       CORRECTIONS_MAX
		   ? REJECT_OVERSIZE
		   : REJECT_NONE;
}

enum reject
check_corrected(const struct writer *writer)
{
	const struct corrected *body = &writer->event->corrected;
	bool is_incident = body->kind == EVENT_INCIDENT_REPORTED;
	uint32_t record = find_target(writer, &body->target), tally;
	enum reject word;

	if (record == NO_ROW || is_incident != ((record & IS_INCIDENT) != 0))
		return REJECT_UNKNOWN_RECORD;
	if (is_incident)
		return first_of(
		    check_target_incident(writer, record & ~IS_INCIDENT),
		    check_incident(writer, &body->incident));
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

enum reject
check_withdrawn(const struct writer *writer)
{
	uint32_t record = find_target(writer, &writer->event->withdrawn.target);

	if (record == NO_ROW)
		return REJECT_UNKNOWN_RECORD;
	if ((record & IS_INCIDENT) != 0)
		return REJECT_NONE;
	return check_target_pledge(writer, record);
}

/* One reviewer leaves room for the others. */
static bool
has_room(const struct writer *writer, const struct incident_row *row)
{
	const struct view *view = writer->view;
	uint32_t count = 0;

	for (uint32_t i = row->first_review; i != NO_ROW;
	     i = review_at(view, i)->next)
		count += review_at(view, i)->node == writer->number;
	return row->review_count < REVIEWS_MAX && count < REVIEWS_PER_NODE_MAX;
}

/* What holds whenever it comes: the rest is a matter of the order. */
static enum reject
check_step(const struct writer *writer, const struct incident_row *row)
{
	const struct reviewed *reviewed = &writer->event->reviewed;
	const struct record_id *twin = &reviewed->duplicate_of;
	struct view_record record;

	if (!has_room(writer, row))
		return REJECT_OVERSIZE;
	if (reviewed->step == STEP_DIVERIFIKASI &&
	    row->incident.evidence_count == 0 && !row->incident.is_sealed)
		return REJECT_NO_EVIDENCE;
	if (twin->seq != 0 && (!view_record(writer->view, twin, &record) ||
				  record.kind != EVENT_INCIDENT_REPORTED))
		return REJECT_UNKNOWN_RECORD;
	return REJECT_NONE;
}

enum reject
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
