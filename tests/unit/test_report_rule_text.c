/* SPDX-License-Identifier: Apache-2.0 */
/* Rules in words. */
#include "report/rule_text.h"

#include <criterion/criterion.h>

#include "tests/support/log_builder.h"

static void
says(const struct rule_row *rule, enum tongue tongue, const char *text)
{
	struct text_buf out = {0};

	rule_text_add(&out, tongue, rule);
	cr_assert_not_null(
	    strstr(out.at, text), "`%s` is not in `%s`", text, out.at);
	text_buf_clear(&out);
}

Test(rule_text, says_when_units_are_judged_and_by_what)
{
	struct rule_row rule = a_rule("BELUM", BY_KECAMATAN, TELL_ADMIN);
	struct unsigned_units *body = &rule.unsigned_units;

	body->min_units = 3;
	body->min_bp = 1250;
	body->counts = IF_SHARE;
	body->signed_bp = 8000;
	body->at[1] = (struct mark){AT_DUE, -7 * (int64_t)STORY_DAY};
	body->mark_count = 2;
	says(
	    &rule, TONGUE_ID, "sedikitnya 3 unit atau sedikitnya 12,50 persen");
	says(&rule, TONGUE_ID, "mencapai 80 persen");
	says(
	    &rule, TONGUE_ID, "akhir masa tenggang dan 7 hari sebelum tenggat");
	says(&rule, TONGUE_EN, "at least 12.50 percent");
	says(&rule, TONGUE_EN, "the end of grace and 7 days before the due");
	says(&rule, TONGUE_EN, "at most 2 hours");
	says(&rule, TONGUE_EN, "regional admin");
}

Test(rule_text, names_the_kinds_of_units_that_count)
{
	struct rule_row rule = a_rule("BELUM", BY_REGION, TELL_HEAD);

	rule.unsigned_units.unit_kinds = 1u << KECAMATAN | 1u << KELURAHAN;
	says(&rule, TONGUE_ID, "Hanya jenis unit kecamatan dan kelurahan.");
}

Test(rule_text, says_what_repeats_count)
{
	struct rule_row rule = a_repeat_rule("BERULANG", BY_UNIT, 3);

	says(&rule, TONGUE_EN, "within 30 days");
	says(&rule, TONGUE_EN, "at least 3 alleged cases in one unit");
	says(&rule, TONGUE_EN, "Acts of all kinds count.");
	rule.repeat_incidents.act_count = 1;
	(void)text_copy(rule.repeat_incidents.acts[0], ACT_CODE_MAX, "APK");
	rule.repeat_incidents.states = 2;
	says(&rule, TONGUE_ID, "APK (Memasang");
	says(&rule, TONGUE_ID, "Hanya yang sudah diverifikasi dihitung.");
}

Test(rule_text, says_when_a_node_is_silent)
{
	struct rule_row rule = {.id = "SUNYI",
	    .kind = RULE_NODE_SILENT_1,
	    .tell = TELL_ADMIN,
	    .severity = 3,
	    .node_silent = {.wilayah = "73.04",
		.after_ms = 3 * (uint64_t)STORY_DAY,
		.sensitive_after_ms = 12 * (uint64_t)STORY_HOUR}};

	says(&rule, TONGUE_ID, "simpul kecamatan di wilayah 73.04");
	says(&rule, TONGUE_ID, "selama 3 hari, pada masa rawan selama 12 jam");
	says(&rule, TONGUE_EN, "Severity: critical.");
}

Test(rule_text, says_how_long_a_case_may_lie)
{
	struct rule_row rule = {.id = "TELAAH",
	    .kind = RULE_CASE_DEADLINE_1,
	    .tell = TELL_ADMIN,
	    .case_deadline = {.days = 7, .clock = 2, .anchor = 2}};

	says(&rule, TONGUE_ID, "belum ditelaah siapa pun selama 7 hari kerja");
	rule.case_deadline.step = 3;
	rule.case_deadline.act_count = 1;
	(void)text_copy(rule.case_deadline.acts[0], ACT_CODE_MAX, "APK");
	says(&rule, TONGUE_EN, "at the step \"verified\" for 7 working days");
	says(&rule, TONGUE_EN, "Of these acts only: APK");
}

Test(rule_text, says_what_is_held_for_a_person)
{
	struct rule_row burst = {.id = "SERBUAN",
	    .kind = RULE_BURST_1,
	    .tell = TELL_ADMIN,
	    .burst = {.count = 5, .within_ms = STORY_HOUR}};
	struct rule_row chain = {.id = "RANTAI",
	    .kind = RULE_CHAIN_BROKEN_1,
	    .tell = TELL_ADMIN,
	    .chain_broken = {.clock_ms = 600000}};

	says(&burst, TONGUE_EN,
	    "more than 5 reports on one unit within 1 hour.");
	says(&chain, TONGUE_EN, "its clock is off by more than 10 minutes");
	says(&chain, TONGUE_ID,
	    "Waktu saja tidak mengakhirinya: orang menutupnya");
}
