/* SPDX-License-Identifier: Apache-2.0 */
/* Examples of rules, written by an admin. */
#include "ikrar/example_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "sheet/rules_file.h"
#include "tests/support/temp_dir.h"

static char *dir, *path;
static struct yaml_file *file;
static struct example_file examples;

static void
open_dir(void)
{
	dir = temp_dir_make();
	path = temp_dir_path(dir, "examples.yaml");
	file = yaml_file_new();
}

static void
close_dir(void)
{
	example_file_clear(&examples);
	yaml_file_free(file);
	free(path);
	temp_dir_remove(dir);
}

TestSuite(example_file, .init = open_dir, .fini = close_dir);
TestSuite(example, .init = open_dir, .fini = close_dir);

static const char head[] = "rules: rules.yaml\n"
			   "examples:\n"
			   "  - name: Satu\n"
			   "    when: \"2024-10-08 16:00\"\n";
static const char given[] =
    "    given:\n"
    "      wilayah: \"73.04\"\n"
    "      units:\n"
    "        - {code: A, wilayah: \"73.04.01\", pns: 10}\n"
    "        - {code: B, wilayah: \"73.04.02\", pns: 10}\n"
    "      campaigns:\n"
    "        - {id: PILKADA, due: \"2024-10-04 16:00\",\n"
    "           grace_end: \"2024-10-07 16:00\", lock: \"2024-10-21\"}\n";

static enum err
read_text(const char *events, const char *expect)
{
	FILE *out = fopen(path, "we");

	cr_assert_not_null(out);
	(void)fprintf(
	    out, "%s%s%s    expect: %s\n", head, given, events, expect);
	(void)fclose(out);
	return example_file_read(&examples, file, path);
}

static struct rule_row
a_rule_of_units(void)
{
	struct rule_row row = {.id = "BELUM",
	    .kind = RULE_UNSIGNED_UNITS_1,
	    .tell = 2,
	    .unsigned_units = {.campaign = "PILKADA",
		.scope = 2,
		.min_units = 1,
		.counts = 2,
		.mark_count = 1,
		.at = {{.anchor = 2}},
		.settle_ms = 7200000}};

	return row;
}

/* The lines of what differs; empty: it is as expected. */
static char *
differs(void)
{
	const struct rule_row rule = a_rule_of_units();
	struct example_result result;
	char *text;

	example_run(&result, &examples.rows[0],
	    &(struct example_texts){.rules = &rule, .rule_count = 1});
	cr_assert_null(result.refused);
	text =
	    xstrdup(result.difference.at == NULL ? "" : result.difference.at);
	cr_assert_eq(result.is_ok, text[0] == '\0');
	example_result_clear(&result);
	return text;
}

static void
holds(const char *events, const char *expect)
{
	char *text;

	cr_assert_eq(read_text(events, expect), OK, "%s", yaml_file_why(file));
	text = differs();
	cr_assert_str_eq(text, "");
	free(text);
}

static void
is_refused(const char *events, const char *expect, const char *why)
{
	cr_assert_eq(read_text(events, expect), ERR_INVALID);
	cr_assert_not_null(
	    strstr(yaml_file_why(file), why), "%s", yaml_file_why(file));
}

Test(example, opens_an_alert_for_each_kecamatan_without_a_pledge)
{
	holds("", "[{rule: BELUM, object: \"73.04.01\", count: 1},\n"
		  "      {rule: BELUM, object: \"73.04.02\", count: 1}]");
}

Test(example, counts_what_was_signed_in_time)
{
	holds("      events:\n"
	      "        - {at: \"2024-10-01 09:00\", what: pakta, unit: A,\n"
	      "           head: ya, pns: 3}\n",
	    "[{rule: BELUM, object: \"73.04.02\", unheard: 0}]");
}

Test(example, does_not_take_the_unheard_for_unsigned)
{
	holds("      silent:\n"
	      "        - {wilayah: \"73.04.01\", from: \"2024-10-07\"}\n",
	    "[{rule: BELUM, object: \"73.04.02\"}]");
}

/* What was recorded in time and came late takes the unit out again. */
Test(example, hears_what_a_silent_node_had_recorded)
{
	holds("      silent:\n"
	      "        - {wilayah: \"73.04.01\", from: \"2024-10-02\",\n"
	      "           to: \"2024-10-08 10:00\"}\n"
	      "        - {wilayah: \"73.04.02\"}\n"
	      "      events:\n"
	      "        - {at: \"2024-10-03 09:00\", what: pakta, unit: A,\n"
	      "           head: ya}\n",
	    "[]");
}

Test(example, says_what_is_open_and_should_not_be)
{
	char *text;

	cr_assert_eq(
	    read_text("", "[{rule: BELUM, object: \"73.04.01\", count: 2}]"),
	    OK);
	text = differs();
	cr_assert_not_null(
	    strstr(text, "BELUM 73.04.01: count 1, diharapkan/expected 2"));
	cr_assert_not_null(strstr(text, "BELUM 73.04.02: terbuka (count 1)"));
	free(text);
}

Test(example, says_what_should_be_open_and_is_not)
{
	char *text;

	cr_assert_eq(
	    read_text("      silent:\n        - {wilayah: \"73.04\"}\n",
		"[{rule: BELUM, object: \"73.04.01\"}]"),
	    OK);
	text = differs();
	cr_assert_not_null(strstr(text, "expected to be open, but is not"));
	free(text);
}

Test(example, says_which_event_the_region_would_refuse)
{
	const struct rule_row rule = a_rule_of_units();
	struct example_result result;

	cr_assert_eq(
	    read_text("      events:\n"
		      "        - {at: \"2024-10-01 09:00\", what: "
		      "pakta, unit: A,\n"
		      "           head: ya, made: \"2014-10-01 09:00\"}\n",
		"[]"),
	    OK);
	example_run(&result, &examples.rows[0],
	    &(struct example_texts){.rules = &rule, .rule_count = 1});
	cr_assert_eq(result.refused, &examples.rows[0].events[0]);
	cr_assert_str_eq(reject_word(result.word), "time");
	example_result_clear(&result);
}

Test(example_file, refuses_with_line_and_column)
{
	is_refused(
	    "      events:\n"
	    "        - {at: \"2024-10-01 09:00\", what: pakt, unit: A}\n",
	    "[]", "examples.yaml:14:42: \"pakt\"");
}

Test(example_file, refuses_a_unit_that_was_not_given)
{
	is_refused("      events:\n"
		   "        - {at: \"2024-10-01\", what: pakta, unit: C}\n",
	    "[]", "there is no C in units");
}

Test(example_file, refuses_events_out_of_order)
{
	is_refused("      events:\n"
		   "        - {at: \"2024-10-02\", what: ikrar, unit: A}\n"
		   "        - {at: \"2024-10-01\", what: ikrar, unit: A}\n",
	    "[]", "before the event above it");
}

Test(example_file, refuses_to_withdraw_what_nobody_recorded)
{
	is_refused("      events:\n"
		   "        - {at: \"2024-10-02\", what: withdraw, of: satu}\n",
	    "[]", "there is no record \"as: satu\" above");
}

Test(example_file, refuses_a_reason_of_something_else_and_names_the_choice)
{
	is_refused("      events:\n"
		   "        - {at: \"2024-10-02\", what: excuse, unit: A, "
		   "reason: KELIRU}\n",
	    "[]", "DILEBUR, KOSONG, BENCANA, SURAT");
}

Test(example, cannot_close_an_alert_that_is_not_open)
{
	const struct rule_row rule = a_rule_of_units();
	struct example_result result;

	cr_assert_eq(read_text("      events:\n"
			       "        - {at: \"2024-10-02\", what: close, "
			       "rule: BELUM, object: A}\n",
			 "[]"),
	    OK);
	example_run(&result, &examples.rows[0],
	    &(struct example_texts){.rules = &rule, .rule_count = 1});
	cr_assert_not_null(result.refused);
	example_result_clear(&result);
}

Test(example, a_fault_of_a_node_that_there_is_not_is_refused)
{
	struct example_result result;
	struct rule_row rule = {
	    .kind = RULE_CHAIN_BROKEN_1, .tell = 1, .id = "RANTAI"};

	cr_assert_eq(read_text("      events:\n"
			       "        - {at: \"2024-10-02\", what: fault, "
			       "wilayah: \"73.71.09\"}\n",
			 "[]"),
	    OK);
	example_run(&result, &examples.rows[0],
	    &(struct example_texts){.rules = &rule, .rule_count = 1});
	cr_assert_not_null(result.refused);
	cr_expect_eq(result.word, REJECT_UNKNOWN_NODE);
	example_result_clear(&result);
}

Test(example_file, takes_faults_of_chains_and_signatures_alone)
{
	cr_assert_eq(read_text("      events:\n"
			       "        - {at: \"2024-10-02\", what: fault, "
			       "wilayah: \"73.71.01\", reason: gap}\n",
			 "[]"),
	    ERR_INVALID);
	cr_expect_not_null(
	    strstr(yaml_file_why(file), "choose of: fork, bad_signature"));
}

/* data/samples is tried with the tool itself in tests/e2e. */
Test(example_file, reads_the_sample)
{
	const char *source = getenv("IKRAR_SOURCE_DIR");
	char name[1024];

	cr_assert_not_null(source);
	(void)snprintf(
	    name, sizeof name, "%s/data/samples/rules-test.yaml", source);
	cr_assert_eq(example_file_read(&examples, file, name), OK, "%s",
	    yaml_file_why(file));
	cr_assert_geq(examples.count, 4);
}
