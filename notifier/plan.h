/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When one seat hears of one alert, and what happens when it does not answer.
 * Pure: the state goes in and comes out, the time is an argument, and nothing
 * is remembered here; the rules are in prose in plan.c. The caller steps until
 * there is rest, keeps the state, and looks again at `due_ms` or when the
 * scene has changed.
 */
#ifndef NOTIFIER_PLAN_H
#define NOTIFIER_PLAN_H

#include "model/event.h"
#include "notifier/work.h"

enum { PLAN_TO_MAX = 8 };
static const uint64_t plan_never_ms = UINT64_MAX;

/* Hours in which a seat is left alone, in minutes of the local day; `from` may
 * lie behind `to`: over midnight. */
struct plan_quiet {
	bool is_set;
	uint32_t from, to;
	bool except_critical;
};

/* "head", "admin", or the id of a seat. */
struct plan_to {
	unsigned count;
	char words[PLAN_TO_MAX][WORD_MAX];
};

struct plan_rung {
	struct span after;
	struct plan_to to;
};

enum plan_group_by { PLAN_GROUP_NONE, PLAN_GROUP_RULE, PLAN_GROUP_WILAYAH };

/* What a route says of the alerts that take it. */
struct plan_route {
	struct plan_to to; /* none: as the rule's `tell` */
	enum plan_group_by group_by;
	uint64_t group_wait_ms, group_interval_ms;
	struct span repeat;
	struct plan_quiet quiet;
	bool working_days;
	bool only_digest;
	bool no_inhibit;
	unsigned rung_count;
	struct plan_rung ladder[ESCALATION_STEPS];
	uint32_t storm_count; /* 0: no limit */
	uint64_t storm_ms;
	char conflict_to[WORD_MAX]; /* a seat; empty: none */
};

enum plan_phase {
	PLAN_WAITING, /* to be told of verdict `index` */
	PLAN_TOLD,
	PLAN_OVER, /* the alert has ended */
};

struct plan_state {
	enum plan_phase phase;
	bool is_rung; /* reached by a ladder: it has none of its own */
	bool is_stormed;
	uint32_t step;      /* rungs climbed */
	uint32_t reminders; /* sent */
	uint64_t index;     /* the verdict that it waits for, or heard last */
	uint64_t raised_index;   /* what an acknowledgement must have seen */
	uint64_t since_ms;       /* waiting since */
	uint64_t told_ms;        /* first; 0: never */
	uint64_t base_ms;        /* the next rung counts from here */
	uint64_t reminded_ms;    /* and the next reminder */
	uint64_t acked_until_ms; /* 0: not acknowledged */
};

/* What holds at this moment. */
struct plan_scene {
	const struct plan_route *route;
	const struct work_clock *clock; /* of the seat */
	uint32_t severity;
	bool is_open;
	bool has_digest;    /* the seat gets one */
	bool is_inhibited;  /* a silent node lies above */
	bool is_conflicted; /* about nothing but the seat's own office */
	uint64_t silenced_until_ms; /* 0: not */
	uint64_t group_ms;          /* its group goes out then; 0: alone */
	uint64_t storm_ms;          /* no single message before; 0: free */
	uint64_t now_ms;
};

enum plan_act {
	PLAN_REST, /* nothing now */
	PLAN_TELL,
	PLAN_DROP, /* ended, and this seat never heard of it */
	PLAN_REMIND,
	PLAN_REOPEN, /* the acknowledgement has run out: remind */
	PLAN_CLIMB,  /* rung number state->step */
};

/* Why there is rest. */
enum plan_hold {
	PLAN_HOLD_NONE,
	PLAN_HOLD_DIGEST,
	PLAN_HOLD_INHIBITED,
	PLAN_HOLD_SILENCED,
	PLAN_HOLD_QUIET,
	PLAN_HOLD_GROUP,
	PLAN_HOLD_STORM,
	PLAN_HOLD_ACKNOWLEDGED,
	PLAN_HOLD_LADDER, /* the next rung or reminder */
	PLAN_HOLD_DONE,   /* nothing is to come */
	PLAN_HOLD_CONFLICT,
};

struct plan_out {
	enum plan_act act;
	enum plan_hold hold;
	uint64_t due_ms;
};
struct plan_out plan_step(
    struct plan_state *state, const struct plan_scene *scene);

/* A new alert, or one that was raised: it is to be told, again. */
void plan_begin(struct plan_state *state, uint64_t index, uint64_t now_ms);
void plan_raise(struct plan_state *state, uint64_t index, uint64_t now_ms);
/* False: it is about an older verdict, or there was nothing to answer. */
bool plan_acknowledge(
    struct plan_state *state, uint64_t index, uint64_t until_ms);

/* The first moment from `now_ms` on at which the route lets the seat be told.
 */
uint64_t plan_allowed_ms(const struct plan_route *route,
    const struct work_clock *clock, uint32_t severity, uint64_t now_ms);
/* When the next rung or reminder is due; plan_never_ms: none. */
uint64_t plan_rung_ms(const struct plan_state *state,
    const struct plan_route *route, const struct work_clock *clock);

/* ---- several alerts in one message */

struct plan_group {
	uint64_t first_ms;   /* the first that waits; 0: none */
	uint64_t flushed_ms; /* the last message; 0: none */
};
/* When the group goes out, if one joins it now. */
uint64_t plan_group_ms(const struct plan_group *group,
    const struct plan_route *route, uint64_t now_ms);

/* Messages to one seat in the running interval. */
struct plan_storm {
	uint64_t from_ms;
	uint32_t count;
};
/* When the next single message may go: `now_ms`, or the interval's end. */
uint64_t plan_storm_ms(const struct plan_storm *storm,
    const struct plan_route *route, uint64_t now_ms);
void plan_storm_add(
    struct plan_storm *storm, const struct plan_route *route, uint64_t now_ms);

#endif
