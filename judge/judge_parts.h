/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judge.c and the rules share. A rule looks at one group and says the
 * next verdict that holds; it is asked again until it has none, each time
 * after its verdict was applied.
 */
#ifndef JUDGE_JUDGE_PARTS_H
#define JUDGE_JUDGE_PARTS_H

#include "judge/judge.h"
#include "judge/case_parts.h"

/* Units that leave in one verdict: with 256 that stay, and the longest of
 * names, the event is still below EVENT_MAX. More leave in the next. */
enum { REMOVED_MAX = 64 };

/* An incident of a group that counts (rule_repeat.c). */
struct counted {
	uint32_t from, to, unit;
	uint32_t row;          /* in TABLE_INCIDENTS */
	uint32_t suspect_case; /* reports that may be of one case share it */
	uint32_t source;       /* so do those from one source */
	uint32_t is_verified;
	uint32_t is_own_case; /* a person said so */
	char act[ACT_CODE_MAX];
};

struct judge {
	uint64_t recorded_at_ms;
	uint32_t touch; /* the one that is being looked at */
	uint32_t group; /* of a touch of several */
	uint32_t steps; /* verdicts on this group so far */
	struct alert_unit units[VERDICT_UNITS_MAX];
	struct alert_unit removed[REMOVED_MAX];
	uint64_t evidence[VERDICT_EVIDENCE_MAX];
	struct table found;   /* uint32_t: unsigned units of a group */
	struct table counted; /* struct counted */
	struct table order;   /* uint32_t */
};

/* A verdict that opens an alert of this rule on this object. */
void verdict_open(const struct view *view, uint32_t rule, const char *object,
    const char *occasion, struct event *event);
/* One on an open alert. */
void verdict_follow(const struct view *view, uint32_t alert,
    enum event_kind kind, struct event *event);
/* Of a node or a case: where it lies, and what is called by that name. */
void verdict_place(
    const struct view *view, const char *wilayah, struct verdict *verdict);
/* The rule that an alert is of, if it is still one of that kind and tells the
 * same office; NO_ROW: the alert has no rule any more. */
uint32_t rule_still(const struct view *view, const struct alert_row *alert);
/* The alert is over, because of `reason`. */
bool verdict_end(const struct view *view, uint32_t alert, enum event_kind kind,
    const char *reason, struct event *event);
/* The next unit of a list. `why` may be NULL. */
void unit_put(const struct view *view, uint32_t unit, const char *why,
    struct alert_unit *to);

/* rule_unsigned.c: a group by a mark; an open alert on its own. */
bool unsigned_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);
bool unsigned_look_at_alert(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);

/* rule_repeat.c: the group of a unit; an open alert. */
bool repeat_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);
bool repeat_look_at_alert(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);

/* rule_silent.c, rule_deadline.c, rule_burst.c, rule_chain.c: what is due, or
 * was touched; an open alert. */
bool silent_look(
    const struct view *view, const struct touch *touch, struct event *event);
bool silent_look_at_alert(
    const struct view *view, const struct touch *touch, struct event *event);
bool deadline_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);
bool deadline_look_at_alert(
    const struct view *view, const struct touch *touch, struct event *event);
bool burst_look_at_unit(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);
bool burst_look_at_alert(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);
bool fault_look(struct judge *judge, const struct view *view,
    const struct touch *touch, struct event *event);
bool fault_look_at_alert(
    const struct view *view, const struct touch *touch, struct event *event);

#endif
