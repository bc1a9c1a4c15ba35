/* SPDX-License-Identifier: Apache-2.0 */
/* How cases are shown, and what their commands refuse. From the command line
 * to the alert they are played in tests/e2e/test_cases.py. */
#include "aggregator/case_shown.h"
#include "tests/support/log_builder.h"
#include "tests/unit/test_aggregator_json.h"
#include "tests/unit/test_aggregator_verbs.h"

#include <criterion/criterion.h>

TestSuite(case_shown, .timeout = 60);
TestSuite(case_verbs, .init = rig_open, .fini = rig_close, .timeout = 60);

enum { NODE = 1, FIRST, SECOND };

static struct story *
scene_new(uint32_t pns)
{
	struct story *story = story_new("73.71");
	struct unit_row unit = a_unit("A1", "73.71.01.1001", pns);

	(void)story_node(story, KIND_COLLECTOR, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	(void)story_node(story, KIND_REVIEWER, "73.71");
	story_roster(story, &unit, 1);
	story->now_ms += UINT64_C(9) * STORY_DAY;
	return story;
}

static uint64_t
report(struct story *story, int day, uint32_t subject)
{
	struct event event = an_incident("A1", "SOS", day, day);

	event.incident.subject = subject;
	story_take(story, NODE, &event);
	return event.seq;
}

static const char *
list(const struct story *story, struct json *json)
{
	struct reading reading = {.view = story->view, .zone = "WITA"};

	case_put_all(json, &reading);
	return json->text.at;
}

static const char *
first_case(const char *root)
{
	return json_element(json_member(root, "cases"), 0);
}

Test(case_shown, names_a_unit_only_where_five_of_that_kind_are_counted)
{
	static const struct {
		uint32_t pns, subject;
		bool is_shown;
	} cells[] = {{5, 1, true}, {4, 1, false}, {9, 2, false}, {9, 4, false}};

	for (unsigned i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct story *story = scene_new(cells[i].pns);
		struct json json = {0};
		const char *one;

		(void)report(story, 0, cells[i].subject);
		one = first_case(list(story, &json));
		cr_expect(json_is(json_member(one, "unit"), "A1") ==
			      cells[i].is_shown,
		    "%u", i);
		cr_expect(json_is(json_member(one, "happened_from"),
			      cells[i].is_shown ? "2024-10-01" : "2024-10"),
		    "%u", i);
		cr_expect(json_is(json_member(one, "place"),
			      cells[i].is_shown ? "A1" : "73.71"),
		    "too few in the kecamatan as well");
		cr_expect((strstr(json.text.at, "\"A1\"") != NULL) ==
			  cells[i].is_shown);
		json_clear(&json);
		story_free(story);
	}
}

Test(case_shown, never_adds_what_is_reported_to_what_is_verified)
{
	struct story *story = scene_new(9);
	uint64_t seq = report(story, 0, 1);
	struct json json = {0};
	const char *root;

	(void)report(story, 4, 1);
	(void)report(story, 8, 1);
	for (unsigned i = FIRST; i <= SECOND; i++) {
		struct event event = a_review(story, NODE, seq, "DIVERIFIKASI");

		story_sync(story, i);
		story_take(story, i, &event);
	}
	root = list(story, &json);
	cr_expect(json_number(root, "reported") == 2);
	cr_expect(json_number(root, "verified") == 1);
	cr_expect(
	    json_is(json_member(first_case(root), "counts_as"), "verified"));
	cr_expect(json_number(first_case(root), "keys") == 2);
	json_clear(&json);
	story_free(story);
}

Test(case_shown, calls_a_class_of_sanction_potential_and_says_its_table)
{
	struct calendar_row stage = a_stage("KAMPANYE", 0, 9, 2, false);
	struct story *story = scene_new(9);
	struct json json = {0};
	const char *found;

	(void)report(story, 0, 1);
	found =
	    json_member(first_case(list(story, &json)), "potential_sanction");
	cr_expect(json_is(json_member(found, "class"), "BELUM_DITENTUKAN"));
	json_clear(&json);
	story_calendar(story, &stage, 1);
	found =
	    json_member(first_case(list(story, &json)), "potential_sanction");
	cr_expect(json_is(json_member(found, "class"), "DISIPLIN_BERAT"));
	cr_expect(json_number(found, "table") == 1);
	json_clear(&json);
	story_free(story);
}

Test(case_verbs, tell_who_has_not_joined_how_to_join)
{
	char *node = temp_dir_path(rig.root, "reviewer");

	cr_expect(RIG_RUN(verb_case, WORD("case"), WORD("verify"),
		      WORD("KASUS-1-1"), WORD("--node"), node) == 1);
	cr_expect(rig_said("case join KODE --node"), "%s", rig.said);
	free(node);
}

Test(case_verbs, take_no_admin_for_a_reviewer)
{
	char *node = temp_dir_path(rig.dir, "admin");

	cr_expect(RIG_RUN(verb_case, WORD("case"), WORD("verify"),
		      WORD("KASUS-1-1"), WORD("--node"), node) == 1);
	cr_expect(rig_said("bukan penelaah"), "%s", rig.said);
	free(node);
}

Test(case_verbs, say_that_there_is_no_such_case)
{
	cr_expect(RIG_RUN(verb_case, WORD("case"), WORD("show"),
		      WORD("KASUS-1-1")) == 1);
	cr_expect(rig_said("Tidak ada kasus KASUS-1-1"), "%s", rig.said);
}

Test(case_verbs, have_nothing_to_do_in_a_new_region)
{
	cr_expect(RIG_RUN(verb_today, WORD("today")) == 0);
	cr_expect(rig_said("Tidak ada yang menunggu"), "%s", rig.said);
	cr_expect(RIG_RUN(verb_case, WORD("case"), WORD("list")) == 0);
	cr_expect(rig_said("dilaporkan/reported 0"), "%s", rig.said);
}

Test(case_verbs, show_the_admin_which_nodes_wait_to_be_confirmed)
{
	char *node = temp_dir_path(rig.root, "reviewer");
	char *code, *end;

	rig_start();
	cr_assert(
	    RIG_RUN(verb_node, WORD("node"), WORD("invite"), WORD("73.71"),
		WORD("--kind"), WORD("reviewer"), WORD("--confirm")) == 0);
	code = strstr(rig.said, "IKRAR1-");
	cr_assert(code != NULL, "%s", rig.said);
	while (strstr(code + 1, "IKRAR1-") != NULL)
		code = strstr(code + 1, "IKRAR1-");
	end = code + strcspn(code, "\n");
	*end = '\0';
	code = strdup(code);
	cr_assert(
	    rig_run(verb_case, (char *[]){WORD("case"), WORD("join"), code,
				   WORD("--node"), node, NULL}) == 0,
	    "%s", rig.said);
	cr_expect(rig_said("menunggu persetujuan"), "%s", rig.said);
	cr_expect(RIG_RUN(verb_today, WORD("today")) == 0);
	cr_expect(rig_said("node confirm"), "%s", rig.said);
	cr_expect(RIG_RUN(verb_case, WORD("case"), WORD("verify"),
		      WORD("KASUS-1-1"), WORD("--node"), node) == 1);
	cr_expect(rig_said("belum disahkan"), "%s", rig.said);
	free(code);
	free(node);
}
