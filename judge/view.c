/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each kind of entry goes. What an entry means stands in the file of
 * its subject: view_node.c, view_text.c, view_recipients.c, view_pledge.c,
 * view_incident.c, view_mark.c, view_alert.c.
 *
 * view_apply takes entries as facts and skips what it cannot place (a verdict
 * on an alert that nobody opened): whoever doubts a log asks view_check and
 * the judge.
 */
#include "judge/view.h"

#include "judge/case_parts.h"
#include "model/origin.h"

#include <stdlib.h>
#include <string.h>

static const size_t row_sizes[TABLE_COUNT] = {
    [TABLE_NODES] = sizeof(struct view_node),
    [TABLE_INVITES] = sizeof(struct view_invite),
    [TABLE_UNITS] = sizeof(struct view_unit),
    [TABLE_CAMPAIGNS] = sizeof(struct campaign_state),
    [TABLE_RULES] = sizeof(struct rule_row),
    [TABLE_RULE_STATES] = sizeof(struct rule_state),
    [TABLE_SEATS] = sizeof(struct seat_row),
    [TABLE_PLEDGES] = sizeof(struct pledge_row),
    [TABLE_OPS] = sizeof(struct op_row),
    [TABLE_MOVES] = sizeof(struct move_row),
    [TABLE_TALLIES] = sizeof(struct tally_row),
    [TABLE_INCIDENTS] = sizeof(struct incident_row),
    [TABLE_REVIEWS] = sizeof(struct review_row),
    [TABLE_ALERTS] = sizeof(struct alert_row),
    [TABLE_MEMBERS] = sizeof(uint32_t),
    [TABLE_FIRED] = sizeof(uint64_t),
    [TABLE_RECIPIENTS] = sizeof(struct recipients_changed),
    [TABLE_RECOVERIES] = sizeof(struct view_recovery),
    [TABLE_CALENDAR] = sizeof(struct calendar_row),
    [TABLE_EXTENSIONS] = sizeof(struct extension_row),
    [TABLE_EXCUSES] = sizeof(struct excuse_row),
    [TABLE_STAGED_UNITS] = sizeof(struct unit_row),
    [TABLE_STAGED_CAMPAIGNS] = sizeof(struct campaign_row),
    [TABLE_STAGED_RULES] = sizeof(struct rule_row),
    [TABLE_STAGED_SEATS] = sizeof(struct seat_row),
    [TABLE_STAGED_CALENDAR] = sizeof(struct calendar_row),
};

static void
derived_init(struct derived *derived)
{
	table_init(&derived->node_extras, sizeof(struct node_extra));
	table_init(&derived->unit_extras, sizeof(struct unit_extra));
	table_init(&derived->incident_extras, sizeof(struct incident_extra));
	table_init(&derived->order, sizeof(uint32_t));
	table_init(&derived->by_place, sizeof(uint32_t));
	table_init(&derived->places, sizeof(struct place));
	table_init(&derived->cover, sizeof(uint32_t));
	table_init(&derived->campaigns, sizeof(uint32_t));
	table_init(&derived->groups, sizeof(struct rule_groups));
	table_init(&derived->campaign_extras, sizeof(struct campaign_extra));
	table_init(&derived->holidays, sizeof(uint32_t));
	derived->heard_age = 1;
	for (unsigned i = 0; i < DUE_COUNT; i++)
		derived->due_ms[i] = NEVER;
	derived->least_clock_ms = NEVER;
}

struct view *
view_new(void)
{
	struct view *view = xcalloc(1, sizeof *view);

	for (unsigned i = 0; i < TABLE_COUNT; i++)
		table_init(&view->tables[i], row_sizes[i]);
	table_init(&view->touches, sizeof(struct touch));
	derived_init(&view->derived);
	return view;
}

static void
derived_clear(struct derived *derived)
{
	for (uint32_t i = 0; i < derived->node_extras.count; i++) {
		struct node_extra *extra = table_at(&derived->node_extras, i);

		table_clear(&extra->records);
	}
	lookup_clear(&derived->node_by_id);
	lookup_clear(&derived->node_by_link);
	lookup_clear(&derived->unit_by_code);
	lookup_clear(&derived->alert_by_id);
	lookup_clear(&derived->alert_by_object);
	table_clear(&derived->node_extras);
	table_clear(&derived->unit_extras);
	table_clear(&derived->incident_extras);
	table_clear(&derived->order);
	table_clear(&derived->by_place);
	table_clear(&derived->places);
	table_clear(&derived->cover);
	table_clear(&derived->campaigns);
	table_clear(&derived->groups);
	table_clear(&derived->campaign_extras);
	table_clear(&derived->holidays);
}

void
view_free(struct view *view)
{
	if (view == NULL)
		return;
	groups_clear(view);
	exempt_clear(view);
	derived_clear(&view->derived);
	for (unsigned i = 0; i < TABLE_COUNT; i++)
		table_clear(&view->tables[i]);
	table_clear(&view->touches);
	free(view);
}

/* ---- entries */

static void
log_started(struct view *view, const struct entry *entry)
{
	const struct log_started *started = &entry->event->started;

	if (view->size != 0)
		return;
	(void)text_copy(
	    view->region.origin, sizeof view->region.origin, started->origin);
	(void)text_copy(view->region.wilayah, sizeof view->region.wilayah,
	    started->wilayah);
	memcpy(view->region.log_key, started->log_key, 32);
	view->region.drill = started->drill;
	(void)text_copy(view->region.first_origin,
	    sizeof view->region.first_origin, started->origin);
	if (origin_epoch(started->origin, &view->region.epoch) != OK)
		view->region.epoch = 0;
	calendar_index(view);
	node_started(view, entry);
}

/* The log goes on under another name; what was seen of the lost part counts
 * for no more than what is left. */
static void
log_recovered(struct view *view, const struct entry *entry)
{
	const struct log_recovered *recovered = &entry->event->recovered;
	struct view_recovery *row;
	uint64_t epoch;

	if (origin_epoch(recovered->origin, &epoch) != OK ||
	    epoch <= view->region.epoch)
		return;
	row = table_add(&view->tables[TABLE_RECOVERIES]);
	row->epoch = epoch;
	row->entries = recovered->entries;
	row->index = entry->index;
	row->received_at_ms = entry->received_at_ms;
	row->lost_size = recovered->lost_size;
	(void)text_copy(
	    view->region.origin, sizeof view->region.origin, recovered->origin);
	view->region.epoch = epoch;
}

/* Of which record does a correction, withdrawal or review speak? */
static uint32_t
target_find(const struct view *view, const struct event *event,
    const struct record_id *target)
{
	static const uint8_t none[EVENT_ID_SIZE];
	bool is_own = memcmp(target->node, none, sizeof none) == 0;
	uint32_t node = node_find(view, is_own ? event->node : target->node);

	return node == NO_ROW ? NO_ROW : record_find(view, node, target->seq);
}

static void
corrected(struct view *view, const struct entry *entry)
{
	const struct corrected *body = &entry->event->corrected;
	uint32_t record = target_find(view, entry->event, &body->target);
	bool is_incident = body->kind == EVENT_INCIDENT_REPORTED;

	if (record == NO_ROW || is_incident != ((record & IS_INCIDENT) != 0))
		return;
	if (is_incident)
		incident_corrected(view, entry, record & ~IS_INCIDENT);
	else
		pledge_op(view, entry, record);
}

static void
withdrawn(struct view *view, const struct entry *entry)
{
	uint32_t record =
	    target_find(view, entry->event, &entry->event->withdrawn.target);

	if (record == NO_ROW)
		return;
	if ((record & IS_INCIDENT) != 0)
		incident_withdrawn(view, record & ~IS_INCIDENT);
	else
		pledge_op(view, entry, record);
}

static void
apply_of_node(struct view *view, const struct entry *entry)
{
	switch ((int)entry->event->kind) {
	case EVENT_PLEDGE_MADE:
		pledge_made(view, entry);
		break;
	case EVENT_INCIDENT_REPORTED:
		incident_reported(view, entry);
		break;
	case EVENT_CORRECTED:
		corrected(view, entry);
		break;
	case EVENT_WITHDRAWN:
		withdrawn(view, entry);
		break;
	case EVENT_INCIDENT_REVIEWED:
		incident_reviewed(view, entry);
		break;
	case EVENT_ROSTER_CHANGED:
	case EVENT_CAMPAIGN_CHANGED:
	case EVENT_CALENDAR_CHANGED:
	case EVENT_RULES_CHANGED:
	case EVENT_OFFICE_CHANGED:
		text_taken(view, entry);
		break;
	case EVENT_RECIPIENTS_CHANGED:
		recipients_taken(view, entry);
		break;
	case EVENT_NODE_INVITED:
		node_invited(view, entry);
		break;
	case EVENT_NODE_CONFIRMED:
		node_confirmed(view, entry);
		break;
	case EVENT_NODE_REVOKED:
		node_revoked(view, entry);
		break;
	case EVENT_NODE_VOUCHED:
		node_vouched(view, entry);
		break;
	case EVENT_DEADLINE_EXTENDED:
		deadline_extended(view, entry);
		break;
	case EVENT_UNIT_EXCUSED:
		unit_excused(view, entry);
		break;
	case EVENT_ALERT_DELIVERED:
		alert_delivered(view, entry);
		break;
	case EVENT_ALERT_CLOSED:
		alert_closed(view, entry);
		break;
	case EVENT_CAMPAIGN_CLOSED:
		campaign_closed(view, entry);
		break;
	}
}

static void
apply_of_log(struct view *view, const struct entry *entry)
{
	switch ((int)entry->event->kind) {
	case EVENT_LOG_STARTED:
		log_started(view, entry);
		break;
	case EVENT_TICKED:
		ticked(view, entry);
		break;
	case EVENT_REFUSED:
		node_refused(view, entry);
		break;
	case EVENT_NODE_ENROLLED:
		node_enrolled(view, entry);
		break;
	case EVENT_NODE_FAULTED:
		node_faulted(view, entry);
		break;
	case EVENT_LOG_RECOVERED:
		log_recovered(view, entry);
		break;
	case EVENT_ALERT_OPENED:
	case EVENT_ALERT_RAISED:
	case EVENT_ALERT_CORRECTED:
	case EVENT_ALERT_WITHDRAWN:
	case EVENT_ALERT_RESOLVED:
		alert_verdict(view, entry);
		break;
	}
}

void
view_apply(struct view *view, const struct entry *entry)
{
	CHECK(entry->index == view->size);
	if (!event_is_verdict(entry->event->kind))
		view->touches.count = 0;
	view->region.last_received_ms = entry->received_at_ms;
	if (entry->author == AUTHOR_LOG) {
		apply_of_log(view, entry);
	} else if (node_find(view, entry->event->node) != NO_ROW) {
		node_noted(view, entry);
		apply_of_node(view, entry);
		if (view->derived.least_clock_ms != NEVER)
			node_clock_noted(view, entry);
	}
	if (view->derived.timers_are_stale)
		timers_index(view);
	if (!event_is_verdict(entry->event->kind))
		touches_sort(view);
	view->size++;
}

/* ---- what there is to see */

uint64_t
view_size(const struct view *view)
{
	return view->size;
}

const struct view_region *
view_region(const struct view *view)
{
	return &view->region;
}

unsigned
view_recovery_count(const struct view *view)
{
	return row_count(view, TABLE_RECOVERIES);
}

const struct view_recovery *
view_recovery(const struct view *view, unsigned n)
{
	return recovery_at(view, n);
}

uint64_t
view_seen(const struct view *view, uint64_t epoch, uint64_t size)
{
	if (epoch > view->region.epoch)
		return 0;
	for (uint32_t i = 0; i < row_count(view, TABLE_RECOVERIES); i++) {
		const struct view_recovery *row = recovery_at(view, i);

		if (row->epoch > epoch && row->entries < size)
			size = row->entries;
	}
	return size;
}

bool
view_record(const struct view *view, const struct record_id *id,
    struct view_record *record)
{
	uint32_t node = node_find(view, id->node);
	uint32_t found =
	    node == NO_ROW ? NO_ROW : record_find(view, node, id->seq);

	if (found == NO_ROW)
		return false;
	*record = (struct view_record){.id = *id};
	if ((found & IS_INCIDENT) != 0) {
		const struct incident_row *row =
		    incident_at(view, found & ~IS_INCIDENT);

		record->kind = EVENT_INCIDENT_REPORTED;
		record->index = row->index;
		record->is_withdrawn = (row->flags & IS_WITHDRAWN) != 0;
		record->is_corrected = (row->flags & IS_CORRECTED) != 0;
	} else {
		const struct pledge_row *row = pledge_at(view, found);

		record->kind = EVENT_PLEDGE_MADE;
		record->index = row->index;
		record->is_withdrawn = (row->flags & IS_WITHDRAWN) != 0;
		record->is_corrected = (row->flags & IS_CORRECTED) != 0;
	}
	return true;
}

unsigned
view_rule_count(const struct view *view)
{
	return row_count(view, TABLE_RULES);
}

const struct rule_row *
view_rule(const struct view *view, unsigned n)
{
	return rule_at(view, n);
}

unsigned
view_seat_count(const struct view *view)
{
	return row_count(view, TABLE_SEATS);
}

const struct seat_row *
view_seat(const struct view *view, unsigned n)
{
	return table_at(&view->tables[TABLE_SEATS], n);
}
