/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/routes.h"

#include <stdlib.h>
#include <string.h>

/* Of CATALOG_SCOPE. */
enum { SCOPE_UNIT = 1, SCOPE_OPD = 3 };

void
routes_clear(struct routes *routes)
{
	free(routes->nodes);
	free(routes->owns);
	*routes = (struct routes){0};
}

void
routes_place(const struct verdict *verdict, const char *region,
    char wilayah[WILAYAH_MAX])
{
	if (verdict->place[0] != '\0')
		(void)text_copy(wilayah, WILAYAH_MAX, verdict->place);
	else
		route_wilayah(verdict, region, wilayah);
}

static bool
begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool
has_unit(const struct verdict *verdict, const char *prefix)
{
	for (uint32_t i = 0; i < verdict->unit_count; i++)
		if (begins_with(verdict->units[i].code, prefix))
			return true;
	return begins_with(verdict->object, prefix);
}

enum { SEVERITY_WARNING = 2 };

static bool
is_match(const struct routes_match *match, const struct verdict *verdict,
    const char *wilayah)
{
	/* Verdicts from before there were severities have none. */
	uint32_t severity =
	    verdict->severity > 0 ? verdict->severity : SEVERITY_WARNING;

	return (match->wilayah[0] == '\0' ||
		   wilayah_is_within(wilayah, match->wilayah)) &&
	       (match->rule[0] == '\0' ||
		   strcmp(match->rule, verdict->rule) == 0) &&
	       (match->kind == RULE_NONE || match->kind == verdict->kind) &&
	       (match->severity == 0 || match->severity == severity) &&
	       (match->unit[0] == '\0' || has_unit(verdict, match->unit));
}

const struct routes_node *
routes_find(const struct routes *routes, const struct verdict *verdict,
    const char *region)
{
	unsigned at = 0, child = routes->nodes[0].child;
	char wilayah[WILAYAH_MAX];

	routes_place(verdict, region, wilayah);
	while (child != 0)
		if (is_match(&routes->nodes[child].match, verdict, wilayah)) {
			at = child;
			child = routes->nodes[at].child;
		} else {
			child = routes->nodes[child].next;
		}
	return &routes->nodes[at];
}

bool
routes_is_own(const struct routes *routes, const char *seat, const char *unit)
{
	for (unsigned i = 0; i < routes->own_count; i++) {
		const struct routes_own *own = &routes->owns[i];

		if (strcmp(own->seat, seat) == 0 &&
		    (own->is_prefix ? begins_with(unit, own->unit)
				    : strcmp(unit, own->unit) == 0))
			return true;
	}
	return false;
}

bool
routes_has_own(const struct routes *routes, const char *seat)
{
	for (unsigned i = 0; i < routes->own_count; i++)
		if (strcmp(routes->owns[i].seat, seat) == 0)
			return true;
	return false;
}

/* A case, and incidents that are counted by place, act or subject: whose units
 * they lie in, the verdict does not say. */
static bool
hides_its_units(const struct verdict *verdict)
{
	if (verdict->unit_count > 0)
		return false;
	return verdict->kind == RULE_CASE_DEADLINE_1 ||
	       (verdict->kind == RULE_REPEAT_INCIDENTS_1 &&
		   verdict->scope != SCOPE_UNIT && verdict->scope != SCOPE_OPD);
}

/* What a verdict is about stands in its units, and where it is about one unit
 * alone also in its object. A verdict names only so many units: of more than it
 * names, some are surely not the seat's. Where it does not say, a seat that has
 * units of its own may be the accused: it goes past. */
enum routes_conflict
routes_conflict(const struct routes *routes, const char *seat,
    const struct verdict *verdict)
{
	bool is_whole =
	    verdict->unit_count > 0 && verdict->unit_count < VERDICT_UNITS_MAX;
	bool is_partly = false;

	if (routes_is_own(routes, seat, verdict->object) ||
	    (hides_its_units(verdict) && routes_has_own(routes, seat)))
		return ROUTES_WHOLE;
	for (uint32_t i = 0; i < verdict->unit_count; i++)
		if (routes_is_own(routes, seat, verdict->units[i].code))
			is_partly = true;
		else
			is_whole = false;
	if (is_whole)
		return ROUTES_WHOLE;
	return is_partly ? ROUTES_PARTLY : ROUTES_CLEAR;
}
