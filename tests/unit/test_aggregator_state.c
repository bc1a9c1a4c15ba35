/* SPDX-License-Identifier: Apache-2.0 */
/* What a region says of itself: state, node list, log read. */
#include "aggregator/log_json.h"
#include "aggregator/state_json.h"
#include "tests/unit/test_aggregator_json.h"
#include "tests/unit/test_aggregator_verbs.h"
#include "tests/unit/test_model_events.h"

#include <criterion/criterion.h>

TestSuite(state, .init = rig_open, .fini = rig_close, .timeout = 60);
TestSuite(log_json, .timeout = 60);

/* A region with roster, campaign and rules, on its disk. */
static void
fill(void)
{
	rig_start();
	rig_take(
	    verb_unit, "unit", "import", "data/scenes/makassar-2023/units.csv");
	rig_take(verb_campaign, "campaign", "set",
	    "data/scenes/makassar-2023/campaigns.yaml");
	rig_take(verb_rules, "rules", "load",
	    "data/scenes/makassar-2023/rules.yaml");
}

/* `said` is one whole document. */
static const char *
parse(const char *said)
{
	const char *end = json_end_of(said);

	cr_assert(*end == '\0' || strcmp(end, "\n") == 0, "%.40s", end);
	return said;
}

static const char *
state(void)
{
	cr_assert_eq(
	    RIG_RUN(verb_state, WORD("state"), WORD("--json"), WORD("--units")),
	    0, "%s", rig.said);
	return parse(rig.said);
}

/* The element whose member `name` is `value`. */
static const char *
find(const char *array, const char *name, const char *value)
{
	const char *next = array, *element;

	while ((element = json_next(&next, NULL)) != NULL)
		if (json_is(json_member(element, name), value))
			break;
	cr_assert_not_null(element, "no %s %s", name, value);
	return element;
}

static const char *
campaign_of(const char *root)
{
	return find(json_member(root, "campaigns"), "id", "NETRAL2024");
}

static bool
is_word(const char *object, const char *name, const char *word)
{
	return strncmp(json_member(object, name), word, strlen(word)) == 0;
}

Test(state, says_what_a_new_region_is)
{
	const char *root = state();

	cr_assert(
	    json_is(json_member(root, "origin"), "ikrar/73.71/1/latihan"));
	cr_assert(is_word(root, "drill", "true"));
	cr_assert_eq(json_number(root, "size"), 1);
	cr_assert(is_word(root, "next_due_ms", "null"));
	cr_assert_eq(json_number(root, "last_verdict"), -1);
	cr_assert_eq(json_count(json_member(root, "alerts")), 0);
}

Test(state, says_the_time_of_the_next_timer)
{
	const char *root;
	const char *campaign;

	fill();
	root = state();
	campaign = campaign_of(root);
	cr_assert_eq(json_number(root, "next_due_ms"), 1700208000000);
	cr_assert_eq(json_number(campaign, "due_ms"), 1700208000000);
}

Test(state, shows_each_unit_once_and_its_groups_add_up)
{
	const char *root, *campaign, *opds;
	long long expected = 0;

	fill();
	root = state();
	campaign = campaign_of(root);
	opds = json_member(campaign, "by_opd");
	for (size_t i = 0; i < json_count(opds); i++)
		expected += json_number(json_element(opds, i), "expected");
	cr_assert_eq(expected, 202);
	cr_assert_eq(
	    json_number(json_member(campaign, "coverage"), "expected"), 202);
	cr_assert_eq(json_count(json_member(campaign, "units")), 202);
	cr_assert_eq(json_count(json_member(campaign, "by_kecamatan")), 15);
}

Test(state, counts_each_unit_in_one_status)
{
	const char *statuses;

	fill();
	statuses = json_member(campaign_of(state()), "statuses");
	cr_assert_eq(json_count(statuses), 5);
	cr_assert_eq(json_number(statuses, "BELUM"), 202);
	cr_assert_eq(json_number(statuses, "LENGKAP"), 0);
}

Test(state, names_a_kecamatan_as_the_roster_does)
{
	const char *root, *group;

	fill();
	root = state();
	group = find(
	    json_member(campaign_of(root), "by_kecamatan"), "code", "73.71.01");
	cr_assert(json_is(json_member(group, "name"), "Kecamatan Mariso"));
	cr_assert_eq(json_number(group, "expected"), 10);
}

Test(state, calls_units_without_a_collector_unheard)
{
	const char *root;
	const char *coverage;

	fill();
	root = state();
	coverage = json_member(campaign_of(root), "coverage");
	cr_assert_eq(json_number(coverage, "unheard"), 202);
	cr_assert_eq(json_number(coverage, "unsigned"), 0);
}

Test(state, shows_the_admin_among_the_nodes_and_what_it_pushed)
{
	const char *root;
	const char *node;

	fill();
	root = state();
	node = find(json_member(root, "nodes"), "kind", "admin");
	cr_assert(json_is(json_member(node, "state"), "enrolled"));
	cr_assert(json_is(json_member(node, "wilayah"), "73.71"));
	cr_assert_eq(json_number(node, "mark"), 3);
	cr_assert(is_word(node, "report_wanted", "false"));
}

Test(state, refuses_a_campaign_that_is_not_there)
{
	cr_assert_eq(RIG_RUN(verb_state, WORD("state"), WORD("--campaign"),
			 WORD("TIADA")),
	    1);
	cr_assert(rig_said("Tidak ada kegiatan TIADA"), "%s", rig.said);
}

Test(state, says_first_that_it_is_a_drill_but_not_in_json)
{
	cr_assert_eq(RIG_RUN(verb_state, WORD("state")), 0);
	cr_assert_eq(strncmp(rig.said, "LATIHAN", 7), 0, "%s", rig.said);
	cr_assert_eq(RIG_RUN(verb_state, WORD("state"), WORD("--json")), 0);
	cr_assert_eq(rig.said[0], '{');
}

Test(state, tells_a_directory_without_a_region)
{
	char *words[] = {WORD("state"), WORD("--dir"), rig.root, NULL};

	cr_assert_eq(rig_run(verb_state, words), 1);
	cr_assert(rig_said("Tidak ada wilayah"), "%s", rig.said);
}

/* ---- log read */

static unsigned
lines_of(const char *said)
{
	unsigned count = 0;

	for (const char *at = said; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	return count;
}

Test(state, reads_the_log_an_object_a_line)
{
	char *rest = rig.said, *line;
	long long index = 0;

	fill();
	cr_assert_eq(
	    RIG_RUN(verb_log, WORD("log"), WORD("read"), WORD("--json")), 0);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		const char *entry = parse(line);

		cr_assert_eq(json_number(entry, "index"), index++);
	}
	cr_assert_eq(index, 4);
}

Test(state, reads_part_of_the_log)
{
	fill();
	cr_assert_eq(
	    RIG_RUN(verb_log, WORD("log"), WORD("read"), WORD("--json"),
		WORD("--from"), WORD("1"), WORD("--max"), WORD("2")),
	    0);
	cr_assert_eq(lines_of(rig.said), 2);
	cr_assert_eq(strncmp(rig.said, "{\"index\":1,", 11), 0, "%s", rig.said);
	cr_assert_eq(RIG_RUN(verb_log, WORD("log"), WORD("read"),
			 WORD("--json"), WORD("--from"), WORD("99")),
	    0);
	cr_assert_str_eq(rig.said, "");
}

/* ---- entries against the protocol's own text */

static char *proto;

/* The fields of a message of event.proto: is this one of them, of what type
 * (of a row, if it repeats)? */
static bool
proto_has(const char *message, const char *field, char type[64])
{
	char head[80], name[64], line_type[64];
	const char *line, *end;

	snprintf(head, sizeof head, "\nmessage %s {\n", message);
	line = strstr(proto, head);
	cr_assert_not_null(line, "%s", message);
	line += strlen(head);
	end = strstr(line, "\n}");
	for (; line != NULL && line < end; line = strchr(line, '\n') + 1) {
		const char *at = line + strspn(line, " ");

		if (strncmp(at, "repeated ", 9) == 0)
			at += 9;
		if (sscanf(at, "%63s %63s =", line_type, name) == 2 &&
		    strcmp(name, field) == 0) {
			memcpy(type, line_type, sizeof line_type);
			return true;
		}
	}
	return false;
}

static bool
is_message(const char *type)
{
	char head[80];

	snprintf(head, sizeof head, "\nmessage %s {\n", type);
	return strstr(proto, head) != NULL;
}

static void
holds(const char *object, const char *message)
{
	const char *next = object, *value, *element;
	char name[NAME_LEN_MAX], type[64];

	while ((value = json_next(&next, name)) != NULL) {
		cr_assert(proto_has(message, name, type), "%s has no %s",
		    message, name);
		if (!is_message(type))
			continue;
		if (*value == '{')
			holds(value, type);
		if (*value != '[')
			continue;
		while ((element = json_next(&value, NULL)) != NULL)
			if (*element == '{')
				holds(element, type);
	}
}

/* Freed by the caller. */
static char *
entry_of(const struct event *event)
{
	struct stored stored = {.index = 7, .event = *event};
	struct json json = {0};

	stored.leaf.author =
	    event_is_own(event->kind) ? AUTHOR_LOG : AUTHOR_NODE;
	log_put_entry(&json, &stored);
	(void)parse(json.text.at);
	return json.text.at;
}

static const char *
body_message(enum event_kind kind)
{
	if (event_is_verdict(kind))
		return "Verdict";
	return event_kind_name(kind);
}

static void
read_proto(void)
{
	char *path = rig_source("proto/event.proto");
	FILE *in = fopen(path, "r");
	size_t cap = 0;

	cr_assert_not_null(in, "%s", path);
	cr_assert_gt(getdelim(&proto, &cap, '\0', in), 0);
	fclose(in);
	free(path);
}

Test(log_json, names_fields_as_the_protocol_does)
{
	struct sample *sample = xcalloc(1, sizeof *sample);
	struct chance chance = {seed_of_environment()};

	read_proto();
	for (unsigned i = 0; i < 50 * ALL_KINDS; i++) {
		enum event_kind kind = all_kinds[i % ALL_KINDS];
		const char *body;
		char *entry;

		chance_event(&chance, kind, sample);
		entry = entry_of(&sample->event);
		cr_assert(
		    json_is(json_member(entry, "kind"), event_kind_name(kind)));
		body = json_member(entry, "body");
		cr_assert_gt(json_count(body), 0);
		holds(body, body_message(kind));
		free(entry);
	}
	free(sample);
	free(proto);
}

Test(log_json, says_counts_that_are_set_and_words_of_masks)
{
	struct event event = {.kind = EVENT_PLEDGE_MADE,
	    .pledge = {.act = 2,
		.points = 5,
		.witnesses = 1u << 6,
		.counts = {{true, 12, 11}, {false, 0, 0}, {true, 0, 3}}}};
	char *entry = entry_of(&event);
	const char *body = json_member(entry, "body");
	const char *points = json_member(body, "points");

	cr_assert(json_is(json_member(body, "act"), "pakta"));
	cr_assert_eq(json_number(json_member(body, "pns"), "present"), 12);
	cr_assert_eq(json_number(json_member(body, "pns"), "signed"), 11);
	cr_assert_null(json_member(body, "pppk"));
	cr_assert_eq(json_number(json_member(body, "non_asn"), "signed"), 3);
	cr_assert_eq(json_count(points), 2);
	cr_assert(json_is(json_element(points, 1), "I3"));
	cr_assert(
	    json_is(json_element(json_member(body, "witnesses"), 0), "CAMAT"));
	free(entry);
}

Test(log_json, leaves_out_the_target_node_that_is_the_writer)
{
	struct event event = {.kind = EVENT_WITHDRAWN,
	    .withdrawn = {.target = {.seq = 9}, .reason = "GANDA"}};
	char *entry = entry_of(&event);
	const char *body = json_member(entry, "body");

	cr_assert_null(json_member(body, "node"));
	cr_assert_eq(json_number(body, "seq"), 9);
	free(entry);
}

Test(log_json, says_of_own_entries_no_node)
{
	struct event event = {.kind = EVENT_TICKED, .until_ms = 5};
	char *entry = entry_of(&event);

	cr_assert_eq(json_number(entry, "author"), 0);
	cr_assert_null(json_member(entry, "node"));
	cr_assert_null(json_member(entry, "seq"));
	free(entry);
}
