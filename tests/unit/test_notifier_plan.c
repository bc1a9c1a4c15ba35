/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/plan.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

enum { WIB = 7, WIT = 9, WARNING = 2, CRITICAL = 3 };
static const uint64_t minute_ms = 60000;
static const uint64_t hour_ms = 3600000;
static const uint64_t day_ms = 86400000;

static uint64_t
ms_of(const char *text, int hours)
{
	uint64_t ms;

	cr_assert_eq(calendar_ms_get(&ms, text, hours), OK);
	return ms;
}

static struct span
span_of(const char *text)
{
	struct span span;

	cr_assert_eq(span_get(&span, text), OK);
	return span;
}

/* One seat, one alert, and a clock that goes from due time to due time. */
struct rig {
	struct plan_route route;
	struct work_clock clock;
	struct plan_state state;
	struct plan_scene scene;
	char said[512]; /* "TELL 2024-09-13 19:40; ..." */
};

static void
rig_init(struct rig *rig, int hours, const char *begin)
{
	*rig = (struct rig){.clock = {.hours = hours}};
	rig->scene = (struct plan_scene){.route = &rig->route,
	    .clock = &rig->clock,
	    .severity = WARNING,
	    .is_open = true,
	    .now_ms = ms_of(begin, hours)};
	plan_begin(&rig->state, 100, rig->scene.now_ms);
}

static void
say(struct rig *rig, enum plan_act act)
{
	static const char *const words[] = {
	    "REST", "TELL", "DROP", "REMIND", "REOPEN", "CLIMB"};
	static const char *const zones[] = {"WIB", "WITA", "WIT"};
	char time[CALENDAR_TEXT_MAX];
	size_t len = strlen(rig->said);

	calendar_ms_put(time, rig->scene.now_ms, zones[rig->clock.hours - WIB]);
	time[16] = '\0'; /* without the zone */
	snprintf(rig->said + len, sizeof rig->said - len, "%s%s %s",
	    len > 0 ? "; " : "", words[act], time);
}

/* Lets the time pass from what is due to what is due, up to `end`. */
static enum plan_hold
run_until(struct rig *rig, const char *end)
{
	uint64_t end_ms = ms_of(end, rig->clock.hours);

	for (;;) {
		struct plan_out out = plan_step(&rig->state, &rig->scene);

		if (out.act != PLAN_REST) {
			say(rig, out.act);
			continue;
		}
		cr_assert_gt(out.due_ms, rig->scene.now_ms, "it stands still");
		if (out.due_ms > end_ms) {
			rig->scene.now_ms = end_ms;
			return out.hold;
		}
		rig->scene.now_ms = out.due_ms;
	}
}

Test(notifier_plan, climbs_over_a_weekend_and_a_holiday_at_the_local_minute)
{
	uint32_t monday;
	struct rig rig;

	cr_assert_eq(calendar_day_get(&monday, "2024-09-16"), OK);
	rig_init(&rig, WIT, "2024-09-13 19:40"); /* a Friday evening */
	rig.clock.off = (struct calendar_holidays){.days = &monday, .count = 1};
	rig.route.rung_count = 3;
	rig.route.ladder[0].after = span_of("4wh");
	rig.route.ladder[1].after = span_of("1wd");
	rig.route.ladder[2].after = span_of("2wd");
	cr_expect_eq(run_until(&rig, "2024-12-31"), PLAN_HOLD_DONE);
	cr_expect_str_eq(rig.said,
	    "TELL 2024-09-13 19:40; CLIMB 2024-09-17 12:00; "
	    "CLIMB 2024-09-18 12:00; CLIMB 2024-09-20 12:00");
}

Test(notifier_plan, holds_quiet_hours_and_days_off_but_not_for_the_critical)
{
	struct rig rig;

	for (uint32_t severity = WARNING; severity <= CRITICAL; severity++) {
		rig_init(&rig, WIB, "2024-09-13 22:10"); /* Friday */
		rig.route.quiet = (struct plan_quiet){.is_set = true,
		    .from = 21 * 60,
		    .to = 6 * 60,
		    .except_critical = true};
		rig.route.working_days = true;
		rig.scene.severity = severity;
		(void)run_until(&rig, "2024-09-20");
		cr_expect_str_eq(rig.said, severity == CRITICAL
					       ? "TELL 2024-09-13 22:10"
					       : "TELL 2024-09-16 06:00");
	}
}

Test(notifier_plan, an_answer_stops_the_ladder_until_it_runs_out)
{
	struct rig rig;

	rig_init(&rig, WIB, "2024-09-09 09:00");
	rig.route.rung_count = 2;
	rig.route.ladder[0].after = span_of("1h");
	rig.route.ladder[1].after = span_of("2h");
	rig.route.repeat = span_of("5h");
	(void)run_until(&rig, "2024-09-09 10:30");
	cr_expect(
	    plan_acknowledge(&rig.state, 100, ms_of("2024-09-10 09:00", WIB)));
	cr_expect_eq(
	    run_until(&rig, "2024-09-10 08:59"), PLAN_HOLD_ACKNOWLEDGED);
	(void)run_until(&rig, "2024-09-10 14:00");
	cr_expect_str_eq(rig.said,
	    "TELL 2024-09-09 09:00; CLIMB 2024-09-09 10:00; "
	    "REOPEN 2024-09-10 09:00; CLIMB 2024-09-10 11:00; "
	    "REMIND 2024-09-10 14:00");
}

Test(notifier_plan, an_answer_in_time_and_an_end_leave_nothing_to_come)
{
	struct rig rig;

	rig_init(&rig, WIB, "2024-09-09 09:00");
	rig.route.repeat = span_of("1h");
	(void)run_until(&rig, "2024-09-09 09:30");
	cr_expect(
	    plan_acknowledge(&rig.state, 100, ms_of("2024-09-09 12:00", WIB)));
	(void)run_until(&rig, "2024-09-09 11:00");
	rig.scene.is_open = false;
	cr_expect_eq(run_until(&rig, "2025-01-01"), PLAN_HOLD_DONE);
	cr_expect_str_eq(rig.said, "TELL 2024-09-09 09:00");
}

Test(notifier_plan, a_raised_alert_is_told_again_and_asks_for_a_new_answer)
{
	struct rig rig;
	uint64_t until_ms = ms_of("2024-12-31", WIB);

	rig_init(&rig, WIB, "2024-09-09 09:00");
	(void)run_until(&rig, "2024-09-09 10:00");
	cr_expect(plan_acknowledge(&rig.state, 100, until_ms));
	plan_raise(&rig.state, 140, rig.scene.now_ms);
	(void)run_until(&rig, "2024-09-09 11:00");
	cr_expect_str_eq(
	    rig.said, "TELL 2024-09-09 09:00; TELL 2024-09-09 10:00");
	cr_expect_not(plan_acknowledge(&rig.state, 100, until_ms),
	    "the answer to what was known before");
	cr_expect(plan_acknowledge(&rig.state, 140, until_ms));
}

Test(notifier_plan, what_ends_untold_is_told_to_nobody)
{
	struct rig rig;

	rig_init(&rig, WIB, "2024-09-09 09:00");
	rig.scene.is_inhibited = true;
	cr_expect_eq(run_until(&rig, "2024-09-09 12:00"), PLAN_HOLD_INHIBITED);
	rig.scene.is_open = false;
	(void)run_until(&rig, "2024-09-10");
	cr_expect_str_eq(rig.said, "DROP 2024-09-09 12:00");
}

Test(notifier_plan, what_was_inhibited_or_silenced_is_told_when_that_ends)
{
	struct rig rig;

	rig_init(&rig, WIB, "2024-09-09 09:00");
	rig.scene.is_inhibited = true;
	rig.scene.silenced_until_ms = ms_of("2024-09-09 15:00", WIB);
	(void)run_until(&rig, "2024-09-09 12:00");
	rig.scene.is_inhibited = false;
	(void)run_until(&rig, "2024-09-10");
	cr_expect_str_eq(rig.said, "TELL 2024-09-09 15:00");
}

Test(notifier_plan, a_silence_holds_the_ladder_and_its_end_lets_it_go_on)
{
	struct rig rig;

	rig_init(&rig, WIB, "2024-09-09 09:00");
	rig.route.rung_count = 1;
	rig.route.ladder[0].after = span_of("1h");
	(void)run_until(&rig, "2024-09-09 09:30");
	rig.scene.silenced_until_ms = ms_of("2024-09-09 13:00", WIB);
	cr_expect_eq(run_until(&rig, "2024-09-09 12:59"), PLAN_HOLD_SILENCED);
	(void)run_until(&rig, "2024-09-10");
	cr_expect_str_eq(
	    rig.said, "TELL 2024-09-09 09:00; CLIMB 2024-09-09 13:00");
}

Test(notifier_plan, a_seat_on_the_ladder_has_no_ladder_and_no_reminders)
{
	struct rig rig;

	rig_init(&rig, WIB, "2024-09-09 09:00");
	rig.state.is_rung = true;
	rig.route.rung_count = 1;
	rig.route.ladder[0].after = span_of("1h");
	rig.route.repeat = span_of("1h");
	cr_expect_eq(run_until(&rig, "2025-01-01"), PLAN_HOLD_DONE);
	cr_expect_str_eq(rig.said, "TELL 2024-09-09 09:00");
}

Test(notifier_plan, a_group_waits_once_and_then_keeps_its_interval)
{
	struct plan_route route = {
	    .group_wait_ms = 5 * minute_ms, .group_interval_ms = hour_ms};
	struct plan_group group = {0};
	uint64_t at_ms = 100 * day_ms;

	cr_expect_eq(
	    plan_group_ms(&group, &route, at_ms), at_ms + 5 * minute_ms);
	group.first_ms = at_ms;
	cr_expect_eq(plan_group_ms(&group, &route, at_ms + minute_ms),
	    at_ms + 5 * minute_ms, "a later one does not put it off");
	group = (struct plan_group){.flushed_ms = at_ms};
	cr_expect_eq(
	    plan_group_ms(&group, &route, at_ms + minute_ms), at_ms + hour_ms);
	cr_expect_eq(plan_group_ms(&group, &route, at_ms + 2 * hour_ms),
	    at_ms + 2 * hour_ms + 5 * minute_ms);
}

Test(notifier_plan, a_storm_lets_so_many_single_messages_go_an_interval)
{
	struct plan_route route = {.storm_count = 2, .storm_ms = hour_ms};
	struct plan_storm storm = {0};
	uint64_t at_ms = 100 * day_ms;

	for (unsigned i = 0; i < 2; i++) {
		cr_expect_eq(plan_storm_ms(&storm, &route, at_ms), at_ms);
		plan_storm_add(&storm, &route, at_ms);
	}
	cr_expect_eq(
	    plan_storm_ms(&storm, &route, at_ms + minute_ms), at_ms + hour_ms);
	cr_expect_eq(plan_storm_ms(&storm, &route, at_ms + hour_ms),
	    at_ms + hour_ms, "a new interval");
}

/* A year of days in each zone: an alert at a varying hour of each, which
 * nobody answers. What must hold whatever the calendar is. */
static void
hold_one(int hours, uint64_t begin_ms, const struct calendar_holidays *off)
{
	struct rig rig;
	uint64_t told_ms = 0, rung_ms[2] = {0};
	unsigned rungs = 0;

	rig_init(&rig, hours, "2024-01-01");
	rig.scene.now_ms = begin_ms;
	plan_begin(&rig.state, 1, begin_ms);
	rig.clock.off = *off;
	rig.route.quiet =
	    (struct plan_quiet){.is_set = true, .from = 21 * 60, .to = 6 * 60};
	rig.route.working_days = true;
	rig.route.rung_count = 2;
	rig.route.ladder[0].after = span_of("4wh");
	rig.route.ladder[1].after = span_of("1wd");
	for (;;) {
		struct plan_out out = plan_step(&rig.state, &rig.scene);
		uint64_t minute =
		    (rig.scene.now_ms / minute_ms + (uint64_t)hours * 60) %
		    1440;

		if (out.act == PLAN_REST && out.due_ms == plan_never_ms)
			break;
		if (out.act == PLAN_REST) {
			rig.scene.now_ms = out.due_ms;
			continue;
		}
		cr_expect(work_is_day(&rig.clock, rig.scene.now_ms));
		cr_expect(minute >= 360 && minute < 1260);
		if (out.act == PLAN_TELL)
			told_ms = rig.scene.now_ms;
		else
			rung_ms[rungs++] = rig.scene.now_ms;
	}
	cr_expect_eq(rungs, 2);
	cr_expect(told_ms >= begin_ms && told_ms < begin_ms + 14 * day_ms);
	cr_expect(rung_ms[0] > told_ms && rung_ms[1] >= rung_ms[0] + day_ms);
}

Test(notifier_plan, holds_its_hours_through_a_year_of_calendars_in_three_zones)
{
	static const char *const dates[] = {"2024-01-01", "2024-02-08",
	    "2024-02-09", "2024-03-11", "2024-03-12", "2024-03-29",
	    "2024-04-08", "2024-04-09", "2024-04-10", "2024-04-11",
	    "2024-04-12", "2024-04-15", "2024-05-01", "2024-05-09",
	    "2024-05-10", "2024-05-23", "2024-05-24", "2024-06-17",
	    "2024-06-18", "2024-09-16", "2024-11-27", "2024-12-25",
	    "2024-12-26"};
	uint32_t days[sizeof dates / sizeof dates[0]];
	struct calendar_holidays off = {
	    .days = days, .count = sizeof dates / sizeof dates[0]};

	for (unsigned i = 0; i < off.count; i++)
		cr_assert_eq(calendar_day_get(&days[i], dates[i]), OK);
	for (int hours = WIB; hours <= WIT; hours++)
		for (unsigned day = 0; day < 366; day++)
			hold_one(hours,
			    ms_of("2024-01-01", hours) + day * day_ms +
				day * 437 % 1440 * minute_ms,
			    &off);
}
