/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conflict, in prose. An alert that is about nothing but the reader's own
 * office goes past it to the seat that the route names for that, or, where none
 * is named or that one is concerned itself, to the regional admins, who are
 * told why. An alert that is partly about it reaches both: the reader without
 * the names of its own units, the other in full. An admin seat that is
 * concerned itself is passed over too, also one that stands in for a seat that
 * nobody holds; where nobody is left, the alert counts as one without a seat.
 */
#include "notifier/pick.h"

#include <string.h>

enum { ROLE_ADMIN = 1, ROLE_HEAD = 2 };

static void
add(struct picks *picks, const char *seat, enum route_note note,
    const char *past)
{
	struct pick *pick;

	for (unsigned i = 0; i < picks->count; i++)
		if (strcmp(picks->at[i].seat, seat) == 0)
			return;
	if (picks->count == ROUTE_TARGETS_MAX) {
		picks->left_out++;
		return;
	}
	pick = &picks->at[picks->count++];
	*pick = (struct pick){.note = note};
	(void)text_copy(pick->seat, sizeof pick->seat, seat);
	(void)text_copy(pick->past, sizeof pick->past, past);
}

static void
add_plan(struct picks *picks, const struct route_plan *plan)
{
	for (unsigned i = 0; i < plan->count; i++)
		add(picks, plan->targets[i].seat, plan->note, "");
	picks->left_out += plan->left_out;
}

static void
add_admins(struct picks *picks, const struct pick_source *source,
    enum route_note note, const char *past)
{
	struct route_plan plan;

	route_admins(source->region, source->seats, source->now_ms, &plan);
	for (unsigned i = 0; i < plan.count; i++)
		add(picks, plan.targets[i].seat, note, past);
}

static void
add_role(struct picks *picks, const struct pick_source *source, uint32_t role,
    const struct verdict *verdict)
{
	struct verdict meant = *verdict;
	struct route_plan plan;

	meant.tell = role;
	route_pick(
	    &meant, source->region, source->seats, source->now_ms, &plan);
	add_plan(picks, &plan);
}

/* Itself or its stand-ins, before anybody asks what the alert is about. */
static void
add_holders(
    struct picks *picks, const struct pick_source *source, const char *id)
{
	const struct seat_row *seat = seats_by_id(source->seats, id);

	if (seat == NULL)
		add_admins(picks, source, ROUTE_NO_HEAD_SEAT, "");
	else if (seat->role == ROLE_HEAD &&
		 route_term(seat, source->now_ms) == NULL)
		add_admins(picks, source, ROUTE_NO_TERM, "");
	else
		add(picks, id, ROUTE_AS_MEANT, "");
}

static void
add_word(struct picks *picks, const struct pick_source *source,
    const char *word, const struct verdict *verdict)
{
	if (strcmp(word, "head") == 0)
		add_role(picks, source, ROLE_HEAD, verdict);
	else if (strcmp(word, "admin") == 0)
		add_role(picks, source, ROLE_ADMIN, verdict);
	else
		add_holders(picks, source, word);
}

static bool
may_hear(const struct pick_source *source, const char *seat,
    const struct verdict *verdict)
{
	return routes_conflict(source->routes, seat, verdict) != ROUTES_WHOLE;
}

/* Whoever hears in place of `past`. */
static void
add_beyond(struct picks *picks, const struct pick_source *source,
    const struct plan_route *route, const char *past,
    const struct verdict *verdict)
{
	struct picks admins = {0};

	if (route->conflict_to[0] != '\0' &&
	    seats_by_id(source->seats, route->conflict_to) != NULL &&
	    may_hear(source, route->conflict_to, verdict)) {
		add(picks, route->conflict_to, ROUTE_CONFLICT, past);
		return;
	}
	add_admins(&admins, source, ROUTE_CONFLICT_BARE, past);
	for (unsigned i = 0; i < admins.count; i++)
		if (may_hear(source, admins.at[i].seat, verdict))
			add(picks, admins.at[i].seat, ROUTE_CONFLICT_BARE,
			    past);
}

/* `pick`, or who hears past it, or both. */
static void
add_past_conflict(struct picks *picks, const struct pick_source *source,
    const struct plan_route *route, const struct pick *pick,
    const struct verdict *verdict)
{
	enum routes_conflict conflict =
	    routes_conflict(source->routes, pick->seat, verdict);

	if (conflict != ROUTES_WHOLE)
		add(picks, pick->seat, pick->note, "");
	if (conflict != ROUTES_CLEAR)
		add_beyond(picks, source, route, pick->seat, verdict);
}

bool
pick_stands_in(
    const struct pick_source *source, const char *seat, const char *other)
{
	struct picks holders = {0};

	add_holders(&holders, source, seat);
	for (unsigned i = 0; i < holders.count; i++)
		if (strcmp(holders.at[i].seat, other) == 0)
			return strcmp(seat, other) != 0;
	return false;
}

void
pick_holders(struct picks *picks, const struct pick_source *source,
    const char *id, const struct plan_route *route,
    const struct verdict *verdict)
{
	struct picks holders = {0};

	add_holders(&holders, source, id);
	for (unsigned i = 0; i < holders.count; i++)
		if (strcmp(holders.at[i].seat, id) == 0)
			add(picks, id, holders.at[i].note, "");
		else
			add_past_conflict(
			    picks, source, route, &holders.at[i], verdict);
	picks->left_out += holders.left_out;
}

void
pick_seats(struct picks *picks, const struct pick_source *source,
    const struct plan_route *route, const struct plan_to *to,
    const struct verdict *verdict)
{
	struct picks meant = {0};

	*picks = (struct picks){0};
	if (to->count == 0)
		add_role(&meant, source, verdict->tell, verdict);
	for (unsigned i = 0; i < to->count; i++)
		add_word(&meant, source, to->words[i], verdict);
	for (unsigned i = 0; i < meant.count; i++)
		add_past_conflict(picks, source, route, &meant.at[i], verdict);
	picks->left_out += meant.left_out;
}

const char *
pick_term(const struct pick_source *source, const char *id)
{
	const struct seat_row *seat = seats_by_id(source->seats, id);
	const struct term *term =
	    seat != NULL ? route_term(seat, source->now_ms) : NULL;

	return term != NULL ? term->id : "";
}
