/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an input has given the judge to look at, in an order that depends on
 * nothing but what it is: when it is judged, the rule, the object.
 */
#include "judge/view_touch.h"

#include "judge/view_parts.h"

#include <stdlib.h>
#include <string.h>

struct touch *
touch_add(struct view *view, enum touch_kind kind, uint32_t rule)
{
	struct touch *touch = table_add(&view->touches);

	touch->kind = kind;
	touch->rule = rule;
	touch->sequence = view->touches.count;
	touch->judged_at_ms = view->region.last_received_ms;
	touch->mark_index = NEVER;
	return touch;
}

struct touch *
touch_object(
    struct view *view, enum touch_kind kind, uint32_t rule, const char *object)
{
	struct touch *touch = touch_add(view, kind, rule);

	(void)text_copy(touch->object, sizeof touch->object, object);
	return touch;
}

struct touch *
touch_alert(struct view *view, uint32_t alert, enum cause cause)
{
	struct touch *touch = touch_object(
	    view, TOUCH_ALERT, NO_ROW, alert_at(view, alert)->pub.object);

	touch->from = alert;
	touch->cause = cause;
	return touch;
}

static const char *
rule_of(const struct view *view, const struct touch *touch)
{
	return touch->kind == TOUCH_ALERT
		   ? alert_at(view, touch->from)->pub.rule
		   : rule_at(view, touch->rule)->id;
}

/* Groups of a rule are in the order of their objects already. */
static int
compare_touches(const void *a, const void *b, void *context)
{
	const struct touch *first = a, *second = b;
	int order;

	/* What a person closes is over before anything is asked. */
	if ((first->cause == CAUSE_CLOSED) != (second->cause == CAUSE_CLOSED))
		return first->cause == CAUSE_CLOSED ? -1 : 1;
	if (first->judged_at_ms != second->judged_at_ms)
		return first->judged_at_ms < second->judged_at_ms ? -1 : 1;
	order = strcmp(rule_of(context, first), rule_of(context, second));
	if (order != 0)
		return order;
	if ((first->kind == TOUCH_GROUPS) != (second->kind == TOUCH_GROUPS))
		return first->kind == TOUCH_GROUPS ? -1 : 1;
	order = strcmp(first->object, second->object);
	if (order != 0)
		return order;
	return first->sequence < second->sequence ? -1 : 1;
}

/* Both look at the same group in the same view: only the first can have
 * something to say. One entry may touch a group once for each of a thousand
 * reports. */
static bool
is_said_already(const struct touch *touch, const struct touch *before)
{
	return (touch->kind == TOUCH_REPEAT || touch->kind == TOUCH_BURST) &&
	       touch->kind == before->kind && touch->rule == before->rule &&
	       touch->judged_at_ms == before->judged_at_ms &&
	       strcmp(touch->object, before->object) == 0;
}

void
touches_sort(struct view *view)
{
	struct table *touches = &view->touches;
	uint32_t kept = 0;

	if (touches->count < 2)
		return;
	qsort_r(touches->at, touches->count, sizeof(struct touch),
	    compare_touches, view);
	for (uint32_t i = 0; i < touches->count; i++) {
		struct touch *touch = table_at(touches, i);
		struct touch *to = table_at(touches, kept);

		if (i > 0 &&
		    is_said_already(touch, table_at(touches, kept - 1)))
			continue;
		if (to != touch)
			*to = *touch;
		kept++;
	}
	touches->count = kept;
}
