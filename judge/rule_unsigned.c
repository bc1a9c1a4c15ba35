/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unsigned_units/1. A unit of a group is
 *
 *   on time    by what its timely pledges show;
 *   excused    when nothing is expected of it;
 *   extended   when it has more time, which has not run out;
 *   unheard    when a collector that may write for it is not heard past the
 *              mark, or past the end of its own time, or there is none. A unit
 *              that stands in the alert has been heard before and stays known;
 *   late       when all its pledges together show it;
 *   unsigned   else.
 *
 * The alert opens when the unsigned reach the threshold, as a number or as a
 * share of all units that are not excused, and is open while they do; with
 * clear_units also while there are so many. At a mark and at the daily looks
 * everything is counted anew. On-time news, an excuse or an extension between
 * the looks takes units out at once and moves no other figure. After a person
 * has closed it the next opens by a mark that fires later.
 *
 * When the set falls below what keeps the alert open it is asked what those who
 * signed late since the opening would have made of it: with them still above,
 * the alert was right and is resolved; else it never was so and is withdrawn.
 *
 * The list of units holds at most 256 and is stable: a unit that was told
 * stays until it leaves with a reason. The figures count all.
 */
#include "judge/judge_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One look at one group. */
struct look {
	const struct view *view;
	uint32_t rule, group;
	uint32_t alert; /* NO_ROW: none is open */
	uint64_t mark_index;
	enum cause cause;
	struct figures figures;
	uint32_t removed_count;
	uint32_t on_time_count, excused_count, extended_count; /* of these */
	bool is_cut; /* more units leave than one verdict can say */
};

static const struct unsigned_units *
body_of(const struct look *look)
{
	return &rule_at(look->view, look->rule)->unsigned_units;
}

static void
group_range(const struct look *look, uint32_t *first, uint32_t *end)
{
	const struct rule_groups *groups = groups_at(look->view, look->rule);

	*first = number_at(&groups->starts, look->group);
	*end = number_at(&groups->starts, look->group + 1);
}

static uint32_t
group_unit(const struct look *look, uint32_t at)
{
	return number_at(&groups_at(look->view, look->rule)->units, at);
}

static bool
group_is_awaited(const struct look *look)
{
	uint32_t first, end;

	group_range(look, &first, &end);
	for (uint32_t i = first; i < end; i++)
		if (unit_is_awaited(
			look->view, group_unit(look, i), look->mark_index))
			return true;
	return false;
}

static bool
is_reached(const struct look *look, uint64_t unsigned_count)
{
	const struct unsigned_units *body = body_of(look);

	if (unsigned_count == 0)
		return false;
	return (body->min_units > 0 && unsigned_count >= body->min_units) ||
	       (body->min_bp > 0 &&
		   unsigned_count * 10000 >=
		       (uint64_t)body->min_bp *
			   (look->figures.expected - look->figures.excused));
}

/* Do so many keep an alert open? */
static bool
is_kept(const struct look *look, uint64_t unsigned_count)
{
	uint32_t clear_units = body_of(look)->clear_units;

	return is_reached(look, unsigned_count) ||
	       (clear_units > 0 && unsigned_count >= clear_units);
}

static uint32_t
campaign_of(const struct look *look)
{
	return rule_state_at(look->view, look->rule)->campaign;
}

static bool
is_extended(const struct look *look, uint32_t unit)
{
	struct terms terms;

	terms_of(look->view, unit, campaign_of(look), &terms);
	return terms.is_extended;
}

static bool
is_heard(const struct look *look, uint32_t unit)
{
	uint64_t line = look->mark_index;
	struct terms terms;

	terms_of(look->view, unit, campaign_of(look), &terms);
	if (terms.is_own && terms.line > line)
		line = terms.line;
	return unit_is_heard(look->view, unit, line);
}

static bool
is_member(const struct look *look, uint32_t unit)
{
	return look->alert != NO_ROW &&
	       alert_names(look->view, alert_at(look->view, look->alert), unit);
}

/* Counts all units of the group; the unsigned ones go to judge->found. */
static void
count_group(struct judge *judge, struct look *look)
{
	const struct rule_row *rule = rule_at(look->view, look->rule);
	struct figures *figures = &look->figures;
	uint32_t first, end;

	judge->found.count = 0;
	group_range(look, &first, &end);
	figures->expected = end - first;
	for (uint32_t i = first; i < end; i++) {
		uint32_t unit = group_unit(look, i);

		if (unit_fulfils(look->view, rule, unit, true)) {
			figures->on_time++;
		} else if (unit_is_excused(
			       look->view, unit, campaign_of(look))) {
			figures->excused++;
		} else if (is_extended(look, unit)) {
			figures->extended++;
		} else if (!is_member(look, unit) && !is_heard(look, unit)) {
			figures->unheard++;
		} else if (unit_fulfils(look->view, rule, unit, false)) {
			figures->late++;
		} else {
			figures->unsigned_known++;
			number_add(&judge->found, unit);
		}
	}
	figures->threshold = rule->unsigned_units.min_units;
	figures->threshold_bp = rule->unsigned_units.min_bp;
}

/* Why a unit of the alert does not belong there any more; NULL: it does. */
static const char *
why_not(const struct look *look, uint32_t unit)
{
	const struct rule_row *rule = rule_at(look->view, look->rule);
	const struct rule_groups *groups = groups_at(look->view, look->rule);

	bool is_exempted =
	    look->cause == CAUSE_EXCUSED || look->cause == CAUSE_EXTENDED;

	if (!is_exempted && unit_fulfils(look->view, rule, unit, true))
		return "on_time";
	if (look->cause == CAUSE_NEWS)
		return NULL;
	if (unit_is_excused(look->view, unit, campaign_of(look)))
		return "excused";
	if (is_extended(look, unit))
		return "extended";
	if (is_exempted)
		return NULL;
	if (number_at(&groups->group_of, unit) != look->group)
		return look->cause == CAUSE_RULES ? "rule_changed"
						  : "roster_changed";
	return unit_fulfils(look->view, rule, unit, false) ? "late" : NULL;
}

/* Those that leave, and in judge->order those that stay. */
static void
find_removed(struct judge *judge, struct look *look)
{
	const struct alert_row *alert = alert_at(look->view, look->alert);
	const uint32_t *members = alert_members(look->view, alert);

	judge->order.count = 0;
	for (uint32_t i = 0; i < alert->pub.unit_count; i++) {
		const char *why = why_not(look, members[i]);

		if (why == NULL || look->removed_count == REMOVED_MAX) {
			look->is_cut = look->is_cut || why != NULL;
			number_add(&judge->order, members[i]);
			continue;
		}
		look->on_time_count += strcmp(why, "on_time") == 0;
		look->excused_count += strcmp(why, "excused") == 0;
		look->extended_count += strcmp(why, "extended") == 0;
		unit_put(look->view, members[i], why,
		    &judge->removed[look->removed_count++]);
	}
}

/* ---- lists */

static void
list_units(struct judge *judge, const struct look *look,
    const struct table *units, struct verdict *verdict)
{
	for (uint32_t i = 0; i < units->count; i++)
		unit_put(
		    look->view, number_at(units, i), NULL, &judge->units[i]);
	verdict->units = judge->units;
	verdict->unit_count = units->count;
}

/* The unsigned, cut to what a verdict holds: first those that stand in the
 * alert, then in the order of their codes. */
static void
cut_found(struct judge *judge, const struct look *look)
{
	uint32_t members = 0, kept = 0, room;

	if (judge->found.count <= VERDICT_UNITS_MAX)
		return;
	for (uint32_t i = 0; i < judge->found.count; i++)
		members += is_member(look, number_at(&judge->found, i));
	room = VERDICT_UNITS_MAX - members;
	for (uint32_t i = 0; i < judge->found.count; i++) {
		uint32_t unit = number_at(&judge->found, i);
		bool is_old = is_member(look, unit);

		if (!is_old && room == 0)
			continue;
		room -= is_old ? 0 : 1;
		*(uint32_t *)table_at(&judge->found, kept++) = unit;
	}
	judge->found.count = kept;
}

static void
list_removed(
    struct judge *judge, const struct look *look, struct verdict *verdict)
{
	verdict->removed = judge->removed;
	verdict->removed_count = look->removed_count;
}

/* "due", "due-7d", "grace_end+36h". */
static void
put_occasion(const struct mark *mark, char occasion[OCCASION_MAX])
{
	static const struct {
		uint64_t ms;
		const char *unit;
	} units[] = {{DAY_MS, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"},
	    {1, "ms"}};
	const char *anchor = mark->anchor == ANCHOR_DUE ? "due" : "grace_end";
	uint64_t offset = mark->offset_ms < 0 ? 0 - (uint64_t)mark->offset_ms
					      : (uint64_t)mark->offset_ms;
	char text[2 * OCCASION_MAX];
	unsigned unit = 0;

	while (offset % units[unit].ms != 0)
		unit++;
	(void)snprintf(text, sizeof text, "%s%c%" PRIu64 "%s", anchor,
	    mark->offset_ms < 0 ? '-' : '+', offset / units[unit].ms,
	    units[unit].unit);
	(void)text_copy(occasion, OCCASION_MAX, offset == 0 ? anchor : text);
}

/* ---- verdicts */

static void
say_opened(struct judge *judge, const struct look *look,
    const struct touch *touch, struct event *event)
{
	const struct unsigned_units *body = body_of(look);
	char object[CODE_MAX], occasion[OCCASION_MAX];

	group_object(look->view, look->rule, look->group, object);
	put_occasion(&body->at[touch->mark], occasion);
	verdict_open(look->view, look->rule, object, occasion, event);
	event->verdict.mark = look->mark_index;
	event->verdict.figures = look->figures;
	cut_found(judge, look);
	list_units(judge, look, &judge->found, &event->verdict);
}

/* Would it be open still, had nobody signed late since it opened? */
static bool
was_so(const struct look *look)
{
	const struct figures *figures = &look->figures;
	uint32_t at_opening =
	    alert_at(look->view, look->alert)->late_at_opening;
	uint64_t was = figures->unsigned_known;

	if (figures->late > at_opening)
		was += figures->late - at_opening;
	return is_kept(look, was);
}

static const char *
reason_of_end(const struct look *look)
{
	const struct figures *figures = &look->figures;

	switch (look->cause) {
	case CAUSE_ROSTER:
		return "roster_changed";
	case CAUSE_RULES:
		return "rule_changed";
	case CAUSE_EXCUSED:
		return "excused";
	case CAUSE_EXTENDED:
		return "extended";
	case CAUSE_MARK:
	case CAUSE_SETTLE:
	case CAUSE_NEWS:
	case CAUSE_HELD:
	case CAUSE_REVIEWED:
	case CAUSE_CONTACT:
	case CAUSE_REVOKED:
	case CAUSE_CALENDAR:
	case CAUSE_CLOSED:
	case CAUSE_CAMPAIGN_CLOSED:
		break;
	}
	if (!was_so(look))
		return "on_time";
	return figures->unsigned_known + figures->unheard == 0 ? "all_signed"
							       : "late";
}

/* The alert is over. */
static void
say_ended(struct judge *judge, const struct look *look, struct event *event)
{
	const char *reason = reason_of_end(look);

	verdict_follow(look->view, look->alert,
	    strcmp(reason, "on_time") == 0 ? EVENT_ALERT_WITHDRAWN
					   : EVENT_ALERT_RESOLVED,
	    event);
	event->verdict.figures = look->figures;
	(void)text_copy(event->verdict.reason, WORD_MAX, reason);
	list_units(judge, look, &judge->order, &event->verdict);
	list_removed(judge, look, &event->verdict);
}

static void
say_corrected(struct judge *judge, const struct look *look,
    const struct table *units, struct event *event)
{
	const char *reason = "late";

	if (look->on_time_count > 0)
		reason = "on_time";
	else if (look->removed_count > 0)
		reason = judge->removed[0].why;
	verdict_follow(look->view, look->alert, EVENT_ALERT_CORRECTED, event);
	event->verdict.figures = look->figures;
	(void)text_copy(event->verdict.reason, WORD_MAX, reason);
	list_units(judge, look, units, &event->verdict);
	list_removed(judge, look, &event->verdict);
}

static void
say_raised(struct judge *judge, const struct look *look, struct event *event)
{
	verdict_follow(look->view, look->alert, EVENT_ALERT_RAISED, event);
	event->verdict.mark = look->mark_index;
	event->verdict.figures = look->figures;
	list_units(judge, look, &judge->found, &event->verdict);
}

/* An open alert after everything was counted anew. */
static bool
say_change(struct judge *judge, struct look *look, struct event *event)
{
	const struct alert_row *alert = alert_at(look->view, look->alert);
	uint32_t before = alert->pub.figures.unsigned_known;
	uint32_t now = look->figures.unsigned_known, left;
	bool holds = is_kept(look, now);

	find_removed(judge, look);
	left = before > look->removed_count ? before - look->removed_count : 0;
	if (!holds && !look->is_cut) {
		say_ended(judge, look, event);
		return true;
	}
	cut_found(judge, look);
	if (look->removed_count > 0 || now < before) {
		/* Who joins is told by the next verdict. */
		bool grows = look->is_cut || now > left;

		if (grows)
			look->figures.unsigned_known = left;
		say_corrected(
		    judge, look, grows ? &judge->order : &judge->found, event);
		return true;
	}
	if (now > before || judge->found.count > alert->pub.unit_count) {
		say_raised(judge, look, event);
		return true;
	}
	return false;
}

/* An open alert when only on-time news, an excuse or an extension moves it. */
static bool
say_news(struct judge *judge, struct look *look, struct event *event)
{
	const struct figures *before =
	    &alert_at(look->view, look->alert)->pub.figures;

	look->figures = *before;
	find_removed(judge, look);
	if (look->removed_count == 0)
		return false;
	look->figures.unsigned_known =
	    before->unsigned_known > look->removed_count
		? before->unsigned_known - look->removed_count
		: 0;
	look->figures.on_time += look->on_time_count;
	look->figures.excused += look->excused_count;
	look->figures.extended += look->extended_count;
	if (look->is_cut || is_kept(look, look->figures.unsigned_known))
		say_corrected(judge, look, &judge->order, event);
	else
		say_ended(judge, look, event);
	return true;
}

/* ---- looks */

/* A person has closed the last alert after this mark. */
static bool
is_closed_since(const struct look *look, const char *object)
{
	const struct alert_row *closed = alert_closed_of(
	    look->view, rule_at(look->view, look->rule)->id, object);

	return closed != NULL && closed->pub.closed_index > look->mark_index;
}

bool
unsigned_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	struct look look = {.view = view,
	    .rule = touch->rule,
	    .group = judge->group,
	    .mark_index = touch->mark_index,
	    .cause = CAUSE_MARK};
	const struct rule_row *rule = rule_at(view, touch->rule);
	bool follows =
	    (rule_state_at(view, touch->rule)->flags & RULE_FOLLOWS) != 0;
	char object[CODE_MAX];
	bool is_awaited;

	group_object(view, look.rule, look.group, object);
	look.alert = alert_open_of(view, rule->id, object);
	if (look.alert == NO_ROW && (follows || is_closed_since(&look, object)))
		return false;
	/* Who was heard in full has been judged before the settle time. */
	is_awaited = group_is_awaited(&look);
	if (is_awaited ? !touch->is_settled
		       : touch->cause == CAUSE_SETTLE && look.alert != NO_ROW)
		return false;
	count_group(judge, &look);
	if (look.alert != NO_ROW)
		return say_change(judge, &look, event);
	if (!is_reached(&look, look.figures.unsigned_known))
		return false;
	say_opened(judge, &look, touch, event);
	return true;
}

/* The rule is gone, speaks of something else, or has nothing to judge by. */
static void
say_retired(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	verdict_follow(view, touch->from, EVENT_ALERT_RESOLVED, event);
	(void)text_copy(event->verdict.reason, WORD_MAX,
	    touch->cause == CAUSE_ROSTER ? "roster_changed" : "rule_changed");
	event->verdict.units = judge->units;
	event->verdict.removed = judge->removed;
}

static bool
is_followed(
    const struct view *view, const struct alert_row *alert, uint32_t rule)
{
	const struct rule_row *row;

	if (rule == NO_ROW)
		return false;
	row = rule_at(view, rule);
	return row->kind == RULE_UNSIGNED_UNITS_1 &&
	       row->tell == alert->pub.tell &&
	       row->unsigned_units.scope == alert->pub.scope &&
	       strcmp(row->unsigned_units.campaign, alert->campaign) == 0 &&
	       rule_state_at(view, rule)->now_index != NEVER;
}

bool
unsigned_look_at_alert(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event)
{
	const struct alert_row *alert = alert_at(view, touch->from);
	struct look look = {
	    .view = view, .alert = touch->from, .cause = touch->cause};
	const struct rule_state *state;

	if (touch->cause == CAUSE_CALENDAR)
		return false;
	look.rule = rule_find(view, alert->pub.rule);
	if (!is_followed(view, alert, look.rule)) {
		say_retired(judge, view, touch, event);
		return true;
	}
	look.group = group_find(view, look.rule, alert->pub.object);
	if (look.group == NO_ROW) {
		say_retired(judge, view, touch, event);
		return true;
	}
	if (touch->cause == CAUSE_NEWS || touch->cause == CAUSE_EXCUSED ||
	    touch->cause == CAUSE_EXTENDED)
		return say_news(judge, &look, event);
	/* A new mark may still wait to be heard past: its predecessor was
	 * heard past, and members stay known. */
	state = rule_state_at(view, look.rule);
	look.mark_index = state->now_index;
	if ((state->flags & RULE_SETTLED) == 0 && group_is_awaited(&look))
		look.mark_index = alert->mark;
	count_group(judge, &look);
	return say_change(judge, &look, event);
}
