/* SPDX-License-Identifier: Apache-2.0 */
/* What the fields of routes.yaml mean: one table a kind of map. */
#include "notifier/routes.h"

#include "model/catalog.h"
#include "notifier/routes_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STORM_DEFAULT = 20, /* single messages ... */
	STORM_MAX = 10000,
};
static const uint64_t storm_default_ms = 600000; /* ... in so long */

/* ---- settings of a node */

static enum err
take_to_list(struct routes_loading *loading, const struct outline *at,
    struct plan_to *to)
{
	*to = (struct plan_to){0};
	if (at->kind == OUTLINE_WORD) {
		to->count = 1;
		return routes_take_seat(loading, at, to->words[0]);
	}
	if (routes_want(loading, at, OUTLINE_LIST) != OK)
		return ERR_INVALID;
	if (at->count > PLAN_TO_MAX || at->count == 0)
		return outline_bad(loading->why, at, "satu sampai %d jabatan",
		    "one to %d seats", PLAN_TO_MAX);
	for (const struct outline *it = at->first; it != NULL; it = it->next)
		if (routes_take_seat(loading, it, to->words[to->count++]) != OK)
			return ERR_INVALID;
	return OK;
}

static enum err
take_to(struct routes_loading *loading, const struct outline *at, void *into)
{
	return take_to_list(loading, at, &((struct plan_route *)into)->to);
}

static enum err
take_group_by(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	static const char *const words[] = {"none", "rule", "wilayah"};
	struct plan_route *route = into;

	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(at->word, words[i]) == 0) {
			route->group_by = (enum plan_group_by)i;
			return OK;
		}
	return routes_bad_value(loading, at, "rule, wilayah, none");
}

static enum err
take_group_wait(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_ms(
	    loading, at, &((struct plan_route *)into)->group_wait_ms);
}

static enum err
take_group_interval(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_ms(
	    loading, at, &((struct plan_route *)into)->group_interval_ms);
}

static enum err
take_repeat(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	struct plan_route *route = into;

	if (routes_is_none(at) ||
	    (at->kind == OUTLINE_WORD && strcmp(at->word, "0") == 0)) {
		route->repeat = (struct span){0};
		return OK;
	}
	return routes_take_span(loading, at, &route->repeat);
}

static enum err
take_quiet_from(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_minute(
	    loading, at, &((struct plan_quiet *)into)->from);
}

static enum err
take_quiet_to(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_minute(
	    loading, at, &((struct plan_quiet *)into)->to);
}

static enum err
take_quiet_except(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	((struct plan_quiet *)into)->except_critical = true;
	return strcmp(at->word, "critical") == 0
		   ? OK
		   : routes_bad_value(loading, at, "critical");
}

static enum err
take_quiet(struct routes_loading *loading, const struct outline *at, void *into)
{
	static const struct routes_field fields[] = {{"from", take_quiet_from},
	    {"to", take_quiet_to}, {"except", take_quiet_except}, {0}};
	struct plan_quiet quiet = {.is_set = true};

	if (routes_is_none(at))
		quiet.is_set = false;
	else if (routes_take_map(loading, at, fields, &quiet) != OK)
		return ERR_INVALID;
	if (quiet.is_set && quiet.from == quiet.to)
		return outline_bad(loading->why, at,
		    "quiet: from dan to harus berbeda",
		    "quiet: from and to must differ");
	((struct plan_route *)into)->quiet = quiet;
	return OK;
}

static enum err
take_working_days(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_bool(
	    loading, at, &((struct plan_route *)into)->working_days);
}

static enum err
take_only_digest(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_bool(
	    loading, at, &((struct plan_route *)into)->only_digest);
}

static enum err
take_inhibit(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	struct plan_route *route = into;
	bool inhibits;

	if (routes_take_bool(loading, at, &inhibits) != OK)
		return ERR_INVALID;
	route->no_inhibit = !inhibits;
	return OK;
}

static enum err
take_after(struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_span(
	    loading, at, &((struct plan_rung *)into)->after);
}

static enum err
take_rung_to(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return take_to_list(loading, at, &((struct plan_rung *)into)->to);
}

static enum err
take_ladder(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	static const struct routes_field fields[] = {
	    {"after", take_after}, {"to", take_rung_to}, {0}};
	struct plan_route *route = into;

	route->rung_count = 0;
	if (routes_is_none(at))
		return OK;
	if (routes_want(loading, at, OUTLINE_LIST) != OK)
		return ERR_INVALID;
	if (at->count > ESCALATION_STEPS)
		return outline_bad(loading->why, at,
		    "ladder: paling banyak %d langkah",
		    "ladder: at most %d steps", ESCALATION_STEPS);
	for (const struct outline *it = at->first; it != NULL; it = it->next) {
		struct plan_rung *rung = &route->ladder[route->rung_count++];

		*rung = (struct plan_rung){0};
		if (routes_take_map(loading, it, fields, rung) != OK)
			return ERR_INVALID;
		if (rung->after.kind == SPAN_NONE || rung->to.count == 0)
			return outline_bad(loading->why, it,
			    "ladder: tiap langkah butuh after dan to",
			    "ladder: each step needs after and to");
	}
	return OK;
}

/* "20 per 10m" */
static enum err
take_storm(struct routes_loading *loading, const struct outline *at, void *into)
{
	struct plan_route *route = into;
	char count[8] = "", per[16] = "";

	if (routes_is_none(at)) {
		route->storm_count = 0;
		return OK;
	}
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	if (sscanf(at->word, "%7[0-9] per %15[0-9a-z]", count, per) != 2)
		return routes_bad_value(loading, at, "20 per 10m");
	route->storm_count = (uint32_t)strtoul(count, NULL, 10);
	if (route->storm_count == 0 || route->storm_count > STORM_MAX ||
	    calendar_duration_get(&route->storm_ms, per) != OK ||
	    route->storm_ms == 0)
		return routes_bad_value(loading, at, "20 per 10m");
	return OK;
}

static enum err
take_conflict_to(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_seat(
	    loading, at, ((struct plan_route *)into)->conflict_to);
}

/* Taken by take_node itself. */
static enum err
take_later(struct routes_loading *loading, const struct outline *at, void *into)
{
	(void)loading, (void)at, (void)into;
	return OK;
}

static const struct routes_field settings[] = {{"match", take_later},
    {"routes", take_later}, {"to", take_to}, {"group_by", take_group_by},
    {"group_wait", take_group_wait}, {"group_interval", take_group_interval},
    {"repeat", take_repeat}, {"quiet", take_quiet},
    {"working_days", take_working_days}, {"digest", take_only_digest},
    {"inhibit", take_inhibit}, {"ladder", take_ladder}, {"storm", take_storm},
    {"conflict_to", take_conflict_to}, {0}};

/* ---- what a node matches */

static enum err
take_match_wilayah(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	struct routes_match *match = into;

	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	if (wilayah_level(at->word) == WILAYAH_NONE)
		return routes_bad_value(loading, at, "\"73.04.02\"");
	(void)text_copy(match->wilayah, WILAYAH_MAX, at->word);
	return OK;
}

static enum err
take_match_rule(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_checked(loading, at,
	    ((struct routes_match *)into)->rule, code_is_valid, CODE_MAX);
}

static enum err
take_match_unit(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	return routes_take_checked(loading, at,
	    ((struct routes_match *)into)->unit, code_is_valid, CODE_MAX);
}

static enum err
take_match_kind(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	struct routes_match *match = into;

	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	match->kind = rule_kind_by_name(at->word);
	return match->kind != RULE_NONE
		   ? OK
		   : routes_bad_value(loading, at, "unsigned_units/1");
}

static enum err
take_match_severity(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	struct routes_match *match = into;

	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	match->severity = catalog_number(CATALOG_SEVERITY, at->word);
	return match->severity != 0
		   ? OK
		   : routes_bad_value(loading, at, "info, warning, critical");
}

static const struct routes_field matches[] = {{"wilayah", take_match_wilayah},
    {"rule", take_match_rule}, {"kind", take_match_kind},
    {"severity", take_match_severity}, {"unit", take_match_unit}, {0}};

/* ---- the tree */

static enum err take_node(
    struct routes_loading *loading, const struct outline *at, unsigned parent);

/* With the settings of its parent, so far; 0: there is no room. */
static unsigned
add_child(struct routes_loading *loading, const struct outline *at,
    unsigned parent, unsigned n)
{
	struct routes *routes = loading->routes;
	struct routes_node made = routes->nodes[parent];

	if (routes->count == ROUTES_MAX) {
		(void)outline_bad(loading->why, at, "paling banyak %d rute",
		    "at most %d routes", ROUTES_MAX);
		return 0;
	}
	made.child = made.next = 0;
	made.match = (struct routes_match){0};
	snprintf(made.name, sizeof made.name, "%.50s.%u",
	    routes->nodes[parent].name, n);
	routes->nodes[routes->count] = made;
	return routes->count++;
}

static enum err
take_children(
    struct routes_loading *loading, const struct outline *list, unsigned parent)
{
	struct routes *routes = loading->routes;
	unsigned n = 0, before = 0;

	if (routes_want(loading, list, OUTLINE_LIST) != OK)
		return ERR_INVALID;
	for (const struct outline *it = list->first; it != NULL;
	     it = it->next) {
		unsigned number = add_child(loading, it, parent, ++n);

		if (number == 0)
			return ERR_INVALID;
		if (before == 0)
			routes->nodes[parent].child = number;
		else
			routes->nodes[before].next = number;
		before = number;
		if (take_node(loading, it, number) != OK)
			return ERR_INVALID;
	}
	return OK;
}

/* As deep as OUTLINE_DEPTH_MAX. */
static enum err
take_node(
    struct routes_loading *loading, const struct outline *at, unsigned number)
{
	struct routes_node *node = &loading->routes->nodes[number];
	const struct outline *match, *children;

	node->line = at->line;
	if (routes_take_map(loading, at, settings, &node->route) != OK)
		return ERR_INVALID;
	match = outline_at(at, "match");
	children = outline_at(at, "routes");
	if ((match == NULL) != (number == 0))
		return outline_bad(loading->why, at,
		    "match: ada di tiap rute, kecuali yang paling atas",
		    "match: belongs to each route but the topmost");
	if (match != NULL &&
	    routes_take_map(loading, match, matches, &node->match) != OK)
		return ERR_INVALID;
	return children != NULL ? take_children(loading, children, number) : OK;
}

static enum err
take_route(struct routes_loading *loading, const struct outline *at, void *into)
{
	struct routes_node *root = loading->routes->nodes;

	(void)into;
	(void)text_copy(root->name, sizeof root->name, "route");
	return take_node(loading, at, 0);
}

/* ---- beside the tree */

static enum err
add_own(
    struct routes_loading *loading, const struct outline *at, const char *seat)
{
	struct routes *routes = loading->routes;
	struct routes_own *own = &routes->owns[routes->own_count];
	size_t len;
	char code[CODE_MAX + 1];

	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	if (routes->own_count == ROUTES_OWN_MAX)
		return outline_bad(loading->why, at,
		    "own_units: paling banyak %d", "own_units: at most %d",
		    ROUTES_OWN_MAX);
	len = strlen(at->word);
	*own = (struct routes_own){0};
	if (!text_copy(code, sizeof code, at->word) || len == 0)
		return routes_bad_value(loading, at, "SETDA, DINAS-*");
	own->is_prefix = code[len - 1] == '*';
	if (own->is_prefix)
		code[len - 1] = '\0';
	if (!code_is_valid(code))
		return routes_bad_value(loading, at, "SETDA, DINAS-*");
	(void)text_copy(own->seat, sizeof own->seat, seat);
	(void)text_copy(own->unit, sizeof own->unit, code);
	routes->own_count++;
	return OK;
}

static enum err
take_own_units(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	(void)into;
	if (routes_want(loading, at, OUTLINE_MAP) != OK)
		return ERR_INVALID;
	for (const struct outline *it = at->first; it != NULL; it = it->next) {
		if (!word_is_valid(it->key))
			return routes_bad_value(loading, it, "bupati: [SETDA]");
		if (routes_want(loading, it, OUTLINE_LIST) != OK)
			return ERR_INVALID;
		for (const struct outline *unit = it->first; unit != NULL;
		     unit = unit->next)
			if (add_own(loading, unit, it->key) != OK)
				return ERR_INVALID;
	}
	return OK;
}

static enum err
take_digests(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	struct routes *routes = loading->routes;

	(void)into;
	if (routes_want(loading, at, OUTLINE_MAP) != OK)
		return ERR_INVALID;
	for (const struct outline *it = at->first; it != NULL; it = it->next) {
		struct routes_digest *digest =
		    &routes->digests[routes->digest_count];

		if (routes->digest_count == ROUTES_DIGESTS_MAX)
			return outline_bad(loading->why, it,
			    "digests: paling banyak %d", "digests: at most %d",
			    ROUTES_DIGESTS_MAX);
		if (!word_is_valid(it->key))
			return routes_bad_value(
			    loading, it, "admin: \"07:30\"");
		(void)text_copy(digest->seat, sizeof digest->seat, it->key);
		if (routes_take_minute(loading, it, &digest->minute) != OK)
			return ERR_INVALID;
		routes->digest_count++;
	}
	return OK;
}

static enum err
take_helpdesk(
    struct routes_loading *loading, const struct outline *at, void *into)
{
	(void)into;
	if (routes_want(loading, at, OUTLINE_WORD) != OK)
		return ERR_INVALID;
	if (!name_is_valid(at->word) ||
	    !text_copy(loading->routes->helpdesk, NAME_MAX_BYTES, at->word))
		return routes_bad_value(loading, at, "\"BKPSDM 0411-555123\"");
	return OK;
}

enum err
routes_load(struct routes *routes, const char *path, struct outline_why *why)
{
	static const struct routes_field fields[] = {{"route", take_route},
	    {"own_units", take_own_units}, {"digests", take_digests},
	    {"helpdesk", take_helpdesk}, {0}};
	struct routes_loading loading = {.routes = routes, .why = why};
	struct outline *root;
	enum err err = outline_read(&root, path, why);

	if (err != OK)
		return err;
	*routes = (struct routes){.count = 1};
	routes->nodes = xcalloc(ROUTES_MAX, sizeof *routes->nodes);
	routes->owns = xcalloc(ROUTES_OWN_MAX, sizeof *routes->owns);
	routes->nodes[0].route.storm_count = STORM_DEFAULT;
	routes->nodes[0].route.storm_ms = storm_default_ms;
	(void)text_copy(routes->nodes[0].name, ROUTES_NAME_MAX, "route");
	err = routes_take_map(&loading, root, fields, routes);
	outline_free(root);
	if (err != OK)
		routes_clear(routes);
	return err;
}

bool
routes_has_digest(const struct routes *routes, const char *seat)
{
	for (unsigned i = 0; i < routes->digest_count; i++)
		if (strcmp(routes->digests[i].seat, seat) == 0)
			return true;
	return false;
}
