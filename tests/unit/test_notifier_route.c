/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/route.h"

#include "tests/unit/test_notifier_rig.h"

#include <criterion/criterion.h>

/* "seat/term/channel ...", then the note. */
static const char *
plan_text(const struct route_plan *plan, struct text_buf *out)
{
	text_buf_clear(out);
	*out = (struct text_buf){0};
	for (unsigned i = 0; i < plan->count; i++)
		text_buf_add(out, "%s/%s/%s ", plan->targets[i].seat,
		    plan->targets[i].term, plan->targets[i].channel);
	text_buf_add(out, "%d", (int)plan->note);
	return out->at;
}

static const char *
picked(const struct event *event, const struct seats *seats, uint64_t now_ms,
    struct text_buf *out)
{
	struct route_plan plan;

	route_pick(&event->verdict, FEED_REGION, seats, now_ms, &plan);
	return plan_text(&plan, out);
}

Test(notifier_route, tells_the_holder_of_the_head_seat_at_that_moment)
{
	struct seat_row rows[] = {a_seat("admin", "73.04", ROLE_ADMIN),
	    a_seat("kepala", "73.04", ROLE_HEAD)};
	struct seats seats = {.rows = rows, .count = 2};
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct text_buf out = {0};
	static const struct {
		int64_t after_noon_ms;
		const char *want;
	} cases[] = {
	    {-1, "kepala/pj-1/mail 0"},
	    {0, "kepala/pj-2/mail 0"}, /* from is within, to is not */
	    {3599999, "kepala/pj-2/mail 0"},
	    {3600000, "admin//mail 2"}, /* nobody holds it: the admin, noted */
	    {-86400001, "admin//mail 2"},
	};

	add_term(&rows[1], "pj-1", feed_noon_ms - 86400000, feed_noon_ms);
	add_term(&rows[1], "pj-2", feed_noon_ms, feed_noon_ms + 3600000);
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
		cr_assert_str_eq(
		    picked(&event, &seats,
			feed_noon_ms + (uint64_t)cases[i].after_noon_ms, &out),
		    cases[i].want, "case %u: %s", i, out.at);
	text_buf_clear(&out);
}

Test(notifier_route, tells_every_admin_around_the_region_and_no_other)
{
	struct seat_row rows[] = {a_seat("provinsi", "73", ROLE_ADMIN),
	    a_seat("kab", "73.04", ROLE_ADMIN),
	    a_seat("lain", "73.05", ROLE_ADMIN),
	    a_seat("kec", "73.04.01", ROLE_ADMIN),
	    a_seat("kepala", "73.04", ROLE_HEAD)};
	struct seats seats = {.rows = rows, .count = 5};
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	struct text_buf out = {0};

	add_term(&rows[4], "pj-1", 1, 0);
	cr_assert_str_eq(picked(&event, &seats, feed_noon_ms, &out),
	    "provinsi//mail kab//mail 0");
	text_buf_clear(&out);
}

Test(notifier_route, picks_the_nearest_head_and_all_its_channels)
{
	struct seat_row rows[] = {a_seat("gubernur", "73", ROLE_HEAD),
	    a_seat("bupati", "73.04", ROLE_HEAD),
	    a_seat("tetangga", "73.05", ROLE_HEAD)};
	struct seats seats = {.rows = rows, .count = 3};
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct text_buf out = {0};

	for (unsigned i = 0; i < 3; i++)
		add_term(&rows[i], "t", 1, 0);
	CHECK(text_copy(rows[1].channels[1], WORD_MAX, "webhook"));
	rows[1].channel_count = 2;
	cr_assert_str_eq(picked(&event, &seats, feed_noon_ms, &out),
	    "bupati/t/mail bupati/t/webhook 0");
	/* A kecamatan lies within the kabupaten. */
	CHECK(text_copy(event.verdict.object, CODE_MAX, "73.04.02"));
	cr_assert_str_eq(picked(&event, &seats, feed_noon_ms, &out),
	    "bupati/t/mail bupati/t/webhook 0");
	text_buf_clear(&out);
}

Test(notifier_route, finds_where_an_opd_or_a_unit_lies_by_its_units)
{
	struct alert_unit units[] = {a_unit("PKM-1", "", "73.04.02.2001"),
	    a_unit("PKM-2", "", "73.04.02"), a_unit("PKM-3", "", "73.04.03")};
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	char wilayah[WILAYAH_MAX];
	static const char *const want[] = {
	    "73.04", "73.04.02.2001", "73.04.02", "73.04"};

	CHECK(text_copy(event.verdict.object, CODE_MAX, "DINKES"));
	event.verdict.units = units;
	for (unsigned count = 0; count <= 3; count++) {
		event.verdict.unit_count = count;
		route_wilayah(&event.verdict, FEED_REGION, wilayah);
		cr_assert_str_eq(wilayah, want[count], "%u units", count);
	}
	event.verdict.unit_count = 0; /* the last has left */
	event.verdict.removed = units;
	event.verdict.removed_count = 1;
	route_wilayah(&event.verdict, FEED_REGION, wilayah);
	cr_assert_str_eq(wilayah, "73.04.02.2001");
}

Test(notifier_route, says_when_there_is_no_head_seat_and_when_there_is_nobody)
{
	struct seat_row rows[] = {a_seat("admin", "73.04", ROLE_ADMIN),
	    a_seat("tetangga", "73.05", ROLE_HEAD)};
	struct seats seats = {.rows = rows, .count = 2};
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct text_buf out = {0};

	add_term(&rows[1], "t", 1, 0);
	cr_assert_str_eq(
	    picked(&event, &seats, feed_noon_ms, &out), "admin//mail 1");
	seats.count = 0;
	cr_assert_str_eq(picked(&event, &seats, feed_noon_ms, &out), "1");
	text_buf_clear(&out);
}

Test(notifier_route, counts_whom_it_has_no_room_for)
{
	static struct seat_row rows[ROUTE_TARGETS_MAX + 2];
	struct seats seats = {.rows = rows, .count = ROUTE_TARGETS_MAX + 2};
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_ADMIN);
	struct route_plan plan;

	for (unsigned i = 0; i < seats.count; i++)
		rows[i] = a_seat("admin", "73", ROLE_ADMIN);
	route_pick(&event.verdict, FEED_REGION, &seats, 0, &plan);
	cr_assert_eq(plan.count, ROUTE_TARGETS_MAX);
	cr_assert_eq(plan.left_out, 2);
}
