/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/home.h"

#include "tests/unit/test_notifier_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *
source(const char *name)
{
	static char path[512];
	const char *root = getenv("IKRAR_SOURCE_DIR");

	snprintf(path, sizeof path, "%s/%s", root != NULL ? root : ".", name);
	return path;
}

static enum err
load(struct routes *routes, const char *text, struct outline_why *why)
{
	char *dir = temp_dir_make();
	char path[512];
	FILE *file;
	enum err err;

	snprintf(path, sizeof path, "%s/routes.yaml", dir);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	cr_assert_geq(fputs(text, file), 0);
	cr_assert_eq(fclose(file), 0);
	err = routes_load(routes, path, why);
	temp_dir_remove(dir);
	return err;
}

static void
expect_bad(const char *text, const char *want)
{
	struct outline_why why = {0};
	struct routes routes;

	cr_expect_eq(load(&routes, text, &why), ERR_INVALID, "%s", text);
	cr_expect_not_null(
	    strstr(why.en, want), "\"%s\" is not in \"%s\"", want, why.en);
	cr_expect_gt(strlen(why.id), 10);
}

Test(notifier_routes, says_where_a_mistake_is_and_how_to_mend_it)
{
	expect_bad("route: {to: head", "line 2, column 1: not well-formed");
	expect_bad("", "line 1, column 1");
	expect_bad("route:\n  tu: head\n", "line 2, column 7: field \"tu\"");
	expect_bad("route:\n  repeat: 3 days\n", "line 2, column 11: repeat");
	expect_bad("route:\n  to: head\n  to: admin\n", "is there already");
	expect_bad("route:\n  match: {rule: A}\n", "match");
	expect_bad("route:\n  routes:\n    - to: admin\n", "match");
	expect_bad("route:\n  ladder: [{after: 1wd}]\n", "after and to");
	expect_bad("route:\n  ladder: [{after: 1h, to: a}, {after: 1h, to: a},"
		   " {after: 1h, to: a}, {after: 1h, to: a}, {after: 1h, to: a}"
		   "]\n",
	    "at most 4");
	expect_bad(
	    "route:\n  quiet: {from: \"21:00\", to: \"24:00\"}\n", "07:30");
	expect_bad(
	    "route:\n  quiet: {from: \"21:00\", to: \"21:00\"}\n", "differ");
	expect_bad("route:\n  storm: many\n", "20 per 10m");
	expect_bad("route: &a {to: head}\nown_units: *a\n", "aliases");
	expect_bad("route:\n  routes: [{match: {kind: unsigned}}]\n",
	    "unsigned_units/1");
	expect_bad("helpdesk: \"3201 2345 6789 0123 45\"\n", "helpdesk");
	expect_bad("digests: {admin: \"7:30\"}\n", "07:30");
	expect_bad("own_units: {bupati: SETDA}\n", "a list");
}

static const char sample[] = "route:\n"
			     "  to: head\n"
			     "  repeat: 1wd\n"
			     "  ladder: [{after: 2wd, to: admin}]\n"
			     "  routes:\n"
			     "    - match: {wilayah: \"73.04.02\"}\n"
			     "      to: camat\n"
			     "      routes:\n"
			     "        - match: {severity: critical}\n"
			     "          repeat: 2h\n"
			     "    - match: {rule: SUNYI, kind: node_silent/1}\n"
			     "      ladder: none\n"
			     "    - match: {unit: DINAS-}\n"
			     "      quiet: {from: \"21:00\", to: \"06:00\"}\n"
			     "own_units:\n"
			     "  bupati: [SETDA, SETDA-*]\n";

Test(notifier_routes, goes_into_the_first_child_that_matches_and_inherits)
{
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct alert_unit unit = a_unit("DINAS-KES", "", "73.04.01");
	struct verdict *verdict = &event.verdict;
	const struct routes_node *node;
	struct outline_why why = {0};
	struct routes routes;

	cr_assert_eq(load(&routes, sample, &why), OK, "%s", why.en);
	node = routes_find(&routes, verdict, FEED_REGION);
	cr_expect_str_eq(node->name, "route");
	cr_expect_eq(node->route.rung_count, 1);
	(void)text_copy(verdict->object, CODE_MAX, "73.04.02");
	node = routes_find(&routes, verdict, FEED_REGION);
	cr_expect_str_eq(node->name, "route.1");
	cr_expect_str_eq(node->route.to.words[0], "camat");
	cr_expect_eq(node->route.repeat.kind, SPAN_WORK_DAYS, "inherited");
	verdict->severity = 3;
	node = routes_find(&routes, verdict, FEED_REGION);
	cr_expect_str_eq(node->name, "route.1.1");
	cr_expect_eq(node->route.repeat.kind, SPAN_PLAIN);
	cr_expect_str_eq(node->route.to.words[0], "camat");
	verdict->units = &unit;
	verdict->unit_count = 1;
	(void)text_copy(verdict->object, CODE_MAX, FEED_REGION);
	node = routes_find(&routes, verdict, FEED_REGION);
	cr_expect_str_eq(node->name, "route.3");
	cr_expect(node->route.quiet.is_set);
	verdict->kind = RULE_NODE_SILENT_1;
	(void)text_copy(verdict->rule, CODE_MAX, "SUNYI");
	(void)text_copy(verdict->place, WILAYAH_MAX, "73.04.05");
	node = routes_find(&routes, verdict, FEED_REGION);
	cr_expect_str_eq(node->name, "route.2");
	cr_expect_eq(node->route.rung_count, 0);
	routes_clear(&routes);
}

Test(notifier_routes, knows_whose_own_units_an_alert_names)
{
	struct event event = a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);
	struct alert_unit units[] = {a_unit("SETDA", "", "73.04.01"),
	    a_unit("SETDA-UMUM", "", "73.04.01"),
	    a_unit("DINAS-KES", "", "73.04.01")};
	struct verdict *verdict = &event.verdict;
	struct outline_why why = {0};
	struct routes routes;

	cr_assert_eq(load(&routes, sample, &why), OK, "%s", why.en);
	verdict->units = units;
	verdict->unit_count = 3;
	cr_expect_eq(
	    routes_conflict(&routes, "bupati", verdict), ROUTES_PARTLY);
	cr_expect_eq(routes_conflict(&routes, "admin", verdict), ROUTES_CLEAR);
	verdict->unit_count = 2;
	cr_expect_eq(routes_conflict(&routes, "bupati", verdict), ROUTES_WHOLE);
	verdict->unit_count = 0;
	cr_expect_eq(routes_conflict(&routes, "bupati", verdict), ROUTES_CLEAR);
	(void)text_copy(verdict->object, CODE_MAX, "SETDA-UMUM");
	cr_expect_eq(routes_conflict(&routes, "bupati", verdict), ROUTES_WHOLE);
	routes_clear(&routes);
}

/* A letter on a case or on a kecamatan's incidents may be about the reader. */
Test(notifier_routes, whose_units_are_not_said_may_be_the_readers_own)
{
	static const struct {
		enum rule_kind kind;
		uint32_t scope;
		const char *object;
		enum routes_conflict want;
	} cases[] = {{RULE_CASE_DEADLINE_1, 8, "KASUS-3-17", ROUTES_WHOLE},
	    {RULE_REPEAT_INCIDENTS_1, 2, "73.04.01", ROUTES_WHOLE},
	    {RULE_REPEAT_INCIDENTS_1, 5, "APK", ROUTES_WHOLE},
	    {RULE_REPEAT_INCIDENTS_1, 1, "DINAS-KES", ROUTES_CLEAR},
	    {RULE_REPEAT_INCIDENTS_1, 3, "DINAS-KES", ROUTES_CLEAR},
	    {RULE_NODE_SILENT_1, 7, "SIMPUL-4", ROUTES_CLEAR}};
	struct outline_why why = {0};
	struct routes routes;

	cr_assert_eq(load(&routes, sample, &why), OK, "%s", why.en);
	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct event event =
		    a_verdict(EVENT_ALERT_OPENED, 1, ROLE_HEAD);

		event.verdict.kind = cases[i].kind;
		event.verdict.scope = cases[i].scope;
		(void)text_copy(
		    event.verdict.object, CODE_MAX, cases[i].object);
		cr_expect_eq(routes_conflict(&routes, "bupati", &event.verdict),
		    cases[i].want, "%u", i);
		cr_expect_eq(routes_conflict(&routes, "admin", &event.verdict),
		    ROUTES_CLEAR, "%u", i);
	}
	routes_clear(&routes);
}

Test(notifier_routes, the_sample_is_a_good_file)
{
	struct outline_why why = {0};
	struct routes routes;

	cr_assert_eq(
	    routes_load(&routes, source("data/samples/routes.yaml"), &why), OK,
	    "%s", why.en);
	cr_expect_eq(routes.count, 4);
	cr_expect_eq(routes.digest_count, 1);
	routes_clear(&routes);
}

Test(notifier_routes, a_digest_that_nobody_gets_is_told_by_check)
{
	static const struct {
		const char *text;
		unsigned bad;
	} cases[] = {
	    {"route: {digest: true}\n", 1},
	    {"route: {digest: true}\ndigests: {admin: \"07:30\"}\n", 0},
	    {"route: {digest: true, to: [head, sekda]}\n"
	     "digests: {admin: \"07:30\"}\n",
		1},
	    {"route: {digest: true, to: [head, sekda]}\n"
	     "digests: {sekda: \"07:30\"}\n",
		0},
	};
	struct contact rows[] = {{.seat = "admin"}, {.seat = "sekda"}};
	struct contacts contacts = {.rows = rows, .count = 2};

	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct outline_why why = {0};
		struct routes routes;

		cr_assert_eq(load(&routes, cases[i].text, &why), OK);
		cr_expect_eq(routes_walk(&routes, &contacts), cases[i].bad,
		    "case %u", i);
		routes_clear(&routes);
	}
}
