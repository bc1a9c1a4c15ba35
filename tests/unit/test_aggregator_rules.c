/* SPDX-License-Identifier: Apache-2.0 */
/* YAML files of an admin: rules, campaigns, offices. */
#include "sheet/calendar_file.h"
#include "aggregator/campaign_file.h"
#include "aggregator/office_file.h"
#include "sheet/rules_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "model/catalog.h"
#include "tests/support/temp_dir.h"

static char *dir;
static struct yaml_file *file;
static struct rules_file rules;

static void
open_dir(void)
{
	dir = temp_dir_make();
	file = yaml_file_new();
}

static void
close_dir(void)
{
	rules_file_clear(&rules);
	yaml_file_free(file);
	temp_dir_remove(dir);
}

TestSuite(rules_file, .init = open_dir, .fini = close_dir);
TestSuite(campaign_file, .init = open_dir, .fini = close_dir);
TestSuite(office_file, .init = open_dir, .fini = close_dir);
TestSuite(yaml_file, .init = open_dir, .fini = close_dir);

static const char unsigned_rule[] = "rules:\n"
				    "  - id: BELUM\n"
				    "    kind: unsigned_units/1\n"
				    "    campaign: PILKADA2024\n"
				    "    scope: kecamatan\n"
				    "    unit_kinds: [KELURAHAN, DESA]\n"
				    "    at: [due-7d, due, grace_end+36h]\n"
				    "    counts: share 80%\n"
				    "    min_units: 2\n"
				    "    min_percent: 12.5%\n"
				    "    settle: 90m\n"
				    "    tell: admin\n";
static const char repeat_rule[] = "rules:\n"
				  "  - id: BERULANG\n"
				  "    kind: repeat_incidents/1\n"
				  "    count: 3\n"
				  "    within: 30d\n"
				  "    scope: unit\n"
				  "    min_sources: 2\n"
				  "    acts: [HOX, SOS]\n"
				  "    states: [reported]\n"
				  "    tell: head\n";

static char path[4096];

static void
write_file(const char *text)
{
	temp_dir_write(dir, "x.yaml", text);
	snprintf(path, sizeof path, "%s/x.yaml", dir);
}

static enum err
read_rules(const char *text)
{
	write_file(text);
	return rules_file_read(&rules, file, path);
}

/* `text` with the first `from` replaced. */
static char *
with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct text_buf made = {0};

	cr_assert_not_null(at);
	text_buf_add(
	    &made, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return made.at;
}

/* Refused, at that place, with these words. */
static void
refuses(const char *text, const char *place, const char *words)
{
	char whole[4200];
	const char *why;

	cr_assert_eq(read_rules(text), ERR_INVALID);
	why = yaml_file_why(file);
	snprintf(whole, sizeof whole, "%s:%s: ", path, place);
	cr_expect(strncmp(why, whole, strlen(whole)) == 0, "%s", why);
	cr_expect_not_null(strstr(why, words), "%s", why);
}

static void
refuses_change(const char *text, const char *const change[2], const char *place,
    const char *words)
{
	char *changed = with(text, change[0], change[1]);

	refuses(changed, place, words);
	free(changed);
}

#define CHANGE(from, to) ((const char *const[2]){(from), (to)})

/* How often `text` stands in it. */
static unsigned
count_of(const char *all, const char *text)
{
	unsigned count = 0;

	for (; (all = strstr(all, text)) != NULL; all += strlen(text))
		count++;
	return count;
}

/* Each at its own place, in their order. */
static void
tells_of(const char *const *places, unsigned count)
{
	const char *why = yaml_file_why(file);
	char place[4200];

	cr_expect_eq(count_of(why, "x.yaml:"), count, "%s", why);
	for (unsigned i = 0; i < count; i++) {
		const char *at;

		snprintf(place, sizeof place, "x.yaml:%s: ", places[i]);
		at = strstr(why, place);
		cr_assert_not_null(at, "no %s in:\n%s", place, why);
		why = at + 1;
	}
}

Test(rules_file, tells_all_mistakes_at_once)
{
	static const char *const places[] = {
	    "2:9", "4:15", "5:12", "6:10", "7:13", "8:11", "12:12", "13:13"};

	cr_assert_eq(read_rules("rules:\n"
				"  - id: belum\n"
				"    kind: unsigned_units/1\n"
				"    campaign: pil\n"
				"    scope: kec\n"
				"    at: [due-7x, due]\n"
				"    counts: reed\n"
				"    tell: heads\n"
				"    min_units: 1\n"
				"  - id: B\n"
				"    kind: repeat_incidents/1\n"
				"    count: 0\n"
				"    within: 3x\n"
				"    scope: unit\n"
				"    tell: head\n"),
	    ERR_INVALID);
	tells_of(places, sizeof places / sizeof places[0]);
}

Test(rules_file, tells_unknown_keys_together_with_other_mistakes)
{
	static const char *const places[] = {"2:9", "3:11", "4:5", "11:5"};

	cr_assert_eq(read_rules("rules:\n"
				"  - id: belum\n"
				"    kind: unsigned_units/1\n"
				"    campain: PILKADA2024\n"
				"    scope: kecamatan\n"
				"    at: [due]\n"
				"    counts: read\n"
				"    tell: admin\n"
				"    min_units: 1\n"
				"  - id: B\n"
				"    warna: merah\n"
				"    kind: repeat_incidents/1\n"
				"    count: 2\n"
				"    within: 3d\n"
				"    scope: unit\n"
				"    tell: head\n"),
	    ERR_INVALID);
	tells_of(places, sizeof places / sizeof places[0]);
}

/* Passed over is not accepted. */
Test(rules_file, refuses_a_file_whose_only_mistake_is_an_unknown_key)
{
	char *text = with(repeat_rule, "    scope", "    warna: x\n    scope");

	cr_assert_eq(read_rules(text), ERR_INVALID);
	free(text);
}

Test(campaign_file, tells_ten_mistakes_at_most)
{
	struct campaign_file campaigns;
	struct text_buf text = {0};

	text_buf_add(&text, "campaigns:\n");
	for (unsigned i = 0; i < 6; i++)
		text_buf_add(&text,
		    "  - {id: p, name: x, due: y, grace_end: z, lock: z}\n");
	write_file(text.at);
	cr_assert_eq(
	    campaign_file_read(&campaigns, file, path, 8), ERR_INVALID);
	cr_expect_eq(count_of(yaml_file_why(file), "x.yaml:"), 10);
	text_buf_clear(&text);
}

Test(office_file, tells_all_mistakes_at_once)
{
	static const char *const places[] = {"2:10", "2:22", "2:31"};
	struct office_file offices;

	write_file("offices:\n"
		   "  - {id: A, wilayah: x, role: y, title: T, zone: WITA,"
		   " language: id, channels: [mail], terms: []}\n");
	cr_assert_eq(office_file_read(&offices, file, path), ERR_INVALID);
	tells_of(places, sizeof places / sizeof places[0]);
}

Test(rules_file, compiles_a_rule_of_unsigned_units)
{
	const struct unsigned_units *rule;

	cr_assert_eq(read_rules(unsigned_rule), OK, "%s", yaml_file_why(file));
	cr_assert_eq(rules.count, 1);
	cr_assert_str_eq(rules.rows[0].id, "BELUM");
	cr_assert_eq(rules.rows[0].kind, RULE_UNSIGNED_UNITS_1);
	cr_assert_eq(rules.rows[0].tell, catalog_number(CATALOG_ROLE, "admin"));
	rule = &rules.rows[0].unsigned_units;
	cr_assert_str_eq(rule->campaign, "PILKADA2024");
	cr_assert_eq(rule->scope, catalog_number(CATALOG_SCOPE, "kecamatan"));
	cr_assert_eq(rule->unit_kinds, 1u << 8 | 1u << 9);
	cr_assert_eq(rule->min_units, 2);
	cr_assert_eq(rule->min_bp, 1250);
	cr_assert_eq(rule->counts, catalog_number(CATALOG_SIGNED, "share"));
	cr_assert_eq(rule->signed_bp, 8000);
	cr_assert_eq(rule->settle_ms, 90 * 60 * 1000);
	cr_assert_eq(rule->mark_count, 3);
	cr_assert_eq(rule->at[0].anchor, 1);
	cr_assert_eq(rule->at[0].offset_ms, -7 * 86400000ll);
	cr_assert_eq(rule->at[1].offset_ms, 0);
	cr_assert_eq(rule->at[2].anchor, 2);
	cr_assert_eq(rule->at[2].offset_ms, 36 * 3600000ll);
}

Test(rules_file, compiles_a_rule_of_repeated_incidents)
{
	const struct repeat_incidents *rule;

	cr_assert_eq(read_rules(repeat_rule), OK, "%s", yaml_file_why(file));
	rule = &rules.rows[0].repeat_incidents;
	cr_assert_eq(rule->count, 3);
	cr_assert_eq(rule->within_days, 30);
	cr_assert_eq(rule->min_sources, 2);
	cr_assert_eq(rule->act_count, 2);
	cr_assert_str_eq(rule->acts[1], "SOS");
	cr_assert_eq(rule->states, 1);
}

Test(rules_file, counts_both_states_and_one_source_when_not_told)
{
	char *less = with(repeat_rule, "    states: [reported]\n", "");
	char *least = with(less, "    min_sources: 2\n", "");

	cr_assert_eq(read_rules(least), OK);
	cr_assert_eq(rules.rows[0].repeat_incidents.states, 3);
	cr_assert_eq(rules.rows[0].repeat_incidents.min_sources, 1);
	free(least);
	free(less);
}

Test(rules_file, waits_two_hours_when_not_told)
{
	char *less = with(unsigned_rule, "    settle: 90m\n", "");

	cr_assert_eq(read_rules(less), OK);
	cr_assert_eq(rules.rows[0].unsigned_units.settle_ms, 2 * 3600 * 1000);
	free(less);
}

Test(rules_file, may_be_empty)
{
	cr_assert_eq(read_rules("rules: []\n"), OK);
	cr_assert_eq(rules.count, 0);
}

Test(rules_file, refuses_an_unknown_key_at_its_place)
{
	refuses_change(unsigned_rule, CHANGE("min_units", "min_unit"), "9:5",
	    "kunci tidak dikenal: min_unit");
}

Test(rules_file, refuses_an_unknown_key_in_flow_style)
{
	refuses("rules: [{id: A, kinds: b}]\n", "1:17",
	    "kunci tidak dikenal: kinds");
}

Test(rules_file, refuses_a_key_given_twice)
{
	refuses_change(unsigned_rule,
	    CHANGE("    tell: admin\n", "    tell: admin\n    tell: head\n"),
	    "13:5", "dua kali: tell");
}

Test(rules_file, refuses_a_key_of_the_other_kind)
{
	refuses_change(repeat_rule,
	    CHANGE("count: 3", "count: 3\n    at: [due]"), "5:10",
	    "kunci at bukan milik");
}

Test(rules_file, refuses_a_missing_key)
{
	refuses_change(unsigned_rule, CHANGE("    campaign: PILKADA2024\n", ""),
	    "3:11", "kunci campaign belum diisi");
}

Test(rules_file, refuses_a_rule_without_a_threshold)
{
	char *less = with(unsigned_rule, "    min_units: 2\n", "");
	char *least = with(less, "    min_percent: 12.5%\n", "");

	refuses(least, "3:11", "min_units atau min_percent");
	free(least);
	free(less);
}

Test(rules_file, refuses_a_share_over_100_percent)
{
	refuses_change(unsigned_rule, CHANGE("share 80%", "share 120%"), "8:13",
	    "lebih dari 100%");
}

Test(rules_file, refuses_a_threshold_over_100_percent)
{
	refuses_change(unsigned_rule, CHANGE("12.5%", "100.01%"), "10:18",
	    "lebih dari 100%");
}

Test(rules_file, refuses_a_share_of_nothing)
{
	refuses_change(unsigned_rule, CHANGE("share 80%", "share 0%"), "8:13",
	    "tulis persen");
}

Test(rules_file, refuses_a_window_of_zero)
{
	refuses_change(
	    repeat_rule, CHANGE("30d", "0d"), "5:13", "paling sedikit 1d");
}

Test(rules_file, refuses_a_window_of_part_of_a_day)
{
	refuses_change(repeat_rule, CHANGE("30d", "36h"), "5:13", "hari penuh");
}

Test(rules_file, refuses_a_count_of_zero)
{
	refuses_change(
	    repeat_rule, CHANGE("count: 3", "count: 0"), "4:12", "angka 1");
}

Test(rules_file, refuses_an_unknown_kind)
{
	refuses_change(unsigned_rule,
	    CHANGE("unsigned_units/1", "unsigned_units/2"), "3:11",
	    "\"unsigned_units/2\" tidak dikenal");
}

Test(rules_file, refuses_an_id_given_twice)
{
	struct text_buf two = {0};

	text_buf_add(
	    &two, "%s%s", unsigned_rule, unsigned_rule + strlen("rules:\n"));
	refuses(two.at, "13:9", "aturan BELUM sudah ada di atas");
	text_buf_clear(&two);
}

Test(rules_file, refuses_to_tell_the_head_before_grace_end)
{
	refuses_change(unsigned_rule, CHANGE("tell: admin", "tell: head"),
	    "7:10", "kantor kepala daerah baru diberi tahu pada grace_end");
}

Test(rules_file, refuses_to_tell_the_head_shortly_before_grace_end)
{
	char *early = with(
	    unsigned_rule, "[due-7d, due, grace_end+36h]", "[grace_end-1h]");

	refuses_change(
	    early, CHANGE("tell: admin", "tell: head"), "7:10", "grace_end");
	free(early);
}

Test(rules_file, tells_the_head_at_grace_end_and_after)
{
	char *late = with(unsigned_rule, "[due-7d, due, grace_end+36h]",
	    "[grace_end, grace_end+3d]");
	char *head = with(late, "tell: admin", "tell: head");

	cr_assert_eq(read_rules(head), OK, "%s", yaml_file_why(file));
	free(head);
	free(late);
}

Test(rules_file, refuses_an_unknown_mark)
{
	refuses_change(unsigned_rule, CHANGE("grace_end+36h", "lock"), "7:23",
	    "tulis due atau grace_end");
}

Test(rules_file, refuses_a_mark_given_twice)
{
	refuses_change(unsigned_rule, CHANGE("grace_end+36h", "due-168h"),
	    "7:23", "dua kali");
}

Test(rules_file, refuses_an_unknown_act)
{
	refuses_change(
	    repeat_rule, CHANGE("HOX", "HXX"), "8:12", "bukan kode perbuatan");
}

Test(rules_file, refuses_an_unknown_unit_kind_and_names_the_choice)
{
	refuses_change(unsigned_rule, CHANGE("DESA", "DUSUN"), "6:29",
	    "pilihan: SETDA_BAGIAN");
}

Test(rules_file, refuses_an_id_that_hides_a_number_of_a_person)
{
	refuses_change(unsigned_rule, CHANGE("BELUM", "A-197001011990011001"),
	    "2:9", "NIP");
}

Test(rules_file, refuses_a_list_where_one_text_is_wanted)
{
	refuses_change(unsigned_rule, CHANGE("kecamatan", "[kecamatan]"),
	    "5:12", "satu teks");
}

Test(yaml_file, refuses_an_empty_file)
{
	refuses("", "1:1", "berkas kosong");
}

Test(yaml_file, refuses_what_is_not_yaml)
{
	refuses("rules:\n  - id: A\n    \tkind: B\n", "2:5", "bukan YAML");
}

Test(yaml_file, refuses_an_alias)
{
	refuses("rules:\n  - id: &a A\n    kind: *a\n", "3:5", "bukan YAML");
}

Test(yaml_file, refuses_a_file_that_is_not_there)
{
	snprintf(path, sizeof path, "%s/none.yaml", dir);
	cr_assert_eq(rules_file_read(&rules, file, path), ERR_INVALID);
	cr_assert_not_null(strstr(yaml_file_why(file), "tidak dapat dibaca"));
}

Test(yaml_file, refuses_more_rules_than_the_region_can_hold)
{
	struct text_buf many = {0};

	text_buf_add(&many, "rules:\n");
	for (int i = 0; i <= RULES_FILE_MAX; i++)
		text_buf_add(&many,
		    "  - {id: A%d, kind: x, scope: unit, "
		    "tell: admin}\n",
		    i);
	cr_assert_eq(read_rules(many.at), ERR_INVALID);
	cr_assert_not_null(strstr(yaml_file_why(file), "terlalu panjang"), "%s",
	    yaml_file_why(file));
	text_buf_clear(&many);
}

/* ---- the later kinds of rules */

static const char later_rules[] = "rules:\n"
				  "  - id: SUNYI\n"
				  "    kind: node_silent/1\n"
				  "    wilayah: \"73.04\"\n"
				  "    node_kinds: [collector, admin]\n"
				  "    after: 3d\n"
				  "    sensitive_after: 12h\n"
				  "    tell: admin\n"
				  "    severity: critical\n"
				  "  - id: TELAAH\n"
				  "    kind: case_deadline/1\n"
				  "    step: DITERIMA\n"
				  "    days: 7\n"
				  "    clock: working\n"
				  "    since: known\n"
				  "    acts: [UNG]\n"
				  "    tell: admin\n"
				  "  - id: SERBU\n"
				  "    kind: burst/1\n"
				  "    count: 20\n"
				  "    within: 10m\n"
				  "    tell: admin\n"
				  "  - id: RANTAI\n"
				  "    kind: chain_broken/1\n"
				  "    clock: 10m\n"
				  "    tell: admin\n";

Test(rules_file, compiles_the_later_kinds_of_rules)
{
	const struct rule_row *rows;

	cr_assert_eq(read_rules(later_rules), OK, "%s", yaml_file_why(file));
	cr_assert_eq(rules.count, 4);
	rows = rules.rows;
	cr_expect_eq(rows[0].severity, 3);
	cr_expect_str_eq(rows[0].node_silent.wilayah, "73.04");
	cr_expect_eq(rows[0].node_silent.node_kinds, 1u << 1 | 1u << 2);
	cr_expect_eq(rows[0].node_silent.after_ms, 3 * 86400000);
	cr_expect_eq(rows[0].node_silent.sensitive_after_ms, 12 * 3600000);
	cr_expect_eq(rows[1].severity, 0);
	cr_expect_eq(rows[1].case_deadline.step, 1);
	cr_expect_eq(rows[1].case_deadline.days, 7);
	cr_expect_eq(rows[1].case_deadline.clock, 2);
	cr_expect_eq(rows[1].case_deadline.anchor, 2);
	cr_expect_str_eq(rows[1].case_deadline.acts[0], "UNG");
	cr_expect_eq(rows[2].burst.count, 20);
	cr_expect_eq(rows[2].burst.within_ms, 600000);
	cr_expect_eq(rows[3].chain_broken.clock_ms, 600000);
}

Test(rules_file, counts_from_the_last_step_when_not_told)
{
	char *less = with(later_rules, "    since: known\n", "");
	char *least = with(less, "    step: DITERIMA\n", "");

	cr_assert_eq(read_rules(least), OK, "%s", yaml_file_why(file));
	cr_expect_eq(rules.rows[1].case_deadline.anchor, 1);
	cr_expect_eq(rules.rows[1].case_deadline.step, 0);
	free(least);
	free(less);
}

Test(rules_file, refuses_a_node_kind_that_there_is_not)
{
	refuses_change(later_rules, CHANGE("admin]", "desk]"), "5:29",
	    "pilihan: collector");
}

Test(rules_file, refuses_patience_of_zero)
{
	refuses_change(
	    later_rules, CHANGE("after: 3d", "after: 0d"), "6:12", "nol");
}

Test(rules_file, refuses_more_patience_in_sensitive_stages)
{
	refuses_change(later_rules, CHANGE("12h", "96h"), "7:22",
	    "sensitive_after lebih lama");
}

Test(rules_file, refuses_an_unknown_severity)
{
	refuses_change(later_rules, CHANGE("critical", "merah"), "9:15",
	    "pilihan: info, warning, critical");
}

Test(rules_file, refuses_an_unknown_step_clock_and_start)
{
	static const char *const places[] = {"12:11", "14:12", "15:12"};
	char *step = with(later_rules, "DITERIMA", "TERIMA");
	char *clock = with(step, "clock: working", "clock: 10m");
	char *since = with(clock, "since: known", "since: due");

	cr_assert_eq(read_rules(since), ERR_INVALID);
	tells_of(places, sizeof places / sizeof places[0]);
	free(since);
	free(clock);
	free(step);
}

Test(rules_file, refuses_an_objection_as_a_step_to_stand_in)
{
	refuses_change(later_rules, CHANGE("step: DITERIMA", "step: KEBERATAN"),
	    "12:11", "no case ever stands in this step");
}

Test(rules_file, refuses_a_case_of_its_own_as_a_step_to_stand_in)
{
	refuses_change(later_rules, CHANGE("step: DITERIMA", "step: BEDA"),
	    "12:11", "no case ever stands in this step");
}

Test(rules_file, refuses_a_case_without_days_or_clock)
{
	refuses_change(later_rules, CHANGE("    days: 7\n", ""), "11:11",
	    "kunci days belum diisi");
}

Test(rules_file, refuses_a_burst_within_no_time)
{
	refuses_change(
	    later_rules, CHANGE("within: 10m", "within: 0m"), "21:13", "nol");
}

Test(rules_file, refuses_a_scope_of_a_kind_that_has_its_own)
{
	refuses_change(later_rules,
	    CHANGE("    after: 3d\n", "    after: 3d\n    scope: unit\n"),
	    "7:12", "kunci scope bukan milik");
}

Test(rules_file, refuses_a_scope_that_units_do_not_have)
{
	refuses_change(unsigned_rule, CHANGE("kecamatan", "subject"), "5:12",
	    "pilihan: unit, kecamatan, opd, region /");
}

Test(rules_file, groups_incidents_by_act_or_subject_too)
{
	char *act = with(repeat_rule, "scope: unit", "scope: act");

	cr_assert_eq(read_rules(act), OK, "%s", yaml_file_why(file));
	cr_expect_eq(rules.rows[0].repeat_incidents.scope, 5);
	free(act);
}

Test(rules_file, ends_an_alert_at_fewer_units_than_it_opens)
{
	char *some =
	    with(unsigned_rule, "    settle", "    clear_units: 1\n    settle");

	cr_assert_eq(read_rules(some), OK, "%s", yaml_file_why(file));
	cr_expect_eq(rules.rows[0].unsigned_units.clear_units, 1);
	free(some);
}

Test(rules_file, refuses_to_end_an_alert_where_it_opens)
{
	refuses_change(unsigned_rule,
	    CHANGE("    settle", "    clear_units: 2\n    settle"), "11:18",
	    "harus lebih kecil daripada min_units 2");
}

/* ---- campaigns */

static const char campaign_text[] = "campaigns:\n"
				    "  - id: PILKADA2024\n"
				    "    name: Ikrar netralitas\n"
				    "    due: \"2024-10-04 16:00\"\n"
				    "    grace_end: \"2024-10-07 16:00\"\n"
				    "    lock: \"2024-10-21 16:00\"\n";

static void
campaign_refuses(const char *const change[2], const char *words)
{
	struct campaign_file campaigns;
	char *changed = with(campaign_text, change[0], change[1]);

	write_file(changed);
	cr_assert_eq(
	    campaign_file_read(&campaigns, file, path, 8), ERR_INVALID);
	cr_expect_not_null(
	    strstr(yaml_file_why(file), words), "%s", yaml_file_why(file));
	free(changed);
}

Test(campaign_file, reads_times_in_the_zone_of_the_wilayah)
{
	struct campaign_file campaigns;

	write_file(campaign_text);
	cr_assert_eq(campaign_file_read(&campaigns, file, path, 8), OK);
	cr_assert_eq(campaigns.count, 1);
	cr_assert_str_eq(campaigns.rows[0].name, "Ikrar netralitas");
	/* 2024-10-04 08:00 UTC */
	cr_assert_eq(campaigns.rows[0].due_ms, 1728028800000);
	campaign_file_clear(&campaigns);
}

Test(campaign_file, refuses_dates_out_of_order)
{
	campaign_refuses(CHANGE("2024-10-07 16:00", "2024-10-04 15:59"),
	    ":5:16: grace_end lebih awal");
}

Test(campaign_file, refuses_a_lock_before_grace_end)
{
	campaign_refuses(
	    CHANGE("2024-10-21", "2024-10-06"), ":6:11: lock lebih awal");
}

Test(campaign_file, refuses_a_day_that_does_not_exist)
{
	campaign_refuses(CHANGE("2024-10-04", "2024-02-30"), ":4:10: ");
}

Test(campaign_file, refuses_an_id_given_twice)
{
	struct text_buf two = {0};
	struct campaign_file campaigns;

	text_buf_add(&two, "%s%s", campaign_text,
	    campaign_text + strlen("campaigns:\n"));
	write_file(two.at);
	cr_assert_eq(
	    campaign_file_read(&campaigns, file, path, 8), ERR_INVALID);
	cr_assert_not_null(strstr(yaml_file_why(file), ":7:9: "));
	text_buf_clear(&two);
}

/* ---- offices */

static const char office_text[] = "offices:\n"
				  "  - id: bupati\n"
				  "    wilayah: \"73.04\"\n"
				  "    role: head\n"
				  "    title: Kantor Bupati\n"
				  "    zone: WITA\n"
				  "    language: id\n"
				  "    channels: [mail, webhook]\n"
				  "    terms:\n"
				  "      - id: pj-1\n"
				  "        kind: PJ\n"
				  "        from: \"2024-01-01 00:00\"\n"
				  "        to: \"2024-10-08 12:00\"\n"
				  "      - id: pj-2\n"
				  "        kind: PJS\n"
				  "        from: \"2024-10-08 12:00\"\n";

static void
office_refuses(const char *const change[2], const char *words)
{
	struct office_file offices;
	char *changed = with(office_text, change[0], change[1]);

	write_file(changed);
	cr_assert_eq(office_file_read(&offices, file, path), ERR_INVALID);
	cr_expect_not_null(
	    strstr(yaml_file_why(file), words), "%s", yaml_file_why(file));
	free(changed);
}

Test(office_file, reads_terms_that_follow_each_other)
{
	struct office_file offices;
	const struct seat_row *seat;

	write_file(office_text);
	cr_assert_eq(office_file_read(&offices, file, path), OK, "%s",
	    yaml_file_why(file));
	cr_assert_eq(offices.count, 1);
	seat = &offices.rows[0];
	cr_assert_str_eq(seat->wilayah, "73.04");
	cr_assert_eq(seat->channel_count, 2);
	cr_assert_str_eq(seat->channels[1], "webhook");
	cr_assert_eq(seat->term_count, 2);
	cr_assert_eq(seat->terms[0].to_ms, 1728360000000);
	cr_assert_eq(seat->terms[1].from_ms, 1728360000000);
	cr_assert_eq(seat->terms[1].to_ms, 0);
	office_file_clear(&offices);
}

Test(office_file, refuses_terms_that_overlap)
{
	office_refuses(
	    CHANGE("to: \"2024-10-08 12:00\"", "to: \"2024-10-08 12:01\""),
	    ":16:15: masa jabatan pj-2 bertumpang tindih dengan pj-1");
}

Test(office_file, refuses_a_term_behind_an_open_one)
{
	office_refuses(CHANGE("        to: \"2024-10-08 12:00\"\n", ""),
	    "bertumpang tindih");
}

Test(office_file, refuses_an_unknown_zone)
{
	office_refuses(CHANGE("WITA", "WET"), ":6:11: ");
}

Test(office_file, refuses_a_term_that_ends_before_it_begins)
{
	office_refuses(
	    CHANGE("2024-10-08 12:00", "2023-10-08 12:00"), ":13:13: ");
}

Test(office_file, refuses_a_wilayah_that_yaml_took_for_a_number)
{
	office_refuses(CHANGE("\"73.04\"", "73.4"), ":3:14: ");
}

Test(office_file, refuses_a_fifth_channel)
{
	office_refuses(CHANGE("[mail, webhook]", "[a, b, c, d, e]"),
	    ":8:28: paling banyak 4");
}

/* ---- samples and scenes */

static const char *
source(const char *name)
{
	const char *root = getenv("IKRAR_SOURCE_DIR");

	snprintf(path, sizeof path, "%s/%s", root != NULL ? root : ".", name);
	return path;
}

static void
loads_all(const char *folder)
{
	struct calendar_file calendar = {0};
	struct campaign_file campaigns = {0};
	struct office_file offices = {0};
	struct yaml_file *files[] = {
	    yaml_file_new(), yaml_file_new(), yaml_file_new(), yaml_file_new()};
	char name[256];

	snprintf(name, sizeof name, "%s/rules.yaml", folder);
	cr_expect_eq(rules_file_read(&rules, files[0], source(name)), OK, "%s",
	    yaml_file_why(files[0]));
	snprintf(name, sizeof name, "%s/offices.yaml", folder);
	cr_expect_eq(office_file_read(&offices, files[1], source(name)), OK,
	    "%s", yaml_file_why(files[1]));
	snprintf(name, sizeof name, "%s/campaigns.yaml", folder);
	if (access(source(name), R_OK) == 0)
		cr_expect_eq(
		    campaign_file_read(&campaigns, files[2], source(name), 8),
		    OK, "%s", yaml_file_why(files[2]));
	snprintf(name, sizeof name, "%s/calendar.yaml", folder);
	if (access(source(name), R_OK) == 0)
		cr_expect_eq(
		    calendar_file_read(&calendar, files[3], source(name)), OK,
		    "%s", yaml_file_why(files[3]));
	calendar_file_clear(&calendar);
	rules_file_clear(&rules);
	office_file_clear(&offices);
	campaign_file_clear(&campaigns);
	for (int i = 0; i < 4; i++)
		yaml_file_free(files[i]);
}

Test(rules_file, samples_load)
{
	loads_all("data/samples");
	cr_assert_eq(access(source("data/samples/campaigns.yaml"), R_OK), 0);
	cr_assert_eq(access(source("data/samples/calendar.yaml"), R_OK), 0);
}

Test(rules_file, scenes_load)
{
	loads_all("data/scenes/banyuasin-2024");
	loads_all("data/scenes/jeneponto-2024");
	loads_all("data/scenes/kendari-p3k");
	loads_all("data/scenes/makassar-2023");
	loads_all("data/scenes/makassar-warga");
}
