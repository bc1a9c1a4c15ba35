/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units that are excused, of which nothing is expected in a campaign, and
 * units with more time.
 *
 * An extension names a unit, or a wilayah with all units that lie in it at
 * any time. Of several that a unit has the one that lasts longest counts, of
 * those the first. It moves the unit's due date, and the end of its grace by
 * as much. When that has come, the extension runs out: the entry becomes the
 * unit's own line, which its collectors must be heard past, in place of the
 * campaign's. One that is over when it is recorded has its own entry as the
 * line. One that gives no more time than the campaign does nothing.
 *
 * Whether a unit is excused is the newest word on it, by what its writer had
 * seen, whatever the order of arrival.
 */
#include "judge/view_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- which extension a unit has */

/* NO_ROW: none. */
static uint32_t
extension_of(const struct view *view, uint32_t unit, uint32_t campaign)
{
	const struct table *extensions =
	    &campaign_extra_at(view, campaign)->extensions;

	/* Nobody of this campaign, or none since the unit came. */
	if (unit >= extensions->count)
		return NO_ROW;
	return number_at(extensions, unit) - 1;
}

/* Gives it to the unit, if it lasts longer than what that has. */
static bool
extension_give(struct view *view, uint32_t number, uint32_t unit)
{
	const struct extension_row *row = extension_at(view, number);
	struct table *extensions =
	    &campaign_extra_at(view, row->campaign)->extensions;
	uint32_t has = extension_of(view, unit, row->campaign);

	if (has != NO_ROW && extension_at(view, has)->until_ms >= row->until_ms)
		return false;
	if (unit >= extensions->count)
		table_resize(extensions, row_count(view, TABLE_UNITS));
	*(uint32_t *)table_at(extensions, unit) = number + 1;
	return true;
}

/* Units of it, in the order of by_place; the caller frees. */
static uint32_t *
extension_units(
    const struct view *view, const struct extension_row *row, uint32_t *count)
{
	uint32_t first = 0, end = 1;
	uint32_t *units;

	if (row->unit == NO_ROW)
		place_range(view, row->wilayah, &first, &end);
	*count = end - first;
	units = xcalloc((size_t)*count + 1, sizeof *units);
	for (uint32_t i = 0; i < *count; i++)
		units[i] = row->unit != NO_ROW
			       ? row->unit
			       : number_at(&view->derived.by_place, first + i);
	return units;
}

static void
extension_give_all(struct view *view, uint32_t number)
{
	uint32_t count;
	uint32_t *units =
	    extension_units(view, extension_at(view, number), &count);

	for (uint32_t i = 0; i < count; i++)
		(void)extension_give(view, number, units[i]);
	free(units);
}

void
campaign_extra_add(struct view *view)
{
	struct campaign_extra *extra =
	    table_add(&view->derived.campaign_extras);

	table_init(&extra->extensions, sizeof(uint32_t));
}

void
exempt_clear(struct view *view)
{
	for (uint32_t i = 0; i < view->derived.campaign_extras.count; i++)
		table_clear(&campaign_extra_at(view, i)->extensions);
	view->derived.campaign_extras.count = 0;
}

static void
extensions_index(struct view *view)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_CAMPAIGNS); i++)
		campaign_extra_add(view);
	for (uint32_t i = 0; i < row_count(view, TABLE_EXTENSIONS); i++)
		extension_give_all(view, i);
}

void
exempt_index(struct view *view)
{
	extensions_index(view);
	for (uint32_t i = 0; i < row_count(view, TABLE_EXCUSES); i++)
		extra_at(view, excuse_at(view, i)->unit)->first_excuse = i;
}

/* A unit that lies elsewhere now has what is given there. */
void
exempt_roster_changed(struct view *view)
{
	struct table before = view->derived.campaign_extras;

	if (row_count(view, TABLE_EXTENSIONS) == 0)
		return;
	table_init(
	    &view->derived.campaign_extras, sizeof(struct campaign_extra));
	extensions_index(view);
	for (uint32_t i = 0; i < row_count(view, TABLE_TALLIES); i++) {
		const struct tally_row *tally = tally_at(view, i);
		const struct campaign_extra *old =
		    table_at(&before, tally->campaign);
		uint32_t had = tally->unit < old->extensions.count
				   ? number_at(&old->extensions, tally->unit)
				   : 0;

		if (had != extension_of(view, tally->unit, tally->campaign) + 1)
			tally_again(view, i);
	}
	for (uint32_t i = 0; i < before.count; i++) {
		struct campaign_extra *old = table_at(&before, i);

		table_clear(&old->extensions);
	}
	table_clear(&before);
}

/* ---- when it runs out */

uint64_t
extension_end_ms(const struct view *view, const struct extension_row *row)
{
	const struct view_campaign *campaign =
	    &campaign_at(view, row->campaign)->pub;
	uint64_t grace = campaign->row.grace_end_ms - campaign->row.due_ms;

	if (row->until_ms <= campaign->row.due_ms ||
	    row->until_ms >= NEVER - grace || campaign->closed_index != NEVER)
		return NEVER;
	return row->until_ms + grace;
}

uint64_t
extensions_end_ms(const struct view *view, uint32_t campaign)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < row_count(view, TABLE_EXTENSIONS); i++) {
		const struct extension_row *row = extension_at(view, i);
		uint64_t end = extension_end_ms(view, row);

		if (row->campaign == campaign && end != NEVER && end > last)
			last = end;
	}
	return last;
}

void
extensions_restart(struct view *view, uint32_t campaign)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_EXTENSIONS); i++)
		if (extension_at(view, i)->campaign == campaign)
			extension_at(view, i)->line = NEVER;
}

void
terms_of(const struct view *view, uint32_t unit, uint32_t campaign,
    struct terms *terms)
{
	const struct view_campaign *pub = &campaign_at(view, campaign)->pub;
	uint32_t number = extension_of(view, unit, campaign);
	const struct extension_row *row;

	*terms =
	    (struct terms){.due_ms = pub->row.due_ms, .line = pub->grace_index};
	if (number == NO_ROW)
		return;
	row = extension_at(view, number);
	if (row->until_ms <= pub->row.due_ms)
		return;
	terms->due_ms = row->until_ms;
	terms->line = row->line;
	terms->is_extended = row->line == NEVER;
	terms->is_own = row->line != NEVER;
}

/* ---- extensions */

static uint32_t
extension_add(struct view *view, const struct entry *entry, uint32_t campaign)
{
	const struct deadline_extended *body = &entry->event->extended;
	struct extension_row *row = table_add(&view->tables[TABLE_EXTENSIONS]);

	row->until_ms = body->until_ms;
	row->line = NEVER;
	row->index = entry->index;
	row->campaign = campaign;
	row->unit =
	    body->unit[0] == '\0' ? NO_ROW : unit_find(view, body->unit);
	(void)text_copy(row->wilayah, sizeof row->wilayah, body->wilayah);
	(void)text_copy(row->reason, sizeof row->reason, body->reason);
	return row_count(view, TABLE_EXTENSIONS) - 1;
}

/* What counts as timely for the unit is another now. One whose time has run
 * out already may be on time by it. */
static void
extension_counts(struct view *view, uint32_t number, uint32_t unit,
    const struct entry *entry)
{
	const struct extension_row *row = extension_at(view, number);
	uint32_t tally = tally_find(view, unit, row->campaign);

	if (tally != NO_ROW)
		tally_again(view, tally);
	if (row->line != NEVER && extra_at(view, unit)->listings > 0)
		news_noted(view, unit, entry->received_at_ms);
}

void
deadline_extended(struct view *view, const struct entry *entry)
{
	const struct deadline_extended *body = &entry->event->extended;
	uint32_t campaign = campaign_find(view, body->campaign);
	uint32_t number, count;
	uint32_t *units;

	if (campaign == NO_ROW ||
	    campaign_at(view, campaign)->pub.closed_index != NEVER ||
	    (body->unit[0] != '\0' && unit_find(view, body->unit) == NO_ROW))
		return;
	number = extension_add(view, entry, campaign);
	if (extension_end_ms(view, extension_at(view, number)) <=
	    entry->received_at_ms) {
		extension_at(view, number)->line = entry->index;
		fired_add(view, entry->index);
	}
	units = extension_units(view, extension_at(view, number), &count);
	for (uint32_t i = 0; i < count; i++)
		if (extension_give(view, number, units[i]))
			extension_counts(view, number, units[i], entry);
	free(units);
	looks_prolong(view, campaign);
	view->derived.timers_are_stale = true;
	touch_campaign_alerts(
	    view, campaign, CAUSE_EXTENDED, extension_at(view, number)->unit);
}

/* ---- excuses */

static uint32_t
excuse_find(const struct view *view, uint32_t unit, uint32_t campaign)
{
	uint32_t at = extra_at(view, unit)->first_excuse;

	while (at != NO_ROW && excuse_at(view, at)->campaign != campaign)
		at = excuse_at(view, at)->next;
	return at;
}

bool
unit_is_excused(const struct view *view, uint32_t unit, uint32_t campaign)
{
	uint32_t found = excuse_find(view, unit, campaign);

	return found != NO_ROW && excuse_at(view, found)->is_lifted == 0;
}

static struct excuse_row *
excuse_of(struct view *view, uint32_t unit, uint32_t campaign)
{
	uint32_t number = excuse_find(view, unit, campaign);
	struct excuse_row *row;

	if (number != NO_ROW)
		return excuse_at(view, number);
	row = table_add(&view->tables[TABLE_EXCUSES]);
	row->unit = unit;
	row->campaign = campaign;
	row->next = extra_at(view, unit)->first_excuse;
	extra_at(view, unit)->first_excuse = row_count(view, TABLE_EXCUSES) - 1;
	return row;
}

static bool
is_newer(
    const struct excuse_row *row, uint64_t order, uint32_t node, uint64_t seq)
{
	if (order != row->order)
		return order > row->order;
	return node != row->node ? node > row->node : seq > row->seq;
}

void
unit_excused(struct view *view, const struct entry *entry)
{
	const struct unit_excused *body = &entry->event->excused;
	uint32_t campaign = campaign_find(view, body->campaign);
	uint32_t unit = unit_find(view, body->unit);
	uint32_t node = node_find(view, entry->event->node);
	uint64_t order = node_at(view, node)->seen_size;
	struct excuse_row *row;

	if (campaign == NO_ROW || unit == NO_ROW ||
	    campaign_at(view, campaign)->pub.closed_index != NEVER)
		return;
	row = excuse_of(view, unit, campaign);
	if (!is_newer(row, order, node, entry->event->seq))
		return;
	row->order = order;
	row->node = node;
	row->seq = entry->event->seq;
	row->index = entry->index;
	row->is_lifted = body->lifted;
	memset(row->reason, 0, sizeof row->reason);
	(void)text_copy(row->reason, sizeof row->reason, body->reason);
	if (!body->lifted)
		touch_campaign_alerts(view, campaign, CAUSE_EXCUSED, unit);
}

/* ---- what there is to see */

unsigned
view_extension_count(const struct view *view)
{
	return row_count(view, TABLE_EXTENSIONS);
}

void
view_extension(
    const struct view *view, unsigned n, struct view_extension *extension)
{
	const struct extension_row *row = extension_at(view, n);

	*extension = (struct view_extension){
	    .campaign = campaign_at(view, row->campaign)->pub.row.id,
	    .unit = row->unit == NO_ROW ? NULL : unit_at(view, row->unit),
	    .wilayah = row->wilayah,
	    .reason = row->reason,
	    .until_ms = row->until_ms,
	    .index = row->index,
	    .is_over = row->line != NEVER};
}

unsigned
view_excuse_count(const struct view *view)
{
	return row_count(view, TABLE_EXCUSES);
}

void
view_excuse(const struct view *view, unsigned n, struct view_excuse *excuse)
{
	const struct excuse_row *row = excuse_at(view, n);

	*excuse = (struct view_excuse){
	    .campaign = campaign_at(view, row->campaign)->pub.row.id,
	    .unit = unit_at(view, row->unit),
	    .reason = row->reason,
	    .index = row->index,
	    .is_lifted = row->is_lifted != 0};
}
