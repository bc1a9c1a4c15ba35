/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an input has given the judge to look at. Remembered only until the next
 * input; for judge/ alone.
 */
#ifndef JUDGE_VIEW_TOUCH_H
#define JUDGE_VIEW_TOUCH_H

#include "judge/view.h"

enum touch_kind {
	TOUCH_GROUPS,   /* groups from..to-1 of a rule, by a mark */
	TOUCH_ALERT,    /* an open alert: does it still hold? */
	TOUCH_REPEAT,   /* the group `object` under a rule */
	TOUCH_BURST,    /* the unit `object` */
	TOUCH_SILENT,   /* the node `from` is due */
	TOUCH_DEADLINE, /* the incident `from` is due */
	TOUCH_FAULT,    /* of the node `from`: `word` */
};
enum cause {
	CAUSE_MARK,
	CAUSE_SETTLE,
	CAUSE_NEWS,
	CAUSE_ROSTER,
	CAUSE_RULES,
	CAUSE_CALENDAR,
	CAUSE_EXCUSED,
	CAUSE_EXTENDED,
	CAUSE_CLOSED,          /* by a person */
	CAUSE_CAMPAIGN_CLOSED, /* with its campaign */
	CAUSE_HELD,            /* in a burst */
	CAUSE_REVIEWED,        /* a case stands elsewhere */
	CAUSE_CONTACT,         /* of a silent node */
	CAUSE_REVOKED,         /* the node is no longer ours */
};

struct touch {
	uint64_t judged_at_ms;
	uint64_t mark_index;
	enum touch_kind kind;
	enum cause cause;
	uint32_t rule;
	uint32_t from, to; /* TOUCH_ALERT: from is the alert */
	uint32_t mark;
	bool is_settled;
	uint32_t sequence; /* in which it was added */
	const char *word;  /* of a fault; lives for ever */
	char object[CODE_MAX];
};

struct touch *touch_add(struct view *view, enum touch_kind kind, uint32_t rule);
struct touch *touch_object(
    struct view *view, enum touch_kind kind, uint32_t rule, const char *object);
struct touch *touch_alert(struct view *view, uint32_t alert, enum cause cause);
void touches_sort(struct view *view);

#endif
