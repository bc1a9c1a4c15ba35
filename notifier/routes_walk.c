/* SPDX-License-Identifier: Apache-2.0 */
/* Walks every route, for `check`: what it says, and whether all whom it names
 * can be reached. */
#include "notifier/home.h"

#include "model/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool
is_role(const char *word)
{
	return strcmp(word, "head") == 0 || strcmp(word, "admin") == 0;
}

static bool
can_reach(const struct contacts *contacts, const char *seat)
{
	if (is_role(seat))
		return true;
	for (unsigned i = 0; i < contacts->count; i++)
		if (strcmp(contacts->rows[i].seat, seat) == 0)
			return true;
	return false;
}

static unsigned
check_seat(const struct contacts *contacts, const char *seat, unsigned line)
{
	if (seat[0] == '\0' || can_reach(contacts, seat))
		return 0;
	tell("Rute baris %u: kursi \"%.24s\" tidak punya kontak.",
	    "route at line %u: seat \"%.24s\" has no contact", line, seat);
	return 1;
}

static unsigned
check_to(
    const struct contacts *contacts, const struct plan_to *to, unsigned line)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < to->count; i++)
		bad += check_seat(contacts, to->words[i], line);
	return bad;
}

static void
print_to(const struct plan_to *to)
{
	for (unsigned i = 0; i < to->count; i++)
		printf(" %s", to->words[i]);
	if (to->count == 0)
		printf(" (tell)");
}

static void
print_span(const struct span *span)
{
	if (span->kind == SPAN_PLAIN)
		printf("%" PRIu64 "m", span->count / 60000);
	else
		printf("%" PRIu64 "%s", span->count,
		    span->kind == SPAN_WORK_HOURS ? "wh" : "wd");
}

static void
print_match(const struct routes_match *match)
{
	if (match->wilayah[0] != '\0')
		printf(" wilayah=%s", match->wilayah);
	if (match->rule[0] != '\0')
		printf(" rule=%s", match->rule);
	if (match->kind != RULE_NONE)
		printf(" kind=%s", rule_kind_name(match->kind));
	if (match->severity != 0)
		printf(" severity=%s",
		    catalog_word(CATALOG_SEVERITY, match->severity));
	if (match->unit[0] != '\0')
		printf(" unit=%s", match->unit);
}

static void
print_node(const struct routes_node *node)
{
	const struct plan_route *route = &node->route;

	printf("  %s (%u):", node->name, node->line);
	print_match(&node->match);
	printf(" ->");
	print_to(&route->to);
	if (route->only_digest)
		printf("; rangkuman, tanpa itu langsung / digest, without one "
		       "at once");
	if (route->repeat.kind != SPAN_NONE) {
		printf("; pengingat / reminder ");
		print_span(&route->repeat);
	}
	for (unsigned i = 0; i < route->rung_count; i++) {
		printf("; %u: ", i + 1);
		print_span(&route->ladder[i].after);
		print_to(&route->ladder[i].to);
	}
	printf("\n");
}

/* Whom the route names and who gets no digest is told at once: hardly what was
 * meant. Who the head and the admins are is only known to the daemon. */
static unsigned
check_digest(const struct routes *routes, const struct routes_node *node)
{
	const struct plan_to *to = &node->route.to;
	unsigned bad = 0;

	if (!node->route.only_digest)
		return 0;
	if (routes->digest_count == 0) {
		tell("Rute baris %u: \"digest: true\", tetapi digests kosong; "
		     "semua diberi tahu langsung. Isi digests.",
		    "route at line %u: \"digest: true\" but digests is empty; "
		    "all are told at once; fill digests",
		    node->line);
		return 1;
	}
	for (unsigned i = 0; i < to->count; i++) {
		if (is_role(to->words[i]) ||
		    routes_has_digest(routes, to->words[i]))
			continue;
		tell("Rute baris %u: kursi \"%.24s\" tidak punya rangkuman dan "
		     "diberi tahu langsung. Tambahkan pada digests.",
		    "route at line %u: seat \"%.24s\" has no digest and is "
		    "told at once; add it to digests",
		    node->line, to->words[i]);
		bad++;
	}
	return bad;
}

unsigned
routes_walk(const struct routes *routes, const struct contacts *contacts)
{
	unsigned bad = 0;

	if (routes->count > 0)
		printf("rute / routes: %u\n", routes->count);
	for (unsigned i = 0; i < routes->count; i++) {
		const struct routes_node *node = &routes->nodes[i];
		const struct plan_route *route = &node->route;

		print_node(node);
		bad += check_to(contacts, &route->to, node->line);
		bad += check_digest(routes, node);
		bad += check_seat(contacts, route->conflict_to, node->line);
		for (unsigned step = 0; step < route->rung_count; step++)
			bad += check_to(
			    contacts, &route->ladder[step].to, node->line);
	}
	for (unsigned i = 0; i < routes->digest_count; i++)
		bad += check_seat(contacts, routes->digests[i].seat, 1);
	return bad;
}
