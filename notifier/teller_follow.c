/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ends and corrections, in prose. Whoever was told of an alert is told how it
 * went on: an end goes to the seat's holder of this moment, a correction or
 * withdrawal also to those who have left it, where they can still be reached.
 *
 * An office that was told and of which the alert has come to be, it alone, is
 * told of the correction that made it so (what it knew of others holds no
 * longer), and of the end; both without figures and without its own units. What
 * is said in between concerns itself, and goes past it.
 */
#include "notifier/teller_inner.h"

#include "notifier/conflict.h"

#include <string.h>

enum { FOLLOW_SINGLE_MAX = 20 }; /* ends to one seat in one page */

static bool
has_own_contact(const struct teller *teller, const struct route_target *target)
{
	const struct contacts *contacts = teller->options.contacts;

	for (unsigned i = 0; contacts != NULL && i < contacts->count; i++)
		if (strcmp(contacts->rows[i].seat, target->seat) == 0 &&
		    strcmp(contacts->rows[i].term, target->term) == 0)
			return true;
	return false;
}

static void
follow(struct taking *taking, const char *seat, const char *term,
    enum route_note note)
{
	struct telling telling = {.index = taking->index,
	    .note = note,
	    .tone = ROUTE_TOLD,
	    .group = "!follow",
	    .group_min = FOLLOW_SINGLE_MAX + 1};

	memcpy(telling.alert, taking->event->verdict.alert, EVENT_ID_SIZE);
	(void)text_copy(telling.seat, WORD_MAX, seat);
	(void)text_copy(telling.term, WORD_MAX, term);
	teller_add(taking->teller, &telling);
}

static bool
may_follow(struct taking *taking, const char *seat)
{
	struct teller *teller = taking->teller;
	const struct verdict *verdict = &taking->event->verdict;
	struct conflict_source source = {.ledger = teller->options.ledger,
	    .wire = teller->other,
	    .routes = teller->options.routes};

	return taking->event->kind != EVENT_ALERT_CORRECTED ||
	       routes_conflict(source.routes, seat, verdict) != ROUTES_WHOLE ||
	       conflict_as_of(&source, seat, verdict->alert,
		   taking->index - 1) != ROUTES_WHOLE;
}

/* Who answers for the seats now. An end is about what stood before it. */
static void
follow_holders(struct taking *taking, const struct pick_source *source)
{
	struct teller *teller = taking->teller;
	struct conflict_source conflicts = {.ledger = teller->options.ledger,
	    .wire = teller->other,
	    .routes = teller->options.routes};
	const struct verdict *about = &taking->event->verdict;
	const struct plan_route *route =
	    &routes_find(source->routes, about, source->region)->route;
	struct picks picks = {0};
	struct event standing;

	if (taking->event->kind != EVENT_ALERT_CORRECTED &&
	    conflict_standing(
		&conflicts, about->alert, taking->index, &standing) == OK)
		about = &standing.verdict;
	for (unsigned i = 0; i < taking->told_count; i++)
		pick_holders(
		    &picks, source, taking->told[i].seat, route, about);
	for (unsigned i = 0; i < picks.count; i++)
		if (may_follow(taking, picks.at[i].seat))
			follow(taking, picks.at[i].seat,
			    pick_term(source, picks.at[i].seat),
			    picks.at[i].note);
}

void
teller_follow(struct taking *taking)
{
	struct pick_source source =
	    teller_picks(taking->teller, taking->now_ms);

	follow_holders(taking, &source);
	if (taking->event->kind == EVENT_ALERT_RESOLVED)
		return;
	for (unsigned i = 0; i < taking->told_count; i++) {
		const struct route_target *target = &taking->told[i];

		if (target->term[0] != '\0' &&
		    strcmp(target->term, pick_term(&source, target->seat)) !=
			0 &&
		    has_own_contact(taking->teller, target) &&
		    may_follow(taking, target->seat))
			follow(
			    taking, target->seat, target->term, ROUTE_AS_MEANT);
	}
}
