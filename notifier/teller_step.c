/* SPDX-License-Identifier: Apache-2.0 */
/* One watch, stepped: the scene around it, and what comes of it. */
#include "notifier/teller_inner.h"

#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEVERITY_WARNING = 2, ROUNDS_MAX = 250 };
static const char stormed[] = "!storm";

struct stepping {
	struct teller *teller;
	struct teller_view *view;
	struct ledger_watch watch;
	uint64_t now_ms;
};

/* ---- groups and storms in the ledger */

static struct bytes
group_name(char at[LEDGER_NAME_MAX], const char *seat, const char *group)
{
	int len = snprintf(at, LEDGER_NAME_MAX, "%s%c%s", seat, '\0', group);

	return bytes_of((const uint8_t *)at, (size_t)len);
}

static void
load_pair(struct ledger *ledger, enum ledger_kept kept, struct bytes name,
    uint64_t pair[2])
{
	struct bytes value;

	if (ledger_kept(ledger, kept, name, &value) != OK || value.len != 16)
		return;
	pair[0] = be64_get(value.at);
	pair[1] = be64_get(value.at + 8);
}

static void
keep_pair(struct ledger *ledger, enum ledger_kept kept, struct bytes name,
    uint64_t first, uint64_t second)
{
	uint8_t at[16];

	be64_put(at, first);
	be64_put(at + 8, second);
	ledger_keep(ledger, kept, name, bytes_of(at, sizeof at));
}

static void
load_group(struct teller *teller, struct teller_view *view, const char *seat)
{
	char name[LEDGER_NAME_MAX];
	uint64_t group[2] = {0}, storm[2] = {0};

	if (view->group[0] != '\0')
		load_pair(teller->options.ledger, LEDGER_KEPT_GROUP,
		    group_name(name, seat, view->group), group);
	load_pair(teller->options.ledger, LEDGER_KEPT_STORM,
	    bytes_of_text(seat), storm);
	view->waits =
	    (struct plan_group){.first_ms = group[0], .flushed_ms = group[1]};
	view->storm = (struct plan_storm){
	    .from_ms = storm[0], .count = (uint32_t)storm[1]};
}

static void
keep_group(const struct stepping *stepping)
{
	const struct teller_view *view = stepping->view;
	char name[LEDGER_NAME_MAX];

	if (view->group[0] != '\0')
		keep_pair(stepping->teller->options.ledger, LEDGER_KEPT_GROUP,
		    group_name(name, stepping->watch.seat, view->group),
		    view->waits.first_ms, view->waits.flushed_ms);
}

static void
name_group(struct teller_view *view, const char *region)
{
	const struct verdict *verdict = &view->event.verdict;
	char place[WILAYAH_MAX], district[WILAYAH_MAX];

	view->group[0] = '\0';
	switch (view->node->route.group_by) {
	case PLAN_GROUP_NONE:
		return;
	case PLAN_GROUP_RULE:
		snprintf(view->group, sizeof view->group, "%s %s",
		    view->node->name, verdict->rule);
		return;
	case PLAN_GROUP_WILAYAH:
		routes_place(verdict, region, place);
		wilayah_district(place, district);
		snprintf(view->group, sizeof view->group, "%s %s",
		    view->node->name, district);
		return;
	}
}

static bool
is_opened(const struct teller *teller, const char *seat, const char *group)
{
	for (unsigned i = 0; i < teller->open_count; i++)
		if (strcmp(teller->opens[i].seat, seat) == 0 &&
		    strcmp(teller->opens[i].group, group) == 0)
			return true;
	return false;
}

static void
open_group(struct teller *teller, const char *seat, const char *group)
{
	struct open_group *made;

	teller->opens = xrealloc(
	    teller->opens, teller->open_count + 1, sizeof *teller->opens);
	made = &teller->opens[teller->open_count++];
	(void)text_copy(made->seat, sizeof made->seat, seat);
	(void)text_copy(made->group, sizeof made->group, group);
}

/* ---- the scene */

static void
set_group_scene(struct teller *teller, struct teller_view *view,
    const struct ledger_watch *watch, uint64_t now_ms)
{
	const struct plan_route *route = &view->node->route;
	struct plan_scene *scene = &view->scene;
	const char *group = watch->state.is_stormed ? stormed : view->group;
	bool is_open_now =
	    group[0] != '\0' && is_opened(teller, watch->seat, group);

	load_group(teller, view, watch->seat);
	if (is_open_now || watch->state.is_stormed)
		scene->group_ms = 0;
	else if (view->group[0] != '\0')
		scene->group_ms = plan_group_ms(&view->waits, route, now_ms);
	else
		scene->group_ms = watch->state.since_ms + route->group_wait_ms;
	scene->storm_ms =
	    is_open_now ? 0 : plan_storm_ms(&view->storm, route, now_ms);
}

enum err
teller_look(struct teller *teller, struct teller_view *view,
    const struct ledger_watch *watch, uint64_t now_ms)
{
	const struct teller_options *options = &teller->options;
	const struct verdict *verdict = &view->event.verdict;
	uint64_t index = watch->state.index;
	const struct seat_row *seat = seats_by_id(teller->seats, watch->seat);
	struct ledger_alert alert;
	struct bytes bytes;

	if (ledger_alert(options->ledger, watch->alert, &alert) != OK ||
	    ledger_verdict(options->ledger, watch->alert, &index, &bytes) !=
		OK ||
	    wire_unpack(teller->wire, bytes, &view->event) != REJECT_NONE)
		return ERR_NOTFOUND;
	view->node = routes_find(options->routes, verdict, options->region);
	view->clock =
	    (struct work_clock){.hours = wilayah_zone_hours(
				    seat != NULL ? seat->zone : options->zone),
		.off = *teller->off};
	view->scene = (struct plan_scene){.route = &view->node->route,
	    .clock = &view->clock,
	    .severity =
		verdict->severity > 0 ? verdict->severity : SEVERITY_WARNING,
	    .is_open = alert.is_open,
	    .has_digest = routes_has_digest(options->routes, watch->seat),
	    .is_inhibited = teller_is_inhibited(teller, verdict),
	    .is_conflicted = routes_conflict(options->routes, watch->seat,
				 verdict) == ROUTES_WHOLE,
	    .silenced_until_ms =
		teller_silenced_until(teller, verdict, watch->seat, now_ms),
	    .now_ms = now_ms};
	name_group(view, options->region);
	set_group_scene(teller, view, watch, now_ms);
	return OK;
}

/* ---- what comes of it */

static struct telling
telling_of(const struct stepping *stepping, enum route_tone tone)
{
	const struct ledger_watch *watch = &stepping->watch;
	struct telling telling = {.index = watch->state.index,
	    .note = watch->note,
	    .tone = tone,
	    .group_min = 2};

	memcpy(telling.alert, watch->alert, EVENT_ID_SIZE);
	return telling;
}

/* To whoever answers for the seat at this moment. */
static void
add_to_holders(
    const struct stepping *stepping, struct telling *telling, const char *seat)
{
	struct pick_source source =
	    teller_picks(stepping->teller, stepping->now_ms);
	struct picks picks = {0};

	pick_holders(&picks, &source, seat, &stepping->view->node->route,
	    &stepping->view->event.verdict);
	for (unsigned i = 0; i < picks.count; i++) {
		(void)text_copy(telling->seat, WORD_MAX, picks.at[i].seat);
		(void)text_copy(telling->term, WORD_MAX,
		    pick_term(&source, picks.at[i].seat));
		if (picks.at[i].note != ROUTE_AS_MEANT)
			telling->note = picks.at[i].note;
		teller_add(stepping->teller, telling);
	}
}

static void
count_storm(const struct stepping *stepping)
{
	struct plan_storm *storm = &stepping->view->storm;

	plan_storm_add(storm, &stepping->view->node->route, stepping->now_ms);
	keep_pair(stepping->teller->options.ledger, LEDGER_KEPT_STORM,
	    bytes_of_text(stepping->watch.seat), storm->from_ms, storm->count);
}

static void
do_tell(struct stepping *stepping)
{
	struct teller_view *view = stepping->view;
	struct ledger_watch *watch = &stepping->watch;
	struct telling telling = telling_of(stepping, ROUTE_TOLD);
	const char *group = watch->state.is_stormed ? stormed : view->group;

	(void)text_copy(telling.group, sizeof telling.group, group);
	if (group[0] == '\0') {
		count_storm(stepping);
	} else if (!is_opened(stepping->teller, watch->seat, group)) {
		open_group(stepping->teller, watch->seat, group);
		count_storm(stepping);
	}
	if (!watch->state.is_stormed && view->group[0] != '\0') {
		view->waits =
		    (struct plan_group){.flushed_ms = stepping->now_ms};
		keep_group(stepping);
	}
	watch->state.is_stormed = false;
	add_to_holders(stepping, &telling, watch->seat);
}

static void
do_remind(struct stepping *stepping, enum route_tone tone)
{
	struct telling telling = telling_of(stepping, tone);

	if (stepping->watch.state.reminders > ROUNDS_MAX)
		return;
	telling.round = (uint8_t)stepping->watch.state.reminders;
	add_to_holders(stepping, &telling, stepping->watch.seat);
}

/* One seat that a rung reaches: told for the first time, or reminded. */
static void
reach(struct stepping *stepping, const struct pick *pick)
{
	struct ledger *ledger = stepping->teller->options.ledger;
	struct telling telling = telling_of(stepping, ROUTE_ESCALATED);
	const struct plan_state *state = &stepping->watch.state;
	struct pick_source source =
	    teller_picks(stepping->teller, stepping->now_ms);
	struct ledger_watch watch;
	struct alert_escalated body = {
	    .verdict = state->index, .step = state->step};

	telling.step = state->step;
	telling.note = pick->note;
	(void)text_copy(telling.seat, WORD_MAX, pick->seat);
	(void)text_copy(telling.term, WORD_MAX, pick_term(&source, pick->seat));
	if (strcmp(pick->seat, stepping->watch.seat) == 0) {
		telling.round = (uint8_t)++stepping->watch.state.reminders;
	} else if (ledger_watch(ledger, stepping->watch.alert, pick->seat,
		       &watch) == OK) {
		telling.round = (uint8_t)++watch.state.reminders;
		ledger_set_watch(ledger, &watch);
	} else {
		watch = (struct ledger_watch){
		    .note = pick->note, .due_ms = plan_never_ms};
		memcpy(watch.alert, stepping->watch.alert, EVENT_ID_SIZE);
		(void)text_copy(watch.seat, sizeof watch.seat, pick->seat);
		plan_begin(&watch.state, state->index, stepping->now_ms);
		watch.state.is_rung = true;
		watch.state.phase = PLAN_TOLD;
		watch.state.told_ms = stepping->now_ms;
		ledger_set_watch(ledger, &watch);
	}
	teller_add(stepping->teller, &telling);
	memcpy(body.alert, stepping->watch.alert, EVENT_ID_SIZE);
	(void)text_copy(body.seat, WORD_MAX, pick->seat);
	(void)text_copy(body.term, WORD_MAX, telling.term);
	teller_say(stepping->teller, &body, stepping->now_ms);
	log_info("alert-escalated entry=%" PRIu64 " step=%u from=%s to=%s",
	    state->index, state->step, stepping->watch.seat, pick->seat);
}

static void
do_climb(struct stepping *stepping)
{
	const struct plan_route *route = &stepping->view->node->route;
	const struct plan_rung *rung =
	    &route->ladder[stepping->watch.state.step - 1];
	struct pick_source source =
	    teller_picks(stepping->teller, stepping->now_ms);
	struct picks picks;

	pick_seats(
	    &picks, &source, route, &rung->to, &stepping->view->event.verdict);
	for (unsigned i = 0; i < picks.count; i++)
		reach(stepping, &picks.at[i]);
}

static void
act(struct stepping *stepping, enum plan_act what)
{
	switch (what) {
	case PLAN_REST:
	case PLAN_DROP:
		return;
	case PLAN_TELL:
		do_tell(stepping);
		return;
	case PLAN_REMIND:
		do_remind(stepping, ROUTE_REMINDED);
		return;
	case PLAN_REOPEN:
		do_remind(stepping, ROUTE_REOPENED);
		return;
	case PLAN_CLIMB:
		do_climb(stepping);
		return;
	}
}

void
teller_step_watch(
    struct teller *teller, const struct ledger_watch *watch, uint64_t now_ms)
{
	struct teller_view *view = xcalloc(1, sizeof *view);
	struct stepping stepping = {
	    .teller = teller, .view = view, .watch = *watch, .now_ms = now_ms};
	struct plan_out out = {.hold = PLAN_HOLD_DONE, .due_ms = plan_never_ms};

	teller_check_answer(teller, &stepping.watch, now_ms);
	while (teller_look(teller, view, &stepping.watch, now_ms) == OK) {
		out = plan_step(&stepping.watch.state, &view->scene);
		if (out.act == PLAN_REST)
			break;
		act(&stepping, out.act);
	}
	if (out.hold == PLAN_HOLD_GROUP && view->group[0] != '\0' &&
	    view->waits.first_ms == 0) {
		view->waits.first_ms = now_ms;
		keep_group(&stepping);
	}
	/* Past this seat from now on: somebody else has to hear. */
	if (out.hold == PLAN_HOLD_CONFLICT && watch->hold != out.hold)
		(void)teller_begin_watches(
		    teller, &view->event.verdict, watch->state.index, now_ms);
	stepping.watch.hold = out.hold;
	stepping.watch.due_ms = out.due_ms;
	ledger_set_watch(teller->options.ledger, &stepping.watch);
	free(view);
}
