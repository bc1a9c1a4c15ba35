/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. It moves only by Ticked entries; each fires all timers that are due
 * by then, in the order (due, dates of campaigns, extensions, rules, kind):
 *
 * - A date of a campaign: the entry becomes the line that records must not
 *   have seen to be timely.
 * - An extension that runs out: the entry becomes the line of its units.
 * - A mark of a rule: collectors must now be heard past this entry. A group is
 *   looked at when all that it waits for are, or at the settle time, which
 *   counts from this entry and not from the mark: after a stop of the region
 *   nodes get the same time to come.
 * - The settle time, and the daily looks that follow until the lock, and until
 *   a day after the last extension.
 * - On-time news of an open alert, a minute after the first of it.
 *
 * A mark that fires ends the turn of the one before. Of several daily looks
 * that were missed the first counts: nothing has changed between them. Of a
 * campaign that is closed nothing fires any more.
 */
#include "judge/case_parts.h"

#include <stdlib.h>
#include <string.h>

static int
compare_alerts(const void *a, const void *b, void *context)
{
	const struct view *view = context;
	const struct view_alert *first =
	    &alert_at(view, *(const uint32_t *)a)->pub;
	const struct view_alert *second =
	    &alert_at(view, *(const uint32_t *)b)->pub;
	int order = strcmp(first->rule, second->rule);

	return order != 0 ? order : strcmp(first->object, second->object);
}

/* Numbers of open alerts, by rule and object; the caller frees. */
static uint32_t *
open_alerts(struct view *view, uint64_t news_until_ms, uint32_t *count)
{
	uint32_t total = row_count(view, TABLE_ALERTS);
	uint32_t *numbers = xcalloc((size_t)total + 1, sizeof *numbers);
	uint32_t found = 0;

	for (uint32_t i = 0; i < total; i++) {
		const struct alert_row *alert = alert_at(view, i);

		if (alert->pub.state == ALERT_OPEN &&
		    (news_until_ms == NEVER || alert->news_ms <= news_until_ms))
			numbers[found++] = i;
	}
	qsort_r(numbers, found, sizeof *numbers, compare_alerts, view);
	*count = found;
	return numbers;
}

void
touch_open_alerts(struct view *view, enum cause cause)
{
	uint32_t count;
	uint32_t *numbers = open_alerts(view, NEVER, &count);

	for (uint32_t i = 0; i < count; i++)
		(void)touch_alert(view, numbers[i], cause);
	free(numbers);
}

void
touch_campaign_alerts(
    struct view *view, uint32_t campaign, enum cause cause, uint32_t unit)
{
	const char *id = campaign_at(view, campaign)->pub.row.id;
	uint32_t count;
	uint32_t *numbers = open_alerts(view, NEVER, &count);

	for (uint32_t i = 0; i < count; i++) {
		const struct alert_row *alert = alert_at(view, numbers[i]);

		if (alert->kind != RULE_UNSIGNED_UNITS_1 ||
		    strcmp(alert->campaign, id) != 0 ||
		    (unit != NO_ROW && !alert_names(view, alert, unit)))
			continue;
		(void)touch_alert(view, numbers[i], cause);
	}
	free(numbers);
}

/* ---- marks */

static uint64_t
mark_time(const struct campaign_row *campaign, const struct mark *mark)
{
	uint64_t anchor = mark->anchor == ANCHOR_DUE ? campaign->due_ms
						     : campaign->grace_end_ms;
	uint64_t offset = mark->offset_ms < 0 ? 0 - (uint64_t)mark->offset_ms
					      : (uint64_t)mark->offset_ms;

	if (mark->offset_ms < 0)
		return anchor > offset ? anchor - offset : 0;
	return anchor < NEVER - offset ? anchor + offset : NEVER;
}

static uint64_t
now_of(const struct view *view)
{
	return view->region.last_received_ms > view->ticked_ms
		   ? view->region.last_received_ms
		   : view->ticked_ms;
}

void
rule_arm(struct view *view, uint32_t rule)
{
	const struct rule_row *row = rule_at(view, rule);
	struct rule_state *state = rule_state_at(view, rule);
	uint64_t now = now_of(view);

	for (uint32_t i = 0; i < RULE_MARKS_MAX; i++)
		state->mark_ms[i] = NEVER;
	if (row->kind != RULE_UNSIGNED_UNITS_1 || state->campaign == NO_ROW ||
	    campaign_at(view, state->campaign)->pub.closed_index != NEVER)
		return;
	for (uint32_t i = 0; i < row->unsigned_units.mark_count; i++) {
		const struct campaign_row *campaign =
		    &campaign_at(view, state->campaign)->pub.row;
		uint64_t ms = mark_time(campaign, &row->unsigned_units.at[i]);

		if (ms > now)
			state->mark_ms[i] = ms;
	}
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

static struct touch *
touch_groups(struct view *view, uint32_t rule, uint32_t from, uint32_t to)
{
	const struct rule_state *state = rule_state_at(view, rule);
	struct touch *touch = touch_add(view, TOUCH_GROUPS, rule);

	touch->from = from;
	touch->to = to;
	touch->mark_index = state->now_index;
	touch->mark = state->now_mark;
	touch->is_settled = (state->flags & RULE_SETTLED) != 0;
	return touch;
}

/* All groups of a rule with a unit in by_place first..end-1. */
static void
touch_range(struct view *view, uint32_t rule, uint32_t first, uint32_t end)
{
	const struct rule_groups *groups = groups_at(view, rule);
	uint32_t *found = xcalloc((size_t)(end - first) + 1, sizeof *found);
	uint32_t count = 0;

	for (uint32_t i = first; i < end; i++) {
		uint32_t unit = number_at(&view->derived.by_place, i);
		uint32_t group = number_at(&groups->group_of, unit);

		if (group != NO_ROW &&
		    (count == 0 || found[count - 1] != group))
			found[count++] = group;
	}
	qsort(found, count, sizeof *found, compare_numbers);
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || found[i] != found[i - 1])
			(void)touch_groups(view, rule, found[i], found[i] + 1);
	free(found);
}

void
mark_crossed(
    struct view *view, const char *wilayah, uint64_t before, uint64_t now)
{
	uint32_t first, end;

	place_range(view, wilayah, &first, &end);
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_state *state = rule_state_at(view, i);

		if (state->now_index == NEVER ||
		    (state->flags & RULE_SETTLED) != 0 ||
		    state->now_index < before || state->now_index >= now)
			continue;
		touch_range(view, i, first, end);
	}
}

/* ---- timers */

enum timer_kind {
	TIMER_DATE, /* which: 0 due, 1 grace end, 2 lock */
	TIMER_EXTENSION,
	TIMER_MARK, /* which: the mark */
	TIMER_SETTLE,
	TIMER_LOOK,
	TIMER_NONE,
};

struct timer {
	uint64_t due_ms;
	enum timer_kind kind;
	uint32_t row, which;
};

/* Dates, rules and kinds are asked in their order: of equals the first. */
static void
timer_take(struct timer *first, struct timer other)
{
	if (other.due_ms < first->due_ms)
		*first = other;
}

static void
timer_of_campaign(const struct view *view, uint32_t number, struct timer *first)
{
	const struct view_campaign *campaign = &campaign_at(view, number)->pub;
	const uint64_t dates[] = {campaign->row.due_ms,
	    campaign->row.grace_end_ms, campaign->row.lock_ms};
	const uint64_t fired[] = {
	    campaign->due_index, campaign->grace_index, campaign->lock_index};

	if (campaign->closed_index != NEVER)
		return;
	for (uint32_t i = 0; i < sizeof dates / sizeof *dates; i++)
		if (fired[i] == NEVER)
			timer_take(first,
			    (struct timer){dates[i], TIMER_DATE, number, i});
}

static void
timer_of_extensions(const struct view *view, struct timer *first)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_EXTENSIONS); i++) {
		const struct extension_row *row = extension_at(view, i);

		if (row->line == NEVER)
			timer_take(
			    first, (struct timer){extension_end_ms(view, row),
				       TIMER_EXTENSION, i, 0});
	}
}

static struct timer
timer_first(const struct view *view)
{
	const struct table *campaigns = &view->derived.campaigns;
	struct timer first = {NEVER, TIMER_NONE, 0, 0};

	for (uint32_t i = 0; i < campaigns->count; i++)
		timer_of_campaign(view, number_at(campaigns, i), &first);
	timer_of_extensions(view, &first);
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_state *state = rule_state_at(view, i);

		for (uint32_t k = 0; k < RULE_MARKS_MAX; k++)
			timer_take(&first, (struct timer){state->mark_ms[k],
					       TIMER_MARK, i, k});
		timer_take(&first,
		    (struct timer){state->settle_ms, TIMER_SETTLE, i, 0});
		timer_take(
		    &first, (struct timer){state->look_ms, TIMER_LOOK, i, 0});
	}
	return first;
}

void
timers_index(struct view *view)
{
	view->derived.due_ms[DUE_TIMERS] = timer_first(view).due_ms;
	view->derived.timers_are_stale = false;
}

uint64_t
view_next_due_ms(const struct view *view)
{
	uint64_t due = NEVER;

	for (unsigned i = 0; i < DUE_COUNT; i++)
		if (view->derived.due_ms[i] < due)
			due = view->derived.due_ms[i];
	return due;
}

/* The first daily look after `until`, none behind the last. */
static void
look_next(struct view *view, uint32_t rule, uint64_t from, uint64_t until)
{
	struct rule_state *state = rule_state_at(view, rule);
	uint64_t last = campaign_at(view, state->campaign)->pub.row.lock_ms;
	uint64_t extended = extensions_end_ms(view, state->campaign);
	uint64_t next = from + DAY_MS;

	if (next <= until)
		next += ((until - next) / DAY_MS + 1) * DAY_MS;
	if (extended > 0 && extended + DAY_MS > last)
		last = extended + DAY_MS;
	state->look_ms = next > last ? NEVER : next;
}

void
looks_prolong(struct view *view, uint32_t campaign)
{
	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_state *state = rule_state_at(view, i);

		if (state->campaign == campaign && state->now_index != NEVER &&
		    state->look_ms == NEVER)
			look_next(view, i, state->now_due_ms, now_of(view));
	}
}

static void
fire_mark(
    struct view *view, const struct timer *timer, const struct entry *entry)
{
	struct rule_state *state = rule_state_at(view, timer->row);
	uint64_t until = entry->event->until_ms;

	state->mark_ms[timer->which] = NEVER;
	state->now_index = entry->index;
	state->now_mark = timer->which;
	state->now_due_ms = timer->due_ms;
	state->flags = 0;
	state->settle_ms =
	    until + rule_at(view, timer->row)->unsigned_units.settle_ms;
	look_next(view, timer->row, timer->due_ms, until);
}

static void
fire_date(struct view *view, const struct timer *timer, uint64_t index)
{
	struct view_campaign *campaign = &campaign_at(view, timer->row)->pub;

	if (timer->which == 0)
		campaign->due_index = index;
	else if (timer->which == 1)
		campaign->grace_index = index;
	else
		campaign->lock_index = index;
}

static void
fire_look(struct view *view, const struct timer *timer, uint64_t until)
{
	struct rule_state *state = rule_state_at(view, timer->row);
	uint32_t groups = group_count(view, timer->row);
	struct touch *touch;

	if (timer->kind == TIMER_SETTLE) {
		state->flags |= RULE_SETTLED;
		state->settle_ms = NEVER;
	} else {
		look_next(view, timer->row, timer->due_ms, until);
	}
	touch = touch_groups(view, timer->row, 0, groups);
	touch->judged_at_ms = timer->due_ms;
	if (timer->kind == TIMER_SETTLE)
		touch->cause = CAUSE_SETTLE;
}

void
fired_add(struct view *view, uint64_t index)
{
	memcpy(table_add(&view->tables[TABLE_FIRED]), &index, sizeof index);
}

static void
fire_timers(struct view *view, const struct entry *entry)
{
	uint64_t until = entry->event->until_ms;
	struct timer timer;
	bool is_line = false;

	for (;;) {
		timer = timer_first(view);
		if (timer.kind == TIMER_NONE || timer.due_ms > until)
			break;
		if (timer.kind == TIMER_DATE)
			fire_date(view, &timer, entry->index);
		else if (timer.kind == TIMER_EXTENSION)
			extension_at(view, timer.row)->line = entry->index;
		else if (timer.kind == TIMER_MARK)
			fire_mark(view, &timer, entry);
		else
			fire_look(view, &timer, until);
		is_line = is_line || timer.kind == TIMER_DATE ||
			  timer.kind == TIMER_EXTENSION ||
			  timer.kind == TIMER_MARK;
	}
	if (is_line)
		fired_add(view, entry->index);
	view->derived.timers_are_stale = true;
}

void
news_index(struct view *view)
{
	uint64_t next = NEVER;

	for (uint32_t i = 0; i < row_count(view, TABLE_ALERTS); i++)
		if (alert_at(view, i)->news_ms < next)
			next = alert_at(view, i)->news_ms;
	view->derived.due_ms[DUE_NEWS] = next;
}

static void
fire_news(struct view *view, const struct entry *entry)
{
	uint32_t count;
	uint32_t *numbers = open_alerts(view, entry->event->until_ms, &count);

	for (uint32_t i = 0; i < count; i++) {
		struct alert_row *alert = alert_at(view, numbers[i]);

		touch_alert(view, numbers[i], CAUSE_NEWS)->judged_at_ms =
		    alert->news_ms;
		alert->news_ms = NEVER;
	}
	free(numbers);
	news_index(view);
}

void
ticked(struct view *view, const struct entry *entry)
{
	static void (*const fire[DUE_COUNT])(
	    struct view *, const struct entry *) = {[DUE_TIMERS] = fire_timers,
	    [DUE_NEWS] = fire_news,
	    [DUE_SILENCE] = fire_silence,
	    [DUE_CASE] = fire_cases};
	uint64_t until = entry->event->until_ms;

	if (until > view->ticked_ms)
		view->ticked_ms = until;
	for (unsigned i = 0; i < DUE_COUNT; i++)
		if (view->derived.due_ms[i] <= until)
			fire[i](view, entry);
}

/* Called for a unit that is on time: every open alert that names it must
 * soon say so. */
void
news_noted(struct view *view, uint32_t unit, uint64_t now_ms)
{
	char object[CODE_MAX];

	for (uint32_t i = 0; i < row_count(view, TABLE_RULES); i++) {
		const struct rule_row *rule = rule_at(view, i);
		struct alert_row *alert;
		uint32_t found;

		if (rule->kind != RULE_UNSIGNED_UNITS_1)
			continue;
		unit_object(view, unit, rule_scope(rule), object);
		found = alert_open_of(view, rule->id, object);
		if (found == NO_ROW)
			continue;
		alert = alert_at(view, found);
		if (alert->news_ms != NEVER ||
		    !alert_names(view, alert, unit) ||
		    !unit_fulfils(view, rule, unit, true))
			continue;
		alert->news_ms = now_ms + NEWS_GATHER_MS;
		if (alert->news_ms < view->derived.due_ms[DUE_NEWS])
			view->derived.due_ms[DUE_NEWS] = alert->news_ms;
	}
}
