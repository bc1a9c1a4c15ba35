/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules, in prose.
 *
 * A waiting alert is told when nothing holds it back, in this order: it goes
 * with the digest alone (if its seat gets one); a node above it is silent;
 * somebody silenced it; the hour is quiet or the day is none of work (which a
 * critical one may be excused from); its group still waits; the seat has had
 * its share of messages. One that ends before it was told is told to nobody.
 *
 * Once told, rungs of the ladder and reminders follow each other until the
 * alert ends. An acknowledgement stops both until it runs out; then the seat is
 * reminded, and the rung that stood next is due its whole pause later. A
 * silence stops them too, but what became due meanwhile follows at its end. A
 * raised alert is told again and needs a new answer.
 *
 * Above all that stands conflict, asked anew at each step: while an alert is
 * about nothing but the seat's own office, nothing of it is told to that seat.
 */
#include "notifier/plan.h"

#include "core/err.h"

enum {
	SEVERITY_CRITICAL = 3,
	TURNS_MAX = 2 * WORK_DAYS_MAX, /* of the search for an open hour */
};

static bool
is_quiet(const struct plan_quiet *quiet, uint32_t minute)
{
	if (!quiet->is_set)
		return false;
	if (quiet->from <= quiet->to)
		return minute >= quiet->from && minute < quiet->to;
	return minute >= quiet->from || minute < quiet->to;
}

static uint64_t
quiet_end_ms(const struct plan_quiet *quiet, const struct work_clock *clock,
    uint64_t at_ms)
{
	uint32_t day = work_day_of(clock, at_ms);

	if (work_minute_of(clock, at_ms) >= quiet->to)
		day++;
	return work_ms_of(clock, day, quiet->to);
}

uint64_t
plan_allowed_ms(const struct plan_route *route, const struct work_clock *clock,
    uint32_t severity, uint64_t now_ms)
{
	uint64_t at_ms = now_ms;

	if (route->quiet.except_critical && severity == SEVERITY_CRITICAL)
		return now_ms;
	for (unsigned i = 0; i < TURNS_MAX; i++)
		if (route->working_days && !work_is_day(clock, at_ms))
			at_ms = work_next_day(clock, at_ms);
		else if (is_quiet(&route->quiet, work_minute_of(clock, at_ms)))
			at_ms = quiet_end_ms(&route->quiet, clock, at_ms);
		else
			break;
	return at_ms;
}

static struct plan_out
rest(enum plan_hold hold, uint64_t due_ms)
{
	return (struct plan_out){
	    .act = PLAN_REST, .hold = hold, .due_ms = due_ms};
}

static struct plan_out
act(enum plan_act what, uint64_t now_ms)
{
	return (struct plan_out){.act = what, .due_ms = now_ms};
}

static struct plan_out
step_waiting(struct plan_state *state, const struct plan_scene *scene)
{
	const struct plan_route *route = scene->route;
	uint64_t now_ms = scene->now_ms, allowed_ms;

	if (route->only_digest && scene->has_digest)
		return rest(PLAN_HOLD_DIGEST, plan_never_ms);
	if (scene->is_inhibited && !route->no_inhibit)
		return rest(PLAN_HOLD_INHIBITED, plan_never_ms);
	if (scene->silenced_until_ms > now_ms)
		return rest(PLAN_HOLD_SILENCED, scene->silenced_until_ms);
	allowed_ms =
	    plan_allowed_ms(route, scene->clock, scene->severity, now_ms);
	if (allowed_ms > now_ms)
		return rest(PLAN_HOLD_QUIET, allowed_ms);
	if (scene->group_ms > now_ms)
		return rest(PLAN_HOLD_GROUP, scene->group_ms);
	if (scene->storm_ms > now_ms) {
		state->is_stormed = true;
		return rest(PLAN_HOLD_STORM, scene->storm_ms);
	}
	state->phase = PLAN_TOLD;
	if (state->told_ms == 0)
		state->told_ms = now_ms;
	state->base_ms = state->reminded_ms = now_ms;
	return act(PLAN_TELL, now_ms);
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
ladder_ms(const struct plan_state *state, const struct plan_route *route,
    const struct work_clock *clock)
{
	if (state->is_rung || state->step >= route->rung_count)
		return plan_never_ms;
	return work_after(
	    clock, state->base_ms, &route->ladder[state->step].after);
}

static uint64_t
reminder_ms(const struct plan_state *state, const struct plan_route *route,
    const struct work_clock *clock)
{
	return state->is_rung
		   ? plan_never_ms
		   : work_after(clock, state->reminded_ms, &route->repeat);
}

uint64_t
plan_rung_ms(const struct plan_state *state, const struct plan_route *route,
    const struct work_clock *clock)
{
	return least(
	    ladder_ms(state, route, clock), reminder_ms(state, route, clock));
}

/* One of them is due, and nothing holds it back. */
static struct plan_out
step_on(struct plan_state *state, const struct plan_scene *scene)
{
	uint64_t now_ms = scene->now_ms;

	if (state->acked_until_ms > 0) {
		state->acked_until_ms = 0;
		state->base_ms = state->reminded_ms = now_ms;
		state->reminders++;
		return act(PLAN_REOPEN, now_ms);
	}
	if (ladder_ms(state, scene->route, scene->clock) <= now_ms) {
		state->base_ms = now_ms;
		state->step++;
		return act(PLAN_CLIMB, now_ms);
	}
	state->reminded_ms = now_ms;
	state->reminders++;
	return act(PLAN_REMIND, now_ms);
}

static struct plan_out
step_told(struct plan_state *state, const struct plan_scene *scene)
{
	uint64_t now_ms = scene->now_ms, due_ms, allowed_ms;

	due_ms = state->acked_until_ms > 0
		     ? state->acked_until_ms
		     : plan_rung_ms(state, scene->route, scene->clock);
	if (due_ms > now_ms)
		return rest(state->acked_until_ms > 0 ? PLAN_HOLD_ACKNOWLEDGED
			    : due_ms == plan_never_ms ? PLAN_HOLD_DONE
						      : PLAN_HOLD_LADDER,
		    due_ms);
	if (scene->silenced_until_ms > now_ms)
		return rest(PLAN_HOLD_SILENCED, scene->silenced_until_ms);
	allowed_ms = plan_allowed_ms(
	    scene->route, scene->clock, scene->severity, now_ms);
	if (allowed_ms > now_ms)
		return rest(PLAN_HOLD_QUIET, allowed_ms);
	return step_on(state, scene);
}

struct plan_out
plan_step(struct plan_state *state, const struct plan_scene *scene)
{
	if (state->phase == PLAN_OVER)
		return rest(PLAN_HOLD_DONE, plan_never_ms);
	if (!scene->is_open) {
		state->phase = PLAN_OVER;
		return state->told_ms == 0
			   ? act(PLAN_DROP, scene->now_ms)
			   : rest(PLAN_HOLD_DONE, plan_never_ms);
	}
	if (scene->is_conflicted)
		return rest(PLAN_HOLD_CONFLICT, plan_never_ms);
	return state->phase == PLAN_WAITING ? step_waiting(state, scene)
					    : step_told(state, scene);
}

void
plan_begin(struct plan_state *state, uint64_t index, uint64_t now_ms)
{
	*state = (struct plan_state){.phase = PLAN_WAITING,
	    .index = index,
	    .raised_index = index,
	    .since_ms = now_ms};
}

void
plan_raise(struct plan_state *state, uint64_t index, uint64_t now_ms)
{
	state->phase = PLAN_WAITING;
	state->is_stormed = false;
	state->index = state->raised_index = index;
	state->since_ms = now_ms;
	state->acked_until_ms = 0;
}

bool
plan_acknowledge(struct plan_state *state, uint64_t index, uint64_t until_ms)
{
	if (state->phase != PLAN_TOLD || index < state->raised_index ||
	    until_ms <= state->acked_until_ms)
		return false;
	state->acked_until_ms = until_ms;
	return true;
}

uint64_t
plan_group_ms(const struct plan_group *group, const struct plan_route *route,
    uint64_t now_ms)
{
	uint64_t first_ms = group->first_ms > 0 ? group->first_ms : now_ms;
	uint64_t due_ms = first_ms + route->group_wait_ms;
	uint64_t free_ms = group->flushed_ms > 0
			       ? group->flushed_ms + route->group_interval_ms
			       : 0;

	return due_ms > free_ms ? due_ms : free_ms;
}

static bool
storm_runs(const struct plan_storm *storm, const struct plan_route *route,
    uint64_t now_ms)
{
	return storm->from_ms > 0 && now_ms - storm->from_ms < route->storm_ms;
}

uint64_t
plan_storm_ms(const struct plan_storm *storm, const struct plan_route *route,
    uint64_t now_ms)
{
	if (route->storm_count == 0 || !storm_runs(storm, route, now_ms) ||
	    storm->count < route->storm_count)
		return now_ms;
	return storm->from_ms + route->storm_ms;
}

void
plan_storm_add(
    struct plan_storm *storm, const struct plan_route *route, uint64_t now_ms)
{
	if (route->storm_count == 0)
		return;
	if (!storm_runs(storm, route, now_ms))
		*storm = (struct plan_storm){.from_ms = now_ms};
	storm->count++;
}
